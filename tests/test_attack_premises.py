"""Premises that are idle, hold the answer, or are theorems in disguise."""

from __future__ import annotations


import numpy as np
import pytest
import sympy as sp

from attack_help import (
    DOMAIN,
    F,
    R,
    SAID,
    X,
    a,
    fails,
    k,
    n,
    passes,
    second_moment,
    sigma,
    t,
    u,
    variances_add,
    walk,
    walk_step,
    x,
    z,
)
from claims import ClaimError, E, claim, define, random, sequence

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


# ------------------------------------------------------- premises that hold the answer (a08)


def test_a_state_that_no_premise_says_anything_about_is_not_measured_by_one():
    v = sequence("v", positive=True)
    moments = define(
        "moments",
        v(t),
        t * sigma**3,
        lambda t, sigma: t * sigma**3,
        args=[t, sigma],
        wrong={"one more": lambda t, sigma: (t + 1) * sigma**3},
    )

    def embedded(rng, moments, t, sigma):
        return {"X_t": moments(t, sigma) ** 0.5 * rng.normal(size=250_000)}

    evidence = {"given": [moments], "trial": embedded, "domain": DOMAIN}
    hidden = claim(
        "embedded", E(X(t) ** 2), "=", t * sigma**3, proof=lambda rhs, v: {"its definition": rhs - v}, **evidence
    )
    fails(hidden, "nothing says what X(t) is")
    fails(
        claim("embedded-measured", E(X(t) ** 2), "=", t * sigma**3, unproved="measured", **evidence),
        "nothing says what X(t) is",
    )
    passes(claim("by-its-name", v(2 * t), "=", 2 * t * sigma**3, given=[moments], domain=DOMAIN), "proved")


# ------------------------------------------------------- decoration (a11)


def test_a_premise_that_the_proof_does_not_touch_is_none():
    sums = {"left": sp.Sum(k, (k, 1, n)), "right": n * (n + 1) / 2}
    fails(
        claim("decorated", sums["left"], "=", sums["right"], given=[walk_step()], domain={n: [3, 6]}),
        "'walk-step'",
        "take it out of given=",
    )
    fails(
        claim(
            "decorated-by-name",
            sums["left"],
            "=",
            sums["right"],
            given="a-claim-of-another-chapter",
            domain={n: [3, 6]},
        ),
        "has neither an equation nor code here",
    )
    plain = passes(claim("plain", sums["left"], "=", sums["right"], domain={n: [3, 6]}), "proved")
    assert plain["identity"] and "as an identity" in plain["summary"]


# ------------------------------------------------------- the same mistake in proof and trial (a09)


def test_the_mistake_must_be_in_the_premise_to_be_in_the_proof():
    g = sp.Function("G")
    step = define(
        "ar-step",
        g(u, z, a, sigma),
        a * u + sigma * z,
        lambda u, z, a, sigma: a * u + sigma * z,
        args=[u, z, a, sigma],
        wrong={
            "no noise": lambda u, z, a, sigma: a * u + 0 * z,
            "noise twice": lambda u, z, a, sigma: a * u + 2 * sigma * z,
        },
    )
    domain = {t: [2, 5], sigma: [R(1, 2), 2], a: [R(1, 2), R(3, 4)]}

    def ar(rng, step, t, a, sigma):
        found = np.zeros(250_000)
        for _ in range(t):
            found = step(found, rng.normal(size=found.shape), a, sigma)
        return {"X_t": found}

    def wrong_twice(rng, step, t, a, sigma):
        return {"X_t": t**0.5 * step(0.0, rng.normal(size=250_000), a, sigma)}

    evidence = {"given": [step], "domain": domain}
    fails(
        state(
            "typed",
            t * sigma**2,
            lambda rhs: {"start": rhs.subs(t, 0), "adds": rhs.subs(t, t + 1) - rhs - sigma**2},
            trial=wrong_twice,
            **evidence,
        ),
        "the proof is moved by none of its premises, so it is not about the left side",
    )
    fails(state("received", t * sigma**2, variances_add, trial=wrong_twice, **evidence), "proof, residual 'one step'")
    passes(state("true", sigma**2 * (1 - a ** (2 * t)) / (1 - a**2), variances_add, trial=ar, **evidence), "proved")


# ------------------------------------------------------- theorems as definitions, and what is proved from them (a55)


def test_a_theorem_cannot_be_a_definition():
    with pytest.raises(
        ClaimError, match="a definition names something new, and its left side .* is an operator: state it with claim"
    ):
        define("clt", E(X(t) ** 2), t * sigma**3)
    v, growth = second_moment()
    with pytest.raises(
        ClaimError, match="v\\(t\\) is said already by the definition 'growth': what follows from it is a claim"
    ):
        define("solved", v(t), t * sigma**3)
    with pytest.raises(ClaimError, match="is said already by the definition 'growth'"):
        define("two-steps", v(t + 2), v(t) + 3 * sigma**2)
    with pytest.raises(ClaimError, match="stands on both sides"):
        define("circle", F(x), F(x) + 1)
    assert define("start", v(0), sp.Integer(0)).record["verdict"] == "definition"


def test_a_chain_of_premises_rests_on_what_was_shown():
    v, growth = second_moment()
    start = define("start", v(0), sp.Integer(0))
    wrong = claim(
        "level",
        v(t),
        "=",
        t * sigma**3,
        given=[growth, start],
        unmeasured="solved by induction",
        proof=lambda rhs, grows, starts: {
            "start": rhs.subs(t, 0) - starts,
            "one step": rhs.subs(t, t + 1) - grows.subs(v(t), rhs),
        },
    )
    fails(wrong, "proof, residual 'one step'")
    level = claim(
        "level",
        v(t),
        "=",
        t * sigma**2,
        given=[growth, start],
        unmeasured="solved by induction",
        proof=lambda rhs, grows, starts: {
            "start": rhs.subs(t, 0) - starts,
            "one step": rhs.subs(t, t + 1) - grows.subs(v(t), rhs),
        },
    )
    passes(level, "proved")
    twice = claim(
        "twice-as-long",
        v(2 * t),
        "=",
        2 * t * sigma**2,
        given=[level],
        unmeasured="a substitution",
        steps=[(2 * t * sigma**2, "with 2t for t", level.at({t: 2 * t}))],
    )
    passes(twice, "proved")
    fails(
        claim(
            "twice-wrong",
            v(2 * t),
            "=",
            2 * t * sigma**3,
            given=[level],
            unmeasured="a substitution",
            steps=[(2 * t * sigma**3, "with 2t for t", level.at({t: 2 * t}))],
        ),
        "it does not follow from the line before",
    )


def test_a_premise_in_a_residual_of_its_own_does_not_carry_the_candidate():
    wrong = t**2 * sigma**3

    def beside(rhs, after):
        return {"the formula": rhs - wrong, "the step": after - u - sigma * z}

    found = claim(
        "beside", E(X(t) ** 2), "=", wrong, given=[walk_step()], proof=beside, unmeasured="proved", where=SAID
    )
    fails(found, "the premise 'walk-step' moves no residual")


def test_a_line_that_nothing_decides_is_not_moved_by_the_premise_that_it_names():
    v, growth = second_moment()
    g = sp.Function("g", positive=True)
    named = claim(
        "named",
        (g(t) ** 2 - a**2) / (g(t) - a),
        "=",
        a + g(t),
        given=[growth],
        steps=[(a + g(t), "by the recursion", growth)],
        unmeasured="proved",
    )
    fails(named, "the premise 'growth' moves no residual, no line and no trial")


# ------------------------------------------------------- premises that only change the random numbers (a62)


def test_reseeding_does_not_move_a_measurement():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    now = {}

    def draws(s):
        return s + 0 * (now["rng"].normal() if now else 0)

    def draws_more(s):
        return s + (0 * now["rng"].normal(size=3).sum() if now else 1.0)

    noise = define("noise", F(u), u, draws, args=[u], wrong={"other numbers": draws_more})

    def trial(rng, noise, sigma):
        now["rng"] = rng
        noise(1.0)
        now.clear()
        return {"zeta": rng.normal(size=200_000)}

    fails(
        claim(
            "reseeded",
            E(sigma * zeta**2),
            "=",
            sigma,
            given=[noise],
            trial=trial,
            domain={sigma: [R(1, 2), 3]},
            unproved="measured",
        ),
        "'other numbers' does not move the measurement",
    )
