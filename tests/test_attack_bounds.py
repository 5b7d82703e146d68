"""Bounds that are vacuous, equations, or false for arguments that a trial does not draw."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from attack_help import (
    R,
    SAID,
    X,
    a,
    b,
    fails,
    passes,
    sigma,
    t,
    u,
    walk,
    walk_step,
)
from claims import (
    Exact,
    E,
    claim,
    define,
    matrix,
    norm,
    trace,
    vector,
)

pytestmark = pytest.mark.usefixtures("notebook")
f = sp.Function("f")


def code(formula, run, *args, wrong=lambda *a: 1.0):
    """A definition f(args) = formula, bound to code."""
    return define("code", f(*args), formula, run, args=list(args), wrong={"one": wrong})


def measured(label, left, right, relation="=", **more):
    return claim(label, left, relation, right, unproved="measured here", **more)


# ------------------------------------------------------- bounds (a34, a35)


def test_a_bound_that_fails_for_arguments_that_the_trial_does_not_draw():
    d = sp.Symbol("d", integer=True, positive=True)
    A, B = matrix("A", d), matrix("B", d)
    scale = define("scale", f(u), u, lambda u: u, args=[u], wrong={"twice": lambda u: 2 * u})

    def diagonal(rng, scale):
        return {
            "A": np.eye(3) * (scale(1.0) + rng.uniform(0, 1, (3, 1))),
            "B": np.eye(3) * (1 + rng.uniform(0, 1, (3, 1))),
        }

    def equal(rng, scale):
        return {"A": np.array([[scale(2.0)]]), "B": np.array([[3.0]])}

    stated = claim(
        "trace-of-product",
        trace(A * B),
        "<=",
        trace(A) * trace(B),
        given=[scale],
        unproved="measured",
        trial=diagonal,
        tight=equal,
    )
    fails(stated, "the engine's own arguments refute it: at ", "A = ")
    v, w = vector("v", d), vector("w", d)
    aligned = {
        "trial": lambda rng, scale: {"v": scale(1.0) * np.array([1.0, 2, 3]), "w": np.array([2.0, 4, 7])},
        "tight": lambda rng, scale: {"v": scale(1.0) * np.array([1.0, 2, 3]), "w": np.array([0.0, 0, 0])},
    }
    fails(
        claim(
            "triangle-reversed",
            norm(v + w) ** 2,
            ">=",
            norm(v) ** 2 + norm(w) ** 2,
            given=[scale],
            unproved="measured",
            **aligned,
        ),
        "the engine's own arguments refute it",
    )


def test_the_search_climbs_to_a_narrow_place():
    peak = sp.exp(-((10 * a - 7) ** 2)) + a / 100
    cut = code(peak, lambda a: math.exp(-((10 * a - 7) ** 2)) + a / 100, a)
    narrow = claim(
        "narrow",
        f(a),
        "<=",
        R(1, 5) + a / 100,
        given=[cut],
        unproved="measured",
        domain={a: [R(1, 10), R(3, 10), R(6, 5)]},
        loose="it is far above where the peak is not",
    )
    fails(narrow, "the engine's own arguments refute it: at a = 0.")


def test_an_equation_that_holds_for_the_arguments_of_its_trial_only():
    d = sp.Symbol("d", integer=True, positive=True)
    A = matrix("A", d)
    scale = define("scale", f(u), u, lambda u: u, args=[u], wrong={"twice": lambda u: 2 * u})

    def symmetric(rng, scale):
        g = rng.normal(size=(3, 3))
        return {"A": scale(1.0) * (g + g.T)}

    fails(
        claim(
            "symmetric-only", trace(A * A), "=", trace(A * A.T), given=[scale], unproved="measured", trial=symmetric
        ),
        "the engine's own arguments refute it",
    )
    S = matrix("S", d, constraint="symmetric")
    passes(claim("declared", trace(S * S), "=", trace(S * S.T), unproved="measured"), "measured")


def test_a_bound_of_random_states_says_that_it_was_sampled():
    step = walk_step()
    record = claim(
        "sampled",
        E(X(t) ** 2),
        "<=",
        (t + 1) * sigma**2,
        given=[step],
        unproved="measured",
        where=SAID,
        trial=walk,
        tight=lambda rng, step, t, sigma: {"X_t": np.sqrt(t + 1) * step(0.0, np.array([1.0, -1.0] * 8), sigma)},
        domain={t: [3, 10], sigma: [R(1, 2), 2]},
    ).record
    assert record["sampled"] == "sampled: no search for the worst case, because X(t) is random"


def test_a_vacuous_bound_says_why_it_is_loose():
    domain = {a: [2, 3], b: [R(5, 2), R(1, 2)]}
    fails(
        claim("vacuous", a + b, "<=", 10**6 * (a + b + 1), domain=domain),
        "the bound is vacuous: what it bounds comes nowhere nearer than a ratio of",
    )
    fails(claim("vacuous-below", a + b, ">=", R(1, 10**6) * a, domain=domain), "the bound is vacuous")
    fails(
        claim("unmeasured", a + b, "<=", 10**6 * (a + b + 1), unmeasured="it is proved"),
        "nothing shows how near the bound comes",
    )
    record = passes(
        claim("vacuous-said", a + b, "<=", 10**6 * (a + b + 1), domain=domain, loose="only the order matters"),
        "proved",
    )
    assert record["loose"] == "only the order matters" and record["closest"] < 0.05
    assert passes(claim("near", a + b, "<=", a + b + R(1, 10), domain=domain), "proved")["closest"] > 0.9


def test_a_bound_that_is_an_equation_or_its_reverse():
    domain = {a: [2, 3], b: [2, 3, R(1, 2)]}
    fails(claim("equal", (a + b) ** 2, "<=", a**2 + 2 * a * b + b**2, domain=domain),
          "the bound is an equation at every point measured")
    passes(claim("bound", 2 * a * b, "<=", a**2 + b**2, domain=domain), "proved")


def test_tight_is_run_on_the_left_side():
    cheat = claim(
        "cheat", a, "<=", 10**6 * a, domain={a: [1, 2]}, unproved="measured", tight=lambda rng, a: Exact(a * 10**6)
    )
    fails(cheat, "tight= returns a measurement of its own, so nothing connects it with the left side")
    wrong = claim(
        "wrong",
        a * b,
        "<=",
        a**2 + b**2,
        domain={a: [1, 2], b: [3, R(1, 2)]},
        unproved="measured",
        tight=lambda rng, a, b: {"a": a, "b": a},
    )
    fails(wrong, "the bound is not attained where tight= says")
    u2 = 2 * a * b
    passes(
        claim(
            "true",
            u2,
            "<=",
            a**2 + b**2,
            domain={a: [1, 2], b: [3, R(1, 2)]},
            unproved="measured",
            tight=lambda rng, a, b: {"a": a, "b": a},
        )
    )
