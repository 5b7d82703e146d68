"""A candidate that mixes samples and means is run in fewer blocks than a plain mean; the two are compared all the
same."""

import numpy as np
import sympy as sp

from claims import E, random
from claims.measure.sampled import Sampled
from claims.say.run import Samples


def test_a_mean_inside_a_mean_is_compared_in_its_own_blocks():
    x, v = random(sp.Symbol("x_m", real=True), mean=0, variance=1), sp.Symbol("V_m", positive=True)
    on = Samples({x: np.random.default_rng(0).normal(size=40_000)}, meanings={v: ((), E(x**2))})
    left = Sampled(E(x**2) ** 2, on)
    assert left.compare(left.predict(E(v * x**2)), 1e-6).ok
    assert not left.compare(left.predict(E(2 * v * x**2)), 1e-6).ok
