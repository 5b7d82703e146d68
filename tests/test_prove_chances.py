"""Chances of normal numbers: what the two rules prove, and what they refuse."""

import pytest
import sympy as sp

from claims import claim, inner, norm, normal_chance, random, same_event, vector
from claims.errors import ClaimError
from claims.say.operators import Pr

pytestmark = pytest.mark.usefixtures("notebook")
d = sp.Symbol("d", integer=True, positive=True)
x, y = sp.symbols("x y", real=True)


def letters():
    g = random(sp.Symbol("g", real=True), law="normal")
    z = random(vector("z", d), law="normal")
    return g, z, vector("a", d)


def test_a_vector_with_a_mean_and_a_covariance():
    S = sp.MatrixSymbol("S", d, d)
    w = random(vector("w", d), mean=vector("m", d), covariance=S, law="normal")
    a = vector("a", d)
    rule = normal_chance(inner(w, a) < 2)
    assert rule.left == Pr(inner(w, a) < 2)
    at = rule.right.atoms(sp.erf).pop().args[0]
    assert at.has(inner(vector("m", d), a)) or at.has(inner(a, vector("m", d)))


def test_a_claim_that_is_false_is_refuted():
    g, *_ = letters()

    def drawn(rng, x):
        return {"g": rng.normal(size=400_000)}

    right = (1 + sp.erf(x / sp.sqrt(8))) / 2
    rule = normal_chance(2 * g < x)
    stated = {"trial": drawn, "domain": {x: [1, -2]}}
    true = claim("t-chance", Pr(2 * g < x), "=", right, steps=[(right, "normal", rule)], **stated)
    assert true.record["verdict"] == "proved", true.record["failures"]
    wrong = (1 + sp.erf(x / 2)) / 2
    false = claim("t-wrong", Pr(2 * g < x), "=", wrong, steps=[(wrong, "normal", rule)], **stated)
    assert false.record["verdict"] == "refuted"


def test_what_is_not_linear_normal_or_independent_is_refused():
    g, z, a = letters()
    other = random(sp.Symbol("o", real=True), mean=0, variance=1)
    state = random(sp.Symbol("q", real=True), mean=0, variance=1, law="normal", independent=False)
    for condition in (norm(z) ** 2 < 3, g * inner(z, a) < 1, g + other < 1, g + state < 1, x < 1):
        with pytest.raises(ClaimError, match="normal_chance"):
            normal_chance(condition)
    with pytest.raises(ClaimError, match="expected a condition"):
        normal_chance(g)


def test_the_same_event_needs_a_positive_factor_and_the_same_kind_of_sign():
    assert same_event(2 * x < y, x < y / 2, 2).right == Pr(x < y / 2)
    for first, second, factor in ((2 * x < y, x < y / 2, 1), (x < y, y < x, -1), (x < y, x <= y, 1), (x < 1, x < 1, y)):
        with pytest.raises(ClaimError, match="same_event"):
            same_event(first, second, factor)
