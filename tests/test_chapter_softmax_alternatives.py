"""The two functions that the chapter on softmax and its alternatives offers to take away, as a reader would copy
them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("softmax_alternatives", "entmax", "entmax_loss", "_Entmax", "_Loss", "_scores", "_solved")
entmax, entmax_loss = CODE["entmax"], CODE["entmax_loss"]
ALPHAS = [1, 1.1, 1.25, 1.5, 1.75, 2]


def by_root(s, alpha):
    """The definition: the level is the root of the sum minus 1."""
    s, beta = np.asarray(s, float), alpha - 1
    if not beta:
        return np.exp(s - s.max()) / np.exp(s - s.max()).sum()
    z = beta * s
    level = brentq(lambda x: (np.maximum(z - x, 0) ** (1 / beta)).sum() - 1, z.max() - 1 - 1e-9, z.max(), xtol=1e-15)
    return np.maximum(z - level, 0) ** (1 / beta)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("size", [0.1, 1.0, 5.0])
def test_against_the_root_of_the_sum(alpha, size):
    s = size * np.random.default_rng(3).normal(size=(20, 7))
    p = entmax(torch.from_numpy(s), alpha).numpy()
    np.testing.assert_allclose(p, [by_root(row, alpha) for row in s], atol=1e-10)
    np.testing.assert_allclose(p.sum(-1), 1, atol=1e-12)


def test_against_the_package():
    with open(DATA / "softmax_alternatives.csv", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for alpha in (1.25, 1.5, 2.0):
        for case, size in enumerate((0.5, 1.5, 4.0)):
            s = torch.from_numpy(size * np.sin(1 + 2.0 * np.arange(6) + case))
            for what, found in (("map", entmax(s, alpha)),
                                ("loss", entmax_loss(s.expand(6, 6), torch.arange(6), alpha))):
                stored = [float(r["value"]) for r in rows
                          if (r["what"], r["alpha"], r["case"]) == (what, f"{alpha:g}", str(case))]
                np.testing.assert_allclose(found.numpy(), stored, atol=1e-12)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_exact_gradients(alpha):
    torch.manual_seed(0)
    s = torch.randn(4, 5, dtype=torch.float64, requires_grad=True)
    t = torch.tensor([0, 4, 2, 2])
    assert torch.autograd.gradcheck(lambda s: entmax(s, alpha), (s,), atol=1e-5)
    assert torch.autograd.gradcheck(lambda s: entmax_loss(s, t, alpha), (s,), atol=1e-5)
    entmax_loss(s, t, alpha).sum().backward()
    torch.testing.assert_close(s.grad, entmax(s, alpha).detach() - torch.nn.functional.one_hot(t, 5))


def test_softmax_and_cross_entropy_of_torch():
    s, t = torch.randn(6, 9, dtype=torch.float64), torch.arange(6)
    torch.testing.assert_close(entmax(s, 1), torch.softmax(s, -1))
    torch.testing.assert_close(entmax_loss(s, t, 1), torch.nn.functional.cross_entropy(s, t, reduction="none"))


def test_axis_mask_and_shift():
    s = torch.randn(3, 4, 5, dtype=torch.float64)
    torch.testing.assert_close(entmax(s, 1.5, axis=1), entmax(s.movedim(1, -1), 1.5).movedim(-1, 1))
    torch.testing.assert_close(entmax(s + 7, 1.25), entmax(s, 1.25))
    keep = torch.tensor([True, True, False, True, False])
    p = entmax(s, 1.5, mask=keep)
    assert not p[..., ~keep].any()
    torch.testing.assert_close(p[..., keep], entmax(s[..., keep], 1.5))
    raw = s.clone().requires_grad_()
    (entmax(raw, 1.5, mask=keep) * torch.arange(5.0, dtype=torch.float64)).sum().backward()
    assert torch.isfinite(raw.grad).all() and not raw.grad[..., ~keep].any()


def test_masked_scores_in_the_loss():
    s = torch.tensor([[1.0, -math.inf, 0.5]], dtype=torch.float64, requires_grad=True)
    for alpha in ALPHAS:
        s.grad = None
        entmax_loss(s, torch.tensor([2]), alpha).sum().backward()
        assert torch.isfinite(s.grad).all() and s.grad[0, 1] == 0
        torch.testing.assert_close(entmax_loss(s, torch.tensor([2]), alpha),
                                   entmax_loss(s[:, [0, 2]], torch.tensor([1]), alpha))


def test_one_hot_from_the_lead_on():
    for alpha in (1.25, 1.5, 2):
        lead = 1 / (alpha - 1)
        at = torch.tensor([lead, 0.0, -1.0], dtype=torch.float64)
        assert entmax(at, alpha).tolist() == [1, 0, 0] and entmax_loss(at, torch.tensor(0), alpha) == 0
        assert entmax(at - torch.tensor([0.05, 0, 0]), alpha)[1] > 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_low_precision_and_extremes(dtype, alpha):
    most = torch.finfo(dtype).max
    p = entmax(torch.tensor([most, -most, most], dtype=dtype), alpha)
    assert p.dtype == dtype and p.tolist() == [0.5, 0, 0.5]
    s = (3 * torch.randn(50, 1000)).to(dtype).requires_grad_()
    loss = entmax_loss(s, torch.arange(50), alpha)
    assert loss.dtype == torch.float32 and torch.isfinite(loss).all() and (loss >= 0).all()
    loss.mean().backward()
    assert s.grad.dtype == dtype and torch.isfinite(s.grad).all()
    total = entmax(s, alpha).double().sum(-1)
    torch.testing.assert_close(total, torch.ones(50, dtype=torch.float64), atol=2e-2, rtol=0)


def test_many_equal_scores():
    for alpha in ALPHAS:
        torch.testing.assert_close(entmax(torch.zeros(2, 5000), alpha), torch.full((2, 5000), 1 / 5000))


@pytest.mark.parametrize(("call", "what"), [
    (lambda: entmax([1.0, 2.0]), "s:"), (lambda: entmax(torch.tensor(1.0)), "s:"),
    (lambda: entmax(torch.zeros(0)), "s:"),
    (lambda: entmax(torch.tensor([1, 2])), "s:"), (lambda: entmax(torch.tensor([1.0, math.nan])), "NaN"),
    (lambda: entmax(torch.tensor([1.0, math.inf])), "infinity"), (lambda: entmax(torch.ones(2), 0.5), "alpha"),
    (lambda: entmax(torch.ones(2), 2.5), "alpha"), (lambda: entmax(torch.ones(2), "1.5"), "alpha"),
    (lambda: entmax(torch.ones(2), 1.5, 1), "axis"), (lambda: entmax(torch.ones(2), mask=torch.ones(2)), "mask"),
    (lambda: entmax(torch.ones(2), mask=torch.ones(3, dtype=torch.bool)), "mask"),
    (lambda: entmax(torch.ones(2), mask=torch.ones(4, 2, dtype=torch.bool)), "mask"),
    (lambda: entmax(torch.ones(2), mask=torch.zeros(2, dtype=torch.bool)), "masked wholly"),
    (lambda: entmax_loss(torch.ones(1, 2), torch.tensor([2])), "t:"),
    (lambda: entmax_loss(torch.ones(1, 2), torch.tensor([-1])), "t:"),
    (lambda: entmax_loss(torch.ones(1, 2), torch.tensor([0.0])), "t:"),
    (lambda: entmax_loss(torch.ones(1, 2), torch.tensor(0)), "t:"),
    (lambda: entmax_loss(torch.tensor([[1.0, -math.inf]]), torch.tensor([1])), "masked"),
])
def test_errors_say_what_was_expected(call, what):
    with pytest.raises(ValueError, match=what):
        call()
