"""Views that explain: what rests on what, errata, what the marks mean, and a formula of the book being refuted."""

from __future__ import annotations

from string import Template

from ..record import RELATIONS, Verdict, plural
from ..say.display import Look, number, verbatim
from . import graph as drawing
from . import html as h
from .places import Site

CHAPTER = Template(
    '<li id="rests-$slug"><a href="$address">$title</a>: $equations. $outside<details class="claim-fold claim-asked" '
    'data-part="$part"><summary>Its equations and what they rest on</summary><p>All of it stands, as a drawing and as '
    'a list, <a href="$address#chapter-graph">at the end of the chapter</a>.</p></details></li>')
GRAPH = Template('$legend$drawing<h2 class="claim-h">The same as a list</h2><ul class="claim-tree">$chapters</ul>'
                 '$owing')
PART = Template('<p>$about</p>$drawing$owing<p>The same <a href="$address#chapter-graph">as a list</a>.</p>')
ERRATUM = Template('<section class="claim-erratum"><h3 class="claim-h">$reference</h3><p>$chip $source</p>'
                   '$table</section>')
LOOKS = Template('<li>$reference $chip $statement<p>$why</p></li>')
ERRATA = Template('<p>$count.</p>$errata<h2 class="claim-h" id="looks-wrong-but-is-right">Looks wrong but is right</h2>'
                  '$looks')
MEANING = Template("<div><dt>$chip</dt><dd>$meaning</dd></div>")
WORKED = Template(
    '<div class="claim-worked"><p>Equation $reference $chip says</p>$statement'
    '<p>One change of the kind “$operator” turns its right side into $mutant. At $at that would be '
    '<strong>$says</strong>. The trial, which never sees either formula, measures <strong>$found</strong>: the change '
    'is refuted. $mutants of this equation $were made: $by_trial refuted by measurement, $by_proof by the proof, '
    '$equivalent that say the same in another form, $incompetent without a value.</p></div>')


def graph(site: Site, here: str) -> str:
    """Which chapter rests on which, as a drawing and as a list; what is in a chapter is read when it is asked for."""
    book, chapters = site.book, site.chapters(here)
    crossing = drawing.crossings(book, {slug for slug, _, _ in chapters})
    titles = {slug: title for slug, title, _ in chapters}

    def item(slug: str, title: str, address: str) -> str:
        below = [f'<a href="#rests-{h.escape(a)}">{h.escape(titles[a])}</a> ({plural(n, "premise")})'
                 for (a, b), n in crossing.items() if b == slug]
        part = f"graph.{slug}"
        site.parts[part] = {"html": neighbourhood(site, here, slug, address)}
        return CHAPTER.substitute(
            slug=h.escape(slug), address=h.escape(address), title=h.escape(title), part=h.escape(part),
            equations=plural(len(book.of(slug)), "equation"),
            outside=f"Rests on {', '.join(below)}." if below else "Rests on no other chapter.")

    owed = sum(bool(book.debts[r["label"]]) and r.get("verdict") == "proved" for r in book.records)
    return GRAPH.substitute(
        legend=h.legend(list(book.counts())), chapters="".join(item(*c) for c in chapters),
        drawing=drawing.book_graph(book, chapters) if chapters else "<p>No chapter yet.</p>",
        owing=f"<p>{owing_words(owed)}</p>")


def neighbourhood(site: Site, here: str, slug: str, address: str) -> str:
    """A chapter's equations with what they rest on in other chapters and what rests on them there."""
    book, link = site.book, site.link_from(here)
    owed = [r["label"] for r in book.of(slug) if book.debts[r["label"]] and r.get("verdict") == "proved"]
    items = "".join(f"<li>{h.reference(x, link)} rests on {h.references(book.debts[x], link)}</li>" for x in owed)
    return PART.substitute(
        about=drawing.ABOUT, drawing=drawing.chapter_graph(book, slug, link, users=True), address=h.escape(address),
        owing=f"<p>{owing_words(len(owed))}</p><ul>{items}</ul>" if owed else "")


def owing_words(number: int) -> str:
    if not number:
        return "Every proved statement rests on proofs and definitions alone."
    who = f"{plural(number, 'proved statement')} {'has' if number == 1 else 'have'}"
    return f"{who} among what they rest on, directly or through others, something that is measured or cited only."


def erratum(site: Site, here: str, record: dict) -> str:
    e = record.get("erratum") or {}
    relation = RELATIONS.get(record.get("relation", "="), record.get("relation", "="))
    at = h.values(e.get("point"))

    def equation(right: str) -> str:
        return h.tex(f"{record['lhs']} {relation} {right}", display=True)

    rows = [h.row("printed", equation(e.get("printed", ""))),
            h.row("correct", equation(e.get("corrected", record.get("rhs", "")))),
            h.row("witness", (f"at {at}: " if at else "") + f"the printed formula says {number(e.get('predicted'))}, "
                                                            f"measured {number(e.get('measured'))}")]
    if e.get("residual"):
        rows.append(h.row("residual", verbatim(e["residual"], Look(tex=h.tex))))
    rows.append(h.row("why", h.mixed(e.get("why", ""))))
    return ERRATUM.substitute(
        reference=h.reference(record["label"], site.link_from(here)), chip=h.chip(record["badge"]),
        source=site.source(e.get("source", ""), here),
        table=h.scroll(record["label"], f"<table>{''.join(rows)}</table>"))


def errata(site: Site, here: str) -> str:
    """Printed formulas that are refuted, and formulas that look wrong but are right."""
    link = site.link_from(here)
    found = [r for r in site.book.records if r.get("kind") == "erratum"]
    looks = "".join(
        LOOKS.substitute(reference=h.reference(r["label"], link), chip=h.chip(r["badge"]),
                         why=h.mixed(r["looks_wrong"]),
                         statement=h.scroll(r["label"], h.tex(r["statement"], display=True)))
        for r in site.book.records if r.get("looks_wrong"))
    none = "<p>None so far.</p>"
    return ERRATA.substitute(
        count=plural(len(found), "erratum", "errata"), errata="".join(erratum(site, here, r) for r in found) or none,
        looks=f'<ul class="claim-looks">{looks}</ul>' if looks else none)


def legend(site: Site, here: str) -> str:
    """Every mark with what it means."""
    rows = [MEANING.substitute(chip=h.chip(v.badge), meaning=h.escape(v.meaning)) for v in Verdict]
    return f'<dl class="claim-meanings">{"".join(rows)}</dl>'


def teaches(record: dict) -> bool:
    """Whether the example of a record shows a refutation well: proved, at a point, by a tenth of the value or more."""
    e = (record.get("mutants") or {}).get("example") or {}
    try:
        says, found = float(e["predicted"]), float(e["measured"])
    except (KeyError, TypeError, ValueError):
        return False
    equality = record["kind"] == "claim" and record.get("verdict") == "proved" and record.get("relation") == "="
    return equality and bool(e.get("point")) and abs(says - found) > 0.1 * abs(found)


def example(site: Site, here: str) -> str:
    """A formula of the book being refuted: a mutant that the ledger holds, with the point and both numbers."""
    fitting = [r for r in site.book.records if teaches(r)]
    if not fitting:
        return "<p>No refuted mutant in the ledger yet.</p>"
    record = min(fitting, key=lambda r: abs(len(r["statement"]) - 45))  # neither trivial nor long
    m, e = record["mutants"], record["mutants"]["example"]
    return WORKED.substitute(
        reference=h.reference(record["label"], site.link_from(here)), chip=h.chip(record["badge"]),
        statement=h.scroll("the statement", h.tex(record["statement"], display=True)),
        operator=h.escape(e["operator"]), mutant=h.tex(e["mutant"]), at=h.values(e["point"]),
        says=f"{float(e['predicted']):.8g}", found=f"{float(e['measured']):.8g}",
        mutants=plural(m["total"], "mutant"), were="was" if m["total"] == 1 else "were", by_trial=m["killed_by_trial"],
        by_proof=m["killed_by_proof"], equivalent=m["equivalent"], incompetent=m["incompetent"])
