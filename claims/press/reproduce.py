"""`make reproduce`: build the commit twice, in two folders with different names, and compare every byte of the site
and the ledger."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from . import copies
from .project import Project, file_digest
from .soak import dirty

FOLDERS = ("first", "zweites Häuschen")
"""Names of the two folders: a path must not leave a trace in the pages, spaces and letters outside ASCII must not
matter."""


def files(project: Project) -> dict[str, str]:
    """Digests of what a build publishes: every file of the site, and the ledger."""
    published = [*sorted(project.html.rglob("*")), project.ledger]
    return {p.relative_to(project.build).as_posix(): file_digest(p) or "" for p in published if p.is_file()}


def differences(one: Project, other: Project) -> list[str]:
    """What differs between two built books, a line for each file."""
    a, b = files(one), files(other)
    found = [f"{name} is only in {(one if name in a else other).root.name}" for name in sorted(a.keys() ^ b.keys())]
    for name in sorted(a.keys() & b.keys()):
        if a[name] != b[name]:
            where = first_difference((one.build / name).read_bytes(), (other.build / name).read_bytes())
            found.append(f"{name} differs {where}")
    return found


def first_difference(a: bytes, b: bytes) -> str:
    """Where two byte strings part, with what each says there.

    >>> first_difference(b"one\\ntwo 12", b"one\\ntwo 13")
    "in line 2: b'two 12' / b'two 13'"
    """
    at = next((n for n, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    start = max(a.rfind(b"\n", 0, at) + 1, at - 40)
    return f"in line {a.count(10, 0, at) + 1}: {a[start:at + 40]!r} / {b[start:at + 40]!r}"


def reproduce(project: Project) -> int:
    """Build twice, compare; exit status 1 if a byte differs."""
    if dirty(project):
        print("Uncommitted changes are left out.")
    with tempfile.TemporaryDirectory(prefix="claims-") as folder:
        built = []
        for name in FOLDERS:
            target = Project(Path(folder) / name)
            copies.clone(project, target.root)
            print(f"Building in {target.root} …", flush=True)
            print(f"  {copies.build(target.root).wall:.1f} s")
            built.append(target)
        found = differences(*built)
        number = len(files(built[0]))
    if found:
        print(f"\n{len(found)} of {number} files are not the same:", file=sys.stderr)
        for line in found:
            print(f"  {line}", file=sys.stderr)
        return 1
    print(f"The same bytes in both: {number} files, the ledger included.")
    return 0
