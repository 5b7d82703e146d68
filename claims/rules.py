"""The rules that a claim must obey beyond its own evidence: premises that matter, proofs that meet the left side,
points, resolution, bounds."""

from __future__ import annotations

from typing import Any

import sympy as sp

from .attack.worst import NEAR
from .case import Case
from .declare import Stationary
from .gathered import Evidence, chained, left_computed, resolution
from .measure.points import point_problems
from .measure.trial import in_words
from .prove.forced import forcing
from .say.leaves import leaves
from .say.symbols import head

RESOLUTION, ROUGH = 1e-3, 2e-2
"""The relative error that a claim which is only measured must see, and any other."""


def insist(e: Evidence) -> None:
    """Add to the failures what breaks a rule."""
    for rule in (_forced, _left_in_words, _idle, _unsaid, _meets_left, _points, _resolution, _vacuous):
        e.failures += rule(e)


def _forced(e: Evidence) -> list[str]:
    names = forcing(e.case.proof) if e.case.proof is not None else []
    return (
        [
            f"the proof passes force= to SymPy in {', '.join(names)}, which holds for positive factors only and is"
            " checked by nobody: use the tactic force_expand_log, force_powsimp or force_logcombine"
        ]
        if names
        else []
    )


def _left_in_words(e: Evidence) -> list[str]:
    if in_words(e.case.left) and e.base is None and not e.failures:
        return ["the left side is in words and nothing measures it: write it as an expression, or give trial="]
    return []


def _idle(e: Evidence) -> list[str]:
    """Premises that move nothing; told only where all else passes, as a claim that fails moves nothing either."""
    if e.failures or not (e.proved or e.measured == "measured"):
        return []
    idle = [p for p in e.case.premises if not e.moved.by.get(p.label)]
    out = []
    for p in idle:
        bare = p.rule is None and p.code is None
        out.append(
            f"the premise {p.label!r} "
            + (
                "has neither an equation nor code here, so nothing can rest on it: state it in this chapter, or take"
                " it out of given="
                if bare
                else (
                    "moves no residual, no line and no trial when it is changed: it is no premise of this claim; use"
                    " it, or take it out of given="
                )
            )
        )
    return out


def _unsaid(e: Evidence) -> list[str]:
    """States of a model, of which a trial returns samples, are said by a premise, or explained at the equation."""
    case = e.case
    if case.trial is None or in_words(case.left):
        return []
    states = {head(s): s for s in leaves([case.left], e.context.meanings, e.context.heads).values() if head(s)}
    said = {
        head(x)
        for p in case.premises
        if p.rule is not None
        for side in (p.rule.left, p.rule.right)
        for x in sp.preorder_traversal(side)
    }
    unknown = [s for name, s in sorted(states.items()) if name not in said | case.explained]
    return (
        [
            f"nothing says what {unknown[0]} is, of which the trial returns samples: no premise holds it; state the"
            f" model in a premise that does, or explain it with where={{{unknown[0]}: …}}"
        ]
        if unknown
        else []
    )


def _meets_left(e: Evidence) -> list[str]:
    """A proof by residuals is about the left side only through premises that move it, or through the computed left
    side."""
    case = e.case
    if (
        not e.proved
        or case.proof is None
        or chained(case)
        or isinstance(case.proof, Stationary)
        or left_computed(e)
    ):
        return []
    if case.relation == "argmin" and e.base is not None:
        return []  # the objective displayed was minimised
    if not case.premises:
        return [
            "the proof never meets the left side: there is no premise; write the chain of lines from the left side, or"
            " name premises"
        ]
    if any("proof" in w for w in e.moved.by.values()):
        return []
    return [
        "the proof is moved by none of its premises, so it is not about the left side: let proof= receive their"
        " expressions (proof=lambda rhs, premise: …), or write the chain of lines from the left side"
    ]


def _points(e: Evidence) -> list[str]:
    if e.base is None or (e.proved and e.case.trial is None):
        return []
    return point_problems(e.case.points, _numbers(e.case))


def _numbers(case: Case) -> list[Any]:
    """The free numbers of the right side that the domain must vary."""
    free = getattr(case.right, "free_symbols", set()) | {s for p in case.points for s in p}
    return sorted((s for s in free if isinstance(s, sp.Symbol) and any(s in p for p in case.points)), key=str)


def _resolution(e: Evidence) -> list[str]:
    seen = resolution(e)
    limit = ROUGH if e.proved else RESOLUTION
    if seen is None or seen <= limit:
        return []
    which = "a claim that is proved too" if e.proved else "a claim that is only measured"
    return [f"the trial would not see a relative error below {seen:.2g}; {which} needs {limit:g}: take more samples"]


def _vacuous(e: Evidence) -> list[str]:
    """A bound is attained (tight=), or comes near somewhere, or the author says why it is loose."""
    case = e.case
    if case.relation not in ("<=", ">=") or case.tight is not None or case.loose or e.failures:
        return []
    if e.closest is None:
        return [
            "nothing shows how near the bound comes to what it bounds: give trial= or tight=, or say loose='why it may"
            " be far off'"
        ]
    if e.closest < NEAR:
        return [
            f"the bound is vacuous: what it bounds comes nowhere nearer than a ratio of {max(e.closest, 0):.2g};"
            " sharpen it, measure where it is sharp (tight=), or say loose='why it may be far off'"
        ]
    return []
