"""`make pdf`: the book or a chapter as PDF, printed by Chromium from the built pages.

The pages are put together into one document, everything folded is opened, every formula typeset; what is wider than
the paper is made smaller. Chromium prints, makes the outline from the headings, and keeps the links.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from . import book as whole
from .printed import document
from .project import BuildError, Problem, Project, commit, write_atomic
from .sources import read_book, toc_files, yaml_file

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--allow-file-access-from-files"]
PAPER = {"format": "A4", "margin": {"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"}}
WIDTH = 658
"""Pixels between the margins: 174 mm."""
FOOTER = ('<div style="font-size: 8px; width: 100%; text-align: center; font-family: sans-serif">'
          '<span class="pageNumber"></span></div>')
MISSING = ("no Chromium here, which prints the pages. Debian: apt install chromium; or name one: "
           "CHROMIUM=/path/to/chromium make pdf")
READY = """async () => {
  document.querySelectorAll("[popover], .claim-tools, .headerlink, .claim-copy, .claim-filters, script[type*=thebe]")
    .forEach((el) => el.remove());
  document.querySelectorAll("details").forEach((fold) => (fold.open = true));
  document.querySelectorAll("img").forEach((image) => (image.loading = "eager"));
  await MathJax.startup.promise;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => 0)));
  const fit = (el, room, wide) => room && wide > room + 1 && (el.style.zoom = Math.max(room / wide, 0.3));
  const lines = ".claim-math, .claim-working > .math, .claim-narrow :is(.claim-left, .claim-right)";
  // a font begins to load when something in it is laid out
  const drawn = async (el) => (el.offsetHeight, await document.fonts.ready);
  const prepare = async (article) => {
    const all = (selector) => [...article.querySelectorAll(selector)];
    await MathJax.typesetPromise(all(".math, .claim-tex"));
    await drawn(article);
    for (const el of all(".claim-chain"))
      if (el.scrollWidth > el.clientWidth + 1) el.classList.add("claim-narrow");
    for (const el of all(".claim-scroll > *, table"))
      fit(el, el.closest(".claim-scroll, li, td, article").clientWidth, el.scrollWidth);
    for (const el of all(lines)) if (!el.matches(".claim-narrow")) fit(el, el.clientWidth, el.scrollWidth);
  };
  // one after another, the others out of the layout: every formula would lay the whole book out again
  const articles = [...document.querySelectorAll("article, nav")];
  articles.forEach((article) => (article.style.display = "none"));
  for (const article of articles) {
    article.style.display = "";
    await prepare(article);
    article.style.display = "none";
  }
  articles.forEach((article) => (article.style.display = ""));
  await drawn(document.body);
  const waiting = [...document.querySelectorAll(".math, .claim-tex")];
  return {
    formulas: document.querySelectorAll("mjx-container").length,
    wrong: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map((e) => e.textContent).slice(0, 5),
    raw: waiting.filter((el) => !el.querySelector("mjx-container")).map((el) => el.textContent.slice(0, 60)),
    pictures: [...document.images].filter((image) => !image.naturalWidth).map((image) => image.getAttribute("src")),
    chinese: /[\\u4e00-\\u9fff]/.test(document.body.innerText),
  };
}"""


def chromium() -> str:
    """The browser that prints: `CHROMIUM`, or one on the path."""
    named = os.environ.get("CHROMIUM")
    found = next((p for c in ([named] if named else CANDIDATES) if (p := shutil.which(c))), None)
    if found is None:
        raise BuildError(Problem("", 0, MISSING))
    return found


def font_missing() -> bool:
    """Whether this machine is known to have no font with Chinese characters."""
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True)
    return done.returncode == 0 and not done.stdout.strip()


def address_of_book(project: Project) -> str:
    """Where the book is published, if `_config.yml` says."""
    settings = yaml_file(project.root / "_config.yml", "_config.yml") or {}
    return str((settings.get("html") or {}).get("baseurl") or "")


def pdf(project: Project, slug: str | None = None) -> int:
    """Print the book, or one chapter, to `_build/pdf`. Returns the exit status."""
    browser = chromium()
    if slug is None:
        status = whole.build(project, say=lambda *_: None)
        folder, names = project.html, [f"{name}.html" for name, _ in toc_files(project)]
    else:
        from .single import published

        status, page = published(project, slug)
        docname = read_book(project, only=slug).chapters[0].docname
        folder, names = page.parents[docname.count("/")], [f"{docname}.html"]
    if status:
        return status
    target = project.build / "pdf" / f"{slug or 'book'}.pdf"
    source = target.with_suffix(".html")
    write_atomic(source, document(folder, names, source, address_of_book(project)))
    found = printed(browser, source, target)
    source.unlink()
    dated(target, commit(project.root)[1])
    for what, said in (("wrong", "a formula could not be typeset"), ("raw", "a formula was not typeset"),
                       ("pictures", "a figure could not be read")):
        for one in found[what]:
            print(f"error: {said}: {one}", file=sys.stderr)
    if found["chinese"] and font_missing():
        print("warning: no font here has Chinese characters. Debian: apt install fonts-noto-cjk", file=sys.stderr)
    print(f"{project.relative(target)}: {found['pages']} pages, {found['formulas']} formulas, "
          f"{target.stat().st_size / 1e6:.1f} MB")
    return 1 if found["wrong"] or found["raw"] or found["pictures"] else 0


def printed(browser: str, source: Path, target: Path) -> dict:
    """Print a document; what was seen on the way."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as running:
            one = running.chromium.launch(executable_path=browser, args=ARGUMENTS)
            page = one.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
            page.set_default_timeout(0)
            page.emulate_media(media="print")
            page.goto(source.resolve().as_uri())
            found = page.evaluate(READY)
            page.pdf(path=str(target), print_background=True, outline=True, tagged=True, display_header_footer=True,
                     header_template="<span></span>", footer_template=FOOTER, **PAPER)
            one.close()
    except Error as error:
        said = f"{browser} could not print: {str(error).strip().splitlines()[0]}"
        raise BuildError(Problem("", 0, f"{said}. Try another one: CHROMIUM=/path/to/chromium make pdf")) from None
    found["pages"] = len(re.findall(rb"/Type\s*/Page\b", target.read_bytes()))
    return found


def dated(target: Path, when: int) -> None:
    """Date the file by its commit, so that two prints of one commit do not differ in that."""
    day = datetime.fromtimestamp(when, timezone.utc).strftime("D:%Y%m%d%H%M%S").encode()
    target.write_bytes(re.sub(rb"D:\d{14}", day, target.read_bytes()))
