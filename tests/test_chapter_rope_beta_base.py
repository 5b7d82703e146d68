"""The three functions that the RoPE chapter offers to take away, as a reader would copy them: cell by cell, nothing
else of the chapter."""

import csv
from pathlib import Path

import numpy as np
import pytest

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("rope_beta_base", "rope_frequencies", "rope_reach", "rope_rotate", "Scheme")
rope_frequencies, rope_reach, rope_rotate = (CODE[name] for name in ("rope_frequencies", "rope_reach", "rope_rotate"))
SCHEMES = CODE["Scheme"].__args__


def rows(name):
    with open(DATA / f"rope_beta_base_{name}.csv", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_frequencies_of_three_packages_to_1e_6():
    seen = set()
    for row in rows("frequencies"):
        scheme = {"yarn_released": "yarn"}.get(row["scheme"], row["scheme"])
        values, attention = rope_frequencies(
            scheme,
            int(row["dim"]),
            base=float(row["base"]),
            factor=float(row["factor"]),
            trained_length=float(row["trained_length"]),
            length=float(row["length"]) if row["length"] else None,
        )
        assert values.shape == (int(row["dim"]) // 2,)
        assert values[int(row["pair"])] == pytest.approx(float(row["inverse_frequency"]), rel=1e-6)
        assert attention == pytest.approx(float(row["attention_factor"]), rel=1e-6)
        seen.add((row["package"], scheme))
    assert {package for package, _ in seen} == {"transformers", "rotary-embedding-torch", "x-transformers"}
    assert {scheme for _, scheme in seen} == {"none", "interpolation", "ntk", "dynamic", "yarn"}


def test_rotations_of_two_packages_in_both_layouts():
    table, layouts = rows("rotations"), set()
    for function in {row["function"] for row in table}:
        part = [row for row in table if row["function"] == function]
        vector, expected = ([float(row[column]) for row in part] for column in ("input", "output"))
        frequencies, _ = rope_frequencies("none", int(part[0]["dim"]), base=float(part[0]["base"]))
        found = rope_rotate([vector], [float(part[0]["position"])], frequencies, layout=part[0]["layout"])
        np.testing.assert_allclose(found, [expected], atol=1e-12)
        layouts.add(part[0]["layout"])
    assert layouts == {"half", "interleaved"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_is_the_identity_at_factor_one(scheme):
    np.testing.assert_allclose(rope_frequencies(scheme, 64)[0], rope_frequencies("none", 64)[0], rtol=1e-12)
    assert rope_frequencies(scheme, 64)[1] == 1


@pytest.mark.parametrize(
    ("scheme", "in_range"),
    [
        ("none", False),
        ("interpolation", True),
        ("base", False),
        ("ntk", False),
        ("ntk_fixed", False),
        ("mixed", False),
        ("by_parts", True),
        ("critical", True),
    ],
)
def test_which_schemes_keep_unwrapped_pairs_in_their_trained_arc(scheme, in_range):
    trained, _ = rope_frequencies("none", 128)
    slowed, _ = rope_frequencies(scheme, 128, factor=8.0)
    unwrapped = trained * 4096 < 2 * np.pi
    assert unwrapped.sum() == 18
    assert bool(np.all(slowed[unwrapped] * 8 * 4096 <= trained[unwrapped] * 4096 * (1 + 1e-12))) == in_range


@pytest.mark.parametrize("layout", ["half", "interleaved"])
def test_products_depend_on_the_distance_only_and_norms_are_kept(layout):
    rng = np.random.default_rng(0)
    query, key = rng.normal(size=(2, 1, 16))
    frequencies, _ = rope_frequencies("ntk", 16, factor=4.0)
    turn = lambda v, position: rope_rotate(v, np.array([position]), frequencies, layout=layout)[0]
    assert turn(query, 9) @ turn(key, 4) == pytest.approx(turn(query, 105) @ turn(key, 100), rel=1e-9)
    assert turn(query, 9) @ turn(key, 4) != pytest.approx(turn(query, 9) @ turn(key, 5), rel=1e-3)
    assert np.linalg.norm(turn(query, 9)) == pytest.approx(np.linalg.norm(query))


def test_shapes_with_leading_axes_and_the_attention_factor():
    frequencies, attention = rope_frequencies("yarn", 8, factor=8.0)
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 8))
    plain = rope_rotate(x, np.arange(5), frequencies, layout="half")
    assert plain.shape == x.shape
    np.testing.assert_allclose(
        rope_rotate(x, np.arange(5), frequencies, layout="half", attention=attention), attention * plain
    )


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("ntk", 63), {}, "dim: expected an even number of at least 4; found 63"),
        (("ntk", 2), {}, "found 2"),
        (("ntk", 64), {"factor": 0.5}, "factor: expected at least 1; found 0.5"),
        (("ntk", 64), {"factor": float("nan")}, "factor: expected at least 1"),
        (("ntk", 64), {"base": 1.0}, "base: expected a number above 1"),
        (("mixed", 64), {"exponent": 2.0}, "exponent: expected a number from 0 to 1; found 2.0"),
        (("critical", 64), {"trained_length": 6}, "trained_length: expected above 2π"),
        (("linear", 64), {}, "scheme: expected none, interpolation, .*; found 'linear'"),
        (("ntk", 64.5), {}, "dim: expected an even number"),
        (("ntk", 64), {"base": float("inf")}, "base: expected a number above 1; found inf"),
        (("dynamic", 64), {"length": float("nan")}, "length: expected a positive number; found nan"),
    ],
)
def test_wrong_arguments_are_named(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        rope_frequencies(*arguments, **options)


def test_wrong_shapes_and_layouts_are_named():
    with pytest.raises(ValueError, match=r"expected shape \(…, 3, 6\)"):
        rope_rotate(np.ones((3, 8)), np.arange(3), np.ones(3), layout="half")
    with pytest.raises(ValueError, match="found 'split'"):
        rope_rotate(np.ones((3, 6)), np.arange(3), np.ones(3), layout="split")
    with pytest.raises(ValueError, match="positions: expected one axis"):
        rope_rotate(np.ones((1, 6)), 2.0, np.ones(3), layout="half")
    with pytest.raises(ValueError, match=r"positions: expected one axis; found shape \(3, 1\)"):
        rope_rotate(np.ones((3, 6)), np.ones((3, 1)), np.ones(3), layout="half")
    with pytest.raises(ValueError, match="NaN or infinity"):
        rope_rotate(np.full((1, 6), np.nan), np.ones(1), np.ones(3), layout="half")


def test_single_precision_is_turned_in_double_precision():
    frequencies, _ = rope_frequencies("none", 8)
    x = np.full((1, 8), 1e38, np.float32)
    found = rope_rotate(x, np.array([0.0], np.float32), frequencies, layout="half")
    assert found.dtype == np.float64 and np.array_equal(found, x)


def test_yarn_without_room_for_its_ramp_keeps_the_dials_that_finish():
    plain, _ = rope_frequencies("none", 8)
    np.testing.assert_allclose(rope_frequencies("yarn", 8, factor=4.0, trained_length=1e9)[0], plain)


@pytest.mark.parametrize(
    ("scheme", "reach"),
    [("none", 1), ("interpolation", 8), ("base", 4.4571), ("ntk", 4.5648), ("by_parts", 8), ("critical", 8.3662)],
)
def test_the_reach_of_the_running_example(scheme, reach):
    before, after = (rope_frequencies(name, 128, factor=8.0)[0] for name in ("none", scheme))
    assert rope_reach(before, after, 4096) == pytest.approx(reach, rel=1e-3)


def test_reach_without_an_unfinished_dial_is_infinite_and_nonsense_is_refused():
    before, _ = rope_frequencies("none", 8, base=100.0)
    assert rope_reach(before, before / 2, 1e6) == np.inf
    for wrong in (
        (before, before[:-1], 100),
        (before[None], before[None], 100),
        (before, 0 * before, 100),
        (before, before, float("nan")),
    ):
        with pytest.raises(ValueError, match="theta"):
            rope_reach(*wrong)
