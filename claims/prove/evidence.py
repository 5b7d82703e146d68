"""The proof of a claim: its lines, and the residuals that its ``proof=`` makes of a candidate and of the premises'
expressions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from ..case import Case, Line, Rule
from .chain import links
from .decide import decide, entries
from .findings import Finding, Nonneg, Status, Zero, attempt
from .instances import symbols_of
from .limits import PROVE_SECONDS, OutOfTime, time_limit
from .sampler import Sampler

MUTANT_SECONDS = 5.0


@dataclass
class Proof:
    """What was proved: verdict (proved, refuted, undecided), findings by name of residual, findings of the lines."""

    verdict: str
    findings: dict[str, Finding] = field(default_factory=dict)
    lines: list[tuple[Line, Finding]] = field(default_factory=list)
    assumed: dict[Any, str] = field(default_factory=dict)
    """Every symbol of the residuals and what is assumed of it, in words."""

    @property
    def tactics(self) -> list[str]:
        every = [*self.findings.values(), *(f for _, f in self.lines)]
        return sorted({f.tactic for f in every if f.tactic})


def takes(case: Case) -> int:
    """How many positional arguments ``proof=`` takes (1: the candidate alone)."""
    try:
        parameters = inspect.signature(case.proof).parameters.values()
    except (TypeError, ValueError):
        return 1
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 1 + len(case.rules)
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters)


def residuals(case: Case, candidate: Any, changed: Mapping[str, Rule] | None = None) -> dict[str, Any]:
    """Named residuals of a candidate; ``changed``: other equations for some premises, by label.

    Raises:
        TypeError: for a proof that returns no residuals, or takes another number of premises than there are with an
        equation.
    """
    rules = [(changed or {}).get(r.label, r) for r in case.rules]
    count = takes(case)
    if count not in (1, 1 + len(rules)):
        raise TypeError(
            f"the proof takes {count - 1} premises, and {len(rules)} of given= have an equation:"
            f" {', '.join(r.label for r in rules) or 'none'}"
        )
    out = case.proof(candidate, *(r.right for r in rules)) if count > 1 else case.proof(candidate)
    if not isinstance(out, Mapping):
        raise TypeError(f"a proof returns a dictionary of named residuals, found {type(out).__name__}")
    if not out:
        raise TypeError("the proof has no residuals: nothing was proved")
    return dict(out)


def run_proof(
    case: Case, candidate: Any, sampler: Sampler, mutant: bool = False, changed: Mapping[str, Rule] | None = None
) -> Proof:
    """Findings of every residual of ``candidate`` under ``proof=``; ``mutant``: a witness is enough and is looked for
    first."""
    try:
        with time_limit(MUTANT_SECONDS if mutant else PROVE_SECONDS):
            parts, why = attempt(residuals, case, candidate, changed)
    except OutOfTime as late:
        parts, why = None, str(late)
    if parts is None:
        return Proof("undecided", {"the proof itself": Finding(Status.UNDECIDED, candidate, why=f"it raised {why}")})
    findings: dict[str, Finding] = {}
    for name, residual in parts.items():
        # a mutant of an equation needs a witness only; a mutant of a bound may be a weaker bound, and then be proved
        findings[str(name)] = decide(
            residual,
            case.tactics,
            sampler=sampler,
            refute_first=mutant,
            refute_only=mutant and case.relation not in ("<=", ">="),
            seconds=MUTANT_SECONDS if mutant else PROVE_SECONDS,
        )
        if mutant and without_value(residual):
            findings[str(name)] = Finding(Status.NONZERO, residual, value=sp.nan)
        if mutant and findings[str(name)].status is Status.NONZERO:
            break
    return Proof(verdict(findings.values()), findings, assumed={} if mutant else symbols_of(parts))


def without_value(residual: Any) -> bool:
    """Whether some part of a residual is NaN or an infinite number: a mutant that divides by 0 is refuted by it.

    >>> without_value([sp.S.One, 1 / sp.S.Zero]), without_value(sp.S.One)
    (True, False)
    """
    inside = residual.expr if isinstance(residual, (Zero, Nonneg)) else residual
    return any(isinstance(e, sp.Basic) and e.has(sp.nan, sp.zoo) for e in entries(inside))


def verdict(findings: Any) -> str:
    states = {f.status for f in findings}
    return "refuted" if Status.NONZERO in states else "undecided" if Status.UNDECIDED in states else "proved"


def prove(case: Case, sampler: Sampler, chained: bool) -> Proof:
    """The proof of a case: by ``proof=`` if there is one, and by its lines if ``chained``."""
    found = run_proof(case, case.right, sampler) if case.proof is not None else None
    lines = links(case, sampler=sampler) if chained else []
    states = verdict([f for _, f in lines]) if lines else None
    if found is None:
        return Proof(states or "undecided", {}, lines)
    # a chain that is written out must not contradict the proof beside it
    return Proof(
        "refuted" if "refuted" in (found.verdict, states) else found.verdict, found.findings, lines, found.assumed
    )


def ignores_candidate(case: Case, other: Any) -> bool:
    """Whether the proof returns the same residuals for another candidate as for the right side.

    A proof that raises on the other candidate looks at it. ``other`` is made beforehand, so that no error of the
    engine is taken for one of the proof.
    """
    mine, _ = attempt(residuals, case, case.right)
    theirs, why = attempt(residuals, case, other)
    return not why and mine is not None and mine == theirs


def another(right: Any) -> Any:
    """A right side of the same shape that says something else."""
    if isinstance(right, (sp.Tuple, list, tuple)):
        return sp.Tuple(another(right[0]), *right[1:])
    return 2 * right if getattr(right, "is_Matrix", False) else right + sp.Dummy("other", positive=True)


def looking(case: Case) -> dict[str, Any]:
    """The residuals that change with the candidate, by name; only these say something of it.

    Two other candidates: one shifted, one scaled, as a residual that takes differences does not see a shift.
    """
    mine, _ = attempt(residuals, case, case.right)
    found: dict[str, Any] = {}
    for other in (another(case.right), scaled(case.right)):
        theirs, why = attempt(residuals, case, other)
        # a proof that raises on another candidate looks at it, and nobody knows where
        found |= {name: e for name, e in (mine or {}).items() if why or theirs.get(name) != e}
    return found


def scaled(right: Any) -> Any:
    """A right side of the same shape, each entry times a number that nothing else holds."""
    if isinstance(right, (sp.Tuple, list, tuple)):
        return sp.Tuple(*map(scaled, right))
    return sp.Dummy("scale", positive=True) * right


def proof_moves(case: Case, changed: Mapping[str, Rule], sampler: Sampler, before: Mapping[str, Any]) -> bool:
    """Whether a residual that looks at the candidate no longer vanishes when premises say something else; ``before``:
    these residuals (:func:`looking`), which are the same for every change."""
    after, why = attempt(residuals, case, case.right, changed)
    if why:
        return False
    return any(
        after.get(name) != e
        and decide(
            after.get(name), case.tactics, sampler=sampler, refute_first=True, refute_only=True, seconds=MUTANT_SECONDS
        ).status
        is Status.NONZERO
        for name, e in before.items()
    )
