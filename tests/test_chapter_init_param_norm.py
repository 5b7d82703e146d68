"""The function that the chapter on initialisation offers to take away, as a reader would copy it, and numbers of its
page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from chapter_code import take_away
from scipy.integrate import quad
from scipy.special import expit, ndtr

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("init_param_norm", "activation_gain", "activation_moments", "row_traces", "mean_largest", "retrieval")
activation_gain = CODE["activation_gain"]
GELU_SQUARE = 1 / 3 + 1 / (2 * math.pi * math.sqrt(3))
ACTS = {"relu": lambda a: np.maximum(a, 0), "gelu": lambda a: a * ndtr(a), "silu": lambda a: a * expit(a),
        "tanh": np.tanh, "sigmoid": expit, "elu": lambda a: np.where(a > 0, a, np.expm1(np.minimum(a, 0)))}
SLOPES = {"relu": 1, "gelu": 1.144063, "silu": 1.172594, "tanh": 0.461071, "sigmoid": 0.106341, "elu": 0.890968}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("v", [0.25, 1.0, 4.0])
def test_gain_and_slope_by_adaptive_quadrature(name, v):
    def moment(power):
        density = [quad(lambda a: a**power * float(ACTS[name](math.sqrt(v) * a)) ** 2 * math.exp(-a * a / 2), *ends,
                        epsabs=1e-12)[0] for ends in ((-12, 0), (0, 12))]
        return sum(density) / math.sqrt(2 * math.pi)

    gain, kappa = activation_gain(ACTS[name], v)
    assert gain == pytest.approx(moment(0) ** -0.5, rel=1e-8)
    assert kappa == pytest.approx((moment(2) / moment(0) - 1) / 2, rel=1e-7)


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_of_the_table(name):
    assert activation_gain(ACTS[name])[1] == pytest.approx(SLOPES[name], abs=1e-6)


@pytest.mark.parametrize("name", ACTS)
def test_slope_is_that_of_the_map(name):
    step = 1e-4
    up, down = (activation_gain(ACTS[name], 1 + sign * step)[0] ** -2 for sign in (1, -1))
    here = activation_gain(ACTS[name])
    assert here[1] == pytest.approx((up - down) / (2 * step) * here[0] ** 2, rel=1e-5)


def test_functions_of_torch_and_their_precisions():
    gain, kappa = activation_gain(torch.nn.functional.gelu)
    assert gain == pytest.approx(GELU_SQUARE**-0.5, rel=1e-10) and kappa == pytest.approx(1.1440632, rel=1e-7)
    assert activation_gain(torch.nn.SELU())[0] == pytest.approx(1, abs=1e-9)
    assert activation_gain(lambda a: torch.relu(a.float()))[0] == pytest.approx(math.sqrt(2), rel=1e-6)
    layer = torch.nn.PReLU(dtype=torch.float64)
    assert activation_gain(layer)[0] == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.25), rel=1e-9)


@pytest.mark.parametrize("size", [1e-300, 1e-30, 1e30, 1e300])
def test_size_of_the_activation(size):
    gain, kappa = activation_gain(lambda a: size * np.tanh(a))
    assert gain * size == pytest.approx(1.5925374, rel=1e-7) and kappa == pytest.approx(0.4610709, rel=1e-6)


@pytest.mark.parametrize("v", [0, -1, math.nan, math.inf, [1.0], "1", None, True, 1j])
def test_refuses_other_mean_squares(v):
    with pytest.raises(ValueError):
        activation_gain(np.tanh, v)


@pytest.mark.parametrize("phi", [lambda a: 0 * a, np.sum, lambda a: a[:3], lambda a: np.full_like(a, np.nan),
                                 lambda a: a / 0.0 if (a == 0).any() else np.full_like(a, np.inf)])
def test_refuses_what_is_no_activation(phi):
    with pytest.raises(ValueError):
        activation_gain(phi)


def test_timm_drew_its_constants():
    with (DATA / "init_param_norm_gains.csv").open(newline="", encoding="utf-8") as rows:
        timm = {row["name"]: float(row["value"]) for row in csv.DictReader(rows) if row["package"] == "timm"}
    for name, phi in ACTS.items():
        mean, square, _ = CODE["activation_moments"](phi)
        assert 1e-4 < timm[name] * math.sqrt(square - mean**2) - 1 < 1e-3
    assert timm["truncation"] == pytest.approx(math.sqrt(0.7737413035), rel=1e-9)


@pytest.mark.parametrize("n", [2, 16, 64])
def test_the_bound_of_the_mean_trace(n):
    rng, largest = np.random.default_rng(n), CODE["mean_largest"](n)
    assert n != 2 or largest == pytest.approx(1 / math.sqrt(math.pi), rel=1e-9)
    for s in (1, 8, 30):
        traces = CODE["row_traces"](rng, n, s, 100_000)
        mean, error = traces.mean(), traces.std() / math.sqrt(len(traces))
        assert largest / s - math.log(n) / s**2 - 4 * error < mean < largest / s + 4 * error


def test_undivided_scores_start_with_the_larger_gradient():
    starts = {kind: CODE["retrieval"](np.random.default_rng(1), kind, steps=1, runs=10)[1:]
              for kind in ("divided", "undivided", "T5")}
    assert starts["undivided"][0].mean() < 0.3 < 0.8 < starts["divided"][0].mean()
    assert starts["undivided"][1].mean() > 4 * starts["divided"][1].mean()
    np.testing.assert_allclose(starts["T5"][0], starts["divided"][0], rtol=1e-5)
