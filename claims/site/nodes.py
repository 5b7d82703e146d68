"""What stands in the doctree: equations with evidence, and views of the ledger. HTML is made when a page is written,
when every number is known."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

log = logging.getLogger(__name__)

FOLD = re.compile(r"folded:\s*(.*)", re.S)
CHAPTER_LEDGER = 'class="claims-chapter-ledger"'


class claim_equation(nodes.General, nodes.Element):
    """A displayed equation (its child is the math block that Sphinx numbers, then its code) with mark and card."""


class claim_result(nodes.General, nodes.Element):
    """A result, numbered apart from equations; its children are its LaTeX and its code."""


class claim_working(nodes.General, nodes.Element):
    """An intermediate result: `carried` is what its output carries."""


class claim_behind(nodes.General, nodes.Element):
    """The code of a figure or of a hidden cell, folded under what it shows."""


class claim_fold(nodes.General, nodes.Element):
    """A folded block: its caption, then what is in it."""


class claim_view(nodes.General, nodes.Element):
    """A view of the ledger, `view` says which."""


def latex_of(container: nodes.Element) -> str:
    """The LaTeX of a bundle's `text/latex`, without delimiters."""
    for part in container.children:
        if isinstance(part, nodes.Element) and part.get("mime_type") == "text/latex":
            text = part.astext().strip()
            for left, right in (("$$", "$$"), ("\\[", "\\]"), ("$", "$")):
                if text.startswith(left) and text.endswith(right):
                    return text[len(left):-len(right)].strip()
            return text
    return ""


def html_of(container: nodes.Element) -> str:
    return "".join(part.astext() for part in container.children
                   if isinstance(part, nodes.Element) and part.get("mime_type") == "text/html")


def remark(node: nodes.Node) -> str:
    """The text of a remark in the source: a comment, or raw HTML that is one (which of them depends on the parser)."""
    if isinstance(node, nodes.comment):
        return node.astext().strip()
    found = re.fullmatch(r"\s*<!--(.*?)-->\s*", node.astext(), re.S) if isinstance(node, nodes.raw) else None
    return found[1].strip() if found else ""


class Folds(SphinxTransform):
    """Wraps what stands between the marks of :func:`mark_folds` in a folded block.

    MyST-NB executes cells at the top level only, so the block is made after they are read.
    """

    default_priority = 11

    def apply(self, **kwargs) -> None:
        for start in [n for n in self.document.findall(nodes.Element) if FOLD.fullmatch(remark(n))]:
            parent = start.parent
            first = parent.index(start)
            last = next((i for i in range(first + 1, len(parent)) if remark(parent[i]) == "/folded"), None)
            if last is None:
                log.warning("a folded block with code cells must begin and end in the same section", location=start)
                continue
            title = FOLD.fullmatch(remark(start))[1]
            parts = [nodes.math(p, p) if i % 2 else nodes.Text(p) for i, p in enumerate(title.split("$"))]
            inside = parent.children[first + 1:last]
            fold = claim_fold("", nodes.caption("", "", *parts), *inside)
            parent[first:last + 1] = [fold]


FENCE = re.compile(r"^(`{3,}|~{3,})\{?([\w-]*)")
DROPDOWN = re.compile(r"^(:{3,})\{dropdown\}\s*(.*?)\s*$")


def mark_folds(text: str) -> str:
    """Dropdowns that hold code cells, written as marks around them; the number of lines stays.

    >>> print(mark_folds(":::{dropdown} More\\n```{code-cell}\\n1\\n```\\n:::\\n"), end="")
    <!-- folded: More -->
    ```{code-cell}
    1
    ```
    <!-- /folded -->
    """
    lines = text.split("\n")
    start, inside, cells, fence = None, "", 0, ""
    for i, line in enumerate(lines):
        found = FENCE.match(line)
        if fence:
            if found and line.strip() == fence:
                fence = ""
        elif found:
            fence = found[1]
            cells += start is not None and found[2] == "code-cell"
        elif start is None and (opened := DROPDOWN.match(line)):
            start, inside, cells, title = i, opened[1], 0, opened[2]
        elif start is not None and line.strip() == inside:
            if cells:
                lines[start], lines[i] = f"<!-- folded: {title} -->", "<!-- /folded -->"
                for k in range(start + 1, i):
                    if not re.match(r":[\w-]+:", lines[k]):
                        break
                    lines[k] = ""
            start = None
    return "\n".join(lines)


class View(SphinxDirective):
    """One of the views of the ledger in a page: ```{claims-ledger}``` and its like."""

    view = ""
    has_content = False
    option_spec = {"chapter": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        node = claim_view(view=self.view, docname=self.env.docname, **self.options)
        self.set_source_info(node)
        return [node]


def directive(name: str) -> type[View]:
    return type(f"View_{name}", (View,), {"view": name})
