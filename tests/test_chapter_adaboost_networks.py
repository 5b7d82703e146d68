"""The functions that the chapter on boosting offers to take away, as a reader would copy them, and numbers of its
page."""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from chapter_code import take_away
from scipy.optimize import linprog

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("adaboost_networks", "stumps", "adaboost", "as_network", "margin_lp")
stumps, adaboost, as_network, margin_lp = (CODE[name] for name in ("stumps", "adaboost", "as_network", "margin_lp"))
FIVE, LABELS = np.arange(1.0, 6)[:, None], np.array([1, 1, -1, -1, 1])


def values_of(X):
    V, b = stumps(X)
    return np.sign(np.asarray(X, float) @ V.T + b)


def cloud(count, seed, dimensions=2, noise=0.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, dimensions))
    y = np.where((X**2).sum(1) > 1.3, 1, -1)
    return X, np.where(rng.random(count) < noise, -y, y)


def by_hand(H, y, rounds):
    """The algorithm with explicit weights, loops and both signs of every classifier."""
    n, m = H.shape
    w, out = [1 / n] * n, []
    for _ in range(rounds):
        best = None
        for j, s in itertools.product(range(m), (1, -1)):
            e = sum(w[i] for i in range(n) if s * H[i, j] != y[i])
            if best is None or e < best[0] - 1e-12:
                best = e, j, s
        e, j, s = best
        a = 0.5 * math.log((1 - e) / e)
        w = [w[i] * math.exp(-a * y[i] * s * H[i, j]) for i in range(n)]
        Z = sum(w)
        w = [v / Z for v in w]
        out.append((j, s * a, Z))
    return out


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_adaboost_against_explicit_weights(seed):
    X, y = cloud(25, seed)
    H = values_of(X)
    index, alpha, Z = adaboost(H, y, 12)
    expected = by_hand(H, y, 12)
    assert index.tolist() == [row[0] for row in expected]
    np.testing.assert_allclose(alpha, [row[1] for row in expected], rtol=1e-9)
    np.testing.assert_allclose(Z, [row[2] for row in expected], rtol=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_the_loss_is_the_product_and_bounds_the_error(noise):
    X, y = cloud(80, 5, noise=noise)
    H = values_of(X)
    index, alpha, Z = adaboost(H, y, 150)
    scores = np.cumsum(y[:, None] * H[:, index] * alpha, 1)
    np.testing.assert_allclose(np.exp(-scores).mean(0), np.cumprod(Z), rtol=1e-9)
    assert ((scores <= 0).mean(0) <= np.cumprod(Z) + 1e-12).all()


def test_scikit_learn_with_least_errors():
    with open(DATA / "adaboost_networks_sklearn.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["case"] == "five points"]
    H = values_of(FIVE)
    index, alpha, Z = adaboost(H, LABELS, len(rows))
    for row, j, a, z in zip(rows, index, alpha, Z):
        assert (1 - math.sqrt(1 - z * z)) / 2 == pytest.approx(float(row["error"]), rel=1e-9)
        assert 2 * abs(a) == pytest.approx(float(row["weight"]), rel=1e-9)
        assert "".join("+" if v > 0 else "-" for v in np.sign(a) * H[:, j]) == row["predictions"]


@pytest.mark.parametrize(("count", "seed", "noise"), [(12, 0, 0.0), (30, 1, 0.2), (60, 2, 0.0)])
def test_margin_programme_against_its_dual(count, seed, noise):
    X, y = cloud(count, seed, noise=noise)
    H = values_of(X)
    rho, votes, weights = margin_lp(H, y)
    assert min(y * (H @ votes)) == pytest.approx(rho, abs=1e-8) and np.abs(votes).sum() <= 1 + 1e-8
    assert np.abs((y * weights) @ H).max() == pytest.approx(rho, abs=1e-8)
    assert weights.min() >= -1e-9 and weights.sum() == pytest.approx(1)
    hits, m = y[:, None] * H, H.shape[1]
    both = np.r_[hits.T, -hits.T]
    other = linprog(np.r_[np.zeros(count), 1], A_ub=np.c_[both, -np.ones(2 * m)], b_ub=np.zeros(2 * m),
                    A_eq=[np.r_[np.ones(count), 0]], b_eq=[1]).fun
    assert rho == pytest.approx(other, abs=1e-8)


def test_every_edge_is_at_least_half_of_the_best_margin():
    for seed in range(5):
        X, y = cloud(60, seed)
        H = values_of(X)
        rho = margin_lp(H, y)[0]
        index, alpha, Z = adaboost(H, y, 400)
        assert (np.sqrt(1 - Z**2) >= rho - 1e-9).all()
        scores = np.cumsum(y[:, None] * H[:, index] * alpha, 1)
        margins = scores.min(0) / np.cumsum(np.abs(alpha))
        assert margins.max() <= rho + 1e-9
        assert np.flatnonzero(margins <= 0)[-1] + 2 <= math.ceil(2 * math.log(60) / rho**2)


def test_margins_without_a_vote():
    xor = np.array([[1, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1]])
    assert margin_lp(xor, [1, -1, -1, 1])[0] == pytest.approx(0, abs=1e-12)
    assert len(adaboost(xor, [1, -1, -1, 1], 5)[0]) == 0
    assert margin_lp([[1, 1], [1, 1]], [1, -1])[0] == pytest.approx(0, abs=1e-12)
    assert margin_lp([[1, -1], [-1, -1]], [-1, 1])[0] == pytest.approx(1)


@pytest.mark.parametrize("case", [(np.zeros((2, 2)), [1, -1], 1), ([[1, 1], [1, -1]], [1, 0], 1), ([1, -1], [1, -1], 1),
                                  ([[1, math.nan], [1, 1]], [1, -1], 1), ([[1, 1], [1, -1]], [1, -1, 1], 1),
                                  (np.zeros((0, 2)), [], 1), ([[1j, 1], [1, 1]], [1, -1], 1), (1.0, [1], 1),
                                  ([["a", "b"]], [1], 1), ([[1, 1], [-1, 1]], [1, -1], 1)])
def test_adaboost_refuses(case):
    with pytest.raises(ValueError):
        adaboost(*case)


@pytest.mark.parametrize("rounds", [0, -1, 2.0, True, "3", None])
def test_rounds_that_are_no_number_of_rounds(rounds):
    with pytest.raises(ValueError, match="rounds"):
        adaboost(values_of(FIVE), LABELS, rounds)


@pytest.mark.parametrize("case", [([[1, 2]], [1]), ([[1, 1], [1, -1]], [1]), ([], []), ([[1, math.inf]], [1])])
def test_margin_refuses(case):
    with pytest.raises(ValueError):
        margin_lp(*case)


@pytest.mark.parametrize("X", [[1.0, 2.0], [[1.0], [math.nan]], [["a"]], 3.0, np.zeros((0, 2)), np.zeros((2, 0)),
                               [[1j]]])
def test_stumps_refuse(X):
    with pytest.raises(ValueError):
        stumps(X)


def test_stumps_of_unusual_points():
    V, b = stumps([[2.0, 5.0], [1.0, 5.0], [2.0, 7.0]])
    assert V.tolist() == [[0, 0], [1, 0], [0, 1]] and b.tolist() == [1, -1.5, -6]
    assert stumps(np.array([[-1.7e308], [1.7e308]]))[1].tolist() == [1, 0]
    assert len(stumps([[1.0], [np.nextafter(1, 2)]])[1]) == 1
    assert stumps(np.array([[1], [4]], np.float32))[1].tolist() == [1, -2.5]


def test_the_network_has_the_scores_of_the_vote():
    X, y = cloud(50, 3)
    V, b = stumps(X)
    index, alpha, _ = adaboost(values_of(X), y, 80)
    W, c, a = as_network(V, b, index, alpha, 1e9)
    assert len(a) == len(set(index.tolist())) < 80
    np.testing.assert_allclose(np.tanh(X @ W.T + c) @ a, values_of(X)[:, index] @ alpha, atol=1e-9)


def test_steep_enough_by_the_formula():
    V, b = stumps(FIVE)
    index, alpha, _ = adaboost(values_of(FIVE), LABELS, 3)
    beta = math.log(2 * np.abs(alpha).sum() / 0.43773437) * 1.0001
    W, c, a = as_network(V, b, index, alpha, beta)
    np.testing.assert_array_equal(np.sign(np.tanh(FIVE @ W.T + c) @ a), LABELS)


@pytest.mark.parametrize("case", [([[1.0]], [0.0], [0], [1.0], 0), ([[1.0]], [0.0], [0], [1.0], math.inf),
                                  ([[1.0]], [0.0], [1], [1.0], 1), ([[1.0]], [0.0], [0.0], [1.0], 1),
                                  ([[1.0]], [0.0, 1.0], [0], [1.0], 1), ([[1.0]], [0.0], [0], [1.0, 2.0], 1),
                                  ([1.0], [0.0], [0], [1.0], 1), ([[math.nan]], [0.0], [0], [1.0], 1),
                                  ([[1.0]], [1e300], [0], [1.0], 1e300), ([[1.0]], [0.0], [0], [1.0], True)])
def test_network_refuses(case):
    with pytest.raises(ValueError):
        as_network(*case)


def test_numbers_of_the_page():
    H = values_of(FIVE)
    index, alpha, Z = adaboost(H, LABELS, 4)
    np.testing.assert_allclose(np.exp(2 * np.abs(alpha)), [4, 3, 5, 4], rtol=1e-12)
    scores = np.cumsum(H[:, index] * alpha, 1)
    np.testing.assert_allclose(scores[:, 2], [0.438, 0.438, -0.949, -0.949, 0.661], atol=5e-4)
    assert [int((LABELS * s <= 0).sum()) for s in scores.T] == [1, 1, 0, 1]
    assert np.prod(Z[:3]) == pytest.approx(0.5164, abs=5e-5) and np.prod(Z) == pytest.approx(0.413, abs=5e-4)
    rho, votes, weights = margin_lp(H, LABELS)
    assert rho == pytest.approx(1 / 3) and math.ceil(2 * math.log(5) / rho**2) == 29
    long = adaboost(H, LABELS, 4000)
    smallest = (LABELS * (H[:, long[0]] @ long[1])).min() / np.abs(long[1]).sum()
    assert -math.log(8 / 9) / math.log(2) < smallest < 1 / 3
    seven = np.cumprod(long[2])
    assert seven[5] > 0.2 > seven[6]


def test_five_points_on_which_a_combination_is_worse():
    u = np.array([[1, 1, 1], [1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    assert (u > 0).sum(0).tolist() == [3, 3, 3] and np.linalg.matrix_rank(u) == 3
    a = np.zeros(3)
    for _ in range(3000):
        a += 0.1 * u.T @ (1 / (1 + np.exp(u @ a)))
    assert a == pytest.approx(a[0]) and (u @ a > 0).sum() == 2
    assert np.log1p(np.exp(-(u @ a))).sum() == pytest.approx(3.2454, abs=1e-4)
