"""Determinants of matrices that are written out are their entries' polynomials, in lines and in claims."""

import pytest
import sympy as sp

from claims import claim, det

pytestmark = pytest.mark.usefixtures("notebook")
x, y, z = sp.symbols("x y z", real=True)
VANDERMONDE = det(sp.Matrix([[1, x, x**2], [1, y, y**2], [1, z, z**2]]))
POINTS = [{x: 1, y: 2, z: 4}, {x: -1, y: -sp.Rational(1, 2), z: -3}]


@pytest.mark.parametrize(("right", "verdict"), [
    ((y - x) * (z - x) * (z - y), "proved"),
    ((y - x) * (z - x) * (y - z), "refuted")])
def test_a_determinant_of_three_rows(right, verdict):
    assert claim("three-rows", VANDERMONDE, "=", right, domain=POINTS).record["verdict"] == verdict
