"""No tolerance is wider than what a computation needs: not by a cast, not by a scale; and what a measurement would see
is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from claims import Argmin, Exact, Ladder, Law, LogMean, Mean, Paired, Quad, Ratio, Same, Solver, Var, random
from claims.measure.draws import integrated
from claims.measure.measurement import Measurement, MeasurementError, resolution


def tanh_integral(x):
    return math.log(math.cosh(x))


@pytest.mark.parametrize("scale", [1e10, 1e6, 1e4])
def test_a_scale_is_no_tolerance(scale):
    """x − ln 2 + e^{−2x} is 2 % off at x = 1, and 1e-9 off where e^{−4x}/2 is."""
    with pytest.raises(MeasurementError, match="more than 1000 times"):
        Exact(tanh_integral(1.0), scale=scale).compare(1 - math.log(2) + math.exp(-2), 1e-6)
    assert not Exact(tanh_integral(1.0), scale=1e3).compare(1 - math.log(2) + math.exp(-2), 1e-6).ok


def test_scales_that_occur_are_allowed():
    assert Exact(1e-17, scale=20).compare(0.0, 1e-6).ok and Exact([1e7], scale=1e9).compare([1e7], 1e-6).ok
    assert Exact(0.0, scale=4e3, at={"x": np.array([5.0])}).compare(0.0, 1e-6).ok
    n = 1000
    assert (
        Exact(2 / n**3, scale=2 / n).compare(2 / n**3, 1e-6).ok
        and not Exact(2 / n**3, scale=2 / n).compare(2.001 / n**3, 1e-6).ok
    )


def test_what_is_lost_in_rounding_is_not_measured():
    with pytest.raises(MeasurementError, match="would not see a relative error of 0.001"):
        Exact(2e-10, scale=1.0).compare(2e-10, 1e-6)
    with pytest.raises(MeasurementError, match="would not see"):
        Measurement(1.0, 0.02).compare(1.01, 1e-6)


def test_a_cast_is_no_tolerance():
    torch = pytest.importorskip("torch")
    for single in (
        np.float32(math.pi),
        np.array([math.pi], np.float32),
        torch.tensor([math.pi], dtype=torch.float64).float(),
    ):
        with pytest.raises(MeasurementError, match="the result is float32"):
            Exact(single).compare(math.pi, 1e-6)
    declared = Exact(np.float32(math.pi), precision="float32")
    assert declared.compare(math.pi, 1e-6).ok and not declared.compare(math.pi * (1 + 2e-4), 1e-6).ok
    assert declared.kind == "exact (float32)" and declared.resolution > 1e-5
    assert not Exact(np.float64(np.float32(math.pi))).compare(math.pi, 1e-6).ok
    with pytest.raises(MeasurementError, match="expected 'float64' or 'float32'"):
        Exact(1.0, precision="float16")


RNG = np.random.default_rng(0)
RESOLUTIONS = {
    "exact": (Exact(2.0), 9e-13),
    "exact zero": (Exact(0.0, scale=3.0), 9e-13),
    "mean": (Mean(RNG.normal(2, 1, 10_000)), 0.025),
    "mean zero": (Mean(RNG.normal(0, 5, 10_000)), 0.05),
    "log-mean": (LogMean(np.exp(RNG.normal(size=10_000))), 0.05),
    "paired zero": (Paired(RNG.normal(size=2500), RNG.normal(size=2500)), 0.1),
    "ratio": (Ratio(RNG.normal(4, 1, 10_000), RNG.normal(2, 1, 10_000)), 0.03),
    "law": (Law(RNG.uniform(size=10_000)), 0.027),
    "same": (Same(np.sin, np.sin, [1.0]), 9e-13),
    "quadrature": (Quad(lambda x: x * x, 0, 1), 1e-12),
    "odd integrand": (Quad(lambda x: x, -1, 1), 2e-12),
    "ladder": (Ladder(lambda n: 1 + 1 / n, [10, 20, 40, 80]), 1e-12),
    "solver": (Solver(lambda n: (1 - 1 / n) ** n, 400), 1e-6),
    "minimiser at 0": (Argmin(lambda x: x * x, [1.0]), 1e-6),
}


@pytest.mark.parametrize("name", RESOLUTIONS)
def test_every_measurement_knows_what_it_would_see(name):
    m, about = RESOLUTIONS[name]
    assert about / 10 < m.resolution < about * 10 or (about < 1e-5 and 0 < m.resolution < about * 10)


def test_a_candidate_off_by_twice_the_resolution_is_seen():
    for seed in range(20):
        m = Mean(np.random.default_rng(seed).normal(1, 1, 1000))
        assert not m.compare(1 + 2 * m.resolution, 1e-6).ok and not m.compare(1 - 2 * m.resolution, 1e-6).ok


def test_the_best_point_counts():
    few, many = Mean(RNG.normal(1, 1, 100)), Mean(RNG.normal(1, 1, 40_000))
    assert (
        resolution([few, many]) == pytest.approx(float(many.resolutions(5e-7)), rel=1e-12)
        and resolution([many]) == many.resolution
    )
    array = Mean(RNG.normal(1, 1, (1000, 2)) * [1, 100])
    assert array.resolutions().shape == (2,)


def test_a_mean_that_chance_has_moved_from_zero_is_no_size():
    """Two errors off 0, what is measured may be 0: the error is then seen beside 1, not beside that chance."""
    assert Measurement(0.02, 0.01, dof=31).resolution == Measurement(0.0, 0.01, dof=31).resolution < 0.1


def test_nodes_of_a_quadrature_reach_far_and_cancel_no_digits():
    """Their plain mean is not that of the law: the variance of a square lost four digits, on some processors five."""
    n, m = (random(sp.Symbol(name, real=True), mean=0, variance=sp.Rational(1, 2), law="normal") for name in "nm")
    variance = Var((n - m) ** 2)
    on = integrated([variance], {}, {}, {}, np.random.default_rng(0))
    assert float(on.value(variance).full) == pytest.approx(2, abs=1e-13)
