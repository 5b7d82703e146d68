"""Functions to take away from the chapter "Why decoder-only: the rank of attention".

Made by `make takeaway` from book/transformers/decoder_only_low_rank.md; change them there.
"""

import numpy as np


def attention_spectrum(A):
    """Effective rank, extreme singular values and contraction of an attention map.

    Args:
        A: (n, m) array of weights, n and m at least 1; each row is nonnegative with sum 1 (up to 1e-3, so that
            single precision passes).

    Returns:
        a dictionary: `effective_rank` (exponential of the entropy of the singular values divided by their sum),
        `largest` and `smallest` singular value, and `tau`, the largest total variation between two rows: the range
        of every column of tokens is at most tau times as large behind the map.

    Raises:
        ValueError: for another shape, for entries that are not finite or negative, for rows whose sum is not 1.

    >>> found = attention_spectrum([[0.5, 0.5], [0.25, 0.75]])
    >>> round(found["tau"], 4), round(found["effective_rank"], 2)
    (0.25, 1.63)
    """
    a = np.asarray(A, dtype=float)
    if a.ndim != 2 or 0 in a.shape:
        raise ValueError(f"A: expected a matrix, one row per query; found shape {a.shape}")
    if not np.isfinite(a).all() or (a < 0).any():
        raise ValueError("A: expected finite weights of at least 0; found others (pass the map, not the scores)")
    if np.abs(a.sum(1) - 1).max() > 1e-3:
        raise ValueError(f"A: expected rows with sum 1; found sums from {a.sum(1).min():.4g} to {a.sum(1).max():.4g}")
    values = np.linalg.svd(a, compute_uv=False)
    share = values[values > 0] / values.sum()
    tau = max(np.abs(a[at:] - a[at]).sum(1).max() / 2 for at in range(len(a)))
    rank_ = float(np.exp(-(share * np.log(share)).sum()))
    return {"effective_rank": rank_, "largest": float(values[0]), "smallest": float(values[-1]), "tau": float(tau)}


def min_head_width(P, causal=False, tol=1e-9):
    """Smallest width of an attention head that produces the map P exactly, with free queries and keys.

    Args:
        P: (n, n) array, positive where the mask lets a token look (everywhere, or on and below the diagonal), zero
            above the diagonal if `causal`; rows need not be normalised.
        causal: whether the head has a causal mask.
        tol: singular values of differences of logarithms below `tol` times the largest difference (or below `tol`
            itself) count as zero; for a map in single precision take 1e-4.

    Returns:
        a whole number; 0 if all allowed entries of each row are equal, so that no scores are needed.

    Raises:
        ValueError: for a shape that is not square, entries that are not finite, not positive or, if causal, not zero
            above the diagonal.

    >>> P = np.exp(np.outer([0.0, 1, 2], [0.0, 1, 2]))
    >>> min_head_width(P), min_head_width(np.tril(P), causal=True)
    (1, 1)
    """
    p = np.asarray(P, dtype=float)
    if p.ndim != 2 or p.shape[0] != p.shape[1] or not len(p):
        raise ValueError(f"P: expected a square matrix; found shape {p.shape}")
    if not tol > 0:
        raise ValueError(f"tol: expected a positive number; found {tol}")
    seen = np.tril(np.ones(p.shape)) > 0 if causal else np.ones(p.shape) > 0
    if not np.isfinite(p).all() or (p[seen] <= 0).any():
        raise ValueError("P: expected finite positive weights wherever a token may look")
    if p[~seen].any():
        raise ValueError("P: expected zeros above the diagonal of a causal map")
    logs = np.where(seen, np.log(np.where(seen, p, 1)), 0)
    wanted = logs - logs.mean(1, keepdims=True) if not causal else (logs - logs[:, :1])[1:, 1:]
    if not wanted.size:
        return 0
    least = tol * max(1.0, float(np.abs(wanted[seen if not causal else seen[1:, 1:]]).max()))
    size = lambda part: int((np.linalg.svd(part, compute_uv=False) > least).sum()) if part.size else 0
    if not causal:
        return size(wanted)
    return sum(size(wanted[at:, :at + 1]) - size(wanted[at:, :at]) for at in range(len(wanted)))
