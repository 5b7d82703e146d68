"""Slips in signs, constants, terms, factors and brackets.

>>> from sympy import symbols
>>> from .slips import Formula
>>> a, b, c = symbols("a b c", positive=True)
>>> list(bracket_ends_early(a * (b + c), Formula(a * (b + c))))
[a*b + c, a*c + b]
>>> list(bracket_ends_late(a * b + c, Formula(a * b + c)))
[b*(a + c), a*(b + c)]
"""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp

from .slips import Changes, Formula, Part, Whole, body, is_function, others, plain, put, rebuilt, slip

SUMS = (sp.Add, sp.MatAdd)
PRODUCTS = (sp.Mul, sp.MatMul)


# ---------------------------------------------------------------- signs

@slip(Part, "flip a sign")
def sign_of_the_whole(e: Any, formula: Formula) -> Changes:
    """A distance read backwards: μ − x for x − μ; a loss printed as the likelihood."""
    yield -e


@slip(SUMS, "flip a sign")
def sign_of_a_term(e: Any, formula: Formula) -> Changes:
    """1 + e⁻ˣ for 1 − e⁻ˣ."""
    for i, term in enumerate(e.args):
        yield put(e, i, -term)


@slip(sp.Function, "flip a sign", tier=1)
def sign_of_an_argument(e: Any, formula: Formula) -> Changes:
    """f(−u) for f(u)."""
    if is_function(e) and len(e.args) == 1 and isinstance(e.args[0], sp.Expr) and not e.args[0].is_Add:
        yield e.func(-e.args[0])


@slip(sp.MatrixBase, "flip a sign", tier=1)
def sign_of_an_entry(e: Any, formula: Formula) -> Changes:
    """A rotation whose minus stands at the other sine."""
    for index, entry in enumerate(e):
        if entry != 0:
            yield with_entry(e, index, -entry)


def with_entry(m: Any, index: int, value: Any) -> Any:
    """An explicit matrix with one entry replaced, counted row by row."""
    out = m.as_mutable()
    out[index // m.shape[1], index % m.shape[1]] = value
    return out.as_immutable()


# ---------------------------------------------------------------- constants

@slip(Part, "constant factor")
def constant_at_the_whole(e: Any, formula: Formula) -> Changes:
    """The half of an energy, or the two of a gradient."""
    yield 2 * e
    yield e / 2


@slip(PRODUCTS, "constant factor")
def constant_dropped(e: Any, formula: Formula) -> Changes:
    """½ or √2π lost in front of a product."""
    for i, factor in enumerate(e.args):
        if factor.is_number and factor != -1:
            yield put(e, i, *([-1] if factor.is_extended_negative else []))


@slip(sp.Integer, "constant factor")
def zero_at_the_end(e: Any, formula: Formula) -> Changes:
    """1000 for 10000."""
    if e != 0 and e % 10 == 0:
        yield e / 10
        yield e * 10


@slip(sp.Rational, "constant factor", tier=1)
def fraction(e: Any, formula: Formula) -> Changes:
    """⅔ for ⅓, 0.01 for 0.1."""
    if not e.is_Integer:
        yield e * 2
        yield e / 10 if e.q % 10 == 0 else e / 2


@slip(type(sp.pi), "constant factor")
def pi_dropped(e: Any, formula: Formula) -> Changes:
    """π dropped, or the circle's 2π for the half circle's π."""
    yield sp.Integer(1)
    yield 2 * e


@slip(SUMS, "constant factor", tier=1)
def constant_at_a_term(e: Any, formula: Formula) -> Changes:
    """2ab dropped to ab in a square, or a half written at one term only."""
    for i, term in enumerate(e.args):
        if not term.is_number:
            yield put(e, i, 2 * term)
            yield put(e, i, term / 2)


@slip(sp.Function, "constant factor", tier=1)
def constant_in_an_argument(e: Any, formula: Formula) -> Changes:
    """e⁻ˣ for e⁻²ˣ: the argument not doubled."""
    if is_function(e) and isinstance(e.args[0], sp.Expr) and plain(e.args[0]):
        coefficient, rest = e.args[0].as_coeff_Mul()
        for c in dict.fromkeys((abs(coefficient), sp.Rational(1, 2), sp.Integer(2))):
            yield put(e, 0, coefficient / c * rest)


# ---------------------------------------------------------------- terms

@slip(SUMS, "drop a term")
def term_dropped(e: Any, formula: Formula) -> Changes:
    """The last term of a bound forgotten, n for n − 1."""
    for i in range(len(e.args)):
        yield rebuilt(e, *others(e, i))


@slip(Part, "add a term")
def one_more_at_the_whole(e: Any, formula: Formula) -> Changes:
    """The one of 1 + x kept after it was subtracted."""
    if not e.is_Matrix:
        yield e + 1
        yield e - 1


@slip(sp.Add, "add a term")
def one_more_in_a_sum(e: Any, formula: Formula) -> Changes:
    """1 + a + b for a + b, inside a root, a product or a denominator."""
    if not any(t.is_number for t in e.args):
        yield e + 1


@slip(sp.Add, "add a term", tier=1)
def term_of_the_formula_once_more(e: Any, formula: Formula) -> Changes:
    """A regulariser or a variance added at a second place."""
    for s in formula.symbols:
        if plain(s) and s not in e.args:
            yield e + s


# ---------------------------------------------------------------- factors

@slip(PRODUCTS, "drop a factor")
def factor_dropped(e: Any, formula: Formula) -> Changes:
    """sin ω for sin ωx; the derivative of the activation lost."""
    for i, factor in enumerate(e.args):
        if not factor.is_number and (not factor.is_Matrix or factor.shape[0] == factor.shape[1]):
            if not all(a.is_number for a in others(e, i)):
                yield rebuilt(e, *others(e, i))


@slip(Part, "a factor too many")
def factor_at_the_whole(e: Any, formula: Formula) -> Changes:
    """The temperature written in front, where it belongs inside only."""
    for f in formula.factors:
        yield e * f
    for f in formula.symbols:
        yield e / f


@slip(sp.Add, "a factor too many")
def factor_of_the_neighbour(e: Any, formula: Formula) -> Changes:
    """a(1 − ε/K) + εs/K: the factor of one term written at another one, or inside it, as well."""
    for i, term in enumerate(e.args):
        own = set(sp.Mul.make_args(term))
        near = {f for other in others(e, i) for f in sp.Mul.make_args(other)}
        for f in formula.factors:
            if f in near and f not in own:
                yield put(e, i, term * f)


@slip(sp.Add, "a factor too many")
def factor_inside_a_term(e: Any, formula: Formula) -> Changes:
    """A scale that stands at some term of the formula, written at this one too."""
    for f in formula.factors:
        for i, term in enumerate(e.args):
            if f not in sp.Mul.make_args(term) and not term.is_number:
                yield put(e, i, term * f)


@slip(sp.Function, "a factor too many", tier=1)
def factor_inside_an_argument(e: Any, formula: Formula) -> Changes:
    """cos(nθx) for cos(θx)."""
    if is_function(e) and plain(e.args[0]):
        for f in formula.factors:
            if f not in sp.Mul.make_args(e.args[0]) and f is not e:
                yield put(e, 0, e.args[0] * f)


@slip((*SUMS, *PRODUCTS, sp.Tuple), "sibling twice")
def neighbour_written_twice(e: Any, formula: Formula) -> Changes:
    """‖a‖‖a‖ for ‖a‖‖b‖: the first of two factors or terms of one shape copied and left as it was."""
    for (i, a), (j, b) in itertools.permutations(enumerate(e.args), 2):
        if shape(a) == shape(b) and not a.is_Atom:
            yield put(e, j, a)


@slip(sp.Function, "sibling twice")
def argument_written_twice(e: Any, formula: Formula) -> Changes:
    """Cov(x, x) for Cov(x, y)."""
    if len(e.args) == 2 and e.args[0] != e.args[1] and shape(e.args[0]) == shape(e.args[1]):
        yield e.func(e.args[0], e.args[0])
        yield e.func(e.args[1], e.args[1])


def shape(e: Any) -> Any:
    """What two factors or terms have in common if one can be the copy of the other: their trees up to names and numbers."""
    core = body(e)
    return (core.func, len(core.args), *(a.func if a.args else None for a in core.args[:2]), e.shape if getattr(e, "is_Matrix", False) else None)


# ---------------------------------------------------------------- sum for product

@slip((sp.Add, sp.Mul), "sum for product")
def sum_for_product(e: Any, formula: Formula) -> Changes:
    """(d + σ)² for d²σ²: two factors under one exponent added, or two terms multiplied."""
    parts = [(a.base, a.exp) if isinstance(a, sp.Pow) and e.is_Mul else (a, sp.S.One) for a in e.args]
    for (i, (a, p)), (j, (b, q)) in itertools.combinations(enumerate(parts), 2):
        if plain(a) and plain(b) and p == q:
            rest = [x for at, x in enumerate(e.args) if at not in (i, j)]
            yield e.func(*rest, (a + b) ** p if e.is_Mul else a * b)


@slip(sp.Mul, "sum for product")
def weights_for_exponents(e: Any, formula: Formula) -> Changes:
    """wa + (1 − w)b for the geometric mean a^w b^(1 − w)."""
    if len(e.args) > 1 and all(isinstance(a, sp.Pow) and not a.exp.is_number for a in e.args):
        yield sp.Add(*[a.exp * a.base for a in e.args])


@slip(sp.Add, "sum for product", tier=1)
def exponents_for_weights(e: Any, formula: Formula) -> Changes:
    """a^w b^(1 − w) for the mean wa + (1 − w)b."""
    pairs = [[f for f in sp.Mul.make_args(t) if not f.is_number] for t in e.args]
    if all(len(p) == 2 for p in pairs):
        yield sp.Mul(*[b**w for w, b in pairs])
        yield sp.Mul(*[w**b for w, b in pairs])


@slip((sp.Sum, sp.Product), "sum for product")
def sigma_for_pi(e: Any, formula: Formula) -> Changes:
    """∏ for ∑."""
    yield (sp.Sum if isinstance(e, sp.Product) else sp.Product)(e.function, *e.limits)


# ---------------------------------------------------------------- brackets

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
    """Which of the factors beside (b + c)^power may stand under that power: all, or one, for power 1; those of the same power otherwise."""
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
    if e.base.is_Add and not isinstance(e, sp.exp):
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
    pairs = [(i, factor) for i, term in enumerate(e.args) if term.is_Mul for factor in term.args if factor != -1 and not (term / factor).is_number]
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
        if isinstance(term, (sp.Pow, sp.Function, sp.Sum)) and plain(term.args[0]):
            yield put(term, 0, sp.Add(term.args[0], *others(e, i)))


@slip((sp.Function, sp.Sum), "parenthesis", tier=1)
def term_moved_out_of_an_argument(e: Any, formula: Formula) -> Changes:
    """log a + b for log(a + b), b·sin a for sin ab."""
    if not (is_function(e) or isinstance(e, sp.Sum)) or not e.args[0].args:
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
        if is_function(factor) and len(factor.args) == 1 and plain(factor.args[0]):
            for j, other in enumerate(e.args):
                if j != i and other != -1 and other.is_commutative:
                    rest = [x for at, x in enumerate(e.args) if at not in (i, j)]
                    yield sp.Mul(factor.func(factor.args[0] * other), *rest)


# ---------------------------------------------------------------- all components

@slip(sp.Tuple, "all components at once")
def every_component(e: Any, formula: Formula) -> Changes:
    """A sign or a factor 2 wrong in a whole gradient."""
    for change in (lambda part: -part, lambda part: 2 * part, lambda part: part / 2):
        if all(isinstance(p, sp.Basic) and hasattr(p, "__neg__") for p in e):
            yield sp.Tuple(*map(change, e))


@slip(Whole, "all components at once")
def every_coefficient(e: Any, formula: Formula) -> Changes:
    """The factor 2 of a derivative forgotten in every term that has it."""
    numbers = [n for n in formula.nodes if n.is_Integer and n > 1 and formula.nodes[n] > 1] if isinstance(e, (sp.Tuple, sp.MatrixBase)) else []
    for n in numbers:
        yield e.xreplace({n * core: core for node in formula.nodes if isinstance(node, sp.Mul) for c, core in [node.as_coeff_Mul()] if c == n})
