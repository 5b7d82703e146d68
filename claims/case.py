"""What an author declares of one claim, as frozen records: premises, rules, lines of a chain, the case.

>>> x, y = sp.symbols("x y")
>>> Rule("double", x, 2 * y).put(x + 1)
2*y + 1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from .say.symbols import AppliedVector, head


@dataclass(frozen=True)
class Rule:
    """An equation (or bound) that a line may use: wherever its left side stands, its right side may be put.

    ``arguments``: the symbols of the left side that stand for anything: those of a function that is applied to plain
    symbols. ``law``: a theorem of :mod:`claims.prove.rules`, which is no premise. """

    label: str
    left: Any
    right: Any
    relation: str = "="
    places: tuple[tuple[Any, Any], ...] = ()
    law: bool = False
    """Whether it is a law of mathematics, which no premise has to name."""

    @property
    def arguments(self) -> tuple[Any, ...]:
        if not head(self.left) or self.places:
            return ()
        inside = self.left.arguments if isinstance(self.left, AppliedVector) else self.left.args
        plain = all(isinstance(a, (sp.Symbol, sp.MatrixSymbol)) for a in inside) and len(set(inside)) == len(inside)
        return tuple(inside) if plain else ()

    def at(self, places: Mapping[Any, Any]) -> Rule:
        """The same rule with other expressions for its symbols: ``growth.at({t: t - 1})``."""
        return Rule(self.label, put(self.left, places), put(self.right, places), self.relation,
                    (*self.places, *places.items()), self.law)

    def put(self, e: Any) -> Any:
        """``e`` with the right side in place of the left one."""
        if not isinstance(e, (sp.Basic, sp.MatrixBase)):
            return e
        if self.arguments:
            name, formal = head(self.left), self.arguments
            return e.replace(lambda node: head(node) == name,
                             lambda node: put(self.right,
                                              dict(zip(formal, node.arguments
                                                       if isinstance(node, AppliedVector) else node.args))))
        return put(e, {self.left: self.right})

    def with_right(self, right: Any) -> Rule:
        """The same rule with another right side (before any ``at``)."""
        return Rule(self.label, self.left, right, self.relation, law=self.law)


def put(e: Any, places: Mapping[Any, Any]) -> Any:
    """Substitution that leaves the result as SymPy builds it (vectors and applied functions included)."""
    if not isinstance(e, (sp.Basic, sp.MatrixBase)):
        return e
    scalars = {k: v for k, v in places.items() if not getattr(k, "is_Matrix", False)}
    out = e.xreplace({k: v for k, v in places.items() if getattr(k, "is_Matrix", False)})
    return out.subs(scalars, simultaneous=True) if scalars else out


@dataclass(frozen=True)
class Line:
    """One line of a chain: an expression, how it follows from the line before, why, and what that uses.

    ``using``: rules of premises (a definition, a claim, ``premise.at({…})``); ``tactics``: as for a proof;
    ``relation``: ``=``, ``<=`` or ``>=``.

    >>> Line(sp.Symbol("x") ** 2, "square it").relation
    '='
    """

    expr: Any
    reason: str = ""
    using: tuple[Rule, ...] = ()
    relation: str = "="
    tactics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Premise:
    """A premise: its label, its equation if it has one, its code and the code's wrong variants."""

    label: str
    code: Callable[..., Any] | None = None
    wrong: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    rule: Rule | None = None
    definition: bool = False
    names: Any = None
    arguments: tuple[Any, ...] | None = None
    hypothesis: Any = None
    """For what is supposed: the condition on its indices (``None``: it is no hypothesis)."""

    @property
    def calls_like_its_left(self) -> bool:
        """Whether the code takes just what the left side is applied to: then it is what runs under that name."""
        if self.rule is None or self.arguments is None:
            return False
        left = self.rule.left
        return tuple(left.arguments if isinstance(left, AppliedVector) else getattr(left, "args", ())) == self.arguments


@dataclass(frozen=True)
class Case:
    """What one claim declares; ``left`` is an expression, or words that no expression says."""

    label: str
    left: Any
    relation: str
    right: Any
    points: tuple[Mapping[Any, Any], ...]
    premises: tuple[Premise, ...] = ()
    lines: tuple[Line, ...] = ()
    proof: Callable[..., Mapping[str, Any]] | None = None
    trial: Callable[..., Any] | None = None
    tight: Callable[..., Any] | None = None
    tactics: tuple[str, ...] = ()
    along: Any = None
    rate: Any = None
    unproved: str = ""
    unmeasured: str = ""
    loose: str = ""
    explained: frozenset[str] = frozenset()
    """Heads of functions and sequences that ``where=`` explains."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The equations of the premises, in the order of ``given=``."""
        return tuple(p.rule for p in self.premises if p.rule is not None)

    @property
    def codes(self) -> list[Callable[..., Any]]:
        return [p.code for p in self.premises if p.code is not None]

    def chain(self) -> Sequence[Line]:
        """The lines from the left side to the right one, the last being the right side itself."""
        if self.lines and self.lines[-1].expr == self.right:
            return self.lines
        last = Line(self.right, "", self.rules if not self.lines else (),
                    self.relation if not self.lines or self.relation in ("<=", ">=") else "=", self.tactics)
        return (*self.lines, last)
