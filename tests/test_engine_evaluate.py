"""The quick walks agree with SymPy's own evaluation, and say so where they have no rule."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from claims.say.evaluate import Arrays, Digits, Unknown, digits
from claims.measure.measurement import MeasurementError
from claims.measure.points import Evaluator

x, y = sp.symbols("x y", positive=True)
n, k = sp.symbols("n k", integer=True, positive=True)
AT = {x: sp.Rational(2, 5), y: sp.Rational(3, 7)}
TWO = {sp.Max, sp.Min, sp.Mod, sp.KroneckerDelta, sp.binomial, sp.atan2, sp.beta, sp.lowergamma, sp.uppergamma}
ORDERED = {sp.polygamma, sp.besselj, sp.besseli, sp.bessely, sp.besselk}


def applied(f):
    return (f(x, y) if f in TWO else f(1 + x) if f in (sp.acosh, sp.zeta) else f(1, x) if f in ORDERED else f(x - 1)
            if f is sp.sign else f(x))


def close(value, want):
    """Whether a 30-digit value agrees with SymPy's own."""
    with mpmath.workdps(40):
        return abs(mpmath.mpmathify(value) - mpmath.mpmathify(str(sp.N(want, 40)).replace("*I", "j"))) < 1e-27


@pytest.mark.parametrize("f", sorted(Arrays.functions, key=str), ids=str)
def test_arrays(f):
    assert np.allclose(complex(Arrays({s: float(v) for s, v in AT.items()})(applied(f))),
                       complex(sp.N(applied(f).subs(AT))), rtol=1e-14)
    many = Arrays({x: np.array([0.2, 0.4]), y: 0.3})(applied(f))
    assert np.shape(many) == (2,) or f is sp.im


@pytest.mark.parametrize("f", sorted(Digits.functions, key=str), ids=str)
def test_digits(f):
    value, _ = digits(applied(f), AT)
    assert close(value, applied(f).subs(AT))


@pytest.mark.parametrize("e", [sp.Sum(x**k / k, (k, 1, n)), sp.Product(1 + x / k, (k, 2, n + 1)),
                               2 * sp.Sum(3, (k, 1, n)) - x, sp.Sum(1 / k, (k, n, n))], ids=str)
def test_sums_and_products_over_finite_ranges(e):
    want = e.subs({x: sp.Rational(2, 5), n: 5}).doit()
    assert np.isclose(Arrays({x: 0.4, n: 5.0})(e), float(want), rtol=1e-14)
    assert close(digits(e, {x: sp.Rational(2, 5), n: sp.Integer(5)})[0], want)


@pytest.mark.parametrize("e", [sp.Sum(1 / k**2, (k, 1, sp.oo)), sp.Sum(k, (k, 7, n)), sp.Sum(k, (k, 1, x)),
                               sp.Function("g")(x), sp.Integral(x, (x, 0, y)), sp.chebyshevt(n, x)], ids=str)
def test_no_rule_is_said(e):
    assert digits(e, {**AT, n: sp.Integer(5)}) is None
    with pytest.raises((Unknown, OverflowError)):
        Arrays({x: 0.4, y: 0.3, n: 5.0})(e)


def test_entries_of_an_indexed_quantity():
    f, v = sp.IndexedBase("f", real=True), np.random.default_rng(0).normal(size=10)
    mixed = f[k] * sp.Sum(f[k] * k, (k, 1, n)) + f[n + 1] ** 2  # k free outside, bound inside
    got = Evaluator(mixed)({n: sp.Integer(4), k: sp.Integer(2)}, {"f": v})
    assert np.isclose(got, v[2] * sum(i * v[i] for i in range(1, 5)) + v[5] ** 2, rtol=1e-14)
    first, second = digits(mixed, {n: sp.Integer(4),
                                   k: sp.Integer(2)})[0], digits(mixed, {n: sp.Integer(4), k: sp.Integer(3)})[0]
    assert first != second and digits(f[n + 1] - f[k], {n: sp.Integer(4), k: sp.Integer(5)})[0] == 0
    assert digits(sp.IndexedBase("w", nonnegative=True)[n], {n: sp.Integer(3)})[0] > 0


def test_infinity_has_no_digits():
    assert digits(sp.oo, {}) is None and digits(x + sp.zoo, AT) is None


def test_the_size_of_what_cancelled_is_known():
    value, largest = digits((10**20 + x) - 10**20 - x + sp.exp(50 * y) - sp.exp(50 * y) * (1 + x) + x * sp.exp(50 * y),
                            AT)
    assert abs(value) < 1e-20 * largest and largest > mpmath.exp(20)


def test_an_evaluator_gives_arrays_of_the_shape_of_the_formula():
    matrix = sp.Matrix([[x, 1], [0, y]])
    assert Evaluator(matrix)({x: sp.Integer(2), y: sp.Integer(3)}).tolist() == [[2, 1], [0, 3]]
    assert Evaluator(sp.Tuple(x, y))({y: sp.Integer(3)}, {"x": np.arange(4.0)}).shape == (2, 4)
    f = sp.IndexedBase("f")
    assert Evaluator(sp.Sum(f[k], (k, 1, n)))({n: sp.Integer(3)}, {"f": np.arange(10.0)}) == 6
    for formula, why in ((x + sp.Symbol("w"), "symbol w has no value"),
                         (f[n], "no finite value at the measured inputs")):
        with pytest.raises(MeasurementError, match=why):
            Evaluator(formula)({x: sp.Integer(1), n: sp.Integer(30)}, {"f": np.arange(10.0)})


@pytest.mark.parametrize("order", [*range(-9, 0), *range(1, 10), 33])
def test_whole_powers_of_arrays_are_those_of_numbers(order):
    values = np.array([-2.5, -1.0, 0.3, 1.7])
    found = Arrays({x: values})(x**order)
    assert np.allclose(found, [float(v) ** order for v in values], rtol=1e-14, atol=0)
    assert found.dtype == float
    assert np.array_equal(values, [-2.5, -1.0, 0.3, 1.7])
