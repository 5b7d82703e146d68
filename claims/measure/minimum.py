"""Minimisers: found from several starts, compared with a scan of the surroundings and with restarts from its lowest
places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .base import EPS, Measurement, MeasurementError


class Argmin(Measurement):
    """The minimiser of ``J`` (array of shape (k,) → number) found from several ``starts``; the error follows from the
    curvature.

    A minimum can be located only to √(rounding of J / curvature); disagreement of the starts is added. A scalar start
    gives a scalar and ``J`` of a number. Only the lowest minimum found counts, and only if ``J`` curves upwards there
    (:class:`MeasurementError` else). A scan up to a hundred times the size of the starts, and restarts from its lowest
    places, must not find anything lower; if they do, the comparison raises.

    >>> m = Argmin(lambda x: (x[0] - 1) ** 2 + 3 * (x[1] + 2) ** 2, [np.zeros(2)])
    >>> m.compare([1.0, -2.0], 1e-6).ok, m.compare([1.0, -2.001], 1e-6).ok
    (True, False)
    """

    kind = "minimiser"

    def __init__(self, J: Callable[[Any], float], starts: Sequence[Any], at: Mapping[str, Any] | None = None) -> None:
        scalar = np.ndim(starts[0]) == 0

        def objective(x: np.ndarray) -> float:
            try:
                value = float(J(x[0] if scalar else x))
            except ArithmeticError:
                return math.inf
            return math.inf if math.isnan(value) else value

        begin = [np.atleast_1d(np.asarray(start, float)) for start in starts]
        found = [_descend(objective, x) for x in begin]
        values = np.array([objective(x) for x in found])
        best, lowest = found[int(np.argmin(values))], float(values.min())
        if not math.isfinite(lowest):
            raise MeasurementError(f"no minimum: the objective is {lowest} where the starts lead")
        size = abs(lowest) + 1e-3 * float(np.ptp(values[np.isfinite(values)])) + np.finfo(float).tiny
        errors = _errors(objective, best, lowest, size)
        near = [x for x, v in zip(found, values) if v <= lowest + 1e-9 * size]
        spread = np.max(np.abs(np.array(near) - best), axis=0)
        error = errors + np.where(spread < 100 * errors, spread, 0.0)
        problem = _lower(objective, best, lowest, begin)
        reach = max(1.0, float(np.max(np.abs(begin))))
        super().__init__(
            best[0] if scalar else best,
            error[0] if scalar else error,
            samples=len(starts),
            at=at,
            scale=reach,
            problem=problem,
        )


def _descend(objective: Callable[[np.ndarray], float], x: np.ndarray, polish: bool = True) -> np.ndarray:
    from scipy.optimize import minimize

    with np.errstate(all="ignore"):
        x = minimize(
            objective,
            x,
            method="Nelder-Mead",
            options={"xatol": 1e-6, "fatol": 1e-12, "maxiter": (600 if polish else 100) * x.size},
        ).x
        if not polish:
            return x
        fit = minimize(objective, x, method="BFGS", options={"gtol": 1e-10})
    return fit.x if fit.fun <= objective(x) else x


def _errors(objective: Callable[[np.ndarray], float], best: np.ndarray, lowest: float, size: float) -> np.ndarray:
    errors = []
    for i in range(best.size):
        h = 1e-3 * max(1.0, abs(best[i]))
        e = np.zeros_like(best)
        e[i] = h
        up, down = objective(best + e), objective(best - e)
        curvature = (up - 2 * lowest + down) / h**2
        if not curvature > 0:
            raise MeasurementError(f"no minimum: the objective does not curve upwards in coordinate {i}")
        # BFGS takes forward differences over √ε: their bias moves the zero of the gradient by half a step
        errors.append(
            math.sqrt(2 * 256 * EPS * max(size, abs(up) if math.isfinite(up) else 0.0) / curvature)
            + 2 * math.sqrt(EPS) * max(1.0, abs(best[i]))
        )
    return np.array(errors)


def _lower(
    objective: Callable[[np.ndarray], float], best: np.ndarray, lowest: float, begin: Sequence[np.ndarray]
) -> str:
    """'' or where something lower than the minimum of the starts was found."""
    rng, k = np.random.default_rng(best.size), best.size
    centre = np.mean([best, *begin], axis=0)
    reach = max(1.0, float(np.max(np.abs(np.array([best, *begin])))), float(np.ptp([best, *begin], axis=0).max()))
    directions = np.concatenate([np.eye(k), -np.eye(k), rng.normal(size=(0 if k == 1 else 12, k))])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rays = [
        c + r * reach * d
        for c in (best, centre)
        for d in directions
        for r in np.geomspace(1e-2, 1e2, 24) * rng.uniform(0.9, 1.1, 24)
    ]
    places = np.concatenate([rays, centre + reach * rng.uniform(-4, 4, (200, k))])
    with np.errstate(all="ignore"):
        values = np.array([objective(x) for x in places])
    tolerance = 1e-9 * (
        abs(lowest)
        + 1e-3
        * min(
            float(np.ptp(values[np.isfinite(values)])) if np.isfinite(values).any() else 0.0, 1e3 * (abs(lowest) + 1.0)
        )
    )
    order = np.argsort(values)
    seeds: list[np.ndarray] = []
    for i in order[:60]:
        if (
            np.linalg.norm(places[i] - best) > 1e-2 * reach
            and all(np.linalg.norm(places[i] - s) > 0.1 * reach for s in seeds)
            and len(seeds) < 4
        ):
            seeds.append(places[i])
    ends = [places[order[0]], *(_descend(objective, s, polish=False) for s in seeds)]
    depths = [objective(x) for x in ends]
    j = int(np.argmin(depths))
    if depths[j] < lowest - tolerance:
        where = ", ".join(f"{v:.4g}" for v in ends[j])
        return (
            f"the starts lead to a minimum {lowest:.8g}, but the objective is lower elsewhere ({depths[j]:.8g} at "
            f"{where}): add a start there, or it has no minimum"
        )
    return ""
