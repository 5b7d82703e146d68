"""Student's t for samples that are not normal: a threshold that knows the skewness, and a reason to refuse where none
is known.

The mean of right-skewed samples falls short of the truth more often than Student's t allows, because samples without
the rare large values have a small standard deviation too: at nominal 1e-6, 64 samples of e^{2z} (z normal) refute
their own mean 7 times in 100. Hall (JRSS B 54, 1992) transforms t by g = (1 − (1 − q t/3)³)/q − q/6 on the heavy side,
where q is skewness/√n; Student's quantile is right for g. The light side keeps t. The estimate of q has an error of
its own, √6/n for normal samples, and q is taken larger by 1.5 times that. Above q = 0.1 the correction is not trusted.

>>> [round(skew_threshold(1e-6, 999, q), 2) for q in (0.0, 0.05, 0.1)]
[4.95, 5.44, 6.16]
>>> trustworthy(np.random.default_rng(0).normal(size=(1000, 3)))
''
>>> trustworthy(np.exp(2 * np.random.default_rng(0).normal(size=1000)))[:50]
'one of 1000 samples carries 44 % of their variance'
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

FEWEST = 32
"""With fewer samples their skewness cannot be estimated."""
TRUSTED = 0.1
"""Largest skewness/√n at which the corrected threshold holds (measured: tests/test_measure_skew.py)."""
DOMINATED = 0.1
"""Largest Σd⁴/(Σd²)² of samples whose variance is not carried by a few of them."""
DIRECTIONS = np.exp(1j * np.pi * np.arange(8) / 8)


def skew_over_root(deviations: np.ndarray) -> np.ndarray:
    """Skewness/√n of centred samples, shape (n, k…) → (k…); 0 without spread. For complex samples the largest of eight
    directions."""
    d = deviations
    if np.iscomplexobj(d):
        squares = (np.abs(d) ** 2).sum(0)
        third = np.max([np.abs(((d * u).real ** 3).sum(0)) for u in DIRECTIONS], axis=0)
    else:
        squares, third = (d * d).sum(0), (d * d * d).sum(0)
    with np.errstate(all="ignore"):
        return np.where(squares > 0, np.clip(np.nan_to_num(third / squares**1.5), -1, 1), 0.0)


def _uncertainty(n: float) -> float:
    return 1.5 * math.sqrt(6) / n


def unskewed(t: Any, skew: Any, n: float, two_sided: bool = False) -> np.ndarray:
    """Student's t of n samples as Hall's statistic, for the same quantiles; ``two_sided``: both sides count as heavy
    (moduli of complex numbers)."""
    t = np.asarray(t, float)
    q = np.maximum((np.abs(skew) if two_sided else -np.sign(t) * skew) + _uncertainty(n), 0.0)
    x = np.abs(t)
    with np.errstate(all="ignore"):
        small = q * x < 1e-4
        g = np.where(small, x - q * x * x / 3, (1 - (1 - q * x / 3) ** 3) / np.where(q > 0, q, 1.0))
    return np.sign(t) * np.maximum(g - q / 6, 0.0)


def skew_threshold(alpha: float, dof: float, skew_over_sqrt_n: Any) -> Any:
    """Largest |t| that chance explains at rate ``alpha`` with ``dof`` + 1 samples (or blocks) of this skewness/√n,
    whatever its sign."""
    q = np.abs(skew_over_sqrt_n) + _uncertainty(dof + 1)
    z = -special.stdtrit(dof, alpha / 2) + q / 6
    out = 3 / q * (1 - np.cbrt(1 - q * z))
    return float(out) if np.ndim(out) == 0 else out


def trustworthy(influences: Any) -> str:
    """'' if Student's t with :func:`skew_threshold` can be trusted for the mean of these samples, else why not and
    what to do.

    ``influences``: shape (n,) or (n, k…): samples, or what each sample or block contributes to an estimate.
    """
    d = np.atleast_1d(np.asarray(influences))
    n = len(d)
    if n < FEWEST:
        return f"{n} samples are too few to know how skewed they are; take at least {FEWEST}"
    size = np.abs(d).max(0)
    d = d - d.mean(0)
    squares = (np.abs(d) ** 2).sum(0)
    if np.any(np.sqrt(squares / n) <= 64 * np.finfo(float).eps * size):
        return (
            f"all {n} samples are equal, so nothing is known of their error: where the quantity does not depend on "
            "chance use Exact, "
            "where it is a rare event take samples until it happens"
        )
    q = float(np.max(np.abs(skew_over_root(d))))
    with np.errstate(all="ignore"):
        carried = float(np.max((np.abs(d) ** 4).sum(0) / squares**2))
    if carried > max(DOMINATED, 5 / n):
        top = float(np.max((np.abs(d) ** 2).max(0) / squares))
        return (
            f"one of {n} samples carries {100 * top:.0f} % of their variance: the mean may not exist, or needs far "
            "more samples "
            f"(about {_enough(n, max(q, carried))}); LogMean measures the geometric mean"
        )
    if q > TRUSTED:
        return (
            f"the samples are too skewed: skewness/√n is {q:.2f}, and Student's t is trusted up to {TRUSTED}; "
            f"take about {_enough(n, q)} samples, or measure the logarithm (LogMean)"
        )
    return ""


def _enough(n: int, q: float) -> int:
    """Samples that bring skewness/√n below what is trusted, twice as many as the estimate says; two digits."""
    return int(float(f"{2 * n * (q / TRUSTED) ** 2:.2g}"))
