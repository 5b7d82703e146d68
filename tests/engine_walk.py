"""One walk with its evidence, the claim that the tests of the engine change in one place each: x_t = 1 + t s² by
iteration."""

from __future__ import annotations

import sympy as sp

from claims import E, define, sequence

t = sp.Symbol("t", integer=True, nonnegative=True)
s = sp.Symbol("s", positive=True)
x, F = sp.Symbol("x", real=True), sp.Function("F")
DOMAIN = {t: [2, 5], s: [sp.Rational(1, 2), 3]}
TRUTH = 1 + t * s**2
LEFT = sequence("x")(t)
MEAN = E(sequence("X", random=True)(t))
"""The left side of a walk of which a trial returns many samples, under another name: one that is random is not one
that is not."""
SAID = {LEFT: "the place after $t$ steps from 1"}


def define_step(code=lambda x, s: x + s**2, right=x + s**2, **wrong):
    """The premise: one step of the walk, bound to its code."""
    return define("step", F(x, s), right, code, args=[x, s], wrong=wrong or {"no step": lambda x, s: x})


def walk(rng, step, t, s):
    """x_t from x_0 = 1, by iteration."""
    x = 1.0
    for _ in range(t):
        x = step(x, s)
    return {"x_t": x}


def proof(rhs, after):
    """Residuals of a candidate, from the expression of a step: the start, and one step."""
    return {"start": rhs.subs(t, 0) - 1, "one step": rhs.subs(t, t + 1) - after.subs(x, rhs)}


EVIDENCE = {"proof": proof, "trial": walk, "domain": DOMAIN, "where": SAID}
