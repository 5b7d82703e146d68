"""Where a claim that is only measured fails: arguments that the engine draws, and for a bound those that it climbs to.

A trial of typical arguments says nothing of the worst ones. Where both sides can be run on any arguments that the
declarations of the symbols admit, the engine looks for those that refute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from ..case import Case
from ..measure.draws import draw, drawn
from ..measure.measurement import MeasurementError
from ..measure.sampled import Sampled
from ..measure.compare import compare_all, evaluator, predicted
from ..measure.trial import FALSE_ALARM, Context, Run, computed, expressions, generator
from ..say.leaves import leaves
from ..say.run import Samples, is_matrix
from ..say.symbols import constraints, head, is_random

DRAWN, CLIMBED = 48, 160
"""Arguments drawn, and steps uphill from the worst of them."""
COMPUTED, SLOW = 12, 2
"""Points between those of the domain at which a formula is computed; fewer for one that is slow to compute."""
NEAR = 0.05
"""A bound that is nowhere closer to what it bounds than this ratio is vacuous."""
SIDE = {"<=": 1, ">=": -1}


def unsearchable(case: Case, context: Context) -> str:
    """Why the engine cannot draw arguments for both sides ('' if it can)."""
    every = leaves(expressions(case), context.meanings, context.heads)
    chance = sorted(str(e) for e in every.values() if is_random(e))
    if chance:
        return f"{chance[0]} is random"
    unknown = sorted(str(e) for e in every.values() if head(e))
    if unknown:
        return f"{unknown[0]} is known to the trial only"
    whole = [s for s in every.values() if isinstance(s, sp.Symbol)]
    return "" if whole or every else "it has no arguments"


def false_somewhere(case: Case, context: Context, relation: str) -> str:
    """Arguments at which a claim is false, in words ('' if none were found)."""
    rng = generator(case.label, 1 << 20)
    if case.trial is None and all(computed(case, context, p) is not None for p in case.points[:1]):
        return _computed_between(case, context, relation, rng)
    worst: tuple[float, Samples] | None = None
    for on in _draws(case, context, rng):
        hit, excess = _judged(case, on, relation)
        if hit:
            return hit
        if worst is None or excess > worst[0]:
            worst = (excess, on)
    if worst is None or relation == "=":
        return ""
    return _climb(case, worst, relation, rng)


def _draws(case: Case, context: Context, rng: np.random.Generator) -> Iterator[Samples]:
    """Both sides on arguments that the declarations admit; numbers stay within the range of the domain."""
    for i in range(DRAWN):
        point = _between(case, rng) if i >= len(case.points) else dict(case.points[i])
        try:
            yield drawn(expressions(case), point, context.meanings, context.functions(case.codes), rng)
        except (MeasurementError, ValueError):
            # these arguments do not fit together (sizes that contradict each other); others are drawn
            continue


def _computed_between(case: Case, context: Context, relation: str, rng: np.random.Generator) -> str:
    """A point between those of the domain at which the left side, computed, is not as stated."""
    slow = case.left.has(sp.Integral, sp.Limit, sp.Sum, sp.Product)
    for _ in range(SLOW if slow else COMPUTED):
        point = _between(case, rng)
        m = computed(case, context, point)
        if m is None:
            continue
        try:
            judged = compare_all([m], case.right, replace(case, points=(point,)), relation, exact=True)
        except MeasurementError:
            # neither side says anything there
            continue
        if not judged.ok:
            at = ", ".join(f"{s} = {v}" for s, v in point.items())
            c = judged.comparison
            return f"at {at} the left side is {c.measured:.8g}, the right side {c.predicted:.8g}"
    return ""


def _between(case: Case, rng: np.random.Generator) -> dict[Any, Any]:
    point = {}
    for s in case.points[0]:
        values = [p[s] for p in case.points if s in p]
        if not all(v.is_real for v in values) or (s in constraints and s.is_integer):
            # a whole number between two even ones may be odd
            point[s] = values[int(rng.integers(len(values)))]
        elif getattr(s, "is_integer", False):
            point[s] = sp.Integer(int(rng.integers(int(min(values)), int(max(values)) + 1)))
        else:
            point[s] = sp.Rational(round(997 * rng.uniform(float(min(values)), float(max(values)))), 997)
    return point


def _judged(case: Case, on: Samples, relation: str) -> tuple[str, float]:
    """What refutes the claim on these arguments ('' if nothing does), and by how much the left side exceeds the
    right."""
    try:
        m = Sampled(case.left, on)
        said = m.predict(case.right)
        c = m.compare(said, FALSE_ALARM, relation)
    except MeasurementError:
        return "", -np.inf
    if not c.ok:
        at = ", ".join(f"{s} = {np.round(v, 4).tolist()}" for s, v in on.arrays.items() if not is_random(s))
        return f"at {at} the left side is {c.measured:.8g}, the right side {c.predicted:.8g}", np.inf
    right = np.asarray(getattr(said, "full", said), float)
    size = np.abs(m.value) + np.abs(right) + np.finfo(float).tiny
    return "", float(np.max(SIDE.get(relation, 0) * np.real(m.value - right) / size))


def _climb(case: Case, start: tuple[float, Samples], relation: str, rng: np.random.Generator) -> str:
    excess, on = start
    step = 0.5
    for _ in range(CLIMBED):
        near = _moved(case, on, rng, step)
        hit, higher = _judged(case, near, relation)
        if hit:
            return hit
        if higher > excess:
            excess, on, step = higher, near, min(1.0, step * 1.5)
        else:
            step = max(1e-3, step * 0.93)
    return ""


def _moved(case: Case, on: Samples, rng: np.random.Generator, step: float) -> Samples:
    """Arguments near these: what is free takes a step, what is constrained is drawn again now and then, numbers of
    the domain stay."""
    fixed = {k for p in case.points for k in p}
    sizes = {s: int(a) for s, a in on.arrays.items() if getattr(s, "is_integer", False)}
    out: dict[Any, Any] = {}
    for s, a in on.arrays.items():
        raw = a[..., 0] if is_matrix(s) and s.shape[1] == 1 else a
        if s in constraints and s not in fixed:
            raw = draw(s, rng, sizes) if rng.uniform() < 0.3 else raw
        elif s not in fixed and not getattr(s, "is_integer", False):
            signed = is_matrix(s) or s.is_nonnegative is None
            raw = raw * np.exp(step * rng.normal(size=np.shape(raw))) + (
                step * rng.normal(size=np.shape(raw)) if signed else 0.0
            )
        out[s] = raw
    return on.changed({s: a[..., None] if is_matrix(s) and s.shape[1] == 1 else a for s, a in out.items()})


def closest(base: Run, case: Case, relation: str) -> float | None:
    """The largest ratio of what is bounded to its bound (the smaller to the larger) over all points; 1 where both are
    0."""
    evaluate = evaluator(case.right)
    best = None
    for p, m in zip(case.points, base.measured):
        try:
            said = predicted(m, case.right, evaluate, p)
        except MeasurementError:
            continue
        left, right = (
            np.real(m.value),
            np.real(np.broadcast_to(np.asarray(getattr(said, "full", said)), m.value.shape)),
        )
        large = np.maximum(np.abs(left), np.abs(right))
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(large > 0, 1 - np.abs(left - right) / large, 1.0)
        best = max(best if best is not None else -np.inf, float(np.max(ratio)))
    return best
