"""The verbs of a chapter that state and end: claim, cite, close. The others are in modules of their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp  # noqa: F401 - the examples use it

from . import session
from .declare import case_of, check_label, exact, known, plain_text
from .errors import ChapterFailed, ClaimError
from .finishing import empty_range, finished, shown
from .judge import judge
from .say.display import chapter_table
from .say.typeset import statement, tex
from .statement import Claim, Statement, meanings


def claim(label: str, left: Any, relation: str, right: Any, **words: Any) -> Claim:
    """State ``left relation right`` with its evidence; prove it, measure it, attack it, display it.

    Args:
        label: unique in the book.
        left: an expression; the engine runs it on what the trial returns, computes it, or draws its symbols itself.
        relation: ``=``, ``<=``, ``>=``, ``~`` (with ``along`` and ``rate``), ``argmin`` (left is ``argmin(x, J)``).
        right: the candidate: exact SymPy expression, vector, matrix or ``Tuple``.
        words: the evidence (:class:`claims.declare.Evidence`: given, steps, proof, trial, domain, …) and the form
            (:class:`claims.declare.Form`).

    Returns:
        the claim, with ``.lhs``, ``.rhs``, ``.record``, ``.at({symbol: expression})``. A claim that fails does not
        raise: its record says so and :func:`close` raises.

    Raises:
        ClaimError: if the call itself is wrong.

    >>> n, k = sp.symbols("n k", integer=True, positive=True)
    >>> claim("doc-triangle", sp.Sum(k, (k, 1, n)), "=", n * (n + 1) / 2, domain={n: [3, 6]}).record["verdict"]
    'proved'
    >>> claim("doc-triangle", sp.Sum(k, (k, 1, n)), "=", n * (n - 1) / 2, domain={n: [3, 6]}).record["verdict"]
    'refuted'
    """
    check_label(label)
    known(words, "claim", label)
    what = f"claim({label!r})"
    right = exact(right, f"{what}, right")
    left = left if isinstance(left, str) else exact(left, f"{what}, left")
    case = case_of("claim", label, left, relation, right, words)
    result = judge(case, meanings())
    displayed = shown(case, words.get("show"), result)
    if not words.get("assume") and (why := empty_range(case)):
        result["failures"].append(why)
        result["verdict"] = "undecided" if result["verdict"] != "refuted" else "refuted"
    return finished(Claim(), case, displayed, words, result, kind="claim")


def cite(
    label: str,
    left: Any,
    relation: str = "",
    right: Any = "",
    *,
    source: str,
    reason: str,
    note: str = "",
    order: Sequence[Any] = (),
) -> Statement:
    """A statement taken from ``source`` (a bibliography key) without evidence here; ``reason`` says why. Without
    either it raises :class:`ClaimError`.

    >>> cite("doc-known", "e^2 < 8", source="euler1748", reason="a long proof, not our subject").record["verdict"]
    'cited'
    """
    check_label(label)
    if not source or not reason:
        raise ClaimError(f"cite({label!r}): expected a source and the reason why there is no evidence here")
    s = Statement()
    s.label, s.lhs, s.rhs, s.relation = label, left, right, relation
    s.finish(
        {
            "label": label,
            "kind": "cite",
            "statement": statement(left, relation, right, order=order),
            "plain": plain_text(left, relation, right),
            "relation": relation,
            "lhs": tex(left, order),
            "rhs": tex(right, order),
            "reasons": [],
            "scope": "",
            "assumptions": [],
            "given": [],
            "note": note,
            "source": source,
            "reason": reason,
            "proof": None,
            "trial": None,
            "mutants": None,
            "premises": None,
            "verdict": "cited",
        }
    )
    return s


class _Ledger:
    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = records

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return chapter_table(self.records)

    def __repr__(self) -> str:
        return chapter_table(self.records)["text/plain"]


def close() -> None:
    """Close the chapter: show its ledger, and raise once, with all failures, if there are any.

    Also checks that every definition is a premise of something, and that at most one record in twenty is only cited.
    The last cell of a chapter.

    >>> from claims import define
    >>> session.reset()
    >>> y, x = sp.symbols("y x")
    >>> d = define("doc-lonely", y, x + 1, lambda x: x + 1, args=[x], wrong={"minus": lambda x: x - 1})
    >>> close()
    Traceback (most recent call last):
        ...
    claims.errors.ChapterFailed: 1 failure(s) in notebook:
      ✖ doc-lonely: no claim rests on this definition; use it in given= or take it out
    >>> session.reset()
    """
    from IPython.display import display

    records = session.records()
    used = {g for r in records for g in r["given"]}
    failures = [f"{r['label']}: {f}" for r in records for f in r.get("failures") or ()]
    failures += [
        f"{r['label']}: no claim rests on this definition; use it in given= or take it out"
        for r in records
        if r["kind"] == "definition" and r["label"] not in used
    ]
    met = {label for r in records for label in r.get("hypotheses_met") or ()}
    failures += [
        f"{r['label']}: no trial meets this hypothesis, so nothing shows that it can hold; name it in a claim whose"
        " trial returns samples of what it is about"
        for r in records
        if r.get("supposed") and r["label"] in used and r["label"] not in met
    ]
    cited = sum(r["kind"] == "cite" for r in records)
    if cited > max(1, len(records) // 20):
        failures.append(f"{cited} of {len(records)} records are only cited; at most one in twenty")
    display(_Ledger(records))
    if failures:
        raise ChapterFailed(
            f"{len(failures)} failure(s) in {session.chapter()}:\n" + "\n".join(f"  ✖ {f}" for f in failures)
        )
