"""Equality of matrix expressions of symbolic size, with traces, determinants, inverses, norms and inner products.

Everything becomes numbers: the coefficient of each word of a matrix expression, and for each trace tr(A₁…Aₖ) one
symbol that is the same for all rotations of the word and of its transpose. det(AB) = det A det B, det Aᵀ = det A, det
A⁻¹ = 1/det A, det(cA) = cⁿ det A, det(I + AB) = det(I + BA). What is equal by these laws has normal form 0; what is
not is refuted by random matrices of sizes 2 and 3, or stays undecided.

>>> d = sp.Symbol("d", integer=True, positive=True)
>>> A, B = sp.MatrixSymbol("A", d, d), sp.MatrixSymbol("B", d, d)
>>> normal_form(sp.Trace(A * B.T) - sp.Trace(A.T * B), {})
[0]
>>> normal_form(sp.Trace(A * B) - sp.Trace(A * B.T), {B: "symmetric"})
[0]
>>> normal_form(A * (B * A).I * B - sp.Identity(d), {})
[0]
>>> a = sp.MatrixSymbol("a", 2, 2)
>>> explicit(sp.Trace(a * a) - sp.Trace(a)**2, {a: sp.Matrix([[1, 2], [3, 4]])}, {})
4
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from ..say.operators import inner, norm
from ..say.symbols import AppliedVector
from .constraints import constrained
from .findings import attempt
from .letters import Word, constraint, reversed_word, shorter, turns, under
from .sampler import Sampler
from .vectors import collected, linear, parsed, plain, reduced

MATRIX = (sp.MatrixSymbol, AppliedVector)
SIZES = (2, 3)
"""Of the random matrices that refute."""
MAX_CLEARED = 6
"""So many inverses of sums are multiplied away on either side."""


def concerns(e: Any) -> bool:
    """Whether ``e`` holds matrices that have not been written out.

    >>> concerns(sp.Trace(sp.MatrixSymbol("A", 2, 2))), concerns(sp.Symbol("x"))
    (True, False)
    """
    return any(isinstance(a, sp.MatrixExpr) for a in sp.preorder_traversal(e))


def _named(e: Any) -> Any:
    """A canonical number with every trace, determinant and inner product as a symbol that has its sign."""
    names: dict[Any, sp.Dummy] = {}
    for node in sorted(e.atoms(sp.Trace, sp.Determinant, inner), key=str):
        sign = ({"positive": True}
                if isinstance(node, sp.Determinant) and constraint(node.arg) == "positive definite" else {"real": True})
        if not isinstance(node, sp.Determinant) and _is_square(parsed(node) or ()):
            sign = {"nonnegative": True}
        names[node] = sp.Dummy(type(node).__name__, **sign)
    return e.xreplace(names)


def _is_square(word: Word) -> bool:
    """Whether the cycle is that of WᵀW."""
    half = len(word) // 2
    return bool(word) and len(word) % 2 == 0 and any(w[:half] == reversed_word(w[half:]) for w in turns(word))


def _number(e: Any) -> Any:
    small = lambda a: isinstance(a, MatrixElement) and a.parent.shape == (1, 1)  # noqa: E731
    e = e.replace(small, lambda a: sp.Trace(a.parent)) if e.has(MatrixElement) else e
    return _named(sp.expand(plain(e)))


def _cleared(pairs: list[tuple[Any, Word]]) -> list[tuple[Any, Word]]:
    """Multiplied from both sides by invertible sums until none of their inverses stands at an end of a word."""
    of_sum = lambda a: isinstance(a, sp.Inverse) and isinstance(a.arg, sp.MatAdd)  # noqa: E731
    for _ in range(MAX_CLEARED):
        left = next((w[0].arg for _, w in pairs if w and of_sum(w[0])), None)
        right = next((w[-1].arg for _, w in pairs if w and of_sum(w[-1])), None)
        if left is not None:
            products = [(c * k, shorter(u + w)) for k, u in linear(left) for c, w in pairs]
        elif right is not None:
            products = [(c * k, shorter(w + u)) for k, u in linear(right) for c, w in pairs]
        else:
            break
        pairs = collected(reduced(products))
    return pairs


def normal_form(e: Any, where: Mapping[Any, str]) -> list[Any]:
    """Numbers that all vanish only if ``e`` does: one for a scalar, one for each word of a matrix.

    Args:
        e: a scalar with traces and the like, or a matrix expression.
        where: matrix → name of its constraint.
    """
    with under(where):
        if not isinstance(e, sp.MatrixExpr):
            return [_number(e)]
        return [_number(c) for c, _ in _cleared(collected(linear(e)))] or [sp.S.Zero]


def explicit(e: Any, values: Mapping[Any, Any], sizes: Mapping[Any, Any]) -> Any:
    """``e`` with its sizes and matrices put in, computed."""
    e = e.replace(norm, lambda x: sp.sqrt(sp.Trace(sp.Transpose(x) * x)) if x.is_Matrix else norm(x))
    e = e.replace(inner, lambda x, y: sp.Trace(sp.Transpose(x) * y) if x.is_Matrix else inner(x, y))
    e = e.subs(dict(sizes)) if sizes else e
    ones = {one: sp.ImmutableMatrix.eye(int(one.shape[0])) for one in e.atoms(sp.Identity) if one.shape[0].is_Integer}
    out = e.xreplace({**values, **ones}).doit()
    return out.as_explicit() if isinstance(out, sp.MatrixExpr) else out


def symbolic(e: Any) -> bool:
    """Whether some matrix in ``e`` has a symbolic shape."""
    return any(isinstance(a, sp.MatrixExpr) and not all(n.is_Integer for n in a.shape)
               for a in sp.preorder_traversal(e))


def instances_of_size(e: Any, sampler: Sampler, where: Mapping[Any, str]) -> Iterator[tuple[Any, dict[Any, Any]]]:
    """Explicit instances of ``e`` and the point of each: symbolic sizes 2 and 3 (or those of the domain), random
    matrices.
    """
    shapes = {n for a in sp.preorder_traversal(e) if isinstance(a, MATRIX) for n in a.shape}
    draw, choose = sampler.random.randint, sampler.random.choice
    dimensions = sorted({s for n in shapes for s in n.free_symbols}, key=str)
    for turn in range(2 * len(SIZES)):
        sizes = {}
        for i, s in enumerate(dimensions):
            listed = [n for n in (p[s] for p in sampler.domain if s in p) if n <= max(SIZES)]
            allowed = [n for n in listed or SIZES if not (s.is_even and n % 2) and not (s.is_odd and n % 2 == 0)]
            turned = turn + i * (turn // len(SIZES))  # first all sizes alike, then different ones
            sizes[s] = sp.Integer(allowed[turned % len(allowed)]) if allowed else sampler.draw(s)
        small = e.subs(sizes) if sizes else e
        values: dict[Any, Any] = {}
        atoms = {a for a in sp.preorder_traversal(small) if isinstance(a, MATRIX)}
        for a in sorted(atoms, key=str):
            rows, columns = (int(n) for n in a.shape)
            free = sp.ImmutableMatrix(rows, columns, lambda i, j: sp.Rational(draw(-9, 9) or 1, choose((2, 3, 5))))
            constraint = next((c for s, c in where.items() if isinstance(s, MATRIX) and s.subs(sizes) == a), "")
            values[a], problem = attempt(constrained, constraint, free)
        if any(v is None for v in values.values()):  # there is no such matrix of this shape
            continue
        value, problem = attempt(explicit, small, values, {})
        if not problem:
            yield value, sizes | values
