"""Steps for claims with ``~``: coefficients of an expansion at infinity that must vanish.

A claim that the mean length of a normal vector is √d (1 − 1/(4d)) up to a relative error of order 1/d² has the proof

    proof=lambda rhs: asymptotic_ratio(sqrt(2) * gamma((d + 1) / 2) / gamma(d / 2), rhs, d, 1 / d**2)
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from .expansion import LOG, STEPS, Expander, NoExpansion, Series
from .limits import DECIDE_SECONDS, time_limit

SPARE = (4, 10, 20)
"""Terms beyond those asked for, in turn: leading terms may cancel."""


def _expanded(e: Any, n: Any, order: Any) -> Series:
    """The expansion of ``e`` with all terms down to n^(−order) known."""
    problem: Exception = NoExpansion("no terms")
    for spare in SPARE:
        try:
            s = Expander(n, int(sp.ceiling(order * STEPS)) + spare)(e)
        except NoExpansion as why:
            problem = why
            continue
        # the last known power of n must reach the order that was asked for
        known = sp.Rational(len(s.coefficients), STEPS) - s.power
        if known.is_number and known > order:
            return s
        problem = NoExpansion(f"known down to n**(-{known}) only")
    raise problem


def _order_of(rate: Any, n: Any) -> Any:
    """k of a rate n^(−k)."""
    rate = sp.sympify(rate)
    order = -rate.as_independent(n)[1].as_base_exp()[1]
    if not (rate.has(n) and order.is_Rational and order > 0 and not sp.expand(rate * n**order).has(n)):
        raise NoExpansion(f"expected a rate that is a power of 1/{n}, found {rate}")
    return order


def expanded(e: Any, n: Any, order: int = 2) -> Any:
    """The leading term of ``e`` as n → ∞, times what is known of the rest to relative order n^(−order).

    >>> n = sp.Symbol("n", positive=True)
    >>> expanded(sp.gamma(n + 1) / sp.gamma(n + sp.S.Half) / sp.sqrt(n), n)
    1 + 1/(8*n) + 1/(128*n**2)
    >>> expanded(sp.besseli(1, n) / sp.besseli(0, n), n)
    1 - 1/(2*n) - 1/(8*n**2)
    """
    with time_limit(DECIDE_SECONDS):
        x = Expander(n, order * STEPS + SPARE[1])
        s = x.stripped(x(e))
    kept = s.coefficients[: order * STEPS + 1]
    if len(kept) <= order * STEPS:
        raise NoExpansion("too few terms are known")
    terms = [(c * n ** -sp.Rational(k, STEPS)).subs(LOG, sp.log(n)) for k, c in enumerate(kept)]
    return sp.exp(s.grows.subs(LOG, sp.log(n))) * n**s.power * sp.Add(*terms)


def order_of_vanishing(e: Any, n: Any, order: Any) -> dict[str, Any]:
    """Coefficients that vanish if and only if ``e`` is of order n^(−order) as n → ∞ (up to powers of log n).

    Args:
        e: an expression in n; other symbols are fixed.
        order: a positive multiple of 1/2.
    Raises ``NoExpansion`` where there is no rule for ``e``.

    >>> n = sp.Symbol("n", positive=True)
    >>> order_of_vanishing(sp.harmonic(n) - sp.log(n) - sp.EulerGamma, n, 1)
    {'coefficient of n^0': 0, 'coefficient of n^(-1/2)': 0}
    >>> order_of_vanishing(sp.harmonic(n) - sp.log(n) - sp.EulerGamma, n, 2)["coefficient of n^(-1)"]
    1/2
    """
    order = sp.sympify(order)
    if not (order.is_Rational and order > 0 and (order * STEPS).is_Integer):
        raise NoExpansion(f"expected a positive multiple of 1/{STEPS} for the order, found {order}")
    with time_limit(DECIDE_SECONDS):
        s = _expanded(e, n, order)
    if s.grows != 0 and any(c != 0 for c in s.coefficients):
        lead = next(c for c in s.coefficients if c != 0)
        probe = Series(s.grows, sp.S.Zero, [sp.S.One])
        if Expander(n, 2).dominates(Expander(n, 2).constant(1), probe):
            return {"exponentially small": sp.S.Zero}
        return {"coefficient of an exponential": lead.subs(LOG, sp.log(n))}
    out = {}
    reach = sp.expand(s.power * STEPS)
    if not reach.is_Integer:
        raise NoExpansion(f"the leading power is n^({s.power})")
    for step in range(min(-int(reach), 0), int(order * STEPS)):
        k = step + int(reach)
        c = s.coefficients[k] if k >= 0 else sp.S.Zero
        name = f"({-sp.Rational(step, STEPS)})" if step else "0"
        out[f"coefficient of n^{name}"] = c.subs(LOG, sp.log(n))
    return out


def asymptotic_ratio(f: Any, g: Any, n: Any, rate: Any) -> dict[str, Any]:
    """Coefficients that vanish if and only if f/g = 1 + O(rate) as n → ∞.

    Args:
        f, g: expressions in n; other symbols are fixed.
        rate: a power of 1/n.

    >>> d = sp.Symbol("d", integer=True, positive=True)
    >>> mean = sp.sqrt(2) * sp.gamma((d + 1) / 2) / sp.gamma(d / 2)
    >>> set(asymptotic_ratio(mean, sp.sqrt(d) * (1 - 1 / (4 * d)), d, 1 / d**2).values())
    {0}
    >>> asymptotic_ratio(mean, sp.sqrt(d) * (1 + 1 / (4 * d)), d, 1 / d**2)["coefficient of n^(-1)"]
    -1/2
    """
    return order_of_vanishing(f / g - 1, n, _order_of(rate, n))
