"""Laws of expectation and of words agree with samples, and do not hold where nothing was declared."""

import numpy as np
import pytest
import sympy as sp

from claims.prove.decide import decide
from claims.prove.findings import Nonneg, Positive
from claims.prove.laws import expected
from claims.prove.matrices import instances_of_size
from claims.prove.sampler import Sampler
from claims.prove.vectors import plain
from claims.say.operators import Cov, E, Var, cosine, inner, norm
from claims.say.run import Samples
from claims.say.symbols import function, matrix, random, sequence, vector

d = sp.Symbol("d", integer=True, positive=True)
s, q = sp.symbols("s q", positive=True)
x, y, u = (vector(n, d) for n in "xyu")
W = random(matrix("W_9", d, d), mean=0, variance=s**2 / d, law="normal")
V = random(matrix("V", d, d), mean=0, variance=q, law="normal")
z = random(vector("z", d), mean=0, variance=s, law="normal")
A, S = matrix("A", d, d), matrix("S", d, d, "symmetric")
e = random(sp.Symbol("e", real=True), law="normal")
X = random(vector("X", d), independent=False)
D = 3


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(3)
    n, sv, qv = 40_000, 0.7, 0.4
    sym = rng.normal(size=(D, D))
    return Samples({d: D, s: sv, q: qv, x: rng.normal(size=D), y: rng.normal(size=D), u: rng.normal(size=D),
                    A: rng.normal(size=(D, D)), S: sym + sym.T,
                    W: rng.normal(size=(n, D, D)) * sv / D**0.5, V: rng.normal(size=(n, D, D)) * qv**0.5,
                    z: rng.normal(size=(n, D)) * sv**0.5,
                    e: rng.normal(size=n), X: rng.normal(size=(n, D))})


FORMULAS = [
    E(norm(x + W * y) ** 2), E(inner(x, W * y) ** 2), E(inner(x, W * y) * inner(u, W * x)), E(sp.Trace(W * A * W * S)),
    E(sp.Trace(W * A * W.T * S)),
    E(norm(W * V * x) ** 2), E(norm(W.T * A * z) ** 2), E(inner(x, V * W * V * y)), E(inner(x, W * y) ** 4),
    E(norm(z) ** 4), E(inner(z, A * z) * inner(z, S * z)),
    E(norm(W * x) ** 4), Var(inner(x, z)), Cov(inner(x, z), inner(y, z) + e), E((e + 1) ** 6 * norm(z) ** 2),
    E(norm(X + W * X) ** 2),
    E(inner(x, W * W * y)), E(sp.Trace(W.T * W) * inner(x, z) ** 2), E(norm(e * x + z) ** 2),
]


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_what_the_laws_say_is_what_samples_show(formula, drawn):
    said, seen = drawn.value(expected(formula)), drawn.value(formula)
    assert not expected(formula).has(W) and abs(said.full - seen.full) < 5.5 * np.hypot(seen.error, said.error) + 1e-9
    assert seen.error < 0.2 * abs(seen.full) + 0.2


@pytest.mark.parametrize("same", [
    (norm(x - y) ** 2, norm(x) ** 2 + norm(y) ** 2 - 2 * norm(x) * norm(y) * cosine(x, y)),
    (cosine(3 * x, y), cosine(x, y)), (norm(s * x), s * norm(x)),
    (sp.Trace(A * S * A.T), sp.Trace(A.T * A * S)), (inner(x, (A + A.T) * y), inner((A + A.T) * x, y)),
    (norm(x * y.T) ** 2, norm(x) ** 2 * norm(y) ** 2),
    (sp.Determinant(A * S.I), sp.Determinant(A) / sp.Determinant(S)), (inner(A.I * x, A.T * y), inner(x, y)),
], ids=str)
def test_numbers_of_words_are_canonical(same):
    assert sp.simplify(plain(same[0]) - plain(same[1])) == 0


@pytest.mark.parametrize("different",
                         [(sp.Trace(A * S), sp.Trace(A * A)), (inner(x, A * y), inner(y, A * x)),
                          (norm(x) ** 2, norm(x)), (cosine(-x, y), cosine(x, y))], ids=str)
def test_what_differs_stays_different(different):
    assert sp.simplify(plain(different[0]) - plain(different[1])) != 0


def test_nothing_is_assumed_that_was_not_declared():
    loose = random(matrix("M", d, d), independent=False)
    assert expected(E(norm(loose * x) ** 2)).has(loose)
    assert expected(E(inner(X, x))) == E(inner(X, x))
    state = sequence("h", size=d, random=True)
    assert expected(E(inner(state(1), W * state(1)))) == 0
    assert expected(E(inner(state(1), state(2)))).has(E)
    F = function("F_9", size=d)
    assert expected(E(inner(F(z), z))).has(E)


def test_a_planted_law_is_seen(drawn):
    wrong = 3 * norm(x) ** 2 * s**2
    assert abs(
        drawn.value(wrong).full - drawn.value(E(norm(W * x) ** 2)).full) > 8 * drawn.value(E(norm(W * x) ** 2)).error


def test_a_derivative_goes_under_the_expectation_and_a_mean_square_is_not_negative():
    from claims.case import Line
    from claims.prove.chain import link
    from claims.prove.findings import Status

    t = sp.Symbol("t", real=True)
    eta = random(sp.Symbol("eta_9", real=True), independent=False)
    bell, slope = sp.exp(-((t - eta) ** 2)), E(-2 * (t - eta) * sp.exp(-((t - eta) ** 2)))
    assert link(sp.Derivative(E(bell), t), Line(slope, "under the mean")).status is Status.ZERO
    assert link(sp.Derivative(E(bell), t), Line(-slope, "with the wrong sign")).status is not Status.ZERO
    whole, part = E(norm(X) ** 2), E(norm(X - x) ** 2)
    assert link(whole - part, Line(whole, "a mean square", relation="<=")).status is Status.ZERO
    assert link(whole - part, Line(whole, "the other way", relation=">=")).status is not Status.ZERO


def test_what_vanishes_by_the_laws_of_matrices_is_not_negative():
    gap = norm(A) * norm(V.T) - norm(A) * norm(V)
    assert decide(Nonneg(gap)).status == "zero"
    assert decide(Positive(gap)).status != "zero" and decide(Nonneg(gap - 1)).status != "zero"


def test_a_number_of_the_same_name_does_not_constrain_a_vector():
    p = vector("p", d, "simplex")
    where = {sp.Symbol("p", positive=True): "unit interval", p: "simplex"}
    for value, point in instances_of_size(norm(p), Sampler(), where):
        assert sum(next(v for s, v in point.items() if str(s) == "p")) == 1, value
