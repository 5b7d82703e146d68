"""The words of a claim, checked, and the case that they declare."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

import sympy as sp

from . import session
from .case import Case, Line, Premise, Rule
from .errors import ClaimError
from .measure.points import points
from .naming import name_problems, not_vanishing, words_problem
from .prove.findings import Positive
from .say.operators import argmin
from .say.symbols import assumed, head
from .say.typeset import RELATIONS, Quantity, collisions
from .statement import Statement


class Evidence(TypedDict, total=False):
    """What may stand behind a claim's right side; ``given``, ``steps``, ``trial``, ``domain`` are the common ones.

    * given: premises: definitions, claims, or labels of other chapters.
    * steps: lines of the chain: ``(expression, reason)``, ``(expression, reason, premise or premises)`` or
      :class:`claims.Line`.
    * proof: candidate and premises' expressions → named residuals that must vanish, where no chain says it.
    * trial: ``trial(rng, *codes, **point)`` → samples by keyword; the engine runs the left side on them.
    * domain: ``{symbol: [values]}`` or a list of points.
    * tactics: names of :data:`claims.prove.tactics.TACTICS`, applied in order when the default ones do not reach 0.
    * tight: for bounds: a trial of a case where the bound is attained.
    * along, rate: for ``~``: the symbol that grows, and how fast left/right − 1 vanishes.
    * unproved, unmeasured: why there is no proof or no trial.
    * scope: the instances that the proof covers, in words.
    * loose: why a bound may be far from what it bounds.
    * words: why no expression says the left side.
    """

    given: Any
    steps: Sequence[Any]
    proof: Callable[..., Mapping[str, Any]]
    trial: Callable[..., Any]
    domain: Any
    tactics: Sequence[str] | str
    tight: Callable[..., Any]
    along: Any
    rate: Any
    unproved: str
    unmeasured: str
    scope: str
    loose: str
    words: str


class Form(TypedDict, total=False):
    """How a statement is printed and what is said beside it.

    * order: terms and factors that come first. breaks: numbers of terms after which the line is broken.
    * show: another form of the right side, which is proved equal. reason: why the last line holds.
    * where: symbol → its meaning, shown under the equation. assume: conditions in words.
    * note, looks_wrong: text in the card.
    """

    order: Sequence[Any]
    breaks: Sequence[int]
    show: Any
    reason: str
    where: Mapping[Any, str]
    assume: str | Sequence[str]
    note: str
    looks_wrong: str


def known(words: Mapping[str, Any], verb: str, label: str, *more: str) -> None:
    """Refuse a word that no verb knows, with the nearest one that it does."""
    every = [*Evidence.__annotations__, *Form.__annotations__, *more]
    for word in words:
        if word not in every:
            near = difflib.get_close_matches(word, every, 1)
            raise ClaimError(
                f"{verb}({label!r}): unknown word {word}="
                + (f"; did you mean {near[0]}=?" if near else f"; known: {', '.join(sorted(every))}")
            )


def check_label(label: Any) -> None:
    if not isinstance(label, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", label):
        raise ClaimError(f"label: expected lower-case words joined by hyphens, found {label!r}")


def exact(e: Any, what: str) -> Any:
    """``e`` as an exact SymPy object.

    Raises:
        ClaimError: for a string, a float inside, NaN or infinity.
    """
    if isinstance(e, str):
        raise ClaimError(f"{what}: expected a SymPy expression, found the string {e!r}; use quantity(...) for a name")
    try:
        e = sp.sympify(e)
    except sp.SympifyError:
        raise ClaimError(f"{what}: expected a SymPy expression, found {type(e).__name__}") from None
    if isinstance(e, sp.MatrixBase):
        e = e.as_immutable()
    if e.atoms(sp.Float):
        raise ClaimError(
            f"{what}: holds the float {next(iter(e.atoms(sp.Float)))}; use exact numbers (Rational, pi, sqrt)"
        )
    if e.has(sp.nan, sp.zoo):
        raise ClaimError(f"{what}: is NaN or infinite")
    return e


def premises(given: Any, what: str) -> tuple[Premise, ...]:
    """The premises of a claim, in order."""
    out = []
    for g in given if isinstance(given, (list, tuple)) else [given]:
        g = (session.find(g) or g) if isinstance(g, str) else g
        if isinstance(g, str):
            out.append(Premise(g))
        elif isinstance(g, Statement):
            out.append(g.premise())
        else:
            raise ClaimError(f"{what}: given= takes definitions, claims or labels, found {type(g).__name__}")
    return tuple(out)


def rules(using: Any, what: str) -> tuple[Rule, ...]:
    """What a line uses, as rules."""
    out = []
    for u in using if isinstance(using, (list, tuple)) else [using]:
        rule = u if isinstance(u, Rule) else u.rule if isinstance(u, Statement) else None
        if rule is None:
            raise ClaimError(f"{what}: a line uses premises that have an equation, found {getattr(u, 'label', u)!r}")
        out.append(rule)
    return tuple(out)


def lines(steps: Sequence[Any], what: str, premises_: Sequence[Premise], tactics: tuple[str, ...]) -> tuple[Line, ...]:
    """The lines of a chain; what a line uses must be among the premises. ``tactics`` hold for every line without its
    own."""
    out = []
    for k, step in enumerate(steps, 1):
        if isinstance(step, Line):
            line = Line(
                exact(step.expr, what),
                step.reason,
                rules(list(step.using), what) if step.using else (),
                step.relation,
                step.tactics,
            )
        else:
            expr, reason, *using = step if isinstance(step, (tuple, list)) else (step, "")
            line = Line(
                exact(expr, f"{what}, line {k}"),
                reason,
                tuple(r for u in using for r in rules(u, f"{what}, line {k}")),
                "=",
                tactics,
            )
        if not line.reason:
            raise ClaimError(f"{what}: line {k} has no reason; say why it follows")
        stranger = next(
            (r.label for r in line.using if not r.law and r.label not in {p.label for p in premises_}), None
        )
        if stranger is not None:
            raise ClaimError(f"{what}: line {k} uses {stranger!r}, which given= does not name")
        out.append(line)
    return tuple(out)


def case_of(
    verb: str, label: str, left: Any, relation: str, right: Any, words: Mapping[str, Any]
) -> Case:
    """The case that the words of a claim declare.

    Raises:
        ClaimError: for a relation, label or word that says nothing, sides that print alike, evidence that is missing.
    """
    what = f"{verb}({label!r})"
    if relation not in RELATIONS or relation in ("<", ">", "≈"):
        near = difflib.get_close_matches(str(relation), ["=", "<=", ">=", "~", "argmin"], 1)
        raise ClaimError(
            f"{what}: expected a relation of =, <=, >=, ~, argmin, found {relation!r}"
            + (f"; did you mean {near[0]!r}?" if near else "")
        )
    along, rate = words.get("along"), words.get("rate")
    if relation == "~" and (along is None or rate is None):
        raise ClaimError(
            f"{what}: ~ needs along= (the variable that grows) and rate= (the order of the relative error)"
        )
    if relation == "argmin" and not isinstance(left, argmin):
        raise ClaimError(f"{what}: the left side of an argmin claim is argmin(variable, objective)")
    given = premises(words.get("given", ()), what)
    tactics = (words["tactics"],) if isinstance(words.get("tactics"), str) else tuple(words.get("tactics", ()))
    chain = lines(words.get("steps", ()), what, given, tactics)
    proof, trial = words.get("proof"), words.get("trial")
    unproved, unmeasured = words.get("unproved", ""), words.get("unmeasured", "")
    if proof is None and not unproved and relation == "argmin":
        proof = minimum(left)
    words_left = isinstance(left, str) or bool(left.atoms(Quantity))
    if chain and words_left:
        raise ClaimError(f"{what}: a chain starts from its left side, and that is in words: write it as an expression")
    if proof is None and not chain and not unproved and (words_left or relation == "~"):
        raise ClaimError(f"{what}: no proof; give steps= or proof=, or unproved='why there is none'")
    if trial is None and not unmeasured and words_left:
        raise ClaimError(f"{what}: no trial; give trial=, or unmeasured='why there is none'")
    if unproved and unmeasured:
        raise ClaimError(f"{what}: neither proof nor trial; use cite(...) for a statement without evidence")
    check_sides(what, words_left, left, right, chain, words)
    return Case(
        label,
        left,
        relation,
        right,
        tuple(points(words.get("domain"))),
        given,
        chain,
        proof,
        trial,
        words.get("tight"),
        tactics,
        along,
        rate,
        unproved,
        unmeasured,
        words.get("loose", ""),
        frozenset(head(s) for s in words.get("where", {})),
    )


def check_sides(
    what: str, words_left: bool, left: Any, right: Any, chain: Sequence[Line], words: Mapping[str, Any]
) -> None:
    """What is asked of the sides of a call: expressions where they can be, names that are names, letters that
    differ."""
    if words_left and not words.get("words"):
        raise ClaimError(
            f"{what}: the left side is in words{words_problem(left)}: write it as an expression, which the engine"
            " runs, or say words='why no expression says it'"
        )
    if left == right:
        raise ClaimError(
            f"{what}: both sides are {left}, so it says nothing (SymPy may have carried the left side out: "
                         "write it with Sum, Derivative or Integral, or as a function that a definition names)")
    every = (left, right, *(line.expr for line in chain))
    problem = next(iter(name_problems(*every)), "") or (
        "" if isinstance(left, str) else next(iter(collisions(*every)), "")
    )
    along, rate = words.get("along"), words.get("rate")
    if not problem and along is not None and rate is not None:
        problem = not_vanishing(along, sp.sympify(rate))
    if problem:
        raise ClaimError(f"{what}: {problem}")


def minimum(left: Any) -> Callable[..., dict[str, Any]]:
    """The default proof of an ``argmin`` claim: the objective displayed is stationary there and curves upwards."""
    x, objective = left.args[0], left.objective
    if getattr(x, "is_Matrix", False):
        raise ClaimError("argmin over a vector: give proof=, or state the minimum entry by entry")

    return Stationary(x, objective)


class Stationary:
    """Residuals of a minimiser, made of the left side that is displayed."""

    def __init__(self, x: Any, objective: Any) -> None:
        self.x, self.objective = x, objective

    def __call__(self, rhs: Any) -> dict[str, Any]:
        slope, curvature = sp.diff(self.objective, self.x), sp.diff(self.objective, self.x, 2)
        return {"stationary": slope.subs(self.x, rhs), "curved upwards": Positive(curvature.subs(self.x, rhs))}


def assumptions(extra: str | Sequence[str], *expressions: Any) -> list[str]:
    """The assumptions that the symbols carry, in words, and the author's own."""
    said = [
        e.xreplace({q: sp.S.One for q in e.atoms(Quantity)}) if isinstance(e, sp.Basic) else e for e in expressions
    ]
    return assumed(*said) + ([extra] if isinstance(extra, str) and extra else list(extra or ()))


def plain_text(left: Any, relation: str, right: Any) -> str:
    return str(left) if relation == "" else f"{left} {'=' if relation == 'argmin' else relation} {right}"
