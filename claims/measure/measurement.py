"""Measurements: numbers that carry their own error, so that nobody types a tolerance.

Every measurement is compared with a *prediction* (the candidate evaluated at the same point). The comparison gives
deviations in units of the measurement's own error and a threshold that follows from the degrees of freedom, the
skewness, the number of comparisons and the false-alarm rate.

>>> import numpy as np
>>> m = Mean(np.random.default_rng(0).normal(3.0, 1.0, 4000))
>>> m.compare(3.0, 1e-6).ok, m.compare(3.3, 1e-6).ok
(True, False)
>>> Exact(np.pi).compare(np.pi, 1e-6).ok, Exact(np.pi).compare(3.1415926, 1e-6).ok
(True, False)
>>> f"{resolution([m, Exact(0.5)]):.1g}, {resolution([m]):.1g}"
'9e-13, 0.03'
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import EPS, FALSE_ALARM, ROUNDING, Comparison, Measurement, MeasurementError, NoFiniteValue, as_array
from .exact import Exact, Rounding, Same
from .limits import Ladder, Solver
from .minimum import Argmin
from .quadrature import Quad
from .means import Law, LogMean, Mean, Paired, Ratio
from .skew import skew_threshold, trustworthy

__all__ = [
    "EPS",
    "FALSE_ALARM",
    "ROUNDING",
    "Argmin",
    "Comparison",
    "Exact",
    "Ladder",
    "Law",
    "LogMean",
    "Mean",
    "Measurement",
    "MeasurementError",
    "NoFiniteValue",
    "Paired",
    "Quad",
    "Ratio",
    "Rounding",
    "Same",
    "Solver",
    "as_array",
    "resolution",
    "skew_threshold",
    "trustworthy",
]


def resolution(measurements: Sequence[Measurement], alpha: float = FALSE_ALARM) -> float:
    """The relative error, common to all points, that the measurements of one claim would see together at rate
    ``alpha``: that of the best point."""
    total = sum(m.size for m in measurements)
    return min(float(np.min(m.resolutions(alpha * m.size / total))) for m in measurements)
