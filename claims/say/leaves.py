"""What an expression needs a value for: symbols, members of sequences, heads of undefined functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp

from ..errors import ClaimError
from .operators import Jacobian, Operator, VectorSum, argmin, inf, sup
from .symbols import SEQUENCES, AppliedVector, head, keyword, ranges, shape_of

Meanings = Mapping[Any, tuple[tuple[Any, ...], Any]]
BINDERS = (sp.Sum, sp.Product, sp.Integral, VectorSum)
OPERATORS_AND_VECTORS = (Operator, sp.MatrixExpr, Jacobian, sp.Trace, sp.Determinant, sup, inf)


class Leaves:
    """The leaves of expressions, by keyword; what definitions say is looked into, names with code are not leaves."""

    def __init__(self, meanings: Meanings, functions: Iterable[str] = ()) -> None:
        self.meanings, self.functions = meanings, set(functions)
        self.found: dict[str, Any] = {}

    def add(self, e: Any) -> None:
        key = keyword(e)
        if key in self.found and head(e) and head(e) == head(self.found[key]) and head(e) not in SEQUENCES:
            return  # one function at two places
        if self.found.get(key, e) != e:
            short, key = key, keyword(e, spelled=True)
            if self.found.get(key, e) != e or key == short:
                raise ClaimError(
                    f"{self.found[key]} and {e} would both be the keyword {key!r}: give one of them another name")
        self.found[key] = e

    def look(self, e: Any, bound: frozenset[Any] = frozenset()) -> None:
        if isinstance(e, (list, tuple, sp.Tuple, sp.MatrixBase)):
            for a in e:
                self.look(a, bound)
            return
        if not isinstance(e, sp.Basic) or e in bound or isinstance(e, sp.core.symbol.Str):
            return
        if e in self.meanings:
            self.look(self.meanings[e][1], bound)
        elif head(e):
            self._applied(e, bound)
        elif isinstance(e, (sp.Symbol, sp.MatrixSymbol, sp.IndexedBase)):
            self.add(e)
            for n in shape_of(e):
                self.look(n, bound)
            if isinstance(e, sp.Symbol) and e in ranges:
                self.look(ranges[e], bound)
        elif isinstance(e, BINDERS):
            for limit in e.limits:
                for a in limit[1:]:
                    self.look(a, bound)
            self.look(e.function, bound | {limit[0] for limit in e.limits})
        elif isinstance(e, (sp.Lambda, argmin, sup, inf)):
            self.look(e.args[1], bound | set(e.signature if isinstance(e, sp.Lambda) else e.args[:1]))
        elif isinstance(e, sp.Limit):
            self.look(e.args[2], bound)
            self.look(e.args[0], bound | {e.args[1]})
        elif isinstance(e, sp.Subs):
            self.look(e.expr, bound | set(e.variables))
            self.look(tuple(e.point), bound)
        else:
            for a in e.args:
                self.look(a, bound)

    def _applied(self, e: Any, bound: frozenset[Any]) -> None:
        name = head(e)
        if name not in SEQUENCES:
            self.look(tuple(e.arguments if isinstance(e, AppliedVector) else e.args), bound)
        if isinstance(e, AppliedVector):
            self.look(e.shape[0], bound)
        if name in self.functions:
            return
        if name in self.meanings:
            formal, body = self.meanings[name]
            self.look(body, bound | set(formal))
        elif name not in SEQUENCES:
            self.found.setdefault(keyword(e), e)  # one callable serves all that the function is applied to
        elif not (e.free_symbols & bound):
            self.add(e)
        else:
            self.found.setdefault(name, e)


def leaves(expressions: Iterable[Any], meanings: Meanings = {}, functions: Iterable[str] = ()) -> dict[str, Any]:
    """Keyword → leaf, of these expressions; a member of a sequence with a bound index counts under its head.

    >>> x, t = sp.symbols("x t")
    >>> leaves([x + sp.Sum(t, (t, 1, 3))]), leaves([x], {x: ((), t)})
    ({'x': x}, {'t': t})
    """
    out = Leaves(meanings, functions)
    for e in expressions:
        out.look(e)
    return out.found


def needs_samples(e: Any, point: Iterable[Any], meanings: Meanings = {}, functions: Iterable[str] = ()) -> bool:
    """Whether an expression holds more than numbers of the point."""
    if isinstance(e, (list, tuple, sp.Tuple)):
        return any(needs_samples(a, point, meanings, functions) for a in e)
    if not isinstance(e, (sp.Basic, sp.MatrixBase)):
        return False
    return bool(e.has(*OPERATORS_AND_VECTORS)) or any(s not in point for s in leaves([e], meanings, functions).values())
