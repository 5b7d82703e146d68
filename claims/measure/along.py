"""``left ~ right``: along each ladder of points, left/right − 1 must vanish at the stated rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..case import Case
from .ladder import judge_ladder
from .measurement import Comparison, Measurement, MeasurementError
from .points import Evaluator

if TYPE_CHECKING:
    from .ladder import Judgement


def along_ladder(measured: Sequence[Measurement], predict: Callable[[int, Measurement], Any], case: Case) -> Judgement:
    """The worst of all ladders; ``predict(index, measurement)`` gives the candidate at a point. One ladder: points
    that differ in ``along`` only."""
    rate = Evaluator(case.rate)
    ladders: dict[tuple, list[int]] = {}
    for i, p in enumerate(case.points):
        ladders.setdefault(tuple(sorted((str(k), v) for k, v in p.items() if k != case.along)), []).append(i)
    worst: Judgement | None = None
    for rungs in ladders.values():
        rungs = sorted(rungs, key=lambda i: float(case.points[i][case.along]))
        if len(rungs) < 3:
            raise MeasurementError(f"a ladder needs at least 3 rungs along {case.along}, found {len(rungs)}")
        j = _one(measured, predict, case, rate, rungs)
        if (worst is None or (not j.ok and worst.ok)
            or (j.ok == worst.ok and j.worst / j.threshold > worst.worst / worst.threshold)):
            worst = j
    k = worst.point
    m, p = measured[k], _number(predict(k, measured[k]))
    worst.comparison = Comparison(worst.ok, worst.worst, worst.threshold, p, m.value.ravel()[0].item(),
                                  float(m.error.ravel()[0]))
    return worst


def _one(measured: Sequence[Measurement], predict: Callable[[int, Measurement], Any], case: Case, rate: Evaluator,
         rungs: Sequence[int]) -> Judgement:
    ratio, noise, r, skews = [], [], [], []
    for i in rungs:
        m = measured[i]
        m.require(coarse=False)
        if m.value.size != 1:
            raise MeasurementError("along a ladder the measurement is one number")
        p = complex(_number(predict(i, m)))
        if p == 0:
            raise MeasurementError("the candidate is 0 on the ladder; a ratio to it has no limit")
        ratio.append(m.value.ravel()[0] / p - 1)
        noise.append(float(m.error.ravel()[0]) / abs(p))
        skews.append(float(np.max(np.abs(m.skew))))
        r.append(abs(float(np.real(rate(case.points[i])))))
    return judge_ladder(np.array(ratio), np.array(noise), np.array(r), [measured[i].dof for i in rungs], rungs, skews)


def _number(said: Any) -> Any:
    value = np.asarray(getattr(said, "full", said)).ravel()
    if value.size != 1:
        raise MeasurementError(f"along a ladder the candidate is one number, found {value.size}")
    return value[0].item()
