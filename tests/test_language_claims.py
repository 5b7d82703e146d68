"""Claims that chapters need and that could not be stated before: each in at most 15 lines, true as it stands, refuted or undecided when changed."""

import inspect

import numpy as np
import pytest
import sympy as sp
from sympy import Rational as R
from sympy import exp, log, oo, sqrt

from claims import *  # noqa: F403 - the language as a chapter reads it
from claims import session

n, d, T = sp.symbols("n d T", integer=True, positive=True)
PASSES = ("proved", "measured", "proved at instances")
SUBJECTS = {}


@pytest.fixture(autouse=True)
def notebook():
    session.reset()
    yield
    session.reset()


def subject(expected, wrong):
    """A claim as a function of what is done to its right side; ``wrong`` makes a false one of it."""

    def enter(state):
        SUBJECTS[state.__name__] = (state, expected, wrong)
        return state

    return enter


@subject("proved", wrong=lambda right: right.subs(sp.KroneckerDelta(*sp.symbols("i j", integer=True, positive=True)), 1))
def softmax_jacobian(right):
    z, i, j, k = indexed("z", n), index("i", n), index("j", n), sp.Symbol("k", integer=True, positive=True)
    p = lambda i: exp(z[i]) / sp.Sum(exp(z[k]), (k, 1, n))  # noqa: E731
    return claim("softmax-jacobian", sp.Derivative(p(i), z[j]), "=", right(p(i) * (sp.KroneckerDelta(i, j) - p(j))),
                 domain=[{n: 3, i: 2, j: 2}, {n: 5, i: 1, j: 4}, {n: 4, i: 3, j: 1}])


@subject("proved", wrong=lambda right: right - 1)
def lse_upper(right):
    z, x, k = vector("z", n), function("x"), sp.Symbol("k", integer=True, positive=True)
    lse = log(entries(z.applyfunc(exp)))
    return claim("lse-upper", lse, "<=", right(largest(z) + log(n)), tight=lambda rng, n: {"z": np.full(n, 0.7)}, domain={n: [2, 5, 9]})


@subject("proved", wrong=lambda right: right - trace(matrix("S", d, d, "positive definite")))
def kl_gaussians(right):
    m, l = vector("m", d), vector("l", d)
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    return claim("kl-gaussians", KL(Normal(m, S), Normal(l, Q)), "=", right((trace(Q.I * S) + inner(m - l, Q.I * (m - l)) - d + log(det(Q)) - log(det(S))) / 2),
                 domain={d: [1, 3]})


@subject("proved", wrong=lambda right: right + inner(vector("m", d), vector("m", d)))
def quadratic_form(right):
    m, A, S = vector("m", d), matrix("A", d, d), matrix("S", d, d, "positive definite")
    x = random(vector("x", d), mean=m, covariance=S, law="normal")
    return claim("quadratic-form", E(inner(x, A * x)), "=", right(trace(A * S) + inner(m, A * m)), domain={d: [2, 3]})


@subject("proved", wrong=lambda right: 2 * right)
def cyclic_trace(right):
    A, B = matrix("A", d, n), matrix("B", n, d)
    return claim("cyclic-trace", trace(A * B), "=", right(trace(B * A)), domain=[{n: 2, d: 3}, {n: 4, d: 2}])


@subject("proved", wrong=lambda right: right.subs(det(matrix("A", d, d)), 1))
def jacobi(right):
    A, B, t = matrix("A", d, d, "invertible"), matrix("B", d, d), scalar("t")
    return claim("jacobi", sp.Subs(sp.Derivative(det(A + t * B), t), t, 0), "=", right(det(A) * trace(A.I * B)), domain={d: [2, 3]})


@subject("proved", wrong=lambda right: -right)
def slope_of_inverse(right):
    A, B, t = matrix("A", d, d, "invertible"), matrix("B", d, d), scalar("t")
    x, y = vector("x", d), vector("y", d)
    return claim("slope-of-inverse", sp.Subs(sp.Derivative(inner(x, (A + t * B).I * y), t), t, 0), "=", right(-inner(x, A.I * B * A.I * y)), domain={d: [2, 3]})


@subject("measured", wrong=lambda right: right + 1)
def bures(right):
    m, l = vector("m", d), vector("l", d)
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    return claim("bures", W2(Normal(m, S), Normal(l, Q)) ** 2, "=", right(norm(m - l) ** 2 + trace(S) + trace(Q) - 2 * trace(sqrtm(sqrtm(S) * Q * sqrtm(S)))),
                 domain={d: [1, 3]}, unproved="the optimal coupling is certified by its dual at each point")


@subject("proved", wrong=lambda right: right + R(1, 7))
def conjugate(right):
    x, y = scalar("x"), scalar("y", positive=True)
    return claim("conjugate-exp", sup(x, x * y - exp(x)), "=", right(y * log(y) - y), domain={y: [R(1, 2), 3]})


@subject("proved", wrong=lambda right: right * 2)
def poisson_mgf(right):
    k, lam, s = sp.Symbol("k", integer=True, nonnegative=True), scalar("lambda", positive=True), scalar("s", positive=True)
    p = function("p")
    law = define("poisson", p(k), exp(-lam) * lam**k / sp.factorial(k))
    return claim("poisson-mgf", sp.Sum(exp(s * k) * p(k), (k, 0, oo)), "=", right(exp(lam * (exp(s) - 1))), given=[law],
                 steps=[(sp.Sum(exp(s * k) * exp(-lam) * lam**k / sp.factorial(k), (k, 0, oo)), "law of N", law)], tactics="closed_sums",
                 domain={lam: [R(1, 2), 3], s: [R(1, 3), 2]})


@subject("proved", wrong=lambda right: right * 2)
def geometric_mean(right):
    k, q = sp.Symbol("k", integer=True, nonnegative=True), scalar("q", "unit interval")
    return claim("geometric-mean", sp.Sum(k * (1 - q) * q**k, (k, 0, oo)), "=", right(q / (1 - q)), tactics="closed_sums", domain={q: [R(1, 3), R(4, 5)]})
