"""Witnesses: a point where a residual is visibly not zero refutes it. What has no value is no witness."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.evaluate import arbitrary, digits
from .findings import attempt
from .jets import at_a_point
from .sampler import Sampler

DIGITS = 30
SMALL = sp.Float("1e-18", DIGITS)
"""A value of SymPy's own evaluation below this is not told from 0."""
LOST = 1e-25
"""A quick value that is this small beside its largest part is taken for cancellation."""
CLEAR = 1e-12
"""A quick value above this, beside its largest part, needs no second look."""
GRID = 6
"""So many points of a domain are visited where it has them."""
DELTA_TRIES = 8
"""So many values are drawn for one that differs from another."""
SERIES_DIGITS, SERIES_TERMS = 45, 3000
SERIES_RATIO, SERIES_SURE = 0.95, 20
"""An infinite series is added up where its terms have fallen by this ratio so many times in a row."""
MEET = 1e-9
"""Arguments of an undefined function nearer than this count as one."""
MAX_DIGITS = 2000
MAX_DIGITS_UNFINISHED = 60
"""Of SymPy's evaluation: a difference that is exactly 0 makes it raise its precision up to here, which is slow where
it integrates.
"""


def free_symbols(e: Any) -> set[Any]:
    """Free symbols without the parts of indexed quantities (``f[s]`` counts as a value of its own, not as ``f``)."""
    labels = {i.base.label for i in e.atoms(sp.Indexed)}
    return {s for s in e.free_symbols if isinstance(s, (sp.Symbol, sp.MatrixSymbol)) and s not in labels}


def _known(v: Any) -> bool:
    """Whether a value of ``N`` is known well enough to tell it from 0: ``evalf`` gives its precision in bits."""
    parts = v.as_real_imag() if v.has(sp.I) else (v,)
    return any(abs(part) > SMALL and getattr(part, "_prec", 53) >= 16 for part in parts)


def series_value(s: sp.Sum) -> sp.Float | None:
    """The value of an infinite series of numbers that falls like a geometric one in the end, term by term; ``None``
    for others.

    >>> n = sp.Symbol("n")
    >>> float(series_value(sp.Sum(sp.Rational(1, 2)**n, (n, 0, sp.oo)))), series_value(sp.Sum(1 / n**2, (n, 1, sp.oo)))
    (2.0, None)
    """
    (n, low, high), *more = s.limits
    if more or high != sp.oo or not low.is_Integer or s.function.free_symbols - {n}:
        return None
    with mpmath.workdps(SERIES_DIGITS):
        term = sp.lambdify(n, s.function, "mpmath")
        total, before, falling = mpmath.mpf(0), mpmath.mpf(0), 0
        for i in range(int(low), int(low) + SERIES_TERMS):
            now = term(mpmath.mpf(i))
            total += now
            falling = falling + 1 if abs(now) <= SERIES_RATIO * abs(before) else 0
            if falling > SERIES_SURE and abs(now) < mpmath.mpf(10) ** -SERIES_DIGITS * max(abs(total), 1):
                return sp.Float(total, SERIES_DIGITS) if mpmath.im(total) == 0 else None
            before = now
    return None


def _evaluated(e: sp.Expr, point: Mapping[Any, Any]) -> sp.Expr | None:
    v = e.xreplace(dict(point))
    known = {s: attempt(series_value, s)[0] for s in v.atoms(sp.Sum) if sp.oo in s.limits[0]}
    v = v.xreplace({s: value for s, value in known.items() if value is not None})
    if any(isinstance(value, sp.MatrixBase) for value in point.values()) or v.has(sp.Sum, sp.Product):
        v = v.doit()
    v = v.xreplace({i: arbitrary(i) for i in v.atoms(sp.Indexed)})
    if not v.is_number:
        return None
    unfinished = v.has(sp.Integral, sp.Sum, sp.Product, sp.Limit)
    return sp.N(v, DIGITS, maxn=MAX_DIGITS_UNFINISHED if unfinished else MAX_DIGITS)


def numeric(e: sp.Expr, point: Mapping[Any, Any]) -> sp.Expr | None:
    """The value of ``e`` at an exact point with 30 digits; ``None`` if it cannot be had (never a guess).

    >>> x = sp.Symbol("x")
    >>> float(numeric(x**2, {x: sp.Integer(3)})), numeric(1 / x, {x: sp.S.Zero})
    (9.0, None)
    """
    v, _ = attempt(_evaluated, e, point)
    if v is None or v.has(sp.nan, sp.zoo, sp.oo):
        return None
    return v if all(part.is_Float or part.is_Rational for part in v.as_real_imag()) else None


def _endless(e: sp.Expr) -> bool:
    """Whether a sum, product or integral over undefined functions might diverge for a particular one."""
    limits = (x for a in e.atoms(sp.Sum, sp.Product, sp.Integral) for x in a.limits if len(x) == 3)
    return any(sp.oo in (abs(low), abs(high)) for _, low, high in limits)


def _instance(f: Any, count: int, r: random.Random, linear: bool = False) -> Callable[..., sp.Expr]:
    """A rational function of ``count`` arguments, of the sign that ``f`` was declared with; with ``linear``, one of
    which the zeros are plain, where no sign was."""
    c = [sp.Rational(r.randint(5, 40), 23) * r.choice((-1, 1)) for _ in range(3 * count + 2)]
    probe = f(*[sp.Dummy(real=True) for _ in range(count)])

    def body(*arguments: Any) -> sp.Expr:
        value = c[0] + c[1] * sp.prod(arguments)
        for i, x in enumerate(arguments if not linear else ()):
            value += c[3 * i + 2] * x + c[3 * i + 3] * x**2 + c[3 * i + 4] / (2 + x**2)
        if probe.is_nonnegative:
            return value**2 + sp.Rational(1, 9)
        if probe.is_complex and probe.is_real is None:
            return value + sp.I * (c[1] - c[2] * sp.Add(*arguments))
        return -(value**2) - sp.Rational(1, 9) if probe.is_nonpositive else value

    return body


def _concrete(e: sp.Expr, r: random.Random) -> tuple[sp.Expr, list[tuple[sp.Expr, ...]]] | None:
    """An instance of ``e`` in which undefined functions are particular ones: what fails there, fails; and what must
    not all vanish for it to be one. ``None``: no instance, so no witness.
    """
    functions = {a.func: len(a.args) for a in e.atoms(AppliedUndef)}
    if not functions:
        return e, []
    whole = any(f(*[sp.Dummy(real=True) for _ in range(count)]).is_integer for f, count in functions.items())
    if _endless(e) or whole:
        return None
    if not e.has(sp.Derivative, sp.Subs, sp.Integral, sp.Limit) and e.has(sp.Sum, sp.Product):
        return e, []  # the walk over the terms gives every member a value
    if (numbers := at_a_point(e, r)) is not None:
        return numbers
    return _particular(e, r), []


def _particular(e: sp.Expr, r: random.Random) -> sp.Expr:
    """``e`` with rational functions in place of the undefined ones."""
    functions = {a.func: len(a.args) for a in e.atoms(AppliedUndef)}
    linear = e.has(sp.Integral) and e.has(sp.Abs)  # SymPy integrates the absolute value of a quartic for seconds
    for f in sorted(functions, key=str):
        e = e.replace(f, _instance(f, functions[f], r, linear))
    # sums alone are better left to the walk over their terms
    to_do = e.has(sp.Derivative, sp.Subs, sp.Integral, sp.Limit) or not e.has(sp.Sum, sp.Product)
    return e.doit() if to_do else e


def _meet(apart: list[tuple[sp.Expr, ...]], p: Mapping[Any, Any]) -> bool:
    """Whether two arguments of an undefined function, which was given a number for each, are one at this point."""
    return any(all(abs(sp.N(x.xreplace(dict(p)))) < MEET for x in difference) for difference in apart)


def on_deltas(e: sp.Expr, point: dict[Any, Any], sampler: Sampler, equal: bool) -> dict[Any, Any]:
    """The point with the two indices of every Kronecker delta equal (as they seldom are at random), or different.

    >>> i, j = sp.symbols("i j", integer=True)
    >>> on_deltas(sp.KroneckerDelta(i, j), {i: 2, j: 5}, Sampler(), equal=True)
    {i: 2, j: 2}
    """
    moved = dict(point)
    for delta in sorted(e.atoms(sp.KroneckerDelta), key=str):
        i, j = delta.args[:2]
        if not j.is_Symbol or i not in moved or i.assumptions0 != j.assumptions0 or any(j in p for p in sampler.domain):
            continue
        tries = range(DELTA_TRIES)
        moved[j] = moved[i] if equal else next((v for _ in tries if (v := sampler.draw(j)) != moved[i]), moved[j])
    return moved


def witness(e: sp.Expr, sampler: Sampler, tries: int = 3, sign: bool = False,
            edges: bool = False) -> tuple[dict, sp.Expr] | None:
    """A point where ``e`` is not zero (with ``sign``: is negative), and its value there.

    With ``edges``, looked for first where assumptions end.

    >>> x = sp.Symbol("x", real=True)
    >>> witness(x - x**2, Sampler([{x: 1}, {x: 3}]))[0]
    {x: 3}
    """
    instance, _ = attempt(_concrete, e, sampler.random)
    if instance is None:
        return None
    shown, apart = instance
    salt = sampler.random.randrange(2**31) if shown.has(AppliedUndef) else None
    symbols = free_symbols(shown).union(*(free_symbols(x) for difference in apart for x in difference))
    for turn in range(max(tries, min(GRID, len(sampler.domain))) + edges):
        try:
            p = sampler.edge(symbols) if edges and not turn else sampler.point(symbols)
        except ValueError:
            return None
        if p is None or apart and _meet(apart, p):
            continue
        if shown.has(sp.KroneckerDelta):
            p = on_deltas(shown, p, sampler, equal=turn % 2 == 0)
        quick = digits(shown, p, DIGITS, salt)
        if quick is None and salt is not None:
            shown, salt = attempt(_particular, shown, sampler.random)[0], None
            if shown is None:
                return None
            quick = digits(shown, p, DIGITS)
        if quick is not None:
            # fast where it is clear-cut; SymPy's own evaluation, which keeps track of lost digits, decides the rest
            v, size = quick
            if abs(v) <= LOST * max(size, 1):
                continue
            if abs(v) > CLEAR * max(size, 1e-6):
                if not sign:
                    return p, sp.sympify(v)
                if abs(mpmath.im(v)) < 1e-20 * abs(v):
                    if mpmath.re(v) < 0:
                        return p, sp.sympify(mpmath.re(v))
                    continue
        v = numeric(shown, p)
        if v is None:
            continue
        if sign:
            if sp.im(v) == 0 and v < -SMALL and _known(v):
                return p, v
        elif _known(v):
            return p, v
    return None
