"""Where the boxes and lines of a layered drawing lie, without any outside program.

The method is that of Sugiyama, Tagawa and Toda: longest-path layers, crossings reduced by sweeps of barycentres,
positions by alternating averages.
"""

from __future__ import annotations

Node = tuple[str, int]
"""A real node (name, -1), or the bend of an edge in a layer that it crosses (name of the edge, layer)."""
Point = tuple[float, float]
Edge = tuple[str, str]


def layers(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Layer of each node: longest path from a source; sources as close to their first user as they can be.

    Edges that close a circle are left out.

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


def place(sizes: dict[str, Point], edges: list[Edge], gap: float = 8,
          between: float = 56) -> tuple[dict[str, Point], dict[Edge, list[Point]], float, float]:
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
            around = {n: [order[m] for m in near[n] if column_of[m] == side] for n in columns[i]}
            key = {n: sum(at) / len(at) if at else order[n] for n, at in around.items()}
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
            wish = {n: sum(map(middle, near[n])) / len(near[n]) - height[n] / 2 if near[n] else top[n]
                    for n in column}
            # two passes that push overlapping boxes apart, downwards and upwards; their mean keeps the column where it
            # wants to be
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

    def ends(a: str, b: str) -> tuple[Point, Point]:
        return ((spots[a][0] + sizes[a][0], spots[a][1] + sizes[a][1] / 2),
                (spots[b][0], spots[b][1] + sizes[b][1] / 2))

    for (a, b), chain in chains.items():
        points = [ends(a, b)[0]]
        for node in chain[1:-1]:
            y = top[node] - low + 2
            points += [(lefts[node[1]], y), (lefts[node[1]] + wide[node[1]], y)]
        paths[a, b] = [*points, ends(a, b)[1]]
    for a, b in dict.fromkeys(edges):
        if (a, b) not in paths and a != b:
            paths[a, b] = list(ends(a, b))
    return spots, paths, max(0.0, x - between), max((top[n] - low + height[n] for n in top), default=0.0)


def curve(points: list[tuple[float, float]]) -> str:
    """A smooth path through points whose tangents are level."""
    text = f"M{points[0][0]:.0f} {points[0][1]:.1f}"
    for (x, y), (u, v) in zip(points, points[1:]):
        half = (x + u) / 2
        text += f"L{u:.0f} {v:.1f}" if abs(y - v) < 0.5 else f"C{half:.0f} {y:.1f} {half:.0f} {v:.1f} {u:.0f} {v:.1f}"
    return text
