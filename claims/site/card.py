"""An equation or a result with its mark, and the card behind it with everything that the ledger knows."""

from __future__ import annotations

from collections.abc import Callable
from string import Template
from urllib.parse import quote

from ..record import Verdict
from .chain import html_lines
from .data import Book, Record
from .html import (
    Link,
    anchor,
    chip,
    debt_words,
    escape,
    mixed,
    mixed_math,
    numbered,
    reference,
    references,
    row,
    shape,
    tex,
)

Source = Callable[[str], str]
"""Name of a source → HTML."""

BADGE = Template(
    '<button type="button" class="claim-badge$owing" data-badge="$badge" popovertarget="card-$label"'
    ' aria-haspopup="dialog" title="$words" aria-label="$words: evidence for'
    ' $label">$shape<span>$word</span>$debt</button>'
)
CARD = Template(
    '<div popover id="card-$label" class="claim-card" data-badge="$badge" role="dialog" aria-label="Evidence: $label"'
    ' tabindex="-1"><p>$word. Without scripts, the evidence is in $elsewhere.</p></div>'
)
INSIDE = Template(
    '<div class="claim-card-head">$chip$scope<strong>$number$label</strong><button type="button" class="claim-close"'
    ' popovertarget="card-$label" popovertargetaction="hide" aria-label="Close">✕</button></div><p'
    ' class="claim-meaning">$meaning</p><div class="claim-statement" role="group" aria-label="statement"'
    ' tabindex="0">$statement</div><p class="claim-summary">$summary</p><p class="claim-take">$take</p>$code<div'
    ' class="claim-rows"><table>$rows</table></div><p class="claim-command"><code>make check EQ=$label</code><button'
    ' type="button" class="claim-copy" data-copy="make check EQ=$label">copy</button>$graph</p>'
)
CODE = Template('<details class="claim-code"><summary>The code of this $what</summary>$code</details>')
TAKE = Template('<button type="button" class="claim-copy" data-copy="$text">copy $what</button>')
EQUATION = Template(
    '<div class="claim-eq" data-label="$label" data-badge="$badge">'
    '<div class="math notranslate nohighlight claim-math" id="$anchor">\\[$latex\\]</div>'
    '<div class="claim-side">$side</div>$where</div>$card'
)
CHAIN = Template(
    '<div class="claim-eq claim-derived" data-label="$label" data-badge="$badge">'
    '<div class="claim-math claim-chain" id="$anchor">$lines</div>'
    '<div class="claim-side">$side</div>$where</div>$card'
)
RESULT = Template(
    '<div class="claim-eq claim-result" data-label="$label" data-badge="$badge">'
    '<div class="claim-finding" id="$anchor"><p>$number <em>$kind.</em> $sentence</p>$table</div>'
    '<div class="claim-side">$side</div>$where</div>$card'
)
WORKING = Template(
    '<div class="claim-working"><div class="math notranslate nohighlight">\\[$latex\\]</div>$where</div>'
)
NUMBER = Template('<a class="claim-number" href="#$anchor" title="Link to this $what">$number</a>')
WHERE = Template('<p class="claim-where">where $parts.</p>')


def badge_button(record: Record, book: Book) -> str:
    """The one mark beside an equation; it opens the card of the same record."""
    verdict, debt = Verdict.of(record["badge"]), debt_words(record, book)
    return BADGE.substitute(
        badge=verdict.badge,
        label=escape(record["label"]),
        shape=shape(verdict),
        word=escape(verdict.word),
        words=escape(f"{verdict.word}, {debt}" if debt else verdict.word),
        owing=" claim-owing" if debt else "",
        debt=f'<span class="claim-debt">{escape(debt)}</span>' if debt else "",
    )


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


def take_away(record: Record, repository: str) -> str:
    """What a reader takes from a card: the formula as LaTeX and as SymPy, its address, and a report of an error."""
    label = record["label"]
    said = [(record["statement"], "LaTeX"), (record.get("sympy"), "SymPy")]
    parts = [TAKE.substitute(text=escape(text), what=what) for text, what in said if text]
    parts.append(f'<a class="claim-self" href="#{escape(anchor(label))}">link</a>')
    if repository:
        title = quote(f"Error in {label}")
        body = quote(
            f"{record.get('file', '')}:{record.get('line', '')}\n\n{record.get('plain', '')}\n\nWhat is wrong: "
        )
        parts.append(
            f'<a class="claim-report" href="{escape(repository)}/issues/new?title={title}&amp;body={body}">'
            "report an error in this equation</a>"
        )
    return " ".join(parts)


def card(record: Record, graph: str | None, notebook: str) -> str:
    """The popover of a record, which needs no script to open; the page's script puts the evidence into it.

    graph, notebook: addresses of the record's place in the chapter's evidence, and of the executed notebook.
    """
    verdict = Verdict.of(record["badge"])
    places = [f'<a href="{escape(graph)}">the evidence of this chapter</a>'] if graph else []
    places.append(f'<a href="{escape(notebook)}" download>the executed notebook</a>')
    return CARD.substitute(label=escape(record["label"]), badge=verdict.badge, word=escape(verdict.word),
                           elsewhere=" and in ".join(places))


def evidence(
    record: Record, book: Book, link: Link, graph: str | None, source: Source, code: str = "", repository: str = ""
) -> str:
    """What a card says: everything that the ledger knows about a record.

    graph: address of the record in the graph of its chapter. code: HTML of the cell that states it. repository: where
    errors are reported.
    """
    from ..say.resulting import is_result

    label, verdict, place = record["label"], Verdict.of(record["badge"]), link(record["label"])
    words = record.get("sentence")
    return INSIDE.substitute(
        label=escape(label),
        chip=chip(verdict.badge),
        meaning=escape(verdict.meaning),
        scope=f' <span class="claim-scope">{mixed(record["scope"])}</span>' if record.get("scope") else "",
        number=escape(f"{numbered(place[1])} " if place and place[1] else ""),
        statement=f"<p>{mixed(words)}</p>" if words else tex(record["statement"], display=True),
        summary=mixed(record.get("summary", "")),
        take=take_away(record, repository),
        code=CODE.substitute(what="result" if is_result(record) else "equation", code=code) if code else "",
        rows=evidence_table(record, link, source) + book_rows(record, book, link),
        graph=f'<a href="{escape(graph)}">neighbourhood in the graph</a>' if graph else "",
    )


def where(explained: list | None) -> str:
    """The symbols that are explained at an equation, as the end of its sentence.

    >>> where([["n", "a number"], ["k", "another"]]).count("claim-where")
    1
    """
    if not explained:
        return ""
    parts = [
        f"{mixed_math('$' + symbol + '$')} is {mixed_math(meaning.strip().rstrip('.'))}"
        for symbol, meaning in explained
    ]
    return WHERE.substitute(parts=", and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts))


def equation(
    record: Record | None, label: str, latex: str, number: str, book: Book, graph: str | None, notebook: str
) -> str:
    """One displayed equation, derivation or result with its number, mark and card."""
    from ..say.resulting import is_result

    shown = {
        "label": escape(label),
        "badge": Verdict.of(record and record["badge"]).badge,
        "anchor": anchor(label),
        "where": where(record and record.get("where")),
        "card": card(record, graph, notebook) if record else "",
    }
    mark = badge_button(record, book) if record else ""
    result = bool(record and is_result(record))
    place = (
        NUMBER.substitute(
            anchor=anchor(label), number=escape(numbered(number)), what="result" if result else "equation"
        )
        if number
        else ""
    )
    if record and result:
        return RESULT.substitute(**shown, side=mark, number=place, **finding(record))
    if record and (lines := html_lines(record, label)):
        return CHAIN.substitute(**shown, side=place + mark, lines=lines)
    return EQUATION.substitute(**shown, side=place + mark, latex=escape(latex))


def finding(record: Record) -> dict[str, str]:
    """What kind of result it is, its sentence and its table, as HTML."""
    from ..say.display import Look
    from ..say.resulting import NAMES, sentence, table_html
    from .html import scroll

    look = Look(tex=lambda latex: mixed_math(f"${latex}$"))
    table = table_html(record, look)
    return {
        "kind": NAMES[record["kind"]],
        "sentence": sentence(record, look),
        "table": scroll(f"numbers of {record['label']}", table) if table else "",
    }


def working(carried: dict) -> str:
    """An intermediate result: unnumbered, without a card."""
    return WORKING.substitute(latex=escape(carried["latex"]), where=where(carried.get("where")))
