"""The three functions that the chapter on EMO offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("emo_loss", "emo_mixture", "balanced_channel", "channel_ce")
emo_mixture, balanced_channel, channel_ce = (CODE[name] for name in ("emo_mixture", "balanced_channel", "channel_ce"))
EYE = torch.eye(3)
ONE, FIRST = torch.zeros(1, 3), torch.tensor([0])


def softmax(s):
    w = np.exp(s - s.max(-1, keepdims=True))
    return w / w.sum(-1, keepdims=True)


def by_sums(s, y, vectors, cap):
    """Entry by entry: every token pays its price."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    out = []
    for row, target in zip(softmax(s), y):
        ce = -math.log(row[target])
        emo = sum(part * (1 - v @ unit[target]) for part, v in zip(row, unit))
        out.append((ce + min(ce / emo, cap) * emo) / 2)
    return np.array(out)


@pytest.mark.parametrize("cap", [0.0, 1.0, 3.0, math.inf])
def test_mixture_against_sums(cap):
    rng = np.random.default_rng(0)
    s, y, vectors = 3 * rng.normal(size=(9, 12)), rng.integers(12, size=9), rng.normal(size=(12, 5))
    found = emo_mixture(torch.tensor(s), torch.tensor(y), torch.tensor(vectors), cap)
    np.testing.assert_allclose(found, by_sums(s, y, vectors, cap), rtol=1e-9)


@pytest.mark.parametrize("cap", [3.0, math.inf])
def test_gradient_holds_the_weight_and_the_embeddings(cap):
    rng = np.random.default_rng(1)
    s = torch.tensor(2 * rng.normal(size=(4, 6)), requires_grad=True)
    y, v = torch.tensor(rng.integers(6, size=4)), torch.tensor(rng.normal(size=(6, 3)), requires_grad=True)
    emo_mixture(s, y, v, cap).sum().backward()
    assert v.grad is None
    p, unit = softmax(s.detach().numpy()), (v / v.norm(dim=1, keepdim=True)).detach().numpy()
    price, hot = 1 - unit @ unit.T, np.eye(6)[y]
    bill = (p * price[y]).sum(1, keepdims=True)
    rho = np.minimum(-np.log((p * hot).sum(1, keepdims=True)) / bill, cap)
    np.testing.assert_allclose(s.grad, (p - hot + rho * p * (price[y] - bill)) / 2, atol=1e-9)


def test_no_cap_has_the_value_of_cross_entropy_and_cap_zero_half_of_it():
    s, y, v = torch.randn(5, 8, generator=torch.Generator().manual_seed(2)), torch.arange(5), torch.eye(8)
    ce = torch.nn.functional.cross_entropy(s, y, reduction="none")
    torch.testing.assert_close(emo_mixture(s, y, v, math.inf), ce)
    torch.testing.assert_close(emo_mixture(s, y, v, 0.0), ce / 2)


def test_axes_ignored_targets_and_extremes():
    s, y = torch.zeros(2, 4, 3), torch.tensor([[0, 1, 2, -100], [-100, 2, 1, 0]])
    for loss in (emo_mixture(s, y, EYE), channel_ce(s, y, EYE)):
        assert loss.shape == y.shape and loss[0, 3] == 0 and loss[1, 0] == 0
        assert torch.equal(loss[0, :3], loss[1, 1:].flip(0))
    far = torch.tensor([[3e38, -3e38, 0.0]])
    for found in (emo_mixture(far, FIRST, 1e38 * EYE), emo_mixture(far, FIRST, 1e-38 * EYE)):
        assert found.item() == 0
    sure = torch.tensor([[1e6, 0.0, 0.0]], requires_grad=True)
    loss = emo_mixture(sure, torch.tensor([1]), EYE) + channel_ce(sure, torch.tensor([1]), EYE)
    loss.sum().backward()
    assert math.isfinite(loss.item()) and torch.isfinite(sure.grad).all()


def test_mixture_at_the_ends_of_the_page():
    """The mean gradient vanishes where the page says that the mixtures rest."""
    angles = torch.tensor([0, 2.4, 2.7, 3.0], dtype=torch.float64)
    v, q = torch.stack([angles.cos(), angles.sin()], 1), torch.tensor([0.4, 0.2, 0.2, 0.2], dtype=torch.float64)
    for cap, law in ((3.0, [0.1319, 0.3067, 0.3043, 0.2570]), (math.inf, [0.0495, 0.3187, 0.3785, 0.2534])):
        s = torch.tensor(law, dtype=torch.float64).log().repeat(4, 1).requires_grad_()
        (q * emo_mixture(s, torch.arange(4), v, cap)).sum().backward()
        assert s.grad.sum(0).abs().max() < 2e-4


def test_emo_is_the_transport_cost_that_pot_finds():
    """Twice the mixture with the cap 1, minus cross-entropy, is EMO wherever EMO is below cross-entropy."""
    with open(DATA / "emo_loss_pot.csv", encoding="utf-8") as lines:
        stored = {row["case"]: float(row["emd2"]) for row in csv.DictReader(lines)}
    for name, m in (("four", 4), ("seven", 7), ("ten", 10)):
        k = np.arange(1, m + 1)
        p = (1 + np.sin(3 * k)) / (1 + np.sin(3 * k)).sum()
        rows = torch.tensor(np.column_stack([np.cos(k**2 + 1.0), np.sin(2.0 * k), np.cos(7.0 * k)]))
        s, y = torch.tensor(np.log(p))[None], torch.tensor([1])
        ce = -math.log(p[1])
        assert stored[f"{name} one-hot"] < ce
        found = 2 * emo_mixture(s, y, rows, 1.0).item() - ce
        assert found == pytest.approx(stored[f"{name} one-hot"], rel=1e-9)


def test_channel_is_balanced_and_has_the_prices():
    v = torch.tensor(np.random.default_rng(3).normal(size=(7, 4)))
    K = balanced_channel(v, 0.5)
    torch.testing.assert_close(K.sum(0), torch.ones(7, dtype=torch.float64))
    torch.testing.assert_close(K.sum(1), torch.ones(7, dtype=torch.float64))
    unit = v / v.norm(dim=1, keepdim=True)
    left = K.log() + (1 - unit @ unit.T) / 0.5
    torch.testing.assert_close(left, (left.diag()[:, None] + left.diag()) / 2, atol=1e-9, rtol=0)


def test_channel_loss_value_gradient_and_identity():
    rng = np.random.default_rng(4)
    s, y = torch.tensor(rng.normal(size=(6, 5)), requires_grad=True), torch.tensor(rng.integers(5, size=6))
    K = torch.tensor(rng.dirichlet(np.ones(5), size=5).T)
    loss = channel_ce(s, y, K)
    loss.sum().backward()
    p = softmax(s.detach().numpy())
    written = (p @ K.numpy().T)[np.arange(6), y]
    np.testing.assert_allclose(loss.detach(), -np.log(written), rtol=1e-10)
    np.testing.assert_allclose(s.grad, p - p * K.numpy()[y] / written[:, None], atol=1e-10)
    plain = torch.nn.functional.cross_entropy(s, y, reduction="none")
    torch.testing.assert_close(channel_ce(s, y, torch.eye(5)), plain)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: emo_mixture(torch.zeros(3), torch.tensor(0), EYE), r"two axes, and \(...\); found \(3,\) and \(\)"),
        (lambda: emo_mixture(torch.zeros(2, 3), FIRST, EYE), r"found \(2, 3\) and \(1,\)"),
        (lambda: emo_mixture(ONE.numpy(), FIRST, EYE), "expected tensors; found ndarray, Tensor"),
        (lambda: emo_mixture(1.0, 0, EYE), "expected tensors; found float, int"),
        (lambda: emo_mixture(ONE.long(), FIRST, EYE), "expected floating-point logits"),
        (lambda: emo_mixture(ONE, FIRST.float(), EYE), "whole targets; found"),
        (lambda: emo_mixture(ONE * math.nan, FIRST, EYE), "logits: expected finite numbers"),
        (lambda: emo_mixture(ONE, torch.tensor([3]), EYE), "target: expected 0 ... 2 or -100; found 3"),
        (lambda: emo_mixture(ONE, torch.tensor([-1]), EYE), "found -1"),
        (lambda: emo_mixture(ONE, FIRST, torch.eye(4)), r"emb: expected a tensor of shape \(3, d\)"),
        (lambda: emo_mixture(ONE, FIRST, torch.zeros(3, 2)), "emb: expected finite rows that are not zero"),
        (lambda: emo_mixture(ONE, FIRST, EYE * math.nan), "emb: expected finite rows"),
        (lambda: emo_mixture(ONE, FIRST, EYE, -1.0), "cap: expected a number of at least 0; found -1.0"),
        (lambda: emo_mixture(ONE, FIRST, EYE, math.nan), "cap: expected a number"),
        (lambda: emo_mixture(ONE, FIRST, EYE, "three"), "cap: expected a number"),
        (lambda: balanced_channel(EYE[0]), r"emb: expected a tensor of shape \(n, d\)"),
        (lambda: balanced_channel(EYE, 0.0), "h: expected a finite number above 0; found 0.0"),
        (lambda: balanced_channel(EYE, math.inf), "h: expected a finite number above 0"),
        (lambda: channel_ce(ONE, FIRST, torch.eye(2)), r"K: expected a tensor of shape \(3, 3\)"),
        (lambda: channel_ce(ONE, FIRST, 2 * EYE), "K: expected nonnegative entries and columns with sum 1"),
        (lambda: channel_ce(ONE, FIRST, EYE * math.nan), "K: expected nonnegative entries"),
        (lambda: channel_ce(ONE, torch.tensor([7]), EYE), "target: expected 0 ... 2"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
