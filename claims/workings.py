"""Intermediate results, set as mathematics from SymPy objects: unnumbered, without evidence of their own."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.logic.boolalg import BooleanAtom, BooleanFunction

from .case import Line
from .declare import exact
from .errors import ClaimError
from .prove.chain import link
from .prove.findings import Status
from .say.mentioned import mentioned
from .say.printing import explained
from .say.typeset import tex

BOX = (
    '<div class="claim-working" data-carried="{}" style="opacity:.85"><div class="math notranslate'
    ' nohighlight">\\[{}\\]</div></div>'
)


class Working:
    """What :func:`working` shows."""

    def __init__(self, expressions: Sequence[Any], where: Mapping[Any, str], order: Sequence[Any]) -> None:
        self.expressions = tuple(expressions)
        first, *rest = (tex(e, order) for e in self.expressions)
        self.latex = " = ".join([first, *rest])
        self.carried = {"latex": self.latex, "symbols": mentioned(*self.expressions), "where": explained(where)}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        page = BOX.format(html.escape(json.dumps(self.carried)), html.escape(self.latex))
        return {"text/plain": repr(self), "text/html": page}, {"text/html": {"working": self.carried}}

    def __repr__(self) -> str:
        return " = ".join(map(str, self.expressions))


def working(*expressions: Any, where: Mapping[Any, str] | None = None, order: Sequence[Any] = ()) -> Working:
    """An intermediate result: what SymPy made of an expression, or several forms of one, each shown to equal the next.

    Args:
        expressions: SymPy objects; several are set with equality signs between them, which computer algebra
            must decide.
        where: symbol → meaning, shown under the line. order: terms and factors that come first.

    Raises:
        ClaimError: for an equation or a condition (that is a claim), for text, and for neighbours that are not shown to
            be equal.

    >>> x = sp.Symbol("x", real=True)
    >>> working((x + 1)**2, sp.expand((x + 1)**2))
    (x + 1)**2 = x**2 + 2*x + 1
    >>> working((x + 1)**2, x**2 + 1)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: working: x**2 + 1 is not shown to equal (x + 1)**2; state it with claim(…)
    """
    if not expressions:
        raise ClaimError("working: give at least one expression")
    found = [exact(e, "working") for e in expressions]
    for e in found:
        if isinstance(e, (sp.core.relational.Relational, BooleanFunction, BooleanAtom)):
            raise ClaimError(f"working: {e} says that something holds, so it is a claim: state it with claim(…)")
        if isinstance(e, (sp.Tuple, sp.FiniteSet)):
            raise ClaimError(
                f"working: {e} is a list of results: show them one after the other, with a sentence between them"
            )
    for before, after in zip(found, found[1:]):
        if link(before, Line(after)).status is not Status.ZERO:
            raise ClaimError(f"working: {after} is not shown to equal {before}; state it with claim(…)")
    return Working(found, where or {}, order)
