"""Expansions at infinity in finitely many steps: exp(E) n^α (c₀ + c₁ h + c₂ h² + … + O(h^N)) with h = n^(−1/steps).

Gamma functions, factorials and binomials by Stirling's series, digamma and harmonic numbers by theirs, Bessel
functions I and K and erfc at large arguments by Hankel's; sums, products, powers, exp and log by arithmetic of
truncated series; other functions by Taylor's formula where their argument has a limit. A coefficient may hold log n.
Nothing here takes a limit with SymPy, so nothing hangs; what has no rule raises :class:`NoExpansion`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy as sp

from .series import LOG, Arithmetic, NoExpansion, Series


class Expander(Arithmetic):
    """Expands expressions in ``n`` → ∞ to ``terms`` coefficients, relative to the leading one.

    >>> n = sp.Symbol("n", positive=True)
    >>> Expander(n, 5)(sp.sqrt(n**2 + 1)).coefficients
    [1, 0, 0, 0, 1/2]
    """

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
                 for k in range(int(self.terms / (step * u.power * self.steps)) + 2))
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

        def even(k: int) -> Any:
            return sp.bernoulli(2 * k + 2) * sp.factorial(2 * k + 1 + m) / sp.factorial(2 * k + 2)

        rest = self.tail(u, even, 2, m + 2)
        return self.times(self.constant((-1) ** (m + 1)), self.plus(main, rest))

    def bessel(self, nu: Any, e: Any, sign: int) -> Series:
        """I (sign 1) and K (sign −1) at a large argument; ν does not depend on n."""
        if sp.sympify(nu).has(self.n):
            raise NoExpansion("the order of a Bessel function grows")
        u = self.large(e)

        def hankel(k: int) -> Any:
            return sp.prod([-sign * (4 * nu**2 - (2 * j - 1) ** 2) / (8 * j) for j in range(1, k + 1)])

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
        reach = s.power * self.steps
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
