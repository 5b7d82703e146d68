"""The judge conducts: prove, measure, attack, in this order, and says what the evidence amounts to. It never raises for a claim that fails.

Old chapters (``Case.strict`` is false) have left sides in words and proofs that do not receive their premises; what the strict rules ask of a claim
is not asked of them, and the ledger counts them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from .attack.formulas import Tally, attack_formula, cut, number, shown_point
from .attack.premises import POWER, Moved, attack_codes, attack_equations
from .case import Case
from .measure.guard import FormulaRead, scan, signature_problem
from .measure.measurement import MeasurementError, resolution as joint_resolution
from .measure.points import keyword, point_problems
from .measure.sampled import Sampled
from .measure.trial import FALSE_ALARM, Context, Judgement, Run, compare_all, computed, in_words, run_trial
from .prove.evidence import Proof, ignores_candidate, prove, run_proof, takes
from .prove.findings import Status
from .prove.instances import instances
from .prove.sampler import Sampler
from .say.operators import argmin
from .say.symbols import is_random
from .say.typeset import tex

LINE_MUTANTS = 8
RESOLUTION, ROUGH = 1e-3, 2e-2
"""The relative error that a claim which is only measured must see, and any other."""
FLIPPED = {"<=": ">=", ">=": "<="}


@dataclass
class Evidence:
    """What was found for one case, and in words what fails."""

    case: Case
    context: Context
    proof: Proof | None = None
    base: Run | None = None
    tight: Run | None = None
    judged: Judgement | None = None
    measured: str | None = None
    lines: list[str] = field(default_factory=list)
    moved: Moved = field(default_factory=Moved)
    tally: Tally = field(default_factory=Tally)
    instances: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)
    trial_seconds: float = 0.0


def judge(case: Case, meanings: Mapping[Any, Any]) -> dict[str, Any]:
    """All evidence for one claim, as the part of its record that is not about display."""
    started = time.process_time()
    sampler = Sampler(case.points if case.points[0] else ())
    e = Evidence(case, Context.of(case, meanings))
    _prove(e, sampler)
    before = time.process_time()
    _measure(e)
    e.trial_seconds = time.process_time() - before
    _attack(e, sampler)
    _insist(e)
    return _record(e, time.process_time() - started)


def chained(case: Case) -> bool:
    """Whether the chain from left to right is (part of) the proof."""
    if in_words(case.left) or case.relation in ("~", "argmin"):
        return False
    return bool(case.lines) or (case.proof is None and not case.unproved)


def _prove(e: Evidence, sampler: Sampler) -> None:
    case = e.case
    if case.proof is None and not chained(case):
        return
    e.proof = prove(case, sampler, chained(case))
    for name, f in e.proof.findings.items():
        if f.status is not Status.ZERO:
            e.failures.append(f"proof, residual {name!r}: {f}")
    if case.proof is not None and e.proof.verdict == "proved" and ignores_candidate(case, _another(case.right)):
        e.proof.verdict = "undecided"
        e.failures.append("the proof ignores its candidate: it returns the same residuals for another right-hand side")
    for k, (line, f) in enumerate(e.proof.lines):
        if f.status is Status.NONZERO:
            e.failures.append(f"line {k + 1} ({line.reason or 'the right side'}): it does not follow from the line before: {f}")


def _another(right: Any) -> Any:
    if isinstance(right, (sp.Tuple, list, tuple)):
        return sp.Tuple(right[0] + sp.Dummy("other", positive=True), *right[1:])
    return 2 * right if getattr(right, "is_Matrix", False) else right + sp.Dummy("other", positive=True)


def _measure(e: Evidence) -> None:
    case = e.case
    if case.trial is None and (case.unmeasured or in_words(case.left)):
        return
    if case.trial is not None and (problem := _trial_problem(case, e.context)):
        e.measured = "undecided"
        e.failures.append(problem)
        return
    everywhere = range(len(case.points))
    try:
        e.base = run_trial(case, e.context, case.codes, everywhere, watch=True)
        e.tight = run_trial(case, e.context, case.codes, everywhere, watch=True, tight=True) if case.tight is not None else None
        _compare(e)
    except (FormulaRead, MeasurementError) as problem:
        e.measured, e.base = "undecided", None
        e.failures.append(f"trial: {problem}")
    except Exception as problem:  # noqa: BLE001 - the author's code may raise anything; it is reported with its kind and the chapter goes on
        e.measured, e.base = "undecided", None
        e.failures.append(f"trial: it raised {type(problem).__name__}: {problem}")


def _trial_problem(case: Case, context: Context) -> str:
    """Why a trial cannot count ('' if it can): nothing to measure, a wrong signature, a formula within its reach."""
    coded = [p for p in case.premises if p.code is not None]
    if not coded and (in_words(case.left) or not _draws(case)):
        return "the trial has no definition to measure: name in given= a definition with code and wrong variants"
    bare = [p.label for p in coded if not p.wrong]
    if bare:
        return f"the definition {bare[0]!r} has no wrong variants, so nothing shows that the trial measures it"
    for name, trial in (("trial", case.trial), ("tight", case.tight)):
        if trial is None:
            continue
        problem = signature_problem(trial, 1 + len(coded), {keyword(k) for k in case.points[0]})
        if problem:
            return f"{name}: {problem}"
        found = scan(trial, tuple(p.code for p in coded))
        if found:
            return f"the {name} {found}; a trial measures the definitions, it does not read the formula"
    return ""


def _draws(case: Case) -> bool:
    """Whether the left side is about declared random symbols, of which samples may be drawn without any definition."""
    return any(is_random(a) for a in sp.preorder_traversal(case.left)) if isinstance(case.left, sp.Basic) else False


def _compare(e: Evidence) -> None:
    case = e.case
    relation = "=" if case.relation == "argmin" else case.relation
    if case.trial is not None:
        coded = [p for p in case.premises if p.code is not None]
        calls = [sum(c) for c in zip(e.base.calls, *([e.tight.calls] if e.tight else []))]
        unused = next((p.label for p, n in zip(coded, calls) if n == 0), None)
        if unused is not None:
            e.measured, e.base = "undecided", None
            e.failures.append(f"the trial never calls the definition {unused!r} that it is given; measure it, or take it out of given=")
            return
    e.judged = compare_all(e.base.measured, case.right, case, relation, exact=True)
    e.measured = "measured" if e.judged.ok else "refuted"
    if not e.judged.ok:
        e.failures.append(f"trial: {_shown(e.judged, case)}")
    elif e.tight is not None:
        attained = compare_all(e.tight.measured, case.right, case, "=", exact=True)
        if not attained.ok:
            e.measured, e.judged = "refuted", attained
            e.failures.append(f"the bound is not attained where tight= says: {_shown(attained, case)}")
    why = next((w for m in e.base.measured if isinstance(m, Sampled) and (w := m.mistrust())), "")
    if why and case.relation != "~":
        e.failures.append(f"trial: {why}")
    _compare_computed(e, relation)
    _compare_lines(e)


def _compare_computed(e: Evidence, relation: str) -> None:
    """A left side that is a number at every point is computed as well, whatever the trial measured."""
    case = e.case
    if case.trial is None or relation == "~":
        return
    own = [computed(case, e.context, p) for p in case.points]
    if any(m is None for m in own):
        return
    j = compare_all(own, case.right, case, relation, exact=True)
    if not j.ok:
        e.measured = "refuted"
        e.failures.append(f"the left side, computed: {_shown(j, case)}")


def _compare_lines(e: Evidence) -> None:
    """Every line at every point: it agrees with the left side, or bounds it once a line has."""
    relation = "="
    for k, line in enumerate(e.case.lines):
        relation = line.relation if line.relation != "=" else relation
        try:
            j = compare_all(e.base.measured, line.expr, e.case, relation)
        except MeasurementError as problem:
            e.lines.append("")
            if e.case.strict and e.base.how != "computed":
                e.failures.append(f"line {k + 1} ({line.reason}): it cannot be run: {problem}")
            continue
        e.lines.append("measured" if j.ok else "refuted")
        if not j.ok:
            e.measured = "refuted"
            e.failures.append(f"line {k + 1} ({line.reason}): {_shown(j, e.case)}")


def _attack(e: Evidence, sampler: Sampler) -> None:
    case, proved = e.case, e.proof is not None and e.proof.verdict == "proved"
    usable = e.base if e.measured == "measured" else None
    tight = e.tight if usable is not None else None
    if usable is not None:
        attack_codes(case, e.context, usable, tight, e.moved)
    if case.strict and (proved or usable is not None):
        attack_equations(case, e.context, usable, proved, chained(case), sampler, e.moved)
    if case.proof is not None and proved:
        e.instances = _instances(case) if case.strict else ()
    e.failures += e.moved.failures
    prover = (lambda m: run_proof(case, m, sampler, mutant=True)) if proved and case.proof is not None else None
    if prover or usable:
        relation = "=" if case.relation == "argmin" else case.relation
        attack_formula(case, case.right, sampler, usable, tight, prover, relation, e.tally)
        if usable is not None and case.strict:
            shown = [f.status for _, f in e.proof.lines] if e.proof is not None else []
            for line, evidence, after in zip(case.lines, e.lines, [*shown[1:], Status.UNDECIDED]):
                # a line between two that computer algebra leads to and from needs no further attack
                if evidence == "measured" and line.expr != case.right and line.relation == "=" and after is not Status.ZERO:
                    lone = replace(case, right=line.expr, relation="=", tight=None)
                    attack_formula(lone, line.expr, sampler, usable, None, None, "=", e.tally, LINE_MUTANTS)
        e.failures += [f"the mutant {s['plain']} ({s['operator']}) survives {s['by']}" for s in e.tally.survivors]
        flat = _degenerate(case) if any("the trial" in s["by"] for s in e.tally.survivors) else []
        if flat:
            e.failures.append(f"the domain gives {', '.join(map(str, flat))} only 0 or 1, where different formulas agree; add other values")
        if e.tally.killed_by_proof + e.tally.killed_by_trial == 0 and not (proved and chained(case)):
            tail = " (a bound needs tight= where it is attained)" if case.relation in FLIPPED else ""
            e.failures.append("no mutant was refuted: the evidence has no power" + tail)
        if e.tally.power is not None and e.tally.power < POWER:
            e.failures.append(f"underpowered: other random numbers would refute the mutant {e.tally.weakest} ({e.tally.weakest_operator}) with probability "
                              f"{e.tally.power:.3f} only; take more samples or a wider domain")
    if usable is not None and case.strict and case.relation in FLIPPED:
        _attack_relation(e, usable)


def _instances(case: Case) -> tuple[str, ...]:
    """The symbols of the right side that its proof sees only at numbers."""
    symbols = [s for s in getattr(case.right, "free_symbols", ()) if isinstance(s, sp.Symbol)]
    seen = instances(case.proof, symbols, case.right, [r.right for r in case.rules] if takes(case) > 1 else [])
    return tuple(sorted(map(str, seen.symbols or ())))


def _attack_relation(e: Evidence, base: Run) -> None:
    """A bound must be one: somewhere the left side is strictly below (above) it, and somewhere it is not far off."""
    case = e.case
    for other in ("=", FLIPPED[case.relation]):
        try:
            holds = compare_all(base.measured, case.right, case, other).ok
        except MeasurementError:
            continue
        if holds:
            word = "an equation" if other == "=" else f"true with {other}"
            e.failures.append(f"the bound is {word} at every point measured: state the equation, or measure where it is strict")
            return


def _insist(e: Evidence) -> None:
    """The rules that a claim must obey beyond its own evidence."""
    case = e.case
    if not case.strict:
        return
    proved = e.proof is not None and e.proof.verdict == "proved"
    if in_words(case.left) and e.base is None and not e.failures:
        e.failures.append("the left side is in words and nothing measures it: write it as an expression, or give trial=")
    idle = [p.label for p in case.premises if not e.moved.by.get(p.label)]
    if idle and (proved or e.measured == "measured") and not e.failures:
        e.failures.append(f"the premise {idle[0]!r} moves no residual, no line and no trial when it is changed: it is no premise of this claim; use it, or "
                          "take it out of given=")
    if proved and case.proof is not None and not chained(case) and case.premises and not any("proof" in w for w in e.moved.by.values()):
        if not _left_computed(e):
            e.failures.append("the proof is moved by none of its premises, so it is not about the left side: let proof= receive their expressions "
                              "(proof=lambda rhs, premise: …), or write the chain of lines from the left side")
    if proved and case.proof is not None and not case.premises and not chained(case) and not _left_computed(e):
        e.failures.append("the proof never meets the left side: there is no premise; write the chain of lines from the left side, or name premises")
    problems = point_problems(case.points, _numbers(case)) if e.base is not None and case.trial is not None else []
    e.failures += problems
    seen = resolution(e)
    limit = ROUGH if proved else RESOLUTION
    if e.measured == "measured" and seen is not None and seen > limit and case.relation in ("=", "argmin"):
        e.failures.append(f"the trial would not see a relative error below {seen:.2g}; "
                          f"{'a claim that is proved too' if proved else 'a claim that is only measured'} needs {limit:g}: take more samples")


def _left_computed(e: Evidence) -> bool:
    return e.base is not None and any(computed(e.case, e.context, p) is not None for p in e.case.points[:1])


def _numbers(case: Case) -> list[Any]:
    """The free numbers of the right side that the domain must vary."""
    free = getattr(case.right, "free_symbols", set()) | {s for p in case.points for s in p}
    return sorted((s for s in free if isinstance(s, sp.Symbol) and any(s in p for p in case.points)), key=str)


def resolution(e: Evidence) -> float | None:
    """The relative error of the right side that the trial would see at its most sensitive point."""
    if e.base is None or e.measured != "measured" or e.case.relation not in ("=", "argmin"):
        return None
    return joint_resolution(e.base.measured)


def _degenerate(case: Case) -> list[Any]:
    """Symbols that the domain gives no value but 0 and 1."""
    values: dict[Any, set[Any]] = {}
    for p in case.points:
        for k, v in p.items():
            values.setdefault(k, set()).add(v)
    return [k for k, v in values.items() if v <= {sp.S.Zero, sp.S.One}]


def _shown(j: Judgement, case: Case) -> str:
    c = j.comparison
    at = ", ".join(f"{k} = {v}" for k, v in case.points[j.point].items()) or "the only point"
    index = f" (component {c.index})" if c.index else ""
    return (f"at {at}{index} predicted {c.predicted:.10g}, measured {c.measured:.10g} ± {c.error:.2g}; deviation {j.worst:.3g}, allowed {j.threshold:.3g}"
            + (f"; {j.note}" if j.note else ""))


def _record(e: Evidence, total: float) -> dict[str, Any]:
    case, proof = e.case, e.proof
    proof_verdict = proof.verdict if proof else None
    lines_measured = bool(case.lines) and all(w == "measured" for w in e.lines) and e.measured == "measured"
    if proof_verdict == "undecided" and case.proof is None and proof.lines:
        _undecided_lines(e, lines_measured)
        proof_verdict = "measured" if lines_measured and not e.failures else "undecided"
    wrong = "refuted" in (proof_verdict, e.measured)
    verdict = "refuted" if wrong else "undecided" if e.failures else "proved" if proof_verdict == "proved" else "measured"
    if verdict == "measured" and e.measured != "measured":
        verdict = "undecided"
        e.failures.append("there is neither a proof nor a measurement that decides it")
    if verdict == "proved" and e.instances:
        verdict = "proved at instances"
    return {"proof": _proof_record(e), "trial": _trial_record(e), "premises": e.moved.record() if e.base is not None else None, "mutants": e.tally.record(),
            "failures": e.failures, "verdict": verdict, "cpu": total, "evidence_cpu": total - e.trial_seconds, "lines": _lines_record(e),
            "sides": {"left": _side(e), "right": "executed"}, "given_moved": e.moved.by, "resolution": resolution(e), "instances": list(e.instances),
            "identity": case.strict and verdict == "proved" and not any(set(w) & {"proof", "line"} for w in e.moved.by.values())}


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
    return "computed" if _left_computed(e) else "executed" if e.base.how != "trial" else "in words"


def _lines_record(e: Evidence) -> list[dict[str, Any]]:
    if e.proof is None or not e.case.lines:
        return []
    out = []
    for k, (line, f) in enumerate(e.proof.lines):
        seen = e.lines[k] if k < len(e.lines) else ""
        evidence = "proved" if f.status is Status.ZERO else "refuted" if "refuted" in (str(f.status), seen) or f.status is Status.NONZERO else seen or "undecided"
        out.append({"tex": tex(line.expr), "reason": line.reason, "relation": line.relation, "premises": sorted({r.label for r in line.using}),
                    "evidence": evidence, "by": f.tactic if f.status is Status.ZERO else "", "run": seen})
    return out


def _proof_record(e: Evidence) -> dict[str, Any] | None:
    if e.proof is None:
        return None
    return {"verdict": e.proof.verdict, "residuals": list(e.proof.findings), "tactics": e.proof.tactics,
            "findings": {n: cut(str(f)) for n, f in e.proof.findings.items()}, "chained": chained(e.case)}


def _trial_record(e: Evidence) -> dict[str, Any] | None:
    if e.measured is None:
        return None
    measured = e.base.measured if e.base else []
    out: dict[str, Any] = {"verdict": e.measured, "points": len(e.case.points), "samples": int(sum(m.samples for m in measured)),
                           "kinds": sorted({m.kind for m in measured}), "comparisons": int(sum(m.size for m in measured)), "worst": None, "threshold": None,
                           "false_alarm": FALSE_ALARM, "how": e.base.how if e.base else "", "seconds": e.trial_seconds}
    if e.judged is not None and e.judged.comparison is not None:
        c = e.judged.comparison
        out |= {"worst": float(e.judged.worst), "threshold": float(e.judged.threshold), "note": e.judged.note, "stochastic": any(m.stochastic for m in measured),
                "point": shown_point(e.case.points[e.judged.point]), "predicted": number(c.predicted), "measured": number(c.measured), "error": float(c.error)}
    return out
