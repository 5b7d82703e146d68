"""Lines that bound the one before them: what is left must not be negative, and bounds of premises enter where the line
grows with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from ..case import Line, Rule
from ..say.operators import E, norm
from .decide import decide
from .findings import Finding, Nonneg, Status
from .forms import as_numbers, canonical, has_operators, solved
from .collapse import collapsed
from .inequalities import nonnegative, termwise, without_logarithms
from .sampler import Sampler


def bound(start: Any, end: Any, line: Line, bounds: Sequence[Rule], rules: Sequence[Rule],
           sampler: Sampler) -> Finding:
    """A line that bounds the one before it: what is left must be nonnegative; bounds of premises enter where the line
    grows with them."""
    sign = 1 if line.relation == "<=" else -1
    looser = start
    for rule in bounds:
        looser = looser if looser.has(rule.left) else canonical(looser, rules)
        node, value = (rule.left, rule.right) if looser.has(rule.left) else solved(rule)
        if node is None or not looser.has(node):
            return Finding(Status.UNDECIDED, rule.left, why=f"the line does not hold the left side of {rule.label}")
        upward = sign if rule.relation == "<=" else -sign
        why = _grows(looser, node, upward, line, sampler)
        if why:
            return Finding(Status.UNDECIDED, why,
                           why=f"the line is not shown to {'grow' if upward > 0 else 'fall'} with the left side of "
                               f"{rule.label}")
        looser = looser.xreplace({node: value})
    gap = canonical(sign * (end - looser), rules)
    if end.has(sp.Sum) or looser.has(sp.Sum):
        found = _not_negative(collapsed(sign * (end - looser), {}), line, sampler)
        if found is not None:
            return found
    as_written = sign * (end - looser)
    return (_not_negative(gap, line, sampler, termwise(as_written)) or _mean_of_nonnegative(as_written, line, sampler)
            or _not_negative_squares(sign, end, looser, rules, line, sampler) or _plainly(gap, line, sampler))


def _grows(e: Any, node: Any, upward: int, line: Line, sampler: Sampler) -> Any:
    """What keeps ``e`` from growing (``upward`` = 1) with a node in it (``None`` if nothing); inside a sum every term
    has to."""
    def named(n: Any) -> Any:  # of the node's own sign: a square does not grow with what may be negative
        return sp.Dummy("b", real=True, nonnegative=n.is_nonnegative or None, positive=n.is_positive or None)

    inside = next((s for s in e.atoms(sp.Sum) if s.has(node)), None)
    if inside is not None:
        name = named(node)
        slope = sp.diff(inside.function.xreplace({node: name}), name)
        if decide(Nonneg(as_numbers(slope)[0]), line.tactics, sampler=sampler).status is not Status.ZERO:
            return slope
        node = inside
    name = named(node)
    slope = upward * as_numbers(sp.diff(e.xreplace({node: name}), name))[0]
    return None if decide(Nonneg(slope), line.tactics, sampler=sampler).status is Status.ZERO else slope


def _not_negative(gap: Any, line: Line, sampler: Sampler, terms: Any = None) -> Finding | None:
    """A proof that a gap is not negative: by signs, by Cauchy–Schwarz, term by term, or by bounds of the logarithm."""
    for form in (gap, termwise(gap), terms):
        if form is None:
            continue
        if decide(Nonneg(as_numbers(form)[0], *line.tactics), sampler=sampler).status is Status.ZERO:
            return Finding(Status.ZERO, sp.S.Zero, tactic="sign" if form is gap else "term by term")
        found = nonnegative(form, line.tactics, sampler)
        if found is not None:
            return found
        lower = without_logarithms(form) if form.has(sp.log) and not has_operators(form) else None
        if lower is not None and decide(Nonneg(lower, *line.tactics), sampler=sampler).status is Status.ZERO:
            return Finding(Status.ZERO, sp.S.Zero, tactic="bounds of the logarithm")
    return None


def _mean_of_nonnegative(gap: Any, line: Line, sampler: Sampler) -> Finding | None:
    """The gap as it is written, where what is left is an expectation of squares, which multiplying out would hide."""
    if not gap.has(E) or decide(Nonneg(as_numbers(gap)[0], *line.tactics), sampler=sampler).status is not Status.ZERO:
        return None
    return Finding(Status.ZERO, sp.S.Zero, tactic="sign")


def _not_negative_squares(sign: int, end: Any, start: Any, rules: Sequence[Rule], line: Line,
                          sampler: Sampler) -> Finding | None:
    """The same for the squares, where both sides are not negative."""
    lengths = {n: sp.Dummy(positive=True) for e in (end, start) for n in e.atoms(norm)}
    if (not lengths
        or any(decide(Nonneg(as_numbers(e.xreplace(lengths))[0], *line.tactics),
                      sampler=sampler).status is not Status.ZERO for e in (end, start))):
        return None
    gap = canonical(sign * (end**2 - start**2), rules)
    return _not_negative(gap, line, sampler)


def _plainly(gap: Any, line: Line, sampler: Sampler) -> Finding:
    number, had_nodes = as_numbers(gap)
    finding = decide(Nonneg(number, *line.tactics), sampler=sampler)
    if finding.status is Status.NONZERO and had_nodes:
        return Finding(Status.UNDECIDED, gap, why="left over after the laws that were declared")
    return finding
