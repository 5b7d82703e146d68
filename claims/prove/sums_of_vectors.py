"""Sums of members of a sequence of vectors over common limits, so that those which differ by a shift of the index telescope.

>>> from claims.say.symbols import sequence
>>> s, t, d = sp.symbols("s t d", integer=True, positive=True)
>>> x = sequence("x", size=d)
>>> ahead, here = VectorSum(x(s + 1), (s, 0, t - 1)), VectorSum(x(s), (s, 0, t - 1))
>>> pairs = shifted_sums([(1, (ahead,)), (-1, (here,))])
>>> [(c, w[0]) for c, w in pairs if c != 0]
[(1, VectorSum(x(s), (s, 1, t))), (-1, VectorSum(x(s), (s, 1, t))), (-1, x(0)), (1, x(t))]
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..say.operators import VectorSum
from ..say.symbols import AppliedVector
from .vectors import Word

FAR = 8
"""Limits that are farther apart than this are left alone."""


def shifted_sums(pairs: list[tuple[Any, Word]]) -> list[tuple[Any, Word]]:
    """Pairs (coefficient, word) in which every lone sum of a sequence runs over the limits of the first such sum, plus single members."""
    out: list[tuple[Any, Word]] = []
    limits: dict[str, tuple[Any, Any, Any]] = {}
    for c, word in pairs:
        shifted = _unshifted(word[0]) if len(word) == 1 and isinstance(word[0], VectorSum) else None
        if shifted is None:
            out.append((c, word))
            continue
        member, k, low, high = shifted
        base = limits.setdefault(member.head, (k, low, high))
        if (below := _offset(base[1] - low)) is None or (above := _offset(high - base[2])) is None:
            out.append((c, word))
            continue
        at = lambda i: AppliedVector(member.head, member.shape[0], sp.expand(i))  # noqa: E731
        out.append((c, (VectorSum(at(base[0]), (base[0], base[1], base[2])),)))
        out += [(c if below > 0 else -c, (at(base[1] - i if below > 0 else base[1] + i - 1),)) for i in range(1, abs(below) + 1)]
        out += [(c if above > 0 else -c, (at(base[2] + i if above > 0 else base[2] - i + 1),)) for i in range(1, abs(above) + 1)]
    return out


def _unshifted(e: VectorSum) -> tuple[Any, Any, Any, Any] | None:
    """Member, index and limits of a sum over x(k + c), written as one over x(k)."""
    member = e.function
    if len(e.limits) != 1 or not isinstance(member, AppliedVector) or len(member.arguments) != 1:
        return None
    k, low, high = e.limits[0]
    shift = member.arguments[0] - k
    if not sp.sympify(shift).is_Integer:
        return None
    return member, k, low + shift, high + shift


def _offset(e: Any) -> int | None:
    e = sp.expand(e)
    return int(e) if e.is_Integer and abs(e) <= FAR else None
