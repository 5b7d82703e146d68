"""Certificates: forms in which the sign of an expression is plain."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from .findings import attempt
from .tactics import TACTICS, Tactic


def roots(e: sp.Expr) -> sp.Expr:
    """Positive symbols written as squares, and factored: a − 2 √(ab) + b is seen as a square.

    >>> a, b = sp.symbols("a b", positive=True)
    >>> roots(a - 2 * sp.sqrt(a * b) + b)
    (_a - _b)**2
    """
    squares = {s: sp.Dummy(s.name, positive=True) for s in e.free_symbols if s.is_positive and not s.is_integer}
    return sp.factor(sp.powdenest(e.subs({s: d**2 for s, d in squares.items()}), force=False))


def squares(e: sp.Expr) -> sp.Expr:
    """Squares completed, one real symbol after the other, as long as the coefficient of the square is positive.

    >>> x, y = sp.symbols("x y", real=True)
    >>> squares(x**2 + x*y + y**2)
    3*y**2/4 + (x + y/2)**2
    """
    out, rest = sp.S.Zero, sp.expand(e)
    for v in sorted((s for s in rest.free_symbols if s.is_real and s.is_positive is None), key=str):
        if rest.is_polynomial(v) and sp.degree(rest, v) == 2:
            a, b, c = sp.Poly(rest, v).all_coeffs()
            if a.is_positive or sp.factor(a).is_positive:
                out += a * (v + sp.cancel(b / (2 * a))) ** 2
                rest = sp.factor(sp.cancel(c - b**2 / (4 * a)))
    return out + rest


FORMS: dict[str, Tactic] = {"identical": lambda e: e, "factor": sp.factor, "together": sp.together,
                            "expand": sp.expand, "roots": roots, "squares": squares}
"""Tried on every certificate. ``together`` keeps the denominator here: a sign needs it."""


def tactic_of_sign(e: sp.Expr, strict: bool, tactics: Sequence[str] = ()) -> str:
    """The form, tactic or chain of tactics that shows ``e`` ≥ 0 (> 0 if strict), or ''.

    >>> x = sp.Symbol("x", real=True)
    >>> tactic_of_sign(x**2 + 2*x + 1, False), tactic_of_sign(x**2 + 2*x, False)
    ('factor', '')
    """
    for name in (*FORMS, *(t for t in tactics if t not in FORMS)):
        form, _ = attempt(FORMS.get(name) or TACTICS[name], e)
        if form is not None and (form.is_positive if strict else form.is_nonnegative):
            return name
    left, done = e, []
    for name in tactics:
        form, _ = attempt(TACTICS[name], left)
        if form is None:
            continue
        left, done = form, [*done, name]
        for last in FORMS:
            form, _ = attempt(FORMS[last], left)
            if form is not None and (form.is_positive if strict else form.is_nonnegative):
                return " → ".join([*done, last] if last != "identical" else done)
    return ""
