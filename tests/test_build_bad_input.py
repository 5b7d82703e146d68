"""Everything that must keep a book from being published says where it is, and publishes nothing."""

from __future__ import annotations

import re

import pytest

from claims.press import data_notes
from claims.press.project import Project

SUMS, SQUARES = "book/light/sums.md", "book/light/squares.md"


def refused(light, *expected: str, **env: str):
    """Build, expecting a refusal that says all of `expected` and leaves the site as it was."""
    before = light.pages()
    done = light.build(**env)
    assert done.returncode != 0, done.stdout + done.stderr
    for text in expected:
        assert re.search(text, done.stderr), f"{text!r} not in:\n{done.stderr}"
    assert "Traceback" not in done.stderr
    assert light.pages() == before, "something was published"
    return done


def test_failures_of_all_chapters_are_listed_together(light):
    light.edit(SUMS, 'claim("sums-triangle"',
               'claim("sums-triangle", verdict="refuted", failures=["at n = 1 predicted 2, measured 1"], statement=')
    light.edit(SUMS, "statement=, ", "statement=")
    light.edit(SQUARES, 'claim("squares-odd"', 'claim("squares-odd", verdict="undecided", statement=')
    light.edit(SQUARES, "statement=, ", "statement=")
    done = refused(light, r"2 problems",
                   rf"{SUMS}:38: claim 'sums-triangle' is refuted: at n = 1 predicted 2, measured 1",
                   rf"{SQUARES}:22: claim 'squares-odd' is undecided",
                   r"last good site, of \d{4}-\d\d-\d\d \d\d:\d\d, stays in _build/html")
    assert light.executed(done) == ["squares", "sums"]


def test_one_chapter_raises_another_hangs_the_rest_finishes(light):
    light.edit(SUMS, "close()\n```", "1 / 0\n```")
    light.edit(SQUARES, "close()\n```", "import time\ntime.sleep(60)\n```")
    done = refused(light, rf"{SUMS}:48: raised ZeroDivisionError: division by zero",
                   rf"{SQUARES}:25: ran longer than its limit of 3 s \(.*CLAIMS_CHAPTER_LIMIT\) and was stopped in "
                   rf"this cell", CLAIMS_CHAPTER_LIMIT="3")
    assert light.executed(done) == ["squares", "sums"]
    assert "FAILED" in done.stdout


def test_warning_network_file_and_dead_process(light):
    light.edit(SUMS, "close()\n```", "import warnings\nwarnings.warn('a divergent series')\nclose()\n```")
    light.edit(SQUARES, "close()\n```", "import os\nos._exit(3)\nclose()\n```")
    refused(light, rf"{SUMS}:47: prints a warning: .*UserWarning: a divergent series",
            rf"{SQUARES}:25: its process died in this cell")


def test_network_and_foreign_files_are_refused(light, tmp_path):
    light.edit(SUMS, "close()\n```",
               "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)\nclose()\n```")
    light.edit(SQUARES, "close()\n```", "open('../note.txt', 'w')\nclose()\n```")
    refused(
        light, rf"{SUMS}:49: raised PermissionError: a chapter needs no network: it tried to (reach|look up) 192.0.2.1",
            rf"{SQUARES}:26: raised PermissionError: a chapter writes nothing outside _build: .*book/note.txt")
    assert not (light.root / "book" / "note.txt").exists()


def test_everything_wrong_with_the_files_is_listed_at_once(light):
    light.edit("_toc.yml", "  - file: book/light/squares\n", "  - file: book/light/cubes\n")
    light.edit("data/articles.yml", "slug: sums", "slug: summs")
    light.edit("book/index.md", "Two chapters", "$$ 1 + 1 = 2 $$\n\nTwo chapters")
    refused(light, r"book/index.md:3: displayed mathematics typed by hand \(`\$\$`\)",
            r"squares.md:1: this chapter is not listed in _toc.yml",
            r"_toc.yml:8: lists book/light/cubes, and there is no such page",
            r"sums.md:1: slug 'sums' is unknown to data/articles.yml")


@pytest.mark.parametrize("file, old, new, expected", [
    ("_config.yml", "title: A light book", "title: [A light book", r"_config.yml:\d+: broken YAML: "),
    ("_toc.yml", "parts:", "parts: }", r"_toc.yml:3: broken YAML: "),
    ("data/articles.yml", "- slug: sums", "- slug: sums: sums", r"data/articles.yml:1: broken YAML: "),
    (SUMS, "  name: python3\n", "  name: [python3\n", rf"{SUMS}:\d+: broken YAML: "),
    (SUMS, "kernelspec:", "kernel:", rf"{SUMS}:1: front matter has no kernelspec"),
    (SUMS, ":tags: [hide-input, F1]", ":tags: [hide-input, F1", rf"{SUMS}:\d+: broken cell options"),
    (SUMS, "    format_name: myst\n", "    format_name: light\n",
     rf"{SUMS}:1: has code cells but no front matter that makes it a notebook"),
])
def test_broken_yaml(light, file, old, new, expected):
    light.edit(file, old, new)
    refused(light, expected)


def test_rendering_problems_publish_nothing(light):
    light.edit(SUMS, "Now the end.", "Now the {doc}`end <nowhere>` and {ref}`nothing`.")
    done = refused(light, rf"{SUMS}:41: rendering: .*nowhere", rf"{SUMS}:41: rendering: .*nothing")
    assert light.executed(done) == []


def test_bad_seed(light):
    done = light.build(BOOK_SEED="many")
    assert done.returncode == 2 and done.stderr == "error: BOOK_SEED must be a whole number, not 'many'\n"


def test_outside_a_book(tmp_path):
    from claims.press.project import BuildError, find_root

    with pytest.raises(BuildError, match="no _toc.yml here or above"):
        find_root(tmp_path)


def test_unknown_names_say_what_there_is(light):
    done = light.claims("chapter", "summs")
    assert done.returncode == 2 and "no chapter 'summs'; there are: squares, sums" in done.stderr
    done = light.claims("show", "sums-triangel")
    assert done.returncode == 2 and "no claim 'sums-triangel'; did you mean sums-triangle" in done.stderr


def test_a_changed_number_of_the_data_is_noticed(light):
    light.edit("data/sums.csv", "4,10", "4,11")
    done = light.build()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "data/sums.csv: it is not the file that its note describes" in done.stderr
    light.edit("data/sums.csv", "4,11", "4,10")
    (light.root / "data" / "cubes.csv").write_text("1,1\n")
    assert "data/cubes.csv: no note in data/ has its source" in light.build().stderr


def test_every_data_file_of_the_book_has_its_checksum(root):
    assert data_notes.check(Project(root)) == []
