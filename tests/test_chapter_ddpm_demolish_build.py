"""The functions that the DDPM chapter offers to take away, as a reader would copy them: cell by cell, nothing else of
the chapter."""

import csv
from pathlib import Path

import numpy as np
import pytest

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data" / "ddpm_demolish_build_scheduler.csv"
CODE = take_away("ddpm_demolish_build", "linear_schedule", "ddpm_weights", "ddpm_sample")
linear_schedule, ddpm_weights, ddpm_sample = (CODE[name] for name in ("linear_schedule", "ddpm_weights", "ddpm_sample"))
PAPER = np.linspace(1e-4, 0.02, 1000)
THREE = np.full(3, 0.36)
KINDS = ("beta", "tilde", "ddim", "none")


def for_unit_data(x, t):
    """The best guess for data N(0, 1) in the running example."""
    return np.sqrt(1 - 0.64**t) * x


def test_steps_of_diffusers_first_and_last_included():
    with open(DATA, encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {int(row["t"]) for row in rows} >= {0, 999}
    squares = linear_schedule(1000, first=1e-4)
    for row in rows:
        kind = {"fixed_large": "beta", "fixed_small": "tilde"}[row["variance_type"]]
        keep, take, own = ddpm_weights(squares, kind)[int(row["t"])]
        assert keep * float(row["sample"]) - take * float(row["noise"]) == pytest.approx(float(row["mean"]), abs=1e-12)
        assert own == pytest.approx(float(row["deviation"]), abs=2e-10)
        assert float(row["added"]) == pytest.approx(0 if row["t"] == "0" else own, abs=2e-10)


@pytest.mark.parametrize("kind", ["beta", "tilde"])
def test_the_mean_is_that_of_the_paper_by_way_of_the_clean_point(kind):
    squares = linear_schedule(50, last=0.3)
    signal = np.cumprod(1 - squares)
    before = np.r_[1.0, signal[:-1]]
    x, noise = 0.7, -0.4
    clean = (x - np.sqrt(1 - signal) * noise) / np.sqrt(signal)
    paper = np.sqrt(before) * squares / (1 - signal) * clean + np.sqrt(1 - squares) * (1 - before) / (1 - signal) * x
    found = ddpm_weights(squares, kind)
    np.testing.assert_allclose(found[:, 0] * x - found[:, 1] * noise, paper, rtol=1e-10)
    own = squares if kind == "beta" else squares * (1 - before) / (1 - signal)
    np.testing.assert_allclose(found[:, 2] ** 2, own, rtol=1e-10, atol=1e-15)


def test_ddim_keeps_the_noise_and_moves_the_clean_point():
    squares = linear_schedule(50, last=0.3)
    signal = np.sqrt(np.cumprod(1 - squares))
    before = np.r_[1.0, signal[:-1]]
    x, noise = 0.7, -0.4
    expected = before * (x - np.sqrt(1 - signal**2) * noise) / signal + np.sqrt(1 - before**2) * noise
    found = ddpm_weights(squares, "ddim")
    np.testing.assert_allclose(found[:, 0] * x - found[:, 1] * noise, expected, rtol=1e-10)
    assert not found[:, 2].any()


@pytest.mark.parametrize(("kind", "variance"), [("beta", 1.0), ("none", 0.512**2), ("tilde", 0.5206)])
def test_the_variance_of_the_running_example(kind, variance):
    found = ddpm_sample(for_unit_data, THREE, (200_000,), kind, rng=np.random.default_rng(3))
    assert found.var() == pytest.approx(variance, rel=0.02)
    exact = 1.0
    for t, (keep, take, own) in zip((3, 2, 1), ddpm_weights(THREE, kind)[::-1]):
        exact = (keep - take * np.sqrt(1 - 0.64**t)) ** 2 * exact + own**2
    assert exact == pytest.approx(variance, rel=1e-3)


def test_means_end_at_one_point_and_ddim_at_both_modes():
    squares = linear_schedule(1000)
    signal2 = np.cumprod(1 - squares)

    def guess(x, t):
        """By Bayes' rule over the two normals, written with weights."""
        a, b2 = np.sqrt(signal2[t - 1]), 1 - signal2[t - 1]
        modes, weights, spread = np.array([-1.3, 1.3]), np.array([0.3, 0.7]), a * a * 0.0625 + b2
        mass = weights * np.exp(-((x[:, None] - a * modes) ** 2) / (2 * spread))
        inside = modes + a * 0.0625 / spread * (x[:, None] - a * modes)
        return (x - a * (mass * inside).sum(1) / mass.sum(1)) / np.sqrt(b2)

    means = ddpm_sample(guess, squares, (3,), "none", start=[-3.0, 0.0, 3.0])
    np.testing.assert_allclose(means, [1.270, 1.273, 1.276], atol=1e-3)
    both = ddpm_sample(guess, squares, (5,), "ddim", start=[-2.0, -1.0, 0.0, 1.0, 2.0])
    assert (both < 0).tolist() == [True, True, False, False, False]


def test_the_schedules():
    assert np.array_equal(linear_schedule(1000, first=1e-4), PAPER)
    ours = linear_schedule(1000)
    assert np.sqrt(np.prod(1 - ours)) == pytest.approx(0.006482, abs=1e-6)
    assert np.sqrt(np.prod(1 - PAPER)) == pytest.approx(0.006353, abs=1e-6)
    assert np.abs(ours - PAPER).max() < 1e-4


def test_numbers_of_the_page():
    noise = np.sqrt(1 - 0.64 ** np.arange(1, 4))
    np.testing.assert_allclose(noise, [0.6, 0.768, 0.859], atol=5e-4)
    assert 0.6 / noise[2] == pytest.approx(0.698, abs=5e-4)
    signal2 = np.cumprod(1 - PAPER)
    assert np.sqrt(PAPER[499] / (1 - signal2[499])) == pytest.approx(0.104, abs=5e-4)
    ratio = (1 - PAPER) / PAPER * (1 - signal2) / signal2
    assert ratio[0] == pytest.approx(1) and ratio[499] == pytest.approx(1156, abs=1)


def test_tiny_steps_do_not_cancel():
    found = ddpm_weights(np.full(4, 1e-18), "ddim")
    levels = 1e-9 * np.sqrt(np.arange(1, 5))
    expected = 1e-18 / (levels + np.r_[0, levels[:-1]])
    np.testing.assert_allclose(found[:, 1], expected, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_samples_are_repeatable_and_of_any_shape(kind):
    first, second = (ddpm_sample(for_unit_data, THREE, (2, 3, 4), kind, rng=np.random.default_rng(7)) for _ in range(2))
    assert first.shape == (2, 3, 4) and np.array_equal(first, second)
    assert ddpm_sample(for_unit_data, THREE, 5, kind, rng=np.random.default_rng(7)).shape == (5,)


def test_a_given_start_is_not_changed_and_single_precision_is_widened():
    start = np.ones((2, 2), np.float32)
    found = ddpm_sample(lambda x, t: x.astype(np.float32), THREE, (2, 2), "none", start=start)
    assert found.dtype == np.float64 and np.all(start == 1)


@pytest.mark.parametrize(
    ("beta2", "variance", "message"),
    [
        ([0.1, 1.0], "beta", "between 0 and 1"),
        ([0.1, 0.0], "beta", "between 0 and 1"),
        ([0.1, float("nan")], "beta", "or NaN"),
        (0.1, "beta", r"shape \(T,\)"),
        ([[0.1]], "beta", r"found shape \(1, 1\)"),
        ([], "beta", "at least 1"),
        ([0.1], "fixed_large", "found 'fixed_large'"),
    ],
)
def test_wrong_squares_and_names_are_named(beta2, variance, message):
    with pytest.raises(ValueError, match=message):
        ddpm_weights(beta2, variance)


def test_wrong_guesses_and_starts_are_named():
    with pytest.raises(ValueError, match="predict_noise: expected finite numbers of shape"):
        ddpm_sample(lambda x, t: x[:1], THREE, (3,))
    with pytest.raises(ValueError, match="at t = 3"):
        ddpm_sample(lambda x, t: x * np.inf, THREE, (3,))
    with pytest.raises(ValueError, match="start: expected"):
        ddpm_sample(for_unit_data, THREE, (3,), start=[1.0, 2.0])
    with pytest.raises(ValueError, match="start: expected"):
        ddpm_sample(for_unit_data, THREE, (1,), start=[float("nan")])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "steps"),
        ((2.5,), "steps"),
        ((float("inf"),), "steps"),
        ((float("nan"),), "steps"),
        ((True,), "steps"),
        ((10, 1.0), "last"),
        ((10, float("nan")), "last"),
        ((10, 0.02, 0.03), "first"),
        ((10, 0.02, 0.0), "first"),
    ],
)
def test_wrong_schedules_are_named(arguments, message):
    with pytest.raises(ValueError, match=f"{message}: expected"):
        linear_schedule(*arguments)
