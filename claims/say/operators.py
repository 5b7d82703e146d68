r"""The operators of the language, each declared once; :mod:`claims.say.declared` says what a declaration holds.

>>> norm(sp.Symbol("x"))**2, OPERATORS["norm"].sign
(norm(x)**2, 'nonnegative')
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from .declared import OPERATORS, Declared, Operator, declare, declared  # noqa: F401 - one import for all operators
from .declared import summed as _sum
from .tensors import ExpectedVector, Jacobian, VectorSum, gradient, hessian, matrix_root, sqrtm, total, transposed  # noqa: F401


def averaged(x: Any) -> Any:
    """Mean over the first axis (repetitions)."""
    return np.mean(x, axis=0)


@declared(r"\mathbb{{E}}\left[{}\right]", averaged, ("any",), laws={"linear": lambda f, x, y: f(x + 3 * y) - f(x) - 3 * f(y)},
          slips={"sum for mean": lambda x: np.sum(x, axis=0)})
class E(Operator):
    r"""Expectation, printed :math:`\mathbb E[\cdot]`; runs as the mean over repetitions.

    >>> E(sp.Symbol("x") ** 2), E(sp.MatrixSymbol("x", 3, 1)).shape
    (E(x**2), (3, 1))
    """

    def __new__(cls, arg: Any, **options: Any) -> Any:
        arg = sp.sympify(arg)
        return ExpectedVector(arg) if getattr(arg, "is_Matrix", False) else super().__new__(cls, arg, **options)

    def _eval_is_nonnegative(self) -> bool | None:
        return self.args[0].is_nonnegative

    def _eval_is_positive(self) -> bool | None:
        return self.args[0].is_positive


@declared(r"\mathrm{{Var}}\left[{}\right]", lambda x: np.var(x, axis=0), ("number",), sign="nonnegative",
          laws={"scales": lambda f, x, y: f(3 * x + 2) - 9 * f(x)}, slips={"second moment": lambda x: np.mean((x + 1) ** 2, axis=0)})
class Var(Operator):
    r"""Variance, printed :math:`\mathrm{Var}[\cdot]`; runs over repetitions."""


def _cov(x: Any, y: Any) -> Any:
    return np.mean((x - np.mean(x, axis=0)) * (y - np.mean(y, axis=0)), axis=0)


@declared(r"\mathrm{{Cov}}\left[{}, {}\right]", _cov, ("number", "number"), laws={"variance": lambda f, x, y: f(x, x) - np.var(x, axis=0)},
          slips={"not centred": lambda x, y: np.mean((x + 1) * (y + 1), axis=0)})
class Cov(Operator):
    r"""Covariance, printed :math:`\mathrm{Cov}[\cdot,\cdot]`; runs over repetitions."""


@declared(r"\Pr\left[{}\right]", averaged, ("condition",), sign="nonnegative")
class Pr(Operator):
    r"""Probability of a condition, printed :math:`\Pr[\cdot]`; runs as the share of repetitions.

    >>> Pr(sp.Symbol("x", real=True) > 0)
    Pr(x > 0)
    """


@declared(r"\left\lVert {} \right\rVert", lambda x: np.sqrt(_sum(np.abs(x) ** 2)), ("vector",), sign="nonnegative",
          laws={"scales": lambda f, x, y: f(-2 * x) - 2 * f(x)}, slips={"square": lambda x: _sum(x * x), "largest entry": lambda x: np.abs(x).max((-1, -2))})
class norm(Operator):  # noqa: N801 - reads as the field writes it
    r"""Euclidean norm of a vector (Frobenius of a matrix), printed :math:`\lVert\cdot\rVert`."""


@declared(r"\left\langle {}, {} \right\rangle", lambda x, y: _sum(np.conjugate(x) * y), ("vector", "vector"),
          laws={"bilinear": lambda f, x, y: f(x + 2 * y, y) - f(x, y) - 2 * f(y, y), "symmetric": lambda f, x, y: f(x, y) - f(y, x)},
          slips={"mean": lambda x, y: np.mean(x * y, axis=(-1, -2))})
class inner(Operator):  # noqa: N801
    r"""Inner product of two vectors, printed :math:`\langle\cdot,\cdot\rangle`."""

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0] == self.args[1] else None


def _cosine(x: Any, y: Any) -> Any:
    return _sum(x * y) / np.sqrt(_sum(x * x) * _sum(y * y))


@declared(r"\cos\left({}, {}\right)", _cosine, ("vector", "vector"), laws={"forgets lengths": lambda f, x, y: f(3 * x, y) - f(x, y)},
          slips={"one length": lambda x, y: _sum(x * y) / _sum(x * x)})
class cosine(Operator):  # noqa: N801
    r"""Cosine of the angle between two vectors, printed :math:`\cos(\cdot,\cdot)`."""


@declared(r"\mathrm{{sg}}\left[{}\right]", lambda x: x, ("number",))
class stop(Operator):  # noqa: N801
    r"""Stop-gradient, printed :math:`\mathrm{sg}[\cdot]`: its argument, with derivative 0.

    >>> x = sp.Symbol("x", real=True)
    >>> sp.diff(stop(x) * x, x)
    stop(x)
    """

    def fdiff(self, argindex: int = 1) -> Any:
        return sp.S.Zero


class argmin(sp.Function):  # noqa: N801
    r"""``argmin(x, J)``: the minimiser of the expression ``J`` in ``x``; the left side of an ``"argmin"`` claim.

    >>> argmin(sp.Symbol("x"), sp.Symbol("x") ** 2)
    argmin(x, x**2)
    """

    operator = r"\operatorname*{arg\,min}"

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        x, objective = self.args
        inside = printer._print(objective)
        if isinstance(objective, sp.Add):
            inside = rf"\left[{inside}\right]"
        return rf"{self.operator}_{{{printer._print(x)}}}\; {inside}"
