"""Statements that must fail, each with a finite witness, and with what is true instead, which must pass the same
trial.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import sympy as sp

from .attack.formulas import cut, number, shown_point
from .attack.premises import Moved, attack_codes
from .case import Case
from .declare import case_of, check_label, exact, known, plain_text
from .errors import ClaimError
from .finishing import finished
from .gathered import told
from .judge import judge
from .measure.compare import compare_all
from .measure.ladder import Judgement
from .measure.trial import Context, run_trial
from .measuring import filled
from .prove.evidence import run_proof
from .prove.sampler import Sampler
from .remembered import remembered
from .say.findings import typeset_finding
from .say.typeset import statement, tex
from .statement import Claim, meanings


def counterexample(
    label: str,
    left: Any,
    relation: str,
    right: Any,
    *,
    instead: Any = None,
    why: str = "",
    **words: Any,
) -> Claim:
    """A statement that must fail. ``domain`` is ordered from the smallest point on; the first that refutes is the
    witness.

    Args:
        instead: the right side (or ``(relation, right side)``) that is true: it must pass the same trial, which shows
            that the trial measures well.
        words: evidence and form, as for :func:`claims.claim`; the residuals of a proof must not all vanish.

    A statement that holds at every point is *undecided*. Returns and raises as :func:`claims.claim`.

    >>> x = sp.Symbol("x", real=True)
    >>> c = counterexample("doc-root-of-square", sp.sqrt(x**2), "=", x, instead=sp.Abs(x), domain={x: [2, -2, -3]})
    >>> c.record["verdict"], c.record["trial"]["point"]
    ('measured', {'x': '-2'})
    """
    check_label(label)
    known(words, "counterexample", label)
    what = f"counterexample({label!r})"
    if instead is None:
        raise ClaimError(f"{what}: instead= says what is true; it must pass the same trial")
    right = exact(right, f"{what}, right")
    case = case_of("counterexample", label, left, relation, right, {"unproved": "it is false", **words})
    case = filled(case, Context.of(case, meanings()))
    other, true = instead if isinstance(instead, tuple) else (relation, instead)
    true, order = exact(true, f"{what}, instead"), tuple(words.get("order", ()))
    result = remembered(
        ("counterexample", case, other, true, order), meanings(), lambda: _found(case, other, true, order)
    )
    return finished(
        Claim(),
        replace(case, unproved=""),
        right,
        words,
        result,
        kind="counterexample",
        plain="not: " + plain_text(left, relation, right),
        why=why,
    )


def _found(case: Case, other: str, true: Any, order: tuple[Any, ...]) -> dict[str, Any]:
    """All evidence against the statement, and for what is true instead, with the statement as it is displayed."""
    started = time.process_time()
    failures: list[str] = []
    record: dict[str, Any] = {"proof": None, "premises": None, "trial": None, "mutants": None}
    context = Context.of(case, meanings())
    seconds = time.process_time()
    hit, base = _first_failure(case, context, failures)
    seconds = time.process_time() - seconds
    if hit is not None:
        record["trial"] = _trial_record(case, base, hit, seconds)
        moved = Moved()
        attack_codes(replace(case, relation="="), context, base, None, moved)
        record["premises"], failures = moved.record(), failures + moved.failures
    control = replace(case, relation=other, right=true, unproved="the control of a counterexample")
    failures += [f"what is true instead does not pass the same trial: {f}" for f in _control(control, context, base)]
    if case.proof is not None:
        found = run_proof(case, case.right, Sampler(case.points), mutant=True)
        record["proof"] = {
            "verdict": found.verdict,
            "residuals": list(found.findings),
            "tactics": [],
            "findings": {n: cut(typeset_finding(f), 1500) for n, f in found.findings.items()},
        }
        if found.verdict != "refuted":
            failures.append("the proof's residuals do not refute the statement")
    claimed = statement(case.left, case.relation, case.right, order=order, negate=True)
    latex = claimed if hit is None else rf"\begin{{aligned}}& {claimed} \\ & {_witness_tex(case, hit)}\end{{aligned}}"
    total = time.process_time() - started
    return {
        "failures": failures,
        "verdict": "undecided" if failures else "proved" if case.proof is not None else "measured",
        "cpu": total,
        "evidence_cpu": total - seconds,
        "statement": latex,
        **record,
    }


def _control(control: Case, context: Context, base: Any) -> list[str]:
    """What keeps the true statement from passing: an equation has all the evidence of a measured claim, a bound holds
    at every point."""
    if control.relation not in ("<=", ">="):
        return judge(control, meanings())["failures"]
    if base is None:
        return ["nothing was measured"]
    judged = compare_all(base.measured, control.right, control, control.relation, exact=True)
    return [] if judged.ok else [told(judged, control, control.relation)]


def _first_failure(case: Case, context: Context, failures: list[str]) -> tuple[Judgement | None, Any]:
    """The first point at which the statement fails."""
    try:
        base = run_trial(case, context, case.codes, range(len(case.points)), watch=True)
        for i, m in enumerate(base.measured):
            hit = compare_all([m], case.right, case, case.relation, indices=[i], exact=True)
            if not hit.ok:
                return hit, base
    except Exception as problem:  # noqa: BLE001 - the author's code may raise anything; it is reported with its kind
        failures.append(f"trial: it raised {type(problem).__name__}: {problem}")
        return None, None
    failures.append("the statement holds at every point of the domain: it is no counterexample")
    return None, base


def _trial_record(case: Case, base: Any, hit: Judgement, seconds: float) -> dict[str, Any]:
    c = hit.comparison
    return {
        "verdict": "refuted",
        "points": len(case.points),
        "samples": int(sum(m.samples for m in base.measured)),
        "kinds": sorted({m.kind for m in base.measured}),
        "comparisons": int(sum(m.size for m in base.measured)),
        "worst": float(hit.worst),
        "threshold": float(hit.threshold),
        "false_alarm": 1e-6,
        "note": hit.note,
        "stochastic": any(m.stochastic for m in base.measured),
        "point": shown_point(case.points[hit.point]),
        "predicted": number(c.predicted),
        "measured": number(c.measured),
        "error": float(c.error),
        "how": base.how,
        "seconds": seconds,
    }


def _witness_tex(case: Case, hit: Judgement) -> str:
    at = ",\\; ".join(f"{tex(k)} = {tex(v)}" for k, v in case.points[hit.point].items())
    measured, predicted = (
        tex(sp.Float(x, 5)) if isinstance(x, float) else str(x)
        for x in map(number, (hit.comparison.measured, hit.comparison.predicted))
    )
    return (
        rf"\text{{{'at ' if at else ''}}}{at}\text{{{': ' if at else ''}}} {measured} \text{{ against }} {predicted}"
    )
