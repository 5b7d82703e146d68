"""When and from what a page was made, and how a chapter is cited. Nothing here differs between builds of one commit."""

from __future__ import annotations

import functools
import platform
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template

from ..press.project import commit
from .html import escape
from .spoken import readable

PACKAGES = ("sympy", "numpy", "scipy", "torch", "matplotlib", "Sphinx")
"""Of the packages that make a page, those that decide what it says."""
MADE = Template(
    '<section class="claim-made" aria-label="How this page was made"><p>Made from $commit with Python $python and '
    "$packages.</p>$cite</section>"
)
CITE = Template(
    '<details><summary>Cite this chapter</summary><pre tabindex="0">$entry</pre><button type="button" '
    'class="claim-copy pst-js-only" data-copy="$entry">copy</button></details>'
)
ENTRY = Template(
    "@incollection{$key,\n  author    = {$author},\n  title     = {$title},\n  booktitle = {$book},\n"
    "  year      = {$year},\n  note      = {$note}$url\n}"
)


@functools.cache
def checked_out(root: Path) -> tuple[str, datetime]:
    """Hash and date of the commit; the hash is empty where there is no version control."""
    found, when = commit(root)
    return ("" if found.strip("0") == "" else found), datetime.fromtimestamp(when, timezone.utc)


@functools.cache
def packages() -> str:
    """Names and versions, those installed.

    >>> "sympy" in packages()
    True
    """
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found[:-1]) + f" and {found[-1]}" if len(found) > 1 else "".join(found)


def entry(config, root: Path, slug: str, title: str, docname: str) -> str:
    """BibTeX of a chapter."""
    sha, day = checked_out(root)
    base = (config.html_baseurl or "").rstrip("/")
    return ENTRY.substitute(
        key=f"{slug.replace('_', '-')}-{day.year}",
        author=config.author,
        title=readable(title),
        book=config.html_title or config.project,
        year=day.year,
        note=f"commit {sha[:12]}" if sha else "not under version control",
        url=f",\n  url       = {{{base}/{docname}.html}}" if base else "",
    )


def made(app, docname: str, title: str, chapter: dict | None) -> str:
    """The last lines of a page."""
    root = Path(app.srcdir)
    sha, day = checked_out(root)
    said = f"commit <code>{sha[:12]}</code> of {day:%-d %B %Y}" if sha else "files that are not under version control"
    cite = CITE.substitute(entry=escape(entry(app.config, root, chapter["slug"], title, docname))) if chapter else ""
    return MADE.substitute(commit=said, python=platform.python_version(), packages=escape(packages()), cite=cite)
