"""Shared by the tests of test_attack_*.py: symbols, a random walk as a chapter would state it, and what a record
says."""

from __future__ import annotations

import numpy as np
import sympy as sp

from claims import E, define, gaussian_expectation, random, sequence

R = sp.Rational
t = sp.Symbol("t", integer=True, nonnegative=True)
n, k, m = sp.symbols("n k m", integer=True, positive=True)
sigma = sp.Symbol(r"\sigma", positive=True)
a, b = sp.symbols("a b", positive=True)
x, y = sp.symbols("x y", real=True)
u, z, F = sp.Symbol("u", real=True), sp.Symbol("z", real=True), sp.Function("F")
X, Z = sequence("X", random=True), sequence("Z", random=True)
SAID = {X(t): "the place of the walk after $t$ steps"}
DOMAIN = {t: [3, 10], sigma: [R(1, 2), 2]}


def walk_step():
    """One step F(u, z, σ) = u + σ z of the walk X, bound to code."""
    return define(
        "walk-step",
        F(u, z, sigma),
        u + sigma * z,
        lambda u, z, sigma: u + sigma * z,
        args=[u, z, sigma],
        wrong={"no noise": lambda u, z, sigma: u + 0 * z, "twice": lambda u, z, sigma: u + 2 * sigma * z},
    )


def second_moment():
    """v_{t+1} = v_t + σ², the recursion that the walk's second moment obeys."""
    v = sequence("v", positive=True)
    return v, define("growth", v(t + 1), v(t) + sigma**2)


def variances_add(rhs, after):
    """Residuals of the walk's second moment, from the expression of a step: it starts at 0 and grows by what a step
    adds."""
    return {
        "start": rhs.subs(t, 0),
        "one step": rhs.subs(t, t + 1) - gaussian_expectation(sp.expand(after**2), z).subs(u**2, rhs),
    }


def walk(rng, step, t, sigma):
    """Samples of the walk after t steps, as many as a claim that is proved too needs."""
    found = np.zeros(250_000)
    for _ in range(t):
        found = step(found, rng.normal(size=found.shape), sigma)
    return {"X_t": found}


def told(record):
    """All that fails, as one text."""
    return "\n".join(record["failures"])


def passes(statement, *verdicts):
    """The record of a statement that passes with one of these verdicts."""
    record = statement.record
    assert not record["failures"], told(record)
    assert record["verdict"] in (verdicts or ("proved", "measured")), record["verdict"]
    return record


def fails(statement, *words):
    """The record of a statement that fails and says these words."""
    record = statement.record
    assert record["verdict"] in ("undecided", "refuted"), record["verdict"]
    for word in words:
        assert word in told(record), told(record)
    return record


__all__ = [
    "DOMAIN",
    "E",
    "F",
    "R",
    "SAID",
    "X",
    "Z",
    "a",
    "b",
    "fails",
    "k",
    "m",
    "n",
    "passes",
    "random",
    "second_moment",
    "sigma",
    "t",
    "told",
    "u",
    "variances_add",
    "walk",
    "walk_step",
    "x",
    "y",
    "z",
]
