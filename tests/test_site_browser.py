"""What a reader does on the built pages, in a real browser: cards, previews, search, the ledger, by mouse, keyboard
and touch."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from site_visit import DONE, address, browser, context, names, records


def in_view(text: str) -> list[str]:
    """Labels of the equations that no fold holds."""
    found, depth = [], 0
    for mark, label in re.findall(r'(<details\b|</details>)|class="claim-eq[^"]*" data-label="([^"]*)"', text):
        depth += {"<details": 1, "</details>": -1, "": 0}[mark]
        if label and not depth:
            found.append(label)
    return found


@pytest.fixture(scope="module")
def chapters(html, records) -> dict[str, str]:
    """Page → a label on it that is not only a definition and stands in view, not in a fold."""
    found: dict[str, str] = {}
    claimed = {r["label"] for r in records if r["kind"] == "claim"}
    for name in dict.fromkeys(f"{r['docname']}.html" for r in records):
        if (html / name).exists():
            shown = in_view((html / name).read_text(encoding="utf-8"))
            found[name] = next(label for label in shown if label in claimed)
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


def test_each_chapter_has_its_equations(html, records):
    for name in {r["docname"] for r in records}:
        text = (html / f"{name}.html").read_text(encoding="utf-8")
        shown = re.findall(r'class="claim-eq[^"]*" data-label="([^"]*)"', text)
        assert shown == [r["label"] for r in records if r["docname"] == name]


def test_badge_opens_its_card_by_mouse(page, chapters):
    label = next(iter(chapters.values()))
    badge, card = page.locator(f'.claim-eq[data-label="{label}"] .claim-badge'), page.locator(f"#card-{label}")
    assert not card.is_visible()
    badge.click()
    card.wait_for(state="visible")
    assert f"make check EQ={label}" in card.inner_text()
    page.wait_for_function("label => document.querySelector(`#card-${label} .claim-statement mjx-container`)",
                           arg=label)
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
    card = page.locator(f"#card-{label}")
    assert card.is_visible() and "Without scripts, the evidence is in" in card.inner_text()
    graph, notebook = card.locator("a").evaluate_all("all => all.map((a) => a.href)")
    assert graph.endswith(f"#node-{label}") and Path(unquote(notebook.removeprefix("file://"))).exists()
    context.close()


def test_what_cards_say_is_read_when_one_is_asked_for(context, html, chapters):
    name, label = next(iter(chapters.items()))
    page, read = context.new_page(), []
    page.on("request", lambda r: read.append(unquote(r.url)) if "/claims-data/" in r.url else None)
    page.goto(address(html, name))
    page.wait_for_function(DONE)
    assert read == [] and page.locator(".claim-card .claim-rows").count() == 0
    page.locator(f'.claim-eq[data-label="{label}"] .claim-badge').click()
    page.locator(f"#card-{label} .claim-rows").wait_for(state="visible")
    assert [r.rsplit("/", 1)[1] for r in read] == [f"cards.{name.removesuffix('.html').replace('/', '.')}.js"]
    assert page.locator(".claim-card .claim-rows").count() <= 2  # that one, and what lies under the pointer on the way
    page.close()


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
    link = page.locator(
        'article p a.reference[href^="#equation-"], article table a.reference[href^="#equation-"]').first
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
    links = page.locator("#book-ledger td a")
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


@pytest.mark.parametrize("word", ["扩散", "进制", "方差"])
def test_search_finds_the_pages_with_a_chinese_word(context, html, word):
    page = context.new_page()
    page.goto(address(html, "search.html") + "?q=" + quote(word))
    page.wait_for_function("/finished|not match/.test(document.getElementById('search-results').innerText)")
    found = page.locator("#search-results li a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    articles = {n: (html / n).read_text(encoding="utf-8").partition("<article")[2] for n in names(html)}
    texts = {n: re.sub(r"(?s)<script.*?</script>|<nav.*?</nav>|<[^>]*>", "", text) for n, text in articles.items()}
    written = {n for n, text in texts.items() if n.startswith("book/") and word in text}
    assert written and {href.split("#")[0] for href in found} == written
    page.close()


def test_ledger_sorts_and_filters(context, html, records):
    page = context.new_page()
    page.goto(address(html, "book/ledger.html"))
    rows = page.locator("#book-ledger tbody tr:has(td):visible")
    assert rows.count() == len(records)
    proved = sum(r["badge"] == "proved" for r in records)
    page.locator('[data-filter="verdict"]').select_option("proved")
    told = page.locator(".claim-filters output").inner_text()
    assert rows.count() == proved and f"{proved} of {len(records)}" in told
    page.locator('[data-filter="verdict"]').select_option("")
    label = records[-1]["label"]
    page.locator('[data-filter="text"]').fill(label)
    assert label in rows.first.text_content() and rows.count() <= 3
    page.locator('[data-filter="text"]').fill("")
    head = page.locator("#book-ledger th", has_text="used by")
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    used = [int(x) for x in page.locator("#book-ledger tbody td:last-child").all_text_contents()]
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
    assert page.locator(f'.claim-eq[data-label="{label}"] mjx-container').first.is_visible()
    page.emulate_media(media="screen")
    assert page.locator(".claim-tools").is_visible()


def test_figures_lie_on_light_ground_in_the_dark(page):
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figures = page.locator("article .cell_output img, article figure img")
    grounds = figures.evaluate_all("all => all.map((e) => getComputedStyle(e).backgroundColor)")
    assert grounds and set(grounds) == {"rgb(255, 255, 255)"}
