"""Views that list: the ledger of the book and of a chapter, the articles."""

from __future__ import annotations

from string import Template

from ..record import Verdict, count, plural
from . import graph as drawing
from . import html as h
from .data import PARTS
from .places import Site
from .tables import ledger_table, part_words, parts_table, solid_words

BLOG = "https://kexue.fm/archives/{id}"

CHAPTER = Template('<p>$words</p>$chips$table<details class="claim-fold" id="chapter-graph">'
                   '<summary>Which equation rests on which</summary><p>$about</p>$graph'
                   '<h3 class="claim-h">The same as a list</h3>$listed</details>$more')
PART = Template('<h3 class="claim-h">$name</h3>$table')
ARTICLES = Template(
    '<table class="claim-articles"><thead><tr><th scope="col">article</th><th scope="col">result</th>'
    '<th scope="col">state</th></tr></thead><tbody>$rows</tbody></table>')
ORIGINAL = Template('<a class="claim-zh" lang="zh" href="$address">$title</a> <span class="claim-date">$date</span>')
WRITTEN = Template('<tr class="claim-written"><td><a href="$address">$title</a><br>$original</td><td>$result</td>'
                   '<td>$state</td></tr>')
UNWRITTEN = Template('<tr><td>$title<br>$original</td><td></td><td>not written yet</td></tr>')
SELECT = Template('<label>$name <select data-filter="$key"><option value="">all</option>$options</select></label>')
SEARCH = '<label>label contains <input type="search" data-filter="text" autocomplete="off"></label>'
LEDGER = Template(
    '<p>$words</p>$parts$chips<form class="claim-filters pst-js-only" role="search" aria-label="Filter the ledger">'
    '$filters<output aria-live="polite"></output></form>$table<p>The same as data, for programs: '
    '<a href="${up}_static/ledger.json" download>ledger.json</a>.</p>')


def chapter(site: Site, here: str) -> str:
    """A chapter's own ledger and graph."""
    slug = next((c["slug"] for c in site.book.chapters if c["docname"] == here), here.rsplit("/", 1)[-1])
    records, book, link = site.book.of(slug), site.book, site.link_from(here)
    if not records:
        return "<p>No record.</p>"
    t = book.totals(records)
    said = [f"{plural(t['statements'], 'statement')} and {plural(t['definitions'], 'definition')}.",
            f"{t['proved']} proved, {t['trials']} measured; {count(t['mutants_refuted'])} of "
            f"{plural(t['mutants'], 'mutant')} and {t['premises_moved']} of "
            f"{plural(t['premises_tried'], 'wrong premise')} refuted.", solid_words(book, records)]
    parts = part_words(t)
    docs = site.app.env.found_docs
    whole = next((d for d in docs if d.endswith("book/ledger") or d == "ledger"), None)
    more = f'<p><a href="{site.uri(here, whole)}">The ledger of the whole book</a></p>' if whole else ""
    return CHAPTER.substitute(
        words=h.escape(" ".join(said + [parts] * bool(parts))), chips=h.totals_list(book, records),
        table=ledger_table(records, book, link, "chapter-ledger"), about=drawing.ABOUT,
        graph=drawing.chapter_graph(book, slug, link), listed=drawing.chapter_list(book, slug, link), more=more)


def article_row(site: Site, here: str, article: dict, chapter: dict | None) -> str:
    """A row of the table of articles: that of a chapter if there is one."""
    title = h.escape(article["en"])
    original = ORIGINAL.substitute(address=BLOG.format(id=article["id"]), title=h.escape(article["zh"]),
                                   date=h.escape(str(article["date"])))
    if not chapter:
        return UNWRITTEN.substitute(title=title, original=original)
    t = site.book.totals(site.book.of(article["slug"]))
    state = f'<strong>{plural(t["equations"], "equation")}</strong>, {t["proved"]} proved'
    if t["errata"]:
        state += f', {plural(t["errata"], "erratum", "errata")}'
    result = str(site.app.env.metadata.get(chapter["docname"], {}).get("summary", ""))
    return WRITTEN.substitute(address=site.uri(here, chapter["docname"]), title=title, original=original,
                              result=h.mixed(result), state=state)


def articles(site: Site, here: str) -> str:
    """All articles by part: chapters with link, result, counts, the others as what is still to come."""
    book = site.book
    docs = {c["slug"]: c for c in book.chapters if c["docname"] in site.app.env.found_docs}
    out = []
    for part in dict.fromkeys(a.get("part", "") for a in book.articles):
        rows = [article_row(site, here, a, docs.get(a["slug"])) for a in book.articles if a.get("part", "") == part]
        table = h.scroll(PARTS.get(part, part), ARTICLES.substitute(rows="".join(rows)))
        out.append(PART.substitute(name=h.escape(PARTS.get(part, part.capitalize())), table=table))
    written = sum(a["slug"] in docs for a in book.articles)
    return f"<p>{written} of {plural(len(book.articles), 'article')} are written.</p>" + "".join(out)


def ledger(site: Site, here: str) -> str:
    """All records of the book, what they add up to, and filters."""
    book = site.book
    if not book.records:
        return "<p>The ledger is empty.</p>"
    t = book.totals()

    def select(name: str, key: str, values: dict[str, str]) -> str:
        options = "".join(f'<option value="{h.escape(v)}">{h.escape(w)}</option>' for v, w in values.items())
        return SELECT.substitute(name=name, key=key, options=options)

    filters = [select("chapter", "chapter", {c["slug"]: c["slug"].replace("_", " ") for c in book.chapters}),
               select("kind", "kind", {k: k for k in dict.fromkeys(r["kind"] for r in book.records)}),
               select("verdict", "verdict", {b: Verdict.of(b).word for b in book.counts()}), SEARCH]
    other = t["proved"] - book.counts().get("proved", 0)
    why = f" ({other} of them errata and counterexamples, which have a mark of their own)" if other else ""
    words = (f'{plural(t["statements"], "statement")}: {t["proved"]} proved{why}, {t["trials"]} measured, '
             f'{count(t["mutants_refuted"])} of {plural(t["mutants"], "mutant")} and {t["premises_moved"]} of '
             f'{plural(t["premises_tried"], "wrong premise")} refuted. Counted apart: '
             f'{plural(t["definitions"], "definition")}, {plural(t["citations"], "citation")}. '
             f'{h.escape(solid_words(book, book.records))}')
    return LEDGER.substitute(
        words=words, parts=parts_table(book), chips=h.totals_list(book, book.records), filters="".join(filters),
        table=ledger_table(book.records, book, site.link_from(here), "book-ledger", site.chapters(here)),
        up="../" * here.count("/"))


def notation(site: Site, here: str) -> str:
    """What stands on the notation page while no chapter has a table; otherwise :mod:`claims.site.notation` does."""
    return "<p>No notation table yet.</p>"
