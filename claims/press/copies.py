"""Copies of the book to build in peace: what `make reproduce` and `make bench` work on, so that `_build` stays as it
is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .deps import PACKAGE
from .project import BuildError, Problem, Project

LEFT_OUT = shutil.ignore_patterns("_build", ".venv", ".git", "__pycache__", "*.egg-info", ".ipynb_checkpoints",
                                  ".pytest_cache", ".hypothesis", "node_modules")


def clone(project: Project, target: Path) -> str | None:
    """Check the commit out into `target`; its hash, or None if the book is not under version control (then the files
    are copied as they are)."""
    if not (project.root / ".git").exists():
        tree(project, target)
        return None
    for command in (["git", "clone", "--quiet", "--no-hardlinks", str(project.root), str(target)],
                    ["git", "-C", str(target), "rev-parse", "HEAD"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise BuildError(Problem("", 0, f"cannot check the book out: {done.stderr.strip()}"))
    return done.stdout.strip()


def tree(project: Project, target: Path) -> None:
    """Copy the files as they are, without what is built or installed."""
    shutil.copytree(project.root, target, ignore=LEFT_OUT)


def environment(root: Path, **more: str) -> dict[str, str]:
    """Environment of a command on a copy: its own `claims` if it has one, nothing of this process's settings of the
    book."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CLAIMS_", "BOOK_", "PYTHONPATH"))}
    package = root if (root / "claims").is_dir() else PACKAGE.parent
    return clean | {"PYTHONPATH": str(package), "OMP_NUM_THREADS": "1"} | more


@dataclass
class Timed:
    """A finished command: seconds of wall clock, largest memory of its processes together in bytes, exit status,
    output."""

    wall: float
    peak: int
    status: int
    output: str


def timed(root: Path, command: list[str], **env: str) -> Timed:
    """Run a command in a copy, its output caught; memory is looked at ten times a second."""
    import psutil

    with tempfile.TemporaryFile() as heard:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=root, env=environment(root, **env), stdout=heard,
                                   stderr=subprocess.STDOUT)
        parent, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            peak = max(peak, memory(parent))
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                pass
        wall = time.monotonic() - began
        heard.seek(0)
        return Timed(wall, peak, process.returncode, heard.read().decode(errors="replace"))


def memory(parent) -> int:
    """Resident bytes of a process and its descendants."""
    import psutil

    total = 0
    try:
        family = [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            pass
    return total


def build(root: Path, *arguments: str) -> Timed:
    """`claims build` in a copy; BuildError if it fails."""
    done = timed(root, [sys.executable, "-m", "claims", "--root", str(root), "build", *arguments])
    if done.status:
        said = f"the build of a copy failed; does the book itself stand (make book)?\n{done.output.strip()}"
        raise BuildError(Problem("", 0, said))
    return done
