"""A change runs exactly the chapters that depend on what changed; looks and prose run none."""

from __future__ import annotations

import resource
import shutil
import sys
import time

import pytest

from claims.press import deps, store
from claims.press.project import Project
from claims.press.sources import read_book

SUMS, SQUARES = "book/light/sums.md", "book/light/squares.md"
BOTH = ["squares", "sums"]


@pytest.fixture
def sources(built, tmp_path):
    """A copy of the built book without its pages, for questions that need none."""
    folder = tmp_path / "book"
    shutil.copytree(built.root, folder, ignore=shutil.ignore_patterns("html", "cache", ".jupyter_cache"))
    return type(built)(folder)


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def stale(root, seed=0, versions=None) -> dict[str, str]:
    """Chapters that a build would run, with the reason."""
    project = Project(root)
    found = {c.slug: store.current(project, c, seed, versions) for c in read_book(project).chapters}
    return {slug: reason or "never run" for slug, (body, reason) in found.items() if body is None}


def test_nothing_is_stale_after_a_build(sources):
    assert stale(sources.root) == {}


@pytest.mark.parametrize("file, old, new, chapters", [
    (SUMS, "pause()\n```", "pause()\n\n# waited\n```", ["sums"]),
    (SQUARES, "from emit import claim", "from emit import  claim", ["squares"]),
    ("helper.py", "def triangle", "# a word\ndef triangle", ["sums"]),
    ("helper_far.py", "FACTOR = 2", "FACTOR = 1 + 1", ["sums"]),
    ("emit.py", "import os", "import  os", BOTH),
    ("data/sums.csv", "9,45", "9,45\n10,55", ["sums"]),
    (SUMS, "```{code-cell} ipython3\nimport os", "```{code-cell} ipython3\n:tags: [raises-exception]\nimport os",
     ["sums"]),
    (SUMS, "Now the end.", "Now this is the end, with $x^2$.", []),
    (SQUARES, "# Squares", "# Squares and more", []),
    (SUMS, ":tags: [hide-input, F1]", ":tags: [F1]", []),
    ("book/index.md", "Two chapters", "2 chapters", []),
    ("_config.yml", "title: A light book", "title: A lighter book", []),
    ("_config.yml", "use_repository_button: false", "use_repository_button: true", []),
    ("data/articles.yml", "formulas: 2", "formulas: 1", []),
], ids=lambda value: str(value)[:30].replace("\n", " "))
def test_a_change_of_text(sources, file, old, new, chapters):
    sources.edit(file, old, new)
    assert sorted(stale(sources.root)) == chapters


def test_files_added_and_taken_away(sources):
    (sources.root / "book" / "_static").mkdir()
    (sources.root / "book" / "_static" / "theme.css").write_text("body { color: red }")
    (sources.root / "data" / "cubes.csv").write_text("n,cube\n")
    (sources.root / "unrelated.py").write_text("x = 1\n")
    assert stale(sources.root) == {}
    (sources.root / "data" / "sums.csv").unlink()
    assert stale(sources.root) == {"sums": "data/sums.csv changed"}


def test_a_module_that_would_be_imported_instead(sources):
    shutil.copy(sources.root / "helper.py", sources.root / "book" / "light" / "helper.py")
    assert stale(sources.root) == {"sums": "another module of the same name"}


def test_seed_python_and_pins(sources, monkeypatch):
    assert stale(sources.root, seed=1) == {"squares": "never run", "sums": "never run"}
    body = store.read(Project(sources.root), "sums")
    versions = deps.installed()
    assert "ipython" in body["inputs"]["packages"] and "torch" not in body["inputs"]["packages"]
    assert stale(sources.root, versions={**versions, "torch": "0"}) == {}
    assert sorted(stale(sources.root, versions={**versions, "ipython": "0"})) == BOTH
    assert stale(sources.root,
                 versions={k: v for k, v in versions.items() if k != "ipython"})["sums"].endswith("is now missing")
    chapter = next(c for c in read_book(Project(sources.root)).chapters if c.slug == "sums")
    assert deps.stale(Project(sources.root), chapter, {**body["inputs"], "seed": 7}, 0) == "another seed"
    monkeypatch.setattr(sys, "version", "3.99.0 (main)")
    assert stale(sources.root) == {"squares": "another Python", "sums": "another Python"}


def test_the_engine_counts_and_the_display_of_evidence_does_not(sources):
    project = Project(sources.root)
    chapter = read_book(project).chapters[0]
    modules = [deps.PACKAGE / name for name in ("judge.py", "prove/decide.py", "say/display.py", "site/theme.py",
                                                "press/run.py", "cli.py")]
    report = {"modules": list(map(str, modules)), "read": [], "names": ["claims"], "spawned": False}
    assert list(deps.fingerprint(project, chapter, report, 0)["files"]) == ["claims/judge.py", "claims/prove/decide.py"]


def test_a_file_that_changed_while_the_chapter_ran_stands_for_nothing(sources):
    project = Project(sources.root)
    chapter = next(c for c in read_book(project).chapters if c.slug == "sums")
    report = {"modules": [str(project.root / "helper.py")], "read": [], "names": [], "spawned": False}
    (project.root / "helper.py").touch()
    inputs = deps.fingerprint(project, chapter, report, 0, began=time.time() - 60)
    assert deps.stale(project, chapter, inputs, 0) == "helper.py changed"


def test_what_a_child_process_may_import_counts(sources):
    project = Project(sources.root)
    chapter = next(c for c in read_book(project).chapters if c.slug == "sums")
    report = {"modules": [], "read": [], "names": [], "spawned": True}
    assert {"emit.py", "helper.py", "helper_far.py"} <= set(deps.fingerprint(project, chapter, report, 0)["files"])


def test_builds_run_what_changed_and_show_it(light):
    before, light.process = cpu_of_children(), ()
    done = light.build()
    assert done.returncode == 0 and done.stdout.startswith("Nothing changed: 2 chapters, 3 records")
    assert cpu_of_children() - before < 1.5
    light.process = None

    light.edit("helper_far.py", "FACTOR = 2", "FACTOR = 1 + 1")
    light.edit(SQUARES, "Squares from sums.", "Squares from sums of odd numbers.")
    done = light.build()
    assert done.returncode == 0 and light.executed(done) == ["sums"] and "(helper_far.py changed)" in done.stdout
    assert b"Squares from sums of odd numbers." in light.pages()["book/light/squares.html"]


def test_a_removed_and_a_moved_chapter_leave_nothing_behind(light):
    (light.root / "book" / "dark").mkdir()
    (light.root / "book" / "light" / "sums.md").rename(light.root / "book" / "dark" / "sums.md")
    light.edit("_toc.yml", "  - file: book/light/sums\n  - file: book/light/squares\n", "  - file: book/dark/sums\n")
    light.edit("data/articles.yml", "part: light", "part: dark")
    (light.root / "book" / "light" / "squares.md").unlink()
    done = light.build()
    assert done.returncode == 0, done.stderr
    assert light.executed(done) == ["sums"] and "moved to another folder" in done.stdout
    pages = light.pages()
    assert "book/dark/sums.html" in pages
    assert [name for name in pages if "squares" in name or "book/light" in name] == []
    assert [name for name, data in pages.items()
            if name.endswith((".html", ".inv", ".txt", "searchindex.js")) and b"squares" in data.lower()] == []
    assert "squares" not in (light.root / "_build" / "ledger.json").read_text()
    assert sorted(p.name for p in (light.root / "_build" / "executed").iterdir()) == ["sums.json"]
