"""Claims about indices, vectors, matrices, expectations and normal laws."""

import numpy as np
import sympy as sp
from language_subjects import d, n, subject
from sympy import Rational as R
from sympy import exp, log, oo, sqrt

from claims import *  # noqa: F403 - the language as a chapter reads it


@subject("proved",
         wrong=lambda right: right.subs(sp.KroneckerDelta(*sp.symbols("i j", integer=True, positive=True)), 1))
def softmax_jacobian(right):
    z, i, j, k = indexed("z", n), index("i", n), index("j", n), sp.Symbol("k", integer=True, positive=True)
    p = lambda i: exp(z[i]) / sp.Sum(exp(z[k]), (k, 1, n))  # noqa: E731
    return claim("softmax-jacobian", sp.Derivative(p(i), z[j]), "=", right(p(i) * (sp.KroneckerDelta(i, j) - p(j))),
                 domain=[{n: 3, i: 2, j: 2}, {n: 5, i: 1, j: 4}, {n: 4, i: 3, j: 1}])


def log_sum_exp():
    z, x = vector("z", n), scalar("x")
    up = sp.Lambda(x, exp(x))
    return z, up, z.applyfunc(up)


@subject("proved", wrong=lambda right: right - 1)
def lse_upper(right):
    z, up, u = log_sum_exp()
    return claim("lse-upper", log(entries(u)), "<=", right(largest(z) + log(n)), domain={n: [2, 5, 9]},
                 steps=[Line(log(n * largest(u)), "no term is above the largest", (sum_at_most(u),), "<="),
                        Line(right(largest(z) + log(n)), "exp rises", (monotone_largest(up, z),),
                             tactics=("expand_log",))],
                 tight=lambda rng, n: {"z": np.full(n, 0.7)})


@subject("proved", wrong=lambda right: right + 1)
def lse_lower(right):
    z, up, u = log_sum_exp()
    return claim("lse-lower", log(entries(u)), ">=", right(largest(z)), domain={n: [2, 5, 9]},
                 steps=[Line(log(largest(u)), "one term of many", (sum_at_least(u),), ">="),
                        Line(right(largest(z)), "exp rises", (monotone_largest(up, z),))],
                 tight=lambda rng, n: {"z": np.r_[0.7, np.full(n - 1, -800.0)]})


@subject("proved", wrong=lambda right: right - trace(matrix("S", d, d, "positive definite")))
def kl_gaussians(right):
    m, l = vector("m", d), vector("l", d)
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    x, P, other = random(vector("x_P", d), mean=m, covariance=S, law="normal"), Normal(m, S), Normal(l, Q)
    r = right((trace(Q.I * S) + inner(m - l, Q.I * (m - l)) - d + log(det(Q)) - log(det(S))) / 2)
    return claim("kl-gaussians", KL(P, other), "=", r, domain={d: [1, 3]},
                 steps=[(E(log_density(P, x) - log_density(other, x)), "by densities", by_density(KL(P, other), x)),
                        (r, "first and second moments of x")])


@subject("proved", wrong=lambda right: right + inner(vector("m", d), vector("m", d)))
def quadratic_form(right):
    m, A, S = vector("m", d), matrix("A", d, d), matrix("S", d, d, "positive definite")
    x = random(vector("x_S", d), mean=m, covariance=S, law="normal")
    return claim("quadratic-form", E(inner(x, A * x)), "=", right(trace(A * S) + inner(m, A * m)), domain={d: [2, 3]})


@subject("proved", wrong=lambda right: 2 * right)
def cyclic_trace(right):
    A, B = matrix("A", d, n), matrix("B", n, d)
    return claim("cyclic-trace", trace(A * B), "=", right(trace(B * A)), domain=[{n: 2, d: 3}, {n: 4, d: 2}])


@subject("proved", wrong=lambda right: right.subs(det(matrix("A", d, d)), 1))
def jacobi(right):
    A, B, t = matrix("A", d, d, "invertible"), matrix("B", d, d), scalar("t")
    return claim("jacobi", sp.Subs(sp.Derivative(det(A + t * B), t), t, 0), "=", right(det(A) * trace(A.I * B)),
                 domain={d: [2, 3]})


@subject("proved", wrong=lambda right: -right)
def slope_of_inverse(right):
    A, B, t = matrix("A", d, d, "invertible"), matrix("B", d, d), scalar("t")
    x, y = vector("x", d), vector("y", d)
    return claim("slope-of-inverse", sp.Subs(sp.Derivative(inner(x, (A + t * B).I * y), t), t, 0), "=",
                 right(-inner(x, A.I * B * A.I * y)), domain={d: [2, 3]})


@subject("measured", wrong=lambda right: right + 1)
def bures(right):
    m, l = vector("m", d), vector("l", d)
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    return claim("bures", W2(Normal(m, S), Normal(l, Q)) ** 2, "=",
                 right(norm(m - l) ** 2 + trace(S) + trace(Q) - 2 * trace(sqrtm(sqrtm(S) * Q * sqrtm(S)))),
                 domain={d: [1, 3]}, unproved="the optimal coupling is certified by its dual at each point")


@subject("proved", wrong=lambda right: right + R(1, 7))
def conjugate(right):
    x, y = scalar("x"), scalar("y", positive=True)
    return claim("conjugate-exp", sup(x, x * y - exp(x)), "=", right(y * log(y) - y), domain={y: [R(1, 2), 3]})


@subject("proved", wrong=lambda right: right * 2)
def poisson_mgf(right):
    k, lam, s = sp.Symbol("k", integer=True, nonnegative=True), scalar("lambda",
                                                                       positive=True), scalar("s", positive=True)
    p = function("p")
    law = define("poisson", p(k), exp(-lam) * lam**k / sp.factorial(k))
    return claim("poisson-mgf", sp.Sum(exp(s * k) * p(k), (k, 0, oo)), "=", right(exp(lam * (exp(s) - 1))), given=[law],
                 steps=[(sp.Sum(exp(s * k) * exp(-lam) * lam**k / sp.factorial(k), (k, 0, oo)), "law of N", law)],
                 tactics="closed_sums",
                 domain={lam: [R(1, 2), 3], s: [R(1, 3), 2]})


@subject("proved", wrong=lambda right: right * 2)
def geometric_mean(right):
    k, q = sp.Symbol("k", integer=True, nonnegative=True), scalar("q", "unit interval")
    return claim("geometric-mean", sp.Sum(k * (1 - q) * q**k, (k, 0, oo)), "=", right(q / (1 - q)),
                 tactics="closed_sums", domain={q: [R(1, 3), R(4, 5)]})


@subject("proved", wrong=lambda right: right / 2)
def score_gradient(right):
    z, f, i, k, j = indexed("z", n), indexed("f", n), index("i", n), *sp.symbols("k j", integer=True, positive=True)
    p = lambda i: exp(z[i]) / sp.Sum(exp(z[j]), (j, 1, n))  # noqa: E731
    surrogate, mean = sp.Sum(stop(p(k) * f[k]) * log(p(k)), (k, 1, n)), sp.Sum(p(k) * f[k], (k, 1, n))
    return claim("score-gradient", sp.Derivative(surrogate, z[i]), "=", right(sp.Derivative(mean, z[i])),
                 tactics=("expand_log",),
                 domain=[{n: 3, i: 2}, {n: 5, i: 1}])


@subject("proved", wrong=lambda right: right + d)
def entropy_of_a_normal_law(right):
    m, S = vector("m", d), matrix("S", d, d, "positive definite")
    x, P = random(vector("x_H", d), mean=m, covariance=S, law="normal"), Normal(m, S)
    r = right((d + d * log(2 * sp.pi) + log(det(S))) / 2)
    return claim("entropy-normal", entropy(P), "=", r, domain={d: [1, 3]}, tactics=("expand_log",),
                 steps=[(E(-log_density(P, x)), "by the density", by_density(entropy(P), x)), (r, "second moments")])


@subject("measured", wrong=lambda right: right ** 2)
def bhattacharyya_of_normals(right):
    m, l, s, q = scalar("m"), scalar("l"), scalar("s", positive=True), scalar("q", positive=True)
    P, Q = Normal(m, s), Normal(l, q)
    return claim("bhattacharyya", bhattacharyya(P, Q), "=",
                 right(sqrt(2 * sqrt(s * q) / (s + q)) * exp(-((m - l) ** 2) / (4 * (s + q)))),
                 domain=[{m: 1, l: -R(1, 2), s: 2, q: R(1, 3)}, {m: -R(3, 2), l: R(1, 3), s: R(1, 2), q: 3}],
                 unproved="an integral of a Gaussian")


@subject("proved", wrong=lambda right: 2 * right)
def best_guess(right):
    x, y, c = scalar("x"), scalar("y"), scalar("c", positive=True)
    return claim("best-guess", argmax(x, x * y - c * x**2), "argmin", right(y / (2 * c)),
                 domain={y: [-2, R(3, 2)], c: [R(1, 3), 3]})
