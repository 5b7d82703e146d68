"""What an author's run keeps of earlier runs: the evidence of statements with the same keys (:mod:`claims.remembered`).

Every run writes what passed to `_build/evidence`, under the digest of the engine, the data and the packages; only
`make chapter` and `make check` read it. A run that kept something is no run of the book: `make book` runs the chapter
again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from . import deps
from .project import Project, digest, dump, file_digest, write_atomic

AUTHOR = "CLAIMS_AUTHOR"

def author() -> bool:
    """Whether this run is an author's, which may keep evidence."""
    return os.environ.get(AUTHOR) == "1"


@contextlib.contextmanager
def loop() -> Iterator[None]:
    """Runs in here may keep evidence."""
    os.environ[AUTHOR] = "1"
    try:
        yield
    finally:
        os.environ.pop(AUTHOR, None)


def engine(project: Project) -> str:
    """A digest of all that no key holds: the engine, modules of the book, the data, the packages."""
    files = [p for p in sorted(deps.PACKAGE.rglob("*.py"))
             if not p.relative_to(deps.PACKAGE.parent).as_posix().startswith(deps.DISPLAY)]
    own = [*sorted(project.root.glob("*.py")), *sorted((project.root / "book").rglob("*.py"))]
    data = [p for p in sorted((project.root / "data").glob("*")) if p.is_file()]
    return digest(dump([[p.name, file_digest(p)] for p in (*files, *own, *data)] + sorted(deps.installed().items())))


def path(project: Project, slug: str) -> Path:
    return project.build / "evidence" / f"{slug}-{engine(project)[:16]}.json"


def offered(project: Project, slug: str) -> dict[str, str]:
    """The environment that hands a chapter's process the evidence it may keep."""
    file = path(project, slug) if author() else None
    return {"CLAIMS_EVIDENCE": str(file) if file is not None and file.exists() else ""}


def gather(project: Project, slug: str, found: dict[str, dict] | None = None, kept: int = 0) -> int:
    """Write what a run found that a later one may keep; how much of it this one kept."""
    file = path(project, slug)
    with contextlib.suppress(OSError):  # no room, or no right to write: the next run judges everything
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.glob(f"{slug}-*.json"):
            if old != file:
                old.unlink()
        write_atomic(file, dump(found or {}))
    return kept
