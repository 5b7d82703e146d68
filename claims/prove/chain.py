r"""Chains: each line must follow from the one before it by computer algebra, with the rules that it names.

>>> from claims.case import Line, Rule
>>> from claims.say.symbols import sequence
>>> v, t, s = sequence("v"), sp.Symbol("t", integer=True), sp.Symbol("s", positive=True)
>>> step = Rule("growth", v(t + 1), v(t) + s)
>>> str(link(v(t + 1), Line(v(t) + s, "by the recursion", (step,))).status)
'zero'
>>> str(link(v(t + 1), Line(v(t) - s, "by the recursion", (step,))).status)
'nonzero'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from ..case import Case, Line, Rule
from ..say.operators import Jacobian, VectorSum, inf, stop, sup
from .bounding import bound
from .carried import carried_out, determinants, gamma_integrals
from .decide import decide
from .findings import Finding, Status, attempt
from .forms import as_numbers, canonical, rewritten, tidied
from .laws import expected
from .limits import PROVE_SECONDS, OutOfTime, time_limit
from .sampler import Sampler
from .sums_of_vectors import shifted_sums
from .vectors import linear, plain

COMPUTABLE = (sp.Sum, sp.Product, sp.Integral, sp.Derivative, sp.Limit, sp.Subs, sp.KroneckerDelta, stop, sup, inf)


def _difference(before: Any, after: Any) -> Any:
    if isinstance(after, (sp.Tuple, list, tuple)):
        return ([_difference(a, b) for a, b in zip(before, after)]
                if isinstance(before, (sp.Tuple, list, tuple)) and len(before) == len(after) else None)
    if getattr(before, "is_Matrix", False) != getattr(after, "is_Matrix", False):
        return None
    return after - before


def _vanishes(difference: Any) -> Finding | None:
    """A difference of matrices of symbolic size, word by word (``None``: not of that kind)."""
    if not isinstance(difference, sp.MatrixExpr) or isinstance(difference, sp.MatrixBase):
        return None
    found: dict[Any, Any] = {}
    for c, w in shifted_sums(linear(difference)):
        found[w] = found.get(w, sp.S.Zero) + c
    left = {w: c for w, c in found.items() if decide(as_numbers(expected(c))[0]).status is not Status.ZERO}
    if not left:
        return Finding(Status.ZERO, sp.S.Zero, tactic="words")
    return Finding(Status.UNDECIDED, plain(difference), why="words are left over")


def link(before: Any, line: Line, sampler: Sampler | None = None, seconds: float = PROVE_SECONDS,
         doubt: bool = False) -> Finding:
    """Whether ``line`` follows from the expression before it: zero (proved), nonzero (at a point it does not) or
    undecided. ``doubt``: it is expected not to follow, so a point is looked for first, which is cheap."""
    try:
        with time_limit(seconds):
            return _link(before, line, sampler or Sampler(), doubt)
    except OutOfTime as late:
        return Finding(Status.UNDECIDED, line.expr, why=str(late))


def _link(before: Any, line: Line, sampler: Sampler, doubt: bool = False) -> Finding:
    equations = [r for r in line.using if r.relation == "="]
    bounds = [r for r in line.using if r.relation != "="]
    start, end = (tidied(rewritten(e, equations), equations) for e in (before, line.expr))
    if line.relation in ("<=", ">="):
        return bound(start, end, line, bounds, equations, sampler)
    difference = _difference(start, end)
    if difference is None:
        return Finding(Status.UNDECIDED, line.expr, why="the two lines are not of one shape")
    whole = _vanishes(difference)
    if whole is not None:
        return whole
    forms = []
    for e in difference if isinstance(difference, list) else [difference]:
        forms.append(_settled(e, equations, line.tactics, sampler, doubt))
    return (next((f for f in forms if f.status is Status.NONZERO), None)
            or next((f for f in forms if f.status is not Status.ZERO), forms[0]))


def _settled(e: Any, rules: Sequence[Rule], tactics: Sequence[str], sampler: Sampler, doubt: bool = False) -> Finding:
    """Decide a scalar difference: as it stands, then with its sums, integrals and derivatives carried out."""
    if isinstance(e, sp.MatrixBase):
        parts = [_settled(x, rules, tactics, sampler, doubt) for x in e]
        return next((f for f in parts if f.status is not Status.ZERO), parts[0])
    finding = Finding(Status.UNDECIDED, e, why="nothing was tried")
    tried, why = attempt(canonical, gamma_integrals(determinants(e)), rules)
    for form in [tried if tried is not None else e, carried_out, sp.Basic.doit]:
        if not isinstance(form, sp.Basic):
            step = form
            if not finding.residual.has(*COMPUTABLE):
                break
            form, why = attempt(lambda step=step: canonical(rewritten(step(finding.residual), rules), rules))
            if form is None:
                form = finding.residual
        number, had_nodes = as_numbers(form)
        finding = decide(number, tactics, sampler=sampler, refute_first=doubt)
        if finding.status is Status.NONZERO and (had_nodes or form.has(Jacobian, VectorSum)):
            # operator nodes as independent numbers prove, but do not refute: they may be related
            finding = Finding(Status.UNDECIDED, form, why="left over after the laws that were declared")
            if doubt:
                return finding
        elif finding.status is not Status.ZERO:
            finding = Finding(finding.status, form, finding.tactic, finding.point, finding.value, finding.why or why)
        if finding.status is not Status.UNDECIDED:
            return finding
    return finding


def links(case: Case, right: Any = None, rules: dict[str, Rule] | None = None, sampler: Sampler | None = None,
          seconds: float = PROVE_SECONDS) -> list[tuple[Line, Finding]]:
    """Every line of a case with what was found; ``right``: another right side; ``rules``: other equations for some
    premises, under which the lines are not expected to hold."""
    out, before = [], case.left
    chain = case.chain()
    for k, line in enumerate(chain):
        if right is not None and k == len(chain) - 1:
            line = Line(right, line.reason, line.using, line.relation, line.tactics)
        if rules:
            using = tuple(_changed(r, rules) for r in line.using)
            line = Line(line.expr, line.reason, using, line.relation, line.tactics)
        if k == 0 and case.relation == "~":
            found = Finding(Status.UNDECIDED, line.expr, why="a limit, measured along the ladder")
        else:
            found = link(before, line, sampler, seconds, doubt=bool(rules))
        out.append((line, found))
        before = line.expr
    return out


def _changed(rule: Rule, rules: dict[str, Rule]) -> Rule:
    """A rule whose premise is changed, at the place where the line uses it."""
    other = rules.get(rule.label)
    if other is None:
        return rule
    return other.at(dict(rule.places)) if rule.places else other
