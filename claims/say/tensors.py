"""Operators whose value is a vector or a matrix: expectations, sums, derivatives, roots, products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from .declared import declare


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
        return MatrixElement(self, i, j)


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
        return (self.args[0].free_symbols - bound) | {s for limit in self.limits
                                                      for e in limit[1:] for s in e.free_symbols}

    def _latex(self, printer: Any, exp: Any = None) -> str:
        signs = "".join(rf"\sum_{{{printer._print(k)}={printer._print(a)}}}^{{{printer._print(b)}}} "
                        for k, a, b in self.limits)
        body = printer._print(self.function)
        return signs + (rf"\left({body}\right)" if isinstance(self.function, (sp.MatAdd, sp.Add)) else body)

    def _entry(self, i: Any, j: Any, **kwargs: Any) -> Any:
        return MatrixElement(self, i, j)


def total(body: Any, *limits: Any) -> Any:
    """``Sum`` for numbers, vectors and matrices alike.

    >>> s = sp.Symbol("s", integer=True)
    >>> total(s, (s, 1, 3)), total(sp.MatrixSymbol("f", 3, 1), (s, 1, 3)).shape
    (Sum(s, (s, 1, 3)), (3, 1))
    """
    return VectorSum(body, *limits) if getattr(body, "is_Matrix", False) else sp.Sum(body, *limits)


class Jacobian(sp.MatrixExpr):
    r"""Derivatives of a vector or number by a vector, printed :math:`\partial y/\partial x`; of a number: its
    gradient, a column.

    >>> x = sp.MatrixSymbol("x", 3, 1)
    >>> Jacobian(2 * x, x).shape, Jacobian(sp.Trace(x * x.T), x).shape
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
        return MatrixElement(self, i, j)


def gradient(of: Any, by: Any) -> Jacobian:
    """Gradient of a number by a vector, as a column; runs and prints as a :class:`Jacobian`.

    >>> gradient(sp.Symbol("c"), sp.MatrixSymbol("x", 3, 1)).shape
    (3, 1)
    """
    return Jacobian(of, by)


def hessian(of: Any, by: Any) -> Jacobian:
    """Second derivatives of a number by a vector: the Jacobian of its gradient.

    >>> hessian(sp.Symbol("c"), sp.MatrixSymbol("x", 3, 1)).shape
    (3, 3)
    """
    return Jacobian(Jacobian(of, by), by)


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
        return MatrixElement(self, i, j)


trace, det, kron = sp.Trace, sp.Determinant, sp.KroneckerProduct

declare("trace", r"\operatorname{{tr}}\left({}\right)", lambda a: np.trace(a, axis1=-2, axis2=-1), ("square",),
        laws={"cyclic": lambda f, x, y: f(x @ y) - f(y @ x)}, slips={"all entries": lambda a: np.sum(a, axis=(-1, -2))})
declare("det", r"\left|{}\right|", np.linalg.det, ("square",),
        laws={"of a product": lambda f, x, y: f(x @ y) - f(x) * f(y)},
        slips={"product of the diagonal": lambda a: np.prod(np.diagonal(a, axis1=-2, axis2=-1), axis=-1)})
declare("inverse", "{}^{{-1}}", np.linalg.inv, ("square",), laws={"undoes": lambda f, x, y: f(x) @ x @ y - y},
        slips={"entry by entry": lambda a: 1 / a})
declare("transpose", r"{}^{{\top}}", transposed, ("square",),
        laws={"of a product": lambda f, x, y: f(x @ y) - f(y) @ f(x)},
        slips={"none": lambda a: a})
declare("sqrtm", "{}^{{1/2}}", matrix_root, ("positive definite",), laws={"squared": lambda f, x, y: f(x) @ f(x) - x},
        slips={"entry by entry": lambda a: np.sqrt(np.abs(a)), "of Cholesky": np.linalg.cholesky})


def kronecker(a: Any, b: Any) -> Any:
    """Kronecker product of the last two axes."""
    out = np.einsum("...ij,...kl->...ikjl", a, b)
    return out.reshape(*out.shape[:-4], out.shape[-4] * out.shape[-3], out.shape[-2] * out.shape[-1])


declare("kron", r"{} \otimes {}", kronecker, ("square", "square"),
        laws={"mixed product": lambda f, x, y: f(x, y) @ f(y, x) - f(x @ y, y @ x)},
        slips={"other order": lambda a, b: kronecker(b, a)})
