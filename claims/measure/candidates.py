"""Candidates evaluated at points and at measured arrays.

>>> x = sp.Symbol("x", positive=True)
>>> float(Evaluator(x**2)({x: sp.Rational(1, 2)})), Evaluator(x**2)({}, {"x": np.array([1.0, 3.0])}).tolist()
(0.25, [1.0, 9.0])
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from ..errors import ClaimError
from ..prove.witness import free_symbols
from ..say.evaluate import Arrays, Unknown
from ..say.leaves import needs_samples
from ..say.run import Samples
from .base import MeasurementError, NoFiniteValue
from .keywords import keyword, long_keyword
from .precise import refined


def python_number(v: Any) -> Any:
    """An exact value as int, float or complex, for a trial."""
    if v.is_Integer:
        return int(v)
    if v.is_real:
        return float(v)
    if v.is_number:
        return complex(v)
    raise ClaimError(f"domain: {v} is not a number")


class _Indexed:
    """Values of an indexed quantity; an index outside the array is an error (NumPy would count from the end)."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)

    def __getitem__(self, i: Any) -> Any:
        index = i if isinstance(i, tuple) else (i,)
        for k, size in zip(index, self.values.shape):
            if not 0 <= k < size:
                raise MeasurementError(f"index {k} is outside the {size} measured values")
        return self.values[tuple(int(k) for k in index)]


def _agree(measured: Any, exact: Any) -> bool:
    """Whether measured values of a symbol repeat its value at the point."""
    try:
        return bool(np.allclose(np.asarray(measured), python_number(exact), rtol=1e-12, atol=1e-12))
    except (TypeError, ValueError):
        return False


class Evaluator:
    """A candidate as a function of a point and of further arrays.

    Matrices give arrays of their shape, a ``Tuple`` of k formulas an array with first axis k. Raises
    :class:`MeasurementError` when a symbol has no value or the candidate has none. ``exact``: the values have enough
    digits that a true formula is not refuted by its own rounding.
    """

    def __init__(self, expr: Any, exact: bool = False, walks: dict[Any, Arrays] | None = None) -> None:
        self.walks = walks
        self.expr = sp.sympify(expr)
        if isinstance(self.expr, sp.MatrixExpr):
            self.expr = self.expr.doit().as_explicit()
        self.exact = exact
        labels = {i.base.label: i.base for i in self.expr.atoms(sp.Indexed)}
        self.symbols = sorted((free_symbols(self.expr) | set(labels)), key=str)
        self._names = [(str(s), keyword(s), long_keyword(s)) for s in self.symbols]
        self._shared = {name for name, n in Counter(short for _, short, _ in self._names).items() if n > 1}
        self._arguments = [labels.get(s, s) for s in self.symbols]
        self._compiled: list[Any] | None = None
        self._needs: dict[Any, bool] = {}

    def needs_samples(self, candidate: Any, on: Samples) -> bool:
        """Whether the candidate holds more than the numbers of these samples; the same for all points of a claim."""
        key = (frozenset(on.arrays), id(on.meanings))
        if key not in self._needs:
            self._needs[key] = needs_samples(candidate, on.arrays, on.meanings)
        return self._needs[key]

    def _parts(self) -> list[Any]:
        if isinstance(self.expr, (sp.Tuple, sp.MatrixBase)):
            return list(self.expr)
        return [self.expr]

    def _compile(self) -> list[Any]:
        if self._compiled is None:
            self._compiled = []
            for part in self._parts():
                try:
                    self._compiled.append(sp.lambdify(self._arguments, part, modules=["scipy", "numpy"], cse=False))
                except Exception:  # noqa: BLE001 - no printer for it: the exact path remains
                    self._compiled.append(None)
        return self._compiled

    def __call__(self, point: Mapping[Any, Any], at: Mapping[str, Any] | None = None) -> Any:
        key = (id(point), id(at))
        at = {k if isinstance(k, str) and k.isidentifier() else keyword(k): v for k, v in (at or {}).items()}
        by_name = {str(k): v for k, v in point.items()}
        held = {keyword(k): str(k) for k in point}
        found = [self._value(names, by_name, held, at) for names in self._names]
        values, arrays = [v for v, _ in found], any(measured for _, measured in found)
        out = [self._one(i, values, arrays, key) for i in range(len(self._parts()))]
        if isinstance(self.expr, (sp.Tuple, sp.MatrixBase)):
            try:
                stacked = np.stack(np.broadcast_arrays(*[np.asarray(o) for o in out]))
            except ValueError as problem:
                raise MeasurementError(f"the components of the candidate have different shapes: {problem}") from None
            if isinstance(self.expr, sp.MatrixBase):
                rows, columns = self.expr.shape
                shape = (rows,) if columns == 1 else (columns,) if rows == 1 else (rows, columns)
                stacked = stacked.reshape(*shape, *stacked.shape[1:])
            return stacked
        return out[0]

    def _value(
        self, names: tuple[str, str, str], by_name: Mapping[str, Any], held: Mapping[str, str], at: Mapping[str, Any]
    ) -> tuple[Any, bool]:
        """The value of a symbol, and whether it was measured (``at``): by its long keyword, or by the short one where
        no other symbol has it."""
        name, short, long = names
        used = long if long in at else short if short in at else None
        if used == short != long and (short in self._shared or held.get(short, name) != name):
            if name in by_name:
                return by_name[name], False
            others = {held.get(short, name), *(n for n, s, _ in self._names if s == short)} - {name}
            raise MeasurementError(
                f"the symbols {name} and {', '.join(sorted(others))} share the keyword {short!r}: return {name} by "
                f"at= as {long!r}"
            )
        if used == short == long and held.get(short, name) != name:
            used = None
        if used is not None and name in by_name and not _agree(at[used], by_name[name]):
            raise MeasurementError(
                f"at= gives {name} another value than the domain; the domain decides at which points a claim is "
                "measured"
            )
        if used is not None:
            return at[used], True
        if name in by_name:
            return by_name[name], False
        raise MeasurementError(
            f"the candidate's symbol {name} has no value; add it to domain=, or return it by at= (keyword "
            f"{long if short in self._shared else short!r})"
        )

    def _one(self, i: int, values: list[Any], arrays: bool, key: Any = None) -> Any:
        if self.exact and not arrays:
            return self._by_sympy(i, values)
        rough = self._floats(i, values, arrays, key)
        return self._refined(i, values, rough) if self.exact else rough

    def _refined(self, i: int, values: list[Any], rough: Any) -> Any:
        """The values of a part at arrays, with enough digits."""
        exact = {s: v for s, v in zip(self.symbols, values) if isinstance(v, sp.Basic)}
        numbers = {
            s: np.asarray(python_number(v) if isinstance(v, sp.Basic) else v) for s, v in zip(self.symbols, values)
        }
        numbers = {s: v.astype(complex if np.iscomplexobj(v) else float)[()] for s, v in numbers.items()}
        return refined(self._parts()[i], numbers, rough, exact)

    def _floats(self, i: int, values: list[Any], arrays: bool, key: Any) -> Any:
        walk = self._walk(values, key)
        if walk is not None:
            try:
                with np.errstate(all="ignore"):
                    result = walk(self._parts()[i])
                if np.all(np.isfinite(result)):
                    return result
            except (Unknown, TypeError, ValueError, ZeroDivisionError, OverflowError):
                pass
        f = self._compile()[i]
        numbers = [np.asarray(v) if not isinstance(v, sp.Basic) else python_number(v) for v in values]
        if any(s != a for s, a in zip(self.symbols, self._arguments)):
            numbers = [n if s == a else _Indexed(n) for n, s, a in zip(numbers, self.symbols, self._arguments)]
        floats = [
            float(v)
            if isinstance(v, int)
            else v.astype(float)
            if isinstance(v, np.ndarray) and v.dtype.kind in "iub"
            else v
            for v in numbers
        ]
        if f is not None:
            for arguments in (floats, numbers):
                try:
                    with warnings.catch_warnings(), np.errstate(all="ignore"):
                        warnings.simplefilter("ignore")
                        result = f(*arguments)
                        if np.asarray(result).dtype.kind in "biufc" and np.all(np.isfinite(result)):
                            return result
                except Exception:  # noqa: BLE001 - try the next way
                    continue
        if arrays:
            raise NoFiniteValue("the candidate has no finite value at the measured inputs")
        return self._by_sympy(i, values)

    def _walk(self, values: list[Any], key: Any) -> Arrays | None:
        """A walk over these values; with ``walks``, the one that other mutants used at this point, so that shared
        subtrees are computed once."""
        walk = Arrays({}) if self.walks is None else self.walks.setdefault(key, Arrays({}))
        for s, v in zip(self.symbols, values):
            if s not in walk.memory:
                n = np.asarray(python_number(v) if isinstance(v, sp.Basic) else v)
                walk.memory[s] = n.astype(complex if np.iscomplexobj(n) else float)[()]
        return walk

    def _by_sympy(self, i: int, values: list[Any]) -> complex | float:
        part = self._parts()[i]
        v = part.xreplace(dict(zip(self.symbols, values)))
        try:
            v = sp.N(v.doit() if v.has(sp.Sum, sp.Product, sp.Integral, sp.Limit, sp.Derivative) else v, 17)
            z = complex(v)
        except Exception:  # noqa: BLE001 - SymPy may raise anything; no value is never a pass
            raise NoFiniteValue(f"the candidate has no numerical value: {str(v)[:80]}") from None
        if not np.isfinite(z):
            raise NoFiniteValue("the candidate is NaN or infinite at this point")
        return z.real if z.imag == 0 else z
