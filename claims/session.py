"""The records of the notebook that is running: one per label, replaced when a cell is run again."""

from __future__ import annotations

import os
from typing import Any

_records: dict[str, dict[str, Any]] = {}
_objects: dict[str, Any] = {}
_cells: dict[str, Any] = {}


def building() -> bool:
    """Whether the book's build runs this notebook (then a label used in two cells is an error, not an edit)."""
    return os.environ.get("CLAIMS_BUILD") == "1"


def chapter() -> str:
    """Slug of the running chapter."""
    return os.environ.get("CLAIMS_CHAPTER", "notebook")


def _cell() -> Any:
    """What identifies the running cell: its id where the front end sends one."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    if shell is None:
        return None
    parent = getattr(shell, "get_parent", dict)() or {}
    return parent.get("metadata", {}).get("cellId")


def add(record: dict[str, Any], obj: Any) -> None:
    """Store a record. The same label from another cell of the chapter is a failure of the later one; in a build, where
    every cell runs once, from any cell."""
    label, cell = record["label"], _cell()
    elsewhere = cell is not None and _cells.get(label) is not None and _cells[label] != cell
    if label in _records and (building() or elsewhere):
        record["failures"] = [*record.get("failures", []),
                              f"the label {label!r} is used twice in this chapter; labels are unique in the book"]
        record["verdict"] = record["badge"] = "undecided"
    _records[label], _objects[label], _cells[label] = record, obj, cell


def records() -> list[dict[str, Any]]:
    """All records of this notebook, in order."""
    return list(_records.values())


def objects() -> list[Any]:
    """All definitions and claims of this notebook, in order."""
    return list(_objects.values())


def find(label: str) -> Any:
    """The definition or claim with this label, or ``None``."""
    return _objects.get(label)


def reset() -> None:
    """Forget everything (tests)."""
    _records.clear()
    _objects.clear()
    _cells.clear()
