"""The three functions that the Pre-Norm chapter offers to take away, as a reader would copy them."""

import math

import numpy as np
import pytest
import torch
from chapter_code import take_away

CODE = take_away("pre_post_norm", "layer_roles", "gradient_gain", "residual_stack", "PLACEMENTS")
layer_roles, gradient_gain, residual_stack = CODE["layer_roles"], CODE["gradient_gain"], CODE["residual_stack"]


GAINS = {
    "tanh": (np.tanh, torch.tanh, 1.05028),
    "softplus": (lambda z: np.logaddexp(0, z), torch.nn.functional.softplus, 0.673198),
    "relu": (lambda z: np.maximum(z, 0), torch.relu, 1.0),
}


@pytest.mark.parametrize("phi_np, phi_torch, gain", GAINS.values(), ids=GAINS)
def test_gain_does_not_depend_on_the_kind_of_function(phi_np, phi_torch, gain):
    quiet = torch.no_grad()(phi_torch)
    for phi in (
        phi_np,
        phi_torch,
        quiet,
        lambda z: phi_torch(z.detach()),
        lambda z: torch.from_numpy(phi_np(np.asarray(z))),
    ):
        assert gradient_gain(phi) == pytest.approx(gain, abs=1e-5)


def test_gain_of_half_detached_and_of_kinked_functions():
    assert gradient_gain(lambda z: z * z.detach()) == pytest.approx((1 + 4) / (1 + 3), abs=1e-8)
    with pytest.raises(ValueError, match="not resolved"):
        gradient_gain(torch.nn.functional.hardtanh)
    from scipy.special import ndtr

    dens = math.exp(-0.5) / math.sqrt(2 * math.pi)
    inside = ndtr(1) - ndtr(-1)
    assert gradient_gain(torch.nn.functional.hardtanh, kinks=(-1.0, 1.0)) == pytest.approx(
        (1 + inside) / (1 + inside - 2 * dens + 1 - inside), abs=1e-7
    )
    for slope in (0.0, 0.3, 1.0, -1.0):
        assert gradient_gain(lambda z: torch.where(z > 0, z, slope * z)) == pytest.approx(1, abs=1e-9)
    assert gradient_gain(lambda z: 0 * z) == 1


@pytest.mark.parametrize(
    "phi, error, message",
    [
        (lambda z: z[:3], ValueError, "keep the shape"),
        (lambda z: z / 0.0, ValueError, "finite"),
        (lambda z: torch.exp(z * 1e3), ValueError, "finite"),
        (lambda z: z.float(), TypeError, "float64"),
        (math.tanh, (TypeError, ValueError), "tensor|scalar|array"),
        (lambda z: z + 0.1 * torch.randn_like(z), ValueError, "not resolved"),
        (lambda z: z * math.nan, ValueError, "finite"),
        (lambda z: 1.0, ValueError, "shape"),
    ],
)
def test_gain_says_what_is_wrong(phi, error, message):
    with pytest.raises(error, match=message):
        gradient_gain(phi)


def test_gain_of_a_simulated_layer():
    torch.manual_seed(0)
    d, kept = 256, []
    for _ in range(60):
        V, W = torch.randn(2, d, d, dtype=torch.float64) / math.sqrt(d)
        x = torch.nn.functional.normalize(torch.randn(d, dtype=torch.float64), dim=0) * math.sqrt(d)
        g = torch.randn(d, dtype=torch.float64)
        out = residual_stack(x.requires_grad_(), [lambda u: V @ torch.nn.functional.softplus(W @ u)], "post")[-1]
        (back,) = torch.autograd.grad(out @ g, x)
        kept.append(float(back.pow(2).sum() / g.pow(2).sum()))
    assert np.mean(kept) == pytest.approx(gradient_gain(torch.nn.functional.softplus), rel=0.05)


norm = lambda z: z / z.pow(2).mean(-1, keepdim=True).sqrt()
TURN = lambda u: torch.stack([u[..., 1], -u[..., 0]], -1)


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
def test_every_placement_is_the_layer_it_names(depth):
    rules = {
        "pre": lambda x, l: x + TURN(norm(x)),
        "post": lambda x, l: norm(x + TURN(x)),
        "peri": lambda x, l: x + norm(TURN(norm(x))),
        "deepnorm": lambda x, l: norm(depth**0.25 * x + TURN(x)),
        "lns": lambda x, l: x + TURN(norm(x) / math.sqrt(l)),
    }
    x = torch.tensor([3.0, 4.0], dtype=torch.float64)
    for placement, rule in rules.items():
        expected = [x]
        for l in range(1, depth + 1):
            expected.append(rule(expected[-1], l))
        found = residual_stack(x, [TURN] * depth, placement, final_norm=False)
        assert len(found) == depth + 1
        for p, q in zip(found, expected):
            assert torch.allclose(p, q, atol=1e-13), placement


def test_deepnorm_exponent():
    """With branches scaled as the docstring says, the stream turns by β²/α."""
    for depth in (2, 8, 24):
        alpha, beta = depth**0.25, (4 * depth) ** -0.25
        states = residual_stack(
            torch.tensor([1.0, 0.0], dtype=torch.float64), [lambda u: beta**2 * TURN(u)] * depth, "deepnorm"
        )
        angles = [math.acos(min(1, float((p @ q) / p.norm() / q.norm()))) for p, q in zip(states, states[1:])]
        assert angles[-1] == pytest.approx(math.atan(beta**2 / alpha), rel=1e-6)


@pytest.mark.parametrize("scale", [1e-37, 1e-30, 1e25, 1e38])
@pytest.mark.parametrize("placement", ["pre", "post", "peri", "deepnorm", "lns"])
def test_float32_extremes(scale, placement):
    x = torch.tensor([1.0, -0.5, 0.25, 1.0]) * scale
    out = residual_stack(x, [torch.zeros_like] * 2 if placement != "peri" else [lambda u: u] * 2, placement)[-1]
    assert torch.allclose(out, norm(torch.tensor(x.tolist(), dtype=torch.float64)).float(), rtol=1e-3)
    assert layer_roles([lambda u: 0.5 * TURN(u)] * 3, torch.tensor([[1.0, 1.0]]) * min(scale, 1e37))["turn"].shape == (
        3,
    )


def test_gradients_pass_the_norm():
    x = torch.randn(5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda z: residual_stack(z, [torch.sin, torch.cos], "pre")[-1], (x,))


BAD = [
    (torch.zeros(4), ValueError, "zero vector"),
    (torch.tensor([1.0, math.nan]), ValueError, "NaN"),
    (torch.tensor([1.0, math.inf]), ValueError, "infinite"),
    (torch.tensor(1.0), ValueError, "d >= 2"),
    (torch.ones(3, 1), ValueError, "d >= 2"),
    (torch.ones(4, dtype=torch.int64), TypeError, "floating"),
    (np.ones(4), TypeError, "torch tensor"),
    (1.0, TypeError, "torch tensor"),
]


@pytest.mark.parametrize("x, error, message", BAD)
def test_bad_inputs(x, error, message):
    for call in (lambda: residual_stack(x, [torch.sin] * 2, "pre"), lambda: layer_roles([torch.sin] * 2, x, "pre")):
        with pytest.raises(error, match=message):
            call()


@pytest.mark.parametrize(
    "branches, placement, error, message",
    [
        ([torch.sin] * 2, "sandwich", ValueError, "unknown placement 'sandwich'"),
        ([], "pre", ValueError, "at least"),
        (
            [lambda u: u[..., :2]] * 2,
            "post",
            ValueError,
            r"branch [01] writes must keep the shape: expected \(4,\), found \(2,\)",
        ),
        ([lambda u: u.numpy()] * 2, "pre", TypeError, "branch [01] writes must be a floating"),
        ([lambda u: u * math.nan] * 2, "pre", ValueError, "branch [01] writes is infinite or NaN"),
        ([lambda u: u * 1e39] * 2, "pre", ValueError, "infinite"),
        ([lambda u: -u] * 2, "post", ValueError, "zero vector"),
    ],
)
def test_bad_branches(branches, placement, error, message):
    for call in (
        lambda: residual_stack(torch.ones(4), branches, placement),
        lambda: layer_roles(branches, torch.ones(4), placement),
    ):
        with pytest.raises(error, match=message):
            call()


def test_roles_against_the_formulas():
    torch.manual_seed(0)
    d, L = 1024, 6
    Ws = [torch.randn(d, d) / math.sqrt(d) for _ in range(L)]
    blocks, x = [lambda u, W=W: u @ W for W in Ws], norm(torch.randn(64, d))
    pre, post = layer_roles(blocks, x, "pre"), layer_roles(blocks, x, "post")
    assert pre["turn"] == pytest.approx([math.degrees(math.atan((1 + t) ** -0.5)) for t in range(L)], abs=1)
    assert post["turn"] == pytest.approx(45, abs=1)
    assert post["width_like"] == pytest.approx((2 - 3**0.5) / (2 - 2**0.5), abs=0.03)
    assert pre["side_by_side"][-1] == pytest.approx(2 - 2 / (L + 1) * (L + math.sqrt((L - 1) / L)), rel=0.1)
    assert pre["leave_out"][-1] == pytest.approx(2 - 2 * math.sqrt(L / (L + 1)), rel=0.05)
    idle = layer_roles([blocks[0], torch.zeros_like, blocks[1]], x)
    assert math.isnan(idle["width_like"][0]) and idle["leave_out"][0] == 0
