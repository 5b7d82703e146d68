"""The functions to take away: how to import them where they stand, and one table of all of them."""

from __future__ import annotations

from string import Template

from docutils import nodes

from ..press import takeaway
from . import html as h
from .data import Record
from .places import Site

IMPORT = Template(
    '<p class="claim-import"><code>from claims.takeaway import $names</code> <button type="button" '
    'class="claim-copy pst-js-only" data-copy="from claims.takeaway import $plain">copy</button></p>')
NAME = Template('<span id="takeaway-$name">$name</span>')
TABLE = Template(
    '<table class="claim-articles claim-functions"><thead><tr><th scope="col">function</th><th scope="col">what it '
    'does</th><th scope="col">chapter</th><th scope="col">agreement</th></tr></thead><tbody>$rows</tbody></table>')
ROW = Template('<tr class="claim-written"><td><a href="$address#takeaway-$name"><code>$name</code></a></td>'
               '<td>$does</td><td><a href="$address">$title</a></td><td>$agreement</td></tr>')


def importing(source: str) -> nodes.raw | None:
    """The line that says how to import what a cell gives away."""
    names = takeaway.names(source)
    if not names:
        return None
    marked = ", ".join(NAME.substitute(name=h.escape(name)) for name in names)
    return nodes.raw("", IMPORT.substitute(names=marked, plain=h.escape(", ".join(names))), format="html")


def largest(record: Record) -> str:
    """The worst number of an agreement's table, with what it is.

    >>> largest({"table": {"head": ["case", "largest relative difference"], "rows": [["a", "3e-07"], ["b", "4e-07"]]}})
    'largest relative difference 4e-07'
    """
    table = record.get("table") or {}
    try:
        worst = max((row[-1] for row in table["rows"]), key=float)
    except (KeyError, ValueError, TypeError, IndexError):
        return ""
    return f"{table['head'][-1]} {worst}"


def agreement(site: Site, here: str, function: dict) -> str:
    """What the ledger says about a function."""
    records = [site.book.by_label[label] for label in function["agreement"] if label in site.book.by_label]
    if not records:
        return "no record of its own; the chapter shows how it was checked"
    link, kind = site.link_from(here), records[0]["kind"]
    first = h.reference(records[0]["label"], link, words=False)
    if kind == "agreement":
        return f"with an independent program: {h.escape(largest(records[0]))} {first}"
    if kind == "behaviour":
        return f"what it does with wrong arguments: {first}"
    return f"run by {', '.join(h.reference(r['label'], link, words=False) for r in records[:3])}"


def functions(site: Site, here: str) -> str:
    """One table for the whole book: function, what it does, chapter, agreement."""
    rows = []
    for function in site.book.functions:
        if function["docname"] not in site.app.env.found_docs:
            continue
        parts = h.escape(function["does"]).split("``")
        does = "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))
        rows.append(ROW.substitute(
            name=h.escape(function["name"]), does=does, address=site.uri(here, function["docname"]),
            title=h.escape(site.title(function["docname"])), agreement=agreement(site, here, function)))
    if not rows:
        return "<p>No function to take away yet.</p>"
    return h.scroll("Functions to take away", TABLE.substitute(rows="".join(rows)))
