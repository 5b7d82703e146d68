"""Names of what is measured, and the way to the printer (``printing``) and to statements and chains (``equation``)."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from .equation import NEGATED, RELATIONS, reason_tex, statement
from .names import collisions, empty_sum_note
from .printing import Printer, tex

__all__ = ["NEGATED", "RELATIONS", "Printer", "Quantity", "collisions", "empty_sum_note", "quantity", "reason_tex",
           "statement", "tex"]


class Quantity(sp.Symbol):
    r"""A named quantity that a trial measures: prints as the LaTeX given, says nothing more.

    >>> quantity(r"\mathbb E\|x_t\|^2/d")
    \mathbb E\|x_t\|^2/d
    >>> tex(quantity(r"\|x_t\|^2/d") ** 2)
    '(\\|x_t\\|^2/d)^{2}'
    """

    __slots__ = ()

    def _latex(self, printer: LatexPrinter) -> str:
        return self.name  # SymPy would take the name apart at its _ and ^


def quantity(latex: str, **assumptions: Any) -> Quantity:
    r"""A :class:`Quantity` (``real=True`` unless assumptions are given): a left side that only a trial can compute.

    >>> print(tex(quantity(r"\mathbb E\|x_t\|^2/d", positive=True)))
    \mathbb E\|x_t\|^2/d
    """
    return Quantity(latex, **(assumptions or {"real": True}))
