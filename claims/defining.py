"""The verb that names things: an expression, bound to the code that trials call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Unpack

import sympy as sp

from . import session
from .declare import Form, assumptions, check_label, exact, known, plain_text, premises
from .errors import ClaimError
from .finishing import where_rows
from .measure.binding import binding_problems
from .measure.points import point_problems, points
from .naming import defined_twice, name_problems
from .remembered import remembered
from .say.operators import Operator
from .say.symbols import head
from .say.typeset import Quantity, collisions, statement, tex
from .statement import Codes, Definition, meanings


def define(
    label: str,
    left: Any,
    right: Any = None,
    code: Callable[..., Any] | None = None,
    *,
    args: Sequence[Any] | None = None,
    wrong: Codes | None = None,
    given: Any = (),
    domain: Any = None,
    words: str = "",
    **form: Unpack[Form],
) -> Definition:
    """Give a name to an expression, and bind it to the code that trials call.

    Args:
        label: unique in the book, words joined by hyphens.
        left: the name: a symbol, or a function of symbols (``Norm(x)``, ``X(t + 1)``).
        right: the defining expression.
        code: what trials receive: a function of numbers and arrays.
        args: what the code takes, in order: symbols, vectors, matrices, functions; formula and code are compared on
            random ones.
        wrong: named wrong variants of ``code`` with the same signature; at least one if there is code.
        given: definitions that this one builds on; what they name runs as their code.
        domain: values between which the ``args`` are drawn (default: what the symbols admit).
        words: for a model that no expression says: why not. The record counts it as *in words*; ``left`` is then its
            LaTeX.
        form: as in :func:`claim`.

    Returns:
        the definition; calling it calls ``code``. Code that is not the formula shown makes it *undecided*, and
        :func:`close` raises.

    Raises:
        ClaimError: for a call that says nothing (no right side, code without wrong variants or args, a theorem as a
        definition).

    >>> x, a, y = sp.symbols("x a y", real=True)
    >>> line = define("doc-line", y, a * x, lambda a, x: a * x, args=[a, x], wrong={"sum": lambda a, x: a + x})
    >>> line(2, 3), line.record["verdict"]
    (6, 'definition')
    """
    check_label(label)
    known(form, "define", label)
    what = f"define({label!r})"
    if callable(right) and code is None and not isinstance(right, sp.Basic):
        right, code = None, right
    wrong = dict(wrong or {})
    if right is None and code is None:
        raise ClaimError(f"{what}: give an expression, code, or both")
    if code is not None and not wrong:
        raise ClaimError(
            f"{what}: code needs wrong={{'name': variant}}: without one nothing shows that a trial measures it"
        )
    if isinstance(left, str) and right is not None:
        raise ClaimError(
            f"{what}: a LaTeX string says the whole definition; with an expression on the right, use a symbol on the"
            " left"
        )
    _check_name(what, label, left, right, code, args, words)
    d = Definition(label, code, wrong, tuple(args) if args is not None else None)
    d.lhs, d.relation = left, "="
    d.rhs = exact(right, f"{what}, right") if right is not None else None
    built_on = premises(given, what)
    failures = _bind(d, domain) if args is not None and d.rhs is not None and code is not None else []
    relation = d.relation if right is not None else ""
    order = form.get("order", ())
    d.finish(
        {
            "label": label,
            "kind": "definition",
            "statement": statement(left, relation, d.rhs, order=order, breaks=form.get("breaks", ())),
            "plain": plain_text(left, relation, d.rhs),
            "relation": d.relation,
            "given": [p.label for p in built_on],
            "lhs": tex(left, order),
            "rhs": tex(d.rhs, order) if right is not None else "",
            "reasons": [],
            "scope": "",
            "assumptions": assumptions(form.get("assume", ""), left, d.rhs),
            "note": form.get("note", ""),
            "where": where_rows(form),
            "proof": None,
            "trial": None,
            "mutants": None,
            "premises": None,
            "wrong": list(wrong),
            "bound": right is not None,
            "words": words,
            "failures": failures,
            "verdict": "undecided" if failures else "definition",
        }
    )
    return d


def _check_name(what: str, label: str, left: Any, right: Any, code: Any, args: Any, words: str) -> None:
    """A definition names something new: its left side is a symbol or a function of symbols."""
    if right is None:
        if not words:
            raise ClaimError(
                f"{what}: nothing connects code and formula: give the expression on the right and args=, or words='why"
                " no expression says it'"
            )
        return
    if isinstance(left, Quantity):
        raise ClaimError(f"{what}: the left side is in words; use a symbol or a function of symbols")
    if not (isinstance(left, (sp.Symbol, sp.MatrixSymbol)) or head(left)):
        kind = "an operator" if isinstance(left, sp.Basic) and left.has(Operator) else "an expression"
        raise ClaimError(
            f"{what}: a definition names something new, and its left side {left} is {kind}: state it with claim(…)"
        )
    if right.has(left):
        raise ClaimError(f"{what}: {left} stands on both sides: a definition says what it is by something else")
    earlier = [
        (s.label, s.lhs)
        for s in session.objects()
        if isinstance(s, Definition) and s.rule is not None and s.label != label
    ]
    problem = (
        next(iter(name_problems(left, right)), "")
        or next(iter(collisions(left, right)), "")
        or defined_twice(left, earlier)
    )
    if problem:
        raise ClaimError(f"{what}: {problem}")
    if code is not None and args is None:
        raise ClaimError(f"{what}: args= says what the code takes, so that code and formula can be compared")


def _bind(d: Definition, domain: Any) -> list[str]:
    drawn = points(domain) if domain is not None else ()
    numbers = [a for a in d.arguments if isinstance(a, sp.Symbol) and any(a in p for p in drawn)]
    if problems := point_problems(drawn, numbers):
        return problems
    functions = {
        head(s.lhs): s.code
        for s in session.objects()
        if isinstance(s, Definition)
        and s.code is not None
        and s.rule is not None
        and head(s.lhs)
        and s.premise().calls_like_its_left
    }
    return remembered(
        ("definition", d.rhs, d.code, d.wrong, d.arguments, drawn),
        meanings(),
        lambda: {"failures": binding_problems(d.rhs, d.code, d.wrong, d.arguments, meanings(), functions, drawn)},
        functions,
    )["failures"]
