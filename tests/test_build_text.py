"""A page as a reader's text: what is seen before anything is unfolded, formulas as LaTeX, figures by path."""

from __future__ import annotations

import pytest

from claims.press.text import convert, page_text

EQUATION = (r'<div class="claim-eq"><div class="math notranslate claim-math" id="e">\[a &lt; b\]</div>'
            r'<div class="claim-side"><a class="claim-number" href="#e">(1.2)</a><button class="claim-badge">'
            r'<svg></svg><span>proved</span><span class="claim-debt">rests on measured</span></button></div></div>'
            r'<div popover id="card"><p>residuals</p></div>')
SPHINX = r'<div class="math notranslate" id="e"><span class="eqno">(3)<a class="headerlink">#</a></span>\[c\]</div>'
CODE = ('<div class="cell"><details class="admonition hide above-input"><summary>Show the code</summary><pre>hidden'
        '</pre></details><div class="cell_output"><pre><span></span>shown 1\nshown 2\n</pre></div></div>')
FIGURE = ('<figure><img alt="A line that rises." src="../_images/a b.png"/><figcaption><p>Fig. 1 <b>Growth</b> of '
          r'<span class="math">\(x\)</span>.</p></figcaption></figure>')


@pytest.mark.parametrize("html, text", [
    ('<h2><span>1.1. </span>Sums<a class="headerlink" href="#s">#</a></h2>', "## 1.1. Sums"),
    ('<p>Let <span class="math">\\(n&gt;0\\)</span> be\n<em>any</em> number.</p>', "Let $n>0$ be *any* number."),
    (EQUATION, "$$\na < b\n$$ (1.2) [proved, rests on measured]"),
    (SPHINX, "$$\nc\n$$ (3)"),
    (CODE, "```\nshown 1\nshown 2\n```"),
    ("<details><summary>A <b>proof</b></summary><p>by induction</p></details>", "[folded: A **proof**]"),
    ('<div class="solution dropdown admonition"><p class="admonition-title">Solution</p><p>42</p></div>',
     "[folded: Solution]"),
    ('<div class="exercise admonition"><p class="admonition-title">Exercise 1</p><p>Try.</p></div>',
     "**Exercise 1**\n\nTry."),
    ("<table><tr><th>a</th><th>b</th></tr><tr><td><p>1</p></td><td>2</td></tr></table>",
     "| a | b |\n|---|---|\n| 1 | 2 |"),
    ("<ul><li><p>one</p><ol start=3><li>two</li></ol></li><li>three</li></ul>", "* one\n  3. two\n* three"),
    (FIGURE, "![A line that rises.](../_images/a b.png)\n\nFig. 1 **Growth** of $x$."),
    ('<p>A <a href="https://example.org">page</a>, <a href="#e">(1.2)</a></p>', "A page <https://example.org>, (1.2)"),
    ('<section id="chapter-evidence"><p>ledger</p></section><nav>menu</nav><p>end</p>', "end"),
    ("<blockquote><p>said</p></blockquote><dl><dt>word</dt><dd>meaning</dd></dl>", "> said\n\nword\n\n  meaning"),
])
def test_what_becomes_of(html, text):
    assert convert(f"<html><body><header>title</header><article>{html}</article></body></html>") == f"{text}\n"


def test_figures_are_named_by_their_path(tmp_path):
    page = tmp_path / "_build" / "html" / "book" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text('<article><img alt="x" src="../_images/a%20b.png"></article>', encoding="utf-8")
    assert page_text(page, tmp_path) == "![x](_build/html/_images/a b.png)\n"
    assert page_text(page, tmp_path / "elsewhere") == f"![x]({tmp_path}/_build/html/_images/a b.png)\n"


def test_text_of_the_light_book(built):
    """Of the page that the fixture book has: records are shown as the fixture shows them, without claims.site."""
    text = page_text(built.root / "_build/html/book/light/squares.html", built.root)
    assert text.startswith("# 2. Squares\n\nSquares from sums.\n")
    assert "$$" in text and "data-label" not in text and "<div" not in text
