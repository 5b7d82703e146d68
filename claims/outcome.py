"""What the evidence for a case amounts to, as the part of its record that is not about display."""

from __future__ import annotations

from typing import Any

from .attack.formulas import cut, number, shown_point
from .gathered import Evidence, chained, left_computed, resolution
from .measure.sampled import Sampled
from .measure.trial import FALSE_ALARM, in_words
from .prove.findings import Status
from .say.findings import typeset_finding
from .say.operators import argmin
from .say.typeset import tex


def outcome(e: Evidence, total: float) -> dict[str, Any]:
    case, proof = e.case, e.proof
    proof_verdict = proof.verdict if proof else None
    lines_measured = bool(case.lines) and all(w == "measured" for w in e.lines) and e.measured == "measured"
    if proof_verdict == "undecided" and case.proof is None and proof.lines:
        _undecided_lines(e, lines_measured)
        proof_verdict = "measured" if lines_measured and not e.failures else "undecided"
    wrong = "refuted" in (proof_verdict, e.measured)
    verdict = (
        "refuted" if wrong else "undecided" if e.failures else "proved" if proof_verdict == "proved" else "measured"
    )
    if verdict == "measured" and e.measured != "measured":
        verdict = "undecided"
        e.failures.append("there is neither a proof nor a measurement that decides it")
    if verdict == "proved" and e.instances:
        verdict = "proved at instances"
    return {
        "proof": _proof_record(e),
        "trial": _trial_record(e),
        "premises": e.moved.record() if e.base is not None else None,
        "mutants": e.tally.record(),
        "failures": e.failures,
        "verdict": verdict,
        "cpu": total,
        "evidence_cpu": total - e.trial_seconds,
        "lines": _lines_record(e),
        "sides": {"left": _side(e), "right": "executed"},
        "given_moved": e.moved.by,
        "hypotheses_met": e.met,
        "resolution": resolution(e),
        "instances": list(e.instances),
        "unseen": e.unseen,
        "assumed": [w for w in e.proof.assumed.values() if w] if proof else [],
        "closest": e.closest,
        "sampled": e.sampled,
        "identity": (
            verdict == "proved" and not any(set(w) & {"proof", "line"} for w in e.moved.by.values())
        ),
    }


def _undecided_lines(e: Evidence, measured: bool) -> None:
    for k, (line, f) in enumerate(e.proof.lines):
        if f.status is Status.UNDECIDED and not measured:
            e.failures.append(f"line {k + 1} ({line.reason or 'the right side'}): {f}")


def _side(e: Evidence) -> str:
    if in_words(e.case.left):
        return "in words"
    if e.base is None:
        return "computed" if e.proof is not None and e.proof.lines else "in words"
    if isinstance(e.case.left, argmin) or any(isinstance(m, Sampled) for m in e.base.measured):
        return "executed"
    return "computed" if left_computed(e) else "executed" if e.base.how != "trial" else "in words"


def _lines_record(e: Evidence) -> list[dict[str, Any]]:
    if e.proof is None or not e.case.lines:
        return []
    out = []
    for k, (line, f) in enumerate(e.proof.lines):
        seen = e.lines[k] if k < len(e.lines) else ""
        evidence = (
            "proved"
            if f.status is Status.ZERO
            else "refuted" if "refuted" in (str(f.status), seen) or f.status is Status.NONZERO else seen or "undecided"
        )
        out.append(
            {
                "tex": tex(line.expr),
                "reason": line.reason,
                "relation": line.relation,
                "premises": sorted({r.label for r in line.using}),
                "evidence": evidence,
                "by": f.tactic if f.status is Status.ZERO else "",
                "run": seen,
            }
        )
    return out


def _proof_record(e: Evidence) -> dict[str, Any] | None:
    if e.proof is None:
        return None
    return {
        "verdict": e.proof.verdict,
        "residuals": list(e.proof.findings),
        "tactics": e.proof.tactics,
        "findings": {n: cut(typeset_finding(f), 1500) for n, f in e.proof.findings.items()},
        "chained": chained(e.case),
    }


def _trial_record(e: Evidence) -> dict[str, Any] | None:
    if e.measured is None:
        return None
    measured = e.base.measured if e.base else []
    out: dict[str, Any] = {
        "verdict": e.measured,
        "points": len(e.case.points),
        "samples": int(sum(m.samples for m in measured)),
        "kinds": sorted({m.kind for m in measured}),
        "comparisons": int(sum(m.size for m in measured)),
        "worst": None,
        "threshold": None,
        "false_alarm": FALSE_ALARM,
        "how": e.base.how if e.base else "",
        "seconds": e.trial_seconds,
    }
    if e.judged is not None and e.judged.comparison is not None:
        c = e.judged.comparison
        out |= {
            "worst": float(e.judged.worst),
            "threshold": float(e.judged.threshold),
            "note": e.judged.note or e.sampled,
            "stochastic": any(m.stochastic for m in measured),
            "point": shown_point(e.case.points[e.judged.point]),
            "predicted": number(c.predicted),
            "measured": number(c.measured),
            "error": float(c.error),
        }
    return out
