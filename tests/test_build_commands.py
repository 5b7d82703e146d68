"""The commands about one chapter, one claim or the ledger do what they say, and leave the published site alone."""

from __future__ import annotations

import json

import pytest


def test_one_chapter_is_rendered_alone(light):
    before = light.pages()
    light.edit("book/light/sums.md", "Now the end.", "Now the end, see {doc}`../index`.")
    light.edit("book/light/squares.md", "from emit", "from nowhere")  # another chapter that does not stand
    done = light.claims("chapter", "sums")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("Rendered alone: _build/chapter/sums/html/book/light/sums.html"), done.stdout  # and no warning after it
    alone = light.root / "_build" / "chapter" / "sums" / "html" / "book" / "light"
    assert "Now the end, see" in (alone / "sums.html").read_text() and not (alone / "squares.html").exists()
    assert light.executed(done) == [] and light.pages() == before


def test_a_chapter_that_is_not_listed_yet(light):
    light.edit("_toc.yml", "  - file: book/light/sums\n", "")
    done = light.claims("chapter", "sums")
    assert done.returncode == 0 and "Rendered alone: _build/chapter/sums" in done.stdout
    assert (light.root / "_build/chapter/sums/html/book/light/sums.html").exists()


def test_check_and_show(light):
    for command in ("check", "show"):
        done = light.claims(command, "sums-triangle")
        assert done.returncode == 0 and done.stdout.startswith("sums-triangle  [proved]  book/light/sums.md:34"), done.stdout + done.stderr
    assert json.loads(light.claims("show", "--json", "sums-triangle").stdout)["given"] == ["sums-partial"]
    light.edit("book/light/sums.md", 'given=["sums-partial"])', 'given=["sums-partial"], verdict="refuted", failures=["at n = 2"])')
    done = light.claims("check", "sums-triangle")
    assert done.returncode == 1 and "claim 'sums-triangle' is refuted: at n = 2" in done.stderr


def test_ledger_of_what_was_executed(light):
    file = light.root / "_build" / "ledger.json"
    before = file.read_bytes()
    file.unlink()
    assert light.claims("ledger").returncode == 0 and file.read_bytes() == before
    light.edit("helper.py", "def", "# changed\ndef")
    done = light.claims("ledger")
    assert done.returncode == 1 and "book/light/sums.md:1: not executed as it stands (helper.py changed): make book" in done.stderr


def test_notebooks(light):
    old = light.root / "_build" / "notebooks" / "cubes.ipynb"
    old.parent.mkdir()
    old.write_text("{}")
    assert light.claims("notebooks").returncode == 0
    assert sorted(p.name for p in old.parent.iterdir()) == ["squares.ipynb", "sums.ipynb"]
    published = light.pages()
    for slug in ("squares", "sums"):
        text = (old.parent / f"{slug}.ipynb").read_bytes()
        assert text == published[f"_notebooks/{slug}.ipynb"]
        cells = json.loads(text)["cells"]
        assert len({cell["id"] for cell in cells}) == len(cells)
        assert any(output for cell in cells for output in cell.get("outputs", []))


@pytest.mark.parametrize("arguments", [["soak", "--seeds", "0"], ["bench", "--repeat", "0"]])
def test_counts_must_be_positive(light, arguments):
    done = light.claims(*arguments)
    assert done.returncode == 2 and "must be at least 1, not 0" in done.stderr
