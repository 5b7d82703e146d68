"""A book of 37 chapters of real size: copies of this book's chapters under other names, with their stored runs.

Nothing is executed, so that what is measured is the rendering, the pages that list everything, and the search. A cold
build adds the chapters' own seconds, which are known from this book.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from pathlib import Path

from . import copies, store
from .light import word
from .project import BuildError, Problem, Project, cores, load, write_atomic
from .sources import Chapter, articles, read_book, read_chapter
from .store import record_of

NUMBER = 37
NAMED = re.compile(r"^\(([\w-]+)\)=$|^\s*:?(?:label|name):\s*([\w-]+)$", re.M)
TOC = "format: jb-book\nroot: book/index\nparts:\n"
QUERIES = ("critical base", "扩散", "variance of the step")


def labels_of(text: str, body: dict) -> set[str]:
    """Every name of a chapter that may stand in a book only once."""
    records = filter(None, (record_of(output) for cell in body["cells"] for output in cell["outputs"]))
    return {r["label"] for r in records} | {a or b for a, b in NAMED.findall(text)} - {"python3", "python"}


def renamed(text: str, body: dict, mark: str) -> tuple[str, dict]:
    """A chapter's source and stored run with another name for each of its labels; nothing of it is taken away."""
    labels = sorted(labels_of(text, body), key=len, reverse=True)
    names = "|".join(map(re.escape, labels))
    source = re.sub(rf"(?<![\w-])({names})(?![\w-])", rf"\1-{mark}", text)
    source = re.sub(r"(,\s*)?\btakeaway\b(?=[\],])", "", source)
    quoted = rf'((?<!\\)"|data-label=\\")({names})(?=\\?")'  # strings of the run, and the labels in its HTML
    cells = re.sub(quoted, rf"\1\2-{mark}", json.dumps(body["cells"], ensure_ascii=False))
    return source, {**body, "cells": json.loads(cells)}


def prepared(project: Project, root: Path, number: int) -> Project:
    """A copy of the book with as many chapters, all of them executed already."""
    copies.tree(project, root)
    large, entries, toc = Project(root), [], []
    known, chapters = articles(project), read_book(project).chapters
    for k, chapter in zip(range(number), itertools.cycle(chapters)):
        body = store.read(project, chapter.slug)
        if body is None:
            raise BuildError(Problem(chapter.file, 0, "was not executed yet, and its run is what is copied: make book"))
        mark = "" if k < len(chapters) else word(k)
        slug = f"{chapter.slug}_{mark}".strip("_")
        entries.append({**known[chapter.slug], "slug": slug})
        place_chapter(large, chapter, slug, mark, body)
        toc.append(f"  - file: book/{chapter.part}/{slug}\n")
    write_atomic(root / "data" / "articles.yml", json.dumps(entries, ensure_ascii=False, default=str))
    pages = [p.stem for p in sorted((root / "book").glob("*.md")) if p.stem != "index"]
    indexes = [f"{p.parent.name}/index" for p in sorted((root / "book").glob("*/index.md"))]
    listed = [f"  - file: book/{name}\n" for name in [*pages, *indexes]]
    lists = ([("caption: The evidence", listed)] if listed else []) + [("numbered: true", toc)]
    write_atomic(root / "_toc.yml", TOC + "".join(f"- {head}\n  chapters:\n{''.join(x)}" for head, x in lists))
    return large


def place_chapter(large: Project, chapter: Chapter, slug: str, mark: str, body: dict) -> None:
    text = chapter.path.read_text(encoding="utf-8")
    path = large.root / "book" / chapter.part / f"{slug}.md"
    if mark:
        text, body = renamed(text, body, mark)
        path.write_text(text, encoding="utf-8")
    made = read_chapter(large, path)
    store.save(large, made, {**body["inputs"], "code": made.code_key}, body["cells"], body["language"], 0)


def measure(project: Project, folder: Path, number: int = NUMBER) -> dict:
    """Build the copy; seconds, bytes of its pages, and how soon a browser answers on them."""
    large = prepared(project, folder / f"large-{number}", number)
    done = copies.build(large.root)
    build = load(large.times)["build"]
    if build["executed"]:
        said = f"the copies {', '.join(build['executed'])} were executed: their stored runs did not stand"
        raise BuildError(Problem("", 0, f"{said}; make book, then again"))
    times = (load(project.times) or {}).get("chapters", {})
    cpu = [chapter["cpu"] for _, chapter in zip(range(number), itertools.cycle(times.values()))]
    size = {name: (large.html / name).stat().st_size
            for name in ("book/ledger.html", "book/graph.html", "book/index.html", "searchindex.js")
            if (large.html / name).exists()}
    pages = [p.stat().st_size for p in large.html.glob("book/*/*.html")]
    return {"chapters": number, "records": len(load(large.ledger)["records"]), "build": round(done.wall, 1),
            "rendering": build["rendering"], "peak_bytes": done.peak, "largest_chapter": max(pages), "bytes": size,
            "cold": round(max(sum(cpu) / cores(), max(cpu, default=0)) + build["rendering"], 1),
            "answers": answers(large.html)}


def answers(html: Path) -> dict[str, float]:
    """Seconds until a browser lists the results of a search, or shows a filtered ledger; empty without a browser."""
    from .pdf import ARGUMENTS, chromium

    try:
        browser = chromium()
        from playwright.sync_api import sync_playwright
    except (BuildError, ModuleNotFoundError):
        return {}
    found = {}
    with sync_playwright() as running:
        one = running.chromium.launch(executable_path=browser, args=ARGUMENTS)
        page = one.new_page()
        for query in QUERIES:
            began = time.monotonic()
            page.goto((html / "search.html").as_uri() + f"?q={query}")
            page.wait_for_function("/finished|not match/.test(document.querySelector('#search-results').innerText)")
            found[f"search for {query}"] = round(time.monotonic() - began, 2)
        for name, select in (("ledger", "#book-ledger td a"), ("graph", ".claim-graph-book a")):
            if not (html / f"book/{name}.html").exists():
                continue
            began = time.monotonic()
            page.goto((html / f"book/{name}.html").as_uri())
            page.locator(select).first.wait_for()
            page.evaluate("document.querySelector('[data-filter=text]')?.dispatchEvent(new Event('input', "
                          "{bubbles: true}))")
            found[name] = round(time.monotonic() - began, 2)
        one.close()
    return found


def bench(project: Project, folder: Path) -> int:
    """`claims bench --large`: measure, print, and write `_build/bench-large.json`."""
    found = measure(project, folder)
    write_atomic(project.build / "bench-large.json", json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    print(table(found))
    return 0


def table(found: dict) -> str:
    """The measurements as lines of the README's table."""
    size = ", ".join(f"{name.removeprefix('book/')} {n / 1e6:.2f} MB" for name, n in found["bytes"].items())
    soon = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in found["answers"].items()) or "no browser here"
    rows = [
        (f"{found['chapters']} chapters of real size, {found['records']} records, from stored runs",
         f"{found['build']:.0f} s", f"rendering {found['rendering']:.0f} s; {found['peak_bytes'] / 2**30:.2f} GiB"),
        ("the same cold, by the chapters' own seconds", f"{found['cold']:.0f} s", f"on {cores()} cores"),
        ("largest page of a chapter", f"{found['largest_chapter'] / 1e6:.2f} MB", size),
        ("answers of a browser", f"{max(found['answers'].values(), default=0):.2f} s", soon),
    ]
    return "".join(f"| {a} | {b} | {c} |\n" for a, b, c in rows)
