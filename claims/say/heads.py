"""Functions and sequences that are not defined, or defined by code: ``F(x)``, ``x(t)``; vector-valued ones too."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.core.symbol import Str


class AppliedVector(sp.MatrixExpr):
    """A vector-valued function at its arguments, or a member of a sequence of vectors; made by :class:`Head`."""

    def __new__(cls, name: Any, size: Any, *arguments: Any) -> AppliedVector:
        return sp.Basic.__new__(cls, Str(str(name)), sp.sympify(size), *map(sp.sympify, arguments))

    @property
    def shape(self) -> tuple[Any, Any]:
        return self.args[1], sp.S.One

    @property
    def head(self) -> str:
        return self.args[0].name

    @property
    def arguments(self) -> tuple[Any, ...]:
        return self.args[2:]

    def _latex(self, printer: Any, exp: Any = None) -> str:
        name = printer._print(sp.Symbol(self.head))
        indices = self.arguments[:1] if self.head in INDEXED else ()
        if self.head in SEQUENCES:
            indices = self.arguments
        inside = ", ".join(printer._print(a) for a in self.arguments[len(indices):])
        name += f"_{{{', '.join(printer._print(a) for a in indices)}}}" if indices else ""
        return rf"{name}\left({inside}\right)" if inside else name

    def _sympystr(self, printer: Any) -> str:
        return f"{self.head}({', '.join(printer._print(a) for a in self.arguments)})"

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Any:
        return MatrixElement(self, i, j)


SEQUENCES: set[str] = set()
"""Heads that print their arguments as indices."""
INDEXED: set[str] = set()
"""Heads that print their first argument as an index."""


RANDOM_HEADS: set[str] = set()
"""Heads of sequences that were declared random."""


class Head:
    """A vector-valued function or sequence that is not yet applied: ``F(x)``, ``x(t)``."""

    def __init__(self, name: str, size: Any) -> None:
        self.name, self.size = name, sp.sympify(size)

    def __call__(self, *arguments: Any) -> AppliedVector:
        return AppliedVector(self.name, self.size, *arguments)

    def __repr__(self) -> str:
        return self.name


def function(name: str, size: Any = None, index: bool = False, **assumptions: bool) -> Any:
    r"""An undefined function, vector-valued if ``size`` is given; ``index``: its first argument is printed as one
    (``F(t, x)`` as F_t(x)).

    Samples and definitions give it values.

    >>> d = sp.Symbol("d", integer=True, positive=True)
    >>> function("F", size=d)(sp.MatrixSymbol("x", d, 1)).shape, function("f")(d)
    ((d, 1), f(d))
    """
    SEQUENCES.discard(name)
    INDEXED.discard(name)
    if index:
        INDEXED.add(name)
    return Head(name, size) if size is not None else sp.Function(name, **assumptions)


def sequence(name: str, size: Any = None, random: bool = False, **assumptions: bool) -> Any:
    r"""A sequence of numbers, or of vectors if ``size`` is given; prints its arguments as indices. A random one
    depends on all else.

    >>> v, t = sequence("v", positive=True), sp.Symbol("t", integer=True)
    >>> v(t + 1), sequence("x", size=3, random=True)(t)
    (v(t + 1), x(t))
    """
    SEQUENCES.add(name)
    RANDOM_HEADS.discard(name)
    if random:
        RANDOM_HEADS.add(name)
    return Head(name, size) if size is not None else sp.Function(name, **assumptions)


def head(e: Any) -> str:
    """Name of the function or sequence that ``e`` applies ('' if it applies none)."""
    if isinstance(e, AppliedVector):
        return e.head
    return e.func.__name__ if isinstance(e, sp.core.function.AppliedUndef) else ""
