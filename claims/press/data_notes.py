"""Data files and the notes beside them: a number that changed without a word is seen by the checksum."""

from __future__ import annotations

from pathlib import Path

from .project import Problem, Project, file_digest

OWN = {".md", ".yml"}
"""Notes, and what the book itself is described by."""


def line_for(file: Path) -> str:
    """What the note of a data file says."""
    return f"SHA-256 of `{file.name}`: `{file_digest(file)}`"


def check(project: Project, slug: str = "") -> list[Problem]:
    """Data files, of one chapter or of all, whose checksum stands in no note of `data/`."""
    folder = project.root / "data"
    notes = "\n".join(p.read_text(encoding="utf-8", errors="replace") for p in sorted(folder.glob("*.md")))
    problems = []
    for file in sorted(p for p in folder.glob(f"{slug}*") if p.is_file() and p.suffix not in OWN and p.name[0] != "."):
        name = project.relative(file)
        if f"`{file.name}`: `" not in notes:
            problems.append(Problem(name, 0, "no note in data/ has its source, licence and checksum: write one, with "
                                             f"the line {line_for(file)}"))
        elif line_for(file) not in notes:
            problems.append(Problem(name, 0, "it is not the file that its note describes: take it back, or, if it was "
                                             f"changed on purpose, write in the note {line_for(file)}"))
    return problems
