"""The rooms of the package: imports run downwards only, modules are short, lines are short."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "claims"
ROOMS = ["say", "prove", "measure", "attack"]
"""From the ground floor up; what stands above them all (judge, verbs, …) may use every room, and no room uses it."""
SHARED = {"errors", "session", "record", "statement", "case"}
"""Modules beside the rooms that a room may use: they hold declarations, not procedures."""


def imported(path):
    """Modules of the package that a file imports, as paths of names from its top."""
    here = path.relative_to(PACKAGE).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1]
            module = tuple((node.module or "").split(".")) if node.module else ()
            for alias in node.names:
                yield node.lineno, (*base, *(module or (alias.name,)))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_the_rooms_below_it(room):
    allowed = set(ROOMS[: ROOMS.index(room) + 1]) | SHARED
    wrong = [f"{p.name}:{line} imports {'.'.join(name)}" for p in (PACKAGE / room).glob("*.py")
             for line, name in imported(p) if name and name[0] not in allowed]
    assert not wrong, "\n".join(wrong)


WIDTH, HEIGHT = 120, 300
"""Characters of a line, lines of a module."""
WIDE = {"tests/test_chapter_fourier_density.py", "tests/test_chapter_gradient_flow.py"}
"""Files with longer lines. The list only shrinks: whoever mends a file takes it off."""
TALL: set[str] = set()
"""Modules with more lines; likewise."""


def sources():
    """Every Python file of the package and of its tests, by its path from the root."""
    root = PACKAGE.parent
    for folder in (PACKAGE, root / "tests"):
        for path in sorted(folder.rglob("*.py")):
            if "__pycache__" not in path.parts and path.parent != PACKAGE / "takeaway":  # made from the chapters
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines()


def beyond(found, listed):
    """What is too long and not on the list, and what is on the list and not too long."""
    return {"too long": sorted(found - listed), "no longer too long, so take it off the list": sorted(listed - found)}


def test_lines_are_short():
    found = {name: [n for n, line in enumerate(lines, 1) if len(line) > WIDTH] for name, lines in sources()}
    wide = {name for name, numbers in found.items() if numbers}
    assert not any(beyond(wide, WIDE).values()), "\n".join(
        [f"{name}:{n}" for name in sorted(wide - WIDE) for n in found[name]] + [f"{WIDE - wide} are short now"])


def test_modules_are_short():
    tall = {name for name, lines in sources() if len(lines) > HEIGHT}
    assert not any(beyond(tall, TALL).values()), beyond(tall, TALL)
