"""Measurements: numbers that carry their own error, so that nobody types a tolerance.

Every measurement is compared with a *prediction* (the candidate evaluated at the same point). The comparison gives deviations in units of
the measurement's own error and a threshold that follows from the degrees of freedom, the number of comparisons and the false-alarm rate.

>>> import numpy as np
>>> m = Mean(np.random.default_rng(0).normal(3.0, 1.0, 4000))
>>> m.compare(3.0, 1e-6).ok, m.compare(3.3, 1e-6).ok
(True, False)
>>> Exact(np.pi).compare(np.pi, 1e-6).ok, Exact(np.pi).compare(3.1415926, 1e-6).ok
(True, False)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

EPS = float(np.finfo(np.float64).eps)
ROUNDING = 4096.0
"""Rounding of a float64 computation: this many units in the last place of the largest term."""


class MeasurementError(ValueError):
    """The trial returned something that is not a measurement (wrong type, NaN, no samples)."""


class NoFiniteValue(MeasurementError):
    """The candidate is NaN, infinite or not a number at a measured point: that refutes it; other errors only say that nothing was compared."""


def as_array(x: Any) -> np.ndarray:
    """``x`` (number, array, torch tensor) as a float64 or complex128 array."""
    if hasattr(x, "detach"):
        x = x.detach().cpu().numpy()
    a = np.asarray(x)
    if a.dtype == object or a.dtype.kind not in "biufc":
        raise MeasurementError(f"expected numbers, found {type(x).__name__} with dtype {a.dtype}")
    return a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)


def _resolution(x: Any) -> float:
    """Unit in the last place of what was computed: float32 tensors count as float32."""
    dtype = str(getattr(x, "dtype", "float64"))
    return float(np.finfo(np.float32).eps) if "float32" in dtype or "complex64" in dtype else EPS


@dataclass(frozen=True)
class Comparison:
    """Deviations of a measurement from a prediction in units of its error.

    ``worst`` is the largest |deviation| / error, ``threshold`` the largest that chance or rounding explains, ``index`` where it was.
    """

    ok: bool
    worst: float
    threshold: float
    predicted: Any
    measured: Any
    error: float
    index: tuple[int, ...] = ()


class Measurement:
    """Value(s) with error(s). ``value`` and ``error`` broadcast; ``dof`` is ``None`` for a deterministic error bound."""

    kind = "measurement"

    def __init__(self, value: Any, error: Any, *, dof: float | None = None, samples: int = 1, at: Mapping[str, Any] | None = None) -> None:
        self.value = as_array(value)
        self.error = np.broadcast_to(as_array(error).real, self.value.shape)
        self.dof, self.samples = dof, int(samples)
        self.at = dict(at or {})
        if self.value.size == 0 or self.samples == 0:
            raise MeasurementError("zero samples are not a measurement")
        if not np.all(np.isfinite(self.value)):
            raise MeasurementError(f"the measurement is {self.value.ravel()[~np.isfinite(self.value.ravel())][0]}; NaN or infinity is not a pass")
        if not np.all(np.isfinite(self.error)):
            raise MeasurementError("the error of the measurement is not finite (one sample has no standard error)")

    @property
    def size(self) -> int:
        """Number of comparisons this measurement makes."""
        return int(self.value.size)

    @property
    def stochastic(self) -> bool:
        return self.dof is not None

    def threshold(self, alpha: float) -> float:
        """Largest deviation in units of ``error`` at false-alarm rate ``alpha`` (already divided by the number of comparisons)."""
        return 1.0 if self.dof is None else float(-special.stdtrit(self.dof, alpha / 2))

    def _errors(self, predicted: np.ndarray) -> np.ndarray:
        """The error against this prediction: a deterministic error also allows the rounding of the prediction itself."""
        floor = ROUNDING * EPS * np.abs(predicted) if self.dof is None else 64 * EPS * np.maximum(np.abs(predicted), np.abs(self.value))
        return np.maximum(np.maximum(self.error, floor), np.finfo(float).tiny)

    def deviations(self, predicted: Any) -> np.ndarray:
        """(measured − predicted) / error, elementwise (modulus of complex differences)."""
        p = np.broadcast_to(as_array(predicted), self.value.shape)
        d = self.value - p
        return (np.abs(d) if np.iscomplexobj(d) else d) / self._errors(p)

    def compare(self, predicted: Any, alpha: float, relation: str = "=") -> Comparison:
        """Judge ``measured relation predicted`` at family-wise false-alarm rate ``alpha``."""
        try:
            p = np.broadcast_to(as_array(predicted), self.value.shape)
        except ValueError:
            raise MeasurementError(f"the measurement has shape {self.value.shape}, the candidate {np.shape(predicted)}") from None
        threshold = self.threshold(alpha / self.size)
        if not np.all(np.isfinite(p)):
            raise NoFiniteValue("the candidate is NaN or infinite at this point")
        dev = self.deviations(p)
        one_sided = {"=": np.abs(dev), "<=": dev, "<": dev, ">=": -dev, ">": -dev}[relation]
        i = np.unravel_index(int(np.argmax(one_sided)), self.value.shape)
        worst = float(one_sided[i])
        return Comparison(worst <= threshold, worst, threshold, p[i].item(), self.value[i].item(), float(self._errors(p)[i]), tuple(int(k) for k in i))

    def __repr__(self) -> str:
        v, e = self.value.ravel(), self.error.ravel()
        shown = ", ".join(f"{a:.6g} ± {b:.2g}" for a, b in zip(v[:3], e[:3]))
        return f"{type(self).__name__}({shown}{', …' if v.size > 3 else ''})"


class Exact(Measurement):
    """A deterministic computation; its error is rounding.

    Args:
        x: number, array or tensor of any shape; float32 counts with its own rounding.
        scale: size of the terms that cancelled, where it is larger than the result (same unit as ``x``).
        at: values of further symbols of the candidate (keyword → array that broadcasts with ``x``).

    Raises:
        MeasurementError: for NaN, infinity, no numbers at all.

    >>> Exact(0.1 + 0.2).compare(0.3, 1e-6).ok, Exact(0.1 + 0.2).compare(0.3 + 1e-10, 1e-6).ok
    (True, False)
    """

    kind = "exact"

    def __init__(self, x: Any, scale: Any = None, at: Mapping[str, Any] | None = None) -> None:
        value = as_array(x)
        size = np.maximum(np.abs(value), np.abs(as_array(0.0 if scale is None else scale)))
        super().__init__(value, ROUNDING * _resolution(x) * size, at=at)


class Mean(Measurement):
    """Mean of independent samples along ``axis`` 0; Student's t with n − 1 degrees of freedom.

    ``samples``: shape (n,) or (n, k…), n at least 3; value and error have shape (k…) and the unit of the samples. Complex samples count with the
    error of their modulus. Samples must be independent: correlated ones have an error that is too small.

    >>> Mean(np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]))
    Mean(2 ± 0.58, 20 ± 5.8)
    """

    kind = "mean"

    def __init__(self, samples: Any, axis: int = 0, at: Mapping[str, Any] | None = None) -> None:
        s = np.moveaxis(np.atleast_1d(as_array(samples)), axis, 0)
        n = len(s)
        if n < 3:
            raise MeasurementError(f"a mean needs at least 3 samples, found {n}")
        super().__init__(s.mean(0), s.std(0, ddof=1) / math.sqrt(n), dof=n - 1, samples=n, at=at)


class LogMean(Measurement):
    """Geometric mean of positive samples (for heavy tails): the mean of the logarithms against the logarithm of the prediction.

    ``samples``: shape (n,) or (n, k…), all positive, n at least 3. The candidate is exp(E log), which is not the mean.

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
        super().__init__(np.exp(self._log), np.exp(self._log) * self._log_error, dof=len(s) - 1, samples=len(s), at=at)

    def deviations(self, predicted: Any) -> np.ndarray:
        p = np.broadcast_to(as_array(predicted), self.value.shape).real
        with np.errstate(divide="ignore", invalid="ignore"):
            d = (self._log - np.log(p)) / np.maximum(self._log_error, 64 * EPS)
        return np.where(p > 0, d, np.inf)


class Paired(Mean):
    """Mean of a − b over pairs (common random numbers); ``a`` and ``b`` of the same shape (n,) or (n, k…).

    >>> Paired(np.array([1.0, 2.0, 9.0]) + 0.5, np.array([1.0, 2.0, 9.0])).value
    array(0.5)
    """

    kind = "paired mean"

    def __init__(self, a: Any, b: Any, at: Mapping[str, Any] | None = None) -> None:
        super().__init__(as_array(a) - as_array(b), at=at)


class Ratio(Measurement):
    """mean(a) / mean(b) over paired samples, bias-corrected and with its error by the jackknife.

    ``a``, ``b``: the same shape (n,) or (n, k…), n at least 8, mean(b) well away from 0.

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
        whole = a.mean(0) / b.mean(0)
        left_out = (a.sum(0) - a) / (b.sum(0) - b)
        value = n * whole - (n - 1) * left_out.mean(0)
        # the bias correction subtracts two numbers n times as large as the ratio
        rounding = 4 * n * EPS * np.abs(whole)
        super().__init__(value, np.sqrt((n - 1) / n * (np.abs(left_out - left_out.mean(0)) ** 2).sum(0)) + rounding, dof=n - 1, samples=n, at=at)


class Law(Measurement):
    """A sample against a distribution function (Kolmogorov–Smirnov): the candidate is the CDF in the symbol ``var``.

    ``samples``: at least 20 independent draws of a continuous law, any shape. Its threshold is Kolmogorov's with Stephens' correction for finite
    samples (Stephens, JRSS B 32, 1970).

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
        super().__init__(np.arange(1, n + 1) / n, np.full(n, 1 / math.sqrt(n)), dof=n - 1, samples=n, at={var: s})

    @property
    def size(self) -> int:
        return 1

    def threshold(self, alpha: float) -> float:
        # Stephens' correction of Kolmogorov's limit law for finite samples
        root = math.sqrt(self.samples)
        return float(special.kolmogi(alpha) * root / (root + 0.12 + 0.11 / root))

    def deviations(self, predicted: Any) -> np.ndarray:
        p = np.broadcast_to(as_array(predicted), self.value.shape)
        n = self.samples
        gap = np.maximum(np.abs(self.value - p), np.abs(p - (self.value - 1 / n)))
        return gap * math.sqrt(n)

    def _errors(self, predicted: np.ndarray) -> np.ndarray:
        return np.full(self.value.shape, 1 / math.sqrt(self.samples))


class Quad(Measurement):
    """∫ f over [a, b] (infinite ends allowed) by adaptive quadrature, real or complex; the error is the integrator's own estimate.

    ``f``: number → number. ``points``: where f has kinks inside a finite [a, b].

    >>> Quad(lambda x: math.exp(-x * x), -math.inf, math.inf).compare(math.sqrt(math.pi), 1e-6).ok
    True
    """

    kind = "quadrature"

    def __init__(self, f: Callable[[float], Any], a: float, b: float, at: Mapping[str, Any] | None = None, points: Sequence[float] | None = None) -> None:
        from scipy.integrate import quad

        options: dict[str, Any] = {"limit": 400, "epsabs": 1e-12, "epsrel": 1e-12, "full_output": 1}
        if points is not None:
            options["points"] = points
        probe = f(0.5 * (a + b) if math.isfinite(a + b) else (a if math.isfinite(a) else b if math.isfinite(b) else 0.0))
        real, error = quad(lambda x: np.real(f(x)), a, b, **options)[:2]
        value: complex = real
        if np.iscomplexobj(probe):
            imag, more = quad(lambda x: np.imag(f(x)), a, b, **options)[:2]
            value, error = real + 1j * imag, error + more
        super().__init__(value, error + ROUNDING * EPS * abs(value), at=at)


class Argmin(Measurement):
    """The minimiser of ``J`` (array of shape (k,) → number) found from several ``starts``; the error follows from the curvature.

    A minimum can be located only to √(rounding of J / curvature); disagreement of the starts is added. A scalar start gives a scalar and ``J`` of a
    number. Only the lowest minimum found counts, and only if ``J`` curves upwards there (:class:`MeasurementError` else).

    >>> m = Argmin(lambda x: (x[0] - 1) ** 2 + 3 * (x[1] + 2) ** 2, [np.zeros(2)])
    >>> m.compare([1.0, -2.0], 1e-6).ok, m.compare([1.0, -2.001], 1e-6).ok
    (True, False)
    """

    kind = "minimiser"

    def __init__(self, J: Callable[[np.ndarray], float], starts: Sequence[Any], at: Mapping[str, Any] | None = None) -> None:
        from scipy.optimize import minimize

        scalar = np.ndim(starts[0]) == 0
        objective = (lambda x: float(J(x[0]))) if scalar else (lambda x: float(J(x)))
        found = []
        for start in starts:
            x = np.atleast_1d(np.asarray(start, float))
            x = minimize(objective, x, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-12, "maxiter": 600 * x.size}).x
            fit = minimize(objective, x, method="BFGS", options={"gtol": 1e-10})
            found.append(fit.x if fit.fun <= objective(x) else x)
        values = np.array([objective(x) for x in found])
        best = found[int(np.argmin(values))]
        size = abs(values.min()) + 1e-3 * float(np.ptp(values)) + np.finfo(float).tiny
        errors = []
        for i in range(best.size):
            h = 1e-3 * max(1.0, abs(best[i]))
            e = np.zeros_like(best)
            e[i] = h
            up, down = objective(best + e), objective(best - e)
            curvature = (up - 2 * values.min() + down) / h**2
            if curvature <= 0:
                raise MeasurementError(f"no minimum: the objective does not curve upwards in coordinate {i}")
            # BFGS takes forward differences over √ε: their bias moves the zero of the gradient by half a step
            errors.append(math.sqrt(2 * 256 * EPS * max(size, abs(up)) / curvature) + 2 * math.sqrt(EPS) * max(1.0, abs(best[i])))
        near = [x for x, v in zip(found, values) if v <= values.min() + 1e-9 * size]
        spread = np.max(np.abs(np.array(near) - best), axis=0)
        error = np.array(errors) + np.where(spread < 100 * np.array(errors), spread, 0.0)
        super().__init__(best[0] if scalar else best, error[0] if scalar else error, samples=len(starts), at=at)


class Ladder(Measurement):
    """The limit n → ∞ of a deterministic ``f(n)`` with error ~ n^−order: Richardson extrapolation over ``ns``, with its own error.

    ``ns``: at least 4 increasing rungs; ``f(n)`` a number or an array of fixed shape. ``observed`` is the order seen; where it is further than a third
    from ``order`` the ladder is pre-asymptotic and the measurement is refused (:class:`MeasurementError`).

    >>> m = Ladder(lambda n: (1 + 1 / n) ** n, [1000, 2000, 4000, 8000])
    >>> m.compare(math.e, 1e-6).ok, m.compare(math.e + 1e-5, 1e-6).ok
    (True, False)
    """

    kind = "limit along a ladder"

    def __init__(self, f: Callable[[Any], Any], ns: Sequence[float], order: float = 1.0, at: Mapping[str, Any] | None = None) -> None:
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
            self.observed = float(np.min(np.log(steps[-2] / steps[-1]) / math.log(n[-1] / n[-2])) if np.all(steps[-2:] > noise) else order)
        if abs(self.observed - order) > 0.35 * order:
            raise MeasurementError(f"pre-asymptotic ladder: observed order {self.observed:.2f}, stated {order:g}; go further along it")
        super().__init__(limits[-1], 2 * np.abs(limits[-1] - limits[-2]) + noise, samples=len(ns), at=at)


class Solver(Measurement):
    """A numerical solution: ``run(n)`` with n steps against ``run(2n)`` and ``run(4n)``; the error is what step-halving leaves.

    ``run``: number of steps → number or array (values at fixed times); ``order``: that of the method, for Richardson's extrapolation.

    >>> m = Solver(lambda n: (1 - 1 / n) ** n, 100)  # Euler for x' = −x at time 1
    >>> m.compare(math.exp(-1), 1e-6).ok, m.compare(math.exp(-1) + 1e-3, 1e-6).ok
    (True, False)
    """

    kind = "solver"

    def __init__(self, run: Callable[[int], Any], n: int, order: float = 1.0, at: Mapping[str, Any] | None = None) -> None:
        a, b, c = (as_array(run(k)) for k in (n, 2 * n, 4 * n))
        q = 2.0**order
        fine, coarse = (q * c - b) / (q - 1), (q * b - a) / (q - 1)
        size = max(float(np.max(np.abs(c))), 1e-300)
        super().__init__(fine, np.abs(fine - coarse) + ROUNDING * EPS * size, samples=4 * n, at=at)


class Same(Measurement):
    """Two programs on the same inputs: a(x) − b(x) with rounding error (candidate 0).

    ``inputs``: list of arguments, tuples for more than one; both programs return arrays (or tensors) of the same shape for each.

    >>> Same(lambda v: v @ v, lambda v: (v * v).sum(), [np.arange(5.0)]).compare(0.0, 1e-6).ok
    True
    """

    kind = "two programs"

    def __init__(self, a: Callable[..., Any], b: Callable[..., Any], inputs: Sequence[Any]) -> None:
        gaps, errors = [], []
        for x in inputs:
            args = x if isinstance(x, tuple) else (x,)
            u, v = a(*args), b(*args)
            resolution = max(_resolution(u), _resolution(v))
            u, v = as_array(u), as_array(v)
            if u.shape != v.shape:
                raise MeasurementError(f"the two programs return shapes {u.shape} and {v.shape}")
            size = max(float(np.max(np.abs(u))), float(np.max(np.abs(v))))
            gaps.append((u - v).ravel())
            errors.append(np.full(u.size, ROUNDING * resolution * size))
        super().__init__(np.concatenate(gaps), np.concatenate(errors), samples=len(inputs))


class Rounding(Measurement):
    """What a low precision loses: f(x) in ``dtype`` minus f(x) in ``against`` (torch dtypes by name), elementwise.

    ``f``: torch tensor → torch tensor of the same shape; ``x``: array-like.

    >>> float(Rounding(lambda x: x, [1 + 2**-9], "bfloat16").value[0])
    -0.001953125
    """

    kind = "rounding"

    def __init__(self, f: Callable[[Any], Any], x: Any, dtype: str, against: str = "float64") -> None:
        import torch

        base = torch.as_tensor(x, dtype=getattr(torch, against))
        low = f(base.to(getattr(torch, dtype))).to(base.dtype)
        high = f(base)
        super().__init__(low - high, ROUNDING * EPS * np.abs(as_array(high)))
