"""Formulas evaluated by walking their tree, with float64 arrays or with 30-digit numbers.

Mutants share most of their tree with the formula, and a chapter evaluates thousands of them: a walk that remembers subtrees costs a tenth of compiling
each one. A node that the walk does not know raises :class:`Unknown`; callers then take SymPy's own, slower way.

>>> import sympy as sp
>>> x = sp.Symbol("x")
>>> float(Arrays({x: 2.0})(sp.sqrt(x) * sp.sin(x)**2 + 1) - (2**0.5 * np.sin(2.0)**2 + 1))
0.0
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
import numpy as np
import sympy as sp


class Unknown(Exception):
    """The walk has no rule for this node."""


class _Walk:
    """A walk with an environment (symbol → value) and a memory of subtrees."""

    functions: Mapping[Any, Any] = {}

    def __init__(self, environment: Mapping[Any, Any]) -> None:
        self.memory: dict[Any, Any] = dict(environment)

    def __call__(self, e: Any) -> Any:
        known = self.memory.get(e)
        if known is None:
            known = self.memory[e] = self._node(e)
        return known

    def number(self, e: Any) -> Any:
        raise NotImplementedError

    def power(self, base: Any, exponent: Any, e: Any) -> Any:
        return base**exponent

    def add(self, parts: list[Any]) -> Any:
        total = parts[0]
        for p in parts[1:]:
            total = total + p
        return total

    def _node(self, e: Any) -> Any:
        if e.is_Add:
            return self.add([self(a) for a in e.args])
        if e.is_Mul:
            product = self(e.args[0])
            for a in e.args[1:]:
                product = product * self(a)
            return product
        if e.is_Pow and not isinstance(e, sp.exp):
            return self.power(self(e.base), self(e.exp), e)
        if e.is_Number or e.is_NumberSymbol or e is sp.I:
            return self.number(e)
        rule = self.functions.get(e.func)
        if rule is None:
            raise Unknown(e.func.__name__)
        return rule(*[self(a) for a in e.args])


def _np_power(base: Any, exponent: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.power(base, exponent)


class Arrays(_Walk):
    """float64 (or complex128) values, elementwise over arrays; NaN where a real formula has no real value."""

    functions = {
        sp.exp: np.exp, sp.log: np.log, sp.sin: np.sin, sp.cos: np.cos, sp.tan: np.tan, sp.sinh: np.sinh, sp.cosh: np.cosh, sp.tanh: np.tanh,
        sp.asin: np.arcsin, sp.acos: np.arccos, sp.atan: np.arctan, sp.atanh: np.arctanh, sp.asinh: np.arcsinh, sp.acosh: np.arccosh,
        sp.Abs: np.abs, sp.floor: np.floor, sp.ceiling: np.ceil, sp.sign: np.sign, sp.re: np.real, sp.im: np.imag, sp.conjugate: np.conjugate,
        sp.sech: lambda u: 1 / np.cosh(u), sp.sec: lambda u: 1 / np.cos(u), sp.cot: lambda u: 1 / np.tan(u),
    }

    def number(self, e: Any) -> Any:
        return 1j if e is sp.I else float(e)

    def power(self, base: Any, exponent: Any, e: Any) -> Any:
        if e.exp == sp.Rational(1, 2):
            return np.sqrt(base)
        if e.exp.is_Integer and abs(e.exp) <= 64:
            return base ** int(e.exp) if e.exp > 0 else 1 / base ** int(-e.exp)
        return _np_power(base, exponent)


class Digits(_Walk):
    """30-digit complex values; ``largest`` is the largest summand met, against which cancellation is judged."""

    functions = {
        sp.exp: mpmath.exp, sp.log: mpmath.log, sp.sin: mpmath.sin, sp.cos: mpmath.cos, sp.tan: mpmath.tan, sp.sinh: mpmath.sinh, sp.cosh: mpmath.cosh,
        sp.tanh: mpmath.tanh, sp.asin: mpmath.asin, sp.acos: mpmath.acos, sp.atan: mpmath.atan, sp.atanh: mpmath.atanh, sp.asinh: mpmath.asinh, sp.acosh: mpmath.acosh,
        sp.Abs: abs, sp.re: mpmath.re, sp.im: mpmath.im, sp.conjugate: mpmath.conj, sp.gamma: mpmath.gamma, sp.erf: mpmath.erf, sp.erfc: mpmath.erfc,
        sp.sech: mpmath.sech, sp.sec: mpmath.sec, sp.cot: mpmath.cot, sp.Ci: mpmath.ci, sp.Si: mpmath.si, sp.digamma: lambda u: mpmath.psi(0, u),
        sp.loggamma: mpmath.loggamma, sp.factorial: mpmath.factorial,
    }

    def __init__(self, environment: Mapping[Any, Any]) -> None:
        super().__init__({})
        self.largest = mpmath.mpf(0)
        for s, v in environment.items():
            self.memory[s] = self.number(v)

    def number(self, e: Any) -> Any:
        e = sp.sympify(e)
        if e is sp.I:
            return mpmath.mpc(0, 1)
        if e.is_Rational:
            return mpmath.mpf(e.p) / e.q
        if e.is_NumberSymbol:
            return e._to_mpmath(mpmath.mp.prec)
        if e.is_number:
            return self._node(e)
        raise Unknown(str(e))

    def add(self, parts: list[Any]) -> Any:
        self.largest = max(self.largest, *(abs(p) for p in parts))
        return super().add(parts)

    def power(self, base: Any, exponent: Any, e: Any) -> Any:
        if base == 0 and mpmath.re(exponent) < 0:
            raise ZeroDivisionError
        return mpmath.power(base, int(e.exp)) if e.exp.is_Integer else mpmath.power(base, exponent)


def digits(e: Any, point: Mapping[Any, Any], precision: int = 30) -> tuple[Any, Any] | None:
    """(value, largest summand) of ``e`` at an exact point, or ``None`` if the walk cannot evaluate it there."""
    with mpmath.workdps(precision):
        try:
            walk = Digits(point)
            value = walk(e)
            if not mpmath.isfinite(value):
                return None
            return +value, walk.largest
        except (Unknown, ZeroDivisionError, OverflowError, ValueError, TypeError, mpmath.libmp.NoConvergence):
            return None
