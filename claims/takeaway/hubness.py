"""Functions to take away from the chapter "Hubs: the points that are everybody's neighbour".

Made by `make takeaway` from book/probability/hubness.md; change them there.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm as normal_law
from scipy.stats import rankdata


class HubnessReport(NamedTuple):
    """What :func:`hubness_report` finds.

    >>> HubnessReport(np.array([1, 0, 2]), 1 / 3, 2 / 3, 0.0, -0.5).never_found == 1 / 3
    True
    """

    counts: np.ndarray
    never_found: float
    top_fifth: float
    skewness: float
    rank_correlation: float


def _checked_points(points, k, name="k"):
    """Points as float64, k as a whole number."""
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] < 1 or len(points) < 4:
        raise ValueError(f"points: expected an array of shape (N, d) with N of at least 4, found {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("points: expected finite numbers")
    if isinstance(k, bool) or int(k) != k or not 1 <= k <= len(points) - 2:
        raise ValueError(f"{name}: expected a whole number from 1 to N - 2 = {len(points) - 2}, found {k}")
    size = np.abs(points).max()
    return (points / size if size > 0 else points), int(k)


def _neighbours(points, k, penalty, weight, block=1024):
    """Indices (N, k) of the k smallest penalty_j - weight <x_i, x_j>, and these values, without the point itself."""
    out, values = np.empty((len(points), k), int), np.empty((len(points), k))
    for start in range(0, len(points), block):
        rows = np.arange(start, min(start + block, len(points)))
        scores = penalty - weight * points[rows] @ points.T
        scores[np.arange(len(rows)), rows] = np.inf
        out[rows] = np.argpartition(scores, k - 1, axis=1)[:, :k]
        values[rows] = np.take_along_axis(scores, out[rows], 1)
    return out, values


def hubness_report(points, k=10, metric="euclidean", near=10):
    """How unevenly the points of a cloud occur in each other's lists of k nearest neighbours.

    Args:
        points: array (N, d), N at least 4. A point is not in its own list.
        k: length of the lists, at most N - 2.
        metric: "euclidean"; "cosine"; "inner" (largest inner product first; subtract the mean before);
            "local" (squared distance minus the candidate's mean squared distance to its own ``near`` nearest).
        near: only for "local"; from 1 to N - 2.

    Returns:
        ``HubnessReport``: ``counts`` (N,), how many lists hold each point; ``never_found``, the share of points in no
        list; ``top_fifth``, the share of all places that the N // 5 (at least one) most listed points hold;
        ``skewness`` of the counts (0 if all are equal); ``rank_correlation`` of the counts with the distance to the
        mean (of the normalised points for "cosine"; NaN if one of the two is constant). Ties are broken arbitrarily.

    Raises:
        ValueError: for other shapes, numbers that are not finite, k or near out of range, an unknown metric, a zero
            vector with "cosine".

    >>> r = hubness_report([[0.0], [1.0], [2.1], [3.3], [4.7]], k=1)
    >>> r.counts.tolist(), r.never_found, r.top_fifth
    ([1, 2, 1, 1, 0], 0.2, 0.4)
    """
    points, k = _checked_points(points, k)
    if metric not in ("euclidean", "cosine", "inner", "local"):
        raise ValueError(f"metric: expected 'euclidean', 'cosine', 'inner' or 'local', found {metric!r}")
    if metric == "cosine":
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        if (lengths == 0).any():
            raise ValueError("points: a zero vector has no cosine")
        points = points / lengths
    centred = points - points.mean(0)
    squares = (centred**2).sum(1)
    if metric in ("cosine", "inner"):
        lists, _ = _neighbours(points, k, np.zeros(len(points)), 1.0)
    else:
        penalty = squares
        if metric == "local":
            _checked_points(points, near, "near")
            penalty = squares - (_neighbours(centred, int(near), squares, 2.0)[1].mean(1) + squares)
        lists, _ = _neighbours(centred, k, penalty, 2.0)
    counts = np.bincount(lists.ravel(), minlength=len(points))
    gap, width = counts - k, counts.std()
    ranks = rankdata(counts) - (len(counts) + 1) / 2, rankdata(squares) - (len(counts) + 1) / 2
    norms = math.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum())
    return HubnessReport(counts, float((counts == 0).mean()), float(np.sort(counts)[-max(1, len(counts) // 5):].sum() / counts.sum()),
                         float((gap**3.0).mean() / width**3) if width > 0 else 0.0, float(ranks[0] @ ranks[1] / norms) if norms > 0 else math.nan)


def expected_hubs(points, k=10):
    """Hub values that lengths and covariance alone would give, for Euclidean distance and a cloud near one centre.

    A point u, measured from the mean, is listed with the chance Phi((theta - |u|^2) / (2 sqrt(u' S u))), with the covariance S of
    the other points and one theta, such that the mean is k. Good for normal points, and for independent coordinates, in
    many dimensions; clusters and few directions are not in it.

    Args:
        points: array (N, d), N at least 4, with positive u' S u for every point. For cosines pass normalised points.
        k: length of the lists, at most N - 2.

    Returns:
        array (N,) with the mean k.

    Raises:
        ValueError: for other shapes, numbers that are not finite, k out of range, or a point at the mean or
            orthogonal to all others.

    >>> expected_hubs(np.random.default_rng(0).normal(size=(50, 200)), k=5).mean().round(9)
    np.float64(5.0)
    """
    points, k = _checked_points(points, k)
    centred = points - points.mean(0)
    squares, second = (centred**2).sum(1), np.empty(len(points))
    for start in range(0, len(points), 1024):
        second[start:start + 1024] = ((centred[start:start + 1024] @ centred.T) ** 2).sum(1)
    rest = second - squares**2
    if not (rest > 1e-12 * second.max()).all():
        raise ValueError("points: a point lies at the mean, or is orthogonal to all others")
    spread = np.sqrt(rest / (len(points) - 1))
    over_all = lambda theta: normal_law.cdf((theta - squares) / (2 * spread))
    reach = 80 * spread.max()
    theta = brentq(lambda one: over_all(one).mean() - k / (len(points) - 1), squares.min() - reach, squares.max() + reach, xtol=1e-15 * reach)
    listed = over_all(theta)
    return listed * (k / listed.mean())
