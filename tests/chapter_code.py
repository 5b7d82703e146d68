"""The code of a chapter that its tests run: the import cell and the cells that define the names asked for, nothing
else."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import jupytext

BOOK = Path(__file__).resolve().parent.parent / "book"


def defined(source: str) -> set[str]:
    """Names that a cell binds at its top level."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names


def take_away(slug: str, *names: str) -> dict[str, Any]:
    """Namespace after running the first code cell of a chapter and those that define ``names``, in the order of the
    page.

    Raises:
        LookupError: if no cell defines one of the names.
    """
    path, = BOOK.glob(f"*/{slug}.md")
    cells = [c.source for c in jupytext.read(path).cells if c.cell_type == "code"]
    space: dict[str, Any] = {"__name__": slug}
    wanted = set(names)
    for i, source in enumerate(cells):
        if i == 0 or defined(source) & wanted:
            exec(compile(source, f"{path.name}, code cell {i + 1}", "exec"), space)  # noqa: S102 - the book's own code
    if missing := wanted - set(space):
        raise LookupError(f"{path.name}: no code cell defines {', '.join(sorted(missing))}")
    return space
