"""A chapter that is opened and saved in JupyterLab stays as it is, byte for byte; an edit changes what was edited."""

from __future__ import annotations

import shutil

import pytest

from claims.press.lab import Chapters
from conftest import ROOT

CHAPTERS = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "book").glob("*/*.md") if p.stem != "index")


@pytest.fixture
def lab(tmp_path):
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns("_static"))
    shutil.copy(ROOT / "jupytext.toml", tmp_path)
    manager = Chapters()
    manager.root_dir = str(tmp_path)
    return tmp_path, manager


@pytest.mark.parametrize("name", CHAPTERS)
def test_opening_and_saving_changes_nothing(lab, name):
    root, manager = lab
    before = (root / name).read_bytes()
    for _ in range(2):
        manager.save(manager.get(name, type="notebook"), name)
    assert (root / name).read_bytes() == before


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_an_edit_changes_its_cell_alone(lab, kind):
    root, manager = lab
    name = CHAPTERS[0]
    before = (root / name).read_text(encoding="utf-8")
    model = manager.get(name, type="notebook")
    cell = [c for c in model["content"]["cells"] if c["cell_type"] == kind][3]
    old = cell["source"].splitlines()[0]
    cell["source"] = cell["source"].replace(old, old + " # edited", 1)
    manager.save(model, name)
    after = (root / name).read_text(encoding="utf-8")
    wanted = before.replace(old, old + " # edited", 1)
    assert "\nsummary: " in after and abs(len(after) - len(wanted)) <= 1  # jupytext leaves a line free behind tags
    assert [x for x in after.splitlines() if x] == [x for x in wanted.splitlines() if x]


def test_a_new_cell_and_one_that_is_gone(lab):
    root, manager = lab
    name = CHAPTERS[0]
    before = (root / name).read_text(encoding="utf-8").splitlines()
    model = manager.get(name, type="notebook")
    held = model["content"]["cells"]
    gone = held.pop(4)
    fresh = {**held[2], "cell_type": "markdown", "source": "A new word.", "metadata": {}}
    held.insert(2, {k: v for k, v in fresh.items() if k not in ("outputs", "execution_count", "id")})
    manager.save(model, name)
    again = manager.get(name, type="notebook")["content"]["cells"]
    assert [c["source"] for c in again] == [c["source"] for c in held] and gone["source"] not in again
    after = (root / name).read_text(encoding="utf-8").splitlines()
    assert len(set(before) - set(after)) <= len(gone["source"].splitlines()) + 12  # its fence, tags and caption


def test_a_text_that_is_saved_as_text_is_taken_as_it_is(lab):
    root, manager = lab
    text = (root / CHAPTERS[0]).read_text(encoding="utf-8").replace("summary: ", "summary:  ") + "\n\n"
    manager.save({"type": "file", "format": "text", "content": text}, CHAPTERS[0])
    assert (root / CHAPTERS[0]).read_text(encoding="utf-8") == text
