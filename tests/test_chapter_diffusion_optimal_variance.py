"""The functions that the chapter on the optimal reverse variance offers to take away, as a reader would copy them."""

import csv
import math

import numpy as np
import pytest
import torch

from chapter_code import take_away

CODE = take_away("diffusion_optimal_variance", "optimal_variances", "backward_step", "covariance_times")
optimal_variances, backward_step, covariance_times = (
    CODE[name] for name in ("optimal_variances", "backward_step", "covariance_times")
)
LEVELS = np.array([[0.6, 0.8], [0.8, 0.6], [0.96, 0.28]])


def gaussian_noise(variance):
    """Exact noise prediction for N(0, variance)."""
    return lambda x, a, b: b * x / (a * a * variance + b * b)


def gaussian_data(variance, count=40_000):
    return math.sqrt(variance) * np.random.default_rng(0).normal(size=(count, 1))


@pytest.mark.parametrize("estimator", ["residual", "noise", "data"])
@pytest.mark.parametrize("variance", [0.25, 1.0, 3.0])
def test_gaussian_data_have_the_variance_of_the_formula(estimator, variance):
    found = optimal_variances(
        gaussian_noise(variance), gaussian_data(variance), LEVELS, estimator=estimator, rng=np.random.default_rng(1)
    )
    for (own, best), (a, b), (a2, b2) in zip(found, LEVELS, LEVELS[1:]):
        beta2 = 1 - (a / a2) ** 2
        assert own == pytest.approx(b2 * math.sqrt(beta2) / b)
        assert best == pytest.approx(beta2 * (a2**2 * variance + b2**2) / (a**2 * variance + b**2), rel=0.05)


@pytest.mark.parametrize("sigma", ["ddpm", "ddim", [0.3, 0.1]])
def test_a_chain_of_two_steps_keeps_gaussian_data(sigma):
    rng, variance = np.random.default_rng(2), 0.25
    predict, data = gaussian_noise(variance), gaussian_data(variance)
    x = LEVELS[0, 0] * data + LEVELS[0, 1] * rng.normal(size=data.shape)
    for (own, best), level, following in zip(
        optimal_variances(predict, data, LEVELS, sigma=sigma, rng=rng), LEVELS, LEVELS[1:]
    ):
        x = backward_step(x, predict(x, *level), level, following, own, best, rng)
    assert x.var() == pytest.approx(LEVELS[-1, 0] ** 2 * variance + LEVELS[-1, 1] ** 2, rel=0.04)


def test_estimators_for_an_exact_guess_are_clipped_and_the_residual_is_not():
    data = gaussian_data(1.0, 500)
    inflated = optimal_variances(lambda x, a, b: 3 * x, data, LEVELS, estimator="noise", rng=np.random.default_rng(3))
    assert np.allclose(inflated[:, 1], inflated[:, 0] ** 2)  # negative estimate: nothing added
    weight = LEVELS[1:, 0] - LEVELS[:-1, 0] * LEVELS[1:, 1] / LEVELS[:-1, 1]
    wide, capped, free = (
        optimal_variances(lambda x, a, b: 0 * x, data, LEVELS, sigma="ddim", rng=np.random.default_rng(3), **more)
        for more in ({"half_range": 0.5}, {"half_range": 0.5, "estimator": "noise"}, {})
    )
    assert np.all(capped[:, 1] <= weight**2 * 0.25 + 1e-12) and np.array_equal(wide, free)
    bad = optimal_variances(lambda x, a, b: 3 * b * x, data, LEVELS, sigma="ddim", rng=np.random.default_rng(3))
    snr = (LEVELS[:-1, 0] / LEVELS[:-1, 1]) ** 2
    assert np.all(bad[:, 1] > weight**2 / snr)  # larger than any exact guess could need, and right for this one


def test_the_residual_is_the_error_of_the_guess_whatever_the_guess():
    data, wrong = gaussian_data(0.25), lambda x, a, b: 1.6 * b * x / (a * a * 0.25 + b * b)
    found = optimal_variances(wrong, data, LEVELS, sigma="ddim", rng=np.random.default_rng(1))
    a, b = LEVELS[0]
    at_level = a * a * 0.25 + b * b
    known = b * b / a / a * (1 - b * b / at_level + 0.36 * b * b / at_level)
    weight = LEVELS[1, 0] - a * LEVELS[1, 1] / b
    assert found[0, 1] == pytest.approx(weight**2 * known, rel=0.03)


def test_pure_noise_gives_the_variance_of_the_data():
    data = gaussian_data(0.5, 1000)
    found = optimal_variances(
        lambda x, a, b: b * x, data, [[0.0, 1.0], [0.6, 0.8]], sigma="ddim", rng=np.random.default_rng(4)
    )
    assert found[0, 1] == pytest.approx(0.36 * data.var(ddof=1))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (dict(levels=LEVELS[::-1]), "noise to data"),
        (dict(levels=LEVELS**2), "squares"),
        (dict(levels=LEVELS[:1]), "shape"),
        (dict(data=np.zeros(5)), "shape"),
        (dict(sigma=[0.9, 0.1]), "between 0 and"),
        (dict(sigma=[0.1]), "one value a step"),
        (dict(estimator="score"), "estimator"),
        (dict(sigma="DDPM"), "sigma: expected"),
        (dict(sigma=[np.nan, 0.1]), "between 0 and"),
        (dict(data=np.full((5, 1), np.nan)), "finite"),
        (dict(levels=np.array([[np.nan, 1.0], [0.6, 0.8]])), "finite"),
        (dict(half_range=np.nan), "half_range"),
        (dict(half_range=-1.0), "half_range"),
        (dict(predict_noise=lambda x, a, b: x * np.nan), "NaN"),
        (dict(data=np.float64(3.0)), "shape"),
        (dict(predict_noise=lambda x, a, b: x[:, 0]), "predict_noise returned shape"),
    ],
)
def test_wrong_input_says_what_is_wrong(arguments, message):
    given = dict(predict_noise=lambda x, a, b: b * x, data=gaussian_data(1.0, 20), levels=LEVELS) | arguments
    with pytest.raises(ValueError, match=message):
        optimal_variances(given.pop("predict_noise"), given.pop("data"), given.pop("levels"), **given)


def test_the_step_refuses_what_it_cannot_do():
    x, rng = np.zeros((3, 2)), np.random.default_rng(0)
    for arguments, message in (
        ((x, x[:2], LEVELS[0], LEVELS[1], 0.1, 0.1), "same shape"),
        ((x, x, LEVELS[0], LEVELS[1], 0.9, 0.1), "expected 0"),
        ((x, x, LEVELS[1], LEVELS[0], 0.1, 0.1), "expected 0"),
        ((x, x, LEVELS[0], LEVELS[1], np.nan, 0.1), "expected 0"),
        ((x, x, LEVELS[0], LEVELS[1], 0.1, -0.1), "variance"),
        ((x, x, LEVELS[0], LEVELS[1], 0.1, np.nan), "variance"),
    ):
        with pytest.raises(ValueError, match=message):
            backward_step(*arguments, rng)


def test_a_variance_for_every_point_needs_a_column():
    rng, x = np.random.default_rng(0), np.zeros((2, 2))
    with pytest.raises(ValueError, match="variance"):
        backward_step(
            x, x, LEVELS[0], LEVELS[1], 0.1, np.array([0.0, 1.0]), rng
        )  # n = d: it would be one for every coordinate
    moved = backward_step(x, x, LEVELS[0], LEVELS[1], 0.0, np.array([[0.0], [1.0]]), rng)
    assert np.all(moved[0] == 0) and np.all(moved[1] != 0)


def test_float32_is_computed_in_double_precision():
    levels = np.array([[1e-3, math.sqrt(1 - 1e-6)], [0.9999, math.sqrt(1 - 0.9999**2)]], np.float32)
    found = optimal_variances(
        gaussian_noise(1.0), gaussian_data(1.0, 200).astype(np.float32), levels, rng=np.random.default_rng(0)
    )
    assert found.dtype == np.float64 and np.all(np.isfinite(found)) and np.all(found[:, 1] >= found[:, 0] ** 2)
    x = np.ones((2, 1), np.float32)
    assert backward_step(x, x, levels[0], levels[1], 0.0, 0.0, np.random.default_rng(0)).dtype == np.float64


def test_ddpm_noise_is_that_of_diffusers(root):
    with open(root / "data" / "diffusion_optimal_variance_schedulers.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["scheduler"] == "DDPMScheduler fixed_small"]
    assert len(rows) == 6
    for row in rows:
        levels = np.array(
            [[math.sqrt(float(row[k])), math.sqrt(1 - float(row[k]))] for k in ("alpha_bar_t", "alpha_bar_s")]
        )
        own = optimal_variances(lambda x, a, b: b * x, gaussian_data(1.0, 10), levels, rng=np.random.default_rng(0))[
            0, 0
        ]
        assert own**2 == pytest.approx(float(row["variance"]), rel=2e-3)


def test_covariance_product_of_a_correlated_normal_law():
    a, b = 0.6, 0.8
    law = torch.tensor([[1.0, 0.4], [0.4, 0.5]], dtype=torch.float64)
    at_level = a * a * law + b * b * torch.eye(2, dtype=torch.float64)
    predict = lambda x: b * torch.linalg.solve(at_level, x.T).T
    v = torch.tensor([[1.0, 0.0], [0.3, -2.0]], dtype=torch.float64)
    known = law - a * a * law @ torch.linalg.solve(at_level, law)
    assert torch.allclose(
        covariance_times(predict, torch.randn(2, 2, dtype=torch.float64), v, a, b), v @ known, atol=1e-13
    )
    with pytest.raises(ValueError, match="same shape"):
        covariance_times(predict, v, v[:1], a, b)
