"""Proofs that prove something else: of themselves, at instances, under assumptions that nobody sees."""

from __future__ import annotations

from math import comb

import pytest
import sympy as sp

from attack_help import (
    DOMAIN,
    R,
    SAID,
    X,
    a,
    b,
    fails,
    k,
    n,
    passes,
    second_moment,
    sigma,
    t,
    told,
    variances_add,
    walk,
    walk_step,
    x,
    y,
)
from claims import E, Exact, Nonneg, claim, define, induction, sequence

pytestmark = pytest.mark.usefixtures("notebook")


def state(label, right, proof, left=E(X(t) ** 2), **more):
    return claim(
        label,
        left,
        "=",
        right,
        proof=proof,
        **({"where": SAID, "given": [walk_step()], "trial": walk, "domain": DOMAIN} | more),
    )


# ------------------------------------------------------- a proof that compares the formula with itself (a01, a53)


def test_a_formula_compared_with_itself_is_no_proof():
    wrong = t**2 * sigma**3
    alone = state(
        "itself", wrong, lambda rhs: {"variances add": rhs - wrong}, unmeasured="a textbook fact", trial=None
    )
    fails(alone, "the premise 'walk-step' moves no residual, no line and no trial")
    bare = state(
        "itself-alone",
        wrong,
        lambda rhs: {"variances add": rhs - wrong},
        unmeasured="a textbook fact",
        trial=None,
        given=(),
    )
    fails(bare, "the proof never meets the left side")
    by_rule = state(
        "by-a-typed-rule",
        wrong,
        lambda rhs: induction(rhs, t, 0, lambda v, t: v + (2 * t + 1) * sigma**3),
        unmeasured="known",
        trial=None,
    )
    fails(by_rule, "it is no premise of this claim")
    passes(state("true", t * sigma**2, variances_add), "proved")


def test_a_proof_that_takes_a_premise_and_drops_it_is_still_idle():
    found = state(
        "dropped",
        t * sigma**2,
        lambda rhs, after: {"start": rhs.subs(t, 0), "step": rhs.subs(t, t + 1) - rhs - sigma**2 + 0 * after},
        unmeasured="it is proved",
        trial=None,
    )
    fails(found, "the premise 'walk-step' moves no residual")


def test_a_premise_at_a_trivial_argument_does_not_carry_the_formula():
    retyped = state(
        "times-one",
        t * sigma**3,
        variances_add,
        trial=lambda rng, step, t, sigma: Exact(t * sigma**3 * step(0.0, 1.0, 1.0) ** 2),
    )
    fails(retyped, "a measurement of its own")
    samples = state(
        "times-one-samples",
        t * sigma**3,
        variances_add,
        trial=lambda rng, step, t, sigma: {
            "X_t": t**0.5 * sigma**1.5 * step(0.0, 1.0, 1.0) * rng.normal(size=100_000)
        },
    )
    fails(samples, "proof, residual 'one step'")


def test_premises_are_counted_one_by_one():
    v, growth = second_moment()
    w = sequence("w", positive=True)
    other = define("decoy", w(t + 1), 2 * w(t))
    used = claim(
        "linear",
        v(t + 1) - v(t),
        "=",
        sigma**2,
        given=[growth],
        steps=[(sigma**2, "by the recursion", growth)],
        unmeasured="a recursion alone",
    )
    passes(used, "proved")
    both = claim(
        "linear-and-decoy",
        v(t + 1) - v(t),
        "=",
        sigma**2,
        given=[growth, other],
        steps=[(sigma**2, "by the recursion", growth)],
        unmeasured="a recursion alone",
    )
    assert "the premise 'decoy'" in told(fails(both)) and "'growth'" not in told(both.record)


# ------------------------------------------------------- proofs at instances (a26)


def regions(m):
    return sum(sp.binomial(m, j) for j in (0, 2, 4))


def test_a_proof_at_instances_says_so_without_being_asked():
    r = sp.Function("R")
    euler = define(
        "euler",
        r(n),
        sp.binomial(n, 0) + sp.binomial(n, 2) + sp.binomial(n, 4),
        lambda n: float(comb(n, 0) + comb(n, 2) + comb(n, 4)),
        args=[n],
        wrong={"no fours": lambda n: float(comb(n, 0) + comb(n, 2))},
    )

    def at_numbers(rhs, euler):
        return {f"n = {i}": rhs.subs(n, i) - euler.subs(n, i) for i in range(1, 6)}

    early = claim("regions", r(n), "=", 2 ** (n - 1), given=[euler], proof=at_numbers, domain={n: [2, 3, 4, 5]})
    assert passes(early, "proved at instances")["instances"] == ["n"] and early.record["badge"] == "instances"
    fails(
        claim("regions-further", r(n), "=", 2 ** (n - 1), given=[euler], proof=at_numbers, domain={n: [2, 4, 7]}),
        "finds",
    )
    polynomial = (n**4 - 6 * n**3 + 23 * n**2 - 18 * n + 24) / 24
    passes(
        claim("regions-true", r(n), "=", polynomial, given=[euler], domain={n: [2, 4, 7]}, proof=at_numbers),
        "proved at instances",
    )


def test_a_proof_that_will_not_be_looked_at_is_tried_on_formulas_that_agree_at_whole_numbers():
    def closed(rhs):
        sp.Poly(rhs, n)  # raises on an undefined function of n
        return {f"n = {i}": rhs.subs(n, i) - sp.Sum(k, (k, 1, i)).doit() for i in range(1, 6)}

    record = passes(
        claim("hidden", sp.Sum(k, (k, 1, n)), "=", n * (n + 1) / 2, proof=closed, domain={n: [3, 6]}),
        "proved at instances",
    )
    assert record["instances"] == ["n"] and "undefined function" in record["unseen"]


# ------------------------------------------------------- assumptions of the residuals (a20)


def test_assumptions_that_only_the_residuals_hold_are_on_the_card():
    p, q = sp.symbols("p_1 q_1", positive=True)
    record = claim(
        "products",
        x**2 * y**2,
        ">=",
        sp.Integer(0),
        proof=lambda rhs: {"product": Nonneg(p * q - rhs)},
        domain={x: [1, -2], y: [-3, 2]},
        loose="it is 0 at the origin only",
    ).record
    assert "$p_{1}$ positive" in record["assumptions"] and "$q_{1}$ positive" in record["assumptions"]


def test_a_bound_for_positive_numbers_is_not_one_for_all():
    fails(claim("real", x * y, ">=", sp.Integer(0), domain={x: [1, -2], y: [3, -1]}, loose="trivial"), "finds")
    passes(
        claim(
            "positive", a * b, ">=", sp.Integer(0), domain={a: [1, 2], b: [3, R(1, 2)]}, loose="it is 0 at the edge"
        ),
        "proved",
    )


# ------------------------------------------------------- force (a31)


def test_forced_simplification_is_refused_wherever_it_stands():
    def helper(e):
        return sp.expand_log(e, force=True)

    domain = {x: [R(1, 2), 3, -5]}
    for label, proof in (
        ("forced", lambda rhs: {"power": sp.expand_log(sp.log(x**2), force=True) - rhs}),
        ("helped", lambda rhs: {"power": helper(sp.log(x**2)) - rhs}),
    ):
        fails(claim(label, sp.log(x**2), "=", 2 * sp.log(x), proof=proof, domain=domain), "force")
    by_keyword = claim(
        "by-keyword",
        sp.log(x**2),
        "=",
        2 * sp.log(x),
        proof=lambda rhs: {"power": sp.expand_log(sp.log(x**2), **{"force": True}) - rhs},
        domain=domain,
    )
    fails(by_keyword, "force")
    passes(claim("true", sp.log(a**2), "=", 2 * sp.log(a), domain={a: [R(1, 2), 3, 5]}), "proved")
    passes(claim("absolute", sp.log(x**2), "=", 2 * sp.log(sp.Abs(x)), domain=domain, unproved="by cases"), "measured")


# ------------------------------------------------------- a proof whose candidate is a tuple


def test_a_proof_of_a_tuple_must_look_at_it():
    sides = {"left": sp.Tuple((a**2 - b**2) / (a - b), a * b), "right": sp.Tuple(a + b, a * b)}
    blind = claim(
        "blind",
        sides["left"],
        "=",
        sides["right"],
        proof=lambda rhs: {"nothing": sp.S.Zero * a},
        unmeasured="proved",
        given=[walk_step()],
    )
    fails(blind, "the proof ignores its candidate")
