"""Bounds, asymptotics, argmin and chains of steps: what each must accept and what it must not."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from claims import ClaimError, E, Nonneg, argmin, asymptotic_ratio, claim, define, quantity, random

pytestmark = pytest.mark.usefixtures("notebook")

x, a, b = sp.symbols("x a b", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
F, G = sp.Function("F"), sp.Function("G")
HALF = sp.Rational(1, 2)


# ---------------------------------------------------------------- bounds: √(ab) ≤ (a + b)/2


@pytest.fixture
def root():
    return define("root", F(a, b), sp.sqrt(a * b), lambda a, b: math.sqrt(a * b), args=[a, b],
                  wrong={"twice": lambda a, b: 2 * math.sqrt(a * b), "without root": lambda a, b: a * b})


def means(root, right, relation="<=", tight="equal", **change):
    evidence = {"proof": lambda rhs, mean: {"square": Nonneg(rhs - mean if relation == "<=" else mean - rhs)},
                "domain": {a: [1, 3], b: [HALF, 2]}}
    if tight == "equal":
        evidence["tight"] = lambda rng, root, a, b: {"b": a}
    return claim("means", F(a, b), relation, right, given=[root], **(evidence | change)).record


def test_a_sharp_bound_passes_and_says_what_was_attacked(root):
    record = means(root, (a + b) / 2)
    assert record["verdict"] == "proved", record["failures"]
    assert record["mutants"]["killed_by_trial"] > 5 and record["mutants"]["survivors"] == []


@pytest.mark.parametrize("right", [(a + b) / 3, (a + b) / 2 - sp.Rational(1, 1000), 2 * a * b / (a + b)])
def test_a_bound_that_is_violated_is_refuted(root, right):
    record = means(root, right)
    assert record["verdict"] == record["trial"]["verdict"] == "refuted" and record["proof"]["verdict"] != "proved"


def test_a_loose_bound_is_not_called_tight(root):
    loose = (a + b) / 2 + sp.sqrt(a * b)
    record = means(root, loose)
    assert record["verdict"] == "refuted" and "not attained where tight= says" in record["failures"][0]
    record = means(root, loose, tight=None)
    assert record["verdict"] == "proved" and record["mutants"]["not_attacked"] > 0


def test_the_other_direction(root):
    record = means(root, 2 * a * b / (a + b), ">=")
    assert record["verdict"] == "proved", record["failures"]
    assert means(root, (a + b) / 2, ">=")["verdict"] == "refuted"


def test_a_bound_that_holds_only_on_the_domain_is_not_proved(root):
    """min over the grid is fine, elsewhere the bound fails: the proof must see it."""
    record = means(root, a + b - HALF, tight=None, domain=[{a: 1, b: 2}, {a: 2, b: 2}])
    assert record["trial"]["verdict"] == "measured" and record["verdict"] in ("refuted", "undecided")


# ---------------------------------------------------------------- asymptotics along a ladder


@pytest.fixture
def central():
    return define("central", F(n), sp.binomial(2 * n, n) / 4**n,
                  lambda n: math.exp(math.lgamma(2 * n + 1) - 2 * math.lgamma(n + 1) - n * math.log(4)),
                  args=[n], domain={n: [3, 8]},
                  wrong={"one more": lambda n: math.exp(math.lgamma(2 * n + 1) - 2 * math.lgamma(n) - n * math.log(4)),
                         "no power": lambda n: math.exp(math.lgamma(2 * n + 1) - 2 * math.lgamma(n + 1))})


def wallis(central, right, rate=1 / n, **change):
    """n · central(n)² → 1/π by Wallis' product."""
    evidence = {"proof": lambda rhs, exact: asymptotic_ratio(exact, rhs, n, rate),
                "domain": {n: [50, 100, 200, 400, 800]}, "along": n, "rate": rate}
    return claim("central-binomial", F(n), "~", right, given=[central], **(evidence | change)).record


def test_an_asymptotic_formula_passes_at_its_rate(central):
    record = wallis(central, 1 / sp.sqrt(sp.pi * n))
    assert record["verdict"] == "proved", record["failures"]
    assert "observed order 1.0" in record["trial"]["note"] and record["mutants"]["equivalent"] > 0


@pytest.mark.parametrize("right", [2 / sp.sqrt(sp.pi * n), 1 / sp.sqrt(n), 1 / (sp.pi * n),
                                   1 / sp.sqrt(sp.pi * n) + sp.Rational(1, 1000), 1 / sp.sqrt(sp.pi * n) + 1 / n])
def test_a_wrong_limit_or_a_slower_rate_is_refuted(central, right):
    record = wallis(central, right)
    assert record["verdict"] == record["trial"]["verdict"] == "refuted"


def test_a_stated_rate_that_is_too_fast_is_refuted(central):
    assert wallis(central, 1 / sp.sqrt(sp.pi * n), rate=1 / n**2, proof=None,
                  unproved="the trial alone")["trial"]["verdict"] == "refuted"
    assert wallis(central, (1 - 1 / (8 * n)) / sp.sqrt(sp.pi * n), rate=1 / n**2, proof=None,
                  unproved="the trial alone")["trial"]["verdict"] == "measured"


def test_a_ladder_needs_rungs_a_variable_and_a_rate(central):
    assert "at least 3 rungs" in wallis(central, 1 / sp.sqrt(sp.pi * n), domain={n: [200, 400]})["failures"][0]
    with pytest.raises(ClaimError, match="needs along="):
        wallis(central, 1 / sp.sqrt(sp.pi * n), rate=None)


def test_a_stochastic_ladder():
    u, z = sp.Symbol("u", real=True), random(sp.Symbol("z", real=True), law="normal")
    noise = define("noise", G(u, n), u**2 * (1 + 3 / n), lambda u, n: u**2 * (1 + 3 / n), args=[u, n],
                   wrong={"no square": lambda u, n: u * (1 + 3 / n), "half": lambda u, n: u**2 / 2 * (1 + 3 / n)})

    def at(right):
        return claim("noise-limit", E(G(a * z, n)), "~", right, given=[noise], along=n, rate=1 / n,
                     proof=lambda rhs, square: asymptotic_ratio(square.subs(u, a), rhs, n, 1 / n),
                     trial=lambda rng, noise, n, a: {"z": rng.normal(size=20_000)},
                     domain={n: [16, 32, 64, 128], a: [HALF, 3]}).record

    good = at(a**2)
    assert good["verdict"] == "proved", good["failures"]
    assert at(a**2 * sp.Rational(11, 10))["verdict"] == at(a)["verdict"] == "refuted"


# ---------------------------------------------------------------- argmin


@pytest.fixture
def cost():
    return define("cost", F(x, a, b), (x - a) ** 2 + b * x**2, lambda x, a, b: (x - a) ** 2 + b * x**2,
                  args=[x, a, b], domain={x: [HALF, 2], a: [1, 2], b: [HALF, 3]},
                  wrong={"no penalty": lambda x, a, b: (x - a) ** 2,
                         "other penalty": lambda x, a, b: (x - a) ** 2 + b * x**4})


def ridge(cost, right, objective=None, **change):
    objective = F(x, a, b) if objective is None else objective
    return claim("ridge", argmin(x, objective), "argmin", right, given=[cost], domain={a: [1, 3], b: [HALF, 2]},
                 proof=lambda rhs, J: {"stationary": sp.diff(J, x).subs(x, rhs),
                                       "curved upwards": Nonneg(sp.diff(objective.subs(F(x, a, b), J), x, 2))},
                 **change).record


def test_argmin(cost):
    record = ridge(cost, a / (1 + b))
    assert record["verdict"] == "proved", record["failures"]
    assert record["proof"]["residuals"] == ["stationary", "curved upwards"]
    for wrong in (a / (2 + b), a / (1 + b) + sp.Rational(1, 10**6)):
        assert ridge(cost, wrong)["verdict"] == "refuted"


def test_a_stationary_point_that_is_no_minimum_is_not_proved(cost):
    record = ridge(cost, a / (1 + b), objective=-F(x, a, b), unmeasured="only the proof is of interest here")
    assert record["verdict"] == "refuted" and "curved upwards" in record["failures"][0]


def test_argmin_needs_argmin_on_the_left(cost):
    with pytest.raises(ClaimError, match="argmin\\(variable, objective\\)"):
        claim("ridge", quantity("x"), "argmin", a, given=[cost], words="a test")


# ---------------------------------------------------------------- chains of steps


@pytest.fixture
def square():
    return define("square", F(a, b), (a + b) ** 2, lambda a, b: (a + b) ** 2, args=[a, b],
                  wrong={"no cross term": lambda a, b: a * a + b * b, "minus": lambda a, b: (a - b) ** 2})


def chain(square, steps, right=a**2 + 2 * a * b + b**2, **change):
    (first, reason), *rest = steps
    return claim("square-chain", F(a, b), "=", right, given=[square], steps=[(first, reason, square), *rest],
                 domain={a: [HALF, 3], b: [2, 5]}, **change)


def test_a_chain_is_one_equation_with_a_reason_at_each_step(square):
    c = chain(square, [((a + b) * a + (a + b) * b, "distribute once")])
    assert c.record["verdict"] == "proved", c.record["failures"]
    assert c.record["reasons"] == ["distribute once"] and c.record["statement"].startswith(
        r"\begin{aligned}") and r"\text{distribute once}" in c.record["statement"]
    assert c.record["mutants"]["killed_by_trial"] > 0 and [line["evidence"]
                                                           for line in c.record["lines"]] == ["proved", "proved"]


@pytest.mark.parametrize("wrong", [(a + b) * a + (a - b) * b, (a + b) * a + (a + b), a**2 + b**2,
                                   (a + b) * a + (a + b) * b + sp.Rational(1, 10**9)])
def test_a_wrong_step_in_a_true_chain_is_refuted(square, wrong):
    c = chain(square, [(wrong, "a wrong step")])
    assert c.record["verdict"] == "refuted" and c.record["proof"]["verdict"] == "refuted" and any(
        f.startswith("line 1 (a wrong step)") for f in c.record["failures"])


def test_two_wrong_steps_that_cancel_are_refuted(square):
    c = chain(square, [((a + b) ** 2 + 1, "one too many"), ((a + b) * (a + b) + 1, "still one too many")])
    assert c.record["verdict"] == "refuted"


def test_a_step_that_no_tactic_reaches_is_undecided(square):
    steps = [((a + b) ** 2 * (sp.sin(x) ** 2 + sp.cos(x) ** 2), "Pythagoras")]
    c = chain(square, steps, unmeasured="the lines alone")
    assert c.record["verdict"] == "undecided" and "no tactic" in c.record["failures"][0]
    measured = chain(square, steps).record
    assert measured["verdict"] == "measured" and measured["lines"][0]["evidence"] == "measured"
    assert chain(square, steps, tactics=["trigsimp"]).record["verdict"] == "proved"


def test_steps_of_a_bound_are_equations_until_its_last_relation(square):
    """left = step ≤ right: the step must equal the left side, the bound follows from it."""
    def stated(step):
        return claim("square-bound", F(a, b), "<=", 2 * a**2 + 2 * b**2, given=[square],
                     steps=[(step, "expand", square)], proof=lambda rhs, square: {"square": Nonneg(rhs - square)},
                     tight=lambda rng, square, a, b: {"b": a},
                     domain={a: [HALF, 3], b: [2, 5]}).record

    good = stated(a**2 + 2 * a * b + b**2)
    assert good["verdict"] == "proved", good["failures"]
    for wrong in (a**2 + b**2, a**2 + 2 * a * b + b**2 + a * b / 1000, a**2 + 3 * a * b + b**2):
        assert stated(wrong)["verdict"] == "refuted"
    with pytest.raises(ClaimError, match="starts from its left side"):
        claim("square-bound", quantity("q"), "<=", 2 * a**2 + 2 * b**2, given=[square],
              steps=[(a**2 + 2 * a * b + b**2, "expand")], words="a test", domain={a: [HALF, 3], b: [2, 5]})


def test_another_form_for_display_must_be_equal(square):
    def stated(show):
        return claim("square-shown", F(a, b), "=", a**2 + 2 * a * b + b**2, show=show, given=[square],
                     domain={a: [HALF, 3], b: [2, 5]}).record

    good, bad = stated(b**2 + a * (a + 2 * b)), stated(b**2 + a * (a + b))
    assert good["verdict"] == "proved" and bad["verdict"] == "undecided"
    assert "show= is not shown to equal" in bad["failures"][0]
