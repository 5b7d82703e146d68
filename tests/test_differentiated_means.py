"""What is differentiated numerically is known to ``ACCURACY`` only, also where both sides are exact means."""

import numpy as np
import sympy as sp

from claims import E, random
from claims.measure.sampled import Sampled
from claims.say.calculus import ACCURACY
from claims.say.run import Samples

x, t = sp.symbols("x_dm t_dm", real=True)
X = random(x, independent=False)


def atoms() -> Samples:
    """The same five atoms in every block, so that the jackknife finds no error."""
    rng = np.random.default_rng(0)
    return Samples({x: np.concatenate([rng.permutation([-1.5, -0.6, 0.1, 0.8, 1.7]) for _ in range(64)]), t: 0.7})


def test_the_difference_quotient_is_not_held_to_the_last_digit():
    left = Sampled(-E(X * sp.exp(-t * X)) / E(sp.exp(-t * X)), atoms())
    right = left.predict(sp.Derivative(sp.log(E(sp.exp(-t * X))), t))
    found = left.compare(right, 1e-6)
    assert found.ok and found.error >= ACCURACY, found


def test_without_a_derivative_it_is():
    left = Sampled(E(X**2) * t, atoms())
    found = left.compare(left.predict(E(t * X**2) * (1 + 1e-10)), 1e-6)
    assert not found.ok and found.error < 1e-11, found
