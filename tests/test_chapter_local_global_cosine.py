"""The two functions that the chapter on local and global cosines offers to take away, as a reader would copy them, and
numbers of its page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from chapter_code import take_away
from scipy.optimize import minimize
from scipy.spatial.distance import cosine

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("local_global_cosine", "_blocks", "_length", "cosine_report", "match_block_norms", "unrelated",
                 "whole_cosine", "matched", "mean_evenness", "SIZES", "task", "slopes")
cosine_report, match_block_norms = CODE["cosine_report"], CODE["match_block_norms"]
EXAMPLE = ([np.array([1.0, 0.0]), np.array([0.1, 0.0])],
           [np.array([0.09, 0.1 * math.sqrt(0.19)]), np.array([0.8, 0.6])])


def drawn(rng, sizes=((3,), (2, 4), (), (5,)), positive=False):
    grads = [rng.normal(size=size) * np.exp(rng.normal()) for size in sizes]
    updates = [(np.abs(rng.uniform(0.1, 3)) * (g + 0.5 * rng.normal(size=g.shape))) for g in grads]
    if positive:
        updates = [u if (u * g).sum() > 0 else -u for u, g in zip(updates, grads)]
    return updates, grads


def whole(blocks):
    return np.concatenate([np.ravel(block) for block in blocks])


@pytest.mark.parametrize("seed", range(20))
def test_the_report_agrees_with_scipy(seed):
    updates, grads = drawn(np.random.default_rng(seed))
    report = cosine_report(updates, grads)
    assert report["c"] == pytest.approx(1 - cosine(whole(updates), whole(grads)), abs=1e-12)
    local = [1 - cosine(np.ravel(u), np.ravel(g)) for u, g in zip(updates, grads)]
    assert report["c_min"] == pytest.approx(min(local), abs=1e-12)
    lengths = [[np.linalg.norm(np.ravel(block)) for block in blocks] for blocks in (updates, grads)]
    assert report["profile"] == pytest.approx(1 - cosine(*lengths), abs=1e-12)
    assert report["bound"] <= report["c"] + 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_is_that_of_the_ratios(seed):
    updates, grads = drawn(np.random.default_rng(seed), positive=True)
    report = cosine_report(updates, grads)
    ratios = [np.linalg.norm(np.ravel(g)) / np.linalg.norm(np.ravel(u)) for u, g in zip(updates, grads)]
    kappa = max(ratios) / min(ratios)
    assert report["bound"] == pytest.approx(report["c_min"] * 2 * math.sqrt(kappa) / (1 + kappa))


def test_the_running_example():
    before, after = cosine_report(*EXAMPLE), cosine_report(match_block_norms(*EXAMPLE), EXAMPLE[1])
    assert [round(before[key], 4) for key in ("c", "c_min", "profile", "bound")] == [0.1683, 0.8, 0.198, 0.1584]
    assert [round(after[key], 4) for key in ("c", "c_min", "profile", "bound")] == [0.801, 0.8, 1.0, 0.8]


@pytest.mark.parametrize("seed", range(10))
def test_matching_keeps_directions_and_the_length_of_the_whole(seed):
    updates, grads = drawn(np.random.default_rng(seed))
    new = match_block_norms(updates, grads)
    assert np.linalg.norm(whole(new)) == pytest.approx(np.linalg.norm(whole(updates)))
    for old, block, g in zip(updates, new, grads):
        assert block.shape == old.shape
        assert (block * old).sum() == pytest.approx(np.linalg.norm(block) * np.linalg.norm(old))
    ratios = [np.linalg.norm(g) / np.linalg.norm(block) for block, g in zip(new, grads)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))
    assert cosine_report(updates, grads)["c_min"] - 1e-12 <= cosine_report(new, grads)["c"]


@pytest.mark.parametrize("function", [cosine_report, match_block_norms])
@pytest.mark.parametrize("case", [
    (np.ones(3), np.ones(3)), ([], []), ([np.ones(2)], [np.ones(3)]), ([np.ones(2)], [np.ones(2), np.ones(1)]),
    ([np.array([math.nan])], [np.ones(1)]), ([np.ones(1)], [np.array([math.inf])]),
    ([np.array([1j])], [np.ones(1)]),
    ([np.zeros(2)], [np.ones(2)]), ([np.ones(2)], [np.zeros(2)]), (["a"], [1.0]), ([None], [1.0]),
    ({0: 1.0}, {0: 1.0})])
def test_meaningless_arguments_are_refused(function, case):
    with pytest.raises(ValueError):
        function(*case)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e300])
def test_extreme_sizes(size):
    updates, grads = drawn(np.random.default_rng(3))
    plain = cosine_report(updates, grads)
    scaled = cosine_report([size * u for u in updates], [g / size for g in grads])
    assert scaled == pytest.approx(plain, rel=1e-9)
    new = match_block_norms([size * u for u in updates], grads)
    np.testing.assert_allclose(whole(new) / size, whole(match_block_norms(updates, grads)), rtol=1e-9)


def test_single_precision_and_zero_blocks():
    updates, grads = drawn(np.random.default_rng(4))
    low = cosine_report([np.float32(u) for u in updates], [np.float32(g) for g in grads])
    assert low == pytest.approx(cosine_report(updates, grads), rel=1e-5)
    ones = [np.ones(2), np.ones(3)]
    report = cosine_report([np.zeros(2), np.ones(3)], ones)
    assert (report["bound"], report["c"]) == (0, pytest.approx(math.sqrt(0.6)))
    assert cosine_report([np.zeros(2), np.ones(3)], [np.ones(2), np.zeros(3)])["c"] == 0
    with pytest.raises(ValueError):
        match_block_norms([np.zeros(2), np.ones(3)], [np.ones(2), np.zeros(3)])
    with_empty = cosine_report([np.zeros(0), np.ones(3)], [np.zeros(0), np.ones(3)])
    assert with_empty["c"] == pytest.approx(1) and with_empty["bound"] == pytest.approx(1)


def test_the_range_of_the_global_cosine():
    """Search over lengths: the ends of the open interval are approached and not passed."""
    rng = np.random.default_rng(5)
    for cosines in ([0.9, 0.2, 0.5], [-0.3, 0.8, 0.1], [-0.5, -0.9]):
        cosines = np.array(cosines)

        def value(x, sign):
            a, b = np.exp(np.clip(x, -20, 20)).reshape(2, -1)
            return sign * (cosines * a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)

        for sign, end in ((1, min(0, cosines.min())), (-1, -max(0, cosines.max()))):
            found = min(minimize(value, rng.normal(size=2 * len(cosines)), args=(sign,), method="Nelder-Mead",
                                 options={"maxiter": 4000}).fun for _ in range(6))
            assert end - 1e-12 <= found <= end + 2e-3


def test_the_product_law():
    rng = np.random.default_rng(6)
    lengths = np.exp(1.5 * rng.normal(size=(2, 200_000, 8)))
    cosines = (lengths[0] * lengths[1]).sum(1) / np.linalg.norm(lengths[0], axis=1) / np.linalg.norm(lengths[1], axis=1)
    assert cosines.mean() == pytest.approx(CODE["mean_evenness"](rng, 8, 200_000) ** 2, abs=4e-3)
    assert cosines.mean() == pytest.approx(0.42, abs=5e-3)


def test_the_toy_has_the_local_cosines_that_the_page_says():
    updates, grads = CODE["unrelated"](np.random.default_rng(7), 500, 8)
    local = (updates * grads).sum(-1) / np.sqrt((updates**2).sum(-1) * (grads**2).sum(-1))
    assert 0.3 <= local.min() < 0.301 and 0.499 < local.max() <= 0.5
    after = CODE["whole_cosine"](CODE["matched"](updates, grads), grads)
    assert after.min() >= 0.3


def test_the_gradient_of_the_network():
    x, y, weights = CODE["task"](np.random.default_rng(8), 2, 40)
    loss, grads = CODE["slopes"](weights, x, y)
    for k, weight in enumerate(weights):
        moved = [w.copy() for w in weights]
        moved[k][:, 0, 0] += 1e-6
        np.testing.assert_allclose((CODE["slopes"](moved, x, y)[0] - loss) / 1e-6, grads[k][:, 0, 0], atol=1e-5)


def test_the_stored_first_steps_of_adam_are_signs():
    with open(DATA / "local_global_cosine_oracles.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["oracle"] == "Adam"]
    assert len(rows) == 2
    for row in rows:
        grad, moved = (np.array(row[key].split(), float) for key in ("first", "value"))
        np.testing.assert_allclose(moved, -0.01 * np.sign(grad), rtol=1e-5)


def test_stones():
    surgery, puncture = ((81, 87), (192, 263)), ((234, 270), (55, 80))
    rate = lambda pairs: sum(k for k, _ in pairs) / sum(n for _, n in pairs)  # noqa: E731
    assert all(a[0] / a[1] > b[0] / b[1] for a, b in zip(surgery, puncture)) and rate(surgery) < rate(puncture)
    assert [round(math.sqrt(rate(pairs)), 4) for pairs in (surgery, puncture)] == [0.8832, 0.9087]
