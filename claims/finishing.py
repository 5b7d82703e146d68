"""A claim that was judged, with its record: what was declared, what was found, how it is displayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from .case import Case, Line
from .declare import assumptions, plain_text
from .prove.chain import link
from .prove.findings import Status
from .say.printing import explained
from .say.typeset import empty_sum_note, statement, tex
from .statement import Claim


def shown(case: Case, show: Any, result: dict[str, Any]) -> Any:
    """The form of the right side that is printed; one that is not shown to be equal fails the claim."""
    if show is None:
        return case.right
    if link(case.right, Line(show, tactics=case.tactics)).status is not Status.ZERO:
        result["failures"].append(f"show= is not shown to equal the right side: {show} against {case.right}")
        result["verdict"] = "undecided"
    return show


def finished(
    c: Claim, case: Case, displayed: Any, words: Mapping[str, Any], result: dict[str, Any], **more: Any
) -> Claim:
    """The claim with its record: what was declared, what was found, how it is displayed."""
    if result["verdict"] == "proved" and words.get("scope"):
        result["verdict"] = "proved at instances"
    c.label, c.lhs, c.rhs, c.relation, c.case = case.label, case.left, case.right, case.relation, case
    order, reason = words.get("order", ()), words.get("reason", "")
    steps = [(line.expr, line.reason, line.relation) for line in case.lines]
    if steps and case.lines[-1].expr == case.right and displayed is not case.right:
        steps[-1] = (displayed, *steps[-1][1:])
    record = {
        "label": case.label,
        "plain": plain_text(case.left, case.relation, displayed),
        "relation": case.relation,
        "lhs": tex(case.left, order),
        "rhs": tex(displayed, order),
        "reasons": [s[1] for s in steps] + ([reason] if reason else []),
        "scope": words.get("scope", ""),
        "assumptions": _assumed(case, words, result.pop("assumed", ())),
        "where": where_rows(words),
        "given": [p.label for p in case.premises],
        "note": words.get("note", ""),
        "unproved": case.unproved,
        "unmeasured": case.unmeasured,
        "loose": case.loose,
        "words": words.get("words", ""),
        "convention": _conventions(case),
        "looks_wrong": words.get("looks_wrong", ""),
        **result,
        **more,
    }
    if "statement" not in record:
        record["statement"] = statement(
            case.left,
            case.relation,
            displayed,
            steps=steps,
            reason=reason,
            order=order,
            breaks=words.get("breaks", ()),
            rate=case.rate if case.relation == "~" else None,
        )
    c.finish(record)
    return c


def _assumed(case: Case, words: Mapping[str, Any], more: Sequence[str]) -> list[str]:
    """What is assumed of every symbol of the sides, the lines and the residuals, in words."""
    said = assumptions(words.get("assume", ()), case.left, case.right, *(line.expr for line in case.lines))
    return said + [w for w in more if w not in said]


def empty_range(case: Case) -> str:
    """Why a formula for a sum may be false where the reader's sum is empty ('' if it is never, or was measured there).

    SymPy continues a sum to b < a - 1 by turning its sign; for the reader it is 0.
    """
    for e in case.left.atoms(sp.Sum, sp.Product) if isinstance(case.left, sp.Basic) else ():
        for k, *ends in e.limits:
            gap = sp.expand(ends[1] - ends[0] + 1) if len(ends) == 2 else sp.S.Zero
            inner = gap.free_symbols - case.left.free_symbols
            if gap.is_nonnegative or gap.is_infinite or inner or e.function == 0:
                continue
            if not any(gap.xreplace(p).is_negative for p in case.points):
                return (
                    f"the sum over {k} is empty for {ends[1]} < {ends[0]}, where the reader takes it for 0, and no"
                    f" point measures that: add one, write the upper end as {ends[0]} plus a nonnegative symbol, or"
                    " say with assume= that it is not meant"
                )
    return ""


def _conventions(case: Case) -> str:
    """What the page says of sums that may be empty."""
    sides = [e for e in (case.left, case.right) if isinstance(e, sp.Basic)]
    return " ".join(dict.fromkeys(note for e in sides if (note := empty_sum_note(e))))


def where_rows(form: Mapping[str, Any]) -> list[list[str]]:
    return explained(form.get("where", {}))
