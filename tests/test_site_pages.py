"""The built pages as files: links, downloads, generated pages. No browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from claims.record import Verdict


def cards_of(html: Path, name: str) -> str:
    """What the cards of a page say, from the script beside it."""
    file = html / "_static" / "claims-data" / f"cards.{name.removesuffix('.html').replace('/', '.')}.js"
    if not file.exists():
        return ""
    said = json.loads("[" + file.read_text(encoding="utf-8").removeprefix("CLAIMS_ADD(").removesuffix(");\n") + "]")[1]
    return "".join(said.values())


class Page(HTMLParser):
    """Ids, links, metadata and text of a page, its cards included."""

    def __init__(self, path: Path, cards: str = "") -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.meta: dict[str, str] = {}
        self.path = path
        self.feed(path.read_text(encoding="utf-8") + cards)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        a = dict(attributes)
        if a.get("id"):
            self.ids.append(a["id"])
        if tag == "meta" and (a.get("name") or a.get("property")):
            self.meta[a.get("name") or a["property"]] = a.get("content") or ""
        for name in ("href", "src"):
            if a.get(name) and tag != "base":
                self.links.append(a[name])


@pytest.fixture(scope="module")
def pages(html) -> dict[str, Page]:
    return {n: Page(p, cards_of(html, n))
            for p in sorted(html.rglob("*.html"))
            if not (n := p.relative_to(html).as_posix()).startswith(("_static/", "_sources/"))}


@pytest.fixture(scope="module")
def ledger(html) -> dict:
    return json.loads((html / "_static" / "ledger.json").read_text(encoding="utf-8"))


def text_of(page: Path) -> str:
    from html import unescape

    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))))


def test_every_internal_link_and_anchor_resolves(html, pages):
    ids = {p.path.resolve(): set(p.ids) for p in pages.values()}
    broken = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
            if not target.exists():
                broken.append(f"{name}: {link} leads nowhere")
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in ids.get(target, set()):
                broken.append(f"{name}: {link} has no such anchor")
    assert broken == []


def test_no_page_uses_an_id_twice(pages):
    assert {n: d for n, p in pages.items() if (d := {i for i in p.ids if p.ids.count(i) > 1})} == {}


def test_no_page_loads_anything_from_another_host(html, pages):
    loaded = re.compile(r'<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc="(?:https?:)?//[^"]*"|'
                        r'<link\b(?![^>]*rel="(?:canonical|license)")[^>]*\bhref="(?:https?:)?//[^"]*"')
    assert {n: found for n, p in pages.items() if (found := loaded.findall(p.path.read_text(encoding="utf-8")))} == {}


def test_every_page_has_its_metadata(pages):
    for name, page in pages.items():
        if name in ("index.html", "genindex.html", "search.html"):
            continue
        for key in ("description", "og:title", "og:type", "og:site_name", "og:description", "viewport"):
            assert page.meta.get(key), f"{name} has no {key}"
        assert "favicon.svg" in " ".join(page.links)


def test_ledger_for_download_is_the_ledger_of_the_pages(html, ledger, pages):
    page = (html / "book/ledger.html").read_text(encoding="utf-8")
    groups = re.findall(r'<tbody data-chapter="([^"]*)">(.*?)</tbody>', page, re.S)
    listed = [(chapter, *row) for chapter, rows in groups
              for row in re.findall(r'<tr><td><a href="[^"]*">[^<]* (\S+)</a><td>(\w+)<td data-badge="(\w+)">', rows)]
    assert listed == [(r["chapter"], r["label"], r["kind"], r["badge"]) for r in ledger["records"]]
    assert "../_static/ledger.json" in pages["book/ledger.html"].links


def test_front_page_counts_what_the_ledger_holds(html, ledger, root):
    import yaml

    text = text_of(html / "book/index.html")
    records = ledger["records"]
    assert f"{len(records)}" in text
    assert f"{sum(r['kind'] == 'erratum' for r in records)} " in text
    articles = yaml.safe_load((root / "data/articles.yml").read_text(encoding="utf-8"))
    assert len(articles) == 37
    for a in articles:
        assert re.sub(r"\s+", " ", a["en"]) in text and a["zh"] in text
    assert f"{len(ledger['chapters'])} of 37 articles are written" in text
    assert text.count("not written yet") >= 37 - len(ledger["chapters"])


def test_front_page_leads_learners_users_and_doubters(html, ledger, pages, root):
    page = (html / "book/index.html").read_text(encoding="utf-8")
    assert page.count('<div class="claim-paths') == 1
    ways = [("To learn.", "notation.html"), ("To use.", "#functions-to-take-away"), ("To doubt.", "ledger.html")]
    for way, leads in ways:
        assert leads in page[page.index(way):][:1500]
    parts = re.findall(r'<li class="claim-part">(.*?)</li>', page, re.S)
    pictures = sorted(p.stem for p in (root / "book/_static/parts").glob("*.svg"))
    assert len(parts) == len(pictures) and all("<svg" in p and "<title>" in p for p in parts)
    assert sum(p.count(".html\">") for p in parts) >= len(ledger["chapters"])
    rows = re.findall(r'href="([^"]*#takeaway-(\w+))"', page)
    assert [name for _, name in rows] == [f["name"] for f in ledger["takeaway"]] and len(rows) >= 12
    assert all(f'id="takeaway-{name}"' in (html / "book" / link.split("#")[0]).read_text() for link, name in rows)


def test_errata_page_lists_every_erratum_with_its_witness(html, ledger):
    page = (html / "book/errata.html").read_text(encoding="utf-8")
    errata = [r for r in ledger["records"] if r["kind"] == "erratum"]
    assert page.count('class="claim-erratum"') == len(errata)
    for r in errata:
        assert f">{r['label']}</span>" in page and re.search(r"printed formula says \S+, measured \S+", page)
    for r in ledger["records"]:
        if r.get("looks_wrong"):
            assert f">{r['label']}</span>" in page[page.index("looks-wrong-but-is-right"):]


def test_graph_page_shows_every_chapter_and_its_parts_every_equation(html, ledger):
    page = (html / "book/graph.html").read_text(encoding="utf-8")
    for c in ledger["chapters"]:
        assert f'<li id="rests-{c["slug"]}">' in page and f'<a href="#rests-{c["slug"]}" aria-label=' in page
        part = (html / "_static" / "claims-data" / f"graph.{c['slug']}.js").read_text(encoding="utf-8")
        for r in ledger["records"]:
            if r["chapter"] == c["slug"]:
                named = rf'{Verdict.of(r["badge"]).word}: {re.escape(r["label"])}\\?"'
                assert re.search(named, part), f"{r['label']} is not in the picture of its chapter"


def test_chapters_end_with_their_own_ledger_and_graph(html, ledger):
    for c in ledger["chapters"]:
        page = (html / f"{c['docname']}.html").read_text(encoding="utf-8")
        tail = page[page.index('id="chapter-evidence"'):]
        for r in ledger["records"]:
            if r["chapter"] == c["slug"]:
                assert f'id="node-{r["label"]}"' in tail
                assert f'data-label="{r["label"]}" data-badge="{r["badge"]}"' in tail


def test_evidence_page_shows_a_refutation_of_the_ledger(html, ledger):
    page = text_of(html / "book/evidence.html")
    found = re.search(r"At .* would be (\S+) \. The trial, which never sees either formula, measures (\S+) :", page)
    assert found, "no worked example"
    examples = [(m["example"]["predicted"], m["example"]["measured"])
                for r in ledger["records"] if (m := r.get("mutants") or {}).get("example")]
    numbers = [tuple(f"{float(x):.8g}" for x in e)
               for e in examples if all(re.fullmatch(r"-?[\d.]+(e[-+]?\d+)?", str(x)) for x in e)]
    assert found.groups() in numbers


def test_notation_page_gathers_the_chapters_tables(html, root, ledger):
    page = text_of(html / "book/notation.html")
    for c in ledger["chapters"]:
        source = (html / "_sources" / f"{c['docname']}.md")
        text = source.read_text(encoding="utf-8")
        assert "<!-- notation" in text, f"{c['slug']} has no notation table"
        rows = re.findall(r"^\|(.*)\|(.*)\|(.*)\|\s*$", text[text.index("<!-- notation"):].split("\n\n", 1)[0],
                          re.M)[2:]
        assert rows
        for _, meaning, _ in rows:
            plain = re.sub(r"\s+", " ", re.sub(r"\$[^$]*\$|[`*]|\{[^}]*\}", "|", meaning)).strip().split("|")
            longest = max(plain, key=len).strip().replace("'", "’")
            assert longest in page, f"{c['slug']}: {longest!r} is not on the notation page"


def notebooks(html: Path) -> list[Path]:
    return sorted((html / "_notebooks").glob("*.ipynb"))


def test_each_chapter_offers_its_executed_notebook(html, ledger, pages):
    import nbformat

    assert [p.stem for p in notebooks(html)] == sorted(c["slug"] for c in ledger["chapters"])
    wheel = next((html / "_notebooks").glob("*.whl")).name
    for c in ledger["chapters"]:
        links = pages[f"{c['docname']}.html"].links
        up = "../" * c["docname"].count("/")
        assert f"{up}_notebooks/{c['slug']}.ipynb" in links and f"{up}_notebooks/{wheel}" in links
        assert any(x.endswith(f"{c['slug']}.md") for x in links)
        notebook = nbformat.read(html / "_notebooks" / f"{c['slug']}.ipynb", as_version=4)
        nbformat.validate(notebook)
        first, *rest = notebook.cells
        assert "import claims" in first.source and wheel in first.source
        compile(first.source, "first cell", "exec")
        ids = [cell["id"] for cell in notebook.cells]
        assert len(ids) == len(set(ids))
        shown = {o["metadata"]["claims"]["label"]
                 for cell in rest if cell.cell_type == "code"
                 for o in cell.outputs if "claims" in o.get("metadata", {})}
        labels = {r["label"] for r in ledger["records"] if r["chapter"] == c["slug"]}
        texts = json.dumps([cell.get("outputs", []) for cell in rest])
        assert shown == labels or all(label in texts for label in labels)
        for cell in rest:
            if cell.cell_type == "markdown":
                assert not re.search(r"^:::|\{eq\}`|\{cite", cell.source, re.M), cell.source[:200]


def test_hint_of_a_notebook_says_what_to_do(html):
    import nbformat

    first = nbformat.read(notebooks(html)[0], as_version=4).cells[0].source
    done = subprocess.run([sys.executable, "-I", "-S", "-c", first], capture_output=True, text=True, cwd="/")
    assert done.returncode == 1 and "%pip install ./claims-" in done.stderr and "Traceback" not in done.stderr


def test_wheel_proves_a_claim_on_its_own(html, tmp_path):
    wheel = next((html / "_notebooks").glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = tmp_path / "program.py"
    text = Path(__file__).with_name("small_claim.py").read_text(encoding="utf-8")
    program.write_text(f"{text}\nassert claims.__file__.startswith({str(tmp_path)!r})\n", encoding="utf-8")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == "proved", done.stdout + done.stderr


def test_mathjax_is_complete_and_small(html):
    folder = html / "_static" / "mathjax"
    assert (folder / "tex-chtml.js").exists() and list(folder.rglob("*.woff"))
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) < 3_000_000


def test_preview_picture_exists_and_is_small(root):
    assert 0 < (root / "book" / "_static" / "preview.png").stat().st_size < 200_000
