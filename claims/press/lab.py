"""Saving in JupyterLab: cells that were not touched stay byte for byte as their author wrote them, and so does the
front matter. jupytext alone writes the whole text anew, in its own hand, without the keys that it does not know."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupytext import build_sync_jupytext_contents_manager_class
from jupytext.myst import myst_to_notebook


def cells(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first cell, and for every cell what it means and how it is written."""
    notebook = myst_to_notebook(text, add_source_map=True)
    lines = text.splitlines(keepends=True)
    starts = [*notebook.metadata["source_map"], len(lines)]
    meant = [json.dumps([c.cell_type, c.source, c.metadata], sort_keys=True) for c in notebook.cells]
    written = ["".join(lines[a:b]) for a, b in zip(starts, starts[1:])]
    return "".join(lines[:starts[0]]), list(zip(meant, written))


def merged(before: str, after: str) -> str:
    """The text that jupytext made (`after`) with everything that it means as before written as before."""
    head, old = cells(before)
    _, new = cells(after)
    same = difflib.SequenceMatcher(None, [m for m, _ in old], [m for m, _ in new], autojunk=False).get_opcodes()
    written = [w for tag, a, b, c, d in same for _, w in (old[a:b] if tag == "equal" else new[c:d])]
    text = head + "".join(w if w.endswith("\n") else w + "\n" for w in written[:-1]) + "".join(written[-1:])
    understood = [m for m, _ in cells(text)[1]]
    # where cells met that cannot stand together like that, jupytext's hand is the right one
    return text if understood == [m for m, _ in new] else head + "".join(w for _, w in new)


class Files(LargeFileManager):
    """Files as they are; notebooks in text merged with what is there."""

    merging = False

    def _save_file(self, os_path, content, format):
        there = Path(os_path)
        if self.merging and format == "text" and there.suffix == ".md" and there.exists():
            content = merged(there.read_bytes().decode("utf-8"), content)
        super()._save_file(os_path, content, format)


class Chapters(build_sync_jupytext_contents_manager_class(Files)):
    """What `make lab` starts JupyterLab with."""

    def save(self, model, path=""):
        self.merging = model.get("type") == "notebook"
        try:
            return super().save(model, path)
        finally:
            self.merging = False
