"""The function that the chapter on distillation by identities offers to take away, as a reader would copy it, and
numbers of its page computed in another way."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from chapter_code import take_away

CODE = take_away("score_identity_distillation", "distill_loss")
distill_loss = CODE["distill_loss"]
A, B = 0.8, 0.6
SLOPE = lambda width: B / (A**2 * width**2 + B**2)  # noqa: E731


def batch(seed, shape=(6, 3)):
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape), rng.normal(size=shape)


@pytest.mark.parametrize("lam", [-1.0, 0.0, 0.5, 1.0, 1.2])
def test_the_loss_is_the_sum_by_hand(lam):
    x, noise = batch(0)
    teacher, own = (lambda v: np.sin(v) + 0.1 * v), (lambda v: 0.4 * v - 0.2)
    total = 0.0
    for row, dirt in zip(x, noise):
        for v, e in zip(row, dirt):
            phi, psi = math.sin(v) + 0.1 * v, 0.4 * v - 0.2
            total += 2 * (phi - psi) * (phi - e - lam * (phi - psi))
    assert distill_loss(teacher, own, x, noise, lam) == pytest.approx(total / len(x), rel=1e-13)


def test_one_half_is_the_difference_of_two_regression_errors():
    x, noise = batch(1, (5, 2, 2))
    teacher, own = np.tanh, lambda v: 0.3 * v
    by_errors = (((np.tanh(x) - noise) ** 2 - (0.3 * x - noise) ** 2).reshape(5, -1).sum(-1)).mean()
    assert distill_loss(teacher, own, x, noise, 0.5) == pytest.approx(by_errors, rel=1e-13)


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0, 1.2])
@pytest.mark.parametrize("mean, width", [(1.0, 0.5), (-0.7, 2.0)])
def test_the_gradient_of_a_normal_generator_is_the_formula(lam, mean, width):
    node, share = np.polynomial.hermite_e.hermegauss(8)
    z, e = (torch.tensor(v.ravel())[:, None] for v in np.meshgrid(node, node, indexing="ij"))
    weight = torch.tensor(np.outer(share, share).ravel() / share.sum() ** 2 * z.numel())
    at = torch.tensor([mean, width], dtype=torch.float64, requires_grad=True)
    x = A * (at[0] + at[1] * z) + B * e
    own = lambda v: SLOPE(width) * (v - A * mean)  # noqa: E731
    distill_loss(lambda v: SLOPE(1.0) * v, own, x, e, lam, weight=weight).backward()
    c, c0 = SLOPE(width), SLOPE(1.0)
    expected = (2 * A**2 * c0 * ((2 - 2 * lam) * c0 + (2 * lam - 1) * c) * mean,
                4 * A**2 * width * (c0 - c) * ((1 - lam) * c0 + lam * c))
    np.testing.assert_allclose(at.grad.numpy(), expected, rtol=1e-12, atol=1e-14)


def test_one_half_gives_the_slope_of_a_fisher_divergence_by_quadrature():
    """Independent: the divergence of two normal laws as an integral, differentiated by differences."""
    def divergence(mean, width):
        law = stats.norm(A * mean, math.sqrt(A**2 * width**2 + B**2))
        gap = lambda v: SLOPE(1.0) * v - SLOPE(width) * (v - A * mean)  # noqa: E731
        return integrate.quad(lambda v: law.pdf(v) * gap(v) ** 2, -15, 15, epsabs=1e-13)[0]

    h = 1e-4
    mean, width = 0.6, 1.4
    slopes = [(divergence(mean + h, width) - divergence(mean - h, width)) / (2 * h),
              (divergence(mean, width + h) - divergence(mean, width - h)) / (2 * h)]
    c, c0 = SLOPE(width), SLOPE(1.0)
    np.testing.assert_allclose(slopes, [2 * A**2 * c0**2 * mean, 2 * A**2 * width * (c0**2 - c**2)], rtol=1e-6)


def test_arrays_and_tensors_agree_and_the_gradient_stays_out_of_the_weight():
    x, noise = batch(2)
    weight = np.random.default_rng(3).uniform(size=len(x))
    teacher, own = (lambda v: 0.6 * v), (lambda v: 0.5 * v + 0.1)
    moving = torch.tensor(weight, requires_grad=True)
    place = torch.tensor(x, requires_grad=True)
    found = distill_loss(teacher, own, place, torch.tensor(noise), 1.0, weight=moving)
    assert found.item() == pytest.approx(float(distill_loss(teacher, own, x, noise, 1.0, weight=weight)), rel=1e-13)
    found.backward()
    assert moving.grad is None and place.grad is not None


@pytest.mark.parametrize("lam", [float("nan"), float("inf"), True])
def test_a_lam_that_is_no_number_is_refused(lam):
    with pytest.raises(ValueError, match="lam"):
        distill_loss(np.sin, np.cos, *batch(0), lam)


@pytest.mark.parametrize("x, noise, problem", [
    (np.float64(1.0), np.float64(1.0), ValueError), (np.ones((2, 1)), np.ones((1, 2)), ValueError),
    (np.ones((0, 2)), np.ones((0, 2)), ValueError), (np.ones((2, 1), int), np.ones((2, 1)), TypeError),
    ([[1.0]], [[1.0]], TypeError), (np.ones((2, 1), complex), np.ones((2, 1)), TypeError),
    (np.full((2, 1), np.nan), np.ones((2, 1)), FloatingPointError),
    (np.full((2, 1), 1e25, np.float32), np.ones((2, 1), np.float32), FloatingPointError),
])
def test_input_that_makes_no_sense_is_refused(x, noise, problem):
    with np.errstate(over="ignore"), pytest.raises(problem):
        distill_loss(lambda v: v, lambda v: 2 * v, x, noise)


def test_denoisers_are_functions_that_keep_the_shape():
    x, noise = batch(0)
    with pytest.raises(TypeError, match="functions"):
        distill_loss(x, np.sin, x, noise)
    with pytest.raises(ValueError, match="own"):
        distill_loss(np.sin, lambda v: v.sum(-1), x, noise)
    with pytest.raises(ValueError, match="weight"):
        distill_loss(np.sin, np.cos, x, noise, weight=np.ones(2))


@pytest.mark.parametrize("lam, border", [(1.2, 2.9686), (1.5, 2.0310)])
def test_the_border_of_the_page_is_where_exact_descent_turns(lam, border):
    def end(width):
        for _ in range(20_000):
            c, c0 = SLOPE(width), SLOPE(1.0)
            width -= 0.05 * 4 * A**2 * width * (c0 - c) * ((1 - lam) * c0 + lam * c)
            if not 0.9 < width < 6:
                break
        return width

    assert end(border - 0.001) == pytest.approx(1, abs=1e-6) and end(border + 0.001) > 6


@pytest.mark.parametrize("half, fisher, kl", [(1, 0.238, 0.195), (2, 0.126, 0.341), (3, 0.0161, 0.366),
                                              (4, 6.6e-4, 0.368)])
def test_the_divergences_of_two_modes_by_adaptive_quadrature(half, fisher, kl):
    def parts(v, w):
        return w * stats.norm.pdf(v, half), (1 - w) * stats.norm.pdf(v, -half)

    pdf = lambda v, w: sum(parts(v, w))  # noqa: E731
    score = lambda v, w: (half - v) * parts(v, w)[0] / pdf(v, w) - (half + v) * parts(v, w)[1] / pdf(v, w)  # noqa: E731
    points = {"points": [-half, 0, half], "limit": 200}
    found = integrate.quad(lambda v: pdf(v, 0.9) * (score(v, 0.9) - score(v, 0.5)) ** 2, -12, 12, **points)[0]
    assert found == pytest.approx(fisher, rel=6e-3)
    bound = half**2 * math.sinh(math.log(3)) ** 2 / math.cosh(math.log(3)) * math.exp(-half**2 / 2)
    assert found < bound
    found = integrate.quad(lambda v: pdf(v, 0.9) * math.log(pdf(v, 0.9) / pdf(v, 0.5)), -12, 12, **points)[0]
    assert found == pytest.approx(kl, abs=6e-4)


def test_a_weight_that_knows_the_clean_point_breaks_the_identity_and_one_of_the_place_does_not():
    rng = np.random.default_rng(0)
    z, e = rng.normal(size=(2, 2_000_000))
    clean = 1 + 0.5 * z
    x = A * clean + B * e
    phi, psi = 0.6 * x, SLOPE(0.5) * (x - A)
    by_clean = 1 / (np.abs(clean - (x - B * phi) / A) + 0.1)
    assert (by_clean * (phi - psi) ** 2).mean() == pytest.approx(0.742, abs=0.004)
    assert (by_clean * (phi - psi) * (phi - e)).mean() == pytest.approx(0.445, abs=0.004)
    by_place = 1 / (x**2 + 0.1)
    pair = [(by_place * (phi - psi) * other).mean() for other in (phi - psi, phi - e)]
    np.testing.assert_allclose(pair, [1.752, 1.752], atol=0.012)
