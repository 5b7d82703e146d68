"""Slips in exponents, functions, arguments and conditions.

>>> from sympy import symbols, sqrt
>>> from .slips import Formula
>>> x, n = symbols("x n", positive=True)
>>> list(exponent(x**3, Formula(x**3)))
[x**2, x**4, x, x**6, x**(3/2)]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from ..say.heads import AppliedVector
from ..say.tensors import VectorSum
from .slips import Changes, Formula, is_function, is_linear, others, plain, put, slip


# ---------------------------------------------------------------- exponents

@slip(sp.Pow, "exponent")
def exponent(e: Any, formula: Formula) -> Changes:
    """σ for σ², one power too few or too many, doubled, halved; ρ² for ρᵗ."""
    base, power = e.base, e.exp
    if base.is_number and power.is_number:
        return
    if power.is_number:
        news = [power - sp.sign(power), power + sp.sign(power), sp.sign(power), 2 * power, power / 2]
        yield from (base**p for p in (news if abs(power) != 1 else news[1::2]))
    else:
        yield from (base ** (power + 1), base ** (power - 1), base, base ** (2 * power), base**2)


@slip(sp.Symbol, "exponent", tier=1)
def square_of_a_symbol(e: Any, formula: Formula) -> Changes:
    """σ² for σ."""
    if e in formula.symbols and not e.is_integer:
        yield e**2


@slip((sp.Function, sp.Determinant, sp.Trace), "exponent", tier=1)
def square_of_a_function(e: Any, formula: Formula) -> Changes:
    """‖x‖² for ‖x‖."""
    if not isinstance(e, sp.exp):
        yield e**2


@slip((sp.Pow, sp.exp), "reciprocal")
def reciprocal(e: Any, formula: Formula) -> Changes:
    """Times for over; the minus of an exponent lost."""
    yield 1 / e


@slip(sp.Symbol, "reciprocal", tier=1)
def reciprocal_of_a_symbol(e: Any, formula: Formula) -> Changes:
    """The rate for the scale, a precision for a variance."""
    if e in formula.symbols and not e.is_integer:
        yield 1 / e


@slip(sp.Pow, "square for root")
def square_for_root(e: Any, formula: Formula) -> Changes:
    """√x for x², λ⁻² for 1/√λ."""
    if e.exp.is_Rational and abs(e.exp) != 1 and not_negative(e.base):
        yield e.base ** (1 / e.exp)


@slip(sp.Symbol, "square for root", tier=1)
def root_of_a_symbol(e: Any, formula: Formula) -> Changes:
    """√v for v: a standard deviation where the variance was meant."""
    if e in formula.symbols and not e.is_integer and not_negative(e):
        yield sp.sqrt(e)


def not_negative(e: Any) -> bool:
    """Whether a root of this has a value."""
    return bool(e.is_extended_nonnegative or not e.is_extended_real)


# ---------------------------------------------------------------- functions

def _named(name: str) -> Callable[..., Any]:
    """The operator of the language with this name, found beside the one that is replaced."""

    def other(e: Any, *args: Any) -> Any:
        found = [c for c in type(e).__base__.__subclasses__() if c.__name__ == name]
        return found[0](*args) if found else None

    return other


NEIGHBOURS: dict[Any, Callable[..., Any]] = {
    sp.sin: sp.cos, sp.cos: sp.sin, sp.tan: sp.cot, sp.sinh: sp.cosh, sp.cosh: sp.sinh, sp.tanh: sp.tan,
    sp.sech: sp.sec,
    sp.asin: sp.acos, sp.acos: sp.asin, sp.atan: sp.tan, sp.atanh: sp.atan, sp.asinh: sp.acosh, sp.acosh: sp.asinh,
    sp.exp: lambda u: sp.exp(-u), sp.log: lambda u: sp.log(1 + u), sp.Max: sp.Min, sp.Min: sp.Max,
    sp.floor: sp.ceiling, sp.ceiling: sp.floor, sp.erf: sp.erfc, sp.erfc: sp.erf, sp.re: sp.im, sp.im: sp.re,
    sp.conjugate: lambda u: u, sp.Abs: lambda u: u, sp.Ci: sp.Si, sp.Si: sp.Ci, sp.sign: lambda u: -sp.sign(u),
    sp.gamma: lambda u: sp.gamma(u + 1), sp.factorial: lambda u: sp.factorial(u + 1), sp.loggamma: sp.gamma,
    sp.harmonic: lambda u, *r: sp.harmonic(u + 1, *r), sp.digamma: sp.loggamma,
    sp.besseli: sp.besselj, sp.besselj: sp.besseli, sp.besselk: sp.bessely,
    sp.Trace: sp.Determinant, sp.Determinant: sp.Trace,
}
OPERATORS: dict[str, Callable[..., Any]] = {
    # the second moment for the variance and back; a deviation for a mean
    "Var": lambda e, x: _named("E")(e, x**2), "Cov": lambda e, x, y: _named("E")(e, x * y),
    "E": lambda e, x: _named("Var")(e, x.base if isinstance(x, sp.Pow) and x.exp == 2 else x),
    "trace": _named("det"), "det": _named("trace"), "argmin": _named("argmax"), "argmax": _named("argmin"),
    "sup": _named("inf"), "inf": _named("sup"), "norm": lambda e, x: _named("inner")(e, x, x),
    "cosine": _named("inner"),
    "sqrtm": lambda e, x: x,
}
"""What is read or written for an operator of the language; a result of ``None`` is no formula."""


@slip((sp.Function, sp.Max, sp.Min, sp.Trace, sp.Determinant), "neighbouring function")
def neighbouring_function(e: Any, formula: Formula) -> Changes:
    """cos for sin, erfc for erf, the second moment for the variance, determinant for trace."""
    if e.func in NEIGHBOURS:
        yield NEIGHBOURS[e.func](*e.args)
    elif e.func.__name__ in OPERATORS and not isinstance(e, AppliedUndef):
        yield OPERATORS[e.func.__name__](e, *e.args)


@slip(sp.Function, "neighbouring function", tier=1)
def function_left_out(e: Any, formula: Formula) -> Changes:
    """The logarithm forgotten."""
    if is_function(e) and len(e.args) == 1 and plain(e.args[0]) and not is_linear(e):
        yield e.args[0]


@slip(sp.Function, "order of operations")
def power_moved_out(e: Any, formula: Formula) -> Changes:
    """(E x)² for E x², sin² x for sin x²."""
    if is_function(e) and len(e.args) == 1 and isinstance(e.args[0], sp.Pow):
        yield e.func(e.args[0].base) ** e.args[0].exp


@slip(sp.Pow, "order of operations")
def power_moved_in(e: Any, formula: Formula) -> Changes:
    """E x² for (E x)², log x² for (log x)², the sum of squares for the square of the sum."""
    inside = e.base
    if is_function(inside) and len(inside.args) == 1 and plain(inside.args[0]) and not isinstance(inside, sp.Abs):
        yield inside.func(inside.args[0] ** e.exp)
    elif isinstance(inside, (sp.Sum, sp.Integral)):
        yield inside.func(inside.function**e.exp, *inside.limits)


@slip((sp.Sum, sp.Integral), "order of operations")
def power_out_of_a_sum(e: Any, formula: Formula) -> Changes:
    """The square of the sum for the sum of squares."""
    if isinstance(e.function, sp.Pow) and not e.function.exp.free_symbols & set(e.variables):
        yield e.func(e.function.base, *e.limits) ** e.function.exp


@slip(sp.Function, "order of operations", tier=1)
def functions_exchanged(e: Any, formula: Formula) -> Changes:
    """log E x for E log x."""
    if is_function(e) and len(e.args) == 1 and is_function(e.args[0]) and len(e.args[0].args) == 1:
        inner = e.args[0]
        yield inner.func(e.func(inner.args[0]))


# ---------------------------------------------------------------- counting

@slip(sp.Symbol, "off by one")
def number_off_by_one(e: Any, formula: Formula) -> Changes:
    """Counted from 0 where it was counted from 1."""
    if e.is_integer:
        yield e + 1
        yield e - 1


@slip(sp.Rational, "off by one")
def constant_off_by_one(e: Any, formula: Formula) -> Changes:
    """3 for 2, ⅓ for ½."""
    if e.is_Integer and 1 < abs(e) <= 12:
        yield e - 1
        yield e + 1
    elif not e.is_Integer and e.q <= 12:
        yield sp.Rational(e.p, e.q + 1)
        if e.q > 2:
            yield sp.Rational(e.p, e.q - 1)


@slip(sp.Indexed, "off by one")
def index_off_by_one(e: Any, formula: Formula) -> Changes:
    """u_k for u_{k+1}."""
    for i, a in enumerate(e.indices):
        for step in (1, -1):
            yield e.base[(*e.indices[:i], a + step, *e.indices[i + 1:])]


@slip((AppliedUndef, AppliedVector), "off by one")
def argument_off_by_one(e: Any, formula: Formula) -> Changes:
    """v(t) for v(t + 1)."""
    for i, a in enumerate(e.args):
        if isinstance(a, sp.Expr) and a.is_integer and not (isinstance(e, AppliedVector) and i < 2):
            yield put(e, i, a + 1)
            yield put(e, i, a - 1)


@slip(sp.Add, "off by one", tier=1)
def number_in_a_sum_off_by_one(e: Any, formula: Formula) -> Changes:
    """n + 2 for n + 1."""
    if e.args[0].is_Integer:
        yield e + 1
        yield e - 1


@slip((sp.Sum, sp.Product, VectorSum), "range off by one")
def range_off_by_one(e: Any, formula: Formula) -> Changes:
    """A sum to n for one to n − 1, from 0 for one from 1."""
    for i, limit in enumerate(e.limits):
        if len(limit) == 3:
            variable, low, high = limit
            for new in ((low + 1, high), (low - 1, high), (low, high - 1), (low, high + 1)):
                if new != (low, high):
                    yield e.func(e.function, *e.limits[:i], (variable, *new), *e.limits[i + 1:])


@slip(sp.Integral, "range off by one")
def half_of_the_range(e: Any, formula: Formula) -> Changes:
    """The half line for the line, and back."""
    for i, limit in enumerate(e.limits):
        if len(limit) == 3 and limit[2] == sp.oo and limit[1] in (0, -sp.oo):
            low = -sp.oo if limit[1] == 0 else 0
            yield e.func(e.function, *e.limits[:i], (limit[0], low, sp.oo), *e.limits[i + 1:])


@slip((sp.Function, sp.Max, sp.Min), "one more inside")
def one_more_in_an_argument(e: Any, formula: Formula) -> Changes:
    """log(1 + x) for log x, min(G, R + 1) for min(G, R)."""
    if not isinstance(e, (AppliedUndef, sp.Piecewise)) and e.func.__name__ not in ("E", "Var", "Cov"):
        for one, (i, a) in itertools.product((1, -1), enumerate(e.args)):
            if plain(a):
                yield put(e, i, a + one)


@slip((sp.Pow, sp.exp), "one more inside")
def one_more_in_an_exponent(e: Any, formula: Formula) -> Changes:
    """2i + 1 for 2i above the bar of an exponent."""
    power = e.args[-1]
    if not power.is_number:
        numerator, denominator = power.as_numer_denom()
        for one in (1, -1) if not denominator.is_number else ():
            yield put(e, len(e.args) - 1, (numerator + one) / denominator)
        for one in (1, -1):
            yield put(e, len(e.args) - 1, power + one)


# ---------------------------------------------------------------- conditions

REVERSED = {sp.Gt: sp.Lt, sp.Lt: sp.Gt, sp.Ge: sp.Le, sp.Le: sp.Ge, sp.Eq: sp.Ne, sp.Ne: sp.Eq}


def conditions(condition: Any) -> Changes:
    """Misprints of one condition: reversed, the threshold scaled, shifted or of the other sign."""
    if isinstance(condition, Relational):
        left, right = condition.args
        yield REVERSED[condition.func](left, right)
        for new in (2 * right, right / 2, -right) if right != 0 else (1, -1):
            yield condition.func(left, new)
    elif isinstance(condition, (sp.And, sp.Or)):
        yield (sp.Or if isinstance(condition, sp.And) else sp.And)(*condition.args)
        for i, part in enumerate(condition.args):
            for new in conditions(part):
                yield condition.func(new, *others(condition, i))


@slip(sp.Piecewise, "condition")
def condition(e: Any, formula: Formula) -> Changes:
    """x < 1 for x > 1, the threshold 2/L for 1/L."""
    for i, (value, when) in enumerate(e.args):
        for new in conditions(when):
            yield e.func(*e.args[:i], (value, new), *e.args[i + 1:])


@slip(sp.Function, "condition")
def condition_of_an_event(e: Any, formula: Formula) -> Changes:
    """Pr(x < a) for Pr(x > a)."""
    for i, a in enumerate(e.args):
        yield from (put(e, i, new) for new in conditions(a))


@slip(sp.Piecewise, "swap roles")
def branches_exchanged(e: Any, formula: Formula) -> Changes:
    """The two cases in the wrong order."""
    if len(e.args) > 1:
        (first, one), (second, two), *more = e.args
        yield e.func((second, one), (first, two), *more)
