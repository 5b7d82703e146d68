"""Points, orders, integrals and means at which what is false agrees with what is true."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import sympy as sp

from attack_help import (
    R,
    a,
    b,
    fails,
    k,
    n,
    passes,
    random,
    sigma,
    walk_step,
    x,
)
from claims import (
    ClaimError,
    E,
    Quad,
    claim,
    define,
    quantity,
    sequence,
)

pytestmark = pytest.mark.usefixtures("notebook")
f = sp.Function("f")


def code(formula, run, *args, wrong=lambda *a: 1.0):
    """A definition f(args) = formula, bound to code."""
    return define("code", f(*args), formula, run, args=list(args), wrong={"one": wrong})


def measured(label, left, right, relation="=", **more):
    return claim(label, left, relation, right, unproved="measured here", **more)


# ------------------------------------------------------- points at which a wrong formula agrees (a19, a41)


def test_both_signs_and_two_values():
    fails(
        measured("root", sp.sqrt(x**2), x, domain={x: [R(1, 2), 2, 3]}),
        "the symbol x may have both signs, but it is measured at 1/2, 2, 3",
    )
    passes(measured("root", sp.Max(x, -x), sp.Abs(x), domain={x: [R(1, 2), -2, 3]}), "measured")
    fails(measured("square", a**2, 3 * a, domain={a: [3]}), "the symbol a has one value only (3)")
    fails(
        measured("tame", x**2 * (2 * x - 1), x * (2 * x - 1), domain={x: [0, R(1, 2), 1]}),
        "the symbol x has only the values 0, 1/2, 1",
    )


def test_symbols_that_are_equal_or_proportional_at_every_point():
    product = code(a * b, lambda a, b: a * b, a, b)
    evidence = {"given": [product], "unproved": "measured"}
    fails(
        claim("equal", f(a, b), "=", a**2, domain=[{a: 3, b: 3}, {a: 5, b: 5}], **evidence),
        "the symbols a and b are equal at every point",
    )
    fails(
        claim("proportional", f(a, b), "=", 2 * a**2, domain=[{a: 3, b: 6}, {a: 5, b: 10}], **evidence),
        "a and b are proportional at every point",
    )
    passes(claim("true", f(a, b), "=", a * b, domain=[{a: 3, b: 3}, {a: 5, b: 2}, {a: 1, b: 7}], **evidence))


def test_without_a_domain_the_engine_takes_several_points_of_both_signs():
    fails(measured("root-anywhere", sp.sqrt(x**2), x), "finds")
    record = passes(measured("absolute-anywhere", sp.Max(x, -x), sp.Abs(x)), "measured")
    assert record["trial"]["points"] == 5
    fails(measured("powers", a**n * b, a**n * a), "finds")


def test_a_trial_stays_at_the_points_of_the_domain():
    def elsewhere(rng, step, a, sigma):
        return {"a": 2.0, "zeta": step(0.0, rng.normal(size=250_000), sigma)}

    zeta = random(sp.Symbol("zeta", real=True))
    moved = claim(
        "moved",
        E(a * zeta**2),
        "=",
        2 * sigma**2,
        given=[walk_step()],
        unproved="measured",
        trial=elsewhere,
        domain={a: [1, 3], sigma: [R(1, 2), 2]},
    )
    fails(moved, "the trial returned 'a', which the domain fixes")


def test_numbers_that_are_measured_at_whole_ones_only():
    fails(
        measured("sine", sp.sin(sp.pi * a), sp.Integer(0), domain={a: [1, 2, 3]}),
        "the engine's own arguments refute it",
    )
    passes(
        measured(
            "sum-of-whole", sp.Sum(k, (k, 1, n)) * b, b * n * (n + 1) / 2, domain={n: [1, 2, 3, 6], b: [2, 5, R(1, 2)]}
        ),
        "measured",
        "proved",
    )


def test_few_whole_numbers_at_which_a_polynomial_agrees():
    count = sp.binomial(n, 0) + sp.binomial(n, 2) + sp.binomial(n, 4)
    regions = code(count, lambda n: float(comb(n, 0) + comb(n, 2) + comb(n, 4)), n)
    fails(
        claim("powers-of-two", f(n), "=", 2 ** (n - 1), given=[regions], unproved="counted", domain={n: [3, 5, 6]}),
        "finds 31",
    )
    early = claim("early", f(n), "=", 2 ** (n - 1), given=[regions], domain={n: [3, 4, 5]})
    fails(early)


# ------------------------------------------------------- orders (a15, a16)


def test_a_rate_that_does_not_vanish():
    with pytest.raises(ClaimError, match=r"the rate n does not vanish as n grows \(it tends to oo\)"):
        claim("square", n**2 + 0 * n, "~", n, along=n, rate=n, unproved="measured growth", domain={n: [64, 128, 256]})
    with pytest.raises(ClaimError, match="does not vanish"):
        claim(
            "constant-rate",
            (n + 1) ** 2,
            "~",
            n**2,
            along=n,
            rate=2 + 1 / n,
            unproved="measured growth",
            domain={n: [64, 128, 256]},
        )


def stirling(constant, rate, rungs=(8, 16, 32, 64, 128)):
    left = sp.gamma(n + 1) / (n**n * sp.exp(-n) * sp.sqrt(n))
    return claim(
        "stirling", left, "~", constant, along=n, rate=rate, unproved="a known constant", domain={n: list(rungs)}
    )


def test_the_order_agrees_from_both_sides():
    passes(stirling(sp.sqrt(2 * sp.pi), 1 / n), "measured")
    fails(stirling(sp.sqrt(2 * sp.pi), 1 / n**2), "observed order")
    fails(stirling(sp.sqrt(2 * sp.pi), 1 / sp.sqrt(n)), "observed order")
    fails(stirling(R(2507, 1000), 1 / n))
    fails(stirling(R(251, 100), 1 / sp.log(n)))


def test_an_equation_is_no_asymptotic_formula():
    fails(
        claim(
            "exact", n**2 + n, "~", n * (n + 1), along=n, rate=1 / n, unproved="measured", domain={n: [8, 16, 32, 64]}
        ),
        "is an equation at every point measured",
    )


# ------------------------------------------------------- conditions (a29)


def test_a_wrong_threshold_is_not_seen_by_points_on_one_side():
    lam = sp.Symbol("lambda", positive=True)
    soft = sp.Piecewise((x - lam, x > lam), (x + lam, x < -lam), (0, True))

    def soft_code(x, lam):
        return np.sign(x) * max(abs(x) - lam, 0.0)

    shrink = code(soft, soft_code, x, lam)
    wide = sp.Piecewise((x - lam, x > 2 * lam), (0, True))
    fails(
        claim(
            "wide",
            f(x, lam),
            "=",
            wide,
            given=[shrink],
            unproved="measured",
            domain={x: [R(1, 4), 3, 5], lam: [R(1, 2), 1]},
        ),
        "the symbol x may have both signs",
        "the engine's own arguments refute it",
    )
    near = {
        x: [R(1, 4), -3, 5, R(11, 10), -R(11, 10), R(9, 10), -R(9, 10), R(3, 5), -R(3, 5), R(2, 5)],
        lam: [R(1, 2), 1],
    }
    fails(claim("wide", f(x, lam), "=", wide, given=[shrink], unproved="measured", domain=near), "finds")


# ------------------------------------------------------- integrals and means that do not exist (a32, a33, a63)


def test_an_integral_that_misses_a_peak():
    w = sp.Symbol("w", positive=True)
    normal = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    peak = sp.exp(-(((x - 30) / w) ** 2) / 2) / (w * sp.sqrt(2 * sp.pi))

    def density(x, w):
        return (0.5 * np.exp(-x * x / 2) + 0.5 * np.exp(-(((x - 30) / w) ** 2) / 2) / w) / np.sqrt(2 * np.pi)

    mixture = define(
        "mixture", f(x, w), (normal + peak) / 2, density, args=[x, w], wrong={"half": lambda x, w: density(x, w) / 2}
    )
    with pytest.raises(ClaimError, match="the left side is in words"):
        claim(
            "mass",
            quantity(r"\int q"),
            "=",
            R(1, 2),
            given=[mixture],
            unproved="quadrature",
            domain={w: [R(1, 1000), R(1, 2000)]},
            trial=lambda rng, q, w: Quad(lambda x: q(x, w), -np.inf, np.inf),
        )
    domain = {w: [R(1, 1000), R(1, 2000)]}
    fails(measured("half", sp.Integral((normal + peak) / 2, (x, -sp.oo, sp.oo)), R(1, 2), domain=domain))
    passes(measured("whole", sp.Integral((normal + peak) / 2, (x, -sp.oo, sp.oo)), sp.Integer(1), domain=domain))


def test_a_mean_that_does_not_exist():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    for label, right in (("four", 4), ("five", 5)):
        fails(measured(label, E(sp.exp(zeta**2 / 2)), sp.Integer(right)))
    fails(measured("log-normal", E(sp.exp(3 * zeta)), sp.exp(R(9, 2)) + 1))


def test_few_samples_of_a_skewed_quantity():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    step = walk_step()
    for i, right in enumerate((sp.exp(2 * sigma**2), sp.exp(sigma**2), sp.exp(sigma))):
        few = claim(
            f"log-normal-{i}",
            E(sp.exp(2 * sigma * zeta)),
            "=",
            right,
            given=[step],
            unproved="measured",
            domain={sigma: [1, 2]},
            trial=lambda rng, step, sigma: {"zeta": step(0.0, rng.normal(size=50), 1.0)},
        )
        fails(few)


# ------------------------------------------------------- limits (a37)


def test_an_unstable_fixed_point_is_no_limit():
    r, P = sp.Symbol("r", positive=True), sequence("P", positive=True)
    logistic = define(
        "logistic",
        f(x, r),
        r * x * (1 - x),
        lambda x, r: r * x * (1 - x),
        args=[x, r],
        wrong={"no one": lambda x, r: r * x * (2 - x)},
    )

    def settle(rng, logistic, r, T):
        found = 1 - 1 / r
        for _ in range(T):
            found = logistic(found, r)
        return {"P_T": found}

    T = sp.Symbol("T", integer=True, positive=True)
    fails(
        claim(
            "settles",
            P(T),
            "=",
            1 - 1 / r,
            given=[logistic],
            domain={r: [R(7, 2), R(18, 5)], T: [60, 80]},
            trial=settle,
            where={P(T): "the state"},
            proof=lambda rhs, step: {"fixed point": rhs - step.subs(x, rhs)},
        )
    )
