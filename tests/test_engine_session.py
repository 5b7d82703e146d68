"""Records of a live notebook: a cell run again replaces its record; the same label in another cell is an error."""

from __future__ import annotations

import pytest

import IPython
from claims import ChapterFailed, claim, close, session
from engine_walk import EVIDENCE, LEFT, define_step, s, t, x


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


def walk(right, given):
    return claim("walk", LEFT, "=", right, given=[given], **EVIDENCE)


def test_a_cell_run_again_replaces_its_record(shell):
    given = define_step()
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
    given = define_step()
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
    given = define_step()
    walk(1 + t * s, given)
    shell.cell = "two" if cells == "of two cells" else shell.cell
    again = walk(1 + t * s**2, given)
    assert "used twice" in again.record["failures"][0] and again.record["verdict"] == "undecided"


def test_a_definition_run_again_is_what_later_claims_find(shell):
    define_step()
    shell.cell = "two"
    assert walk(1 + t * s**2, "step").record["verdict"] == "proved"
    shell.cell = "one"
    changed = define_step(lambda x, s: x + s**3, x + s**3)
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
