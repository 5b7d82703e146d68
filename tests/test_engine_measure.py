"""Calibration of measurements: true values pass at the designed rate of false alarms, wrong values are refuted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from claims import Argmin, Exact, Ladder, Law, LogMean, Mean, Paired, Quad, Ratio, Rounding, Same, Solver
from claims.measure.measurement import MeasurementError

ALPHA, RUNS = 0.05, 600
# with 600 runs a true rate of 0.05 gives 30 alarms; outside 12 … 52 with probability 1e-4
LOW, HIGH = int(stats.binom.ppf(5e-5, RUNS, ALPHA)), int(stats.binom.ppf(1 - 5e-5, RUNS, ALPHA))


def generators():
    return [np.random.default_rng([7, i]) for i in range(RUNS)]


STOCHASTIC = {
    "mean of 400 normals": (lambda r: Mean(r.normal(2, 3, 400)), 2.0, True),
    "mean of 200 uniforms": (lambda r: Mean(r.uniform(size=200)), 0.5, True),
    "vector of means": (lambda r: Mean(r.normal(size=(300, 4)) + np.arange(4)), np.arange(4.0), False),
    "complex mean": (lambda r: Mean(r.normal(size=300) + 1j * r.normal(size=300)), 0.0, False),
    "log-mean of log-normals": (lambda r: LogMean(np.exp(r.normal(0.7, 2, 400))), math.exp(0.7), True),
    "paired means": (lambda r: (lambda z: Paired(z + r.normal(1, 0.1, 300), z))(r.normal(0, 50, 300)), 1.0, True),
    "ratio of means": (lambda r: (lambda b: Ratio(3 * b + r.normal(size=400), b))(r.uniform(1, 2, 400)), 3.0, True),
    "ratio of skewed means": (lambda r: Ratio(r.exponential(2, 2000), r.exponential(1, 2000)), 2.0, True),
    "law": (lambda r: Law(r.normal(size=200)), None, True),
}


def predicted(measurement, value):
    return special.ndtr(measurement.at["x"]) if value is None else value


@pytest.mark.parametrize("name", STOCHASTIC)
def test_false_alarms_on_true_values_are_as_designed(name):
    make, value, sharp = STOCHASTIC[name]
    alarms = sum(not (m := make(r)).compare(predicted(m, value), ALPHA).ok for r in generators())
    assert alarms <= HIGH
    # where the test is exact, it is not merely blunt
    assert alarms >= LOW or not sharp


@pytest.mark.parametrize("name", STOCHASTIC)
def test_no_alarm_at_the_rate_of_the_book(name):
    make, value, _ = STOCHASTIC[name]
    assert all((m := make(r)).compare(predicted(m, value), 1e-6).ok for r in generators())


@pytest.mark.parametrize("name, wrong",
                         [("mean of 200 uniforms", 0.7), ("vector of means", np.array([0, 1, 2, 9.0])),
                          ("log-mean of log-normals", 50.0), ("paired means", 1.3), ("ratio of means", 4.0),
                                         ("ratio of skewed means", 3.0)])
def test_wrong_values_are_refuted(name, wrong):
    make, _, _ = STOCHASTIC[name]
    assert not any(make(r).compare(wrong, 1e-6).ok for r in generators()[:50])


def test_a_wrong_law_is_refuted():
    m = Law(np.random.default_rng(0).normal(size=3000))
    assert not m.compare(special.ndtr(m.at["x"] / 1.2),
                         1e-6).ok and not m.compare(special.ndtr(m.at["x"] + 0.2), 1e-6).ok
    assert m.size == 1


def test_few_samples_mean_wide_thresholds():
    """Student, not normal: with 3 samples the threshold at 1e-6 is in the hundreds."""
    assert Mean(np.array([1.0, 2.0,
                          3.0])).threshold(1e-6) > 900 and 4.8 < Mean(np.arange(10_000.0)).threshold(1e-6) < 4.95


def test_many_comparisons_raise_the_threshold():
    many, one = Mean(np.random.default_rng(1).normal(size=(500, 400))), Mean(np.random.default_rng(1).normal(size=500))
    assert many.compare(0.0, 1e-3).threshold > one.compare(0.0, 1e-3).threshold
    assert many.compare(0.0, 1e-3).ok and many.size == 400


def test_one_sided_relations():
    m = Mean(np.random.default_rng(2).normal(1.0, 1.0, 4000))
    assert m.compare(2.0, 1e-6, "<=").ok and not m.compare(0.5, 1e-6, "<=").ok
    assert m.compare(0.5, 1e-6, ">=").ok and not m.compare(2.0, 1e-6, ">=").ok
    assert m.compare(1.0, 1e-6, "<=").ok and m.compare(1.0, 1e-6, ">=").ok


EXACT = [(math.pi, math.pi), (np.array([1e-300, 1e300]), np.array([1e-300, 1e300])), (0.1 + 0.2, 0.3), (1 + 2j, 1 + 2j),
         (7, 7), (np.array([[1, 2], [3, 4]]), np.array([[1.0, 2], [3, 4]]))]


@pytest.mark.parametrize("got, want", EXACT)
def test_exact(got, want):
    assert Exact(got).compare(want, 1e-6).ok
    assert not Exact(got).compare(np.asarray(want) * (1 + 1e-10), 1e-6).ok


def test_exact_knows_cancellation():
    cancelled = (1e2 + 1e-7) - 1e2
    assert not Exact(cancelled).compare(1e-7, 1e-6).ok and Exact(cancelled, scale=1e2).compare(1e-7, 1e-6).ok
    assert not Exact(cancelled, scale=1e2).compare(2e-7, 1e-6).ok


def test_quad():
    assert Quad(lambda x: math.exp(-x * x), -math.inf, math.inf).compare(math.sqrt(math.pi), 1e-6).ok
    assert not Quad(lambda x: math.exp(-x * x), -math.inf, math.inf).compare(math.sqrt(math.pi) * (1 + 1e-6), 1e-6).ok
    assert Quad(lambda x: np.exp(1j * x), 0, 1).compare((np.exp(1j) - 1) / 1j, 1e-6).ok
    assert Quad(lambda x: abs(x - 0.3), 0, 1, points=[0.3]).compare(0.29, 1e-6).ok
    assert Quad(lambda x: 1 / math.sqrt(x) if x else 0.0, 0, 1).compare(2.0, 1e-6).ok


@pytest.mark.parametrize("J, starts, where", [
    (lambda x: (x - 2) ** 2 + 3, [0.0, 5.0], 2.0),
    (lambda x: (x[0] - 1) ** 2 + 10 * (x[1] + 2) ** 2, [np.zeros(2), np.ones(2)], np.array([1.0, -2.0])),
    (lambda x: math.cosh(x - 0.5), [3.0, -3.0], 0.5),
    (lambda x: (x[0] * x[0] - 1) ** 2 + (x[0] - 1) ** 2, [np.array([2.0]), np.array([0.5])], np.array([1.0])),
])
def test_argmin(J, starts, where):
    m = Argmin(J, starts)
    assert m.compare(where, 1e-6).ok and not m.compare(np.asarray(where) + 1e-3, 1e-6).ok


def test_argmin_of_a_maximum_is_refused():
    with pytest.raises(MeasurementError, match="no minimum"):
        Argmin(lambda x: -1.0, [0.0])


def test_ladder():
    e = Ladder(lambda n: (1 + 1 / n) ** n, [1000, 2000, 4000, 8000])
    assert abs(e.observed - 1) < 0.01 and e.compare(math.e, 1e-6).ok and not e.compare(math.e + 1e-4, 1e-6).ok
    assert Ladder(lambda n: math.pi + 3 / n**2, [10, 20, 40, 80], order=2).compare(math.pi, 1e-6).ok
    with pytest.raises(MeasurementError, match="pre-asymptotic ladder: observed order"):
        Ladder(lambda n: 1 / math.log(n), [10, 20, 40, 80])
    with pytest.raises(MeasurementError, match="pre-asymptotic"):
        Ladder(lambda n: 1 + n ** -0.5, [10, 20, 40, 80])
    with pytest.raises(MeasurementError, match="at least 4 rungs"):
        Ladder(lambda n: 1 / n, [1, 2, 4])


def euler(n):
    """x' = −x, x(0) = 1 at time 1, n steps of Euler."""
    return (1 - 1 / n) ** n


def test_solver():
    assert Solver(euler, 200).compare(math.exp(-1),
                                      1e-6).ok and not Solver(euler, 200).compare(math.exp(-1) + 1e-3, 1e-6).ok

    def midpoint(n):
        x = np.array([1.0, 0.0])
        for _ in range(n):
            mid = x + 0.5 / n * np.array([x[1], -x[0]])
            x = x + 1.0 / n * np.array([mid[1], -mid[0]])
        return x

    m = Solver(midpoint, 50, order=2)
    assert m.compare([math.cos(1), -math.sin(1)], 1e-6).ok and not m.compare([math.cos(1), math.sin(1)], 1e-6).ok


def test_same():
    inputs = [np.random.default_rng(i).normal(size=5) for i in range(4)]
    assert Same(lambda v: v @ v, lambda v: (v * v).sum(), inputs).compare(0.0, 1e-6).ok
    assert not Same(lambda v: v @ v, lambda v: (v * v).sum() * (1 + 1e-9), inputs).compare(0.0, 1e-6).ok
    assert Same(lambda a, b: a * b, lambda a, b: b * a, [(2.0, 3.0)]).size == 1
    with pytest.raises(MeasurementError, match="return shapes"):
        Same(lambda v: v, lambda v: v[:2], inputs)


def test_rounding():
    pytest.importorskip("torch")
    m = Rounding(lambda x: x, [1.0, 1 + 2**-9], "bfloat16")
    assert m.compare([0.0, -(2**-9)], 1e-6).ok and not m.compare([0.0, 0.0], 1e-6).ok


@pytest.mark.parametrize("make, why", [
    (lambda: Mean([1.0, 2.0]), "at least 3 samples"), (lambda: Mean([1.0, np.nan, 2.0]), "NaN or infinity"),
    (lambda: LogMean([1.0, -1.0, 2.0]), "positive samples"),
    (lambda: Ratio(np.ones(3), np.ones(3)), "at least 8 pairs"),
    (lambda: Ratio(np.ones(8), np.ones(9)), "of the same shape"), (lambda: Law(np.ones(5)), "at least 20 samples"),
    (lambda: Exact("one"), "expected numbers"), (lambda: Exact([None]), "expected numbers"),
    (lambda: Exact(np.array([])), "zero samples"), (lambda: Exact(math.inf), "NaN or infinity"),
])
def test_what_is_no_measurement_says_so(make, why):
    with pytest.raises(MeasurementError, match=why):
        make()


@pytest.mark.parametrize("candidate, why",
                         [(np.nan, "NaN or infinite"), (np.inf, "NaN or infinite"), (np.ones(3), "has shape")])
def test_what_is_no_candidate_says_so(candidate, why):
    with pytest.raises(MeasurementError, match=why):
        Exact(np.ones(2)).compare(candidate, 1e-6)
