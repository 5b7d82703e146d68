"""How big operators look: sums, products, integrals, limits and derivatives, and what stands behind them."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.conventions import requires_partial
from sympy.printing.latex import LatexPrinter

from .kinds import Kind, bare, brackets, kind


class BigOperators(LatexPrinter):
    """The printing of what reads on to its right."""

    def body(self, e: Any, alone: bool) -> str:
        """What a big operator acts on."""
        e = bare(e)
        if kind(e) is Kind.SUM or (isinstance(e, sp.Piecewise) and not alone):
            return brackets(self._print(e))
        text = self._print(e, alone=alone)
        return brackets(text) if text.startswith("-") else text

    def _big(self, sign: str, expr: Any) -> str:
        alone, out = self.alone, ""
        for k, *limits in reversed(expr.limits):
            if len(limits) == 2:
                out += rf"{sign}_{{{self.small(k)}={self.small(limits[0])}}}^{{{self.small(limits[1])}}} "
            else:
                out += rf"{sign}_{{{self.small(k)}}} "
        return out + self.body(expr.function, alone)

    def _print_Sum(self, expr: Any) -> str:
        return self._big(r"\sum", expr)

    def _print_Product(self, expr: Any) -> str:
        return self._big(r"\prod", expr)

    def _print_Integral(self, expr: Any) -> str:
        signs = ends = ""
        for x, *limits in expr.limits:
            low, high = [None, *limits] if len(limits) == 1 else limits or (None, None)
            below = "" if low is None else f"_{{{self.small(low)}}}"
            above = "" if high is None else f"^{{{self.small(high)}}}"
            signs = rf"\int{below}{above} {signs}"
            ends += rf" \,\mathrm{{d}} {self._print(x)}"
        of = bare(expr.function)
        return signs + (brackets(self._print(of)) if kind(of) is Kind.OPEN else self.body(of, False)) + ends

    def _print_Limit(self, expr: Any) -> str:
        alone, (e, x, at, side) = self.alone, expr.args
        arrow = "" if at.is_infinite or str(side) == "+-" else f"^{{{side}}}"
        return rf"\lim_{{{self._print(x)} \to {self.small(at)}{arrow}}} " + self.body(e, alone)

    def operand(self, e: Any) -> str:
        """What is derived, in brackets if it has several parts."""
        e = bare(e)
        if kind(e) in (Kind.SUM, Kind.PRODUCT, Kind.FRACTION, Kind.OPEN):
            return brackets(self._print(e))
        text = self._print(e, alone=False)
        return brackets(text) if text.startswith("-") else text

    def _print_Derivative(self, expr: Any) -> str:
        d = r"\partial" if requires_partial(expr.expr) else r"\mathrm{d}"
        total = sum(n for _, n in expr.variable_count)
        by = [(self._print(x) if n == 1 else self.base(x), n) for x, n in expr.variable_count]
        below = " ".join(f"{d} {self._times(x, n)}" for x, n in by)
        return rf"\frac{{{self._times(d, total)}}}{{{below}}} {self.operand(expr.expr)}"

    def _times(self, text: str, n: Any) -> str:
        return text if n == 1 else f"{text}^{{{self.small(n)}}}"

    def _print_Subs(self, expr: Any) -> str:
        at = r",\, ".join(f"{self._print(x)} = {self._print(v)}" for x, v in zip(expr.variables, expr.point))
        return rf"\left[{self._print(expr.expr)}\right]_{{{at}}}"
