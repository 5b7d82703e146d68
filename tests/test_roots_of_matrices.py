"""Roots of matrices in words, determinants and print, and laws whose parameters a definition names."""

import numpy as np
import pytest
import sympy as sp

from claims import claim, define, det, inner, matrix, random, session, sqrtm, trace, vector, Var

d = sp.Symbol("d", integer=True, positive=True)


@pytest.fixture(autouse=True)
def notebook():
    session.reset()
    yield
    session.reset()


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
