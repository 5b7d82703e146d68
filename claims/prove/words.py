"""Matrix expressions of any size as polynomials in words: the normal form that decides their equality.

A letter is a matrix, transposed or not, inverted or not; a word is a product of letters; a polynomial maps words to
scalar coefficients. Laws used: (AB)ᵀ = BᵀAᵀ, (AB)⁻¹ = B⁻¹A⁻¹, A A⁻¹ = I, (S + …)⁻¹(S + …) = I, √A √A = A, Aᵀ = A for
symmetric, Aᵀ = A⁻¹ for orthogonal matrices, and that a 1×1 product is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import sympy as sp

from ..say.operators import sqrtm

SYMMETRIC = ("symmetric", "positive definite")


class Letter(NamedTuple):
    """A matrix that no rule takes apart, transposed or inverted."""

    atom: Any
    transposed: bool = False
    inverted: bool = False

    @property
    def shape(self) -> tuple[Any, Any]:
        rows, columns = self.atom.shape
        return (columns, rows) if self.transposed != self.inverted else (rows, columns)

    def __str__(self) -> str:
        return f"{self.atom}" + "ᵀ" * self.transposed + "⁻¹" * self.inverted


Word = tuple[Letter, ...]
Polynomial = dict[Word, Any]


class Words:
    """Rewrites matrix expressions to polynomials under declared constraints (matrix → name of a constraint)."""

    def __init__(self, where: Mapping[Any, str], number: Callable[[Word], Any]) -> None:
        self.where, self.number = where, number
        self.sums: dict[Any, Polynomial] = {}

    # ------------------------------------------------------------ letters

    def symmetric(self, atom: Any) -> bool:
        return self.where.get(atom) in SYMMETRIC or isinstance(atom, sqrtm)

    def transpose(self, letter: Letter) -> Letter:
        return letter if self.symmetric(letter.atom) else letter._replace(transposed=not letter.transposed)

    def inverse(self, letter: Letter) -> Letter:
        if self.where.get(letter.atom) == "orthogonal":
            return letter._replace(transposed=not letter.transposed)
        return letter._replace(inverted=not letter.inverted)

    def turned(self, word: Word) -> Word:
        """The transpose of a word."""
        return tuple(self.transpose(x) for x in reversed(word))

    # ------------------------------------------------------------ polynomials

    def __call__(self, m: Any) -> Polynomial:
        """The polynomial of a matrix expression."""
        if isinstance(m, sp.MatAdd):
            return self.add(*(self(a) for a in m.args))
        if isinstance(m, sp.MatMul):
            out: Polynomial = {(): sp.S.One}
            for a in m.args:
                out = self.multiply(out, self(a)) if a.is_Matrix else {w: c * a for w, c in out.items()}
            return out
        if isinstance(m, sp.Inverse):
            return self.inverted(self(m.arg), m.arg)
        if isinstance(m, sp.MatPow) and m.exp.is_Integer:
            base = self(m.base) if m.exp > 0 else self.inverted(self(m.base), m.base)
            out = {(): sp.S.One}
            for _ in range(abs(int(m.exp))):
                out = self.multiply(out, base)
            return out
        if isinstance(m, sp.Transpose):
            return self.add(*(self.times(c, self.reduce(self.turned(w))) for w, c in self(m.arg).items()))
        if m.is_ZeroMatrix:
            return {}
        if m.is_Identity:
            return {(): sp.S.One}
        return {(Letter(m),): sp.S.One}

    def add(self, *parts: Polynomial) -> Polynomial:
        out: Polynomial = {}
        for p in parts:
            for w, c in p.items():
                out[w] = out.get(w, sp.S.Zero) + c
        out = {w: sp.expand(c) for w, c in out.items()}
        return {w: c for w, c in out.items() if c != 0}

    def multiply(self, a: Polynomial, b: Polynomial) -> Polynomial:
        products = ((c * d, self.reduce(u + v)) for u, c in a.items() for v, d in b.items())
        return self.add(*(self.times(c, p) for c, p in products))

    def times(self, c: Any, p: Polynomial) -> Polynomial:
        return {w: c * k for w, k in p.items()}

    def inverted(self, p: Polynomial, m: Any) -> Polynomial:
        """The inverse of a polynomial: of each letter if it is one word of square letters, else a letter of its own.
        """
        if len(p) == 1:
            (word, c), = p.items()
            if all(x.shape[0] == x.shape[1] for x in word):
                return {tuple(self.inverse(x) for x in reversed(word)): 1 / c}
        atom = sp.ImmutableMatrix(m) if isinstance(m, sp.MatrixBase) else self.rebuilt(p, m.shape[0])
        self.sums[atom] = p
        return {(Letter(atom, inverted=True),): sp.S.One}

    def rebuilt(self, p: Polynomial, size: Any) -> Any:
        """The matrix expression of a polynomial, in one order of its terms."""
        def one(x: Letter) -> Any:
            m = sp.Transpose(x.atom) if x.transposed else x.atom
            return sp.Inverse(m) if x.inverted else m

        words = sorted(p, key=order)
        terms = [sp.MatMul(p[w], *map(one, w)) if w else sp.MatMul(p[w], sp.Identity(size)) for w in words]
        return sp.MatAdd(*terms) if len(terms) > 1 else terms[0]

    # ------------------------------------------------------------ rules

    def reduce(self, word: Word) -> Polynomial:
        """A word in normal form: the first rule that fits is applied, and so on."""
        for i in range(len(word)):
            for length, put in self.rules(word, i):
                out = {word[:i] + w + word[i + length:]: c for w, c in put.items()}
                return self.add(*(self.times(c, self.reduce(w)) for w, c in out.items()))
        return {word: sp.S.One}

    def rules(self, word: Word, i: int) -> Iterator[tuple[int, Polynomial]]:
        """(length of the part from letter i on, polynomial that replaces it)."""
        x, after = word[i], word[i + 1] if i + 1 < len(word) else None
        if after is not None and self.inverse(x) == after:
            yield 2, {(): sp.S.One}
        if after == x and isinstance(x.atom, sqrtm):
            yield 2, self(sp.Inverse(x.atom.args[0]) if x.inverted else x.atom.args[0])
        if x.shape[0] == 1:
            end = next((j for j in range(i, len(word)) if word[j].shape[1] == 1), None)
            if end is not None:
                yield end + 1 - i, {(): self.number(word[i:end + 1])}
        for atom, p in self.sums.items():
            inverse = Letter(atom, inverted=True)
            lead = max(p, key=order)
            n = len(lead)
            others = [(w, c) for w, c in p.items() if w != lead]
            if n and word[i:i + n + 1] == (*lead, inverse):
                yield n + 1, self.add({(): 1 / p[lead]}, *({(*w, inverse): -c / p[lead]} for w, c in others))
            if n and word[i:i + n + 1] == (inverse, *lead):
                yield n + 1, self.add({(): 1 / p[lead]}, *({(inverse, *w): -c / p[lead]} for w, c in others))


def order(word: Word) -> tuple[int, str]:
    """Longer words first in rewriting, then by name."""
    return len(word), " ".join(map(str, word))
