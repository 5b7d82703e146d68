"""The two functions that the RealFormer chapter offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("realformer", "accumulate_scores", "freezing_depth")
accumulate_scores, freezing_depth = CODE["accumulate_scores"], CODE["freezing_depth"]


def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def run(layers, mode="sum"):
    row = None
    for number, scores in enumerate(layers, 1):
        row = accumulate_scores(row, scores, number, mode=mode)
    return row


@pytest.mark.parametrize("make", [np.asarray, torch.from_numpy])
def test_sum_and_running_mean_of_arrays_and_tensors(make):
    layers = np.random.default_rng(0).normal(size=(7, 2, 3, 4))
    np.testing.assert_allclose(run(map(make, layers)), layers.sum(0), rtol=1e-12)
    np.testing.assert_allclose(run(map(make, layers), "mean"), layers.mean(0), rtol=1e-12)


def test_gradients_pass_with_coefficient_one():
    layers = [torch.ones(2, 3, requires_grad=True) for _ in range(3)]
    run(layers).sum().backward()
    assert all(torch.equal(layer.grad, torch.ones(2, 3)) for layer in layers)


def test_the_map_is_the_normalised_product_of_the_own_maps():
    layers = np.random.default_rng(1).normal(size=(5, 6, 8))
    product = np.prod(softmax(layers), 0)
    np.testing.assert_allclose(softmax(run(layers)), product / product.sum(-1, keepdims=True), rtol=1e-12)


def test_scores_of_x_transformers():
    """An encoder of four attention layers in Post-Norm order, with the weights of the table."""
    with open(DATA / "realformer_scores.csv", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    x, row, found = np.cos(0.3 + 0.9 * np.arange(40)).reshape(5, 8), None, []
    for layer in range(4):
        weights = [1.2 * np.sin(1 + 10 * layer + part + 1.7 * np.arange(64)).reshape(8, 8) / math.sqrt(8)
                   for part in range(4)]
        q, k, v = ((x @ w.T).reshape(5, 2, 4).swapaxes(0, 1) for w in weights[:3])
        row = accumulate_scores(row, q @ k.swapaxes(1, 2) / 2, layer + 1)
        found.append(row)
        x = x + (softmax(row) @ v).swapaxes(0, 1).reshape(5, 8) @ weights[3].T
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)
    expected = [float(line["score"]) for line in rows if line["rule"] == "sum"]
    np.testing.assert_allclose(np.ravel(found), expected, atol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((None, np.ones((2, 2)), 0), {}, "layer: expected a whole number of at least 1; found 0"),
        ((None, np.ones((2, 2)), 1.5), {}, "found 1.5"),
        ((None, np.ones((2, 2)), True), {}, "found True"),
        ((None, np.ones((2, 2)), float("nan")), {}, "layer: expected a whole number"),
        ((None, np.ones((2, 2)), 1), {"mode": "product"}, "mode: expected sum or mean; found 'product'"),
        ((None, np.ones((2, 2)), 2), {}, "previous: expected None in layer 1 and only there; found layer 2"),
        ((np.ones((2, 2)), np.ones((2, 2)), 1), {}, "previous: expected None in layer 1"),
        ((np.ones((2, 3)), np.ones((2, 2)), 2), {}, r"previous: expected shape \(2, 2\); found \(2, 3\)"),
        ((None, 3.0, 1), {}, "scores: expected an array"),
        ((None, np.array([[0.0, -np.inf]]), 1), {}, "add the mask behind the sum"),
        ((None, np.array([[0.0, np.nan]]), 1), {}, "scores: expected finite numbers"),
        ((np.full((1, 2), 3e38, np.float32), np.full((1, 2), 3e38, np.float32), 2), {}, "not finite"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_wrong_arguments_are_named(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        accumulate_scores(*arguments, **options)


def test_single_precision_stays_and_extremes_are_kept():
    large = np.full((1, 3), 1e38, np.float32)
    found = accumulate_scores(large, -large, 2)
    assert found.dtype == np.float32 and not found.any()
    assert accumulate_scores(large, large, 2, mode="mean").dtype == np.float32


@pytest.mark.parametrize(
    ("n", "sigma2", "depth"), [(512, 1.0, 12.4766), (512, 0.0565, 220.8), (128, 0.5, 19.408), (1, 2.0, 0.0)]
)
def test_the_freezing_depth(n, sigma2, depth):
    assert freezing_depth(n, sigma2) == pytest.approx(depth, rel=1e-3)


@pytest.mark.parametrize(("n", "sigma2"), [(0, 1), (float("nan"), 1), (float("inf"), 1), (5, 0), (5, float("nan"))])
def test_no_depth_without_keys_or_variance(n, sigma2):
    with pytest.raises(ValueError, match="expected"):
        freezing_depth(n, sigma2)


def test_half_a_nat_per_unit_of_variance():
    rows = np.random.default_rng(2).normal(size=(2, 400, 4096))
    for layers in (1, 2):
        p = softmax(run(rows[:layers]))
        assert -(p * np.log(p)).sum(-1).mean() == pytest.approx(math.log(4096) - layers / 2, abs=0.02)
