"""Which records of a chapter run one of its functions to take away, and so say how far it can be trusted."""

from __future__ import annotations

import ast

from .sources import Chapter
from .takeaway import bound, names, take, used

AGREES = ("agreement", "behaviour")
"""Kinds of records that speak about a function, those that compare it with an independent one first."""


def statements(chapter: Chapter) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Names that each helper of the chapter uses, and those that the statement of each label uses."""
    helpers: dict[str, set[str]] = {}
    labelled: dict[str, set[str]] = {}
    calls = chapter.calls()
    for cell in chapter.cells:
        tree = cell.tree()
        for node in tree.body if tree else ():
            first, last = cell.body_line + node.lineno - 1, cell.body_line + (node.end_lineno or node.lineno) - 1
            labels = [label for _, label, where, line in calls if where is cell and first <= line <= last]
            uses = used(ast.unparse(node))
            for label in labels:
                labelled[label] = uses
            if not labels:
                for name in bound(node):
                    helpers[name] = helpers.get(name, set()) | uses
    return helpers, labelled


def runs(chapter: Chapter) -> dict[str, list[str]]:
    """Function to take away → labels of the statements whose code runs it, directly or through helpers."""
    functions = {name for cell in chapter.cells if "takeaway" in cell.tags for name in names(cell.source)}
    helpers, labelled = statements(chapter) if functions else ({}, {})
    found: dict[str, list[str]] = {name: [] for name in functions}
    for label, uses in labelled.items():
        seen, queue = set(uses), list(uses)
        for name in queue:
            fresh = helpers.get(name, set()) - seen if name not in functions else set()
            seen |= fresh
            queue += fresh
        for name in functions & seen:
            found[name].append(label)
    return found


def listed(chapter: Chapter, records: list[dict]) -> list[dict]:
    """The chapter's functions to take away as the ledger lists them.

    agreement: records that compare the function with an independent one or say what it does with wrong arguments;
    where there is none, all records that run it.
    """
    kinds = {r["label"]: r.get("kind") for r in records}
    tested = runs(chapter)
    found = []
    for part in take(chapter).functions:
        labels = [label for label in tested[part.node.name] if label in kinds]
        agreeing = sorted((x for x in labels if kinds[x] in AGREES), key=lambda x: AGREES.index(kinds[x]))
        found.append({"name": part.node.name, "chapter": chapter.slug, "docname": chapter.docname, "line": part.line,
                      "does": part.doc.partition("\n\n")[0].replace("\n", " "),
                      "compared": bool(agreeing) and kinds[agreeing[0]] == AGREES[0],
                      "agreement": agreeing or labels})
    return found
