"""A formula's values at a few random points, by which two mutants are seen to be the same formula.

What the walk over arrays has no rule for (undefined functions, sums to a symbolic end, operators of the language)
becomes a generic function of the values of its arguments: never the right value, but the same for the same arguments,
and that is all that a comparison needs.

>>> from sympy import Function, Sum, symbols
>>> x, n, k = symbols("x n k", positive=True); f = Function("f")
>>> values = Values()
>>> values.key((1 + f(x))**2) == values.key(1 + 2*f(x) + f(x)**2)
True
>>> values.key(Sum(k, (k, 1, n))) == values.key(Sum(k, (k, 1, n + 1)))
False
"""

from __future__ import annotations

import functools
import zlib
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.evaluate import Arrays, Unknown

SYMMETRIC = frozenset({"inner", "Cov", "cosine", "Max", "Min", "KroneckerDelta", "beta", "W2"})
"""Functions whose arguments may be exchanged."""
POINTS = 8
"""Half of them with real symbols in the unit interval, where complements and square roots have values."""


FLAT = (sp.floor, sp.ceiling, sp.frac, sp.Mod, sp.sign, sp.Max, sp.Min, sp.KroneckerDelta)
"""Functions that are flat or forget an argument: by their values, different formulas would be alike at few points."""
NOISE = 1e-11
"""Parts of a complex number that are smaller than this share of it are taken for zero."""
WITHOUT_VALUE = (Unknown, ValueError, TypeError, AttributeError, ArithmeticError, np.linalg.LinAlgError)
"""What the walk and NumPy raise for a node without a value of its own, which then has a generic one."""


def values_of(e: Any) -> Values:
    """Values by which ``e`` has a key: complex ones where it has no real ones, as √(β² − σ²) may have none."""
    return Values() if Values().key(e) is not None else Values(complex)


class Values(Arrays):
    """Values at :data:`POINTS` random points: of shape ``(POINTS,)``, and ``(POINTS, rows, columns)`` for matrices."""

    functions = {f: rule for f, rule in Arrays.functions.items() if f not in FLAT}

    def __init__(self, kind: type = float) -> None:
        super().__init__({})
        self.kind = kind
        self.sizes: dict[Any, int] = {}

    def __call__(self, e: Any) -> Any:
        known = self.memory.get(e)
        if known is None:
            try:
                known = self._node(e)
            except WITHOUT_VALUE:
                known = self.generic(e)
            self.memory[e] = known
        return known

    def key(self, e: Any) -> bytes | None:
        """The values to ten digits, as something to compare; ``None`` if there are too few of them."""
        with np.errstate(all="ignore"):
            found = np.atleast_1d(np.asarray(self(e)))
        if found.dtype == np.complex128:
            found = found.copy()
            found.real[np.abs(found.real) < NOISE * np.abs(found)] = 0
            found.imag[np.abs(found.imag) < NOISE * np.abs(found)] = 0
        if found.dtype != np.float64:
            whole = np.ascontiguousarray(found)
            found = whole.view(np.float64) if found.dtype == np.complex128 else whole.astype(np.float64)
        finite = np.isfinite(found)
        if not finite.all():
            if np.count_nonzero(finite) < 3:
                return None
            found = np.where(finite, found, np.inf)
        # 0.0 makes 0.0 of -0.0; half of 2**18 is added so that values that differ in their last 18 bits are cut alike
        return ((found + 0.0).view(np.int64) + (1 << 17) >> 18).tobytes()

    def _node(self, e: Any) -> Any:
        if e.is_Symbol and not e.is_Matrix:
            return draw(e) if self.kind is float else draw(e).astype(self.kind)
        if e is sp.zoo:
            return np.nan
        if isinstance(e, sp.MatrixBase):
            entries = [np.broadcast_to(self(x), (POINTS,)) for x in e]
            return np.stack(entries, -1).reshape(POINTS, *e.shape)
        rule = MATRIX_RULES.get(e.func)
        return super()._node(e) if rule is None else rule(self, e)

    def generic(self, e: Any) -> Any:
        """A smooth function of the values of the arguments, another one for every name."""
        name = e.func.__name__ if e.args else str(e)
        seed = zlib.crc32(name.encode()) / 2**32
        total = 0.7 + seed
        for i, a in enumerate(e.args):
            v = self(a)
            flat = np.reshape(v, (POINTS, -1)) if np.ndim(v) > 1 else np.broadcast_to(v, (POINTS,))[:, None]
            place = 0 if name in SYMMETRIC else i
            part = flat @ (0.3 + np.modf(seed + 0.618 * (place + 1) + 0.414 * np.arange(flat.shape[1]))[0])
            total = total + part + part**2 / 7
        value = np.sqrt(1 + total**2)
        if isinstance(e, (sp.Indexed, AppliedUndef)) and not e.is_extended_real:
            value = value * np.exp(1j * total)
        if not getattr(e, "is_Matrix", False):
            return value
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        return np.multiply.outer(value, rng.normal(size=self.shape(e))) + rng.normal(size=self.shape(e))

    def shape(self, e: Any) -> tuple[int, int]:
        """Small sizes in place of symbolic or large ones, the same for the same size."""
        for d in e.shape:
            self.sizes.setdefault(d, int(d) if d.is_Integer and d <= 6 else 2 + len(self.sizes) % 3)
        return self.sizes[e.shape[0]], self.sizes[e.shape[1]]

    def series(self, e: Any) -> Any:
        raise Unknown("a sum is compared by its summand and its ends")

    def indexed(self, e: Any) -> Any:
        raise Unknown("an entry is compared by its indices")

    def matrix(self, e: Any) -> Any:
        """A number is a multiple of the identity in products of matrices."""
        v = self(e)
        return v if np.ndim(v) == 3 else np.broadcast_to(v, (POINTS,))[:, None, None]


@functools.cache
def draw(symbol: Any) -> Any:
    """Random values that obey the symbol's assumptions on reality, sign and integers, fixed by its name."""
    rng = np.random.default_rng(zlib.crc32(symbol.name.encode()))
    if symbol.is_integer:
        values = rng.integers(2, 13, POINTS).astype(float)
    else:
        values = np.where(np.arange(POINTS) % 2, rng.uniform(0.05, 0.95, POINTS), rng.uniform(0.3, 3, POINTS))
        if symbol.is_extended_real and not symbol.is_nonnegative:
            values *= rng.choice([-1, 1], POINTS)
    if not symbol.is_extended_real:
        return values * np.exp(1j * rng.uniform(-3, 3, POINTS))
    return -values if symbol.is_nonpositive else values


def _symbol(values: Values, e: Any) -> Any:
    shape = values.shape(e)
    return np.random.default_rng(zlib.crc32(e.name.encode())).normal(size=(POINTS, *shape))


def _product(values: Values, e: Any) -> Any:
    total = np.broadcast_to(1.0, (POINTS, 1, 1))
    for a in e.args:
        v = values.matrix(a)
        total = total * v if v.shape[1:] == (1, 1) or total.shape[1:] == (1, 1) else total @ v
    return total


def _power(values: Values, e: Any) -> Any:
    if not e.exp.is_Integer:
        raise Unknown("a power of a matrix")
    return np.linalg.matrix_power(values(e.base), int(e.exp))


MATRIX_RULES: dict[Any, Any] = {
    sp.MatrixSymbol: _symbol, sp.MatMul: _product, sp.MatPow: _power,
    sp.MatAdd: lambda values, e: sum(values.matrix(a) for a in e.args),
    sp.Transpose: lambda values, e: np.swapaxes(values(e.arg), 1, 2),
    sp.Inverse: lambda values, e: np.linalg.inv(values(e.arg)),
    sp.Trace: lambda values, e: np.trace(values(e.arg), axis1=1, axis2=2),
    sp.Determinant: lambda values, e: np.linalg.det(values(e.arg)),
    sp.Identity: lambda values, e: np.stack([np.eye(values.shape(e)[0])] * POINTS),
    sp.ZeroMatrix: lambda values, e: np.zeros((POINTS, *values.shape(e))),
    sp.OneMatrix: lambda values, e: np.ones((POINTS, *values.shape(e))),
}
