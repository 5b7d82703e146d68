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
    wrong = [f"{p.name}:{line} imports {'.'.join(name)}" for p in (PACKAGE / room).glob("*.py") for line, name in imported(p) if name and name[0] not in allowed]
    assert not wrong, "\n".join(wrong)
