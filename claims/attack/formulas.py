"""Formulas attacked: every competent mutant of a candidate must be refuted by the trial and by the proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from scipy import special

from ..case import Case
from ..measure.measurement import MeasurementError, NoFiniteValue
from ..measure.sampled import Sampled
from ..measure.compare import compare_all, evaluator, predicted
from ..measure.ladder import Judgement
from ..measure.trial import FALSE_ALARM, Run
from ..prove.chain import link
from ..prove.decide import decide
from ..prove.evidence import Proof
from ..prove.findings import Nonneg, Status, attempt
from ..prove.limits import COMPARE_SECONDS, OutOfTime, time_limit
from ..prove.sampler import Sampler
from ..prove.witness import witness
from ..case import Line
from ..say.typeset import tex
from .mutate import Mutant, mutants

Prover = Callable[[Any], Proof]


PROVEN = 12
"""Mutants of a claim that the proof has to refute even where the trial does."""


@dataclass
class Tally:
    """What became of the mutants of one claim."""

    total: int = 0
    equivalent: int = 0
    incompetent: int = 0
    not_attacked: int = 0
    killed_by_proof: int = 0
    killed_by_trial: int = 0
    survivors: list[dict[str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    operators: dict[str, int] = field(default_factory=dict)
    example: dict[str, Any] | None = None
    power: float | None = None
    weakest: str | None = None
    weakest_operator: str | None = None

    def record(self) -> dict[str, Any]:
        return dict(vars(self))


def equivalent(mutant: Any, right: Any, case: Case, sampler: Sampler, relation: str) -> bool:
    """Whether a mutant says the same as the candidate, modulo the relation; only a proof says yes."""
    try:
        if relation == "~":
            # a limit over the reals is one over the integers, and much cheaper
            grows = sp.Dummy("n", positive=True)
            with time_limit(COMPARE_SECONDS):
                limit, _ = attempt(
                    lambda: sp.limit(
                        sp.factor(((mutant - right) / (right * case.rate)).xreplace({case.along: grows})), grows, sp.oo
                    )
                )
            return bool(limit is not None and limit.is_finite)
        if relation in ("<=", ">="):
            looser, _ = attempt(lambda: mutant - right if relation == "<=" else right - mutant)
            return (
                looser is not None
                and decide(
                    Nonneg(looser), case.tactics, sampler=sampler, refute_first=True, seconds=COMPARE_SECONDS
                ).status
                is Status.ZERO
            )
        used = tuple({r: None for line in case.lines for r in line.using if r.relation == "="})
        same = link(right, Line(mutant, using=used, tactics=case.tactics), sampler, COMPARE_SECONDS)
        return same.status is Status.ZERO
    except OutOfTime:
        return False


def _refuted(run: Run, mutant: Any, case: Case, relation: str, walks: dict[Any, Any]) -> tuple[bool, Judgement | None]:
    try:
        hit = compare_all(run.measured, mutant, case, relation, first=True, walks=walks)
        return not hit.ok, hit
    except NoFiniteValue:
        return True, None
    except MeasurementError:
        return True, None


@dataclass(frozen=True)
class Attack:
    """One attack: what is attacked, with which measurements and which proof; all mutants share it."""

    case: Case
    formula: Any
    sampler: Sampler
    base: Run | None
    tight: Run | None
    proof: Prover | None
    relation: str
    walks: dict[Any, Any] = field(default_factory=dict)

    @property
    def bound(self) -> bool:
        return self.relation in ("<=", ">=")


def attack_formula(
    case: Case,
    formula: Any,
    sampler: Sampler,
    base: Run | None,
    tight: Run | None,
    proof: Prover | None,
    relation: str,
    tally: Tally,
    limit: int | None = None,
) -> None:
    """Try every mutant of ``formula`` against the proof and against the measured values; adds to ``tally``.

    An error of the engine leaves a mutant unjudged; it is kept in ``tally.errors``, and none is allowed.
    """
    a = Attack(case, formula, sampler, base, tight, proof, relation)
    own = _own_deviations(a)
    for m in mutants(formula) if limit is None else mutants(formula, limit):
        tally.total += 1
        tally.operators[m.operator] = tally.operators.get(m.operator, 0) + 1
        try:
            _attack_with(a, m, own, tally)
        except Exception as problem:  # noqa: BLE001 - what the engine raises fails the claim, by name
            tally.errors.append((str(m.expr), f"{type(problem).__name__}: {problem}"))


def _attack_with(a: Attack, m: Mutant, own: list[Any] | None, tally: Tally) -> None:
    stronger = not a.bound or _stronger(m.expr, a.formula, a.relation, a.sampler)
    by_trial, hit = _refuted(a.base, m.expr, a.case, a.relation, a.walks) if a.base is not None else (False, None)
    if a.tight is not None and not by_trial:
        by_trial, hit = _refuted(a.tight, m.expr, a.case, "=", a.walks)
    # the likeliest slips are put to the proof as well; of the others those that the trial lets pass
    asked = a.proof is not None and (tally.total <= PROVEN or not by_trial)
    found = a.proof(m.expr) if asked else None
    by_proof = found is not None and (found.verdict == "refuted" or (a.bound and found.verdict == "undecided"))
    need_trial = a.base is not None and (not a.bound or a.tight is not None)
    need_proof = asked and (not a.bound or (stronger and a.tight is not None))
    if (need_trial and not by_trial) or (need_proof and not by_proof) or (a.bound and not (by_trial or by_proof)):
        if equivalent(m.expr, a.formula, a.case, a.sampler, a.relation):
            tally.equivalent += 1
        elif a.bound and a.tight is None:
            tally.not_attacked += 1
        else:
            alive = (("the trial", need_trial and not by_trial), ("the proof", need_proof and not by_proof))
            tally.survivors.append(
                {
                    "mutant": tex(m.expr),
                    "plain": str(m.expr),
                    "operator": m.operator,
                    "by": " and ".join(w for w, bad in alive if bad) or "anything",
                }
            )
        return
    tally.killed_by_trial += by_trial
    tally.killed_by_proof += by_proof
    if by_trial and hit is not None and hit.comparison is not None:
        _note(tally, a.case, m, hit, found)
        margin = _margin(a, m, own)
        if margin is not None and (tally.power is None or margin < tally.power):
            tally.power, tally.weakest, tally.weakest_operator = margin, tex(m.expr), m.operator


def _stronger(mutant: Any, formula: Any, relation: str, sampler: Sampler) -> bool:
    """Whether a changed bound is stronger somewhere than the one claimed."""
    sign = mutant - formula if relation == "<=" else formula - mutant
    parts = list(sign) if isinstance(sign, sp.MatrixBase) else [sign]
    return any(witness(sp.sympify(part), sampler, 4, sign=True) for part in parts)


def _note(tally: Tally, case: Case, m: Mutant, hit: Judgement, found: Proof | None) -> None:
    if tally.example is not None:
        return
    c = hit.comparison
    residual = next((str(f) for f in (found.findings if found else {}).values() if f.status is Status.NONZERO), "")
    tally.example = {
        "mutant": tex(m.expr),
        "plain": str(m.expr),
        "operator": m.operator,
        "point": shown_point(case.points[hit.point]),
        "predicted": number(c.predicted),
        "measured": number(c.measured),
        "deviation": float(c.worst / c.threshold),
        "residual": cut(residual),
    }


def _own_deviations(a: Attack) -> list[Any] | None:
    """The deviations of the formula itself at every point, against which :func:`_margin` sees those of its mutants."""
    if a.base is None or a.relation == "~" or not any(x.stochastic for x in a.base.measured):
        return None
    right = evaluator(a.formula, walks=a.walks)
    return [
        np.asarray(_deviations(x, predicted(x, a.formula, right, p))) for p, x in zip(a.case.points, a.base.measured)
    ]


def _deviations(x: Any, said: Any) -> Any:
    return x.deviations(getattr(said, "full", said)) if isinstance(x, Sampled) else x.deviations(said)


def _margin(a: Attack, m: Mutant, own: list[Any] | None) -> float | None:
    """Probability that fresh random numbers would refute this mutant as well (1 for deterministic measurements)."""
    if a.base is None or own is None:
        return None
    best = 0.0
    wrong = evaluator(m.expr, walks=a.walks)
    total = sum(x.size for x in a.base.measured)
    for p, x, straight in zip(a.case.points, a.base.measured, own):
        try:
            gap = np.abs(np.asarray(_deviations(x, predicted(x, m.expr, wrong, p))) - straight)
        except MeasurementError:
            return 1.0  # without a value at this point: refuted whatever the random numbers are
        slack = float(np.max(gap)) - x.threshold(FALSE_ALARM / total)
        best = max(best, float(special.ndtr(slack)) if x.stochastic else float(slack > 0))
    return best


def number(x: Any) -> Any:
    """A number for the record: complex as text."""
    if isinstance(x, complex):
        return x.real if x.imag == 0 else f"{x:.8g}"
    return float(x)


def shown_point(p: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in p.items()}


def cut(text: str, length: int = 400) -> str:
    """Text for a card; what is cut says so.

    >>> cut("x" * 9, 4)
    'xxxx … (5 more characters)'
    """
    return text if len(text) <= length else f"{text[:length]} … ({len(text) - length} more characters)"
