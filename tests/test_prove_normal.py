"""Expectations over a normal number agree with a quadrature that knows nothing of them; and what has no closed form
stays open."""

import numpy as np
import pytest
import sympy as sp

from claims.prove.normal import normal_expectation, without_deltas

z, a = sp.Symbol("z", real=True), sp.Symbol("a", real=True)
nodes, weights = np.polynomial.legendre.leggauss(400)
x, w = np.concatenate([7 * (nodes - 1),
                       7 * (nodes + 1)]), np.concatenate([7 * weights] * 2)  # a kink at 0 lies between the halves

FUNCTIONS = [[z, z, z, z], [sp.exp(a * z), z], [sp.exp(a * z - a**2 / 2), sp.exp(z / 3)],
             [sp.Piecewise((z, z > 0), (a * z, True)), z], [sp.cos(z)],
             [sp.Abs(z)], [sp.exp(a * z), z, z], [sp.hermite_prob(3, z), sp.hermite_prob(3, z)],
             [sp.hermite_prob(2, z), sp.hermite_prob(3, z)]]


CASES = ([(0, 1, factors) for factors in FUNCTIONS]
         + [(sp.Rational(1, 2), sp.Rational(9, 4), factors) for factors in FUNCTIONS[:3]])


@pytest.mark.parametrize("mean, variance, factors", CASES, ids=str)
def test_closed_forms_agree_with_quadrature(mean, variance, factors):
    value = normal_expectation(mean, variance, z, factors)
    if value is None:
        pytest.skip("no closed form here")
    m, v = float(mean), float(variance)
    f = sp.lambdify(z, sp.Mul(*factors).subs(a, sp.Rational(2, 5)).doit().expand(func=True), "numpy")
    seen = (w * f(m + v**0.5 * x) * np.exp(-x * x / 2)).sum() / np.sqrt(2 * np.pi)
    assert abs(complex(sp.N(sp.sympify(value).subs(a, sp.Rational(2, 5)).doit())) - seen) < 1e-6 * (1 + abs(seen))


def test_what_has_no_closed_form_stays_open():
    assert normal_expectation(0, 1, z, [sp.tanh(z) ** 2]) is None


def test_deltas_leave_sums_only_over_equal_limits():
    i, j, n = sp.symbols("i j n", integer=True, nonnegative=True)
    f = sp.Function("f")
    apart = sp.Sum(f(i) * sp.KroneckerDelta(i, j), (i, 0, n), (j, 1, n))
    assert without_deltas(apart) == apart
