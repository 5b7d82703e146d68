"""Slips of brackets: one that ends too early or too late, in products, denominators, roots and arguments.

>>> from sympy import symbols
>>> from .slips import Formula
>>> a, b, c = symbols("a b c", positive=True)
>>> list(bracket_ends_early(a * (b + c), Formula(a * (b + c))))
[a*b + c, a*c + b]
>>> set(bracket_ends_late(a * b + c, Formula(a * b + c))) == {b * (a + c), a * (b + c)}
True
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from .slips import Changes, Formula, is_function, is_linear, others, plain, put, rebuilt, slip


@slip(sp.Mul, "parenthesis")
def bracket_ends_early(e: Any, formula: Formula) -> Changes:
    """ab + c for a(b + c), in a denominator too: 1/(ab + c) for 1/(a(b + c)), and under one root."""
    for i, factor in enumerate(e.args):
        total, power = (factor.base, factor.exp) if isinstance(factor, sp.Pow) else (factor, sp.S.One)
        if total.is_Add and e.is_commutative:
            rest = others(e, i)
            for inside in pulled(rest, power):
                outside = [r for r in rest if r not in inside]
                scale = sp.Mul(*inside) ** (1 / power)
                for j, term in enumerate(total.args):
                    yield sp.Mul(*outside, sp.Add(scale * term, *others(total, j)) ** power)


def pulled(rest: tuple[Any, ...], power: Any) -> list[tuple[Any, ...]]:
    """Which factors beside (b + c)^power may stand under it: all, or one, for 1; else those of the same power."""
    if power == 1:
        return list(dict.fromkeys([rest, *((r,) for r in rest)])) if any(r != -1 for r in rest) else []
    same = tuple(r for r in rest if isinstance(r, sp.Pow) and r.exp == power)
    return [same] if same else []


@slip(sp.Mul, "parenthesis")
def denominator_loses_its_bracket(e: Any, formula: Formula) -> Changes:
    """a/b + c for a/(b + c), √(a/b + c) for √(a/(b + c))."""
    for i, factor in enumerate(e.args):
        if isinstance(factor, sp.Pow) and factor.base.is_Add and factor.exp.is_number and factor.exp.is_negative:
            power = -factor.exp
            over = [r for r in others(e, i) if power == 1 or (isinstance(r, sp.Pow) and r.exp == power)]
            outside = [r for r in others(e, i) if r not in over]
            for j, term in enumerate(factor.base.args):
                yield sp.Mul(*outside, (sp.Mul(*over) ** (1 / power) / term + sp.Add(*others(factor.base, j))) ** power)


@slip(sp.Pow, "parenthesis")
def power_of_a_part(e: Any, formula: Formula) -> Changes:
    """√a + b or √a + √b for √(a + b), 1/a + b for 1/(a + b)."""
    if e.base.is_Add:
        sign = -1 if e.exp.could_extract_minus_sign() else 1
        for power, outer in dict.fromkeys(((e.exp, 1), (e.exp * sign, sign))):
            for j, term in enumerate(e.base.args):
                yield (term**power + sp.Add(*others(e.base, j))) ** outer
            yield sp.Add(*[t**power for t in e.base.args]) ** outer
    if e.base.is_Mul and not e.exp.is_Integer:
        for j, factor in enumerate(e.base.args):
            yield sp.Mul(factor**e.exp, *others(e.base, j))


@slip(sp.Add, "parenthesis")
def bracket_ends_late(e: Any, formula: Formula) -> Changes:
    """a(b + c) for ab + c, √a·(b + c) for √a b + c."""
    products = [(i, term) for i, term in enumerate(e.args) if term.is_Mul]
    pairs = [(i, f) for i, term in products for f in term.args if f != -1 and not (term / f).is_number]
    for i, factor in sorted(pairs, key=lambda pair: pair[1].is_number):
        inner = e.args[i] / factor
        yield factor * sp.Add(inner, *others(e, i))
        for j, other in enumerate(e.args) if len(e.args) > 2 else ():
            if j != i:
                yield sp.Add(factor * (inner + other), *[t for at, t in enumerate(e.args) if at not in (i, j)])


@slip(sp.Add, "parenthesis", tier=1)
def term_moved_into_an_argument(e: Any, formula: Formula) -> Changes:
    """√(a + b) for √a + b, log(a + b) for log a + b; the bracket of a sum closed too late."""
    for i, term in enumerate(e.args):
        if isinstance(term, (sp.Pow, sp.Function, sp.Sum)) and plain(term.args[0]) and not is_linear(term):
            yield put(term, 0, sp.Add(term.args[0], *others(e, i)))


@slip((sp.Function, sp.Sum), "parenthesis", tier=1)
def term_moved_out_of_an_argument(e: Any, formula: Formula) -> Changes:
    """log a + b for log(a + b), b·sin a for sin ab."""
    if not (is_function(e) or isinstance(e, sp.Sum)) or is_linear(e) or not e.args[0].args:
        return
    inside = e.args[0]
    bound = set(e.variables) if isinstance(e, sp.Sum) else set()
    for j, part in enumerate(inside.args if isinstance(inside, (sp.Add, sp.Mul)) else ()):
        if part != -1 and not part.free_symbols & bound and (inside.is_Add or not isinstance(e, sp.Sum)):
            yield inside.func(put(e, 0, rebuilt(inside, *others(inside, j))), part)
        for factor in part.args if inside.is_Add and part.is_Mul else ():
            if factor != -1 and not factor.free_symbols & bound:
                yield put(e, 0, put(inside, j, part / factor)) * factor


@slip(sp.Mul, "parenthesis", tier=1)
def factor_moved_into_an_argument(e: Any, formula: Formula) -> Changes:
    """log(ax) for a·log x."""
    for i, factor in enumerate(e.args):
        if is_function(factor) and len(factor.args) == 1 and plain(factor.args[0]) and not is_linear(factor):
            for j, other in enumerate(e.args):
                if j != i and other != -1 and other.is_commutative:
                    rest = [x for at, x in enumerate(e.args) if at not in (i, j)]
                    yield sp.Mul(factor.func(factor.args[0] * other), *rest)
