"""Mutants: a formula changed in one place, or in the same way in all places, as printed formulas have been wrong.

>>> from sympy import symbols
>>> t, s = symbols("t s", positive=True)
>>> [str(m.expr) for m in mutants(1 + t*s**2) if m.operator == "drop a term"]
['s**2*t', '1']
>>> slip = find(wrong=1 + t*s, right=1 + t*s**2)
>>> slip
Mutant('exponent', s*t + 1, s**2, s)
>>> print(slip)
exponent: s where s**2 was meant
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.heads import AppliedVector
from ..say.tensors import Jacobian, VectorSum
from . import arithmetic, brackets, matrices, powers, symbols  # noqa: F401 - importing them registers their slips
from .slips import REFUSALS, SLIPS, Formula, Part, Slip, Whole, rebuilt, simplifies_itself, slips_of
from .values import SYMMETRIC, values_of


LIMIT = 48
"""At most this many mutants of one candidate are tried; every operator has at least one turn."""
SEARCHED = 2_000
"""At most this many are looked at to name a slip."""

TURNS = {
    "one symbol for another": 4, "parenthesis": 4, "flip a sign": 3, "constant factor": 3, "drop a term": 3,
    "drop a factor": 3, "a factor too many": 3, "exponent": 3, "off by one": 2, "swap symbols": 2, "complement": 2,
    "same slip everywhere": 2, "one more inside": 2, "reciprocal": 2,
}
"""How many mutants an operator has per round, by how often its slip is seen in print; one if it is not named here.
A mutant of an operator's unlikelier slips takes two rounds."""

RELATIONS = {"<=": (">=", "="), ">=": ("<=", "="), "<": (">", "="), ">": ("<", "="), "~": ("=",)}


@dataclass(frozen=True)
class Mutant:
    """A changed formula, the operator that changed it, and the part that was changed with what stands there now.

    >>> Mutant("exponent", sp.Symbol("x"), sp.Symbol("x")**2, sp.Symbol("x"))
    Mutant('exponent', x, x**2, x)
    """

    operator: str
    expr: Any
    right: Any = field(default=None, compare=False)
    wrong: Any = field(default=None, compare=False)

    def __repr__(self) -> str:
        shown = [self.expr] if self.right is None else [self.expr, self.right, self.wrong]
        return f"Mutant({', '.join([repr(self.operator), *map(str, shown)])})"

    def __str__(self) -> str:
        return f"{self.operator}: {self.wrong} where {self.right} was meant"


@dataclass(frozen=True)
class Site:
    """A node of the formula and how a changed one is put back."""

    node: Any
    back: Callable[[Any], Any]
    kind: type | None = None


UNTOUCHED = (sp.MatrixSymbol, sp.Indexed, sp.Lambda, sp.Subs)
"""Nodes whose inside is changed by slips of their own, or not at all."""
BINDING = (sp.Sum, sp.Product, sp.Integral, sp.Derivative, VectorSum, Jacobian)
"""Nodes of which only the first argument is a formula; the others say over what it is summed or derived."""


def inside(e: Any) -> Iterator[Site]:
    """The children of a node that may be changed, each with the way back into the node."""
    if e.is_Atom or isinstance(e, UNTOUCHED) or e.is_Boolean:
        return
    if isinstance(e, sp.MatrixBase):
        for i, entry in enumerate(e):
            if entry != 0:
                yield Site(entry, lambda new, i=i: arithmetic.with_entry(e, i, new))
    elif isinstance(e, BINDING):
        yield Site(e.args[0], lambda new: e.func(new, *e.args[1:]))
    elif isinstance(e, sp.Piecewise):
        for i, (value, when) in enumerate(e.args):
            yield Site(value, lambda new, i=i, when=when: sp.Piecewise(*e.args[:i], (new, when), *e.args[i + 1:]))
    else:
        for i, child in enumerate(e.args):
            if changeable(e, i, child):
                yield Site(child, lambda new, i=i: rebuilt(e, *e.args[:i], new, *e.args[i + 1:]))


def changeable(e: Any, i: int, child: Any) -> bool:
    """Whether argument ``i`` has slips of its own: it is no number that slips of ``e`` change, and no bound symbol."""
    if not isinstance(child, (sp.Expr, sp.MatrixBase)) or (e.is_Mul and child == -1):
        return False
    if isinstance(e, (sp.Pow, sp.MatPow)) and i == 1:
        return not child.is_Rational
    if isinstance(e, (AppliedUndef, AppliedVector)):
        return not child.is_integer and not (isinstance(e, AppliedVector) and i < 2)
    return not (i == 0 and len(e.args) > 1 and e.func.__name__ in ("argmin", "argmax", "sup", "inf"))


def sites(candidate: Any) -> list[Site]:
    """Every place that a slip may change: the whole, its components, and every node from the outside in."""
    parts = list(inside(candidate)) if isinstance(candidate, sp.Tuple) else [Site(candidate, lambda new: new)]
    found = [Site(candidate, lambda new: new, Whole), *(Site(p.node, p.back, Part) for p in parts)]
    layer = [Site(candidate, lambda new: new)]
    while layer:
        found += layer
        layer = [within(site, child) for site in layer for child in inside(site.node)]
    return found


def within(site: Site, child: Site) -> Site:
    """A child of a site's node as a site of the whole candidate."""
    return Site(child.node, lambda new: site.back(child.back(new)))


def in_turn(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    """One of every iterator, then the next of every iterator, until all are empty."""
    while iterators:
        left = []
        for it in iterators:
            for x in it:
                yield x
                left.append(it)
                break
        iterators = left


def fits(node: Any, new: Any) -> bool:
    """Whether a changed node is a formula of the same shape."""
    if new is None or new.is_Boolean:
        return False
    one, other = (x.shape if getattr(x, "is_Matrix", False) else None for x in (node, new))
    return bool(one == other)


def proposals(candidate: Any) -> dict[str, Iterator[tuple[int, Site, Any]]]:
    """By operator, the changes that its slips make, with their tier, lazily: the likelier first, all places in turn."""
    formula = Formula(candidate)

    def changes(s: Slip, site: Site) -> Iterator[tuple[int, Site, Any]]:
        try:
            yield from ((s.tier, site, new) for new in s.make(site.node, formula) if fits(site.node, new))
        except REFUSALS:
            return

    queues: dict[str, dict[int, list[Any]]] = {s.operator: {} for s in SLIPS}
    used: set[Any] = set()
    for site in sites(candidate):
        for s in slips_of(site.kind or site.node):
            if site.kind is Part and (s, site.node) in used:
                continue
            used.add((s, site.node)) if site.kind else None
            queues[s.operator].setdefault(s.tier, []).append(changes(s, site))
    return {name: chain(*[in_turn(tiers[t]) for t in sorted(tiers)]) for name, tiers in queues.items() if tiers}


class Sieve:
    """Lets a changed formula pass once, and only if it is not the candidate written otherwise."""

    def __init__(self, candidate: Any) -> None:
        self.candidate = candidate
        self.seen = {candidate}
        self.values = values_of(candidate)
        self.own = self.values.key(candidate)
        self.keys: set[bytes] = set()

    def passes(self, changed: Any) -> bool:
        """Whether this formula is new: by structure, and by its values at random points."""
        if changed is None or changed in self.seen:
            return False
        self.seen.add(changed)
        key = self.values.key(changed)
        if key is None:
            return not changed.has(sp.nan, sp.zoo)
        if key == self.own:
            return not same(changed, self.candidate)
        if key in self.keys:
            return False
        self.keys.add(key)
        return True


def same(one: Any, other: Any) -> bool:
    """Whether two formulas are one after multiplying out."""
    if isinstance(one, (sp.Tuple, sp.MatrixBase)):
        return all(same(a, b) for a, b in zip(one, other, strict=True))
    if one.is_Matrix:
        return bool(one.doit() == other.doit())
    return sp.expand(one - other) == 0 or sp.expand(tidy(one) - tidy(other)) == 0


def tidy(e: Any) -> Any:
    """``e`` with functions simplified, and the arguments of symmetric ones sorted."""
    simple = e.replace(simplifies_itself, lambda n: n.func(*n.args))
    return simple.replace(lambda n: n.func.__name__ in SYMMETRIC, lambda n: n.func(*sorted(n.args, key=str)))


def all_mutants(candidate: Any) -> Iterator[Mutant]:
    """Every distinct mutant, the likeliest first and all operators in turn."""
    candidate = sp.sympify(candidate)
    if isinstance(candidate, sp.MatrixBase):
        candidate = candidate.as_immutable()
    sieve = Sieve(candidate)
    queues = proposals(candidate)
    heap = [(0.0, i, name) for i, name in enumerate(queues)]
    while heap:
        time, i, name = heapq.heappop(heap)
        for tier, site, new in queues[name]:
            try:
                changed = site.back(new)
            except REFUSALS:
                continue
            if sieve.passes(changed):
                yield Mutant(name, changed, site.node, new)
                heapq.heappush(heap, (time + (2 if tier else 1 / TURNS.get(name, 1)), i, name))
                break


def mutants(candidate: Any, limit: int = LIMIT) -> list[Mutant]:
    """Distinct mutants of ``candidate`` (expression, matrix, matrix expression or Tuple), at most ``limit`` of them.

    Two mutants with the same values at random points count once. Whether a mutant is *equivalent* to the candidate is
    decided later, by proof; one that becomes the candidate by multiplying out is left out here.
    """
    return list(islice(all_mutants(candidate), limit))


def find(wrong: Any, right: Any) -> Mutant | None:
    """The mutant of ``right`` that is ``wrong``, by structure or by value; ``None`` if no single slip makes it.

    >>> x, y = sp.symbols("x y", positive=True)
    >>> find(wrong=x + y**2 + 2*x*y, right=x + y), find(wrong=(x - y)/2 - (x + y)/2, right=y).operator
    (None, 'flip a sign')
    """
    wrong, right = sp.sympify(wrong), sp.sympify(right)
    values = values_of(wrong)
    key = values.key(wrong)
    for m in islice(all_mutants(right), SEARCHED):
        if m.expr == wrong or (key is not None and values.key(m.expr) == key):
            return m
    return None


def named(wrong: Any, right: Any) -> str | None:
    """The operator that makes ``wrong`` from ``right``, for messages.

    >>> x, n = sp.symbols("x n", positive=True)
    >>> named(wrong=x/n, right=x/(n - 1)), named(wrong=sp.log(n), right=x/(n - 1))
    ('drop a term', None)
    """
    slip = find(wrong, right)
    return slip.operator if slip else None


def relation_mutants(relation: str) -> list[str]:
    """The relations that a misprint makes of this one and that say more, or the opposite.

    >>> relation_mutants("<="), relation_mutants("=")
    (['>=', '='], [])
    """
    return list(RELATIONS.get(relation, ()))
