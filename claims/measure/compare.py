"""Measurements at all points compared with a candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from ..case import Case
from ..say.evaluate import Unknown
from ..say.leaves import needs_samples
from ..say.run import Value
from ..say.symbols import extents, keyword
from .along import along_ladder
from .base import FALSE_ALARM
from .candidates import Evaluator
from .ladder import Judgement
from .measurement import Measurement, MeasurementError, NoFiniteValue
from .sampled import Sampled


def evaluator(candidate: Any, exact: bool = False, walks: dict[Any, Any] | None = None) -> Evaluator | None:
    """An evaluator of a candidate of numbers; ``None`` for one that only samples give a value."""
    e = sp.Tuple(*candidate) if isinstance(candidate, (list, tuple)) else candidate
    free = getattr(e, "free_symbols",
                   set()) | {base for base in getattr(e, "atoms", lambda *a: ())(sp.IndexedBase) if base not in extents}
    if needs_samples(e, dict.fromkeys(free)):
        return None
    try:
        return Evaluator(e, exact, walks)
    except (TypeError, ValueError, Unknown):
        return None


def predicted(m: Measurement, candidate: Any, evaluate: Evaluator | None, point: Mapping[Any, Any]) -> Any:
    """A candidate at one point, on the samples of the measurement if it has any."""
    if isinstance(m, Sampled):
        numbers = {keyword(s): a for s, a in m.on.arrays.items() if not getattr(s, "is_Matrix", False)}
        if (evaluate is None or any(keyword(s) not in numbers for s in evaluate.symbols)
            or evaluate.needs_samples(candidate, m.on)):
            return m.predict(candidate)
        # where a bound is attained the samples say; a trial of the claim itself stays at the points of the domain
        fixed = {} if m.elsewhere else point
        at = {k: a for k, a in numbers.items() if k not in {keyword(s) for s in fixed}}
        value = np.asarray(evaluate(fixed, at))
        return Value(value, 0) if m.dof is not None else value
    if evaluate is None and (on := getattr(m, "drawn", None)) is not None:
        return np.asarray(on.value(candidate).full).reshape(m.value.shape)
    if evaluate is None:
        raise MeasurementError("the right side holds vectors or operators: the trial must return samples")
    if m.elsewhere:
        # the author says with at= where a bound is attained; a trial of the claim itself stays in the domain
        point = {k: v for k, v in point.items() if keyword(k) not in {keyword(s) for s in m.at}}
    value = np.asarray(evaluate(point, m.at))
    return (value.reshape(m.value.shape)
            if value.shape != m.value.shape and value.size == m.value.size and value.ndim and m.value.ndim else value)


def compare_all(measured: Sequence[Measurement], candidate: Any, case: Case, relation: str, *, exact: bool = False,
                first: bool = False,
                indices: Sequence[int] | None = None, walks: dict[Any, Any] | None = None) -> Judgement:
    """Compare at every point; ``first`` stops at the first refutation. Raises :class:`MeasurementError` if the
    candidate has no value anywhere."""
    evaluate = evaluator(candidate, exact, walks)
    where = list(indices if indices is not None else range(len(measured)))
    if relation == "~":
        return along_ladder(measured, lambda k, m: predicted(m, candidate, evaluate, case.points[k]), case)
    total = sum(m.size for m in measured)
    best: Judgement | None = None
    trouble: MeasurementError | None = None
    for k, m in zip(where, measured):
        try:
            said = predicted(m, candidate, evaluate, case.points[k])
            if exact and isinstance(said, Value) and said.replicates is not None and m.dof is None:
                raise MeasurementError(
                    "the right side is an expectation and the left side has none: state it the other way round")
            c = m.compare(said, FALSE_ALARM * m.size / total, relation)
        except NoFiniteValue:
            if not first:
                raise
            return Judgement(False, point=k)
        except MeasurementError as problem:
            if not first:
                raise
            trouble = problem
            continue
        if best is None or c.worst / c.threshold > best.worst / best.threshold:
            best = Judgement(c.ok, c.worst, c.threshold, k, c)
        if first and not c.ok:
            return best
    if best is None:
        raise trouble or MeasurementError("no point could be compared")
    return best
