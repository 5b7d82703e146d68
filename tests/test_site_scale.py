"""Ledger and graph of a book of 37 chapters with 3,000 records: how large they are, and how soon they answer."""

from __future__ import annotations

import json
import random
import re
import time
from types import SimpleNamespace

import pytest
from claims.record import Verdict
from claims.site import explain, html, listings
from claims.site.beside import script
from claims.site.data import Book
from site_visit import address, browser, context
from teaching import teaching

CHAPTERS, RECORDS, MOST, SOON = 37, 3000, 1_000_000, 2.0
WORDS = "variance gradient bound critical second moment step optimal noise limit base density".split()


def ledger() -> Book:
    """A ledger as a book of this size would have it: long labels, premises within the chapter and from others."""
    draw, records = random.Random(1), []
    badges = [v.badge for v in (Verdict.PROVED, Verdict.PROVED, Verdict.DEFINITION, Verdict.MEASURED)]
    slugs = [f"{WORDS[n % 12]}_{WORDS[(5 * n + 3) % 12]}_{n:02d}" for n in range(CHAPTERS)]
    for n in range(RECORDS):
        chapter, badge = slugs[n * CHAPTERS // RECORDS], draw.choice(badges)
        mine = [r["label"] for r in records if r["chapter"] == chapter]
        given = draw.sample(mine, min(len(mine), draw.randrange(4)))
        if records and draw.random() < 0.05:
            given.append(draw.choice(records)["label"])
        records.append({
            "label": f"{'-'.join(draw.sample(WORDS, 3))}-{n:04d}", "chapter": chapter, "kind": "claim", "badge": badge,
            "verdict": badge, "given": given, "statement": "x", "trial": {"points": 4},
            "mutants": {"total": 36, "equivalent": 1, "incompetent": 0, "survivors": []}})
    chapters = [{"slug": s, "docname": f"book/optimization/{s}"} for s in slugs]
    return Book(records, chapters, text="{}")


@pytest.fixture(scope="module")
def site():
    book = ledger()
    place = {r["label"]: (f"optimization/{r['chapter']}.html#{html.anchor(r['label'])}",
                          f"{1 + n * CHAPTERS // RECORDS}.{n}") for n, r in enumerate(book.records)}
    chapters = [(c["slug"], f"A title about {c['slug'].replace('_', ' ')} and more",
                 f"optimization/{c['slug']}.html") for c in book.chapters]
    return SimpleNamespace(book=book, parts={}, link_from=lambda here: place.get, chapters=lambda here: chapters,
                           source=lambda text, here: text, app=None)


@pytest.fixture(scope="module")
def pages(site, teaching):
    """The two pages in the clothes of a built one, with the scripts beside them; name → seconds to make it."""
    folder = teaching.root / "_build/html"
    frame = (folder / "book/index.html").read_text(encoding="utf-8")
    before, after = re.fullmatch(r'(.*<article class="bd-article">).*(</article>.*)', frame, re.S).groups()
    took = {}
    for name, view in (("ledger", listings.ledger), ("graph", explain.graph)):
        began = time.perf_counter()
        body = f"<h1>{name}</h1>{view(site, f'book/{name}')}"
        took[name] = time.perf_counter() - began
        (folder / f"book/large-{name}.html").write_text(before + body + html.sprite(body) + after, encoding="utf-8")
    for name, part in site.parts.items():
        (folder / "_static/claims-data" / f"{name}.js").write_text(script("CLAIMS_ADD({},{})", name, part))
    yield took
    for name in took:
        (folder / f"book/large-{name}.html").unlink()


def opened(context, teaching, name: str):
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address(teaching.root / "_build/html", f"book/large-{name}.html"), wait_until="commit")
    return page, began


def weighed(told, teaching, pages, name: str, seconds: float) -> None:
    size = (teaching.root / f"_build/html/book/large-{name}.html").stat().st_size
    told(f"{name} of {RECORDS} records: {size / 1000:.0f} kB, made in {pages[name]:.1f} s, "
         f"answers after {seconds:.2f} s")
    assert size < MOST


def test_the_ledger_answers_soon(context, teaching, pages, told):
    page, began = opened(context, teaching, "ledger")
    field = page.locator('.claim-filters [data-filter="verdict"]')
    field.select_option("measured")
    page.wait_for_function("/ of 3000 shown/.test(document.querySelector('.claim-filters output').textContent)")
    seconds = time.perf_counter() - began
    assert page.locator("#book-ledger tbody td[data-badge]:visible").count() == int(
        page.locator(".claim-filters output").inner_text().split()[0])
    began = time.perf_counter()
    page.locator("#book-ledger th", has_text="equation").locator("button").click()
    page.locator('#book-ledger th[aria-sort="ascending"]').wait_for()
    again = time.perf_counter() - began
    numbers = page.locator("#book-ledger tbody td:first-child").evaluate_all(
        "all => all.map((td) => td.textContent.match(/[0-9.]+/)[0].split('.').map(Number))")
    assert numbers == sorted(numbers) and len(numbers) == RECORDS
    weighed(told, teaching, pages, "ledger", max(seconds, again))
    assert max(seconds, again) < 3 * SOON  # the bound is for this machine without its neighbours
    page.close()


def test_the_graph_answers_soon_and_loads_a_chapter_when_asked(context, teaching, pages, site, told):
    page, began = opened(context, teaching, "graph")
    box = page.locator(".claim-graph-book .claim-box a").nth(11)
    box.focus()
    page.keyboard.press("Enter")
    drawing = page.locator("li:has(> .claim-asked[open]) .claim-graph-chapter")
    drawing.wait_for(state="visible")
    seconds = time.perf_counter() - began
    slug = site.book.chapters[11]["slug"]
    labels = {r["label"] for r in site.book.of(slug)}
    drawn = set(drawing.locator(".claim-node").evaluate_all("all => all.map((n) => n.dataset.label)"))
    assert labels <= drawn
    users = {u for x in labels for u in site.book.used_by[x]} - labels
    assert users <= drawn and drawing.locator(".claim-outside").count() == len(drawn - labels)
    assert page.locator(".claim-graph-chapter").count() == 1
    arrows = page.locator('.claim-graph-book path[marker-end="url(#claim-arrow)"]').count()
    assert arrows == len(explain.drawing.crossings(site.book, {c["slug"] for c in site.book.chapters}))
    weighed(told, teaching, pages, "graph", seconds)
    assert seconds < 3 * SOON
    page.close()


def test_the_parts_are_not_too_large(site):
    assert not site.parts or max(len(json.dumps(part)) for part in site.parts.values()) < MOST
