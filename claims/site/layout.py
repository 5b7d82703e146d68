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


class Layered:
    """Boxes in columns, and edges as chains of nodes that bend where they cross a column.

    sizes: name → (width, height).
    """

    def __init__(self, sizes: dict[str, Point], edges: list[Edge], gap: float) -> None:
        self.sizes, self.gap = sizes, gap
        layer = layers(list(sizes), edges)
        self.columns: list[list[Node]] = [[] for _ in range(1 + max(layer.values(), default=0))]
        self.near: dict[Node, list[Node]] = {}
        self.height: dict[Node, float] = {}
        self.chains: dict[Edge, list[Node]] = {}
        for name, (_, tall) in sizes.items():
            self.add((name, -1), layer[name], tall)
        for a, b in dict.fromkeys(edges):
            if layer[a] < layer[b]:  # an edge that closes a circle is drawn, but takes no part in the layout
                self.link(a, b, range(layer[a] + 1, layer[b]))
        self.column_of = {node: i for i, column in enumerate(self.columns) for node in column}

    def add(self, node: Node, column: int, tall: float) -> None:
        self.columns[column].append(node)
        self.near[node] = []
        self.height[node] = tall

    def link(self, a: str, b: str, between: range) -> None:
        bends = [(f"{a}→{b}", column) for column in between]
        for bend in bends:
            self.add(bend, bend[1], 4)
        self.chains[a, b] = [(a, -1), *bends, (b, -1)]
        for one, two in zip(self.chains[a, b], self.chains[a, b][1:]):
            self.near[one].append(two)
            self.near[two].append(one)

    def sweep(self, number: int, first: int = 0) -> range:
        """Columns from the left or, in every other sweep, from the right. first: how many begin as they are."""
        last = len(self.columns)
        return range(first, last) if number % 2 == 0 else range(last - 1 - first, -1, -1)

    def crossings(self, order: dict[Node, float]) -> int:
        total = 0
        for i, column in enumerate(self.columns[:-1]):
            seen: list[float] = []
            for node in column:
                targets = sorted(order[m] for m in self.near[node] if self.column_of[m] == i + 1)
                total += sum(1 for t in targets for s in seen if s > t)
                seen += targets
        return total

    def untangle(self) -> None:
        """Order the nodes of each column by the mean place of their neighbours, as long as that removes crossings."""
        order = {node: float(i) for column in self.columns for i, node in enumerate(column)}
        best, kept = self.crossings(order), [list(c) for c in self.columns]
        for number in range(16):
            for i in self.sweep(number, first=1):
                side = i - 1 if number % 2 == 0 else i + 1
                around = {n: [order[m] for m in self.near[n] if self.column_of[m] == side] for n in self.columns[i]}
                key = {n: sum(at) / len(at) if at else order[n] for n, at in around.items()}
                self.columns[i].sort(key=lambda n: (key[n], order[n]))
                order.update({n: float(k) for k, n in enumerate(self.columns[i])})
            now = self.crossings(order)
            if now < best:
                best, kept = now, [list(c) for c in self.columns]
        self.columns = kept

    def settle(self) -> dict[Node, float]:
        """Top of each node: near the mean of its neighbours, without overlaps."""
        top: dict[Node, float] = {}
        for column in self.columns:
            y = 0.0
            for node in column:
                top[node] = y
                y += self.height[node] + self.gap

        def wish(node: Node) -> float:
            middles = [top[m] + self.height[m] / 2 for m in self.near[node]]
            return sum(middles) / len(middles) - self.height[node] / 2 if middles else top[node]

        for number in range(24):
            for i in self.sweep(number):
                top.update(self.apart(self.columns[i], {n: wish(n) for n in self.columns[i]}))
        low = min(top.values(), default=0)
        return {node: y - low for node, y in top.items()}

    def apart(self, column: list[Node], wish: dict[Node, float]) -> dict[Node, float]:
        """Tops without overlaps: two passes push the boxes apart, down and up, and their mean keeps the column
        where it wants to be."""
        first, second, y = {}, {}, float("-inf")
        for n in column:
            first[n] = max(wish[n], y)
            y = first[n] + self.height[n] + self.gap
        y = float("inf")
        for n in reversed(column):
            second[n] = min(wish[n], y - self.height[n])
            y = second[n] - self.gap
        return {n: (first[n] + second[n]) / 2 for n in column}


def place(sizes: dict[str, Point], edges: list[Edge], gap: float = 8,
          between: float = 56) -> tuple[dict[str, Point], dict[Edge, list[Point]], float, float]:
    """Positions (left, top) of boxes in columns, the points each edge passes, and width and height of the whole.

    sizes: name → (width, height). gap, between: empty space between boxes of a column, and between columns.
    """
    graph = Layered(sizes, edges, gap)
    graph.untangle()
    top = graph.settle()
    wide = [max((sizes[n[0]][0] for n in column if n[1] < 0), default=0) for column in graph.columns]
    lefts = [sum(wide[:i]) + i * between for i in range(len(wide))]
    spots = {n[0]: (lefts[i], top[n]) for i, column in enumerate(graph.columns) for n in column if n[1] < 0}

    def path(a: str, b: str) -> list[Point]:
        start = (spots[a][0] + sizes[a][0], spots[a][1] + sizes[a][1] / 2)
        end = (spots[b][0], spots[b][1] + sizes[b][1] / 2)
        bends = [(x, top[node] + 2) for node in graph.chains.get((a, b), [])[1:-1]
                 for x in (lefts[node[1]], lefts[node[1]] + wide[node[1]])]
        return [start, *bends, end]

    paths = {(a, b): path(a, b) for a, b in [*graph.chains, *dict.fromkeys(edges)] if a != b}
    width = lefts[-1] + wide[-1]
    return spots, paths, max(0.0, width), max((y + graph.height[n] for n, y in top.items()), default=0.0)


def curve(points: list[tuple[float, float]]) -> str:
    """A smooth path through points whose tangents are level."""
    text = f"M{points[0][0]:.0f} {points[0][1]:.1f}"
    for (x, y), (u, v) in zip(points, points[1:]):
        half = (x + u) / 2
        text += f"L{u:.0f} {v:.1f}" if abs(y - v) < 0.5 else f"C{half:.0f} {y:.1f} {half:.0f} {v:.1f} {u:.0f} {v:.1f}"
    return text
