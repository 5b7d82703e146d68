"""Where a claim is measured: domains as lists of exact points, and candidates evaluated there.

>>> import sympy as sp
>>> s = sp.Symbol(r"\\sigma", positive=True)
>>> points({s: [sp.Rational(1, 2), 2]})
[{\\sigma: 1/2}, {\\sigma: 2}]
>>> keyword(s), float(Evaluator(s**2)({s: sp.Rational(1, 2)}))
('sigma', 0.25)
"""

from __future__ import annotations

import functools
import itertools
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from ..errors import ClaimError
from ..say.evaluate import Arrays, Unknown
from .measurement import MeasurementError, NoFiniteValue
from ..prove.witness import free_symbols

MAX_POINTS = 64


@functools.lru_cache(maxsize=4096)
def keyword(symbol: Any) -> str:
    r"""The keyword under which a trial receives a symbol: its name without what an identifier cannot hold (``\bar\alpha_t`` → ``baralpha_t``)."""
    return re.sub(r"\W", "", str(symbol)).lstrip("0123456789")


def points(domain: Mapping[Any, Sequence[Any]] | Sequence[Mapping[Any, Any]] | None) -> list[dict[Any, Any]]:
    """The points of a domain: the grid of a dictionary of values, or the dictionaries of a list. No domain is one point without coordinates."""
    if domain is None:
        return [{}]
    if isinstance(domain, Mapping):
        if any(isinstance(v, (str, bytes)) or not hasattr(v, "__len__") for v in domain.values()):
            raise ClaimError("domain: expected {symbol: [values, …]}; found a value that is not a list")
        grid = [dict(zip(domain, combo)) for combo in itertools.product(*domain.values())]
    else:
        grid = [dict(p) for p in domain]
    out = [{k: sp.sympify(v) for k, v in p.items()} for p in grid]
    if not out:
        raise ClaimError("domain: it is empty; a claim that is measured nowhere is not measured")
    if len(out) > MAX_POINTS:
        raise ClaimError(f"domain: {len(out)} points; at most {MAX_POINTS} (use at= for arrays of inputs)")
    for p in out:
        for k, v in p.items():
            if isinstance(k, sp.Symbol) and v.is_number:
                for name in ("integer", "positive", "negative", "nonnegative", "real"):
                    if getattr(k, f"is_{name}") and getattr(v, f"is_{name}") is False:
                        raise ClaimError(f"domain: {k} is declared {name}, but a point has {k} = {v}")
    return out


def python_number(v: Any) -> Any:
    """An exact value as int, float or complex, for a trial."""
    if v.is_Integer:
        return int(v)
    if v.is_real:
        return float(v)
    if v.is_number:
        return complex(v)
    raise ClaimError(f"domain: {v} is not a number")


def keywords(point: Mapping[Any, Any]) -> dict[str, Any]:
    """The keyword arguments of a trial at a point."""
    return {keyword(k): python_number(v) for k, v in point.items()}


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


class Evaluator:
    """A candidate as a function of a point and of further arrays.

    Matrices give arrays of their shape, a ``Tuple`` of k formulas an array with first axis k. Raises :class:`MeasurementError` when a symbol
    has no value or the candidate has none.
    """

    def __init__(self, expr: Any, exact: bool = False, walks: dict[Any, Arrays] | None = None) -> None:
        self.walks = walks
        self.expr = sp.sympify(expr)
        if isinstance(self.expr, sp.MatrixExpr):
            self.expr = self.expr.doit().as_explicit()
        self.exact = exact
        labels = {i.base.label: i.base for i in self.expr.atoms(sp.Indexed)}
        self.symbols = sorted((free_symbols(self.expr) | set(labels)), key=str)
        self._names = [keyword(s) for s in self.symbols]
        self._arguments = [labels.get(s, s) for s in self.symbols]
        self._compiled: list[Any] | None = None

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
        at = {keyword(k): v for k, v in (at or {}).items()}
        by_name = {keyword(k): v for k, v in point.items()}
        missing = [s for s, name in zip(self.symbols, self._names) if name not in by_name and name not in at]
        if missing:
            raise MeasurementError(f"the candidate's symbol {missing[0]} has no value; add it to domain=, or return it by at= (keyword {keyword(missing[0])!r})")
        arrays = any(name in at for name in self._names)
        values = [at[name] if name in at else by_name[name] for name in self._names]
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

    def _one(self, i: int, values: list[Any], arrays: bool, key: Any = None) -> Any:
        if self.exact and not arrays:
            return self._by_sympy(i, values)
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
        floats = [float(v) if isinstance(v, int) else v.astype(float) if isinstance(v, np.ndarray) and v.dtype.kind in "iub" else v for v in numbers]
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
        """A walk over these values; with ``walks``, the one that other mutants used at this point, so that shared subtrees are computed once."""
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
        except Exception:  # noqa: BLE001
            raise NoFiniteValue(f"the candidate has no numerical value: {str(v)[:80]}") from None
        if not np.isfinite(z):
            raise NoFiniteValue("the candidate is NaN or infinite at this point")
        return z.real if z.imag == 0 else z
