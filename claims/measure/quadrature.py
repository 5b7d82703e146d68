"""Integrals that know what they may have missed: an adaptive rule, checked by another one that starts from a scan for
mass."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .base import EPS, ROUNDING, Measurement

SCAN, SCAN_ARRAYS = 10_000, 200_000
"""Evaluations in search of mass: number by number, and where the integrand takes arrays."""
PIECES = 24
CORE, FAR = 100.0, 1e8
"""An infinite range is scanned evenly within CORE of 0 (or of its finite end), and in equal ratios up to FAR."""


class Quad(Measurement):
    """∫ f over [a, b] (infinite ends allowed) by adaptive quadrature, real or complex; the error is the integrator's
    own estimate.

    ``f``: number → number. ``points``: where f has kinks inside a finite [a, b]. A second rule, whose pieces follow
    the mass that a scan of f found, must agree; where it does not (a narrow peak was missed) the comparison raises
    :class:`MeasurementError`. A peak narrower than a hundred thousandth of the scanned range can hide from both.

    >>> Quad(lambda x: math.exp(-x * x), -math.inf, math.inf).compare(math.sqrt(math.pi), 1e-6).ok
    True
    """

    kind = "quadrature"

    def __init__(
        self,
        f: Callable[[float], Any],
        a: float,
        b: float,
        at: Mapping[str, Any] | None = None,
        points: Sequence[float] | None = None,
    ) -> None:
        probe = f(
            0.5 * (a + b) if math.isfinite(a + b) else (a if math.isfinite(a) else b if math.isfinite(b) else 0.0)
        )
        is_complex = np.iscomplexobj(probe)
        value, error = _integral(f, a, b, is_complex, points)
        pieces = [p for p in breakpoints(f, a, b) if a < p < b]
        ends = [a, *sorted({*pieces, *(points or ())}), b]
        parts = [_piece(f, u, v, is_complex) for u, v in zip(ends, ends[1:])]
        other, doubt = sum(p[0] for p in parts), sum(p[1] for p in parts)
        size = sum(abs(p[0]) for p in parts)
        problem = ""
        if not abs(value - other) <= 4 * (error + doubt) + ROUNDING * EPS * size:
            problem = (
                f"two rules disagree about the integral: {value:.8g} and {other:.8g}; the integrand has a narrow "
                "peak or a kink, split the range there (points=)"
            )
        super().__init__(
            value,
            error + ROUNDING * EPS * max(abs(value), size if size < 1e3 * abs(value) else abs(value)),
            at=at,
            scale=size or 1.0,
            problem=problem,
        )


def _integral(
    f: Callable[[float], Any], a: float, b: float, is_complex: bool, points: Sequence[float] | None
) -> tuple[complex, float]:
    from scipy.integrate import quad

    options: dict[str, Any] = {"limit": 400, "epsabs": 1e-12, "epsrel": 1e-12, "full_output": 1}
    if points is not None:
        options["points"] = points
    real, error = quad(lambda x: np.real(f(x)), a, b, **options)[:2]
    if not is_complex:
        return real, error
    imag, more = quad(lambda x: np.imag(f(x)), a, b, **options)[:2]
    return real + 1j * imag, error + more


def _piece(f: Callable[[float], Any], a: float, b: float, is_complex: bool) -> tuple[complex, float]:
    """The integral over one piece; an infinite one on the scale of its finite end."""
    if math.isfinite(a) == math.isfinite(b):
        return _integral(f, a, b, is_complex, None)
    start, sign = (a, 1.0) if math.isfinite(a) else (b, -1.0)
    unit = max(1.0, abs(start))
    return _integral(lambda t: f(start + sign * unit * (1 - t) / t) * unit / t**2, 0.0, 1.0, is_complex, None)


def _sizes(f: Callable[[float], Any], x: np.ndarray) -> np.ndarray:
    """|f| at x; 0 where f has no finite value."""
    out = np.zeros(x.size)
    for i, v in enumerate(x):
        try:
            out[i] = abs(f(float(v)))
        except (ArithmeticError, ValueError):
            continue
    return np.where(np.isfinite(out), out, 0.0)


def _takes_arrays(f: Callable[..., Any], x: np.ndarray) -> bool:
    try:
        many = np.abs(np.asarray(f(x[:5])))
        return many.shape == (5,) and np.allclose(many, _sizes(f, x[:5]), rtol=1e-12, atol=0)
    except Exception:  # noqa: BLE001 - an integrand of numbers may fail in any way
        return False


def _scanned(a: float, b: float, count: int) -> np.ndarray:
    """Places of the scan: one at random in each of ``count`` cells, ends left out."""
    cells = (np.arange(count) + np.random.default_rng(count).uniform(0.05, 0.95, count)) / count
    if math.isfinite(a) and math.isfinite(b):
        return a + (b - a) * cells
    even, far = cells[: count // 10 * 8], cells[count // 10 * 8 :]
    even, far = even / 0.8, CORE * (FAR / CORE) ** ((far - 0.8) / 0.2)
    if math.isfinite(a) or math.isfinite(b):
        near = CORE * np.logspace(-12, -3, 200)
        away = np.unique(np.concatenate([near, CORE * even, far]))
        return a + away if math.isfinite(a) else np.sort(b - away)
    return np.unique(np.concatenate([-far, CORE * (2 * even - 1), far]))


def breakpoints(f: Callable[[float], Any], a: float, b: float) -> list[float]:
    """Where to split [a, b]: quantiles of the mass that a scan finds, and the surroundings of peaks that it sees only
    at their foot."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        x = _scanned(a, b, SCAN)
        if _takes_arrays(f, x):
            x = _scanned(a, b, SCAN_ARRAYS)
            y = np.abs(np.asarray(f(x)))
            y = np.where(np.isfinite(y), y, 0.0)
        else:
            y = _sizes(f, x)
        places = _peaks(f, x, y)
        if places:
            x = np.unique(np.concatenate([x, places]))
            y = (
                np.interp(x, x, _sizes(f, x))
                if x.size <= 2 * SCAN
                else np.abs(np.nan_to_num(np.asarray(f(x)), posinf=0, neginf=0))
            )
    mass = np.concatenate([[0.0], np.cumsum((y[1:] + y[:-1]) / 2 * np.diff(x))])
    even = np.linspace(0, 1, x.size)
    share = 0.5 * mass / mass[-1] + 0.5 * even if mass[-1] > 0 and np.isfinite(mass[-1]) else even
    inner = np.interp((np.arange(PIECES) + np.random.default_rng(1).uniform(0.2, 0.8, PIECES)) / PIECES, share, x)
    return sorted({float(p) for p in [*inner, *places]})


def _peaks(f: Callable[[float], Any], x: np.ndarray, y: np.ndarray) -> list[float]:
    """The tops of peaks that stand out by a factor e² at a single place of the scan, with places at geometric
    distances round them."""
    from scipy.optimize import minimize_scalar

    logs = np.log(np.maximum(y, 1e-323))
    rise = logs[1:-1] - np.maximum(logs[:-2], logs[2:])
    out: list[float] = []
    for i in np.argsort(-rise)[:3] + 1:
        if rise[i - 1] < 2:
            continue
        top = minimize_scalar(
            lambda v: -math.log(max(_sizes(f, np.array([v]))[0], 1e-323)),
            bounds=(x[i - 1], x[i + 1]),
            method="bounded",
            options={"xatol": 1e-9 * (x[i + 1] - x[i - 1])},
        ).x
        width = x[i + 1] - x[i - 1]
        out += [float(top), *(float(top + s * width / 4**k) for s in (-1, 1) for k in range(1, 9))]
    return out
