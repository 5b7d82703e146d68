"""Slips that take one symbol, index or component for another, and slips that are made in every place.

>>> from sympy import symbols
>>> from .slips import Formula
>>> m, s, v, w = symbols("m s v w", positive=True)
>>> formula = Formula(m + s**2 * v**2)
>>> list(every_power(formula.expr, formula))
[m + s*v]
"""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .powers import NEIGHBOURS, neighbouring_function, not_negative
from .slips import Changes, Formula, Part, Whole, body, is_function, kind, letter, plain, put, replaced, slip
from .values import SYMMETRIC


# ---------------------------------------------------------------- one for another

@slip((Whole, Part), "swap symbols")
def swap_symbols(e: Any, formula: Formula) -> Changes:
    """a for b and b for a, those that differ in their index first."""
    own = [s for s in formula.symbols if s in e.free_symbols]
    pairs = sorted(itertools.combinations(own, 2), key=lambda p: letter(p[0]) != letter(p[1]))
    for a, b in pairs:
        if kind(a) == kind(b):
            yield replaced(e, {a: b, b: a})


@slip(Whole, "swap roles")
def swap_indices(e: Any, formula: Formula) -> Changes:
    """The reverse divergence for the forward one: all symbols of index 1 and of index 2 exchanged."""
    groups: dict[str, dict[str, Any]] = {}
    for s in formula.symbols:
        groups.setdefault(str(s).partition("_")[2], {})[letter(s)] = s
    for one, two in itertools.combinations([g for index, g in groups.items() if index], 2):
        both = [x for x in one if x in two and kind(one[x]) == kind(two[x])]
        if len(both) > 1:
            yield replaced(e, {one[x]: two[x] for x in both} | {two[x]: one[x] for x in both})


@slip((sp.Mul, sp.Add, sp.Pow, sp.Function), "one symbol for another")
def copied_from_the_neighbour(e: Any, formula: Formula) -> Changes:
    """x₂y₁ where x₂y₂ was meant and x₂y₁ stands beside it: what results is found elsewhere in the formula."""
    for i, a in enumerate(e.args):
        if a in formula.symbols and body(e) != a:
            for b in formula.alike(a):
                new = put(e, i, b)
                if body(new) in formula.bodies and not new.is_number:
                    yield new


@slip((sp.Symbol, sp.MatrixSymbol), "one symbol for another")
def one_index_of_a_letter(e: Any, formula: Formula) -> Changes:
    """y₁ for y₂ in one place."""
    yield from (s for s in formula.alike(e) if letter(s) == letter(e))


@slip((sp.Symbol, sp.MatrixSymbol), "one symbol for another", tier=1)
def one_symbol_for_another(e: Any, formula: Formula) -> Changes:
    """t for x in one place."""
    yield from formula.alike(e)


@slip(sp.Indexed, "one symbol for another", tier=1)
def one_index_for_another(e: Any, formula: Formula) -> Changes:
    """a_{ij} for a_{ji}, x_j for x_i."""
    if len(e.indices) == 2:
        yield e.base[e.indices[1], e.indices[0]]
    for i, index in enumerate(e.indices):
        for other in formula.alike(index) if index.is_Symbol else ():
            yield e.base[(*e.indices[:i], other, *e.indices[i + 1:])]


@slip((sp.Indexed, AppliedUndef), "one symbol for another", tier=1)
def one_sequence_for_another(e: Any, formula: Formula) -> Changes:
    """v(t) for u(t), b_k for a_k."""
    if isinstance(e, sp.Indexed):
        for base in sorted({n.base for n in formula.nodes if isinstance(n, sp.Indexed)} - {e.base}, key=str):
            yield base[e.indices]
    else:
        functions = {n.func for n in formula.nodes if isinstance(n, AppliedUndef) and len(n.args) == len(e.args)}
        yield from (f(*e.args) for f in sorted(functions - {e.func}, key=str))


@slip(sp.Mul, "swap roles")
def fraction_turned(e: Any, formula: Formula) -> Changes:
    """b/a for a/b."""
    numerator, denominator = sp.fraction(e)
    if e.is_commutative and denominator != 1 and not numerator.is_number and not denominator.is_number:
        yield denominator / numerator


@slip(sp.Rational, "swap roles", tier=1)
def number_turned(e: Any, formula: Formula) -> Changes:
    """3/2 for 2/3."""
    if not e.is_Integer and abs(e.p) != 1:
        yield 1 / e


@slip(sp.Function, "swap roles")
def arguments_exchanged(e: Any, formula: Formula) -> Changes:
    """KL(q ‖ p) for KL(p ‖ q)."""
    if len(e.args) == 2 and e.func.__name__ not in SYMMETRIC and all(isinstance(a, sp.Expr) for a in e.args):
        if e.args[0].is_Matrix == e.args[1].is_Matrix:
            yield e.func(e.args[1], e.args[0])


@slip(sp.Tuple, "swap roles")
def components_exchanged(e: Any, formula: Formula) -> Changes:
    """The two components in the wrong order."""
    if len(e) == 2:
        yield sp.Tuple(e[1], e[0])


# ---------------------------------------------------------------- complement

@slip(sp.Add, "complement")
def complement_forgotten(e: Any, formula: Formula) -> Changes:
    """ε for 1 − ε, u^(1/m) for 1 − u^(1/m)."""
    if len(e.args) == 2 and e.args[0] == 1 and e.args[1].could_extract_minus_sign():
        yield -e.args[1]


@slip((sp.Symbol, sp.Pow, sp.Function), "complement")
def complement_written(e: Any, formula: Formula) -> Changes:
    """1 − ε for ε, where 1 − ε stands in the formula too."""
    if plain(e) and (1 - e) in formula.nodes:
        yield 1 - e


@slip((sp.Symbol, sp.Pow), "complement", tier=1)
def complement_of_anything(e: Any, formula: Formula) -> Changes:
    """1 − u for u."""
    inner = e.base if isinstance(e, sp.Pow) else e
    if inner in formula.symbols and plain(e) and not inner.is_integer and not (e.is_Pow and e.exp.is_negative):
        yield 1 - e


# ---------------------------------------------------------------- in every place

@slip(Whole, "same slip everywhere")
def every_power(e: Any, formula: Formula) -> Changes:
    """Variances for their roots, dᵢ for dᵢᵖ: an exponent dropped wherever it stands."""
    powers = [n for n in formula.nodes if isinstance(n, sp.Pow) and n.exp != -1]
    for power in dict.fromkeys(n.exp for n in powers):
        same = {n: n.base for n in powers if n.exp == power and not n.base.is_number}
        if len(same) > 1:
            yield e.xreplace(same)


@slip(Whole, "same slip everywhere")
def factor_out_of_every_argument(e: Any, formula: Formula) -> Changes:
    """cos ω and sin ω for cos ωx and sin ωx."""
    for s in formula.symbols:
        held = [n for n in formula.nodes if is_function(n) and n.args[0].is_Mul and s in n.args[0].args]
        if len(held) > 1:
            yield e.xreplace({n: put(n, 0, n.args[0] / s) for n in held})


@slip(Whole, "same slip everywhere")
def every_function(e: Any, formula: Formula) -> Changes:
    """Sines and cosines exchanged, every exponential with the wrong sign."""
    functions = [n for n in formula.nodes if is_function(n)]
    for f in dict.fromkeys(n.func for n in functions):
        for exchanged in ({f}, {f, NEIGHBOURS.get(f)}):
            pairs = ((n, new) for n in functions if n.func in exchanged for new in neighbouring_function(n, formula))
            news = {n: new for n, new in pairs if new is not None}
            if len(news) > 1:
                yield e.xreplace(news)


@slip(Whole, "same slip everywhere")
def every_complement(e: Any, formula: Formula) -> Changes:
    """The weight of the old value given to the new one: βm + (1 − β)g with β and 1 − β exchanged."""
    for s in formula.symbols:
        if 1 - s in formula.nodes:
            yield replaced(e, {s: 1 - s})


@slip(Whole, "same slip everywhere", tier=1)
def another_parameter(e: Any, formula: Formula) -> Changes:
    """σ for σ², the rate for the scale, counting from 0: a parameter that the reader defines otherwise."""
    for s in formula.symbols:
        if formula.nodes.get(s, 0) > 1 and not s.is_Matrix:
            news = (s - 1, s + 1) if s.is_integer else (s**2, sp.sqrt(s), 1 / s) if not_negative(s) else (s**2, 1 / s)
            yield from (replaced(e, {s: new}) for new in news)


@slip(Whole, "same slip everywhere")
def every_matrix_transposed(e: Any, formula: Formula) -> Changes:
    """Rows as samples for columns as samples."""
    for s in formula.symbols:
        if s.is_Matrix and formula.nodes.get(s, 0) > 1 and s.shape[0] == s.shape[1]:
            yield e.xreplace({s: s.T}).doit()
