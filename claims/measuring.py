"""The left side measured, at every point and in every way that there is: by the trial, by SymPy, on arguments that
the engine draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from .attack.worst import closest, false_somewhere, unsearchable
from .case import Case
from .gathered import Evidence, slip_of, told
from .measure.guard import FormulaRead, scan, signature_problem
from .measure.hypotheses import hypotheses
from .measure.measurement import Measurement, MeasurementError
from .measure.points import keywords
from .measure.sampled import Sampled
from .measure.compare import compare_all
from .measure.ladder import Judgement
from .measure.trial import Context, computed, in_words, run_trial
from .measure.usual import usual_points
from .say.leaves import leaves
from .say.symbols import is_random, ranges, shape_of

BOUNDS = ("<=", ">=")


def measure(e: Evidence) -> None:
    """Run the trial, or let the engine measure by itself; compare with the right side and with every line."""
    case = e.case
    if case.trial is None and (case.unmeasured or in_words(case.left)):
        return
    if case.trial is not None and (problem := trial_problem(case, e.context)):
        e.measured = "undecided"
        e.failures.append(problem)
        return
    if not e.proved:
        case = e.case = filled(case, e.context)
    everywhere = range(len(case.points))
    try:
        e.base = run_trial(case, e.context, case.codes, everywhere, watch=True)
        if case.tight is not None:
            e.tight = run_trial(case, e.context, case.codes, everywhere, watch=True, tight=True)
        _compare(e)
    except (FormulaRead, MeasurementError) as problem:
        e.measured, e.base = "undecided", None
        e.failures.append(f"trial: {problem}")
    except Exception as problem:  # noqa: BLE001 - the author's code may raise anything; it is a failure with its kind
        e.measured, e.base = "undecided", None
        e.failures.append(f"trial: it raised {type(problem).__name__}: {problem}")


def filled(case: Case, context: Context) -> Case:
    """A case that is measured only, with several points for the numbers that its domain leaves free."""
    if case.trial is not None or in_words(case.left):
        return case
    found = list(leaves([case.left, case.right], context.meanings, context.heads).values())
    sizes = {n for s in found for n in shape_of(s)}
    taken = sizes | set(case.points[0]) | set(ranges)
    free = [s for s in found if isinstance(s, sp.Symbol) and not is_random(s) and s not in taken]
    if not free or case.relation == "~":
        return case
    usual = usual_points(sorted(free, key=str))
    many = [*case.points] if len(case.points) > 1 else [*case.points] * len(usual)
    return replace(case, points=tuple({**p, **usual[i % len(usual)]} for i, p in enumerate(many)))


def trial_problem(case: Case, context: Context) -> str:
    """Why a trial cannot count ('' if it can): nothing to measure, a wrong signature, a formula within its reach."""
    coded = [p for p in case.premises if p.code is not None]
    supposed = any(p.hypothesis is not None for p in case.premises)
    if not coded and (in_words(case.left) or not (_draws(case, context) or supposed)):
        return "the trial has no definition to measure: name in given= a definition with code and wrong variants"
    bare = [p.label for p in coded if not p.wrong]
    if bare:
        return f"the definition {bare[0]!r} has no wrong variants, so nothing shows that the trial measures it"
    for name, trial in (("trial", case.trial), ("tight", case.tight)):
        if trial is None:
            continue
        problem = signature_problem(trial, 1 + len(coded), set(keywords(case.points[0])))
        if problem:
            return f"{name}: {problem}"
        found = scan(trial, tuple(p.code for p in coded))
        if found:
            return f"the {name} {found}; a trial measures the definitions, it does not read the formula"
    return ""


def _draws(case: Case, context: Context) -> bool:
    """Whether the left side, or what it means, holds random symbols or states, of which there are samples without any
    definition that has code."""
    if not isinstance(case.left, sp.Basic):
        return False
    return any(is_random(a) for a in leaves([case.left], context.meanings, context.heads).values())


def _compare(e: Evidence) -> None:
    case = e.case
    relation = "=" if case.relation == "argmin" else case.relation
    if case.trial is not None:
        coded = [p for p in case.premises if p.code is not None]
        calls = [sum(c) for c in zip(e.base.calls, *([e.tight.calls] if e.tight else []))]
        unused = next((p.label for p, n in zip(coded, calls) if n == 0), None)
        if unused is not None:
            e.measured, e.base = "undecided", None
            e.failures.append(
                f"the trial never calls the definition {unused!r} that it is given; measure it, or take it out of"
                " given="
            )
            return
    e.judged = compare_all(e.base.measured, case.right, case, relation, exact=True)
    e.measured = "measured" if e.judged.ok else "refuted"
    if not e.judged.ok:
        slip = slip_of(e.base.measured, case.right, case, relation) if relation != "~" else ""
        e.failures.append(f"trial: {told(e.judged, case, relation, slip)}")
    elif e.tight is not None and not in_words(case.left) and not _all_sampled(e.tight.measured):
        e.failures.append(
            "tight= returns a measurement of its own, so nothing connects it with the left side: return the arguments"
            " in a dictionary, and the engine runs the left side on them"
        )
    elif e.tight is not None:
        attained = compare_all(e.tight.measured, case.right, case, "=", exact=True)
        if not attained.ok:
            e.measured, e.judged = "refuted", attained
            slip = slip_of(e.tight.measured, case.right, case, "=")
            e.failures.append(f"the bound is not attained where tight= says: {told(attained, case, '=', slip)}")
    why = next((w for m in e.base.measured if isinstance(m, Sampled) and (w := m.mistrust())), "")
    if why and case.relation != "~":
        e.failures.append(f"trial: {why}")
    _compare_computed(e, relation)
    _compare_lines(e)
    problems, e.met = hypotheses(case, e.base)
    e.failures += problems
    _search(e, relation)


def _all_sampled(measured: Sequence[Measurement]) -> bool:
    return all(isinstance(m, Sampled) for m in measured)


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
        e.failures.append(
            f"the left side, computed: {told(j, case, relation, slip_of(own, case.right, case, relation))}"
        )


def _search(e: Evidence, relation: str) -> None:
    """What a trial at typical arguments cannot show: a bound near its worst case, an equation at arguments that the
    engine draws."""
    case = e.case
    if relation in BOUNDS:
        e.closest = closest(e.base, case, relation)
    if e.proved or relation == "~" or e.measured != "measured" or case.relation == "argmin" or in_words(case.left):
        return
    why = unsearchable(case, e.context)
    if why:
        e.sampled = f"sampled: no search for the worst case, because {why}" if relation in BOUNDS else ""
        return
    found = false_somewhere(case, e.context, relation)
    if found:
        e.measured = "refuted"
        e.failures.append(
            f"the engine's own arguments refute it: {found}; state on which the left side depends where the symbols"
            " are declared, or correct it"
        )


def _compare_lines(e: Evidence) -> None:
    """Every line at every point: it agrees with the left side, or bounds it once a line has."""
    relation = "~" if e.case.relation == "~" else "="
    for k, line in enumerate(e.case.lines):
        relation = line.relation if line.relation in ("<=", ">=") else relation
        _compare_line(e, k, line, relation)


def _compare_line(e: Evidence, k: int, line: Any, relation: str) -> None:
    where = f"line {k + 1} ({line.reason})"
    try:
        j: Judgement = compare_all(e.base.measured, line.expr, e.case, relation)
    except MeasurementError as problem:
        e.lines.append("")
        if e.base.how != "computed":
            e.failures.append(f"{where}: it cannot be run: {problem}")
        return
    e.lines.append("measured" if j.ok else "refuted")
    if not j.ok:
        e.measured = "refuted"
        slip = slip_of(e.base.measured, line.expr, e.case, relation) if relation != "~" else ""
        e.failures.append(f"{where}: {told(j, e.case, relation, slip)}")
