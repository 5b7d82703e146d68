"""Claims about gradients, limits and minimisers of vectors: run by the engine to the accuracy of its differences."""

import pytest
import sympy as sp

from claims import Jacobian, argmin, claim, function, gradient, inner, norm, suppose, vector
from claims.measure.base import Measurement
from claims.prove.vectors import plain
from claims.say.leaves import leaves

d = sp.Symbol("d", integer=True, positive=True)
eta = sp.Symbol(r"\eta", positive=True)
PASSES = ("proved", "measured")


pytestmark = pytest.mark.usefixtures("notebook")


def test_one_function_at_two_places_is_one_leaf():
    f, x, y = function("f"), vector("x", d), vector("y", d)
    assert set(leaves([f(x) - f(y)])) == {"f", "x", "y", "d"}


@pytest.mark.parametrize("factor, passes", [(sp.Rational(1, 2), True), (sp.Rational(1, 3), False)])
def test_a_gradient_run_by_differences_is_compared_to_their_accuracy(factor, passes):
    theta, g = vector("theta", d), function("g", size=d)
    slope = Jacobian(g(theta), theta).T * g(theta)
    c = claim("slope-of-square", gradient(norm(g(theta)) ** 2 / 4, theta), "=", factor * slope, domain={d: [2, 3]})
    assert (c.record["verdict"] in PASSES) == passes


@pytest.mark.parametrize("factor, passes", [(1, True), (2, False)])
def test_a_minimiser_may_be_a_vector(factor, passes):
    step, g = vector("delta", d), vector("g", d)
    cost = lambda u: norm(u) ** 2 / (2 * eta) + inner(g, u)  # noqa: E731

    def proof(rhs):
        return {"another step costs more": plain(cost(step) - cost(rhs) - norm(step - rhs) ** 2 / (2 * eta))}

    proof.made_of_left = True
    c = claim("cheapest-step", argmin(step, cost(step)), "argmin", -factor * eta * g, proof=proof,
              domain={eta: [sp.Rational(1, 3), 2], d: [2, 3]})
    assert (c.record["verdict"] in PASSES) == passes


def test_the_side_of_a_limit_is_no_name():
    c = claim("slope-at-zero", sp.Limit((sp.exp(eta) - 1) / eta, eta, 0), "=", sp.Integer(1))
    assert c.record["verdict"] in PASSES


def test_a_hypothesis_about_a_derivative_is_checked_to_the_accuracy_of_differences():
    t, height = sp.Symbol("t", positive=True), function("Gamma")
    fall = suppose("falls", sp.Derivative(height(t), t), "=", -height(t))
    c = claim("double", 2 * sp.Derivative(height(t), t), "=", -2 * height(t), given=[fall],
              steps=[(-2 * height(t), "falls", fall)],
              trial=lambda rng, t: {"Gamma": lambda time: 1.5 * 2.718281828459045 ** (-time)},
              domain={t: [sp.Rational(1, 3), 2]})
    assert c.record["verdict"] in PASSES, c.record["failures"]


def test_the_engine_draws_again_where_the_left_side_is_all_but_zero():
    x, f = sp.Symbol("x", real=True), function("f")
    slope = sp.Derivative(f(x), x)
    made = [claim(f"small-slope-{name}", sp.Derivative(f(x) ** 14, x), "=", 14 * f(x) ** 13 * slope,
                  domain={x: [sp.Rational(1, 3), -1]}) for name in "abcdefghij"]
    assert [c.record["verdict"] for c in made] == ["proved"] * 10


def test_an_error_that_is_a_large_part_of_the_value_is_coarse():
    assert Measurement(1e-5, 1e-7).coarse and not Measurement(1.0, 1e-7).coarse
