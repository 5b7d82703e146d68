"""Undefined functions at a point: their values and derivatives there may be any numbers, so a residual that holds them
needs no particular function to be seen not to vanish."""

from __future__ import annotations

import random
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

UNFINISHED = (sp.Integral, sp.Limit, sp.Sum, sp.Product)
"""What looks at a function at more than one point."""


def _jet(a: sp.Basic) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]] | None:
    """Function, arguments and orders of differentiation of a value of an undefined function or of its derivative;
    ``None`` for a derivative or substitution of something else."""
    if isinstance(a, AppliedUndef):
        return (a.func, a.args, ()) if all(isinstance(x, sp.Expr) and not x.is_Matrix for x in a.args) else None
    if isinstance(a, sp.Derivative) and isinstance(a.expr, AppliedUndef):
        f = a.expr
        if not all(v.is_Symbol and f.args.count(v) == 1 for v in a.variables):
            return None
        if any(v in other.free_symbols for v in a.variables for other in f.args if other != v):
            return None
        return f.func, f.args, tuple(sorted(f.args.index(v) for v in a.variables))
    if isinstance(a, sp.Subs) and isinstance(a.expr, sp.Derivative):
        inner = _jet(a.expr)
        if inner is None:
            return None
        f, args, orders = inner
        return f, tuple(x.xreplace(dict(zip(a.variables, a.point))) for x in args), orders
    return None


def _number(f: Any, args: tuple[Any, ...], orders: tuple[Any, ...], r: random.Random) -> sp.Expr:
    """A number that this value or derivative may have: of the sign that the function was declared with."""
    size = sp.Rational(r.randint(5, 60), 23)
    probe = f(*[sp.Dummy(real=True) for _ in args])
    if probe.is_complex and probe.is_real is None:
        return size * r.choice((-1, 1)) + sp.I * sp.Rational(r.randint(5, 60), 23)
    if not orders and (probe.is_nonnegative or probe.is_nonpositive):
        return size if probe.is_nonnegative else -size
    return size * r.choice((-1, 1))


def at_a_point(e: sp.Expr, r: random.Random) -> tuple[sp.Expr, list[tuple[sp.Expr, ...]]] | None:
    """``e`` with a number for every value and derivative of an undefined function in it, and the differences of
    arguments that must not all vanish (else two of the numbers would be of one value). ``None``: it holds an integral,
    a sum or a limit, or a derivative of something else.

    >>> f, x = sp.Function("f"), sp.Symbol("x")
    >>> shown, apart = at_a_point(sp.Derivative(x * f(x), x) - f(x) - x * sp.Derivative(f(x), x), random.Random(0))
    >>> shown, apart
    (0, [])
    >>> at_a_point(f(x + 1) - f(2 * x), random.Random(0))[1]
    [(1 - x,)]
    """
    if e.has(*UNFINISHED):
        return None
    if e.has(sp.Derivative, sp.Subs):
        e = e.doit()
        if e.has(*UNFINISHED):
            return None
    numbers: dict[Any, sp.Expr] = {}
    places: dict[Any, list[tuple[Any, ...]]] = {}
    values: dict[Any, sp.Expr] = {}

    def settle(a: sp.Basic) -> sp.Expr | None:
        found = _jet(a)
        if found is None:
            return None
        f, args, orders = found
        if any(x.has(AppliedUndef, sp.Derivative) for x in args):
            inside = [fill(x) for x in args]
            if any(x is None for x in inside):
                return None
            args = tuple(inside)
        key = (f, args, orders)
        if key not in values:
            values[key] = _number(f, args, orders, r)
            known = places.setdefault(f, [])
            if args not in known:
                known.append(args)
        return values[key]

    def fill(x: Any) -> Any:
        """x with its outermost jets replaced; ``None`` if one is of another kind."""
        todo = []
        walk = sp.preorder_traversal(x)
        for a in walk:
            if isinstance(a, (AppliedUndef, sp.Derivative, sp.Subs)):
                todo.append(a)
                walk.skip()
        for a in todo:
            if a not in numbers:
                value = settle(a)
                if value is None:
                    return None
                numbers[a] = value
        return x.xreplace({a: numbers[a] for a in todo})

    shown = fill(e)
    if shown is None:
        return None
    apart = [tuple(a - b for a, b in zip(one, two))
             for known in places.values() for i, one in enumerate(known) for two in known[:i] if len(one) == len(two)]
    return shown, [d for d in apart if all(x.is_zero is not False and not (x.is_number and x != 0) for x in d)]
