"""The book as written: table of contents, articles, chapters with their cells and line numbers."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from .listed import articles, toc_files, yaml_file, yaml_text
from .project import BuildError, Problem, Project, digest

VERBS = {"define", "suppose", "claim", "erratum", "counterexample", "experiment", "agreement", "behaviour", "cite"}
EXECUTION_TAGS = {"raises-exception", "skip-execution"}
FORMULA_TAG = re.compile(r"F\d+[a-z]?\Z")


@dataclass
class Cell:
    """A code cell: its source, its options, the line of its fence and of its first line of code (both from 1)."""

    source: str
    metadata: dict
    line: int
    body_line: int

    @property
    def tags(self) -> list[str]:
        return list(self.metadata.get("tags", []))

    @property
    def formulas(self) -> list[str]:
        return [tag for tag in self.tags if FORMULA_TAG.match(tag)]

    def tree(self) -> ast.Module | None:
        """Syntax tree of the cell, magics left out; None if it is not Python."""
        plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in self.source.splitlines())
        try:
            return ast.parse(plain)
        except (SyntaxError, ValueError):
            return None

    def line_of(self, text: str) -> int:
        """Line in the file where the cell first says `text`, else the line of its fence."""
        for offset, line in enumerate(self.source.splitlines()):
            if text in line:
                return self.body_line + offset
        return self.line


@dataclass
class Chapter:
    """A notebook of the book. `notebook` is what MyST-NB reads from the same text, so that cache keys agree."""

    path: Path
    file: str
    slug: str
    part: str
    notebook: object = field(repr=False)
    cells: list[Cell] = field(repr=False)

    @property
    def docname(self) -> str:
        return self.file.rsplit(".", 1)[0]

    @property
    def code_key(self) -> str:
        """Digest of what is executed: cells and the tags that steer execution. Prose, captions and other tags do not
        count."""
        parts = [repr((cell.source, sorted(EXECUTION_TAGS & set(cell.tags)))) for cell in self.cells]
        return digest("\n".join(parts))

    def calls(self) -> list[tuple[str, str, Cell, int]]:
        """Calls of verbs with a label written out: (verb, label, cell, line)."""
        found = []
        for cell in self.cells:
            tree = cell.tree()
            for node in ast.walk(tree) if tree else ():
                if not isinstance(node, ast.Call):
                    continue
                name = (node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                        if isinstance(node.func, ast.Attribute) else "")
                if name not in VERBS:
                    continue
                label = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "label"), None)
                if isinstance(label, ast.Constant) and isinstance(label.value, str):
                    found.append((name, label.value, cell, cell.body_line + node.lineno - 1))
        return found

    def closes(self) -> bool:
        """Does the last cell that does anything call `close()`?"""
        for cell in reversed(self.cells):
            tree = cell.tree()
            if tree is None or not tree.body:
                continue
            return any(isinstance(n, ast.Call) and isinstance(n.func, (ast.Name, ast.Attribute))
                       and (n.func.id if isinstance(n.func, ast.Name) else n.func.attr) == "close"
                       for n in ast.walk(tree))
        return False


def front_matter(text: str) -> tuple[str, int]:
    """YAML at the head of a page and the number of lines it takes, both fences included."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != "---":
        return "", 0
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() in ("---", "..."):
            return "\n".join(lines[1:number - 1]), number
    return "", 0


def is_chapter(text: str) -> bool:
    return bool(re.search(r"^\s*(`{3,}|~{3,})\{code-cell\}", text, re.M))


def pages(project: Project) -> list[Path]:
    """All pages under `book/`, drafts (`_x.md`) left out."""
    return sorted(p for p in (project.root / "book").rglob("*.md")
                  if not any(part.startswith(("_", ".")) for part in p.relative_to(project.root / "book").parts))


def quick_json_schema() -> None:
    """Keep jsonschema from compiling a grammar of addresses at import: two seconds, for a format that no notebook
    uses."""
    import sys

    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def read_chapter(project: Project, path: Path) -> Chapter:
    """A chapter as MyST-NB reads it; BuildError with file and line if it cannot be read."""
    file = project.relative(path)
    text = path.read_text(encoding="utf-8")
    head, length = front_matter(text)
    metadata = yaml_text(head, file, 1) if head else None
    quick_json_schema()
    from myst_nb.core.read import MystMetadataParsingError, is_myst_markdown_notebook, read_myst_markdown_notebook
    from myst_parser.config.main import MdParserConfig

    if not is_myst_markdown_notebook(text):
        raise BuildError(
            Problem(
                file, 1, "has code cells but no front matter that makes it a notebook (jupytext: "
                         "text_representation: format_name: myst)"))
    if "kernelspec" not in (metadata or {}):
        raise BuildError(Problem(file, 1, "front matter has no kernelspec"))
    try:
        notebook = read_myst_markdown_notebook(text, config=MdParserConfig(), add_source_map=True, path=path)
    except MystMetadataParsingError as error:
        match = re.search(r"line (\d+)", str(error))
        raise BuildError(Problem(file, int(match[1]) if match else 1, f"broken cell options: {error}")) from None
    lines = text.splitlines()
    cells = []
    for cell, start in zip(notebook.cells, notebook.metadata["source_map"]):
        if cell.cell_type != "code":
            continue
        first = cell.source.splitlines()[0] if cell.source else ""
        body = next((n for n in range(start, min(start + 60, len(lines))) if lines[n].rstrip() == first.rstrip()),
                    start)
        cells.append(Cell(cell.source, dict(cell.metadata), start, body + 1))
    nested = len(re.findall(r"^\s*(?:`{3,}|~{3,})\{code-cell\}", text, re.M)) - len(cells)
    if nested > 0:
        known = {cell.line for cell in cells}
        line = next((n for n, t in enumerate(lines, 1)
                     if re.match(r"\s*(`{3,}|~{3,})\{code-cell\}", t) and n not in known), 1)
        raise BuildError(Problem(file, line,
                                 "a code cell inside another block is not executed: code cells stand at the top level"))
    return Chapter(path, file, path.stem, path.parent.name, notebook, cells)


@dataclass
class Book:
    """Everything read, with what was wrong already."""

    project: Project
    chapters: list[Chapter]
    articles: dict[str, dict]
    problems: list[Problem]


def read_book(project: Project, only: str | None = None) -> Book:
    """Read the book; problems of single files do not keep the others from being read.

    `only`: the slug of the one chapter wanted.
    """
    from . import data_notes
    from .scan import hand_typed

    problems: list[Problem] = data_notes.check(project, only or "")

    def attempt(function, default):
        try:
            return function()
        except BuildError as error:
            problems.extend(error.problems)
            return default

    attempt(lambda: yaml_file(project.root / "_config.yml", "_config.yml"), None)
    listed = dict(attempt(lambda: toc_files(project), []))
    known = attempt(lambda: articles(project), {})
    chapters: list[Chapter] = []
    texts = {}
    for path in pages(project):
        try:
            texts[path] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(project.relative(path), 0, f"not UTF-8: {error}"))
    for path, text in texts.items():
        if only and path.stem != only:
            continue
        file = project.relative(path)
        if text.startswith("\ufeff"):
            problems.append(Problem(file, 1, "begins with a byte-order mark: save it as UTF-8 without one"))
            continue
        problems.extend(hand_typed(text, file))
        if not is_chapter(text):
            continue
        if listed and not only and file.rsplit(".", 1)[0] not in listed:
            problems.append(Problem(file, 1, "this chapter is not listed in _toc.yml"))
        chapter = attempt(lambda: read_chapter(project, path), None)
        if chapter is None:
            continue
        chapters.append(chapter)
        entry = known.get(chapter.slug)
        if known and entry is None:
            problems.append(Problem(file, 1, f"slug {chapter.slug!r} is unknown to data/articles.yml"))
        elif entry and not isinstance(entry.get("formulas"), int):
            problems.append(Problem("data/articles.yml", 0, f"{chapter.slug!r} is written, and its entry does not say "
                                    "how many numbered formulas the article has: add `formulas: n`, 0 if none"))
        if entry and entry.get("part") != chapter.part:
            problems.append(
                Problem(
                    file, 1, f"data/articles.yml puts {chapter.slug!r} into part {entry.get('part')!r}, this file "
                             f"is in {chapter.part!r}"))
    for name, line in listed.items():
        if not only and not any((project.root / f"{name}{suffix}").is_file() for suffix in (".md", ".ipynb", ".rst")):
            problems.append(Problem("_toc.yml", line, f"lists {name}, and there is no such page"))
    order = {name: position for position, name in enumerate(listed)}
    chapters.sort(key=lambda c: (order.get(c.docname, len(order)), c.file))
    slugs = [chapter.slug for chapter in chapters]
    for chapter in chapters:
        if slugs.count(chapter.slug) > 1:
            problems.append(Problem(chapter.file, 1, f"two chapters have the slug {chapter.slug!r}"))
    if only and not chapters:
        names = ", ".join(sorted(p.stem for p, t in texts.items() if is_chapter(t))) or "none yet"
        unread = [Problem("", 0, f"no chapter {only!r}; there are: {names}")] if only not in names.split(", ") else []
        raise BuildError([*problems, *unread])
    return Book(project, chapters, known, problems)
