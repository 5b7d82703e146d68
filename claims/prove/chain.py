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
from ..say.operators import E, Jacobian, Operator, VectorSum, argmin, norm, inf, stop, sup
from .carried import carried_out, gamma_integrals
from .decide import decide
from .findings import Finding, Nonneg, Status, attempt
from .inequalities import nonnegative, termwise, without_logarithms
from .laws import expected
from .limits import PROVE_SECONDS, OutOfTime, time_limit
from .sampler import Sampler
from .sums_of_vectors import shifted_sums
from .collapse import collapsed
from .telescoping import named, telescoped
from ..say.symbols import SEQUENCES, AppliedVector
from .vectors import built, linear, plain

COMPUTABLE = (sp.Sum, sp.Product, sp.Integral, sp.Derivative, sp.Limit, sp.Subs, sp.KroneckerDelta, stop, sup, inf)


def rewritten(e: Any, rules: Sequence[Rule]) -> Any:
    """``e`` with every rule applied once, as written and then in canonical form."""
    for rule in rules:
        e = rule.put(e)
    return e


def _inside(e: Any, rules: Sequence[Rule]) -> Any:
    """``e`` with the vectors to which functions are applied in one form, and the rules for such functions applied once
    more."""
    if not isinstance(e, sp.Basic) or not e.has(AppliedVector):
        return e
    tidy = lambda a: a.replace(lambda n: isinstance(n, AppliedVector) and n.head not in SEQUENCES,
                               lambda n: _tidy(n, rules))  # noqa: E731
    e = tidy(e)
    for rule in rules:
        if isinstance(rule.left, AppliedVector) and not rule.arguments:
            e = e.xreplace({tidy(rule.left): tidy(rule.right)})
    return e


def _tidy(node: AppliedVector, rules: Sequence[Rule]) -> AppliedVector:
    arguments = []
    for a in node.arguments:
        if isinstance(a, sp.MatrixExpr):
            found: dict[Any, Any] = {}
            for c, w in linear(a):
                found[w] = found.get(w, sp.S.Zero) + c
            terms = [(canonical(c, rules), w) for w, c in found.items()]
            kept = [sp.factor(c) * built(w, a.shape[0])
                    for c, w in sorted(terms, key=lambda pair: str(pair[1])) if c != 0]
            a = sp.MatAdd(*kept) if len(kept) > 1 else kept[0] if kept else sp.ZeroMatrix(*a.shape)
        arguments.append(a)
    return AppliedVector(node.head, node.shape[0], *arguments)


def canonical(e: Any, rules: Sequence[Rule] = ()) -> Any:
    """Numbers of vectors in canonical form, expectations taken, and the rules applied to what then stands there."""
    e = telescoped(e)
    if not _has_operators(e):
        return named(e)
    out = expected(e)
    for rule in rules:
        if rule.arguments or getattr(rule.left, "is_Matrix", False):
            continue
        node, value = _solved(rule)
        if node is not None:
            out = out.xreplace({node: value}) if not isinstance(node, sp.Symbol) else out
    out = telescoped(out)
    return named(sp.expand(out) if out.has(Operator) else out)


def _has_operators(e: Any) -> bool:
    return (isinstance(e, sp.Basic)
            and (getattr(e, "is_Matrix", False) or e.has(Operator, sp.Trace, sp.Determinant, sp.MatrixExpr)))


def _solved(rule: Rule) -> tuple[Any, Any]:
    """The one operator node that the canonical left side of a rule is a multiple of, and what it equals."""
    left = expected(rule.left)
    nodes = [a for a in sp.Mul.make_args(left) if isinstance(a, (Operator, sp.Trace, sp.Determinant))]
    nodes += [a.base for a in sp.Mul.make_args(left)
              if isinstance(a, sp.Pow) and a.exp == sp.S.Half and isinstance(a.base, Operator)]
    if len(nodes) != 1:
        return None, None
    rest = left / nodes[0] if left.has(nodes[0]) and not (left / nodes[0]).has(nodes[0]) else None
    right = expected(rule.right)
    if rest is not None:
        return nodes[0], right / rest
    rest = left / sp.sqrt(nodes[0])
    return (nodes[0], (right / rest) ** 2) if not rest.has(nodes[0]) else (None, None)


def _as_numbers(e: Any) -> tuple[Any, bool]:
    """``e`` with every operator node, matrix element and undefined vector as a number of its own, and whether there
    were any."""
    nodes = {n for n in sp.preorder_traversal(e)
             if isinstance(n, (Operator, sp.Trace, sp.Determinant, argmin,
                               sp.matrices.expressions.matexpr.MatrixElement))}
    outer = {n for n in nodes if not any(n is not m and m.has(n) for m in nodes)}
    names = {n: sp.Dummy(str(n), real=True, nonnegative=n.is_nonnegative or None, positive=n.is_positive or None)
             for n in sorted(outer, key=str)}
    return e.xreplace(names), bool(names)


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
    left = {w: c for w, c in found.items() if decide(_as_numbers(expected(c))[0]).status is not Status.ZERO}
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
    start, end = (_inside(rewritten(e, equations), equations) for e in (before, line.expr))
    if line.relation in ("<=", ">="):
        return _bound(start, end, line, bounds, equations, sampler)
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
    tried, why = attempt(canonical, gamma_integrals(e), rules)
    for form in [tried if tried is not None else e, carried_out, sp.Basic.doit]:
        if not isinstance(form, sp.Basic):
            step = form
            if not finding.residual.has(*COMPUTABLE):
                break
            form, why = attempt(lambda step=step: canonical(rewritten(step(finding.residual), rules), rules))
            if form is None:
                form = finding.residual
        number, had_nodes = _as_numbers(form)
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


def _bound(start: Any, end: Any, line: Line, bounds: Sequence[Rule], rules: Sequence[Rule],
           sampler: Sampler) -> Finding:
    """A line that bounds the one before it: what is left must be nonnegative; bounds of premises enter where the line
    grows with them."""
    sign = 1 if line.relation == "<=" else -1
    looser = start
    for rule in bounds:
        looser = looser if looser.has(rule.left) else canonical(looser, rules)
        node, value = (rule.left, rule.right) if looser.has(rule.left) else _solved(rule)
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
        if decide(Nonneg(_as_numbers(slope)[0]), line.tactics, sampler=sampler).status is not Status.ZERO:
            return slope
        node = inside
    name = named(node)
    slope = upward * _as_numbers(sp.diff(e.xreplace({node: name}), name))[0]
    return None if decide(Nonneg(slope), line.tactics, sampler=sampler).status is Status.ZERO else slope


def _not_negative(gap: Any, line: Line, sampler: Sampler, terms: Any = None) -> Finding | None:
    """A proof that a gap is not negative: by signs, by Cauchy–Schwarz, term by term, or by bounds of the logarithm."""
    for form in (gap, termwise(gap), terms):
        if form is None:
            continue
        if decide(Nonneg(_as_numbers(form)[0], *line.tactics), sampler=sampler).status is Status.ZERO:
            return Finding(Status.ZERO, sp.S.Zero, tactic="sign" if form is gap else "term by term")
        found = nonnegative(form, line.tactics, sampler)
        if found is not None:
            return found
        lower = without_logarithms(form) if form.has(sp.log) and not _has_operators(form) else None
        if lower is not None and decide(Nonneg(lower, *line.tactics), sampler=sampler).status is Status.ZERO:
            return Finding(Status.ZERO, sp.S.Zero, tactic="bounds of the logarithm")
    return None


def _mean_of_nonnegative(gap: Any, line: Line, sampler: Sampler) -> Finding | None:
    """The gap as it is written, where what is left is an expectation of squares, which multiplying out would hide."""
    if not gap.has(E) or decide(Nonneg(_as_numbers(gap)[0], *line.tactics), sampler=sampler).status is not Status.ZERO:
        return None
    return Finding(Status.ZERO, sp.S.Zero, tactic="sign")


def _not_negative_squares(sign: int, end: Any, start: Any, rules: Sequence[Rule], line: Line,
                          sampler: Sampler) -> Finding | None:
    """The same for the squares, where both sides are not negative."""
    lengths = {n: sp.Dummy(positive=True) for e in (end, start) for n in e.atoms(norm)}
    if (not lengths
        or any(decide(Nonneg(_as_numbers(e.xreplace(lengths))[0], *line.tactics),
                      sampler=sampler).status is not Status.ZERO for e in (end, start))):
        return None
    gap = canonical(sign * (end**2 - start**2), rules)
    return _not_negative(gap, line, sampler)


def _plainly(gap: Any, line: Line, sampler: Sampler) -> Finding:
    number, had_nodes = _as_numbers(gap)
    finding = decide(Nonneg(number, *line.tactics), sampler=sampler)
    if finding.status is Status.NONZERO and had_nodes:
        return Finding(Status.UNDECIDED, gap, why="left over after the laws that were declared")
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
