"""Premises attacked: each must move the measurement, a line or the proof when it is replaced by a wrong one."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from ..case import Case, Rule
from ..measure.measurement import Measurement, MeasurementError, NoFiniteValue
from ..measure.sampled import Sampled
from ..measure.compare import compare_all, evaluator, predicted
from ..measure.trial import FALSE_ALARM, Context, Run, run_trial
from ..prove.chain import links
from ..prove.evidence import looking, proof_moves, takes
from ..prove.findings import Status
from ..prove.limits import COMPARE_SECONDS
from ..prove.sampler import Sampler
from ..say.symbols import head
from .mutate import mutants

POWER = 0.99
TRIED, ENOUGH = 8, 3
"""Changes of a premise's equation that are tried before it is called idle."""


@dataclass
class Moved:
    """What each premise moved (label → proof, line, trial), how many wrong variants there are and moved it, and what
    failed."""

    by: dict[str, list[str]] = field(default_factory=dict)
    total: int = 0
    moved: int = 0
    least: str | None = None
    failures: list[str] = field(default_factory=list)

    def add(self, label: str, what: str) -> None:
        known = self.by.setdefault(label, [])
        if what not in known:
            known.append(what)

    def record(self) -> dict[str, Any]:
        return {"wrong_variants": self.total, "moved": self.moved, "least": self.least}


def effort(point: Mapping[Any, Any]) -> int:
    """What a point may cost, guessed from its whole numbers (layers, dimensions, steps): a measured time would choose
    another point in another run."""
    return sum(abs(int(v)) for v in point.values() if getattr(v, "is_Integer", False))


def change(baseline: Measurement, changed: Measurement, case: Case, index: int, relation: str) -> tuple[float, float]:
    """How far a wrong premise changed a measurement, in units of the error limit (above 1: it moved), and the chance
    that other random numbers would see it."""
    if baseline.value.shape != changed.value.shape:
        return math.inf, 1.0
    same = baseline.at.keys() == changed.at.keys() and all(
        np.array_equal(np.asarray(baseline.at[k]), np.asarray(changed.at[k])) for k in baseline.at
    )
    if same and baseline.kind != "law":
        error = (
            np.sqrt(baseline.error**2 + changed.error**2) if baseline.stochastic else baseline.error + changed.error
        )
        limit = max(baseline.threshold(FALSE_ALARM / baseline.size), changed.threshold(FALSE_ALARM / baseline.size))
        with np.errstate(divide="ignore", invalid="ignore"):
            units = float(
                np.nanmax(np.abs(baseline.value - changed.value) / np.maximum(error, np.finfo(float).tiny)) / limit
            )
    elif relation == "~":
        return float(np.any(np.abs(baseline.value - changed.value) > 6 * (baseline.error + changed.error))) * 2, 1.0
    else:
        c = changed.compare(
            predicted(changed, case.right, evaluator(case.right), case.points[index]), FALSE_ALARM, relation
        )
        units, limit = c.worst / c.threshold, c.threshold
    return units, float(special.ndtr((units - 1) * limit)) if baseline.stochastic else float(units > 1)


def attack_codes(case: Case, context: Context, base: Run, tight: Run | None, found: Moved) -> None:
    """Replace each premise's code by each of its wrong variants; each must move the measurement."""
    coded = [p for p in case.premises if p.code is not None]
    runs = [(False, base, "=" if case.relation == "argmin" else case.relation)] + (
        [(True, tight, "=")] if tight else []
    )
    places = [(*run, i) for run in runs for i in sorted(range(len(case.points)), key=lambda i: effort(case.points[i]))]
    least = (math.inf, "")
    run_by_name = set(context.heads.values())
    for j, premise in enumerate(coded):
        if case.trial is None and j not in run_by_name:
            continue  # no code of this premise runs; what its equation moves is seen by itself
        for name, variant in premise.wrong.items():
            found.total += 1
            codes = [variant if k == j else p.code for k, p in enumerate(coded)]
            largest, power, why = _largest(case, context, codes, places)
            if largest <= 1:
                found.failures.append(
                    f"the wrong premise {premise.label!r}: {name!r} does not move the measurement"
                    f" ({why or f'largest change {largest:.2g} of its error limit'}); the trial does not measure"
                    f" {premise.label!r}, or this premise does not matter here (then take it out of given=)"
                )
                continue
            found.moved += 1
            found.add(premise.label, "trial")
            least = min(least, (largest, f"{premise.label}: {name}"))
            if power < POWER:
                found.failures.append(
                    f"underpowered: the wrong premise {premise.label!r}: {name!r} moves the measurement by"
                    f" {largest:.2f} of its error limit, and other random numbers would see it with probability"
                    f" {power:.3f} only; take more samples or a wider domain"
                )
    found.least = least[1] or None


def _largest(
    case: Case, context: Context, codes: list[Callable[..., Any]], places: list[Any]
) -> tuple[float, float, str]:
    largest, power, why = 0.0, 0.0, ""
    for tight, run, relation, i in places:
        try:
            with np.errstate(all="ignore"):
                changed = run_trial(case, context, codes, [i], tight=tight).measured[0]
            units, seen = change(run.measured[i], changed, case, i, relation)
        except NoFiniteValue:
            units, seen = math.inf, 1.0
        except Exception as problem:  # noqa: BLE001 - a variant that cannot run attacks nothing
            why = f"it raised {type(problem).__name__}: {problem}"
            continue
        largest, power = max(largest, units), max(power, seen)
        if largest > 1 and power >= POWER:
            break
    return largest, power, why


def attack_equations(
    case: Case, context: Context, base: Run | None, proved: bool, chained: bool, sampler: Sampler, found: Moved
) -> None:
    """Change each premise's equation; note whether the proof, a line or the left side as it is run moves."""
    held: dict[int, bool] = {}
    before = functools.cache(lambda: looking(case))
    for premise in case.premises:
        if premise.rule is None:
            continue
        tests: dict[str, Callable[[dict[str, Rule]], bool]] = {}
        if proved and case.proof is not None and takes(case) > 1:
            tests["proof"] = lambda rules: proof_moves(case, rules, sampler, before())
        if chained and any(r.label == premise.label for line in case.chain() for r in line.using):
            tests["line"] = lambda rules: _line_moves(case, rules, sampler, held)
        moved = found.by.setdefault(premise.label, [])
        for tried, m in enumerate(mutants(premise.rule.right, TRIED)):
            if moved and (tried >= ENOUGH or tests.keys() <= set(moved)):
                break
            rules = {premise.label: premise.rule.with_right(m.expr)}
            for what, moves in tests.items():
                if what not in moved and moves(rules):
                    found.add(premise.label, what)
            # running the left side again costs most and says least: only for what has moved nothing yet
            if not moved and base is not None and _meaning_moves(case, context, base, rules[premise.label]):
                found.add(premise.label, "trial")


def _line_moves(case: Case, rules: dict[str, Rule], sampler: Sampler, held: dict[int, bool]) -> bool:
    """Whether a line that holds does not any more; ``held`` remembers which lines hold."""
    (label,) = rules
    before = case.left
    for k, line in enumerate(case.chain()):
        if any(r.label == label for r in line.using):
            part = Case(case.label, before, line.relation, line.expr, case.points, lines=(line,))
            status = links(part, rules=rules, sampler=sampler, seconds=COMPARE_SECONDS)[0][1].status
            if status is Status.UNDECIDED and k not in held:
                held[k] = _holds(part, sampler)
            if status is Status.NONZERO or (status is Status.UNDECIDED and held[k]):
                return True
        before = line.expr
    return False


def _holds(part: Case, sampler: Sampler) -> bool:
    """Whether a line is proved as it stands: one that is undecided anyway is not moved by staying so."""
    return links(part, sampler=sampler, seconds=COMPARE_SECONDS)[0][1].status is Status.ZERO


def _meaning_moves(case: Case, context: Context, base: Run, changed: Rule) -> bool:
    """Whether the left side, run with another meaning of a defined name, leaves the right one."""
    key = head(changed.left) if changed.arguments else changed.left
    if key not in context.meanings:
        return False
    arguments, _ = context.meanings[key]
    other = {**context.meanings, key: (arguments, changed.right)}
    for i, m in enumerate(base.measured):
        if not isinstance(m, Sampled):
            return False
        try:
            again = Sampled(case.left, m.on.changed(meanings=other))
            if not compare_all(
                [again], case.right, case, "=" if case.relation == "~" else case.relation, indices=[i]
            ).ok:
                return True
        except MeasurementError:
            return True
    return False
