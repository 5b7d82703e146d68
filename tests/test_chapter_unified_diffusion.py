"""The two functions that the chapter on unified diffusion offers to take away, as a reader would copy them, and
numbers of its page computed in another way."""

import csv
import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("unified_diffusion", "coupling_defect", "exact_step", "_as_laws")
coupling_defect, exact_step = CODE["coupling_defect"], CODE["exact_step"]


def world(seed, points=3, clean=4, after=5):
    """A random ruin and kernel, and the less ruined law for which the kernel is a coupling."""
    rng = np.random.default_rng(seed)
    law_t = rng.dirichlet(np.ones(points), size=clean)
    kernel = rng.dirichlet(np.ones(after), size=(points, clean))
    law_s = np.array([sum(law_t[i, j] * kernel[j, i] for j in range(points)) for i in range(clean)])
    return kernel, law_t, law_s, rng.dirichlet(np.ones(clean))


@pytest.mark.parametrize("seed", range(4))
def test_a_coupling_has_no_defect_and_its_step_is_exact(seed):
    kernel, law_t, law_s, prior = world(seed)
    assert coupling_defect(kernel, law_t, law_s) < 1e-14
    np.testing.assert_allclose(exact_step(kernel, law_t, prior), prior @ law_s, atol=1e-14)


def test_the_defect_is_the_largest_difference_and_no_other_law_has_none():
    kernel, law_t, law_s, _ = world(5)
    other = law_s.copy()
    other[2, :2] += (0.01, -0.01)
    assert coupling_defect(kernel, law_t, other) == pytest.approx(0.01)


def test_another_law_of_guesses_gives_the_law_of_a_simulation():
    kernel, law_t, _, prior = world(6)
    rng = np.random.default_rng(0)
    guess = rng.dirichlet(np.ones(len(prior)), size=kernel.shape[0])
    count = 200_000
    clean = rng.choice(len(prior), size=count, p=prior)
    draw = lambda laws: (laws.cumsum(-1) < rng.random((len(laws), 1))).sum(-1).clip(max=laws.shape[1] - 1)
    ruined = draw(law_t[clean])
    after = draw(kernel[ruined, draw(guess[ruined])])
    found = exact_step(kernel, law_t, prior, guess)
    np.testing.assert_allclose(np.bincount(after, minlength=5) / count, found, atol=5 * 0.5 / math.sqrt(count))
    assert np.abs(found - exact_step(kernel, law_t, prior)).max() > 1e-3


def test_posteriors_of_vq_diffusion_are_steps_from_an_observed_letter():
    """A package that is independent: the posterior for categorical noise with a mask, mixed over a law of guesses."""
    with open(DATA / "unified_diffusion_categorical.csv", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 48
    for row in rows:
        number = {key: float(row[key]) for key in row if key not in ("guess", "t", "x_t")}
        entry = lambda s, j, k: number["mask" + s] if k == 3 else number["letter" + s] + (j == k) * number["keep" + s]
        matrix = lambda s: np.array([[entry(s, j, k) for k in range(4)] for j in range(3)] + [[0, 0, 0, 1.0]])
        forward, less = matrix(""), matrix("_s")[:3]
        forward, less = (m / m.sum(1, keepdims=True) for m in (forward, less))
        more, seen = less @ forward, int(row["x_t"])
        move = forward.T[:, None] * less[None] / more.T[..., None]
        guess = np.tile([0.5, 0.3, 0.2] if row["guess"].startswith("0") else np.eye(3)[int(row["guess"][-1])], (4, 1))
        only = np.zeros((3, 4))                                 # a ruin that always leads to the observed letter
        only[:, seen] = 1
        found = exact_step(move, only, np.ones(3) / 3, guess)
        expected = [number[f"next_{c}"] for c in ("0", "1", "2", "mask")]
        np.testing.assert_allclose(found, expected, atol=2e-6)


def test_single_precision_and_extremes():
    kernel, law_t, law_s, prior = (a.astype(np.float32) for a in world(7))
    assert coupling_defect(kernel, law_t, law_s) < 1e-6
    assert exact_step(kernel, law_t, prior).dtype == np.float64
    tiny = np.array([[1 - 1e-300, 1e-300]])
    stay = np.eye(2)[:, None]
    assert coupling_defect(stay, tiny, tiny) == 0
    np.testing.assert_array_equal(exact_step(stay, tiny, np.ones(1)), tiny[0])
    whole = np.array([[1, 0], [0, 1]])
    assert coupling_defect(np.repeat(np.eye(2, dtype=int)[:, None], 2, 1), whole, whole) == 0


def test_rows_of_the_kernel_that_are_never_used_may_hold_anything():
    kernel, law_t, law_s, prior = world(8)
    law_t[:, 1] = 0
    law_t /= law_t.sum(1, keepdims=True)
    before = exact_step(kernel, law_t, prior)
    kernel[1] = 7.0
    np.testing.assert_array_equal(exact_step(kernel, law_t, prior), before)


K, T, S, P = world(9)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "message"),
    [
        (coupling_defect, (K, T[:3], S), ValueError, r"kernel: expected shape \(x_t, x_0, x_s\)"),
        (coupling_defect, (K, T, S[:, :4]), ValueError, "law_s: "),
        (coupling_defect, (K[0], T, S), ValueError, "kernel: expected 3 axes"),
        (coupling_defect, (K, 1.0, S), ValueError, "law_t: expected 2 axes"),
        (coupling_defect, (K, np.where(T == T.max(), np.nan, T), S), ValueError, "law_t: expected finite numbers"),
        (coupling_defect, (K, T, -S), ValueError, "law_s: expected probabilities"),
        (coupling_defect, (K, 2 * T, S), ValueError, "law_t: expected laws along the last axis"),
        (coupling_defect, (K * 1.1, T, S), ValueError, "kernel: expected laws along the last axis"),
        (coupling_defect, (K + 0j, T, S), TypeError, "kernel: expected real numbers"),
        (exact_step, (K, T, P[:2]), ValueError, r"prior: expected shape \(4,\)"),
        (exact_step, (K, T, 2 * P), ValueError, "prior: expected laws"),
        (exact_step, (K, T, P, T), ValueError, r"guess: expected shape \(3, 4\)"),
        (exact_step, (K, T, P, 2 * T.T), ValueError, "guess: expected laws"),
        (exact_step, (np.zeros((0, 4, 5)), T, P), ValueError, "kernel: expected 3 axes, none empty"),
    ],
)
def test_errors_say_what_is_wrong(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(*arguments)


def test_one_word_in_eighteen_by_another_enumeration():
    """Forget with a factorised network: all choices at once, as products of independent draws of equal chance."""
    wrong = Fraction(0)
    for fill in itertools.product((0, 1), repeat=3):                                   # the first fill: three coins
        for shown in range(3):                                                         # the letter that is left
            for coins in itertools.product((0, 1), repeat=3):                          # free letters of the second fill
                word = [fill[shown] if place == shown else coins[place] for place in range(3)]
                if shown == 1:
                    word[2] = word[1]
                if shown == 2:
                    word[1] = word[2]
                for hidden in range(3):                                                # hidden anew, and filled last
                    last = list(word)
                    if hidden == 1:
                        last[1] = last[2]
                    elif hidden == 2:
                        last[2] = last[1]
                    wrong += Fraction(last[1] != last[2], 8 * 3 * 8 * 3)
    assert wrong == Fraction(1, 18)


def test_numbers_of_the_coin_by_gauss_hermite():
    """Uncertainty of the coin, and what three samplers lose by the mean, with another rule of integration."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()
    uncertainty = weights @ (1 - np.tanh(0.6 * (0.6 + 0.8 * nodes) / 0.64) ** 2)
    assert uncertainty == pytest.approx(0.619267, abs=1e-5)
    own_noises = (0, 0.6 * math.sqrt(1 - 0.75**2) / 0.8, 0.6)
    lost = [(0.8 - 0.6 * math.sqrt(0.36 - s * s) / 0.8) ** 2 * uncertainty for s in own_noises]
    assert lost == pytest.approx([0.07586, 0.18521, 0.39633], abs=1e-4)
    entropy = lambda h: weights @ np.logaddexp(0, -2 * h * h - 2 * h * nodes)
    assert [entropy(c / math.sqrt(3)) for c in (1, 2, 4)] == pytest.approx([0.550, 0.289, 0.029], abs=1e-3)


def test_one_spread_for_all_coordinates_is_right_only_on_average():
    """Normal data with variances 1 and 4, forget from (0.6, 0.8) to (0.8, 0.6), by covariance matrices."""
    data, shift, shift_s = np.diag([1.0, 4.0]), 0.6, 0.8
    gain = shift * data @ np.linalg.inv(shift**2 * data + 0.64 * np.eye(2))
    given = data - gain @ (shift * data)
    assert np.diag(given) == pytest.approx([0.640, 1.231], abs=5e-4)
    mean_part = gain @ (shift**2 * data + 0.64 * np.eye(2)) @ gain.T
    found = shift_s**2 * (mean_part + np.trace(given) / 2 * np.eye(2)) + 0.36 * np.eye(2)
    right = shift_s**2 * data + 0.36 * np.eye(2)
    assert found[0, 0] - right[0, 0] == pytest.approx(0.189, abs=5e-4)
    assert np.trace(found) == pytest.approx(np.trace(right))


@pytest.mark.parametrize(("letters", "length"), [(2, 3), (3, 3), (5, 2)])
def test_a_uniform_start_is_wrong_by_at_most_the_information(letters, length):
    words = list(itertools.product(range(letters), repeat=length))
    avoid = np.array([[all(a != b for a, b in zip(v, w)) for w in words] for v in words]) / (letters - 1) ** length
    assert np.ones(len(words)) @ avoid == pytest.approx(1.0)
    rng = np.random.default_rng(0)
    for prior in [*rng.dirichlet(np.full(len(words), 0.05), size=50), np.eye(len(words))[0]]:
        last = prior @ avoid
        last = last[last > 0]
        assert (last * np.log(last * len(words))).sum() <= length * math.log(letters / (letters - 1)) + 1e-12


def test_keep_a_letter_or_take_the_guess_is_a_coupling():
    stay, stay_s, size = 0.3, 0.7, 4
    law = lambda a: a * np.eye(size) + (1 - a) / size
    share = (1 - stay_s) / (1 - stay)
    kernel = share * np.eye(size)[:, None] + (1 - share) * np.eye(size)[None]
    assert coupling_defect(kernel, law(stay), law(stay_s)) < 1e-15
