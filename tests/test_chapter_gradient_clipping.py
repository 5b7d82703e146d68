"""The functions to take away from the chapter on gradient clipping, and numbers of its page."""

import math

import numpy as np
import pytest
from scipy.optimize import linprog

from claims.takeaway import clip_settings, gradient_and_curvature, smoothness_fit


def quartic(p):
    return 4 * p**3


def test_curvature_of_known_losses():
    lengths, curvatures = gradient_and_curvature(np.sinh, np.linspace(-10, 10, 21)[:, None])
    assert np.allclose(lengths, np.abs(np.sinh(np.linspace(-10, 10, 21))))
    assert np.allclose(curvatures, np.cosh(np.linspace(-10, 10, 21)), rtol=1e-7)


def test_curvature_against_the_eigenvalues_of_the_hessian():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(5, 5))
    matrix = a + a.T
    gradient = lambda p: matrix @ p + quartic(p)  # noqa: E731
    points = rng.normal(size=(4, 5))
    _, found = gradient_and_curvature(gradient, points, rounds=2000)
    true = [np.abs(np.linalg.eigvalsh(matrix + np.diag(12 * p**2))).max() for p in points]
    assert np.allclose(found, true, rtol=1e-4)


def test_curvature_of_a_torch_model():
    torch = pytest.importorskip("torch")

    def gradient(p):
        z = torch.tensor(p, requires_grad=True)
        (torch.cosh(z[0]) + z[1] ** 2 / 2).backward()
        return z.grad.numpy()

    _, curvatures = gradient_and_curvature(gradient, [[3.0, 1.0], [0.0, 2.0]])
    assert np.allclose(curvatures, [math.cosh(3), 1])


@pytest.mark.parametrize("seed", range(20))
def test_the_fit_is_the_linear_programme(seed):
    rng = np.random.default_rng(seed)
    x = rng.exponential(size=12)
    y = np.abs(rng.normal(size=12)) + rng.choice([0, 3]) * x
    level, rise, _ = smoothness_fit(x, y)
    assert np.all(level + rise * x >= y - 1e-8)
    best = linprog([1, x.mean()], A_ub=-np.stack([np.ones(12), x], 1), b_ub=-y)
    assert level + rise * x.mean() == pytest.approx(best.fun, rel=1e-7)


def test_the_fit_of_the_example_and_of_the_quartic():
    z = np.linspace(0, 10, 101)
    assert smoothness_fit(np.sinh(z), np.cosh(z))[:2] == pytest.approx((1, 1), rel=1e-4)
    x = np.linspace(0, 3, 301)
    level, rise, related = smoothness_fit(4 * x**3, 12 * x**2)
    assert level == pytest.approx(16 / rise**2, rel=1e-3)
    assert related > 0.9


def test_the_fit_scales():
    x, y = np.array([0.0, 1.0, 4.0]), np.array([1.0, 2.0, 8.0])
    level, rise, related = smoothness_fit(x, y)
    for size in (1e-150, 1e150):
        assert smoothness_fit(x, size * y)[:2] == pytest.approx((size * level, size * rise))
        assert smoothness_fit(size * x, y)[:2] == pytest.approx((level, rise / size))
    assert smoothness_fit([2.0], [3.0]) == (0.0, 1.5, 0.0) or smoothness_fit([2.0], [3.0]) == (3.0, 0.0, 0.0)


def test_settings():
    assert clip_settings(4, 2) == (0.125, 2.0)
    assert clip_settings(4, 2, soft=True) == (0.25, 2.0)
    assert clip_settings(4, 0) == (0.125, math.inf)


def test_settings_descend_on_the_quartic():
    """The rate and threshold of the quartic go down from far away, where a constant rate explodes."""
    rate, gamma = clip_settings(16.0, 1.0)
    place, values = 50.0, []
    for _ in range(20_000):
        values.append(place**4)
        slope = 4 * place**3
        place -= rate * slope * min(1, gamma / abs(slope)) if slope else 0
    assert all(b < a for a, b in zip(values[:200], values[1:200]))
    assert values[-1] < 1e-4
    assert abs(50 - rate * 4 * 50**3) > 50


@pytest.mark.parametrize("call, word", [
    (lambda: gradient_and_curvature(np.sinh, [1.0]), "points"),
    (lambda: gradient_and_curvature(np.sinh, [[math.nan]]), "points"),
    (lambda: gradient_and_curvature(np.sinh, np.ones((0, 2))), "points"),
    (lambda: gradient_and_curvature(np.sinh, [[1.0]], rounds=0), "rounds"),
    (lambda: gradient_and_curvature(np.sinh, [[1.0]], rounds=1.5), "rounds"),
    (lambda: gradient_and_curvature(np.sinh, [[1e4]]), "finite"),
    (lambda: gradient_and_curvature(lambda p: p.sum(), [[1.0]]), "shape"),
    (lambda: gradient_and_curvature(lambda p: p.astype(np.float32), [[1.0]]), "double"),
    (lambda: smoothness_fit([[1.0]], [[1.0]]), "shape"),
    (lambda: smoothness_fit([1.0], [-1.0]), "negative"),
    (lambda: smoothness_fit([1.0], [math.nan]), "finite"),
    (lambda: smoothness_fit([1.0], [0.0]), "all curvatures are 0"),
    (lambda: clip_settings(0, 1), "L0"),
    (lambda: clip_settings(1, -1), "L1"),
    (lambda: clip_settings(math.inf, 1), "L0"),
    (lambda: clip_settings("1", 1), "L0"),
    (lambda: clip_settings(1, 1j), "L1"),
])
def test_errors_speak(call, word):
    with pytest.raises(ValueError, match=word), np.errstate(all="ignore"):
        call()


def soft_count(x, goal):
    steps = 0
    while abs(math.sinh(x)) > goal:
        x -= math.sinh(x) / (1 + abs(math.sinh(x)))
        steps += 1
    return steps


def test_numbers_of_the_page():
    assert soft_count(10.0, 1e-6) == 15
    assert soft_count(10.0, 1.0) == 10
    x, steps = 10.0, 0
    while abs(math.sinh(x)) > 1e-6:
        x -= math.sinh(x) / math.cosh(10)
        steps += 1
    assert steps == 159_775
    assert 4 * (math.cosh(10) - 1) == pytest.approx(44_048.9, abs=0.1)
    assert 4 * 2 * (1 + math.sqrt(2)) ** 2 == pytest.approx(46.63, abs=0.01)
    assert math.exp(-1.2) * math.cos(0.9) == pytest.approx(0.187, abs=5e-4)


def test_the_ball_holds_random_adversaries():
    """Gradients that move as fast as the condition admits stay in the ball of the proof, in three dimensions."""
    rng = np.random.default_rng(1)
    low, rise, length = 0.5, 2.0, 1.5
    share = low / rise
    end = length / (low + rise * length)
    for _ in range(200):
        place, steps = np.array([length, 0.0, 0.0]), 2000
        turn = rng.normal(size=3) * [1, 2, 2] - [2, 0, 0]
        drift = rng.normal(size=3) * 3
        for i in range(1, steps + 1):
            aim = turn + drift * i / steps
            place = place + end / steps * (low + rise * np.linalg.norm(place)) * aim / np.linalg.norm(aim)
            if i % 500 == 0 and i < steps:
                m = (length + share) * math.exp(-rise * end * i / steps) - share
                c = (m + share) / (1 + share / length + math.log(m / length))
                assert np.linalg.norm(place - [c, 0, 0]) <= (c - m) * 1.01
                assert place[0] >= m - 2e-3
