"""What a code cell becomes on a page: its statements, results and workings, and its code out of the way."""

from __future__ import annotations

import html
import json
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from ..say.resulting import RESULTS
from .html import anchor
from .nodes import (
    CHAPTER_LEDGER,
    claim_behind,
    claim_equation,
    claim_result,
    claim_view,
    claim_working,
    html_of,
    latex_of,
)
from .taken import importing

CLAIM = re.compile(r'<div class="claim" data-label="([^"]*)"(?: data-kind="([^"]*)")?')
WORKING = re.compile(r'<div class="claim-working"[^>]*data-carried="([^"]*)"')


class Evidence(SphinxTransform):
    """Replaces the bundles of the verbs by numbered, referable equations and results, and the chapter's closing table
    by a section of its own; puts the code of a cell behind what the cell shows."""

    default_priority = 10

    def apply(self, **kwargs) -> None:
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle" or bundle.parent is None:
                continue
            page = html_of(bundle)
            found, carried = CLAIM.search(page), WORKING.search(page)
            if found:
                label = html.unescape(found[1])
                (self.result if found[2] in RESULTS else self.equation)(bundle, label)
            elif carried:
                self.working(bundle, json.loads(html.unescape(carried[1])))
            elif CHAPTER_LEDGER in page:
                self.closing(bundle)
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") == "cell_code":
                code_behind(cell)
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") == "cell_code_output" and not bundle.children:
                bundle.parent.remove(bundle)
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") == "cell_code" and not cell.children:
                cell.parent.remove(cell)

    def equation(self, bundle: nodes.Element, label: str) -> None:
        latex = latex_of(bundle)
        domain = self.env.get_domain("math")
        docname = self.env.docname
        block = nodes.math_block(latex, latex, nowrap=True, label=label, docname=docname, ids=[anchor(label)])
        block.source, block.line = bundle.source, bundle.line
        domain.note_equation(docname, label, location=block)
        block["number"] = domain.get_equation_number_for(label)
        self.document.note_explicit_target(block)
        holder = claim_equation("", block, label=label)
        holder.source, holder.line = bundle.source, bundle.line
        bundle.parent.replace(bundle, holder)
        self.env.get_domain("claims").note(docname, label)

    def result(self, bundle: nodes.Element, label: str) -> None:
        """A result has a number of its own kind; what other builders than HTML show is its LaTeX."""
        latex = latex_of(bundle)
        block = nodes.math_block(latex, latex, nowrap=True, number=None, label=None, docname=self.env.docname)
        holder = claim_result("", block, label=label, ids=[anchor(label)])
        holder.source, holder.line = bundle.source, bundle.line
        bundle.parent.replace(bundle, holder)
        self.document.note_explicit_target(holder)
        domain = self.env.get_domain("claims")
        domain.note(self.env.docname, label)
        domain.note_result(self.env.docname, label)

    def working(self, bundle: nodes.Element, carried: dict) -> None:
        latex = carried["latex"]
        block = nodes.math_block(latex, latex, nowrap=False, number=None, label=None, docname=self.env.docname)
        bundle.parent.replace(bundle, claim_working("", block, carried=carried))

    def closing(self, bundle: nodes.Element) -> None:
        """The chapter's ledger as the last section, so that it has its place in the contents."""
        bundle.parent.remove(bundle)
        view = claim_view(view="chapter", docname=self.env.docname)
        title = "The evidence of this chapter"
        section = nodes.section("", nodes.title(title, title), view, ids=["chapter-evidence"])
        top = next((n for n in self.document.children if isinstance(n, nodes.section)), None)
        (top if top is not None else self.document).append(section)


def shows_figure(cell: nodes.Element) -> bool:
    return any(str(part.get("mime_type", "")).startswith("image/") for part in cell.findall(nodes.container)) or bool(
        next(iter(cell.findall(nodes.image)), None)
    )


def statement_after(cell: nodes.Element) -> nodes.Element | None:
    """The statement in the next cell, if nothing but cells without outputs stands between; helpers belong to it."""
    siblings = cell.parent.children
    for other in siblings[siblings.index(cell) + 1 :]:
        if not isinstance(other, nodes.container) or other.get("nb_element") != "cell_code":
            return None
        found = [n for n in other.findall(nodes.Element) if isinstance(n, (claim_equation, claim_result))]
        if found:
            return found[-1]
        if any(n.get("nb_element") == "cell_code_output" and n.children for n in other.children):
            return None
    return None


def caption(given: bool, outputs: bool) -> str:
    return "code of these functions" if given else "code" if outputs else "code of what follows"


def code_behind(cell: nodes.Element) -> None:
    """The code of a statement goes into its card, that of a figure or of a hidden cell under what it shows; `close()`
    goes."""
    source = next(
        (n for n in cell.children if isinstance(n, nodes.Element) and n.get("nb_element") == "cell_code_source"), None
    )
    if source is None:
        return
    statements = [n for n in cell.findall(nodes.Element) if isinstance(n, (claim_equation, claim_result))]
    hidden = cell.get("hide_mode") == "input"
    given = importing(source.astext()) if "tag_takeaway" in cell["classes"] else None
    if given is not None:
        cell.insert(0, given)
    if statements:
        cell.remove(source)
        statements[-1].append(source)
    elif source.astext().strip() == "close()":
        cell.remove(source)
    elif shows_figure(cell):
        cell.remove(source)
        cell.append(claim_behind("", source, caption="code of this figure"))
    elif next(iter(cell.findall(claim_working)), None) is not None or hidden:
        outputs = [n for n in cell.children if n.get("nb_element") == "cell_code_output" and n.children]
        statement = None if outputs or given is not None else statement_after(cell)
        cell.remove(source)
        if statement is not None:
            statement.append(source)  # before the statement's own code, which comes later
        else:
            cell.append(claim_behind("", source, caption=caption(given is not None, bool(outputs))))
    else:
        return
    cell["hide_mode"] = None
    cell["classes"] = [c for c in cell["classes"] if not c.startswith("tag_hide")]
