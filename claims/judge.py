"""The judge: does a candidate survive its proof and its trial, and do its mutants not?

A :class:`Case` holds what an author declared. :func:`judge` runs, in this order, the baseline proof, the baseline trial under the guard, the wrong
premises, and the mutants; it returns a dictionary that becomes the record, with ``failures`` in words. It never raises for a claim that fails.
"""

from __future__ import annotations

import math
import os
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from scipy import special

from .measure.guard import Counted, FormulaRead, Watch, scan, signature_problem
from .measure.measurement import Comparison, Measurement, MeasurementError
from .attack.mutate import Mutant, mutants
from .measure.points import Evaluator, keyword, keywords
from .say.typeset import tex
from .prove.zero import Finding, Nonneg, OutOfTime, Sampler, decide, time_limit, witness

FALSE_ALARM = 1e-6
POWER = 0.99
PROOF_SECONDS = 5.0


@dataclass
class Premise:
    """A premise as the judge sees it: its code, the code's wrong variants, and its label."""

    label: str
    code: Callable[..., Any] | None = None
    wrong: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass
class Case:
    """What one claim declares."""

    label: str
    relation: str
    right: Any
    points: list[dict[Any, Any]]
    premises: Sequence[Premise] = ()
    proof: Callable[[Any], Mapping[str, Any]] | None = None
    trial: Callable[..., Measurement] | None = None
    tight: Callable[..., Measurement] | None = None
    steps: Sequence[tuple[Any, str, Callable[[Any], Mapping[str, Any]] | None]] = ()
    tactics: Sequence[str] = ()
    along: Any = None
    rate: Any = None
    left: Any = None


def generator(label: str, index: int = 0) -> np.random.Generator:
    """The random generator of a trial: derived from ``BOOK_SEED``, the label and the index of the point."""
    return np.random.default_rng(np.random.SeedSequence([int(os.environ.get("BOOK_SEED", "0")), zlib.crc32(label.encode()), index]))


# ---------------------------------------------------------------- proof


def residuals(proof: Callable[[Any], Mapping[str, Any]], candidate: Any) -> dict[str, Any]:
    out = proof(candidate)
    if not isinstance(out, Mapping):
        raise TypeError(f"a proof returns a dictionary of named residuals, found {type(out).__name__}")
    if not out:
        raise TypeError("the proof has no residuals: nothing was proved")
    return dict(out)


def run_proof(case: Case, candidate: Any, sampler: Sampler, mutant: bool = False) -> tuple[str, dict[str, Finding]]:
    """Findings of every residual of ``candidate``; the verdict is proved, refuted or undecided."""
    assert case.proof is not None
    findings: dict[str, Finding] = {}
    try:
        if mutant:
            with time_limit(PROOF_SECONDS):
                parts = residuals(case.proof, candidate)
        else:
            parts = residuals(case.proof, candidate)
    except OutOfTime as late:
        return "undecided", {"the proof itself": Finding("undecided", candidate, why=str(late))}
    except Exception as problem:  # noqa: BLE001 - reported as a failure of this proof
        return "undecided", {"the proof itself": Finding("undecided", candidate, why=f"it raised {type(problem).__name__}: {problem}")}
    for name, residual in parts.items():
        # a mutant of an equation needs a witness only; a mutant of a bound may be a weaker bound, and then be proved
        findings[str(name)] = decide(residual, case.tactics, sampler=sampler, refute_first=mutant, refute_only=mutant and case.relation not in ("<=", ">="),
                                     seconds=PROOF_SECONDS if mutant else 30.0)
        if mutant and findings[str(name)].status == "nonzero":
            break
    states = {f.status for f in findings.values()}
    return ("refuted" if "nonzero" in states else "undecided" if "undecided" in states else "proved"), findings


def ignores_candidate(case: Case, candidate: Any) -> bool:
    """Whether the proof returns the same residuals for another candidate."""
    try:
        return residuals(case.proof, candidate) == residuals(case.proof, candidate + sp.Dummy("other") if not getattr(candidate, "is_Matrix", False) else 2 * candidate)
    except Exception:  # noqa: BLE001 - a proof that refuses another candidate does not ignore it
        return False


# ---------------------------------------------------------------- trial


@dataclass
class Run:
    """Measurements of a trial at every point."""

    measured: list[Measurement]
    calls: list[int]


def run_trial(trial: Callable[..., Any], case: Case, codes: Sequence[Callable[..., Any]], indices: Sequence[int], watch: bool) -> Run:
    counted = [Counted(c) for c in codes]
    out: list[Measurement] = []
    for i in indices:
        rng = generator(case.label, i)
        arguments = keywords(case.points[i])
        if watch:
            with Watch() as seen:
                result = trial(rng, *counted, **arguments)
            if seen.read:
                raise FormulaRead(f"the trial ran {seen.read} of SymPy")
        else:
            result = trial(rng, *counted, **arguments)
        if not isinstance(result, Measurement):
            raise MeasurementError(f"expected a measurement (Exact, Mean, …), the trial returned {type(result).__name__}")
        out.append(result)
    return Run(out, [c.calls for c in counted])


def _flat(m: Measurement, predicted: Any) -> Any:
    p = np.asarray(predicted)
    if p.shape != m.value.shape and p.size == m.value.size and p.ndim and m.value.ndim:
        p = p.reshape(m.value.shape)
    return p


@dataclass
class Judgement:
    """The outcome of comparing measurements with one candidate."""

    ok: bool
    worst: float = 0.0
    threshold: float = 1.0
    point: int = 0
    comparison: Comparison | None = None
    note: str = ""


def compare_all(measured: Sequence[Measurement], candidate: Any, case: Case, relation: str, exact: bool = False, first: bool = False,
                indices: Sequence[int] | None = None, walks: dict[Any, Any] | None = None) -> Judgement:
    """Compare at every point; ``first`` stops at the first refutation. Raises :class:`MeasurementError` if the candidate has no value anywhere."""
    if relation == "~":
        return along_ladder(measured, candidate, case, walks)
    evaluate = Evaluator(candidate, exact, walks)
    total = sum(m.size for m in measured)
    best: Judgement | None = None
    trouble: MeasurementError | None = None
    for k, m in zip(indices if indices is not None else range(len(measured)), measured):
        try:
            c = m.compare(_flat(m, evaluate(case.points[k], m.at)), FALSE_ALARM * m.size / total, relation)
        except MeasurementError as problem:
            if not first:
                raise
            trouble = problem
            continue
        ratio = c.worst / c.threshold
        if best is None or ratio > best.worst / best.threshold:
            best = Judgement(c.ok, c.worst, c.threshold, k, c)
        if first and not c.ok:
            return best
    if best is None:
        raise trouble or MeasurementError("no point could be compared")
    return best


def along_ladder(measured: Sequence[Measurement], candidate: Any, case: Case, walks: dict[Any, Any] | None = None) -> Judgement:
    """``left ~ right``: along each ladder, left/right − 1 must vanish at least as fast as the stated rate."""
    evaluate, rate = Evaluator(candidate, walks=walks), Evaluator(case.rate, walks=walks)
    ladders: dict[tuple, list[int]] = {}
    for i, p in enumerate(case.points):
        ladders.setdefault(tuple(sorted((str(k), v) for k, v in p.items() if k != case.along)), []).append(i)
    worst: Judgement | None = None
    for rungs in ladders.values():
        rungs = sorted(rungs, key=lambda i: float(case.points[i][case.along]))
        if len(rungs) < 3:
            raise MeasurementError(f"a ladder needs at least 3 rungs along {case.along}, found {len(rungs)}")
        ratio, noise, r = [], [], []
        for i in rungs:
            m = measured[i]
            if m.value.size != 1:
                raise MeasurementError("along a ladder the measurement is one number")
            p = complex(np.asarray(evaluate(case.points[i], m.at)).ravel()[0])
            if p == 0:
                raise MeasurementError("the candidate is 0 on the ladder; a ratio to it has no limit")
            ratio.append(m.value.ravel()[0] / p - 1)
            noise.append(float(m.error.ravel()[0]) / abs(p))
            r.append(abs(float(np.real(rate(case.points[i])))))
        j = _ladder(np.array(ratio), np.array(noise), np.array(r), [measured[i].dof for i in rungs], rungs)
        if worst is None or (not j.ok and worst.ok) or (j.ok == worst.ok and j.worst / j.threshold > worst.worst / worst.threshold):
            worst = j
    assert worst is not None
    k = worst.point
    m = measured[k]
    p = np.asarray(evaluate(case.points[k], m.at)).ravel()[0]
    worst.comparison = Comparison(worst.ok, worst.worst, worst.threshold, p.item(), m.value.ravel()[0].item(), float(m.error.ravel()[0]))
    return worst


def _ladder(q: np.ndarray, noise: np.ndarray, r: np.ndarray, dofs: Sequence[float | None], rungs: Sequence[int]) -> Judgement:
    last = rungs[-1]
    if all(d is None for d in dofs):
        size = np.abs(q)
        if size[-1] <= noise[-1]:
            return Judgement(True, float(size[-1] / noise[-1]), 1.0, last, note="exact on the ladder")
        use = size > 2 * noise
        if use.sum() < 3:
            return Judgement(bool(size[-1] < 2 * noise[-1]), float(size[-1] / noise[-1]), 2.0, last, note="at rounding level")
        slopes = np.diff(np.log(size[use])) / np.diff(np.log(r[use]))
        order = float(np.mean(slopes[-2:]))
        # an observed order of at least 0.8 of the stated rate; a wrong limit gives 0, a wrong correction at most its own, lower order
        return Judgement(order >= 0.8, 0.8 / max(order, 1e-3), 1.0, last, note=f"observed order {order:.2f} of the stated rate")
    weights = 1 / np.maximum(noise, 1e-300) ** 2
    design = np.stack([np.ones_like(r), r], 1)
    covariance = np.linalg.inv(design.T @ (weights[:, None] * design))
    intercept = (covariance @ (design.T @ (weights * q.real)))[0]
    t = abs(intercept) / math.sqrt(covariance[0, 0])
    dof = min(d for d in dofs if d is not None)
    threshold = float(-special.stdtrit(dof, FALSE_ALARM / 2))
    return Judgement(bool(t <= threshold), float(t), threshold, last, note=f"limit of the ratio 1 {intercept:+.2g} ± {math.sqrt(covariance[0, 0]):.2g}")


# ---------------------------------------------------------------- premises and mutants


def moved(baseline: Measurement, changed: Measurement, right: Any, case: Case, index: int, relation: str) -> tuple[float, float]:
    """How far a wrong premise changed the measurement, in units of the error limit (above 1: it moved), and the probability that other random numbers would see it."""
    if baseline.value.shape != changed.value.shape:
        return math.inf, 1.0
    same_inputs = baseline.at.keys() == changed.at.keys() and all(np.array_equal(np.asarray(baseline.at[k]), np.asarray(changed.at[k])) for k in baseline.at)
    if same_inputs and baseline.kind != "law":
        error = np.sqrt(baseline.error**2 + changed.error**2) if baseline.stochastic else baseline.error + changed.error
        limit = max(baseline.threshold(FALSE_ALARM / baseline.size), changed.threshold(FALSE_ALARM / baseline.size))
        with np.errstate(divide="ignore", invalid="ignore"):
            units = float(np.nanmax(np.abs(baseline.value - changed.value) / np.maximum(error, np.finfo(float).tiny)) / limit)
    elif relation == "~":
        return float(np.any(np.abs(baseline.value - changed.value) > 6 * (baseline.error + changed.error))) * 2, 1.0
    else:
        try:
            c = changed.compare(_flat(changed, Evaluator(right)(case.points[index], changed.at)), FALSE_ALARM, relation)
        except MeasurementError:
            return 0.0, 0.0
        units, limit = c.worst / c.threshold, c.threshold
    return units, float(special.ndtr((units - 1) * limit)) if baseline.stochastic else float(units > 1)


def effort(point: Mapping[Any, Any]) -> int:
    """What a point may cost, guessed from its whole numbers (layers, dimensions, steps): a measured time would choose another point in another run."""
    return sum(abs(int(v)) for v in point.values() if getattr(v, "is_Integer", False))


def attack_premises(case: Case, base: Run, tight: Run | None) -> tuple[dict[str, Any], list[str]]:
    """Replace each premise's code by each of its wrong variants; each must move the measurement."""
    failures: list[str] = []
    total = count = 0
    least: tuple[float, str] = (math.inf, "")
    coded = [p for p in case.premises if p.code is not None]
    runs = [(case.trial, base, case.relation)] + ([(case.tight, tight, "=")] if tight else [])
    places = [(*run, i) for run in runs for i in sorted(range(len(case.points)), key=lambda i: effort(case.points[i]))]
    for j, premise in enumerate(coded):
        for name, variant in premise.wrong.items():
            total += 1
            codes = [variant if k == j else p.code for k, p in enumerate(coded)]
            largest, power, why = 0.0, 0.0, ""
            for trial, run, relation, i in places:
                try:
                    with np.errstate(all="ignore"):
                        changed = run_trial(trial, case, codes, [i], watch=False).measured[0]
                except Exception as problem:  # noqa: BLE001 - a variant that cannot run attacks nothing
                    why = f"it raised {type(problem).__name__}: {problem}"
                    continue
                units, seen = moved(run.measured[i], changed, case.right, case, i, relation)
                largest, power = max(largest, units), max(power, seen)
                if largest > 1 and power >= POWER:
                    break
            if largest <= 1:
                failures.append(f"the wrong premise {premise.label!r}: {name!r} does not move the measurement ({why or f'largest change {largest:.2g} of its error limit'}); "
                                f"the trial does not measure {premise.label!r}, or this premise does not matter here (then take it out of given=)")
                continue
            count += 1
            least = min(least, (largest, f"{premise.label}: {name}"))
            if power < POWER:
                failures.append(f"underpowered: the wrong premise {premise.label!r}: {name!r} moves the measurement by {largest:.2f} of its error limit, and other random numbers would "
                                f"see it with probability {power:.3f} only; take more samples or a wider domain")
    return {"wrong_variants": total, "moved": count, "least": least[1] or None}, failures


def equivalent(m: Any, right: Any, case: Case, sampler: Sampler, relation: str | None = None) -> bool:
    """Whether a mutant says the same as the candidate, modulo the relation (default: that of the case); only a proof says yes."""
    relation = relation or case.relation
    try:
        if relation == "~":
            # a limit over the reals is one over the integers, and much cheaper
            grows = sp.Dummy("n", positive=True)
            with time_limit(4):
                return bool(sp.limit(sp.factor(((m - right) / (right * case.rate)).xreplace({case.along: grows})), grows, sp.oo).is_finite)
        if isinstance(right, sp.Tuple):
            difference: Any = [a - b for a, b in zip(m, right)]
        else:
            difference = m - right
        if relation in ("<=", ">="):
            looser = difference if relation == "<=" else (-difference if not isinstance(difference, list) else [-d for d in difference])
            return decide(Nonneg(looser), case.tactics, sampler=sampler, refute_first=True, seconds=4).status == "zero"
        return decide(difference, case.tactics, sampler=sampler, refute_first=True, seconds=4).status == "zero"
    except (OutOfTime, Exception):  # noqa: BLE001 - what cannot be decided is not equivalent
        return False


def attack_formula(case: Case, formula: Any, sampler: Sampler, base: Run | None, tight: Run | None, proof: Callable[[Any], tuple[str, dict[str, Finding]]] | None,
                   relation: str, tally: dict[str, Any]) -> None:
    """Try every mutant of ``formula`` against the proof and against the measured values; adds to ``tally``."""
    bound = relation in ("<=", ">=")
    walks: dict[Any, Any] = {}
    own = _own_deviations(case, base, formula, relation, walks)
    for m in mutants(formula):
        tally["total"] += 1
        stronger = True
        if bound:
            sign = m.expr - formula if relation == "<=" else formula - m.expr
            stronger = any(witness(sp.sympify(part), sampler, 4, sign=True) for part in ([sign] if not getattr(sign, "is_Matrix", False) else list(sign)))
        killed_trial, hit, incompetent = False, None, False
        if base is not None:
            try:
                hit = compare_all(base.measured, m.expr, case, relation, first=True, walks=walks)
                killed_trial = not hit.ok
            except MeasurementError:
                incompetent = True
            except Exception:  # noqa: BLE001
                incompetent = True
            if tight is not None and not killed_trial and not incompetent:
                try:
                    hit = compare_all(tight.measured, m.expr, case, "=", first=True, walks=walks)
                    killed_trial = not hit.ok
                except MeasurementError:
                    incompetent = True
        if incompetent:
            tally["incompetent"] += 1
            continue
        killed_proof, findings = False, {}
        if proof is not None:
            verdict, findings = proof(m.expr)
            killed_proof = verdict == "refuted" or (bound and verdict == "undecided")
        need_trial = base is not None and (not bound or tight is not None)
        need_proof = proof is not None and (not bound or (stronger and tight is not None))
        if (need_trial and not killed_trial) or (need_proof and not killed_proof) or (bound and not (killed_trial or killed_proof)):
            if equivalent(m.expr, formula, case, sampler, relation):
                tally["equivalent"] += 1
                continue
            if bound and tight is None:
                tally["not_attacked"] += 1
                continue
            missing = " and ".join(w for w, bad in (("the trial", need_trial and not killed_trial), ("the proof", need_proof and not killed_proof)) if bad) or "anything"
            tally["survivors"].append({"mutant": tex(m.expr), "plain": str(m.expr), "operator": m.operator, "by": missing})
            continue
        tally["killed_by_trial"] += killed_trial
        tally["killed_by_proof"] += killed_proof
        if killed_trial and hit is not None and hit.comparison is not None:
            c = hit.comparison
            if tally["example"] is None:
                tally["example"] = {"mutant": tex(m.expr), "plain": str(m.expr), "operator": m.operator, "point": shown_point(case.points[hit.point]), "predicted": number(c.predicted),
                                    "measured": number(c.measured), "deviation": float(c.worst / c.threshold),
                                    "residual": next((str(f) for f in findings.values() if f.status == "nonzero"), "")[:300]}
            margin = _margin(case, base, m, own, walks)
            if margin is not None and (tally["power"] is None or margin < tally["power"]):
                tally["power"], tally["weakest"] = margin, tex(m.expr)


def _own_deviations(case: Case, base: Run | None, formula: Any, relation: str, walks: dict[Any, Any]) -> list[Any] | None:
    """The deviations of the formula itself at every point, against which :func:`_margin` sees those of its mutants."""
    if base is None or relation == "~" or not any(x.stochastic for x in base.measured):
        return None
    try:
        right = Evaluator(formula, walks=walks)
        return [np.asarray(x.deviations(_flat(x, right(p, x.at)))) for p, x in zip(case.points, base.measured)]
    except Exception:  # noqa: BLE001
        return None


def _margin(case: Case, base: Run | None, m: Mutant, own: list[Any] | None, walks: dict[Any, Any]) -> float | None:
    """Probability that fresh random numbers would refute this mutant as well (1 for deterministic measurements)."""
    if base is None or own is None:
        return None
    best = 0.0
    try:
        wrong = Evaluator(m.expr, walks=walks)
        total = sum(x.size for x in base.measured)
        for p, x, straight in zip(case.points, base.measured, own):
            gap = np.abs(np.asarray(x.deviations(_flat(x, wrong(p, x.at)))) - straight)
            slack = float(np.max(gap)) - x.threshold(FALSE_ALARM / total)
            best = max(best, float(special.ndtr(slack)) if x.stochastic else float(slack > 0))
    except Exception:  # noqa: BLE001
        return None
    return best


def number(x: Any) -> Any:
    """A number for the record: complex as text."""
    if isinstance(x, complex):
        return x.real if x.imag == 0 else f"{x:.8g}"
    return float(x)


def shown_point(p: Mapping[Any, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in p.items()}


# ---------------------------------------------------------------- everything


def judge(case: Case) -> dict[str, Any]:
    """All evidence for one claim (see the module's docstring); keys proof, trial, mutants, premises, failures, verdict, cpu, evidence_cpu."""
    started = time.process_time()
    failures: list[str] = []
    sampler = Sampler(case.points if case.points != [{}] else ())
    out: dict[str, Any] = {"proof": None, "trial": None, "premises": None}

    proof_verdict = None
    if case.proof is not None:
        t0 = time.process_time()
        proof_verdict, findings = run_proof(case, case.right, sampler)
        for name, f in findings.items():
            if f.status != "zero":
                failures.append(f"proof, residual {name!r}: {f}")
        if proof_verdict == "proved" and ignores_candidate(case, case.right):
            proof_verdict = "undecided"
            failures.append("the proof ignores its candidate: it returns the same residuals for another right-hand side")
        out["proof"] = {"verdict": proof_verdict, "residuals": list(findings), "tactics": sorted({f.tactic for f in findings.values() if f.tactic}),
                        "findings": {n: str(f)[:400] for n, f in findings.items()}, "seconds": time.process_time() - t0}
    chain = _links(case)
    for k, (e, why, residual_of) in enumerate(chain):
        parts = residual_of(e)
        if parts is None:
            failures.append(f"chain, step {k + 1}: nothing shows that {e} equals the left side; give its residuals as third member of the step")
            continue
        for name, residual in parts.items():
            f = decide(residual, case.tactics, sampler=sampler)
            if f.status != "zero":
                proof_verdict = "refuted" if f.status == "nonzero" or proof_verdict == "refuted" else "undecided"
                failures.append(f"chain, {name}: {f}")
                if out["proof"]:
                    out["proof"]["verdict"] = proof_verdict

    base = tight = None
    trial_cpu = 0.0
    trial_verdict = None
    if case.trial is not None:
        t0 = time.process_time()
        base, tight, trial_verdict, judged, problems = _baseline(case)
        failures += problems
        trial_cpu = time.process_time() - t0
        measured = base.measured if base else []
        out["trial"] = {"verdict": trial_verdict, "points": len(case.points), "samples": int(sum(m.samples for m in measured)), "kinds": sorted({m.kind for m in measured}),
                        "comparisons": int(sum(m.size for m in measured)), "worst": None, "threshold": None, "false_alarm": FALSE_ALARM, "seconds": trial_cpu}
        if judged:
            c = judged.comparison
            out["trial"] |= {"worst": float(judged.worst), "threshold": float(judged.threshold), "note": judged.note, "stochastic": any(m.stochastic for m in measured),
                             "point": shown_point(case.points[judged.point]), "predicted": number(c.predicted), "measured": number(c.measured), "error": float(c.error)}
        if base is not None and trial_verdict == "measured":
            out["premises"], problems = attack_premises(case, base, tight)
            failures += problems
        else:
            base = tight = None

    tally: dict[str, Any] = {"total": 0, "equivalent": 0, "incompetent": 0, "not_attacked": 0, "killed_by_proof": 0, "killed_by_trial": 0, "survivors": [], "example": None,
                             "power": None, "weakest": None}
    if not failures or proof_verdict == "proved" or trial_verdict == "measured":
        proof = (lambda e: run_proof(case, e, sampler, mutant=True)) if proof_verdict == "proved" and case.proof else None
        if proof or base:
            attack_formula(case, case.right, sampler, base, tight, proof, case.relation, tally)
            for e, _, residual_of in chain[:len(case.steps)]:

                def step_proof(m: Any, residual_of: Any = residual_of) -> tuple[str, dict[str, Finding]]:
                    found = {n: decide(r, case.tactics, sampler=sampler, refute_only=True, seconds=PROOF_SECONDS) for n, r in (residual_of(m) or {}).items()}
                    return ("refuted" if any(f.status == "nonzero" for f in found.values()) else "undecided"), found

                # a step is attacked by its difference to the next one; the trial has already judged what it equals
                attack_formula(case, e, sampler, None, None, step_proof, "=", tally)
            failures += [f"the mutant {s['plain']} ({s['operator']}) survives {s['by']}" for s in tally["survivors"]]
            flat = _degenerate(case) if any("the trial" in s["by"] for s in tally["survivors"]) else []
            if flat:
                failures.append(f"the domain gives {', '.join(map(str, flat))} only 0 or 1, where different formulas agree; add other values")
            if tally["killed_by_proof"] + tally["killed_by_trial"] == 0:
                failures.append("no mutant was refuted: the evidence has no power" + (" (a bound needs tight= where it is attained)" if case.relation in ("<=", ">=") else ""))
            if tally["power"] is not None and tally["power"] < POWER:
                failures.append(f"underpowered: other random numbers would refute the mutant {tally['weakest']} with probability {tally['power']:.3f} only; take more samples or a wider domain")
    out["mutants"] = tally
    wrong = "refuted" in (proof_verdict, trial_verdict)
    verdict = "refuted" if wrong else "undecided" if failures else "proved" if proof_verdict == "proved" else "measured"
    total = time.process_time() - started
    return out | {"failures": failures, "verdict": verdict, "cpu": total, "evidence_cpu": total - trial_cpu}


def _links(case: Case) -> list[tuple[Any, str, Callable[[Any], Mapping[str, Any] | None]]]:
    """(step, reason, its residuals) of a chain; ``None`` where nothing says what the step equals.

    In an equation each step is compared with what follows it, the last one with the right side. In a bound only the last link is an inequality: each
    step is compared with what stands before it, and one link more leads from the last step to the right side.
    """
    steps, bound = list(case.steps), case.relation in ("<=", ">=")
    out: list[tuple[Any, str, Callable[[Any], Mapping[str, Any] | None]]] = []
    for k, (e, why, check) in enumerate(steps):
        if bound:
            other = steps[k - 1][0] if k else case.left
        else:
            other = steps[k + 1][0] if k + 1 < len(steps) else case.right
        name = f"step {k + 1}: {why}"
        out.append((e, why, check or (lambda m, name=name, other=other: None if other is None else {name: _difference(m, other)})))
    if bound and steps:
        last, sign = steps[-1][0], 1 if case.relation == "<=" else -1
        out.append((case.right, "", lambda right: {"last step to the right side": Nonneg(sign * _difference(right, last))}))
    return out


def _degenerate(case: Case) -> list[Any]:
    """Symbols that the domain gives no value but 0 and 1."""
    values: dict[Any, set[Any]] = {}
    for p in case.points:
        for k, v in p.items():
            values.setdefault(k, set()).add(v)
    return [k for k, v in values.items() if v <= {sp.S.Zero, sp.S.One}]


def _difference(a: Any, b: Any) -> Any:
    a, b = (x.doit() if hasattr(x, "doit") else x for x in (a, b))
    if isinstance(a, sp.Tuple):
        return [x - y for x, y in zip(a, b)]
    return a - b


def _baseline(case: Case) -> tuple[Run | None, Run | None, str, Judgement | None, list[str]]:
    """The trial under the guard at every point, and its comparison with the candidate."""
    coded = [p for p in case.premises if p.code is not None]
    if not coded:
        return None, None, "undecided", None, ["the trial has no definition to measure: name in given= a definition with code and wrong variants"]
    bare = [p.label for p in coded if not p.wrong]
    if bare:
        return None, None, "undecided", None, [f"the definition {bare[0]!r} has no wrong variants, so nothing shows that the trial measures it"]
    codes = [p.code for p in coded]
    for name, trial in (("trial", case.trial), ("tight", case.tight)):
        if trial is None:
            continue
        problem = signature_problem(trial, 1 + len(codes), {keyword(k) for k in case.points[0]})
        if problem:
            return None, None, "undecided", None, [f"{name}: {problem}"]
        found = scan(trial, tuple(codes))
        if found:
            return None, None, "undecided", None, [f"the {name} {found}; a trial measures the definitions, it does not read the formula"]
    everywhere = range(len(case.points))
    tight = None
    try:
        base = run_trial(case.trial, case, codes, everywhere, watch=True)
        if case.tight is not None:
            tight = run_trial(case.tight, case, codes, everywhere, watch=True)
    except (FormulaRead, MeasurementError) as problem:
        return None, None, "undecided", None, [f"trial: {problem}"]
    except Exception as problem:  # noqa: BLE001 - reported with its kind; the chapter goes on
        return None, None, "undecided", None, [f"trial: it raised {type(problem).__name__}: {problem}"]
    calls = [a + b for a, b in zip(base.calls, tight.calls)] if tight else base.calls
    unused = [p.label for p, n in zip(coded, calls) if n == 0]
    if unused:
        return None, None, "undecided", None, [f"the trial never calls the definition {unused[0]!r} that it is given; measure it, or take it out of given="]
    try:
        judged = compare_all(base.measured, case.right, case, case.relation, exact=True)
        if judged.ok and tight is not None:
            attained = compare_all(tight.measured, case.right, case, "=", exact=True)
            if not attained.ok:
                return base, tight, "refuted", attained, [f"the bound is not attained where tight= says: {_shown(attained, case)}"]
    except MeasurementError as problem:
        return None, None, "undecided", None, [f"trial: {problem}"]
    if not judged.ok:
        return base, tight, "refuted", judged, [f"trial: {_shown(judged, case)}"]
    return base, tight, "measured", judged, []


def _shown(j: Judgement, case: Case) -> str:
    c = j.comparison
    at = ", ".join(f"{k} = {v}" for k, v in case.points[j.point].items()) or "the only point"
    index = f" (component {c.index})" if c.index else ""
    return (f"at {at}{index} predicted {c.predicted:.10g}, measured {c.measured:.10g} ± {c.error:.2g}; deviation {j.worst:.3g}, allowed {j.threshold:.3g}"
            + (f"; {j.note}" if j.note else ""))
