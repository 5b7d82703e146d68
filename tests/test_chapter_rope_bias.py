"""The three functions that the chapter on RoPE and biases offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("rope_bias", "bias_profile", "window_bias", "window_share")
bias_profile, window_bias, window_share = (CODE[name] for name in ("bias_profile", "window_bias", "window_share"))


def by_matrices(a_q, a_k, base, t, layout):
    """The definition: turn the query bias by t with a matrix, multiply, divide by the root of the width."""
    d = len(a_q)
    turn = np.zeros((d, d))
    for i in range(d // 2):
        one, two = (i, i + d // 2) if layout == "half" else (2 * i, 2 * i + 1)
        c, s = math.cos(t * base ** (-2 * i / d)), math.sin(t * base ** (-2 * i / d))
        turn[one, one] = turn[two, two] = c
        turn[one, two], turn[two, one] = -s, s
    return (turn @ a_q) @ a_k / math.sqrt(d)


@pytest.mark.parametrize("layout", ["half", "interleaved"])
def test_profile_against_rotation_matrices(layout):
    rng = np.random.default_rng(0)
    a_q, a_k = rng.normal(size=(2, 10))
    g, height = bias_profile(a_q, a_k, 500.0, 40, layout=layout)
    np.testing.assert_allclose(g, [by_matrices(a_q, a_k, 500.0, t, layout) for t in range(40)], atol=1e-12)
    assert np.abs(g).max() <= height


@pytest.mark.parametrize(("package", "layout"), [("transformers", "half"), ("rotary-embedding-torch", "interleaved")])
def test_profile_against_two_packages(package, layout):
    a_q, a_k = 1.5 * np.sin(1 + 1.7 * np.arange(16)), 1.5 * np.cos(0.3 + 0.9 * np.arange(16))
    with open(DATA / "rope_bias_terms.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["package"] == package]
    assert len(rows) == 8
    g, _ = bias_profile(a_q, a_k, 1e4, 64, layout=layout)
    found = [g[int(row["distance"])] for row in rows]
    np.testing.assert_allclose(found, [float(row["score"]) for row in rows], atol=1e-5)


def test_many_heads_tensors_and_single_precision():
    a = torch.linspace(-1, 1, 24).reshape(3, 8)
    g, height = bias_profile(a, a.double(), 1e4, 5)
    assert g.shape == (3, 5) and height.shape == (3,) and g.dtype == np.float64
    one, top = bias_profile(a[1].numpy(), a[1].numpy(), 1e4, 5)
    np.testing.assert_allclose(g[1], one)
    assert height[1] == pytest.approx(top)
    big, _ = bias_profile(np.full(4, 1e30, np.float32), np.full(4, 1e30, np.float32), 1e4, 2)
    assert np.isfinite(big).all()


def test_long_profiles_are_made_in_parts():
    a = window_bias(4, 1e4)
    whole, _ = bias_profile(a, a, 1e4, 20_000)
    at = [0, 9_000, 19_999]
    np.testing.assert_allclose(whole[at], [by_matrices(a, a, 1e4, t, "half") for t in at], atol=1e-9)


@pytest.mark.parametrize(("d", "base", "alpha"), [(64, 1e4, 2.0), (128, 5e5, 1.5), (4, 10.0, 0.0)])
@pytest.mark.parametrize("layout", ["half", "interleaved"])
def test_the_start_has_the_height_that_was_asked_for(d, base, alpha, layout):
    a = window_bias(d, base, alpha, layout=layout)
    g, height = bias_profile(a, a, base, 3, layout=layout)
    assert a.shape == (d,)
    assert height == pytest.approx(alpha * math.log(base)) and g[0] == pytest.approx(height)


def test_the_numbers_of_the_page():
    assert window_bias(64, 1e4)[0] == pytest.approx(2.146, abs=1e-3)
    assert window_bias(128, 1e4)[0] == pytest.approx(1.804, abs=1e-3)
    for size, share in ((0.0, 0.0625), (1.0, 0.196), (2.0, 0.995)):
        a = np.r_[np.full(32, size), np.zeros(32)]
        g, height = bias_profile(a, a, 1e4, 8192)
        assert height == pytest.approx(4 * size**2)
        assert window_share(g, 512) == pytest.approx(share, abs=1e-3)


def test_share_of_rows_and_of_large_scores():
    g = np.array([[0.0, math.log(3)], [1000.0, 0.0]])
    np.testing.assert_allclose(window_share(g, 1), [0.25, 1.0])
    assert window_share(np.zeros(5), 5) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bias_profile(np.ones(3), np.ones(3), 1e4, 4), r"d even; found \(3,\) and \(3,\)"),
        (lambda: bias_profile(np.ones(4), np.ones(6), 1e4, 4), r"found \(4,\) and \(6,\)"),
        (lambda: bias_profile(1.0, 1.0, 1e4, 4), r"a_q: expected at least 1 axis; found shape \(\)"),
        (lambda: bias_profile([np.nan, 1], [1, 1], 1e4, 4), "a_q: expected finite numbers"),
        (lambda: bias_profile([1, 1], [1, np.inf], 1e4, 4), "a_k: expected finite numbers"),
        (lambda: bias_profile([1, 1], [1, 1], 1.0, 4), "base: expected a number above 1; found 1.0"),
        (lambda: bias_profile([1, 1], [1, 1], float("nan"), 4), "base: expected a number above 1"),
        (lambda: bias_profile([1, 1], [1, 1], 1e4, 0), "n: expected a whole number of at least 1; found 0"),
        (lambda: bias_profile([1, 1], [1, 1], 1e4, 2.5), "n: expected a whole number"),
        (lambda: bias_profile([1, 1], [1, 1], 1e4, 2, layout="split"), "half or interleaved; found 'split'"),
        (lambda: bias_profile(np.ones(0), np.ones(0), 1e4, 2), "d even; found"),
        (lambda: window_bias(5, 1e4), "d: expected an even number; found 5"),
        (lambda: window_bias(True, 1e4), "d: expected a whole number"),
        (lambda: window_bias(4, 1e4, -1.0), "alpha: expected a number of at least 0; found -1.0"),
        (lambda: window_bias(4, 1e4, "two"), "alpha: expected a number"),
        (lambda: window_share(np.zeros(4), 5), "window: expected at most 4, the number of distances; found 5"),
        (lambda: window_share(np.zeros(4), 0), "window: expected a whole number of at least 1; found 0"),
        (lambda: window_share(0.0, 1), "g: expected at least 1 axis"),
        (lambda: window_share([0.0, np.nan], 1), "g: expected finite numbers"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
