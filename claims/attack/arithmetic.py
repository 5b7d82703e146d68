"""Slips in signs, constants, terms and factors.

>>> from sympy import symbols
>>> from .slips import Formula
>>> a, b, c = symbols("a b c", positive=True)
>>> list(term_dropped(a * b + c, Formula(a * b + c)))
[a*b, c]
"""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp

from .slips import Changes, Formula, Part, Whole, body, is_function, is_linear, others, plain, put, rebuilt, slip

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
    """f(−u) for f(u), where it has a value: Γ has none at −n."""
    even = is_linear(e) or e.func.__name__ == "Var"
    if is_function(e) and len(e.args) == 1 and plain(e.args[0]) and not e.args[0].is_Add and not even:
        if e.args[0].is_integer and e.args[0].is_positive and e.func(-2).is_finite is False:
            return
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
    if is_function(e) and plain(e.args[0]) and not is_linear(e):
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
        if plain(f):
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
    """What two factors or terms have in common if one can be the copy of the other: their trees up to names."""
    core = body(e)
    size = e.shape if getattr(e, "is_Matrix", False) else None
    return (core.func, len(core.args), *(a.func if a.args else None for a in core.args[:2]), size)


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
    if isinstance(e, (sp.Tuple, sp.MatrixBase)):
        products = {node: node.as_coeff_Mul() for node in formula.nodes if isinstance(node, sp.Mul)}
        for n in dict.fromkeys(c for c, _ in products.values() if c.is_Integer and c > 1):
            yield e.xreplace({node: core for node, (c, core) in products.items() if c == n})
