"""The two functions that the chapter on the rank of attention offers to take away, as a reader would copy them."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import softmax
from scipy.stats import entropy

from chapter_code import take_away

CODE = take_away("decoder_only_low_rank", "attention_spectrum", "min_head_width")
attention_spectrum, min_head_width = CODE["attention_spectrum"], CODE["min_head_width"]


def head(rng, n, h, causal=False):
    """The map of PyTorch for random queries and keys."""
    q, k = (torch.from_numpy(rng.normal(size=(1, n, h))) for _ in range(2))
    one = torch.eye(n, dtype=torch.float64)[None]
    return torch.nn.functional.scaled_dot_product_attention(q, k, one, is_causal=causal)[0].numpy()


def divergence_of_best_fit(goal, width, causal, starts=4):
    """Smallest divergence from a goal map that torch finds with queries and keys of this width."""
    n, rng, best = len(goal), np.random.default_rng(0), math.inf
    target, mask = torch.from_numpy(goal), torch.full((n, n), 0.0, dtype=torch.float64)
    if causal:
        mask = mask + torch.triu(torch.full((n, n), -1e9, dtype=torch.float64), 1)

    def loss(flat):
        x = torch.from_numpy(flat.reshape(2, n, width)).requires_grad_()
        value = torch.nn.functional.kl_div((x[0] @ x[1].T + mask).log_softmax(-1), target, reduction="sum")
        value.backward()
        return value.item(), x.grad.numpy().ravel()

    for _ in range(starts):
        start = 0.7 * rng.normal(size=2 * n * width)
        options = {"maxiter": 800, "ftol": 1e-16, "gtol": 1e-10}
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
        best = min(best, abs(found.fun))
    return best


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("n", [2, 5, 6, 12])
def test_width_of_almost_every_map(n, causal):
    scores = np.random.default_rng(n).normal(size=(n, n))
    goal = softmax(np.where(np.tril(np.ones((n, n))) > 0, scores, -np.inf) if causal else scores, axis=1)
    assert min_head_width(goal, causal) == (math.ceil((n - 1) / 2) if causal else n - 1)


@pytest.mark.parametrize("causal", [False, True])
def test_a_narrow_head_is_recognised(causal):
    for width in (1, 2, 3):
        assert min_head_width(head(np.random.default_rng(width), 12, width, causal), causal) <= width
    assert min_head_width(head(np.random.default_rng(7), 12, 3, False)) == 3


@pytest.mark.parametrize("causal", [False, True])
def test_an_optimiser_fits_at_this_width_and_not_below(causal):
    scores = np.random.default_rng(3).normal(size=(5, 5))
    goal = softmax(np.where(np.tril(np.ones((5, 5))) > 0, scores, -np.inf) if causal else scores, axis=1)
    width = min_head_width(goal, causal)
    assert divergence_of_best_fit(goal, width, causal) < 1e-8 < 1e-5 < divergence_of_best_fit(goal, width - 1, causal)


def test_single_precision_needs_a_tolerance():
    narrow = head(np.random.default_rng(7), 12, 3).astype(np.float32)
    assert min_head_width(narrow, tol=1e-4) == 3


def test_each_token_prefers_itself():
    """A causal map that needs the width n - 1."""
    assert [min_head_width(np.tril(1 + np.eye(n)), True) for n in (2, 3, 4, 9)] == [1, 2, 3, 8]


def test_uniform_maps_and_one_token_need_no_keys():
    assert min_head_width(np.ones((6, 6))) == min_head_width(np.tril(np.ones((6, 6))), True) == 0
    assert min_head_width(np.ones((1, 1))) == min_head_width(np.ones((1, 1)), True) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((2, 3)),), r"square matrix; found shape \(2, 3\)"),
        ((np.ones(3),), "square matrix"),
        ((np.ones((0, 0)),), "square matrix"),
        ((3.0,), "square matrix"),
        ((np.eye(2),), "positive weights"),
        ((np.array([[1.0, np.nan], [1, 1]]),), "finite positive"),
        ((np.ones((2, 2)), True), "zeros above the diagonal"),
        ((np.ones((2, 2)), False, 0), "tol: expected a positive number; found 0"),
        ((np.ones((2, 2)), False, float("nan")), "tol"),
    ],
)
def test_wrong_widths_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        min_head_width(*arguments)


@pytest.mark.parametrize("causal", [False, True])
def test_spectrum_against_scipy(causal):
    a = head(np.random.default_rng(5), 20, 8, causal)
    found = attention_spectrum(a)
    values = np.linalg.svd(a, compute_uv=False)
    assert found["effective_rank"] == pytest.approx(math.exp(entropy(values)))
    assert (found["largest"], found["smallest"]) == pytest.approx((values[0], values[-1]))
    tau = max(np.maximum(p - q, 0).sum() for p in a for q in a)
    assert found["tau"] == pytest.approx(tau)
    x = np.random.default_rng(6).normal(size=(20, 200))
    assert (np.ptp(a @ x, axis=0) <= tau * np.ptp(x, axis=0) + 1e-12).all()


def test_contraction_of_opposite_rows_is_the_hyperbolic_tangent():
    for bound in (0.3, 1.0, 2.0):
        scores = bound * np.array([[1.0, 1, -1, -1], [-1, -1, 1, 1], [0, 0, 0, 0], [1, -1, 1, -1]])
        assert attention_spectrum(softmax(scores, axis=1))["tau"] == pytest.approx(math.tanh(bound))


def test_equal_rows_single_precision_and_rectangles():
    assert attention_spectrum(np.full((3, 3), 1 / 3))["tau"] == 0
    assert attention_spectrum(np.full((3, 3), 1 / 3))["effective_rank"] == pytest.approx(1)
    a = softmax(np.random.default_rng(1).normal(size=(512, 512)).astype(np.float32), axis=1)
    double = attention_spectrum(a.astype(float))
    assert attention_spectrum(a)["effective_rank"] == pytest.approx(double["effective_rank"])
    assert attention_spectrum(np.full((2, 5), 0.2))["largest"] == pytest.approx(math.sqrt(0.4))


@pytest.mark.parametrize(
    ("a", "message"),
    [
        (np.ones(3) / 3, "expected a matrix"),
        (0.5, "expected a matrix"),
        (np.ones((0, 2)), "expected a matrix"),
        (np.array([[2.0, -1.0]]), "pass the map, not the scores"),
        (np.array([[np.inf, 1.0]]), "finite"),
        (np.ones((2, 2)), "rows with sum 1"),
    ],
)
def test_wrong_maps_are_named(a, message):
    with pytest.raises(ValueError, match=message):
        attention_spectrum(a)


def test_random_heads_of_the_page():
    """512 tokens: poorer without a mask at width 4, richer at width 64."""
    for width, richer in ((4, True), (64, False)):
        maps = [head(np.random.default_rng(9), 512, width, c) for c in (False, True)]
        both, causal = (attention_spectrum(a)["effective_rank"] for a in maps)
        assert (causal > both) is richer
