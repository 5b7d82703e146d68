r"""What a displayed formula mentions: its letters and functions as they print, each with what it is.

>>> n, k = sp.symbols("n k", integer=True)
>>> mentioned(sp.Sum(k, (k, 1, n)))
{'n': 'whole number'}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.symbol import Str
from sympy.matrices.expressions.matexpr import MatrixElement

from .heads import INDEXED, SEQUENCES, AppliedVector, head
from .extremes import Extreme
from .printing import tex

FAMILY = r"_\cdot"
"""Behind the letter of a sequence: it stands for all its members."""


def mentioned(*expressions: Any, formal: Any = ()) -> dict[str, str]:
    r"""LaTeX of every letter and function → what it is; bound indices and those in ``formal`` are left out.

    >>> from claims import matrix, sequence
    >>> d, t = sp.symbols("d t", integer=True)
    >>> mentioned(sequence("x", size=d)(t + 1), matrix("W", d, d))
    {'x_\\cdot': 'sequence of vectors', 't': 'whole number', 'W': 'matrix d × d'}
    """
    out: dict[str, str] = {}
    for e in expressions:
        for name, what in _walk(e, frozenset(formal)):
            out.setdefault(name, what)
    return out


def introduced(left: Any) -> dict[str, str]:
    """What a definition with this left side gives a name to."""
    if isinstance(left, (sp.Symbol, sp.MatrixSymbol)):
        return mentioned(left)
    return dict([_head(left)]) if head(left) else {}


def formal_arguments(left: Any) -> tuple[Any, ...]:
    """The letters of a definition's left side that stand for anything: ``x`` in ``f(x)``."""
    inside = left.arguments if isinstance(left, AppliedVector) else getattr(left, "args", ()) if head(left) else ()
    return tuple(a for a in inside if isinstance(a, (sp.Symbol, sp.MatrixSymbol)))


def _head(e: Any) -> tuple[str, str]:
    name = head(e)
    letter = tex(sp.Symbol(name))
    vector = "of vectors" if isinstance(e, AppliedVector) else "of numbers"
    if name in SEQUENCES:
        return letter + FAMILY, f"sequence {vector}"
    return letter + (FAMILY if name in INDEXED else ""), "function"


def _symbol(e: Any) -> str:
    if isinstance(e, sp.MatrixSymbol):
        return "vector" if e.shape[1] == 1 else f"matrix {e.shape[0]} × {e.shape[1]}"
    return "whole number" if e.is_integer else "number"


def _walk(e: Any, bound: frozenset[Any]) -> Iterator[tuple[str, str]]:
    if isinstance(e, (list, tuple, sp.MatrixBase)):
        for a in e:
            yield from _walk(a, bound)
        return
    if not isinstance(e, sp.Basic) or isinstance(e, (Str, sp.Identity, sp.ZeroMatrix, sp.OneMatrix)) or e in bound:
        return
    if isinstance(e, (sp.Symbol, sp.MatrixSymbol)):
        if not (isinstance(e, sp.Symbol) and hasattr(e, "_latex")):  # a quantity says in words what it is
            yield tex(e), _symbol(e)
        return
    if isinstance(e, (AppliedUndef, AppliedVector)):
        yield _head(e)
        inside = e.arguments if isinstance(e, AppliedVector) else e.args
    elif isinstance(e, MatrixElement):
        inside = (e.parent, e.i, e.j if e.parent.shape[1] != 1 else sp.S.Zero)
    elif isinstance(e, sp.Indexed):
        yield tex(sp.Symbol(str(e.base.label))) + FAMILY, "entries"
        inside = e.indices
    elif isinstance(e, Extreme):
        inside, bound = e.args[1:], bound | {e.args[0]}
    elif isinstance(e, sp.Lambda):
        inside, bound = (e.expr,), bound | set(e.variables)
    elif isinstance(e, sp.Subs):
        yield from _walk(tuple(e.point), bound)
        inside, bound = (e.expr,), bound | set(e.variables)
    elif isinstance(e, sp.Limit):
        yield from _walk(e.args[2], bound)
        inside, bound = e.args[:1], bound | {e.args[1]}
    elif hasattr(e, "limits") and hasattr(e, "function"):
        for limit in e.limits:
            yield from _walk(tuple(limit[1:]), bound)
        inside, bound = (e.function,), bound | {limit[0] for limit in e.limits}
    else:
        inside = e.args
    for a in inside:
        yield from _walk(a, bound)


def letters(kind: str, left: Any, right: Any, lines: Any = ()) -> dict[str, dict[str, str]]:
    """For a record: ``symbols`` that its equation shows, and what a definition ``introduces``.

    >>> x, f = sp.Symbol("x"), sp.Function("f")
    >>> letters("definition", f(x), x**2)
    {'symbols': {'f': 'function'}, 'introduces': {'f': 'function'}}
    """
    if kind != "definition" or isinstance(left, str):
        return {"symbols": mentioned(left, right, *lines), "introduces": {}}
    return {"symbols": mentioned(left, right, *lines, formal=formal_arguments(left)), "introduces": introduced(left)}
