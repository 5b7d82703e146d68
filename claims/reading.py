"""What a chapter reads and what it hands to its prose, in the book and in a notebook that was taken out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PACKED = Path(__file__).resolve().parent / "_data"
"""Where the wheel carries the data of the book."""
GLUED = "application/papermill.record/"
"""Of an output that stands in the prose only; the word is MyST-NB's."""


def data_file(name: str) -> Path:
    """A file of the book's data: from `data/` here or above, else from the installed package.

    >>> data_file("walks.csv")
    Traceback (most recent call last):
        ...
    FileNotFoundError: no data file 'walks.csv': expected in data/ of this folder or of one above, or in the wheel of \
the book; put it there, or correct its name
    """
    here = Path.cwd()
    for folder in (*(up / "data" for up in (here, *here.parents)), PACKED, PACKED.parents[1] / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"no data file {name!r}: expected in data/ of this folder or of one above, or in the "
                            "wheel of the book; put it there, or correct its name")


def glue(name: str, value: Any, display: bool = True) -> None:
    """Hand a value to the prose of the page, where ``{glue:text}`name``` shows it.

    As MyST-NB's own, without MyST-NB, which a reader's notebook does not need.

    >>> glue("answer", 42)
    42
    """
    try:
        from IPython.core.formatters import format_display_data
        from IPython.display import display as show
    except ImportError:
        return
    bundle, metadata = format_display_data(value)
    prefix = "" if display else GLUED
    metadata["scrapbook"] = {"name": name, "mime_prefix": prefix}
    show({prefix + kind: shown for kind, shown in bundle.items()}, raw=True, metadata=metadata)
