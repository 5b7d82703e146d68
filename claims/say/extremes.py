r"""Operators that bind a symbol: extrema and where they are attained.

>>> x, y = sp.symbols("x y", real=True)
>>> sup(x, x * y - x**2), argmin(x, (x - y) ** 2)
(sup(x, -x**2 + x*y), argmin(x, (x - y)**2))
"""

from __future__ import annotations

from typing import Any

import sympy as sp


class Extreme(sp.Function):
    """An operator that binds a symbol: ``sup(x, f)``."""

    operator = ""
    sign = 1

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _eval_evalf(self, prec: Any) -> None:
        return None

    @property
    def free_symbols(self) -> set[Any]:
        return self.args[1].free_symbols - {self.args[0]}

    @property
    def objective(self) -> Any:
        """What is made as small as possible."""
        return self.sign * self.args[1]

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        x, objective = self.args
        inside = printer._print(objective)
        if isinstance(objective, (sp.Add, sp.MatAdd)):
            inside = rf"\left[{inside}\right]"
        out = rf"{self.operator}_{{{printer._print(x)}}}\; {inside}"
        return rf"\left({out}\right)^{{{exp}}}" if exp else out


class argmin(Extreme):  # noqa: N801
    r"""``argmin(x, J)``: the minimiser of the expression ``J`` in ``x``; the left side of an ``"argmin"`` claim.

    >>> argmin(sp.Symbol("x"), sp.Symbol("x") ** 2)
    argmin(x, x**2)
    """

    operator = r"\operatorname*{arg\,min}"


class argmax(argmin):  # noqa: N801
    r"""``argmax(x, J)``: the maximiser; as :class:`argmin` of ``-J``.

    >>> argmax(sp.Symbol("x"), -sp.Symbol("x") ** 2).objective
    x**2
    """

    operator, sign = r"\operatorname*{arg\,max}", -1


class sup(Extreme):  # noqa: N801
    r"""``sup(x, f)``: the supremum of ``f`` over all real ``x`` that the assumptions of ``x`` admit.

    >>> x, y = sp.symbols("x y", real=True)
    >>> sup(x, x * y - x**2).free_symbols
    {y}
    """

    operator, sign = r"\sup", -1

    def _eval_is_extended_real(self) -> bool | None:
        return True


class inf(Extreme):  # noqa: N801
    r"""``inf(x, f)``: the infimum of ``f`` over all real ``x`` that the assumptions of ``x`` admit.

    >>> inf(sp.Symbol("x", real=True), sp.Symbol("x", real=True) ** 2).free_symbols
    set()
    """

    operator = r"\inf"

    def _eval_is_extended_real(self) -> bool | None:
        return True
