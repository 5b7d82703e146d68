"""Executed notebooks to download: the chapter as written, its outputs from the store, cell ids that stay the same."""

from __future__ import annotations

import re

from .project import digest
from .sources import Chapter, quick_json_schema
from .store import executed

ROLE = re.compile(r"\{(eq|cite(?::\w+)?|ref|numref|doc|prf:ref)\}`([^`]+)`")
ADMONITION = re.compile(r"^(:{3,}|`{3,})\{([\w-]+)\}[ \t]*(.*)\n((?::[\w-]+:.*\n)*)(.*?)^\1[ \t]*$", re.M | re.S)


def readable(markdown: str) -> str:
    """Prose that Jupyter shows well: references become plain text, boxes become quotes.

    >>> readable("see {eq}`prenorm-variance`")
    'see (prenorm-variance)'
    """
    def role(match: re.Match) -> str:
        text = re.sub(r"\s*<.*>\s*$", "", match[2]) or match[2]
        return f"[{text}]" if match[1].startswith("cite") else f"({text})"

    def box(match: re.Match) -> str:
        title = match[3].strip() or match[2].capitalize()
        body = match[5].strip()
        return "\n".join(f"> {line}".rstrip() for line in [f"**{title}**", "", *body.splitlines()])

    return ROLE.sub(role, ADMONITION.sub(box, markdown))


def with_stable_ids(notebook) -> None:
    """Cell ids from the text of the cells: an edit of one cell leaves the ids of the others alone."""
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        base = digest(f"{cell.cell_type}\n{cell.source}")[:12]
        seen[base] = seen.get(base, 0) + 1
        cell["id"] = base if seen[base] == 1 else f"{base}-{seen[base]}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5


def text(chapter: Chapter, body: dict) -> str:
    """The chapter as an executed .ipynb: the same bytes for the same run."""
    quick_json_schema()
    import nbformat

    notebook = executed(chapter, body["cells"], body["language"])
    notebook.metadata.pop("source_map", None)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = readable(cell.source)
        if "hide-input" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
    with_stable_ids(notebook)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, nbformat.NO_CONVERT) + "\n"
