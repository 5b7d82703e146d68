r"""The operators of the language, each declared once; :mod:`claims.say.declared` says what a declaration holds.

>>> norm(sp.Symbol("x"))**2, OPERATORS["norm"].sign
(norm(x)**2, 'nonnegative')
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from .declared import OPERATORS, Declared, Operator, declare, declared  # noqa: F401 - one import for all operators
from .declared import summed as _sum
from .divergences import KL, TV, W2, Normal, bhattacharyya, entropy  # noqa: F401
from .extremes import Extreme, argmax, argmin, inf, sup  # noqa: F401
from .tensors import ExpectedVector, Jacobian, VectorSum, det, gradient, hessian  # noqa: F401
from .tensors import kron, sqrtm, total, trace, transposed  # noqa: F401


def averaged(x: Any) -> Any:
    """Mean over the first axis (repetitions)."""
    return np.mean(x, axis=0)


@declared(r"\mathbb{{E}}\left[{}\right]", averaged, ("any",),
          laws={"linear": lambda f, x, y: f(x + 3 * y) - f(x) - 3 * f(y)},
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
          laws={"scales": lambda f, x, y: f(3 * x + 2) - 9 * f(x)},
          slips={"second moment": lambda x: np.mean((x + 1) ** 2, axis=0)})
class Var(Operator):
    r"""Variance, printed :math:`\mathrm{Var}[\cdot]`; runs over repetitions.

    >>> float(OPERATORS["Var"].runs(np.array([1.0, 3.0])))
    1.0
    """


def _cov(x: Any, y: Any) -> Any:
    return np.mean((x - np.mean(x, axis=0)) * (y - np.mean(y, axis=0)), axis=0)


@declared(r"\mathrm{{Cov}}\left[{}, {}\right]", _cov, ("number", "number"),
          laws={"variance": lambda f, x, y: f(x, x) - np.var(x, axis=0)},
          slips={"not centred": lambda x, y: np.mean((x + 1) * (y + 1), axis=0)})
class Cov(Operator):
    r"""Covariance, printed :math:`\mathrm{Cov}[\cdot,\cdot]`; runs over repetitions.

    >>> float(OPERATORS["Cov"].runs(np.array([1.0, 3.0]), np.array([2.0, 6.0])))
    2.0
    """


@declared(r"\Pr\left[{}\right]", averaged, ("condition",), sign="nonnegative")
class Pr(Operator):
    r"""Probability of a condition, printed :math:`\Pr[\cdot]`; runs as the share of repetitions.

    >>> Pr(sp.Symbol("x", real=True) > 0)
    Pr(x > 0)
    """


@declared(r"\left\lVert {} \right\rVert", lambda x: np.sqrt(_sum(np.abs(x) ** 2)), ("vector",), sign="nonnegative",
          laws={"scales": lambda f, x, y: f(-2 * x) - 2 * f(x)},
          slips={"square": lambda x: _sum(x * x), "largest entry": lambda x: np.abs(x).max((-1, -2))})
class norm(Operator):  # noqa: N801 - reads as the field writes it
    r"""Euclidean norm of a vector (Frobenius of a matrix), printed :math:`\lVert\cdot\rVert`.

    >>> float(OPERATORS["norm"].runs(np.array([[3.0], [4.0]])))
    5.0
    """


@declared(r"\left\langle {}, {} \right\rangle", lambda x, y: _sum(np.conjugate(x) * y), ("vector", "vector"),
          laws={"bilinear": lambda f, x, y: f(x + 2 * y, y) - f(x, y) - 2 * f(y, y),
                "symmetric": lambda f, x, y: f(x, y) - f(y, x)},
          slips={"mean": lambda x, y: np.mean(x * y, axis=(-1, -2))})
class inner(Operator):  # noqa: N801
    r"""Inner product of two vectors, printed :math:`\langle\cdot,\cdot\rangle`.

    >>> float(OPERATORS["inner"].runs(np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])))
    11.0
    """

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0] == self.args[1] else None


def _cosine(x: Any, y: Any) -> Any:
    return _sum(x * y) / np.sqrt(_sum(x * x) * _sum(y * y))


@declared(r"\cos\left({}, {}\right)", _cosine, ("vector", "vector"),
          laws={"forgets lengths": lambda f, x, y: f(3 * x, y) - f(x, y)},
          slips={"one length": lambda x, y: _sum(x * y) / _sum(x * x)})
class cosine(Operator):  # noqa: N801
    r"""Cosine of the angle between two vectors, printed :math:`\cos(\cdot,\cdot)`.

    >>> round(float(OPERATORS["cosine"].runs(np.array([[1.0], [0.0]]), np.array([[1.0], [1.0]]))), 4)
    0.7071
    """


@declared(r"\left\lVert {} \right\rVert_{{1}}", lambda x: _sum(np.abs(x)), ("vector",), sign="nonnegative",
          laws={"scales": lambda f, x, y: f(-2 * x) - 2 * f(x)},
          slips={"sum": _sum, "Euclidean": lambda x: np.sqrt(_sum(x * x))})
class norm1(Operator):  # noqa: N801
    r"""Sum of absolute values, printed :math:`\lVert\cdot\rVert_1`.

    >>> float(OPERATORS["norm1"].runs(np.array([[3.0], [-4.0]])))
    7.0
    """


def _positive_entries(v: Any) -> bool | None:
    """Whether a vector holds positive entries because each is a positive function of something (``None``: not
    known)."""
    if not isinstance(v, ElementwiseApplyFunction):
        return None
    real = dict.fromkeys(v.function.variables, sp.Dummy(real=True))
    return v.function.expr.xreplace(real).is_positive or None


@declared(r"\operatorname{{rank}}\left({}\right)", np.linalg.matrix_rank, ("matrix",), sign="nonnegative",
          laws={"scales": lambda f, x, y: f(3 * x) - f(x), "of one column": lambda f, x, y: f(x[..., :1]) - 1},
          slips={"columns": lambda x: np.full(x.shape[:-2], x.shape[-1] + 1)})
class rank(Operator):  # noqa: N801
    r"""Rank of a matrix, printed :math:`\operatorname{rank}(\cdot)`.

    >>> int(OPERATORS["rank"].runs(np.array([[1.0, 2.0], [2.0, 4.0]])))
    1
    """


@declared(r"\max\left({}\right)", lambda x: np.max(x, axis=(-1, -2)), ("vector",),
          laws={"shifts": lambda f, x, y: f(x + 2) - f(x) - 2, "scales": lambda f, x, y: f(3 * x) - 3 * f(x)},
          slips={"of sizes": lambda x: np.abs(x).max((-1, -2)), "smallest": lambda x: x.min((-1, -2)),
                 "last": lambda x: x[..., -1, 0]})
class largest(Operator):  # noqa: N801
    r"""Largest entry of a vector, printed :math:`\max(\cdot)`.

    >>> float(OPERATORS["largest"].runs(np.array([[3.0], [4.0]])))
    4.0
    """

    def _eval_is_positive(self) -> bool | None:
        return _positive_entries(self.args[0])


@declared(r"\min\left({}\right)", lambda x: np.min(x, axis=(-1, -2)), ("vector",),
          laws={"shifts": lambda f, x, y: f(x + 2) - f(x) - 2},
          slips={"largest": lambda x: x.max((-1, -2))})
class smallest(Operator):  # noqa: N801
    r"""Smallest entry of a vector, printed :math:`\min(\cdot)`.

    >>> float(OPERATORS["smallest"].runs(np.array([[3.0], [4.0]])))
    3.0
    """

    def _eval_is_positive(self) -> bool | None:
        return _positive_entries(self.args[0])


@declared(r"\sum_i \left({}\right)_i", _sum, ("vector",),
          laws={"linear": lambda f, x, y: f(x + 2 * y) - f(x) - 2 * f(y)},
          slips={"mean": lambda x: np.mean(x, axis=(-1, -2))})
class entries(Operator):  # noqa: N801
    r"""Sum of the entries of a vector, printed :math:`\sum_i(\cdot)_i`.

    >>> float(OPERATORS["entries"].runs(np.array([[3.0], [4.0]])))
    7.0
    """

    def _eval_is_positive(self) -> bool | None:
        return _positive_entries(self.args[0])


@declared(r"\mathrm{{sg}}\left[{}\right]", lambda x: x, ("number",))
class stop(Operator):  # noqa: N801
    r"""Stop-gradient, printed :math:`\mathrm{sg}[\cdot]`: its argument, with derivative 0.

    >>> x = sp.Symbol("x", real=True)
    >>> sp.diff(stop(x) * x, x)
    stop(x)
    """

    def fdiff(self, argindex: int = 1) -> Any:
        return sp.S.Zero


def _binders() -> list[tuple[str, str, Any, dict[Any, Any], float]]:
    x, y = sp.symbols("x y", positive=True)
    k, n = sp.symbols("k n", integer=True, positive=True)
    v = sp.MatrixSymbol("v", 2, 1)
    half = {v: np.array([0.5, -1.0])}
    return [
        ("sup", r"\sup_{{{0}}}\; {1}", sup(x, x * y - x**2), {y: 3.0}, 2.25),
        ("inf", r"\inf_{{{0}}}\; {1}", inf(x, x + y / x), {y: 4.0}, 4.0),
        ("sum", r"\sum", sp.Sum(k * y, (k, 1, n)), {n: 4, y: 2.0}, 20.0),
        ("series", r"\sum^{{\infty}}", sp.Sum(sp.exp(-k * y), (k, 1, sp.oo)), {y: 1.0}, 1 / (np.e - 1)),
        ("product", r"\prod", sp.Product(k + y, (k, 1, n)), {n: 3, y: 1.0}, 24.0),
        ("integral", r"\int", sp.Integral(x * y, (x, 0, y)), {y: 2.0}, 4.0),
        ("derivative", r"\partial", sp.Derivative(y**3, y), {y: 2.0}, 12.0),
        ("value at a point", r"\left.\right|", sp.Subs(sp.Derivative(x**2 * y, x), x, 3), {y: 2.0}, 12.0),
        ("limit", r"\lim", sp.Limit((1 - y / x) ** x, x, sp.oo), {y: 2.0}, np.exp(-2.0)),
        ("gradient", r"\partial", norm(gradient(norm(v) ** 2, v)) ** 2, half, 5.0),
        ("hessian", r"\partial^2", sp.Trace(hessian(norm(v) ** 2 * y, v)), half | {y: 2.0}, 8.0),
        ("cases", r"\begin{{cases}}", sp.Piecewise((y, y > 1), (-y, True)), {y: 0.5}, -0.5),
        ("floor", r"\lfloor\rfloor", sp.floor(y), {y: 2.7}, 2.0),
        ("KroneckerDelta", r"\delta", sp.KroneckerDelta(n, 3), {n: 3}, 1.0),
        ("stop under a derivative", r"\mathrm{{sg}}", sp.Derivative(stop(y) * y**2, y, evaluate=False), {y: 3.0}, 18.0),
    ]


for _name, _template, _e, _at, _value in _binders():
    declare(_name, _template, None, examples=((_e, _at, _value),))
