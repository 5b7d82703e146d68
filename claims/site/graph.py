"""Which equation rests on which: a layered drawing, and the same as a nested list."""

from __future__ import annotations

from string import Template

from ..record import Verdict, plural
from .data import Book
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
CROSSING = Template('<path class="claim-edge" marker-end="url(#claim-arrow)" style="stroke-width:$width" d="$path">'
                    '<title>$words</title></path>')
ARROW = ('<marker id="claim-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" orient="auto" '
         'markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z"/></marker>')
CHAPTER = Template('<g class="claim-box"><a href="#rests-$slug" aria-label="$title"><title>$title</title>'
                   '<rect x="$x" y="$y" width="$width" height="$height" rx="6"/>'
                   '<text x="$text_x" y="$text_y">$short</text>$counts</a></g>')
COUNT = Template('<g data-badge="$badge">$mark</g><text class="claim-count" x="$x" y="$y">$number</text>')
BOX_SIZE = (240, 58)
"""Of a chapter in the graph of the book."""

ABOUT = (
    "A line leads from a premise to what rests on it, from left to right; a premise that another one rests on already "
    "has no line of its own (the list has them all). Dashed boxes belong to other chapters; a dotted edge marks "
    "statements with something below them that is not proved. Point at a box, or reach it with the keyboard, to see "
    "all that it rests on and all that rests on it.")

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


def chapter_graph(book: Book, slug: str, link: Link, users: bool = False) -> str:
    """The graph of one chapter; premises from other chapters stand at its edge, dashed, and so, if asked, does what
    rests on it there."""
    mine = [r["label"] for r in book.of(slug)]
    inside = set(mine)
    edges = [(p, label) for label in mine for p in nearest(book, label)]
    if users:
        edges += [(label, user) for label in mine for user in book.used_by[label] if user not in inside]
    names = [*dict.fromkeys(n for edge in edges for n in edge if n not in inside), *mine]
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


def crossings(book: Book, known: set[str]) -> dict[tuple[str, str], int]:
    """(chapter, chapter that rests on it) → number of premises that cross between them."""
    found: dict[tuple[str, str], int] = {}
    for record in book.records:
        for p in book.premises(record["label"]):
            a, b = book.by_label[p]["chapter"], record["chapter"]
            if a != b and a in known and b in known:
                found[a, b] = found.get((a, b), 0) + 1
    return found


def spread(names: list[str], edges: list[tuple[str, str]]) -> tuple[dict, dict, float, float]:
    """Places of the chapters: those that are tied to another in layers, the others in rows below."""
    tied = [n for n in names if any(n in e for e in edges)]
    spots, paths, width, height = place({n: BOX_SIZE for n in tied}, edges, gap=20, between=90) if tied else (
        {}, {}, 0.0, -24.0)
    alone = [n for n in names if n not in tied]
    across, (wide, tall) = 4, (BOX_SIZE[0] + 24, BOX_SIZE[1] + 20)
    for i, n in enumerate(alone):
        spots[n] = (i % across * wide, height + 24 + i // across * tall)
    if alone:
        width = max(width, min(len(alone), across) * wide - 24)
        height = max(spots[n][1] for n in alone) + BOX_SIZE[1]
    return spots, paths, width, height


def book_graph(book: Book, chapters: list[tuple[str, str, str]]) -> str:
    """The graph of the book: a box for each chapter with the counts of its marks, and an arrow from each chapter to
    those that rest on it.

    chapters: (slug, title, address).
    """
    crossing = crossings(book, {slug for slug, _, _ in chapters})
    spots, paths, width, height = spread([slug for slug, _, _ in chapters], list(crossing))
    body = [f"<defs>{ARROW}</defs>"]
    body += [CROSSING.substitute(width=f"{min(1 + crossing[a, b] / 3, 5):.1f}", path=curve(points),
                                 words=f"{plural(crossing[a, b], 'premise')} of {escape(b)} from {escape(a)}")
             for (a, b), points in paths.items()]
    for slug, title, _ in chapters:
        x, y = spots[slug]
        counts = "".join(
            COUNT.substitute(badge=badge, mark=mark(badge, x + 10 + 42 * i, y + 32), number=n,
                             x=f"{x + 29 + 42 * i:.0f}", y=f"{y + 44:.0f}")
            for i, (badge, n) in enumerate(list(book.counts(book.of(slug)).items())[:5]))
        body.append(CHAPTER.substitute(
            slug=escape(slug), title=escape(title), short=escape(shorten(title, 29)), counts=counts, x=f"{x:.0f}",
            y=f"{y:.0f}", width=BOX_SIZE[0], height=BOX_SIZE[1], text_x=f"{x + 10:.0f}", text_y=f"{y + 22:.0f}"))
    return svg(width, height, "".join(body),
               "Graph of the book: chapters, and arrows to those that rest on them; the list below says the same",
               "claim-graph-book")
