"""How the nodes of :mod:`claims.site.nodes` become HTML when a page is written: numbers, links and other pages are
known then."""

from __future__ import annotations

from docutils import nodes

from . import explain, listings, reference
from .card import equation
from .nodes import log
from .places import Site

VIEWS = {
    "counters": listings.counters, "articles": listings.articles, "ledger": listings.ledger,
    "chapter": listings.chapter, "notation": listings.notation, "graph": explain.graph, "errata": explain.errata,
    "legend": explain.legend, "example": explain.example,
    "reference": reference.reference,
}
"""Name of a view → what makes its HTML from the site and the page that it stands on."""


def visit_equation(self, node) -> None:
    site: Site = self.builder.app.claims_site
    here = self.docnames[0] if getattr(self, "docnames", None) else self.builder.current_docname
    label = node["label"]
    record = site.book.by_label.get(label)
    if record is None:
        log.warning("equation %r has no record in the ledger", label, location=node)
    self.body.append(equation(
        record, label, node[0].astext(), site.number(label), site.book, site.link_from(here),
        site.graph_address(label, here), lambda text: site.source(text, here)))
    raise nodes.SkipNode


def visit_view(self, node) -> None:
    self.body.append(VIEWS[node["view"]](self.builder.app.claims_site, self.builder.current_docname))
    raise nodes.SkipNode


def visit_fold(self, node) -> None:
    caption = node.pop(0)
    self.body.append('<details class="claim-fold"><summary>')
    for child in caption.children:
        child.walkabout(self)
    self.body.append("</summary>")


def depart_fold(self, node) -> None:
    self.body.append("</details>")


def passing(self, node) -> None:
    pass


leaving = passing


def skip(self, node) -> None:
    raise nodes.SkipNode
