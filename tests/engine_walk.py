"""One walk with its evidence, the claim that the tests of the engine change in one place each: x_t = 1 + t s² by
iteration."""

from __future__ import annotations

import sympy as sp

from claims import Exact

t = sp.Symbol("t", integer=True, nonnegative=True)
s = sp.Symbol("s", positive=True)
DOMAIN = {t: [2, 5], s: [sp.Rational(1, 2), 3]}
TRUTH = 1 + t * s**2


def walk(rng, step, t, s):
    """x_t from x_0 = 1, by iteration."""
    x = 1.0
    for _ in range(t):
        x = step(x, s)
    return Exact(x)


def proof(rhs):
    """Residuals of a candidate: the start, and one step."""
    return {"start": rhs.subs(t, 0) - 1, "one step": rhs.subs(t, t + 1) - rhs - s**2}


EVIDENCE = {"proof": proof, "trial": walk, "domain": DOMAIN}
