"""The two functions that the Pre-Norm chapter offers to take away, as a reader would copy them: cell by cell, nothing else of the chapter."""

import doctest
import math

import pytest
import torch

from chapter_code import take_away

CODE = take_away("pre_post_norm", "gradient_gain", "PLACEMENTS")
gradient_gain, residual_stack = CODE["gradient_gain"], CODE["residual_stack"]


@pytest.mark.parametrize("name", ["gradient_gain", "residual_stack"])
def test_examples_of_the_docstrings_run(name):
    assert doctest.DocTestRunner().run(doctest.DocTestFinder().find(CODE[name], name, globs=dict(CODE))[0]).failed == 0


def test_gain_is_one_for_homogeneous_activations():
    for slope in (0.0, 0.3, 1.0, -1.0):
        assert gradient_gain(lambda z: torch.where(z > 0, z, slope * z)) == pytest.approx(1, abs=1e-12)


def test_gain_of_a_simulated_layer():
    torch.manual_seed(0)
    d, nets = 256, 60
    kept = []
    for _ in range(nets):
        V, W = torch.randn(2, d, d, dtype=torch.float64) / math.sqrt(d)
        x = torch.nn.functional.normalize(torch.randn(d, dtype=torch.float64), dim=0) * math.sqrt(d)
        g = torch.randn(d, dtype=torch.float64)
        out = residual_stack(x.requires_grad_(), [lambda u: V @ torch.nn.functional.softplus(W @ u)], "post")[-1]
        back, = torch.autograd.grad(out @ g, x)
        kept.append(float(back.pow(2).sum() / g.pow(2).sum()))
    mean = sum(kept) / nets
    assert mean == pytest.approx(gradient_gain(torch.nn.functional.softplus), rel=0.05)
    assert abs(mean - 1) > 0.2


@pytest.mark.parametrize("phi, message", [(lambda z: z[:3], "keep the shape"), (lambda z: z / 0.0, "finite"), (lambda z: torch.exp(z * 1e3), "finite")])
def test_gain_says_what_is_wrong(phi, message):
    with pytest.raises(ValueError, match=message):
        gradient_gain(phi)


def test_every_placement_is_the_layer_it_names():
    x, F = torch.tensor([3.0, 4.0], dtype=torch.float64), lambda u: torch.stack([u[1], -u[0]])
    norm = lambda z: z / z.pow(2).mean().sqrt()
    expected = {"pre": x + F(norm(x)), "post": norm(x + F(x)), "peri": x + norm(F(norm(x))), "deepnorm": norm(x + F(x)), "lns": x + F(norm(x))}
    for placement, value in expected.items():
        assert torch.allclose(residual_stack(x, [F], placement, final_norm=False)[-1], value, atol=1e-14), placement
    second = residual_stack(x, [F, F], "lns", final_norm=False)
    assert torch.allclose(second[2] - second[1], F(norm(second[1])) / math.sqrt(2), atol=1e-14)


def test_final_norm_only_where_the_stream_grows():
    x = torch.ones(3, 4, dtype=torch.float64)
    for placement, states in (("pre", 4), ("peri", 4), ("lns", 4), ("post", 3), ("deepnorm", 3)):
        out = residual_stack(x, [torch.sin, torch.cos], placement)
        assert len(out) == states and torch.allclose(out[-1].pow(2).mean(-1), torch.ones(3, dtype=torch.float64))


@pytest.mark.parametrize("branches, placement, message", [([torch.sin], "sandwich", "unknown placement 'sandwich'; expected one of pre, post"), ([], "pre", "at least one branch"), ([lambda u: u[..., :2]], "post", r"branch 1 must keep the shape: expected \(4,\), found \(2,\)")])
def test_stack_says_what_is_wrong(branches, placement, message):
    with pytest.raises(ValueError, match=message):
        residual_stack(torch.ones(4), branches, placement)
