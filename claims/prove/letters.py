"""Letters and words of matrices: transposes, inverses, what cancels and what joins.

A letter is a matrix that no rule takes apart, its transpose or its inverse; a word is a product of letters.

>>> A, O = sp.MatrixSymbol("A", 3, 3), sp.MatrixSymbol("O", 3, 3)
>>> shorter((A, sp.Inverse(A), O)), reversed_word((A, O))
((O,), (O.T, A.T))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sympy as sp

from ..say.operators import sqrtm
from ..say.symbols import constraints

Word = tuple[Any, ...]
SYMMETRIC = ("symmetric", "positive definite")


@contextmanager
def under(where: Mapping[Any, str]) -> Iterator[None]:
    """Within, matrices also obey these constraints (matrix → name)."""
    before = {a: constraints[a] for a in where if a in constraints}
    constraints.update(where)
    try:
        yield
    finally:
        for a in where:
            constraints.pop(a, None)
        constraints.update(before)


def constraint(a: Any) -> str:
    """The constraint of a letter, or ''."""
    return constraints.get(a.arg if isinstance(a, sp.Transpose) else a, "")


def transposed(a: Any) -> Any:
    """The transpose of a letter."""
    if isinstance(a, sp.Transpose):
        return a.arg
    if isinstance(a, (sqrtm, sp.Identity)) or constraint(a) in SYMMETRIC:
        return a
    if isinstance(a, sp.Inverse):
        return sp.Inverse(transposed(a.arg))
    if isinstance(a, sp.MatAdd):
        from .vectors import plain

        return plain(sp.Transpose(a))
    return sp.OneMatrix(*reversed(a.shape)) if isinstance(a, sp.OneMatrix) else sp.Transpose(a)


def own(a: Any) -> Any:
    """The squared length of a column, where it is known.

    >>> own(sp.OneMatrix(3, 1)), own(sp.MatrixSymbol("x", 3, 1))
    (3, None)
    """
    return a.shape[0] if isinstance(a, sp.OneMatrix) else sp.S.One if constraint(a) == "unit length" else None


def inverted(a: Any) -> Any:
    """The inverse of a letter."""
    if isinstance(a, sp.Inverse):
        return a.arg
    if constraint(a) == "orthogonal":
        return transposed(a)
    return a if isinstance(a, sp.Identity) else sp.Inverse(a)


def reversed_word(word: Word) -> Word:
    """The transpose of a word."""
    return tuple(transposed(a) for a in reversed(word))


def turns(word: Word) -> list[Word]:
    """All rotations of a word and of its transpose: they have one trace."""
    return [w[i:] + w[:i] for w in (word, reversed_word(word)) for i in range(len(word))]


def shorter(word: Word) -> Word:
    """A word without pairs that cancel (an inverse beside its matrix, an orthogonal matrix beside its transpose) or
    join (two roots)."""
    out: list[Any] = []
    for a in word:
        if out and cancels(out[-1], a):
            out.pop()
        elif out and isinstance(a, sqrtm) and out[-1] == a:
            out.pop()
            inside = a.args[0].args if isinstance(a.args[0], sp.MatMul) else a.args
            out = list(shorter((*out, *inside)))
        elif out and (joined := beside_its_root(out[-1], a)) is not None:
            out = list(shorter((*out[:-1], *joined)))
        else:
            out.append(a)
    return tuple(out)


def beside_its_root(a: Any, b: Any) -> Word | None:
    """What a matrix, its root, and their inverses make side by side (``None``: they are not of this kind, or in
    order). The root commutes with its matrix, and the matrix comes first.

    >>> A = sp.MatrixSymbol("A", 3, 3)
    >>> beside_its_root(A, sp.Inverse(sqrtm(A))), beside_its_root(sqrtm(A), sp.Inverse(A))
    ((sqrtm(A),), (sqrtm(A)**(-1),))
    >>> beside_its_root(sqrtm(A), A), beside_its_root(A, sqrtm(A))
    ((A, sqrtm(A)), None)
    """
    undone = isinstance(b, sp.Inverse)
    if isinstance(a, sp.Inverse) and undone and a == b and isinstance(a.arg, sqrtm):
        return (sp.Inverse(a.arg.args[0]),)
    for matrix, root in ((a, b), (b, a)):
        if isinstance(root, sp.Inverse) and root.arg == sqrtm(matrix):
            return (root.arg,)
        if isinstance(matrix, sp.Inverse) and root == sqrtm(matrix.arg):
            return (sp.Inverse(root),)
    return (b, a) if isinstance(a, sqrtm) and a.args[0] == b else None


def definite(m: Any) -> bool:
    """Whether a matrix is positive definite by declaration: a letter, an inverse, a sum with positive numbers.

    >>> from claims.say.symbols import matrix
    >>> S, Q = matrix("S_7", 3, constraint="positive definite"), matrix("Q_7", 3, constraint="positive definite")
    >>> definite(S.I + 2 * Q), definite(S - Q), definite(S * Q)
    (True, False, False)
    """
    if isinstance(m, sp.MatAdd):
        return all(map(definite, m.args))
    if isinstance(m, sp.MatMul):
        matrices = [a for a in m.args if getattr(a, "is_Matrix", False)]
        return len(matrices) == 1 and definite(matrices[0]) and all(a.is_positive for a in m.args if a not in matrices)
    return definite(m.arg) if isinstance(m, sp.Inverse) else constraint(m) == "positive definite"


def cancels(a: Any, b: Any) -> bool:
    """Whether two letters side by side are the identity.

    >>> from claims.say.symbols import matrix
    >>> R = matrix("R_7", 3, 2, constraint="orthonormal columns")
    >>> cancels(R.T, R), cancels(R, R.T)
    (True, False)
    """
    if (isinstance(a, sp.Inverse) and a.arg == b) or (isinstance(b, sp.Inverse) and b.arg == a):
        return True
    if a == transposed(b) and constraint(b) == "orthonormal columns":
        return isinstance(a, sp.Transpose)
    return a == transposed(b) and constraint(a) == "orthogonal"


def built(word: Word, size: Any = None) -> Any:
    """The matrix expression of a word (the identity of ``size`` for the empty one)."""
    return word[0] if len(word) == 1 else sp.MatMul(*word) if word else sp.Identity(size)


def order(word: Word) -> tuple[int, str]:
    """Longer words come later, then by name."""
    return len(word), str(word)
