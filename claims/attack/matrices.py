"""Slips in matrices: transposes, inverses, the order of a product, rows, what stands off the diagonal.

>>> from sympy import MatrixSymbol
>>> from .slips import Formula
>>> A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
>>> list(product_reordered(A * B, Formula(A * B)))
[B*A]
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from .slips import Changes, Formula, rebuilt, slip


@slip(sp.Transpose, "transpose")
def transpose_dropped(e: Any, formula: Formula) -> Changes:
    """A B for Aᵀ B."""
    yield e.arg


@slip(sp.MatrixSymbol, "transpose")
def transpose_added(e: Any, formula: Formula) -> Changes:
    """Aᵀ B for A B."""
    if e.shape[0] == e.shape[1] and e.shape[0] != 1:
        yield e.T


@slip(sp.MatrixBase, "transpose")
def matrix_transposed(e: Any, formula: Formula) -> Changes:
    """Rows for columns."""
    if e.shape[0] == e.shape[1] and e != e.T:
        yield e.T


@slip(sp.Inverse, "reciprocal")
def inverse_dropped(e: Any, formula: Formula) -> Changes:
    """A for A⁻¹."""
    yield e.arg


@slip(sp.MatPow, "exponent")
def power_of_a_matrix(e: Any, formula: Formula) -> Changes:
    """A for A²."""
    if not isinstance(e, sp.Inverse):
        yield e.base
        yield e.base ** (e.exp + 1)


@slip(sp.MatrixSymbol, "reciprocal", tier=1)
def inverse_added(e: Any, formula: Formula) -> Changes:
    """A⁻¹ for A."""
    if e.shape[0] == e.shape[1] and e.shape[0] != 1:
        yield e.I


@slip(sp.MatMul, "reorder a product")
def product_reordered(e: Any, formula: Formula) -> Changes:
    """B A for A B."""
    for i in range(len(e.args) - 1):
        a, b = e.args[i:i + 2]
        if a.is_Matrix and b.is_Matrix and a.shape == b.shape == a.shape[::-1]:
            yield rebuilt(e, *e.args[:i], b, a, *e.args[i + 2:])


@slip(sp.MatrixBase, "swap roles")
def rows_exchanged(e: Any, formula: Formula) -> Changes:
    """First and last row exchanged."""
    if e.shape[0] > 1:
        yield e.permute_rows([[0, e.shape[0] - 1]])


@slip(sp.MatrixBase, "off-diagonal dropped")
def off_diagonal_dropped(e: Any, formula: Formula) -> Changes:
    """diag(p) − diag(p)² for diag(p) − ppᵀ: what links the components lost."""
    if e.shape[0] == e.shape[1] > 1 and not e.is_diagonal():
        yield type(e)(*e.shape, lambda i, j: e[i, j] if i == j else 0)
