"""Steps for claims with ``~``: coefficients of an expansion at infinity that must vanish.

A claim that the mean length of a normal vector is √d (1 − 1/(4d)) up to a relative error of order 1/d² has the proof

    proof=lambda rhs: asymptotic_ratio(sqrt(2) * gamma((d + 1) / 2) / gamma(d / 2), rhs, d, 1 / d**2)
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from .expansion import Expander
from .limits import DECIDE_SECONDS, time_limit
from .series import LOG, NoExpansion, Series

STEPS = (2, 4, 6)
"""Powers of h to one power of 1/n, in turn: 1/√n occurs, and 1/n^(1/4) and 1/n^(1/3) where a formula is wrong."""
SPARE = (4, 10, 20)
"""Terms beyond those asked for, in turn: leading terms may cancel."""


def _expanded(e: Any, n: Any, order: Any) -> tuple[Series, int]:
    """The expansion of ``e`` with all terms down to n^(−order) known, and its steps to one power of 1/n."""
    problem: Exception = NoExpansion("no terms")
    for steps in STEPS:
        for spare in SPARE:
            try:
                s = Expander(n, int(sp.ceiling(order * steps)) + spare * steps // STEPS[0], steps)(e)
            except NoExpansion as why:
                problem = why
                continue
            # the last known power of n must reach the order that was asked for
            known = sp.Rational(len(s.coefficients), steps) - s.power
            if not known.is_number or known > order:
                return s, steps
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
        steps = STEPS[0]
        x = Expander(n, order * steps + SPARE[1], steps)
        s = x.stripped(x(e))
    kept = s.coefficients[: order * steps + 1]
    if len(kept) <= order * steps:
        raise NoExpansion("too few terms are known")
    terms = [(c * n ** -sp.Rational(k, steps)).subs(LOG, sp.log(n)) for k, c in enumerate(kept)]
    return sp.exp(s.grows.subs(LOG, sp.log(n))) * n**s.power * sp.Add(*terms)


def order_of_vanishing(e: Any, n: Any, order: Any) -> dict[str, Any]:
    """Coefficients that vanish if and only if ``e`` is of order n^(−order) as n → ∞ (up to powers of log n).

    Args:
        e: an expression in n; other symbols are fixed.
        order: a positive rational number.
    Raises ``NoExpansion`` where there is no rule for ``e``.

    >>> n = sp.Symbol("n", positive=True)
    >>> order_of_vanishing(sp.harmonic(n) - sp.log(n) - sp.EulerGamma, n, 1)
    {'coefficient of n^0': 0, 'coefficient of n^(-1/2)': 0}
    >>> order_of_vanishing(sp.harmonic(n) - sp.log(n) - sp.EulerGamma, n, 2)["coefficient of n^(-1)"]
    1/2
    """
    order = sp.sympify(order)
    if not (order.is_Rational and order > 0):
        raise NoExpansion(f"expected a positive number for the order, found {order}")
    with time_limit(DECIDE_SECONDS):
        s, steps = _expanded(e, n, order)
    if s.grows != 0 and any(c != 0 for c in s.coefficients):
        x = Expander(n, 2)
        if x.dominates(x.constant(1), Series(s.grows, sp.S.Zero, [sp.S.One])):
            return {"exponentially small": sp.S.Zero}
        return {"coefficient of an exponential": next(c for c in s.coefficients if c != 0).subs(LOG, sp.log(n))}
    reach = sp.expand(s.power * steps)
    if not reach.is_Integer:
        return {f"power of {n}": s.power}
    out = {}
    for step in range(min(-int(reach), 0), int(sp.ceiling(order * steps))):
        k = step + int(reach)
        name = f"({-sp.Rational(step, steps)})" if step else "0"
        out[f"coefficient of n^{name}"] = s.coefficients[k].subs(LOG, sp.log(n)) if k >= 0 else sp.S.Zero
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
    order = _order_of(rate, n)
    if sp.sympify(g).is_zero:
        return {"nothing to compare with": sp.S.One}
    with time_limit(DECIDE_SECONDS):
        s, steps = _expanded(f / g, n, order)
        s = Expander(n, len(s.coefficients), steps).stripped(s)
    if s.grows != 0 or s.power != 0:
        # of different size: what is left of the ratio tells them apart
        return {"exponent of the ratio": s.grows.subs(LOG, sp.log(n)), f"power of {n} in the ratio": s.power}
    return order_of_vanishing(f / g - 1, n, order)
