"""Steps over rounds and over time: potentials, Grönwall's inequality, products over rounds, unrolled recursions,
weights.

Each returns named residuals for a proof's dictionary; the algorithm's own step stands in them, so a wrong step fails
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from .findings import Nonneg, Zero


def potential_argument(rhs: Any, rounds: Any, *, state: Any, step: Callable[[Any], Any], value: Callable[[Any], Any],
                       cost: Any, paid: Any, start: Any, within: Mapping[Any, Any] | None = None) -> dict[str, Any]:
    """Residuals that the total cost of ``rounds`` rounds is at most ``rhs``, by a potential Φ ≥ 0 that every round
    pays from.

    One round: cost = Φ(state) − Φ(step(state)) + paid. Summed over the rounds, the potential telescopes and total
    cost ≤ Φ₀ + Σ paid.

    Args:
        rhs: the bound, an expression in ``rounds``.
        state: the symbol of a coordinate of the state; squares and products of vectors are sums over coordinates, so
            one coordinate is enough.
        step: the algorithm's own step, of the state; for example the right side of its definition.
        value: the potential Φ, of the state.
        cost: of a round, an expression in ``state``.
        paid: what a round may cost beyond the drop of the potential.
        start: an upper bound of Φ before the first round.
        within: what is assumed of one round, as replacements in ``paid``: {g**2: G**2 - w} with w ≥ 0 says g² ≤ G².

    The regret of online gradient descent, for any number of rounds, and a planted error (step η/2):

    >>> from claims.prove.decide import decide
    >>> T, w = sp.Symbol("T", integer=True, nonnegative=True), sp.Symbol("w", nonnegative=True)
    >>> x, u, g = sp.symbols("x u g", real=True)
    >>> eta, G, R = sp.symbols("eta G R", positive=True)
    >>> def regret(rhs, step):
    ...     return potential_argument(rhs, T, state=x, step=step, value=lambda x: (x - u)**2 / (2*eta), cost=g*(x - u),
    ...                               paid=eta*g**2/2, start=R**2/(2*eta), within={g**2: G**2 - w})
    >>> bound = R**2/(2*eta) + eta*G**2*T/2
    >>> [str(decide(r).status) for r in regret(bound, lambda x: x - eta*g).values()]
    ['zero', 'zero', 'zero', 'zero']
    >>> str(decide(regret(bound, lambda x: x - eta*g/2)["one round"]).status)
    'nonzero'
    >>> str(decide(regret(R**2/(2*eta) + eta*G**2*T/4, lambda x: x - eta*g)["room for one more round"]).status)
    'nonzero'
    """
    most = paid.subs(within or {})
    return {
        "one round": Zero(cost - value(state) + value(step(state)) - paid, "together"),
        "the potential stays above 0": Nonneg(value(state)),
        "before the first round": Nonneg(sp.expand(rhs.subs(rounds, 0) - start), "factor"),
        "room for one more round": Nonneg(sp.expand(rhs.subs(rounds, rounds + 1) - rhs - most), "factor"),
    }


def gronwall(rhs: Any, t: Any, *, rate: Any, inflow: Any = 0, start: Any, integrated: Any = None) -> dict[str, Any]:
    """Residuals that u′ ≤ rate·u + inflow and u(0) ≤ start imply u(t) ≤ ``rhs``.

    With A′ = rate and A(0) = 0, (rhs − u) e^(−A) starts at or above 0 and never falls: its derivative is e^(−A) (rhs′
    − rate·rhs − inflow + w) where w ≥ 0 is what u′ falls short of its bound.

    Args:
        rate, inflow: expressions in ``t`` (of any sign).
        integrated: A, if SymPy cannot integrate the rate.

    >>> from claims.prove.decide import decide
    >>> t, a, b, u0 = sp.symbols("t a b u_0", positive=True)
    >>> true = u0*sp.exp(a*t) + b/a*(sp.exp(a*t) - 1)
    >>> [str(decide(r).status) for r in gronwall(true, t, rate=a, inflow=b, start=u0).values()]
    ['zero', 'zero', 'zero', 'zero', 'zero']
    >>> wrong = u0*sp.exp(a*t) + b/a*(sp.exp(a*t) - 2)
    >>> [str(decide(r).status) for r in gronwall(wrong, t, rate=a, inflow=b, start=u0).values()][:2]
    ['zero', 'nonzero']
    >>> str(decide(gronwall(true, t, rate=2*a, inflow=b, start=u0)["the bound grows at least as fast"]).status)
    'nonzero'
    """
    exponent = sp.integrate(rate, (t, 0, t)) if integrated is None else integrated
    u, short = sp.Function("u", real=True)(t), sp.Function("w", nonnegative=True)(t)
    gap = rhs.diff(t) - rate * rhs - inflow
    weighted = ((rhs - u) * sp.exp(-exponent)).diff(t).subs(u.diff(t), rate * u + inflow - short)
    return {
        "the bound grows at least as fast": Nonneg(sp.expand(gap), "powsimp", "factor"),
        "start": Nonneg(sp.expand(rhs.subs(t, 0) - start), "factor"),
        "integrated rate": Zero(exponent.diff(t) - rate, "together"),
        "integrated from 0": Zero(exponent.subs(t, 0)),
        "the weighted gap grows": Zero(weighted * sp.exp(exponent) - gap - short, "expand", "powsimp"),
    }


def product_over_rounds(rhs: Any, rounds: Any, factor: Callable[[Any], Any], first: Any = 0,
                        start: Any = 1) -> dict[str, Any]:
    """Residuals that ``rhs`` is ``start`` times the product of factor(t) for t = first … rounds − 1.

    >>> from claims.prove.decide import decide
    >>> T, t = sp.Symbol("T", integer=True, positive=True), sp.Symbol("t", integer=True)
    >>> e = sp.IndexedBase("e", positive=True)
    >>> z = lambda t: 2*sp.sqrt(e[t]*(1 - e[t]))
    >>> [str(decide(r).status) for r in product_over_rounds(sp.Product(z(t), (t, 0, T - 1)), T, z).values()]
    ['zero', 'zero', 'zero']
    >>> [str(decide(r).status) for r in product_over_rounds(sp.Product(z(t), (t, 1, T - 1)), T, z).values()][1:]
    ['nonzero', 'zero']
    >>> str(decide(product_over_rounds(sp.Product(z(t), (t, 0, T)), T, z)["one more round"]).status)
    'nonzero'
    """
    return {"no round": Zero(rhs.subs(rounds, first).doit() - start),
            "one round": Zero(rhs.subs(rounds, first + 1).doit() - start * factor(first)),
            "one more round": Zero(rhs.subs(rounds, rounds + 1) - rhs * factor(rounds), "split_sums")}


def unrolled(rhs: Any, n: Any, *, decay: Any, inflow: Any, start: Any = 0) -> dict[str, Any]:
    """Residuals that ``rhs`` solves v(n + 1) = decay·v(n) + inflow with v(0) = start; ``rhs`` may be a weighted sum
    of symbolic length.

    Args:
        decay, inflow: expressions in ``n``.

    A moving average as a weighted sum, and a planted error (weights one power too high):

    >>> from claims.prove.decide import decide
    >>> n, k = sp.Symbol("n", integer=True, nonnegative=True), sp.Symbol("k", integer=True)
    >>> b = sp.Symbol("beta", positive=True)
    >>> x, v = sp.IndexedBase("x", real=True), sp.Symbol("v_0", real=True)
    >>> def average(power):
    ...     weighted = b**n*v + (1 - b)*sp.Sum(b**power*x[k], (k, 0, n - 1))
    ...     return unrolled(weighted, n, decay=b, inflow=(1 - b)*x[n], start=v)
    >>> [str(decide(r).status) for r in average(n - 1 - k).values()]
    ['zero', 'zero']
    >>> str(decide(average(n - k)["one more"]).status)
    'nonzero'
    """
    return {"start": Zero(rhs.subs(n, 0).doit() - start),
            "one more": Zero(rhs.subs(n, n + 1) - decay * rhs - inflow, "gather_sums")}


def weights_add_up(weight: Any, k: Any, low: Any, high: Any, total: Any = 1) -> dict[str, Any]:
    """Residuals that weights are non-negative and sum to ``total``, by a closed form of their sum.

    >>> from claims.prove.decide import decide
    >>> k, q = sp.Symbol("k", integer=True, nonnegative=True), sp.Symbol("q", positive=True)
    >>> [str(decide(r).status) for r in weights_add_up(q**k*sp.exp(-q)/sp.factorial(k), k, 0, sp.oo).values()]
    ['zero', 'zero']
    >>> [str(decide(r).status) for r in weights_add_up(q**k/sp.factorial(k), k, 0, sp.oo).values()]
    ['zero', 'nonzero']
    """
    return {"non-negative": Nonneg(weight),
            f"they sum to {total}": Zero(sp.Sum(weight, (k, low, high)) - total, "closed_sums")}
