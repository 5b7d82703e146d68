"""Measurements from random samples: means, ratios of means, laws. Their thresholds know the skewness
(:mod:`claims.measure.skew`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import special

from .base import EPS, Measurement, MeasurementError, as_array
from .skew import skew_over_root, skew_threshold, trustworthy, unskewed


class Student(Measurement):
    """A measurement whose deviation is Student's t of n samples; ``skew`` is their skewness/√n."""

    def limits(self, alpha: float) -> Any:
        return skew_threshold(alpha, self.dof, self.skew)

    def deviations(self, predicted: Any) -> np.ndarray:
        p = np.broadcast_to(as_array(predicted), self.value.shape)
        return unskewed(
            super().deviations(p), self.skew, self.samples, np.iscomplexobj(self.value) or np.iscomplexobj(p)
        )


class Mean(Student):
    """Mean of independent samples along ``axis`` 0; Student's t with n − 1 degrees of freedom, corrected for skewness.

    ``samples``: shape (n,) or (n, k…), n at least 32 for a comparison; value and error have shape (k…) and the unit of
    the samples. Complex samples count with the error of their modulus. Samples must be independent: correlated ones
    have an error that is too small. Samples that are too skewed for their number, all equal, or dominated by one of
    them raise :class:`MeasurementError` when they are compared.

    >>> Mean(np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]))
    Mean(2 ± 0.58, 20 ± 5.8)
    >>> Mean(np.exp(2 * np.random.default_rng(0).normal(size=64))).problem[:48]
    'one of 64 samples carries 37 % of their variance'
    """

    kind = "mean"

    def __init__(self, samples: Any, axis: int = 0, at: Mapping[str, Any] | None = None) -> None:
        s = np.moveaxis(np.atleast_1d(as_array(samples)), axis, 0)
        n = len(s)
        if n < 3:
            raise MeasurementError(f"a mean needs at least 3 samples, found {n}")
        mean = s.mean(0)
        super().__init__(
            mean,
            s.std(0, ddof=1) / math.sqrt(n),
            dof=n - 1,
            samples=n,
            at=at,
            scale=np.sqrt((np.abs(s) ** 2).mean(0)),
            problem=trustworthy(s),
        )
        self.skew = skew_over_root(s - mean)


class LogMean(Student):
    """Geometric mean of positive samples (for heavy tails): the mean of the logarithms against the logarithm of the
    prediction.

    ``samples``: shape (n,) or (n, k…), all positive, n at least 32 for a comparison. The candidate is exp(E log),
    which is not the mean.

    >>> m = LogMean(np.exp(np.random.default_rng(0).normal(1.0, 2.0, 4000)))
    >>> m.compare(np.e, 1e-6).ok, m.compare(np.exp(3.0), 1e-6).ok  # the mean of this log-normal is e^3
    (True, False)
    """

    kind = "log-mean"

    def __init__(self, samples: Any, axis: int = 0, at: Mapping[str, Any] | None = None) -> None:
        s = np.moveaxis(np.atleast_1d(as_array(samples)), axis, 0)
        if len(s) < 3 or np.any(s <= 0):
            raise MeasurementError("a geometric mean needs at least 3 positive samples")
        logs = np.log(s)
        self._log, self._log_error = logs.mean(0), logs.std(0, ddof=1) / math.sqrt(len(s))
        super().__init__(
            np.exp(self._log),
            np.exp(self._log) * self._log_error,
            dof=len(s) - 1,
            samples=len(s),
            at=at,
            problem=trustworthy(logs),
        )
        self.skew = skew_over_root(logs - self._log)

    def deviations(self, predicted: Any) -> np.ndarray:
        p = np.broadcast_to(as_array(predicted), self.value.shape).real
        with np.errstate(divide="ignore", invalid="ignore"):
            d = (self._log - np.log(p)) / np.maximum(self._log_error, 64 * EPS)
        return np.where(p > 0, unskewed(d, self.skew, self.samples), np.inf)


class Paired(Mean):
    """Mean of a − b over pairs (common random numbers); ``a`` and ``b`` of the same shape (n,) or (n, k…).

    >>> Paired(np.array([1.0, 2.0, 9.0]) + 0.5, np.array([1.0, 2.0, 9.0])).value
    array(0.5)
    """

    kind = "paired mean"

    def __init__(self, a: Any, b: Any, at: Mapping[str, Any] | None = None) -> None:
        a, b = as_array(a), as_array(b)
        super().__init__(a - b, at=at)
        self.scale = np.sqrt((np.abs(a) ** 2).mean(0) + (np.abs(b) ** 2).mean(0))


class Ratio(Student):
    """mean(a) / mean(b) over paired samples, bias-corrected and with its error by the jackknife.

    ``a``, ``b``: the same shape (n,) or (n, k…), n at least 8 (32 for a comparison), mean(b) at least ten errors away
    from 0. A real candidate p is judged by the mean of a − p b (Fieller), which has no bias.

    >>> b = np.random.default_rng(0).uniform(1, 2, 1000)
    >>> Ratio(3 * b, b).compare(3.0, 1e-6).ok, Ratio(3 * b, b).compare(3.001, 1e-6).ok
    (True, False)
    """

    kind = "ratio of means"

    def __init__(self, a: Any, b: Any, at: Mapping[str, Any] | None = None) -> None:
        a, b = as_array(a), as_array(b)
        n = len(a)
        if n < 8 or a.shape != b.shape:
            raise MeasurementError(f"a ratio needs at least 8 pairs of the same shape, found {a.shape} and {b.shape}")
        self._means = a.mean(0), b.mean(0)
        whole = self._means[0] / self._means[1]
        left_out = (a.sum(0) - a) / (b.sum(0) - b)
        value = n * whole - (n - 1) * left_out.mean(0)
        # the bias correction subtracts two numbers n times as large as the ratio
        self._rounding = 4 * n * EPS * np.abs(whole)
        error = np.sqrt((n - 1) / n * (np.abs(left_out - left_out.mean(0)) ** 2).sum(0)) + self._rounding
        super().__init__(value, error, dof=n - 1, samples=n, at=at)
        da, db = a - self._means[0], b - self._means[1]
        residual = da - whole * db
        exact = np.all(
            (np.abs(residual) ** 2).sum(0)
            <= (64 * EPS) ** 2 * ((np.abs(da) ** 2).sum(0) + np.abs(whole) ** 2 * (np.abs(db) ** 2).sum(0))
        )
        self.problem = "" if exact else trustworthy(residual)
        if np.any(np.abs(self._means[1]) < 10 * b.std(0, ddof=1) / math.sqrt(n)):
            self.problem = "the mean of the denominator is not away from 0: less than 10 of its standard errors"
        self.skew = (
            np.zeros(value.shape)
            if exact
            else skew_over_root(residual) * (np.sign(self._means[1].real) if np.isrealobj(value) else 1)
        )
        self._moments = (
            None
            if np.iscomplexobj(value)
            else [(da**i * db**j).sum(0) for i, j in ((2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))]
        )

    def deviations(self, predicted: Any) -> np.ndarray:
        p = np.broadcast_to(as_array(predicted), self.value.shape)
        if self._moments is None or np.iscomplexobj(p):
            return super().deviations(p)
        (mean_a, mean_b), n = self._means, self.samples
        aa, ab, bb, aaa, aab, abb, bbb = self._moments
        squares, size = aa - 2 * p * ab + p * p * bb, aa + p * p * bb
        third = aaa - 3 * p * aab + 3 * p * p * abb - p**3 * bbb
        with np.errstate(all="ignore"):
            skew = np.where(squares > 1e-10 * size, np.clip(third / np.maximum(squares, 1e-300) ** 1.5, -1, 1), 0.0)
        error = np.sqrt(np.maximum(squares, 0) / (n * (n - 1))) + (self._rounding + 64 * EPS * np.abs(p)) * np.abs(
            mean_b
        )
        sign = np.sign(mean_b)
        return unskewed(sign * (mean_a - p * mean_b) / np.maximum(error, np.finfo(float).tiny), sign * skew, n)


class Law(Measurement):
    """A sample against a distribution function (Kolmogorov–Smirnov): the candidate is the CDF in the symbol ``var``.

    ``samples``: at least 20 independent draws of a continuous law, any shape. Its threshold is Kolmogorov's with
    Stephens' correction for finite samples (Stephens, JRSS B 32, 1970).

    >>> m = Law(np.random.default_rng(0).uniform(size=2000))
    >>> m.compare(m.at["x"], 1e-6).ok, m.compare(m.at["x"] ** 2, 1e-6).ok
    (True, False)
    """

    kind = "law"

    def __init__(self, samples: Any, var: str = "x") -> None:
        s = np.sort(as_array(samples).ravel())
        if len(s) < 20:
            raise MeasurementError(f"a law needs at least 20 samples, found {len(s)}")
        self.sorted = s
        n = len(s)
        super().__init__(
            np.arange(1, n + 1) / n, np.full(n, 1 / math.sqrt(n)), dof=n - 1, samples=n, at={var: s}, scale=1.0
        )

    @property
    def size(self) -> int:
        return 1

    def threshold(self, alpha: float) -> float:
        # Stephens' correction of Kolmogorov's limit law for finite samples
        root = math.sqrt(self.samples)
        return float(special.kolmogi(alpha) * root / (root + 0.12 + 0.11 / root))

    def resolutions(self, alpha: float = 1e-6) -> np.ndarray:
        """The largest distance of distribution functions that is not seen: absolute, for probabilities are."""
        return np.array([self.threshold(alpha) / math.sqrt(self.samples)])

    def deviations(self, predicted: Any) -> np.ndarray:
        p = np.broadcast_to(as_array(predicted), self.value.shape)
        n = self.samples
        gap = np.maximum(np.abs(self.value - p), np.abs(p - (self.value - 1 / n)))
        return gap * math.sqrt(n)

    def _errors(self, predicted: np.ndarray) -> np.ndarray:
        return np.full(self.value.shape, 1 / math.sqrt(self.samples))
