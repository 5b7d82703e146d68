"""The functions that the chapter on hubs offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.stats import norm, skew, spearmanr

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("hubness", "hubness_report", "expected_hubs", "HubnessReport")
hubness_report, expected_hubs = CODE["hubness_report"], CODE["expected_hubs"]
CASES = {"plane": (60, 2), "five": (120, 5), "forty": (150, 40)}


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def counted(scores, k):
    """Hub values by sorting every row, slowly."""
    out = np.zeros(len(scores), int)
    for i, row in enumerate(scores):
        out[[j for j in np.argsort(row) if j != i][:k]] += 1
    return out


def squares(x):
    return ((x[:, None] - x) ** 2).sum(-1)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "inner", "local"])
@pytest.mark.parametrize("k", [1, 7])
def test_by_definition(metric, k):
    x = np.random.default_rng(3).normal(size=(90, 6)) + 0.5
    if metric == "local":
        gaps = squares(x) + np.diag(np.full(len(x), np.inf))
        scores = gaps - np.sort(gaps, 1)[:, :4].mean(1)
    else:
        scores = {"euclidean": squares(x), "cosine": -unit(x) @ unit(x).T, "inner": -x @ x.T}[metric]
    r = hubness_report(x, k, metric, near=4)
    h = counted(scores, k)
    assert r.counts.tolist() == h.tolist()
    assert r.never_found == (h == 0).mean() and r.top_fifth == np.sort(h)[-18:].sum() / (90 * k)
    assert r.skewness == pytest.approx(skew(h))
    cloud = unit(x) if metric == "cosine" else x
    assert r.rank_correlation == pytest.approx(spearmanr(h, ((cloud - cloud.mean(0)) ** 2).sum(1))[0])


def test_a_search_tree_agrees_far_from_zero_and_in_many_blocks():
    x = 1e6 + np.random.default_rng(4).normal(size=(2500, 3))
    tree = np.bincount(cKDTree(x).query(x, 6)[1][:, 1:].ravel(), minlength=len(x))
    assert hubness_report(x, 5).counts.tolist() == tree.tolist()


def test_numbers_of_scikit_hubness():
    with open(DATA / "hubness_scikit_hubness.csv", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 36
    for row in rows:
        n, d = CASES[row["case"]]
        i, j = np.arange(1.0, n + 1)[:, None], np.arange(1.0, d + 1)
        r = hubness_report(np.cos(i * j * j + 0.3 * i * i) + 0.5 * np.sin(3 * i * j), int(row["k"]), row["metric"])
        mine = {"k_skewness": r.skewness, "antihub_occurrence": r.never_found, "k_occurrence": r.counts}[row["measure"]]
        assert np.allclose(mine, np.array(row["value"].split(), float), atol=1e-12)


def test_scale_place_and_precision_do_not_matter():
    x = np.random.default_rng(5).normal(size=(60, 4))
    expected = hubness_report(x, 3).counts.tolist()
    for other in (1e200 * x, 1e-200 * x, x + 100, x.astype(np.float32), x.tolist()):
        assert hubness_report(other, 3).counts.tolist() == expected
    assert np.allclose(expected_hubs(1e-200 * x, 3), expected_hubs(x, 3), rtol=1e-6)
    assert np.allclose(expected_hubs(x + 100, 3), expected_hubs(x, 3), rtol=1e-6)


def test_the_law_and_the_prediction():
    """Numbers of the page: the limit law, and what is counted in a cloud of 1000 dimensions."""
    p = norm.cdf((norm.ppf(10 / 999) * math.sqrt(6) - math.sqrt(2) * np.array([-3, -2, -1, 0, 1, 2])) / 2)
    assert np.allclose(999 * p, [233.26, 75.64, 16.10, 2.193, 0.188, 0.010], rtol=0.03)
    x = np.random.default_rng(6).normal(size=(1000, 1000))
    r, m = hubness_report(x), expected_hubs(x)
    assert m.mean() == pytest.approx(10) and np.corrcoef(r.counts, m)[0, 1] > 0.985
    assert r.top_fifth == pytest.approx(0.77, abs=0.05) and r.rank_correlation < -0.9
    flat = hubness_report(unit(x))
    assert flat.top_fifth == pytest.approx(0.29, abs=0.015) and flat.never_found < 0.002


def test_a_cone_is_repaired_by_centring_and_clusters_by_the_local_version():
    rng = np.random.default_rng(7)
    x = 1 + rng.normal(size=(800, 300))
    assert hubness_report(x, metric="cosine").top_fifth > 0.6
    assert hubness_report(x - x.mean(0), metric="cosine").top_fifth < 0.31
    y = rng.normal(size=(800, 300))
    y[:, :2] += 30 * rng.choice([-1.0, 1.0], (800, 2))
    assert hubness_report(y).top_fifth > 0.55
    assert hubness_report(y, metric="local").top_fifth < 0.35


def test_equal_points_are_counted_and_have_no_rank_correlation():
    r = hubness_report(np.ones((6, 2)), 2)
    assert r.counts.sum() == 12 and math.isnan(r.rank_correlation)


@pytest.mark.parametrize(("points", "k", "words"), [
    (np.arange(5.0), 1, "points"), (np.ones((3, 2)), 1, "points"), (np.ones((5, 0)), 1, "points"),
    (np.full((5, 2), np.nan), 1, "finite"), (np.eye(5), 0, "k:"), (np.eye(5), 4, "k:"), (np.eye(5), 1.5, "k:"),
    (np.eye(5), True, "k:"),
])
def test_arguments_outside_the_range_are_refused_by_name(points, k, words):
    for function in (hubness_report, expected_hubs):
        with pytest.raises(ValueError, match=words):
            function(points, k)


def test_metric_near_zero_vectors_and_points_without_noise_are_refused():
    x = np.random.default_rng(8).normal(size=(9, 2))
    with pytest.raises(ValueError, match="metric"):
        hubness_report(x, 2, "manhattan")
    with pytest.raises(ValueError, match="near"):
        hubness_report(x, 2, "local", near=0)
    with pytest.raises(ValueError, match="zero vector"):
        hubness_report(np.vstack([x, [[0, 0]]]), 2, "cosine")
    with pytest.raises(ValueError, match="at the mean"):
        expected_hubs(np.vstack([x - x.mean(0), [[0, 0]]]), 2)
