"""Tactics of finite sums and products: common limits, one sum for several, closed forms."""

from __future__ import annotations

import itertools

import sympy as sp

from .tactics import proves, tactic  # noqa: F401 - the examples run it

NEAR = 8
"""Whole-number offsets in limits up to this size are written out as single terms."""


def split(e: sp.Expr) -> sp.Expr:
    """Sums and products of symbolic length with whole-number offsets in their limits, written over common limits plus
    single terms.

    >>> k, n = sp.symbols("k n", integer=True, positive=True)
    >>> f = sp.IndexedBase("f")
    >>> split(sp.Sum(f[k], (k, 0, n + 1)) - sp.Sum(f[k], (k, 0, n)))
    f[n + 1]
    """
    sums = [s for s in e.atoms(sp.Sum, sp.Product) if len(s.limits) == 1 and len(s.limits[0]) == 3]
    lows = [s.limits[0][1] for s in sums if s.limits[0][1].is_Integer]
    if not sums or any(abs(low) > NEAR for low in lows):
        return e
    mapping = {}
    for s in sums:
        (k, low, high), f = s.limits[0], s.function
        offset, rest = high.as_coeff_Add()
        if not offset.is_Integer or abs(offset) > NEAR or high == sp.oo:
            offset, rest = sp.Integer(0), high
        extra = [f.subs(k, rest + j) for j in range(1, int(offset) + 1)]
        fewer = [f.subs(k, rest - j) for j in range(0, -int(offset))]
        if low.is_Integer and lows:
            extra += [f.subs(k, j) for j in range(int(low), int(max(lows)))]
            low = max(lows)
        body = s.func(f, (k, low, rest))
        if isinstance(s, sp.Sum):
            mapping[s] = body + sum(extra) - sum(fewer)
        else:
            mapping[s] = body * sp.prod(extra) / sp.prod(fewer)
    return e.xreplace(mapping)


@tactic
def split_sums(e: sp.Expr) -> sp.Expr:
    """Sums and products over common limits, the rest as single terms.

    >>> proves("split_sums", "Sum(f[k], (k, 1, n + 1)) - Sum(f[k], (k, 1, n)) - f[n + 1]",
    ...        "Sum(f[k], (k, 1, n + 1)) - Sum(f[k], (k, 1, n)) - f[n]")
    (True, False)
    """
    return sp.expand(split(e))


def _merged(e: sp.Expr) -> sp.Expr:
    """Σ c·Sum(f, k…) over the terms of ``e``, with the factors inside and one sum for each range."""
    rest, found = [], {}
    for term in sp.Add.make_args(e):
        factors = sp.Mul.make_args(term)
        sums = [f for f in factors if isinstance(f, sp.Sum) and len(f.limits) == 1 and len(f.limits[0]) == 3]
        if len(sums) != 1:
            rest.append(term)
            continue
        k, low, high = sums[0].limits[0]
        index = found.setdefault((low, high), (sp.Dummy("k", integer=True), []))
        outside = sp.Mul(*(f for f in factors if f is not sums[0]))
        index[1].append(outside * sums[0].function.subs(k, index[0]))
    for (low, high), (k, terms) in found.items():
        # separating the exponents and joining them again brings b·b^(n − k) and b^(n + 1 − k) to one form
        inside = sp.factor_terms(sp.powsimp(sp.expand(sp.powsimp(sp.expand_power_exp(sp.expand(sp.Add(*terms)))))))
        inside = sp.S.Zero if sp.expand(sp.fraction(sp.together(inside))[0]) == 0 else inside
        rest.append(sp.Sum(inside, (k, low, high)) if inside != 0 else sp.S.Zero)
    return sp.Add(*rest)


@tactic
def gather_sums(e: sp.Expr) -> sp.Expr:
    """Factors brought into the sums that they multiply, limits made common, and sums over one range made one.

    >>> proves("gather_sums", "Sum(q**(n - k)*f[k], (k, 0, n)) - q*Sum(q**(n - 1 - k)*f[k], (k, 0, n - 1)) - f[n]",
    ...        "Sum(q**(n - k)*f[k], (k, 0, n)) - Sum(q**(n - 1 - k)*f[k], (k, 0, n - 1)) - f[n]")
    (True, False)
    """
    return sp.expand(_merged(sp.expand(split(e))))


@tactic
def exchange_sums(e: sp.Expr) -> sp.Expr:
    """Nested finite sums whose limits do not depend on each other, in one order: sums of finitely many terms may be
    exchanged.

    >>> proves("exchange_sums", "Sum(f[k]*Sum(f[n*k], (n, 1, 3)), (k, 1, 5)) - Sum(f[k]*f[n*k], (k, 1, 5), (n, 1, 3))",
    ...        "Sum(f[k]*Sum(f[n*k], (n, 1, 3)), (k, 1, 5)) - Sum(f[n]*f[n*k], (k, 1, 5), (n, 1, 3))")
    (True, False)
    """
    return sp.expand(sp.Add(*[_in_order(f, limits) for t in sp.Add.make_args(sp.expand(e)) for f, limits in _flat(t)]))


def _flat(term: sp.Expr) -> list[tuple[sp.Expr, list[tuple[sp.Expr, ...]]]]:
    """The summands of a product that holds one sum, each with the limits of all nested sums."""
    factors = sp.Mul.make_args(term)
    sums = [f for f in factors if isinstance(f, sp.Sum) and all(len(limit) == 3 for limit in f.limits)]
    bound = {limit[0] for s in sums for limit in s.limits}
    if len(sums) != 1 or any(f.free_symbols & bound for f in factors if f is not sums[0]):
        return [(term, [])]
    outside = sp.Mul(*(f for f in factors if f is not sums[0]))
    inside = [p for t in sp.Add.make_args(sp.expand(outside * sums[0].function)) for p in _flat(t)]
    return [(f, [*limits, *map(tuple, sums[0].limits)]) for f, limits in inside]


def _in_order(f: sp.Expr, limits: list[tuple[sp.Expr, ...]]) -> sp.Expr:
    """The sum with the order of its indices that comes first; as it is where a limit holds another index."""
    if not limits:
        return f
    number, f = f.as_coeff_Mul()
    names = [k for k, *_ in limits]
    free = {s for _, *ends in limits for end in ends for s in end.free_symbols}
    if len(set(names)) < len(names) or free & set(names) or len(names) > 3 or any(high == sp.oo for *_, high in limits):
        return number * sp.Sum(f, *limits)
    fresh = [sp.Symbol(f"index_{i}", integer=True) for i in range(len(names))]
    every = [sp.Sum(f.xreplace({k: new for (k, *_), new in zip(order, fresh)}), *((new, *ends) for (_, *ends), new
             in zip(order, fresh))) for order in itertools.permutations(limits)]
    return number * min(every, key=sp.default_sort_key)
