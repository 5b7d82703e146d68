"""Constraints that SymPy's assumptions cannot say, for proofs: a substitution by free symbols makes them hold by
construction.

``q`` in (0, 1) is u/(1 + u) with positive u, a positive definite matrix is L Lᵀ; a sign or a zero that holds after
the substitution holds under the constraint. Names are those of :data:`claims.say.symbols.CONSTRAINTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from ..errors import ClaimError
from ..say import symbols

ABOVE: dict[str, Callable[[Any], Any]] = {
    "above one": sp.exp,
    "above one turn": lambda u: 2 * sp.pi * sp.exp(u),
    "even above two": lambda u: 4 + 2 * u,
}
"""Numbers above a bound, by one that is positive (a whole one, not negative, for whole numbers)."""
INTERVALS: dict[str, tuple[int, int]] = {"unit interval": (0, 1), "signed unit interval": (-1, 1)}


def declared(where: Mapping[Any, str] | None = None) -> dict[Any, str]:
    """Constraints of symbols: those declared with the symbol, and those of one residual."""
    return {**symbols.constraints, **(where or {})}


def _lower(n: int, name: str) -> sp.Matrix:
    """Lower triangular with a positive diagonal."""
    def entry(i: int, j: int) -> Any:
        return sp.Dummy(f"{name}{i + 1}{j + 1}", **{"positive" if i == j else "real": True}) if i >= j else 0

    return sp.Matrix(n, n, entry)


def _entries(rows: int, columns: int, name: str) -> sp.Matrix:
    return sp.Matrix(rows, columns, lambda i, j: sp.Dummy(f"{name}{i + 1}{j + 1}", real=True))


def _cayley(free: sp.Matrix) -> sp.Matrix:
    """(I − A)(I + A)⁻¹ with A the skew part: orthogonal, and every rotation without eigenvalue −1 is of this form."""
    skew, one = (free - free.T) / 2, sp.eye(free.rows)
    return ((one - skew) * (one + skew).inv()).applyfunc(sp.cancel)


def _columns(free: sp.Matrix) -> sp.Matrix:
    """The first columns of an orthogonal matrix; there are none with more columns than rows."""
    if free.rows < free.cols:
        raise ValueError(f"no matrix with {free.rows} rows has {free.cols} orthonormal columns")
    return _cayley(sp.Matrix(free.rows, free.rows, lambda i, j: free[i, j] if j < free.cols else 0))[:, : free.cols]


MATRICES: dict[str, Callable[[sp.Matrix], sp.Matrix]] = {
    "symmetric": lambda a: (a + a.T) / 2,
    "positive definite": lambda a: a * a.T,
    "orthogonal": _cayley,
    "orthonormal columns": _columns,
    "invertible": lambda a: a,
    "simplex": lambda a: a.applyfunc(lambda x: x**2) / sum(x**2 for x in a),
    "unit length": lambda a: a / sp.sqrt(sum(x**2 for x in a)),
}


def constrained(constraint: str, free: sp.Matrix) -> sp.ImmutableMatrix:
    """A matrix or vector that obeys the constraint, made of one with free entries.

    >>> constrained("positive definite", sp.Matrix([[1, 2], [0, 3]]))
    Matrix([
    [5, 6],
    [6, 9]])
    """
    if constraint and constraint not in MATRICES:
        raise ClaimError(f"expected one of the constraints {', '.join(MATRICES)} for a matrix, found {constraint!r}")
    return sp.ImmutableMatrix(MATRICES[constraint](free) if constraint else free)


def substitutions(constraint: str, symbol: Any) -> dict[Any, Any]:
    """What stands for ``symbol`` so that the constraint holds by construction: new symbols, free but for their sign.

    Args:
        constraint: a name of :data:`claims.say.symbols.CONSTRAINTS`.
        symbol: a scalar, a matrix or vector of explicit shape, or for ``"simplex"`` a sequence of scalars.

    Orthogonal matrices are those with determinant 1 and without eigenvalue −1 (Cayley); a limit in their entries
    reaches the other rotations. Raises ``ClaimError`` for a constraint that it does not know or that does not fit.

    >>> q, p1, p2 = sp.symbols("q p_1 p_2", positive=True)
    >>> substitutions("unit interval", q)
    {q: _u/(_u + 1)}
    >>> simplex = substitutions("simplex", (p1, p2))
    >>> sp.cancel(simplex[p1] + simplex[p2])
    1
    >>> S = sp.MatrixSymbol("S", 2, 2)
    >>> substitutions("positive definite", S)[S].det().is_positive
    True
    """
    if constraint == "simplex" and isinstance(symbol, (tuple, list, sp.Tuple)):
        free = [sp.Dummy(f"u{i + 1}", positive=True) for i in range(len(symbol))]
        return {s: u / sum(free) for s, u in zip(symbol, free, strict=True)}
    if isinstance(symbol, sp.MatrixSymbol):
        if not all(n.is_Integer for n in symbol.shape):
            raise ClaimError(f"{symbol} has no explicit shape; claims.prove.matrices decides those")
        rows, columns = map(int, symbol.shape)
        if constraint == "simplex":
            parts = [sp.Dummy(f"u{i + 1}", positive=True) for i in range(rows * columns)]
            return {symbol: sp.ImmutableMatrix(rows, columns, parts) / sum(parts)}
        if constraint != "positive definite":
            return {symbol: constrained(constraint, _entries(rows, columns, "u"))}
        return {symbol: constrained(constraint, _lower(rows, "u"))}
    if constraint in ABOVE:
        whole = {"integer": True, "nonnegative": True} if symbol.is_integer else {"positive": True}
        return {symbol: ABOVE[constraint](sp.Dummy("u", **whole))}
    if constraint not in INTERVALS:
        raise ClaimError(f"{symbol}: expected {', '.join([*INTERVALS, *ABOVE])} for a number, found {constraint!r}")
    u = sp.Dummy("u", positive=True)
    low, high = INTERVALS[constraint]
    return {symbol: sp.together(low + (high - low) * u / (1 + u))}


def put(e: Any, where: Mapping[Any, str]) -> Any:
    """``e`` with every constrained symbol that it holds replaced, and every other matrix by real entries; ``e``
    itself if it holds none.

    Matrices of symbolic shape stay.

    >>> q = sp.Symbol("q", positive=True)
    >>> sp.factor(put(q - q**2, {q: "unit interval"}))
    _u/(_u + 1)**2
    """
    mapping: dict[Any, Any] = {}
    matrices = (s for s in e.free_symbols if isinstance(s, sp.MatrixSymbol))
    for s, constraint in {**dict.fromkeys(matrices, ""), **where}.items():
        explicit = not isinstance(s, sp.MatrixSymbol) or all(n.is_Integer for n in s.shape)
        parts = set(s) if isinstance(s, (tuple, sp.Tuple)) else {s}
        if explicit and parts & e.free_symbols:
            mapping |= substitutions(constraint, s)
    if not mapping:
        return e
    matrix = any(isinstance(s, sp.MatrixSymbol) for s in mapping)
    out = e.xreplace(mapping).doit() if matrix else e.subs(mapping, simultaneous=True)
    return sp.together(out, deep=True) if isinstance(out, sp.Expr) else out
