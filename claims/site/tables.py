"""Tables of the ledger: its records, and what they add up to."""

from __future__ import annotations

from string import Template
from typing import Any

from ..press.totals import totals
from ..record import Verdict, attacked, plural
from .data import Book, Record
from .html import Link, debt_words, escape, numbered, scroll, shape

TABLE = Template('<table class="claim-ledger" id="$ident"><thead><tr>$heads</tr></thead>$bodies</table>')
GROUP = Template('<tbody data-chapter="$slug"><tr><th colspan="6" scope="rowgroup"><a href="$address">$title</a></th>'
                 '</tr>$rows</tbody>')
ROW = Template('<tr><td>$reference<td>$kind<td data-badge="$badge">$shape$word$debt<td>$points<td>$mutants<td>$used')
"""Short, since the book has thousands: cells end where the next begins, and the page's script reads its keys from
them."""
NUMERIC = {"points", "mutants", "used by"}
PARTS = {
    "left sides": {"executed": "left_executed", "computed": "left_computed", "in words": "left_in_words"},
    "definitions": {"bound": "definitions_bound", "in words": "definitions_in_words"},
    "proofs": {"moved by their premises": "proofs_moved", "identities": "identities"},
    "lines": {"proved": "lines_proved", "measured": "lines_measured"},
}
"""What is said and how it is seen: group → words → key of the totals."""


def ledger_row(record: Record, book: Book, link: Link) -> str:
    refuted, tried = attacked(record)
    verdict, place, debt = Verdict.of(record["badge"]), link(record["label"]), debt_words(record, book)
    label = escape(record["label"])
    return ROW.substitute(
        reference=f'<a href="{escape(place[0])}">{escape(numbered(place[1]))} {label}</a>' if place else label,
        kind=escape(record.get("kind", "")), badge=verdict.badge, shape=shape(verdict), word=escape(verdict.word),
        debt=f" <i>{escape(debt)}</i>" if debt else "", points=(record.get("trial") or {}).get("points") or "–",
        mutants=f"{refuted}/{tried}" if tried else "–", used=len(book.used_by.get(record["label"], ())))


def ledger_table(records: list[Record], book: Book, link: Link, ident: str,
                 chapters: list[tuple[str, str, str]] | None = None) -> str:
    """Records as a table that the page's script sorts and, on the ledger page, filters; complete without a script.

    chapters: (slug, title, address) of the chapters by which the rows are grouped; None: all are of one chapter.
    """
    rows: dict[str, list[str]] = {}
    for record in records:
        rows.setdefault(record.get("chapter", ""), []).append(ledger_row(record, book, link))
    if chapters is None:
        bodies = f"<tbody>{''.join(''.join(r) for r in rows.values())}</tbody>"
    else:
        named = {slug: (title, address) for slug, title, address in chapters}
        bodies = "".join(GROUP.substitute(
            slug=escape(slug), title=escape(named.get(slug, (slug, ""))[0]), rows="".join(mine),
            address=escape(named.get(slug, ("", "#"))[1])) for slug, mine in rows.items())
    heads = ["equation", "kind", "verdict", "points", "mutants", "used by"]
    cells = "".join(f'<th scope="col"{" class=num" if h in NUMERIC else ""}>{h}</th>' for h in heads)
    return scroll("Ledger", TABLE.substitute(ident=ident, heads=cells, bodies=bodies))


def solid_words(book: Book, records: list[Record]) -> str:
    """How much of what is proved rests on nothing but proofs and definitions."""
    proved = [r for r in records if r.get("verdict") == "proved" and r.get("badge") != "definition"]
    free = sum(not book.debts[r["label"]] for r in proved)
    if not proved:
        return ""
    return f"{free} of {plural(len(proved), 'proved statement')} rest on nothing but proofs and definitions."


def percent(error: float | None) -> str:
    """
    >>> percent(0.004), percent(None)
    ('0.4 %', '–')
    """
    return "–" if error is None else f"{100 * error:.2g} %"


def part_words(found: dict[str, Any]) -> str:
    """The totals of the record's parts in one sentence each; empty where no record has any.

    >>> part_words({"left_executed": 3, "left_in_words": 1})
    'Left sides: 3 executed, 0 computed, 1 in words.'
    """
    said = [f"{group.capitalize()}: {', '.join(f'{found.get(key, 0)} {word}' for word, key in keys.items())}."
            for group, keys in PARTS.items() if any(found.get(key) for key in keys.values())]
    if found.get("resolution_median") is not None:
        said.append(f"Relative errors that the trials would see: {percent(found['resolution_median'])} in the median, "
                    f"{percent(found['resolution_worst'])} at worst.")
    return " ".join(said)


def parts_table(book: Book) -> str:
    """What is said in which way, and how sharply it is measured, by chapter and for the book; empty without any."""
    whole = totals(book.records)
    if not part_words(whole):
        return ""
    keys = [key for group in PARTS.values() for key in group.values()]
    top = "".join(f'<th scope="colgroup" colspan="{len(group)}">{name}</th>' for name, group in PARTS.items())
    words = "".join(f'<th scope="col" class="num">{word}</th>' for group in PARTS.values() for word in group)

    def line(name: str, found: dict[str, Any]) -> str:
        cells = [str(found[key]) for key in keys]
        cells += [percent(found["resolution_median"]), percent(found["resolution_worst"])]
        return f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td class=num>{c}</td>" for c in cells)}</tr>'

    rows = [line(c["slug"].replace("_", " "), totals(book.of(c["slug"]))) for c in book.chapters]
    rows.append(line("the book", whole))
    return scroll("What is said in which way, by chapter", (
        f'<table class="claim-parts"><thead><tr><td></td>{top}<th scope="colgroup" colspan="2">resolution</th></tr>'
        f'<tr><th scope="col">chapter</th>{words}<th scope="col" class="num">median</th>'
        f'<th scope="col" class="num">worst</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'))
