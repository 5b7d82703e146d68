"""What was found for one case, while it is gathered; and how a comparison that fails is told, in fixed sections.

* fails: where. says: the formula's value there. finds: what was measured. slip: the one misprint that would explain
  it. hint: what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .attack.formulas import Tally
from .attack.mutate import Mutant, mutants
from .attack.premises import Moved
from .case import Case
from .measure.measurement import Measurement, MeasurementError
from .measure.measurement import resolution as joint_resolution
from .measure.compare import compare_all
from .measure.ladder import Judgement
from .measure.trial import Context, Run, computed, in_words
from .prove.evidence import Proof


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
    unseen: str = ""
    closest: float | None = None
    sampled: str = ""
    met: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    trial_seconds: float = 0.0

    @property
    def proved(self) -> bool:
        return self.proof is not None and self.proof.verdict == "proved"


def chained(case: Case) -> bool:
    """Whether the chain from left to right is (part of) the proof."""
    if in_words(case.left) or case.relation == "argmin":
        return False
    if case.relation == "~":
        return bool(case.lines)  # after the limit itself, its lines are equations
    return bool(case.lines) or (case.proof is None and not case.unproved)


def left_computed(e: Evidence) -> bool:
    """Whether the left side is a number at every point, which was computed."""
    return e.base is not None and computed(e.case, e.context, e.case.points[0]) is not None


def resolution(e: Evidence) -> float | None:
    """The relative error of the right side that the trial would see at its most sensitive point."""
    if e.base is None or e.measured != "measured" or e.case.relation not in ("=", "argmin"):
        return None
    return joint_resolution(e.base.measured)


SAYS = {"=": "", "<=": "at most ", ">=": "at least ", "~": "about "}


def told(judged: Judgement, case: Case, relation: str, slip: str = "", hint: str = "") -> str:
    """A comparison that failed, in the sections that apply, one after the other."""
    c = judged.comparison
    at = ", ".join(f"{k} = {v}" for k, v in case.points[judged.point].items()) or "the only point"
    index = f" (component {c.index})" if c.index else ""
    sections = [
        f"fails at {at}{index}",
        f"says {SAYS.get(relation, '')}{c.predicted:.10g} (predicted)",
        (
            f"finds {c.measured:.10g} ± {c.error:.2g} (measured): deviation {judged.worst:.3g}, allowed"
            f" {judged.threshold:.3g}"
        ),
    ]
    sections += [judged.note] if judged.note else []
    sections += [f"slip: {slip}"] if slip else []
    sections += [f"hint: {hint}"] if hint else []
    return "; ".join(sections)


def slip_of(measured: Sequence[Measurement], right: Any, case: Case, relation: str) -> str:
    """The one mutant of a refuted right side that agrees with all measurements ('' if none or several do)."""
    agree: list[Mutant] = []
    for m in mutants(right):
        try:
            if compare_all(measured, m.expr, case, relation, first=True).ok:
                agree.append(m)
        except MeasurementError:
            # a mutant without a value does not explain what was measured
            continue
        if len(agree) > 1:
            return ""
    if not agree:
        return ""
    (m,) = agree
    return f"{m.operator}; {m.right} where {m.wrong} is meant: {m.expr} agrees at all {len(measured)} points"
