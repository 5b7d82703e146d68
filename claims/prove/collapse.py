"""Sums brought to one form: factors outside, indices fixed by Kronecker deltas, shifts of the index as single terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.symbols import AppliedVector, head, ranges
from .tactics import proves, tactic  # noqa: F401 - the examples run it

NEAR = 8
"""Shifts of an index up to this size are written out as single terms."""


@tactic
def collapse_sums(e: sp.Expr) -> sp.Expr:
    """Factors outside sums, terms that differ by a shift of the index over one index, so that they telescope.

    >>> proves("collapse_sums", "Sum(f[k + 1] - f[k], (k, 1, n)) - f[n + 1] + f[1]",
    ...        "Sum(f[k + 1] - f[k], (k, 1, n)) - f[n]")
    (True, False)
    """
    return collapsed(e, ranges)


def collapsed(e: Any, known: Mapping[Any, Any]) -> Any:
    """Sums with one index fixed by a Kronecker delta, factors taken out of sums, and terms that differ by a shift of
    the index brought to one form, so that they telescope.

    >>> t, T = sp.Symbol("t", integer=True), sp.Symbol("T", integer=True, positive=True)
    >>> f = sp.Function("f")
    >>> collapsed(sp.Sum(f(t + 1) - f(t), (t, 0, T - 1)), {})
    -f(0) + f(T)
    """
    if not isinstance(e, sp.Basic) or not e.has(sp.Sum):
        return e
    if not isinstance(e, sp.Sum) or any(len(limit) != 3 for limit in e.limits):
        return e.func(*[collapsed(a, known) if isinstance(a, sp.Basic) else a for a in e.args])
    *within, (k, low, high) = e.limits
    body = sp.expand(collapsed(sp.Sum(e.function, *within) if within else e.function, {**known, k: (low, high)}))
    return sp.expand(sp.Add(*[_term(t, k, low, high, known) for t in sp.Add.make_args(body)]))


def _term(term: Any, k: Any, low: Any, high: Any, known: Mapping[Any, Any]) -> Any:
    outside, inside = term.as_independent(k, as_Add=False)
    if inside == 1:
        return outside * (high - low + 1)
    for delta in (f for f in sp.Mul.make_args(inside) if isinstance(f, sp.KroneckerDelta) and k in f.args):
        other = next(a for a in delta.args[:2] if a != k)
        if (other.has(k) or known.get(other) is None
            or any(sp.expand(a - b) != 0 for a, b in zip(known[other], (low, high)))):
            continue
        return outside * (inside / delta).subs(k, other)
    shift = min(_shifts(inside, k), default=0)
    if not shift:
        return outside * sp.Sum(inside, (k, low, high))
    base = inside.subs(k, k - shift)
    at = lambda i: base.subs(k, i)  # noqa: E731
    if shift > 0:
        edge = sum(at(high + i) for i in range(1, shift + 1)) - sum(at(low + i) for i in range(shift))
    else:
        edge = sum(at(low - i) for i in range(1, -shift + 1)) - sum(at(high - i) for i in range(-shift))
    return outside * (sp.Sum(base, (k, low, high)) + edge)


def _shifts(e: Any, k: Any) -> list[int]:
    """Whole numbers s of the members f(k + s), x_{k + s}, z[k + s] in a term; none if some index is another function
    of k."""
    found = []
    for a in sp.preorder_traversal(e):
        if isinstance(a, (AppliedUndef, AppliedVector)) and head(a):
            indices = a.arguments if isinstance(a, AppliedVector) else a.args
        elif isinstance(a, sp.Indexed):
            indices = a.indices
        else:
            continue
        for i in indices:
            if i.has(k):
                shift = sp.expand(i - k)
                if not shift.is_Integer or abs(shift) > NEAR:
                    return []
                found.append(int(shift))
    return found
