"""A trial at every point: run under the guard, its samples put into the left side, and the outcome compared with a
candidate.

Where a trial is not needed the engine measures by itself: a left side that is a number at every point is computed, one
whose symbols can all be drawn is run on random arguments, an ``argmin`` is minimised. """

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from ..case import Case
from ..say.leaves import leaves, needs_samples
from ..say.operators import argmin
from ..say.symbols import head, keyword
from ..say.typeset import Quantity
from .guard import Counted, FormulaRead, Watch
from .measurement import Argmin, Exact, Measurement, MeasurementError, NoFiniteValue
from .points import Evaluator, keywords
from .draws import REPETITIONS, completed, drawn, integrated
from .sampled import Sampled, sampled

FALSE_ALARM = 1e-6
ENOUGH = 0.015
"""Relative error that samples drawn by the engine must see; it draws more until they do, or hold this many numbers:"""
MOST = 8_000_000


def generator(label: str, index: int = 0) -> np.random.Generator:
    """The random generator of a trial: derived from ``BOOK_SEED``, the label and the index of the point."""
    return np.random.default_rng(np.random.SeedSequence([int(os.environ.get("BOOK_SEED", "0")),
                                                         zlib.crc32(label.encode()), index]))


@dataclass
class Run:
    """Measurements of a trial at every point, and how often it called each code."""

    measured: list[Measurement]
    calls: list[int]
    how: str = "trial"


@dataclass
class Context:
    """What a left side is run with: what names mean, and which heads are code (by index of the premise with code)."""

    meanings: Mapping[Any, Any]
    heads: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, meanings: Mapping[Any, Any]) -> Context:
        coded = [p for p in case.premises if p.code is not None]
        heads = {}
        for i, p in enumerate(coded):
            name = head(p.rule.left) if p.rule is not None and p.definition else ""
            if name and p.calls_like_its_left:
                heads[name] = i
        return cls(meanings, heads)

    def functions(self, codes: Sequence[Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
        return {name: codes[i] for name, i in self.heads.items()}


def in_words(left: Any) -> bool:
    """Whether a left side holds words that no expression says."""
    return isinstance(left, str) or bool(getattr(left, "atoms", lambda *a: set())(Quantity))


def expressions(case: Case) -> list[Any]:
    """All sides and lines of a case that samples must give values for."""
    out = [case.left, case.right, *(line.expr for line in case.lines)]
    return [e for e in out if not isinstance(e, str)]


def measured_at(case: Case, context: Context, trial: Callable[..., Any] | None, codes: Sequence[Callable[..., Any]],
                index: int, watch: bool) -> Measurement:
    """The measurement at one point.

    Raises:
        FormulaRead, MeasurementError: what the trial did wrong.
    """
    point, rng = case.points[index], generator(case.label, index)
    if trial is None:
        return _by_engine(case, context, codes, point, rng)
    arguments = keywords(point)
    if watch:
        with Watch() as seen:
            result = trial(rng, *codes, **arguments)
        if seen.read:
            raise FormulaRead(f"the trial ran {seen.read} of SymPy")
    else:
        result = trial(rng, *codes, **arguments)
    if isinstance(result, Measurement):
        return _own_measurement(case, context, result, codes, point)
    if isinstance(result, Mapping) and trial is not case.tight:
        other = [k for k in result
                 if k in arguments and not callable(result[k]) and not np.array_equal(result[k], arguments[k])]
        if other:
            raise MeasurementError(
                f"the trial returned {other[0]!r}, which the domain fixes: it would measure the left side "
                f"elsewhere than the right one")
    if in_words(case.left):
        raise MeasurementError(
            f"expected a measurement (Exact, Mean, …) of a left side that is in words, the trial returned "
            f"{type(result).__name__}")
    if isinstance(case.left, argmin):
        return _minimised(case, sampled(result, [case.left, case.right], point, context.meanings,
                                        context.functions(codes)), rng)
    supposed = [side for p in case.premises if p.hypothesis is not None for side in (p.rule.left, p.rule.right)]
    on = sampled(result, expressions(case), point, context.meanings, context.functions(codes), supposed)
    return Sampled(case.left, completed(on, expressions(case), rng))


def _own_measurement(case: Case, context: Context, result: Measurement, codes: Sequence[Callable[..., Any]],
                     point: Mapping[Any, Any]) -> Measurement:
    if in_words(case.left) or _is_name(case, context):
        return result
    if needs_samples(case.left, point, context.meanings):
        missing = [k for k in leaves([case.left], context.meanings, context.heads)
                   if k not in {keyword(s) for s in point}]
        raise MeasurementError(
            f"the trial returned a measurement of its own ({result.kind}), so nothing connects it with the left "
            f"side: return the samples "
                               f"{', '.join(missing)} in a dictionary, and the engine runs the left side on them")
    return result


def _is_name(case: Case, context: Context) -> bool:
    """Whether the left side is the name that a premise defines by code alone."""
    return any(p.definition and p.names == case.left for p in case.premises)


def computed(case: Case, context: Context, point: Mapping[Any, Any]) -> Measurement | None:
    """The left side as SymPy computes it at a point (``None``: it is no number there)."""
    if in_words(case.left) or isinstance(case.left, argmin) or needs_samples(case.left, point, context.meanings):
        return None
    try:
        # a derivative at a point is the derivative, at the point: numbers cannot be put in place of its variables
        meant = _meant(case.left, context.meanings).replace(lambda e: isinstance(e, sp.Derivative), lambda e: e.doit())
        if meant.has(sp.Derivative):  # of a named function: it is run, since no number can stand under the derivative
            return None
        meant = meant.replace(lambda e: _is_empty(e, point),
                              lambda e: sp.S.One if isinstance(e, sp.Product) else sp.S.Zero)
        value = Evaluator(meant, exact=True)(point)
    except NoFiniteValue:
        return None
    return Exact(value)


def _is_empty(e: Any, point: Mapping[Any, Any]) -> bool:
    """Whether a sum or product has no members at a point; SymPy would go on by turning its sign, for the reader it is
    0 or 1."""
    if not isinstance(e, (sp.Sum, sp.Product)):
        return False
    ends = [(sp.sympify(limit[2]) - limit[1]).subs(point) for limit in e.limits if len(limit) == 3]
    return any(gap.is_number and bool(gap < 0) for gap in ends)


def _meant(e: Any, meanings: Mapping[Any, Any]) -> Any:
    """An expression with plain names replaced by what they mean."""
    for _ in range(8):
        places = {s: meanings[s][1] for s in getattr(e, "free_symbols", ()) if s in meanings and not meanings[s][0]}
        if not places:
            return e
        e = e.subs(places)
    return e


REDRAWN = 4
"""So often are other functions and numbers drawn where the left side happens to be all but 0, so that it would tell
nothing. What the right side says plays no part in it."""


def _by_engine(case: Case, context: Context, codes: Sequence[Callable[..., Any]], point: Mapping[Any, Any],
               rng: np.random.Generator) -> Measurement:
    if isinstance(case.left, argmin):
        return _minimised(case, drawn([case.left, case.right], point, context.meanings, context.functions(codes), rng),
                          rng)
    value = computed(case, context, point)
    if value is not None:
        return value
    exact = integrated(expressions(case), point, context.meanings, context.functions(codes), rng)
    if exact is not None:
        return Sampled(case.left, exact)
    state, repetitions, again = rng.bit_generator.state, REPETITIONS, REDRAWN
    while True:
        rng.bit_generator.state = state
        m = Sampled(case.left,
                    drawn(expressions(case), point, context.meanings, context.functions(codes), rng, repetitions))
        largest = max((np.size(a) for a in m.on.arrays.values()), default=0)
        if m.coarse and again:
            state, again = rng.bit_generator.state, again - 1
            continue
        if not m.stochastic or m.resolution <= ENOUGH or largest * 4 > MOST:
            return m
        repetitions *= 4


def _minimised(case: Case, on: Any, rng: np.random.Generator) -> Measurement:
    """The minimiser of the objective that is displayed."""
    x, objective = case.left.args[0], case.left.objective
    size = int(np.asarray(on.value(x.shape[0]).full)) if getattr(x, "is_Matrix", False) else 0

    spread = rng.normal(size=(6, size)) * 2 if size else rng.normal(size=6) * 2
    starts = [np.abs(s) + 0.1 if getattr(x, "is_positive", False) else s for s in spread]
    run = type(on)({**_raw(on), x: np.asarray(starts[0], float)}, on.functions, on.meanings).values_along(objective, x)

    def value(u: Any) -> float:
        return float(np.real(run(u)))

    found = Argmin(value, [float(s) for s in starts] if not size else list(starts),
                   at={keyword(s): a for s, a in _raw(on).items() if s != x})
    found.drawn = on
    return found


def _raw(on: Any) -> dict[Any, Any]:
    return {s: a[..., 0] if getattr(s, "is_Matrix", False) and s.shape[1] == 1 else a for s, a in on.arrays.items()}


def run_trial(case: Case, context: Context, codes: Sequence[Callable[..., Any]], indices: Sequence[int],
              watch: bool = False, tight: bool = False) -> Run:
    """The trial (or ``tight``) at these points; errors of the author's code go through."""
    counted = [Counted(c) for c in codes]
    trial = case.tight if tight else case.trial
    out = [measured_at(case, context, trial, counted, i, watch) for i in indices]
    for m in out if tight else ():
        m.elsewhere = True
    how = "trial" if trial is not None else "drawn" if any(isinstance(m, Sampled) for m in out) else "computed"
    return Run(out, [c.calls for c in counted], how)
