"""Checks that check nothing: each is rejected, with a message that says why."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from claims import (
    ChapterFailed, ClaimError, Exact, Mean, Nonneg, claim, close, counterexample, define, experiment, quantity, sequence
)
from engine_walk import DOMAIN, EVIDENCE, LEFT, MEAN, TRUTH, s, t, walk, x

pytestmark = pytest.mark.usefixtures("notebook")
G = sp.Function("G")
IN_WORDS = {"left": quantity("x_t"), "words": "the test is about words"}


def failures(step, right=TRUTH, left=LEFT, **change):
    c = claim("walk", left, "=", right, given=[step], **(EVIDENCE | change))
    assert c.record["verdict"] in ("undecided", "refuted") and c.record["failures"]
    with pytest.raises(ChapterFailed):
        close()
    return "\n".join(c.record["failures"])


def test_constant_trial(step):
    assert "never calls the definition 'step'" in failures(step, trial=lambda rng, step, t, s: {"x_t": 3.0})
    called = failures(step, right=sp.Integer(3), proof=lambda r, after: {"three": r - 3},
                      trial=lambda rng, step, t, s: (step(1, s), {"x_t": 3.0})[1])
    assert "'no step' does not move the measurement" in called and "the trial does not measure 'step'" in called


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.array([1.0, np.nan])])
def test_trial_without_a_finite_value(step, value):
    text = failures(step, trial=lambda rng, step, t, s: (step(1, s), {"x_t": value})[1])
    assert "the samples 'x_t' hold NaN or infinity" in text
    text = failures(step, **IN_WORDS, trial=lambda rng, step, t, s: (step(1, s), Exact(value))[1])
    assert "NaN or infinity is not a pass" in text


@pytest.mark.parametrize("value, why",
                         [(1.0, "the trial returned float"), (None, "the trial returned NoneType"),
                          (True, "the trial returned bool")])
def test_trial_of_a_left_side_in_words_returns_no_measurement(step, value, why):
    assert why in failures(step, **IN_WORDS, trial=lambda rng, step, t, s: (step(1, s), value)[1])


@pytest.mark.parametrize("value, why",
                         [(1.0, "a bare float, and the claim needs x_t, y_t"), (None, "a bare NoneType"),
                          ({"x_t": 1.0, "z": 1.0}, "'z', which no symbol of the claim is called"),
                          ({"x_t": "one", "y_t": 1.0}, "are no numbers"),
                          ({"x_t": None, "y_t": 1.0}, "are no numbers"),
                          (Exact(1.0), "a measurement of its own (exact), so nothing connects it with the left side")])
def test_trial_returns_no_samples_of_what_the_left_side_holds(step, value, why):
    assert why in failures(step, left=LEFT + sequence("y")(t),
                           trial=lambda rng, step, t, s: (step(1, s), value)[1])


@pytest.mark.parametrize("samples", [[], [1.0, 2.0]])
def test_trial_with_no_samples(step, samples):
    text = failures(step, left=MEAN, trial=lambda rng, step, t, s: (step(1, s), {"X_t": np.array(samples)})[1])
    assert f"needs at least 8 repetitions, found {len(samples)}" in text
    text = failures(step, **IN_WORDS, trial=lambda rng, step, t, s: (step(1, s), Mean(samples))[1])
    assert f"at least 3 samples, found {len(samples)}" in text


def test_an_empty_array_is_not_a_measurement(step):
    assert "zero samples are not a measurement" in failures(
        step, trial=lambda rng, step, t, s: (step(1, s), {"x_t": np.array([])})[1])


def test_trial_that_raises(step):
    assert "it raised ZeroDivisionError" in failures(step, trial=lambda rng, step, t, s: {"x_t": 1 / 0})


@pytest.mark.parametrize("point", [{t: [0], s: [1]}, {t: [1], s: [1]}, {t: [0], s: [3]}, {t: [0, 1], s: [1]}])
def test_degenerate_domain(step, point):
    text = failures(step, trial=lambda rng, step, t, s: {"x_t": walk(rng, step, t, s)["x_t"] + 0 * step(1, s)},
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
    assert why in failures(step, proof=lambda rhs, after: nothing)


def test_proof_that_ignores_its_candidate(step):
    assert "the proof ignores its candidate" in failures(
        step, proof=lambda rhs, after: {"true": sp.expand((s + 1) ** 2 - s**2 - 2 * s - 1)})


def test_proof_that_looks_at_a_part_of_its_candidate(step):
    assert "survives the proof" in failures(step, proof=lambda rhs, after: {"start": rhs.subs(t, 0) - 1})


def test_proof_that_ignores_in_disguise(step):
    assert "survives the proof" in failures(step, proof=lambda rhs, after: {
        "difference with itself": 0 * rhs + sp.Symbol("z") * (rhs.subs(t, 1) - rhs.subs(t, 1)),
        "start": rhs.subs(t, 0) - 1})


def test_definition_that_no_trial_uses(step):
    idle = define("idle", G(x), 2 * x, lambda x: 2 * x, args=[x], wrong={"w": lambda x: -x})
    c = claim("walk", LEFT, "=", TRUTH, given=[step, idle], **(EVIDENCE | {
        "proof": lambda rhs, after, twice: EVIDENCE["proof"](rhs, after),
        "trial": lambda rng, step, idle, t, s: walk(rng, step, t, s)}))
    assert c.record["verdict"] == "undecided" and "never calls the definition 'idle'" in c.record["failures"][0]


def test_definition_without_code_or_variants_cannot_carry_a_trial(step):
    G = sp.Function("bare")  # a name that no chapter has given a meaning in this process
    with pytest.raises(ClaimError, match="code needs wrong="):
        define("bare", G(x), 2 * x, lambda x: 2 * x, args=[x])
    model = define("model", G(x), x + s**2)
    c = claim("bare-walk", LEFT, "=", TRUTH, given=[model], **(EVIDENCE | {
        "trial": lambda rng, t, s: {"x_t": 1 + t * s**2}}))
    assert "no definition to measure" in c.record["failures"][0]


WRONG = 1 + t * s**3
FAKES = {
    "plain": (LEFT, lambda rng, step, t, s: {"x_t": 1 + t * s**3}),
    "calls and discards": (LEFT, lambda rng, step, t, s: (step(1.0, s), {"x_t": 1 + t * s**3})[1]),
    "fake noise": (MEAN, lambda rng, step, t, s: (
        step(1.0, s), {"X_t": 1 + t * s**3 + 1e-3 * rng.normal(size=2000)})[1]),
    "fake noise scaled by the definition": (MEAN, lambda rng, step, t, s: {
        "X_t": 1 + t * s**3 + 1e-3 * (1 + step(1.0, s)) * rng.normal(size=2000)}),
    "definition multiplied by zero": (LEFT, lambda rng, step, t, s: {"x_t": 1 + t * s**3 + 0 * step(1.0, s)}),
    "definition far below the error": (LEFT, lambda rng, step, t, s: {"x_t": 1 + t * s**3 + 1e-15 * step(1.0, s)}),
    "noise of its own": (MEAN, lambda rng, step, t, s: (
        step(1.0, s), {"X_t": 1 + t * s**3 + 1e-3 * np.random.default_rng().normal(size=2000)})[1]),
}


@pytest.mark.parametrize("fake", FAKES)
def test_a_wrong_formula_typed_three_times(step, fake):
    left, trial = FAKES[fake]
    text = failures(step, right=WRONG, left=left, proof=lambda rhs, after: {"difference": rhs - (1 + t * s**3)},
                    trial=trial)
    assert "never calls the definition" in text or "does not move the measurement" in text


def test_the_right_formula_typed_three_times_is_no_evidence_either(step):
    text = failures(step, proof=lambda rhs, after: {"difference": rhs - (1 + t * s**2)},
                    trial=lambda rng, step, t, s: (step(1.0, s), {"x_t": 1 + t * s**2})[1])
    assert "does not move the measurement" in text


def test_a_proof_that_no_premise_moves_is_not_about_the_left_side(step):
    text = failures(step, proof=lambda rhs: {"difference": rhs - (1 + t * s**2)})
    assert "the proof is moved by none of its premises" in text


def test_bound_that_is_attained_nowhere(step):
    c = claim("bound", LEFT, "<=", TRUTH + 1, given=[step], tight=walk,
              **(EVIDENCE | {"proof": lambda r, after: {"above": Nonneg(r - TRUTH)}}))
    assert c.record["verdict"] == "refuted" and "the bound is not attained where tight= says" in c.record["failures"][0]


def test_counterexample_that_is_none(step):
    c = counterexample("none", LEFT, "=", TRUTH, instead=TRUTH, given=[step], trial=walk, domain=DOMAIN)
    assert c.record["verdict"] == "undecided" and "it is no counterexample" in c.record["failures"][0]


def test_experiment_that_does_not_run_anything(step):
    other = {"other": lambda rng: (1 + rng.uniform(), 1 + rng.uniform())}
    found = experiment("same", "a", ">", "b", run=lambda rng: (2.0, 1.0), ablations=other)
    assert found.record["verdict"] == "undecided" and "the same numbers" in found.record["failures"][0]
    found = experiment("idle", "a", ">", "b", given=[step], run=lambda rng, step: (2.0 + rng.uniform(), 1.0))
    assert found.record["verdict"] == "undecided"
    assert "never calls the definition 'step'" in found.record["failures"][0]


def test_claim_without_evidence(step):
    with pytest.raises(ClaimError, match="no proof; give steps= or proof="):
        failures(step, **IN_WORDS, proof=None)
    with pytest.raises(ClaimError, match="no trial; give trial="):
        failures(step, **IN_WORDS, trial=None)
    with pytest.raises(ClaimError, match="neither proof nor trial"):
        claim("walk", LEFT, "=", TRUTH, given=[step], unproved="no", unmeasured="no")


def test_floats_and_strings_are_no_candidates(step):
    for right, why in ((0.5 * s, "holds the float"), ("1 + t", "found the string"), (sp.nan, "NaN"),
                       (object(), "expected a SymPy expression")):
        with pytest.raises(ClaimError, match=why):
            claim("walk", LEFT, "=", right, given=[step], **EVIDENCE)
