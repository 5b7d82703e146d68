"""The function that the chapter on training accuracy offers to take away, as a reader would copy it."""

import math

import numpy as np
import pytest
import torch

from chapter_code import take_away

surrogate_report = take_away("train_accuracy", "surrogate_report")["surrogate_report"]


@pytest.mark.parametrize(("scale", "classes"), [(1.0, 2), (5.0, 7), (40.0, 3)])
def test_against_torch(scale, classes):
    rng = np.random.default_rng(classes)
    s, y = scale * rng.normal(size=(64, classes)), rng.integers(classes, size=64)
    logits = torch.tensor(s, requires_grad=True)
    target = torch.tensor(y)
    p = torch.softmax(logits, 1)[torch.arange(64), target]
    loss = torch.nn.functional.cross_entropy(logits, target)
    by_loss, = torch.autograd.grad(loss, logits, retain_graph=True)
    by_soft, = torch.autograd.grad((1 - p).mean(), logits)
    found = surrogate_report(s, y)
    wrong = (p < 0.5).detach().numpy()
    assert found["cross_entropy"] == pytest.approx(loss.item(), rel=1e-12)
    assert found["soft_error"] == pytest.approx((1 - p).mean().item(), rel=1e-12)
    assert found["gap"] == pytest.approx(loss.item() - (1 - p).mean().item(), rel=1e-9)
    assert found["share_wrong"] == wrong.mean()
    assert found["error"] == (s.argmax(1) != y).mean()
    for name, gradient in (("ce", by_loss), ("soft", by_soft)):
        length = gradient.norm(dim=1).numpy()
        assert found[f"grad_share_wrong_{name}"] == pytest.approx(length[wrong].sum() / length.sum(), rel=1e-9)
    assert found["gap_low"] <= found["gap"] <= found["gap_high"]


def test_example_of_the_page_and_lists():
    found = surrogate_report([[2.0, 0.0], [0.0, 1.0]], [0, 0])
    p = 1 / (1 + math.exp(-2)), 1 / (1 + math.exp(1))
    assert found["error"] == 0.5
    assert found["soft_error"] == pytest.approx(1 - sum(p) / 2)
    assert found["cross_entropy"] == pytest.approx(-sum(map(math.log, p)) / 2)


def test_ties_count_as_errors():
    found = surrogate_report(np.zeros((3, 4)), [0, 1, 3])
    assert found["error"] == 1.0 and found["soft_error"] == pytest.approx(0.75)


def test_far_right_and_far_wrong():
    right = surrogate_report([[40.0, 0.0]], [0])
    assert right["cross_entropy"] == pytest.approx(math.exp(-40), rel=1e-9)
    assert right["soft_error"] == pytest.approx(math.exp(-40), rel=1e-9)
    wrong = surrogate_report([[0.0, 2000.0]], [0])
    assert wrong["cross_entropy"] == 2000.0 and wrong["gap_high"] == math.inf and wrong["grad_share_wrong_ce"] == 1.0


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_extremes_stay_finite(kind):
    top = np.finfo(kind).max
    for target in (0, 1):
        found = surrogate_report(np.array([[top, -top]], kind), [target])
        assert math.isfinite(found["cross_entropy"]) and found["soft_error"] == target
        assert found["error"] == target


@pytest.mark.parametrize(("logits", "targets", "words"), [
    (1.0, [0], "shape"), ([1.0, 2.0], [0], "shape"), (np.ones((2, 1)), [0, 0], "2 classes"),
    (np.ones((0, 3)), [], "shape"),
    ([[np.nan, 0.0]], [0], "NaN"), ([[np.inf, 0.0]], [0], "NaN or infinity"), (np.ones((2, 3)), [0], "targets"),
    (np.ones((1, 3)), [[0]], "targets"), (np.ones((1, 3)), [0.0], "whole numbers"),
    (np.ones((1, 3)), [True], "whole numbers"),
    (np.ones((1, 3)), [-1], "0 to 2"), (np.ones((1, 3)), [3], "0 to 2")])
def test_what_it_refuses(logits, targets, words):
    with pytest.raises(ValueError, match=words):
        surrogate_report(logits, targets)
