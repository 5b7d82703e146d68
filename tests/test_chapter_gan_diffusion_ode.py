"""The two functions that the chapter on GANs offers to take away, as a reader would copy them, and numbers of its
page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.integrate import quad, solve_ivp
from scipy.special import ndtri

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("gan_diffusion_ode", "moved_samples", "divergence_of", "fitted", "flow_to")
moved_samples, divergence_of = CODE["moved_samples"], CODE["divergence_of"]
SLOPES = CODE["SLOPES"]
F = {"plain": lambda r: -math.log(r) + r - 1,
     "non-saturating": lambda r: (1 + r) * math.log((1 + r) / (2 * r)) + r - 1,
     "original": lambda r: r * math.log(r) - (1 + r) * math.log((1 + r) / 2)}


@pytest.mark.parametrize("name", F)
@pytest.mark.parametrize("r", [1e-12, 1e-3, 0.5, 1.0, 2.0, 40.0, 1e12])
def test_functions_of_the_losses(name, r):
    assert divergence_of(SLOPES[name], r) == pytest.approx(F[name](r), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("r", [0.01, 0.3, 7.0])
def test_least_squares_against_scipy(r):
    h_prime = lambda d: 2 * np.exp(-d) / (1 + np.exp(-d)) ** 2 * (1 - 1 / (1 + np.exp(-d)))  # noqa: E731
    by_scipy = quad(lambda w: (r - w) * h_prime(math.log(w)) / w**2, 1, r, epsabs=1e-12)[0]
    closed = 2 * r * math.log(2 * r / (1 + r)) - (r - 1) * (5 * r + 3) / (4 * (1 + r))
    assert divergence_of(h_prime, r) == pytest.approx(by_scipy, rel=1e-8)
    assert divergence_of(h_prime, r) == pytest.approx(closed, rel=1e-8)


def test_an_array_keeps_its_shape():
    out = divergence_of(np.ones_like, np.array([[1.0, 2.0], [0.5, 4.0]]))
    assert out.shape == (2, 2) and out[0, 0] == 0
    assert divergence_of(np.ones_like, np.zeros((0, 3)) + 1.0).shape == (0, 3)


def test_targets_of_the_running_example():
    made = torch.tensor([[0.5], [1.0], [1.5]], requires_grad=True)
    target = moved_samples(lambda x: 2 * (x[:, 0] - 1) ** 2 - x[:, 0] ** 2 / 2, made, 0.1)
    assert not target.requires_grad and made.grad is None
    np.testing.assert_allclose(target[:, 0], [0.25, 0.9, 1.55], atol=1e-6)


@pytest.mark.parametrize("column", [False, True])
def test_images_and_rescaled_arrows(column):
    x = torch.randn(5, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    critic = lambda x: -(x**2).sum((1, 2), keepdim=False).reshape(-1, *[1] * column) / 2  # noqa: E731
    target = moved_samples(critic, x, 0.5, lambda d: torch.sigmoid(-d))
    logit = -(x**2).sum((1, 2)) / 2
    torch.testing.assert_close(target, x - 0.5 * torch.sigmoid(-logit)[:, None, None] * x)


def test_the_kind_of_number_is_kept_and_works_without_gradients():
    with torch.no_grad():
        for kind in (torch.float16, torch.float32, torch.float64):
            assert moved_samples(lambda x: x.sum(1), torch.ones(2, 2, dtype=kind), 0.25).dtype == kind


@pytest.mark.parametrize(
    ("x", "critic", "step", "h_prime", "message"),
    [
        (1.0, None, 0.1, None, "x: expected a floating-point tensor"),
        (torch.ones(0, 2), None, 0.1, None, "x: expected a floating-point tensor"),
        (torch.ones(2, 1, dtype=torch.int64), None, 0.1, None, "x: expected a floating-point tensor"),
        (torch.full((2, 1), math.inf), None, 0.1, None, "x: expected finite numbers"),
        (torch.ones(2, 1), None, math.nan, None, "step: expected a finite number; found nan"),
        (torch.ones(3, 2), lambda x: x, 0.1, None, r"discriminator: expected shape \(3,\) or \(3, 1\); found \(3, 2\)"),
        (torch.ones(3, 2), None, 0.1, lambda d: d[:1], r"h_prime: expected shape \(3,\); found \(1,\)"),
        (torch.zeros(1, 1), lambda x: x.abs().sqrt().sum(1), 0.1, None, "discriminator: its slope"),
    ],
)
def test_wrong_batches_are_named(x, critic, step, h_prime, message):
    with pytest.raises(ValueError, match=message):
        moved_samples(critic or (lambda x: x.sum(1)), x, step, h_prime)


@pytest.mark.parametrize(
    ("h_prime", "r", "message"),
    [
        (np.ones_like, 0.0, "r: expected numbers between"),
        (np.ones_like, [1.0, math.nan], "r: expected numbers between"),
        (np.ones_like, -2.0, "r: expected numbers between"),
        (lambda d: 1.0, 2.0, "h_prime: expected shape"),
        (lambda d: -np.ones_like(d), 2.0, "h_prime: expected finite numbers that are not negative"),
        (lambda d: np.full_like(d, np.inf), 2.0, "h_prime: expected finite numbers"),
    ],
)
def test_wrong_losses_are_named(h_prime, r, message):
    with pytest.raises(ValueError, match=message):
        divergence_of(h_prime, r)


def test_logistic_regression_of_scikit_learn():
    ranks = ndtri((np.arange(500) + 0.5) / 500)
    laws = {"narrow": (1.0, 0.5), "wide": (0.0, 2.0), "far": (2.5, 0.8)}
    with open(DATA / "gan_diffusion_ode_logistic.csv", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            m, s = laws[row["case"]]
            ours = CODE["fitted"](ranks[None], m + s * ranks[None], np.zeros((1, 3)), 40)[0] * [0.25, 1, 1]
            theirs = [float(row[name]) for name in ("square", "linear", "constant")]
            np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(("name", "place"), [("plain", (0.007, 1.000)), ("non-saturating", (0.112, 0.986)),
                                             ("original", (1.230, 1.702))])
def test_places_at_time_six(name, place):
    def rates(t, y):
        def arrow(z):
            x = y[0] + y[1] * z
            log_r = -(x**2) / 2 + z**2 / 2 + math.log(y[1])
            return float(SLOPES[name](np.array(log_r))) * (z / y[1] - x) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        z = np.linspace(-8, 8, 801)
        values = np.array([arrow(v) for v in z])
        return [np.trapezoid(values, z), np.trapezoid(z * values, z)]

    found = solve_ivp(rates, (0, 6), (3, 0.5), rtol=1e-5, atol=1e-7).y[:, -1] if name == "plain" else \
        CODE["flow_to"](6, name).y[:, -1]
    np.testing.assert_allclose(found, place, atol=6e-4)


def test_divergences_of_the_running_example():
    kept, fresh = CODE["frozen_path"](1, 0.5, 0.1, 5), CODE["refitted_path"](1, 0.5, 0.1, 5)
    np.testing.assert_allclose(CODE["divergence"](*kept.T), [0.818, 0.547, 0.322, 0.190, 0.236, 0.609], atol=6e-4)
    np.testing.assert_allclose(CODE["divergence"](*fresh.T), [0.818, 0.547, 0.404, 0.309, 0.241, 0.190], atol=6e-4)
