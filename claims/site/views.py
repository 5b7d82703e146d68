"""How the nodes of :mod:`claims.site.nodes` become HTML when a page is written: numbers, links and other pages are
known then."""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import explain, front, listings, reference, taken
from .card import equation, evidence, working
from .mends import mended
from .nodes import claim_view, log
from .places import Site

VIEWS = {
    "counters": front.counters, "parts": front.parts, "articles": listings.articles, "ledger": listings.ledger,
    "chapter": listings.chapter, "notation": listings.notation, "graph": explain.graph, "errata": explain.errata,
    "legend": explain.legend, "example": explain.example,
    "reference": reference.reference, "takeaway": taken.functions,
}
"""Name of a view → what makes its HTML from the site and the page that it stands on."""
FOUND = {"articles", "takeaway"}
"""Views whose words the search shall find; those of the others are found where the equations stand."""


class Found(SphinxPostTransform):
    """Puts the HTML of some views into the page before it is indexed."""

    default_priority = 700
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for view in list(self.document.findall(claim_view)):
            if view["view"] in FOUND:
                made = VIEWS[view["view"]](self.app.claims_site, self.env.docname)
                view.replace_self(nodes.raw("", made, format="html"))


def visit_statement(self, node) -> None:
    """An equation or a result: from its record, its code in its card."""
    site: Site = self.builder.app.claims_site
    here = self.docnames[0] if getattr(self, "docnames", None) else self.builder.current_docname
    label = node["label"]
    record = site.book.by_label.get(label)
    if record is None:
        log.warning("equation %r has no record in the ledger", label, location=node)
    code = "".join(rendered(self, part) for part in node.children[1:])
    graph = site.graph_address(label, here)
    self.body.append(equation(record, label, node[0].astext(), site.number(label), site.book, graph,
                              site.notebook(here)))
    if record is not None:
        site.cards.setdefault(here, {})[label] = mended(evidence(
            record, site.book, site.link_from(here), graph, lambda text: site.source(text, here), code,
            site.repository))
    raise nodes.SkipNode


def rendered(self, node) -> str:
    """HTML of a node that is to stand somewhere else."""
    start = len(self.body)
    node.walkabout(self)
    made = "".join(self.body[start:])
    del self.body[start:]
    return made


def visit_working(self, node) -> None:
    self.body.append(working(node["carried"]))
    raise nodes.SkipNode


def visit_behind(self, node) -> None:
    self.body.append(f'<details class="claim-behind"><summary>{node["caption"]}</summary>')


def depart_behind(self, node) -> None:
    self.body.append("</details>")


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
