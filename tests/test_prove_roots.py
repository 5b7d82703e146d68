"""Roots of matrices beside their matrices, traces of means, determinants and their logarithms, and laws whose
parameters a definition names."""

import numpy as np
import pytest
import sympy as sp

from claims import Line, Var, claim, define, det, matrix, random, sqrtm, trace, vector
from claims.prove.chain import link
from claims.say.operators import E, inner

d = sp.Symbol("d", integer=True, positive=True)


pytestmark = pytest.mark.usefixtures("notebook")


def follows(before, after, *tactics):
    return str(link(before, Line(after, "so", (), "=", tactics)).status) == "zero"


def test_a_root_cancels_beside_its_matrix_and_commutes_with_it():
    S = matrix("S", d, d, "positive definite")
    r = sqrtm(S)
    assert follows(r.I * S * r.I, sp.Identity(d)) and follows(r * S.I * r, sp.Identity(d))
    assert follows(r.I * r.I, S.I) and follows(r * S * r, S * S) and follows(S * r.I, r)
    assert not follows(r.I * S, S) and not follows(r * S * r, S) and not follows(r.I * S.I, sp.Identity(d))


def test_a_root_does_not_cancel_beside_another_matrix():
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    assert not follows(sqrtm(S) * Q, Q * sqrtm(S)) and not follows(sqrtm(S).I * Q * sqrtm(S).I, sp.Identity(d))


def test_the_trace_of_a_mean_is_the_mean_of_the_trace():
    A = matrix("A", d, d)
    x, y = random(vector("x", d), independent=False), random(vector("y", d), independent=False)
    assert follows(E(inner(x, A * y)), trace(A * E(y * x.T)))
    assert not follows(E(inner(x, A * y)), trace(A.T * E(y * x.T)))
    assert not follows(E(inner(x, y) ** 2), trace(E(x * y.T)) ** 2)


def test_what_is_random_does_not_leave_a_mean():
    x = random(vector("x", d), independent=False)
    assert not follows(E(inner(x, x) ** 2), trace(x * x.T * E(x * x.T)))


def test_the_logarithm_of_a_determinant_of_a_positive_matrix_splits():
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    assert follows(sp.log(det(S.I * Q)), sp.log(det(Q)) - sp.log(det(S)), "expand_log")
    assert follows(sp.log(1 / det(S + 2 * Q)), -sp.log(det(S + 2 * Q)), "expand_log")
    B = matrix("B", d, d)
    assert not follows(sp.log(det(B) ** 2), 2 * sp.log(det(B)), "expand_log")


def test_inverse_roots_join_and_cancel():
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "orthogonal")
    V = sqrtm(S).I * Q
    assert claim("roots-join", V * V.T, "=", S.I, domain={d: [2, 3]}).record["verdict"] == "proved"
    assert claim("roots-cancel", V.T * S * V, "=", sp.Identity(d), domain={d: [2, 3]}).record["verdict"] == "proved"
    assert claim("roots-wrong", V * V.T, "=", S, domain={d: [2, 3]}).record["verdict"] == "refuted"


def test_the_determinant_of_a_root_is_the_root_of_the_determinant():
    S, P = (matrix(name, d, d, "positive definite") for name in "SP")
    left = det(sqrtm(S) * P * sqrtm(S)) * trace(P)
    assert claim("det-root", left, "=", det(P) * det(S) * trace(P), domain={d: [2, 3]}).record["verdict"] == "proved"


def test_a_law_whose_covariance_is_defined_is_drawn():
    S, U = matrix("S", d, d, "positive definite"), matrix("U", d, d, "orthogonal")
    L, p = matrix("L", d, d, "positive definite"), vector("p", d)
    define("by-eigenvectors", S, U * L * U.T)
    x = random(vector("x", d), mean=vector("m", d), covariance=S)
    found = claim("drawn-law", Var(inner(p, x)), "=", inner(p, S * p), domain={d: [2, 3]}).record
    assert not any("no value" in failure for failure in found["failures"]), found["failures"]
    assert np.isfinite(found["cpu"])
