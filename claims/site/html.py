"""Badges, cards and links as HTML. Pure functions of the records and of where the equations stand."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from ..record import BADGES as VERDICT_BADGES
from .data import BADGES, MEANING, Book, Record, is_solid, plural

Link = Callable[[str], tuple[str, str] | None]
"""Label → (address as seen from the page, number such as "1.3"); None if no page shows the equation."""

escape = html.escape

# Drawn on a field of 16 × 16. The outline tells the kinds apart without colour, and so does the sign in it.
OUTLINES = {
    "proved": "M2 2H14V14H2Z", "instances": "M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1Z", "measured": "M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1Z",
    "experiment": "M8 1L14.2 4.5V11.5L8 15L1.8 11.5V4.5Z", "counterexample": "M8 .8L15.2 8L8 15.2L.8 8Z", "erratum": "M8 1.2L15.2 14.4H.8Z",
    "definition": "M4.5 2.5H11.5L15 8L11.5 13.5H4.5L1 8Z", "cited": "M1.5 3H14.5V11.5H8L4.5 14.8V11.5H1.5Z", "undecided": "M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1Z", "refuted": "M5 1H11L15 5V11L11 15H5L1 11V5Z",
}
SIGNS = {
    "proved": "M4.6 8.3L7 10.8L11.5 5.2", "instances": "M8 1V15M8 4.5H4M8 8H2.2M8 11.5H4", "measured": "M4.3 6.8Q6.1 4.6 8 6.5T11.7 6M4.3 10.4Q6.1 8.2 8 10.1T11.7 9.6",
    "experiment": "M6.7 4V7L4.6 11.3H11.4L9.3 7V4M6 4H10", "counterexample": "M5.7 5.7L10.3 10.3M10.3 5.7L5.7 10.3", "erratum": "M8 5.8V9.6M8 11.4V12.4",
    "definition": "M5 6.6H11M5 9.6H11", "cited": "M5 8.6V6.4L6.2 5.2M9.4 8.6V6.4L10.6 5.2", "undecided": "M6 6.4Q6 4.6 8 4.6T10 6.4Q10 7.6 8 8.6V9.4M8 11.2V11.9", "refuted": "M5.4 5.4L10.6 10.6M10.6 5.4L5.4 10.6",
}


def shape(badge: str) -> str:
    """The mark of a badge as inline SVG, in the colour of the text around it; drawn once a page, by :func:`sprite`."""
    return f'<svg class="claim-shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><use href="#mark-{escape(badge if badge in OUTLINES else "undecided")}"/></svg>'


def sprite(body: str) -> str:
    """The drawings that a page refers to."""
    used = [b for b in BADGES if f"#mark-{b}" in body]
    marks = "".join(f'<symbol id="mark-{b}" viewBox="0 0 16 16"><path class="claim-outline" d="{OUTLINES[b]}"/><path class="claim-sign" d="{SIGNS[b]}"/></symbol>' for b in used)
    return f'<svg class="claim-shape claim-sprite" width="0" height="0" aria-hidden="true">{marks}</svg>' if used else ""


def chip(badge: str) -> str:
    """Mark and word, not clickable."""
    return f'<span class="claim-chip" data-badge="{escape(badge)}">{shape(badge)}<span>{escape(BADGES.get(badge, badge))}</span></span>'


def anchor(label: str) -> str:
    """The id of an equation, as Sphinx makes it."""
    from docutils.nodes import make_id

    return make_id(f"equation-{label}")


def tex(latex: str, display: bool = False) -> str:
    """Mathematics that the page's script typesets when it comes into view, not before."""
    if display:
        return f'<div class="claim-tex notranslate nohighlight">\\[{escape(latex)}\\]</div>'
    return f'<span class="claim-tex notranslate nohighlight">\\({escape(latex)}\\)</span>'


def mixed(text: str) -> str:
    """Text in which ``$…$`` is inline mathematics."""
    return "".join(tex(p) if i % 2 else escape(p) for i, p in enumerate(text.split("$")))


def reference(label: str, link: Link, words: bool = True) -> str:
    """A link to an equation: its number and, if asked, its label; the label as text if no page shows it."""
    place = link(label)
    if place is None:
        return f'<span class="claim-label">{escape(label)}</span>'
    href, number = place
    name = f'<span class="claim-label">{escape(label)}</span>'
    text = f"({escape(number)}) {name}" if number and words else f"({escape(number)})" if number else name
    return f'<a class="claim-ref" href="{escape(href)}">{text}</a>'


def references(labels: list[str], link: Link, most: int = 40) -> str:
    shown = ", ".join(reference(x, link) for x in labels[:most])
    return shown + (f" and {len(labels) - most} more" if len(labels) > most else "")


def debt_words(record: Record, book: Book) -> str:
    """What a statement that is itself proved owes to premises that are not; empty if nothing.

    >>> a = {"label": "a", "badge": "measured", "verdict": "measured", "given": []}
    >>> b = {"label": "b", "badge": "proved", "verdict": "proved", "given": ["a"]}
    >>> debt_words(b, Book([a, b]))
    'rests on measured'
    """
    owed = book.debts.get(record["label"]) or []
    # a premise that corrects a source is owed for its own evidence
    owed_kinds = {VERDICT_BADGES[r["verdict"]] if r["badge"] == "erratum" else r["badge"] for r in (book.by_label[p] for p in owed)}
    kinds = [b for b in BADGES if b in owed_kinds]
    return "rests on " + ", ".join(BADGES[k] for k in kinds) if kinds else ""


def badge_button(record: Record, book: Book) -> str:
    """The badge beside an equation; it opens the card of the same record."""
    badge, label = record["badge"], record["label"]
    debt = debt_words(record, book)
    more = f'<span class="claim-debt">{escape(debt)}</span>' if debt else ""
    return (f'<button type="button" class="claim-badge" data-badge="{escape(badge)}" popovertarget="card-{escape(label)}" aria-haspopup="dialog" '
            f'aria-label="{escape(BADGES.get(badge, badge))}{", " + escape(debt) if debt else ""}: evidence for {escape(label)}">{shape(badge)}<span>{escape(BADGES.get(badge, badge))}</span>{more}</button>')


def evidence_table(record: Record, link: Link, source: Callable[[str], str]) -> str:
    """The rows of the engine's evidence, with premises and sources linked and mathematics typeset only on demand."""
    from claims.say.display import evidence_rows

    rows = "".join(evidence_rows(record)).replace('class="math notranslate nohighlight"', 'class="claim-tex notranslate nohighlight"')
    printed = (record.get("erratum") or {}).get("source")
    if printed:
        rows = rows.replace(f'<th scope="row">printed in</th><td>{escape(printed)}</td>', f'<th scope="row">printed in</th><td>{source(printed)}</td>')
    return re.sub(r'<a class="claim-premise" data-label="([^"]*)">[^<]*</a>', lambda m: reference(html.unescape(m[1]), link), rows)


def row(head: str, body: str, kind: str = "") -> str:
    return f'<tr{f" class={kind}" if kind else ""}><th scope="row">{escape(head)}</th><td>{body}</td></tr>'


def card(record: Record, book: Book, link: Link, graph: str | None, source: Callable[[str], str]) -> str:
    """The card of a record: everything the ledger knows about it, in a popover that needs no script to open.

    graph: address of the record in the graph of its chapter. source: makes HTML of the name of a source.
    """
    label, badge = record["label"], record["badge"]
    place = link(label)
    number = f"({place[1]}) " if place and place[1] else ""
    rows = evidence_table(record, link, source)
    owed = book.debts.get(label) or []
    if owed:
        rows += row("not proved below", "rests on " + references(owed, link), "claim-owes")
    elif record.get("verdict") == "proved" and book.below(label):
        rows += row("not proved below", "nothing: all that it rests on is proved or a definition")
    used = book.used_by.get(label) or []
    rows += row("used by", references(used, link) if used else "nothing in this book")
    if record.get("fnumbers"):
        rows += row("in the article", escape(", ".join(record["fnumbers"])))
    rows += row("source", f'<code>{escape(record.get("file", ""))}:{escape(str(record.get("line", "")))}</code>')
    neighbourhood = f'<a href="{escape(graph)}">neighbourhood in the graph</a>' if graph else ""
    scope = f' <span class="claim-scope">{mixed(record["scope"])}</span>' if record.get("scope") else ""
    return (f'<div popover id="card-{escape(label)}" class="claim-card" data-badge="{escape(badge)}" role="dialog" aria-labelledby="card-title-{escape(label)}" tabindex="-1">'
            f'<div class="claim-card-head">{chip(badge)}{scope}<strong id="card-title-{escape(label)}">{escape(number)}{escape(label)}</strong>'
            f'<button type="button" class="claim-close" popovertarget="card-{escape(label)}" popovertargetaction="hide" aria-label="Close">✕</button></div>'
            f'<p class="claim-meaning">{escape(MEANING.get(badge, ""))}</p><div class="claim-statement" role="group" aria-label="statement" tabindex="0">{tex(record["statement"], display=True)}</div>'
            f'<p class="claim-summary">{mixed(record.get("summary", ""))}</p><div class="claim-rows"><table>{rows}</table></div>'
            f'<p class="claim-command"><code>make check EQ={escape(label)}</code><button type="button" class="claim-copy pst-js-only" data-copy="make check EQ={escape(label)}">copy</button>{neighbourhood}</p></div>')


def equation(record: Record | None, label: str, latex: str, number: str, book: Book, link: Link, graph: str | None, source: Callable[[str], str] = escape) -> str:
    """One displayed equation with its number, badge and card."""
    name = escape(label)
    side = f'<a class="claim-number" href="#{anchor(label)}" title="Link to this equation">({escape(number)})</a>' if number else ""
    side += badge_button(record, book) if record else ""
    return (f'<div class="claim-eq" data-label="{name}" data-badge="{escape(record["badge"]) if record else "undecided"}">'
            f'<div class="math notranslate nohighlight claim-math" id="{anchor(label)}">\\[{escape(latex)}\\]</div><div class="claim-side">{side}</div></div>'
            + (card(record, book, link, graph, source) if record else ""))


def legend(badges: list[str]) -> str:
    """What the marks mean, for those that occur."""
    return '<ul class="claim-legend">' + "".join(f"<li>{chip(b)}</li>" for b in badges) + "</ul>"


def totals_list(book: Book, records: list[Record]) -> str:
    """How many of which kind, as chips."""
    return '<ul class="claim-legend">' + "".join(f'<li>{chip(b)} <strong>{n}</strong></li>' for b, n in book.counts(records).items()) + "</ul>"


def ledger_table(records: list[Record], book: Book, link: Link, whole: bool, ident: str) -> str:
    """Records as a table that the page's script sorts and, on the ledger page, filters; without a script it is simply complete."""
    rows = []
    for index, r in enumerate(records):
        t, m = r.get("trial") or {}, r.get("mutants") or {}
        tried = m.get("total", 0) - m.get("equivalent", 0) - m.get("incompetent", 0) - m.get("not_attacked", 0)
        left = len(m.get("survivors") or ())
        debt = debt_words(r, book)
        place = link(r["label"])
        key = ".".join(f"{int(p):05d}" if p.isdigit() else p for p in (place[1] if place else "").split("."))
        head = f'<td data-sort="{escape(key)}{index:06d}">{reference(r["label"], link)}</td>'
        chapter = f'<td>{escape(r.get("chapter", "").replace("_", " "))}</td>' if whole else ""
        rows.append(
            f'<tr data-chapter="{escape(r.get("chapter", ""))}" data-kind="{escape(r.get("kind", ""))}" data-verdict="{escape(r["badge"])}">{head}{chapter}'
            f'<td>{escape(r.get("kind", ""))}</td><td data-sort="{list(BADGES).index(r["badge"]) if r["badge"] in BADGES else 99}">{chip(r["badge"])}{f"<span class=claim-debt>{escape(debt)}</span>" if debt else ""}</td>'
            f'<td class="num">{t.get("points") or "–"}</td><td class="num" data-sort="{tried}">{f"{tried - left}/{tried}" if tried else "–"}</td><td class="num">{len(book.used_by.get(r["label"], ()))}</td></tr>')
    heads = ["equation", *(["chapter"] if whole else []), "kind", "verdict", "points", "mutants", "used by"]
    numeric = {"points", "mutants", "used by"}
    cells = "".join(f'<th scope="col"{" class=num" if h in numeric else ""}>{h}</th>' for h in heads)
    return (f'<div class="claim-scroll" role="region" aria-label="Ledger" tabindex="0"><table class="claim-ledger" id="{ident}"><thead><tr>{cells}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>')


def solid_words(book: Book, records: list[Record]) -> str:
    """How much of what is proved rests on nothing but proofs and definitions."""
    proved = [r for r in records if r.get("verdict") == "proved" and r.get("badge") != "definition"]
    free = sum(not book.debts[r["label"]] for r in proved)
    return f"{free} of {plural(len(proved), 'proved statement')} rest on nothing but proofs and definitions." if proved else ""


__all__ = ["anchor", "badge_button", "card", "chip", "equation", "escape", "is_solid", "ledger_table", "legend", "mixed", "reference", "references", "shape", "solid_words", "sprite", "tex", "totals_list"]
