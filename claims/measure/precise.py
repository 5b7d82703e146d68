"""Formulas at arrays in enough digits: where float64 loses some, single elements are computed again with 50 digits.

How much a formula loses is seen by shaking it: every node is multiplied by 1 ± 2⁻⁴⁰, and where the result moves by
more than 64 times that, its own rounding would count against a true formula.

>>> import sympy as sp
>>> y = sp.Symbol("y")
>>> at = {y: np.array([-20.0, 2.0])}
>>> rough = Arrays(at)(sp.log(1 + sp.exp(y)))
>>> bool(abs(rough[0] / np.logaddexp(0, -20.0) - 1) > 1e-9)
True
>>> fine = refined(sp.log(1 + sp.exp(y)), at, rough)
>>> bool(np.max(np.abs(fine / np.logaddexp(0, at[y]) - 1)) < 1e-15)
True
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from ..say.evaluate import Arrays, Digits, Unknown
from .base import MeasurementError

SHAKE = 2.0**-40
LOSES = 64.0
"""Amplification of rounding from which on float64 is not enough."""
PRECISION = 50
MOST, MOST_BY_SYMPY = 4096, 256


class Shaken(Arrays):
    """A walk whose nodes are off by a known relative amount, up or down as their name and ``seed`` say."""

    seed = 0

    def _node(self, e: Any) -> Any:
        value = super()._node(e)
        if e.is_Rational:
            return value
        return value * (1 + SHAKE * (1 if zlib.crc32(str(e).encode()) >> self.seed & 1 else -1))

    def inner(self, environment: Mapping[Any, Any]) -> Arrays:
        out = type(self)(environment)
        out.seed = self.seed
        return out


class Measured(Digits):
    """50-digit values of measured numbers; indexed quantities have the entries that were measured."""

    def inner(self, environment: Mapping[Any, Any]) -> Digits:
        return Measured(environment)

    def number(self, e: Any) -> Any:
        return (
            mpmath.mpmathify(e) if isinstance(e, (int, float, complex, mpmath.mpf, mpmath.mpc)) else super().number(e)
        )

    def indexed(self, e: Any) -> Any:
        values = self.memory.get(e.base.label)
        at = [mpmath.re(self(i)) for i in e.indices]
        if (
            values is None
            or np.ndim(values) != len(at)
            or any(not mpmath.isint(i) or not 0 <= i < n for i, n in zip(at, np.shape(values)))
        ):
            raise Unknown("an index outside the values")
        return mpmath.mpmathify(np.asarray(values)[tuple(int(i) for i in at)].item())


def losing(e: Any, values: Mapping[Any, Any], rough: np.ndarray) -> np.ndarray:
    """Where ``rough``, the float64 values of ``e``, lose too many digits (everywhere, if the formula cannot be
    shaken)."""
    lost = np.zeros(np.shape(rough), bool)
    for seed in (0, 7):
        walk = Shaken(values)
        walk.seed = seed
        try:
            with np.errstate(all="ignore"):
                moved = np.abs(walk(e) - rough)
        except (Unknown, TypeError, ValueError, ArithmeticError):
            return np.ones(np.shape(rough), bool)
        lost = lost | ~(moved <= LOSES * SHAKE * np.abs(rough))
    return lost


def refined(e: Any, values: Mapping[Any, Any], rough: Any, exact: Mapping[Any, Any] | None = None) -> Any:
    """``rough`` with the elements that lose digits computed again.

    ``values``: symbol → number or array (whole arrays for the labels of indexed quantities); ``exact``: symbol → exact
    SymPy number, where there is one. Raises :class:`MeasurementError` if too many different elements would be needed.
    """
    exact = exact or {}
    rough = np.asarray(rough)
    lost = losing(e, values, rough)
    if not lost.any():
        return rough
    labels = {i.base.label for i in e.atoms(sp.Indexed)}
    arrays = {
        s: np.broadcast_to(np.asarray(v), rough.shape)[lost]
        for s, v in values.items()
        if np.ndim(v) and s not in labels
    }
    fixed = {s: exact.get(s, v) for s, v in values.items() if s not in arrays}
    count = int(lost.sum())
    rows = np.stack([*arrays.values()], -1) if arrays else np.zeros((count, 0))
    unique, where = np.unique(rows, axis=0, return_inverse=True) if arrays else (rows[:1], np.zeros(count, int))
    if len(unique) > MOST:
        raise MeasurementError(
            f"the candidate loses its digits at {len(unique)} different inputs; measure it at {MOST} at most"
        )
    found = [_digits(e, dict(zip(arrays, row)), fixed, labels, len(unique)) for row in unique]
    better = np.array([np.nan if v is None else v for v in found])
    known = np.array([v is not None for v in found])[where.ravel()]
    out = rough.astype(np.result_type(rough.dtype, better.dtype)).copy()
    keep = out[lost]
    keep[known] = better[where.ravel()][known]
    out[lost] = keep
    return out


def _digits(e: Any, row: Mapping[Any, Any], fixed: Mapping[Any, Any], labels: set[Any], count: int) -> Any:
    """The value of one element as float or complex, or ``None``."""
    with mpmath.workdps(PRECISION):
        walk = Measured({s: v.item() for s, v in row.items()})
        try:
            for s, v in fixed.items():
                walk.memory[s] = (
                    v if s in labels else walk.number(v.item() if isinstance(v, (np.ndarray, np.generic)) else v)
                )
            value = mpmath.mpmathify(walk(e))
        except (Unknown, ArithmeticError, ValueError, TypeError, mpmath.libmp.NoConvergence):
            value = None if count > MOST_BY_SYMPY or labels else _by_sympy(e, {**fixed, **row})
        if value is None or not mpmath.isfinite(value):
            return None
        return float(mpmath.re(value)) if not mpmath.im(value) else complex(value)


def _by_sympy(e: Any, values: Mapping[Any, Any]) -> Any:
    try:
        numbers = {
            s: v if isinstance(v, sp.Basic) else sp.Rational(float(np.real(v))) + sp.I * sp.Rational(float(np.imag(v)))
            for s, v in values.items()
        }
        return mpmath.mpmathify(complex(sp.N(e.xreplace(numbers).doit(), 20)))
    except Exception:  # noqa: BLE001 - SymPy has no number for it
        return None
