"""Hypotheses: a rule for lines, checked on the samples of trials; a false one, and one that no trial meets, fail."""

import numpy as np
import pytest
import sympy as sp

from claims import ChapterFailed, claim, close, cosine, inner, norm, sequence, suppose, total

pytestmark = pytest.mark.usefixtures("notebook")
d, n = sp.symbols("d n", integer=True, positive=True)
r, s, t = sp.symbols("r s t", integer=True, nonnegative=True)
X, f = (sequence(name, size=d, random=True) for name in ("x_h", "f_h"))


def states(rng, t, tilt=0.0):
    """Orthogonal unit steps, or steps tilted towards what was there before."""
    x, steps = [np.eye(9)[:1]], []
    for k in range(t):
        steps.append(np.eye(9)[k + 1:k + 2] + tilt * x[-1])
        x.append(x[-1] + steps[-1])
    return {"x_h": np.array(x), "f_h": np.array(steps)}


def model():
    adds = suppose("states-add", X(t + 1), "=", X(t) + f(t))
    angles = suppose("right-angles", inner(X(s), f(t)), "=", 0, when=s <= t)
    return adds, angles


def stated(trial, **more):
    adds, angles = model()
    return claim("correlation", inner(X(t), X(t + 1)), "=", norm(X(t)) ** 2, given=[adds, angles], steps=[
        (inner(X(t), X(t) + f(t)), "one more step", adds),
        (norm(X(t)) ** 2, "it is at a right angle", angles.at({s: t}))],
        trial=trial, domain={t: [2, 5, 7]}, **more).record


def test_a_hypothesis_that_the_samples_obey_carries_a_proof():
    record = stated(lambda rng, t: states(rng, t + 1))
    assert record["verdict"] == "proved", record["failures"]
    assert record["hypotheses_met"] == ["states-add",
                                        "right-angles"] and set(record["given_moved"]) == {"states-add", "right-angles"}
    close()


def test_a_hypothesis_that_the_samples_break_fails_by_name():
    record = stated(lambda rng, t: states(rng, t + 1, tilt=0.1))
    assert any("'right-angles' does not hold" in text for text in record["failures"])


def test_a_hypothesis_that_no_trial_meets_fails_the_chapter():
    free = suppose("lengths", norm(X(t)), "=", 1 + t)
    claim("squares", norm(X(t)) ** 2, "=", (1 + t) ** 2, given=[free], steps=[((1 + t) ** 2, "put the length", free)],
          unmeasured="no trial")
    with pytest.raises(ChapterFailed, match="no trial meets this hypothesis"):
        close()


def test_a_sum_of_steps_is_unrolled_from_the_hypothesis():
    adds, angles = model()
    c = claim("unrolled", X(t), "=", X(0) + total(f(s), (s, 0, t - 1)), given=[adds], steps=[
        (X(0) + total(X(s + 1) - X(s), (s, 0, t - 1)), "all states in between cancel"),
        (X(0) + total(f(s), (s, 0, t - 1)), "a layer adds its step", adds.at({t: s}))],
        trial=lambda rng, t: states(rng, t), domain={t: [2, 5, 7]})
    assert c.record["verdict"] == "proved", c.record["failures"]
    wrong = claim("unrolled-wrong", X(t), "=", X(0) + total(f(s), (s, 0, t)), given=[adds], steps=[
        (X(0) + total(X(s + 1) - X(s), (s, 0, t)), "all states in between cancel"),
        (X(0) + total(f(s), (s, 0, t)), "a layer adds its step", adds.at({t: s}))],
        trial=lambda rng, t: states(rng, t + 2), domain={t: [2, 5, 6]})
    assert wrong.record["verdict"] == "refuted"


def test_the_cosine_of_two_states():
    adds, angles = model()
    c = claim("cosine", cosine(X(t), X(t + 1)), "=", norm(X(t)) / norm(X(t + 1)), given=[adds, angles], steps=[
        (inner(X(t), X(t) + f(t)) / (norm(X(t)) * norm(X(t + 1))), "definition, and one more step", adds),
        (norm(X(t)) / norm(X(t + 1)), "a right angle", angles.at({s: t}))], trial=lambda rng, t: states(rng, t + 1),
        domain={t: [2, 5, 7]})
    assert c.record["verdict"] == "proved", c.record["failures"]
