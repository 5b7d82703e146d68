"""Names of what is measured, and the way to the printer (``printing``) and to statements and chains (``equation``)."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from .equation import NEGATED, RELATIONS, reason_tex, statement
from .names import collisions, empty_sum_note
from .printing import Printer, tex
from .symbols import sequence

__all__ = ["NEGATED", "RELATIONS", "Cov", "E", "Operator", "Printer", "Quantity", "Var", "argmin", "collisions",
           "empty_sum_note", "norm", "quantity", "reason_tex", "sequence", "statement", "tex"]


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


class Operator(sp.Function):
    r"""An operator that prints in the field's notation: ``E(x)`` is :math:`\mathbb E[x]`; it is never evaluated."""

    template = "{}"

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        out = self.template.format(", ".join(printer._print(a) for a in self.args))
        return rf"{out}^{{{exp}}}" if exp else out


class E(Operator):
    r"""Expectation, printed :math:`\mathbb E[\cdot]`.

    >>> print(tex(E(sp.Symbol("x") ** 2)))
    \mathbb{E}\left[x^{2}\right]
    """

    template = r"\mathbb{{E}}\left[{}\right]"


class Var(Operator):
    r"""Variance, printed :math:`\mathrm{Var}[\cdot]`.

    >>> print(tex(Var(sp.Symbol("x"))))
    \mathrm{Var}\left[x\right]
    """

    template = r"\mathrm{{Var}}\left[{}\right]"


class Cov(Operator):
    r"""Covariance, printed :math:`\mathrm{Cov}[\cdot]`.

    >>> print(tex(Cov(sp.Symbol("x"), sp.Symbol("y"))))
    \mathrm{Cov}\left[x, y\right]
    """

    template = r"\mathrm{{Cov}}\left[{}\right]"


class norm(Operator):  # noqa: N801 - reads as the field writes it
    r"""Euclidean norm, printed :math:`\|\cdot\|`.

    >>> print(tex(norm(sp.Symbol("x")) ** 2))
    \left\lVert x \right\rVert^{2}
    """

    template = r"\left\lVert {} \right\rVert"


class argmin(sp.Function):  # noqa: N801
    r"""``argmin(x, J)``: the minimiser of the expression ``J`` in ``x``; the left side of an ``"argmin"`` claim.

    >>> print(tex(argmin(sp.Symbol("x"), sp.Symbol("x") ** 2)))
    \operatorname*{arg\,min}_{x}\; x^{2}
    """

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        x, objective = self.args
        inner = printer._print(objective)
        if isinstance(objective, sp.Add):
            inner = rf"\left[{inner}\right]"
        return rf"\operatorname*{{arg\,min}}_{{{printer._print(x)}}}\; {inner}"
