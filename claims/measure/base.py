"""What every measurement is: values with errors, compared with a prediction.

>>> m = Measurement([1.0, 2.0], 1e-9)
>>> m.compare([1.0, 2.0], 1e-6).ok, m.compare([1.0, 2.1], 1e-6).ok
(True, False)
>>> float(f"{m.resolution:.3g}")
5e-10
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

EPS = float(np.finfo(np.float64).eps)
ROUNDING = 4096.0
"""Rounding of a float64 computation: this many units in the last place of the largest term."""
SINGLE_ROUNDING = 512.0
"""The same for float32, where long computations are rarer and a unit is large."""
FALSE_ALARM = 1e-6
COARSE = 1e-3
"""A deterministic measurement whose error is a larger part of its value than this measures nothing."""


class MeasurementError(ValueError):
    """The trial returned something that is not a measurement (wrong type, NaN, too few samples, too coarse)."""


class NoFiniteValue(MeasurementError):
    """The candidate is NaN, infinite or not a number at a measured point: that refutes it; other errors only say that
    nothing was compared."""


def as_array(x: Any) -> np.ndarray:
    """``x`` (number, array, torch tensor) as a float64 or complex128 array."""
    if hasattr(x, "detach"):
        x = x.detach().cpu().numpy()
    a = np.asarray(x)
    if a.dtype == object or a.dtype.kind not in "biufc":
        raise MeasurementError(f"expected numbers, found {type(x).__name__} with dtype {a.dtype}")
    return a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)


def is_single(x: Any) -> bool:
    """Whether an array or tensor is float32 (or complex64)."""
    dtype = str(getattr(x, "dtype", "float64"))
    return "float32" in dtype or "complex64" in dtype


def rounding(x: Any) -> float:
    """Relative rounding of what was computed, by its type: 9e-13 for float64, 6e-5 for float32."""
    return SINGLE_ROUNDING * float(np.finfo(np.float32).eps) if is_single(x) else ROUNDING * EPS


def largest(*values: Any) -> float:
    """The largest modulus of all numbers in ``values``; what is no array of numbers does not count."""
    sizes = [0.0]
    for v in values:
        try:
            a = np.abs(as_array(v))
        except (MeasurementError, ValueError, TypeError):
            continue
        sizes.append(float(a.max()) if a.size else 0.0)
    return max(sizes)


@dataclass(frozen=True)
class Comparison:
    """Deviations of a measurement from a prediction in units of its error.

    ``worst`` is the largest |deviation| / error, ``threshold`` the largest that chance or rounding explains, ``index``
    where it was.
    """

    ok: bool
    worst: float
    threshold: float
    predicted: Any
    measured: Any
    error: float
    index: tuple[int, ...] = ()


class Measurement:
    """Value(s) with error(s). ``value`` and ``error`` broadcast; ``dof`` is ``None`` for a deterministic error bound.

    ``scale`` is the size of what was measured where the value itself is 0 (rms of samples, terms that cancelled).
    ``problem`` says why this measurement must not be trusted; :meth:`compare` then raises it, so that a wrong premise
    with such samples can still be run.
    """

    kind = "measurement"
    elsewhere = False
    """Whether it was made at other points than those of the domain (where a bound is attained)."""
    elsewhere = False
    """Whether it was made at other points than those of the domain (where a bound is attained)."""

    def __init__(
        self,
        value: Any,
        error: Any,
        *,
        dof: float | None = None,
        samples: int = 1,
        at: Mapping[str, Any] | None = None,
        scale: Any = None,
        problem: str = "",
    ) -> None:
        self.value = as_array(value)
        self.error = np.broadcast_to(as_array(error).real, self.value.shape)
        self.dof, self.samples = dof, int(samples)
        self.at = dict(at or {})
        self.skew: Any = 0.0
        self.problem = problem
        if self.value.size == 0 or self.samples == 0:
            raise MeasurementError("zero samples are not a measurement")
        if not np.all(np.isfinite(self.value)):
            raise MeasurementError(
                f"the measurement is {self.value.ravel()[~np.isfinite(self.value.ravel())][0]}; NaN or infinity is "
                "not a pass"
            )
        if not np.all(np.isfinite(self.error)):
            raise MeasurementError("the error of the measurement is not finite (one sample has no standard error)")
        self.scale = np.broadcast_to(np.abs(as_array(self._size() if scale is None else scale)), self.value.shape)

    def _size(self) -> float:
        # a value within 6 errors of 0 may be 0, and is no size then
        size = largest(self.value)
        return size if size > 6 * largest(self.error) else 1.0

    @property
    def size(self) -> int:
        """Number of comparisons this measurement makes."""
        return int(self.value.size)

    @property
    def stochastic(self) -> bool:
        return self.dof is not None

    def require(self, coarse: bool = True) -> None:
        """Raise :class:`MeasurementError` if the measurement must not be trusted, or (``coarse``) has a deterministic
        error above 1e-3 of its size."""
        if self.problem:
            raise MeasurementError(self.problem)
        size = max(largest(self.value), largest(self.scale))
        if coarse and self.coarse:
            raise MeasurementError(
                f"the measurement has an error of {largest(self.error):.2g} for values of size {size:.2g}: it would "
                f"not see a relative error of {COARSE:g}"
            )

    @property
    def coarse(self) -> bool:
        """Whether a deterministic error is more than 1e-3 of the size: what is measured is all but 0 there."""
        return not self.stochastic and largest(self.error) > COARSE * max(largest(self.value), largest(self.scale))

    def threshold(self, alpha: float) -> float:
        """Largest deviation in units of ``error`` at false-alarm rate ``alpha`` (already divided by the number of
        comparisons)."""
        return 1.0 if self.dof is None else float(-special.stdtrit(self.dof, alpha / 2))

    def limits(self, alpha: float) -> Any:
        """Like :meth:`threshold`, for the raw deviation (value − prediction) / error of each component."""
        return self.threshold(alpha)

    def resolutions(self, alpha: float = FALSE_ALARM) -> np.ndarray:
        """The relative error of a candidate that each component would see at ``alpha`` (relative to ``scale`` where
        the value is 0 within its error)."""
        seen = np.asarray(self.limits(alpha / self.size)) * self.error
        size = np.where(np.abs(self.value) > seen, np.abs(self.value), self.scale)
        return seen / np.maximum(size, np.finfo(float).tiny)

    @property
    def resolution(self) -> float:
        """The relative error, common to all components, that the measurement would see at 1e-6: that of its best
        component."""
        return float(np.min(self.resolutions()))

    def _errors(self, predicted: np.ndarray) -> np.ndarray:
        """The error against this prediction: a deterministic error also allows the rounding of the prediction
        itself."""
        floor = (
            ROUNDING * EPS * np.abs(predicted)
            if self.dof is None
            else 64 * EPS * np.maximum(np.abs(predicted), np.abs(self.value))
        )
        return np.maximum(np.maximum(self.error, floor), np.finfo(float).tiny)

    def deviations(self, predicted: Any) -> np.ndarray:
        """(measured − predicted) / error, elementwise (modulus of complex differences)."""
        p = np.broadcast_to(as_array(predicted), self.value.shape)
        d = self.value - p
        with np.errstate(invalid="ignore"):  # an infinite candidate: NaN, which is no agreement
            return (np.abs(d) if np.iscomplexobj(d) else d) / self._errors(p)

    def compare(self, predicted: Any, alpha: float, relation: str = "=") -> Comparison:
        """Judge ``measured relation predicted`` at family-wise false-alarm rate ``alpha``."""
        self.require()
        try:
            p = np.broadcast_to(as_array(predicted), self.value.shape)
        except ValueError:
            raise MeasurementError(
                f"the measurement has shape {self.value.shape}, the candidate {np.shape(predicted)}"
            ) from None
        threshold = self.threshold(alpha / self.size)
        if not np.all(np.isfinite(p)):
            raise NoFiniteValue("the candidate is NaN or infinite at this point")
        dev = self.deviations(p)
        one_sided = {"=": np.abs(dev), "<=": dev, "<": dev, ">=": -dev, ">": -dev}[relation]
        i = np.unravel_index(int(np.argmax(one_sided)), self.value.shape)
        worst = float(one_sided[i])
        return Comparison(
            worst <= threshold,
            worst,
            threshold,
            p[i].item(),
            self.value[i].item(),
            float(self._errors(p)[i]),
            tuple(int(k) for k in i),
        )

    def __repr__(self) -> str:
        v, e = self.value.ravel(), self.error.ravel()
        shown = ", ".join(f"{a:.6g} ± {b:.2g}" for a, b in zip(v[:3], e[:3]))
        return f"{type(self).__name__}({shown}{', …' if v.size > 3 else ''})"
