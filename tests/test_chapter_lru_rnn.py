"""The functions that the chapter on linear recurrent units offers to take away, as a reader would copy them, and
numbers of its page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from chapter_code import take_away
from scipy.signal import lfilter

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("lru_rnn", "lru_init", "lru_scan", "half_circle_recall_error", "half_circle", "shares",
                 "pair_scan", "split_scan", "recall_loss")
lru_init, lru_scan, recall_error = CODE["lru_init"], CODE["lru_scan"], CODE["half_circle_recall_error"]


def factors(nu_log, theta_log):
    return np.exp(-np.exp(nu_log) + 1j * np.exp(theta_log))


@pytest.mark.parametrize("n", [1, 2, 3, 64, 65, 500])
def test_scan_is_the_loop(n):
    rng = np.random.default_rng(n)
    lam, u = np.array([0.5, 0.999j, -1.0, 0.0]), rng.normal(size=(n, 4)) + 1j * rng.normal(size=(n, 4))
    loop = np.stack([lfilter([1], [1, -one], u[:, i]) for i, one in enumerate(lam)], 1)
    assert np.abs(lru_scan(lam, u) - loop).max() < 1e-11


def test_scan_of_long_and_of_extreme_inputs():
    states = lru_scan([0.9], np.ones((20_000, 1), np.float32))
    assert np.isfinite(states).all() and states[-1, 0] == pytest.approx(10)
    assert lru_scan([0.5], np.full((3, 1), 3e38, np.float32))[-1, 0].real == pytest.approx(1.75 * 3e38, rel=1e-6)
    assert lru_scan([0.5], [[1e-300], [0.0]])[1, 0] == 5e-301


@pytest.mark.parametrize("lam, u", [(0.5, [[1.0]]), ([0.5], [1.0]), ([0.5, 0.1], [[1.0]]), ([0.5], np.ones((0, 1))),
                                    ([], np.ones((2, 0))), ([1.01], [[1.0]]), ([math.nan], [[1.0]]),
                                    ([0.5], [[math.inf]]), ([0.9 + 0.9j], [[1.0]])])
def test_scan_refuses(lam, u):
    with pytest.raises(ValueError):
        lru_scan(lam, u)


def test_ring_is_even_in_area():
    nu_log, theta_log, gamma_log = lru_init(100_000, rng=np.random.default_rng(0))
    lam = factors(nu_log, theta_log)
    share = (np.abs(lam) ** 2 - 0.81) / (0.999**2 - 0.81)
    assert 0 < share.min() and share.max() < 1 and abs(share.mean() - 0.5) < 0.005 and abs(share.var() - 1 / 12) < 0.002
    assert abs(np.mean(lam)) < 0.01 and 0 < np.exp(theta_log).min() and np.exp(theta_log).max() <= 2 * math.pi
    assert np.exp(2 * gamma_log) == pytest.approx(1 - np.abs(lam) ** 2, rel=1e-9)


@pytest.mark.parametrize("d, radius", [(1, 0.5), (5, 0.9), (64, 1e-3), (64, 1 - 1e-12)])
def test_half_circle_and_conjugates_are_roots(d, radius):
    nu_log, theta_log, gamma_log = lru_init(d, "half_circle", radius=radius)
    lam = factors(nu_log, theta_log)
    assert lam / radius == pytest.approx(CODE["half_circle"](d, 1.0), rel=1e-9)
    assert (lam / radius) ** (2 * d) == pytest.approx(-np.ones(d), abs=1e-9)
    assert gamma_log == pytest.approx(0.5 * math.log1p(-radius) + 0.5 * math.log1p(radius), rel=1e-4)


@pytest.mark.parametrize("arguments, more", [((0,), {}), ((2.0,), {}), ((True,), {}), ((3, "circle"), {}),
                                             ((3, "half_circle"), {}), ((3, "half_circle"), {"radius": 1.0}),
                                             ((3, "half_circle"), {"radius": math.nan}), ((3,), {"r_max": 1.0}),
                                             ((3,), {"r_min": 0.95, "r_max": 0.9}), ((3,), {"r_min": -0.1}),
                                             ((3,), {"r_min": [0.5]})])
def test_init_refuses(arguments, more):
    with pytest.raises(ValueError):
        lru_init(*arguments, **more)


@pytest.mark.parametrize("case", ["0.9 to 0.999", "0 to 0.99"])
def test_the_public_implementation(case):
    class Given:
        def __init__(self, *numbers):
            self.numbers = list(numbers)

        def random(self, size):
            return self.numbers.pop(0)

    with (DATA / "lru_init.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["case"] == case]
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "case"}
    ours = lru_init(len(rows), "ring", float(column["r_min"][0]), float(column["r_max"][0]),
                    rng=Given(1 - column["u_nu"], 1 - column["u_theta"]))
    for found, name in zip(ours, ("nu_log", "theta_log", "gamma_log")):
        assert found == pytest.approx(column[name], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("d, r, delay, noise", [(1, 0.5, 1, 0.0), (4, 0.8, 3, 0.0), (4, 0.8, 7, 0.2),
                                                (16, 0.95, 20, 1e-2)])
def test_recall_error_by_linear_equations(d, r, delay, noise):
    powers = math.sqrt(1 - r * r) * CODE["half_circle"](d, r)[:, None] ** np.arange(3000)
    rows = np.concatenate([powers.real, powers.imag])
    best = 1 - rows[:, delay] @ np.linalg.solve(rows @ rows.T + noise**2 * np.eye(2 * d), rows[:, delay])
    assert recall_error(d, r, delay, noise) == pytest.approx(best, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("arguments", [(0, 0.5, 0), (4, 1.0, 0), (4, 0.0, 0), (4, 0.5, 8), (4, 0.5, -1), (4, 0.5, 1.0),
                                       (4, 0.5, 0, -1.0), (4, 0.5, 0, math.inf), (4, math.nan, 0)])
def test_recall_error_refuses(arguments):
    with pytest.raises(ValueError):
        recall_error(*arguments)


def test_recall_error_at_extremes():
    assert recall_error(64, 0.97, 0) == recall_error(64, 0.97, 127) == pytest.approx(0.97**256, rel=1e-12)
    assert 0 <= recall_error(10_000, 0.5, 19_999) < 1e-300 and recall_error(4, 0.5, 7, 1e300) == pytest.approx(1)
    assert recall_error(1, 1 - 1e-12, 0) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("modes", [np.array([0.9j, 0.5 + 0.5j]), 0.95 * np.exp(1j * np.array([0.1, 0.2, 3.0]))])
def test_shares_add_up_to_the_real_numbers(modes):
    found = CODE["shares"](np.concatenate([modes, modes.conj()]), 3000)
    assert found.sum() == pytest.approx(2 * len(modes), rel=1e-9) and 0 <= found.min() and found.max() <= 1 + 1e-12


@pytest.mark.parametrize("d, r", [(2, 0.7), (8, 0.9), (16, 0.95)])
def test_only_the_half_circle_has_the_least_condition_number(d, r):
    def condition(modes):
        return np.linalg.cond(np.concatenate([modes, modes.conj()])[:, None] ** np.arange(2 * d))

    assert condition(CODE["half_circle"](d, r)) == pytest.approx(r ** (1 - 2 * d), rel=1e-9)
    rng = np.random.default_rng(d)
    for _ in range(20):
        moved = CODE["half_circle"](d, r) * np.exp(1j * rng.normal(scale=0.02 / d, size=d))
        assert condition(moved) > r ** (1 - 2 * d)


@pytest.mark.parametrize("p", range(1, 10))
def test_work_and_rounds(p):
    n = 2**p
    assert CODE["split_scan"](0.9, np.ones(n))[1:] == (n // 2 * p, p)
    assert CODE["pair_scan"](np.full(n, 0.9), np.ones(n))[1:] == (2 * n - 2 - p, 2 * p - 1)


def test_slopes_of_the_expected_error():
    rng = np.random.default_rng(1)
    at = [np.log(rng.uniform(0.02, 0.3, (1, 3))), rng.uniform(0, 6, (1, 3)),
          rng.normal(size=(1, 3)) + 1j * rng.normal(size=(1, 3))]
    slopes = CODE["recall_loss"](*at, delay=7)[1]
    for i, step in ((0, 1e-6), (1, 1e-6), (2, 1e-6), (2, 1e-6j)):
        up, down = ([one + sign * step * np.eye(1, 3) if k == i else one for k, one in enumerate(at)]
                    for sign in (1, -1))
        found = (CODE["recall_loss"](*up, delay=7)[0] - CODE["recall_loss"](*down, delay=7)[0]) / (2 * abs(step))
        slope = slopes[i][0, 0]
        assert found[0] == pytest.approx(slope.imag if step == 1e-6j else np.real(slope), rel=1e-5)
