"""The two functions that the chapter on large pictures offers to take away, as a reader would copy them, and numbers
of its page."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("snr_high_resolution", "shift_time", "effective_shift")
shift_time, effective_shift = CODE["shift_time"], CODE["effective_shift"]
RATIO = {"cosine": lambda t: 1 / np.tan(np.pi * t / 2) ** 2, "straight": lambda t: ((1 - t) / t) ** 2}


def rows(name):
    with open(DATA / f"snr_high_resolution_{name}.csv", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@given(t=st.floats(0.01, 0.99), s=st.floats(0.05, 20), path=st.sampled_from(["cosine", "straight"]))
def test_the_ratio_is_divided_by_the_square(t, s, path):
    assert RATIO[path](shift_time(t, s, path)) == pytest.approx(RATIO[path](t) / s**2, rel=1e-8)


@given(t=st.floats(0, 1), s=st.floats(0.05, 20), r=st.floats(0.05, 20), path=st.sampled_from(["cosine", "straight"]))
def test_shifts_multiply_and_can_be_undone(t, s, r, path):
    assert shift_time(shift_time(t, s, path), r, path) == pytest.approx(shift_time(t, r * s, path), abs=1e-12)
    assert shift_time(shift_time(t, s, path), 1 / s, path) == pytest.approx(t, abs=1e-12)


def test_times_of_diffusers():
    table = rows("shifts")
    found = [shift_time(float(row["time"]), float(row["shift"]), "straight") for row in table]
    np.testing.assert_allclose(found, [float(row["shifted"]) for row in table], rtol=2e-7)
    assert {row["call"] for row in table} == {"shift", "time_shift with mu = log shift"}


def test_the_shifted_schedule_of_a_package_up_to_its_squeeze():
    ends = [2 / math.pi * math.atan(math.exp(-e / 2)) for e in (15, -15)]
    table = [row for row in rows("schedules") if row["function"] == "logsnr_schedule_shifted"]
    for row in table:
        t = ends[0] + float(row["time"]) * (ends[1] - ends[0])
        assert math.log(RATIO["cosine"](shift_time(t, 8))) == pytest.approx(float(row["log_snr"]), abs=1e-9)
    assert len(table) == 7


def test_both_packages_mean_the_same_interpolated_schedule():
    """k-diffusion counts its time from noise to data; its ends are nearer, so the two differ by the squeeze only."""
    lucid = {float(r["time"]): float(r["log_snr"]) for r in rows("schedules")
             if r["function"] == "logsnr_schedule_interpolated" and r["image_d"] == "512"}
    other = {float(r["time"]): float(r["log_snr"]) for r in rows("schedules")
             if r["package"] == "k-diffusion" and (r["image_d"], r["noise_d_low"]) == ("512", "32")}
    for t in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert other[round(1 - t, 2)] == pytest.approx(lucid[t], abs=0.2)
    assert abs(other[0.25] - lucid[0.25]) > 3


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_ends_shapes_and_types_of_times(dtype):
    t = np.array([[0, 0.5, 1]], dtype)
    for path in ("cosine", "straight"):
        for s in (1e-12, 1, 1e12):
            out = shift_time(t, s, path)
            assert out.shape == t.shape and out[0, 0] == 0 and out[0, 2] == 1
        assert isinstance(shift_time(0.3, 2, path), float)
    np.testing.assert_allclose(shift_time(t, 1), t, atol=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.1, 2), "t: expected times from 0 to 1"),
        ((float("nan"), 2), "t: expected times from 0 to 1"),
        ((0.5, 0), "s: expected a positive number; found 0"),
        ((0.5, -1), "s: expected a positive number"),
        ((0.5, float("nan")), "s: expected a positive number"),
        ((0.5, float("inf")), "s: expected a positive number"),
        ((0.5, [1, 2]), "s: expected a positive number"),
        ((0.5, 2, "linear"), "path: expected 'cosine' or 'straight'; found 'linear'"),
    ],
)
def test_shift_time_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        shift_time(*arguments)


def pooled_by_torch(images, s):
    x = torch.as_tensor(images, dtype=torch.float64)
    x = x[:, None] if x.ndim == 3 else x
    x = x - x.mean((0, 2, 3), keepdim=True)
    return s * float((torch.nn.functional.avg_pool2d(x, s) ** 2).mean().sqrt() / (x**2).mean().sqrt())


@pytest.mark.parametrize(("shape", "s"), [((5, 16, 24), 4), ((3, 3, 8, 8), 2), ((1, 1, 16, 16), 16), ((2, 6, 6), 1)])
def test_effective_shift_is_that_of_torch(shape, s):
    images = np.random.default_rng(1).normal(size=shape).cumsum(-1).cumsum(-2) + 5
    assert effective_shift(images, s) == pytest.approx(pooled_by_torch(images, s), rel=1e-9)


def test_effective_shift_of_known_fields():
    rng = np.random.default_rng(2)
    blocks = np.kron(rng.normal(size=(6, 8, 8)), np.ones((1, 4, 4)))
    assert effective_shift(blocks, 4) == pytest.approx(4)
    assert effective_shift(rng.normal(size=(200, 32, 32)), 4) == pytest.approx(1, abs=0.03)
    rho, field = 0.9, rng.normal(size=(6000, 8, 8))
    root = np.linalg.cholesky(rho ** np.abs(np.subtract.outer(np.arange(8), np.arange(8))))
    assert effective_shift(root @ field @ root.T, 8) == pytest.approx(38.26**0.5, abs=0.15)


def test_effective_shift_does_not_see_scale_offset_or_channels_of_other_means():
    images = np.random.default_rng(3).normal(size=(4, 3, 8, 8)).cumsum(-1)
    found = effective_shift(images, 2)
    assert effective_shift(1e30 * images, 2) == pytest.approx(found)
    assert effective_shift(images + np.array([0, 50, -7])[:, None, None], 2) == pytest.approx(found)
    assert effective_shift(images.astype(np.float32), 2) == pytest.approx(found, rel=1e-5)


@pytest.mark.parametrize(
    ("images", "s", "message"),
    [
        (np.ones((8, 8)), 2, r"images: expected shape \(N, H, W\) or \(N, C, H, W\); found \(8, 8\)"),
        (np.ones((0, 8, 8)), 2, "images: expected shape"),
        (np.ones((1, 9, 8)), 2, "s: expected a whole number that divides height 9 and width 8; found 2"),
        (np.ones((1, 8, 8)), 0, "s: expected a whole number"),
        (np.ones((1, 8, 8)), 1.5, "s: expected a whole number"),
        (np.full((1, 8, 8), np.nan), 2, "images: expected finite numbers"),
        (np.full((2, 8, 8), 3.7), 2, "images: all pixels of a channel are the same"),
    ],
)
def test_effective_shift_refuses(images, s, message):
    with pytest.raises(ValueError, match=message):
        effective_shift(images, s)


def test_numbers_of_the_running_example():
    assert shift_time(0.5, 8) == pytest.approx(0.921, abs=5e-4)
    assert shift_time(0.5, 1 / 8) == pytest.approx(0.079, abs=5e-4)
    assert shift_time(0.5, 8, "straight") == pytest.approx(8 / 9)
    assert shift_time(0.2, 4, "straight") == pytest.approx(0.5)


def test_the_exchanged_schedule_turns_at_e_to_the_pi():
    t = np.linspace(0.01, 0.99, 9801)
    for ratio, falls in ((8, True), (23.1, True), (23.2, False), (32, False)):
        values = -2 * np.log(np.tan(np.pi * t / 2)) + 2 * t * np.log(ratio)
        assert bool(np.all(np.diff(values) < 0)) == falls


def test_the_interpolated_schedule_crosses_the_shifted_one_at_two_thirds():
    apart = [2 * t * math.log(1 / 16) + 2 * (1 - t) * math.log(1 / 2) + 2 * math.log(8) for t in (0.6, 2 / 3, 0.7)]
    assert apart[0] > 0 > apart[2] and apart[1] == pytest.approx(0, abs=1e-12)
