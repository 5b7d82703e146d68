"""Which equation rests on which: a layered drawing, and the same as a nested list."""

from __future__ import annotations

from string import Template

from ..record import Verdict, plural
from .data import Book, Record
from .html import Link, chip, escape, reference, references, scroll
from .layout import curve, place

MARK = Template('<g class="claim-shape" transform="translate($x $y)"><path d="$outline"/><path d="$stroke"/></g>')
SVG = Template('<svg class="claim-graph $kind" xmlns="http://www.w3.org/2000/svg" viewBox="$view" width="$width" '
               'height="$height" role="group" aria-label="$name">$body</svg>')
EDGE = Template('<path class="claim-edge" data-from="$a" data-to="$b" d="$path"/>')
NODE = Template('<g class="claim-node$kind" data-label="$label" data-badge="$badge">$inside</g>')
BOX = Template('<title>$words</title><rect x="$x" y="$y" width="188" height="24" rx="4"/>$mark'
               '<text x="$text_x" y="$text_y">$text</text>')
ENTRY = Template('<li id="node-$label" class="claim-entry" data-label="$label">$reference $chip$given$debt$use</li>')
CROSSING = Template('<path class="claim-edge" style="stroke-width:$width" d="$path"><title>$words</title></path>')
CELL = Template('<title>$words</title><rect class="claim-hit" x="$x" y="$y" width="25" height="25"/>$mark')
CHAPTER = Template('<g class="claim-box"><rect x="$x" y="$y" width="$width" height="$height" rx="6"/>'
                   '<a href="$address"><text x="$text_x" y="$text_y">$title</text></a>$cells</g>')

PAD = 8
"""Empty border of a drawing."""


def mark(badge: str, x: float, y: float) -> str:
    verdict = Verdict.of(badge)
    return MARK.substitute(x=f"{x:.0f}", y=f"{y:.1f}", outline=verdict.outline, stroke=verdict.stroke)


def shorten(text: str, most: int) -> str:
    """
    >>> shorten("prenorm-second-moment", 12)
    'prenorm-sec…'
    """
    return text if len(text) <= most else text[:most - 1] + "…"


def svg(width: float, height: float, body: str, name: str, kind: str) -> str:
    wide, tall = f"{width + 2 * PAD:.0f}", f"{height + 2 * PAD:.0f}"
    return scroll(name, SVG.substitute(kind=kind, view=f"{-PAD} {-PAD} {wide} {tall}", width=wide, height=tall,
                                       name=escape(name), body=body))


def nearest(book: Book, label: str) -> list[str]:
    """Premises that are not below another premise of the same record: the lines that a drawing needs, since what rests
    on what is the same without the others.

    >>> nearest(Book([{"label": "a"}, {"label": "b", "given": ["a"]}, {"label": "c", "given": ["a", "b"]}]), "c")
    ['b']
    """
    given = book.premises(label)
    implied = {p for q in given for p in book.below(q)}
    return [p for p in given if p not in implied]


def chapter_graph(book: Book, slug: str, link: Link) -> str:
    """The graph of one chapter; premises from other chapters stand at its edge, dashed."""
    mine = [r["label"] for r in book.of(slug)]
    inside = set(mine)
    edges = [(p, label) for label in mine for p in nearest(book, label)]
    names = [*dict.fromkeys(p for p, _ in edges if p not in inside), *mine]
    lonely = [n for n in names if not any(n in e for e in edges)]
    drawn = [n for n in names if n not in lonely]
    spots, paths, width, height = place({n: (188, 24) for n in drawn}, edges)
    for i, n in enumerate(lonely):  # below, in rows as wide as the drawing
        across = max(1, int((width or 800) // 200))
        spots[n] = (i % across * 200, height + 24 + i // across * 32)
    if lonely:
        width, height = max(width, 188.0), max(spots[n][1] + 24 for n in lonely)
    lines = "".join(EDGE.substitute(a=escape(a), b=escape(b), path=curve(points)) for (a, b), points in paths.items())
    boxes = [chapter_node(book, n, n in inside, link(n), *spots[n]) for n in names]
    return svg(width, height, f'<g class="claim-edges">{lines}</g>{"".join(boxes)}',
               "Graph of the premises in this chapter; the list below says the same", "claim-graph-chapter")


def linked(at: tuple[str, str] | None, words: str, body: str) -> str:
    """A drawing as a link to the equation that it stands for, if a page shows that."""
    return f'<a href="{escape(at[0])}" aria-label="{escape(words)}">{body}</a>' if at else body


def chapter_node(book: Book, label: str, inside: bool, at: tuple[str, str] | None, x: float, y: float) -> str:
    """A box of a chapter's graph. inside: the record is one of this chapter."""
    verdict = Verdict.of(book.by_label[label]["badge"])
    words = f"{verdict.word}: {label}" + ("" if inside else ", of another chapter")
    number = f"({at[1]}) " if at and at[1] else ""
    box = BOX.substitute(
        words=escape(words), x=f"{x:.0f}", y=f"{y:.1f}", mark=mark(verdict.badge, x + 4, y + 4),
        text_x=f"{x + 26:.0f}", text_y=f"{y + 16:.1f}", text=escape(number + shorten(label, 25 - len(number))))
    kind = ("" if inside else " claim-outside") + (" claim-owing" if book.debts.get(label) else "")
    return NODE.substitute(kind=kind, label=escape(label), badge=verdict.badge, inside=linked(at, number + words, box))


def chapter_list(book: Book, slug: str, link: Link) -> str:
    """The same as a nested list: every equation with what it rests on."""
    items = []
    for record in book.of(slug):
        label = record["label"]
        given, owed = book.premises(label), book.debts.get(label) or []
        inner = "".join(f"<li>{reference(p, link)} {chip(book.by_label[p]['badge'])}</li>" for p in given)
        debt = f'<p class="claim-debt-line">Not proved below it: {references(owed, link)}.</p>' if owed else ""
        users = book.used_by.get(label) or []
        use = f'<p class="claim-use">Used by {references(users, link)}.</p>' if users else ""
        items.append(ENTRY.substitute(
            label=escape(label), reference=reference(label, link), chip=chip(record["badge"]), debt=debt, use=use,
            given=f'<p class="claim-use">Rests on</p><ul>{inner}</ul>' if given else ""))
    return f'<ul class="claim-tree">{"".join(items)}</ul>'


def book_graph(book: Book, link: Link, chapters: list[tuple[str, str, str]]) -> str:
    """The graph of the book: a box for each chapter with a mark for each of its equations, and lines for premises that
    cross from chapter to chapter.

    chapters: (slug, title, address).
    """
    crossing: dict[tuple[str, str], int] = {}
    known = {slug for slug, _, _ in chapters}
    for record in book.records:
        for p in book.premises(record["label"]):
            a, b = book.by_label[p]["chapter"], record["chapter"]
            if a != b and a in known and b in known:
                crossing[a, b] = crossing.get((a, b), 0) + 1
    across, cell = 10, 26
    sizes = {}
    for slug, _, _ in chapters:
        rows = -(-len(book.of(slug)) // across)
        sizes[slug] = (across * cell + 16, 34 + rows * cell + 8)
    spots, paths, width, height = place(sizes, list(crossing), gap=20, between=90)
    alone = [s for s in sizes if not any(s in e for e in crossing)]
    if alone:  # chapters without a line to another stand in rows below the rest
        tied = [s for s in sizes if s not in alone]
        if tied:
            spots, paths, width, height = place({s: sizes[s] for s in tied}, list(crossing), gap=20, between=90)
        else:
            spots, paths, width, height = {}, {}, 0.0, -24.0
        per_row, wide = 3, across * cell + 16 + 24
        y = height + 24
        for start in range(0, len(alone), per_row):
            row = alone[start:start + per_row]
            for i, s in enumerate(row):
                spots[s] = (i * wide, y)
            y += max(sizes[s][1] for s in row) + 24
            width = max(width, len(row) * wide - 24)
        height = y - 24
    body = [CROSSING.substitute(width=f"{min(1 + crossing[a, b] / 3, 5):.1f}", path=curve(points),
                                words=f"{plural(crossing[a, b], 'premise')} of {escape(b)} from {escape(a)}")
            for (a, b), points in paths.items()]
    for slug, title, address in chapters:
        (x, y), (w, h) = spots[slug], sizes[slug]
        cells = [book_cell(r, link(r["label"]), x + 8 + i % across * cell, y + 34 + i // across * cell)
                 for i, r in enumerate(book.of(slug))]
        body.append(CHAPTER.substitute(
            x=f"{x:.0f}", y=f"{y:.0f}", width=f"{w:.0f}", height=f"{h:.0f}", address=escape(address),
            text_x=f"{x + 10:.0f}", text_y=f"{y + 22:.0f}", title=escape(shorten(title, 30)), cells="".join(cells)))
    return svg(width, height, "".join(body),
               "Graph of the book: chapters and the premises between them; the list below says the same",
               "claim-graph-book")


def book_cell(record: Record, at: tuple[str, str] | None, x: float, y: float) -> str:
    """The mark of an equation in its chapter's box."""
    verdict = Verdict.of(record["badge"])
    words = f"{f'({at[1]}) ' if at and at[1] else ''}{record['label']}: {verdict.word}"
    drawn = CELL.substitute(words=escape(words), x=f"{x:.0f}", y=f"{y:.0f}", mark=mark(verdict.badge, x + 4, y + 4))
    return f'<g class="claim-node" data-badge="{verdict.badge}">{linked(at, words, drawn)}</g>'
