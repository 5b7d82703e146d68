"""Fixtures shared by all tests: where the project is, the built pages, and a small book to break."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "tests" / "fixture_book"


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the project."""
    return ROOT


def declarations():
    """The registries of what is declared by name or symbol: a notebook has a process, and so registries, of its own."""
    from claims.say import heads, symbols

    return (heads.INDEXED, heads.SEQUENCES, heads.RANDOM_HEADS, symbols.laws, symbols.constraints, symbols.extents,
            symbols.ranges)


def pytest_collection_finish(session):
    """Remember what the modules of tests declare, before a doctest or a chapter is run in this process."""
    session.config.declared = [registry.copy() for registry in declarations()]


def pytest_collection_modifyitems(items):
    """What a browser and a reader's machine do takes minutes and comes first, so that two processes end together."""
    items.sort(key=lambda item: "tests/test_site_" not in item.nodeid)


@pytest.fixture
def told(record_property):
    """What a test has measured, for the end of the run: what a worker of pytest-xdist prints is lost."""
    return lambda text: record_property("told", text)


def pytest_terminal_summary(terminalreporter):
    reports = [r for group in terminalreporter.stats.values() for r in group if getattr(r, "when", "") == "call"]
    for text in (text for r in reports for name, text in r.user_properties if name == "told"):
        terminalreporter.write_line(text)


@pytest.fixture(autouse=True)
def _as_declared(request):
    for kept, now in zip(request.config.declared, declarations()):
        now.clear()
        now.update(kept)


@pytest.fixture
def notebook():
    """A notebook without records, and none left for the next test: `pytestmark =
    pytest.mark.usefixtures("notebook")`."""
    from claims import session

    session.reset()
    yield
    session.reset()


@pytest.fixture
def step(notebook):
    """The premise of `engine_walk`: one step of the walk, bound to its code."""
    from engine_walk import define_step

    return define_step(**{"no step": lambda x, s: x, "root": lambda x, s: x + s})


@pytest.fixture(scope="session")
def html() -> Path:
    """The built pages: `CLAIMS_HTML`, else `_build/html`."""
    folder = Path(os.environ.get("CLAIMS_HTML", ROOT / "_build" / "html"))
    if not (folder / "index.html").exists():
        pytest.skip(f"no built pages in {folder}: make book")
    return folder


CUT = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
"""Before a command: run it where there is no network but loopback."""


def can_cut_network() -> bool:
    return (shutil.which("unshare") is not None and shutil.which("ip") is not None
            and subprocess.run([*CUT, "true"], capture_output=True).returncode == 0)


@pytest.fixture(scope="session")
def cut() -> tuple[str, ...]:
    """What to put before a command that shall run without a network; empty if this system cannot do that."""
    return CUT if can_cut_network() else ()


def environment(more: dict[str, str]) -> dict[str, str]:
    """The environment without settings of the book."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("CLAIMS_", "BOOK_"))} | more


@dataclass
class Copy:
    """A copy of the light book that a test may break.

    process: what to put before commands that shall run in a process of their own; None: they run in this one, which
    has Sphinx loaded already. """

    root: Path
    process: tuple[str, ...] | None = None

    def claims(self, *arguments: str, timeout: float = 240, **env: str) -> subprocess.CompletedProcess:
        """Run the command `claims` on it."""
        command = ["--root", str(self.root), *arguments]
        if self.process is not None:
            return subprocess.run([*self.process, sys.executable, "-m", "claims", *command], cwd=ROOT,
                                  env=environment(env), capture_output=True, text=True, timeout=timeout)
        from claims.cli import main

        out, err = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, environment(env),
                             clear=True), contextlib.redirect_stdout(
                                 out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            # of Sphinx's extensions; a process of its own does not show them
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            status = main(command)
        return subprocess.CompletedProcess(command, status, out.getvalue(), err.getvalue())

    def build(self, **env: str) -> subprocess.CompletedProcess:
        return self.claims("build", **env)

    def start(self, **env: str) -> subprocess.Popen:
        """A build that a test may kill."""
        return subprocess.Popen([sys.executable, "-m", "claims", "--root", str(self.root), "build"], cwd=ROOT,
                                env=environment(env),
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    @staticmethod
    def executed(done: subprocess.CompletedProcess) -> list[str]:
        """Chapters that a build executed, by its progress lines."""
        return sorted(line.split()[1] for line in done.stdout.splitlines() if line.startswith("["))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text that must be there."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def pages(self) -> dict[str, bytes]:
        """Every file of the site."""
        html = self.root / "_build" / "html"
        return {p.relative_to(html).as_posix(): p.read_bytes() for p in sorted(html.rglob("*")) if p.is_file()}


@pytest.fixture
def unbuilt(tmp_path) -> Copy:
    """A copy of the light book that was never built."""
    return fresh(tmp_path / "book")


def fresh(folder: Path) -> Copy:
    shutil.copytree(FIXTURE, folder, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    return Copy(folder)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Copy:
    """The light book, built once. Tests copy it."""
    copy = fresh(tmp_path_factory.mktemp("light") / "book")
    copy.process = ()
    done = copy.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory) -> Copy:
    """The light book, built a second time: in a folder with a space and letters outside ASCII, without a network, with
    an empty home."""
    copy = fresh(tmp_path_factory.mktemp("other") / "zweites Häuschen")
    home = copy.root.parent / "home"
    home.mkdir()
    copy.process = CUT if can_cut_network() else ()
    done = copy.build(HOME=str(home), XDG_CACHE_HOME="", XDG_CONFIG_HOME="")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


@pytest.fixture
def light(built, tmp_path) -> Copy:
    """A copy of the built light book."""
    folder = tmp_path / "book"
    shutil.copytree(built.root, folder)
    return Copy(folder)
