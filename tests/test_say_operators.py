"""Every operator prints, runs, obeys its laws and differs from its slips; and the checker sees planted errors."""

from dataclasses import replace

import numpy as np
import pytest

from claims.say.operators import OPERATORS, Declared

N = 7


def draw(kind, rng):
    if kind == "number":
        return rng.normal(size=N)
    if kind == "condition":
        return rng.normal(size=N) > 0
    if kind == "simplex":
        return rng.dirichlet(np.ones(4), size=N)[..., None]
    return rng.normal(size=(N, 4, 1))


def check_operator(op: Declared, rng) -> None:
    """Raise AssertionError with the operator's name if it does not do what it declares."""
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
    ("KL", {"runs": lambda p, q: -OPERATORS["KL"].runs(p, q)}, "declared nonnegative"),
])
def test_the_checker_sees_a_planted_error(name, change, message):
    with pytest.raises(AssertionError, match=message):
        check_operator(replace(OPERATORS[name], **change), np.random.default_rng(0))
