"""Integrals miss no narrow peaks; minimisers are global."""

from __future__ import annotations

import math

import numpy as np
import pytest

from claims import Argmin, Quad
from claims.measure.measurement import MeasurementError


def bump(x, m, s):
    return np.exp(-(((x - m) / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("s", [1e-3, 5e-4, 1e-2, 0.1])
@pytest.mark.parametrize("at", [30.0, -3.3, 77.7])
def test_a_narrow_peak_is_not_missed(s, at):
    """Either the integral is right, or the measurement is refused; never half of it."""
    m = Quad(lambda x: 0.5 * bump(x, 0, 1) + 0.5 * bump(x, at, s), -np.inf, np.inf)
    try:
        assert m.compare(1.0, 1e-6).ok
    except MeasurementError as why:
        assert "two rules disagree" in str(why)


@pytest.mark.parametrize("s", [1e-2, 1e-3])
def test_narrow_peaks_of_an_integrand_of_numbers(s):
    def f(x):
        return 0.5 * math.exp(-min(x * x / 2, 700)) / math.sqrt(2 * math.pi) + 0.5 * math.exp(
            -min(((x - 30) / s) ** 2 / 2, 700)
        ) / (s * math.sqrt(2 * math.pi))

    with pytest.raises(MeasurementError, match="two rules disagree"):
        Quad(f, -math.inf, math.inf).compare(0.5, 1e-6)


@pytest.mark.parametrize(
    "f, a, b, value",
    [
        (lambda x: math.exp(-x), 0, math.inf, 1.0),
        (lambda x: math.exp(x), -math.inf, 0, 1.0),
        (lambda x: bump(x, 0.3, 1e-4), 0, 1, 1.0),
        (lambda x: math.log(x), 0, 1, -1.0),
        (lambda x: x**-0.5, 0, 1, 2.0),
        (lambda x: 1 / (1 + x * x), -math.inf, math.inf, math.pi),
        (lambda x: math.cos(40 * x), 0, 1, math.sin(40) / 40),
        (lambda x: abs(x - 0.3), 0, 1, 0.29),
        (lambda x: math.exp(-((x - 500) ** 2)), -math.inf, math.inf, math.sqrt(math.pi)),
        (lambda x: 0.0, 0, 1, 0.0),
        (lambda x: x**3, -1, 1, 0.0),
        (lambda x: np.exp(-x * x + 3j * x), -math.inf, math.inf, math.sqrt(math.pi) * math.exp(-9 / 4)),
    ],
)
def test_ordinary_integrals(f, a, b, value):
    try:
        assert Quad(f, a, b).compare(value, 1e-6).ok
    except MeasurementError as why:
        assert "two rules disagree" in str(why) and value in (1.0, 0.29, math.sqrt(math.pi))


def test_the_lowest_minimum_counts():
    def wells(x):
        return (x * x - 1) ** 2 + 0.1 * x

    with pytest.raises(MeasurementError, match="the objective is lower elsewhere"):
        Argmin(wells, [1.0]).compare(0.987, 1e-6)
    low = min(np.roots([4, 0, -4, 0.1]).real, key=wells)
    assert Argmin(wells, [1.0, -1.0]).compare(low, 1e-6).ok
    with pytest.raises(MeasurementError, match="lower elsewhere"):
        Argmin(lambda x: (x[0] ** 2 - 1) ** 2 + 0.3 * x[0] + x[1] ** 2, [np.array([1.0, 0.5])]).compare(
            [0.96, 0.0], 1e-6
        )


def test_a_local_minimum_is_not_the_minimum():
    assert "lower elsewhere" in Argmin(lambda x: x**3 - 3 * x, [1.0]).problem
    assert not Argmin(math.cos, [3.0]).problem  # all its minima are equally low


def test_objectives_with_a_domain():
    assert Argmin(lambda v: math.log(v) + 2 / v if v > 0 else math.inf, [0.5, 5.0]).compare(2.0, 1e-6).ok
    assert Argmin(lambda v: math.log(abs(v)) + 2 / abs(v) if v else math.inf, [1.0]).compare(2.0, 1e-6).ok
    with pytest.raises(MeasurementError, match="no minimum"):
        Argmin(lambda v: math.inf, [1.0])
