"""Checks that check nothing: each is rejected, with a message that says why."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from claims import ChapterFailed, ClaimError, Exact, Mean, Nonneg, close, quantity
from claims.old import claim, counterexample, define, experiment
from engine_walk import DOMAIN, TRUTH, proof, s, t, walk

pytestmark = pytest.mark.usefixtures("notebook")


def failures(step, right=TRUTH, **change):
    c = claim("walk", quantity("x_t"), "=", right, given=[step],
              **({"proof": proof, "trial": walk, "domain": DOMAIN} | change))
    assert c.record["verdict"] in ("undecided", "refuted") and c.record["failures"]
    with pytest.raises(ChapterFailed):
        close()
    return "\n".join(c.record["failures"])


def test_constant_trial(step):
    assert "never calls the definition 'step'" in failures(step, trial=lambda rng, step, t, s: Exact(3.0))
    called = failures(step, right=sp.Integer(3), proof=lambda r: {"three": r - 3},
                      trial=lambda rng, step, t, s: (step(1, s), Exact(3.0))[1])
    assert "'no step' does not move the measurement" in called and "the trial does not measure 'step'" in called


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.array([1.0, np.nan])])
def test_trial_without_a_finite_value(step, value):
    text = failures(step, trial=lambda rng, step, t, s: (step(1, s), Exact(value))[1])
    assert "NaN or infinity is not a pass" in text


@pytest.mark.parametrize("value, why",
                         [(1.0, "the trial returned float"), (None, "the trial returned NoneType"),
                          (True, "the trial returned bool")])
def test_trial_returns_no_measurement(step, value, why):
    assert why in failures(step, trial=lambda rng, step, t, s: (step(1, s), value)[1])


@pytest.mark.parametrize("samples, why",
                         [([], "at least 3 samples, found 0"), ([1.0, 2.0], "at least 3 samples, found 2")])
def test_trial_with_no_samples(step, samples, why):
    assert why in failures(step, trial=lambda rng, step, t, s: (step(1, s), Mean(samples))[1])


def test_an_empty_array_is_not_a_measurement(step):
    assert "zero samples are not a measurement" in failures(
        step, trial=lambda rng, step, t, s: (step(1, s), Exact(np.array([])))[1])


def test_trial_that_raises(step):
    assert "it raised ZeroDivisionError" in failures(step, trial=lambda rng, step, t, s: Exact(1 / 0))


@pytest.mark.parametrize("point", [{t: [0], s: [1]}, {t: [1], s: [1]}, {t: [0], s: [3]}, {t: [0, 1], s: [1]}])
def test_degenerate_domain(step, point):
    text = failures(step, trial=lambda rng, step, t, s: Exact(walk(rng, step, t, s).value + 0 * step(1, s)),
                    domain=point)
    assert "survives the trial" in text and "only 0 or 1" in text


@pytest.mark.parametrize("empty", [[], {t: [], s: [1]}])
def test_empty_domain(step, empty):
    with pytest.raises(ClaimError, match="domain: it is empty"):
        failures(step, domain=empty)


def test_point_that_the_assumptions_exclude(step):
    with pytest.raises(ClaimError, match="s is declared positive, but a point has s = -1"):
        failures(step, domain={t: [2], s: [-1]})


@pytest.mark.parametrize("nothing, why",
                         [({}, "no residuals"), (None, "dictionary of named residuals, found NoneType"),
                          ([], "found list"), ({"empty": []}, "no residual at all"),
                                          ({"none": None}, "None is not zero"),
                                          ({"true": True}, "a truth value is not a residual"),
                                          ({"small": 1e-30}, "a float is not exact"),
                                          ({"nan": sp.nan}, "NaN is not zero"),
                                          ({"equation": sp.Eq(s, s + 0 * t, evaluate=False)},
                                           "a relation is not a residual")])
def test_proof_that_returns_nothing(step, nothing, why):
    assert why in failures(step, proof=lambda rhs: nothing)


def test_proof_that_ignores_its_candidate(step):
    assert "the proof ignores its candidate" in failures(
        step, proof=lambda rhs: {"true": sp.expand((s + 1) ** 2 - s**2 - 2 * s - 1)})


def test_proof_that_looks_at_a_part_of_its_candidate(step):
    assert "survives the proof" in failures(step, proof=lambda rhs: {"start": rhs.subs(t, 0) - 1})


def test_proof_that_ignores_in_disguise(step):
    assert "survives the proof" in failures(step, proof=lambda rhs: {"difference with itself": 0 * rhs
                                                                     + sp.Symbol(
                                                                         "z") * (
                                                                             rhs.subs(
                                                                                 t, 1) - rhs.subs(
                                                                                     t, 1)), "start": rhs.subs(
                                                                                         t, 0) - 1})


def test_definition_that_no_trial_uses(step):
    idle = define("idle", "z", lambda x: x, wrong={"w": lambda x: -x})
    c = claim("walk", quantity("x_t"), "=", TRUTH, given=[step, idle], proof=proof,
              trial=lambda rng, step, idle, t, s: walk(rng, step, t, s), domain=DOMAIN)
    assert c.record["verdict"] == "undecided" and "never calls the definition 'idle'" in c.record["failures"][0]


def test_definition_without_code_or_variants_cannot_carry_a_trial(step):
    with pytest.raises(ClaimError, match="code needs wrong="):
        define("bare", "z", lambda x: x)
    model = define("model", quantity("z"), s**2)
    c = claim("bare-walk", quantity("x_t"), "=", TRUTH, given=[model], proof=proof,
              trial=lambda rng, t, s: Exact(1 + t * s**2), domain=DOMAIN)
    assert "no definition to measure" in c.record["failures"][0]


WRONG = 1 + t * s**3
FAKES = {
    "plain": lambda rng, step, t, s: Exact(1 + t * s**3),
    "calls and discards": lambda rng, step, t, s: (step(1.0, s), Exact(1 + t * s**3))[1],
    "fake noise": lambda rng, step, t, s: (step(1.0, s), Mean(1 + t * s**3 + 1e-3 * rng.normal(size=2000)))[1],
    "fake noise scaled by the definition": lambda rng, step, t, s: Mean(1 + t * s**3
                                                                        + 1e-3 * (
                                                                            1 + step(1.0, s)) * rng.normal(size=2000)),
    "definition multiplied by zero": lambda rng, step, t, s: Exact(1 + t * s**3 + 0 * step(1.0, s)),
    "definition far below the error": lambda rng, step, t, s: Exact(1 + t * s**3 + 1e-15 * step(1.0, s)),
    "noise of its own": lambda rng, step, t, s: (step(1.0, s),
                                                 Mean(1 + t * s**3
                                                      + 1e-3 * np.random.default_rng().normal(size=2000)))[1],
}


@pytest.mark.parametrize("fake", FAKES)
def test_a_wrong_formula_typed_three_times(step, fake):
    text = failures(step, right=WRONG, proof=lambda rhs: {"difference": rhs - (1 + t * s**3)}, trial=FAKES[fake])
    assert "never calls the definition" in text or "does not move the measurement" in text


def test_the_right_formula_typed_three_times_is_no_evidence_either(step):
    text = failures(step, proof=lambda rhs: {"difference": rhs - (1 + t * s**2)},
                    trial=lambda rng, step, t, s: (step(1.0, s), Exact(1 + t * s**2))[1])
    assert "does not move the measurement" in text


def test_bound_that_is_attained_nowhere(step):
    c = claim("bound", quantity("x_t"), "<=", TRUTH + 1, given=[step], proof=lambda r: {"above": Nonneg(r - TRUTH)},
              trial=walk, tight=walk, domain=DOMAIN)
    assert c.record["verdict"] == "refuted" and "the bound is not attained where tight= says" in c.record["failures"][0]


def test_counterexample_that_is_none(step):
    c = counterexample("none", quantity("x_t"), "=", TRUTH, given=[step], trial=walk, domain=DOMAIN)
    assert c.record["verdict"] == "undecided" and "it is no counterexample" in c.record["failures"][0]


def test_experiment_that_does_not_run_anything(step):
    x = experiment("same", "a", ">", "b", run=lambda rng: (2.0, 1.0))
    assert x.record["verdict"] == "undecided" and "the same numbers" in x.record["failures"][0]
    x = experiment("idle", "a", ">", "b", given=[step], run=lambda rng, step: (2.0 + rng.uniform(), 1.0))
    assert x.record["verdict"] == "undecided" and "never calls the definition 'step'" in x.record["failures"][0]


def test_claim_without_evidence(step):
    with pytest.raises(ClaimError, match="no proof; give steps= or proof="):
        claim("walk", quantity("x_t"), "=", TRUTH, trial=walk, given=[step], domain=DOMAIN)
    with pytest.raises(ClaimError, match="no trial; give trial="):
        claim("walk", quantity("x_t"), "=", TRUTH, proof=proof, given=[step], domain=DOMAIN)
    with pytest.raises(ClaimError, match="neither proof nor trial"):
        claim("walk", quantity("x_t"), "=", TRUTH, given=[step], unproved="no", unmeasured="no")


def test_floats_and_strings_are_no_candidates(step):
    for right, why in ((0.5 * s, "holds the float"), ("1 + t", "found the string"), (sp.nan, "NaN"),
                       (object(), "expected a SymPy expression")):
        with pytest.raises(ClaimError, match=why):
            claim("walk", quantity("x_t"), "=", right, proof=proof, trial=walk, given=[step], domain=DOMAIN)
