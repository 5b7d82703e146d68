"""What a trial returns, matched with the symbols of a claim; the left side run on it, with an error that the engine
finds itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from ..say.calculus import ACCURACY, Missing
from ..say.evaluate import Unknown
from ..say.operators import Jacobian
from ..say.leaves import Meanings, leaves
from ..say.run import REPLICATE, SAMPLE, Samples, Value, minus
from ..say.symbols import AppliedVector, head, keyword, shape_of
from .draws import number
from .measurement import (
    EPS,
    ROUNDING,
    Comparison,
    Measurement,
    MeasurementError,
    NoFiniteValue,
    skew_threshold,
    trustworthy,
)

CALCULUS = (sp.Derivative, sp.Limit, Jacobian)
"""What is run by extrapolated differences, to the accuracy that :mod:`claims.say.calculus` asks for."""
STEP = 2.0**-30
"""Relative change of the inputs by which a deterministic value shows how rounding reaches it."""
PART = 4.0
"""One change of many inputs may show a part of what rounding does: so many times that is allowed."""


def sampled(
    found: Any,
    expressions: list[Any],
    point: Mapping[Any, Any],
    meanings: Meanings,
    functions: Mapping[str, Callable[..., Any]],
    welcome: Iterable[Any] = (),
) -> Samples:
    """The samples of one trial: a mapping keyword → array, tensor or callable; one array where only one value is
    missing.

    ``welcome``: further expressions (hypotheses) whose symbols may have samples too.

    Raises:
        MeasurementError: for a keyword that no symbol of the claim has, for a missing one, for wrong shapes.
    """
    names = (
        leaves(welcome, {}, functions) | leaves(expressions, {}, functions) | leaves(expressions, meanings, functions)
    )
    heads = {keyword(sp.Symbol(head(e))): head(e) for e in names.values() if head(e)}
    given = {keyword(k) for k in point}
    missing = [
        k
        for k, e in leaves(expressions, meanings, functions).items()
        if k not in given and not _is_size(e, names.values())
    ]
    if not isinstance(found, Mapping):
        if len(missing) != 1:
            raise MeasurementError(
                f"the trial returned a bare {type(found).__name__}, and the claim needs "
                f"{', '.join(missing) or 'nothing'}: "
                "return a dictionary, keyword → samples"
            )
        found = {missing[0]: found}
    values: dict[Any, Any] = {k: number(v) for k, v in point.items()}
    callables, paths = dict(functions), {}
    for key, raw in found.items():
        if key in names and not callable(raw) and not (key in heads and keyword(names[key]) != key):
            values[names[key]] = _array(raw, key)
        elif key in heads:
            (callables if callable(raw) else paths)[heads[key]] = raw if callable(raw) else _array(raw, key)
        elif key in names:
            callables[head(names[key]) or key] = raw
        else:
            wanted = sorted({*missing, *heads} - given)
            raise MeasurementError(
                f"the trial returned {key!r}, which no symbol of the claim is called; the claim needs "
                f"{', '.join(wanted) or 'nothing'}"
            )
    for e in names.values():
        if head(e) in paths and isinstance(e, AppliedVector) and e.shape[0].is_Symbol:
            values.setdefault(e.shape[0], paths[head(e)].shape[-1])
    try:
        return Samples(values, callables, meanings, paths)
    except ValueError as problem:
        raise MeasurementError(str(problem)) from None


def _is_size(e: Any, others: Iterable[Any]) -> bool:
    """Whether a symbol is only the size of a vector or matrix, which its samples tell."""
    return isinstance(e, sp.Symbol) and any(e in shape_of(o) for o in others)


def _array(raw: Any, key: str) -> np.ndarray:
    raw = raw.detach().cpu().numpy() if hasattr(raw, "detach") else raw
    a = np.asarray(raw)
    if a.dtype.kind not in "biufc":
        raise MeasurementError(f"the samples {key!r} are no numbers but {a.dtype}")
    if not np.all(np.isfinite(a)):
        raise MeasurementError(f"the samples {key!r} hold NaN or infinity")
    return a if a.dtype.kind == "b" else a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)


class Sampled(Measurement):
    """The left side run on samples at one point.

    With repetitions and ``E`` in it: the value from all of them, error by the jackknife over blocks. Without: the
    value of every instance, error from rounding, as large as a change of the inputs in their last digits makes it."""

    kind = "samples"

    def __init__(self, left: Any, on: Samples) -> None:
        self.left, self.on = left, on
        self.own = self._run(left)
        value = np.asarray(self.own.full)
        if self.own.level == REPLICATE:
            if on.count < 8:
                raise MeasurementError(f"an expectation needs at least 8 repetitions, found {on.count}")
            super().__init__(value, self.own.error, dof=len(self.own.replicates) - 1, samples=on.count)
        else:
            super().__init__(value, self._rounding(left, value), samples=max(on.count, 1))

    def _run(self, e: Any) -> Value:
        try:
            return self.on.value(e)
        except Missing as problem:
            raise MeasurementError(f"{e} cannot be run on these samples: {problem}") from None
        except (Unknown, ZeroDivisionError, OverflowError, np.linalg.LinAlgError) as problem:
            raise NoFiniteValue(f"{e} has no value on these samples: {problem}") from None
        except ValueError as problem:
            if not any(word in str(problem) for word in ("broadcast", "matmul", "shape")):
                raise
            raise NoFiniteValue(f"{e} joins what is of different sizes: {problem}") from None

    def _rounding(self, e: Any, value: np.ndarray) -> np.ndarray:
        """What rounding of the inputs does to the value: its response to small relative changes, brought down to the
        last digit."""
        rng = np.random.default_rng(0)

        def off(a: Any) -> Any:  # each up or down by at least half a step, so that no input stays where it was
            return a * (1 + STEP * rng.uniform(0.5, 1, np.shape(a)) * rng.choice((-1, 1), np.shape(a)))

        other = self.on.changed({s: off(a) if _rounds(s, a) else a for s, a in self.on.arrays.items()},
                                {name: off(p) for name, p in self.on.paths.items()})
        size = np.maximum(np.abs(value), PART * np.abs(np.asarray(other.value(e).full) - value) / STEP)
        carried_out = e.has(*CALCULUS) if isinstance(e, sp.Basic) else False
        return np.maximum(ROUNDING * EPS * size, ACCURACY * np.maximum(1.0, np.abs(value)) if carried_out else 0.0)

    def predict(self, e: Any) -> Any:
        """Another expression on the same samples, to be compared with the left side."""
        predicted = self._run(e)
        self.differentiated = any(isinstance(a, sp.Basic) and a.has(Jacobian, sp.Derivative) for a in (self.left, e))
        if REPLICATE in (self.own.level, predicted.level) and self.own.level != SAMPLE:
            return predicted
        if predicted.level == REPLICATE:
            raise MeasurementError(f"{e} is an expectation and the left side is one value for each repetition")
        return np.asarray(predicted.full)

    differentiated = False
    """Whether one of the two sides compared was differentiated numerically, which is known to
    :data:`claims.say.calculus.ACCURACY` only."""

    @property
    def _floor(self) -> float:
        return ACCURACY * max(float(np.max(np.abs(self.value))), 1.0) if self.differentiated else 0.0

    def _errors(self, predicted: np.ndarray) -> np.ndarray:
        return np.maximum(super()._errors(predicted), self._floor)

    def compare(self, predicted: Any, alpha: float, relation: str = "=") -> Comparison:
        if not isinstance(predicted, Value):
            return super().compare(predicted, alpha, relation)
        full = np.asarray(predicted.full)
        if predicted.level == SAMPLE:
            raise MeasurementError(
                "the left side is an expectation and the right side one value per repetition: put E(…) round it"
            )
        if not np.all(np.isfinite(full)):
            raise NoFiniteValue("the candidate is NaN or infinite on these samples")
        try:
            full = np.broadcast_to(full, self.value.shape)
        except ValueError:
            raise MeasurementError(
                f"the left side has shape {self.value.shape}, the candidate {np.shape(predicted.full)}"
            ) from None
        gap = minus(self._in_the_blocks_of(predicted), predicted)
        rounding = ROUNDING * EPS * np.maximum(np.abs(self.value), np.abs(full))
        error = np.maximum(gap.error, np.maximum(rounding, self._floor))
        dev = np.real(gap.full) / np.maximum(error, np.finfo(float).tiny)
        one_sided = {"=": np.abs(dev), "<=": dev, "<": dev, ">=": -dev, ">": -dev}[relation]
        i = np.unravel_index(int(np.argmax(one_sided)), self.value.shape)
        limit = self._limit(gap, i, alpha / self.size)
        return Comparison(
            bool(one_sided[i] <= limit),
            float(one_sided[i]),
            limit,
            full[i].item(),
            self.value[i].item(),
            float(error[i]),
            tuple(map(int, i)),
        )

    def _in_the_blocks_of(self, predicted: Value) -> Value:
        """The left side, run block by block if the candidate, which mixes samples and means, was."""
        mine, other = self.own.replicates, predicted.replicates
        if mine is None or other is None or len(mine) == len(other):
            return self.own
        return self.on.by_blocks(self.left)

    def _limit(self, gap: Value, index: Any, alpha: float) -> float:
        influences = np.real(gap.influences[(slice(None), *index)])
        spread = float(influences.std())
        skew = (
            float(np.mean((influences - influences.mean()) ** 3)) / spread**3 / np.sqrt(len(influences))
            if spread > 0
            else 0.0
        )
        return skew_threshold(alpha, len(influences) - 1, abs(skew))

    def mistrust(self) -> str:
        """Why the error of this measurement cannot be trusted ('' if it can)."""
        if self.own.level != REPLICATE:
            return ""
        flat = np.reshape(self.own.influences, (len(self.own.influences), -1))
        return next((why for column in flat.T if (why := trustworthy(column))), "")


def _rounds(s: Any, a: Any) -> bool:
    return np.asarray(a).dtype.kind in "fc" and not getattr(s, "is_integer", False)
