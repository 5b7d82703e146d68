"""Proofs that prove something else: of themselves, from idle or retyped premises, at instances, under assumptions that nobody sees."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import sympy as sp

from attack_help import (DOMAIN, F, R, SAID, X, a, b, fails, k, n, passes, second_moment, sigma, t, told, u, variances_add, walk,
                         walk_step, x, y, z)
from claims import ClaimError, E, Exact, Nonneg, claim, define, induction, sequence

pytestmark = pytest.mark.usefixtures("notebook")


def state(label, right, proof, left=E(X(t) ** 2), **more):
    return claim(label, left, "=", right, proof=proof, **({"where": SAID, "given": [walk_step()], "trial": walk, "domain": DOMAIN} | more))


# ------------------------------------------------------- a proof that compares the formula with itself (a01, a53)


def test_a_formula_compared_with_itself_is_no_proof():
    wrong = t**2 * sigma**3
    alone = state("itself", wrong, lambda rhs: {"variances add": rhs - wrong}, unmeasured="a textbook fact", trial=None)
    fails(alone, "the premise 'walk-step' moves no residual, no line and no trial")
    bare = state("itself-alone", wrong, lambda rhs: {"variances add": rhs - wrong}, unmeasured="a textbook fact", trial=None, given=())
    fails(bare, "the proof never meets the left side")
    by_rule = state("by-a-typed-rule", wrong, lambda rhs: induction(rhs, t, 0, lambda v, t: v + (2 * t + 1) * sigma**3), unmeasured="known", trial=None)
    fails(by_rule, "it is no premise of this claim")
    passes(state("true", t * sigma**2, variances_add), "proved")


def test_a_proof_that_takes_a_premise_and_drops_it_is_still_idle():
    found = state("dropped", t * sigma**2, lambda rhs, after: {"start": rhs.subs(t, 0), "step": rhs.subs(t, t + 1) - rhs - sigma**2 + 0 * after},
                  unmeasured="it is proved", trial=None)
    fails(found, "the premise 'walk-step' moves no residual")


def test_a_premise_at_a_trivial_argument_does_not_carry_the_formula():
    retyped = state("times-one", t * sigma**3, variances_add, trial=lambda rng, step, t, sigma: Exact(t * sigma**3 * step(0.0, 1.0, 1.0) ** 2))
    fails(retyped, "a measurement of its own")
    samples = state("times-one-samples", t * sigma**3, variances_add,
                    trial=lambda rng, step, t, sigma: {"X_t": t**0.5 * sigma**1.5 * step(0.0, 1.0, 1.0) * rng.normal(size=100_000)})
    fails(samples, "proof, residual 'one step'")


def test_premises_are_counted_one_by_one():
    v, growth = second_moment()
    w = sequence("w", positive=True)
    other = define("decoy", w(t + 1), 2 * w(t))
    used = claim("linear", v(t + 1) - v(t), "=", sigma**2, given=[growth], steps=[(sigma**2, "by the recursion", growth)], unmeasured="a recursion alone")
    passes(used, "proved")
    both = claim("linear-and-decoy", v(t + 1) - v(t), "=", sigma**2, given=[growth, other], steps=[(sigma**2, "by the recursion", growth)],
                 unmeasured="a recursion alone")
    assert "the premise 'decoy'" in told(fails(both)) and "'growth'" not in told(both.record)


# ------------------------------------------------------- premises that hold the answer (a08)


def test_a_state_that_no_premise_says_anything_about_is_not_measured_by_one():
    v = sequence("v", positive=True)
    moments = define("moments", v(t), t * sigma**3, lambda t, sigma: t * sigma**3, args=[t, sigma], wrong={"one more": lambda t, sigma: (t + 1) * sigma**3})

    def embedded(rng, moments, t, sigma):
        return {"X_t": moments(t, sigma) ** 0.5 * rng.normal(size=250_000)}

    evidence = {"given": [moments], "trial": embedded, "domain": DOMAIN}
    hidden = claim("embedded", E(X(t) ** 2), "=", t * sigma**3, proof=lambda rhs, v: {"its definition": rhs - v}, **evidence)
    fails(hidden, "nothing says what X(t) is")
    fails(claim("embedded-measured", E(X(t) ** 2), "=", t * sigma**3, unproved="measured", **evidence), "nothing says what X(t) is")
    passes(claim("by-its-name", v(2 * t), "=", 2 * t * sigma**3, given=[moments], domain=DOMAIN), "proved")


# ------------------------------------------------------- decoration (a11)


def test_a_premise_that_the_proof_does_not_touch_is_none():
    sums = {"left": sp.Sum(k, (k, 1, n)), "right": n * (n + 1) / 2}
    fails(claim("decorated", sums["left"], "=", sums["right"], given=[walk_step()], domain={n: [3, 6]}), "'walk-step'", "take it out of given=")
    fails(claim("decorated-by-name", sums["left"], "=", sums["right"], given="a-claim-of-another-chapter", domain={n: [3, 6]}),
          "has neither an equation nor code here")
    plain = passes(claim("plain", sums["left"], "=", sums["right"], domain={n: [3, 6]}), "proved")
    assert plain["identity"] and "as an identity" in plain["summary"]


# ------------------------------------------------------- the same mistake in proof and trial (a09)


def test_the_mistake_must_be_in_the_premise_to_be_in_the_proof():
    g = sp.Function("G")
    step = define("ar-step", g(u, z, a, sigma), a * u + sigma * z, lambda u, z, a, sigma: a * u + sigma * z, args=[u, z, a, sigma],
                  wrong={"no noise": lambda u, z, a, sigma: a * u + 0 * z, "noise twice": lambda u, z, a, sigma: a * u + 2 * sigma * z})
    domain = {t: [2, 5], sigma: [R(1, 2), 2], a: [R(1, 2), R(3, 4)]}

    def ar(rng, step, t, a, sigma):
        found = np.zeros(250_000)
        for _ in range(t):
            found = step(found, rng.normal(size=found.shape), a, sigma)
        return {"X_t": found}

    def wrong_twice(rng, step, t, a, sigma):
        return {"X_t": t**0.5 * step(0.0, rng.normal(size=250_000), a, sigma)}

    evidence = {"given": [step], "domain": domain}
    fails(state("typed", t * sigma**2, lambda rhs: {"start": rhs.subs(t, 0), "adds": rhs.subs(t, t + 1) - rhs - sigma**2}, trial=wrong_twice, **evidence),
          "the proof is moved by none of its premises, so it is not about the left side")
    fails(state("received", t * sigma**2, variances_add, trial=wrong_twice, **evidence), "proof, residual 'one step'")
    passes(state("true", sigma**2 * (1 - a ** (2 * t)) / (1 - a**2), variances_add, trial=ar, **evidence), "proved")


# ------------------------------------------------------- theorems as definitions, and what is proved from them (a55)


def test_a_theorem_cannot_be_a_definition():
    with pytest.raises(ClaimError, match="a definition names something new, and its left side .* is an operator: state it with claim"):
        define("clt", E(X(t) ** 2), t * sigma**3)
    v, growth = second_moment()
    with pytest.raises(ClaimError, match="v\\(t\\) is said already by the definition 'growth': what follows from it is a claim"):
        define("solved", v(t), t * sigma**3)
    with pytest.raises(ClaimError, match="is said already by the definition 'growth'"):
        define("two-steps", v(t + 2), v(t) + 3 * sigma**2)
    with pytest.raises(ClaimError, match="stands on both sides"):
        define("circle", F(x), F(x) + 1)
    assert define("start", v(0), sp.Integer(0)).record["verdict"] == "definition"


def test_a_chain_of_premises_rests_on_what_was_shown():
    v, growth = second_moment()
    start = define("start", v(0), sp.Integer(0))
    wrong = claim("level", v(t), "=", t * sigma**3, given=[growth, start], unmeasured="solved by induction",
                  proof=lambda rhs, grows, starts: {"start": rhs.subs(t, 0) - starts, "one step": rhs.subs(t, t + 1) - grows.subs(v(t), rhs)})
    fails(wrong, "proof, residual 'one step'")
    level = claim("level", v(t), "=", t * sigma**2, given=[growth, start], unmeasured="solved by induction",
                  proof=lambda rhs, grows, starts: {"start": rhs.subs(t, 0) - starts, "one step": rhs.subs(t, t + 1) - grows.subs(v(t), rhs)})
    passes(level, "proved")
    twice = claim("twice-as-long", v(2 * t), "=", 2 * t * sigma**2, given=[level], unmeasured="a substitution",
                  steps=[(2 * t * sigma**2, "with 2t for t", level.at({t: 2 * t}))])
    passes(twice, "proved")
    fails(claim("twice-wrong", v(2 * t), "=", 2 * t * sigma**3, given=[level], unmeasured="a substitution",
                steps=[(2 * t * sigma**3, "with 2t for t", level.at({t: 2 * t}))]), "it does not follow from the line before")


# ------------------------------------------------------- proofs at instances (a26)


def regions(m):
    return sum(sp.binomial(m, j) for j in (0, 2, 4))


def test_a_proof_at_instances_says_so_without_being_asked():
    r = sp.Function("R")
    euler = define("euler", r(n), sp.binomial(n, 0) + sp.binomial(n, 2) + sp.binomial(n, 4),
                   lambda n: float(comb(n, 0) + comb(n, 2) + comb(n, 4)), args=[n], wrong={"no fours": lambda n: float(comb(n, 0) + comb(n, 2))})

    def at_numbers(rhs, euler):
        return {f"n = {i}": rhs.subs(n, i) - euler.subs(n, i) for i in range(1, 6)}

    early = claim("regions", r(n), "=", 2 ** (n - 1), given=[euler], proof=at_numbers, domain={n: [2, 3, 4, 5]})
    assert passes(early, "proved at instances")["instances"] == ["n"] and early.record["badge"] == "instances"
    fails(claim("regions-further", r(n), "=", 2 ** (n - 1), given=[euler], proof=at_numbers, domain={n: [2, 4, 7]}), "finds")
    polynomial = (n**4 - 6 * n**3 + 23 * n**2 - 18 * n + 24) / 24
    passes(claim("regions-true", r(n), "=", polynomial, given=[euler], domain={n: [2, 4, 7]},
                 proof=at_numbers), "proved at instances")


def test_a_proof_that_will_not_be_looked_at_is_tried_on_formulas_that_agree_at_whole_numbers():
    def closed(rhs):
        sp.Poly(rhs, n)  # raises on an undefined function of n
        return {f"n = {i}": rhs.subs(n, i) - sp.Sum(k, (k, 1, i)).doit() for i in range(1, 6)}

    record = passes(claim("hidden", sp.Sum(k, (k, 1, n)), "=", n * (n + 1) / 2, proof=closed, domain={n: [3, 6]}), "proved at instances")
    assert record["instances"] == ["n"] and "undefined function" in record["unseen"]


# ------------------------------------------------------- assumptions of the residuals (a20)


def test_assumptions_that_only_the_residuals_hold_are_on_the_card():
    p, q = sp.symbols("p q", positive=True)
    record = claim("products", x**2 * y**2, ">=", sp.Integer(0), proof=lambda rhs: {"product": Nonneg(p * q - rhs)}, domain={x: [1, -2], y: [-3, 2]},
                   loose="it is 0 at the origin only").record
    assert "$p$ positive" in record["assumptions"] and "$q$ positive" in record["assumptions"]


def test_a_bound_for_positive_numbers_is_not_one_for_all():
    fails(claim("real", x * y, ">=", sp.Integer(0), domain={x: [1, -2], y: [3, -1]}, loose="trivial"), "finds")
    passes(claim("positive", a * b, ">=", sp.Integer(0), domain={a: [1, 2], b: [3, R(1, 2)]}, loose="it is 0 at the edge"), "proved")


# ------------------------------------------------------- force (a31)


def test_forced_simplification_is_refused_wherever_it_stands():
    def helper(e):
        return sp.expand_log(e, force=True)

    domain = {x: [R(1, 2), 3, -5]}
    for label, proof in (("forced", lambda rhs: {"power": sp.expand_log(sp.log(x**2), force=True) - rhs}), ("helped", lambda rhs: {"power": helper(sp.log(x**2)) - rhs})):
        fails(claim(label, sp.log(x**2), "=", 2 * sp.log(x), proof=proof, domain=domain), "force")
    passes(claim("true", sp.log(a**2), "=", 2 * sp.log(a), domain={a: [R(1, 2), 3, 5]}), "proved")
    passes(claim("absolute", sp.log(x**2), "=", 2 * sp.log(sp.Abs(x)), domain=domain, unproved="by cases"), "measured")


# ------------------------------------------------------- a proof whose candidate is a tuple


def test_a_proof_of_a_tuple_must_look_at_it():
    sides = {"left": sp.Tuple(a + b, a * b), "right": sp.Tuple(a + b, a * b)}
    blind = claim("blind", sides["left"], "=", sides["right"], proof=lambda rhs: {"nothing": sp.S.Zero * a}, unmeasured="proved", given=[walk_step()])
    fails(blind, "the proof ignores its candidate")
