"""A built page as the text that a reader takes in: folds left out, formulas as LaTeX, figures by path.

For the reading test of a chapter: whoever reads the text sees what the page shows before anything is unfolded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "template", "noscript", "nav", "footer", "button", "svg", "form", "select"}
SILENT_CLASSES = {"headerlink", "claim-tools", "claim-card", "above-input", "claim-behind", "claim-line-mark",
                  "claim-made", "prev-next-area", "toctree-wrapper"}
"""What a reader does not read: tools, cards that open on a click, and the code above an equation."""
BLOCKS = {"p", "div", "section", "article", "main", "ul", "ol", "dl", "table", "figure", "figcaption", "blockquote",
          "pre", "hr", "details", "h1", "h2", "h3", "h4", "h5", "h6", "aside", "header"}
INLINE_MATH = re.compile(r"\A\s*\\\((.*)\\\)\s*\Z", re.S)
DISPLAY_MATH = re.compile(r"\A\s*\\\[(.*)\\\]\s*\Z", re.S)


@dataclass
class Element:
    """A node of a page: its children are elements and text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def find(self, *tags: str, kind: str = "") -> Element | None:
        """The first element below with one of the tags, or with a class."""
        return next((e for e in self.walk() if e is not self and (e.tag in tags or kind and kind in e.classes)), None)


class Page(HTMLParser):
    """A page as a tree; unclosed elements end where what holds them ends."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self.open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        depth = next((i for i in range(len(self.open) - 1, 0, -1) if self.open[i].tag == tag), None)
        if depth is not None:
            del self.open[depth:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def silent(element: Element) -> bool:
    return (element.tag in SILENT or "popover" in element.attributes or bool(SILENT_CLASSES & element.classes)
            or element.attributes.get("id") == "chapter-evidence")


class Reader:
    """Turns elements into paragraphs of text. picture: address of a figure in the page → path to show."""

    def __init__(self, picture: Callable[[str], str]) -> None:
        self.picture = picture

    def inline(self, node: Element | str) -> str:
        """Running text on one line; mathematics as ``$…$``."""
        if isinstance(node, str):
            return re.sub(r"\s+", " ", node)
        if silent(node):
            return ""
        if node.tag == "br":
            return " "
        if node.tag == "img":
            return self.image(node)
        formula = INLINE_MATH.match(node.text()) if {"math", "claim-tex"} & node.classes else None
        if formula:
            return f"${formula[1].strip()}$"
        inner = "".join(map(self.inline, node.children))
        marks = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`"}.get(node.tag, "")
        if node.tag == "a" and node.attributes.get("href", "").startswith("http"):
            return f"{inner} <{node.attributes['href']}>"
        return f"{marks}{inner.strip()}{marks}" if marks and inner.strip() else inner

    def image(self, node: Element) -> str:
        return f"![{node.attributes.get('alt', '')}]({self.picture(node.attributes.get('src', ''))})"

    def blocks(self, node: Element) -> Iterator[str]:
        """Paragraphs below an element; what stands between its blocks is a paragraph of its own."""
        run: list[str] = []
        for child in node.children:
            if isinstance(child, Element) and not silent(child) and self.is_block(child):
                yield from self.flush(run)
                run = []
                yield from self.block(child)
            else:
                run.append(self.inline(child))
        yield from self.flush(run)

    @staticmethod
    def is_block(node: Element) -> bool:
        return any(e.tag in BLOCKS for e in node.walk())

    @staticmethod
    def flush(run: list[str]) -> Iterator[str]:
        text = re.sub(r" +", " ", "".join(run)).strip()
        if text:
            yield text

    def block(self, node: Element) -> Iterator[str]:
        if "claim-eq" in node.classes:
            yield self.equation(node)
        elif "math" in node.classes and DISPLAY_MATH.search(self.formula(node)):
            yield self.equation(node)
        elif {"dropdown", "admonition"} <= node.classes or node.tag == "details":
            yield self.folded(node)
        else:
            yield from getattr(self, f"block_{node.tag}", self.blocks)(node)

    @staticmethod
    def formula(node: Element) -> str:
        """The text of a display without the number beside it."""
        return "".join(c if isinstance(c, str) else "" if "eqno" in c.classes else c.text() for c in node.children)

    def equation(self, node: Element) -> str:
        """A displayed equation with number and verdict; a derivation line by line; a result with its sentence."""
        if "claim-result" in node.classes:
            return "\n\n".join(p for c in node.children if isinstance(c, Element) and "claim-side" not in c.classes
                               and not silent(c) for p in self.blocks(c))
        if "claim-derived" in node.classes:
            return self.derivation(node)
        holder = node.find(kind="math") if "claim-eq" in node.classes else node
        number, badge = node.find(kind="claim-number") or node.find(kind="eqno"), node.find(kind="claim-badge")
        shown = DISPLAY_MATH.match(self.formula(holder))
        said = re.search(r"\([^()]*\)", number.text())[0] if number else ""
        after = " ".join(filter(None, [said, self.verdict(badge)]))
        explained = node.find(kind="claim-where")
        return "\n".join([f"$$\n{(shown[1] if shown else holder.text()).strip()}\n$$" + (f" {after}" if after else ""),
                          *(self.blocks(explained) if explained else ())])

    def verdict(self, badge: Element | None) -> str:
        """What the badge says, its marks apart."""
        words = [w for c in badge.children if (w := self.inline(c).strip())] if badge else []
        return f"[{', '.join(words)}]" if words else ""

    def derivation(self, node: Element) -> str:
        """Lines with their reasons, then number and verdict."""
        out = []
        for line in (e for e in node.walk() if "claim-line" in e.classes):
            part = {c: e for e in line.walk() for c in e.classes}
            sides = [INLINE_MATH.match(part[k].text()) for k in ("claim-left", "claim-right") if k in part]
            reason = self.inline(part["claim-reason"]).strip() if "claim-reason" in part else ""
            said = " ".join(m[1].replace("\\displaystyle", "").strip() for m in sides if m)
            out.append(f"$${said.replace('{}', '').strip()}$$" + (f"   ({reason})" if reason else ""))
        number, badge = node.find(kind="claim-number"), node.find(kind="claim-badge")
        after = " ".join(filter(None, [number.text() if number else "", self.verdict(badge)]))
        explained = node.find(kind="claim-where")
        return "\n".join([*out, after, *(self.blocks(explained) if explained else ())])

    def folded(self, node: Element) -> str:
        title = node.find("summary", kind="admonition-title")
        return f"[folded: {' '.join(self.inline(title).split()) if title else 'without a title'}]"

    def heading(self, node: Element) -> Iterator[str]:
        yield f"{'#' * int(node.tag[1])} {' '.join(''.join(map(self.inline, node.children)).split())}"

    block_h1 = block_h2 = block_h3 = block_h4 = block_h5 = block_h6 = heading

    def block_p(self, node: Element) -> Iterator[str]:
        text = " ".join("".join(map(self.inline, node.children)).split())
        if text:
            yield f"**{text}**" if "admonition-title" in node.classes else text

    def block_hr(self, node: Element) -> Iterator[str]:
        yield "---"

    def block_pre(self, node: Element) -> Iterator[str]:
        code = node.text().strip("\n")
        if code.strip():
            yield f"```\n{code}\n```"

    def block_figure(self, node: Element) -> Iterator[str]:
        caption = node.find("figcaption")
        yield from (self.image(e) for e in node.walk() if e.tag == "img")
        yield from self.blocks(caption) if caption else ()

    def block_blockquote(self, node: Element) -> Iterator[str]:
        for text in self.blocks(node):
            yield "\n".join(f"> {line}" for line in text.split("\n"))

    def block_ul(self, node: Element) -> Iterator[str]:
        yield self.listed(node, lambda n: "* ")

    def block_ol(self, node: Element) -> Iterator[str]:
        start = int(node.attributes.get("start") or 1)
        yield self.listed(node, lambda n: f"{start + n}. ")

    def listed(self, node: Element, sign: Callable[[int], str]) -> str:
        items = [c for c in node.children if isinstance(c, Element) and c.tag == "li"]
        texts = []
        for n, item in enumerate(items):
            text = "\n".join(self.blocks(item))
            texts.append(sign(n) + text.replace("\n", "\n" + " " * len(sign(n))))
        return "\n".join(texts)

    def block_dl(self, node: Element) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, Element):
                text = "\n".join(self.blocks(child))
                yield text if child.tag == "dt" else "  " + text.replace("\n", "\n  ")

    def block_table(self, node: Element) -> Iterator[str]:
        """A table as rows of text with bars between the cells."""
        caption = node.find("caption")
        if caption:
            yield from self.blocks(caption)
        rows = []
        for row in (e for e in node.walk() if e.tag == "tr"):
            cells = [c for c in row.children if isinstance(c, Element) and c.tag in ("td", "th")]
            rows.append("| " + " | ".join(" ".join(self.blocks(c)).replace("\n", " ") for c in cells) + " |")
            if len(rows) == 1:
                rows.append("|" + "---|" * len(cells))
        yield "\n".join(rows)


def convert(html: str, picture: Callable[[str], str] = str) -> str:
    r"""The article of a page as text.

    picture: address of a figure as the page has it → path to show.

    >>> print(convert('<article><h1>Sums</h1><p>Let <span class="math">\\(n>0\\)</span>.</p>'
    ...               '<details><summary>Proof</summary>by induction</details></article>'), end="")
    # Sums
    <BLANKLINE>
    Let $n>0$.
    <BLANKLINE>
    [folded: Proof]
    """
    root = Page(html).root
    article = root.find("article") or root.find("main") or root.find("body") or root
    return "\n\n".join(Reader(picture).blocks(article)) + "\n"


def page_text(page: Path, base: Path) -> str:
    """A built page as text; figures by their path from `base` (from the root of the disk if they lie elsewhere)."""
    def picture(address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme or not parts.path:
            return address[:60]
        file = Path(os.path.normpath(page.parent / unquote(parts.path)))
        return file.relative_to(base).as_posix() if file.is_relative_to(base) else str(file)

    return convert(page.read_text(encoding="utf-8"), picture)
