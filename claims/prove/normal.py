r"""Expectations over one normal number: polynomials times exponentials, Hermite polynomials, pieces; anything else by
integration.

>>> z, a = sp.Symbol("z", real=True), sp.Symbol("a", real=True)
>>> normal_expectation(0, 1, z, [sp.exp(a * z), z])
a*exp(a**2/2)
>>> normal_expectation(0, 1, z, [sp.Piecewise((z**2, z > 0), (0, True))])
1/2
>>> i, j = sp.symbols("i j", integer=True, nonnegative=True)
>>> normal_expectation(0, 1, z, [sp.hermite_prob(i, z), sp.hermite_prob(j, z)])
KroneckerDelta(i, j)*factorial(j)
"""

from __future__ import annotations

import functools
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .findings import attempt
from .limits import COMPARE_SECONDS, OutOfTime, time_limit


def normal_expectation(mean: Any, variance: Any, z: Any, factors: list[Any]) -> Any:
    """E of a product of functions of a normal ``z``; ``None`` where no closed form was found."""
    if (all(isinstance(f, sp.hermite_prob) and f.args[1] == z for f in factors) and len(factors) <= 2
        and (mean, variance) == (0, 1)):
        i, j = [f.args[0] for f in factors] if len(factors) == 2 else (sp.S.Zero, factors[0].args[0])
        return sp.factorial(j) * sp.KroneckerDelta(i, j)
    product = sp.powsimp(sp.expand(sp.Mul(*factors)))
    if (mean, variance) == (0, 1) and (halves := _halves(z, product)) is not None:
        return halves
    known = _exponential(mean, variance, z, product)
    return known if known is not None else _integrated(mean, variance, z, product)


def _halves(z: Any, product: Any) -> Any:
    """A polynomial on either side of 0: half moments of the standard normal law."""
    pieces = sp.piecewise_fold(product)
    if not (isinstance(pieces, sp.Piecewise) and len(pieces.args) == 2 and pieces.args[0].cond in (z > 0, z >= 0)):
        return None
    right, left = (p.expr for p in pieces.args)
    if pieces.args[1].cond != sp.true or not (right.is_polynomial(z) and left.is_polynomial(z)):
        return None
    half = lambda k: 2 ** sp.Rational(k - 2, 2) * sp.gamma(sp.Rational(k + 1, 2)) / sp.sqrt(sp.pi)  # noqa: E731
    sides = [sum(c * half(k) for (k,), c in sp.Poly(e, z).terms()) for e in (right, left.subs(z, -z))]
    return sp.expand(sum(sides))


def _exponential(mean: Any, variance: Any, z: Any, product: Any) -> Any:
    """A polynomial times the exponential of a line: derivatives of the moment generating function."""
    exponent, rest = sp.S.Zero, sp.S.One
    for factor in sp.Mul.make_args(product):
        if isinstance(factor, sp.exp) and factor.has(z):
            exponent += factor.args[0]
        else:
            rest *= factor
    if not (rest.is_polynomial(z) and sp.expand(exponent).is_polynomial(z)
            and sp.degree(sp.expand(exponent) + z, z) <= 1):
        return None
    slope, shift = sp.expand(exponent).coeff(z, 1), sp.expand(exponent).coeff(z, 0)
    a = sp.Dummy("a")
    generating = sp.exp(a * mean + a**2 * variance / 2)
    terms = sp.Poly(rest, z).terms()
    out = sum(c * sp.diff(generating, a, k) for (k,), c in terms)
    return sp.simplify(out.subs(a, slope) * sp.exp(shift))


@functools.lru_cache(maxsize=512)
def _integrated(mean: Any, variance: Any, z: Any, product: Any) -> Any:
    if any(f.has(z) for f in product.atoms(AppliedUndef)):
        return None  # of a function that is any function no integral is known, and SymPy would look for seconds
    u = sp.Dummy("u", real=True)
    density = sp.exp(-(u - mean) ** 2 / (2 * variance)) / sp.sqrt(2 * sp.pi * variance)
    try:
        with time_limit(COMPARE_SECONDS):
            value, _ = attempt(lambda: sp.integrate(sp.piecewise_fold(product.xreplace({z: u})) * density,
                                                    (u, -sp.oo, sp.oo)))
    except OutOfTime:
        return None
    if value is None or value.has(sp.Integral, sp.nan, sp.zoo) or value.has(u):
        return None
    return sp.simplify(value)


def without_deltas(e: Any) -> Any:
    """Double sums over the same limits with a Kronecker delta of the two indices, as single sums; a delta with 0 in a
    sum from 0 as its first term.

    >>> i, j, n = sp.symbols("i j n", integer=True, nonnegative=True)
    >>> f = sp.Function("f")
    >>> without_deltas(sp.Sum(f(i) * f(j) * sp.KroneckerDelta(i, j), (i, 1, n), (j, 1, n)))
    Sum(f(j)**2, (j, 1, n))
    """
    if not isinstance(e, sp.Basic) or not e.has(sp.KroneckerDelta):
        return e
    return e.replace(lambda n: isinstance(n, sp.Sum) and n.has(sp.KroneckerDelta), _one_sum)


def _one_sum(e: Any) -> Any:
    limits = {limit[0]: tuple(limit[1:]) for limit in e.limits}
    for delta in e.function.atoms(sp.KroneckerDelta):
        a, b = delta.args
        if a in limits and b in limits and limits[a] == limits[b]:
            rest = [limit for limit in e.limits if limit[0] != a]
            return without_deltas(sp.Sum(sp.powsimp(e.function.xreplace({delta: sp.S.One}).subs(a, b)), *rest))
        for index, fixed in ((a, b), (b, a)):
            if (index in limits and len(limits) == 1 and fixed.is_Integer and limits[index][0].is_Integer
                and fixed >= limits[index][0]):
                if (limits[index][1] - fixed).is_nonnegative:
                    return e.function.xreplace({delta: sp.S.One}).subs(index, fixed)
    return e
