"""Tactics of complex sums: conjugates carried inside, sums brought to one direction of the index."""

from __future__ import annotations

from typing import Any

import sympy as sp

from .tactics import proves, tactic  # noqa: F401 - the examples run it


def bar(e: Any) -> Any:
    """The complex conjugate, carried into sums, integrals over real numbers, products and whole powers.

    >>> z, x = sp.Symbol("z"), sp.Symbol("x", real=True)
    >>> bar(2 * z**2 + sp.exp(sp.I * x))
    2*conjugate(z)**2 + exp(-I*x)
    """
    if isinstance(e, (sp.Add, sp.Mul)):
        return e.func(*map(bar, e.args))
    if isinstance(e, (sp.Sum, sp.Product)) or (
            isinstance(e, sp.Integral) and all(limit[0].is_real for limit in e.limits)):
        return e.func(bar(e.function), *e.limits)
    return bar(e.base) ** e.exp if e.is_Pow and e.exp.is_integer else sp.conjugate(e)


@tactic
def conjugates(e: sp.Expr) -> sp.Expr:
    """|w|² = w w̄, Re w = (w + w̄)/2 and Im w = (w − w̄)/2i, with conjugates carried inside.

    >>> proves("conjugates", "abs(z + 1)**2 - (z + 1)*(conjugate(z) + 1)", "abs(z + 1)**2 - (z + 1)**2")
    (True, False)
    """
    forms = ((sp.conjugate, bar), (sp.re, lambda w: (w + bar(w)) / 2), (sp.im, lambda w: (w - bar(w)) / (2 * sp.I)))
    for kind, form in forms:
        e = e.replace(kind, form)
    return e.replace(lambda q: q.is_Pow and isinstance(q.base, sp.Abs) and q.exp.is_even,
                     lambda q: (q.base.args[0] * bar(q.base.args[0])) ** (q.exp / 2))


@tactic
def order_sums(e: sp.Expr) -> sp.Expr:
    """Sums in one form: factors outside, an index that counts down turned round, whole-number offsets of the upper end
    written out, bound indices named alike.

    >>> proves("order_sums", "Sum(f[n + 1 - k], (k, 1, n)) - Sum(f[k], (k, 1, n))",
    ...        "Sum(f[n + 1 - k], (k, 1, n)) - Sum(f[k], (k, 0, n - 1))")
    (True, False)
    """
    out = sp.expand(sp.expand(e).replace(lambda q: isinstance(q, sp.Sum), _ordered))
    return out.replace(lambda q: isinstance(q, sp.Sum) and any(_empty(limit) for limit in q.limits),
                       lambda q: q.doit())


def _empty(limit: Any) -> bool:
    """Whether a sum has no terms, or runs backwards; SymPy then turns its sign."""
    return bool(sp.expand(limit[2] - limit[1]).is_negative)


def _ordered(q: Any) -> Any:
    *within, (i, low, high) = q.limits
    body = order_sums(sp.Sum(q.function, *within) if within else q.function)
    return sp.expand(sp.Add(*[_one_way(term, i, low, high) for term in sp.Add.make_args(body)]))


def _one_way(term: Any, i: Any, low: Any, high: Any) -> Any:
    outside, inside = term.as_independent(i, as_Add=False)
    if _empty((i, low, high)):
        return sp.S.Zero if sp.expand(high - low) == -1 else sp.Sum(term, (i, low, high)).doit()
    ends = {sp.expand(w + i) for f in inside.atoms(sp.Indexed) for w in f.indices if w.has(i)}
    if ends and not any(w.has(i) for w in ends):  # every index falls as i rises
        top = min(ends, key=str)
        inside, low, high = sp.expand(inside.subs(i, top - i)), sp.expand(top - high), sp.expand(top - low)
    offset, rest = high.as_coeff_Add()
    if not rest.free_symbols or not offset.is_Integer:
        offset, rest = sp.S.Zero, high
    at = lambda m: inside.subs(i, m)  # noqa: E731
    edge = [at(rest + m) for m in range(1, int(offset) + 1)] + [-at(rest - m) for m in range(-int(offset))]
    if low.is_Integer and rest.free_symbols:  # a common start; further up than 1 a term may have no value
        edge += [at(sp.Integer(m)) for m in range(int(low), 1)]
        low = sp.Max(low, 1)
    more, inside = inside.as_independent(i, as_Add=False)
    depth = max((len(s.limits) for s in inside.atoms(sp.Sum)), default=0)
    name = sp.Symbol(f"_m{depth}", integer=True, nonnegative=True)
    total = sp.Sum(inside.subs(i, name), (name, low, rest))
    return outside * (sp.Add(*edge) + more * (total.doit() if _empty((i, low, rest)) else total))
