"""Complex sums and sums of sums: bound names stay apart, entries are complex, and what is run is what is written."""

import numpy as np
import sympy as sp

from claims import Line, Zero, indexed, square_of_sum, triangle
from claims.prove.chain import link
from claims.prove.collapse import collapsed
from claims.prove.decide import decide
from claims.prove.telescoping import named
from claims.say.evaluate import arbitrary, digits
from claims.say.run import Samples

K, n = sp.symbols("K n", integer=True, positive=True)
k, l = sp.symbols("k l", integer=True, nonnegative=True)
x = sp.Symbol("x", real=True)
a = indexed("a_s", K + 1, first=0, complex=True)
f = sp.Function("f")
ORDER = ("conjugates", "order_sums")


def lag(n):
    return sp.Sum(a[k] * sp.conjugate(a[k + n]), (k, 0, K - n))


def test_an_outer_index_does_not_catch_an_inner_one():
    e = sp.Sum(f(n) * sp.Sum(f(k + n), (k, 0, K - n)), (n, 1, K))
    run = lambda e: Samples({K: 3}, {"f": np.cos}).value(e).full  # noqa: E731
    assert named(e).has(sp.Sum) and run(named(e)) == run(e)
    assert named(named(e)) == named(e)


def test_a_double_sum_runs_and_comes_apart():
    e = sp.Sum(f(k) * f(l), (l, 0, n), (k, 0, n))
    assert np.isclose(Samples({n: 3}, {"f": np.cos}).value(e).full, np.cos(np.arange(4)).sum() ** 2)
    assert collapsed(e, {}) == sp.Sum(f(k), (k, 0, n)) * sp.Sum(f(l), (l, 0, n))


def test_entries_declared_complex_are_complex():
    assert sp.im(arbitrary(a[2])) != 0 and sp.im(arbitrary(sp.IndexedBase("b")[2])) == 0
    assert digits(sp.Sum(sp.Abs(a[k]) ** 2 - a[k] ** 2, (k, 0, 2)), {})[0] != 0
    assert abs(digits(sp.Sum(a[k] * a[l], (l, 0, 1), (k, 0, 1)) - sp.Sum(a[k], (k, 0, 1)) ** 2, {})[0]) < 1e-25


def test_a_squared_modulus_grows_by_one_hand():
    square = sp.Abs(sp.Sum(a[k] * sp.exp(-sp.I * sp.pi * k * x), (k, 0, K))) ** 2
    for sign, status in ((1, "zero"), (-1, "nonzero")):
        series = lag(0) + 2 * sp.re(sp.Sum(lag(n) * sp.exp(sign * sp.I * sp.pi * n * x), (n, 1, K)))
        gap = square - series
        assert decide(Zero(gap.subs(K, K + 1) - gap, *ORDER)).status == status


def test_a_product_of_sums_is_a_double_sum():
    total = sp.Sum(a[k] * sp.conjugate(a[l]), (l, 0, K), (k, 0, K))
    square = sp.Abs(sp.Sum(a[k], (k, 0, K))) ** 2
    assert link(square, Line(total, tactics=ORDER)).status == "zero"
    wrong = sp.Sum(a[k] * a[l], (l, 0, K), (k, 0, K))
    assert link(square, Line(wrong, tactics=ORDER)).status == "nonzero"


def test_triangle_and_square_of_a_sum_hold_and_are_not_misused():
    on = Samples({K: 3, a: np.array([1 - 2j, 0.3j, -1, 2 + 1j])})
    hands, lengths = sp.Sum(a[k], (k, 0, K)), sp.Sum(sp.Abs(a[k]), (k, 0, K))
    for rule in (triangle(hands), square_of_sum(lengths)):
        assert on.value(rule.left).full < on.value(rule.right).full and rule.law
    squares = sp.Sum(sp.Abs(a[k]) ** 2, (k, 0, K))
    steps = (triangle(hands), square_of_sum(lengths))
    assert link(sp.Abs(hands) ** 2, Line(lengths**2, using=steps[:1], relation="<=")).status == "zero"
    assert link(lengths**2, Line((K + 1) * squares, using=steps[1:], relation="<=")).status == "zero"
    assert link(lengths**2, Line(K * squares, using=steps[1:], relation="<=")).status != "zero"
