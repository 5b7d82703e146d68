"""The notation page: the tables of symbols of all chapters as one."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from .nodes import claim_view
from .places import Site

COLUMNS = {"symbol": 15, "meaning": 45, "shape or range": 20, "chapter": 20}
"""Head → width."""
DECORATION = re.compile(r"\\(?:bar|hat|tilde|boldsymbol|mathbf|mathrm|mathcal|mathbb|operatorname|vec|dot|left|right|"
                        r"displaystyle)\b|[^A-Za-z0-9]")


def is_mark_or_table(node: nodes.Node) -> bool:
    if isinstance(node, nodes.raw):
        return "<!-- notation" in node.astext()
    return isinstance(node, (nodes.comment, nodes.table))


class Notation(SphinxPostTransform):
    """The notation page: rows of the tables that follow `<!-- notation -->` in the chapters, gathered before references
    are resolved."""

    default_priority = 4

    def run(self, **kwargs) -> None:
        for view in list(self.document.findall(claim_view)):
            if view["view"] == "notation":
                table = self.table()
                if table is not None:
                    view.replace_self(table)

    def rows(self):
        """(symbol, meaning, shape, docname) of every row; the first three are lists of doctree nodes."""
        site: Site = self.app.claims_site
        for chapter in site.book.chapters:
            docname = chapter["docname"]
            if docname not in self.env.found_docs:
                continue
            tree = self.env.get_doctree(docname)
            marked = False
            for one in tree.findall(is_mark_or_table):
                if not isinstance(one, nodes.table):
                    marked = "notation" in one.astext()
                elif marked:
                    marked = False
                    for body in one.findall(nodes.tbody):
                        for row in body.findall(nodes.row):
                            cells = [list(entry.children) for entry in row.findall(nodes.entry)]
                            yield [*cells, [], []][:3] + [docname]

    def table(self):
        gathered: dict[tuple[str, str, str], tuple[list, list[str]]] = {}
        for *cells, docname in self.rows():
            key = tuple(" ".join(n.astext() for n in c).strip() for c in cells)
            kept = gathered.setdefault(key, (cells, []))
            if docname not in kept[1]:
                kept[1].append(docname)
        if not gathered:
            return None
        body, here = nodes.tbody(), self.env.docname
        heads = nodes.row("", *[nodes.entry("", nodes.paragraph("", name)) for name in COLUMNS])
        widths = [nodes.colspec(colwidth=w) for w in COLUMNS.values()]
        group = nodes.tgroup("", *widths, nodes.thead("", heads), body, cols=len(COLUMNS))
        for key, (cells, docnames) in sorted(gathered.items(), key=lambda item: alphabet(item[0][0])):
            entries = [nodes.entry("", *[n.deepcopy() for n in c]) for c in cells]
            where = nodes.paragraph()
            for i, d in enumerate(docnames):
                if i:
                    where += nodes.Text(", ")
                where += nodes.reference("", d.rsplit("/", 1)[-1].replace("_", " "), internal=True,
                                         refuri=self.app.builder.get_relative_uri(here, d))
            body += nodes.row("", *entries, nodes.entry("", where))
        return nodes.table("", group, classes=["claim-notation"])


def alphabet(symbol: str) -> tuple[str, str]:
    """Order of symbols: by their letters, decoration aside.

    >>> sorted(["\\\\bar\\\\alpha_t", "x", "\\\\alpha", "W"], key=alphabet)
    ['\\\\alpha', '\\\\bar\\\\alpha_t', 'W', 'x']
    """
    return " ".join(DECORATION.sub(" ", symbol).split()).lower(), symbol
