"""True formulas in unusual forms pass whole: proof, trial, premises, mutants."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from claims import (
    E, Pr, claim, define, gaussian_expectation, geometric, indexed, induction, isserlis, random, recurrence, telescopes
)

pytestmark = pytest.mark.usefixtures("notebook")

x, a, b, p = sp.symbols("x a b p", positive=True)
r = sp.Symbol("r", real=True)
n, k = sp.symbols("n k", integer=True, positive=True)
HALF = sp.Rational(1, 2)


F, G = sp.Function("F"), sp.Function("G")
u = sp.Symbol("u", real=True)


def good(record):
    assert record["verdict"] == "proved" and record["mutants"]["survivors"] == [] and record["mutants"]["total"] > 3, (
        record["failures"]
    )
    return record


def passes(formula, right, code, wrong, *, grid, **more):
    """``F`` = ``formula``, bound to its code, is equal to ``right``."""
    model = define("model", F(*grid), formula, code, args=list(grid), domain=grid, wrong=wrong)
    return good(claim("true", F(*grid), "=", right, given=[model], domain=grid, **more).record)


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
    """Abel summation, with the sequence an arbitrary array, which the engine draws."""
    f = indexed("f", n + 1)
    left, right = sp.Sum(k * (f[k] - f[k + 1]), (k, 1, n)), sp.Sum(f[k], (k, 1, n)) - n * f[n + 1]
    weighted = define("weighted", F(n), left)
    record = claim(
        "abel",
        F(n),
        "=",
        right,
        given=[weighted],
        domain={n: [3, 6]},
        proof=lambda rhs, total: {
            "empty": (rhs - total).subs(n, 1).doit(),
            "increment": (rhs - total).subs(n, n + 1) - (rhs - total),
        },
        tactics=("split_sums", "expand"),
    ).record
    assert record["trial"]["how"] == "drawn"
    good(record)


def test_a_piecewise_formula():
    right = sp.Piecewise((a * x, x > 1), (b * x**2, True))
    passes(
        sp.Piecewise((b * x**2, x <= 1), (a * x, True)),
        right,
        lambda a, b, x: a * x if x > 1 else b * x * x,
        {"swapped": lambda a, b, x: a * x if x < 1 else b * x * x},
        grid={a: [2, 3], b: [HALF, 5], x: [HALF, 3 * HALF / 2, 3 * HALF, 3]},
        proof=lambda rhs, model: {
            "above": (rhs - model).subs(x, 1 + p),
            "below": (rhs - model).subs(x, 1 / (1 + p)),
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

    good(claim("true", turn * turn, "=", turn.subs(r, 2 * r), domain={r: [HALF, -2]}, tactics="trigsimp").record)


@pytest.fixture
def z(notebook):
    return random(sp.Symbol("z", real=True), law="normal")


def test_a_vector_of_means(z):
    line = define("line", G(u, a, b), a + b * u, lambda u, a, b: a + b * u, args=[u, a, b],
                  wrong={"no mean": lambda u, a, b: b * u, "no spread": lambda u, a, b: a + 0 * u})
    good(claim("pair", sp.Tuple(E(G(z, a, b)), E(G(z, a, b) ** 2)), "=", sp.Tuple(a, a**2 + b**2), given=[line],
               domain={a: [1, 3], b: [HALF, 2]}, trial=lambda rng, line, a, b: {"z": rng.normal(size=200_000)},
               proof=lambda rhs, line: {
                   "mean": rhs[0] - gaussian_expectation(line.subs(u, x), x),
                   "square": rhs[1] - gaussian_expectation(line.subs(u, x) ** 2, x)}).record)


def test_an_integral_with_a_parameter():
    y = sp.Symbol("y", positive=True)
    decay = define("decay", G(y, a), sp.exp(-a * y), lambda y, a: np.exp(-a * y), args=[y, a],
                   wrong={"faster": lambda y, a: np.exp(-2 * a * y)})
    good(claim("area", sp.Integral(G(y, a), (y, 0, sp.oo)), "=", 1 / a, given=[decay], domain={a: [HALF, 3]},
               steps=[(sp.Integral(sp.exp(-a * y), (y, 0, sp.oo)), "the decay", decay)]).record)


def test_a_ratio_of_means(z):
    line = define("line", G(u, a), a * u**2, lambda u, a: a * u**2, args=[u, a],
                  wrong={"no square": lambda u, a: a * abs(u)})
    good(claim("ratio", E(G(z, a)) / E(G(z, b) ** 2), "=", a / (3 * b**2), given=[line],
               domain={a: [1, 3], b: [2, 5]}, trial=lambda rng, line, a, b: {"z": rng.normal(size=1_000_000)},
               proof=lambda rhs, square: {
                   "ratio": rhs - gaussian_expectation(square.subs(u, x), x)
                   / gaussian_expectation(square.subs({u: x, a: b}, simultaneous=True) ** 2, x)}).record)


def test_a_law():
    """The law of −log(U)/a, at two places of its distribution function."""
    U = random(sp.Symbol("U", positive=True))
    wait = define("wait", G(p, a), -sp.log(p) / a, lambda p, a: -np.log(p) / a, args=[p, a],
                  wrong={"rate inverted": lambda p, a: -np.log(p) * a})
    record = claim("law", Pr(G(U, a) <= x), "=", 1 - sp.exp(-a * x), given=[wait],
                   trial=lambda rng, wait, a, x: {"U": rng.uniform(size=400_000)},
                   domain={a: [HALF, 2], x: [HALF, 1, 2]},
                   proof=lambda rhs, wait: {"quantile": sp.expand_log(rhs.subs(x, wait) - 1 + p)}).record
    good(record)


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
