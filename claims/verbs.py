"""The verbs of a chapter: define, claim, cite, close; errata, counterexamples and refute are in :mod:`claims.errata`, experiments in their module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

import sympy as sp

from . import session
from .case import Case
from .declare import Evidence, Form, assumptions, case_of, check_label, exact, known, plain_text, premises
from .errors import ChapterFailed, ClaimError
from .judge import judge
from .measure.binding import binding_problems
from .measure.points import points
from .naming import defined_twice, name_problems
from .prove.chain import link
from .prove.findings import Status
from .case import Line
from .say.display import chapter_table
from .say.operators import Operator
from .say.symbols import head
from .say.typeset import Quantity, collisions, empty_sum_note, statement, tex
from .statement import Claim, Codes, Definition, Statement, meanings


def define(label: str, left: Any, right: Any = None, code: Callable[..., Any] | None = None, *, args: Sequence[Any] | None = None, wrong: Codes | None = None,
           given: Any = (), domain: Any = None, words: str = "", strict: bool = True, **form: Unpack[Form]) -> Definition:
    """Give a name to an expression, and bind it to the code that trials call.

    Args:
        label: unique in the book, words joined by hyphens.
        left: the name: a symbol, or a function of symbols (``Norm(x)``, ``X(t + 1)``).
        right: the defining expression.
        code: what trials receive: a function of numbers and arrays.
        args: what the code takes, in order: symbols, vectors, matrices, functions; formula and code are compared on random ones.
        wrong: named wrong variants of ``code`` with the same signature; at least one if there is code.
        given: definitions that this one builds on; what they name runs as their code.
        domain: values between which the ``args`` are drawn (default: what the symbols admit).
        words: for a model that no expression says: why not. The record counts it as *in words*; ``left`` is then its LaTeX.
        form: as in :func:`claim`.

    Returns:
        the definition; calling it calls ``code``. Code that is not the formula shown makes it *undecided*, and :func:`close` raises.

    Raises:
        ClaimError: for a call that says nothing (no right side, code without wrong variants or args, a theorem as a definition).

    >>> x, a, y = sp.symbols("x a y", real=True)
    >>> line = define("doc-line", y, a * x, lambda a, x: a * x, args=[a, x], wrong={"sum": lambda a, x: a + x})
    >>> line(2, 3), line.record["verdict"]
    (6, 'definition')
    """
    check_label(label)
    known(form, "define", label, *(["relation"] if not strict else []))
    what = f"define({label!r})"
    if callable(right) and code is None and not isinstance(right, sp.Basic):
        right, code = None, right
    wrong = dict(wrong or {})
    if right is None and code is None:
        raise ClaimError(f"{what}: give an expression, code, or both")
    if code is not None and not wrong:
        raise ClaimError(f"{what}: code needs wrong={{'name': variant}}: without one nothing shows that a trial measures it")
    if isinstance(left, str) and right is not None:
        raise ClaimError(f"{what}: a LaTeX string says the whole definition; with an expression on the right, use a symbol on the left")
    if strict:
        _check_name(what, label, left, right, code, args, words)
    d = Definition(label, code, wrong, tuple(args) if args is not None else None)
    d.lhs, d.relation = left, form.get("relation", "=")
    d.rhs = exact(right, f"{what}, right") if right is not None else None
    built_on = premises(given, what)
    failures = _bind(d, domain) if args is not None and d.rhs is not None and code is not None else []
    relation = d.relation if right is not None else ""
    order = form.get("order", ())
    in_words = right is None or (code is not None and args is None)
    d.finish({"label": label, "kind": "definition", "statement": statement(left, relation, d.rhs, order=order, breaks=form.get("breaks", ())),
              "plain": plain_text(left, relation, d.rhs), "relation": d.relation, "given": [p.label for p in built_on], "lhs": tex(left, order),
              "rhs": tex(d.rhs, order) if right is not None else "", "reasons": [], "scope": "",
              "assumptions": assumptions(form.get("assume", ""), left, d.rhs), "note": form.get("note", ""), "where": _where(form), "proof": None, "trial": None,
              "mutants": None, "premises": None, "wrong": list(wrong), "bound": not in_words, "words": words, "failures": failures,
              "verdict": "undecided" if failures else "definition"})
    return d


def _check_name(what: str, label: str, left: Any, right: Any, code: Any, args: Any, words: str) -> None:
    """A definition names something new: its left side is a symbol or a function of symbols."""
    if right is None:
        if not words:
            raise ClaimError(f"{what}: nothing connects code and formula: give the expression on the right and args=, or words='why no expression says it'")
        return
    if isinstance(left, Quantity):
        raise ClaimError(f"{what}: the left side is in words; use a symbol or a function of symbols")
    if not (isinstance(left, (sp.Symbol, sp.MatrixSymbol)) or head(left)):
        kind = "an operator" if isinstance(left, sp.Basic) and left.has(Operator) else "an expression"
        raise ClaimError(f"{what}: a definition names something new, and its left side {left} is {kind}: state it with claim(…)")
    if right.has(left):
        raise ClaimError(f"{what}: {left} stands on both sides: a definition says what it is by something else")
    earlier = [(s.label, s.lhs) for s in session.objects() if isinstance(s, Definition) and s.rule is not None and s.label != label]
    problem = next(iter(name_problems(left, right)), "") or next(iter(collisions(left, right)), "") or defined_twice(left, earlier)
    if problem:
        raise ClaimError(f"{what}: {problem}")
    if code is not None and args is None:
        raise ClaimError(f"{what}: args= says what the code takes, so that code and formula can be compared")


def _bind(d: Definition, domain: Any) -> list[str]:
    functions = {head(s.lhs): s.code for s in session.objects()
                 if isinstance(s, Definition) and s.code is not None and s.rule is not None and head(s.lhs) and s.premise().calls_like_its_left}
    return binding_problems(d.rhs, d.code, d.wrong, d.arguments, meanings(), functions, points(domain) if domain is not None else ())


def _where(form: Mapping[str, Any]) -> list[list[str]]:
    return [[tex(symbol), meaning] for symbol, meaning in form.get("where", {}).items()]


def claim(label: str, left: Any, relation: str, right: Any, *, strict: bool = True, **words: Any) -> Claim:
    """State ``left relation right`` with its evidence; prove it, measure it, attack it, display it.

    Args:
        label: unique in the book.
        left: an expression; the engine runs it on what the trial returns, computes it, or draws its symbols itself.
        relation: ``=``, ``<=``, ``>=``, ``~`` (with ``along`` and ``rate``), ``argmin`` (left is ``argmin(x, J)``).
        right: the candidate: exact SymPy expression, vector, matrix or ``Tuple``.
        words: the evidence (:class:`claims.declare.Evidence`: given, steps, proof, trial, domain, …) and the form (:class:`claims.declare.Form`).

    Returns:
        the claim, with ``.lhs``, ``.rhs``, ``.record``, ``.at({symbol: expression})``. A claim that fails does not raise: its record says so and
        :func:`close` raises.

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
    case = case_of("claim", label, left, relation, right, strict, words)
    result = judge(case, meanings())
    displayed = shown(case, words.get("show"), result)
    if case.strict and not words.get("assume") and (why := empty_range(case)):
        result["failures"].append(why)
        result["verdict"] = "undecided" if result["verdict"] != "refuted" else "refuted"
    return finished(Claim(), case, displayed, words, result, kind="claim")


def shown(case: Case, show: Any, result: dict[str, Any]) -> Any:
    """The form of the right side that is printed; one that is not shown to be equal fails the claim."""
    if show is None:
        return case.right
    if link(case.right, Line(show, tactics=case.tactics)).status is not Status.ZERO:
        result["failures"].append(f"show= is not shown to equal the right side: {show} against {case.right}")
        result["verdict"] = "undecided"
    return show


def finished(c: Claim, case: Case, displayed: Any, words: Mapping[str, Any], result: dict[str, Any], **more: Any) -> Claim:
    """The claim with its record: what was declared, what was found, how it is displayed."""
    if result["verdict"] == "proved" and words.get("scope"):
        result["verdict"] = "proved at instances"
    c.label, c.lhs, c.rhs, c.relation, c.case = case.label, case.left, case.right, case.relation, case
    order, reason = words.get("order", ()), words.get("reason", "")
    steps = [(line.expr, line.reason, line.relation) for line in case.lines]
    if steps and case.lines[-1].expr == case.right and displayed is not case.right:
        steps[-1] = (displayed, *steps[-1][1:])
    record = {"label": case.label, "plain": plain_text(case.left, case.relation, displayed), "relation": case.relation, "lhs": tex(case.left, order),
              "rhs": tex(displayed, order), "reasons": [s[1] for s in steps] + ([reason] if reason else []), "scope": words.get("scope", ""),
              "assumptions": _assumed(case, words, result.pop("assumed", ())), "where": _where(words),
              "given": [p.label for p in case.premises], "note": words.get("note", ""), "unproved": case.unproved, "unmeasured": case.unmeasured,
              "loose": case.loose, "words": words.get("words", ""), "convention": _conventions(case) if case.strict else "",
              "looks_wrong": words.get("looks_wrong", ""), **result}
    if "statement" not in more:
        record["statement"] = statement(case.left, case.relation, displayed, steps=steps, reason=reason, order=order, breaks=words.get("breaks", ()),
                                        rate=case.rate if case.relation == "~" else None)
    c.finish(record | more)
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
                return (f"the sum over {k} is empty for {ends[1]} < {ends[0]}, where the reader takes it for 0, and no point measures that: add one, write the "
                        f"upper end as {ends[0]} plus a nonnegative symbol, or say with assume= that it is not meant")
    return ""


def _conventions(case: Case) -> str:
    """What the page says of sums that may be empty."""
    sides = [e for e in (case.left, case.right) if isinstance(e, sp.Basic)]
    return " ".join(dict.fromkeys(note for e in sides if (note := empty_sum_note(e))))


def cite(label: str, left: Any, relation: str = "", right: Any = "", *, source: str, reason: str, note: str = "", order: Sequence[Any] = ()) -> Statement:
    """A statement taken from ``source`` (a bibliography key) without evidence here; ``reason`` says why. Without either it raises :class:`ClaimError`.

    >>> cite("doc-known", "e^2 < 8", source="euler1748", reason="the proof is long and not our subject").record["verdict"]
    'cited'
    """
    check_label(label)
    if not source or not reason:
        raise ClaimError(f"cite({label!r}): expected a source and the reason why there is no evidence here")
    s = Statement()
    s.label, s.lhs, s.rhs, s.relation = label, left, right, relation
    s.finish({"label": label, "kind": "cite", "statement": statement(left, relation, right, order=order), "plain": plain_text(left, relation, right),
              "relation": relation, "lhs": tex(left, order), "rhs": tex(right, order), "reasons": [], "scope": "", "assumptions": [], "given": [], "note": note,
              "source": source, "reason": reason, "proof": None, "trial": None, "mutants": None, "premises": None, "verdict": "cited"})
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

    Also checks that every definition is a premise of something, and that at most one record in twenty is only cited. The last cell of a chapter.

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
    failures += [f"{r['label']}: no claim rests on this definition; use it in given= or take it out"
                 for r in records if r["kind"] == "definition" and r["label"] not in used]
    met = {label for r in records for label in r.get("hypotheses_met") or ()}
    failures += [f"{r['label']}: no trial meets this hypothesis, so nothing shows that it can hold; name it in a claim whose trial returns samples of what "
                 "it is about" for r in records if r.get("supposed") and r["label"] in used and r["label"] not in met]
    cited = sum(r["kind"] == "cite" for r in records)
    if cited > max(1, len(records) // 20):
        failures.append(f"{cited} of {len(records)} records are only cited; at most one in twenty")
    display(_Ledger(records))
    if failures:
        raise ChapterFailed(f"{len(failures)} failure(s) in {session.chapter()}:\n" + "\n".join(f"  ✖ {f}" for f in failures))
