"""The judge conducts: prove, measure, attack, in this order, and says what the evidence amounts to. It never raises
for a claim that fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from .attack.formulas import attack_formula
from .attack.mutate import relation_mutants
from .attack.premises import POWER, attack_codes, attack_equations
from .case import Case
from .gathered import Evidence, chained
from .measure.measurement import MeasurementError
from .measuring import measure
from .measure.compare import compare_all
from .measure.trial import Context, Run
from .outcome import outcome
from .prove.evidence import another, ignores_candidate, prove, run_proof, takes
from .prove.findings import Status
from .prove.instances import instances
from .prove.sampler import Sampler
from .remembered import remembered
from .rules import insist

LINE_MUTANTS = 8
SMALL = 12
"""Whole numbers from minus this to twice this are where a proof at instances may look."""


def judge(case: Case, meanings: Mapping[Any, Any]) -> dict[str, Any]:
    """All evidence for one claim, as the part of its record that is not about display; see :mod:`claims.remembered`."""
    return remembered(case, meanings, lambda: _judged(case, meanings))


def _judged(case: Case, meanings: Mapping[Any, Any]) -> dict[str, Any]:
    started = time.process_time()
    sampler = Sampler(case.points if case.points[0] else ())
    e = Evidence(case, Context.of(case, meanings))
    _prove(e, sampler)
    before = time.process_time()
    measure(e)
    e.trial_seconds = time.process_time() - before
    _attack(e, sampler)
    insist(e)
    return outcome(e, time.process_time() - started)


def _prove(e: Evidence, sampler: Sampler) -> None:
    case = e.case
    if case.proof is None and not chained(case):
        return
    e.proof = prove(case, sampler, chained(case))
    for name, f in e.proof.findings.items():
        if f.status is not Status.ZERO:
            e.failures.append(f"proof, residual {name!r}: {f}")
    if case.proof is not None and e.proof.verdict == "proved" and ignores_candidate(case, another(case.right)):
        e.proof.verdict = "undecided"
        e.failures.append("the proof ignores its candidate: it returns the same residuals for another right-hand side")
    for k, (line, f) in enumerate(e.proof.lines):
        if f.status is Status.NONZERO:
            e.failures.append(
                f"line {k + 1} ({line.reason or 'the right side'}): it does not follow from the line before: {f}"
            )


def _attack(e: Evidence, sampler: Sampler) -> None:
    """Every attack; an error of the engine itself is a failure with its name, never a pass."""
    case = e.case
    usable = e.base if e.measured == "measured" else None
    tight = e.tight if usable is not None else None
    stages: list[tuple[str, Callable[[], None]]] = []
    runs_code = case.trial is not None or case.relation == "argmin"
    if usable is not None and (runs_code or usable.how == "drawn"):
        stages.append(("run the wrong premises", lambda: attack_codes(case, e.context, usable, tight, e.moved)))
    if e.proved or usable is not None:
        stages.append(
            (
                "change the premises' equations",
                lambda: attack_equations(case, e.context, usable, e.proved, chained(case), sampler, e.moved),
            )
        )
    if case.proof is not None and e.proved:
        stages.append(("see what the proof sees", lambda: _see(e, sampler)))
    stages.append(("attack the formula", lambda: _attack_right(e, sampler, usable, tight)))
    if usable is not None:
        stages.append(("attack the relation", lambda: _attack_relation(e, usable)))
    for what, stage in stages:
        try:
            stage()
        except Exception as problem:  # noqa: BLE001 - an error of the engine fails the claim
            e.failures.append(f"the engine could not {what}: {type(problem).__name__}: {problem}")
    e.failures += e.moved.failures


def _attack_right(e: Evidence, sampler: Sampler, usable: Run | None, tight: Run | None) -> None:
    case = e.case
    prover = (lambda m: run_proof(case, m, sampler, mutant=True)) if e.proved and case.proof is not None else None
    if prover is None and usable is None:
        return
    relation = "=" if case.relation == "argmin" else case.relation
    attack_formula(case, case.right, sampler, usable, tight, prover, relation, e.tally)
    if usable is not None:
        _attack_lines(e, sampler, usable)
    e.failures += [f"the engine could not judge the mutant {m}: {why}" for m, why in e.tally.errors]
    hint = "measure where the two differ; if they never do (a symmetric formula), write the side so that it is seen"
    e.failures += [f"the mutant {s['plain']} ({s['operator']}) survives {s['by']}; {hint}" for s in e.tally.survivors]
    flat = _degenerate(case) if any("the trial" in s["by"] for s in e.tally.survivors) else []
    if flat:
        e.failures.append(
            f"the domain gives {', '.join(map(str, flat))} only 0 or 1, where different formulas agree; add other"
            " values"
        )
    if e.tally.killed_by_proof + e.tally.killed_by_trial == 0 and not (e.proved and chained(case)):
        tail = " (a bound needs tight= where it is attained)" if case.relation in ("<=", ">=") else ""
        e.failures.append("no mutant was refuted: the evidence has no power" + tail)
    if e.tally.power is not None and e.tally.power < POWER:
        e.failures.append(
            f"underpowered: other random numbers would refute the mutant {e.tally.weakest}"
            f" ({e.tally.weakest_operator}) with probability {e.tally.power:.3f} only; take more samples or a wider"
            " domain"
        )


def _attack_lines(e: Evidence, sampler: Sampler, usable: Run) -> None:
    """Mutants of measured lines; a line that computer algebra leads to and from needs no further attack."""
    case = e.case
    shown = [f.status for _, f in e.proof.lines] if e.proof is not None else []
    for line, evidence, after in zip(case.lines, e.lines, [*shown[1:], Status.UNDECIDED]):
        if evidence == "measured" and line.expr != case.right and line.relation == "=" and after is not Status.ZERO:
            lone = replace(case, right=line.expr, relation="=", tight=None)
            attack_formula(lone, line.expr, sampler, usable, None, None, "=", e.tally, LINE_MUTANTS)


def _see(e: Evidence, sampler: Sampler) -> None:
    """The symbols of the right side that its proof sees only at numbers."""
    case = e.case
    symbols = [s for s in getattr(case.right, "free_symbols", ()) if isinstance(s, sp.Symbol)]
    seen = instances(case.proof, symbols, case.right, [r.right for r in case.rules] if takes(case) > 1 else [])
    found = set(seen.symbols or ())
    if seen.symbols is None:
        e.unseen = seen.why
        found = {s for s in symbols if s.is_integer and _agrees_at_numbers(case, s, sampler)}
    e.instances = tuple(sorted(map(str, found)))


def _agrees_at_numbers(case: Case, n: Any, sampler: Sampler) -> bool:
    """Whether the proof also proves a right side that is the same at small whole numbers only."""
    if not isinstance(case.right, sp.Expr) or getattr(case.right, "is_Matrix", False):
        return False
    other = case.right + sp.Mul(*(n - k for k in range(-SMALL, 2 * SMALL)))
    return run_proof(case, other, sampler).verdict == "proved"


def _attack_relation(e: Evidence, base: Run) -> None:
    """A bound must be one: somewhere the left side is strictly below (above) it; what is only asymptotic differs
    somewhere."""
    case = e.case
    for other in sorted(relation_mutants(case.relation), key=lambda r: r != "="):
        try:
            holds = compare_all(base.measured, case.right, case, other).ok
        except MeasurementError:
            # without a value under the other relation nothing holds
            continue
        if holds:
            stated = "the bound" if case.relation != "~" else "the asymptotic formula"
            word = "an equation" if other == "=" else f"true with {other}"
            e.failures.append(
                f"{stated} is {word} at every point measured: state the equation, or measure where it is strict"
            )
            return


def _degenerate(case: Case) -> list[Any]:
    """Symbols that the domain gives no value but 0 and 1."""
    values: dict[Any, set[Any]] = {}
    for p in case.points:
        for k, v in p.items():
            values.setdefault(k, set()).add(v)
    return [k for k, v in values.items() if v <= {sp.S.Zero, sp.S.One}]
