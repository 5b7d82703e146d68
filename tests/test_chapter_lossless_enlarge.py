"""The function of the chapter on lossless enlargement, and its numbers."""

import math

import numpy as np
import pytest
import torch

from claims.takeaway import enlarge

SQUARE = {"w": ("writes stream", "reads stream"), "b": ("writes stream",)}
SMALL = {"w": np.array([[1.0, 2.0], [0.0, 1.0]]), "b": np.array([1.0, -2.0])}


def repeat(width, factor):
    return np.kron(np.eye(width), np.ones((factor, 1))) / math.sqrt(factor)


def test_the_running_example():
    large, report = enlarge(SMALL, SQUARE, 2)
    assert np.allclose(large["w"], [[0.5, 0.5, 1, 1]] * 2 + [[0, 0, 0.5, 0.5]] * 2)
    out = large["w"] @ (np.array([3, 3, -1, -1]) / math.sqrt(2)) + large["b"]
    assert np.allclose(out * math.sqrt(2), [2, 2, -3, -3])
    assert report == {"shapes": {"w": ((2, 2), (4, 4)), "b": ((2,), (4,))}, "difference": None}


@pytest.mark.parametrize("factor", [2, 3, 5])
@pytest.mark.parametrize("tile", [False, True])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_a_feed_forward_layer_with_gelu_is_kept(factor, tile, noise):
    rng = np.random.default_rng(1)
    small = {"1.w": rng.normal(size=(7, 4)), "1.b": rng.normal(size=7), "2.w": rng.normal(size=(4, 7)),
             "2.b": rng.normal(size=4)}
    plan = {"1.w": ("writes plain", "reads stream"), "1.b": ("writes plain",),
            "2.w": ("writes stream", "reads plain"), "2.b": ("writes stream",)}
    layout = np.kron(np.ones((factor, 1)), np.eye(4)) / math.sqrt(factor) if tile else repeat(4, factor)

    def run(state, x):
        hidden = torch.nn.functional.gelu(torch.as_tensor(x @ state["1.w"].T + state["1.b"])).numpy()
        return hidden @ state["2.w"].T + state["2.b"]

    def run_large(state, x):
        return run(state, x @ layout.T) @ layout

    inputs = [rng.normal(size=(3, 4)) for _ in range(2)]
    large, report = enlarge(small, plan, factor, tile=tile, noise=noise, seed=4, compare=(run, run_large, inputs))
    assert report["difference"] < 1e-13
    assert np.allclose(run(large, inputs[0] @ layout.T), run(small, inputs[0]) @ layout.T)
    assert (np.ptp(large["2.w"][0].reshape(factor, 7) if tile else large["2.w"][0].reshape(7, factor).T, axis=0).max()
            > 1e-3) == bool(noise)


def test_the_difference_reports_a_wrong_plan():
    wrong = {"w": ("writes stream", "reads plain"), "b": ("writes stream",)}
    run = lambda state, x: x @ state["w"].T + state["b"]  # noqa: E731
    run_large = lambda state, x: run(state, x @ repeat(2, 2).T) @ repeat(2, 2)  # noqa: E731
    assert enlarge(SMALL, wrong, 2, compare=(run, run_large, [np.ones((1, 2))]))[1]["difference"] > 0.1
    with pytest.raises(ValueError, match="shapes"):
        enlarge(SMALL, SQUARE, 2, compare=(run, lambda state, x: np.ones(7), [np.ones((1, 2))]))


def test_torch_attention_with_one_matrix_for_queries_keys_and_values():
    rng = np.random.default_rng(2)
    shapes = {"in_proj_weight": (24, 8), "in_proj_bias": (24,), "out_proj.weight": (8, 8), "out_proj.bias": (8,)}
    state = {name: torch.as_tensor(rng.normal(size=shape)) for name, shape in shapes.items()}
    plan = {"in_proj_weight": ("writes score score stream", "reads stream"),
            "in_proj_bias": ("writes score score stream",), "*.weight": SQUARE["w"], "*.bias": SQUARE["b"]}
    x = torch.as_tensor(rng.normal(size=(2, 5, 8)))

    def attention(state, x):
        made = torch.nn.MultiheadAttention(x.shape[-1], 2, batch_first=True, dtype=torch.float64)
        made.load_state_dict(state)
        with torch.no_grad():
            return made(x, x, x, need_weights=False)[0]

    wide = torch.as_tensor(repeat(8, 3))
    large, _ = enlarge(state, plan, 3)
    assert torch.allclose(attention(large, x @ wide.T), attention(state, x) @ wide.T, atol=1e-12)


def test_scales_of_single_axes():
    one = {"a": np.ones(2)}
    entry = lambda word: float(enlarge(one, {"a": (word,)}, 4)[0]["a"][0])  # noqa: E731
    found = [entry(f"{verb} {place}") for verb in ("writes", "reads") for place in ("stream", "score", "plain")]
    assert np.allclose(found, [0.5, 4**-0.25, 1, 0.5, 4**-0.75, 0.25])


@pytest.mark.parametrize("words, match", [
    (dict(factor=1), "factor"), (dict(factor=True), "factor"), (dict(factor=2.0), "factor"),
    (dict(noise=-1.0), "noise"), (dict(noise=float("nan")), "noise"), (dict(plan={}), "no pattern"),
    (dict(plan={"*": ("writes stream",)}), "words"), (dict(plan={"*": ("writes there", None)}), "plan"),
    (dict(plan={"*": ("reads stream plain", None)}), "plan"), (dict(plan={"*": (3, None)}), "plan"),
    (dict(plan={"*": ("writes stream stream stream", None)}), "equal parts"),
    (dict(state={"w": np.array([[np.inf]])}), "finite"),
])
def test_refusals(words, match):
    call = {"state": {"w": np.ones((2, 2))}, "plan": SQUARE, "factor": 2, "noise": 0.0} | words
    with pytest.raises(ValueError, match=match):
        enlarge(call["state"], call["plan"], call["factor"], noise=call["noise"])


def test_kinds_types_and_extremes():
    found = enlarge({"w": np.full((2, 2), 3e38, np.float32)}, SQUARE, 2, noise=0.0)[0]["w"]
    assert found.dtype == np.float32 and np.isfinite(found).all()
    half = enlarge({"w": torch.ones(2, 2, dtype=torch.float16)}, SQUARE, 2)[0]["w"]
    assert half.dtype == torch.float16 and half.shape == (4, 4)
    assert enlarge({"w": np.zeros((0, 2))}, SQUARE, 2)[0]["w"].shape == (0, 4)
    first, second = (enlarge(SMALL, SQUARE, 2, noise=1.0, seed=seed)[0]["w"] for seed in (1, 2))
    assert not np.allclose(first, second)
    assert np.array_equal(SMALL["w"], [[1, 2], [0, 1]])
