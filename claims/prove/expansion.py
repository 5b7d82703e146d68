"""Expansions at infinity in finitely many steps: exp(E) n^α (c₀ + c₁ h + c₂ h² + … + O(h^N)) with h = n^(−1/2).

Gamma functions, factorials and binomials by Stirling's series, digamma and harmonic numbers by theirs, Bessel
functions I and K and erfc at large arguments by Hankel's; sums, products, powers, exp and log by arithmetic of
truncated series; other functions by Taylor's formula where their argument has a limit. A coefficient may hold log n.
Nothing here takes a limit with SymPy, so nothing hangs; what has no rule raises :class:`NoExpansion`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import sympy as sp

from .sampler import Sampler
from .witness import witness

STEPS = 2
"""Powers of h to one power of 1/n."""
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


class Expander:
    """Expands expressions in ``n`` → ∞ to ``terms`` coefficients, relative to the leading one."""

    def __init__(self, n: Any, terms: int) -> None:
        self.n, self.terms = n, terms

    # ------------------------------------------------------------ arithmetic

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
        return Series(s.grows, s.power - sp.Rational(k, STEPS), s.coefficients[k:])

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
        gap = sp.expand((a.power - b.power) * STEPS)
        if not gap.is_Integer:
            raise NoExpansion(f"powers of n that differ by {gap / STEPS}")
        if gap < 0:
            a, b, gap = b, a, -gap
        size = min(len(a.coefficients), len(b.coefficients) + int(gap))
        shifted = [sp.S.Zero] * int(gap) + b.coefficients
        added = zip(a.coefficients[:size], shifted[:size], strict=True)
        return Series(a.grows, a.power, [simple(x + y) for x, y in added])

    def composed(self, taylor: Callable[[int], Any], small: Series) -> Series:
        """Σ taylor(k) small^k for a series that vanishes at infinity."""
        if all(c == 0 for c in small.coefficients):
            known = max(int(len(small.coefficients) - small.power * STEPS), 0)
            return Series(sp.S.Zero, sp.S.Zero, self.constant(taylor(0)).coefficients[:known])
        small = self.stripped(small)
        if small.grows != 0 or not small.power < 0:
            raise NoExpansion("the inner series does not vanish at infinity")
        out, power = self.constant(taylor(0)), self.constant(1)
        for k in range(1, int(self.terms / (-small.power * STEPS)) + 2):
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

    # ------------------------------------------------------------ functions

    def exp(self, s: Series) -> Series:
        if s.grows != 0:
            raise NoExpansion("exp of an exponential")
        grows, power, factor, rest = sp.S.Zero, sp.S.Zero, sp.S.One, [sp.S.Zero] * len(s.coefficients)
        reach = sp.expand(s.power * STEPS)
        if not reach.is_Integer:
            raise NoExpansion(f"exp of n^({s.power})")
        if reach >= len(s.coefficients):
            raise NoExpansion("too few terms are known")
        for k, c in enumerate(s.coefficients):
            if k < reach:
                grows += c * self.n ** (s.power - sp.Rational(k, STEPS))
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

    def large(self, u: Any) -> Series:
        """The expansion of an argument that must go to +∞."""
        s = self.stripped(self(u))
        lead = s.coefficients[0].subs(LOG, sp.Dummy(positive=True))
        if s.grows != 0 or not s.power > 0 or not lead.is_positive:
            raise NoExpansion(f"{u} is not known to grow to infinity like a power")
        return s

    def tail(self, u: Series, coefficient: Callable[[int], Any], step: int, first: int) -> Series:
        """Σ coefficient(k) u^−(first + step·k), to the known order."""
        parts = (self.times(self.constant(coefficient(k)), self.to_the(u, -(first + step * k)))
                 for k in range(int(self.terms / (step * u.power * STEPS)) + 2))
        return reduce(self.plus, parts)

    def log_gamma(self, e: Any) -> Series:
        u = self.large(e)
        main = self.times(self.plus(u, self.constant(-sp.S.Half)), self.log(u))
        main = self.plus(main, self.times(self.constant(-1), u))
        main = self.plus(main, self.constant(sp.log(2 * sp.pi) / 2))
        return self.plus(main, self.tail(u, lambda k: sp.bernoulli(2 * k + 2) / ((2 * k + 1) * (2 * k + 2)), 2, 1))

    def digamma(self, e: Any) -> Series:
        u = self.large(e)
        main = self.plus(self.log(u), self.times(self.constant(-sp.S.Half), self.to_the(u, -1)))
        return self.plus(main, self.tail(u, lambda k: -sp.bernoulli(2 * k + 2) / (2 * k + 2), 2, 2))

    def polygamma(self, order: Any, e: Any) -> Series:
        """Derivatives of log Γ: the digamma function for order 0."""
        if not (order.is_Integer and order >= 0):
            raise NoExpansion(f"polygamma of order {order}")
        if order == 0:
            return self.digamma(e)
        u, m = self.large(e), int(order)
        main = self.times(self.constant(sp.factorial(m - 1)), self.to_the(u, -m))
        main = self.plus(main, self.times(self.constant(sp.factorial(m) / 2), self.to_the(u, -m - 1)))
        even = lambda k: sp.bernoulli(2 * k + 2) * sp.factorial(2 * k + 1 + m) / sp.factorial(2 * k + 2)  # noqa: E731
        rest = self.tail(u, even, 2, m + 2)
        return self.times(self.constant((-1) ** (m + 1)), self.plus(main, rest))

    def bessel(self, nu: Any, e: Any, sign: int) -> Series:
        """I (sign 1) and K (sign −1) at a large argument; ν does not depend on n."""
        if sp.sympify(nu).has(self.n):
            raise NoExpansion("the order of a Bessel function grows")
        u = self.large(e)
        hankel = lambda k: sp.prod([-sign * (4 * nu**2 - (2 * j - 1) ** 2) / (8 * j)
                                    for j in range(1, k + 1)])  # noqa: E731
        series = self.tail(u, hankel, 1, 0)
        scale = 1 / sp.sqrt(2 * sp.pi) if sign > 0 else sp.sqrt(sp.pi / 2)
        front = self.times(self.exp(self.times(self.constant(sign), u)), self.to_the(u, -sp.S.Half))
        return self.times(self.times(self.constant(scale), front), series)

    def erfc(self, e: Any) -> Series:
        u = self.large(e)
        series = self.tail(u, lambda k: (-1) ** k * sp.factorial2(2 * k - 1) / 2**k / sp.sqrt(sp.pi), 2, 1)
        return self.times(self.exp(self.times(self.constant(-1), self.times(u, u))), series)

    def taylor(self, e: Any) -> Series:
        """A function of one argument that has a limit."""
        s = self(e.args[0])
        reach = s.power * STEPS
        if s.grows != 0 or not reach.is_Integer or reach > 0:
            raise NoExpansion(f"no rule for {e.func.__name__} at infinity")
        at = s.coefficients[0] if reach == 0 else sp.S.Zero
        if at.has(LOG):
            raise NoExpansion(f"no rule for {e.func.__name__} at log n")
        x = sp.Dummy("x")
        derivatives = [e.func(x)]
        small = self.plus(s, self.constant(-at))

        def coefficient(k: int) -> Any:
            while len(derivatives) <= k:
                derivatives.append(derivatives[-1].diff(x))
            value = derivatives[k].subs(x, at)
            if value.has(sp.zoo, sp.nan, sp.oo):
                raise NoExpansion(f"{e.func.__name__} is singular at {at}")
            return value / sp.factorial(k)

        return self.composed(coefficient, small)

    def __call__(self, e: Any) -> Series:
        e = sp.sympify(e)
        if not e.has(self.n):
            return self.constant(e)
        if e == self.n:
            return self.monomial(1, 1)
        if e.is_Add or e.is_Mul:
            join, out = (self.plus if e.is_Add else self.times), None
            for a in e.args:
                out = self(a) if out is None else join(out, self(a))
            return out
        if isinstance(e, sp.exp):
            return self.exp(self(e.args[0]))
        if e.is_Pow:
            if e.exp.has(self.n):
                return self.exp(self.times(self(e.exp), self.log(self(e.base))))
            return self.to_the(self(e.base), e.exp)
        rule = RULES.get(e.func)
        if rule and len(e.args) == rule.__code__.co_argcount - 1:
            return rule(self, *e.args)
        if len(e.args) != 1:
            raise NoExpansion(f"no rule for {e.func.__name__}")
        return self.taylor(e)


RULES: dict[Any, Callable[..., Series]] = {
    sp.log: lambda x, u: x.log(x(u)),
    sp.loggamma: lambda x, u: x.log_gamma(u),
    sp.gamma: lambda x, u: x.exp(x.log_gamma(u)),
    sp.factorial: lambda x, u: x.exp(x.log_gamma(u + 1)),
    sp.binomial: lambda x, u, v: x(sp.gamma(u + 1) / sp.gamma(v + 1) / sp.gamma(u - v + 1)),
    sp.beta: lambda x, u, v: x(sp.gamma(u) * sp.gamma(v) / sp.gamma(u + v)),
    sp.RisingFactorial: lambda x, u, v: x(sp.gamma(u + v) / sp.gamma(u)),
    sp.FallingFactorial: lambda x, u, v: x(sp.gamma(u + 1) / sp.gamma(u - v + 1)),
    sp.catalan: lambda x, u: x(sp.gamma(2 * u + 1) / sp.gamma(u + 1) / sp.gamma(u + 2)),
    sp.polygamma: lambda x, m, u: x.polygamma(m, u),
    sp.harmonic: lambda x, u: x.plus(x.digamma(u + 1), x.constant(sp.EulerGamma)),
    sp.besseli: lambda x, nu, u: x.bessel(nu, u, 1),
    sp.besselk: lambda x, nu, u: x.bessel(nu, u, -1),
    sp.erfc: lambda x, u: x.erfc(u),
    sp.erf: lambda x, u: x.plus(x.constant(1), x.times(x.constant(-1), x.erfc(u))),
    sp.cosh: lambda x, u: x((sp.exp(u) + sp.exp(-u)) / 2),
    sp.sinh: lambda x, u: x((sp.exp(u) - sp.exp(-u)) / 2),
    sp.tanh: lambda x, u: x((1 - sp.exp(-2 * u)) / (1 + sp.exp(-2 * u))),
}
