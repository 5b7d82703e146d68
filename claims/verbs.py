"""The verbs of a chapter: define, claim, erratum, counterexample, experiment, cite, refute, close."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from scipy import special

from . import session
from .say.display import chapter_table, inline, mimebundle
from .errors import ChapterFailed, ClaimError
from .measure.guard import Counted
from .judge import Case, Premise, compare_all, generator, judge, number, run_proof, run_trial, shown_point
from .measure.measurement import Measurement, MeasurementError, NoFiniteValue
from .measure.points import Evaluator, points, python_number
from .record import BADGES, summary
from .say.typeset import RELATIONS, Operator, Quantity, argmin, statement, tex
from .prove.zero import Positive, Sampler, decide

Codes = Mapping[str, Callable[..., Any]]


class Statement:
    """What a verb returns: ``label``, ``lhs``, ``rhs``, ``record``; shows itself in a notebook."""

    label: str
    lhs: Any = None
    rhs: Any = None
    record: dict[str, Any]

    def _finish(self, record: dict[str, Any]) -> None:
        record.setdefault("failures", [])
        record["badge"] = {"erratum": "erratum", "counterexample": "counterexample", "experiment": "experiment"}.get(record["kind"], BADGES[record["verdict"]])
        if record["verdict"] in ("refuted", "undecided"):
            record["badge"] = record["verdict"]
        record["chapter"] = session.chapter()
        session.add(record, self)
        record["summary"] = summary(record)
        self.record = record

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self.record), {"text/html": {"claims": self.record}}

    def __repr__(self) -> str:
        return mimebundle(self.record)["text/plain"]


class Definition(Statement):
    """A quantity or model of the article, bound to its code. Calling it calls the code."""

    def __init__(self, label: str, code: Callable[..., Any] | None, wrong: Codes) -> None:
        self.label, self.code, self.wrong = label, code, dict(wrong)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.code is None:
            raise ClaimError(f"definition {self.label!r} has no code to call")
        return self.code(*args, **kwargs)


class Claim(Statement):
    """A verified statement; ``case`` holds its evidence for :func:`refute`."""

    case: Case


def _check_label(label: Any) -> None:
    if not isinstance(label, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", label):
        raise ClaimError(f"label: expected lower-case words joined by hyphens, found {label!r}")


def _exact(e: Any, what: str) -> Any:
    """``e`` as an exact SymPy object."""
    if isinstance(e, str):
        raise ClaimError(f"{what}: expected a SymPy expression, found the string {e!r}; use quantity(...) for a name")
    try:
        e = sp.sympify(e)
    except sp.SympifyError:
        raise ClaimError(f"{what}: expected a SymPy expression, found {type(e).__name__}") from None
    if isinstance(e, sp.MatrixBase):
        e = e.as_immutable()
    if e.atoms(sp.Float):
        raise ClaimError(f"{what}: holds the float {next(iter(e.atoms(sp.Float)))}; use exact numbers (Rational, pi, sqrt)")
    if e.has(sp.nan, sp.zoo):
        raise ClaimError(f"{what}: is NaN or infinite")
    return e


def _premises(given: Any) -> tuple[list[str], list[Premise]]:
    labels, out = [], []
    for g in given if isinstance(given, (list, tuple)) else [given]:
        if isinstance(g, str):
            g = session.find(g) or g
        if isinstance(g, str):
            out.append(Premise(g))
            labels.append(g)
        elif isinstance(g, Statement):
            out.append(Premise(g.label, getattr(g, "code", None), getattr(g, "wrong", {})))
            labels.append(g.label)
        else:
            raise ClaimError(f"given: expected definitions, claims or labels, found {type(g).__name__}")
    return labels, out


def _assumptions(extra: str | Sequence[str], *exprs: Any) -> list[str]:
    """The assumptions that the symbols carry, in words, and the author's own."""
    words = []
    for s in sorted({s for e in exprs if isinstance(e, (sp.Basic, sp.MatrixBase)) for s in e.free_symbols if not isinstance(s, Quantity)}, key=str):
        if isinstance(s, sp.MatrixSymbol):
            words.append(f"${tex(s)}$ of shape {s.shape}")
            continue
        kind = [w for w in ("positive", "negative", "nonnegative") if getattr(s, f"is_{w}")][:1] if not (s.is_positive and s.is_nonnegative) else ["positive"]
        kind += ["integer"] if s.is_integer else ["real"] if s.is_real and not kind else []
        if kind:
            words.append(f"${tex(s)}$ {' '.join(kind)}")
    return words + ([extra] if isinstance(extra, str) and extra else list(extra or ()))


def _plain(left: Any, relation: str, right: Any) -> str:
    if relation == "":
        return str(left)
    return f"{left} {'=' if relation == 'argmin' else relation} {right}"


def define(label: str, left: Any, right: Any = None, code: Callable[..., Any] | None = None, *, wrong: Codes | None = None, args: Sequence[Any] | None = None,
           given: Any = (), relation: str = "=", domain: Any = None, order: Sequence[Any] = (), note: str = "", assume: str = "") -> Definition:
    """Define a quantity or model and bind it to the code that trials will measure.

    Args:
        label: unique in the book, words joined by hyphens.
        left: SymPy expression, or, for a model that no SymPy object says, its LaTeX (then no ``right``).
        right: the defining expression.
        code: what trials receive: a function of numbers or arrays.
        wrong: named wrong variants of ``code`` with the same signature; at least one if there is code.
        args: symbols of ``right`` in the order of the code's arguments; then the code is checked against ``right`` at eight random points,
            and each wrong variant must differ there.
        domain: values between which the ``args`` are drawn (default: what the symbols' assumptions admit).

        given: definitions or claims that this one builds on.
        relation, order, note, assume: as in :func:`claim`.

    Returns:
        the definition; calling it calls ``code``. Code that is not the formula shown makes it *undecided*, and :func:`close` raises.

    Raises:
        ClaimError: for a call that says nothing (no right and no code, code without wrong variants, a bad label).

    >>> from claims import quantity
    >>> x, a = sp.symbols("x a", real=True)
    >>> line = define("doc-line", quantity("y"), a * x, lambda a, x: a * x, args=[a, x], wrong={"sum": lambda a, x: a + x})
    >>> line(2, 3), line.record["verdict"]
    (6, 'definition')
    """
    _check_label(label)
    if callable(right) and code is None and not isinstance(right, sp.Basic):
        right, code = None, right
    wrong = dict(wrong or {})
    if right is None and code is None:
        raise ClaimError(f"define({label!r}): give an expression, code, or both")
    if code is not None and not wrong:
        raise ClaimError(f"define({label!r}): code needs wrong={{'name': variant}}: without one nothing shows that a trial measures it")
    if isinstance(left, str) and right is not None:
        raise ClaimError(f"define({label!r}): a LaTeX string says the whole definition; with an expression on the right, use quantity(...) on the left")
    d = Definition(label, code, wrong)
    d.lhs = left
    failures: list[str] = []
    if right is not None:
        d.rhs = _exact(right, f"define({label!r}), right")
    labels, _ = _premises(given)
    if args is not None and d.rhs is not None and code is not None:
        failures = _bind(d, list(args), points(domain) if domain is not None else ())
    latex = statement(left, relation if right is not None else "", d.rhs, order=order)
    d._finish({"label": label, "kind": "definition", "statement": latex, "plain": _plain(left, relation if right is not None else "", d.rhs), "relation": relation, "given": labels,
               "lhs": tex(left, order), "rhs": tex(d.rhs, order) if right is not None else "", "reasons": [], "scope": "", "assumptions": _assumptions(assume, left, d.rhs), "note": note,
               "proof": None, "trial": None, "mutants": None, "premises": None, "wrong": list(wrong), "bound": args is not None, "failures": failures,
               "verdict": "undecided" if failures else "definition"})
    return d


def _bind(d: Definition, args: list[Any], domain: Sequence[Any]) -> list[str]:
    """Check the code of a definition, and that its wrong variants differ, at random points of the formula shown."""
    sampler, formula = Sampler(domain, seed=1), Evaluator(d.rhs)
    drawn = [sampler.point(set(args)) for _ in range(8)]
    failures = []

    def value(f: Callable[..., Any], p: Any) -> np.ndarray:
        return np.asarray(f(*[python_number(sp.sympify(p[a])) for a in args]))

    def differs(f: Callable[..., Any], p: Any) -> str:
        want, got = np.asarray(formula(p)), value(f, p)
        got = got.reshape(want.shape) if got.size == want.size else got
        return "" if got.shape == want.shape and np.allclose(got, want, rtol=1e-9, atol=1e-12) else f"formula {want}, code {got} at " + ", ".join(f"{k} = {v}" for k, v in p.items())

    try:
        wrong = [why for p in drawn if (why := differs(d.code, p))]
        if wrong:
            failures.append(f"the code is not the formula shown: {wrong[0]}")
    except Exception as problem:  # noqa: BLE001
        return [f"the code could not be compared with the formula shown: {type(problem).__name__}: {problem}"]
    for name, variant in d.wrong.items():
        try:
            if not any(differs(variant, p) for p in drawn):
                failures.append(f"the wrong variant {name!r} equals the formula at every point tried: it is not wrong")
        except Exception:  # noqa: BLE001 - a variant that raises on such arguments differs
            continue
    return failures


def _value(left: Any) -> Any:
    """The left side where SymPy can compute with it; ``None`` for a named quantity, an operator or a string."""
    if isinstance(left, Quantity) or not isinstance(left, (sp.Basic, sp.MatrixBase)) or left.atoms(Quantity) or left.has(Operator):
        return None
    return left.doit()


def _default_proof(left: Any, relation: str) -> Callable[[Any], dict[str, Any]] | None:
    if relation == "argmin" and isinstance(left, argmin) and left.args[1].has(left.args[0]):
        x, objective = left.args
        return lambda rhs: {"stationary": sp.diff(objective, x).subs(x, rhs), "curved upwards": Positive(sp.diff(objective, x, 2).subs(x, rhs))}
    value = _value(left) if relation == "=" else None
    if value is None:
        return None

    def proof(rhs: Any) -> dict[str, Any]:
        if isinstance(value, sp.Tuple):
            return {f"component {i + 1}": a - b for i, (a, b) in enumerate(zip(value, rhs))}
        return {"left − right": value - (rhs.doit() if hasattr(rhs, "doit") else rhs)}

    return proof


def _case(label: str, left: Any, relation: str, right: Any, given: Any, proof: Any, trial: Any, domain: Any, steps: Sequence[Any], tactics: Any, tight: Any, rate: Any, along: Any,
          unproved: str, unmeasured: str) -> tuple[Case, list[str]]:
    if relation not in RELATIONS or relation in ("<", ">", "≈"):
        raise ClaimError(f"claim({label!r}): expected a relation of =, <=, >=, ~, argmin, found {relation!r}")
    labels, premises = _premises(given)
    if relation == "~" and (along is None or rate is None):
        raise ClaimError(f"claim({label!r}): ~ needs along= (the variable that grows) and rate= (the order of the relative error)")
    if relation == "argmin" and not isinstance(left, argmin):
        raise ClaimError(f"claim({label!r}): the left side of an argmin claim is argmin(variable, objective)")
    normal = [(_exact(s[0], f"claim({label!r}), step"), s[1], s[2] if len(s) > 2 else None) for s in steps]
    if proof is None and not unproved:
        proof = _default_proof(left, relation)
    if proof is None and not unproved:
        raise ClaimError(f"claim({label!r}): no proof; give proof=, or unproved='why there is none'")
    if trial is None and not unmeasured:
        raise ClaimError(f"claim({label!r}): no trial; give trial=, or unmeasured='why there is none'")
    if proof is None and trial is None:
        raise ClaimError(f"claim({label!r}): neither proof nor trial; use cite(...) for a statement without evidence")
    case = Case(label, "=" if relation == "argmin" else relation, right, points(domain), premises, proof, trial, tight, normal, tuple(tactics) if not isinstance(tactics, str) else (tactics,), along, rate,
                _value(left) if relation in ("<=", ">=") and normal else None)
    return case, labels


def claim(label: str, left: Any, relation: str, right: Any, *, given: Any = (), proof: Callable[[Any], Mapping[str, Any]] | None = None,
          trial: Callable[..., Measurement] | None = None, domain: Any = None, steps: Sequence[Any] = (), tactics: Sequence[str] | str = (),
          tight: Callable[..., Measurement] | None = None, rate: Any = None, along: Any = None, scope: str = "", assume: str | Sequence[str] = (), note: str = "", reason: str = "",
          order: Sequence[Any] = (), breaks: Sequence[int] = (), show: Any = None, unproved: str = "", unmeasured: str = "", looks_wrong: str = "") -> Claim:
    """State ``left relation right`` together with its evidence; prove it, measure it, attack it, display it.

    Args:
        label: unique in the book.
        left: SymPy expression or :func:`quantity`; what the trial measures.
        relation: ``=``, ``<=``, ``>=``, ``~`` (with ``along`` and ``rate``), ``argmin`` (left is ``argmin(x, J)``).
        right: the candidate: exact SymPy expression, matrix or ``Tuple``.
        given: premises: definitions, claims, or labels of other chapters.
        proof: candidate → named residuals that must vanish (or :class:`Nonneg`, :class:`Positive`, :class:`Zero`). Default where the left side can be
            evaluated: left − right; for ``argmin``: stationarity and curvature.
        trial: ``trial(rng, *codes, **point)`` → measurement of the left side; ``codes`` are those of the premises that have code, in order.
        domain: ``{symbol: [values]}`` or a list of points.
        steps: ``(expression, reason)`` or ``(expression, reason, residuals of a candidate)`` between left and right.
        tactics: names of :data:`claims.prove.zero.TACTICS`, applied one after the other when the default ones do not reach 0.
        tight: for bounds: measures the left side where the bound is attained.
        scope: the instances that the proof covers, if not all (``"n ≤ 4"``).
        along: the symbol that grows, for ``~``; its values in the domain form the ladder (at least three).
        rate: how fast left/right − 1 vanishes along it, for example ``1/n``.
        show: another form of the right side for display; must be equal, which is checked.
        order, breaks: terms and factors that come first; numbers of top-level terms after which the line is broken.
        reason, note, assume, looks_wrong: text (``$…$`` is mathematics) beside the last step and in the evidence.
        unproved, unmeasured: the reason why there is no proof or no trial; one of the two must exist.

    Returns:
        the claim, with ``.lhs``, ``.rhs``, ``.record``. A claim that fails does not raise: its record says so and :func:`close` raises.

    Raises:
        ClaimError: if the call itself is wrong.

    >>> from claims import Exact
    >>> n, k = sp.symbols("n k", integer=True, positive=True)
    >>> count = define("doc-count", "n(n+1)/2", lambda n: sum(range(n + 1)), wrong={"one less": lambda n: sum(range(n))})
    >>> def state(right):
    ...     return claim("doc-triangle", sp.Sum(k, (k, 1, n)), "=", right, given=[count], trial=lambda rng, count, n: Exact(count(n)), domain={n: [3, 6]})
    >>> state(n * (n + 1) / 2).record["verdict"], state(n * (n - 1) / 2).record["verdict"]
    ('proved', 'refuted')
    """
    _check_label(label)
    right = _exact(right, f"claim({label!r}), right")
    if not isinstance(left, str):
        left = _exact(left, f"claim({label!r}), left")
    case, labels = _case(label, left, relation, right, given, proof, trial, domain, steps, tactics, tight, rate, along, unproved, unmeasured)
    result = judge(case)
    if show is not None and decide(show - right if not isinstance(show, sp.Tuple) else [a - b for a, b in zip(show, right)], case.tactics).status != "zero":
        result["failures"].append(f"show= is not shown to equal the right side: {show} against {right}")
        result["verdict"] = "undecided"
    displayed = right if show is None else show
    if result["verdict"] == "proved" and scope:
        result["verdict"] = "proved at instances"
    c = Claim()
    c.label, c.lhs, c.rhs, c.case = label, left, right, case
    latex = statement(left, relation, displayed, steps=[(e, why) for e, why, _ in case.steps], reason=reason, order=order, breaks=breaks, rate=rate)
    c._finish({"label": label, "kind": "claim", "statement": latex, "plain": _plain(left, relation, displayed), "relation": relation, "lhs": tex(left, order), "rhs": tex(displayed, order),
               "reasons": [why for _, why, _ in case.steps] + ([reason] if reason else []), "scope": scope, "assumptions": _assumptions(assume, left, right), "given": labels,
               "note": note, "unproved": unproved, "unmeasured": unmeasured, "looks_wrong": looks_wrong, **result})
    return c


def erratum(label: str, left: Any, relation: str, *, printed: Any, corrected: Any, source: str, why: str, given: Any = (), proof: Any = None, trial: Any = None, domain: Any = None,
            witness: Mapping[Any, Any] | None = None, steps: Sequence[Any] = (), tactics: Sequence[str] | str = (), tight: Any = None, rate: Any = None, along: Any = None, assume: Any = (),
            scope: str = "", note: str = "", order: Sequence[Any] = (), unproved: str = "", unmeasured: str = "") -> Claim:
    """A formula that is printed wrong: ``printed`` must be refuted by proof and trial, ``corrected`` must pass as a claim.

    Args:
        printed, corrected: right-hand sides (exact SymPy expressions).
        source: where it is printed (a bibliography key or a place in words).
        why: what went wrong, in a sentence.
        witness: the point of the domain at which the printed formula is shown to fail (default: where it fails most).

    The rest, the returned object and the errors are those of :func:`claim`.

    >>> from claims import Exact, quantity
    >>> r = sp.Symbol("r", positive=True)
    >>> disc = define("doc-disc", "A", lambda r: math.pi * r * r, wrong={"circumference": lambda r: 2 * math.pi * r})
    >>> e = erratum("doc-area", quantity("A"), "=", printed=2 * sp.pi * r, corrected=sp.pi * r**2, source="a leaflet", why="circumference for area", given=[disc],
    ...             proof=lambda rhs: {"rings": sp.diff(rhs, r) - 2 * sp.pi * r, "no disc": rhs.subs(r, 0)}, trial=lambda rng, disc, r: Exact(disc(r)), domain={r: [3, 5]})
    >>> e.record["verdict"], e.record["erratum"]["point"]
    ('proved', {'r': '5'})
    """
    _check_label(label)
    printed, corrected = (_exact(x, f"erratum({label!r})") for x in (printed, corrected))
    if not isinstance(left, str):
        left = _exact(left, f"erratum({label!r}), left")
    case, labels = _case(label, left, relation, corrected, given, proof, trial, domain, steps, tactics, tight, rate, along, unproved, unmeasured)
    if witness is not None:
        point = {k: sp.sympify(v) for k, v in witness.items()}
        if point not in case.points:
            case.points.append(point)
    result = judge(case)
    failures = result["failures"]
    shown: dict[str, Any] = {"source": source, "why": why, "printed": tex(printed, order), "corrected": tex(corrected, order), "point": {}, "predicted": None, "measured": None, "residual": ""}
    if case.proof is not None and result["proof"]["verdict"] == "proved":
        verdict, findings = run_proof(case, printed, Sampler(case.points if case.points != [{}] else ()), mutant=True)
        shown["residual"] = next((str(f) for f in findings.values() if f.status == "nonzero"), "")[:300]
        if verdict != "refuted":
            failures.append("the proof does not refute the printed formula")
    if case.trial is not None and result["trial"]["verdict"] == "measured":
        codes = [p.code for p in case.premises if p.code is not None]
        where = [case.points.index(point)] if witness is not None else list(range(len(case.points)))
        if relation == "~":
            where = list(range(len(case.points)))
        source_trial, rel = (case.tight, "=") if case.tight is not None else (case.trial, case.relation)
        try:
            hit = compare_all(run_trial(source_trial, case, codes, where, watch=False).measured, printed, case, rel, indices=where)
            c = hit.comparison
            shown |= {"point": shown_point(case.points[hit.point]), "predicted": number(c.predicted), "measured": number(c.measured)}
            if hit.ok:
                failures.append("the trial does not refute the printed formula" + (" at the witness" if witness is not None else ""))
        except NoFiniteValue as problem:
            shown |= {"point": shown_point(case.points[where[0]]), "predicted": "no value", "measured": str(problem)}
        except MeasurementError as problem:
            failures.append(f"the trial could not be compared with the printed formula: {problem}")
    if failures and result["verdict"] not in ("refuted",):
        result["verdict"] = "undecided"
    if result["verdict"] == "proved" and scope:
        result["verdict"] = "proved at instances"
    sign = RELATIONS[relation]
    latex = (rf"\begin{{aligned}}\text{{printed (refuted):}}\quad {tex(left, order)} &{sign} {tex(printed, order)} \\" "\n"
             rf"\text{{correct:}}\quad {tex(left, order)} &{sign} {tex(corrected, order)} \end{{aligned}}")
    c = Claim()
    c.label, c.lhs, c.rhs, c.case = label, left, corrected, case
    c._finish({"label": label, "kind": "erratum", "statement": latex, "plain": f"printed (refuted): {_plain(left, relation, printed)}\ncorrect: {_plain(left, relation, corrected)}", "relation": relation,
               "lhs": tex(left, order), "rhs": tex(corrected, order), "reasons": [], "scope": scope, "assumptions": _assumptions(assume, left, corrected), "given": labels, "note": note,
               "unproved": unproved, "unmeasured": unmeasured, "erratum": shown, **result})
    return c


def counterexample(label: str, left: Any, relation: str, right: Any, *, given: Any = (), trial: Callable[..., Measurement], domain: Any = None, proof: Any = None, tactics: Any = (),
                   why: str = "", assume: Any = (), note: str = "", order: Sequence[Any] = ()) -> Claim:
    """A statement that must fail. ``domain`` is ordered from the smallest point on; the first that refutes is the witness.

    ``proof`` (optional): its residuals must not all vanish. Each wrong variant of the premises must move the measurement, as for a claim. A statement
    that holds at every point is *undecided*. Returns and raises as :func:`claim`.

    >>> from claims import Exact, quantity
    >>> x = sp.Symbol("x", real=True)
    >>> root = define("doc-root", "|x|", lambda x: math.sqrt(x * x), wrong={"square": lambda x: x * x})
    >>> c = counterexample("doc-root-of-square", quantity("|x|"), "=", x, given=[root], trial=lambda rng, root, x: Exact(root(x)), domain={x: [2, -2, -3]})
    >>> c.record["verdict"], c.record["trial"]["point"]
    ('measured', {'x': '-2'})
    """
    from .judge import _baseline, attack_premises

    _check_label(label)
    right = _exact(right, f"counterexample({label!r}), right")
    started = time.process_time()
    labels, premises = _premises(given)
    case = Case(label, relation, right, points(domain), premises, proof, trial, None, (), tuple(tactics))
    base, _, verdict, _, problems = _baseline(case)
    failures = [] if verdict == "refuted" else problems or ["the statement holds at every point of the domain: it is no counterexample"]
    trial_cpu = time.process_time() - started
    record: dict[str, Any] = {"proof": None, "premises": None, "trial": None}
    tail = ""
    if verdict == "refuted" and base is not None:
        for i, m in enumerate(base.measured):
            hit = compare_all([m], right, case, relation, indices=[i])
            if not hit.ok:
                break
        c = hit.comparison
        at = ",\\; ".join(f"{tex(k)} = {tex(v)}" for k, v in case.points[hit.point].items())
        tail = rf"\text{{{'at ' if at else ''}}}{at}\text{{{': ' if at else ''}}} {tex(sp.Float(number(c.measured), 5)) if isinstance(number(c.measured), float) else number(c.measured)} \text{{ against }} " \
               rf"{tex(sp.Float(number(c.predicted), 5)) if isinstance(number(c.predicted), float) else number(c.predicted)}"
        record["trial"] = {"verdict": "refuted", "points": len(case.points), "samples": int(sum(m.samples for m in base.measured)), "kinds": sorted({m.kind for m in base.measured}),
                           "comparisons": int(sum(m.size for m in base.measured)), "worst": float(hit.worst), "threshold": float(hit.threshold), "false_alarm": 1e-6, "note": hit.note,
                           "stochastic": any(m.stochastic for m in base.measured), "point": shown_point(case.points[hit.point]), "predicted": number(c.predicted),
                           "measured": number(c.measured), "error": float(c.error), "seconds": trial_cpu}
        case.relation = "="
        record["premises"], problems = attack_premises(case, base, None)
        failures += problems
    if proof is not None:
        state, findings = run_proof(case, right, Sampler(case.points), mutant=True)
        record["proof"] = {"verdict": state, "residuals": list(findings), "tactics": [], "findings": {n: str(f)[:400] for n, f in findings.items()}, "seconds": 0.0}
        if state != "refuted":
            failures.append("the proof's residuals do not refute the statement")
    c_ = Claim()
    c_.label, c_.lhs, c_.rhs, c_.case = label, left, right, case
    total = time.process_time() - started
    c_._finish({"label": label, "kind": "counterexample", "statement": rf"\begin{{aligned}}& {statement(left, relation, right, order=order, negate=True)} \\ & {tail}\end{{aligned}}" if tail else statement(left, relation, right, order=order, negate=True), "plain": "not: " + _plain(left, relation, right),
                "relation": relation, "lhs": tex(left, order), "rhs": tex(right, order), "reasons": [], "scope": "", "assumptions": _assumptions(assume, left, right), "given": labels, "why": why,
                "note": note, "mutants": None, "failures": failures, "verdict": "undecided" if failures else "proved" if proof is not None else "measured",
                "cpu": total, "evidence_cpu": total - trial_cpu, **record})
    return c_


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
               given: Any = (), alpha: float = 1e-3, within: float | None = None, reason: str = "", note: str = "", order: Sequence[Any] = ()) -> Experiment:
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
    _check_label(label)
    if relation not in ("<", ">", "≈") or (relation == "≈") != (within is not None):
        raise ClaimError(f"experiment({label!r}): expected < or >, or ≈ with within=; found {relation!r} with within={within}")
    if seeds < 3:
        raise ClaimError(f"experiment({label!r}): expected at least 3 seeds, found {seeds}")
    started = time.process_time()
    labels, premises = _premises(given)
    coded = [p for p in premises if p.code is not None]
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
    x._finish({"label": label, "kind": "experiment", "statement": statement(left, relation, right, order=order, tail=tail), "plain": _plain(left, relation, right), "relation": relation,
               "lhs": tex(left, order), "rhs": tex(right, order), "reasons": [reason] if reason else [], "scope": "", "assumptions": [], "given": labels, "note": note, "proof": None, "trial": None,
               "mutants": None, "premises": None, "experiment": {"seeds": seeds, "test": test, "alpha": alpha, "values": shown, "ablations": outcomes}, "failures": failures,
               "verdict": "undecided" if failures else "measured", "cpu": time.process_time() - started, "evidence_cpu": 0.0})
    return x


def cite(label: str, left: Any, relation: str = "", right: Any = "", *, source: str, reason: str, note: str = "", order: Sequence[Any] = ()) -> Statement:
    """A statement taken from ``source`` (a bibliography key) without evidence here; ``reason`` says why. Without either it raises :class:`ClaimError`.

    >>> cite("doc-known", "e^2 < 8", source="euler1748", reason="the proof is long and not our subject").record["verdict"]
    'cited'
    """
    _check_label(label)
    if not source or not reason:
        raise ClaimError(f"cite({label!r}): expected a source and the reason why there is no evidence here")
    s = Statement()
    s.label, s.lhs, s.rhs = label, left, right
    s._finish({"label": label, "kind": "cite", "statement": statement(left, relation, right, order=order), "plain": _plain(left, relation, right), "relation": relation, "lhs": tex(left, order),
               "rhs": tex(right, order), "reasons": [], "scope": "", "assumptions": [], "given": [], "note": note, "source": source, "reason": reason, "proof": None, "trial": None, "mutants": None,
               "premises": None, "verdict": "cited"})
    return s


class Refutation:
    """What :func:`refute` shows: how proof and trial refute a wrong right-hand side."""

    def __init__(self, plain: str, page: str) -> None:
        self.plain, self.page = plain, page

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.plain, "text/html": self.page}

    def __repr__(self) -> str:
        return self.plain


def refute(target: Claim, wrong: Any) -> Refutation:
    """Show how the evidence of ``target`` refutes another right-hand side ``wrong``.

    Raises:
        ClaimError: if neither proof nor trial refutes it (then it may be true, or the evidence has a hole worth knowing).

    >>> from claims import Exact
    >>> s = sp.Symbol("s", positive=True)
    >>> area = define("doc-square", "s^2", lambda s: s * s, wrong={"twice": lambda s: 2 * s})
    >>> c = claim("doc-square-area", s**2, "=", s**2, given=[area], trial=lambda rng, area, s: Exact(area(s)), domain={s: [3, 5]})
    >>> print(str(refute(c, 2 * s)).splitlines()[-1].strip())
    trial, at s = 5: predicted 10, measured 25 ± 2.3e-11; deviation 6.6e+11, allowed 1
    """
    wrong = _exact(wrong, "attack")
    case, lines = target.case, []
    if case.proof is not None:
        verdict, findings = run_proof(case, wrong, Sampler(case.points if case.points != [{}] else ()), mutant=True)
        lines += [f"proof, {name}: {f}" for name, f in findings.items() if f.status == "nonzero"]
    if case.trial is not None:
        codes = [p.code for p in case.premises if p.code is not None]
        source, relation = (case.tight, "=") if case.tight is not None else (case.trial, case.relation)
        run = run_trial(source, case, codes, range(len(case.points)), watch=False)
        try:
            hit = compare_all(run.measured, wrong, case, relation)
            if not hit.ok:
                c = hit.comparison
                at = ", ".join(f"{k} = {v}" for k, v in case.points[hit.point].items())
                lines.append(f"trial{', at ' + at if at else ''}: predicted {c.predicted:.8g}, measured {c.measured:.8g} ± {c.error:.2g}; deviation {hit.worst:.3g}, allowed {hit.threshold:.3g}")
        except NoFiniteValue as problem:
            lines.append(f"trial: {problem}")
        except MeasurementError as problem:
            raise ClaimError(f"refute({target.label!r}): {problem}") from None
    if not lines:
        raise ClaimError(f"refute({target.label!r}): neither proof nor trial refutes {wrong}; it may be the same formula in another form")
    import html

    head = f"{tex(target.lhs)} {RELATIONS[case.relation]} {tex(wrong)}"
    page = (f'<div class="claim-attack"><p><strong>✖ refuted:</strong> {inline(head)}</p><ul>' + "".join(f"<li>{html.escape(x)}</li>" for x in lines) + "</ul></div>")
    return Refutation(f"refuted: {target.lhs} {case.relation} {wrong}\n  " + "\n  ".join(lines), page)


class _Ledger:
    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = records

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return chapter_table(self.records)

    def __repr__(self) -> str:
        return chapter_table(self.records)["text/plain"]


def close() -> None:
    """Close the chapter: show its ledger, and raise once, with all failures, if there are any.

    Also checks that every definition is a premise of something, and that at most one record in twenty is only cited. The last cell of a chapter.

    >>> session.reset()
    >>> d = define("doc-lonely", "z", lambda x: x, wrong={"minus": lambda x: -x})
    >>> close()
    Traceback (most recent call last):
        ...
    claims.errors.ChapterFailed: 1 failure(s) in notebook:
      ✖ doc-lonely: no claim rests on this definition; use it in given= or take it out
    >>> session.reset()
    """
    from IPython.display import display

    records = session.records()
    used = {g for r in records for g in r["given"]}
    failures = [f"{r['label']}: {f}" for r in records for f in r.get("failures") or ()]
    failures += [f"{r['label']}: no claim rests on this definition; use it in given= or take it out" for r in records if r["kind"] == "definition" and r["label"] not in used]
    cited = sum(r["kind"] == "cite" for r in records)
    if cited > max(1, len(records) // 20):
        failures.append(f"{cited} of {len(records)} records are only cited; at most one in twenty")
    display(_Ledger(records))
    if failures:
        raise ChapterFailed(f"{len(failures)} failure(s) in {session.chapter()}:\n" + "\n".join(f"  ✖ {f}" for f in failures))
