"""refute, erratum, counterexample and experiment: each with what it must accept and a near miss that it must not."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from claims import ClaimError, claim, counterexample, define, erratum, experiment, refute, sequence, session
from claims.design import Design
from engine_walk import EVIDENCE, LEFT, TRUTH, s, t

pytestmark = pytest.mark.usefixtures("notebook")
x, y = sp.symbols("x y", real=True)
A, B = sp.Function("A"), sequence("b")


# ---------------------------------------------------------------- refute


def test_attack_shows_how_proof_and_trial_refute(step):
    good = claim("walk", LEFT, "=", TRUTH, given=[step], **EVIDENCE)
    shown = repr(refute(good, 1 - t * s**2))
    assert shown.startswith(
        "refuted: x(t) = -s**2*t + 1") and "proof, one step: residual" in shown
    assert "trial, at t = 5, s = 3: predicted -44, measured 46" in shown
    assert "✖ refuted" in refute(good, 1 + t * s)._repr_mimebundle_()["text/html"]
    assert good.record["verdict"] == "proved" and len(session.records()) == 2


@pytest.mark.parametrize("same", [TRUTH, s**2 * (t + 1 / s**2), (1 + t * s**2) * (sp.sin(s) ** 2 + sp.cos(s) ** 2)])
def test_attack_with_the_same_formula_is_an_error(step, same):
    good = claim("walk", LEFT, "=", TRUTH, given=[step], **EVIDENCE)
    with pytest.raises(ClaimError, match="neither proof nor trial refutes"):
        refute(good, same)


# ---------------------------------------------------------------- erratum


def mistake(step, printed, corrected=TRUTH, **change):
    return erratum("walk-erratum", LEFT, "=", place="eq. 3", printed=printed, corrected=corrected, source="someone2020",
                   why="a square was lost", given=[step], **(EVIDENCE | change)).record


def test_erratum(step):
    record = mistake(step, 1 + t * s)
    assert (record["verdict"], record["badge"], record["failures"]) == ("proved", "erratum", [])
    shown = record["erratum"]
    assert (shown["printed"], shown["corrected"]) == ("s t + 1",
                                                      "s^{2} t + 1") and shown["point"] == {
                                                          "t": "5",
                                                          "s": "3"}
    assert shown["measured"] == 46.0 and shown["predicted"] == 16.0
    assert "residual" in shown["residual"] and "(refuted)" in record["statement"]


def test_erratum_shows_the_witness_that_the_author_chose(step):
    record = mistake(step, 1 + t * s, witness={t: 2, s: 2})
    assert record["erratum"]["point"] == {"t": "2",
                                          "s": "2"}
    assert record["erratum"]["measured"] == 9.0 and record["erratum"]["predicted"] == 5.0


def test_erratum_that_is_none(step):
    record = mistake(step, s**2 * t + 1)
    assert record["verdict"] == "undecided" and any("does not refute the printed formula" in f
                                                    for f in record["failures"])


def test_witness_at_which_the_printed_formula_holds(step):
    record = mistake(step, 1 + t * s, witness={t: 2, s: 1})
    assert record["verdict"] == "undecided"
    assert "the trial does not refute the printed formula at the witness" in record["failures"]


def test_erratum_with_a_wrong_correction(step):
    assert mistake(step, 1 + t * s, corrected=1 + t * s**3)["verdict"] == "refuted"


def test_a_printed_formula_without_a_value_is_refuted_by_a_finite_one_only(step):
    """Γ(4 − t) has a pole at t = 5."""
    record = mistake(step, 1 + t * s * sp.gamma(4 - t))
    assert record["failures"] == [] and record["erratum"]["point"]["t"] == "2"
    record = mistake(step, 1 + t * s * sp.gamma(2 - t), proof=None, unproved="the trial alone")
    assert record["verdict"] == "undecided" and any("only has no value somewhere" in f for f in record["failures"])


def test_an_erratum_says_where_it_is_printed(step):
    with pytest.raises(ClaimError, match="say with place= where in 'someone2020' it is printed"):
        erratum("walk-erratum", LEFT, "=", printed=1 + t * s, corrected=TRUTH, source="someone2020", why="a square",
                given=[step], **EVIDENCE)


def test_a_formula_that_cannot_be_compared_is_not_refuted(step):
    z = sp.Symbol("z", positive=True)
    record = mistake(step, 1 + t * s * z, proof=None, unproved="the trial alone")
    assert record["verdict"] == "undecided" and ("could not be compared with the printed formula: s*t*z + 1 cannot be "
                                                "run on these samples: z has no value") in record["failures"][0]
    good = claim("walk", LEFT, "=", TRUTH, given=[step], **EVIDENCE)
    with pytest.raises(ClaimError, match="z has no value: samples hold"):
        refute(good, TRUTH * z)


# ---------------------------------------------------------------- counterexample


def sums():
    return define("absolute", A(x, y), sp.Abs(x + y), lambda x, y: abs(x + y), args=[x, y],
                  wrong={"difference": lambda x, y: abs(x - y)})


def additive(domain, right=sp.Abs(x) + sp.Abs(y), left=A(x, y), instead=sp.Abs(x + y), **change):
    return counterexample("additive", left, "=", right, instead=instead, given=[sums()], domain=domain, **change).record


def test_counterexample_shows_the_first_point_that_refutes():
    record = additive([{x: 1, y: 1}, {x: 1, y: -1}, {x: 3, y: -5}, {x: -3, y: 4}])
    assert record["verdict"] == "measured" and record["trial"]["point"] == {
        "x": "1", "y": "-1"} and (record["trial"]["predicted"], record["trial"]["measured"]) == (2.0, 0.0)
    assert r"\ne" in record["statement"] and record["badge"] == "counterexample" and record["summary"].startswith(
        "refuted at the smallest witness")


def test_a_statement_that_holds_is_no_counterexample():
    assert "it is no counterexample" in additive([{x: 1, y: 1}, {x: 3, y: 5}])["failures"][0]
    assert additive([{x: 1, y: -1}], right=sp.Abs(x + y))["verdict"] == "undecided"


def test_a_counterexample_that_does_not_measure_its_premise():
    record = additive([{t: 2, s: 1}, {t: 3, s: 5}], left=B(t), right=1 + t * s, instead=1 + t,
                      trial=lambda rng, f, t, s: (f(t, s), {"b_t": 1 + t})[1])
    assert record["verdict"] == "undecided" and any("does not move the measurement" in f for f in record["failures"])


def test_a_counterexample_to_a_bound():
    record = counterexample("reverse-triangle", A(x, y), ">=", sp.Abs(x) + sp.Abs(y), given=[sums()],
                            instead=("<=", sp.Abs(x) + sp.Abs(y)), domain=[{x: 1, y: 1}, {x: 2, y: -1}]).record
    assert record["verdict"] == "measured" and record["trial"]["point"] == {
        "x": "2", "y": "-1"} and r"\not\ge" in record["statement"]


def test_the_proof_of_a_counterexample_must_refute():
    bound = ("<=", sp.Abs(x) + sp.Abs(y))
    good = additive([{x: 1, y: -1}], instead=bound,
                    proof=lambda rhs, sums: {"at 1, −1": (sums - rhs).subs({x: 1, y: -1})})
    assert good["verdict"] == "proved" and good["proof"]["verdict"] == "refuted"
    blind = additive([{x: 1, y: -1}], instead=bound,
                     proof=lambda rhs, sums: {"at 1, 1": (sums - rhs).subs({x: 1, y: 1})})
    assert blind["verdict"] == "undecided" and "the proof's residuals do not refute the statement" in blind["failures"]


# ---------------------------------------------------------------- experiment


def race(gap, spread=0.05):
    def run(rng):
        noise = np.exp(spread * rng.normal(size=2))
        return gap * noise[0], noise[1]
    return run


SAME_CAR = {"the same car twice": race(1.0)}


def test_an_effect_is_found_and_its_direction_matters():
    found = experiment("race", "a", ">", "b", run=race(2.0), seeds=6, ablations=SAME_CAR)
    assert (found.record["verdict"], found.record["badge"]) == ("measured",
                                                                "experiment") and found.values.shape == (6, 2)
    assert "paired t" in found.record["experiment"]["test"] and "±" in found.table()
    back = experiment("race-back", "a", "<", "b", run=race(2.0), seeds=6, ablations=SAME_CAR)
    none = experiment("race-none", "a", ">", "b", run=race(1.0), seeds=6, ablations=SAME_CAR)
    assert back.record["verdict"] == none.record["verdict"] == "undecided"


def test_false_alarms_of_an_experiment_are_as_designed():
    """Without an effect, at the level 0.1 (an experiment of a chapter takes at most 1e-3), of 200 designs some 20 see
    one (binomial, 8 … 35 at 1e-3)."""
    designs = [Design(f"null-{i}", ">", 5, 0.1, None, False, []) for i in range(200)]
    seen = sum(d.shows(d.collect(race(1.0, 0.3), []))[0] for d in designs)
    assert 8 <= seen <= 35
    with pytest.raises(ClaimError, match="alpha=0.1 is too large a false-alarm rate"):
        experiment("null", "a", ">", "b", run=race(1.0), alpha=0.1, ablations=SAME_CAR)


@pytest.mark.parametrize("gap, verdict", [(1.31, "undecided"), (1.6, "measured")])
def test_an_effect_that_other_seeds_would_miss_is_no_effect(gap, verdict):
    steps = iter((-1, -0.5, 0, 0.5, 1))

    def run(rng):
        return gap * np.exp(0.1 * next(steps) + 1e-9 * rng.normal()), 1.0

    record = experiment("power", "a", ">", "b", run=run, ablations=SAME_CAR).record
    assert record["verdict"] == verdict and (
        "underpowered: other seeds would show" in str(record["failures"])) == (verdict == "undecided")
    assert "the effect is not there" not in str(record["failures"])


def test_trained_together_or_one_by_one():
    apart = experiment("crew", "a", ">", "b", run=race(2.0), ablations={"slow": race(1.0)})
    both = experiment("crew", "a", ">", "b", run=lambda rngs: [race(2.0)(rng) for rng in rngs],
                      ablations={"slow": lambda rngs: [race(1.0)(rng) for rng in rngs]}, together=True)
    assert np.array_equal(apart.values, both.values) and apart.record["experiment"] == both.record["experiment"]
    short = experiment("crew-short", "a", ">", "b", run=lambda rngs: [race(2.0)(rngs[0])], together=True,
                       ablations=SAME_CAR)
    assert "two finite positive numbers a seed" in short.record["failures"][0]


def test_an_ablation_that_shows_the_effect_spoils_it():
    fine = experiment("cause", "a", ">", "b", run=race(2.0), seeds=6, ablations={"without the cause": race(1.0)})
    assert fine.record["verdict"] == "measured" and "without the cause" in fine.record["experiment"]["ablations"]
    other = experiment("no-cause", "a", ">", "b", run=race(2.0), seeds=6, ablations={"without the cause": race(1.9)})
    assert other.record["verdict"] == "undecided" and "shows the effect as well" in other.record["failures"][0]


def test_no_effect_needs_narrow_evidence():
    def verdict(gap, spread):
        return experiment("level", "a", "≈", "b", run=race(gap, spread), within=0.1,
                          ablations={"a faster car": race(2.0, 0.01)}).record["verdict"]

    assert [verdict(1.0, 0.01), verdict(1.3, 0.01), verdict(1.0, 0.5)] == ["measured", "undecided", "undecided"]
    blind = experiment("level-blind", "a", "≈", "b", run=race(1.0, 0.01), within=0.1,
                       ablations={"with the cause": race(1.0, 0.01)})
    assert "could not have seen one" in blind.record["failures"][0]
    assert experiment("level-seen", "a", "≈", "b", run=race(1.0, 0.01), within=0.1,
                      ablations={"with the cause": race(2.0, 0.01)}).record["verdict"] == "measured"


@pytest.mark.parametrize("run, why",
                         [(lambda rng: (float("nan"), rng.uniform()), "two finite positive numbers"),
                          (lambda rng: (-1.0, rng.uniform()), "two finite positive numbers"),
                                      (lambda rng: 1.0, "TypeError"),
                                      (lambda rng: (1.0, 2.0, rng.uniform()), "two finite positive numbers"),
                                      (lambda rng: 1 / 0, "ZeroDivisionError")])
def test_an_experiment_without_two_positive_numbers_fails(run, why):
    record = experiment("bad", "a", ">", "b", run=run, ablations=SAME_CAR).record
    assert record["verdict"] == "undecided" and any(why in f for f in record["failures"])


def test_wrong_calls_of_an_experiment():
    for change, why in (({"seeds": 2}, "at least 3 seeds"), ({"within": 0.1}, "found '>' with within")):
        with pytest.raises(ClaimError, match=why):
            experiment("bad", "a", ">", "b", run=race(2.0), **change)
    with pytest.raises(ClaimError, match="or ≈ with within="):
        experiment("bad", "a", "≈", "b", run=race(2.0))


@pytest.mark.parametrize("label", ["Walk", "walk 2", "walk_2", "-walk", "", None, "walk--2"])
def test_labels(label):
    with pytest.raises(ClaimError, match="lower-case words joined by hyphens"):
        define(label, sp.Symbol("q"), s)


def test_an_erratum_proved_at_instances_says_so(step):
    plain = erratum("walk", LEFT, "=", place="eq. 3", printed=1 + t * s, corrected=TRUTH, source="a paper",
                    why="root forgotten", given=[step], **EVIDENCE)
    scoped = erratum("walk-scoped", LEFT, "=", place="eq. 3", printed=1 + t * s, corrected=TRUTH, source="a paper",
                     why="root forgotten", given=[step], scope="t ≤ 4", **EVIDENCE)
    assert (plain.record["verdict"], scoped.record["verdict"], scoped.record["badge"],
            scoped.record["scope"]) == ("proved", "proved at instances", "erratum", "t ≤ 4")
