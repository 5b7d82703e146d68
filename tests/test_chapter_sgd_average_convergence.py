"""The functions that the chapter on the average loss of SGD offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("sgd_average_convergence", "regret_bound", "averaged_sgd", "_checked_rates")
regret_bound, averaged_sgd = CODE["regret_bound"], CODE["averaged_sgd"]
STEPS = np.arange(40)
ROWS, ANSWERS = np.sin(1.7 * (1.0 + np.arange(120))).reshape(40, 3), np.cos(2.3 * STEPS)
START = np.array([1.5, -1.0, 0.5])
SCHEDULES = {"falling": 0.5 / np.sqrt(STEPS + 1.0), "wavy": 0.2 + 0.15 * np.sin(1.0 * STEPS)}


def deviation(theta, t):
    off = ROWS[t] @ theta - ANSWERS[t]
    return abs(off), np.sign(off) * ROWS[t]


def by_torch(etas):
    """torch.optim.SGD with automatic gradients: average of the parameters before the steps, and the losses."""
    parameter = torch.nn.Parameter(torch.tensor(START))
    optimiser, places, losses = torch.optim.SGD([parameter], lr=1.0), [], []
    for t, eta in enumerate(etas):
        optimiser.param_groups[0]["lr"] = float(eta)
        optimiser.zero_grad()
        loss = (torch.tensor(ROWS[t]) @ parameter - float(ANSWERS[t])).abs()
        places.append(parameter.detach().numpy().copy())
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return np.concatenate([np.mean(places, 0), losses])


@pytest.mark.parametrize("case", SCHEDULES)
def test_the_run_is_that_of_torch_and_of_the_stored_table(case):
    ours = np.concatenate(averaged_sgd(deviation, START, SCHEDULES[case]))
    with open(DATA / "sgd_average_convergence_oracles.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (row["optimiser"], row["case"]) == ("SGD", case)]
    stored = [float(row["value"]) for row in rows]
    assert np.allclose(ours, by_torch(SCHEDULES[case]), rtol=0, atol=1e-12)
    assert np.allclose(ours, stored, rtol=0, atol=1e-12)


def test_numbers_of_the_page():
    t = np.arange(1, 101)
    assert regret_bound(np.full(100, 0.4), 4, 1) == pytest.approx(0.4)
    assert regret_bound(np.full(100, 0.4), 3, 1) == pytest.approx(0.3125)
    assert regret_bound(1 / np.sqrt(t), 4, 1) == pytest.approx(0.893, abs=5e-4)
    assert regret_bound(4 / np.sqrt(2 * t), 4, 1) == pytest.approx(0.546, abs=5e-4)
    assert regret_bound(np.full(10_000, 0.5), 10, 2) == pytest.approx(1.01)


def test_the_bound_is_the_printed_formula_and_has_its_minimum_at_the_best_rate():
    rng = np.random.default_rng(1)
    etas = np.sort(rng.uniform(0.01, 1, 50))[::-1]
    assert regret_bound(etas, 2.5, 1.5) == pytest.approx(2.5**2 / (2 * 50 * etas[-1]) + 1.5**2 * etas.sum() / 100)
    best = 3 / (2 * math.sqrt(64))
    bounds = [regret_bound(np.full(64, rate), 3, 2) for rate in (0.9 * best, best, 1.1 * best)]
    assert bounds[1] == pytest.approx(3 * 2 / 8) and bounds[1] < min(bounds[0], bounds[2])


@pytest.mark.parametrize("seed", range(5))
def test_no_run_is_above_the_bound(seed):
    rng = np.random.default_rng(seed)
    rows, answers = rng.normal(size=(200, 3)), rng.normal(size=200)
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    grad = lambda theta, t: (abs(rows[t] @ theta - answers[t]), np.sign(rows[t] @ theta - answers[t]) * rows[t])
    ball = lambda z: z / max(1.0, np.linalg.norm(z) / 2)
    etas = 4 / np.sqrt(2 * np.arange(1, 201))
    _, losses = averaged_sgd(grad, np.zeros(3), etas, ball)
    for goal in rng.normal(size=(20, 3)):
        assert losses.mean() - np.abs(rows @ ball(goal) - answers).mean() <= regret_bound(etas, 4, 1)


def test_the_bound_is_attained():
    etas, length = np.linspace(1.6, 1.0, 6) * 0.5, 0.8
    far = etas[-1] * length
    place, met = np.array([far, 0.0]), 0.0
    for k, eta in enumerate(etas):
        lean = 0.0 if k == 5 else math.acos(eta * length / (2 * far))
        turn = np.array([[math.cos(lean), -math.sin(lean)], [math.sin(lean), math.cos(lean)]])
        g = length * turn @ place / np.linalg.norm(place)
        met, place = met + g @ place, place - eta * g
    assert np.allclose(place, 0) and met / 6 == pytest.approx(regret_bound(etas, far, length))


def test_average_and_way_back():
    seen = []
    grad = lambda theta, t: (seen.append(theta) or float(theta**2), 2 * theta)
    mean, losses = averaged_sgd(grad, 3.0, [0.9] * 5, lambda z: np.clip(z, -1, 1))
    assert mean == pytest.approx(np.mean(seen)) and np.allclose(losses, np.square(seen)) and isinstance(mean, float)
    assert max(abs(v) for v in seen[1:]) <= 1


def test_the_start_is_not_changed():
    start = np.ones((2, 3))
    mean, _ = averaged_sgd(lambda theta, t: (0.0, np.ones((2, 3))), start, [0.5, 0.5])
    assert np.all(start == 1) and np.allclose(mean, 0.75)


BAD = [([0.1, 0.2], 1, 1), ([0.0], 1, 1), ([np.nan], 1, 1), (0.1, 1, 1), ([], 1, 1), ([[0.1]], 1, 1), ([0.1], -1, 1),
       ([0.1], np.nan, 1), ([0.1], 1, np.inf), ([0.1], [1], 1)]


@pytest.mark.parametrize("etas, D, G", BAD)
def test_bad_bounds_are_refused(etas, D, G):
    with pytest.raises(ValueError):
        regret_bound(etas, D, G)


def test_the_error_names_the_step():
    with pytest.raises(ValueError, match="after step 3"):
        regret_bound([0.3, 0.2, 0.1, 0.2], 1, 1)
    with pytest.raises(ValueError, match="step 1"):
        averaged_sgd(lambda theta, t: (0.0, np.nan if t else 0.0), 0.0, [0.1, 0.1])
    with pytest.raises(ValueError, match="shape"):
        averaged_sgd(lambda theta, t: (0.0, np.zeros(2)), np.zeros(3), [0.1])
    with pytest.raises(ValueError, match="step 0"):
        averaged_sgd(lambda theta, t: (0.0, 0.0), 0.0, [0.1], lambda z: np.inf)


def test_extremes_of_single_precision():
    assert np.isfinite(regret_bound(np.full(4, 1e-38, np.float32), 1e-30, 1e30))
    large = lambda theta, t: (np.float32(3e38), np.float32(0))
    mean, losses = averaged_sgd(large, np.float32(1e-38), np.full(3, 1e-38, np.float32))
    assert mean == pytest.approx(1e-38) and np.allclose(losses, 3e38)
