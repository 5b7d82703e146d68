"""True formulas in unusual forms pass whole: proof, trial, premises, mutants."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from claims import (
    Exact,
    Law,
    Mean,
    Quad,
    Ratio,
    gaussian_expectation,
    geometric,
    induction,
    isserlis,
    quantity,
    recurrence,
    telescopes,
)
from claims.old import claim, define

pytestmark = pytest.mark.usefixtures("notebook")

x, a, b, p = sp.symbols("x a b p", positive=True)
r = sp.Symbol("r", real=True)
n, k = sp.symbols("n k", integer=True, positive=True)
HALF = sp.Rational(1, 2)
f = sp.IndexedBase("f", real=True)


def passes(left, right, code, wrong, *, trial=None, grid=None, **more):
    model = define("model", r"\text{model}", code, wrong=wrong)
    trial = trial or (lambda rng, model, **point: Exact(model(**point)))
    record = claim("true", left, "=", right, given=[model], trial=trial, domain=grid, **more).record
    assert record["verdict"] == "proved" and record["mutants"]["survivors"] == [] and record["mutants"]["total"] > 3, (
        record["failures"]
    )
    return record


def test_nested_roots():
    passes(
        sp.sqrt(5 + 2 * sp.sqrt(6)) * a,
        (sp.sqrt(2) + sp.sqrt(3)) * a,
        lambda a: a * math.sqrt(5 + 2 * math.sqrt(6)),
        {"less": lambda a: a * 3.0},
        grid={a: [HALF, 3]},
        tactics="sqrtdenest",
    )


def test_a_sum_of_symbolic_length():
    passes(
        sp.Sum(k, (k, 1, n)),
        n * (n + 1) / 2,
        lambda n: sum(range(1, n + 1)),
        {"short": lambda n: sum(range(n))},
        grid={n: [3, 6, 11]},
    )


def test_a_product_of_symbolic_length():
    passes(
        sp.Product(1 + 1 / k, (k, 1, n)),
        n + 1,
        lambda n: math.prod(1 + 1 / i for i in range(1, n + 1)),
        {"short": lambda n: math.prod(1 + 1 / i for i in range(1, n))},
        grid={n: [3, 6, 11]},
        tactics=("gammasimp", "factor"),
    )


def test_a_finite_sum_over_measured_values():
    """Abel summation, with the sequence an arbitrary array."""
    left, right = sp.Sum(k * (f[k] - f[k + 1]), (k, 1, n)), sp.Sum(f[k], (k, 1, n)) - n * f[n + 1]
    model = define(
        "weighted",
        r"\sum k(f_k-f_{k+1})",
        lambda v, n: sum(i * (v[i] - v[i + 1]) for i in range(1, n + 1)),
        wrong={"one less": lambda v, n: sum(i * (v[i] - v[i + 1]) for i in range(1, n))},
    )

    def trial(rng, model, n):
        v = rng.normal(size=16)
        return Exact(model(v, n), scale=100.0, at={"f": v})

    record = claim(
        "abel",
        left,
        "=",
        right,
        given=[model],
        trial=trial,
        domain={n: [3, 6]},
        proof=lambda rhs: {
            "empty": (rhs - left).subs(n, 1).doit(),
            "increment": (rhs - left).subs(n, n + 1) - (rhs - left),
        },
        tactics=("split_sums", "expand"),
    ).record
    assert record["verdict"] == "proved", record["failures"]


def test_a_piecewise_formula():
    right = sp.Piecewise((a * x, x > 1), (b * x**2, True))
    passes(
        quantity("y"),
        right,
        lambda a, b, x: a * x if x > 1 else b * x * x,
        {"swapped": lambda a, b, x: a * x if x < 1 else b * x * x},
        grid={a: [2, 3], b: [HALF, 5], x: [HALF, 3 * HALF / 2, 3 * HALF, 3]},
        proof=lambda rhs: {
            "above": (rhs.subs(x, 1 + p) - a * (1 + p)),
            "below": rhs.subs(x, 1 / (1 + p)) - b / (1 + p) ** 2,
        },
    )


def test_a_complex_formula():
    passes(
        sp.exp(sp.I * r) + a,
        sp.cos(r) + sp.I * sp.sin(r) + a,
        lambda a, r: complex(a + math.cos(r), math.sin(r)),
        {"conjugate": lambda a, r: complex(a + math.cos(r), -math.sin(r))},
        grid={a: [2, 3], r: [HALF, -2]},
        tactics="expand_complex",
    )


def test_a_matrix():
    turn = sp.ImmutableMatrix([[sp.cos(r), -sp.sin(r)], [sp.sin(r), sp.cos(r)]])

    def twice(r):
        one = np.array([[math.cos(r), -math.sin(r)], [math.sin(r), math.cos(r)]])
        return one @ one

    passes(
        turn * turn,
        turn.subs(r, 2 * r),
        twice,
        {"once": lambda r: np.array([[math.cos(r), -math.sin(r)], [math.sin(r), math.cos(r)]])},
        grid={r: [HALF, -2]},
        tactics="trigsimp",
    )


def test_a_vector_of_means_from_a_tuple():
    right = sp.Tuple(a, a**2 + b**2)
    passes(
        quantity(r"(\mathbb Ez,\mathbb Ez^2)"),
        right,
        lambda z, a, b: a + b * z,
        {"no mean": lambda z, a, b: b * z, "no spread": lambda z, a, b: a + 0 * z},
        grid={a: [1, 3], b: [HALF, 2]},
        trial=lambda rng, model, a, b: Mean(np.stack([(z := model(rng.normal(size=20_000), a, b)), z * z], 1)),
        proof=lambda rhs: {
            "mean": rhs[0] - gaussian_expectation(a + b * x, x),
            "square": rhs[1] - gaussian_expectation((a + b * x) ** 2, x),
        },
    )


def test_an_integral_with_a_parameter():
    z = sp.Symbol("z", positive=True)
    passes(
        sp.Integral(sp.exp(-a * z), (z, 0, sp.oo)),
        1 / a,
        lambda z, a: math.exp(-a * z),
        {"faster": lambda z, a: math.exp(-2 * a * z)},
        trial=lambda rng, model, a: Quad(lambda z: model(z, a), 0, math.inf),
        grid={a: [HALF, 3]},
    )


def test_a_law():
    passes(
        quantity("F"),
        1 - sp.exp(-a * x),
        lambda u, a: -np.log(u) / a,
        {"rate inverted": lambda u, a: -np.log(u) * a},
        trial=lambda rng, model, a: Law(model(rng.uniform(size=8000), a), "x"),
        grid={a: [HALF, 3]},
        proof=lambda rhs: {"start": rhs.subs(x, 0), "hazard": sp.diff(rhs, x) - a * (1 - rhs)},
    )


def test_a_ratio_of_means():
    passes(
        quantity(r"\mathbb Ea/\mathbb Eb"),
        a / b,
        lambda u, a, b: (a * u, b * u**2 * 1.5),
        {"swapped": lambda u, a, b: (b * u, a * u**2 * 1.5)},
        grid={a: [1, 3], b: [2, 5]},
        trial=lambda rng, model, a, b: Ratio(*model(rng.uniform(size=20_000), a, b)),
        proof=lambda rhs: {"half over half": rhs - (a / 2) / (b / 2)},
    )


def test_helpers_of_proofs():
    v = 1 + n * a**2
    assert set(induction(v, n, 1 + a**2, lambda u, n: u + a**2, start=1).values()) == {0}
    assert any(e != 0 for e in induction(v + n * (n - 1), n, 1 + a**2, lambda u, n: u + a**2, start=1).values())
    assert (
        set(recurrence(2**n + 1, n, lambda u: u(n + 1) - 2 * u(n) + 1, {1: 3}).values()) == {0}
        and recurrence(2**n, n, lambda u: u(n + 1) - 2 * u(n), {1: 3})["value at 1"] == -1
    )
    assert set(telescopes(n**2, n, 2 * k + 1, k).values()) == {0} and any(
        e != 0 for e in telescopes(n**2 + 1, n, 2 * k + 1, k).values()
    )
    assert sp.cancel(geometric(a, 4) - (1 + a + a**2 + a**3)) == 0
    S = sp.Matrix([[a, r], [r, b]])
    assert (
        sp.expand(isserlis(S, [0, 0, 1, 1]) - a * b - 2 * r**2) == 0
        and isserlis(S, [0, 1, 1]) == 0
        and isserlis(S, []) == 1
    )
