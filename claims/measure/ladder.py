"""``left ~ right``: along a ladder the ratio tends to 1, and its distance from 1 has the order that the rate states,
no less and no more.

>>> r = 1 / np.array([16.0, 32, 64, 128])
>>> exact = dict(noise=np.full(4, 1e-12), r=r, dofs=[None] * 4, rungs=range(4))
>>> judge_ladder(q=2 * r + r**2, **exact).note
'observed order 1.01 of the stated rate'
>>> [judge_ladder(q=q, **exact).ok for q in (2 * r + r**2, r**2, r**0.5, 2 * r + 1e-3)]
[True, False, False, False]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from .base import FALSE_ALARM, Comparison, MeasurementError
from .skew import skew_threshold

LEAST, MOST = 0.8, 1.2
"""Observed orders that agree with the stated one."""
SHRINKS = 4.0
"""The rate must shrink by this factor over the ladder: otherwise a limit is not seen."""
FINE = 1e-9
"""Relative errors that count as rounding."""


@dataclass
class Judgement:
    """The outcome of comparing measurements with one candidate: ``worst`` ≤ ``threshold`` is ok; ``point`` is the
    index of the worst point."""

    ok: bool
    worst: float = 0.0
    threshold: float = 1.0
    point: int = 0
    comparison: Comparison | None = None
    note: str = ""


def vanishes(r: np.ndarray) -> None:
    """Raise :class:`MeasurementError` unless the rate decreases along the ladder and shrinks enough."""
    if len(r) < 3:
        raise MeasurementError(f"a ladder needs at least 3 rungs, found {len(r)}")
    if not np.all(np.isfinite(r)) or np.any(r <= 0) or np.any(np.diff(r) >= 0):
        raise MeasurementError(
            f"the rate does not vanish: along the ladder it goes {', '.join(f'{x:.3g}' for x in r)}"
        )
    if r[0] < SHRINKS * r[-1]:
        raise MeasurementError(
            f"the rate shrinks from {r[0]:.3g} to {r[-1]:.3g} only; a limit needs a ladder over which it shrinks by "
            f"a factor of {SHRINKS:g} at least"
        )


def judge_ladder(
    q: np.ndarray,
    noise: np.ndarray,
    r: np.ndarray,
    dofs: Sequence[float | None],
    rungs: Sequence[int],
    skews: Sequence[float] | None = None,
    alpha: float = FALSE_ALARM,
) -> Judgement:
    """Judge left/right − 1 = ``q`` (± ``noise``) against the rate ``r`` at the rungs, in the order in which the ladder
    grows.

    ``dofs``: degrees of freedom of each measurement (``None``: deterministic); ``rungs``: their indices among the
    points; ``skews``: skewness/√n of each (:attr:`Measurement.skew`). Raises :class:`MeasurementError` where the rate
    does not vanish or the ladder cannot show a limit.
    """
    q, noise, r = np.asarray(q), np.asarray(noise, float), np.asarray(r, float)
    vanishes(r)
    if all(d is None for d in dofs):
        return _exact(q, noise, r, rungs[-1])
    return _random(
        q.real,
        noise,
        r,
        min(d for d in dofs if d is not None),
        np.zeros(len(r)) if skews is None else np.asarray(skews, float),
        rungs[-1],
        alpha,
    )


def _before(r: np.ndarray, use: np.ndarray, k: int) -> int | None:
    """The last used rung before ``k`` whose rate is at least twice that of ``k``."""
    earlier = [i for i in range(k) if use[i] and r[i] >= 1.999 * r[k]]
    return earlier[-1] if earlier else None


def _exact(q: np.ndarray, noise: np.ndarray, r: np.ndarray, last: int) -> Judgement:
    size = np.abs(q)
    use = size > 4 * noise
    k = int(np.nonzero(use)[0][-1]) if use.any() else -1
    i = _before(r, use, k)
    # a visible order may be read off coarser rungs; without one only rounding explains that nothing is seen
    if noise[-1] > max((1e-3 if i is None else 0.1) * r[-1], FINE):
        raise MeasurementError(
            f"the last rung has a relative error of {noise[-1]:.2g}, too coarse for a rate of {r[-1]:.2g}"
        )
    if not use.any():
        return Judgement(True, float(size[-1] / max(noise[-1], 1e-300)), 4.0, last, note="exact on the ladder")
    if i is None:
        # what follows the last rung with a visible error is rounding: it has fallen at least this fast
        after = min(k + 1, len(r) - 1)
        order = math.log(size[k] / max(size[after], noise[after])) / math.log(r[k] / r[after]) if after > k else 0.0
        return Judgement(
            order >= LEAST,
            LEAST / max(order, 1e-3),
            1.0,
            last,
            note=f"at rounding level, observed order at least {order:.2f} of the stated rate",
        )
    order = math.log(size[i] / size[k]) / math.log(r[i] / r[k])
    worst = max(LEAST / max(order, 1e-3), order / MOST)
    note = f"observed order {order:.2f} of the stated rate"
    first = _before(r, use, i)
    if first is not None:
        # Richardson's limits from neighbouring pairs: where 1 is the limit they shrink as fast as their differences
        limits = [(r[u] * q[v] - r[v] * q[u]) / (r[u] - r[v]) for u, v in ((first, i), (i, k))]
        allowed = 2 * abs(limits[1] - limits[0]) + 4 * (noise[k] * r[i] + noise[i] * r[k]) / (r[i] - r[k])
        if abs(limits[1]) > allowed:
            note += f", but the ratio tends to 1 {limits[1].real:+.2g} ± {allowed:.1g}"
        worst = max(worst, abs(limits[1]) / max(allowed, 1e-300))
    return Judgement(bool(worst <= 1), float(worst), 1.0, last, note=note)


def _random(
    q: np.ndarray, noise: np.ndarray, r: np.ndarray, dof: float, skews: np.ndarray, last: int, alpha: float
) -> Judgement:
    noise = np.maximum(noise, 1e-300)
    for terms in (2, 3):
        design = np.stack([r**k for k in range(terms)], 1) / noise[:, None]
        solve = np.linalg.pinv(design)
        fit = solve @ (q / noise)
        with np.errstate(over="ignore"):
            misfit = float(np.sum((q / noise - design @ fit) ** 2))
        free = len(r) - terms
        chance = float(special.chdtrc(free, misfit))
        if chance > 1e-3 or len(r) < 4:
            break
    if chance < alpha:
        return Judgement(
            False,
            misfit,
            float(special.chdtri(free, alpha)),
            last,
            note="the ratio is not 1 plus a multiple of the rate (and of its square)",
        )
    weights = solve[0]
    spread = math.sqrt(float(np.sum(weights**2)))
    threshold = skew_threshold(alpha, dof, float(np.sum(weights**3 * skews)) / spread**3)
    note = f"limit of the ratio 1 {fit[0]:+.2g} ± {spread:.2g}"
    t = abs(fit[0]) / spread
    order = _seen_order(q, noise, r)
    if order is None:
        return Judgement(
            bool(t <= threshold), float(t), threshold, last, note=note + "; its order is within the noise"
        )
    p, error = order
    short = max((LEAST - 4 * error) / max(p, 1e-3), p / (MOST + 4 * error))
    note += f", observed order {p:.2f} ± {error:.2f} of the stated rate"
    return Judgement(
        bool(t <= threshold and short <= 1),
        float(max(t, short * threshold if short > 1 else 0.0)),
        threshold,
        last,
        note=note,
    )


def _seen_order(q: np.ndarray, noise: np.ndarray, r: np.ndarray) -> tuple[float, float] | None:
    """Order between the last two rungs that stand out of the noise, with its standard error; ``None`` if it is not
    known to 0.3."""
    use = np.abs(q) > 6 * noise
    if not use.any():
        return None
    k = int(np.nonzero(use)[0][-1])
    i = _before(r, use, k)
    if i is None:
        return None
    width = math.log(r[i] / r[k])
    error = math.hypot(noise[i] / q[i], noise[k] / q[k]) / width
    return (math.log(abs(q[i] / q[k])) / width, error) if error < 0.3 else None
