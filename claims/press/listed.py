"""The book's own YAML: configuration, table of contents, articles; errors with file and line."""

from __future__ import annotations

import re
from pathlib import Path

from .project import BuildError, Problem, Project


def yaml_file(path: Path, file: str):
    """Contents of a YAML file; BuildError with file and line if it is broken or missing."""
    try:
        return yaml_text(path.read_text(encoding="utf-8"), file)
    except FileNotFoundError:
        raise BuildError(Problem(file, 0, "this file is missing")) from None
    except UnicodeDecodeError as error:
        raise BuildError(Problem(file, 0, f"not UTF-8: {error}")) from None


def yaml_text(text: str, file: str, offset: int = 0):
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise BuildError(Problem(file, offset + (mark.line + 1 if mark else 0), f"broken YAML: {what}")) from None


def toc_files(project: Project) -> list[tuple[str, int]]:
    """Documents that `_toc.yml` lists, without suffix, with their line; the root first."""
    path = project.root / "_toc.yml"
    toc = yaml_file(path, "_toc.yml")
    if not isinstance(toc, dict) or "root" not in toc:
        raise BuildError(Problem("_toc.yml", 1, "this is no table of contents: it has no root"))
    lines = path.read_text(encoding="utf-8").splitlines()
    found: list[tuple[str, int]] = []

    def visit(node: object) -> None:
        if isinstance(node, dict):
            for key in ("root", "file"):
                if isinstance(node.get(key), str):
                    name = re.sub(r"\.(md|ipynb|rst)\Z", "", node[key])
                    line = next((n for n, text in enumerate(lines, 1)
                                 if re.search(rf"(file|root):\s*['\"]?{re.escape(node[key])}['\"]?\s*(#.*)?$", text)),
                                 0)
                    found.append((name, line))
            for value in node.values():
                visit(value)
        elif isinstance(node, list):
            for value in node:
                visit(value)

    visit(toc)
    return found


def articles(project: Project) -> dict[str, dict]:
    """Entries of `data/articles.yml` by slug."""
    entries = yaml_file(project.root / "data" / "articles.yml", "data/articles.yml")
    if not isinstance(entries, list) or not all(isinstance(e, dict) and "slug" in e for e in entries):
        raise BuildError(Problem("data/articles.yml", 1, "expected a list of articles, each with a slug"))
    return {entry["slug"]: entry for entry in entries}
