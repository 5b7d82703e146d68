r"""Jacobians and gradients of vectors and numbers that are built from a vector: product rule and chain rule, word by
word.

>>> d = sp.Symbol("d", integer=True, positive=True)
>>> x, A = sp.MatrixSymbol("x", d, 1), sp.MatrixSymbol("A", d, d)
>>> jacobian(A * x, x), gradient(inner(x, x), x)
(A, 2*x)
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..say.operators import Jacobian, Operator, inner
from .vectors import Word, built, closed, linear, plain


def jacobian(of: Any, by: Any) -> Any:
    """Derivatives of a vector (rows) by the entries of a vector (columns), as a matrix expression; what is unknown
    stays a :class:`Jacobian`."""
    total: Any = sp.ZeroMatrix(of.shape[0], by.shape[0])
    for c, word in linear(of):
        c, word = _scalars_out(c, word)
        if not word:
            return Jacobian(of, by)
        vector = built(word)
        slope = gradient(c, by)
        if not getattr(slope, "is_ZeroMatrix", False):
            total += vector * slope.T
        if any(a.has(by) for a in word[:-1]):
            return Jacobian(of, by)
        last = _of_atom(word[-1], by)
        if not getattr(last, "is_ZeroMatrix", False):
            total += c * (built(word[:-1]) * last if len(word) > 1 else last)
    return total


def _scalars_out(c: Any, word: Word) -> tuple[Any, Word]:
    """A word with its inner products taken out as numbers: ``x xᵀ y`` is ⟨x, y⟩ x."""
    for i in range(len(word) - 1, 0, -1):
        if word[i].shape[0] == 1 and word[i - 1].shape[1] == 1 and word[-1].shape[1] == 1:
            return _scalars_out(c * closed(word[i:], 1), word[:i])
    return c, word


def _of_atom(a: Any, by: Any) -> Any:
    if a == by:
        return sp.Identity(by.shape[0])
    return Jacobian(a, by) if a.has(by) else sp.ZeroMatrix(a.shape[0], by.shape[0])


def gradient(of: Any, by: Any) -> Any:
    """Gradient of a number by a vector, as a column."""
    zero = sp.ZeroMatrix(*by.shape)
    of = plain(of)
    if not of.has(by):
        return zero
    nodes = [n for n in of.atoms(Operator) if n.has(by)]
    if any(not isinstance(n, inner) for n in nodes):
        return Jacobian(of, by)
    names = {n: sp.Dummy(real=True, positive=n.is_nonnegative or None) for n in nodes}
    back, flat, total = {v: k for k, v in names.items()}, of.xreplace(names), zero
    if flat.has(by):
        return Jacobian(of, by)
    for n, name in names.items():
        u, v = n.args
        slope = sp.diff(flat, name).xreplace(back)
        for one, other in ((u, v), (v, u)):
            total += slope * (jacobian(one, by).T * other)
    (total,) = [sp.MatAdd(*[c * built(w) for c, w in linear(total)])] if total != zero else [zero]
    return total
