"""A chapter changes nothing outside `_build`: it fails by name, and everything is as it was; its processes end with
it."""

from __future__ import annotations

import os
import stat
import threading
import time

import pytest

from claims.press.project import Project
from claims.press.tree import Tree


def picture(root) -> dict[str, tuple]:
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith("_build") or "__pycache__" in name:
            continue
        about = path.lstat()
        data = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[name] = (stat.S_IMODE(about.st_mode), data)
    return found


INSIDE = ["os.remove('../../data/sums.csv')", "os.rename('../../helper.py', '../../other.py')",
          "os.truncate('../../data/sums.csv', 3)", "os.chmod('../../helper.py', 0)", "os.mkdir('../new')",
          "os.symlink('/etc', '../../data/etc')", "__import__('shutil').rmtree('../../data')",
          "Path('../../data/sums.csv').unlink()", "open('../index.md', 'a')"]
OUTSIDE = ["os.system('rm ../../data/sums.csv; echo > ../new.md')", "os.system('chmod 000 ../../helper.py')",
           "__import__('subprocess').run(['sh', '-c', 'rm -r ../../data; ln -s /etc ../../data'])",
           "os.system('echo 1 >> ../../data/sums.csv; touch -r ../../helper.py ../../data/sums.csv; kill -9 $PPID')"]


@pytest.mark.parametrize("act", INSIDE)
def test_a_chapter_may_not_change_the_book(light, act):
    kept = picture(light.root)
    before = light.pages()
    light.edit("book/light/squares.md", "from emit import claim, close",
               f"from emit import claim, close\nimport os\nfrom pathlib import Path\n{act}")
    kept["book/light/squares.md"] = picture(light.root)["book/light/squares.md"]
    done = light.build()
    assert done.returncode == 1 and "book/light/squares.md:" in done.stderr, done.stdout + done.stderr
    assert "a chapter changes nothing outside _build" in done.stderr or "writes nothing outside" in done.stderr
    assert picture(light.root) == kept and light.pages() == before


@pytest.mark.parametrize("act", OUTSIDE)
def test_what_its_processes_changed_is_put_back(light, act):
    light.edit("book/light/squares.md", "from emit import claim, close",
               f"from emit import claim, close\nimport os\n{act}")
    kept, before = picture(light.root), light.pages()
    done = light.build()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "book/light/squares.md:1: changed the book outside _build: " in done.stderr, done.stderr
    assert picture(light.root) == kept and light.pages() == before


def test_an_edit_of_an_author_is_left_alone(light):
    """While no chapter has processes of its own, it is somebody else who changes files."""
    light.edit("book/light/squares.md", "Squares from", "All squares from")
    tree = Tree(Project(light.root))
    light.edit("book/light/squares.md", "All squares", "Many squares")
    assert tree.changes() == {"book/light/squares.md": "changed"}
    tree.put_back(tree.changes())
    assert tree.changes() == {} and "All squares" in (light.root / "book/light/squares.md").read_text()
    assert "Many squares" in (light.root / "_build/undone/book/light/squares.md").read_text()


def test_detached_processes_end_with_the_chapter(light, tmp_path):
    flag = tmp_path / "alive"
    light.edit("book/light/squares.md", "from emit import claim, close",
               "from emit import claim, close\nimport os\n"
               "import time\n"
               "os.system(os.environ['LIGHT_DETACHED'])\n"
               "while not os.path.exists(os.environ['LIGHT_FLAG']): time.sleep(0.02)\ntime.sleep(0.2)")
    command = f"setsid sh -c '(touch {flag}; exec sleep 4321) &' &"
    done = light.build(LIGHT_DETACHED=command, LIGHT_FLAG=str(flag))
    assert done.returncode == 0, done.stdout + done.stderr
    sleeping = [p for p in os.listdir("/proc") if p.isdigit() and _command(p) == b"sleep\x004321\x00"]
    assert sleeping == []


def _command(pid: str) -> bytes:
    try:
        return open(f"/proc/{pid}/cmdline", "rb").read()
    except OSError:
        return b""


def test_the_limit_of_the_config_holds(light):
    light.edit("_config.yml", "timeout: 60", "timeout: 2")
    light.edit("book/light/squares.md", "from emit import claim, close",
               "from emit import claim, close\nimport time\ntime.sleep(60)")
    done = light.build()
    assert done.returncode == 1 and "ran longer than its limit of 2 s (execute: timeout in _config.yml" in done.stderr


def test_an_edit_beside_a_chapter_that_dies_is_left_alone(light):
    """It had no processes, so it was not the one that changed the file."""
    light.edit("book/light/squares.md", "from emit import claim, close",
               "from emit import claim, close\nimport os, time\nfrom pathlib import Path\n"
               "while 'edited' not in Path('../index.md').read_text(): time.sleep(0.02)\nos.kill(os.getpid(), 9)")
    index = light.root / "book" / "index.md"
    light.process = ()

    def edit() -> None:
        end = time.monotonic() + 60
        while not list((light.root / "_build/cache/jupyter").glob("kernel-*.json")) and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.5)
        index.write_text(index.read_text() + "\nedited\n")

    author = threading.Thread(target=edit)
    author.start()
    done = light.build()
    author.join()
    assert done.returncode == 1 and "its process died" in done.stderr, done.stdout + done.stderr
    assert index.read_text().endswith("\nedited\n") and "changed the book" not in done.stderr
