"""Executed notebooks to download: the chapter as written, its outputs from the store, cell ids that stay the same."""

from __future__ import annotations

import re

from . import wheel
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

    unfolded = FENCE_END.sub("", DROPDOWN.sub(r"**\1**", ADMONITION.sub(box, markdown)))
    return ROLE.sub(role, unfolded)


DROPDOWN = re.compile(r"^:{3,}\{dropdown\}[ \t]*(.*)$", re.M)
FENCE_END = re.compile(r"^:{3,}[ \t]*\n?", re.M)
HINT = '''try:
    import claims
except ImportError:
    raise SystemExit("This notebook uses the package `claims` of the book that it comes from. Put {wheel} "
                     "(from the page of this chapter, next to the notebook's link) beside the notebook, "
                     "run `%pip install ./{wheel} {packages}` in a cell, and start again.") from None'''


def hint(chapter: Chapter):
    """The first cell: how to install what the chapter imports, if that is missing."""
    import nbformat

    imported = {name for cell in chapter.cells for name in re.findall(r"^(?:import|from) (\w+)", cell.source, re.M)}
    packages = " ".join(name for name in ("numpy", "scipy", "sympy", "matplotlib", "torch")
                        if name in imported | {"numpy", "scipy", "sympy"})
    return nbformat.v4.new_code_cell(HINT.format(wheel=wheel.name(), packages=packages),
                                     metadata={"tags": ["hide-input"]})


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
    notebook.cells.insert(0, hint(chapter))
    with_stable_ids(notebook)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, nbformat.NO_CONVERT) + "\n"
