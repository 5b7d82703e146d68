"""Functions to take away from the chapter "The optimal reverse variance of diffusion models".

Made by `make takeaway` from book/diffusion/diffusion_optimal_variance.md; change them there.
"""

import math

import numpy as np
import torch


def optimal_variances(predict_noise, data, levels, *, sigma="ddpm", estimator="residual", half_range=None, rng=None):
    """Variances of the backward steps of a diffusion model, with the uncertainty of its guess put back.

    Args:
        predict_noise: function (x (n, d), a, b) → predicted noise (n, d), for amplitudes a of the signal and b of the noise.
        data: sample of clean data, shape (n, d), n ≥ 2.
        levels: amplitudes (a, b), not squares, shape (K + 1, 2), from the noisiest level to the cleanest, with a² + b² = 1.
        sigma: the step's own standard deviation: "ddpm", "ddim" (0), or an array (K,) between 0 and the b that a step leads to.
        estimator: "residual" (right for any guess, never clipped), "noise" or "data" (for an exact
            guess; clipped to between 0 and b²/a²).
        half_range: if given, the other two are also clipped to its square; for data with coordinates in an interval of this half width.
        rng: NumPy generator for the noise of the estimates.

    Returns:
        array (K, 2): standard deviation σ_t and total variance σ_⋆² of the step from level k to level k + 1. All is computed in float64.

    Raises:
        ValueError: for wrong shapes, levels that are no amplitudes or do not get cleaner, numbers that are NaN or infinite, unknown names.

    >>> levels = np.array([[0.0, 1.0], [0.6, 0.8], [0.96, 0.28]])
    >>> optimal_variances(lambda x, a, b: b * x, np.random.default_rng(0).normal(size=(1000, 2)), levels, sigma="ddim").shape
    (2, 2)
    """
    data, levels = np.asarray(data, float), np.asarray(levels, float)
    if data.ndim != 2 or levels.ndim != 2 or levels.shape[1] != 2 or len(levels) < 2 or len(data) < 2 or not data.shape[1]:
        raise ValueError(f"expected data of shape (n ≥ 2, d) and levels of shape (K + 1, 2), found {data.shape} and {levels.shape}")
    if not (np.all(np.isfinite(data)) and np.all(np.isfinite(levels))):
        raise ValueError("data and levels must be finite: found NaN or infinity")
    if np.any(levels < 0) or not np.allclose((levels**2).sum(1), 1, atol=1e-6):
        raise ValueError("levels are amplitudes with a² + b² = 1; these are not (squares given? take the square root)")
    if np.any(np.diff(levels[:, 0]) <= 0):
        raise ValueError("levels must run from noise to data: a must increase from one to the next")
    if estimator not in ("residual", "noise", "data"):
        raise ValueError(f'estimator: expected "residual", "noise" or "data", found {estimator!r}')
    if half_range is not None and not 0 < half_range < math.inf:
        raise ValueError(f"half_range: expected a positive number, found {half_range}")
    (a, b), (a_2, b_2) = levels[:-1].T, levels[1:].T
    if isinstance(sigma, str):
        if sigma not in ("ddpm", "ddim"):
            raise ValueError(f'sigma: expected "ddpm", "ddim" or an array, found {sigma!r}')
        own = b_2 * np.sqrt(1 - (a / a_2) ** 2) / b if sigma == "ddpm" else np.zeros_like(b)
    else:
        own = np.asarray(sigma, float)
    if own.shape != b.shape or not np.all((own >= 0) & (own <= b_2)):
        raise ValueError("sigma: expected one value a step, between 0 and the noise amplitude of the level that the step leads to")
    rng = rng or np.random.default_rng()
    uncertainty = np.empty(len(b))
    for k in range(len(b)):
        noise = rng.normal(size=data.shape)
        x = a[k] * data + b[k] * noise
        found = np.asarray(predict_noise(x, a[k], b[k]), float)
        if found.shape != data.shape or not np.all(np.isfinite(found)):
            raise ValueError(f"predict_noise returned shape {found.shape} for x of shape {data.shape}" if found.shape != data.shape else "predict_noise returned NaN or infinity")
        if a[k] == 0:                                                         # pure noise: nothing is known about the clean point
            uncertainty[k] = data.var(0, ddof=1).mean()
        elif estimator == "residual":
            uncertainty[k] = (b[k] / a[k]) ** 2 * np.mean((noise - found) ** 2)
        else:
            raw = (data.var(0, ddof=1) - ((x - b[k] * found) / a[k]).var(0, ddof=1)).mean() if estimator == "data" else (b[k] / a[k]) ** 2 * (1 - np.mean(found**2))
            uncertainty[k] = min(max(raw, 0.0), (b[k] / a[k]) ** 2, math.inf if half_range is None else half_range**2)
    weight = a_2 - a * np.sqrt(b_2**2 - own**2) / b
    return np.stack([own, own**2 + weight**2 * uncertainty], 1)


def backward_step(x, predicted_noise, level, next_level, sigma, variance, rng):
    """One step from level (a, b) to next_level with total variance ``variance``: a number, or an array of shape (n, 1) or (n, d).

    Args:
        x, predicted_noise: shape (n, d). level, next_level: amplitudes, 0 < a < the next a ≤ 1.
        sigma: the step's own standard deviation, between 0 and the next b; it fixes the mean.

    Returns the next points (n, d). Raises ValueError for anything else. At a = 0 the guess is not defined: start just below pure noise.

    >>> backward_step([[0.3, 0.6]], [[0.0, 0.0]], (0.6, 0.8), (0.8, 0.6), 0.0, 0.0, np.random.default_rng(0)).round(4)
    array([[0.4, 0.8]])
    """
    x, noise = np.asarray(x, float), np.asarray(predicted_noise, float)
    (a, b), (a_2, b_2) = level, next_level
    if x.ndim != 2 or x.shape != noise.shape:
        raise ValueError(f"x and predicted_noise must have the same shape (n, d), found {x.shape} and {noise.shape}")
    if not 0 <= sigma <= b_2 or not 0 < a < a_2 <= 1:
        raise ValueError(f"expected 0 ≤ σ ≤ the next b and 0 < a < the next a ≤ 1, found σ = {sigma}, b = {b_2}, a = {a}, {a_2}")
    variance = np.asarray(variance, float)
    if variance.shape not in ((), (len(x), 1), x.shape) or not np.all((variance >= 0) & (variance < math.inf)):
        raise ValueError(f"variance: expected a number ≥ 0, or shape {(len(x), 1)} or {x.shape}, found shape {variance.shape} with values {variance.ravel()[:3]}")
    clean = (x - b * noise) / a
    return a_2 * clean + math.sqrt(b_2**2 - sigma**2) * noise + np.sqrt(variance) * rng.normal(size=x.shape)


def covariance_times(predict_noise, x, v, a, b):
    """Σ(x) v, the covariance of the clean point given x_t = x times v, for an exact noise guess: one Jacobian-vector product.

    Args:
        predict_noise: torch function (x (n, d)) → (n, d) at amplitudes a, b.
        x, v: tensors (n, d).

    The mean of v · Σv over random signs v is the trace of Σ (Hutchinson). Raises ValueError for other shapes or amplitudes.

    >>> covariance_times(lambda x: 0.6 * x, torch.ones(1, 2), torch.ones(1, 2), 0.8, 0.6)
    tensor([[0.3600, 0.3600]])
    """
    if x.shape != v.shape or x.ndim != 2:
        raise ValueError(f"x and v must have the same shape (n, d), found {tuple(x.shape)} and {tuple(v.shape)}")
    if not 0 < a <= 1 or not 0 < b <= 1:
        raise ValueError(f"expected amplitudes in (0, 1], found a = {a}, b = {b}")
    found, slope = torch.autograd.functional.jvp(predict_noise, x, v)
    if found.shape != x.shape:
        raise ValueError(f"predict_noise returned shape {tuple(found.shape)} for x of shape {tuple(x.shape)}")
    return b**2 / a**2 * (v - b * slope)
