"""Fixtures shared by all tests: where the project is, the built pages, and a small book to break."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "tests" / "fixture_book"


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def html() -> Path:
    """The built pages: `CLAIMS_HTML`, else `_build/html`."""
    folder = Path(os.environ.get("CLAIMS_HTML", ROOT / "_build" / "html"))
    if not (folder / "index.html").exists():
        pytest.skip(f"no built pages in {folder}: make book")
    return folder


@dataclass
class Copy:
    """A copy of the light book that a test may break."""

    root: Path

    def claims(self, *arguments: str, timeout: float = 120, **env: str) -> subprocess.CompletedProcess:
        """Run the command `claims` on it."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("CLAIMS_", "BOOK_"))}
        return subprocess.run([sys.executable, "-m", "claims", "--root", str(self.root), *arguments], cwd=ROOT, env=clean | env,
                              capture_output=True, text=True, timeout=timeout)

    def build(self, **env: str) -> subprocess.CompletedProcess:
        return self.claims("build", **env)

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


def fresh(folder: Path) -> Copy:
    shutil.copytree(FIXTURE, folder, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    return Copy(folder)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Copy:
    """The light book, built once. Tests copy it."""
    copy = fresh(tmp_path_factory.mktemp("light") / "book")
    done = copy.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


@pytest.fixture
def light(built, tmp_path) -> Copy:
    """A copy of the built light book."""
    folder = tmp_path / "book"
    shutil.copytree(built.root, folder)
    return Copy(folder)
