"""The functions that the UniVAE chapter offers to take away, as a reader would copy them, and numbers of its page."""

import math

import numpy as np
import pytest
import torch
from scipy.special import ive
from scipy.stats import vonmises_fisher

from chapter_code import take_away

NAMES = ("univae_mask", "leaks", "vmf_heights", "vmf_rate", "vmf_concentration", "sample_vmf")
CODE = take_away("univae", *NAMES)
univae_mask, leaks, vmf_heights, vmf_rate, vmf_concentration, sample_vmf = (CODE[name] for name in NAMES)


def reachable(masks, n, passage):
    """Pairs (output, input) by following every route, without a look of an output at the passage."""
    found = set()
    for start in range(n):
        here = {start}
        for mask in masks:
            here |= {row for row in range(len(mask)) for column in here
                     if mask[row, column] and not (row >= n and column == passage)}
        found |= {(row - n, start) for row in here if row >= n}
    return found


def test_leaks_are_the_routes_of_a_search():
    rng = np.random.default_rng(3)
    for _ in range(40):
        n, m, layers = rng.integers(1, 5), rng.integers(1, 4), rng.integers(1, 4)
        masks = rng.uniform(size=(layers, n + m, n + m)) < 0.25
        passage = int(rng.integers(n))
        assert {tuple(pair) for pair in leaks(masks, n, passage).tolist()} == reachable(masks, n, passage)


def test_no_leak_for_any_number_of_open_layers_and_any_place_of_cls():
    for open_layers in range(5):
        for passage in range(3):
            masks = [univae_mask(3, 4, "independent")] * (4 - open_layers)
            masks += [univae_mask(3, 4, "ae", passage)] * open_layers
            assert len(leaks(masks, 3, passage)) == 0
    assert [int(univae_mask(5, 4, kind).sum()) for kind in ("lm", "ae", "independent")] == [55, 39, 35]


@pytest.mark.parametrize(
    ("d", "kappa"), [(2, 0.5), (3, 8.0), (5, 300.0), (16, 32.0), (64, 32.0), (64, 128.0), (300, 250.0)])
def test_rate_by_bessel_functions_and_by_scipy(d, kappa):
    mean = ive(d / 2, kappa) / ive(d / 2 - 1, kappa)
    area = math.log(2) + d / 2 * math.log(math.pi) - math.lgamma(d / 2)
    density = (d / 2 - 1) * math.log(kappa) - d / 2 * math.log(2 * math.pi) - math.log(ive(d / 2 - 1, kappa)) - kappa
    assert vmf_rate(d, kappa) == pytest.approx(kappa * mean + density + area, rel=1e-9, abs=1e-9)
    assert vmf_rate(d, kappa) == pytest.approx(area - vonmises_fisher(np.eye(d)[0], kappa).entropy(), rel=1e-8)


def test_rates_of_the_page():
    assert [round(vmf_rate(d, 32.0), 2) for d in (8, 16, 32, 64)] == [5.96, 7.58, 7.77, 6.05]
    assert max(range(2, 101), key=lambda d: vmf_rate(d, 32.0)) == 24
    assert round(vmf_rate(24, 32.0), 2) == 7.93
    assert round(4 * vmf_rate(16, 32.0) / math.log(2), 2) == 43.75
    assert round(math.log(9) - vmf_rate(3, 8.0), 3) == 0.425


@pytest.mark.parametrize(("d", "kappa"), [(2, 0.3), (3, 8.0), (16, 35.8), (64, 500.0)])
def test_concentration_is_the_inverse_of_the_rate(d, kappa):
    assert vmf_concentration(d, vmf_rate(d, kappa)) == pytest.approx(kappa, rel=1e-7)


@pytest.mark.parametrize(("d", "kappa"), [(2, 1.0), (3, 8.0), (16, 32.0), (100, 5.0)])
def test_moments_of_the_sample(d, kappa):
    mu = np.ones(d) / math.sqrt(d)
    z = sample_vmf(np.tile(mu, (40_000, 1)), kappa, np.random.default_rng(4))
    np.testing.assert_allclose((z**2).sum(1), 1, atol=1e-12)
    mean = ive(d / 2, kappa) / ive(d / 2 - 1, kappa)
    height = z @ mu
    assert abs(height.mean() - mean) < 5 * height.std() / 200
    assert abs((height**2).mean() - (1 - (d - 1) * mean / kappa)) < 5 * (height**2).std() / 200
    across = z - height[:, None] * mu
    assert np.abs(across.mean(0)).max() < 5.5 / 200


def test_tensors_keep_type_and_gradient():
    mean = torch.nn.functional.normalize(torch.randn(7, 4, generator=torch.Generator().manual_seed(0)), dim=1)
    mean.requires_grad_(True)
    z = sample_vmf(mean, 5.0, np.random.default_rng(0))
    assert z.shape == (7, 4) and z.dtype == torch.float32
    slope, = torch.autograd.grad(z[:, 0].sum(), mean)
    assert torch.isfinite(slope).all() and slope.abs().sum() > 0


@pytest.mark.parametrize("kappa", [0.0, 1e-6, 1e8])
def test_extreme_concentrations(kappa):
    z = sample_vmf(np.tile([0.6, 0.0, 0.8], (1000, 1)), kappa, np.random.default_rng(5))
    assert np.isfinite(z).all()
    assert np.isfinite(vmf_rate(3, kappa)) and vmf_rate(3, kappa) >= 0
    if kappa == 1e8:
        assert np.abs(z - [0.6, 0, 0.8]).max() < 1e-3
        assert vmf_rate(3, kappa) == pytest.approx(math.log(2 * kappa) - 1, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: univae_mask(0, 2), "n: expected"),
        (lambda: univae_mask(True, 2), "n: expected"),
        (lambda: univae_mask(2, 1.5), "m: expected"),
        (lambda: univae_mask(2, 2, "uni"), "kind: expected"),
        (lambda: univae_mask(2, 2, "ae", 2), "passage: expected"),
        (lambda: leaks(np.ones((2, 2)), 1), "masks: expected"),
        (lambda: leaks(np.ones((2, 2), bool), 2), "n, passage: expected"),
        (lambda: vmf_rate(1, 2.0), "d: expected"),
        (lambda: vmf_rate(3, -1.0), "kappa: expected"),
        (lambda: vmf_rate(3, math.nan), "kappa: expected"),
        (lambda: vmf_concentration(3, 0.0), "rate: expected"),
        (lambda: vmf_concentration(2, 100.0), "rate: 100"),
        (lambda: sample_vmf(1.0, 2.0, np.random.default_rng(0)), "mu: expected"),
        (lambda: sample_vmf(np.ones((2, 3)), 2.0, np.random.default_rng(0)), "mu: expected"),
        (lambda: sample_vmf(np.array([np.nan, 1.0]), 2.0, np.random.default_rng(0)), "mu: expected"),
    ],
)
def test_errors_name_what_was_expected(call, word):
    with pytest.raises(ValueError, match=word):
        call()
