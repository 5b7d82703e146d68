"""Displayed mathematics typed by hand is found with its line; talk about it is not."""

from __future__ import annotations

import pytest

from claims.press.scan import hand_typed

CELL = "```{code-cell} ipython3\n:tags: [hide-input]\n%s\n```\n"


@pytest.mark.parametrize("text, line", [
    ("a\n\n$$x$$\n", 3),
    ("a\n\n$$\nx\n$$\n", 3),
    ("text $$x$$ text", 1),
    ("> $$x$$", 1),
    ("- item\n\n  $$x$$\n", 3),
    ("\\[x\\]", 1),
    ("```{math}\n:label: a\nx\n```\n", 1),
    ("````{note}\n```{math}\nx\n```\n````\n", 2),
    (":::{note}\n$$x$$\n:::\n", 2),
    (":::{admonition} Title\n:class: tip\n\n\\begin{align}x\\end{align}\n:::\n", 4),
    ("\\begin{equation}\nx\n\\end{equation}", 1),
    ("$\\begin{aligned}x\\end{aligned}$", 1),
    ("\\begin{gather*}x\\end{gather*}", 1),
    ("inline $\\displaystyle \\sum_i x_i$", 1),
    ("inline {math}`\\displaystyle x`", 1),
    ("<div class=\"math\">x</div>", 1),
    ("<math><mi>x</mi></math>", 1),
    ("```{raw} html\n\\[x\\]\n```\n", 2),
    (":::{math}\nx\n:::\n", 1),
    ("---\ntitle: a\n---\n$$x$$\n", 4),
    (CELL % "display(Math('x'))", 3),
    (CELL % "from IPython.display import Latex\nLatex('x')", 4),
    (CELL % "IPython.display.Math(r'x')", 3),
    (CELL % "publish_display_data({'text/latex': '$x$'})", 3),
    (CELL % "init_printing()", 3),
    (CELL.replace("%s", "%%latex\nx"), 3),
])
def test_found(text, line):
    found = hand_typed(text, "book/a.md")
    assert [p.line for p in found] == [line] and "display" in found[0].message


@pytest.mark.parametrize("text", [
    "inline $x^2$ and {math}`x`",
    "write `$$` or `\\[` in code",
    "```\n$$x$$\n```\n",
    "```latex\n\\begin{align}x\\end{align}\n```\n",
    "```{code-block} latex\n$$x$$\n```\n",
    "a price of $5 and \\$5",
    "matrix $\\begin{pmatrix}1\\end{pmatrix}$ in a line",
    "brackets \\\\[2pt]",
    CELL % "math.sqrt(2)\nprint('$$')",
    CELL % "x = a[0]",
    "---\ntitle: $$x$$\n---\n",
])
def test_not_found(text):
    assert hand_typed(text, "book/a.md") == []
