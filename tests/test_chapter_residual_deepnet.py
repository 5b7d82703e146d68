"""The functions that the chapter on residual connections offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("residual_deepnet", "gradient_push", "deepnorm_constants")
gradient_push, deepnorm_constants = CODE["gradient_push"], CODE["deepnorm_constants"]


def stored(start):
    with open(DATA / "residual_deepnet_oracles.csv", encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["what"].startswith(start)]


def leaky(z):
    return torch.where(z > 0, math.sqrt(1.6) * z, math.sqrt(0.4) * z)


def output(weights, a, b):
    """u · x_3 of the network that data/residual_deepnet.md describes."""
    x, u = torch.tensor([1.0, -1, 1, -1]).double(), torch.tensor([1.0, 1, -1, 1]).double()
    for layer in weights:
        x = a * x + b * (layer @ leaky(x))
    return u @ x


@pytest.mark.parametrize("kind, a, b", [("plain", 0.0, 1.0), ("residual", 1.0, 0.5)])
def test_the_push_is_that_of_torch(kind, a, b):
    i = torch.arange(1, 5).double()
    layers = [torch.cos(1.7 * i[:, None] + 2.3 * i[None, :] + 0.9 * t) / 2 for t in range(3)]
    weights = [torch.nn.Parameter(layer) for layer in layers]
    output(weights, a, b).backward()
    pushes = gradient_push({str(t): layer.grad for t, layer in enumerate(weights)})
    expected = {row["first"]: float(row["value"]) for row in stored(f"torch push {kind}")}
    assert pushes == pytest.approx(expected, rel=1e-12)
    # near the target the largest curvature is the squared gradient, 16 entries per layer
    largest, = stored(f"torch largest eigenvalue {kind}")
    assert 16 * sum(pushes.values()) == pytest.approx(float(largest["value"]), rel=1e-9)


def test_one_step_lowers_the_loss_by_the_rate_times_the_squared_gradient():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 1)).double()
    data = torch.randn(6, 5).double()
    loss = lambda: net(data).pow(2).mean()
    before, rate = loss(), 1e-6
    before.backward()
    pushes = gradient_push({name: p.grad for name, p in net.named_parameters()})
    total = sum(pushes[name] * p.numel() for name, p in net.named_parameters())
    with torch.no_grad():
        for p in net.parameters():
            p -= rate * p.grad
    assert (before - loss()).item() / rate == pytest.approx(total, rel=1e-4)


def mean_push(depth, a, b, nets=400, width=24):
    """Push of linear networks, from the definition."""
    rng, out = np.random.default_rng(depth), []
    for _ in range(nets):
        x, back = [rng.choice([-1.0, 1.0], width)], rng.choice([-1.0, 1.0], width)
        weights = rng.normal(size=(depth, width, width)) / math.sqrt(width)
        for layer in weights:
            x.append(a * x[-1] + b * layer @ x[-1])
        found = {}
        for t in range(depth - 1, -1, -1):
            found[t] = b * np.outer(back, x[t])
            back = a * back + b * weights[t].T @ back
        out.append(sum(gradient_push(found).values()))
    return np.mean(out), np.std(out) / math.sqrt(nets)


@pytest.mark.parametrize("depth, a, b, predicted", [
    (4, 0.0, 1.0, 4.0), (6, 1.0, 6**-0.5, (1 + 1 / 6) ** 5), (6, 1.0, 1 / 6, (1 + 1 / 36) ** 5 / 6),
    (6, math.sqrt(0.5), math.sqrt(0.5), 3.0)])
def test_the_formulas_of_the_page(depth, a, b, predicted):
    mean, error = mean_push(depth, a, b)
    assert abs(mean - predicted) < 5 * error and error < 0.06 * predicted


def test_constants_are_those_of_xformers_and_of_the_page():
    for row in stored("xformers encoder"):
        if row["second"] == "0":
            pair = (float(row["value"]), float(row["other"]))
            assert deepnorm_constants(2 * int(row["first"])) == pytest.approx(pair, rel=1e-12)
    assert deepnorm_constants(12) == pytest.approx((1.8612, 0.3799), abs=5e-5)
    assert deepnorm_constants(200) == pytest.approx((3.7606, 0.1880), abs=5e-5)
    for count in (1, 7, 1000):
        alpha, beta = deepnorm_constants(count)
        assert alpha * beta == pytest.approx(2**-0.5)
        push = 2 * count * beta**2 / (alpha**2 + beta**4)
        assert push == pytest.approx(1 / (1 + count**-1.5 / 4))
        alpha, beta = deepnorm_constants(count, "adam")
        assert alpha * beta == pytest.approx(1) and beta / alpha == pytest.approx(1 / count)


@pytest.mark.parametrize("sublayers, optimizer, error", [
    (1.5, "sgd", TypeError), ("2", "sgd", TypeError), (True, "sgd", TypeError), (0, "sgd", ValueError),
    (-3, "adam", ValueError), (4, "lamb", ValueError), (4, None, ValueError)])
def test_constants_refuse(sublayers, optimizer, error):
    with pytest.raises(error):
        deepnorm_constants(sublayers, optimizer)


@pytest.mark.parametrize("gradients, error, named", [
    ([1.0], TypeError, "mapping"), ({}, ValueError, "at least one"), ({"w": None}, ValueError, "w: it has no gradient"),
    ({"w": np.zeros((0, 3))}, ValueError, "w: the gradient is empty"), ({"w": [np.nan]}, ValueError, "not finite"),
    ({"a": [1.0], "w": [np.inf]}, ValueError, "w: ")])
def test_push_refuses(gradients, error, named):
    with pytest.raises(error, match=named):
        gradient_push(gradients)


def test_extremes_and_other_kinds_of_numbers():
    assert gradient_push({"w": np.full(4, 1e-30, np.float32)})["w"] == pytest.approx(1e-60, rel=1e-6)
    assert gradient_push({"w": np.full(4, 1e30, np.float32)})["w"] == pytest.approx(1e60, rel=1e-6)
    assert gradient_push({"w": torch.full((2, 3), 3, dtype=torch.float16), "b": 2}) == {"w": 9.0, "b": 4.0}
    assert deepnorm_constants(np.int64(10**12))[0] == pytest.approx(1000.0)
