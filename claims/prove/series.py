"""Arithmetic of truncated expansions at infinity.

A :class:`Series` is exp(E) n^α (c₀ + c₁ h + c₂ h² + … + O(h^N)) with h = n^(−1/steps). Every operation keeps
only coefficients that are known, and none takes a limit; what is not known raises :class:`NoExpansion`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from .sampler import Sampler
from .witness import witness

LOG = sp.Dummy("log_n", real=True)
"""Stands for log n in coefficients."""


class NoExpansion(ValueError):
    """There is no rule for this expression, or too few terms are known."""


def simple(c: Any) -> Any:
    """A coefficient in a form in which 0 is the literal 0 wherever products, powers and logarithms of constants
    decide it.

    >>> simple(sp.log(sp.sqrt(2)) - sp.log(2) / 2), simple(sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6))
    (0, 0)
    """
    c = sp.expand(sp.expand_log(sp.expand(c)))
    if c == 0 or c.is_Rational:
        return c
    c = sp.expand(sp.powsimp(c))
    if c != 0 and sp.expand(sp.fraction(sp.together(c))[0]) == 0:
        return sp.S.Zero
    return c if not c.has(LOG) or c.is_polynomial(LOG) else sp.cancel(c)


@dataclass
class Series:
    """exp(grows) · n^power · Σ coefficients[k] h^k, known up to its last coefficient; ``grows`` holds what grows
    faster than any power.
    """

    grows: Any
    power: Any
    coefficients: list[Any]


class Arithmetic:
    """Sums, products, powers, exp and log of series in ``n`` → ∞, kept to ``terms`` coefficients."""

    def __init__(self, n: Any, terms: int, steps: int = 2) -> None:
        self.n, self.terms, self.steps = n, terms, steps

    def constant(self, c: Any) -> Series:
        return Series(sp.S.Zero, sp.S.Zero, [sp.sympify(c)] + [sp.S.Zero] * (self.terms - 1))

    def monomial(self, c: Any, power: Any) -> Series:
        return Series(sp.S.Zero, sp.sympify(power), self.constant(c).coefficients)

    def stripped(self, s: Series) -> Series:
        """Without leading zeros (``NoExpansion`` if all that is known is zero)."""
        k = next((i for i, c in enumerate(s.coefficients) if c != 0), None)
        if k is None:
            raise NoExpansion("the leading terms cancel")
        lead = s.coefficients[k]
        # a zero that was not recognised must not lead
        if not lead.is_nonzero and witness(lead, Sampler(), 2) is None:
            raise NoExpansion(f"it is not known whether {lead} is 0")
        return Series(s.grows, s.power - sp.Rational(k, self.steps), s.coefficients[k:])

    def times(self, a: Series, b: Series) -> Series:
        size = min(len(a.coefficients), len(b.coefficients))
        product = [simple(sum(a.coefficients[i] * b.coefficients[k - i] for i in range(k + 1))) for k in range(size)]
        return Series(sp.expand(a.grows + b.grows), a.power + b.power, product)

    def dominates(self, a: Series, b: Series) -> bool:
        """Whether b/a vanishes faster than any power of n."""
        gap = sp.expand(a.grows - b.grows)
        order = sorted(((self.order(t), t) for t in sp.Add.make_args(gap)), key=lambda x: x[0], reverse=True)
        sign = order[0][1].subs(self.n, sp.Dummy("n", positive=True)).subs(LOG, sp.Dummy("L", positive=True))
        if len(order) > 1 and order[0][0] == order[1][0] or not (sign.is_positive or sign.is_negative):
            raise NoExpansion(f"it is not known which grows faster in {gap}")
        return bool(sign.is_positive)

    def order(self, t: Any) -> tuple[Any, Any]:
        """Powers of n and of log n in a term."""
        powers = [f.as_base_exp() for f in sp.Mul.make_args(t)]
        return sum(e for b, e in powers if b == self.n), sum(e for b, e in powers if b == LOG)

    def plus(self, a: Series, b: Series) -> Series:
        if sp.expand(a.grows - b.grows) != 0:
            return a if self.dominates(a, b) else b
        gap = sp.expand((a.power - b.power) * self.steps)
        if not gap.is_Integer:
            raise NoExpansion(f"powers of n that differ by {gap / self.steps}")
        if gap < 0:
            a, b, gap = b, a, -gap
        size = min(len(a.coefficients), len(b.coefficients) + int(gap))
        shifted = [sp.S.Zero] * int(gap) + b.coefficients
        added = zip(a.coefficients[:size], shifted[:size], strict=True)
        return Series(a.grows, a.power, [simple(x + y) for x, y in added])

    def composed(self, taylor: Callable[[int], Any], small: Series) -> Series:
        """Σ taylor(k) small^k for a series that vanishes at infinity."""
        if all(c == 0 for c in small.coefficients):
            known = max(int(len(small.coefficients) - small.power * self.steps), 0)
            return Series(sp.S.Zero, sp.S.Zero, self.constant(taylor(0)).coefficients[:known])
        small = self.stripped(small)
        if small.grows != 0 or not small.power < 0:
            raise NoExpansion("the inner series does not vanish at infinity")
        out, power = self.constant(taylor(0)), self.constant(1)
        for k in range(1, int(self.terms / (-small.power * self.steps)) + 2):
            power = self.times(power, small)
            out = self.plus(out, self.times(self.constant(taylor(k)), power))
        return out

    def to_the(self, s: Series, exponent: Any) -> Series:
        s = self.stripped(s)
        lead = s.coefficients[0]
        rest = Series(sp.S.Zero, sp.S.Zero, [sp.S.Zero] + [simple(c / lead) for c in s.coefficients[1:]])
        body = self.composed(lambda k: sp.ff(exponent, k) / sp.factorial(k), rest)
        body.coefficients = [simple(lead**exponent * c) for c in body.coefficients[:len(s.coefficients)]]
        return Series(sp.expand(s.grows * exponent), sp.expand(s.power * exponent), body.coefficients)

    def exp(self, s: Series) -> Series:
        if s.grows != 0:
            raise NoExpansion("exp of an exponential")
        grows, power, factor, rest = sp.S.Zero, sp.S.Zero, sp.S.One, [sp.S.Zero] * len(s.coefficients)
        reach = sp.expand(s.power * self.steps)
        if not reach.is_Integer:
            raise NoExpansion(f"exp of n^({s.power})")
        if reach >= len(s.coefficients):
            raise NoExpansion("too few terms are known")
        for k, c in enumerate(s.coefficients):
            if k < reach:
                grows += c * self.n ** (s.power - sp.Rational(k, self.steps))
            elif k == reach:
                power, constant = sp.expand(c).coeff(LOG, 1), sp.expand(c).coeff(LOG, 0)
                if sp.expand(c - power * LOG - constant) != 0:
                    raise NoExpansion("exp of a power of log n")
                factor = sp.exp(constant)
            else:
                rest[k] = c
        small = Series(sp.S.Zero, s.power, rest)
        body = self.composed(lambda k: 1 / sp.factorial(k), small)
        known = len(rest) - max(int(reach), 0)
        return Series(sp.expand(grows), power, [simple(factor * c) for c in body.coefficients[:known]])

    def log(self, s: Series) -> Series:
        s = self.stripped(s)
        lead = s.coefficients[0]
        if lead.has(LOG):
            raise NoExpansion("log of log n")
        rest = Series(sp.S.Zero, sp.S.Zero, [sp.S.Zero] + [simple(c / lead) for c in s.coefficients[1:]])
        out = self.composed(lambda k: sp.S.Zero if k == 0 else sp.Rational((-1) ** (k + 1), k), rest)
        out.coefficients = out.coefficients[:len(s.coefficients)]
        out = self.plus(self.constant(simple(sp.log(lead) + s.power * LOG)), out)
        for term in sp.Add.make_args(s.grows):
            if term != 0:
                power, _ = self.order(term)
                out = self.plus(self.monomial(sp.expand(term / self.n**power), power), out)
        return out
