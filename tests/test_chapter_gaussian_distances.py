"""The functions that the chapter on distances of Gaussians offers to take away, as a reader would copy them."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from chapter_code import take_away

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = take_away("gaussian_distances", "normal_distances", "transport", "Distances")
normal_distances, transport = CODE["normal_distances"], CODE["transport"]
EXAMPLE = (np.zeros(2), np.diag([4.0, 1.0]), np.array([3.0, 0.0]), np.array([[2.5, 1.5], [1.5, 2.5]]))


def covariance(rng, d, rank=None):
    a = rng.normal(size=(d, rank or d))
    return a @ a.T + (0 if rank else 0.3 * np.eye(d))


def root(S):
    w, u = np.linalg.eigh(S)
    return (u * np.sqrt(np.maximum(w, 0))) @ u.T


def plain(mp, Sp, mq, Sq):
    """KL, Bhattacharyya distance and work by the formulas as they are printed."""
    gap, mean, det = mp - mq, (Sp + Sq) / 2, np.linalg.det
    inverse = np.linalg.inv(Sq)
    kl = 0.5 * (gap @ inverse @ gap + np.trace(inverse @ Sp) - len(mp) - math.log(det(Sp) / det(Sq)))
    bd = gap @ np.linalg.inv(mean) @ gap / 8 + 0.5 * math.log(det(mean) / math.sqrt(det(Sp) * det(Sq)))
    nu = np.linalg.eigvals(Sp @ Sq)
    return kl, bd, gap @ gap + np.trace(Sp) + np.trace(Sq) - 2 * np.sqrt(nu.real).sum()


def test_numbers_of_the_page():
    g = normal_distances(*EXAMPLE)
    assert np.allclose(g, [3.375, 1.6875, 0.5080644234, 19 - 2 * math.sqrt(20.5)])
    assert np.allclose(transport(*EXAMPLE).matrix, np.array([[7, 3], [3, 13]]) / math.sqrt(82))


@pytest.mark.parametrize("d", [1, 2, 5, 12])
def test_the_printed_formulas(d):
    rng = np.random.default_rng(d)
    law = (rng.normal(size=d), covariance(rng, d), rng.normal(size=d), covariance(rng, d))
    g, (kl, bd, work) = normal_distances(*law), plain(*law)
    back = plain(*law[2:], *law[:2])
    assert np.allclose(g, [kl, back[0], bd, work], rtol=1e-9)


def test_numbers_of_three_packages():
    with open(DATA / "gaussian_distances_oracles.csv", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["case"] == "example"]
    seen, g, matrix = set(), normal_distances(*EXAMPLE), transport(*EXAMPLE).matrix.ravel()
    for row in rows:
        mine = {"bures_wasserstein_distance": g.w2_squared, "calculate_frechet_distance": g.w2_squared,
                "kl_divergence": g.kl_pq if row["entry"] == "p q" else g.kl_qp,
                "bures_wasserstein_mapping": matrix[int(row["entry"] or 0) if row["entry"].isdigit() else 0]}
        if row["function"] in mine:
            assert float(mine[row["function"]]) == pytest.approx(float(row["value"]), rel=1e-8)
            seen.add(row["package"])
    assert seen == {"POT", "pytorch-fid", "torch"}


def test_torch_agrees():
    torch = pytest.importorskip("torch")
    from torch.distributions import MultivariateNormal, kl_divergence

    rng = np.random.default_rng(3)
    law = (rng.normal(size=4), covariance(rng, 4), rng.normal(size=4), covariance(rng, 4))
    p, q = (MultivariateNormal(torch.tensor(m), torch.tensor(S)) for m, S in (law[:2], law[2:]))
    g = normal_distances(*law)
    assert float(g.kl_pq) == pytest.approx(float(kl_divergence(p, q)), rel=1e-9)
    assert float(g.kl_qp) == pytest.approx(float(kl_divergence(q, p)), rel=1e-9)


def test_batches_broadcast_and_agree_with_single_calls():
    rng = np.random.default_rng(4)
    means, covs = rng.normal(size=(3, 1, 2)), np.array([covariance(rng, 2) for _ in range(5)])
    g = normal_distances(means, covs, EXAMPLE[2], EXAMPLE[3])
    assert all(v.shape == (3, 5) for v in g)
    for i in range(3):
        for j in range(5):
            one = normal_distances(means[i, 0], covs[j], EXAMPLE[2], EXAMPLE[3])
            assert np.allclose([v[i, j] for v in g], one, rtol=1e-9)
    T = transport(means[:, 0], covs[:3], EXAMPLE[2], EXAMPLE[3])
    x = rng.normal(size=(3, 7, 2))
    assert np.allclose(T(x)[1], transport(means[1, 0], covs[1], EXAMPLE[2], EXAMPLE[3])(x[1]))


@pytest.mark.parametrize(("d", "rank_p", "rank_q"),
                         [(4, 3, 2), (4, 2, 2), (5, None, 3), (3, 1, 1), (6, 4, 3), (3, 2, 0)])
def test_a_map_between_singular_laws_carries_the_covariance_at_the_least_cost(d, rank_p, rank_q):
    rng = np.random.default_rng(d)
    Sp, Sq = covariance(rng, d, rank_p), covariance(rng, d, rank_q) if rank_q else np.zeros((d, d))
    law = (rng.normal(size=d), Sp, rng.normal(size=d), Sq)
    A, work = transport(*law).matrix, float(normal_distances(*law).w2_squared)
    assert np.allclose(A @ Sp @ A.T, Sq, atol=1e-8)
    cost = ((law[0] - law[2]) ** 2).sum() + np.trace(Sp) + np.trace(Sq) - 2 * np.trace(A @ Sp)
    assert cost == pytest.approx(work, rel=1e-7)


def test_singular_laws_on_different_planes_are_infinitely_surprising():
    flat = np.diag([1.0, 0.0])
    for law in ((np.zeros(2), flat, np.zeros(2), np.eye(2)), (np.zeros(2), np.eye(2), np.zeros(2), flat),
                (np.zeros(2), flat, np.array([0.0, 1.0]), flat), (np.zeros(2), flat, np.zeros(2), np.diag([0.0, 1]))):
        g = normal_distances(*law)
        assert np.isinf([g.kl_pq, g.kl_qp, g.bhattacharyya]).all() and np.isfinite(g.w2_squared)


def test_turned_planes_that_agree_are_compared_on_the_plane():
    rng = np.random.default_rng(6)
    basis = np.linalg.qr(rng.normal(size=(5, 2)))[0]
    small = (np.array([1.0, -1]), covariance(rng, 2), np.array([0.5, 2]), covariance(rng, 2))
    large = (basis @ small[0], basis @ small[1] @ basis.T, basis @ small[2], basis @ small[3] @ basis.T)
    assert np.allclose(normal_distances(*large), normal_distances(*small), rtol=1e-7)


def test_extremes():
    for scale in (1e-30, 1e30):
        g = normal_distances(scale * EXAMPLE[0], scale**2 * EXAMPLE[1], scale * EXAMPLE[2], scale**2 * EXAMPLE[3])
        assert np.allclose(g[:3], [3.375, 1.6875, 0.5080644234])
        assert float(g.w2_squared) == pytest.approx(9.944614861862586 * scale**2)
    near = normal_distances(np.zeros(3), np.eye(3), np.zeros(3), (1 + 1e-5) * np.eye(3))
    assert float(near.kl_pq) == pytest.approx(0.75e-10, rel=1e-3)
    single = normal_distances(*(a.astype(np.float32) for a in EXAMPLE))
    assert np.allclose(single, normal_distances(*EXAMPLE), rtol=1e-6)


@pytest.mark.parametrize("law", [
    (0.0, np.eye(2), np.zeros(2), np.eye(2)),
    (np.zeros(2), np.ones(2), np.zeros(2), np.eye(2)),
    (np.zeros(2), np.eye(2), np.zeros(3), np.eye(3)),
    (np.zeros(2), np.eye(3), np.zeros(2), np.eye(2)),
    (np.array([np.nan, 0.0]), np.eye(2), np.zeros(2), np.eye(2)),
    (np.zeros(2), np.array([[1.0, 2.0], [0.0, 1.0]]), np.zeros(2), np.eye(2)),
    (np.zeros(2), np.diag([1.0, -1.0]), np.zeros(2), np.eye(2)),
    (np.zeros(2), np.full((2, 2), np.inf), np.zeros(2), np.eye(2)),
    (np.zeros(0), np.zeros((0, 0)), np.zeros(0), np.zeros((0, 0))),
])
def test_arguments_outside_the_range_are_refused_by_name(law):
    for function in (normal_distances, transport):
        with pytest.raises(ValueError, match="mean_|cov_"):
            function(*law)


def test_a_map_to_a_higher_rank_and_points_of_another_dimension_are_refused():
    with pytest.raises(ValueError, match="higher rank"):
        transport(np.zeros(2), np.diag([1.0, 0.0]), np.zeros(2), np.eye(2))
    with pytest.raises(ValueError, match="points of shape"):
        transport(*EXAMPLE)(np.zeros(3))


def test_no_assignment_is_below_the_work_at_the_samples_own_moments():
    rng = np.random.default_rng(7)
    for _ in range(20):
        x, y = rng.normal(size=(40, 2)) @ root(EXAMPLE[1]), EXAMPLE[2] + rng.laplace(size=(40, 2)) @ root(EXAMPLE[3])
        square = ((x[:, None] - y) ** 2).sum(-1)
        rows, columns = linear_sum_assignment(square)
        g = normal_distances(x.mean(0), np.cov(x.T, bias=True), y.mean(0), np.cov(y.T, bias=True))
        assert square[rows, columns].mean() >= g.w2_squared
