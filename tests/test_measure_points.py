"""Points that tell formulas apart, keywords that tell symbols apart, and candidates evaluated in enough digits."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from claims.errors import ClaimError
from claims.measure.base import MeasurementError
from claims.measure.keywords import keyword, keyword_names, long_keyword, name_problems
from claims.measure.points import Evaluator, keywords, point_problems, points
from claims.measure.precise import MOST
from claims.say.symbols import scalar

x, y = sp.symbols("x y", real=True)
a, b = sp.symbols("a b", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
R = sp.Rational

PROBLEMS = [
    ([{a: 3}], [a], "a has one value only"),
    ([{x: R(1, 2)}, {x: 2}, {x: 3}], [x], "x may have both signs"),
    ([{x: -1}, {x: -3}], [x], "x may have both signs"),
    ([{a: 1}, {a: R(1, 2)}], [a], "only the values 1/2, 1"),
    ([{x: 0}, {x: 1}], [x], "only the values 0, 1"),
    ([{a: 3, b: 3}, {a: 5, b: 5}], [a, b], "equal at every point"),
    ([{a: 3, b: 6}, {a: 5, b: 10}, {a: 1, b: 2}], [a, b], "proportional at every point"),
    ([{a: sp.sqrt(2), b: 2}, {a: 2, b: 2 * sp.sqrt(2)}], [a, b], "proportional"),
    ([{sp.Symbol(r"\sigma^2"): 2, sp.Symbol(r"\sigma{2}"): 3}], [], r"one keyword"),
    ([{sp.Symbol("x"): 2, x: 3}], [], "print alike"),
]


@pytest.mark.parametrize("at, symbols, why", PROBLEMS)
def test_points_that_do_not_tell_formulas_apart(at, symbols, why):
    assert any(why in p for p in point_problems(at, symbols)), point_problems(at, symbols)


@pytest.mark.parametrize(
    "at, symbols",
    [
        (points({a: [2, R(1, 3)], b: [3, 5]}), [a, b]),
        ([{x: -2, a: 3}, {x: 3, a: 5}], [x, a]),
        (points({n: [2, 5]}), [n]),
        ([{x: 0, a: 1}, {x: -2, a: 3}, {x: 2, a: 4}], [x, a]),
        ([{}], []),
        ([{}], [a]),
        (points({scalar("q", "unit interval"): [R(1, 3), R(3, 4)]}), [scalar("q", "unit interval")]),
        ([{a: 3, b: 0}, {a: 5, b: 0}], [a]),
    ],
)
def test_points_that_do(at, symbols):
    assert point_problems(at, symbols) == []


def test_short_keywords_stay_and_lengthen_on_collision_only():
    s = sp.symbols(r"\bar\alpha_t x_{t+1} x_{t-1} \theta' x^* x S^{-1} \sigma_\star")
    assert [keyword(k) for k in s[:3]] == ["baralpha_t", "x_t1", "x_t1"]
    assert [long_keyword(k) for k in s] == [
        "baralpha_t",
        "x_tp1",
        "x_tm1",
        "thetaprime",
        "xstar",
        "x",
        "Sm1",
        "sigma_star",
    ]
    assert list(keyword_names([s[1], s[4]]).values()) == ["x_t1", "x"]
    assert list(keyword_names(s[1:6]).values()) == ["x_tp1", "x_tm1", "theta", "xstar", "x"]
    assert keywords({s[4]: sp.Integer(1), s[5]: sp.Integer(2)}) == {"xstar": 1, "x": 2}
    two = sp.symbols(r"\sigma^2 \sigma_{-}2")
    assert not name_problems(two)
    with pytest.raises(ClaimError, match="reach a trial under one keyword"):
        keyword_names(sp.symbols(r"\sigma^2 \sigma2"))


def test_one_array_does_not_reach_two_symbols():
    after, before = sp.symbols("x_{t+1} x_{t-1}", real=True)
    with pytest.raises(MeasurementError, match=r"share the keyword 'x_t1'.*'x_tp1'"):
        Evaluator(after + before)({}, {"x_t1": np.arange(3.0)})
    got = Evaluator(after + 2 * before)({}, {"x_tp1": np.arange(3.0), "x_tm1": np.ones(3)})
    assert got.tolist() == [2, 3, 4]
    assert Evaluator(2 * before)({}, {"x_tp1": np.arange(3.0), "x_tm1": np.ones(3)}).tolist() == [2, 2, 2]
    assert Evaluator(2 * after)({}, {"x_t1": np.ones(2)}).tolist() == [2, 2]


def test_a_value_of_the_domain_is_not_given_to_another_symbol():
    minimum = sp.Symbol("x^*", real=True)
    assert Evaluator(x - minimum)({x: sp.Integer(3), minimum: sp.Integer(1)}) == 2
    with pytest.raises(MeasurementError, match="another value than the domain"):
        Evaluator(x - minimum)({x: sp.Integer(3)}, {"x": np.ones(2)})


def test_at_does_not_override_the_domain():
    assert Evaluator(2 * a)({a: sp.Integer(3)}, {"a": np.full(2, 3.0)}).tolist() == [6, 6]
    with pytest.raises(MeasurementError, match="another value than the domain"):
        Evaluator(2 * a)({a: sp.Integer(3)}, {"a": np.full(2, 4.0)})


LOSSY = [
    (sp.log(1 + sp.exp(x)), [-20.0, -3.0, 2.0, -36.0]),
    ((sp.exp(x) - 1 - x) / x**2, [1e-3, 0.5, -1e-5]),
    (sp.sqrt(x**2 + 1) - x, [1e7, 3.0]),
    ((1 - sp.cos(x)) / x**2, [1e-7, 1.0]),
    (sp.tanh(x) - 1, [18.0, 0.3]),
    (sp.sin(sp.pi * x), [1e5, 0.25]),
    (sp.erf(x) - 1, [5.0, 0.1]),
    (sp.Piecewise((sp.exp(x) - 1, x > 0), (x, True)), [1e-9, -1.0]),
    (1 / (1 + sp.exp(x)) + x - x, [40.0]),
]


@pytest.mark.parametrize("e, at", LOSSY, ids=lambda v: str(v)[:30])
def test_candidates_at_arrays_have_enough_digits(e, at):
    got = Evaluator(e, exact=True)({}, {"x": np.array(at)})
    with mpmath.workdps(60):
        want = [float(sp.N(e.xreplace({x: sp.Rational(v)}), 40)) for v in at]
    assert np.allclose(got, want, rtol=1e-14, atol=1e-40)


def test_digits_of_formulas_with_exact_values_sums_and_indices():
    k, f = sp.Symbol("k", integer=True), sp.IndexedBase("f", real=True)
    e = sp.Sum(x**k / sp.factorial(k), (k, 0, 120)) * a * 3 - sp.exp(x)
    got = Evaluator(e, exact=True)({a: R(1, 3)}, {"x": np.array([-20.0, 1.0])})
    assert np.all(np.abs(got) < 1e-9)
    values = np.array([1e16, 1.0, -1e16, 3.0])
    assert Evaluator(sp.Sum(f[k], (k, 0, 2)) + 0 * x, exact=True)({}, {"f": values}) == 1.0


def test_many_elements_are_not_computed_one_by_one():
    many = np.linspace(1e-4, 2e-4, 2 * MOST)
    assert Evaluator(sp.exp(x) * x, exact=True)({}, {"x": many}).shape == many.shape
    with pytest.raises(MeasurementError, match="loses its digits at 8192 different inputs"):
        Evaluator((sp.exp(x) - 1 - x) / x**2, exact=True)({}, {"x": many})
    repeated = np.repeat([-20.0, 1e-3], 5000)
    assert np.allclose(
        Evaluator(sp.log(1 + sp.exp(x)), exact=True)({}, {"x": repeated}),
        np.logaddexp(0, repeated),
        rtol=1e-15,
        atol=0,
    )


def test_a_wrong_formula_stays_wrong():
    e = (sp.exp(x) - 1 - x) / x**2 * (1 + R(1, 10**10))
    truth = sum(1e-3**k / math.factorial(k + 2) for k in range(8))
    assert abs(Evaluator(e, exact=True)({}, {"x": np.array([1e-3])})[0] / truth - 1) > 9e-11
