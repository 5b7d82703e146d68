"""The class that the chapter on whitening offers to take away, as a reader would copy it, and numbers of its page."""

import csv
import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("bert_whitening", "Whitener")
Whitener = CODE["Whitener"]


def fitted(sample, batches=1):
    white = Whitener(sample.shape[1])
    for batch in np.array_split(sample, batches):
        white.update(batch)
    return white


def cloud(seed, count=60, dims=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, dims)) @ (rng.normal(size=(dims, dims)) + np.eye(dims)) + rng.normal(size=dims)


def digits():
    with gzip.open(DATA / "bert_whitening_digits.csv.gz", "rt") as lines:
        table = np.loadtxt(lines, delimiter=",")
    labels = table[:, -1].astype(int)
    rows = np.array([np.flatnonzero(labels == one)[:174] for one in range(10)]).ravel()
    return table[rows, :-1], labels[rows]


@given(seed=st.integers(0, 1000), batches=st.integers(1, 9))
def test_batches_give_mean_and_covariance_of_all(seed, batches):
    sample = cloud(seed)
    white = fitted(sample, batches)
    assert white.count == 60
    np.testing.assert_allclose(white.mean, sample.mean(0), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(white.covariance, np.cov(sample.T, bias=True), rtol=1e-9, atol=1e-11)


@given(seed=st.integers(0, 1000), cut=st.integers(0, 60))
def test_merging_is_seeing_both(seed, cut):
    sample = cloud(seed)
    first, second = fitted(sample[:cut]), fitted(sample[cut:])
    first.merge(second)
    np.testing.assert_allclose(first.covariance, np.cov(sample.T, bias=True), rtol=1e-9, atol=1e-11)
    assert first.count == 60


def test_one_vector_at_a_time_at_a_large_mean():
    sample = 1e8 + np.random.default_rng(0).normal(size=(500, 2))
    white = Whitener(2)
    for row in sample:
        white.update(row)
    np.testing.assert_allclose(white.covariance, np.cov(sample.T, bias=True), rtol=1e-6, atol=1e-7)


def test_whitened_vectors_have_mean_zero_and_the_identity():
    sample = cloud(1, 200, 6)
    out = fitted(sample).transform(sample)
    np.testing.assert_allclose(out.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(out.T @ out / 200, np.eye(6), atol=1e-10)


def test_cosines_do_not_depend_on_the_basis():
    sample = cloud(2)
    mixed = sample @ np.random.default_rng(3).normal(size=(4, 4)) + 7
    one, two = (fitted(x).transform(x, normalise=True) for x in (sample, mixed))
    np.testing.assert_allclose(one @ one.T, two @ two.T, atol=1e-9)


def test_distances_of_scipy():
    sample = cloud(4)
    white, inverse = fitted(sample), np.linalg.inv(np.cov(sample.T, bias=True))
    ours = np.linalg.norm(white.transform(sample[0]) - white.transform(sample[1]))
    assert ours == pytest.approx(mahalanobis(sample[0], sample[1], inverse), rel=1e-9)


def test_components_of_scikit_learn():
    pixels, _ = digits()
    with open(DATA / "bert_whitening_pca.csv", encoding="utf-8") as lines:
        table = np.array([[float(x) for x in line] for line in list(csv.reader(lines))[1:]])
    ours = fitted(pixels, 7).transform(pixels[:8], k=20) * math.sqrt(1739 / 1740)
    np.testing.assert_allclose(np.abs(ours), np.abs(table), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("dims", [2, 5, 9])
def test_too_few_vectors_end_at_one_cosine(dims):
    sample = np.random.default_rng(dims).normal(size=(dims + 1, dims))
    out = fitted(sample).transform(sample, normalise=True)
    np.testing.assert_allclose((out @ out.T)[~np.eye(dims + 1, dtype=bool)], -1 / dims, atol=1e-8)


@pytest.mark.parametrize("columns", [1, 7, 40, 61])
def test_the_correlation_with_a_label_is_the_sum_of_shares(columns):
    pixels, labels = digits()
    out = fitted(pixels).transform(pixels, k=columns)
    shares = sum(np.mean([out[labels == one].mean(0) ** 2 for one in range(10)], axis=0))
    found = np.corrcoef((out @ out.T).ravel(), (labels[:, None] == labels).ravel())[0, 1]
    assert found == pytest.approx(shares / math.sqrt(9 * columns), rel=1e-9)


def test_the_running_example():
    white = Whitener(2)
    white.count, white.mean = 1, np.array([3.0, 0.0])
    white.covariance = np.array([[2.5, 1.5], [1.5, 2.5]])
    query, first, second = white.transform([[5, 0], [5, 2], [4, -2]], normalise=True)
    assert query @ first == pytest.approx(1 / math.sqrt(5))
    assert query @ second == pytest.approx(0.80874, abs=1e-5)


def test_shrinkage_takes_what_is_singular_and_one_is_the_identity():
    sample = np.c_[np.arange(5.0), np.zeros(5)]
    white = fitted(sample)
    assert white.transform(sample, shrinkage=0.1).shape == (5, 2)
    scale = np.trace(white.covariance) / 2
    np.testing.assert_allclose(np.abs(white.matrix(shrinkage=1.0)).sum(0), 1 / math.sqrt(scale))


def test_a_vector_at_the_mean_stays_zero_and_one_vector_gives_one():
    white = fitted(cloud(5))
    out = white.transform(white.mean, k=2, normalise=True)
    assert out.shape == (2,) and np.allclose(out, 0)


def test_single_precision_and_lists():
    sample = cloud(6).astype(np.float32)
    assert fitted(sample).transform(sample[:2].tolist()).dtype == np.float64


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Whitener(0), "dims: expected a whole number of at least 1; found 0"),
        (lambda: Whitener(2.5), "found 2.5"),
        (lambda: Whitener(3).update(np.ones((2, 4))), r"batch: expected shape \(n, 3\); found \(2, 4\)"),
        (lambda: Whitener(3).update(1.0), r"batch: expected shape \(n, 3\); found \(\)"),
        (lambda: Whitener(3).update([1, np.nan, 2]), "batch: holds NaN or infinity"),
        (lambda: Whitener(3).update([1, np.inf, 2]), "batch: holds NaN or infinity"),
        (lambda: Whitener(3).matrix(), "no vectors yet"),
        (lambda: fitted(cloud(7)).matrix(k=5), "k: expected a whole number from 1 to 4; found 5"),
        (lambda: fitted(cloud(7)).matrix(k=0), "found 0"),
        (lambda: fitted(cloud(7)).matrix(shrinkage=1.5), "shrinkage: expected a number from 0 to 1; found 1.5"),
        (lambda: fitted(cloud(7)[:3]).matrix(), "only 2 directions with a variance, and k is 4"),
        (lambda: fitted(np.ones((4, 2))).matrix(k=1), "only 0 directions"),
        (lambda: fitted(cloud(7)).merge(Whitener(3)), "expected 4 coordinates; found 3"),
        (lambda: fitted(cloud(7)).transform(np.ones((2, 3))), r"x: expected shape \(n, 4\)"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_merging_something_else_is_refused():
    with pytest.raises(TypeError, match="expected a Whitener; found list"):
        Whitener(2).merge([1])
