"""The three functions that the chapter on noise, penalties and VAT offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("noise_penalty_vat", "vat_direction", "consistency_loss", "jacobian_penalty")
vat_direction, consistency_loss, jacobian_penalty = (
    CODE[name] for name in ("vat_direction", "consistency_loss", "jacobian_penalty"))
WEIGHTS = torch.tensor([[3.0, 0.0], [4.0, 0.0]] + [[0.0, 0.0]] * 98)


def wavy(rows, columns, step=1):
    return np.cos(step * np.arange(1.0, rows * columns + 1)).reshape(rows, columns)


FIRST, SECOND = torch.tensor(wavy(6, 5)), torch.tensor(wavy(3, 6, 2))


def net(x):
    return torch.tanh(x @ FIRST.T) @ SECOND.T


def hessian(x):
    p = torch.softmax(net(x), 0)
    return torch.func.hessian(lambda r: -(p * torch.log_softmax(net(x + r), 0)).sum())(torch.zeros_like(x))


def seeded():
    return torch.Generator().manual_seed(3)


def test_one_step_is_exact_for_two_classes_in_the_running_example():
    u = vat_direction(lambda x: x @ WEIGHTS, torch.zeros(7, 100), generator=seeded())
    expected = torch.zeros(100)
    expected[:2] = torch.tensor([0.6, 0.8])
    assert torch.allclose((u @ expected).abs(), torch.ones(7), atol=1e-5)
    assert torch.allclose(u.norm(dim=1), torch.ones(7), atol=1e-6)
    loss = consistency_loss(lambda x: x @ WEIGHTS, torch.zeros(7, 100), 0.1 * u)
    assert loss.item() == pytest.approx(0.03093, abs=2e-5)


def test_many_steps_find_the_first_eigenvector_of_each_example():
    x = torch.tensor(np.cos(np.outer([1, 2, 3], np.arange(1.0, 6))))
    u = vat_direction(net, x, xi=1e-6, steps=80, generator=seeded())
    for one, found in zip(x, u):
        values, vectors = torch.linalg.eigh(hessian(one))
        assert abs(float(found @ vectors[:, -1])) == pytest.approx(1, abs=1e-6)
        small = 1e-3
        assert consistency_loss(net, one[None], small * found[None]).item() == pytest.approx(
            small**2 / 2 * float(values[-1]), rel=1e-2)


def test_no_step_is_uniform_on_the_sphere():
    u = vat_direction(lambda x: x[:, :2], torch.zeros(20_000, 4), steps=0, generator=seeded())
    assert torch.allclose(u.norm(dim=1), torch.ones(20_000), atol=1e-6)
    assert torch.allclose(u.T @ u / 20_000, torch.eye(4) / 4, atol=0.01)


def test_images_have_one_direction_for_each_example():
    picture = lambda x: x.flatten(1) @ torch.tensor(wavy(12, 3)).float()
    u = vat_direction(picture, torch.ones(5, 3, 2, 2), generator=seeded())
    assert u.shape == (5, 3, 2, 2)
    assert torch.allclose(u.flatten(1).norm(dim=1), torch.ones(5), atol=1e-6)


def test_the_loss_is_kl_and_its_target_is_detached():
    theta = torch.tensor(1.0, requires_grad=True)
    f = lambda x: torch.cat([theta * x, torch.zeros_like(x)], 1)
    x, r = torch.tensor([[1.0]]), torch.tensor([[0.5]])
    loss = consistency_loss(f, x, r)
    p, q = torch.sigmoid(torch.tensor(1.0)), torch.sigmoid(torch.tensor(1.5))
    assert loss.item() == pytest.approx(float(p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()), rel=1e-4)
    loss.backward()
    assert theta.grad.item() == pytest.approx(float((q - p) * 1.5), rel=1e-4)


def test_the_penalty_is_unbiased_and_trains():
    x = torch.tensor(np.cos(np.outer([1, 2], np.arange(1.0, 6))))
    true = sum(torch.func.jacrev(net)(one).square().sum().item() for one in x) / 2
    found = jacobian_penalty(net, x, draws=4000, generator=seeded()).item()
    assert found == pytest.approx(true, rel=0.05)
    weight = torch.tensor([[3.0], [4.0]], requires_grad=True)
    penalty = jacobian_penalty(lambda x: x @ weight, torch.zeros(3, 2))
    penalty.backward()
    assert penalty.item() == pytest.approx(25)
    assert torch.allclose(weight.grad, 2 * weight.detach())


@pytest.mark.parametrize("case", ["first", "second"])
def test_foolbox_attacks_are_the_gradient_and_its_signs(case):
    with open(DATA / "noise_penalty_vat_oracles.csv", encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    x = torch.tensor(np.cos({"first": 1.0, "second": 2.0}[case] * np.arange(1.0, 6)), requires_grad=True)
    slope, = torch.autograd.grad(-torch.log_softmax(net(x), 0)[1], x)
    for function, step in (("L2FastGradientAttack", slope / slope.norm()), ("LinfFastGradientAttack", slope.sign())):
        stored = [float(row["value"]) for row in table if (row["function"], row["case"]) == (function, case)]
        np.testing.assert_allclose(0.1 * step.numpy(), stored, atol=1e-9)


def test_extremes_of_single_precision():
    u = vat_direction(lambda x: 1e-30 * x, torch.full((2, 3), 1e30), generator=seeded())
    assert torch.allclose(u.norm(dim=1), torch.ones(2), atol=1e-5)
    sure = consistency_loss(lambda x: 1e4 * x, torch.tensor([[1.0, -1.0]]), torch.zeros(1, 2))
    assert sure.item() == 0


flat = lambda x: torch.zeros(len(x), 3).to(x)  # noqa: E731


@pytest.mark.parametrize(("call", "message"), [
    (lambda: vat_direction(flat, torch.ones(3)), "x: expected a floating-point tensor"),
    (lambda: vat_direction(flat, torch.ones(2, 2, dtype=torch.int64)), "x: expected a floating-point tensor"),
    (lambda: vat_direction(flat, torch.ones(0, 2)), "x: expected a floating-point tensor"),
    (lambda: vat_direction(flat, 1.0), "x: expected a floating-point tensor"),
    (lambda: vat_direction(flat, torch.full((2, 2), math.nan)), "x: expected finite numbers"),
    (lambda: vat_direction(lambda x: x[:, :1], torch.ones(2, 2)), "K of at least 2"),
    (lambda: vat_direction(lambda x: x / 0, torch.ones(2, 2)), "logits are NaN or infinite"),
    (lambda: vat_direction(flat, torch.ones(2, 2), xi=0.0), "xi: expected a positive finite number; found 0.0"),
    (lambda: vat_direction(flat, torch.ones(2, 2), xi=math.nan), "xi: expected a positive"),
    (lambda: vat_direction(flat, torch.ones(2, 2), steps=0.5), "steps: expected a whole number"),
    (lambda: vat_direction(flat, torch.ones(2, 2), steps=-1), "steps: expected a whole number"),
    (lambda: consistency_loss(flat, torch.ones(2, 2), torch.ones(1, 2)), "r: expected the shape"),
    (lambda: consistency_loss(flat, torch.ones(2, 2), torch.full((2, 2), math.inf)), "r: expected finite"),
    (lambda: jacobian_penalty(flat, torch.ones(2, 2), draws=0), "draws: expected a whole number of at least 1"),
    (lambda: jacobian_penalty(lambda x: x.sum(), torch.ones(2, 2)), "f: expected outputs of shape"),
    (lambda: jacobian_penalty(lambda x: torch.sqrt(x), torch.zeros(2, 2)), "derivatives are NaN or infinite"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_answer_that_does_not_depend_on_the_input():
    u = vat_direction(flat, torch.ones(2, 2), generator=seeded())
    assert torch.allclose(u.norm(dim=1), torch.ones(2), atol=1e-6)
    with pytest.raises(ValueError, match="does not depend on the input"):
        jacobian_penalty(flat, torch.ones(2, 2))
