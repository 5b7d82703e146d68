"""Lines in one form: rules applied, numbers of vectors canonical, operator nodes as numbers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from ..case import Rule
from ..say.operators import Operator, argmin
from ..say.symbols import SEQUENCES, AppliedVector
from .laws import expected
from .letters import definite
from .telescoping import named, telescoped
from .vectors import built, linear


def rewritten(e: Any, rules: Sequence[Rule]) -> Any:
    """``e`` with every rule applied once, as written and then in canonical form."""
    for rule in rules:
        e = rule.put(e)
    return e


def tidied(e: Any, rules: Sequence[Rule]) -> Any:
    """``e`` with the vectors to which functions are applied in one form, and the rules for such functions applied once
    more."""
    if not isinstance(e, sp.Basic) or not e.has(AppliedVector):
        return e
    tidy = lambda a: a.replace(lambda n: isinstance(n, AppliedVector) and n.head not in SEQUENCES,
                               lambda n: _tidy(n, rules))  # noqa: E731
    e = tidy(e)
    for rule in rules:
        if isinstance(rule.left, AppliedVector) and not rule.arguments:
            e = e.xreplace({tidy(rule.left): tidy(rule.right)})
    return e


def _tidy(node: AppliedVector, rules: Sequence[Rule]) -> AppliedVector:
    arguments = []
    for a in node.arguments:
        if isinstance(a, sp.MatrixExpr):
            found: dict[Any, Any] = {}
            for c, w in linear(a):
                found[w] = found.get(w, sp.S.Zero) + c
            terms = [(canonical(c, rules), w) for w, c in found.items()]
            kept = [sp.factor(c) * built(w, a.shape[0])
                    for c, w in sorted(terms, key=lambda pair: str(pair[1])) if c != 0]
            a = sp.MatAdd(*kept) if len(kept) > 1 else kept[0] if kept else sp.ZeroMatrix(*a.shape)
        arguments.append(a)
    return AppliedVector(node.head, node.shape[0], *arguments)


def canonical(e: Any, rules: Sequence[Rule] = ()) -> Any:
    """Numbers of vectors in canonical form, expectations taken, and the rules applied to what then stands there."""
    e = telescoped(e)
    if not has_operators(e):
        return named(e)
    out = expected(e)
    for rule in rules:
        if rule.arguments or getattr(rule.left, "is_Matrix", False):
            continue
        node, value = solved(rule)
        if node is not None:
            out = out.xreplace({node: value}) if not isinstance(node, sp.Symbol) else out
    out = telescoped(out)
    return named(sp.expand(out) if out.has(Operator) else out)


def has_operators(e: Any) -> bool:
    return (isinstance(e, sp.Basic)
            and (getattr(e, "is_Matrix", False) or e.has(Operator, sp.Trace, sp.Determinant, sp.MatrixExpr)))


def solved(rule: Rule) -> tuple[Any, Any]:
    """The one operator node that the canonical left side of a rule is a multiple of, and what it equals."""
    left = expected(rule.left)
    nodes = [a for a in sp.Mul.make_args(left) if isinstance(a, (Operator, sp.Trace, sp.Determinant))]
    nodes += [a.base for a in sp.Mul.make_args(left)
              if isinstance(a, sp.Pow) and a.exp == sp.S.Half and isinstance(a.base, Operator)]
    if len(nodes) != 1:
        return None, None
    rest = left / nodes[0] if left.has(nodes[0]) and not (left / nodes[0]).has(nodes[0]) else None
    right = expected(rule.right)
    if rest is not None:
        return nodes[0], right / rest
    rest = left / sp.sqrt(nodes[0])
    return (nodes[0], (right / rest) ** 2) if not rest.has(nodes[0]) else (None, None)


def as_numbers(e: Any) -> tuple[Any, bool]:
    """``e`` with every operator node, matrix element and undefined vector as a number of its own, and whether there
    were any."""
    nodes = {n for n in sp.preorder_traversal(e)
             if isinstance(n, (Operator, sp.Trace, sp.Determinant, argmin,
                               sp.matrices.expressions.matexpr.MatrixElement))}
    outer = {n for n in nodes if not any(n is not m and m.has(n) for m in nodes)}
    known = lambda n: n.is_positive or isinstance(n, sp.Determinant) and definite(n.arg) or None  # noqa: E731
    names = {n: sp.Dummy(str(n), real=True, nonnegative=n.is_nonnegative or None, positive=known(n))
             for n in sorted(outer, key=str)}
    return e.xreplace(names), bool(names)
