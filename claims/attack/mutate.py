"""Mutants: a formula changed in one place, in the ways in which printed formulas of this field have been wrong.

>>> from sympy import symbols
>>> t, s = symbols("t s", positive=True)
>>> sorted({m.operator for m in mutants(1 + t*s**2)})
['add a term', 'constant factor', 'drop a factor', 'drop a term', 'exponent', 'flip a sign', 'reciprocal', 'square for root', 'swap symbols']
>>> [str(m.expr) for m in mutants(1 + t*s**2) if m.operator == "drop a term"]
['s**2*t', '1']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

LIMIT = 48
"""At most this many mutants of one candidate are tried, taken in turn from every operator, so that none goes without."""


@dataclass(frozen=True)
class Mutant:
    """A changed formula and the operator that changed it."""

    operator: str
    expr: Any


_log1p = sp.Lambda(sp.Symbol("u"), sp.log(1 + sp.Symbol("u")))
NEIGHBOURS: dict[Any, Callable[..., Any]] = {
    sp.sin: sp.cos, sp.cos: sp.sin, sp.tan: sp.cot, sp.sinh: sp.cosh, sp.cosh: sp.sinh, sp.tanh: sp.tan, sp.sech: sp.sec,
    sp.asin: sp.acos, sp.acos: sp.asin, sp.atan: sp.acot, sp.atanh: sp.atan,
    sp.exp: lambda u: sp.exp(-u), sp.log: _log1p, sp.Max: sp.Min, sp.Min: sp.Max,
    sp.floor: sp.ceiling, sp.ceiling: sp.floor, sp.erf: sp.erfc, sp.erfc: sp.erf, sp.re: sp.im, sp.im: sp.re,
    sp.conjugate: lambda u: u, sp.Abs: lambda u: u, sp.Ci: sp.Si, sp.Si: sp.Ci, sp.sign: lambda u: -sp.sign(u),
    sp.gamma: lambda u: sp.gamma(u + 1), sp.factorial: lambda u: sp.factorial(u + 1), sp.harmonic: lambda u, *r: sp.harmonic(u + 1, *r),
}


def _kind(s: sp.Symbol) -> tuple[Any, ...]:
    return tuple(bool(getattr(s, f"is_{a}")) for a in ("integer", "real", "commutative"))


def _node(e: Any) -> Iterator[tuple[str, Any]]:
    """Every change of this very node (not of its children)."""
    if isinstance(e, sp.Add):
        for i, term in enumerate(e.args):
            rest = e.args[:i] + e.args[i + 1:]
            yield "flip a sign", sp.Add(*rest, -term)
            yield "drop a term", sp.Add(*rest)
    if isinstance(e, sp.Mul):
        numerator, denominator = sp.fraction(e)
        for i, factor in enumerate(e.args):
            rest = e.args[:i] + e.args[i + 1:]
            if factor.is_number and isinstance(factor, sp.Rational):
                if factor != -1 and factor.is_commutative:
                    yield "constant factor", sp.Mul(*rest)
            elif factor.is_commutative:
                yield "drop a factor", sp.Mul(*rest)
            if isinstance(factor, sp.Add):
                # a(b + c) printed as ab + c
                first, *others = factor.args
                yield "parenthesis", sp.Add(sp.Mul(*rest, first), *others)
                last = factor.args[-1]
                yield "parenthesis", sp.Add(*factor.args[:-1], sp.Mul(*rest, last))
        if denominator != 1 and not denominator.is_number and not numerator.is_number and e.is_commutative:
            yield "swap roles", denominator / numerator
    if isinstance(e, sp.MatMul) and len([a for a in e.args if a.is_Matrix]) > 1:
        parts = list(e.args)
        for i in range(len(parts) - 1):
            swapped = parts[:i] + [parts[i + 1], parts[i]] + parts[i + 2:]
            try:
                yield "reorder a product", sp.MatMul(*swapped)
            except sp.ShapeError:
                pass
    if isinstance(e, sp.Pow) or isinstance(e, sp.exp):
        base, power = (e.base, e.exp) if isinstance(e, sp.Pow) else (sp.E, e.exp)
        if isinstance(e, sp.Pow) and not base.is_number:
            yield "exponent", base ** (power + 1)
            yield "exponent", base ** (power - 1)
            if power == sp.Rational(1, 2):
                yield "square for root", base**2
            elif power == 2:
                yield "square for root", sp.sqrt(base)
        if power != -1 or not base.is_number:
            yield "reciprocal", base ** (-power)
    if isinstance(e, (sp.Sum, sp.Product, sp.Integral)):
        discrete = not isinstance(e, sp.Integral)
        for i, limit in enumerate(e.limits):
            if len(limit) != 3:
                continue
            variable, low, high = limit
            for new in ((variable, low + 1, high), (variable, low - 1, high), (variable, low, high + 1), (variable, low, high - 1)):
                if discrete and not (new[1] in (-sp.oo, low) and new[2] in (sp.oo, high) and (new[1], new[2]) == (low, high)):
                    yield "range off by one", e.func(e.function, *e.limits[:i], new, *e.limits[i + 1:])
    if isinstance(e, sp.Transpose):
        yield "transpose", e.arg
    if isinstance(e, sp.MatrixSymbol) and e.shape[0] == e.shape[1]:
        yield "transpose", e.T
    if isinstance(e, sp.MatrixBase):
        if e.shape[0] == e.shape[1] and e != e.T:
            yield "transpose", e.T
        if e.shape[0] > 1:
            yield "swap roles", e.permute_rows([[0, e.shape[0] - 1]])
    if isinstance(e, sp.Piecewise) and len(e.args) > 1:
        (first, c1), (second, c2), *more = [(a.expr, a.cond) for a in e.args]
        yield "swap roles", sp.Piecewise((second, c1), (first, c2), *more)
    if isinstance(e, sp.Basic) and e.func in NEIGHBOURS:
        yield "neighbouring function", NEIGHBOURS[e.func](*e.args)
    if isinstance(e, sp.Indexed):
        for i, a in enumerate(e.indices):
            yield "off by one", e.base[(*e.indices[:i], a + 1, *e.indices[i + 1:])]
            yield "off by one", e.base[(*e.indices[:i], a - 1, *e.indices[i + 1:])]
    if isinstance(e, AppliedUndef) and any(a.is_integer for a in e.args):
        for i, a in enumerate(e.args):
            if a.is_integer:
                yield "off by one", e.func(*e.args[:i], a + 1, *e.args[i + 1:])
                yield "off by one", e.func(*e.args[:i], a - 1, *e.args[i + 1:])
    if isinstance(e, sp.Integer) and 1 < abs(e) <= 12:
        yield "off by one", e + 1
        yield "off by one", e - 1
    if isinstance(e, sp.Rational) and not e.is_integer:
        yield "swap roles", 1 / e
        yield "constant factor", e * 2
    if e is sp.pi:
        yield "constant factor", sp.Integer(1)
        yield "constant factor", 2 * sp.pi
    if isinstance(e, sp.Symbol) and e.is_integer:
        yield "off by one", e + 1
        yield "off by one", e - 1


def _frozen(e: Any) -> bool:
    """Nodes whose inside is left alone: exponents' integers are changed by the exponent operator, bound variables not at all."""
    return isinstance(e, (sp.Symbol, sp.MatrixSymbol, sp.Indexed)) or e.is_Atom


def _walk(e: Any) -> Iterator[tuple[str, Any]]:
    yield from _node(e)
    if _frozen(e):
        return
    if isinstance(e, sp.MatrixBase):
        for index, entry in enumerate(e):
            if entry != 0:
                yield "flip a sign", _with_entry(e, index, -entry)
            for name, changed in _walk(entry):
                yield name, _with_entry(e, index, changed)
        return
    if isinstance(e, (sp.Sum, sp.Product, sp.Integral)):
        for name, changed in _walk(e.function):
            yield name, _rebuild(e, changed, *e.limits)
        return
    if isinstance(e, sp.Piecewise):
        for i, (value, condition) in enumerate(e.args):
            for name, changed in _walk(value):
                yield name, sp.Piecewise(*e.args[:i], (changed, condition), *e.args[i + 1:])
        return
    if isinstance(e, (sp.Derivative, sp.Subs, sp.Lambda)) or (isinstance(e, sp.Basic) and e.is_Boolean):
        return
    for i, child in enumerate(e.args):
        if isinstance(e, sp.Pow) and i == 1 and isinstance(child, sp.Rational):
            continue
        if isinstance(e, AppliedUndef) and child.is_integer:
            continue
        if isinstance(e, sp.Mul) and child.is_Rational and child in (-1,):
            continue
        for name, changed in _walk(child):
            yield name, _rebuild(e, *e.args[:i], changed, *e.args[i + 1:])


def _rebuild(e: Any, *args: Any) -> Any:
    """``e`` with other arguments; ``None`` where SymPy refuses (such a formula could not be printed either)."""
    try:
        return e.func(*args)
    except (ValueError, TypeError, sp.ShapeError, NotImplementedError):
        return None


def _with_entry(m: sp.MatrixBase, index: int, value: Any) -> sp.MatrixBase | None:
    if value is None:
        return None
    out = m.as_mutable()
    out[index // m.shape[1], index % m.shape[1]] = value
    return out.as_immutable()


def _whole(e: Any) -> Iterator[tuple[str, Any]]:
    """Changes of the formula as a whole."""
    parts = isinstance(e, sp.Tuple)
    if parts:
        for i, part in enumerate(e):
            for name, changed in _whole(part):
                yield name, sp.Tuple(*e[:i], changed, *e[i + 1:])
        if len(e) == 2:
            yield "swap roles", sp.Tuple(e[1], e[0])
        return
    yield "flip a sign", -e
    yield "constant factor", 2 * e
    yield "constant factor", e / 2
    if e.is_Matrix:
        yield from _walk(e)
        yield from _swaps(e)
        return
    if not isinstance(e, sp.Add) or len(e.args) > 1:
        yield "add a term", e + 1
    yield from _walk(e)
    yield from _swaps(e)


def _swaps(e: Any) -> Iterator[tuple[str, Any]]:
    labels = {i.base.label for i in e.atoms(sp.Indexed)}
    symbols = sorted((s for s in e.free_symbols if isinstance(s, (sp.Symbol, sp.MatrixSymbol)) and s not in labels), key=str)
    for i, a in enumerate(symbols):
        for b in symbols[i + 1:]:
            same_shape = getattr(a, "shape", None) == getattr(b, "shape", None)
            if same_shape and _kind(a) == _kind(b):
                yield "swap symbols", e.xreplace({a: b, b: a})


def mutants(candidate: Any, limit: int = LIMIT) -> list[Mutant]:
    """All distinct mutants of ``candidate`` (SymPy expression, matrix or Tuple), at most ``limit`` of them.

    Equal formulas are removed by structure; whether a mutant is *equivalent* to the candidate is decided later, by proof.
    """
    candidate = sp.sympify(candidate)
    if isinstance(candidate, sp.MatrixBase):
        candidate = candidate.as_immutable()
    seen = {candidate}
    by_operator: dict[str, list[Mutant]] = {}
    for name, changed in _whole(candidate):
        if changed is None or changed in seen or changed.has(sp.nan, sp.zoo):
            continue
        seen.add(changed)
        by_operator.setdefault(name, []).append(Mutant(name, changed))
    out: list[Mutant] = []
    round_ = 0
    while len(out) < limit and any(len(v) > round_ for v in by_operator.values()):
        out += [v[round_] for v in by_operator.values() if len(v) > round_]
        round_ += 1
    return out[:limit]
