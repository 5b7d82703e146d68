"""The built pages in a real browser: Chromium over `file://`, no network. Every page is opened once; the tests read what was seen."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

CANDIDATES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TARGET = 2.0  # seconds until the formulas of a page are typeset
MOST = 1_000_000  # bytes that a page adds to the theme's own: the page itself and the scripts, styles and data of claims.site

DONE = "performance.getEntriesByName('formulas').length > 0"

SETTLE = """async () => {
  // everything folded is opened and everything that waits for a reader is typeset, cards too
  const step = innerHeight * 0.9;
  for (let y = 0; y < document.documentElement.scrollHeight; y += step) { scrollTo(0, y); await new Promise((go) => setTimeout(go, 0)); }
  scrollTo(0, 0);
  document.querySelectorAll("article details").forEach((d) => (d.open = true));
  await MathJax.typesetPromise([...document.querySelectorAll(".claim-tex:not([data-typeset])")].map((el) => ((el.dataset.typeset = "yes"), el)));
}"""

RAW = r"""() => {
  const found = [], sign = /\\[a-zA-Z]{2,}|\\[()\[\]]|\$[^$\s][^$]*\$/;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode())
    if (sign.test(n.data) && !n.parentElement.closest("pre, code, script, style, noscript, textarea, mjx-container")) found.push(n.data.trim().slice(0, 120));
  return found;
}"""

WIDE = """() => {
  const found = [], width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) found.push(`the page itself: ${document.documentElement.scrollWidth} px`);
  const clipped = (el) => { for (let p = el.parentElement; p && p !== document.body; p = p.parentElement) if (/auto|scroll|hidden/.test(getComputedStyle(p).overflowX)) return true; return false; };
  for (const el of document.querySelectorAll("article *")) {
    const box = el.getBoundingClientRect();
    if (box.width && box.right > width + 1 && el.checkVisibility() && !clipped(el)) found.push(`${el.tagName}.${el.className?.baseVal ?? el.className}: ${Math.round(box.right)} px`);
  }
  return found.slice(0, 8);
}"""

# What axe would look at thousands of times in the same way is left once: every kind of code token, and typeset formulas without their inside.
PRUNE = """() => {
  document.querySelectorAll("mjx-container").forEach((m) => m.replaceChildren("x"));
  const tokens = new Set();
  document.querySelectorAll("pre").forEach((pre) => {
    const fresh = [...pre.querySelectorAll("span[class]")].filter((t) => !tokens.has(t.className) && tokens.add(t.className));
    if (!fresh.length) pre.textContent = pre.textContent;
  });
}"""

# For the contrasts one text of every look (element, classes, colours, size) stays, in its place; axe needs a second for every few hundred elements.
LOOKS = """() => {
  const looks = new Set(), kept = new Set(), grounds = new Map();
  const ground = (el) => {
    if (!el) return "";
    if (!grounds.has(el)) { const c = getComputedStyle(el).backgroundColor; grounds.set(el, (c === "rgba(0, 0, 0, 0)" ? "" : c + "|") + (/^rgb\\(/.test(c) ? "" : ground(el.parentElement))); }
    return grounds.get(el);
  };
  for (const el of document.body.querySelectorAll("*")) {
    if (![...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !el.checkVisibility()) continue;
    const style = getComputedStyle(el), look = [el.tagName, el.className?.baseVal ?? el.className, style.color, style.fontSize, style.fontWeight, ground(el)].join("|");
    if (!looks.has(look)) (looks.add(look), kept.add(el));
  }
  for (const el of [...kept]) for (let p = el.parentElement; p; p = p.parentElement) kept.add(p);
  for (const el of document.querySelectorAll("article *")) if (el.isConnected && !kept.has(el) && !kept.has(el.parentElement?.closest("svg, button, a, summary, p, th, td"))) el.remove();
  return looks.size;
}"""

NAMELESS = """() => [...document.querySelectorAll("article img")].filter((i) => !(i.alt || "").trim() || /^(\\.\\.|_images|https?:|<Figure|image)/.test(i.alt)).map((i) => i.getAttribute("src"))"""

UNREACHABLE = """() => {
  const found = [];
  for (const el of document.querySelectorAll("article pre, article .claim-scroll, article .claim-math"))
    if (el.checkVisibility() && el.scrollWidth > el.clientWidth + 1 && el.tabIndex < 0) found.push(`${el.tagName}.${el.className} ${el.textContent.trim().slice(0, 40)}`);
  for (const el of document.querySelectorAll("article .claim-math")) {
    const formula = el.querySelector("mjx-math");
    if (el.checkVisibility() && formula && formula.getBoundingClientRect().left < el.getBoundingClientRect().left - 1) found.push(`${el.id} does not show its beginning`);
  }
  return found;
}"""


@dataclass
class Visit:
    """What was seen on one page."""

    name: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    wrong_math: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    axe: dict[str, list[str]] = field(default_factory=dict)
    first: float = 0.0
    seconds: float = 0.0
    formulas: int = 0
    added: int = 0


def names(html: Path) -> list[str]:
    """All pages that a reader can come to, chapters first."""
    found = [p.relative_to(html).as_posix() for p in html.rglob("*.html") if not p.relative_to(html).parts[0].startswith("_")]
    return sorted((n for n in found if n not in ("index.html", "genindex.html")), key=lambda n: (-n.count("/"), n))


def address(html: Path, name: str) -> str:
    return "file://" + quote(str(html.resolve() / name))


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="the tests of the pages need the package playwright: make venv")
    found = next((p for c in CANDIDATES if c and (p := shutil.which(c))), None)
    if found is None:
        pytest.skip("no Chromium here, so the tests of the pages were skipped; Debian: apt install chromium (or name one: CHROMIUM=/path make test)")
    with playwright.sync_playwright() as running:
        one = running.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield one
        one.close()


@pytest.fixture(scope="session")
def context(browser):
    one = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    one.set_default_timeout(90_000)  # a busy machine is no reason to fail
    yield one
    one.close()


def axe_findings(page, contrasts: bool) -> list[str]:
    """Serious and critical findings: of contrasts alone, or of everything else."""
    from axe_playwright_python.sync_playwright import Axe

    rule = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    rest = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "rules": {"color-contrast": {"enabled": False}}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False, **(rule if contrasts else rest)}).response["violations"]
    nodes = [(v, v["nodes"][0]) for v in found if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {v['help']} ({len(v['nodes'])}): {n['html'][:160]} {n['any'][0]['message'][:120] if n['any'] else ''}" for v, n in nodes]


def visit(context, html: Path, name: str) -> Visit:
    seen, page = Visit(name), context.new_page()
    page.on("console", lambda m: seen.complaints.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.complaints.append(f"uncaught: {e}"))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else seen.foreign.append(r.url))
    page.on("requestfailed", lambda r: seen.complaints.append(f"not loaded: {r.url}"))
    page.goto(address(html, name))
    page.wait_for_function(DONE)
    seen.first, seen.seconds = (page.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime") / 1000 for mark in ("formulas-in-view", "formulas"))
    seen.formulas = page.locator("mjx-container").count()
    loaded = [unquote(u) for u in page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")]
    seen.added = (html / name).stat().st_size + sum(Path(u.split("?")[0].removeprefix("file://")).stat().st_size for u in loaded if "/_static/claims" in u)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(SETTLE)
    page.wait_for_timeout(100)
    with contextlib.suppress(Exception):  # the theme looks for code that scrolls a third of a second after the window's size changed
        page.wait_for_function(f"!({UNREACHABLE})().length", timeout=2000)
    seen.wrong_math = page.evaluate("[...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map((e) => e.getAttribute('data-mjx-error') || e.textContent)")
    for attribute, script in (("raw", RAW), ("wide", WIDE), ("nameless", NAMELESS), ("unreachable", UNREACHABLE)):
        setattr(seen, attribute, page.evaluate(script))
    page.set_viewport_size({"width": 1280, "height": 900})
    badge = page.locator(".claim-badge").first
    if badge.count():
        badge.click()
    page.evaluate(PRUNE)
    page.add_style_tag(content="* { transition: none !important }")  # colours halfway between two themes are none
    seen.axe["structure"] = axe_findings(page, contrasts=False)
    page.evaluate(LOOKS)
    for mode in ("light", "dark"):
        page.evaluate("mode => (document.documentElement.dataset.theme = document.documentElement.dataset.mode = mode)", mode)
        seen.axe[mode] = axe_findings(page, contrasts=True)
    page.close()
    return seen


@pytest.fixture(scope="session")
def visits(context, html) -> list[Visit]:
    began = time.monotonic()
    found = [visit(context, html, name) for name in names(html)]
    print(f"\n{len(found)} pages in {time.monotonic() - began:.0f} s")
    return found


@pytest.fixture(scope="session")
def records(html) -> list[dict]:
    return json.loads((html / "_static" / "ledger.json").read_text(encoding="utf-8"))["records"]


@pytest.fixture(scope="session")
def chapters(html, records) -> dict[str, str]:
    """Page → a label on it that is not only a definition."""
    found: dict[str, str] = {}
    for r in records:
        if r["kind"] == "claim" and (html / f"{r['docname']}.html").exists():
            found.setdefault(f"{r['docname']}.html", r["label"])
    assert found, "no chapter with a claim was built"
    return found


@pytest.fixture(scope="module")
def opened(context, html, chapters):
    one = context.new_page()
    one.set_viewport_size({"width": 1280, "height": 900})
    one.goto(address(html, next(iter(chapters))))
    one.wait_for_function(DONE)
    yield one
    one.close()


@pytest.fixture
def page(opened):
    """The first chapter with its formulas typeset; what a test opened is closed after it."""
    yield opened
    opened.evaluate("document.querySelectorAll(':popover-open').forEach((p) => p.hidePopover())")
    opened.evaluate("document.documentElement.dataset.theme = 'light'; document.activeElement.blur(); scrollTo(0, 0)")
    opened.mouse.move(1, 1)


def nothing(visits: list[Visit], what: str) -> None:
    found = [f"{v.name}: {one}" for v in visits for one in getattr(v, what)]
    assert not found, "\n" + "\n".join(found)


def test_no_formula_fails_to_typeset(visits):
    nothing(visits, "wrong_math")


def test_no_raw_latex_in_sight_on_page_or_card(visits):
    nothing(visits, "raw")


def test_no_complaint_in_the_console(visits):
    nothing(visits, "complaints")


def test_no_request_to_another_host(visits):
    nothing(visits, "foreign")


def test_nothing_is_wider_than_a_telephone(visits):
    nothing(visits, "wide")


def test_what_scrolls_is_reached_by_keyboard(visits):
    nothing(visits, "unreachable")


def test_every_figure_says_what_it_shows(visits):
    nothing(visits, "nameless")


def test_axe_finds_nothing_serious(visits):
    found = [f"{v.name} ({mode}): {one}" for v in visits for mode, problems in v.axe.items() for one in problems]
    assert not found, "\n" + "\n".join(found)


def test_pages_are_light(visits, capsys):
    """Bytes and times of every page, printed; bytes are bound, times depend on the machine and its load."""
    with capsys.disabled():
        print(f"\n{'page':<48}{'formulas':>9}{'in view':>10}{'all':>10}{'added':>10}")
        for v in visits:
            print(f"{v.name:<48}{v.formulas:>9}{v.first:>8.2f} s{v.seconds:>8.2f} s{v.added / 1000:>7.0f} kB{f'  more than {TARGET:g} s' if v.seconds > TARGET else ''}")
    assert {v.name: v.added for v in visits if v.added > MOST} == {}


def test_each_chapter_has_its_equations(html, records):
    for name in {r["docname"] for r in records}:
        text = (html / f"{name}.html").read_text(encoding="utf-8")
        shown = re.findall(r'class="claim-eq" data-label="([^"]*)"', text)
        assert shown == [r["label"] for r in records if r["docname"] == name]


def test_badge_opens_its_card_by_mouse(page, chapters):
    label = next(iter(chapters.values()))
    badge, card = page.locator(f'.claim-eq[data-label="{label}"] .claim-badge'), page.locator(f"#card-{label}")
    assert not card.is_visible()
    badge.click()
    card.wait_for(state="visible")
    assert f"make check EQ={label}" in card.inner_text()
    page.wait_for_function("label => document.querySelector(`#card-${label} .claim-statement mjx-container`)", arg=label)
    box, size = card.bounding_box(), page.viewport_size
    assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
    card.locator(".claim-close").click()
    card.wait_for(state="hidden")


def test_badge_opens_its_card_by_keyboard(page, chapters):
    label = next(iter(chapters.values()))
    badge, card = page.locator(f'.claim-eq[data-label="{label}"] .claim-badge'), page.locator(f"#card-{label}")
    badge.focus()
    page.keyboard.press("Enter")
    card.wait_for(state="visible")
    page.wait_for_function("label => document.activeElement?.id === `card-${label}`", arg=label)
    page.keyboard.press("Tab")
    assert page.evaluate("label => document.activeElement.closest('[popover]')?.id === `card-${label}`", label)
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert badge.evaluate("e => e === document.activeElement"), "the focus does not come back to the badge"


def test_card_opens_without_scripts(browser, html, chapters):
    name, label = next(iter(chapters.items()))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(html, name))
    page.locator(f'.claim-eq[data-label="{label}"] .claim-badge').click()
    assert page.locator(f"#card-{label}").is_visible()
    context.close()


def target_of(page, link) -> tuple[str, str]:
    """(file, label) that a reference means, from the page that it leads to."""
    from urllib.parse import urldefrag

    where, anchor = urldefrag(link.evaluate("e => e.href"))
    text = Path(unquote(where.removeprefix("file://"))).read_text(encoding="utf-8")
    found = re.search(rf'data-label="([^"]*)" data-badge="([^"]*)"><div class="[^"]*" id="{re.escape(anchor)}"', text)
    assert found, f"{anchor} is not an equation of {where}"
    return found[1], found[2]


def check_preview(page, link) -> None:
    label, badge = target_of(page, link)
    preview = page.locator("#claim-preview")
    preview.wait_for(state="visible")
    assert preview.get_attribute("data-label") == label
    assert label in preview.locator("strong").inner_text()
    assert preview.locator(".claim-chip").get_attribute("data-badge") == badge
    page.wait_for_function("document.querySelector('#claim-preview mjx-container')")


def test_reference_shows_its_equation_by_mouse_and_by_keyboard(page):
    link = page.locator('article p a.reference[href^="#equation-"], article table a.reference[href^="#equation-"]').first
    link.scroll_into_view_if_needed()
    link.hover()
    check_preview(page, link)
    page.mouse.move(1, 1)
    page.locator("#claim-preview").wait_for(state="hidden")
    link.focus()
    check_preview(page, link)
    page.keyboard.press("Escape")
    page.locator("#claim-preview").wait_for(state="hidden")


def test_reference_shows_an_equation_of_another_page(context, html):
    page = context.new_page()
    page.goto(address(html, "book/ledger.html"))
    links = page.locator("#book-ledger a.claim-ref")
    link = links.nth(links.count() - 1)
    link.scroll_into_view_if_needed()
    link.hover()
    check_preview(page, link)
    page.close()


def test_reference_shows_its_equation_by_touch(browser, html, chapters):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address(html, next(iter(chapters))))
    page.wait_for_function(DONE)
    link = page.locator('article table a.reference[href^="#equation-"]').first
    link.scroll_into_view_if_needed()
    before = page.url
    link.tap()
    check_preview(page, link)
    assert page.url == before, "the first tap goes away at once"
    link.tap()
    page.wait_for_url("**#equation-*")
    context.close()


def test_citation_shows_its_source(context, html):
    for name in names(html):
        text = (html / name).read_text(encoding="utf-8")
        if re.search(r'class="reference internal" href="[^"]*references\.html#id\d+"', text):
            break
    else:
        pytest.skip("no chapter cites anything yet")
    page = context.new_page()
    page.goto(address(html, name))
    link = page.locator('article a.reference[href*="references.html#id"]').first
    link.focus()
    page.locator("#claim-preview .claim-source").wait_for(state="visible")
    where, anchor = link.evaluate("e => [e.href.split('#')[0], e.hash.slice(1)]")
    listed = Path(unquote(where.removeprefix("file://"))).read_text(encoding="utf-8")
    entry = re.sub(r"<[^>]+>|\s", "", re.search(rf'id="{anchor}".*?</div>', listed, re.S)[0])
    shown = re.sub(r"\s", "", page.locator("#claim-preview .claim-source").inner_text())
    assert shown[:25] in entry
    page.close()


def test_search_finds_an_equation_by_its_name(context, html, records):
    record = next(r for r in records if r["kind"] == "claim" and r["label"].count("-") >= 1)
    page, heard = context.new_page(), []
    page.on("console", lambda m: heard.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: heard.append(str(e)))
    page.goto(address(html, "search.html") + "?q=" + quote(record["label"].replace("-", " ")))
    page.locator('#search-results a[href*="#equation-"]').first.wait_for()
    links = page.locator("#search-results a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert any(f"{record['docname']}.html#equation-{record['label']}".lower() in x.lower() for x in links), links[:5]
    assert heard == []
    page.close()


def test_ledger_sorts_and_filters(context, html, records):
    page = context.new_page()
    page.goto(address(html, "book/ledger.html"))
    rows = page.locator("#book-ledger tbody tr:visible")
    assert rows.count() == len(records)
    proved = sum(r["badge"] == "proved" for r in records)
    page.locator('[data-filter="verdict"]').select_option("proved")
    assert rows.count() == proved and f"{proved} of {len(records)}" in page.locator(".claim-filters output").inner_text()
    page.locator('[data-filter="verdict"]').select_option("")
    label = records[-1]["label"]
    page.locator('[data-filter="text"]').fill(label)
    assert label in rows.first.inner_text() and rows.count() <= 3
    page.locator('[data-filter="text"]').fill("")
    head = page.locator("#book-ledger th", has_text="used by")
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    used = [int(x) for x in page.locator("#book-ledger tbody td:last-child").all_inner_texts()]
    assert used == sorted(used, reverse=True) and max(used) == max(len(set(r["used_by"])) for r in records)
    page.close()


def test_open_all_opens_and_closes_everything(page):
    closed = page.locator("article details:not([open])")
    assert closed.count() > 0
    button = page.locator(".claim-open-all")
    button.focus()
    page.keyboard.press("Enter")
    assert closed.count() == 0 and button.get_attribute("aria-pressed") == "true"
    page.keyboard.press("Enter")
    assert page.locator("article details[open]").count() == 0


def test_address_of_a_node_opens_its_graph(context, html, chapters):
    name, label = next(iter(chapters.items()))
    page = context.new_page()
    page.goto(address(html, name) + f"#node-{label}")
    assert page.locator(f'[id="node-{label}"]').is_visible()
    node = page.locator(f'.claim-graph-chapter .claim-node[data-label="{label}"] a')
    node.focus()
    assert page.locator(".claim-graph-chapter.claim-lit").count() == 1
    assert page.locator(f'.claim-node.claim-on[data-label="{label}"]').count() == 1
    page.close()


def test_print_shows_the_equations_and_no_tools(page, chapters):
    label = next(iter(chapters.values()))
    page.emulate_media(media="print")
    assert not page.locator(".claim-tools").is_visible() and not page.locator(f"#card-{label}").is_visible()
    assert page.locator(f'.claim-eq[data-label="{label}"] mjx-container').is_visible()
    page.emulate_media(media="screen")
    assert page.locator(".claim-tools").is_visible()


def test_figures_lie_on_light_ground_in_the_dark(page):
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    grounds = page.locator("article .cell_output img, article figure img").evaluate_all("all => all.map((e) => getComputedStyle(e).backgroundColor)")
    assert grounds and set(grounds) == {"rgb(255, 255, 255)"}
