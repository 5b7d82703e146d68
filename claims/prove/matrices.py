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

from ..say.operators import inner, norm
from ..say.symbols import AppliedVector
from .constraints import constrained
from .findings import attempt
from .sampler import Sampler
from .words import Letter, Polynomial, Word, Words, order

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


class Numbers:
    """Rewrites scalars: every trace, determinant, norm and inner product by symbols of its normal form."""

    def __init__(self, where: Mapping[Any, str]) -> None:
        self.where = where
        self.words = Words(where, self.trace_of)
        self.known: dict[Any, sp.Dummy] = {}

    def symbol(self, key: Any, name: str, **assumptions: bool) -> sp.Dummy:
        return self.known.setdefault(key, sp.Dummy(name, **(assumptions or {"real": True})))

    def turns(self, word: Word) -> Iterator[Word]:
        """All rotations of a word and of its transpose: they have one trace."""
        for w in (word, self.words.turned(word)):
            yield from (w[i:] + w[:i] for i in range(len(w)))

    def trace_of(self, word: Word) -> Any:
        """The number that stands for the trace of a word."""
        if len(word) == 2 and self.where.get(word[0].atom) == "unit length" and self.words.turned(word) == word:
            return sp.S.One
        half = len(word) // 2
        square = len(word) % 2 == 0 and any(w[:half] == self.words.turned(w[half:]) for w in self.turns(word))
        return self.symbol(("trace", min(self.turns(word), key=order)), "tr",
                           **({"nonnegative": True} if square else {}))

    def trace(self, p: Polynomial, size: Any) -> Any:
        total = sp.S.Zero
        for word, c in p.items():
            # a word may shrink further once its ends meet
            for turned in self.turns(word):
                shorter = self.words.reduce(turned)
                if shorter != {turned: sp.S.One}:
                    total += c * self.trace(shorter, turned[0].shape[0])
                    break
            else:
                total += c * (self.trace_of(word) if word else size)
        return total

    def determinant(self, p: Polynomial, size: Any) -> Any:
        if len(p) == 1:
            (word, c), = p.items()
            if all(x.shape[0] == x.shape[1] for x in word):
                return c**size * sp.Mul(*(self.determinant_of(x) for x in word))
        if not p:
            return sp.S.Zero
        if len(p) == 2 and p.get((), 0) == 1:
            (word, c), = ((w, c) for w, c in p.items() if w)
            number = next((self.words.reduce(w) for w in self.turns(word) if w[0].shape[0] == 1), None)
            if number is not None:
                return 1 + c * number.get((), 0)
            return self.symbol(("det I +", c, min(self.turns(word), key=order)), "det")
        # a matrix and its transpose have one determinant
        turned = {self.words.turned(w): c for w, c in p.items()}
        both = (tuple(sorted(q.items(), key=lambda t: order(t[0]))) for q in (p, turned))
        return self.symbol(("det", min(both, key=lambda terms: [order(w) for w, _ in terms])), "det")

    def determinant_of(self, letter: Letter) -> Any:
        known = self.words.sums.get(letter.atom)
        if known is not None:
            d = self.determinant(known, letter.shape[0])
        else:
            sign = {"positive": True} if self.where.get(letter.atom) == "positive definite" else {"real": True}
            d = self.symbol(("det", letter.atom), "det", **sign)
        return 1 / d if letter.inverted else d

    def __call__(self, e: Any) -> Any:
        if isinstance(e, sp.Trace):
            return self.trace(self.words(e.arg), e.arg.shape[0])
        if isinstance(e, sp.Determinant):
            return self.determinant(self.words(e.arg), e.arg.shape[0])
        if isinstance(e, (norm, inner)) and all(getattr(a, "is_Matrix", False) for a in e.args):
            u, v = e.args[0], e.args[-1]
            squared = self.trace(self.words(sp.Transpose(u) * v), u.shape[1])
            return sp.sqrt(squared) if isinstance(e, norm) else squared
        if isinstance(e, sp.matrices.expressions.matexpr.MatrixElement) and e.parent.shape == (1, 1):
            return self.trace(self.words(e.parent), sp.S.One)
        if not e.args or isinstance(e, sp.MatrixExpr):
            return e
        return e.func(*map(self, e.args))


def _cleared(words: Words, p: Polynomial) -> Polynomial:
    """Multiplied from both sides by invertible sums until none of their inverses stands at an end of a word."""
    for _ in range(MAX_CLEARED):
        left = next((w[0] for w in p if w and w[0].inverted and w[0].atom in words.sums), None)
        right = next((w[-1] for w in p if w and w[-1].inverted and w[-1].atom in words.sums), None)
        if left is not None:
            p = words.multiply(words.sums[left.atom], p)
        elif right is not None:
            p = words.multiply(p, words.sums[right.atom])
        else:
            break
    return p


def normal_form(e: Any, where: Mapping[Any, str]) -> list[Any]:
    """Numbers that all vanish only if ``e`` does: one for a scalar, one for each word of a matrix.

    Args:
        e: a scalar with traces and the like, or a matrix expression.
        where: matrix → name of its constraint.
    """
    numbers = Numbers(where)
    if not isinstance(e, sp.MatrixExpr):
        return [numbers(e)]
    p = _cleared(numbers.words, numbers.words(e))
    return [numbers(c) for c in p.values()] or [sp.S.Zero]


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
    shapes = {n for a in sp.preorder_traversal(e) if isinstance(a, (sp.MatrixSymbol, AppliedVector)) for n in a.shape}
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
        values = {}
        atoms = {a for a in sp.preorder_traversal(small) if isinstance(a, (sp.MatrixSymbol, AppliedVector))}
        for a in sorted(atoms, key=str):
            rows, columns = (int(n) for n in a.shape)
            free = sp.ImmutableMatrix(rows, columns, lambda i, j: sp.Rational(draw(-9, 9) or 1, choose((2, 3, 5))))
            constraint = next((c for s, c in where.items() if str(s) == str(a)), "")
            values[a] = constrained(constraint, free)
        value, problem = attempt(explicit, small, values, {})
        if not problem:
            yield value, sizes | values
