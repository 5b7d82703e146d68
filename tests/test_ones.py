"""The vector of ones, as a chapter writes sums over pixels with it: run, printed, and taken apart by the laws."""

import numpy as np
import pytest
import sympy as sp

from claims import claim, inner, norm, random, vector
from claims.prove.vectors import plain
from claims.say.operators import E
from claims.say.typeset import tex

n = sp.Symbol("n", integer=True, positive=True)
ONES = sp.OneMatrix(n, 1)


pytestmark = pytest.mark.usefixtures("notebook")


def test_its_squared_length_is_its_size_and_it_prints_bold():
    x = vector("x", n)
    assert plain(inner(ONES, ONES)) == n
    assert plain(norm(x - 2 * ONES) ** 2 - norm(x) ** 2 + 4 * inner(ONES, x) - 4 * n) == 0
    assert plain(norm(x - 2 * ONES) ** 2 - norm(x) ** 2 + 4 * inner(ONES, x) - 2 * n) != 0
    assert tex(ONES) == r"\mathbf{1}" and tex(ONES.T) == r"\mathbf{1}^{\top}"


@pytest.mark.parametrize(("right", "verdict"), [(n, "proved"), (n**2, "refuted")])
def test_a_sum_of_independent_numbers(right, verdict):
    z = random(vector("z_1", n), law="normal")
    assert claim("sum-of-noise", E(inner(ONES, z) ** 2), "=", right, domain={n: [2, 5]}).record["verdict"] == verdict


def test_it_runs_as_an_array_of_ones():
    from claims.say.run import Samples

    x = vector("x", 3)
    on = Samples({x: np.array([1.0, 2.0, 4.0])}, {}, {})
    assert float(np.asarray(on.value(inner(sp.OneMatrix(3, 1), x)).full).ravel()[0]) == 7.0
