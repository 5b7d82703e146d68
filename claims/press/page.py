"""A chapter as a reader meets it: prose, headings, folds, and what every cell shows, in the order of the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .scan import FENCE
from .sources import Cell, Chapter
from .store import record_of

QUIET = {"remove-cell", "remove-output", "hide-output", "hide-cell"}
"""Tags of cells that show nothing before something is unfolded."""
UNSEEN_CODE = {"remove-cell", "remove-input", "hide-input", "hide-cell"}
DIRECTIVE = re.compile(r"\{([\w:.-]+)\}\s*(.*)")
CLASSES = re.compile(r"^:class:\s*(.*)|^class:\s*(.*)")


@dataclass
class Block:
    """A part of the page. kind: prose, heading, table, title (of a fold or box), cell.

    fold: number of the fold that it lies in, 0 outside; notes: in a section or box of notes.
    """

    kind: str
    line: int
    text: str = ""
    fold: int = 0
    notes: bool = False
    shown: Shown | None = None


@dataclass
class Display:
    """A displayed formula: the record of a statement, or what a working carries."""

    record: dict
    block: Block
    working: bool = False

    @property
    def name(self) -> str:
        return "the working" if self.working else repr(self.record["label"])

    @property
    def line(self) -> int:
        cell = self.block.shown.cell
        return cell.body_line if self.working else cell.line_of(self.record["label"])


@dataclass
class Shown:
    """What a cell puts on the page: equations and results (their records), other outputs, code in view."""

    cell: Cell
    outputs: list[dict] = field(default_factory=list)

    @cached_property
    def records(self) -> list[dict]:
        return [r for o in self.visible if (r := record_of(o)) is not None]

    def displays(self, block: Block) -> list[Display]:
        found = ((record_of(o), working_of(o)) for o in self.visible)
        return [Display(record or working, block, record is None) for record, working in found if record or working]

    @cached_property
    def visible(self) -> list[dict]:
        return [] if QUIET & set(self.cell.tags) else [o for o in self.outputs if seen(o)]

    @cached_property
    def plain(self) -> list[dict]:
        """Outputs that are no statement: figures, tables, text."""
        return [o for o in self.visible if record_of(o) is None and not working_of(o) and not is_ledger(o)]

    @cached_property
    def workings(self) -> list[dict]:
        return [o for o in self.visible if working_of(o)]

    @cached_property
    def figure(self) -> bool:
        return any(kind.startswith("image/") for o in self.plain for kind in o.get("data", {}))

    @cached_property
    def code_in_view(self) -> bool:
        """Whether a reader sees the code: not what stands behind an equation, a result or a figure, nor `close()`."""
        tags = set(self.cell.tags)
        behind = self.records or self.workings or self.figure or only_closes(self.cell)
        return bool(self.cell.source.strip()) and not (UNSEEN_CODE & tags) and not behind


def seen(output: dict) -> bool:
    """Whether an output shows: errors, warnings and numbers that are glued for the text do not."""
    data = output.get("data")
    if output.get("output_type") == "error" or output.get("name") == "stderr":
        return False
    return data is None or any(not kind.startswith("application/papermill.record/") for kind in data)


def working_of(output: dict) -> dict | None:
    """What an intermediate result carries (:func:`claims.working`), None if the output is none."""
    holder = (output.get("metadata") or {}).get("text/html")
    return holder.get("working") if isinstance(holder, dict) else None


def is_ledger(output: dict) -> bool:
    return "claims-chapter-ledger" in str(output.get("data", {}).get("text/html", ""))


def called(tree: ast.AST | None) -> Iterator[str]:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def only_closes(cell: Cell) -> bool:
    tree = cell.tree()
    return bool(tree and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) and list(called(tree)) == ["close"])


class Page:
    """The blocks of an executed chapter."""

    def __init__(self, text: str, chapter: Chapter, cells: list[dict]) -> None:
        self.file, self.text, self.chapter = chapter.file, text, chapter
        shown = {c.line: Shown(c, x["outputs"]) for c, x in zip(chapter.cells, cells)}
        self.shown = list(shown.values())
        self.blocks = list(self._blocks(shown))

    @cached_property
    def displays(self) -> list[Display]:
        """Equations, results and workings in their order."""
        return [d for b in self.blocks if b.shown for d in b.shown.displays(b)]

    def _blocks(self, shown: dict[int, Shown]) -> Iterator[Block]:
        lines = self.text.splitlines()
        start = 0
        if lines and lines[0].rstrip() == "---":
            start = next((n for n, line in enumerate(lines[1:], 2) if line.rstrip() in ("---", "...")), 0)
        stack: list[tuple[str, str, bool]] = []  # marker, what is inside, whether it is a box of notes
        folds: list[int] = []
        notes_level = folded = began = 0
        gated = False
        run: list[str] = []

        def flush() -> Iterator[Block]:
            text = re.sub(r"<!--.*?-->", lambda m: "\n" * m[0].count("\n"), "\n".join(run), flags=re.S)
            run.clear()
            if text.strip():
                kind = "table" if text.lstrip().startswith("|") else "prose"
                yield Block(kind, began, text, folds[-1] if folds else 0, bool(notes_level) or any(s[2] for s in stack))

        for number, line in enumerate(lines[start:], start + 1):
            fence, inside = FENCE.match(line), stack[-1] if stack else None
            if inside and inside[1] in ("cell", "code"):
                if fence and fence[2][0] == inside[0][0] and len(fence[2]) >= len(inside[0]) and not fence[3].strip():
                    stack.pop()
                continue
            heading = re.match(r"(#{1,6})\s+(.*)", line)
            if heading or fence or not line.strip():
                yield from flush()
            if heading:
                level = len(heading[1])
                if notes_level and level <= notes_level:
                    notes_level = 0
                if re.match(r"(notes|the evidence of)\b", heading[2].lower()):
                    notes_level = level
                yield Block("heading", number, heading[2], folds[-1] if folds else 0, bool(notes_level))
                continue
            if not fence:
                if line.strip() and not (re.match(r"\s*:[\w-]+:", line) and not run):
                    began = began if run else number
                    run.append(line)
                continue
            marker, info = fence[2], fence[3].strip()
            if inside and marker[0] == inside[0][0] and len(marker) >= len(inside[0]) and not info:
                stack.pop()
                if inside[1] == "fold":
                    folds.pop()
                continue
            found = DIRECTIVE.match(info)
            name, title = (found[1], found[2]) if found else ("", "")
            options = " ".join(m[1] or m[2] for near in lines[number:number + 6] if (m := CLASSES.match(near.strip())))
            if name == "code-cell":
                stack.append((marker, "cell", False))
                if number in shown:
                    yield Block("cell", number, "", folds[-1] if folds else 0,
                                bool(notes_level) or any(s[2] for s in stack), shown[number])
            elif name in ("solution-start", "exercise-start"):
                stack.append((marker, "code", False))
                if name == "solution-start":
                    folded += 1
                    folds.append(folded)
                    gated = True
            elif name in ("solution-end", "exercise-end"):
                stack.append((marker, "code", False))
                if name == "solution-end" and gated:
                    folds.pop()
                    gated = False
            elif marker[0] in "`~" and name in ("", "code", "code-block", "raw", "math", "mermaid", "bibliography"):
                stack.append((marker, "code", False))
            else:
                fold = name == "dropdown" or bool(re.search(r"\b(dropdown|toggle)\b", options))
                if title:
                    yield Block("title", number, title, folds[-1] if folds else 0, bool(notes_level))
                if fold:
                    folded += 1
                    folds.append(folded)
                notes = bool(re.search(r"\bnotes\b", options))
                stack.append((marker, "fold" if fold else "box", notes))
        yield from flush()
