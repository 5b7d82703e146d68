"""Deterministic measurements: a computation, two programs, what a low precision loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .base import EPS, ROUNDING, Measurement, MeasurementError, as_array, is_single, largest, rounding

MOST_CANCELLED = 1e3
"""``scale=`` may exceed the numbers of the measurement (or 1) by this factor: a tolerance of 1e-9 of them at most."""


class Exact(Measurement):
    """A deterministic computation; its error is rounding.

    Args:
        x: number, array or tensor of any shape, float64 or complex128.
        scale: size of the terms that cancelled, where it is larger than the result (same unit as ``x``); at most 1000
            times the largest number among the result, the values of ``at``, and 1. at: values of further symbols of
            the candidate (keyword → array that broadcasts with ``x``). precision: "float32" where the program under
            test computes in it. A float32 result without it is refused: a cast would widen the tolerance from 9e-13 to
            6e-5.

    Raises:
        MeasurementError: for NaN, infinity, no numbers at all; when compared, for a scale too large, an undeclared
            float32, or an error above 1e-3 of the result.

    >>> Exact(0.1 + 0.2).compare(0.3, 1e-6).ok, Exact(0.1 + 0.2).compare(0.3 + 1e-10, 1e-6).ok
    (True, False)
    """

    kind = "exact"

    def __init__(
        self, x: Any, scale: Any = None, at: Mapping[str, Any] | None = None, precision: str = "float64"
    ) -> None:
        if precision not in ("float64", "float32"):
            raise MeasurementError(f"precision: expected 'float64' or 'float32', found {precision!r}")
        value = as_array(x)
        cancelled = np.abs(as_array(0.0 if scale is None else scale))
        size = np.maximum(np.abs(value), cancelled)
        error = (rounding(np.float32(0)) if precision == "float32" else rounding(x)) * size
        super().__init__(value, error, at=at, problem=self._misuse(x, value, cancelled, at, precision))
        if largest(value) <= largest(error):
            self.scale = np.broadcast_to(np.maximum(size, 0 if largest(size) else 1.0), value.shape)
        if precision == "float32":
            self.kind = "exact (float32)"

    @staticmethod
    def _misuse(x: Any, value: np.ndarray, cancelled: np.ndarray, at: Mapping[str, Any] | None, precision: str) -> str:
        if is_single(x) and precision != "float32":
            return (
                "the result is float32: compute and return it in float64 (a cast does not widen a tolerance), or "
                "say precision='float32' where the program under test computes in it"
            )
        most = MOST_CANCELLED * max(1.0, largest(value, *(at or {}).values()))
        if largest(cancelled) > most:
            return (
                f"scale={largest(cancelled):.3g} is more than {MOST_CANCELLED:g} times the numbers of this "
                f"measurement ({most / MOST_CANCELLED:.3g}); compute with more digits instead"
            )
        return ""


class Same(Measurement):
    """Two programs on the same inputs: a(x) − b(x) with rounding error (candidate 0).

    ``inputs``: list of arguments, tuples for more than one; both programs return arrays (or tensors) of the same shape
    for each.

    >>> Same(lambda v: v @ v, lambda v: (v * v).sum(), [np.arange(5.0)]).compare(0.0, 1e-6).ok
    True
    """

    kind = "two programs"

    def __init__(self, a: Callable[..., Any], b: Callable[..., Any], inputs: Sequence[Any]) -> None:
        gaps, errors, sizes = [], [], []
        for x in inputs:
            args = x if isinstance(x, tuple) else (x,)
            u, v = a(*args), b(*args)
            unit = max(rounding(u), rounding(v))
            u, v = as_array(u), as_array(v)
            if u.shape != v.shape:
                raise MeasurementError(f"the two programs return shapes {u.shape} and {v.shape}")
            gaps.append((u - v).ravel())
            sizes.append(np.full(u.size, max(largest(u), largest(v))))
            errors.append(unit * sizes[-1])
        scale = np.concatenate(sizes)
        super().__init__(
            np.concatenate(gaps), np.concatenate(errors), samples=len(inputs), scale=np.where(scale > 0, scale, 1.0)
        )


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
        super().__init__(
            low - high,
            ROUNDING * EPS * np.abs(as_array(high)),
            scale=np.maximum(np.abs(as_array(high)), np.finfo(float).tiny),
        )
