"""Killed, damaged and repeated builds end where a clean one does; the same every time, everywhere."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from claims.press import render, soak
from claims.press.fresh import up_to_date
from claims.press.project import Project
from claims.press.reproduce import differences


def same(one, other) -> list[str]:
    return differences(Project(one.root), Project(other.root))


def wait_for(condition, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def running(text: str) -> list[int]:
    """Processes whose command line holds a text."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def test_two_clean_builds_in_two_folders_give_the_same_bytes(built, elsewhere):
    assert len(built.pages()) > 50
    assert same(built, elsewhere) == []


def test_differences_are_seen(built, tmp_path):
    other = type(built)(tmp_path / "book")
    shutil.copytree(built.root, other.root)
    html = other.root / "_build" / "html"
    (html / "genindex.html").unlink()
    (html / "new.html").write_text("x")
    page = html / "book" / "light" / "sums.html"
    page.write_bytes(page.read_bytes().replace(b"first", b"last "))
    found = same(built, other)
    assert len(found) == 3 and any(re.search(r"sums.html differs in line \d+: .*first.* / .*last", line)
                                   for line in found)


def test_a_build_needs_no_network(elsewhere):
    if not elsewhere.process:
        pytest.skip("this system lets no process give up its network (unshare)")
    assert (elsewhere.root / "_build" / "html" / "index.html").exists()


def test_a_build_writes_nothing_outside_its_folder(elsewhere, root):
    assert list((elsewhere.root.parent / "home").rglob("*")) == []

    def names(of: Path) -> set[str]:
        return {p.relative_to(of).as_posix()
                for p in of.rglob("*") if "__pycache__" not in p.parts and "_build" not in p.parts}

    assert names(elsewhere.root) == names(root / "tests" / "fixture_book")


def test_no_path_of_the_machine_is_published(built):
    assert [name for name, data in built.pages().items() if str(built.root).encode() in data] == []


def test_killed_while_a_chapter_runs(built, unbuilt, tmp_path):
    copy, flag = unbuilt, tmp_path / "pause"
    flag.touch()
    process = copy.start(LIGHT_PAUSE=str(flag))
    assert process.stdout.readline().startswith("Reading the book")
    assert process.stdout.readline().startswith("[1/2] squares")
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not running(str(copy.root)))  # the chapter's process goes with the build
    assert not (copy.root / "_build" / "html").exists()
    flag.unlink()
    done = copy.build()
    assert done.returncode == 0 and copy.executed(done) == ["sums"], done.stdout + done.stderr
    assert same(built, copy) == []


def test_killed_while_pages_are_rendered(built, light):
    before = light.pages()
    light.edit("book/index.md", "Two chapters", "2 chapters")
    process = light.start()
    wait_for((light.root / "_build" / "staging" / "html").exists)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert light.pages() == before
    light.edit("book/index.md", "2 chapters", "Two chapters")
    done = light.build()
    assert done.returncode == 0 and light.executed(done) == [], done.stdout + done.stderr
    assert "pages rendered" in done.stdout
    assert same(built, light) == [] and not (light.root / "_build" / "staging").exists()


def test_killed_while_the_new_site_is_put_in_place(built, light):
    project = Project(light.root)
    project.html.rename(project.build / "html.old")
    (project.build / "staging" / "html").mkdir(parents=True)
    render.recover(project)
    assert same(built, light) == [] and not (project.build / "staging").exists()


def test_damage_is_noticed_and_mended(built, light):
    build = light.root / "_build"
    light.edit("_build/executed/sums.json", r"\\frac{n (n + 1)}{2}",
               r"\\frac{n (n - 1)}{2}")  # still good JSON, and wrong
    (build / "executed" / "squares.json").write_bytes((build / "executed" / "squares.json").read_bytes()[:-200])
    (build / ".jupyter_cache" / "global.db").write_bytes(b"no data base")
    for notebook in (build / ".jupyter_cache").rglob("base.ipynb"):
        notebook.write_text("{")
    (build / "html" / "book" / "light" / "sums.html").write_text("<p>All is proved.</p>")
    done = light.build()
    assert done.returncode == 0, done.stdout + done.stderr
    assert light.executed(done) == ["squares", "sums"] and done.stdout.count("(damaged cache entry)") == 2
    assert same(built, light) == []


def test_jupyter_book_alone_gives_the_same_pages(built, light):
    """From a cache whose one run no longer stands: MyST-NB's own would show yesterday's."""
    light.edit("helper_far.py", "FACTOR = 2", "FACTOR = 1 + 1")
    shutil.rmtree(light.root / "_build" / "html")
    tool = Path(sys.executable).with_name("jupyter-book")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CLAIMS_", "BOOK_", "SOURCE_DATE"))}
    done = subprocess.run([tool, "build", "."], cwd=light.root, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0 and "(helper_far.py changed)" in done.stdout, done.stdout + done.stderr
    assert same(built, light) == []


def test_jupyter_book_alone_refuses_what_does_not_stand(light):
    light.edit("book/light/squares.md", 'given=["sums-triangle"])', 'given=["sums-triangle"], verdict="refuted")')
    with pytest.raises(ExtensionError, match="squares.md:22: claim 'squares-odd' is refuted"):
        up_to_date(SimpleNamespace(srcdir=light.root), None)


def test_soak_names_the_claim_and_the_seed(light):
    light.edit("book/light/sums.md", 'claim("sums-triangle", ',
               'claim("sums-triangle", verdict="refuted" if int(os.environ["BOOK_SEED"]) == %d else "proved", '
               'statement=' % soak.seeds("0" * 40, 2)[1])
    before = light.pages()
    done = light.claims("soak", "--seeds", "2", "--chapter", "sums")
    seed = soak.seeds("0" * 40, 2)[1]
    said = f"sums: sums-triangle at BOOK_SEED={seed}: claim 'sums-triangle' is refuted"
    assert done.returncode == 1 and said in done.stderr, done.stdout + done.stderr
    assert "2 runs of 1 chapters" in done.stdout and done.stderr.count("BOOK_SEED") == 1
    assert "1 failed" in (light.root / "_build" / "soak.md").read_text()
    assert light.pages() == before and not list((light.root / "_build" / "executed").glob("*seed*"))


HEAVY = ("torch", "matplotlib", "scipy.stats", "scipy.optimize", "sphinx", "debugpy", "lark")


def test_a_chapter_pays_only_for_what_it_uses(light):
    """Neither the verbs nor MyST-NB's glue bring in what takes a second and nobody asked for."""
    light.edit("book/light/sums.md", "import os\n",
               "import os\nimport sys\nfrom myst_nb import glue\nfrom claims import Mean, quantity\nglue('n', 1, "
               "display=False)\n"
               f"h = '{' '.join(HEAVY)}'.split()\nassert not [m for m in h if sys.modules.get(m)]\n")
    done = light.build()
    assert done.returncode == 0 and light.executed(done) == ["sums"], done.stdout + done.stderr
