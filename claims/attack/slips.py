"""The registry of slips: short functions, each of which imitates one way in which formulas are misprinted.

A slip receives a node of the formula and the :class:`Formula` around it, and yields changed nodes. It is registered for
the kinds of nodes that it changes, under the name of its operator; :mod:`claims.attack.mutate` takes the formula apart,
puts every changed node back and chooses among the results.

>>> from sympy import symbols
>>> x, t = symbols("x t", positive=True)
>>> formula = Formula(x**2 * t)
>>> [(s.operator, new) for s in slips_of(x**2) if s.operator == "square for root" for new in s.make(x**2, formula)]
[('square for root', sqrt(x))]
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.heads import AppliedVector

Changes = Iterator[Any]


class Whole:
    """Kind of a slip that changes the candidate as a whole, all its components together."""


class Part:
    """Kind of a slip that changes the candidate as a whole or, where it has several components, one of them."""


@dataclass(frozen=True)
class Slip:
    """One registered slip; those of a lower tier are the likelier ones of their operator and come first."""

    operator: str
    kinds: tuple[type, ...]
    make: Callable[[Any, Formula], Changes]
    tier: int


SLIPS: list[Slip] = []


def slip(kinds: type | tuple[type, ...], operator: str, tier: int = 0) -> Callable[[Any], Any]:
    """Register a function ``(node, formula) -> changed nodes`` for nodes of these kinds."""

    def register(make: Callable[[Any, Formula], Changes]) -> Callable[[Any, Formula], Changes]:
        SLIPS.append(Slip(operator, kinds if isinstance(kinds, tuple) else (kinds,), make, tier))
        slips_of_class.cache_clear()
        return make

    return register


@functools.cache
def slips_of_class(kind: type) -> tuple[Slip, ...]:
    """The slips for nodes of one class, as registered. A MatAdd is an Add for SymPy, not for slips."""
    matrix = issubclass(kind, sp.MatrixExpr) and not issubclass(kind, sp.MatrixBase)
    kinds = {k for s in SLIPS for k in s.kinds if issubclass(kind, k) and (issubclass(k, sp.MatrixExpr) or not matrix)}
    return tuple(s for s in SLIPS if kinds.intersection(s.kinds))


def slips_of(node: Any) -> tuple[Slip, ...]:
    """The slips that change a node (``Whole`` and ``Part`` for the candidate itself)."""
    return slips_of_class(node if isinstance(node, type) else type(node))


class Formula:
    """What a slip may ask about the formula around its node."""

    def __init__(self, expr: Any) -> None:
        self.expr = expr

    @functools.cached_property
    def symbols(self) -> list[Any]:
        """Free symbols for numbers and matrices, by name."""
        labels = {i.base.label for i in self.expr.atoms(sp.Indexed)}
        found = (s for s in self.expr.free_symbols if isinstance(s, (sp.Symbol, sp.MatrixSymbol)) and s not in labels)
        return sorted(found, key=str)

    @functools.cached_property
    def nodes(self) -> dict[Any, int]:
        """Every node of the formula, in the order of reading, with the number of places where it stands."""
        found: dict[Any, int] = {}
        for node in sp.preorder_traversal(self.expr):
            found[node] = found.get(node, 0) + 1
        return found

    @functools.cached_property
    def bodies(self) -> set[Any]:
        """Every node without its number in front: ``2*x*y`` and ``-x*y`` count as ``x*y``."""
        return {body(n) for n in self.nodes}

    @functools.cached_property
    def factors(self) -> list[Any]:
        """What a hand may write once more: symbols and powers that are factors, other symbols; frequent ones first."""
        found = [f for node in self.nodes if isinstance(node, sp.Mul) for f in node.args if base(f) in self.symbols]
        each = [f for f in dict.fromkeys([*found, *self.symbols]) if f.is_commutative]
        return sorted(each, key=lambda f: (-self.nodes.get(base(f), 0), f.is_Symbol))

    @functools.cache  # noqa: B019 - a formula lives as long as its mutants are made
    def alike(self, one: Any) -> list[Any]:
        """The other symbols of the same kind, those of the same letter first."""
        others = [s for s in self.symbols if s != one and kind(s) == kind(one)]
        return sorted(others, key=lambda s: letter(s) != letter(one))


@functools.cache
def kind(s: Any) -> tuple[Any, ...]:
    """What two symbols have in common if one can be taken for the other."""
    return (s.shape if s.is_Matrix else None, bool(s.is_integer), bool(s.is_real), bool(s.is_commutative))


@functools.cache
def letter(s: Any) -> str:
    """A symbol's name without its index."""
    return str(s).partition("_")[0]


def body(e: Any) -> Any:
    """A node without its number in front."""
    return e.as_coeff_Mul()[1] if isinstance(e, sp.Expr) and not isinstance(e, sp.MatrixExpr) else e


REFUSALS = (ValueError, TypeError, sp.ShapeError, NotImplementedError, ZeroDivisionError)
"""What SymPy raises for a formula that cannot be written down."""


def base(e: Any) -> Any:
    """What is raised to a power, or the node itself."""
    return e.base if isinstance(e, sp.Pow) else e


def simplifies_itself(e: Any) -> bool:
    """Whether a node is a function of SymPy, which looks for simpler forms of itself, for milliseconds."""
    return (is_function(e) or isinstance(e, (sp.Max, sp.Min))) and type(e).__module__.startswith("sympy.")


def rebuilt(e: Any, *args: Any) -> Any:
    """``e`` with other arguments, ``None`` if they do not fit; functions of SymPy are not simplified."""
    try:
        if simplifies_itself(e) and all(a.free_symbols for a in args):
            return e.func(*args, evaluate=False)
        if isinstance(e, (sp.MatAdd, sp.MatMul)):
            return functools.reduce(operator.add if isinstance(e, sp.MatAdd) else operator.mul, args)
        return e.func(*args)
    except REFUSALS:
        return None


def replaced(e: Any, places: dict[Any, Any]) -> Any:
    """``e`` with other symbols; the sizes of vectors and matrices stay what they are."""
    kept = {n: n for n in e.atoms(sp.MatrixSymbol)}
    for n in e.atoms(AppliedVector):
        kept[n] = n.func(*n.args[:2], *[replaced(a, places) for a in n.arguments])
    return e.xreplace(kept | places)


def put(e: Any, i: int, *new: Any) -> Any:
    """``e`` with argument ``i`` replaced (or left out)."""
    return rebuilt(e, *e.args[:i], *new, *e.args[i + 1:])


def others(e: Any, i: int) -> tuple[Any, ...]:
    """The arguments of ``e`` but one."""
    return e.args[:i] + e.args[i + 1:]


def plain(e: Any) -> bool:
    """Whether a node is neither a number nor a matrix."""
    return isinstance(e, sp.Expr) and not e.is_number and not e.is_Matrix and bool(e.is_commutative)


def is_function(e: Any) -> bool:
    """Whether a node is a known function or an operator of the language, not an undefined function."""
    return isinstance(e, sp.Function) and not isinstance(e, (AppliedUndef, sp.Piecewise))


LINEAR = {"E", "Cov", "inner", "trace"}
"""Operators through which a constant factor or term may be moved."""


def is_linear(e: Any) -> bool:
    """Whether a node is an operator of the language through which constants may be moved: doing so is no slip."""
    return e.func.__name__ in LINEAR
