"""Sums of members of a sequence of vectors over common limits, so that those which differ by a shift of the index
telescope.

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
from .vectors import Word, linear

FAR = 8
"""Limits that are farther apart than this are left alone."""


def shifted_sums(pairs: list[tuple[Any, Word]]) -> list[tuple[Any, Word]]:
    """Pairs (coefficient, word) in which every lone sum of a sequence runs over the limits of the first such sum, plus
    single members."""
    out: list[tuple[Any, Word]] = []
    limits: dict[str, tuple[Any, Any, Any]] = {}
    for c, word in pairs:
        shifted = _unshifted(word[0]) if len(word) == 1 and isinstance(word[0], VectorSum) else None
        if shifted is None:
            out.append((c, word))
            continue
        number, weight, member, k, low, high = shifted
        c = c * number
        base = limits.setdefault(f"{weight.subs(k, INDEX)} {member.head}", (k, low, high))
        if (below := _offset(base[1] - low)) is None or (above := _offset(high - base[2])) is None:
            out.append((c, word))
            continue
        at = lambda i: AppliedVector(member.head, member.shape[0], sp.expand(i))  # noqa: E731
        of = lambda i: _tidy(weight.subs(k, i))  # noqa: E731
        out.append((c, (VectorSum(of(base[0]) * at(base[0]), base),)))
        first = [base[1] - i if below > 0 else base[1] + i - 1 for i in range(1, abs(below) + 1)]
        last = [base[2] + i if above > 0 else base[2] - i + 1 for i in range(1, abs(above) + 1)]
        out += [(c * of(i) * (1 if below > 0 else -1), (at(i),)) for i in first]
        out += [(c * of(i) * (1 if above > 0 else -1), (at(i),)) for i in last]
    return out


INDEX = sp.Symbol("index", integer=True)


def _tidy(weight: Any) -> Any:
    """A weight with its exponents expanded, so that equal ones look equal."""
    return sp.powsimp(weight.replace(lambda e: e.is_Pow, lambda e: e.base ** sp.expand(e.exp)))


def _unshifted(e: VectorSum) -> tuple[Any, Any, Any, Any, Any, Any] | None:
    """Number, weight, member, index and limits of a sum over c w(k) x(k + m), written as one over x(k)."""
    pairs = linear(e.function)
    if len(e.limits) != 1 or len(pairs) != 1 or len(pairs[0][1]) != 1:
        return None
    (weight, (member,)), (k, low, high) = pairs[0], e.limits[0]
    if not isinstance(member, AppliedVector) or len(member.arguments) != 1 or not (member.arguments[0] - k).is_Integer:
        return None
    shift = member.arguments[0] - k
    number, weight = _tidy(sp.sympify(weight).subs(k, k - shift)).as_coeff_Mul()
    return number, weight, member, k, low + shift, high + shift


def _offset(e: Any) -> int | None:
    e = sp.expand(e)
    return int(e) if e.is_Integer and abs(e) <= FAR else None
