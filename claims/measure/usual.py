"""Exact values for symbols that a domain leaves free: several, of both signs where the declaration admits them, no
two symbols alike.

>>> import sympy as sp
>>> x, n = sp.Symbol("x", real=True), sp.Symbol("n", integer=True, positive=True)
>>> usual_points([n, x])[:2]
[{n: 3, x: -3}, {n: 2, x: -5/4}]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from ..prove.constraints import ABOVE
from ..say.symbols import constraints

UNIT = tuple(map(sp.Rational, ("1/4", "2/3", "1/7", "9/10", "2/5")))
COUNTS = tuple(map(sp.Integer, (3, 2, 5, 4, 7)))
SIZES = tuple(map(sp.Rational, ("1/2", "3", "5/4", "2", "7/3")))
SIGNS = (1, -1, -1, 1, -1)


def usual_values(s: Any) -> tuple[Any, ...]:
    """Values that the declaration of a symbol admits."""
    if constraints.get(s) == "unit interval":
        return UNIT
    if constraints.get(s) == "signed unit interval":
        return tuple(v * sign for v, sign in zip(UNIT, SIGNS))
    if constraints.get(s) in ABOVE:
        return tuple(sp.Integer(v) for v in (4, 6, 10, 8, 14)) if s.is_integer else tuple(7 + v for v in SIZES)
    values = COUNTS if s.is_integer else SIZES
    if s.is_nonnegative:
        return values
    if s.is_nonpositive:
        return tuple(-v for v in values)
    values = tuple(v * sign for v, sign in zip(values, SIGNS))
    return values if s.is_real else tuple(v + sp.I * w for v, w in zip(values, UNIT))


def usual_points(symbols: Sequence[Any]) -> list[dict[Any, Any]]:
    """Points for these symbols; each begins elsewhere in its values."""
    values = [usual_values(s) for s in symbols]
    return [{s: v[(i + j) % len(v)] for j, (s, v) in enumerate(zip(symbols, values))} for i in range(len(UNIT))]
