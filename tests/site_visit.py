"""What a browser sees on one built page: scripts that look, the visit that runs them, and the browser as a fixture."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

CANDIDATES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

MODES = ["light", "dark"]
DONE = "performance.getEntriesByName('formulas').length > 0"

SETTLE = """async () => {
  // everything folded is opened and everything that waits for a reader is typeset, cards too
  const step = innerHeight * 0.9;
  for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
    scrollTo(0, y);
    await new Promise((go) => setTimeout(go, 0));
  }
  scrollTo(0, 0);
  await window.CLAIMS_FILL?.();
  document.querySelectorAll("article details").forEach((d) => (d.open = true));
  document.querySelectorAll("article .toggle-button-hidden").forEach((button) => button.click());
  const waiting = [...document.querySelectorAll(".claim-tex:not([data-typeset])")];
  waiting.forEach((el) => (el.dataset.typeset = "yes"));
  await MathJax.typesetPromise(waiting);
}"""

RAW = r"""() => {
  const found = [], sign = /\\[a-zA-Z]{2,}|\\[()\[\]]|\$[^$\s][^$]*\$/;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode())
    if (sign.test(n.data) && !n.parentElement.closest("pre, code, script, style, noscript, textarea, mjx-container"))
      found.push(n.data.trim().slice(0, 120));
  return found;
}"""

WIDE = """() => {
  const found = [], width = document.documentElement.clientWidth;
  const whole = document.documentElement.scrollWidth;
  if (whole > width + 1) found.push(`the page itself: ${whole} px`);
  const clipped = (el) => {
    for (let p = el.parentElement; p && p !== document.body; p = p.parentElement)
      if (/auto|scroll|hidden/.test(getComputedStyle(p).overflowX)) return true;
    return false;
  };
  for (const el of document.querySelectorAll("article *")) {
    const box = el.getBoundingClientRect();
    if (box.width && box.right > width + 1 && el.checkVisibility() && !clipped(el))
      found.push(`${el.tagName}.${el.className?.baseVal ?? el.className}: ${Math.round(box.right)} px`);
  }
  return found.slice(0, 8);
}"""

# What axe would look at thousands of times in the same way is left once: every kind of code token, and typeset formulas
# without their inside.
PRUNE = """() => {
  document.querySelectorAll("mjx-container").forEach((m) => m.replaceChildren("x"));
  const tokens = new Set();
  document.querySelectorAll("pre").forEach((pre) => {
    const fresh = [...pre.querySelectorAll("span[class]")]
      .filter((t) => !tokens.has(t.className) && tokens.add(t.className));
    if (!fresh.length) pre.textContent = pre.textContent;
  });
}"""

# For the contrasts one text of every look (element, classes, size, and colours in either theme) stays, in its place;
# axe needs a second for every few hundred elements.
LOOKS = """(modes) => {
  const looks = new Set(), kept = new Set(), grounds = new Map(), root = document.documentElement;
  const ground = (el) => {
    if (!el) return "";
    if (!grounds.has(el)) {
      const c = getComputedStyle(el).backgroundColor;
      const own = c === "rgba(0, 0, 0, 0)" ? "" : c + "|";
      grounds.set(el, own + (/^rgb\\(/.test(c) ? "" : ground(el.parentElement)));
    }
    return grounds.get(el);
  };
  for (const mode of modes) for (const el of document.body.querySelectorAll("*")) {
    if (root.dataset.theme !== mode) (grounds.clear(), (root.dataset.theme = root.dataset.mode = mode));
    if (![...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !el.checkVisibility()) continue;
    const style = getComputedStyle(el), name = el.className?.baseVal ?? el.className;
    const look = [mode, el.tagName, name, style.color, style.fontSize, style.fontWeight, ground(el)].join("|");
    if (!looks.has(look)) (looks.add(look), kept.add(el));
  }
  for (const el of [...kept]) for (let p = el.parentElement; p; p = p.parentElement) kept.add(p);
  for (const el of document.querySelectorAll("article *")) {
    const holder = el.parentElement?.closest("svg, button, a, summary, p, th, td");
    if (el.isConnected && !kept.has(el) && !kept.has(holder)) el.remove();
  }
  return looks.size;
}"""

NAMELESS = """() => [...document.querySelectorAll("article img")]
  .filter((i) => !(i.alt || "").trim() || /^(\\.\\.|_images|https?:|<Figure|image)/.test(i.alt))
  .map((i) => i.getAttribute("src"))"""

UNREACHABLE = """() => {
  const found = [];
  for (const el of document.querySelectorAll("article pre, article .claim-scroll, article .claim-math"))
    if (el.checkVisibility() && el.scrollWidth > el.clientWidth + 1 && el.tabIndex < 0)
      found.push(`${el.tagName}.${el.className} ${el.textContent.trim().slice(0, 40)}`);
  for (const el of document.querySelectorAll("article .claim-math")) {
    const formula = el.querySelector("mjx-math");
    const left = el.getBoundingClientRect().left;
    if (el.checkVisibility() && formula && formula.getBoundingClientRect().left < left - 1)
      found.push(`${el.id} does not show its beginning`);
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
    requests: int = 0
    bytes: int = 0


def names(html: Path) -> list[str]:
    """All pages that a reader can come to, chapters first."""
    found = [p.relative_to(html).as_posix()
             for p in html.rglob("*.html") if not p.relative_to(html).parts[0].startswith("_")]
    return sorted((n for n in found if n not in ("index.html", "genindex.html")), key=lambda n: (-n.count("/"), n))


def address(html: Path, name: str) -> str:
    return "file://" + quote(str(html.resolve() / name))


def axe_findings(page, contrasts: bool) -> list[str]:
    """Serious and critical findings: of contrasts alone, or of everything else."""
    from axe_playwright_python.sync_playwright import Axe

    rule = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    rest = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "rules": {"color-contrast": {"enabled": False}}}
    said = Axe().run(page, options={"resultTypes": ["violations", "incomplete"], "preload": False,
                                    **(rule if contrasts else rest)}).response
    nodes = [(v, v["nodes"][0], len(v["nodes"])) for v in said["violations"] if v["impact"] in ("serious", "critical")]
    # text in the colour of its ground: axe thinks that it may be hidden on purpose
    nodes += [(v, n, 1) for v in said["incomplete"] for n in v["nodes"]
              if n["any"] and (n["any"][0]["data"] or {}).get("messageKey") == "equalRatio"]
    return [f"{v['id']}: {v['help']} ({number}): {n['html'][:160]} {n['any'][0]['message'][:120] if n['any'] else ''}"
            for v, n, number in nodes]


def visit(context, html: Path, name: str) -> Visit:
    seen, page = Visit(name), context.new_page()
    page.on("console",
            lambda m: seen.complaints.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.complaints.append(f"uncaught: {e}"))
    loaded = set()  # the timeline of resources is empty for files

    def note(request):
        if request.url.startswith("file:"):
            loaded.add(Path(unquote(request.url.split("?")[0].removeprefix("file://"))))
        elif not request.url.startswith(("data:", "blob:")):
            seen.foreign.append(request.url)

    page.on("request", note)
    page.on("requestfailed", lambda r: seen.complaints.append(f"not loaded: {r.url}"))
    page.goto(address(html, name))
    page.wait_for_function(DONE)
    seen.first, seen.seconds = (page.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime") / 1000
                                for mark in ("formulas-in-view", "formulas"))
    seen.formulas = page.locator("mjx-container").count()
    seen.requests = sum("_images" not in file.parts for file in loaded)  # beside the page's own figures
    seen.bytes = sum(file.stat().st_size for file in loaded)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(SETTLE)
    page.wait_for_timeout(100)
    with contextlib.suppress(Exception):  # the theme looks for code that scrolls a third of a second after a new size
        page.wait_for_function(f"!({UNREACHABLE})().length", timeout=2000)
    seen.wrong_math = page.evaluate(
        "[...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map((e) => "
        "e.getAttribute('data-mjx-error') || e.textContent)")
    for attribute, script in (("raw", RAW), ("wide", WIDE), ("nameless", NAMELESS), ("unreachable", UNREACHABLE)):
        setattr(seen, attribute, page.evaluate(script))
    page.set_viewport_size({"width": 1280, "height": 900})
    badge = page.locator(".claim-badge").first
    if badge.count():
        badge.click()
    page.evaluate(PRUNE)
    page.add_style_tag(content="* { transition: none !important }")  # colours halfway between two themes are none
    seen.axe["structure"] = axe_findings(page, contrasts=False)
    page.evaluate(LOOKS, MODES)
    for mode in MODES:
        page.evaluate("mode => (document.documentElement.dataset.theme = document.documentElement.dataset.mode = mode)",
                      mode)
        seen.axe[mode] = axe_findings(page, contrasts=True)
    page.close()
    return seen


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api",
                                     reason="the tests of the pages need the package playwright: make venv")
    found = next((p for c in CANDIDATES if c and (p := shutil.which(c))), None)
    if found is None:
        pytest.skip("no Chromium here, so the tests of the pages were skipped; "
                    "Debian: apt install chromium (or name one: CHROMIUM=/path make test)")
    with playwright.sync_playwright() as running:
        one = running.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield one
        one.close()


@pytest.fixture(scope="module")
def context(browser):
    one = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    one.set_default_timeout(90_000)  # a busy machine is no reason to fail
    yield one
    one.close()


@pytest.fixture(scope="module")
def records(html) -> list[dict]:
    return json.loads((html / "_static" / "ledger.json").read_text(encoding="utf-8"))["records"]
