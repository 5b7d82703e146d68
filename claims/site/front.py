"""Views of the front page: what the book's evidence amounts to, and its parts at a glance."""

from __future__ import annotations

from pathlib import Path
from string import Template

from ..record import count, plural
from . import html as h
from .data import PARTS
from .places import Site

COUNTER = Template("<div><dt>$word</dt><dd><strong>$number</strong><span>$small</span></dd></div>")
COUNTERS = Template('<dl class="claim-counters">$cells</dl><p class="claim-sum">$words</p>')
PART = Template('<li class="claim-part"><h3>$name</h3>$picture<p>$about</p><p class="claim-chapters">$chapters</p>'
                '<p class="claim-todo">$left</p></li>')
PICTURES = Path("book") / "_static" / "parts"


def counters(site: Site, here: str) -> str:
    """Four numbers: what is run, what its premises prove, what is refuted, and what no expression says."""
    t = site.book.totals()
    run, words = t["left_executed"] + t["left_computed"], t["left_in_words"] + t["definitions_in_words"]
    bound = t["definitions_bound"]
    changed, tried = t["mutants_refuted"] + t["premises_moved"], t["mutants"] + t["premises_tried"]
    items = [
        (run + bound, "expressions run", f"{plural(run, 'left side')} on measurements, {plural(bound, 'definition')} "
                                         "against code"),
        (t["proofs_moved"], "proved from premises",
         f"and {plural(t['identities'], 'identity', 'identities')} that need none; {count(t['proved'])} proofs in all"),
        (changed, "wrong variants refuted", f"of {count(tried)} that were tried on formulas and premises"),
        (words, "in words", f"{plural(t['left_in_words'], 'left side')} and "
                            f"{plural(t['definitions_in_words'], 'definition')} that no expression says"),
    ]
    cells = "".join(COUNTER.substitute(number=count(n), word=word, small=h.escape(small)) for n, word, small in items)
    said = (f"{plural(t['equations'], 'equation')}: {plural(t['statements'], 'statement')}, "
            f"{plural(t['definitions'], 'definition')}, {plural(t['citations'], 'citation')}. "
            f"{count(t['trials'])} statements are measured. {plural(t['errata'], 'erratum', 'errata')} of articles and "
            f"papers, {plural(t['counterexamples'], 'counterexample')}.")
    return COUNTERS.substitute(cells=cells, words=h.escape(said))


def parts(site: Site, here: str) -> str:
    """Each part with a picture, what it is about, its chapters, and how many articles are still to come."""
    listed = []
    for part in dict.fromkeys(a.get("part", "") for a in site.book.articles):
        articles = [a for a in site.book.articles if a.get("part", "") == part]
        written = [c for c in site.chapters(here) if c[0] in {a["slug"] for a in articles}]
        missing = len(articles) - len(written)
        name, index = h.escape(PARTS.get(part, part.capitalize())), f"book/{part}/index"
        known = index in site.app.env.found_docs
        listed.append(PART.substitute(
            name=f'<a href="{site.uri(here, index)}">{name}</a>' if known else name, picture=picture(site, part),
            about=h.escape(site.about(index)) if known else "",
            chapters="<br>".join(f'<a href="{h.escape(to)}">{h.escape(title)}</a>' for _, title, to in written),
            left=f"{plural(missing, 'article')} {'is' if missing == 1 else 'are'} not written yet" if missing else ""))
    return f'<ul class="claim-part-list">{"".join(listed)}</ul>' if listed else "<p>No part yet.</p>"


def picture(site: Site, part: str) -> str:
    """The drawing of a part, in the page itself so that it has the page's colours."""
    file = Path(site.app.srcdir) / PICTURES / f"{part}.svg"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""
