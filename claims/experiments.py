"""Experiments: the outcome of a toy, with a test over seeds, premises that matter, ablations, and enough power."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from .declare import check_label, plain_text, premises
from .errors import ClaimError
from .measure.guard import Counted
from .measure.measurement import MeasurementError
from .measure.trial import generator
from .say.typeset import statement, tex
from .statement import Statement


class Experiment(Statement):
    """The outcome of an experiment: ``values`` of shape (seeds, 2)."""

    values: np.ndarray

    def table(self) -> str:
        """Mean and standard deviation of both sides over the seeds, as text."""
        mean, spread = self.values.mean(0), self.values.std(0, ddof=1)
        return "\n".join(f"{tex(side)}: {m:.4g} ± {s:.2g}" for side, m, s in zip((self.lhs, self.rhs), mean, spread))


def _log_ratio(values: np.ndarray) -> tuple[float, float, float]:
    """Mean log ratio of the two columns, its t statistic, and the one-sided p-value of a ratio above one."""
    d = np.log(values[:, 0]) - np.log(values[:, 1])
    error = max(float(d.std(ddof=1)) / math.sqrt(len(d)), 1e-12)
    t = float(d.mean()) / error
    return float(d.mean()), t, float(special.stdtr(len(d) - 1, -t))


EXPERIMENT_POWER = 0.9


def _chance(values: np.ndarray, alpha: float) -> float:
    """Probability that as many fresh seeds would show the effect, were it as large as it was seen: a noncentral t, averaged over the deviation they may have.

    >>> effect = np.exp([[1.2, 0], [1.0, 0], [0.8, 0], [1.1, 0], [0.9, 0]])  # paired t 14
    >>> f"{_chance(effect, 1e-3):.2f} {_chance(effect, 1e-5):.2f}"
    '0.99 0.17'
    """
    dof = len(values) - 1
    deviations = np.sqrt(special.chdtri(dof, (np.arange(2000) + 0.5) / 2000) / dof)
    return float(special.ndtr(abs(_log_ratio(values)[1]) + special.stdtrit(dof, alpha) * deviations).mean())


def experiment(label: str, left: Any, relation: str, right: Any, *, run: Callable[..., Any], seeds: int = 5, ablations: Mapping[str, Callable[..., Any]] | None = None, together: bool = False,
               given: Any = (), alpha: float = 1e-3, within: float | None = None, reason: str = "", note: str = "", order: Sequence[Any] = (), predicted: float | None = None,
               strict: bool = True) -> Experiment:
    """The outcome of a toy experiment: ``run(rng, *codes)`` → (left, right), two positive numbers, for each of ``seeds`` generators.

    Args:
        relation: ``<``, ``>`` (paired Student test on the log ratio at ``alpha``), or ``≈``: no effect, the whole (1 − alpha) interval of the mean log
            ratio lies within ±``within``.
        ablations: variants of ``run`` without the supposed cause; none may show the effect at ``alpha`` (for ``≈``: each must show one).
        together: ``run`` and the ablations are called once, with the list of all generators, and return an array of shape (seeds, 2): for small
            trainings, which cost little more side by side than one does alone.
        seeds: at least 3; the generators follow from ``BOOK_SEED`` and the label.

    Returns:
        the experiment, with ``.values`` of shape (seeds, 2) and ``.table()``; one that shows no effect, or one that fresh seeds would miss in a tenth
        of all cases, is *undecided*, and :func:`close` raises.

    Raises:
        ClaimError: for another relation, ``≈`` without ``within``, or fewer than 3 seeds.

    >>> x = experiment("doc-race", "a", ">", "b", run=lambda rng: (2 + rng.uniform(), 1 + rng.uniform() / 9), seeds=6)
    >>> x.record["verdict"], x.values.shape
    ('measured', (6, 2))
    """
    check_label(label)
    if relation not in ("<", ">", "≈") or (relation == "≈") != (within is not None):
        raise ClaimError(f"experiment({label!r}): expected < or >, or ≈ with within=; found {relation!r} with within={within}")
    if seeds < 3:
        raise ClaimError(f"experiment({label!r}): expected at least 3 seeds, found {seeds}")
    started = time.process_time()
    given_premises = premises(given, f"experiment({label!r})")
    labels = [p.label for p in given_premises]
    coded = [p for p in given_premises if p.code is not None]
    codes = [Counted(p.code) for p in coded]

    def collect(f: Callable[..., Any]) -> np.ndarray:
        rngs = [generator(label, i) for i in range(seeds)]
        values = np.array(f(rngs, *codes), float) if together else np.array([[float(v) for v in f(rng, *codes)] for rng in rngs])
        if values.shape != (seeds, 2) or not np.all(np.isfinite(values)) or np.any(values <= 0):
            raise MeasurementError(f"expected two finite positive numbers a seed, found {values.tolist()}")
        return values

    def shows(values: np.ndarray) -> tuple[bool, str]:
        mean, t, p = _log_ratio(values)
        p = p if relation == ">" else 1 - p
        spread = float((np.log(values[:, 0]) - np.log(values[:, 1])).std(ddof=1))
        if relation == "≈":
            reach = abs(mean) + float(-special.stdtrit(seeds - 1, alpha / 2)) * spread / math.sqrt(seeds)
            return reach <= within, f"ratio {math.exp(mean):.3g}, |log ratio| at most {reach:.2g} (allowed {within:g}) at level {alpha:g}"
        return p <= alpha, f"ratio {math.exp(mean):.3g} (spread a factor {math.exp(spread):.3g}), paired t {abs(t):.1f}, p {p:.1e}, false alarm {alpha:g}"

    failures, outcomes = [], {}
    values = np.full((seeds, 2), np.nan)
    test = "not run"
    try:
        values = collect(run)
        failures += [f"the experiment never calls the definition {p.label!r} that it is given; use it, or take it out of given=" for p, c in zip(coded, codes) if c.calls == 0]
        if np.all(values == values[0]):
            failures.append("every seed gave the same numbers: the experiment does not use its random generator")
        ok, test = shows(values)
        if not ok:
            failures.append(f"the effect is not there: {test}")
        elif relation != "≈" and (power := _chance(values, alpha)) < EXPERIMENT_POWER:
            failures.append(f"underpowered: other seeds would show an effect of this size with probability {power:.2f} only; take more seeds")
        for name, other in (ablations or {}).items():
            there, outcomes[name] = shows(collect(other))
            if there and relation != "≈":
                failures.append(f"the ablation {name!r} shows the effect as well: {outcomes[name]}")
            if not there and relation == "≈":
                outcomes[name] += ": the effect appears"
            elif there and relation == "≈":
                failures.append(f"the ablation {name!r} shows no effect either, so the experiment could not have seen one: {outcomes[name]}")
    except Exception as problem:  # noqa: BLE001 - recorded, the chapter goes on
        failures.append(f"{type(problem).__name__}: {problem}")
    x = Experiment()
    x.label, x.lhs, x.rhs, x.values = label, left, right, values
    tail = rf"\qquad\text{{{reason}}}" if reason else ""
    shown = values.tolist() if np.all(np.isfinite(values)) else []
    x.finish({"label": label, "kind": "experiment", "statement": statement(left, relation, right, order=order, tail=tail), "plain": plain_text(left, relation, right), "relation": relation,
               "lhs": tex(left, order), "rhs": tex(right, order), "reasons": [reason] if reason else [], "scope": "", "assumptions": [], "given": labels, "note": note, "proof": None, "trial": None,
               "mutants": None, "premises": None, "experiment": {"seeds": seeds, "test": test, "alpha": alpha, "values": shown, "ablations": outcomes}, "failures": failures,
               "verdict": "undecided" if failures else "measured", "cpu": time.process_time() - started, "evidence_cpu": 0.0})
    return x
