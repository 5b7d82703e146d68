"""Experiments: the outcome of a toy, with a test over seeds, premises that matter, ablations, and enough power."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from .case import Premise
from .declare import check_label, plain_text, premises
from .design import Design, chance, differences
from .errors import ClaimError
from .measure.guard import Counted
from .measure.measurement import MeasurementError
from .remembered import remembered
from .say.resulting import spread
from .say.typeset import statement, tex
from .statement import Statement, meanings

EXPERIMENT_POWER = 0.9
LEVEL = 1e-3
"""The largest false-alarm rate of an experiment."""
WITHIN = math.log(1.25)
"""The largest log ratio that may still be called no effect."""
PRECISION = 0.1
"""Half the width, in log ratio, that the interval round a predicted ratio may have at most: ten per cent to either
side."""


class Experiment(Statement):
    """The outcome of an experiment: ``values`` of shape (seeds, 2)."""

    values: np.ndarray

    def table(self) -> str:
        """Mean and standard deviation of both sides over the seeds, as text."""
        return "\n".join(f"{tex(s)}: {spread(list(v))}" for s, v in zip((self.lhs, self.rhs), self.values.T))


def experiment(
    label: str,
    left: Any,
    relation: str,
    right: Any,
    *,
    run: Callable[..., Any],
    seeds: int = 5,
    ablations: Mapping[str, Callable[..., Any]] | None = None,
    together: bool = False,
    given: Any = (),
    alpha: float = 1e-3,
    within: float | None = None,
    reason: str = "",
    note: str = "",
    order: Sequence[Any] = (),
    predicted: Any = None,
) -> Experiment:
    """The outcome of a toy experiment: ``run(rng, *codes)`` → (left, right), two positive numbers, for each of
    ``seeds`` generators.

    Args:
        relation: ``<``, ``>`` (paired Student test on the log ratio at ``alpha``), or ``≈``: no effect, the whole
            (1 − alpha) interval of the mean log ratio lies within ±``within`` (at most log 1.25).
        given: premises; each wrong variant of their code must change the log ratio, by the same test, paired by seed.
        ablations: variants of ``run`` without the supposed cause; none may show the effect at ``alpha`` (for ``≈``:
            each must show one). An experiment has an ablation or a premise with code: something that could have come
            out otherwise.
        predicted: the ratio left/right that the chapter predicts, a number: it must lie in the (1 − alpha) interval of
            the ratio, and this interval reach at most ten per cent to either side; then the experiment tests the
            number and not only its direction.
        together: ``run`` and the ablations are called once, with the list of all generators, and return an array of
            shape (seeds, 2): for small trainings, which cost little more side by side than one does alone.
        seeds: at least 3; the generators follow from ``BOOK_SEED`` and the label. alpha: at most 1e-3.

    Returns:
        the experiment, with ``.values`` of shape (seeds, 2) and ``.table()``; one that shows no effect, or one that
        fresh seeds would miss in a tenth of all cases, is *undecided*, and :func:`close` raises.

    Raises:
        ClaimError: for another relation, ``≈`` without ``within``, fewer than 3 seeds, a level or an interval too
            wide, neither premise nor ablation.

    >>> x = experiment("doc-race", "a", ">", "b", run=lambda rng: (2 + rng.uniform(), 1 + rng.uniform() / 9), seeds=6,
    ...                ablations={"the same car twice": lambda rng: (1 + rng.uniform(), 1 + rng.uniform())})
    >>> x.record["verdict"], x.values.shape
    ('measured', (6, 2))
    """
    check_label(label)
    what = f"experiment({label!r})"
    if relation not in ("<", ">", "≈") or (relation == "≈") != (within is not None):
        raise ClaimError(f"{what}: expected < or >, or ≈ with within=; found {relation!r} with within={within}")
    if seeds < 3:
        raise ClaimError(f"{what}: expected at least 3 seeds, found {seeds}")
    given_premises = premises(given, what)
    design = Design(label, relation, seeds, alpha, within, together, [p for p in given_premises if p.code is not None])
    _check_design(what, design, given_premises, ablations, predicted)
    result = remembered(
        ("experiment", design, run, ablations, predicted),
        meanings(),
        lambda: _found(design, run, ablations or {}, predicted),
    )
    values = result["experiment"]["values"]
    x = Experiment()
    x.label, x.lhs, x.rhs, x.relation = label, left, right, relation
    x.values = np.array(values) if values else np.full((seeds, 2), np.nan)
    tail = rf"\qquad\text{{{reason}}}" if reason else ""
    x.finish(
        {
            "label": label,
            "kind": "experiment",
            "statement": statement(left, relation, right, order=order, tail=tail),
            "plain": plain_text(left, relation, right),
            "relation": relation,
            "lhs": tex(left, order),
            "rhs": tex(right, order),
            "reasons": [reason] if reason else [],
            "scope": "",
            "assumptions": [],
            "given": [p.label for p in given_premises],
            "note": note,
            "proof": None,
            "trial": None,
            "mutants": None,
            **result,
        }
    )
    return x


def _found(
    design: Design, run: Callable[..., Any], ablations: Mapping[str, Callable[..., Any]], predicted: Any
) -> dict[str, Any]:
    """The part of an experiment's record that comes from running it."""
    started = time.process_time()
    found = Found(np.full((design.seeds, 2), np.nan))
    try:
        found.values = _run(design, run, found)
        _ablate(design, ablations, found)
        _attack_premises(design, run, found)
        _compare_with_prediction(design, predicted, found)
    except Exception as problem:  # noqa: BLE001 - the author's run may raise anything; it is a failure with its kind
        found.failures.append(f"{type(problem).__name__}: {problem}")
    return {
        "premises": found.premise_record(),
        "experiment": {
            "seeds": design.seeds,
            "test": found.test,
            "alpha": design.alpha,
            "values": found.values.tolist() if np.all(np.isfinite(found.values)) else [],
            "ablations": found.ablations,
            "wrong_premises": found.premises,
            "predicted": found.predicted,
        },
        "failures": found.failures,
        "verdict": "undecided" if found.failures else "measured",
        "cpu": time.process_time() - started,
        "evidence_cpu": 0.0,
    }


@dataclass
class Found:
    """What an experiment found, and in words what fails."""

    values: np.ndarray
    test: str = "not run"
    predicted: str = ""

    def __post_init__(self) -> None:
        self.failures: list[str] = []
        self.ablations: dict[str, str] = {}
        self.premises: dict[str, str] = {}
        self.moved = 0

    def premise_record(self) -> dict[str, Any]:
        return {"wrong_variants": len(self.premises), "moved": self.moved, "least": None}


def _check_design(what: str, design: Design, given: Sequence[Premise], ablations: Any, predicted: Any) -> None:
    if not 0 < design.alpha <= LEVEL:
        raise ClaimError(f"{what}: alpha={design.alpha:g} is too large a false-alarm rate; at most {LEVEL:g}")
    if design.within is not None and not 0 < design.within <= WITHIN:
        raise ClaimError(
            f"{what}: within={design.within:g} would call a factor of {math.exp(design.within):.3g} no effect; at most"
            f" log 1.25 = {WITHIN:.3f}"
        )
    idle = [p.label for p in given if p.code is None]
    if idle:
        raise ClaimError(
            f"{what}: the premise {idle[0]!r} has no code, so the experiment cannot run it: take it out of given=, and"
            " mention it in the text"
        )
    if not design.coded and not ablations:
        raise ClaimError(
            f"{what}: it has neither a premise with code nor an ablation, so nothing shows that it could have come out"
            " otherwise: give ablations={'without the cause': …} or given="
        )
    if predicted is not None:
        ratio = sp.sympify(predicted)
        if not (ratio.is_number and ratio.is_positive):
            raise ClaimError(f"{what}: predicted= is the ratio left/right, a positive number; found {predicted}")
        if (design.relation == "<") != bool(ratio < 1) and design.relation != "≈":
            raise ClaimError(f"{what}: predicted={predicted} contradicts {design.relation}")


def _run(design: Design, run: Callable[..., Any], found: Found) -> np.ndarray:
    codes = [Counted(p.code) for p in design.coded]
    values = design.collect(run, codes)
    found.failures += [
        f"the experiment never calls the definition {p.label!r} that it is given; use it, or take it out of given="
        for p, c in zip(design.coded, codes)
        if c.calls == 0
    ]
    if np.all(values == values[0]):
        found.failures.append("every seed gave the same numbers: the experiment does not use its random generator")
    ok, found.test = design.shows(values)
    if not ok:
        found.failures.append(f"the effect is not there: {found.test}")
    elif design.relation != "≈" and (power := chance(values, design.alpha)) < EXPERIMENT_POWER:
        found.failures.append(
            f"underpowered: other seeds would show an effect of this size with probability {power:.2f} only; take more"
            " seeds"
        )
    return values


def _ablate(design: Design, ablations: Mapping[str, Callable[..., Any]], found: Found) -> None:
    for name, other in ablations.items():
        there, text = design.shows(design.collect(other, [p.code for p in design.coded]))
        found.ablations[name] = text
        if there and design.relation != "≈":
            found.failures.append(f"the ablation {name!r} shows the effect as well: {text}")
        elif there:
            found.failures.append(
                f"the ablation {name!r} shows no effect either, so the experiment could not have seen one: {text}"
            )
        elif design.relation == "≈":
            found.ablations[name] += ": the effect appears"


def _attack_premises(design: Design, run: Callable[..., Any], found: Found) -> None:
    """Each premise's code is replaced by each of its wrong variants, with the same seeds; the outcome must change."""
    for j, premise in enumerate(design.coded):
        for name, variant in premise.wrong.items():
            codes = [variant if k == j else p.code for k, p in enumerate(design.coded)]
            try:
                with np.errstate(all="ignore"):
                    moved, text = design.changed(found.values, design.collect(run, codes))
            except MeasurementError:
                moved, text = True, "no finite positive outcome"
            found.premises[f"{premise.label}: {name}"] = text
            found.moved += moved
            if not moved:
                found.failures.append(
                    f"the wrong premise {premise.label!r}: {name!r} does not change the outcome ({text}); the"
                    f" experiment does not rest on {premise.label!r}: measure it, take more seeds, or take it out of"
                    " given="
                )


def _compare_with_prediction(design: Design, predicted: Any, found: Found) -> None:
    if predicted is None:
        return
    mean, reach = float(differences(found.values).mean()), design.reach(found.values)
    low, high = math.exp(mean - reach), math.exp(mean + reach)
    found.predicted = f"ratio {float(predicted):.4g} predicted, {low:.4g} to {high:.4g} seen at level {design.alpha:g}"
    if not low <= float(predicted) <= high:
        found.failures.append(f"the predicted ratio is refuted: {found.predicted}")
    if reach > PRECISION:
        found.failures.append(
            f"the experiment is too coarse to test the predicted ratio: its interval reaches {math.expm1(reach):.0%}"
            f" to either side, at most {math.expm1(PRECISION):.0%}; take more seeds"
        )
