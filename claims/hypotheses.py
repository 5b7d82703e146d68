"""Hypotheses: what a model supposes, stated once, used by lines, and checked on the samples of every trial."""

from __future__ import annotations

from typing import Any, Unpack

import sympy as sp

from .case import Premise
from .declare import Form, assumptions, check_label, exact, known, plain_text
from .errors import ClaimError
from .say.printing import explained
from .say.typeset import statement, tex
from .statement import Statement


class Hypothesis(Statement):
    """What is supposed; ``when``: the index values for which it is."""

    when: Any = sp.true

    def premise(self) -> Premise:
        return Premise(self.label, rule=self.rule, hypothesis=self.when)


def suppose(label: str, left: Any, relation: str, right: Any, *, when: Any = sp.true,
            **form: Unpack[Form]) -> Hypothesis:
    """State a hypothesis. It is a premise like any other; the engine checks that it holds on what the trials of its
    claims return.

    Args:
        when: a condition on the indices under which it is supposed (``s <= t``).

    Raises:
        ClaimError: for sides that are words.

    >>> from claims import inner, sequence
    >>> s, t, d = sp.symbols("s t d", integer=True, nonnegative=True)
    >>> X, f = sequence("x", size=d, random=True), sequence("f", size=d, random=True)
    >>> suppose("doc-right-angles", inner(X(s), f(t)), "=", 0, when=s <= t).record["verdict"]
    'definition'
    """
    check_label(label)
    known(form, "suppose", label)
    if isinstance(left, str):
        raise ClaimError(f"suppose({label!r}): write the left side as an expression")
    h = Hypothesis()
    h.label, h.lhs, h.rhs, h.relation, h.when = label, exact(
        left, f"suppose({label!r}), left"), exact(right, f"suppose({label!r}), right"), relation, when
    order = form.get("order", ())
    h.finish({"label": label, "kind": "definition", "statement": statement(h.lhs, relation, h.rhs, order=order),
              "plain": plain_text(h.lhs, relation, h.rhs),
              "relation": relation, "given": [], "lhs": tex(h.lhs, order), "rhs": tex(h.rhs, order), "reasons": [],
              "scope": "", "supposed": True,
              "assumptions": assumptions(form.get("assume", ""), h.lhs, h.rhs), "note": form.get("note", ""),
              "where": explained(form.get("where", {})), "proof": None, "trial": None, "mutants": None,
              "premises": None, "wrong": [], "bound": True, "failures": [], "verdict": "definition"})
    return h
