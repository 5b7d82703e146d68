"""The divergence that the chapter on GlobalPointer offers to take away, as a reader would copy it."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Independent, kl_divergence

from chapter_code import take_away

score_divergence = take_away("globalpointer_kl", "score_divergence")["score_divergence"]


def both_ways(a, b):
    """The definition: independent Bernoulli laws, the KL divergence there and back."""
    p, q = (Independent(Bernoulli(logits=v), 1) for v in (a, b))
    return kl_divergence(p, q) + kl_divergence(q, p)


@pytest.mark.parametrize("shape", [(1,), (50,), (4, 30), (2, 3, 7)])
def test_against_independent_bernoulli_laws(shape):
    torch.manual_seed(0)
    a, b = 3 * torch.randn(2, *shape, dtype=torch.float64)
    found = score_divergence(a, b)
    assert found.shape == shape[:-1]
    torch.testing.assert_close(found, both_ways(a, b))
    torch.testing.assert_close(found, score_divergence(b, a))
    torch.testing.assert_close(found, score_divergence(-a, -b))


@pytest.mark.parametrize("temperature", [0.5, 1, 3.0])
def test_temperature_divides_the_scores(temperature):
    torch.manual_seed(1)
    a, b = torch.randn(2, 5, 20, dtype=torch.float64)
    found = score_divergence(a, b, temperature=temperature)
    torch.testing.assert_close(found, both_ways(a / temperature, b / temperature))


def test_bounds_and_zero_set():
    torch.manual_seed(2)
    a, b = 4 * torch.randn(2, 1000, 1, dtype=torch.float64)
    found, d = score_divergence(a, b), (torch.sigmoid(a) - torch.sigmoid(b))[:, 0].abs()
    assert (found <= (a - b)[:, 0] ** 2 / 4).all() and (found <= (a - b)[:, 0].abs()).all()
    assert (found >= 2 * d * torch.log((1 + d) / (1 - d)) - 1e-12).all()
    assert (score_divergence(a, a) == 0).all()


def test_gradients_of_both_passes_and_of_the_gradient():
    torch.manual_seed(3)
    a, b = (torch.randn(2, 6, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(score_divergence, (a, b))
    assert torch.autograd.gradgradcheck(score_divergence, (a, b))
    same = a.detach().clone().requires_grad_()
    value = score_divergence(same, a.detach()).sum()
    (slope,) = torch.autograd.grad(value, same, create_graph=True)
    assert not slope.any()
    (bend,) = torch.autograd.grad(slope.sum(), same)
    torch.testing.assert_close(bend, 2 * torch.sigmoid(same) * torch.sigmoid(-same))


def test_masked_entries_count_for_nothing_and_get_no_gradient():
    a = torch.tensor([[1.0, -float("inf"), 2.0], [0.5, float("nan"), -1e12]], requires_grad=True)
    b = torch.tensor([[-1.0, -float("inf"), 2.5], [0.0, 3.0, 7.0]])
    mask = torch.tensor([[True, False, True], [True, False, False]])
    found = score_divergence(a, b, mask=mask)
    expected = [score_divergence(torch.tensor([1.0, 2.0]), torch.tensor([-1.0, 2.5])),
                score_divergence(torch.tensor([0.5]), torch.tensor([0.0]))]
    torch.testing.assert_close(found, torch.stack(expected))
    found.sum().backward()
    assert torch.isfinite(a.grad).all() and not a.grad[~mask].any()
    one_row = score_divergence(torch.ones(2, 3), -torch.ones(2, 3), mask=torch.tensor([True, True, False]))
    torch.testing.assert_close(one_row, torch.full((2,), 4 * math.tanh(0.5)))


@pytest.mark.parametrize(("a", "b", "exact"), [
    (1e4, -1e4, 2e4), (40.0, -40.0, 80.0), (1e30, 1e30, 0.0), (60.0, 59.0, math.exp(-59) * (1 - math.exp(-1))),
    (-60.0, -59.0, math.exp(-59) * (1 - math.exp(-1))), (1.0, 1.0 + 2**-20, 0.19661193 * 2**-40)])
def test_single_precision_keeps_its_accuracy_far_out_and_close_together(a, b, exact):
    found = score_divergence(torch.tensor([a]), torch.tensor([b]))
    assert found.dtype == torch.float32
    assert float(found) == pytest.approx(exact, rel=1e-5, abs=0)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_is_summed_in_single_precision(kind):
    a = torch.ones(100_000, dtype=kind)
    found = score_divergence(a, -a)
    assert found.dtype == torch.float32
    assert float(found) == pytest.approx(2e5 * math.tanh(0.5), rel=1e-4)


BAD = {
    "number": (1.0, torch.ones(1)), "list": (torch.ones(1), [1.0]),
    "integers": (torch.ones(2, dtype=torch.int64), torch.ones(2)),
    "scalar": (torch.tensor(1.0), torch.tensor(1.0)), "empty": (torch.ones(3, 0), torch.ones(3, 0)),
    "shapes": (torch.ones(2, 3), torch.ones(3)),
    "NaN": (torch.tensor([float("nan")]), torch.ones(1)), "infinity": (torch.ones(1), torch.tensor([float("inf")])),
}


@pytest.mark.parametrize("case", BAD)
def test_refuses_wrong_scores(case):
    with pytest.raises(ValueError, match="expected .*found"):
        score_divergence(*BAD[case])


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan"), float("inf"), True, "1", None])
def test_refuses_wrong_temperatures(temperature):
    with pytest.raises(ValueError, match="temperature: expected"):
        score_divergence(torch.ones(2), torch.ones(2), temperature=temperature)


@pytest.mark.parametrize("mask", [torch.ones(2), torch.ones(3, dtype=torch.bool), [True, True]])
def test_refuses_wrong_masks(mask):
    with pytest.raises(ValueError, match="mask: expected"):
        score_divergence(torch.ones(2), torch.ones(2), mask=mask)
