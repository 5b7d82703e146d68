"""The two functions that the chapter on length extrapolation offers to take away, as a reader would copy them, and
numbers of its page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("length_extrapolation", "position_bias", "flat_entropy")
position_bias, flat_entropy = CODE["position_bias"], CODE["flat_entropy"]


def entropy(bias):
    """By the definition, in extended precision, one term after the other."""
    weights = [math.exp(b) if b > -math.inf else 0.0 for b in np.asarray(bias, float) - np.max(bias)]
    total = math.fsum(weights)
    return -math.fsum(w / total * math.log(w / total) for w in weights if w)


CASES = [
    ("window", {"width": 7}, lambda t: 0.0 if t < 7 else -math.inf),
    ("alibi", {"slope": 0.25}, lambda t: -t / 4),
    ("kerple_log", {"r1": 1.5, "r2": 0.5}, lambda t: -1.5 * math.log(1 + t / 2)),
    ("sandwich", {"dim": 8, "factor": 0.3, "base": 100.0},
     lambda t: 0.3 * sum(math.cos(t * 100.0 ** (-i / 4)) for i in range(4))),
]


@pytest.mark.parametrize(("kind", "more", "expected"), CASES)
@pytest.mark.parametrize("n", [1, 5, 40])
def test_biases_and_entropies(kind, more, expected, n):
    bias = position_bias(kind, n, **more)
    assert bias.shape == (n,) and bias.dtype == np.float64
    np.testing.assert_allclose(bias, [expected(t) for t in range(n)], rtol=1e-12, atol=1e-12)
    assert flat_entropy(bias) == pytest.approx(entropy(bias), abs=1e-12)


def test_slopes_and_biases_of_the_packages():
    with open(DATA / "length_extrapolation_oracles.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["quantity"] == "bias"]
    assert len(rows) == 12
    for row in rows:
        slope = 2.0 ** -int(row["head"])
        assert position_bias("alibi", 12, slope=slope)[int(row["distance"])] == float(row["value"])


def test_numbers_of_the_page():
    for n in (512, 8192):
        assert flat_entropy(position_bias("alibi", n, slope=1 / 16)) == pytest.approx(3.7728, abs=1e-4)
        assert flat_entropy(position_bias("window", n, width=512)) == pytest.approx(math.log(512))
    assert flat_entropy(position_bias("sandwich", 8192, dim=64, factor=0.2)) == pytest.approx(8.11, abs=5e-3)
    assert flat_entropy(position_bias("kerple_log", 8192, r1=2, r2=1)) == pytest.approx(1.636, abs=1e-3)
    assert flat_entropy(np.zeros(8192)) == pytest.approx(math.log(8192))


def test_the_window_of_alibi():
    """No row with scores within the bound has more than the stated share beyond the width, and one comes close."""
    bound, slope, share = 2.0, 1 / 8, 0.01
    width = math.ceil((2 * bound + math.log(1 / share)) / slope)
    bias = position_bias("alibi", 1000, slope=slope)
    worst = np.exp(bias + np.where(np.arange(1000) < width, -bound, bound))
    found = worst[width:].sum() / worst.sum()
    assert 0.8 * share < found <= share


@pytest.mark.parametrize(
    ("kind", "n", "more", "message"),
    [
        ("rope", 8, {}, "kind: expected one of window, alibi, kerple_log, sandwich; found 'rope'"),
        ("alibi", 8, {}, "slope: expected a positive number for alibi; found None"),
        ("alibi", 8, {"slope": -1.0}, "found -1.0"),
        ("alibi", 8, {"slope": float("nan")}, "found nan"),
        ("alibi", 0, {"slope": 1.0}, "n: expected a positive number"),
        ("alibi", 2.5, {"slope": 1.0}, "n: expected a whole number; found 2.5"),
        ("alibi", True, {"slope": 1.0}, "n: expected a positive number"),
        ("window", 8, {"width": 2.5}, "width: expected a whole number; found 2.5"),
        ("kerple_log", 8, {"r1": 1.0}, "r2: expected a positive number for kerple_log; found None"),
        ("sandwich", 8, {"dim": 7, "factor": 1.0}, "dim: expected a whole number, even; found 7"),
        ("sandwich", 8, {"dim": 8, "factor": float("inf")}, "factor: expected a positive number"),
        ("sandwich", 8, {"dim": 8, "factor": 1.0, "base": 1.0}, "base: expected a number above 1; found 1.0"),
    ],
)
def test_wrong_arguments_are_named(kind, n, more, message):
    with pytest.raises(ValueError, match=message):
        position_bias(kind, n, **more)


@pytest.mark.parametrize(
    ("bias", "message"),
    [
        (3.0, "expected an array with one axis"),
        (np.zeros((2, 2)), r"found shape \(2, 2\)"),
        (np.zeros(0), r"found shape \(0,\)"),
        ([0.0, float("nan")], "expected finite numbers or minus infinity"),
        ([0.0, float("inf")], "expected finite numbers or minus infinity"),
        ([-float("inf")] * 2, "all tokens are masked"),
    ],
)
def test_no_entropy_of_nothing(bias, message):
    with pytest.raises(ValueError, match=message):
        flat_entropy(bias)


def test_extremes():
    assert flat_entropy([1e300, 1e300]) == pytest.approx(math.log(2))
    assert flat_entropy([0.0, -1e300]) == 0.0
    assert flat_entropy(np.float32([-3e38, 3e38])) == 0.0
    assert flat_entropy([-np.inf, 5.0, -np.inf]) == 0.0


def test_the_law_keeps_the_entropy():
    """Rows of independent normal scores, sharpened by the law from 1024 to 8192 tokens, keep it to 0.05 nats."""
    rng = np.random.default_rng(0)
    kept = math.log(1024) - 0.125
    factor = math.sqrt((math.log(8192) - kept) / (math.log(1024) - kept))
    found = np.mean([flat_entropy(0.5 * factor * rng.normal(size=8192)) for _ in range(60)])
    assert found == pytest.approx(kept, abs=0.05)
