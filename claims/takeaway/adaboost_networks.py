"""Functions to take away from the chapter "From boosting to neural networks".

Made by `make takeaway` from book/optimization/adaboost_networks.md; change them there.
"""

import math

import numpy as np
from scipy.optimize import linprog


def _numbers(name, values, dimensions):
    """Finite real numbers as floats, of that number of dimensions."""
    values = np.asarray(values)
    if values.ndim != dimensions or values.size and values.dtype.kind not in "iuf":
        raise ValueError(f"{name}: expected real numbers in {dimensions} dimension{'s' if dimensions > 1 else ''}; found shape {values.shape}, {values.dtype}")
    values = values.astype(float)
    if not np.isfinite(values).all():
        raise ValueError(f"{name}: expected finite numbers; found NaN or infinity")
    return values


def _signs(name, values, dimensions):
    """Values ±1 as floats of that number of dimensions."""
    values = _numbers(name, values, dimensions)
    if values.size == 0 or not np.isin(values, (-1.0, 1.0)).all():
        raise ValueError(f"{name}: expected values -1 and 1; found {values[~np.isin(values, (-1.0, 1.0))][0] if values.size else 'none'}")
    return values


def _hits(H, y):
    H, y = _signs("H", H, 2), _signs("y", y, 1)
    if len(H) != len(y):
        raise ValueError(f"H has {len(H)} rows and y has {len(y)} labels; expected one row of H for each label")
    return y[:, None] * H


def stumps(X):
    """All decision stumps that differ on the data, up to sign.

    Args:
        X: points, shape (n, d), real and finite.

    Returns:
        V, b: slopes of shape (m, d) and offsets of shape (m,). The values on points X are ``np.sign(X @ V.T + b)``. The first stump is the
        constant 1; the others have their thresholds in the middle between neighbouring values of a coordinate.

    Raises:
        ValueError: for another shape, or numbers that are not finite.

    Example:
        >>> V, b = stumps([[1.0], [2.0], [4.0]])
        >>> b.tolist()
        [1.0, -1.5, -3.0]
    """
    X = _numbers("X", X, 2)
    if X.size == 0:
        raise ValueError(f"X: expected points of shape (n, d); found shape {X.shape}")
    V, b = [np.zeros(X.shape[1])], [1.0]
    for k in range(X.shape[1]):
        values = np.unique(X[:, k])
        for low, high in zip(values[:-1], values[1:]):
            middle = low / 2 + high / 2
            if low < middle < high:
                V.append(np.eye(X.shape[1])[k])
                b.append(-middle)
    return np.array(V), np.array(b)


def adaboost(H, y, rounds):
    """AdaBoost with a finite set of classifiers, each of which may be turned round.

    Args:
        H: values of the m classifiers on n points, shape (n, m), each -1 or 1.
        y: labels, shape (n,), each -1 or 1.
        rounds: largest number of rounds, at least 1. It stops earlier if no classifier has an edge above 1e-12.

    Returns:
        index: the classifier chosen in each round (the first of equals, up to 1e-12).
        alpha: its vote; negative if it was turned round. The score on the points is ``H[:, index] @ alpha``.
        Z: the normaliser of each round; their product is the mean of exp(-y score).

    Raises:
        ValueError: for other shapes or values, and for a classifier that is right (or wrong) on all points: use it alone.

    Example:
        >>> V, b = stumps([[1.0], [2.0], [3.0], [4.0], [5.0]])
        >>> H = np.sign(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]]) @ V.T + b)
        >>> index, alpha, Z = adaboost(H, [1, 1, -1, -1, 1], 3)
        >>> index.tolist(), float(np.prod(Z).round(4))
        ([2, 0, 4], 0.5164)
    """
    hits = _hits(H, y)
    if isinstance(rounds, bool) or not isinstance(rounds, (int, np.integer)) or rounds < 1:
        raise ValueError(f"rounds: expected a whole number from 1 on; found {rounds!r}")
    perfect = np.flatnonzero(np.abs(hits.sum(0)) == len(hits))
    if len(perfect):
        raise ValueError(f"classifier {perfect[0]} is right, or wrong, on all points: use it alone")
    columns, score, index, alpha, Z = np.ascontiguousarray(hits.T), np.zeros(len(hits)), [], [], []
    for _ in range(rounds):
        w = np.exp(score.min() - score)
        twice = columns @ (w / w.sum())
        size = np.abs(twice)
        if size.max() <= 1e-12:
            break
        j = int(np.flatnonzero(size >= size.max() - 1e-12)[0])
        e = min(size[j], 1 - 1e-15)
        index.append(j)
        alpha.append(math.copysign(0.5 * math.log((1 + e) / (1 - e)), twice[j]))
        Z.append(math.sqrt((1 - e) * (1 + e)))
        score += alpha[-1] * columns[j]
    return np.array(index, int), np.array(alpha), np.array(Z)


def as_network(V, b, index, alpha, beta):
    """The boosted classifier as a network with one hidden layer of tanh units.

    Args:
        V, b: slopes (m, d) and offsets (m,) of the classifiers ``sign(X @ V.T + b)``.
        index, alpha: chosen classifiers and votes, as from ``adaboost``.
        beta: steepness of the units, positive.

    Returns:
        W, c, a: weights (k, d) and offsets (k,) of the hidden units and outgoing weights (k,): the score is ``np.tanh(X @ W.T + c) @ a``.
        A classifier that was chosen in several rounds is one unit with the sum of its votes.

    Raises:
        ValueError: for shapes that do not fit, numbers that are not finite, or a steepness that is not positive.

    Example:
        >>> W, c, a = as_network([[1.0]], [-2.5], [0, 0], [0.5, 0.25], 4.0)
        >>> W.tolist(), c.tolist(), a.tolist()
        ([[4.0]], [-10.0], [0.75])
    """
    V, b, alpha, index = _numbers("V", V, 2), _numbers("b", b, 1), _numbers("alpha", alpha, 1), np.asarray(index)
    if b.shape != V.shape[:1] or alpha.shape != index.shape or index.dtype.kind not in "iu":
        raise ValueError(f"expected V (m, d), b (m,), whole numbers index (T,) and alpha (T,); found {V.shape}, {b.shape}, {index.shape} {index.dtype}, {alpha.shape}")
    if len(index) and not (0 <= index.min() and index.max() < len(V)):
        raise ValueError(f"index: expected numbers from 0 to {len(V) - 1}; found {index.min()} to {index.max()}")
    if isinstance(beta, bool) or not (isinstance(beta, (int, float, np.integer, np.floating)) and math.isfinite(beta) and beta > 0):
        raise ValueError(f"beta: expected a positive number; found {beta!r}")
    units, place = np.unique(index, return_inverse=True)
    with np.errstate(over="ignore"):
        W, c = float(beta) * V[units], float(beta) * b[units]
    if not (np.isfinite(W).all() and np.isfinite(c).all()):
        raise ValueError(f"beta: the weights of units of steepness {beta!r} are beyond the range of floats")
    return W, c, np.bincount(place, alpha, minlength=len(units))


def margin_lp(H, y):
    """The best margin of a vote, by a linear programme, with both certificates.

    Args:
        H, y: values of the classifiers (n, m) and labels (n,), each -1 or 1.

    Returns:
        rho: the largest smallest margin of a vote (negative votes turn a classifier round), a float; 0 if no vote is right on all points.
        votes: a vote that has it, shape (m,), with sum of sizes at most 1: ``min(y * (H @ votes))`` is rho.
        weights: weights of the points, shape (n,), under which twice the edge of every classifier is at most rho: ``max(abs((y * weights) @ H))``.

    Raises:
        ValueError: for other shapes or values.

    Example:
        >>> rho, votes, weights = margin_lp([[1, -1, -1], [1, 1, -1], [1, 1, 1]], [1, -1, 1])
        >>> round(rho, 4)
        0.3333
    """
    hits = _hits(H, y)
    n, m = hits.shape
    found = linprog(np.r_[np.zeros(2 * m), -1.0], A_ub=np.c_[-hits, hits, np.ones(n)], b_ub=np.zeros(n), A_eq=[np.r_[np.ones(2 * m), 0.0]], b_eq=[1.0],
                    bounds=[(0, None)] * (2 * m) + [(None, None)], method="highs")
    if found.status != 0:
        raise ValueError(f"the linear programme was not solved: {found.message}")
    return max(float(-found.fun), 0.0), found.x[:m] - found.x[m:2 * m], -found.ineqlin.marginals
