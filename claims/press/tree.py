"""The working tree outside `_build` as it was before chapters run: what their child processes changed is found, named
and put back."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from .project import Project, write_atomic

SKIPPED = {"_build", ".venv", ".git", "__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis"}
LARGEST = 2**26
"""Bytes of a file up to which it can be put back."""
MODE = 0o7777


@dataclass(frozen=True)
class State:
    """What stands at a place: times tell quickly that nothing happened, the rest is what counts."""

    mode: int
    stamp: tuple
    data: bytes | str | None

    @property
    def content(self) -> tuple:
        return self.mode, self.data


def state_of(path: str, known: State | None = None) -> State | None:
    """What stands at a place, None if nothing does; `known` itself if nobody touched it."""
    try:
        found = os.lstat(path)
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if known and (known.mode, known.stamp) == (found.st_mode, stamp):
            return known
        data: bytes | str | None = None
        if stat.S_ISLNK(found.st_mode):
            data = os.readlink(path)
        elif stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST:
            data = Path(path).read_bytes()
        elif stat.S_ISREG(found.st_mode):
            data = str(stamp)
    except FileNotFoundError:
        return None
    except PermissionError:
        data = "unreadable"
    # the size and the times of a folder are those of what lies in it
    return State(found.st_mode, () if stat.S_ISDIR(found.st_mode) else stamp, data)


class Tree:
    """A picture of the tree, taken when it is made."""

    def __init__(self, project: Project) -> None:
        self.project, self.root = project, str(project.root)
        self.before = {name: state_of(os.path.join(self.root, name)) for name in self.names()}

    def names(self) -> set[str]:
        """Everything in the tree, relative to it."""
        found = set()
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in SKIPPED and not f.endswith(".egg-info")]
            here = os.path.relpath(folder, self.root)
            found |= {os.path.normpath(os.path.join(here, name)) for name in [*folders, *files] if name not in SKIPPED}
        return found

    def changes(self) -> dict[str, str]:
        """Place → what became of it: removed, new or changed."""
        found = {}
        for name in sorted(self.names() | self.before.keys()):
            old = self.before.get(name)
            new = state_of(os.path.join(self.root, name), old)
            if new is None or old is None:
                if new is not old:
                    found[name] = "removed" if new is None else "new"
            elif new.content != old.content:
                found[name] = "changed"
        return found

    def put_back(self, changes: dict[str, str]) -> None:
        """Make the tree what it was; what stood there instead is kept in `_build/undone`, it might be an author's."""
        for name, what in sorted(changes.items(), reverse=True):
            path, kept = Path(self.root, name), self.project.build / "undone" / name
            if what != "removed" and path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, kept)
            if what == "new":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name, what in sorted(changes.items()):
            if what != "new":
                self.restore(Path(self.root, name), self.before[name])

    @staticmethod
    def restore(path: Path, old: State) -> None:
        is_link, is_folder = stat.S_ISLNK(old.mode), stat.S_ISDIR(old.mode)
        if os.path.lexists(path) and (is_link or path.is_symlink() or path.is_dir() != is_folder):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        if is_link:
            path.symlink_to(old.data)
            return
        if is_folder:
            path.mkdir(exist_ok=True)
        elif isinstance(old.data, bytes):
            write_atomic(path, old.data)
        if path.exists():
            path.chmod(old.mode & MODE)
        if old.stamp and path.exists():
            os.utime(path, ns=(old.stamp[2], old.stamp[2]))


def said(changes: dict[str, str]) -> str:
    """
    >>> said({"data/a.csv": "removed", "b": "new"})
    'removed data/a.csv, new b'
    """
    listed = [f"{what} {name}" for name, what in changes.items()]
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
