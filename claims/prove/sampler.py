"""Exact random points at which residuals are put to the test."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sympy as sp

from .constraints import ABOVE, INTERVALS, constrained, declared


class Sampler:
    """Exact random points: respects the assumptions of symbols and, where given, the domain of the claim.

    ``domain`` is a list of dictionaries symbol → value (grid points of a claim). Symbols that it names take values of
    one of these points, or, for real symbols, rationals between its smallest and largest value.
    """

    def __init__(self, domain: Sequence[Mapping[Any, Any]] = (), free: bool = True, seed: int = 0) -> None:
        self.domain, self.free, self.random = list(domain), free, random.Random(seed)
        self.where: Mapping[Any, str] = {}
        self._signs: dict[Any, list[int]] = {}
        self._ranges: dict[Any, tuple[Any, Any] | None] = {}
        # visit the grid in strides, so that a few points differ in every coordinate
        n, self._turn = len(self.domain), 0
        self._stride = next((k for k in range(max(n * 2 // 3, 1), n + 2) if math.gcd(k, max(n, 1)) == 1), 1)

    @contextmanager
    def under(self, where: Mapping[Any, str]) -> Iterator[None]:
        """Within, symbols also obey these constraints (symbol → name)."""
        before, self.where = self.where, where
        try:
            yield
        finally:
            self.where = before

    def _rational(self, low: Any, high: Any) -> sp.Rational:
        # Small denominators: SymPy factors the bases and exponents of exact powers.
        low, high = (x if isinstance(x, sp.Rational) else sp.Rational(f"{float(x):.2g}") for x in (low, high))
        q = self.random.choice((5, 7, 11, 13))
        return low + (high - low) * sp.Rational(self.random.randint(1, q - 1), q)

    def _sign(self, s: Any) -> int:
        """+1 or −1; two draws for one symbol in a row have both signs."""
        left = self._signs.setdefault(s, [])
        if not left:
            left += self.random.sample((1, -1), 2)
        return left.pop()

    def draw(self, s: Any) -> Any:
        """An exact value that the assumptions and the constraint of ``s`` allow; ``ValueError`` for a matrix of
        symbolic shape.
        """
        r, constraint = self.random, declared(self.where).get(s, "")
        if isinstance(s, sp.MatrixSymbol):
            rows, columns = s.shape
            if not (rows.is_Integer and columns.is_Integer):
                raise ValueError(f"{s} has no explicit shape")
            return constrained(constraint, sp.ImmutableMatrix(int(rows), int(columns), lambda i,
                                                              j: self._rational(-2, 2)))
        if constraint in INTERVALS:
            low, high = INTERVALS[constraint]
            return self._rational(low, high) if low >= 0 else self._sign(s) * self._rational(0, high)
        if constraint in ABOVE and not s.is_integer:
            return sp.nsimplify(round(float(ABOVE[constraint](self._rational(0.1, 2))), 2), rational=True)
        if s.is_zero:
            return sp.Integer(0)
        if s.is_integer:
            n = r.randint(2, 7)
            n = 2 * n if s.is_even else 2 * n + 1 if s.is_odd else n
            unknown = s.is_nonnegative is None and s.is_positive is None
            return sp.Integer(-n if s.is_negative or (unknown and r.random() < 0.4) else n)
        if s.is_negative or s.is_nonpositive:
            return -self._rational(0.1, 3)
        if s.is_positive or s.is_nonnegative:
            return self._rational(0.1, 3)
        if s.is_imaginary:
            return sp.I * self._rational(-2, 2)
        if s.is_real or s.is_extended_real:
            return self._sign(s) * self._rational(0, 2)
        return self._rational(-3, 3) + sp.I * self._rational(-4, 4)

    def _range(self, s: Any) -> tuple[Any, Any] | None:
        """Smallest and largest value of a symbol that may lie between the points of the domain."""
        if s not in self._ranges:
            values = [p[s] for p in self.domain if s in p]
            numeric = all(getattr(sp.sympify(w), "is_real", False) for w in values)
            between = self.free and numeric and not s.is_integer and any(not sp.sympify(w).is_integer for w in values)
            self._ranges[s] = (min(values), max(values)) if between else None
        return self._ranges[s]

    def point(self, symbols: set[sp.Symbol]) -> dict[sp.Symbol, sp.Expr]:
        """A value for each of these symbols; the points of the domain come in turn."""
        fixed: dict[Any, Any] = {}
        if self.domain:
            chosen = self.domain[(self._turn * self._stride) % len(self.domain)]
            self._turn += 1
            for s, v in chosen.items():
                limits = self._range(s)
                if limits is not None:
                    low, high = limits
                    fixed[s] = self._rational(low, high) if low != high else sp.nsimplify(low, rational=True)
                else:
                    fixed[s] = sp.nsimplify(v, rational=True) if isinstance(v, float) else sp.sympify(v)
        drawn = {s: fixed[s] if s in fixed else self.draw(s) for s in sorted(symbols, key=str)}
        for together in declared(self.where):
            if not isinstance(together, (tuple, sp.Tuple)) or any(x in fixed for x in together):
                continue
            shares = [self.random.randint(1, 9) for _ in together]
            parts = zip(together, shares, strict=True)
            drawn |= {x: sp.Rational(share, sum(shares)) for x, share in parts if x in symbols}
        return drawn

    def edge(self, symbols: set[sp.Symbol]) -> dict[sp.Symbol, sp.Expr] | None:
        """A point where every symbol that has one is at the edge of its assumptions (``None``: none has).

        The smallest whole number allowed, 0, or close to an open end. Symbols that the domain names stay with its
        points: it may hold what their assumptions cannot say (a < b).

        >>> n, a = sp.Symbol("n", integer=True, positive=True), sp.Symbol("a", nonnegative=True)
        >>> Sampler().edge({n, a})
        {a: 0, n: 1}
        """
        known = {x for s in declared(self.where) for x in (s if isinstance(s, (tuple, sp.Tuple)) else (s,))}
        edges = {s: _edge(s) for s in symbols if s not in known and not any(s in p for p in self.domain)}
        if all(v is None for v in edges.values()):
            return None
        return self.point(symbols) | {s: v for s, v in sorted(edges.items(), key=str) if v is not None}


def _edge(s: Any) -> sp.Expr | None:
    if isinstance(s, sp.MatrixSymbol) or not (s.is_nonnegative or s.is_nonpositive):
        return None
    sign = 1 if s.is_nonnegative else -1
    if s.is_integer:
        least = 1 if s.is_odd else 0
        return sp.Integer(sign * (least or (2 if s.is_even else 1) if s.is_nonzero else least))
    return sp.Rational(sign, 1000) if s.is_nonzero else sp.S.Zero
