"""Sums and products of symbolic length in one form: differences telescope, bound indices have names of their own.

>>> s, t = sp.symbols("s t", integer=True, nonnegative=True)
>>> v = sp.Function("v", positive=True)
>>> telescoped(sp.Sum(v(s + 1) - v(s), (s, 0, t - 1))), telescoped(sp.Product(v(s + 1) / v(s), (s, 2, t)))
(-v(0) + v(t), v(t + 1)/v(2))
"""

from __future__ import annotations

from typing import Any

import sympy as sp


def telescoped(e: Any) -> Any:
    """``e`` with every sum of f(k + 1) − f(k) or of a constant, and every product of f(k + 1)/f(k), carried out."""
    if not isinstance(e, sp.Basic) or not e.has(sp.Sum, sp.Product):
        return e
    e = e.replace(lambda n: isinstance(n, sp.Sum) and len(n.limits) == 1, _sum)
    return e.replace(lambda n: isinstance(n, sp.Product) and len(n.limits) == 1, _product)


def _sum(e: Any) -> Any:
    (k, low, high), body = e.limits[0], sp.expand(e.function)
    if not body.has(k):
        return body * (high - low + 1)
    for term in sp.Add.make_args(body):
        g = -term
        if term.has(k) and sp.expand(body - g.subs(k, k + 1) + g) == 0:
            return g.subs(k, high + 1) - g.subs(k, low)
    return e


def _product(e: Any) -> Any:
    (k, low, high), body = e.limits[0], sp.powsimp(e.function)
    below = sp.fraction(sp.together(body))[1]
    if below.has(k) and sp.cancel(body - below.subs(k, k + 1) / below) == 0:
        return below.subs(k, high + 1) / below.subs(k, low)
    return e


def named(e: Any) -> Any:
    """``e`` with the bound indices of its sums renamed by their depth, and independent limits in one order.

    >>> r, s, n = sp.symbols("r s n", integer=True, positive=True)
    >>> a, b = sp.Function("a"), sp.Function("b")
    >>> named(sp.Sum(a(r) * b(s), (r, 1, n), (s, 1, n)) - sp.Sum(a(s) * b(r), (s, 1, n), (r, 1, n)))
    0
    """
    if not isinstance(e, sp.Basic) or not e.has(sp.Sum):
        return e
    return e.replace(lambda n: isinstance(n, sp.Sum), _named)


def _depth(e: Any) -> int:
    """How many sums stand within each other."""
    inside = max((_depth(a) for a in e.args), default=0)
    return inside + len(e.limits) if isinstance(e, sp.Sum) else inside


def _index(i: int) -> Any:
    return sp.Symbol(f"_k{i}", integer=True, nonnegative=True)


def _named(e: Any) -> Any:
    body, limits = e.function, list(e.limits)
    while isinstance(body, sp.Sum):
        limits, body = [*body.limits, *limits], body.function
    bound = [limit[0] for limit in limits]
    # a sum inside a product has names of its own already, which an outer index must not catch
    first, others = _depth(body), body.free_symbols - set(bound)
    while others & (names := {_index(first + i): i for i in range(len(limits))}).keys():
        first += 1
    names = list(names)
    if any(b in x.free_symbols for limit in limits for x in limit[1:] for b in bound):
        return sp.Sum(body, *limits)
    order = sorted(range(len(limits)), key=lambda i: (str(limits[i][1:]), i))
    forms = [_renamed(body, limits, order, names)]
    if len(limits) == 2 and limits[0][1:] == limits[1][1:]:
        forms.append(_renamed(body, limits, order[::-1], names))
    return min(forms, key=str)


def _renamed(body: Any, limits: list[Any], order: list[int], names: list[Any]) -> Any:
    places = {limits[i][0]: name for i, name in zip(order, names)}
    return sp.Sum(body.subs(places, simultaneous=True), *((places[limits[i][0]], *limits[i][1:]) for i in order))
