"""Every operator prints, runs, obeys its laws and differs from its slips; and the checker sees planted errors."""

from dataclasses import replace

import numpy as np
import pytest

from claims.say.divergences import Gaussian
from claims.say.operators import OPERATORS, Declared
from claims.say.run import Samples
from claims.say.typeset import tex

N = 7


def draw(kind, rng):
    if kind == "number":
        return rng.normal(size=N)
    if kind == "condition":
        return rng.normal(size=N) > 0
    if kind == "square":
        return rng.normal(size=(N, 3, 3))
    if kind in ("positive definite", "normal"):
        a = rng.normal(size=(N, 3, 3))
        spd = a @ a.swapaxes(-1, -2) + np.eye(3)
        return spd if kind == "positive definite" else Gaussian(rng.normal(size=(N, 3)), spd)
    if kind == "simplex":
        return rng.dirichlet(np.ones(4), size=N)[..., None]
    return rng.normal(size=(N, 4, 1))


def check_operator(op: Declared, rng) -> None:
    """Raise AssertionError with the operator's name if it does not do what it declares."""
    for e, values, expected in op.examples:
        seen = Samples(values).value(e).full
        assert np.allclose(seen, expected, rtol=1e-7), f"{op.name}: expected {expected}, found {seen}"
        assert tex(e), f"{op.name}: does not print"
    if op.runs is None:
        assert op.examples, f"{op.name}: nothing shows what it does"
        return
    arguments = [draw(kind, rng) for kind in op.takes]
    value = op.runs(*arguments)
    assert np.all(np.isfinite(value)), f"{op.name}: no finite value"
    if op.sign == "nonnegative":
        assert np.all(value >= -1e-12), f"{op.name}: declared nonnegative, found {np.min(value)}"
    for name, law in op.laws.items():
        gap = law(op.runs, draw(op.takes[0], rng), draw(op.takes[-1], rng))
        assert np.max(np.abs(gap)) < 1e-9, f"{op.name}: a law does not hold: {name}"
    for name, slip in op.slips.items():
        assert not np.allclose(slip(*arguments), value), f"{op.name}: the slip {name!r} does not differ"


@pytest.mark.parametrize("name", OPERATORS)
def test_prints_runs_and_obeys_its_laws(name):
    check_operator(OPERATORS[name], np.random.default_rng(0))


@pytest.mark.parametrize("name, change, message", [
    ("norm", {"runs": lambda x: (x * x).sum((-1, -2))}, "a law does not hold"),
    ("E", {"runs": lambda x: np.median(x, axis=0)}, "a law does not hold"),
    ("inner", {"slips": {"none": OPERATORS["inner"].runs}}, "does not differ"),
    ("sup", {"examples": tuple((e, at, value + 1e-3) for e, at, value in OPERATORS["sup"].examples)}, "expected"),
    ("W2", {"slips": {"itself": OPERATORS["W2"].runs}}, "does not differ"),
    ("KL", {"runs": lambda p, q: -OPERATORS["KL"].runs(p, q)}, "declared nonnegative"),
])
def test_the_checker_sees_a_planted_error(name, change, message):
    with pytest.raises(AssertionError, match=message):
        check_operator(replace(OPERATORS[name], **change), np.random.default_rng(0))
