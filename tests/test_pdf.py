"""The book and a chapter as PDF: no fold is lost, equations have numbers, links stay inside, Chinese has a font."""

from __future__ import annotations

import re
import shutil
import unicodedata

import pytest
from claims.press import pdf
from claims.press.printed import document
from pdf_text import Pdf
from site_visit import CANDIDATES, WIDE, browser, context, names
from teaching import teaching

needs_chromium = pytest.mark.skipif(not any(c and shutil.which(c) for c in CANDIDATES), reason="no Chromium here")


@pytest.fixture(scope="module")
def printed(teaching):
    done = teaching.claims("pdf")
    assert done.returncode == 0, done.stdout + done.stderr
    return done, Pdf(teaching.root / "_build/pdf/book.pdf")


def plain(pages: list[str]) -> str:
    """Ligatures and radicals of Chinese signs as the letters that they stand for."""
    return unicodedata.normalize("NFKC", "".join(pages))


@needs_chromium
def test_the_book_is_printed_whole(printed):
    done, found = printed
    text = plain(found.pages)
    assert 7 <= len(found.pages) <= 10
    assert re.fullmatch(rf"_build/pdf/book.pdf: {len(found.pages)} pages, \d\d formulas, 0\.\d MB\n", done.stdout)
    assert done.stderr == ""
    for number in ("(1.1)", "(1.2)", "(2.1)", "(2.2)", "(2.3)", "Result2.1", "Result2.2", "Result2.3"):
        assert number in text
    assert "Alightbook" in found.pages[0] and "Contents" in found.pages[0]
    assert text.endswith(str(len(found.pages))) and "noisehasmeanzeroandisindependent" in text


@needs_chromium
def test_chinese_is_printed_with_a_font(printed):
    assert "扩散模型中的方差" in plain(printed[1].pages)


@needs_chromium
def test_no_fold_is_lost_and_no_tool_is_printed(printed):
    text = plain(printed[1].pages)
    for folded in ("Nobodyhastocopythisfold.", "deflength(x):", "plt.subplots(figsize=(4,2))", "fromemitimportclaim",
                   "@incollection{squares", "Whichequationrestsonwhich", "Usedby"):
        assert folded in text, folded
    for tool in ("openallfoldedparts", "notebook(.ipynb)", "makecheckEQ", "Search", "\\[", "\\("):
        assert tool not in text, tool


@needs_chromium
def test_links_lead_inside_and_nowhere_on_this_machine(printed):
    found = printed[1]
    assert found.inner_links > 20 and all(a.startswith("https://") for a in found.addresses)
    assert {"A light book", "2.1. Notes", "2.2. The evidence of this chapter"} <= set(found.outline)


@needs_chromium
def test_one_chapter_and_the_same_pages_again(teaching):
    file = teaching.root / "_build/pdf/squares.pdf"
    printed = []
    for _ in range(2):
        assert teaching.claims("pdf", "squares").returncode == 0
        printed.append(Pdf(file))
    assert printed[0].pages == printed[1].pages and printed[0].outline == printed[1].outline
    assert all(one.data.count(b"D:2022") == 2 for one in printed)  # dated by the commit, not the clock
    text = plain(printed[0].pages)
    assert "2.Howfarawalkgets" in text and "Sumsupto" not in text and "Contents" not in text
    assert not file.with_suffix(".html").exists()


def test_without_chromium_it_says_what_to_do(unbuilt):
    done = unbuilt.claims("pdf", CHROMIUM="/nowhere/chromium")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f"error: {pdf.MISSING}\n" and "apt install chromium" in pdf.MISSING
    assert not (unbuilt.root / "_build").exists()


def test_an_unknown_chapter(light):
    done = light.claims("pdf", "cubes", CHROMIUM=shutil.which("true"))
    assert done.returncode == 2 and "no chapter 'cubes'; there are: squares, sums" in done.stderr


def test_addresses_of_the_whole_document(tmp_path):
    pages = {
        "a.html": '<title>A</title><article class="bd-article"><h1>One</h1><a href="b/c.html#x">there</a>'
                  '<a href="#y">here</a><p id="y" aria-labelledby="y">y</p></article>',
        "b/c.html": '<title>C</title><article class="bd-article"><h1>Two<a class="headerlink" href="#">#</a></h1>'
                    '<p id="x">id="x"</p><a href="../ledger.html?q=1#z">ledger</a> <a href="https://e.org/">e</a>'
                    '<img src="../_images/p%20q.png"></article>',
    }
    for name, text in pages.items():
        (tmp_path / "html" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "html" / name).write_text(text, encoding="utf-8")
    made = document(tmp_path / "html", list(pages), tmp_path / "pdf" / "x.html")
    assert '<a href="#b.c--x">there</a><a href="#a--y">here</a><p id="a--y" aria-labelledby="a--y">' in made
    assert '<p id="b.c--x">id="x"</p><a >ledger</a> <a href="https://e.org/">' in made
    assert 'src="../html/_images/p%20q.png"' in made and '<li><a href="#b.c">Two</a></li>' in made
    made = document(tmp_path / "html", list(pages), tmp_path / "pdf" / "x.html", "https://book.org/here")
    assert '<a href="https://book.org/here/ledger.html#z">ledger</a>' in made


def test_nothing_is_wider_than_the_paper(context, html, tmp_path):
    name = max((n for n in names(html) if n.count("/") == 2), key=lambda n: (html / n).stat().st_size)
    target = html.parent / "pdf" / "width.html"
    target.parent.mkdir(exist_ok=True)
    target.write_text(document(html, [name], target), encoding="utf-8")
    page = context.new_page()
    page.set_viewport_size({"width": pdf.WIDTH, "height": 1000})
    page.emulate_media(media="print")
    page.goto(target.as_uri())
    found = page.evaluate(pdf.READY)
    assert found["wrong"] == found["raw"] == found["pictures"] == [] and found["formulas"] > 100
    assert page.evaluate(WIDE) == []
    page.close()
    target.unlink()
