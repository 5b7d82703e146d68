"""What is false, shown to be: errata of sources, and wrong formulas that a reader tries."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from .attack.formulas import cut, number, shown_point
from .attack.mutate import named
from .case import Case, Line
from .declare import case_of, check_label, exact, known, plain_text
from .errors import ClaimError
from .finishing import finished
from .judge import judge
from .measure.measurement import MeasurementError, NoFiniteValue
from .measure.compare import compare_all
from .measure.ladder import Judgement
from .measure.trial import Context, run_trial
from .measuring import filled
from .prove.chain import link
from .prove.evidence import run_proof
from .prove.findings import Status
from .prove.sampler import Sampler
from .remembered import remembered
from .say.findings import typeset_finding
from .say.display import inline
from .say.typeset import RELATIONS, tex
from .statement import Claim, meanings


def erratum(
    label: str,
    left: Any,
    relation: str,
    *,
    printed: Any,
    corrected: Any,
    source: str,
    why: str,
    place: str = "",
    witness: Mapping[Any, Any] | None = None,
    **words: Any,
) -> Claim:
    """A formula that is printed wrong: ``printed`` must be refuted at a finite value, ``corrected`` must pass as a
    claim.

    Args:
        printed, corrected: right-hand sides (exact SymPy expressions).
        source: where it is printed (a bibliography key); ``place``: which equation, section or line of it.
        why: what went wrong, in a sentence.
        witness: the point of the domain at which the printed formula is shown to fail (default: where it fails most).
        words: evidence and form, as for :func:`claims.claim`.

    >>> r, n, k = sp.Symbol("r", positive=True), *sp.symbols("n k", integer=True, positive=True)
    >>> e = erratum("doc-squares", sp.Sum(k**2, (k, 1, n)), "=", printed=n * (n + 1) / 2,
    ...             corrected=n * (n + 1) * (2 * n + 1) / 6, source="a leaflet", place="first line",
    ...             why="the sum of the numbers for that of their squares", domain={n: [3, 5]})
    >>> e.record["verdict"], e.record["erratum"]["point"]
    ('proved', {'n': '5'})
    """
    check_label(label)
    known(words, "erratum", label)
    what = f"erratum({label!r})"
    if not place:
        raise ClaimError(
            f"{what}: say with place= where in {source!r} it is printed (equation, section, line), so that a reader"
            " can look"
        )
    printed, corrected = (exact(x, what) for x in (printed, corrected))
    left = left if isinstance(left, str) else exact(left, f"{what}, left")
    case = case_of("erratum", label, left, relation, corrected, words)
    if witness is not None:
        witness = {k: sp.sympify(v) for k, v in witness.items()}
        if witness not in case.points:
            case = replace(case, points=(*case.points, witness))
    case = filled(case, Context.of(case, meanings()))
    result = remembered(("erratum", case, printed, witness), meanings(), lambda: _found(case, printed, witness))
    result["erratum"] |= {"source": source + (f", {place}" if place else ""), "why": why}
    sign, order = RELATIONS[relation], words.get("order", ())
    latex = (
        rf"\begin{{aligned}}\text{{printed (refuted):}}\quad {tex(left, order)} &{sign} {tex(printed, order)} \\"
        "\n"
        rf"\text{{correct:}}\quad {tex(left, order)} &{sign} {tex(corrected, order)} \end{{aligned}}"
    )
    return finished(
        Claim(),
        case,
        corrected,
        words,
        result,
        kind="erratum",
        statement=latex,
        plain=(
            f"printed (refuted): {plain_text(left, relation, printed)}\ncorrect:"
            f" {plain_text(left, relation, corrected)}"
        ),
    )


def _found(case: Case, printed: Any, witness: Mapping[Any, Any] | None) -> dict[str, Any]:
    """All evidence for the corrected formula and against the printed one, with where and how that fails."""
    result = judge(case, meanings())
    corrected = case.right
    shown: dict[str, Any] = {
        "printed": tex(printed),
        "corrected": tex(corrected),
        "point": {},
        "predicted": None,
        "measured": None,
        "residual": "",
        "slip": named(printed, corrected) or "",
    }
    failures = result["failures"]
    apart = link(corrected, Line(printed, using=case.rules, tactics=case.tactics))
    if apart.status is Status.ZERO:
        failures.append("the printed formula is the corrected one in another form")
    if case.proof is not None and result["proof"]["verdict"] == "proved":
        found = run_proof(case, printed, Sampler(case.points if case.points[0] else ()), mutant=True)
        nonzero = (typeset_finding(f) for f in found.findings.values() if f.status is Status.NONZERO)
        shown["residual"] = cut(next(nonzero, ""), 1500)
        if found.verdict != "refuted":
            failures.append("the proof does not refute the printed formula")
    if (result["trial"] or {}).get("verdict") == "measured":
        where = (
            [list(case.points).index(witness)]
            if witness is not None and case.relation != "~"
            else list(range(len(case.points)))
        )
        failures += _measured_false(case, printed, where, shown, witness is not None)
    elif not shown["residual"]:
        if apart.status is Status.NONZERO and case.relation == "=":
            shown["residual"] = cut(typeset_finding(apart), 1500)
        else:
            failures.append(
                "nothing refutes the printed formula: neither a trial nor a proof, and computer algebra does not tell"
                " it from the corrected one"
            )
    if failures and result["verdict"] != "refuted":
        result["verdict"] = "undecided"
    return result | {"erratum": shown}


def _measured_false(
    case: Case, printed: Any, where: Sequence[int], shown: dict[str, Any], witness: bool
) -> list[str]:
    """Fill in where the trial refutes the printed formula; what fails if it does not."""
    tight, relation = (True, "=") if case.tight is not None else (False, case.relation)
    run = run_trial(case, Context.of(case, meanings()), case.codes, where, tight=tight)
    try:
        hit = compare_all(run.measured, printed, case, relation, indices=where, exact=True)
    except NoFiniteValue as problem:
        hit = _finite_witness(case, printed, run.measured, where, relation)
        if hit is None:
            return [
                f"the printed formula only has no value somewhere ({problem}); a misprint is refuted by a finite"
                " value: measure where it has one"
            ]
    except MeasurementError as problem:
        return [f"the trial could not be compared with the printed formula: {problem}"]
    c = hit.comparison
    shown |= {
        "point": shown_point(case.points[hit.point]),
        "predicted": number(c.predicted),
        "measured": number(c.measured),
    }
    return ["the trial does not refute the printed formula" + (" at the witness" if witness else "")] if hit.ok else []


def _finite_witness(
    case: Case, printed: Any, measured: Sequence[Any], where: Sequence[int], relation: str
) -> Judgement | None:
    """The first point at which the printed formula has a value and it is wrong."""
    for k, m in zip(where, measured):
        try:
            hit = compare_all([m], printed, case, relation, indices=[k], exact=True)
        except MeasurementError:
            continue
        if not hit.ok:
            return hit
    return None


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
        ClaimError: if neither proof nor trial refutes it (then it may be true, or the evidence has a hole worth
        knowing).

    >>> from claims import claim
    >>> n, k = sp.symbols("n k", integer=True, positive=True)
    >>> c = claim("doc-odd", sp.Sum(2 * k - 1, (k, 1, n)), "=", n**2, domain={n: [3, 6]})
    >>> print(str(refute(c, n**2 / 2)).splitlines()[1].strip())
    slip: constant factor
    """
    wrong = exact(wrong, "refute")
    case = target.case
    lines = [f"slip: {slip}" for slip in [named(wrong, case.right)] if slip]
    count = len(lines)
    if case.proof is not None:
        found = run_proof(case, wrong, Sampler(case.points if case.points[0] else ()), mutant=True)
        lines += [f"proof, {name}: {f}" for name, f in found.findings.items() if f.status is Status.NONZERO]
    elif not isinstance(case.left, str) and not case.unproved and case.relation == "=":
        before = case.chain()[-2].expr if len(case.chain()) > 1 else case.left
        f = link(before, replace(case.chain()[-1], expr=wrong))
        lines += [f"the last line does not follow: {f}"] if f.status is Status.NONZERO else []
    if case.trial is not None or not case.unmeasured:
        tight, relation = (True, "=") if case.tight is not None else (False, case.relation)
        run = run_trial(case, Context.of(case, meanings()), case.codes, range(len(case.points)), tight=tight)
        try:
            hit = compare_all(run.measured, wrong, case, relation)
            if not hit.ok:
                c = hit.comparison
                at = ", ".join(f"{k} = {v}" for k, v in case.points[hit.point].items())
                lines.append(
                    f"trial{', at ' + at if at else ''}: predicted {c.predicted:.8g}, measured {c.measured:.8g} ±"
                    f" {c.error:.2g}; deviation {hit.worst:.3g}, allowed {hit.threshold:.3g}"
                )
        except NoFiniteValue as problem:
            lines.append(f"trial: {problem}")
        except MeasurementError as problem:
            raise ClaimError(f"refute({target.label!r}): {problem}") from None
    if len(lines) == count:
        raise ClaimError(
            f"refute({target.label!r}): neither proof nor trial refutes {wrong}; it may be the same formula in another"
            " form"
        )
    head = f"{tex(target.lhs)} {RELATIONS[case.relation]} {tex(wrong)}"
    page = (
        f'<div class="claim-attack"><p><strong>✖ refuted:</strong> {inline(head)}</p><ul>'
        + "".join(f"<li>{html.escape(x)}</li>" for x in lines)
        + "</ul></div>"
    )
    return Refutation(f"refuted: {target.lhs} {case.relation} {wrong}\n  " + "\n  ".join(lines), page)
