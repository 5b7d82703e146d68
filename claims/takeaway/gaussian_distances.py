"""Functions to take away from the chapter "How far apart are two normals? Surprise, overlap and work".

Made by `make takeaway` from book/probability/gaussian_distances.md; change them there.
"""

import math
from typing import NamedTuple

import numpy as np


class Distances(NamedTuple):
    """Distances of two normal laws: ``kl_pq``, ``kl_qp`` (nats), ``bhattacharyya`` (nats), ``w2_squared`` (unit²).

    >>> Distances(0.0, 0.0, 0.0, 0.0).w2_squared
    0.0
    """

    kl_pq: np.ndarray
    kl_qp: np.ndarray
    bhattacharyya: np.ndarray
    w2_squared: np.ndarray


def _checked_normal(mean, cov, name):
    """Mean (…, d) and covariance (…, d, d) as float64, and the eigenvalues and eigenvectors of the covariance."""
    mean, cov = np.asarray(mean, float), np.asarray(cov, float)
    if mean.ndim < 1 or cov.ndim < 2 or cov.shape[-1] != cov.shape[-2] or cov.shape[-1] != mean.shape[-1] or mean.shape[-1] < 1:
        raise ValueError(f"mean_{name}, cov_{name}: expected shapes (..., d) and (..., d, d), found {mean.shape} and {cov.shape}")
    if not (np.isfinite(mean).all() and np.isfinite(cov).all()):
        raise ValueError(f"mean_{name}, cov_{name}: expected finite numbers")
    turned = np.swapaxes(cov, -1, -2)
    size = np.abs(cov).max((-1, -2), keepdims=True)
    if (np.abs(cov - turned) > 1e-6 * size).any():
        raise ValueError(f"cov_{name}: expected symmetric matrices")
    values, axes = np.linalg.eigh(cov / 2 + turned / 2)
    top = values[..., -1:]
    if (values < -1e-6 * np.abs(top)).any() or (top < 0).any():
        raise ValueError(f"cov_{name}: expected no negative eigenvalue, found {values.min()}")
    return mean, cov, np.where(values > 1e-13 * top, values, 0.0), axes


def _scaled(axes, values):
    """axes · diag(values) · axesᵀ"""
    return (axes * values[..., None, :]) @ np.swapaxes(axes, -1, -2)


def normal_distances(mean_p, cov_p, mean_q, cov_q):
    """KL both ways, Bhattacharyya distance and squared Wasserstein distance of two normal laws.

    Args:
        mean_p, mean_q: means, shape (..., d); leading axes are batches and broadcast.
        cov_p, cov_q: covariances, shape (..., d, d), symmetric, no negative eigenvalue; eigenvalues below 1e-13 of the
            largest count as 0. The diagonal of standard deviations is not accepted: pass matrices.

    Returns:
        ``Distances`` with one number for each member of the batch. For singular covariances: if the two laws live on
        the same plane, the numbers on this plane; otherwise the first three are infinite.

    Raises:
        ValueError: for shapes that do not fit, numbers that are not finite, covariances that are not symmetric or have
            a negative eigenvalue.

    >>> g = normal_distances([0.0], [[1.0]], [3.0], [[0.25]])
    >>> [round(float(v), 3) for v in g]
    [18.807, 4.818, 1.912, 9.25]
    """
    mean_p, cov_p, val_p, axes_p = _checked_normal(mean_p, cov_p, "p")
    mean_q, cov_q, val_q, axes_q = _checked_normal(mean_q, cov_q, "q")
    if mean_p.shape[-1] != mean_q.shape[-1]:
        raise ValueError(f"mean_p, mean_q: expected one dimension, found {mean_p.shape[-1]} and {mean_q.shape[-1]}")
    gap = mean_p - mean_q
    root_p, root_q = _scaled(axes_p, np.sqrt(val_p)), _scaled(axes_q, np.sqrt(val_q))
    work = (gap**2).sum(-1) + val_p.sum(-1) + val_q.sum(-1) - 2 * np.linalg.svd(root_p @ root_q, compute_uv=False).sum(-1)
    on = val_q > 0                                                      # the plane of q, in the axes of q
    inverse = np.where(on, 1 / np.sqrt(np.where(on, val_q, 1)), 0)
    across = np.swapaxes(axes_q, -1, -2)
    inside = (across @ cov_p @ axes_q) * inverse[..., None, :] * inverse[..., :, None]
    lam, turn = np.linalg.eigh(inside + np.where(on, 0.0, 1.0)[..., None] * np.eye(gap.shape[-1]))
    moved = (across @ gap[..., None])[..., 0]
    delta = np.swapaxes(turn, -1, -2) @ (moved * inverse)[..., None]
    delta = delta[..., 0] ** 2
    outside = (np.where(on, 0, 1) * (np.abs((across @ cov_p @ axes_q)).max(-1) > 1e-9 * val_p[..., -1:])).any(-1)
    scale = np.sqrt(val_p[..., -1:] + val_q[..., -1:]) + np.abs(mean_p).max(-1, keepdims=True) + np.abs(mean_q).max(-1, keepdims=True)
    outside = outside | (~on & (np.abs(moved) > 1e-9 * scale)).any(-1) | ((val_p > 0).sum(-1) != on.sum(-1))
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        lam = np.maximum(lam, 0)
        part = lambda e: np.where(outside, np.inf, e.sum(-1))
        kl_pq = part(delta + (lam - 1) - np.log(lam)) / 2
        kl_qp = part(delta / lam + (1 / lam - 1) + np.log(lam)) / 2
        overlap = part(delta / (4 * (1 + lam)) + (np.log1p(lam) - math.log(2) - np.log(lam) / 2) / 2)
    return Distances(np.maximum(kl_pq, 0), np.maximum(kl_qp, 0), np.maximum(overlap, 0), np.maximum(work, 0))


def transport(mean_p, cov_p, mean_q, cov_q):
    """The cheapest map from one normal law to another, for the mean square way: T(x) = mean_q + A (x - mean_p).

    Args:
        as for :func:`normal_distances`; singular covariances are allowed.

    Returns:
        a function of points (..., d), or (..., n, d) for batches of laws; its attribute ``matrix`` is A.

    Raises:
        ValueError: as :func:`normal_distances`, and if cov_q has a higher rank than cov_p: then no linear map carries p to q.

    >>> T = transport([0.0], [[1.0]], [3.0], [[0.25]])
    >>> T(np.array([[0.0], [2.0]])).ravel().tolist()
    [3.0, 4.0]
    """
    mean_p, cov_p, val_p, axes_p = _checked_normal(mean_p, cov_p, "p")
    mean_q, cov_q, val_q, axes_q = _checked_normal(mean_q, cov_q, "q")
    if mean_p.shape[-1] != mean_q.shape[-1]:
        raise ValueError(f"mean_p, mean_q: expected one dimension, found {mean_p.shape[-1]} and {mean_q.shape[-1]}")
    root_p, root_q = _scaled(axes_p, np.sqrt(val_p)), _scaled(axes_q, np.sqrt(val_q))
    back = _scaled(axes_p, np.where(val_p > 0, 1 / np.sqrt(np.where(val_p > 0, val_p, 1)), 0))
    batch_shape = np.broadcast_shapes(val_p.shape, val_q.shape)
    spread = lambda a: np.broadcast_to(a, (*batch_shape[:-1], *a.shape[-2:])).reshape(-1, *a.shape[-2:])
    on_p, on_q = (spread((v > 0)[..., None, :])[:, 0] for v in (val_p, val_q))
    turns = []
    for cross, basis_p, basis_q, in_p, in_q in zip(spread(root_q @ root_p), spread(axes_p), spread(axes_q), on_p, on_q):
        if in_q.sum() > in_p.sum():
            raise ValueError("cov_p, cov_q: no linear map carries p to q, since cov_q has the higher rank")
        first, second = basis_q[:, in_q], basis_p[:, in_p]              # bases of the two ranges
        left, _, right = np.linalg.svd(first.T @ cross @ second)
        turns.append(first @ left @ right[: len(left)] @ second.T)
    matrix = root_q @ np.reshape(turns, (*batch_shape[:-1], batch_shape[-1], batch_shape[-1])) @ back

    def T(x):
        x = np.asarray(x, float)
        if x.ndim < 1 or x.shape[-1] != mean_p.shape[-1]:
            raise ValueError(f"x: expected points of shape (..., {mean_p.shape[-1]}), found {x.shape}")
        batch = x.ndim > 1 and matrix.ndim > 2
        start, end = (mean_p[..., None, :], mean_q[..., None, :]) if batch else (mean_p, mean_q)
        return end + (x - start) @ np.swapaxes(matrix, -1, -2)

    T.matrix = matrix
    return T
