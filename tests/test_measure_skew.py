"""Means of skewed samples: true values are refuted at the nominal rate at most, or the samples are refused; wrong ones
are still seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from claims import LogMean, Mean, Ratio
from claims.measure.base import MeasurementError
from claims.measure.skew import DOMINATED, FEWEST, TRUSTED, skew_over_root, skew_threshold, trustworthy, unskewed

LAWS = {
    "normal": (lambda r, s: r.standard_normal(s), 0.0),
    "exponential": (lambda r, s: r.standard_exponential(s), 1.0),
    "chi-square": (lambda r, s: r.standard_normal(s) ** 2, 1.0),
    "log-normal": (lambda r, s: np.exp(r.standard_normal(s)), math.exp(0.5)),
    "e^2z": (lambda r, s: np.exp(2 * r.standard_normal(s)), math.exp(2)),
    "rare event": (lambda r, s: (r.random(s) < 0.01) * 1.0, 0.01),
}


def runs(law, n, count, seed=0):
    """Whether each of ``count`` means of n samples is trusted, and its corrected t: what Mean does, for many at
    once."""
    draw, mean = LAWS[law]
    x = draw(np.random.default_rng([seed, n]), (n, count))
    d = x - x.mean(0)
    squares = (d * d).sum(0)
    skew = skew_over_root(d)
    with np.errstate(all="ignore"):
        carried = (d**4).sum(0) / squares**2
        t = unskewed((x.mean(0) - mean) / np.sqrt(squares / (n * (n - 1))), skew, n)
    trusted = (squares > 1e-20) & (np.abs(skew) <= TRUSTED) & (carried <= max(DOMINATED, 5 / n))
    return trusted, np.where(trusted, np.abs(t), 0.0)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n, count", [(64, 30_000), (1000, 3_000), (20_000, 150)])
def test_true_means_are_refuted_at_three_times_the_nominal_rate_at_most(law, n, count):
    _, t = runs(law, n, count)
    for alpha in (1e-2, 1e-3, 1e-4):
        # more than this would have probability 1e-4 at three times the nominal rate
        assert np.sum(t > -special.stdtrit(n - 1, alpha / 2)) <= special.pdtrik(0.9999, 3 * alpha * count)


def test_normal_samples_are_trusted_and_lose_little_power():
    assert np.mean(runs("normal", 64, 4000)[0]) > 0.97 and np.all(runs("normal", 1000, 500)[0])
    for n, loss in ((64, 1.16), (200, 1.04), (1000, 1.01), (20_000, 1.0005)):
        assert skew_threshold(1e-6, n - 1, 0.0) < loss * -special.stdtrit(n - 1, 5e-7)


def test_the_vectorised_runs_are_what_mean_does():
    trusted, t = runs("exponential", 1000, 40)
    x = LAWS["exponential"][0](np.random.default_rng([0, 1000]), (1000, 40))
    for k in range(40):
        m = Mean(x[:, k])
        assert (not m.problem) == trusted[k]
        if trusted[k]:
            assert math.isclose(abs(float(m.deviations(1.0))), t[k], rel_tol=1e-9)


@pytest.mark.parametrize("q", [-0.1, -0.03, 0.0, 0.05, 0.1])
@pytest.mark.parametrize("n", [64, 1000])
def test_the_threshold_is_where_the_transformed_statistic_meets_student(q, n):
    limit = skew_threshold(1e-6, n - 1, q)
    heavy = -1 if q >= 0 else 1
    assert math.isclose(abs(float(unskewed(heavy * limit, q, n))), -special.stdtrit(n - 1, 5e-7), rel_tol=1e-9)


def weighted_alarms(n, alpha, count=40_000):
    """Rate of alarms for log-normal samples by importance sampling: normals shifted by one of several amounts."""
    rng, shifts = np.random.default_rng(5), np.array([0, -0.15, -0.3, -0.5, -0.75, 0.3, 0.6]) * 8 / math.sqrt(n)
    z = rng.standard_normal((n, count)) + shifts[rng.integers(len(shifts), size=count)]
    weight = 1 / np.mean(np.exp(z.sum(0) * shifts[:, None] - n * shifts[:, None] ** 2 / 2), axis=0)
    x = np.exp(z)
    d = x - x.mean(0)
    skew, squares = skew_over_root(d), (d * d).sum(0)
    t = unskewed((x.mean(0) - math.exp(0.5)) / np.sqrt(squares / (n * (n - 1))), skew, n)
    return float(np.mean(weight * ((np.abs(skew) <= TRUSTED) & (np.abs(t) > -special.stdtrit(n - 1, alpha / 2)))))


def test_one_in_a_million_holds_for_log_normal_samples():
    assert weighted_alarms(200, 1e-6) < 1e-5 and weighted_alarms(200, 1e-4) < 3e-4


@pytest.mark.parametrize("seed", range(20))
def test_a_mean_that_does_not_exist_is_refused(seed):
    rng = np.random.default_rng(seed)
    for n in (64, 2000, 20_000):
        assert Mean(np.exp(rng.normal(size=n) ** 2 / 2)).problem and Mean(rng.standard_cauchy(n)).problem
        with pytest.raises(MeasurementError, match="carries|too skewed"):
            Mean(np.exp(rng.normal(size=n) ** 2 / 2)).compare(4.0, 1e-6)


def test_what_to_do_is_said():
    rng = np.random.default_rng(3)
    assert "take at least 32" in trustworthy(rng.normal(size=FEWEST - 1))
    assert "LogMean" in trustworthy(np.exp(2 * rng.normal(size=2000))) and "use Exact" in trustworthy(np.ones(100))
    assert "use Exact" in trustworthy(np.stack([rng.normal(size=100), np.full(100, 0.3)], -1))
    wanted = trustworthy(rng.exponential(size=64))
    more = int(wanted.split("take about ")[1].split()[0])
    assert more > 200 and not trustworthy(rng.exponential(size=2 * more))


def test_a_wrong_premise_with_equal_samples_can_still_be_measured():
    m = Mean(np.zeros(100))
    assert m.value == 0 and m.error == 0 and m.problem


def test_wrong_means_of_skewed_samples_are_refuted():
    rng = np.random.default_rng(4)
    m = Mean(rng.exponential(size=4000))
    assert m.compare(1.0, 1e-6).ok and not m.compare(1.12, 1e-6).ok and not m.compare(0.88, 1e-6).ok
    g = LogMean(np.exp(2 * rng.normal(size=400)))
    assert g.compare(1.0, 1e-6).ok and not g.compare(math.exp(2), 1e-6).ok


def test_a_ratio_needs_a_denominator():
    rng = np.random.default_rng(6)
    with pytest.raises(MeasurementError, match="denominator is not away from 0"):
        Ratio(rng.normal(size=400), rng.normal(0.1, 1, 400)).compare(1.0, 1e-6)
    negative = Ratio(rng.normal(2, 1, 4000), rng.normal(-4, 1, 4000))
    assert (
        negative.compare(-0.5, 1e-6).ok
        and negative.compare(-0.4, 1e-6, "<=").ok
        and not negative.compare(-0.6, 1e-6, "<=").ok
    )


def test_complex_samples():
    rng = np.random.default_rng(7)
    z = rng.exponential(size=2000) * np.exp(0.3j)
    m = Mean(z)
    assert m.compare(np.exp(0.3j), 1e-6).ok and not m.compare(1.2 * np.exp(0.3j), 1e-6).ok
    assert np.abs(m.skew) > 0.03
