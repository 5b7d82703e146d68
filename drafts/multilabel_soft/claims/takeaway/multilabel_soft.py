"""Functions to take away from the chapter "Soft labels for the multi-label cross-entropy".

Made by `make takeaway` from book/losses/multilabel_soft.md; change them there.
"""

import math
from numbers import Real

import numpy as np
import torch


def zlpr(scores, targets, mask=None):
    """ZLPR, the multi-label cross-entropy, with hard or soft targets.

    log(1 + sum t exp(-s)) + log(1 + sum (1 - t) exp(s)) for each item
    (Su et al. 2022, arXiv:2208.02955, and kexue.fm/archives/9064). Its
    minimum for soft targets strictly between 0 and 1 is t = sigmoid(2 s).

    Args:
        scores: tensor (..., n), floating point; finite where not masked.
            Half precision is computed in float32.
        targets: the same shape, numbers from 0 to 1, no gradient; exact
            zeros and ones are allowed.
        mask: the same shape, True where a label exists; None for all.

    Returns:
        loss of each item, shape (...), at least float32.

    Raises:
        ValueError: for shapes that differ, scalars, NaN, infinite scores
            that are not masked, and targets outside 0 to 1.

    Example:
        >>> s = torch.tensor([3.0, 1.0, 0.5]).log()
        >>> print(round(zlpr(s, torch.tensor([0.9, 0.5, 0.2])).item(), 4))
        1.5769
    """
    if not torch.is_tensor(scores) or not scores.is_floating_point():
        raise ValueError("scores: expected a floating-point tensor; "
                         f"found {getattr(scores, 'dtype', type(scores))}")
    targets = torch.as_tensor(targets, device=scores.device).detach()
    for name, value in (("targets", targets), ("mask", mask)):
        if value is not None and (scores.ndim == 0
                                  or value.shape != scores.shape):
            raise ValueError(f"scores, {name}: expected one shape (..., n); "
                             f"found {tuple(scores.shape)} and "
                             f"{tuple(value.shape)}")
    wide = torch.promote_types(scores.dtype, torch.float32)
    s, t = scores.to(wide), targets.to(wide)
    there = (torch.ones_like(t, dtype=torch.bool) if mask is None
             else mask.bool())
    if not torch.isfinite(s[there]).all():
        raise ValueError("scores: expected finite numbers; found NaN or "
                         "infinity where nothing is masked")
    if not ((t[there] >= 0) & (t[there] <= 1)).all():
        raise ValueError("targets: expected numbers from 0 to 1; found "
                         "others or NaN")
    s = torch.where(there, s, 0.0)
    absent = torch.tensor(-math.inf, dtype=wide, device=s.device)
    tiny = torch.finfo(wide).tiny
    sides = []
    for sign, share in ((-1, t), (1, 1 - t)):
        e = sign * s + share.clamp_min(tiny).log()
        e = torch.where(there & (share > 0), e, absent)
        zero = torch.zeros_like(e[..., :1])
        sides.append(torch.logsumexp(torch.cat([zero, e], -1), -1))
    return sides[0] + sides[1]


def _finite(name, value):
    value = np.asarray(value, float)
    if value.size == 0 or not np.isfinite(value).all():
        raise ValueError(f"{name}: expected finite numbers; found none, "
                         "NaN or infinity")
    return value


def zlpr_probability(scores, kappa=2.0, offset=0.0):
    """Probability that a ZLPR score stands for: sigmoid(kappa s + offset).

    Args:
        scores: array of any shape (a tensor without gradient will do).
        kappa: 2 for soft targets; fit it (`fit_slope`) for hard labels.
        offset: 0, or as fitted.

    Returns:
        float64 array of the same shape.

    Example:
        >>> print(np.round(zlpr_probability([1.0986, 0.0, -0.6931]), 3))
        [0.9 0.5 0.2]
    """
    s = _finite("scores", scores)
    for name, value in (("kappa", kappa), ("offset", offset)):
        if not isinstance(value, Real) or not math.isfinite(value) or (
                name == "kappa" and value <= 0):
            raise ValueError(f"{name}: expected a finite number"
                             f"{' above 0' if name == 'kappa' else ''}; "
                             f"found {value!r}")
    with np.errstate(over="ignore"):
        return 0.5 * (1 + np.tanh(0.5 * (kappa * s + offset)))


def fit_slope(scores, labels, *, offset=True, steps=100):
    """Slope and offset of logit p = kappa s + offset, by likelihood.

    Args:
        scores, labels: arrays of one shape; labels 0 or 1 (or soft).
        offset: False fits the slope alone.
        steps: largest number of Newton steps.

    Returns:
        kappa, offset.

    Raises:
        ValueError: for shapes that differ, NaN, labels outside 0 to 1, and
            data in which the labels follow from the scores without error
            or do not depend on them (no finite positive slope).

    Example:
        >>> s = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0])
        >>> y = np.array([0, 0, 1, 0, 1, 1])
        >>> print(round(fit_slope(s, y)[0], 4))
        0.6931
    """
    s, y = _finite("scores", scores), _finite("labels", labels)
    if s.shape != y.shape or s.ndim == 0:
        raise ValueError("scores, labels: expected arrays of one shape; "
                         f"found {s.shape} and {y.shape}")
    if y.min() < 0 or y.max() > 1:
        raise ValueError("labels: expected numbers from 0 to 1; found "
                         f"{y.min()} to {y.max()}")
    size = np.abs(s).max() or 1.0
    design = np.stack([s.ravel() / size, np.ones(s.size)], 1)
    design, y = design[:, :1 + bool(offset)], y.ravel()
    beta = np.zeros(design.shape[1])

    def loss(b):
        return np.mean(np.logaddexp(0, design @ b) - y * (design @ b))

    for _ in range(steps):
        p = zlpr_probability(design @ beta, 1.0)
        slope = design.T @ (p - y) / len(y)
        if np.abs(slope).max() < 1e-12:
            break
        bend = (design * (p * (1 - p))[:, None]).T @ design / len(y)
        try:
            move = np.linalg.solve(bend, slope)
        except np.linalg.LinAlgError:
            break
        share = 1.0
        while share > 1e-8 and loss(beta - share * move) > loss(beta):
            share /= 2
        beta = beta - share * move
    beta = np.r_[beta, 0.0][:2]
    p = zlpr_probability(design @ beta[:design.shape[1]], 1.0)
    rest = np.abs(design.T @ (p - y)).max() / len(y)
    if not (rest < 1e-8 and beta[0] > 0 and (p * (1 - p)).mean() > 1e-9):
        raise ValueError("labels: expected labels that rise with the scores, "
                         "with some exceptions; found no finite positive "
                         "slope")
    return float(beta[0] / size), float(beta[1])
