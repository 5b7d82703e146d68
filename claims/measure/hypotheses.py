"""Hypotheses of a claim, checked on the samples of its trial: what is supposed must hold where the claim is
measured."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp

from ..case import Case, Premise, put
from ..say.calculus import ACCURACY
from ..say.evaluate import Unknown
from ..say.symbols import SEQUENCES, AppliedVector, head
from .measurement import EPS, ROUNDING, MeasurementError
from .sampled import CALCULUS, Sampled
from .trial import Run

PLACES = 12
"""Index values at which a hypothesis about members of sequences is checked, at each point."""


def hypotheses(case: Case, run: Run) -> tuple[list[str], list[str]]:
    """What is supposed and does not hold on the samples, or cannot be checked on them; and the labels of what was met
    there."""
    out: list[str] = []
    seen: list[str] = []
    for premise in case.premises:
        if premise.hypothesis is None:
            continue
        met, sides = 0, {}
        for index, m in enumerate(run.measured):
            if not isinstance(m, Sampled):
                continue
            for place in _places(premise, m, case.points[index]):
                gap = _gap(premise, m, place, sides)
                if gap is None:
                    continue
                met += 1
                if gap > 1:
                    at = ", ".join(f"{k} = {v}" for k, v in place.items())
                    out.append(
                        f"the hypothesis {premise.label!r} does not hold on the samples of the trial (at "
                        f"{at or 'the point'}): the trial does not do what is supposed")
                    break
        if not met and run.how == "trial":
            out.append(
                f"the hypothesis {premise.label!r} cannot be checked: the trial returns no samples of what it is about")
        seen += [premise.label] * bool(met)
    return out[:2], seen


def indices(premise: Premise) -> list[Any]:
    """The index symbols of the sequences that a hypothesis is about."""
    found: set[Any] = set()
    for e in sp.preorder_traversal(premise.rule.left):
        if head(e) in SEQUENCES:
            inside = e.arguments if isinstance(e, AppliedVector) else e.args
            found |= {s for a in inside for s in a.free_symbols}
    return sorted(found, key=str)


def _places(premise: Premise, m: Sampled, point: Mapping[Any, Any]) -> Iterator[dict[Any, Any]]:
    """Values of its indices that the hypothesis admits, the smallest first."""
    free = indices(premise)
    top = max((int(v) for v in point.values() if v.is_Integer), default=3) + 1
    count = 0
    for values in itertools.product(range(top), repeat=len(free)):
        place = dict(zip(free, map(sp.Integer, values)))
        if premise.hypothesis is not sp.true and premise.hypothesis.xreplace(place).subs(point) != sp.true:
            continue
        yield place
        count += 1
        if count >= PLACES:
            return


def _gap(premise: Premise, m: Sampled, place: Mapping[Any, Any], sides: dict[Any, Any]) -> float | None:
    """How far the two sides are apart, in units of what rounding explains; ``None`` where the samples do not hold
    them. ``sides``: both sides at a place, kept for the other points."""
    at = tuple(place.values())
    if at not in sides:
        sides[at] = [put(e, place) for e in (premise.rule.left, premise.rule.right)]
    try:
        left, right = (np.asarray(m.on.value(e).full) for e in sides[at])
        size = (np.max(np.abs(left))
                + max((float(np.max(np.abs(a))) ** 2 for a in m.on.arrays.values() if np.size(a)), default=1.0) + 1)
    except (Unknown, MeasurementError, ValueError):
        return None
    beyond = {"<=": left - right, ">=": right - left}.get(premise.rule.relation, np.abs(left - right))
    accuracy = (ACCURACY if any(e.has(*CALCULUS) for e in (premise.rule.left, premise.rule.right))
                else ROUNDING * EPS * 64)
    return float(np.max(beyond) / (accuracy * size))
