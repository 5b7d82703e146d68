r"""The operators of the language: each is declared once, with how it prints, how it runs on arrays, its laws and its slips.

An operator is never evaluated by SymPy. ``runs`` receives arrays whose last axes are the object (none for a number, two for a vector or matrix) and
whose first axis, if there is one more, counts repetitions; laws must hold and slips must differ on random arrays, which one checker tests.

>>> norm(sp.Symbol("x"))**2, OPERATORS["norm"].sign
(norm(x)**2, 'nonnegative')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp


@dataclass(frozen=True)
class Declared:
    """What is declared of one operator. ``runs(*arrays)``; ``takes`` names the kind of each argument (number, vector, matrix, any)."""

    name: str
    template: str
    runs: Callable[..., Any]
    takes: tuple[str, ...]
    sign: str = "real"
    laws: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    slips: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


OPERATORS: dict[str, Declared] = {}


class Operator(sp.Function):
    """A named operator on expressions; it is printed and run, and never evaluated."""

    template = "{}"
    is_commutative = True

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _eval_is_commutative(self) -> bool:
        return True

    def _eval_is_extended_real(self) -> bool | None:
        return OPERATORS[type(self).__name__].sign != "complex" or None

    def _eval_is_nonnegative(self) -> bool | None:
        return OPERATORS[type(self).__name__].sign == "nonnegative" or None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        out = self.template.format(*(printer._print(a) for a in self.args), all=", ".join(printer._print(a) for a in self.args))
        return rf"{out}^{{{exp}}}" if exp else out


def declared(template: str, runs: Callable[..., Any], takes: tuple[str, ...], **more: Any) -> Callable[[type], type]:
    """Register a class of :class:`Operator` with what :class:`Declared` says."""

    def register(cls: type) -> type:
        cls.template = template
        OPERATORS[cls.__name__] = Declared(cls.__name__, template, runs, takes, **more)
        return cls

    return register


def _sum(x: Any, axes: int = 2) -> Any:
    return np.asarray(x).sum(axis=tuple(range(-axes, 0)))


def averaged(x: Any) -> Any:
    """Mean over the first axis (repetitions)."""
    return np.mean(x, axis=0)


class ExpectedVector(sp.MatrixExpr):
    """Expectation of a vector or matrix, entry by entry; made by ``E(x)``."""

    def __new__(cls, arg: Any) -> ExpectedVector:
        return sp.Basic.__new__(cls, arg)

    @property
    def shape(self) -> Any:
        return self.args[0].shape

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return rf"\mathbb{{E}}\left[{printer._print(self.args[0])}\right]"

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Any:
        return sp.MatrixElement(self, i, j)


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


@declared(r"H\left({}\right)", lambda p: -_sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0)), ("simplex",), sign="nonnegative",
          slips={"sign": lambda p: _sum(p * np.log(p))})
class entropy(Operator):  # noqa: N801
    r"""Entropy of a vector of probabilities in nats, printed :math:`H(\cdot)`."""


@declared(r"\mathrm{{KL}}\left({}\,\Vert\,{}\right)", lambda p, q: _sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0)), ("simplex", "simplex"),
          sign="nonnegative", slips={"reversed": lambda p, q: _sum(q * np.log(q / p))})
class KL(Operator):
    r"""Kullback–Leibler divergence of two vectors of probabilities in nats, printed :math:`\mathrm{KL}(\cdot\Vert\cdot)`."""


class VectorSum(sp.MatrixExpr):
    """A sum of vectors or matrices over an index; made by :func:`total`."""

    def __new__(cls, body: Any, *limits: Any) -> VectorSum:
        return sp.Basic.__new__(cls, body, *(sp.Tuple(*limit) for limit in limits))

    @property
    def shape(self) -> Any:
        return self.args[0].shape

    @property
    def function(self) -> Any:
        return self.args[0]

    @property
    def limits(self) -> tuple[Any, ...]:
        return self.args[1:]

    @property
    def free_symbols(self) -> set[Any]:
        bound = {limit[0] for limit in self.limits}
        return (self.args[0].free_symbols - bound) | {s for limit in self.limits for e in limit[1:] for s in e.free_symbols}

    def _latex(self, printer: Any, exp: Any = None) -> str:
        signs = "".join(rf"\sum_{{{printer._print(k)}={printer._print(a)}}}^{{{printer._print(b)}}} " for k, a, b in self.limits)
        body = printer._print(self.function)
        return signs + (rf"\left({body}\right)" if isinstance(self.function, (sp.MatAdd, sp.Add)) else body)

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Any:
        return sp.MatrixElement(self, i, j)


def total(body: Any, *limits: Any) -> Any:
    """``Sum`` for numbers, vectors and matrices alike.

    >>> s = sp.Symbol("s", integer=True)
    >>> total(s, (s, 1, 3)), total(sp.MatrixSymbol("f", 3, 1), (s, 1, 3)).shape
    (Sum(s, (s, 1, 3)), (3, 1))
    """
    return VectorSum(body, *limits) if getattr(body, "is_Matrix", False) else sp.Sum(body, *limits)


class Jacobian(sp.MatrixExpr):
    r"""Derivatives of a vector or number by a vector, printed :math:`\partial y/\partial x`; of a number: its gradient, a column.

    >>> x = sp.MatrixSymbol("x", 3, 1)
    >>> Jacobian(2 * x, x).shape, Jacobian(norm(x), x).shape
    ((3, 3), (3, 1))
    """

    def __new__(cls, of: Any, by: Any) -> Jacobian:
        return sp.Basic.__new__(cls, sp.sympify(of), by)

    @property
    def shape(self) -> Any:
        of, by = self.args
        return (of.shape[0], by.shape[0]) if getattr(of, "is_Matrix", False) else by.shape

    def _latex(self, printer: Any, exp: Any = None) -> str:
        of, by = (printer._print(a) for a in self.args)
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Any:
        return sp.MatrixElement(self, i, j)


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


def transposed(a: Any) -> Any:
    """Transpose of the last two axes."""
    return np.swapaxes(a, -1, -2)


def matrix_root(a: Any) -> Any:
    """Square root of symmetric positive semidefinite matrices (…, d, d), by their eigenvalues."""
    values, vectors = np.linalg.eigh(a)
    return (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ transposed(vectors)


class sqrtm(sp.MatrixExpr):  # noqa: N801
    r"""Square root of a symmetric positive semidefinite matrix, printed :math:`A^{1/2}`.

    >>> sqrtm(sp.MatrixSymbol("A", 2, 2)).shape
    (2, 2)
    """

    def __new__(cls, arg: Any) -> sqrtm:
        return sp.Basic.__new__(cls, arg)

    @property
    def shape(self) -> Any:
        return self.args[0].shape

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return rf"{printer.parenthesize(self.args[0], 90)}^{{1/2}}"

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Any:
        return sp.MatrixElement(self, i, j)


trace, det, kron = sp.Trace, sp.Determinant, sp.KroneckerProduct
