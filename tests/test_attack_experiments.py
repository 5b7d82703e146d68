"""Experiments of anything: idle premises, levels at will, numbers that nobody predicted."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from attack_help import (
    F,
    R,
    fails,
    passes,
    u,
)
from claims import ClaimError, define, experiment

pytestmark = pytest.mark.usefixtures("notebook")
T, rate = sp.symbols("T kappa", positive=True)
Y = sp.Function("Y")


# ------------------------------------------------------- experiments (a14, a68)


def noise(rng):
    return float(np.exp(0.03 * rng.normal()))


def rates():
    s = sp.Symbol("s", positive=True)
    return define(
        "speed",
        F(s),
        3 * s,
        lambda s: 3 * s,
        args=[s],
        wrong={"slower": lambda s: 2 * s, "square": lambda s: 3 * s * s},
    )


def race(rng, speed):
    return speed(2.0) * noise(rng), 3.0 * noise(rng)


def still(rng, speed):
    return 3.0 * noise(rng), 3.0 * noise(rng)


def test_an_experiment_could_have_come_out_otherwise():
    with pytest.raises(ClaimError, match="neither a premise with code nor an ablation"):
        experiment("alone", "a", ">", "b", run=lambda rng: (rng.uniform(1.9, 2), 1.0))
    record = passes(
        experiment("race", "a", ">", "b", run=race, given=[rates()], ablations={"no engine": still}), "measured"
    )
    assert record["premises"] == {"wrong_variants": 2, "moved": 2, "least": None} and set(
        record["experiment"]["wrong_premises"]
    ) == {"speed: slower", "speed: square"}
    fails(
        experiment("empty-ablation", "a", ">", "b", run=race, given=[rates()], ablations={"the same": race}),
        "the ablation 'the same' shows the effect as well",
    )


def test_levels_and_intervals_are_not_the_authors():
    with pytest.raises(ClaimError, match="alpha=0.4 is too large a false-alarm rate; at most 0.001"):
        experiment("weak", "a", "<", "b", run=still, given=[rates()], alpha=0.4)
    with pytest.raises(ClaimError, match="within=3 would call a factor of 20.1 no effect"):
        experiment("wide", "a", "≈", "b", run=still, given=[rates()], within=3.0)
    with pytest.raises(ClaimError, match="within=0 "):
        experiment("none", "a", "≈", "b", run=still, given=[rates()], within=0.0)
    same = experiment(
        "same",
        "a",
        "≈",
        "b",
        run=lambda rng: (2 * noise(rng), 2 * noise(rng)),
        within=0.2,
        seeds=12,
        ablations={"twice as much": lambda rng: (2 * noise(rng), 4 * noise(rng))},
    )
    passes(same, "measured")


def test_a_premise_that_is_called_and_discarded():
    def discards(rng, speed):
        speed(2.0)
        return 6.0 * noise(rng), 3.0 * noise(rng)

    fails(
        experiment("discards", "a", ">", "b", run=discards, given=[rates()], ablations={"no engine": still}),
        "the wrong premise 'speed': 'slower' does not change the outcome",
        "'square' does not change the outcome",
    )


def test_a_premise_that_only_draws_other_random_numbers():
    s = sp.Symbol("s", positive=True)
    now = {"rng": None}

    def draws(s):
        return 3 * s + (0 * now["rng"].uniform() if now["rng"] else 0.0)

    def draws_more(s):
        return 3 * s + (0 * now["rng"].uniform(size=3).sum() if now["rng"] else 1.0)

    def run(rng, speed):
        now["rng"] = rng
        speed(2.0)
        now["rng"] = None
        return 6.0 * noise(rng), 3.0 * noise(rng)

    speed = define("speed", F(s), 3 * s, draws, args=[s], wrong={"other numbers": draws_more})
    fails(experiment("reseeds", "a", ">", "b", run=run, given=[speed]), "'other numbers' does not change the outcome")


def test_wrong_premises_of_an_experiment_that_is_run_together():
    def together(rngs, speed):
        return [race(rng, speed) for rng in rngs]

    def idle(rngs, speed):
        return [(speed(2.0) * 0 + 6.0 * noise(rng), 3.0 * noise(rng)) for rng in rngs]

    apart = passes(experiment("race", "a", ">", "b", run=race, given=[rates()]), "measured")
    record = passes(experiment("race", "a", ">", "b", run=together, together=True, given=[rates()]), "measured")
    assert record["premises"] == apart["premises"] and record["experiment"]["values"] == apart["experiment"]["values"]
    fails(experiment("idle", "a", ">", "b", run=idle, together=True, given=[rates()]), "does not change the outcome")


def test_the_predicted_number_is_tested():
    def stated(predicted, spread=0.03, relation=">"):
        def run(rng, speed):
            return speed(2.0) * float(np.exp(spread * rng.normal())), 3.0

        return experiment("race", "a", relation, "b", run=run, given=[rates()], seeds=8, predicted=predicted)

    record = passes(stated(2), "measured")
    assert "ratio 2 predicted" in record["experiment"]["predicted"]
    fails(stated(R(5, 2)), "the predicted ratio is refuted: ratio 2.5 predicted")
    fails(stated(R(3, 2)), "the predicted ratio is refuted")
    fails(stated(2, spread=0.3), "too coarse to test the predicted ratio")
    with pytest.raises(ClaimError, match="predicted=1/2 contradicts >"):
        stated(R(1, 2))
    with pytest.raises(ClaimError, match="predicted= is the ratio left/right, a positive number"):
        stated(-1)


def test_chance_of_a_prediction_is_as_designed():
    rng = np.random.default_rng(5)
    from claims.experiments import Design

    design = Design("chance", ">", 8, 1e-3, None, False, ())
    missed = 0
    for _ in range(2000):
        values = np.exp(np.stack([math.log(2) + 0.05 * rng.normal(size=8), np.zeros(8)], 1))
        mean = float(np.log(values[:, 0]).mean())
        missed += abs(mean - math.log(2)) > design.reach(values)
    assert missed <= 8


def test_an_experiment_whose_premise_has_no_code():
    words = define("bare", F(u), 2 * u)
    with pytest.raises(ClaimError, match="the premise 'bare' has no code, so the experiment cannot run it"):
        experiment(
            "mentioned",
            "a",
            ">",
            "b",
            run=lambda rng: (2.0, 1.0),
            given=[words],
            ablations={"none": lambda rng: (1.0, 1.0)},
        )
