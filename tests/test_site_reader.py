"""What a reader met: paper, the Escape key, cards at the edge of the window, hits of a search, addresses that lead
nowhere."""

from __future__ import annotations

import http.server
import re
import threading
from functools import partial
from urllib.parse import quote

import pytest
from pdf_text import Pdf
from site_visit import DONE, MODES, address, browser, context
from teaching import PAGE, teaching

PALE = """() => {
  // text that is not dark, ground that is not light: on paper the ground is white
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const rgb = (text) => {
    const [r, g, b, a = 1] = numbers(text.replace("srgb", "")), whole = text.startsWith("color(") ? 1 : 255;
    return [r / whole, g / whole, b / whole, a];
  };
  const part = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const found = [];
  for (const el of document.querySelectorAll("article, article *")) {
    if (!el.checkVisibility()) continue;
    const style = getComputedStyle(el), ground = rgb(style.backgroundColor);
    const name = `${el.tagName}.${el.className?.baseVal ?? el.className}`;
    const says = [...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const contrast = 1.05 / (light(rgb(style.color)) + 0.05);
    if (says && contrast < 4.5) found.push(`${name}: ${style.color} ${el.textContent.slice(0, 30)}`);
    if (ground[3] > 0.5 && light(ground) < 0.5) found.push(`${name}: ground ${style.backgroundColor}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def site(teaching):
    return teaching.root / "_build/html"


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


def read(page, site, name=PAGE, more="") -> None:
    page.goto(address(site, name) + more)
    page.wait_for_function(DONE)


def test_a_page_is_printed_whole_and_dark_on_white(page, html, tmp_path):
    """In dark mode, without a look at anything below the first screen."""
    read(page, html, "book/errata.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.evaluate("addEventListener('beforeprint', () => (window.printedAs = document.documentElement.dataset.theme))")
    page.pdf(path=tmp_path / "errata.pdf")
    texts = Pdf(tmp_path / "errata.pdf").pages
    assert "\\" not in "".join(texts) and all(len(text) > 200 for text in texts[:-1])
    assert page.evaluate("printedAs") == "light"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark", "the screen is not as it was"
    page.emulate_media(media="print")
    assert page.evaluate(PALE) != []
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(PALE) == []


def test_escape_closes_a_card_that_has_the_focus(page, site):
    read(page, site)
    badge = page.locator(".claim-eq .claim-badge").first
    badge.click()
    page.wait_for_function("document.activeElement?.matches('.claim-card:popover-open')")
    page.keyboard.press("Escape")
    assert page.locator(".claim-card:popover-open").count() == 0
    assert badge.evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("place", ["start", "center", "end"])
def test_cards_open_inside_the_window(page, site, place, high=500):
    page.set_viewport_size({"width": 1280, "height": high})
    read(page, site)
    for badge in page.locator(".claim-eq .claim-badge").all():
        if not badge.is_visible():
            continue
        badge.evaluate("(e, block) => e.scrollIntoView({ block })", place)
        badge.evaluate("e => e.click()")
        page.wait_for_function("document.activeElement?.matches('.claim-card:popover-open')")
        page.wait_for_function("!document.querySelector('.claim-card:popover-open .claim-tex:not([data-typeset])')")
        page.wait_for_timeout(60)  # it is put in place again when its formulas have their size
        top, bottom = page.evaluate("(() => { const b = document.querySelector('.claim-card:popover-open')"
                                    ".getBoundingClientRect(); return [b.top, b.bottom] })()")
        assert 0 <= top and bottom <= high, badge.get_attribute("popovertarget")
        page.keyboard.press("Escape")


def test_a_hit_of_a_search_is_marked_and_in_sight(page, site):
    page.goto(address(site, "search.html") + "?q=" + quote("copy"))
    page.locator("#search-results li a").first.click()
    page.wait_for_function(DONE)
    marked = page.locator("article .highlighted")
    marked.first.wait_for()
    assert all("copy" in text.lower() for text in marked.all_text_contents())
    assert page.evaluate("[...document.querySelectorAll('article .highlighted')].some((e) => { const b = "
                         "e.getBoundingClientRect(); return e.checkVisibility() && b.top >= 0 && "
                         "b.bottom <= innerHeight })")


def test_marks_leave_formulas_alone(page, site):
    """Sphinx marks in the LaTeX that is not typeset yet."""
    read(page, site, more="?highlight=sigma")
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert page.locator("article .highlighted mjx-container, mjx-container .highlighted").count() == 0
    assert page.evaluate("!/\\\\\\(|\\\\\\[/.test(document.querySelector('article').innerText)")


class Host(http.server.SimpleHTTPRequestHandler):
    """A host that shows 404.html at any address that leads nowhere, as the usual ones do."""

    def send_error(self, code, message=None, explain=None):
        body = open(f"{self.directory}/book/404.html", "rb").read()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def published(site, tmp_path):
    (tmp_path / "book").symlink_to(site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/book"
        server.shutdown()


@pytest.mark.parametrize("where", ["nowhere.html", "book/light/none.html", "a/b/c/"])
def test_the_page_404_has_its_style_and_links_at_any_address(page, published, where):
    page.goto(f"{published}/{where}")
    home = page.locator("#not-found a").first
    assert home.evaluate("e => e.href").startswith(f"{published}/book/index.html")
    styles = page.evaluate("[...document.styleSheets].map((s) => s.href)")
    assert f"{published}/_static/book.css" in [s.split("?")[0] for s in styles if s]
    assert page.evaluate("[...document.querySelectorAll('link[rel=stylesheet]')].every((l) => l.sheet)")
    home.click()
    assert page.locator("article h1").first.is_visible()


def test_the_front_page_says_nothing_that_was_not_measured(html):
    text = re.sub(r"<[^>]+>", " ", (html / "book/index.html").read_text(encoding="utf-8"))
    assert not re.search(r"≤\s*\d+\s*s\b|run time", text)
