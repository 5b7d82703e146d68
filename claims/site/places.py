"""The ledger together with where each equation stands in the pages."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from string import Template

from docutils import nodes

from . import html as h
from .data import Book

CITATION = Template('<a class="reference internal" href="$address">$people, $year</a>')
ELSEWHERE = ("say/display.py", "say/resulting.py", "record.py", "press/totals.py")
"""Modules outside this folder that decide how evidence looks."""


class Site:
    """What a view needs: the records, and numbers and addresses of what the pages show."""

    def __init__(self, app, ledger: Path, articles: Path) -> None:
        self.app = app
        self.book = Book.read(ledger, articles)
        self.cards: dict[str, dict[str, str]] = {}
        """Page → label → what the card says, for the script beside the page."""
        self.parts: dict[str, dict[str, str]] = {}
        """File → parts of pages that are read when they are asked for."""

    def digest(self) -> str:
        """Of all that stands on pages and does not come from their own text."""
        package = Path(__file__).parents[1]
        code = [*sorted((package / "site").glob("*.py")), *(package / name for name in ELSEWHERE)]
        texts = [self.book.text, repr(self.book.articles), *(p.read_text(encoding="utf-8") for p in code)]
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()

    @property
    def repository(self) -> str:
        """Address of the repository that `_config.yml` names; empty if it names none."""
        options = getattr(self.app.builder, "theme_options", None) or self.app.config.html_theme_options
        return (options.get("repository_url") or "").rstrip("/")

    def docname(self, label: str) -> str | None:
        return self.app.env.get_domain("claims").data["objects"].get(label)

    def number(self, label: str) -> str:
        """The equation's number as the reader sees it."""
        docname = self.docname(label)
        if docname is None:
            return ""
        places = self.app.env.toc_fignumbers.get(docname, {})
        if label in self.app.env.get_domain("claims").data["results"]:
            place = places.get("result", {}).get(h.anchor(label), ())
            return " ".join(["Result", ".".join(map(str, place))]).strip()
        figures = places.get("displaymath", {})
        if self.app.config.math_numfig and self.app.config.numfig:
            return ".".join(map(str, figures.get(h.anchor(label), ())))
        return str(self.app.env.get_domain("math").get_equation_number_for(label) or "")

    def link_from(self, docname: str) -> h.Link:
        """Links to equations as seen from a page."""
        def link(label: str) -> tuple[str, str] | None:
            to = self.docname(label)
            return None if to is None else (self.uri(docname, to) + "#" + h.anchor(label), self.number(label))
        return link

    def uri(self, here: str, there: str) -> str:
        """Address of a page as seen from another; empty for the page itself."""
        return "" if here == there else self.app.builder.get_relative_uri(here, there)

    def notebook(self, here: str) -> str:
        """Address of the executed notebook of a chapter, as its own page sees it."""
        slug = next((c["slug"] for c in self.book.chapters if c["docname"] == here), here.rsplit("/", 1)[-1])
        return f"{'../' * here.count('/')}_notebooks/{slug}.ipynb"

    def graph_address(self, label: str, here: str) -> str | None:
        """Where the record stands in the graph of its chapter, if that chapter shows one."""
        docname = self.docname(label)
        return None if docname is None or not self.has_ledger(docname) else self.uri(here, docname) + f"#node-{label}"

    def has_ledger(self, docname: str) -> bool:
        return "chapter-evidence" in str(self.app.env.tocs.get(docname, ""))

    def source(self, text: str, here: str) -> str:
        """A source as HTML: keys of the bibliography become links with author and year."""
        env = self.app.env
        cited = {c.key: c for c in env.get_domain("cite").citations} if "cite" in env.domaindata else {}

        def link(c) -> str:
            names = [" ".join([*p.prelast_names, *p.last_names]) for p in c.entry.persons.get("author", [])] or [c.key]
            people = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
            return CITATION.substitute(
                address=f"{self.uri(here, c.bibliography_key.docname)}#{c.citation_id}", people=h.escape(people),
                year=h.escape(c.entry.fields.get("year", "undated")))

        parts = re.split(r"\b([a-z]+\d{4}\w*)\b", text)
        return "".join(link(cited[part]) if part in cited else h.mixed(part) for part in parts)

    def title(self, docname: str) -> str:
        node = self.app.env.titles.get(docname)
        return node.astext() if node is not None else docname

    def about(self, docname: str) -> str:
        """What a page is about, in its own first words."""
        return first_sentence(self.app.env.get_doctree(docname))

    def chapters(self, here: str) -> list[tuple[str, str, str]]:
        """(slug, title, address) of the chapters in this build."""
        return [(c["slug"], self.title(c["docname"]), self.uri(here, c["docname"]))
                for c in self.book.chapters if c["docname"] in self.app.env.titles]


def first_sentence(doctree) -> str:
    if doctree is None:
        return ""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 60 and not text.startswith("Source"):
            return text[:300].rsplit(". ", 1)[0].rstrip(".") + "."
    return ""
