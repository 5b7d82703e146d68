"""Formulas evaluated by walking their tree, with float64 arrays or with 30-digit numbers.

Mutants share most of their tree with the formula, and a chapter evaluates thousands of them: a walk that remembers
subtrees costs a tenth of compiling each one. A node that the walk does not know raises :class:`Unknown`; callers then
take SymPy's own, slower way.

>>> import sympy as sp
>>> x = sp.Symbol("x")
>>> float(Arrays({x: 2.0})(sp.sqrt(x) * sp.sin(x)**2 + 1) - (2**0.5 * np.sin(2.0)**2 + 1))
0.0
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Mapping
from typing import Any

import mpmath
import numpy as np
import sympy as sp
from scipy import special
from sympy.core.function import AppliedUndef

from .tree import MAX_TERMS, Tree, Unknown  # noqa: F401 - part of this module's surface
def _free(e: Any, memory: Mapping[Any, Any]) -> dict[Any, Any]:
    # Indexed entries count as free symbols too, and those of the bound index have other values inside
    return {s: memory[s] for s in e.free_symbols if isinstance(s, (sp.Symbol, sp.MatrixSymbol)) and s in memory}


def _unknown(what: str) -> Any:
    raise Unknown(what)


def _whole(u: Any, round_: Any) -> Any:
    """Floor or ceiling; unknown where the digits do not tell the side of an integer."""
    u = mpmath.mpmathify(u)
    if (mpmath.im(u)
        or (not mpmath.isint(u) and abs(u - mpmath.nint(mpmath.re(u))) < mpmath.mpf(10) ** -18 * (1 + abs(u)))):
        raise Unknown("a rounded number next to an integer")
    return round_(mpmath.re(u))


def _sign(u: Any) -> Any:
    if u and abs(u) < mpmath.mpf(10) ** -18:
        raise Unknown("the sign of a number next to 0")
    return mpmath.sign(u)


def _extreme(choose: Any) -> Any:
    def apply(*u: Any) -> Any:
        if any(mpmath.im(x) for x in u):
            raise Unknown("an order of complex numbers")
        return choose(mpmath.re(x) for x in u)
    return apply


def arbitrary(entry: Any) -> Any:
    """A rational value for an entry of an indexed quantity, fixed by its name and index, of its declared sign; with an
    imaginary part if it is declared complex."""
    seed = zlib.crc32(str(entry).encode())
    r = sp.Rational(seed % 997 - 498, 211)
    if entry.is_complex and entry.is_real is None:
        return r + sp.I * sp.Rational(seed % 991 - 495, 217)
    return abs(r) + sp.Rational(1, 7) if entry.is_nonnegative else r


def _np_power(base: Any, exponent: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.power(base, exponent)


def whole_power(base: Any, exponent: int) -> Any:
    """A positive whole power by multiplication: NumPy's own, from the third power on, costs ten times as much.

    >>> whole_power(np.array([2.0, -3.0]), 5)
    array([  32., -243.])
    """
    if exponent <= 2 or not isinstance(base, np.ndarray):
        return base**exponent
    half = whole_power(base, exponent // 2)
    square = half * half
    return square * base if exponent % 2 else square


def _digamma_sum(u: Any) -> Any:
    return special.digamma(np.asarray(u) + 1) + np.euler_gamma


class Arrays(Tree):
    """float64 (or complex128) values, elementwise over arrays; NaN where a real formula has no real value."""

    functions = {
        sp.exp: np.exp, sp.log: np.log, sp.sin: np.sin, sp.cos: np.cos, sp.tan: np.tan, sp.sinh: np.sinh,
        sp.cosh: np.cosh, sp.tanh: np.tanh,
        sp.asin: np.arcsin, sp.acos: np.arccos, sp.atan: np.arctan, sp.atanh: np.arctanh, sp.asinh: np.arcsinh,
        sp.acosh: np.arccosh,
        sp.Abs: np.abs, sp.floor: np.floor, sp.ceiling: np.ceil, sp.sign: np.sign, sp.re: np.real, sp.im: np.imag,
        sp.conjugate: np.conjugate,
        sp.frac: lambda u: u - np.floor(u), sp.Mod: np.mod,
        sp.KroneckerDelta: lambda i, j, *_: np.equal(i, j).astype(float),
        sp.sech: lambda u: 1 / np.cosh(u), sp.sec: lambda u: 1 / np.cos(u), sp.cot: lambda u: 1 / np.tan(u),
        sp.Max: lambda *u: functools.reduce(np.maximum, u), sp.Min: lambda *u: functools.reduce(np.minimum, u),
        sp.gamma: special.gamma, sp.loggamma: special.loggamma, sp.polygamma: special.polygamma, sp.erf: special.erf,
        sp.erfc: special.erfc,
        sp.factorial: lambda u: special.gamma(u + 1), sp.binomial: special.binom, sp.Ci: lambda u: special.sici(u)[1],
        sp.Si: lambda u: special.sici(u)[0],
        sp.harmonic: lambda u, *order: _digamma_sum(u) if not order else _unknown("harmonic of another order"),
        sp.besselj: special.jv, sp.besseli: special.iv, sp.bessely: special.yv, sp.besselk: special.kv,
        sp.beta: lambda a, b, *_: special.beta(a, b), sp.digamma: special.digamma, sp.erfinv: special.erfinv,
        sp.erfi: special.erfi,
        sp.Ei: special.expi, sp.atan2: np.arctan2,
        sp.LambertW: lambda u, *branch: special.lambertw(u).real if not branch else _unknown("a branch"),
        sp.lowergamma: lambda s, u: special.gammainc(s, u) * special.gamma(s),
        sp.uppergamma: lambda s, u: special.gammaincc(s, u) * special.gamma(s),
        sp.zeta: lambda u, *a: special.zeta(u)
        if not a and np.all(np.real(u) > 1) else _unknown("zeta outside its series"),
    }

    def number(self, e: Any) -> Any:
        return 1j if e is sp.I else float(e)

    def power(self, base: Any, exponent: Any, e: Any) -> Any:
        if e.exp == sp.Rational(1, 2):
            return np.sqrt(base)
        if e.exp.is_Integer and abs(e.exp) <= 64:
            return whole_power(base, int(e.exp)) if e.exp > 0 else 1 / whole_power(base, int(-e.exp))
        return _np_power(base, exponent)

    def inner(self, environment: Mapping[Any, Any]) -> Arrays:
        """The walk over the terms of a sum."""
        return Arrays(environment)

    def series(self, e: Any) -> Any:
        symbol, low, high, body = self.limits(e)
        values = _free(e, self.memory)
        labels = {i.base.label for i in e.atoms(sp.Indexed)}
        if any(np.ndim(v) for s, v in values.items() if s not in labels):
            raise Unknown("a sum over arrays")
        terms = np.broadcast_to(self.inner(values | {symbol: np.arange(low, high + 1.0)})(body), high - low + 1)
        return terms.sum() if isinstance(e, sp.Sum) else terms.prod()

    def indexed(self, e: Any) -> Any:
        values = self.memory.get(e.base.label)
        at = tuple(np.asarray(self(i)) for i in e.indices)
        if (values is None or np.ndim(values) != len(at)
            or any(np.any(i != np.round(i)) or np.any(i < 0) or np.any(i >= size)
                   for i, size in zip(at, np.shape(values)))):
            raise Unknown("an index outside the values")
        return np.asarray(values)[tuple(i.astype(int) for i in at)]


class Digits(Tree):
    """30-digit complex values; ``largest`` is the largest summand met, against which cancellation is judged."""

    functions = {
        sp.exp: mpmath.exp, sp.log: mpmath.log, sp.sin: mpmath.sin, sp.cos: mpmath.cos, sp.tan: mpmath.tan,
        sp.sinh: mpmath.sinh, sp.cosh: mpmath.cosh,
        sp.tanh: mpmath.tanh, sp.asin: mpmath.asin, sp.acos: mpmath.acos, sp.atan: mpmath.atan, sp.atanh: mpmath.atanh,
        sp.asinh: mpmath.asinh, sp.acosh: mpmath.acosh,
        sp.Abs: abs, sp.re: mpmath.re, sp.im: mpmath.im, sp.conjugate: mpmath.conj, sp.gamma: mpmath.gamma,
        sp.erf: mpmath.erf, sp.erfc: mpmath.erfc,
        sp.sech: mpmath.sech, sp.sec: mpmath.sec, sp.cot: mpmath.cot, sp.Ci: mpmath.ci, sp.Si: mpmath.si,
        sp.polygamma: lambda m, u: mpmath.psi(int(m), u),
        sp.loggamma: mpmath.loggamma, sp.factorial: mpmath.factorial, sp.Max: _extreme(max), sp.Min: _extreme(min),
        sp.sign: _sign,
        sp.frac: lambda u: u - _whole(u, mpmath.floor), sp.Mod: lambda u, c: u - c * _whole(u / c, mpmath.floor),
        sp.floor: lambda u: _whole(u, mpmath.floor), sp.ceiling: lambda u: _whole(u, mpmath.ceil),
        sp.binomial: mpmath.binomial,
        sp.harmonic: lambda u, *order: mpmath.harmonic(u) if not order else _unknown("harmonic of another order"),
        sp.digamma: mpmath.digamma,
        sp.besselj: mpmath.besselj, sp.besseli: mpmath.besseli, sp.bessely: mpmath.bessely, sp.besselk: mpmath.besselk,
        sp.beta: lambda a, b, *_: mpmath.beta(a, b), sp.zeta: mpmath.zeta, sp.erfinv: mpmath.erfinv,
        sp.erfi: mpmath.erfi,
        sp.Ei: mpmath.ei, sp.atan2: mpmath.atan2, sp.LambertW: mpmath.lambertw,
        sp.lowergamma: lambda s, u: mpmath.gammainc(s, 0, u), sp.uppergamma: lambda s, u: mpmath.gammainc(s, u),
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
        if e.is_number and not e.is_Number:
            return self._node(e)
        raise Unknown(str(e))

    def add(self, parts: list[Any]) -> Any:
        self.largest = max(self.largest, *(abs(p) for p in parts))
        return super().add(parts)

    def inner(self, environment: Mapping[Any, Any]) -> Digits:
        """The walk over the terms of a sum."""
        return Digits(environment)

    def series(self, e: Any) -> Any:
        symbol, low, high, body = self.limits(e)
        total = mpmath.mpf(1 if isinstance(e, sp.Product) else 0)
        inner = self.inner({})
        for k in range(low, high + 1):
            inner.memory = _free(e, self.memory) | {symbol: mpmath.mpf(k)}
            term = inner(body)
            total = total + term if isinstance(e, sp.Sum) else total * term
            self.largest = max(self.largest, inner.largest, abs(term))
        return total

    def indexed(self, e: Any) -> Any:
        """Arbitrary values that differ between indices, the same wherever the same entry occurs."""
        at = [mpmath.mpmathify(self(i)) for i in e.indices]
        if any(mpmath.im(i) != 0 or not mpmath.isint(mpmath.re(i)) for i in at):
            raise Unknown("an index that is not whole")
        return self.number(arbitrary(e.func(e.base, *[int(mpmath.re(i)) for i in at])))

    def power(self, base: Any, exponent: Any, e: Any) -> Any:
        if base == 0 and mpmath.re(exponent) < 0:
            raise ZeroDivisionError
        return mpmath.power(base, int(e.exp)) if e.exp.is_Integer else mpmath.power(base, exponent)


class Members(Digits):
    """Digits in which undefined functions have arbitrary values at every argument, the same wherever they meet it."""

    salt = 0

    @classmethod
    def rule(cls, e: Any) -> Any:
        return cls.applied if isinstance(e, AppliedUndef) else super().rule(e)

    def applied(self, e: Any) -> Any:
        """A value fixed by the name, the arguments to 20 digits, and the salt; of the sign that was declared."""
        at = ", ".join(mpmath.nstr(self(x), 20) for x in e.args)
        seed = zlib.crc32(f"{e.func.__name__} {at} {self.salt}".encode())
        size = mpmath.mpf(seed % 997 - 498) / 211
        if e.is_complex and e.is_real is None:
            return mpmath.mpc(size, mpmath.mpf(seed % 991 - 495) / 217)
        if e.is_nonnegative or e.is_nonpositive:
            return (abs(size) + mpmath.mpf(1) / 7) * (1 if e.is_nonnegative else -1)
        return size

    def inner(self, environment: Mapping[Any, Any]) -> Digits:
        out = type(self)(environment)
        out.salt = self.salt
        return out


def digits(e: Any, point: Mapping[Any, Any], precision: int = 30, salt: int | None = None) -> tuple[Any, Any] | None:
    """(value, largest summand) of ``e`` at an exact point, or ``None`` if the walk cannot evaluate it there. With a
    ``salt``, undefined functions have arbitrary values."""
    with mpmath.workdps(precision):
        try:
            walk = Digits(point) if salt is None else Members(point)
            if salt is not None:
                walk.salt = salt
            value = walk(e)
            if not mpmath.isfinite(value):
                return None
            return +value, walk.largest
        except (Unknown, ZeroDivisionError, OverflowError, ValueError, TypeError, mpmath.libmp.NoConvergence):
            return None
