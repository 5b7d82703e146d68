"""An equation with its badge, and the card behind it with everything that the ledger knows."""

from __future__ import annotations

from collections.abc import Callable
from string import Template

from ..record import Verdict
from .data import Book, Record
from .html import Link, anchor, chip, debt_words, escape, mixed, reference, references, row, shape, tex

Source = Callable[[str], str]
"""Name of a source → HTML."""

BADGE = Template(
    '<button type="button" class="claim-badge" data-badge="$badge" popovertarget="card-$label" aria-haspopup="dialog" '
    'aria-label="$words: evidence for $label">$shape<span>$word</span>$debt</button>')
CARD = Template(
    '<div popover id="card-$label" class="claim-card" data-badge="$badge" role="dialog" '
    'aria-labelledby="card-title-$label" tabindex="-1"><div class="claim-card-head">$chip$scope'
    '<strong id="card-title-$label">$number$label</strong><button type="button" class="claim-close" '
    'popovertarget="card-$label" popovertargetaction="hide" aria-label="Close">✕</button></div>'
    '<p class="claim-meaning">$meaning</p>'
    '<div class="claim-statement" role="group" aria-label="statement" tabindex="0">$statement</div>'
    '<p class="claim-summary">$summary</p><div class="claim-rows"><table>$rows</table></div>'
    '<p class="claim-command"><code>make check EQ=$label</code><button type="button" class="claim-copy pst-js-only" '
    'data-copy="make check EQ=$label">copy</button>$graph</p></div>')
EQUATION = Template(
    '<div class="claim-eq" data-label="$label" data-badge="$badge">'
    '<div class="math notranslate nohighlight claim-math" id="$anchor">\\[$latex\\]</div>'
    '<div class="claim-side">$side</div></div>$card')
NUMBER = Template('<a class="claim-number" href="#$anchor" title="Link to this equation">($number)</a>')


def badge_button(record: Record, book: Book) -> str:
    """The badge beside an equation; it opens the card of the same record."""
    verdict, debt = Verdict.of(record["badge"]), debt_words(record, book)
    return BADGE.substitute(
        badge=verdict.badge, label=escape(record["label"]), shape=shape(verdict), word=escape(verdict.word),
        words=escape(f"{verdict.word}, {debt}" if debt else verdict.word),
        debt=f'<span class="claim-debt">{escape(debt)}</span>' if debt else "")


def evidence_table(record: Record, link: Link, source: Source) -> str:
    """The rows of the engine's evidence, premises and sources linked, mathematics typeset only when it is seen."""
    from ..say.display import Look, evidence_rows, table_rows

    look = Look(tex=tex, premise=lambda label: reference(label, link), source=source)
    return table_rows(evidence_rows(record, look), look)


def book_rows(record: Record, book: Book, link: Link) -> str:
    """What only the book knows: what the record owes, who uses it, where it stands."""
    label, rows = record["label"], []
    owed, used = book.debts.get(label) or [], book.used_by.get(label) or []
    if owed:
        rows.append(row("not proved below", "rests on " + references(owed, link), "claim-owes"))
    elif record.get("verdict") == "proved" and book.below(label):
        rows.append(row("not proved below", "nothing: all that it rests on is proved or a definition"))
    rows.append(row("used by", references(used, link) if used else "nothing in this book"))
    if record.get("fnumbers"):
        rows.append(row("in the article", escape(", ".join(record["fnumbers"]))))
    where = f"{record.get('file', '')}:{record.get('line', '')}"
    return "".join([*rows, row("source", f"<code>{escape(where)}</code>")])


def card(record: Record, book: Book, link: Link, graph: str | None, source: Source) -> str:
    """The card of a record: everything the ledger knows about it, in a popover that needs no script to open.

    graph: address of the record in the graph of its chapter.
    """
    label, verdict, place = record["label"], Verdict.of(record["badge"]), link(record["label"])
    return CARD.substitute(
        label=escape(label), badge=verdict.badge, chip=chip(verdict.badge), meaning=escape(verdict.meaning),
        scope=f' <span class="claim-scope">{mixed(record["scope"])}</span>' if record.get("scope") else "",
        number=escape(f"({place[1]}) " if place and place[1] else ""), statement=tex(record["statement"], display=True),
        summary=mixed(record.get("summary", "")),
        rows=evidence_table(record, link, source) + book_rows(record, book, link),
        graph=f'<a href="{escape(graph)}">neighbourhood in the graph</a>' if graph else "")


def equation(record: Record | None, label: str, latex: str, number: str, book: Book, link: Link,
             graph: str | None, source: Source = escape) -> str:
    """One displayed equation with its number, badge and card."""
    side = NUMBER.substitute(anchor=anchor(label), number=escape(number)) if number else ""
    return EQUATION.substitute(
        label=escape(label), badge=Verdict.of(record and record["badge"]).badge, anchor=anchor(label),
        latex=escape(latex), side=side + (badge_button(record, book) if record else ""),
        card=card(record, book, link, graph, source) if record else "")
