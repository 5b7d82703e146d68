"""What a chapter's process said: where it raised, and what it may not print."""

from __future__ import annotations

import re

from .project import Problem
from .sources import Chapter

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def error_line(cell, traceback: str) -> int:
    """Line of the file where the cell raised, read off IPython's traceback."""
    if cell is None:
        return 1
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", ANSI.sub("", traceback))
    return cell.body_line + int(lines[-1]) - 1 if lines else cell.line


def output_problems(chapter: Chapter, cells: list[dict]) -> list[Problem]:
    """Warnings and other text on stderr, and addresses of objects, which differ from run to run."""
    problems = []
    for cell, run in zip(chapter.cells, cells):
        for output in run["outputs"]:
            if output["output_type"] == "stream" and output["name"] == "stderr" and output["text"].strip():
                first = next((line for line in output["text"].splitlines() if "Warning" in line),
                             output["text"].strip().splitlines()[0])
                first = re.sub(r"^\S*ipykernel_\d+\S*\s+", "", ANSI.sub("", first).strip())
                problems.append(Problem(chapter.file, cell.line, f"prints a warning: {first}"))
            texts = ([output.get("text", "")]
                     + [v for k, v in output.get("data", {}).items() if k.startswith("text/") and isinstance(v, str)])
            if output["output_type"] != "error" and any(re.search(r" at 0x[0-9a-f]{6,}", text) for text in texts):
                problems.append(Problem(chapter.file, cell.line,
                                        "shows the address of an object, which differs from run to run"))
    return problems
