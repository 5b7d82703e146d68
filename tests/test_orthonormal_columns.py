"""A matrix with orthonormal columns: what its transpose cancels, and what it does not."""

import numpy as np
import pytest
import sympy as sp

from claims import claim, inner, matrix, norm, trace, vector
from claims.prove.constraints import constrained
from claims.say.symbols import CONSTRAINTS

pytestmark = pytest.mark.usefixtures("notebook")
d, D = sp.symbols("d D", integer=True, positive=True)


@pytest.fixture
def tall():
    return matrix("R", D, d, "orthonormal columns"), vector("x", d), [{d: 2, D: 4}, {d: 3, D: 9}]


def verdict(label, left, right, domain):
    return claim(label, left, "=", right, domain=domain).record["verdict"]


def test_the_transpose_cancels_on_one_side_only(tall):
    R, x, domain = tall
    assert verdict("columns-left", R.T * R * x, x, domain) == "proved"
    assert verdict("columns-length", norm(R * x) ** 2, inner(x, x), domain) == "proved"
    assert verdict("columns-right", R * R.T, sp.Identity(D), domain) == "refuted"


def test_the_trace_counts_columns(tall):
    R, _, domain = tall
    assert verdict("columns-trace", trace(R * R.T), d, domain) == "proved"
    assert verdict("columns-rows", trace(R * R.T), D, domain) == "refuted"


def test_what_is_drawn_and_what_stands_in_a_refutation():
    drawn = CONSTRAINTS["orthonormal columns"].draw(np.random.default_rng(1), (5, 3))
    assert np.allclose(drawn.T @ drawn, np.eye(3))
    exact = constrained("orthonormal columns", sp.Matrix(3, 2, [1, 2, 0, 1, 3, 1]))
    assert exact.T * exact == sp.eye(2)
    with pytest.raises(ValueError, match="columns"):
        constrained("orthonormal columns", sp.ones(2, 3))
