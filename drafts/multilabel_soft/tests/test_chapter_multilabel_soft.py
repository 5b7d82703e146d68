"""The three functions that the chapter on soft multi-label targets offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("multilabel_soft", "zlpr", "zlpr_probability", "fit_slope")
zlpr, zlpr_probability, fit_slope = (CODE[name] for name in ("zlpr", "zlpr_probability", "fit_slope"))


def by_definition(s, t):
    return math.log(1 + sum(b * math.exp(-a) for a, b in zip(s, t))) + math.log(
        1 + sum((1 - b) * math.exp(a) for a, b in zip(s, t)))


def case(count, kind):
    at = np.arange(count)
    t = 0.5 + 0.45 * np.cos(0.3 + 0.9 * at)
    if kind == "hard":
        t = (t > 0.75).astype(float)
    if kind == "some zeros":
        t = np.where(at % 3 == 1, 0.0, t)
    return 2.5 * np.sin(1 + 1.7 * at), t


@pytest.mark.parametrize("shape", [(1,), (5,), (3, 7), (2, 3, 4)])
def test_loss_is_the_definition(shape):
    rng = np.random.default_rng(1)
    s, t = rng.normal(size=shape), rng.uniform(size=shape)
    found = zlpr(torch.tensor(s), torch.tensor(t))
    assert found.shape == shape[:-1]
    expected = [by_definition(a, b) for a, b in zip(s.reshape(-1, shape[-1]), t.reshape(-1, shape[-1]))]
    np.testing.assert_allclose(found.numpy().ravel(), expected, rtol=1e-12)


def test_loss_against_packages():
    with open(DATA / "multilabel_soft_losses.csv", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    seen = 0
    for row in rows:
        count, kind = int(row["labels"]), row["targets"]
        hard = kind == "hard"
        if row["package"] == "bert4keras" or (hard and (row["package"] == "bert4torch" or count == 1)):
            found = zlpr(*map(torch.tensor, case(count, kind)))
            assert float(found) == pytest.approx(float(row["loss"]), rel=1e-6)
            seen += 1
    assert seen == 13


def test_minimum_is_half_the_log_odds():
    t = np.array([0.9, 0.5, 0.2, 0.03])

    def loss(s):
        x = torch.tensor(s, requires_grad=True)
        value = zlpr(x, torch.tensor(t))
        value.backward()
        return value.item(), x.grad.numpy()

    found = minimize(loss, np.zeros(4), jac=True, tol=1e-12)
    np.testing.assert_allclose(found.x, 0.5 * np.log(t / (1 - t)), atol=1e-5)
    assert found.fun == pytest.approx(2 * math.log(1 + np.sqrt(t * (1 - t)).sum()))
    np.testing.assert_allclose(zlpr_probability(found.x), t, atol=1e-5)


def test_gradients_with_exact_targets_masks_and_extremes():
    s = torch.tensor([[2.0, -3.0, -math.inf], [0.5, -1e7, 3e38]], requires_grad=True)
    t = torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    there = torch.tensor([[True, True, False], [True, True, False]])
    loss = zlpr(s, t, there)
    loss.sum().backward()
    expected = [math.log1p(math.exp(-2)) + math.log1p(math.exp(-3)), math.log1p(math.exp(-0.5))]
    np.testing.assert_allclose(loss.detach().numpy(), expected, rtol=1e-6)
    assert torch.isfinite(s.grad).all() and (s.grad[:, 2] == 0).all()
    assert float(zlpr(torch.tensor([3e38]), torch.tensor([0.0]))) == pytest.approx(3e38, rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_precision(dtype):
    s = torch.full((2000,), 11.0, dtype=dtype)
    found = zlpr(s, torch.zeros(2000))
    assert found.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert float(found) == pytest.approx(math.log1p(2000 * math.exp(11)), rel=1e-5)


def test_slope_against_a_search():
    rng = np.random.default_rng(3)
    s = rng.normal(size=4000) * 2
    y = (rng.random(4000) < 1 / (1 + np.exp(-1.4 * s + 0.5))).astype(float)

    def loss(b):
        z = b[0] * s + b[1]
        return np.mean(np.logaddexp(0, z) - y * z)

    np.testing.assert_allclose(fit_slope(s, y), minimize(loss, [1.0, 0.0], tol=1e-12).x, atol=1e-4)
    alone, zero = fit_slope(s, y, offset=False)
    assert zero == 0 and alone == pytest.approx(minimize(lambda b: loss([b[0], 0.0]), [1.0], tol=1e-12).x[0], abs=1e-4)
    assert fit_slope(s * 1e6, y)[0] == pytest.approx(fit_slope(s, y)[0] / 1e6)
    soft = zlpr_probability(s, 1.7, -0.3)
    np.testing.assert_allclose(fit_slope(s, soft), [1.7, -0.3], atol=1e-8)


def test_the_numbers_of_the_page():
    s = torch.tensor([math.log(3), 0.0, -math.log(2)], dtype=torch.float64)
    assert float(zlpr(s, torch.tensor([0.9, 0.5, 0.2]).double())) == pytest.approx(2 * math.log(2.2), abs=1e-6)
    np.testing.assert_allclose(zlpr_probability(s), [0.9, 0.5, 0.2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: zlpr(torch.zeros(2), torch.zeros(3)), r"scores, targets: expected one shape .* \(2,\) and \(3,\)"),
        (lambda: zlpr(torch.tensor(1.0), torch.tensor(1.0)), "expected one shape"),
        (lambda: zlpr(torch.zeros(2), torch.zeros(2), torch.ones(1).bool()), "scores, mask"),
        (lambda: zlpr([0.0], [0.0]), "scores: expected a floating-point tensor"),
        (lambda: zlpr(torch.zeros(2, dtype=torch.long), torch.zeros(2)), "floating-point tensor; found torch.int64"),
        (lambda: zlpr(torch.tensor([math.nan]), torch.zeros(1)), "scores: expected finite numbers"),
        (lambda: zlpr(torch.tensor([math.inf]), torch.zeros(1)), "scores: expected finite numbers"),
        (lambda: zlpr(torch.zeros(1), torch.tensor([1.5])), "targets: expected numbers from 0 to 1"),
        (lambda: zlpr(torch.zeros(1), torch.tensor([math.nan])), "targets: expected numbers from 0 to 1"),
        (lambda: zlpr_probability([0.0], 0.0), "kappa: expected a finite number above 0; found 0.0"),
        (lambda: zlpr_probability([0.0], "two"), "kappa: expected a finite number"),
        (lambda: zlpr_probability([0.0], 1.0, math.nan), "offset: expected a finite number; found nan"),
        (lambda: zlpr_probability([]), "scores: expected finite numbers"),
        (lambda: zlpr_probability([math.nan]), "scores: expected finite numbers"),
        (lambda: fit_slope([0.0, 1.0], [1.0]), r"expected arrays of one shape; found \(2,\) and \(1,\)"),
        (lambda: fit_slope(1.0, 1.0), "expected arrays of one shape"),
        (lambda: fit_slope([0.0, 1.0], [2.0, 0.0]), "labels: expected numbers from 0 to 1; found 0.0 to 2.0"),
        (lambda: fit_slope([0.0, 1.0], [math.nan, 0.0]), "labels: expected finite numbers"),
        (lambda: fit_slope([-1.0, -2.0, 1.0, 2.0], [0, 0, 1, 1]), "no finite positive slope"),
        (lambda: fit_slope([-1.0, 1.0, -1.0, 1.0, 1.0], [1, 0, 1, 0, 1]), "no finite positive slope"),
        (lambda: fit_slope([1.0, 1.0, 1.0], [0, 1, 1]), "no finite positive slope"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
