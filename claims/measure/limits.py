"""Limits of deterministic computations: n → ∞ along a ladder, step size → 0 of a solver."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .base import EPS, ROUNDING, Measurement, MeasurementError, as_array, largest


class Ladder(Measurement):
    """The limit n → ∞ of a deterministic ``f(n)`` with error ~ n^−order: Richardson extrapolation over ``ns``, with
    its own error.

    ``ns``: at least 4 increasing rungs; ``f(n)`` a number or an array of fixed shape. ``observed`` is the order seen;
    where it is further than a third from ``order`` the ladder is pre-asymptotic and the measurement is refused
    (:class:`MeasurementError`).

    >>> m = Ladder(lambda n: (1 + 1 / n) ** n, [1000, 2000, 4000, 8000])
    >>> m.compare(math.e, 1e-6).ok, m.compare(math.e + 1e-5, 1e-6).ok
    (True, False)
    """

    kind = "limit along a ladder"

    def __init__(
        self, f: Callable[[Any], Any], ns: Sequence[float], order: float = 1.0, at: Mapping[str, Any] | None = None
    ) -> None:
        if len(ns) < 4:
            raise MeasurementError(f"a ladder needs at least 4 rungs, found {len(ns)}")
        n = np.asarray(ns, float)
        y = np.array([as_array(f(k)) for k in ns])
        if not np.all(np.isfinite(y)):
            raise MeasurementError("the ladder holds NaN or infinity")
        ratio = (n[1:] / n[:-1]).reshape(-1, *([1] * (y.ndim - 1))) ** order
        limits = (ratio * y[1:] - y[:-1]) / (ratio - 1)
        steps = np.abs(np.diff(y, axis=0))
        noise = ROUNDING * EPS * np.max(np.abs(y))
        with np.errstate(divide="ignore", invalid="ignore"):
            self.observed = float(
                np.min(np.log(steps[-2] / steps[-1]) / math.log(n[-1] / n[-2]))
                if np.all(steps[-2:] > noise)
                else order
            )
        if abs(self.observed - order) > 0.35 * order:
            raise MeasurementError(
                f"pre-asymptotic ladder: observed order {self.observed:.2f}, stated {order:g}; go further along it"
            )
        super().__init__(
            limits[-1], 2 * np.abs(limits[-1] - limits[-2]) + noise, samples=len(ns), at=at, scale=largest(y) or 1.0
        )


class Solver(Measurement):
    """A numerical solution: ``run(n)`` with n steps against ``run(2n)`` and ``run(4n)``; the error is what
    step-halving leaves.

    ``run``: number of steps → number or array (values at fixed times); ``order``: that of the method, for Richardson's
    extrapolation.

    >>> m = Solver(lambda n: (1 - 1 / n) ** n, 100)  # Euler for x' = −x at time 1
    >>> m.compare(math.exp(-1), 1e-6).ok, m.compare(math.exp(-1) + 1e-3, 1e-6).ok
    (True, False)
    """

    kind = "solver"

    def __init__(
        self, run: Callable[[int], Any], n: int, order: float = 1.0, at: Mapping[str, Any] | None = None
    ) -> None:
        a, b, c = (as_array(run(k)) for k in (n, 2 * n, 4 * n))
        q = 2.0**order
        fine, coarse = (q * c - b) / (q - 1), (q * b - a) / (q - 1)
        size = max(largest(c), 1e-300)
        super().__init__(fine, np.abs(fine - coarse) + ROUNDING * EPS * size, samples=4 * n, at=at, scale=size)
