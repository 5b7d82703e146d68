"""`make new CHAPTER=slug`: a chapter that passes, to be written over."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from .project import BuildError, Problem, Project, write_atomic
from .sources import articles, toc_files

SKELETON = Path(__file__).with_name("skeleton.md")
FORMULAS = 2
"""Numbered formulas that the skeleton is tagged with."""


def prefix(slug: str) -> str:
    """What the labels of a chapter begin with.

    >>> prefix("rope_2_base")
    'rope-base'
    """
    return "-".join(p for p in slug.lower().split("_") if p.isalpha()) or "chapter"


def listed(toc: str, docname: str, part: str) -> str:
    """The table of contents with the chapter behind the last one of its part, or in a part of its own at the end."""
    lines = toc.rstrip("\n").splitlines()
    mine = [n for n, line in enumerate(lines) if re.search(rf"file:\s*['\"]?book/{re.escape(part)}/(?!index\b)", line)]
    if mine:
        indent = re.match(r"\s*-\s*", lines[mine[-1]])[0]
        return "\n".join([*lines[:mine[-1] + 1], f"{indent}file: {docname}", *lines[mine[-1] + 1:]]) + "\n"
    if any(line.startswith("parts:") for line in lines):
        return "\n".join([*lines, "- numbered: true", "  chapters:", f"  - file: {docname}"]) + "\n"
    return "\n".join([*lines, f"  - file: {docname}"]) + "\n"


def new(project: Project, slug: str) -> int:
    """Write the skeleton, list it in `_toc.yml`, and say in `articles.yml` how many formulas it has."""
    known = articles(project)
    if slug not in known:
        free = ", ".join(s for s in known if not list((project.root / "book").rglob(f"{s}.md")))
        raise BuildError(Problem("data/articles.yml", 0, f"no article has the slug {slug!r}; not written yet: "
                                 f"{free or 'none'}. Choose one of these, or add an entry"))
    article = known[slug]
    docname = f"book/{article.get('part', '')}/{slug}"
    path = project.root / f"{docname}.md"
    if path.exists():
        raise BuildError(Problem(project.relative(path), 1, "this chapter exists already"))
    text = Template(SKELETON.read_text(encoding="utf-8")).safe_substitute(
        title=article.get("en", slug), zh=article.get("zh", slug), id=article.get("id", ""),
        date=article.get("date", ""), prefix=prefix(slug))
    entries = project.root / "data" / "articles.yml"
    if not isinstance(article.get("formulas"), int):
        blocks = re.split(r"(?m)^(?=- )", entries.read_text(encoding="utf-8"))
        mine = re.compile(rf"(?m)^(- |  )slug:\s*['\"]?{re.escape(slug)}['\"]?\s*$")
        said = [f"{b.rstrip()}\n  formulas: {FORMULAS}\n" if mine.search(b) else b for b in blocks]
        write_atomic(entries, "".join(said))
    write_atomic(path, text)
    if docname not in dict(toc_files(project)):
        toc = project.root / "_toc.yml"
        write_atomic(toc, listed(toc.read_text(encoding="utf-8"), docname, article.get("part", "")))
    print(f"Written: {project.relative(path)}, listed in _toc.yml. Its story is a random walk: write over it, set "
          "formulas: in data/articles.yml to the number of the article's formulas, and run "
          f"make chapter CHAPTER={slug}")
    return 0
