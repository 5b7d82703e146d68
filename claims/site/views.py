"""The pages' views of the ledger, made when a page is written: numbers, links and other pages are known then."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import graph as drawing
from . import html as h
from .data import BADGES, PARTS, Book, count, plural
from .nodes import claim_view, log

BUDGET = 30
"""CPU seconds that a chapter may take; measured times would make two builds differ."""
BLOG = "https://kexue.fm/archives/{id}"


class Site:
    """The ledger together with where each equation stands in the pages."""

    def __init__(self, app, ledger: Path, articles: Path) -> None:
        self.app = app
        self.book = Book.read(ledger, articles)

    def digest(self) -> str:
        """Of all that stands on pages and does not come from their own text."""
        here = sorted(Path(__file__).parent.glob("*.py")) + [Path(__file__).parents[1] / "say" / "display.py"]
        return hashlib.sha256("\0".join([self.book.text, repr(self.book.articles), *(p.read_text(encoding="utf-8") for p in here)]).encode()).hexdigest()

    def docname(self, label: str) -> str | None:
        return self.app.env.get_domain("claims").data["objects"].get(label)

    def number(self, label: str) -> str:
        """The equation's number as the reader sees it."""
        docname = self.docname(label)
        if docname is None:
            return ""
        figures = self.app.env.toc_fignumbers.get(docname, {}).get("displaymath", {})
        if self.app.config.math_numfig and self.app.config.numfig:
            return ".".join(map(str, figures.get(h.anchor(label), ())))
        return str(self.app.env.get_domain("math").get_equation_number_for(label) or "")

    def link_from(self, docname: str) -> h.Link:
        """Links to equations as seen from a page."""
        def link(label: str) -> tuple[str, str] | None:
            to = self.docname(label)
            return None if to is None else (self.uri(docname, to) + "#" + h.anchor(label), self.number(label))
        return link

    def uri(self, here: str, there: str) -> str:
        """Address of a page as seen from another; empty for the page itself."""
        return "" if here == there else self.app.builder.get_relative_uri(here, there)

    def graph_address(self, label: str, here: str) -> str | None:
        """Where the record stands in the graph of its chapter, if that chapter shows one."""
        docname = self.docname(label)
        return None if docname is None or not self.has_ledger(docname) else self.uri(here, docname) + f"#node-{label}"

    def has_ledger(self, docname: str) -> bool:
        return "chapter-evidence" in str(self.app.env.tocs.get(docname, ""))

    def source(self, text: str, here: str) -> str:
        """A source as HTML: keys of the bibliography become links with author and year."""
        cited = {c.key: c for c in self.app.env.get_domain("cite").citations} if "cite" in self.app.env.domaindata else {}

        def link(c) -> str:
            names = [" ".join([*p.prelast_names, *p.last_names]) for p in c.entry.persons.get("author", [])] or [c.key]
            people = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
            return f'<a class="reference internal" href="{self.uri(here, c.bibliography_key.docname)}#{c.citation_id}">{h.escape(people)}, {h.escape(c.entry.fields.get("year", "undated"))}</a>'

        return "".join(link(cited[part]) if part in cited else h.mixed(part) for part in re.split(r"\b([a-z]+\d{4}\w*)\b", text))

    def title(self, docname: str) -> str:
        node = self.app.env.titles.get(docname)
        return node.astext() if node is not None else docname

    def chapters(self, here: str) -> list[tuple[str, str, str]]:
        """(slug, title, address) of the chapters in this build."""
        return [(c["slug"], self.title(c["docname"]), self.uri(here, c["docname"])) for c in self.book.chapters if c["docname"] in self.app.env.titles]


def visit_equation(self, node) -> None:
    site: Site = self.builder.app.claims_site
    here, label = self.docnames[0] if getattr(self, "docnames", None) else self.builder.current_docname, node["label"]
    record = site.book.by_label.get(label)
    if record is None:
        log.warning("equation %r has no record in the ledger", label, location=node)
    self.body.append(h.equation(record, label, node[0].astext(), site.number(label), site.book, site.link_from(here), site.graph_address(label, here), lambda text: site.source(text, here)))
    raise nodes.SkipNode


def visit_view(self, node) -> None:
    site: Site = self.builder.app.claims_site
    make = globals()[f"view_{node['view']}"]
    self.body.append(make(site, self.builder.current_docname, node))
    raise nodes.SkipNode


def visit_fold(self, node) -> None:
    caption = node.pop(0)
    self.body.append('<details class="claim-fold"><summary>')
    for child in caption.children:
        child.walkabout(self)
    self.body.append("</summary>")


def depart_fold(self, node) -> None:
    self.body.append("</details>")


def passing(self, node) -> None:
    pass


leaving = passing


def skip(self, node) -> None:
    raise nodes.SkipNode


def view_chapter(site: Site, here: str, node) -> str:
    """A chapter's own ledger and graph."""
    slug = next((c["slug"] for c in site.book.chapters if c["docname"] == here), here.rsplit("/", 1)[-1])
    records, book, link = site.book.of(slug), site.book, site.link_from(here)
    if not records:
        return "<p>No record.</p>"
    t = book.totals(records)
    words = (f"{plural(t['statements'], 'statement')} and {plural(t['definitions'], 'definition')}. {t['proved']} proved, {t['trials']} measured; {count(t['mutants_refuted'])} of {plural(t['mutants'], 'mutant')} "
             f"and {t['premises_moved']} of {plural(t['premises_tried'], 'wrong premise')} refuted. {h.solid_words(book, records)}")
    whole = next((d for d in site.app.env.found_docs if d.endswith("book/ledger") or d == "ledger"), None)
    more = f'<p><a href="{site.uri(here, whole)}">The ledger of the whole book</a></p>' if whole else ""
    return (f'<p>{h.escape(words)}</p>{h.totals_list(book, records)}{h.ledger_table(records, book, link, False, "chapter-ledger")}'
            f'<details class="claim-fold" id="chapter-graph"><summary>Which equation rests on which</summary><p>A line leads from a premise to what rests on it, from left to right; a premise that another one rests on already has no line of its own (the list has them all). Dashed boxes belong to other chapters; '
            f'a dotted edge marks statements with something below them that is not proved. Point at a box, or reach it with the keyboard, to see all that it rests on and all that rests on it.</p>'
            f'{drawing.chapter_graph(book, slug, link)}<h3 class="claim-h">The same as a list</h3>{drawing.chapter_list(book, slug, link)}</details>{more}')


def view_counters(site: Site, here: str, node) -> str:
    t = site.book.totals()
    items = [(t["equations"], "equations", f"{plural(t['statements'], 'statement')}, {plural(t['definitions'], 'definition')}, {plural(t['citations'], 'citation')}"), (t["proved"], "proved", f"{t['trials']} measured"),
             (t["mutants_refuted"], "mutants refuted", f"of {count(t['mutants'])} that were tried"), (t["errata"], "errata found", "and " + plural(t["counterexamples"], "counterexample"))]
    return '<dl class="claim-counters">' + "".join(f"<div><dt>{word}</dt><dd><strong>{count(n)}</strong><span>{h.escape(small)}</span></dd></div>" for n, word, small in items) + "</dl>"


def view_articles(site: Site, here: str, node) -> str:
    """All articles by part: those that are chapters with link, result, counts and run time, the others as what is still to come."""
    book, env = site.book, site.app.env
    docs = {c["slug"]: c for c in book.chapters if c["docname"] in env.found_docs}
    out = []
    parts = list(dict.fromkeys(a.get("part", "") for a in book.articles))
    written = 0
    for part in parts:
        rows = []
        for a in (x for x in book.articles if x.get("part", "") == part):
            chapter = docs.get(a["slug"])
            zh = f'<a class="claim-zh" lang="zh" href="{BLOG.format(id=a["id"])}">{h.escape(a["zh"])}</a> <span class="claim-date">{h.escape(str(a["date"]))}</span>'
            if chapter:
                written += 1
                meta = env.metadata.get(chapter["docname"], {})
                records = book.of(a["slug"])
                t = book.totals(records)
                state = f'<strong>{plural(t["equations"], "equation")}</strong>, {t["proved"]} proved' + (f', {plural(t["errata"], "erratum", "errata")}' if t["errata"] else "")
                rows.append(f'<tr class="claim-written"><td><a href="{site.uri(here, chapter["docname"])}">{h.escape(a["en"])}</a><br>{zh}</td><td>{h.mixed(str(meta.get("summary", "")))}</td>'
                            f'<td class="num">≤ {BUDGET} s</td><td>{state}</td></tr>')
            else:
                rows.append(f'<tr><td>{h.escape(a["en"])}<br>{zh}</td><td></td><td class="num">–</td><td>not written yet</td></tr>')
        out.append(f'<h3 class="claim-h">{h.escape(PARTS.get(part, part.capitalize()))}</h3><div class="claim-scroll" role="region" aria-label="{h.escape(PARTS.get(part, part))}" tabindex="0"><table class="claim-articles"><thead><tr>'
                   f'<th scope="col">article</th><th scope="col">result</th><th scope="col" class="num">run time</th><th scope="col">state</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>')
    return f"<p>{written} of {plural(len(book.articles), 'article')} are written.</p>" + "".join(out)


def view_ledger(site: Site, here: str, node) -> str:
    book, link = site.book, site.link_from(here)
    if not book.records:
        return "<p>The ledger is empty.</p>"
    t = book.totals()

    def select(name: str, key: str, values: dict[str, str]) -> str:
        options = "".join(f'<option value="{h.escape(v)}">{h.escape(w)}</option>' for v, w in values.items())
        return f'<label>{name} <select data-filter="{key}"><option value="">all</option>{options}</select></label>'

    chapters = {c["slug"]: c["slug"].replace("_", " ") for c in book.chapters}
    kinds = {k: k for k in dict.fromkeys(r["kind"] for r in book.records)}
    verdicts = {b: BADGES[b] for b in book.counts()}
    filters = select("chapter", "chapter", chapters) + select("kind", "kind", kinds) + select("verdict", "verdict", verdicts) + '<label>label contains <input type="search" data-filter="text" autocomplete="off"></label>'
    up = "../" * here.count("/")
    return (f'<p>{plural(t["statements"], "statement")}: {t["proved"]} proved, {t["trials"]} measured, {t["mutants_refuted"]} of {plural(t["mutants"], "mutant")} and {t["premises_moved"]} of '
            f'{plural(t["premises_tried"], "wrong premise")} refuted. Counted apart: {plural(t["definitions"], "definition")}, {plural(t["citations"], "citation")}. {h.escape(h.solid_words(book, book.records))}</p>'
            f'{h.totals_list(book, book.records)}<form class="claim-filters pst-js-only" role="search" aria-label="Filter the ledger">{filters}<output aria-live="polite"></output></form>'
            f'{h.ledger_table(book.records, book, link, True, "book-ledger")}<p>The same as data, for programs: <a href="{up}_static/ledger.json" download>ledger.json</a>.</p>')


def view_graph(site: Site, here: str, node) -> str:
    book, link = site.book, site.link_from(here)
    chapters = site.chapters(here)
    items = []
    for slug, title, address in chapters:
        outside = [(r["label"], [p for p in book.premises(r["label"]) if book.by_label[p]["chapter"] != slug]) for r in book.of(slug)]
        rows = "".join(f"<li>{h.reference(label, link)} rests on {h.references(given, link)}</li>" for label, given in outside if given)
        items.append(f'<li><a href="{h.escape(address)}">{h.escape(title)}</a>: {plural(len(book.of(slug)), "equation")}. <a href="{h.escape(address)}#chapter-graph">Its own graph</a>.'
                     + (f"<p>From other chapters:</p><ul>{rows}</ul>" if rows else " Nothing from other chapters.") +
                     f'<details class="claim-fold"><summary>Its equations and what they rest on</summary>{drawing.chapter_list(book, slug, link).replace(" id=", " data-entry=")}</details></li>')
    owing = [r["label"] for r in book.records if book.debts[r["label"]] and r.get("verdict") == "proved"]
    debts = "".join(f"<li>{h.reference(x, link)} rests on {h.references(book.debts[x], link)}</li>" for x in owing)
    return (h.legend(list(book.counts())) + (drawing.book_graph(book, link, chapters) if chapters else "<p>No chapter yet.</p>") + f'<h2 class="claim-h">The same as a list</h2><ul class="claim-tree">{"".join(items)}</ul>'
            '<h2 class="claim-h">Proved, but resting on something that is not</h2>' + (f"<p>{plural(len(owing), 'proved statement')} of the book {'has' if len(owing) == 1 else 'have'} among what they rest on, directly or through others, "
            f"something that is measured or cited only.</p><ul>{debts}</ul>" if owing else "<p>None: every proved statement rests on proofs and definitions alone.</p>"))


def number(x) -> str:
    return f"{x:.8g}" if isinstance(x, (int, float)) else h.escape(str(x))


def view_errata(site: Site, here: str, node) -> str:
    book, link = site.book, site.link_from(here)
    found = [r for r in book.records if r.get("kind") == "erratum"]
    out = []
    for r in found:
        e, relation = r.get("erratum") or {}, {"<=": r"\le", ">=": r"\ge", "~": r"\sim", "argmin": "="}.get(r.get("relation", "="), r.get("relation", "="))
        at = ", ".join(f"{h.tex(k)} = {h.escape(str(v))}" for k, v in (e.get("point") or {}).items())
        rows = h.row("printed", h.tex(f"{r['lhs']} {relation} {e.get('printed', '')}", display=True)) + h.row("correct", h.tex(f"{r['lhs']} {relation} {e.get('corrected', r.get('rhs', ''))}", display=True))
        rows += h.row("witness", (f"at {at}: " if at else "") + f"the printed formula says {number(e.get('predicted'))}, measured {number(e.get('measured'))}")
        if e.get("residual"):
            rows += h.row("residual", f'<code>{h.escape(e["residual"])}</code>')
        rows += h.row("why", h.mixed(e.get("why", "")))
        out.append(f'<section class="claim-erratum"><h3 class="claim-h">{h.reference(r["label"], link)}</h3><p>{h.chip(r["badge"])} {site.source(e.get("source", ""), here)}</p>'
                   f'<div class="claim-scroll" role="region" aria-label="{h.escape(r["label"])}" tabindex="0"><table>{rows}</table></div></section>')
    looks = [r for r in book.records if r.get("looks_wrong")]
    items = "".join(f'<li>{h.reference(r["label"], link)} {h.chip(r["badge"])} <div class="claim-scroll" role="region" aria-label="{h.escape(r["label"])}" tabindex="0">{h.tex(r["statement"], display=True)}</div><p>{h.mixed(r["looks_wrong"])}</p></li>' for r in looks)
    return (f"<p>{plural(len(found), 'erratum', 'errata')}.</p>" + ("".join(out) or "<p>None so far.</p>")
            + '<h2 class="claim-h" id="looks-wrong-but-is-right">Looks wrong but is right</h2>' + (f'<ul class="claim-looks">{items}</ul>' if looks else "<p>None so far.</p>"))


def view_legend(site: Site, here: str, node) -> str:
    from .data import MEANING

    return '<dl class="claim-meanings">' + "".join(f"<div><dt>{h.chip(b)}</dt><dd>{h.escape(MEANING[b])}</dd></div>" for b in BADGES) + "</dl>"


def view_example(site: Site, here: str, node) -> str:
    """A formula of the book being refuted: a mutant that the ledger holds, with the point and both numbers."""
    link = site.link_from(here)

    def fit(r: dict) -> bool:
        e = (r.get("mutants") or {}).get("example") or {}
        try:
            return r["kind"] == "claim" and r.get("verdict") == "proved" and r.get("relation") == "=" and bool(e["point"]) and abs(float(e["predicted"]) - float(e["measured"])) > 0.1 * abs(float(e["measured"]))
        except (KeyError, TypeError, ValueError):
            return False

    fitting = [r for r in site.book.records if fit(r)]
    if not fitting:
        return "<p>No refuted mutant in the ledger yet.</p>"
    r = min(fitting, key=lambda r: abs(len(r["statement"]) - 45))  # neither trivial nor long
    e, m = r["mutants"]["example"], r["mutants"]
    at = ", ".join(f"{h.tex(k)} = {h.escape(str(v))}" for k, v in e["point"].items())
    says, found = (f"{float(e[k]):.8g}" for k in ("predicted", "measured"))
    return (f'<div class="claim-worked"><p>Equation {h.reference(r["label"], link)} {h.chip(r["badge"])} says</p><div class="claim-scroll" role="region" aria-label="the statement" tabindex="0">{h.tex(r["statement"], display=True)}</div>'
            f'<p>One change of the kind “{h.escape(e["operator"])}” turns its right side into {h.tex(e["mutant"])}. At {at} that would be <strong>{says}</strong>. '
            f'The trial, which never sees either formula, measures <strong>{found}</strong>: the change is refuted. '
            f'{plural(m["total"], "mutant")} of this equation {"was" if m["total"] == 1 else "were"} made: {m["killed_by_trial"]} refuted by measurement, {m["killed_by_proof"]} by the proof, '
            f'{m["equivalent"]} that say the same in another form, {m["incompetent"]} without a value.</p></div>')


def view_notation(site: Site, here: str, node) -> str:
    return "<p>No notation table yet.</p>"


class Notation(SphinxPostTransform):
    """The notation page: rows of the tables that follow `<!-- notation -->` in the chapters, gathered before references are resolved."""

    default_priority = 4

    def run(self, **kwargs) -> None:
        for view in list(self.document.findall(claim_view)):
            if view["view"] == "notation":
                table = self.table()
                if table is not None:
                    view.replace_self(table)

    def rows(self):
        """(symbol, meaning, shape, docname) of every row; the first three are lists of doctree nodes."""
        site: Site = self.app.claims_site
        for chapter in site.book.chapters:
            docname = chapter["docname"]
            if docname not in self.env.found_docs:
                continue
            tree = self.env.get_doctree(docname)
            marked = False
            for one in tree.findall(lambda n: isinstance(n, (nodes.comment, nodes.table)) or (isinstance(n, nodes.raw) and "<!-- notation" in n.astext())):
                if not isinstance(one, nodes.table):
                    marked = "notation" in one.astext()
                elif marked:
                    marked = False
                    for body in one.findall(nodes.tbody):
                        for row in body.findall(nodes.row):
                            yield [*[list(entry.children) for entry in row.findall(nodes.entry)], [], []][:3] + [docname]

    def table(self):
        gathered: dict[tuple[str, str, str], tuple[list, list[str]]] = {}
        for *cells, docname in self.rows():
            key = tuple(" ".join(n.astext() for n in c).strip() for c in cells)
            kept = gathered.setdefault(key, (cells, []))
            if docname not in kept[1]:
                kept[1].append(docname)
        if not gathered:
            return None
        heads = ("symbol", "meaning", "shape or range", "chapter")
        body, here = nodes.tbody(), self.env.docname
        group = nodes.tgroup("", *[nodes.colspec(colwidth=w) for w in (15, 45, 20, 20)], nodes.thead("", nodes.row("", *[nodes.entry("", nodes.paragraph("", t)) for t in heads])), body, cols=4)
        for key, (cells, docnames) in sorted(gathered.items(), key=lambda item: _alphabet(item[0][0])):
            entries = [nodes.entry("", *[n.deepcopy() for n in c]) for c in cells]
            where = nodes.paragraph()
            for i, d in enumerate(docnames):
                if i:
                    where += nodes.Text(", ")
                where += nodes.reference("", d.rsplit("/", 1)[-1].replace("_", " "), internal=True, refuri=self.app.builder.get_relative_uri(here, d))
            body += nodes.row("", *entries, nodes.entry("", where))
        return nodes.table("", group, classes=["claim-notation"])


def _alphabet(symbol: str) -> tuple[str, str]:
    """Order of symbols: by their letters, decoration aside.

    >>> sorted(["\\\\bar\\\\alpha_t", "x", "\\\\alpha", "W"], key=_alphabet)
    ['\\\\alpha', '\\\\bar\\\\alpha_t', 'W', 'x']
    """
    plain = re.sub(r"\\(?:bar|hat|tilde|boldsymbol|mathbf|mathrm|mathcal|mathbb|operatorname|vec|dot|left|right|displaystyle)\b|[^A-Za-z0-9]", " ", symbol)
    return " ".join(plain.split()).lower(), symbol
