"""Points, symbols, tolerances and bounds at which what is false agrees with what is true."""

from __future__ import annotations

import math
from math import comb

import numpy as np
import pytest
import sympy as sp

from attack_help import F, R, SAID, X, a, b, fails, k, m, n, passes, random, sigma, t, told, u, variances_add, walk, walk_step, x, y, z
from claims import ClaimError, E, Exact, Mean, Nonneg, Quad, claim, define, matrix, norm, quantity, sequence, trace, vector

pytestmark = pytest.mark.usefixtures("notebook")
f = sp.Function("f")


def code(formula, run, *args, wrong=lambda *a: 1.0):
    """A definition f(args) = formula, bound to code."""
    return define("code", f(*args), formula, run, args=list(args), wrong={"one": wrong})


def measured(label, left, right, relation="=", **more):
    return claim(label, left, relation, right, unproved="measured here", **more)


# ------------------------------------------------------- points at which a wrong formula agrees (a19, a41)


def test_both_signs_and_two_values():
    fails(measured("root", sp.sqrt(x**2), x, domain={x: [R(1, 2), 2, 3]}), "the symbol x may have both signs, but it is measured at 1/2, 2, 3")
    passes(measured("root", sp.sqrt(x**2), sp.Abs(x), domain={x: [R(1, 2), -2, 3]}), "measured")
    fails(measured("square", a**2, 3 * a, domain={a: [3]}), "the symbol a has one value only (3)")
    fails(measured("tame", a**2, a, domain={a: [0, 1]}) if False else measured("tame", x**2 * (2 * x - 1), x * (2 * x - 1), domain={x: [0, R(1, 2), 1]}),
          "the symbol x has only the values 0, 1/2, 1")


def test_symbols_that_are_equal_or_proportional_at_every_point():
    product = code(a * b, lambda a, b: a * b, a, b)
    evidence = {"given": [product], "unproved": "measured"}
    fails(claim("equal", f(a, b), "=", a**2, domain=[{a: 3, b: 3}, {a: 5, b: 5}], **evidence), "the symbols a and b are equal at every point")
    fails(claim("proportional", f(a, b), "=", 2 * a**2, domain=[{a: 3, b: 6}, {a: 5, b: 10}], **evidence), "a and b are proportional at every point")
    passes(claim("true", f(a, b), "=", a * b, domain=[{a: 3, b: 3}, {a: 5, b: 2}, {a: 1, b: 7}], **evidence))


def test_without_a_domain_the_engine_takes_several_points_of_both_signs():
    fails(measured("root-anywhere", sp.sqrt(x**2), x), "finds")
    record = passes(measured("absolute-anywhere", sp.sqrt(x**2), sp.Abs(x)), "measured")
    assert record["trial"]["points"] == 5
    fails(measured("powers", a**n * b, a**n * a), "finds")


def test_few_whole_numbers_at_which_a_polynomial_agrees():
    count = sp.binomial(n, 0) + sp.binomial(n, 2) + sp.binomial(n, 4)
    regions = code(count, lambda n: float(comb(n, 0) + comb(n, 2) + comb(n, 4)), n)
    fails(claim("powers-of-two", f(n), "=", 2 ** (n - 1), given=[regions], unproved="counted", domain={n: [3, 5, 6]}), "finds 31")
    early = claim("early", f(n), "=", 2 ** (n - 1), given=[regions], domain={n: [3, 4, 5]})
    fails(early)


# ------------------------------------------------------- orders (a15, a16)


def test_a_rate_that_does_not_vanish():
    with pytest.raises(ClaimError, match=r"the rate n does not vanish as n grows \(it tends to oo\)"):
        claim("square", n**2 + 0 * n, "~", n, along=n, rate=n, unproved="measured growth", domain={n: [64, 128, 256]})
    with pytest.raises(ClaimError, match="does not vanish"):
        claim("constant-rate", n**2, "~", n**2, along=n, rate=2 + 1 / n, unproved="measured growth", domain={n: [64, 128, 256]})


def stirling(constant, rate, rungs=(8, 16, 32, 64, 128)):
    left = sp.gamma(n + 1) / (n**n * sp.exp(-n) * sp.sqrt(n))
    return claim("stirling", left, "~", constant, along=n, rate=rate, unproved="a known constant", domain={n: list(rungs)})


def test_the_order_agrees_from_both_sides():
    passes(stirling(sp.sqrt(2 * sp.pi), 1 / n), "measured")
    fails(stirling(sp.sqrt(2 * sp.pi), 1 / n**2), "observed order")
    fails(stirling(sp.sqrt(2 * sp.pi), 1 / sp.sqrt(n)), "observed order")
    fails(stirling(R(2507, 1000), 1 / n))
    fails(stirling(R(251, 100), 1 / sp.log(n)))


def test_an_equation_is_no_asymptotic_formula():
    fails(claim("exact", n**2 + n, "~", n * (n + 1), along=n, rate=1 / n, unproved="measured", domain={n: [8, 16, 32, 64]}), "is an equation at every point measured")


# ------------------------------------------------------- tolerances (a17, a18)


def antiderivative(scale=None, cast=None, right=sp.log(sp.cosh(a))):
    tanh = code(sp.log(sp.cosh(a)), lambda a: math.log(math.cosh(a)), a)
    found = sp.Symbol("A", positive=True)

    def trial(rng, tanh, a):
        value = tanh(a)
        return Exact(cast(value) if cast else value, **({"scale": scale} if scale else {}))

    return claim("antiderivative", quantity("F(a)"), "=", right, given=[tanh], unproved="numerical", words="it is the answer of a program", trial=trial,
                 domain={a: [1, 2, 3]})


def test_no_scale_and_no_cast_widens_a_tolerance():
    near = a - sp.log(2) + sp.exp(-2 * a)
    fails(antiderivative(scale=1e10, right=near), "scale=1e+10 is more than 1000 times the numbers of this measurement")
    fails(antiderivative(cast=np.float32, right=near), "the result is float32")
    fails(antiderivative(right=near), "finds")
    passes(antiderivative(), "measured")


def test_samples_in_a_low_precision_do_not_widen_it_either():
    v = vector("v", sp.Symbol("d", integer=True, positive=True))
    half = define("half", sp.Function("h")(u), u / 2, lambda u: u / 2, args=[u], wrong={"all": lambda u: u})
    found = claim("single", norm(v) ** 2, "=", norm(v) ** 2 * (1 + R(1, 10**6)), given=[half], unproved="measured",
                  trial=lambda rng, half: {"v": (2 * half(1.0) * rng.normal(size=5)).astype(np.float32)})
    fails(found, "finds")


def test_a_constant_that_the_samples_cannot_resolve():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    step = walk_step()

    def trial(size):
        return lambda rng, step, sigma: {"zeta": step(0.0, rng.normal(size=size), 1.0)}

    for label, constant in (("near", R(4, 5)), ("nearer", R(19, 24)), ("true", sp.sqrt(2 / sp.pi))):
        few = claim(label, E(sp.Abs(sigma * zeta)), "=", constant * sigma, given=[step], unproved="measured", trial=trial(4000),
                    domain={sigma: [R(1, 2), 2]})
        fails(few, "a claim that is only measured needs 0.001: take more samples")
    passes(claim("proved", E((sigma * zeta) ** 2), "=", sigma**2, domain={sigma: [R(1, 2), 2]}), "proved")


# ------------------------------------------------------- symbols that cannot be told apart (a22, a23, a21, a60)


@pytest.mark.parametrize("one, other, why", [
    (sp.Symbol(r"\sigma", positive=True), sp.Symbol(r"\sigma^2", positive=True), "reads as an expression of"),
    (sp.Symbol("x", positive=True), sp.Symbol("x", real=True), "is the print of two different things"),
    (sp.Symbol("x_{t+1}", real=True), sp.Symbol("x_{t + 1}", real=True), "is the print of two different things|one keyword"),
    (sp.Symbol("x_t", real=True), sp.Symbol("x_{t}", real=True), "is the print of two different things|one keyword"),
    (sp.Symbol("alpha", real=True), sp.Symbol(r"\alpha", real=True), "is the print of two different things|one keyword"),
])
def test_symbols_that_print_alike(one, other, why):
    with pytest.raises(ClaimError, match=why):
        claim("two", one * other + 1, "=", 1 + other * one, domain={one: [2, 3], other: [5, 4]}, unproved="measured")


def test_keywords_are_told_apart():
    pairs = [(sp.Symbol("x_{t+1}", real=True), sp.Symbol("x_{t-1}", real=True)), (sp.Symbol("x^*", real=True), sp.Symbol("x", real=True))]
    for later, before in pairs:
        right = later + before
        record = passes(claim("sum", right, "=", before + later, domain=[{later: 2, before: -3}, {later: -5, before: 7}, {later: 1, before: 3}]))
        assert record["trial"]["points"] == 3
    rule = code(u + z, lambda u, z: u + z, u, z)
    later, before = pairs[0]
    given = claim("named", f(later, before), "=", later + before, given=[rule], unproved="measured",
                  trial=lambda rng, rule, x_tp1, x_tm1: {"f": rule}, domain=[{later: 2, before: -3}, {later: -5, before: 7}, {later: 1, before: 3}])
    fails(claim("swapped", f(later, before), "=", 2 * before, given=[rule], unproved="measured", domain=[{later: 2, before: -3}, {later: -5, before: 7}]), "finds")
    passes(given, "measured")


# ------------------------------------------------------- conditions (a29)


def test_a_wrong_threshold_is_not_seen_by_points_on_one_side():
    lam = sp.Symbol("lambda", positive=True)
    soft = sp.Piecewise((x - lam, x > lam), (x + lam, x < -lam), (0, True))

    def soft_code(x, lam):
        return np.sign(x) * max(abs(x) - lam, 0.0)

    shrink = code(soft, soft_code, x, lam)
    wide = sp.Piecewise((x - lam, x > 2 * lam), (0, True))
    fails(claim("wide", f(x, lam), "=", wide, given=[shrink], unproved="measured", domain={x: [R(1, 4), 3, 5], lam: [R(1, 2), 1]}),
          "the symbol x may have both signs", "(condition) survives the trial")
    near = {x: [R(1, 4), -3, 5, R(11, 10), -R(11, 10), R(9, 10), -R(9, 10), R(3, 5), -R(3, 5), R(2, 5)], lam: [R(1, 2), 1]}
    fails(claim("wide", f(x, lam), "=", wide, given=[shrink], unproved="measured", domain=near), "finds")


# ------------------------------------------------------- integrals and means that do not exist (a32, a33, a63)


def test_an_integral_that_misses_a_peak():
    w = sp.Symbol("w", positive=True)
    normal = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    peak = sp.exp(-(((x - 30) / w) ** 2) / 2) / (w * sp.sqrt(2 * sp.pi))

    def density(x, w):
        return (0.5 * np.exp(-x * x / 2) + 0.5 * np.exp(-(((x - 30) / w) ** 2) / 2) / w) / np.sqrt(2 * np.pi)

    mixture = define("mixture", f(x, w), (normal + peak) / 2, density, args=[x, w], wrong={"half": lambda x, w: density(x, w) / 2})
    with pytest.raises(ClaimError, match="the left side is in words"):
        claim("mass", quantity(r"\int q"), "=", R(1, 2), given=[mixture], unproved="quadrature", domain={w: [R(1, 1000), R(1, 2000)]},
              trial=lambda rng, q, w: Quad(lambda x: q(x, w), -np.inf, np.inf))
    domain = {w: [R(1, 1000), R(1, 2000)]}
    fails(claim("half", sp.Integral((normal + peak) / 2, (x, -sp.oo, sp.oo)), "=", R(1, 2), domain=domain))
    passes(claim("whole", sp.Integral((normal + peak) / 2, (x, -sp.oo, sp.oo)), "=", sp.Integer(1), domain=domain))


def test_a_mean_that_does_not_exist():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    for label, right in (("four", 4), ("five", 5)):
        fails(measured(label, E(sp.exp(zeta**2 / 2)), sp.Integer(right)))
    fails(measured("log-normal", E(sp.exp(3 * zeta)), sp.exp(R(9, 2)) + 1))


def test_few_samples_of_a_skewed_quantity():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    step = walk_step()
    for i, right in enumerate((sp.exp(2 * sigma**2), sp.exp(sigma**2), sp.exp(sigma))):
        few = claim(f"log-normal-{i}", E(sp.exp(2 * sigma * zeta)), "=", right, given=[step], unproved="measured", domain={sigma: [1, 2]},
                    trial=lambda rng, step, sigma: {"zeta": step(0.0, rng.normal(size=50), 1.0)})
        fails(few)


# ------------------------------------------------------- premises that only change the random numbers (a62)


def test_reseeding_does_not_move_a_measurement():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    now = {}

    def draws(s):
        return s + 0 * (now["rng"].normal() if now else 0)

    def draws_more(s):
        return s + (0 * now["rng"].normal(size=3).sum() if now else 1.0)

    noise = define("noise", f(u), u, draws, args=[u], wrong={"other numbers": draws_more})

    def trial(rng, noise, sigma):
        now["rng"] = rng
        noise(1.0)
        now.clear()
        return {"zeta": rng.normal(size=200_000)}

    fails(claim("reseeded", E(sigma * zeta**2), "=", sigma, given=[noise], trial=trial, domain={sigma: [R(1, 2), 3]}, unproved="measured"),
          "'other numbers' does not move the measurement")


# ------------------------------------------------------- bounds (a34, a35)


def test_a_bound_that_fails_for_arguments_that_the_trial_does_not_draw():
    d = sp.Symbol("d", integer=True, positive=True)
    A, B = matrix("A", d), matrix("B", d)
    scale = define("scale", f(u), u, lambda u: u, args=[u], wrong={"twice": lambda u: 2 * u})

    def diagonal(rng, scale):
        return {"A": np.eye(3) * (scale(1.0) + rng.uniform(0, 1, (3, 1))), "B": np.eye(3) * (1 + rng.uniform(0, 1, (3, 1)))}

    def equal(rng, scale):
        return {"A": np.array([[scale(2.0)]]), "B": np.array([[3.0]])}

    stated = claim("trace-of-product", trace(A * B), "<=", trace(A) * trace(B), given=[scale], unproved="measured", trial=diagonal, tight=equal)
    fails(stated, "the engine's own arguments refute it: at A = ")
    v, w = vector("v", d), vector("w", d)
    aligned = {"trial": lambda rng, scale: {"v": scale(1.0) * np.array([1.0, 2, 3]), "w": np.array([2.0, 4, 7])},
               "tight": lambda rng, scale: {"v": scale(1.0) * np.array([1.0, 2, 3]), "w": np.array([0.0, 0, 0])}}
    fails(claim("triangle-reversed", norm(v + w) ** 2, ">=", norm(v) ** 2 + norm(w) ** 2, given=[scale], unproved="measured", **aligned),
          "the engine's own arguments refute it")


def test_the_search_climbs_to_a_narrow_place():
    peak = sp.exp(-((10 * a - 7) ** 2)) + a / 100
    cut = code(peak, lambda a: math.exp(-((10 * a - 7) ** 2)) + a / 100, a)
    narrow = claim("narrow", f(a), "<=", R(1, 5) + a / 100, given=[cut], unproved="measured", domain={a: [R(1, 10), R(3, 10), R(6, 5)]},
                   loose="it is far above where the peak is not")
    fails(narrow, "the engine's own arguments refute it: at a = 0.")


def test_an_equation_that_holds_for_the_arguments_of_its_trial_only():
    d = sp.Symbol("d", integer=True, positive=True)
    A = matrix("A", d)
    scale = define("scale", f(u), u, lambda u: u, args=[u], wrong={"twice": lambda u: 2 * u})

    def symmetric(rng, scale):
        g = rng.normal(size=(3, 3))
        return {"A": scale(1.0) * (g + g.T)}

    fails(claim("symmetric-only", trace(A * A), "=", trace(A * A.T), given=[scale], unproved="measured", trial=symmetric),
          "the engine's own arguments refute it")
    S = matrix("S", d, constraint="symmetric")
    passes(claim("declared", trace(S * S), "=", trace(S * S.T), unproved="measured"), "measured")


def test_a_bound_of_random_states_says_that_it_was_sampled():
    step = walk_step()
    record = claim("sampled", E(X(t) ** 2), "<=", (t + 1) * sigma**2, given=[step], unproved="measured", where=SAID, trial=walk,
                   tight=lambda rng, step, t, sigma: {"X_t": np.sqrt(t + 1) * step(0.0, np.array([1.0, -1.0] * 8), sigma)},
                   domain={t: [3, 10], sigma: [R(1, 2), 2]}).record
    assert record["sampled"] == "sampled: no search for the worst case, because X(t) is random"


def test_a_vacuous_bound_says_why_it_is_loose():
    stated = {"domain": {t: [3, 10], sigma: [R(1, 2), 2]}, "given": [walk_step()], "trial": walk, "where": SAID,
              "proof": lambda rhs, after: {"enough": Nonneg(sp.expand(rhs - t * (sp.expand(after**2).coeff(z, 2))))}}
    vacuous = 10**6 * (t + 1) * (sigma**2 + sigma**4)
    fails(claim("vacuous", E(X(t) ** 2), "<=", vacuous, **stated), "the bound is vacuous: what it bounds comes nowhere nearer than a ratio of")
    record = passes(claim("vacuous-said", E(X(t) ** 2), "<=", vacuous, loose="only the order matters", **stated), "proved")
    assert record["loose"] == "only the order matters" and record["closest"] < 0.05
    passes(claim("near", E(X(t) ** 2), "<=", (t + 1) * sigma**2, **stated), "proved")


def test_a_bound_that_is_an_equation_or_its_reverse():
    domain = {a: [2, 3], b: [2, 3, R(1, 2)]}
    fails(claim("equal", a * b, "<=", b * a, domain=domain), "the bound is an equation at every point measured")
    passes(claim("bound", 2 * a * b, "<=", a**2 + b**2, domain=domain), "proved")


# ------------------------------------------------------- limits (a37)


def test_an_unstable_fixed_point_is_no_limit():
    r, P = sp.Symbol("r", positive=True), sequence("P", positive=True)
    logistic = define("logistic", f(x, r), r * x * (1 - x), lambda x, r: r * x * (1 - x), args=[x, r], wrong={"no one": lambda x, r: r * x * (2 - x)})

    def settle(rng, logistic, r, T):
        found = 1 - 1 / r
        for _ in range(T):
            found = logistic(found, r)
        return {"P_T": found}

    T = sp.Symbol("T", integer=True, positive=True)
    fails(claim("settles", P(T), "=", 1 - 1 / r, given=[logistic], domain={r: [R(7, 2), R(18, 5)], T: [60, 80]}, trial=settle, where={P(T): "the state"},
                proof=lambda rhs, step: {"fixed point": rhs - step.subs(x, rhs)}))
