"""Sums in closed form, with the condition under which they converge and a certificate that can be checked.

Four patterns, for a polynomial P: P(n) rⁿ over any range (a telescoping certificate), P(n) rⁿ/n! from some n on, P(n)
binom(N, n) rⁿ for n ≤ N and P(n) binom(n + a, n) rⁿ (P in falling factorials, summed by the derivatives of eʳ, (1 +
r)ᴺ and (1 − r)^(−a−1)); besides these, rational terms that telescope. SymPy's own summation is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.concrete.gosper import gosper_term

from .constraints import declared, put
from .signs import tactic_of_sign
from .tactics import proves, tactic  # noqa: F401 - the examples run it


@dataclass(frozen=True)
class ClosedSum:
    """A sum in closed form: it has this ``value`` if |r| < 1 for r in ``inside`` and r ≠ 1 for r in ``not_one``.

    The ``residuals`` of its certificate vanish.
    """

    value: Any
    residuals: Mapping[str, Any]
    inside: tuple[Any, ...] = ()
    not_one: tuple[Any, ...] = ()

    @property
    def condition(self) -> Any:
        """The condition as a formula."""
        return sp.And(*(sp.Abs(r) < 1 for r in self.inside), *(sp.Ne(r, 1) for r in self.not_one))


@dataclass
class _Term:
    """const · P(n) · (up/down)ⁿ · one of: nothing, 1/(n + shift)!, binom(count, n), binom(n + count, n)."""

    up: Any = sp.S.One
    down: Any = sp.S.One
    factor: Any = sp.S.One
    kind: str = ""
    parameter: Any = None


def _read(term: Any, n: Any) -> _Term | None:
    """The pattern of a product, or ``None``."""
    t = _Term()
    for f in sp.Mul.make_args(term):
        base, exponent = f.as_base_exp()
        if not f.has(n) or f.is_polynomial(n):
            t.factor *= f
        elif not base.has(n) and exponent.is_polynomial(n) and sp.degree(exponent, n) == 1:
            a, b = exponent.coeff(n, 1), exponent.coeff(n, 0)
            t.factor *= base**b
            if a.is_Number and a < 0:
                t.down *= base**-a
            else:
                t.up *= base**a
        elif t.kind:
            return None
        elif exponent == -1 and isinstance(base, (sp.factorial, sp.gamma)) and base.args[0].has(n):
            shift = sp.expand(base.args[0] - n - (1 if isinstance(base, sp.gamma) else 0))
            if not shift.is_Integer:
                return None
            t.kind, t.parameter = "exponential", shift
        elif isinstance(f, sp.binomial):
            over, under = f.args
            if under == n and not over.has(n):
                t.kind, t.parameter = "binomial", over
            elif not (over - n).has(n) and under in (n, over - n):
                t.kind, t.parameter = "negative binomial", over - n
            else:
                return None
        else:
            return None
    return t


def _terms(term: Any, n: Any) -> list[_Term] | None:
    """The patterns of which ``term`` is the sum; multiplied out only where a product is no pattern."""
    if term.is_Add:
        parts = [_terms(a, n) for a in term.args]
        return None if any(p is None for p in parts) else [t for p in parts for t in p]
    t = _read(term, n)
    if t is not None:
        return [t]
    wide = sp.expand(term)
    return _terms(wide, n) if wide != term else None


def _falling(p: Any, n: Any) -> list[Any]:
    """Coefficients of a polynomial in the falling factorials 1, n, n(n − 1), …: repeated division."""
    out, left, k = [], sp.Poly(p, n), 0
    while not left.is_zero:
        left, rest = sp.div(left, sp.Poly(n - k, n))
        out.append(rest.as_expr())
        k += 1
    return out


def _geometric(p: Any, r: Any, n: Any, low: Any, high: Any) -> ClosedSum | None:
    """Σ P(n) rⁿ by a polynomial Q with Q(n + 1) r − Q(n) = P(n)."""
    one = sp.expand(r - 1) == 0
    if one and high == sp.oo:
        return None
    degree = sp.degree(p, n) + one if p != 0 else 0
    unknown = sp.symbols(f"c0:{degree + 1}", cls=sp.Dummy)
    q = sum(c * n**i for i, c in enumerate(unknown))
    equations = sp.Poly(sp.expand(q.subs(n, n + 1) * r - q - p), n).all_coeffs()
    solved = sp.solve(equations, unknown, dict=True)
    if not solved:
        return None
    q = q.subs(solved[0]).subs(dict.fromkeys(unknown, 0))
    certificate = {"telescoping": sp.expand(sp.fraction(sp.together(q.subs(n, n + 1) * r - q - p))[0])}
    t = lambda k: q.subs(n, k) * r**k  # noqa: E731
    if high == sp.oo:
        return ClosedSum(sp.together(-q.subs(n, low)) * r**low, certificate, inside=(r,))
    return ClosedSum(t(high + 1) - t(low), certificate, not_one=() if one else (r,))


def _generating(p: Any, t: _Term, n: Any, low: Any, high: Any) -> ClosedSum | None:
    """Σ P(n) w(n) rⁿ for the weights 1/(n + c)!, binom(N, n), binom(n + a, n)."""
    r, shift = t.up / t.down, t.parameter if t.kind == "exponential" else 0
    if t.kind == "exponential":
        p = sp.expand(p.subs(n, n - shift))
    parts = _falling(p, n)
    falling = sum(c * sp.expand_func(sp.ff(n, k)) for k, c in enumerate(parts))
    certificate = {"in falling factorials": sp.expand(p - falling)}
    if t.kind == "exponential":
        if high != sp.oo or not (low + shift).is_Integer:
            return None
        value = sp.exp(r) * sum(c * r**k for k, c in enumerate(parts))
        value -= sum(p.subs(n, m) * r**m / sp.factorial(m) for m in range(int(low + shift)))
        return ClosedSum(value * r**-shift, certificate)
    if low != 0:
        return None
    if t.kind == "binomial":
        if sp.expand(high - t.parameter) != 0:
            return None
        count = t.parameter
        both = sp.expand(t.up + t.down)
        value = sum(c * sp.expand_func(sp.ff(count, k)) * t.up**k * both ** (count - k) for k, c in enumerate(parts))
        value = sp.expand(value * t.down**-count)
        return ClosedSum(value, certificate)
    if high != sp.oo:
        return None
    a = t.parameter + 1
    value = sum(c * sp.expand_func(sp.rf(a, k)) * r**k / (1 - r) ** (a + k) for k, c in enumerate(parts))
    return ClosedSum(value, certificate, inside=(r,))


def _rational(term: Any, n: Any, low: Any, high: Any) -> ClosedSum | None:
    """A rational term that telescopes: T(n + 1) − T(n) = term, checked."""
    if not term.is_rational_function(n):
        return None
    part = gosper_term(term, n)
    if part is None:
        return None
    t = sp.cancel(term * part)
    certificate = {"telescoping": sp.expand(sp.fraction(sp.together(t.subs(n, n + 1) - t - term))[0])}
    if high != sp.oo:
        return ClosedSum(t.subs(n, high + 1) - t.subs(n, low), certificate)
    above, below = (sp.Poly(part, n) for part in sp.fraction(t))
    if above.degree() > below.degree():
        return None
    limit = above.LC() / below.LC() if above.degree() == below.degree() else sp.S.Zero
    return ClosedSum(limit - t.subs(n, low), certificate)


def closed_sum(term: Any, n: Any, low: Any = 0, high: Any = sp.oo) -> ClosedSum | None:
    """Σ term for n = low … high in closed form, its condition and its certificate; ``None`` where no pattern fits or
    the sum diverges.

    >>> n = sp.Symbol("n", integer=True, nonnegative=True)
    >>> lam, q = sp.symbols("lambda q", positive=True)
    >>> found = closed_sum(n * q**n, n)
    >>> sp.factor(found.value), found.condition, found.residuals
    (q/(q - 1)**2, q < 1, {'telescoping': 0})
    >>> closed_sum(n * (n - 1) * lam**n / sp.factorial(n), n).value
    lambda**2*exp(lambda)
    >>> closed_sum(1 / ((n + 1) * (n + 2)), n).value, closed_sum(1 / (n + 1), n)
    (1, None)
    """
    low, high = sp.sympify(low), sp.sympify(high)
    groups: dict[Any, tuple[_Term, Any]] = {}
    terms = _terms(sp.sympify(term), n)
    if terms is None:
        return _rational(sp.together(term), n, low, high)
    for t in terms:
        key = (t.kind, t.parameter, sp.expand(t.up), sp.expand(t.down))
        groups[key] = (t, (groups[key][1] if key in groups else 0) + t.factor)
    found = []
    for t, factor in groups.values():
        p = sp.expand(factor)
        if p != 0:
            found.append(_generating(p, t, n, low, high) if t.kind else _geometric(p, t.up / t.down, n, low, high))
    if any(f is None or any(v != 0 for v in f.residuals.values()) for f in found):
        return None
    certificate = {f"{name} {i}": v for i, f in enumerate(found, 1) for name, v in f.residuals.items()}
    return ClosedSum(sp.Add(*(f.value for f in found)), certificate if len(found) > 1 else found[0].residuals if found
                     else {},
                     tuple(r for f in found for r in f.inside), tuple(r for f in found for r in f.not_one))


def granted(found: ClosedSum, where: Mapping[Any, str] | None = None) -> bool:
    """Whether the assumptions and constraints of symbols imply the condition of a closed form.

    >>> ratio, n = sp.Symbol("ratio_of_sums", positive=True), sp.Symbol("n", integer=True)
    >>> found = closed_sum(ratio**n, n)
    >>> granted(found), granted(found, {ratio: "unit interval"})
    (False, True)
    """
    known = declared(where)

    def positive(e: Any) -> bool:
        return bool(tactic_of_sign(put(e, known), True))

    for r in found.inside:
        if not (positive(1 - r) and (r.is_nonnegative or r.is_real and positive(1 + r))):
            return False
    return all((1 - r).is_nonzero or positive(1 - r) or positive(r - 1) for r in found.not_one)


@tactic
def closed_sums(e: sp.Expr) -> sp.Expr:
    """Sums in closed form, where the declared constraints grant their condition.

    >>> proves("closed_sums", "Sum(p**n/factorial(n), (n, 0, oo)) - exp(p)",
    ...        "Sum(p**n/factorial(n), (n, 1, oo)) - exp(p)")
    (True, False)
    """
    def closed(s: Any) -> Any:
        if len(s.limits) != 1 or len(s.limits[0]) != 3:
            return s
        n, low, high = s.limits[0]
        found = closed_sum(s.function, n, low, high)
        return found.value if found is not None and granted(found) else s

    return sp.expand(e.replace(lambda a: isinstance(a, sp.Sum), closed))
