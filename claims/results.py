"""Results that are no equations: agreement of a function with an independent one, and what a function does with odd
input."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .declare import check_label, premises
from .errors import ClaimError
from .measure.trial import generator
from .statement import Definition, Statement

WIDEST = 1e-5
"""The largest relative difference that may still be called agreement."""


def agreement(
    label: str,
    sentence: str,
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    cases: Mapping[str, Callable[[np.random.Generator], tuple[Any, ...]]],
    *,
    wrong: Mapping[str, Callable[..., Any]] | None = None,
    given: Any = (),
    within: float = 1e-9,
    note: str = "",
) -> Statement:
    """Two functions give the same on the arguments of every case; a wrong variant of ``ours`` differs in one at least.

    Args:
        sentence: what agrees with what, in words (``$…$`` is mathematics).
        ours, theirs: called with the arguments of a case; ``theirs`` is independent: a package, or numbers read from
            it.
        cases: name of a row of the table → function of a random generator that makes the arguments.
        wrong: name → a wrong variant of ``ours``; those of the definition, if ``ours`` is one.
        given: definitions that it is about; ``ours`` is among them if it is one.
        within: largest difference, relative to the largest number compared; at most 1e-5.

    Raises:
        ClaimError: for no case, no wrong variant, or a bound that is too wide.

    >>> a = agreement("doc-norms-agree", "Our norm is that of NumPy.", lambda x: (x * x).sum() ** 0.5, np.linalg.norm,
    ...               {"8 numbers": lambda rng: (rng.normal(size=8),)}, wrong={"no root": lambda x: (x * x).sum()})
    >>> a.record["verdict"], a.record["table"]["head"]
    ('measured', ['case', 'largest relative difference'])
    """
    check_label(label)
    wrong = dict(wrong or getattr(ours, "wrong", None) or {})
    if not cases or not wrong:
        raise ClaimError(f"agreement({label!r}): give cases=, and wrong= variants that must differ")
    if not 0 < within <= WIDEST:
        raise ClaimError(f"agreement({label!r}): within={within:g} is no agreement; at most {WIDEST:g}")
    started, failures, rows = time.process_time(), [], []
    arguments = {name: make(generator(label, k)) for k, (name, make) in enumerate(cases.items())}
    reference = {name: np.asarray(theirs(*a), float) for name, a in arguments.items()}
    for name, a in arguments.items():
        gap = _gap(ours, a, reference[name])
        rows.append([name, f"{gap:.1e}" if gap else "0"])
        if not gap <= within:
            failures.append(f"{name}: the two differ by {gap:.2g}, more than {within:g}")
    for name, variant in wrong.items():
        if not any(_differs(variant, a, reference[k], within) for k, a in arguments.items()):
            failures.append(
                f"the wrong variant {name!r} agrees as well, so nothing is compared that matters: give other cases"
            )
    return _result(
        label,
        "agreement",
        sentence,
        {"head": ["case", "largest relative difference"], "rows": rows},
        failures,
        note,
        list(wrong),
        _labels(label, ours, given),
        time.process_time() - started,
    )


def behaviour(
    label: str,
    sentence: str,
    function: Callable[..., Any],
    cases: Mapping[str, tuple[tuple[Any, ...], Any]],
    *,
    note: str = "",
    given: Any = (),
) -> Statement:
    """What a function does with unusual input: the error that it raises, or a property of its value.

    Args:
        cases: name of a row → (arguments, expected): a class of exception, or a function of the value that says
            whether it is right.

    >>> b = behaviour("doc-root-refuses", "The root refuses what it has no value for.", __import__("math").sqrt,
    ...               {"a negative number": ((-1,), ValueError), "zero": ((0,), lambda y: y == 0)})
    >>> b.record["verdict"], b.record["table"]["rows"][1]
    ('measured', ['zero', 'the value 0'])
    """
    check_label(label)
    if not cases:
        raise ClaimError(f"behaviour({label!r}): give cases=")
    started, failures, rows = time.process_time(), [], []
    for name, (arguments, expected) in cases.items():
        raises = isinstance(expected, type) and issubclass(expected, BaseException)
        try:
            value = function(*arguments)
        except Exception as problem:  # noqa: BLE001 - it passes only as the class that is expected
            rows.append([name, f"{type(problem).__name__}: {problem}"])
            if not (raises and isinstance(problem, expected)):
                failures.append(f"{name}: it raised {type(problem).__name__}: {problem}")
            continue
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        rows.append([name, f"the value {text if len(text) < 60 else text[:57] + '…'}"])
        if raises or not expected(value):
            failures.append(
                f"{name}: it returned {text[:60]}"
                + (f", and {expected.__name__} was expected" if raises else ", which is not right")
            )
    return _result(
        label,
        "behaviour",
        sentence,
        {"head": ["input", "what the function does"], "rows": rows},
        failures,
        note,
        [],
        _labels(label, function, given),
        time.process_time() - started,
    )


def _labels(label: str, function: Any, given: Any) -> list[str]:
    """Labels of what a result is about: the definitions given, and the function itself if it is one."""
    own = [function.label] if isinstance(function, Definition) else []
    return list(dict.fromkeys([*own, *(p.label for p in premises(given, label))]))


def _gap(ours: Callable[..., Any], arguments: tuple[Any, ...], reference: np.ndarray) -> float:
    value = np.asarray(ours(*arguments), float)
    if value.shape != reference.shape:
        return float("inf")
    size = float(np.max(np.abs(reference), initial=0))
    gap = float(np.max(np.abs(value - reference), initial=0)) / (size or 1)
    return gap if np.isfinite(gap) else float("inf")


def _differs(variant: Callable[..., Any], arguments: tuple[Any, ...], reference: np.ndarray, within: float) -> bool:
    try:
        return _gap(variant, arguments, reference) > within
    except Exception:  # noqa: BLE001 - a wrong variant that fails is told from the right function
        return True


def _result(
    label: str,
    kind: str,
    sentence: str,
    table: dict[str, Any],
    failures: list[str],
    note: str,
    wrong: list[str],
    given: list[str],
    cpu: float,
) -> Statement:
    s = Statement()
    s.label, s.lhs, s.rhs, s.relation = label, sentence, None, ""
    s.finish(
        {
            "label": label,
            "kind": kind,
            "statement": rf"\text{{{sentence}}}",
            "plain": sentence,
            "relation": "",
            "lhs": rf"\text{{{sentence}}}",
            "rhs": "",
            "sentence": sentence,
            "table": table,
            "reasons": [],
            "scope": "",
            "assumptions": [],
            "given": given,
            "note": note,
            "proof": None,
            "trial": None,
            "mutants": None,
            "premises": None,
            "wrong": wrong,
            "failures": failures,
            "verdict": "undecided" if failures else "measured",
            "cpu": cpu,
            "evidence_cpu": 0.0,
        }
    )
    return s
