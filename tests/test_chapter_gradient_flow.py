"""The two functions that the gradient-flow chapter offers to take away, as a reader would copy them: cell by cell, nothing else of the chapter."""

import numpy as np
import pytest

from chapter_code import take_away

CODE = take_away("gradient_flow", "langevin", "jko_step")
langevin, jko_step = CODE["langevin"], CODE["jko_step"]


def normal_quantiles(mean, width, count):
    return mean + width * CODE["ndtri"]((np.arange(count) + 0.5) / count)


@pytest.mark.parametrize("curvature, step", [(1.0, 0.5), (4.0, 0.1)])
def test_langevin_is_biased_as_its_docstring_says(curvature, step):
    x = langevin(lambda z: -curvature * z, np.zeros((30_000, 2)), step, 60, np.random.default_rng(1))
    expected = 1 / (curvature * (1 - step * curvature / 2))
    error = expected * np.sqrt(2 / x.size)                       # standard error of a variance of normal samples
    assert abs(np.mean(x**2) - expected) < 5 * error
    assert abs(np.mean(x**2) - 1 / curvature) > 20 * error       # the bias is visible at this size
    assert x.shape == (30_000, 2)


def test_langevin_leaves_its_start_alone_and_stops_at_zero_steps():
    start = np.arange(4.0)
    assert np.array_equal(langevin(lambda z: -z, start, 0.1, 0, np.random.default_rng(0)), start)
    langevin(lambda z: -z, start, 0.1, 3, np.random.default_rng(0))
    assert np.array_equal(start, np.arange(4.0))


def test_langevin_moves_at_the_rate_of_the_flow():
    x = langevin(lambda z: -z, np.full(40_000, 3.0), 0.01, 100, np.random.default_rng(2))
    assert np.mean(x) == pytest.approx(3 * 0.99**100, abs=5 * np.std(x) / 200)


@pytest.mark.parametrize("options, message", [
    ({"step": 0.0}, "step must be positive"),
    ({"step": float("nan")}, "step must be positive"),
    ({"steps": -1}, "steps not negative"),
    ({"start": np.array([0.0, float("nan")])}, "finite particles"),
    ({"start": 1.0}, "array of finite particles"),
    ({"score": lambda z: np.sum(z)}, r"shape \(\) for particles of shape \(5,\)"),
    ({"step": 3.0, "steps": 3000}, "ran away"),
    ({"score": lambda z: z / 0.0, "steps": 1}, "ran away"),
])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_langevin_says_what_is_wrong(options, message):
    call = {"score": lambda z: -z, "start": np.ones(5), "step": 0.1, "steps": 10, "rng": np.random.default_rng(0)} | options
    with pytest.raises(ValueError, match=message):
        langevin(**call)


@pytest.mark.parametrize("alpha", [0.1, 1.0, 30.0])
def test_jko_step_of_a_normal_density(alpha):
    new = jko_step(normal_quantiles(2.0, 0.5, 800), lambda z: -z, alpha)
    width = (0.5 + np.sqrt(0.25 + 4 * alpha * (1 + alpha))) / (2 * (1 + alpha))
    assert np.mean(new) == pytest.approx(2 / (1 + alpha), rel=1e-9)
    assert np.interp([0.1, 0.5, 0.9], (np.arange(800) + 0.5) / 800, new) == pytest.approx(np.mean(new) + width * CODE["ndtri"]([0.1, 0.5, 0.9]), abs=0.01)
    assert np.all(np.diff(new) > 0)


def test_jko_step_lowers_its_own_objective_most():
    rng = np.random.default_rng(3)
    old, alpha = np.sort(rng.normal(size=30)), 0.3
    new = jko_step(old, lambda z: -z**3, alpha)
    objective = lambda x: np.sum((x - old) ** 2) / (2 * alpha) + np.sum(x**4) / 4 - np.sum(np.log(np.diff(x)))
    assert objective(new) < objective(old)
    for direction in rng.normal(size=(20, 30)):
        assert objective(new + 1e-4 * np.min(np.diff(new)) * direction) > objective(new)


def test_many_jko_steps_arrive_at_the_target():
    x = normal_quantiles(-4.0, 0.1, 300)
    for _ in range(40):
        x = jko_step(x, lambda z: -4 * (z - 1), 0.5)
    assert np.mean(x) == pytest.approx(1, abs=1e-6)
    assert np.var(x) == pytest.approx(0.25, rel=0.02)


@pytest.mark.parametrize("quantiles, alpha, message", [
    ([0.0, 1.0], 0.0, "step must be positive"),
    ([0.0, 1.0], -1.0, "step must be positive"),
    ([0.0, 1.0], float("nan"), "step must be positive"),
    ([0.0, 1e-14, 1.0], 0.1, "gaps of at least"),
    ([0.0, 1.0, float("inf")], 0.1, "finite"),
    ([1.0, 0.0], 0.1, "strictly increasing"),
    ([0.0, 0.0, 1.0], 0.1, "strictly increasing"),
    ([0.0, float("nan"), 1.0], 0.1, "strictly increasing"),
    ([0.0], 0.1, "at least two"),
    ([[0.0, 1.0]], 0.1, "vector"),
])
def test_jko_step_says_what_is_wrong(quantiles, alpha, message):
    with pytest.raises(ValueError, match=message):
        jko_step(quantiles, lambda z: -z, alpha)


def test_jko_step_asks_for_a_score_of_every_quantile():
    with pytest.raises(ValueError, match=r"score returns shape \(\)"):
        jko_step([0.0, 1.0], np.sum, 0.1)


def test_langevin_takes_single_precision_and_returns_double():
    x = langevin(lambda z: -z, np.ones(4, np.float32), 0.1, 2, np.random.default_rng(0))
    assert x.dtype == np.float64 and x.shape == (4,)


def test_jko_step_of_a_density_without_end_is_refused():
    with pytest.raises(ValueError, match="too large"):
        jko_step([-1.0, 0.5, 2.0], lambda z: 3 * z, 10.0)      # log p = 3z²/2 grows without bound
