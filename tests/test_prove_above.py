"""Numbers above a bound: proofs use it, samplers keep it."""

import numpy as np
import pytest
import sympy as sp

from claims.measure.draws import draw
from claims.measure.usual import usual_values
from claims.prove.decide import decide
from claims.prove.findings import Nonneg
from claims.prove.sampler import Sampler
from claims.say.symbols import constraints, scalar

BOUNDS = {"above one": 1, "above one turn": 2 * np.pi, "even above two": 2}


@pytest.fixture(autouse=True)
def forgotten():
    yield
    for s in [s for s, c in constraints.items() if c in BOUNDS]:
        del constraints[s]


@pytest.mark.parametrize("constraint", BOUNDS)
def test_every_sampler_keeps_the_bound(constraint):
    s, rng = scalar("s", constraint), np.random.default_rng(0)
    values = ([draw(s, rng, {}) for _ in range(50)] + [Sampler(seed=k).draw(s) for k in range(50)]
              + list(usual_values(s)))
    assert min(map(float, values)) > BOUNDS[constraint]
    assert constraint[0] != "e" or all(int(v) == v and int(v) % 2 == 0 for v in values)


def test_proofs_use_the_bound_and_a_wrong_formula_stays_wrong():
    d, k, n = scalar("d", "even above two"), scalar("k", "above one"), scalar("N", "above one turn")
    power = (k ** (d / (d - 2))) ** (2 / d)
    assert decide(power - k ** (2 / (d - 2)), ("powdenest",)).status == "zero"
    assert decide(power - k ** (2 / d), ("powdenest",)).status == "nonzero"
    assert decide(Nonneg(sp.log(n / (2 * sp.pi)) * sp.log(k))).status == "zero"
    assert decide(Nonneg(sp.log(k) - 1)).status == "nonzero"
