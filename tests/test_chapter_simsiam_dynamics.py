"""The two functions that the chapter on SimSiam offers to take away, as a reader would copy them, and numbers of its
page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from chapter_code import take_away
from scipy.integrate import solve_ivp

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("simsiam_dynamics", "simsiam_endpoint", "collapse_report", "sampled", "foretold")
simsiam_endpoint, collapse_report = CODE["simsiam_endpoint"], CODE["collapse_report"]
STARTS = [(1, 0.1, 0.5, 1), (1, 2, 0.5, 1), (1, 1.1, 0.5, 1), (1, 1.3, 0.5, 1), (-0.5, -0.9, 2, 2), (-0.5, -0.6, 2, 2),
          (0.7, 0, 1, 4), (0.3, -0.2, 1, 1), (1.5, 3, 0.2, 10), (0.1, 0.6, 0, 1), (0.8, 1.6, 0, 1)]


@pytest.mark.parametrize("start", STARTS)
def test_the_end_is_that_of_the_flow(start):
    theta, phi, S, alpha = start

    def rate(t, y):
        slope = y[0] * ((1 + S) * y[1] - 1)
        return -y[1] * slope, -alpha * y[0] * slope

    end = solve_ivp(rate, (0, 4000), (theta, phi), method="LSODA", rtol=1e-10, atol=1e-13).y[:, -1]
    np.testing.assert_allclose(simsiam_endpoint(*start), end, atol=2e-6)


def test_both_sides_of_the_threshold():
    edge = math.sqrt(13) / 3
    assert simsiam_endpoint(1, edge * (1 + 1e-9), 0.5)[0] == 0
    theta, phi = simsiam_endpoint(1, edge * (1 - 1e-9), 0.5)
    assert phi == pytest.approx(2 / 3) and theta == pytest.approx(math.sqrt(2e-9) * edge, rel=1e-6)
    assert simsiam_endpoint(1, -1, 0.5) == (0.0, 0.0)
    assert simsiam_endpoint(1, -1 + 1e-9, 0.5)[0] == pytest.approx(2 / 3, rel=1e-6)


def test_the_reserve_is_kept_at_random_starts():
    rng = np.random.default_rng(3)
    for theta, phi, S, alpha in zip(*rng.normal(size=(2, 300)), *rng.uniform(0.05, 4, size=(2, 300))):
        end = simsiam_endpoint(theta, phi, S, alpha)
        assert end[0] ** 2 - end[1] ** 2 / alpha == pytest.approx(theta**2 - phi**2 / alpha, abs=1e-10)
        assert end[0] == 0 or end[1] == 1 / (1 + S) and end[0] * theta > 0


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1e30, 1e200])
def test_endpoint_of_extreme_size(size):
    theta, phi = simsiam_endpoint(size, 0, 0.5)
    assert theta == pytest.approx(math.hypot(size, 2 / 3)) and phi == pytest.approx(2 / 3)
    assert simsiam_endpoint(size, 3 * max(size, 1), 0.5)[0] == 0


@pytest.mark.parametrize("case", [(0, 0.1, 0.5), (1, math.nan, 0.5), (math.inf, 0.1, 0.5), (1, 0.1, -1),
                                  (1, 0.1, 0.5, 0), ([1], 0.1, 0.5), ("1", 0.1, 0.5), (1j, 0.1, 0.5), (None, 0.1, 0.5)])
def test_endpoint_refuses(case):
    with pytest.raises(ValueError):
        simsiam_endpoint(*case)


def by_eigenvalues(z):
    """The report, by other means: loops and the eigenvalues of the covariance."""
    rows = [row / math.sqrt(sum(row**2)) for row in np.asarray(z, float)]
    n, d = len(rows), len(rows[0])
    entries = [[row[i] for row in rows] for i in range(d)]
    std = [math.sqrt(sum((v - sum(e) / n) ** 2 for v in e) / (n - 1)) for e in entries]
    values = np.linalg.eigvalsh(np.cov(np.array(rows).T).reshape(d, d))
    share = values[values > 1e-15] / values[values > 1e-15].sum()
    return {"std_ratio": sum(std) / d * math.sqrt(d), "effective_rank": math.exp(-sum(share * np.log(share))),
            "spread": math.sqrt(np.mean(np.sum((z - np.mean(z, 0)) ** 2, 1)))}


@pytest.mark.parametrize("shape", [(2, 1), (5, 3), (40, 8), (3, 12)])
def test_report_against_eigenvalues(shape):
    z = np.random.default_rng(1).normal(size=shape) + 0.3
    z[0] *= -1
    expected = by_eigenvalues(z)
    assert collapse_report(z) == pytest.approx(expected, rel=1e-9)
    assert collapse_report(z.astype(np.float32)) == pytest.approx(expected, rel=1e-4)
    scaled = collapse_report(z * 1e150)
    assert scaled["std_ratio"] == pytest.approx(expected["std_ratio"])
    assert scaled["spread"] == pytest.approx(expected["spread"] * 1e150)


def test_report_of_healthy_and_collapsed_codes():
    z = np.random.default_rng(2).normal(size=(4000, 16))
    good = collapse_report(z)
    assert good["std_ratio"] == pytest.approx(1, abs=0.01) and good["effective_rank"] > 15.9
    one = collapse_report(np.full((10, 4), 0.1))
    assert one["std_ratio"] == one["effective_rank"] == 0 and one["spread"] < 1e-15
    flat = collapse_report(np.outer(np.r_[1, -2, 3, -4], [1.0, 2.0, 3.0]))
    assert flat["effective_rank"] == pytest.approx(1)
    shrunk = collapse_report(z * 1e-9)
    assert shrunk["std_ratio"] == pytest.approx(good["std_ratio"]) and shrunk["spread"] < 1e-8
    assert collapse_report([[1, 0], [0, 1], [0, 0]])["effective_rank"] == pytest.approx(math.exp(
        -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))))


@pytest.mark.parametrize("z", [[[1.0, 2.0]], [1.0, 2.0], np.zeros((0, 2)), np.zeros((2, 0)), [[1.0], [math.nan]],
                               [[1.0], [math.inf]], [[1j], [2j]], [["a"], ["b"]], np.zeros((2, 2, 2))])
def test_report_refuses(z):
    with pytest.raises(ValueError):
        collapse_report(z)


def test_standard_deviations_of_lightly():
    with open(DATA / "simsiam_dynamics_lightly.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["case"].startswith("std")]
    assert len(rows) == 4
    for row in rows:
        z = np.array(row["input"].split(), float).reshape(6, 4)
        assert collapse_report(z)["std_ratio"] / 2 == pytest.approx(float(row["value"]), rel=1e-9)


def test_numbers_of_the_page():
    np.testing.assert_allclose(simsiam_endpoint(1, 0.1, 0.5), [1.19768, 2 / 3], atol=1e-5)
    np.testing.assert_allclose(simsiam_endpoint(1, 2, 0.5), [0, math.sqrt(3)], atol=1e-12)
    for alpha, end in ((4, 1.053), (10, 1.021), (100, 1.002)):
        assert simsiam_endpoint(1, 0.1, 0.5, alpha)[0] == pytest.approx(end, abs=5e-4)
    assert simsiam_endpoint(0.5, 0, 1, 4) == pytest.approx((math.sqrt(5) / 4, 0.5))
    assert simsiam_endpoint(0.1, 0.6, 0)[0] == pytest.approx(math.sqrt(0.65))


def test_the_prediction_for_batches_is_that_of_many_runs():
    theta, phi = CODE["sampled"](0.1, 64, 10, [1], [0.1], 400, np.random.default_rng(8))
    reserve = (theta**2 - phi**2)[0]
    error = reserve.std(ddof=1) / math.sqrt(len(reserve))
    assert abs(reserve.mean() - CODE["foretold"](0.1, 64, 10, 1, 0.1)[0]) < 5 * error + 1e-3
