"""Data in scripts beside the pages, read when a reader asks for it: cards, previews of equations and of citations.

Scripts and not JSON, since a page that was opened from disk may not read other files.
"""

from __future__ import annotations

import json
from pathlib import Path

from ..record import Verdict
from . import html as h


def citations(app) -> dict[str, list]:
    """Anchor of a citation → [page, text], for previews on other pages than the one with the bibliography."""
    found = {}
    try:
        domain = app.env.get_domain("cite")
    except Exception:
        return found
    for c in getattr(domain, "citations", []):
        docname = c.bibliography_key.docname
        found[f"{docname}#{c.citation_id}"] = " ".join(c.formatted_entry.text.render_as("text").split())
    return found


def preview_files(app) -> dict[str, dict]:
    """Data of the previews, one file for each page that shows equations, read when a reader points at a reference to
    it.

    File name → (anchor → number, label, statement, badge, summary, debt).
    """
    site = app.claims_site
    files: dict[str, dict] = {"citations": citations(app)}
    for label, r in site.book.by_label.items():
        docname = site.docname(label)
        if docname:
            entry = [h.numbered(site.number(label)), label, r["statement"], r["badge"], r.get("summary", "")[:240],
                     h.debt_words(r, site.book)]
            files.setdefault(docname.replace("/", "."), {})[h.anchor(label)] = entry
    return files


def script(call: str, *values) -> str:
    def text(value) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")

    return call.format(*map(text, values)) + ";\n"


def write(app, out: Path) -> None:
    """All of them, into the folder of static files."""
    files = preview_files(app)
    common = {"badges": {v.badge: [v.word, v.outline, v.stroke] for v in Verdict},
              "cited": sorted({key.split("#")[0] for key in files["citations"]})}
    (out / "claims-data.js").write_text(script("window.CLAIMS={}", common), encoding="utf-8")
    files |= {f"cards.{docname.replace('/', '.')}": cards for docname, cards in app.claims_site.cards.items()}
    files |= app.claims_site.parts
    (out / "claims-data").mkdir(exist_ok=True)
    for name, data in files.items():
        (out / "claims-data" / f"{name}.js").write_text(script("CLAIMS_ADD({},{})", name, data), encoding="utf-8")
