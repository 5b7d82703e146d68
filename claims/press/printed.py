"""Built pages as one document to print: their articles after one another, links between them inside the document."""

from __future__ import annotations

import html
import os
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import quote, unquote, urljoin, urlsplit

TAG = re.compile(r"<[A-Za-z][^<>]*>")
NAMES = re.compile(r'(?<=\s)(id|for|aria-labelledby|aria-describedby)="([^"]*)"')
ADDRESS = re.compile(r'(?<=\s)(href|src)="([^"]*)"')
ARTICLE = re.compile(r'<article class="bd-article[^>]*>(.*)</article>', re.S)
STYLES = re.compile(r'<link\b[^>]*\brel="stylesheet"[^>]*>')
MATHJAX = re.compile(r"<script>window\.MathJax\b.*?</script>|<script\b[^>]*tex-chtml\.js[^>]*></script>", re.S)
TITLE = re.compile(r"<h1>(.*?)</h1>", re.S)
VIEWS = ('class="claim-filters', "claim-graph-book")
"""Signs of pages that are made to be searched and pointed at; each chapter has its own part of them."""
DOCUMENT = Template('''<!doctype html>
<html lang="en" data-theme="light" data-mode="light" class="claim-printed">
<head><meta charset="utf-8"><title>$title</title>
$head
</head>
<body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
$articles
</div></div></main></body></html>
''')
CONTENTS = Template('<nav class="claim-contents" aria-label="Contents"><h2>Contents</h2><ul>$entries</ul></nav>')
ENTRY = Template('<li><a href="#$name">$title</a></li>')
PART = Template('<article class="bd-article" id="$name">$body</article>')


@dataclass
class Source:
    """A built page: its name below the folder of the pages, and its HTML."""

    name: str
    text: str

    @property
    def body(self) -> str:
        found = ARTICLE.search(self.text)
        return found[1] if found else ""

    @property
    def title(self) -> str:
        """The heading as the page has it, without the link at its end."""
        found = TITLE.search(self.body)
        return re.sub(r"<a class=\"headerlink\".*?</a>", "", found[1], flags=re.S).strip() if found else self.name

    @property
    def view(self) -> bool:
        return any(sign in self.text for sign in VIEWS)


def inside(name: str, anchor: str = "") -> str:
    """Name of a place of the whole document.

    >>> inside("book/a.html"), inside("book/a.html", "id1")
    ('book.a', 'book.a--id1')
    """
    page = name.removesuffix(".html").replace("/", ".")
    return f"{page}--{anchor}" if anchor else page


def retarget(source: Source, text: str, pages: set[str], up: str, base: str) -> str:
    """HTML of a page with names and addresses as they are in the whole document.

    pages: names of the pages in it. up: the folder of the pages as seen from the document. base: address of the
    published book; without one, links to pages that are not in the document lead nowhere and are no links.
    """
    def place(attribute: str, address: str) -> str:
        parts = urlsplit(html.unescape(address))
        if parts.scheme or parts.netloc:
            return f'{attribute}="{address}"'
        target = os.path.normpath(os.path.join(os.path.dirname(source.name), unquote(parts.path)))
        target = target if parts.path else source.name
        if attribute == "src":
            return f'src="{html.escape(f"{up}/{quote(target)}")}"'
        if target in pages:
            return f'href="#{html.escape(inside(target, parts.fragment))}"'
        if base:
            there = urljoin(base.rstrip("/") + "/", quote(target)) + (f"#{parts.fragment}" if parts.fragment else "")
            return f'href="{html.escape(there)}"'
        return ""

    def tag(found: re.Match) -> str:
        said = NAMES.sub(lambda m: '{}="{}"'.format(m[1], " ".join(inside(source.name, x) for x in m[2].split())),
                         found[0])
        return ADDRESS.sub(lambda m: place(m[1], m[2]), said)

    return TAG.sub(tag, text)


def head(source: Source, up: str) -> str:
    """Styles and MathJax of a page; no other script of it runs."""
    found = [*STYLES.findall(source.text), *MATHJAX.findall(source.text)]
    return "\n".join(ADDRESS.sub(lambda m: f'{m[1]}="{up}/{resolved(source, m[2])}"', tag) for tag in found)


def resolved(source: Source, address: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(source.name), address.partition("?")[0]))


def document(folder: Path, names: list[str], target: Path, base: str = "") -> str:
    """The pages `names` below `folder` as one document that is to lie at `target`."""
    sources = [Source(name, (folder / name).read_text(encoding="utf-8")) for name in names]
    kept = [s for s in sources if len(sources) == 1 or not s.view]
    up = quote(os.path.relpath(folder, target.parent).replace(os.sep, "/"))
    pages = {s.name for s in kept}
    articles = [PART.substitute(name=inside(s.name), body=retarget(s, s.body, pages, up, base)) for s in kept]
    if len(kept) > 1:
        entries = "".join(ENTRY.substitute(name=inside(s.name), title=s.title) for s in kept[1:])
        articles.insert(1, CONTENTS.substitute(entries=entries))
    return DOCUMENT.substitute(title=html.escape(re.sub(r"<[^>]+>", "", html.unescape(page_title(kept[0])))),
                               head=head(kept[0], up), articles="\n".join(articles))


def page_title(source: Source) -> str:
    found = re.search(r"<title>(.*?)</title>", source.text, re.S)
    return found[1].strip() if found else source.name
