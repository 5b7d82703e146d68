"""Records of a live notebook: a cell run again replaces its record; the same label in another cell is an error."""

from __future__ import annotations

import pytest
import sympy as sp

import IPython
from claims import ChapterFailed, Exact, close, quantity, session
from claims.old import claim, define

t = sp.Symbol("t", integer=True, nonnegative=True)
s = sp.Symbol("s", positive=True)


class Shell:
    """What the session asks of IPython: the cell that runs."""

    def __init__(self):
        self.cell = "one"

    def get_parent(self):
        return {"metadata": {"cellId": self.cell}}


@pytest.fixture(autouse=True)
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.delenv("CLAIMS_BUILD", raising=False)
    session.reset()
    yield shell
    session.reset()


def step():
    return define("step", r"x+s^2", lambda x, s: x + s**2, wrong={"no step": lambda x, s: x})


def walk(right, given):
    def trial(rng, step, t, s):
        x = 1.0
        for _ in range(t):
            x = step(x, s)
        return Exact(x)

    return claim("walk", quantity("x_t"), "=", right, given=[given], trial=trial,
                 domain={t: [2, 5], s: [sp.Rational(1, 2), 3]},
                 proof=lambda rhs: {"start": rhs.subs(t, 0) - 1, "one step": rhs.subs(t, t + 1) - rhs - s**2})


def test_a_cell_run_again_replaces_its_record(shell):
    given = step()
    shell.cell = "two"
    assert walk(1 + t * s, given).record["verdict"] == "refuted"
    with pytest.raises(ChapterFailed):
        close()
    assert walk(1 + t * s**2, given).record["verdict"] == "proved"
    assert [r["label"] for r in session.records()] == ["step", "walk"] and session.records()[1]["verdict"] == "proved"
    close()
    assert walk(1 + t * s**3, given).record["verdict"] == "refuted"
    with pytest.raises(ChapterFailed, match="1 failure|2 failure"):
        close()


def test_a_label_used_by_two_cells_is_a_failure(shell):
    given = step()
    shell.cell = "two"
    walk(1 + t * s**2, given)
    shell.cell = "three"
    again = walk(1 + t * s**2, given)
    assert again.record["verdict"] == "undecided" and "the label 'walk' is used twice" in again.record["failures"][0]
    with pytest.raises(ChapterFailed, match="used twice"):
        close()


@pytest.mark.parametrize("cells", ["of two cells", "within one cell"])
def test_in_a_build_every_second_use_is_a_failure(shell, monkeypatch, cells):
    monkeypatch.setenv("CLAIMS_BUILD", "1")
    given = step()
    walk(1 + t * s, given)
    shell.cell = "two" if cells == "of two cells" else shell.cell
    again = walk(1 + t * s**2, given)
    assert "used twice" in again.record["failures"][0] and again.record["verdict"] == "undecided"


def test_a_definition_run_again_is_what_later_claims_find(shell):
    step()
    shell.cell = "two"
    assert walk(1 + t * s**2, "step").record["verdict"] == "proved"
    shell.cell = "one"
    changed = define("step", r"x+s^3", lambda x, s: x + s**3, wrong={"no step": lambda x, s: x})
    assert session.find("step") is changed
    shell.cell = "two"
    assert walk(1 + t * s**2, "step").record["verdict"] == "refuted"


def test_random_numbers_depend_on_label_point_and_seed_only(monkeypatch):
    from claims.measure.trial import generator

    first = generator("walk", 0).normal()
    assert generator(
        "walk", 0).normal() == first != generator("walk", 1).normal() and generator("walks", 0).normal() != first
    monkeypatch.setenv("BOOK_SEED", "5")
    assert generator("walk", 0).normal() != first
