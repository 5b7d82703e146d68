"""Where a claim is measured: domains as lists of exact points, and whether these points tell formulas apart.

>>> import sympy as sp
>>> s = sp.Symbol(r"\\sigma", positive=True)
>>> points({s: [sp.Rational(1, 2), 2]})
[{\\sigma: 1/2}, {\\sigma: 2}]
>>> keyword(s), float(Evaluator(s**2)({s: sp.Rational(1, 2)}))
('sigma', 0.25)
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from ..errors import ClaimError
from ..say.symbols import constraints
from .candidates import Evaluator, python_number
from .keywords import keyword, keyword_names, name_problems

__all__ = ["Evaluator", "keyword", "keywords", "point_problems", "points", "python_number"]

MAX_POINTS = 64
TAME = (sp.S.Zero, sp.S.Half, sp.S.One)
"""Values at which powers, products and complements agree with something else."""


def points(domain: Mapping[Any, Sequence[Any]] | Sequence[Mapping[Any, Any]] | None) -> list[dict[Any, Any]]:
    """The points of a domain: the grid of a dictionary of values, or the dictionaries of a list. No domain is one
    point without coordinates."""
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


def keywords(point: Mapping[Any, Any]) -> dict[str, Any]:
    """The keyword arguments of a trial at a point. Raises :class:`ClaimError` if two symbols cannot be told apart."""
    names = keyword_names(point)
    return {names[k]: python_number(v) for k, v in point.items()}


def point_problems(points: Sequence[Mapping[Any, Any]], symbols: Sequence[Any]) -> list[str]:
    """What is wrong with the points at which these free symbols of a formula are measured, in words; empty if nothing.

    >>> a, b = sp.symbols("a b", positive=True)
    >>> point_problems([{a: 3, b: 3}, {a: 5, b: 5}], [a, b])
    ['the symbols a and b are equal at every point, where formulas that swap them agree; give them different values']
    >>> point_problems([{sp.Symbol("x", real=True): 2}], [sp.Symbol("x", real=True)])
    ['the symbol x has one value only (2); give it at least two']
    """
    symbols = sorted(set(symbols), key=str)
    out = name_problems({*symbols, *(k for p in points for k in p)})
    values = {s: [sp.sympify(p[s]) for p in points if s in p] for s in symbols}
    for s, v in values.items():
        if not v:
            continue
        different = sorted(set(v), key=lambda x: (sp.re(x), sp.im(x)))
        shown = ", ".join(map(str, different[:6]))
        if len(different) < 2:
            out.append(f"the symbol {s} has one value only ({shown}); give it at least two")
        elif all(x in TAME for x in different):
            out.append(f"the symbol {s} has only the values {shown}, where different formulas agree; add another one")
        if (
            len(different) > 1
            and signed(s)
            and not (any(x.is_negative for x in different) and any(x.is_positive for x in different))
        ):
            out.append(
                f"the symbol {s} may have both signs, but it is measured at {shown}; add a value of the other sign, "
                "or declare its sign"
            )
    for s, t in itertools.combinations(values, 2):
        pairs = [(sp.sympify(p[s]), sp.sympify(p[t])) for p in points if s in p and t in p]
        (u, v), *others = pairs or [(sp.S.Zero, sp.S.Zero)]
        if not others or not (any(x for x, _ in pairs) and any(y for _, y in pairs)):
            continue
        if all(x == y for x, y in pairs):
            out.append(
                f"the symbols {s} and {t} are equal at every point, where formulas that swap them agree; give them "
                "different values"
            )
        elif len(set(pairs)) > 1 and all(sp.simplify(x * v - y * u) == 0 for x, y in others):
            out.append(f"the symbols {s} and {t} are proportional at every point; give them values with another ratio")
    return out


def signed(s: Any) -> bool:
    """Whether a symbol is a real number without an assumption about its sign (nor one that its declared interval
    implies)."""
    return (
        isinstance(s, sp.Symbol)
        and s.is_real is True
        and s not in constraints
        and all(getattr(s, f"is_{word}") is None for word in ("positive", "negative", "nonnegative", "nonpositive"))
    )
