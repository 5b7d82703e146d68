"""Executed notebooks to download: the chapter as written, its outputs from the store, cell ids that stay the same."""

from __future__ import annotations

import re

from . import wheel
from .project import digest
from .sources import Chapter, quick_json_schema
from .store import executed

ROLE = re.compile(r"\{(eq|cite(?::\w+)?|ref|numref|doc|prf:ref)\}`([^`]+)`")
ADMONITION = re.compile(r"^(:{3,}|`{3,})\{([\w-]+)\}[ \t]*(.*)\n((?::[\w-]+:.*\n)*)(.*?)^\1[ \t]*$", re.M | re.S)


def readable(markdown: str, glued: dict[str, str] | None = None) -> str:
    """Prose that Jupyter shows well: references become plain text, numbers of the run take their place, boxes become
    quotes.

    >>> readable("see {eq}`prenorm-variance`, {glue:text}`gain:.2f`", {"gain": "1.2345"})
    'see (prenorm-variance), 1.23'
    """
    def number(match: re.Match) -> str:
        said = (glued or {}).get(match[1], match[1])
        try:
            return format(float(said), match[2] or "") if match[2] else said
        except ValueError:
            return said

    def role(match: re.Match) -> str:
        text = re.sub(r"\s*<.*>\s*$", "", match[2]) or match[2]
        return f"[{text}]" if match[1].startswith("cite") else f"({text})"

    def box(match: re.Match) -> str:
        title = match[3].strip() or match[2].capitalize()
        body = match[5].strip()
        return "\n".join(f"> {line}".rstrip() for line in [f"**{title}**", "", *body.splitlines()])

    unfolded = FENCE_END.sub("", DROPDOWN.sub(r"**\1**", ADMONITION.sub(box, markdown)))
    return ROLE.sub(role, GLUED_TEXT.sub(number, unfolded))


def glued(body: dict) -> dict[str, str]:
    """What a run handed to the prose, as text by name."""
    found = {}
    for cell in body["cells"]:
        for output in cell["outputs"]:
            held = (output.get("metadata") or {}).get("scrapbook")
            if held:
                said = output["data"].get(f"{held['mime_prefix']}text/plain", "")
                found[held["name"]] = said if isinstance(said, str) else "".join(said)
    return found


GLUED_TEXT = re.compile(r"\{glue:text\}`([^`:]+)(?::([^`]*))?`")
DROPDOWN = re.compile(r"^:{3,}\{dropdown\}[ \t]*(.*)$", re.M)
FENCE_END = re.compile(r"^:{3,}[ \t]*\n?", re.M)
HINT = '''try:
    import claims
except ImportError:
    raise SystemExit("This notebook uses the package `claims` of the book that it comes from. Put {wheel} "
                     "(from the page of this chapter, next to the notebook's link) beside the notebook, "
                     "run `%pip install ./{wheel} {packages}` in a cell, and start again.") from None'''


PACKAGES = ("numpy", "scipy", "sympy", "matplotlib", "torch")


def hint(body: dict):
    """The first cell: how to install what the run used, in the versions that it used, if that is missing."""
    import nbformat

    used = (body.get("inputs") or {}).get("packages") or {}
    packages = " ".join(f"{name}=={used[name].partition('+')[0]}" for name in PACKAGES if name in used)
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
    numbers = glued(body)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = readable(cell.source, numbers)
        if "hide-input" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
    notebook.cells.insert(0, hint(body))
    with_stable_ids(notebook)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, nbformat.NO_CONVERT) + "\n"
