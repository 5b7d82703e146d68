"""Functions to take away from the chapter "Gradient flow: what does a step cost?".

Made by `make takeaway` from book/optimization/gradient_flow.md; change them there.
"""

from collections.abc import Callable

import numpy as np
from scipy.linalg import solve_banded


def langevin(
    score: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    step: float,
    steps: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Langevin sampling of a density p, given the gradient of log p only.

    Args:
        score: x of shape (n,) or (n, d) → ∇ log p(x), same shape.
        start: initial particles, finite, shape (n,) or (n, d).
        step: step size η > 0, in the units of x²; below 2 / (largest
            curvature of −log p), at most a twentieth of that to be safe.
        steps: number of steps; the flow has run for the time step · steps.
        rng: source of the noise.

    Returns:
        Particles of the same shape. For a normal p of curvature μ the
        stationary variance is 1/(μ (1 − ημ/2)) instead of 1/μ.

    Raises:
        ValueError: for a start that is not finite or is a number, a step that
            is not positive, a score of another shape, or particles that ran
            away (the step is too large).

    >>> ends = langevin(lambda x: -x, np.zeros(20_000), 0.2, 40, np.random.default_rng(0))
    >>> round(float(ends.var()), 1)
    1.1
    """
    x = np.array(start, float)
    if x.ndim == 0 or not np.all(np.isfinite(x)):
        raise ValueError(
            "start must be an array of finite particles, shape (n,) or (n, d)"
        )
    if not (step > 0 and np.isfinite(step)) or steps < 0:
        raise ValueError(
            f"step must be positive and steps not negative, "
            f"got step={step}, steps={steps}"
        )
    shape = np.shape(score(x))
    if shape != x.shape:
        raise ValueError(
            f"score returns shape {shape} for particles of shape {x.shape}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(1, steps + 1):
            noise = rng.normal(size=x.shape)
            x = x + step * score(x) + np.sqrt(2 * step) * noise
            if (k % 32 == 0 or k == steps) and not np.all(np.isfinite(x)):
                raise ValueError(
                    f"particles ran away by step {k}: step={step} must be "
                    f"below 2 / (largest curvature of -log p)"
                )
    return x


def jko_step(
    quantiles: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    step: float,
    tolerance: float = 1e-11,
) -> np.ndarray:
    """One JKO step, argmin over q of W₂²[q, q_t]/2η + KL(q‖p), on the line.

    Args:
        quantiles: strictly increasing finite positions x_1 < … < x_N of q_t,
            each with mass 1/N, N ≥ 2; gaps of at least 1e-9 of their range.
        score: x of shape (N,) → (log p)'(x), shape (N,).
        step: step size η > 0, in the units of time of the flow. Where log p
            is not concave, η < 1 / (its largest curvature) keeps this convex.
        tolerance: remaining slope per particle, relative to its largest term.

    Returns:
        The N quantiles after the step, strictly increasing.

    Raises:
        ValueError: for a step that is not positive, quantiles that do not
            increase or nearly coincide, a score of another shape, or no
            minimum found (a step too large for this p).

    >>> jko_step(np.array([-2.0, 0.0, 2.0]), lambda x: -x, 0.1).round(3)
    array([-1.867,  0.   ,  1.867])
    """
    old = np.array(quantiles, float)
    if np.shape(score(old)) != old.shape:
        raise ValueError(
            f"score returns shape {np.shape(score(old))} for quantiles of "
            f"shape {old.shape}"
        )
    if not (step > 0 and np.isfinite(step)):
        raise ValueError(f"step must be positive, got {step}")
    if old.ndim != 1 or len(old) < 2 or not np.all(np.diff(old) > 0):
        raise ValueError(
            "quantiles must be a strictly increasing vector of at least two"
        )
    if not np.all(np.isfinite(old)) or np.min(np.diff(old)) < 1e-9 * np.ptp(old):
        raise ValueError(
            "quantiles must be finite, with gaps of at least 1e-9 of their "
            f"range; the smallest gap is {np.min(np.diff(old)):.1e}"
        )

    def slopes(x):
        push = 1 / np.diff(x)
        terms = (
            (x - old) / step,
            -score(x),
            np.append(push, 0),
            -np.append(0, push),
        )
        return sum(terms), max(np.max(np.abs(term)) for term in terms)

    x, polish = old, 0
    for _ in range(100):
        slope, size = slopes(x)
        if np.max(np.abs(slope)) <= tolerance * (1 + size):
            if polish == 2:
                return x
            polish += 1
        push, e = 1 / np.diff(x) ** 2, 1e-5 * (1 + np.abs(x))
        bands = np.zeros((3, len(x)))
        bands[1] = (
            1 / step
            - (score(x + e) - score(x - e)) / (2 * e)
            + np.append(push, 0)
            + np.append(0, push)
        )
        bands[0, 1:] = bands[2, :-1] = -push
        newton, share = solve_banded((1, 1), bands, -slope), 1.0
        while polish == 0 and share > 1e-9 and not (
            np.all(np.diff(x + share * newton) > 0)
            and np.linalg.norm(slopes(x + share * newton)[0])
            < np.linalg.norm(slope)
        ):
            share /= 2
        if share <= 1e-9:
            break
        x = x + share * newton
    raise ValueError(
        f"no minimum found: step={step} is too large for this density"
    )
