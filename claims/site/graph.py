"""Which equation rests on which: a layered drawing without any outside program, and the same as a nested list.

The layout is that of Sugiyama, Tagawa and Toda: longest-path layers, crossings reduced by sweeps of barycentres, positions by alternating averages.
"""

from __future__ import annotations

from .data import BADGES, Book
from .html import OUTLINES, SIGNS, Link, chip, escape, reference, references

Node = tuple[str, int]
"""A real node (name, -1), or the bend of an edge in a layer that it crosses (name of the edge, layer)."""


def layers(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Layer of each node: longest path from a source; sources as close to their first user as they can be. Edges that close a circle are left out.

    >>> layers(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("d", "c")])
    {'a': 0, 'b': 1, 'd': 1, 'c': 2}
    """
    below: dict[str, list[str]] = {n: [] for n in names}
    above: dict[str, list[str]] = {n: [] for n in names}
    for a, b in edges:
        below[b].append(a)
        above[a].append(b)
    layer: dict[str, int] = {}
    for root in names:
        stack, open_ = [(root, iter(below[root]))], {root}
        while stack:
            name, rest = stack[-1]
            for premise in rest:
                if premise not in layer and premise not in open_:
                    open_.add(premise)
                    stack.append((premise, iter(below[premise])))
                    break
            else:
                stack.pop()
                open_.discard(name)
                layer.setdefault(name, 1 + max((layer[p] for p in below[name] if p in layer), default=-1))
    for name in names:
        if not below[name] and above[name]:
            layer[name] = max(0, min(layer[u] for u in above[name]) - 1)
    return layer


def place(sizes: dict[str, tuple[float, float]], edges: list[tuple[str, str]], gap: float = 8, between: float = 56) -> tuple[dict[str, tuple[float, float]], dict[tuple[str, str], list[tuple[float, float]]], float, float]:
    """Positions (left, top) of boxes in columns, the points each edge passes, and width and height of the whole.

    sizes: name → (width, height).
    """
    names = list(sizes)
    layer = layers(names, edges)
    # an edge that closes a circle would point backwards; it is drawn, but takes no part in the layout
    forward = [(a, b) for a, b in dict.fromkeys(edges) if layer[a] < layer[b]]
    columns: list[list[Node]] = [[] for _ in range(1 + max(layer.values(), default=0))]
    near: dict[Node, list[Node]] = {}
    height: dict[Node, float] = {}

    def add(node: Node, column: int, tall: float) -> None:
        columns[column].append(node)
        near[node] = []
        height[node] = tall

    for name in names:
        add((name, -1), layer[name], sizes[name][1])
    chains: dict[tuple[str, str], list[Node]] = {}
    for a, b in forward:
        chain: list[Node] = [(a, -1)]
        for column in range(layer[a] + 1, layer[b]):
            bend = (f"{a}→{b}", column)
            add(bend, column, 4)
            chain.append(bend)
        chain.append((b, -1))
        chains[a, b] = chain
        for one, two in zip(chain, chain[1:]):
            near[one].append(two)
            near[two].append(one)
    column_of = {node: i for i, column in enumerate(columns) for node in column}
    order = {node: float(i) for column in columns for i, node in enumerate(column)}

    def crossings() -> int:
        total = 0
        for i, column in enumerate(columns[:-1]):
            ends = [sorted(order[m] for m in near[node] if column_of[m] == i + 1) for node in column]
            seen: list[float] = []
            for targets in ends:
                total += sum(1 for t in targets for s in seen if s > t)
                seen += targets
        return total

    best, kept = crossings(), [list(c) for c in columns]
    for sweep in range(16):
        down = sweep % 2 == 0
        for i in (range(1, len(columns)) if down else range(len(columns) - 2, -1, -1)):
            side = i - 1 if down else i + 1
            key = {n: (sum(order[m] for m in around) / len(around) if (around := [m for m in near[n] if column_of[m] == side]) else order[n]) for n in columns[i]}
            columns[i].sort(key=lambda n: (key[n], order[n]))
            order.update({n: float(k) for k, n in enumerate(columns[i])})
        now = crossings()
        if now < best:
            best, kept = now, [list(c) for c in columns]
    columns = kept

    top: dict[Node, float] = {}
    for column in columns:
        y = 0.0
        for node in column:
            top[node] = y
            y += height[node] + gap

    def middle(node: Node) -> float:
        return top[node] + height[node] / 2

    for sweep in range(24):
        for i in (range(len(columns)) if sweep % 2 == 0 else range(len(columns) - 1, -1, -1)):
            column = columns[i]
            wish = {n: (sum(map(middle, near[n])) / len(near[n]) - height[n] / 2 if near[n] else top[n]) for n in column}
            # two passes that push overlapping boxes apart, downwards and upwards; their mean keeps the column where it wants to be
            first, second, y = {}, {}, float("-inf")
            for n in column:
                first[n] = max(wish[n], y)
                y = first[n] + height[n] + gap
            y = float("inf")
            for n in reversed(column):
                second[n] = min(wish[n], y - height[n])
                y = second[n] - gap
            for n in column:
                top[n] = (first[n] + second[n]) / 2
    low = min(top.values(), default=0)
    lefts, x = [], 0.0
    for column in columns:
        lefts.append(x)
        x += max((sizes[n[0]][0] for n in column if n[1] < 0), default=0) + between
    spots = {n[0]: (lefts[i], top[n] - low) for i, column in enumerate(columns) for n in column if n[1] < 0}
    wide = [max((sizes[n[0]][0] for n in column if n[1] < 0), default=0) for column in columns]
    paths = {}
    for (a, b), chain in chains.items():
        points = [(spots[a][0] + sizes[a][0], spots[a][1] + sizes[a][1] / 2)]
        for node in chain[1:-1]:
            y = top[node] - low + 2
            points += [(lefts[node[1]], y), (lefts[node[1]] + wide[node[1]], y)]
        points.append((spots[b][0], spots[b][1] + sizes[b][1] / 2))
        paths[a, b] = points
    for a, b in dict.fromkeys(edges):
        if (a, b) not in paths and a != b:
            paths[a, b] = [(spots[a][0] + sizes[a][0], spots[a][1] + sizes[a][1] / 2), (spots[b][0], spots[b][1] + sizes[b][1] / 2)]
    return spots, paths, max(0.0, x - between), max((top[n] - low + height[n] for n in top), default=0.0)


def curve(points: list[tuple[float, float]]) -> str:
    """A smooth path through points whose tangents are level."""
    text = f"M{points[0][0]:.0f} {points[0][1]:.1f}"
    for (x, y), (u, v) in zip(points, points[1:]):
        text += f"L{u:.0f} {v:.1f}" if abs(y - v) < 0.5 else f"C{(x + u) / 2:.0f} {y:.1f} {(x + u) / 2:.0f} {v:.1f} {u:.0f} {v:.1f}"
    return text


def mark(badge: str, x: float, y: float) -> str:
    return (f'<g class="claim-shape" transform="translate({x:.0f} {y:.1f})"><path d="{OUTLINES.get(badge, OUTLINES["undecided"])}"/><path d="{SIGNS.get(badge, SIGNS["undecided"])}"/></g>')


def shorten(text: str, most: int) -> str:
    """
    >>> shorten("prenorm-second-moment", 12)
    'prenorm-sec…'
    """
    return text if len(text) <= most else text[:most - 1] + "…"


def svg(width: float, height: float, body: str, name: str, kind: str) -> str:
    pad = 8
    return (f'<div class="claim-scroll" role="region" aria-label="{escape(name)}" tabindex="0"><svg class="claim-graph {kind}" xmlns="http://www.w3.org/2000/svg" viewBox="{-pad} {-pad} {width + 2 * pad:.0f} {height + 2 * pad:.0f}" '
            f'width="{width + 2 * pad:.0f}" height="{height + 2 * pad:.0f}" role="group" aria-label="{escape(name)}">{body}</svg></div>')


def nearest(book: Book, label: str) -> list[str]:
    """Premises that are not below another premise of the same record: the lines that a drawing needs, since what rests on what is the same without the others.

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
    lines = "".join(f'<path class="claim-edge" data-from="{escape(a)}" data-to="{escape(b)}" d="{curve(points)}"/>' for (a, b), points in paths.items())
    boxes = []
    for n in names:
        record = book.by_label[n]
        badge, (x, y), at = record["badge"], spots[n], link(n)
        words = f"{BADGES.get(badge, badge)}: {n}" + ("" if n in inside else ", of another chapter")
        number = f"({at[1]}) " if at and at[1] else ""
        box = (f'<rect x="{x:.0f}" y="{y:.1f}" width="188" height="24" rx="4"/>{mark(badge, x + 4, y + 4)}<text x="{x + 26:.0f}" y="{y + 16:.1f}">{escape(number + shorten(n, 25 - len(number)))}</text>')
        owes = " claim-owing" if book.debts.get(n) else ""
        body = f'<title>{escape(words)}</title>{box}'
        boxes.append(f'<g class="claim-node{"" if n in inside else " claim-outside"}{owes}" data-label="{escape(n)}" data-badge="{escape(badge)}">'
                     + (f'<a href="{escape(at[0])}" aria-label="{escape(number + words)}">{body}</a>' if at else body) + "</g>")
    return svg(width, height, f'<g class="claim-edges">{lines}</g>{"".join(boxes)}', "Graph of the premises in this chapter; the list below says the same", "claim-graph-chapter")


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
        items.append(f'<li id="node-{escape(label)}" class="claim-entry" data-label="{escape(label)}">{reference(label, link)} {chip(record["badge"])}'
                     + (f'<p class="claim-use">Rests on</p><ul>{inner}</ul>' if given else "") + debt + use + "</li>")
    return f'<ul class="claim-tree">{"".join(items)}</ul>'


def book_graph(book: Book, link: Link, chapters: list[tuple[str, str, str]]) -> str:
    """The graph of the book: a box for each chapter with a mark for each of its equations, and lines for premises that cross from chapter to chapter.

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
    body = []
    for (a, b), points in paths.items():
        n = crossing[a, b]
        body.append(f'<path class="claim-edge" style="stroke-width:{min(1 + n / 3, 5):.1f}" d="{curve(points)}"><title>{n} premise{"s" * (n > 1)} of {escape(b)} from {escape(a)}</title></path>')
    for slug, title, address in chapters:
        (x, y), (w, h) = spots[slug], sizes[slug]
        cells = []
        for i, record in enumerate(book.of(slug)):
            at = link(record["label"])
            cx, cy = x + 8 + i % across * cell, y + 34 + i // across * cell
            words = f"{'(' + at[1] + ') ' if at and at[1] else ''}{record['label']}: {BADGES.get(record['badge'], record['badge'])}"
            inner = f'<title>{escape(words)}</title><rect class="claim-hit" x="{cx:.0f}" y="{cy:.0f}" width="25" height="25"/>{mark(record["badge"], cx + 4, cy + 4)}'
            cells.append(f'<g class="claim-node" data-badge="{escape(record["badge"])}">' + (f'<a href="{escape(at[0])}" aria-label="{escape(words)}">{inner}</a>' if at else inner) + "</g>")
        body.append(f'<g class="claim-box"><rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" rx="6"/><a href="{escape(address)}"><text x="{x + 10:.0f}" y="{y + 22:.0f}">{escape(shorten(title, 30))}</text></a>{"".join(cells)}</g>')
    return svg(width, height, "".join(body), "Graph of the book: chapters and the premises between them; the list below says the same", "claim-graph-book")
