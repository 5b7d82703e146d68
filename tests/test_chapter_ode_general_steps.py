"""The two functions that the rectified-flow chapter offers to take away, as a reader would copy them, and numbers of
its page."""

import csv
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("ode_general_steps", "flow_sample", "bending", "mixture_velocity", "euler_spread")
flow_sample, bending = CODE["flow_sample"], CODE["bending"]
NOISE = np.array([NormalDist().inv_cdf((k + 0.5) / 4000) for k in range(4000)])


def example(x, t):
    """The mean velocity of the running example."""
    return -2 + (t - (1 - t) / 4) / ((1 - t) ** 2 / 4 + t**2) * (x - 2 * (1 - t))


def oracle(function, case):
    with open(DATA / "ode_general_steps_oracles.csv", encoding="utf-8") as lines:
        return [float(r["value"]) for r in csv.DictReader(lines) if (r["function"], r["case"]) == (function, case)]


def test_euler_steps_of_diffusers():
    grid = oracle("FlowMatchEulerDiscreteScheduler sigmas", "5")
    _, path = flow_sample(lambda x, t: np.cos(2 * x) + 0.3, np.sin(1 + np.arange(4.0)), grid=grid)
    expected = oracle("FlowMatchEulerDiscreteScheduler steps", "5")
    np.testing.assert_allclose(path[1:].ravel(), expected, atol=5e-6)


def test_one_step_returns_the_mean_and_many_the_increasing_map():
    end, path = flow_sample(example, NOISE, 1)
    np.testing.assert_allclose(end, 2.0, atol=1e-12)
    assert path.shape == (2, 4000)
    end, _ = flow_sample(example, NOISE, 2000)
    np.testing.assert_allclose(end, 2 + NOISE / 2, atol=2e-3)


@pytest.mark.parametrize(("steps", "spread"), [(2, 0.20), (5, 0.369), (10, 0.431), (100, 0.493)])
def test_spreads_of_the_running_example(steps, spread):
    end, _ = flow_sample(example, np.array([1.0, -1.0]), steps)
    assert (end[0] - end[1]) / 2 == pytest.approx(spread, abs=6e-4)
    assert CODE["euler_spread"](steps) == pytest.approx((end[0] - end[1]) / 2, rel=1e-12)


def test_bending_of_normal_laws_is_the_closed_form():
    found, cost = bending(example, NOISE, 400)
    assert found == pytest.approx((2 - math.pi / 2) / 2 * NOISE.var(), rel=1e-3)
    assert cost == pytest.approx(4 + NOISE.var() / 4, rel=1e-3)


def test_bending_against_an_integrator_in_the_plane():
    data, noise = np.diag([4.0, 0.25]), np.array([[2.125, 1.875], [1.875, 2.125]])

    def velocity(x, t):
        rate = (t * noise - (1 - t) * data) @ np.linalg.inv((1 - t) ** 2 * data + t**2 * noise)
        return x @ rate.T

    start = np.random.default_rng(0).normal(size=(50, 2))
    times = np.linspace(1, 0, 2001)
    path = solve_ivp(lambda t, x: velocity(x.reshape(50, 2), t).ravel(), (1, 0), start.ravel(), t_eval=times,
                     rtol=1e-10, atol=1e-12).y.T.reshape(-1, 50, 2)
    speed = np.array([velocity(x, t) for x, t in zip(path, times)])
    moved = start - path[-1]
    square = np.trapezoid(((speed - moved) ** 2).sum(-1).mean(-1)[::-1], times[::-1])
    found, cost = bending(velocity, start, 400)
    assert found == pytest.approx(square, rel=1e-3)
    assert cost == pytest.approx((moved**2).sum(-1).mean(), rel=1e-3)


def test_straight_flows_have_no_bending():
    found, cost = bending(lambda x, t: np.broadcast_to([1.0, -2.0], x.shape), np.zeros((3, 2)), 7)
    assert found == pytest.approx(0, abs=1e-12) and cost == pytest.approx(5)


def test_the_mixture_velocity_is_that_of_normal_laws_for_one_component():
    x = np.linspace(-2, 3, 11)
    found = CODE["mixture_velocity"](x, 0.3, (1.0,), (2.0,), (0.5,))
    np.testing.assert_allclose(found, example(x, 0.3), atol=1e-12)


@pytest.mark.parametrize(
    ("x1", "steps", "options", "message"),
    [
        (1.0, 5, {}, r"x1: expected shape \(n,\) or \(n, d\); found \(\)"),
        (np.zeros(0), 5, {}, "x1: expected shape"),
        (np.zeros((2, 2, 2)), 5, {}, "x1: expected shape"),
        (np.array([np.inf]), 5, {}, "x1: expected finite numbers"),
        (np.ones(2), 0, {}, "steps: expected a whole number of at least 1; found 0"),
        (np.ones(2), 2.5, {}, "steps: expected a whole number"),
        (np.ones(2), float("nan"), {}, "steps: expected a whole number"),
        (np.ones(2), True, {}, "steps: expected a whole number"),
        (np.ones(2), 5, {"grid": [0.0, 1.0]}, "grid: expected times that fall from 1 to 0"),
        (np.ones(2), 5, {"grid": [1.0, 0.5]}, "grid: expected times"),
        (np.ones(2), 5, {"grid": [1.0, 0.5, 0.5, 0.0]}, "grid: expected times"),
    ],
)
def test_wrong_arguments_are_named(x1, steps, options, message):
    with pytest.raises(ValueError, match=message):
        flow_sample(lambda x, t: x, x1, steps, **options)


def test_wrong_velocities_are_named():
    with pytest.raises(ValueError, match=r"velocity: expected shape \(2, 3\); found \(2,\)"):
        bending(lambda x, t: x[:, 0], np.ones((2, 3)), 3)
    with pytest.raises(ValueError, match="velocity: found NaN or infinity at t = 0.5"):
        flow_sample(lambda x, t: x * (np.nan if t == 0.5 else 1.0), np.ones(2), 2)


def test_single_precision_is_followed_in_double_precision():
    end, path = flow_sample(lambda x, t: -x, np.full((1, 2), 1e38, np.float32), 1)
    assert path.dtype == np.float64 and np.isfinite(end).all()
    assert end == pytest.approx(2 * np.float64(np.float32(1e38)), rel=1e-12)
