"""Marks, mathematics, links and rows as HTML. Pure functions of the records and of where the equations stand."""

from __future__ import annotations

import html
from collections.abc import Callable
from string import Template

from ..record import Verdict
from .data import Book, Record

Link = Callable[[str], tuple[str, str] | None]
"""Label → (address as seen from the page, number such as "1.3"); None if no page shows the equation."""

escape = html.escape

SHAPE = Template('<svg class="claim-shape" aria-hidden="true"><use href="#mark-$badge"/></svg>')
SYMBOL = Template('<symbol id="mark-$badge" viewBox="0 0 16 16"><path class="claim-outline" d="$outline"/>'
                  '<path class="claim-sign" d="$stroke"/></symbol>')
SPRITE = Template('<svg class="claim-shape claim-sprite" width="0" height="0" aria-hidden="true">$symbols</svg>')
CHIP = Template('<span class="claim-chip" data-badge="$badge">$shape<span>$word</span></span>')
SCROLL = Template('<div class="claim-scroll" role="region" aria-label="$name" tabindex="0">$body</div>')


def shape(verdict: Verdict) -> str:
    """The mark of a verdict as inline SVG, in the colour of the text around it; drawn once a page, by
    :func:`sprite`."""
    return SHAPE.substitute(badge=verdict.badge)


def sprite(body: str) -> str:
    """The drawings that a page refers to."""
    used = [v for v in Verdict if f"#mark-{v.badge}" in body]
    symbols = "".join(SYMBOL.substitute(badge=v.badge, outline=v.outline, stroke=v.stroke) for v in used)
    return SPRITE.substitute(symbols=symbols) if used else ""


def chip(badge: str) -> str:
    """Mark and word, not clickable."""
    verdict = Verdict.of(badge)
    return CHIP.substitute(badge=verdict.badge, shape=shape(verdict), word=escape(verdict.word))


def scroll(name: str, body: str) -> str:
    """A box in which what is too wide for the page scrolls, reached by keyboard."""
    return SCROLL.substitute(name=escape(name), body=body)


def anchor(label: str) -> str:
    """The id of an equation, as Sphinx makes it."""
    from docutils.nodes import make_id

    return make_id(f"equation-{label}")


def tex(latex: str, display: bool = False) -> str:
    """Mathematics that the page's script typesets when it comes into view, not before."""
    if display:
        return f'<div class="claim-tex notranslate nohighlight">\\[{escape(latex)}\\]</div>'
    return f'<span class="claim-tex notranslate nohighlight">\\({escape(latex)}\\)</span>'


def math(latex: str) -> str:
    """A formula in a line of a derivation, as large as a displayed one; typeset with the page."""
    return f"\\(\\displaystyle {escape(latex)}\\)"


def mixed_math(text: str) -> str:
    """Text in which ``$…$`` is mathematics that is typeset with the page."""
    return "".join(f'<span class="math notranslate nohighlight">\\({escape(p)}\\)</span>' if i % 2 else escape(p)
                   for i, p in enumerate(text.split("$")))


def mixed(text: str) -> str:
    """Text in which ``$…$`` is inline mathematics."""
    return "".join(tex(p) if i % 2 else escape(p) for i, p in enumerate(text.split("$")))


def values(point: dict | None) -> str:
    """A point as ``name = value, …``, names typeset."""
    return ", ".join(f"{tex(k)} = {escape(str(v))}" for k, v in (point or {}).items())


def numbered(number: str) -> str:
    """A number as one refers to it.

    >>> numbered("2.3"), numbered("Result 2.3")
    ('(2.3)', 'Result 2.3')
    """
    return f"({number})" if number and not number.startswith("Result") else number


def reference(label: str, link: Link, words: bool = True) -> str:
    """A link to an equation: its number and, if asked, its label; the label as text if no page shows it."""
    place = link(label)
    name = f'<span class="claim-label">{escape(label)}</span>'
    if place is None:
        return name
    href, number = place
    text = f"{escape(numbered(number))} {name}" if number and words else escape(numbered(number)) if number else name
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
    owed = [book.by_label[p] for p in book.debts.get(record["label"]) or []]
    # a premise that corrects a source is owed for its own evidence
    kinds = {Verdict.of(r["verdict"] if r["badge"] == "erratum" else r["badge"]) for r in owed}
    return "rests on " + ", ".join(v.word for v in Verdict if v in kinds) if kinds else ""


def row(head: str, body: str, kind: str = "") -> str:
    return f'<tr{f" class={kind}" if kind else ""}><th scope="row">{escape(head)}</th><td>{body}</td></tr>'


def listed(kind: str, items: list[str]) -> str:
    return f'<ul class="{kind}">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def legend(badges: list[str]) -> str:
    """What the marks mean, for those that occur."""
    return listed("claim-legend", [chip(b) for b in badges])


def totals_list(book: Book, records: list[Record]) -> str:
    """How many of which kind, as chips."""
    return listed("claim-legend", [f"{chip(b)} <strong>{n}</strong>" for b, n in book.counts(records).items()])
