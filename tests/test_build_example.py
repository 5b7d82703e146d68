"""The chapter that the README shows how to write is published; with a wrong formula it is not."""

from __future__ import annotations

import re

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A walk

Written as the README says, the growth is {eq}`walk-growth`.

<!-- notation -->
| symbol | meaning | range |
|---|---|---|
| $x_t$, $v_t$ | position after $t$ steps, and its mean square | real |
| $z$, $\\sigma$ | standard normal number, and the size of a step | real |
"""
FILE = "book/light/squares.md"


def test_the_chapter_of_the_readme(root, light):
    section = (root / "README.md").read_text(encoding="utf-8").partition("## Writing a chapter")[2]
    cells = re.search(r"```python\n(.*?)```", section, re.S)[1].split("# next cell\n")
    assert len(cells) == 4 and "(v(t) + sigma**2, " in cells[2]
    (light.root / FILE).write_text(
        HEAD
        + "".join(f"\nThe next cell says it:\n\n```{{code-cell}} ipython3\n{cell.strip()}\n```\n" for cell in cells),
        encoding="utf-8",
    )
    light.edit("data/articles.yml", "- slug: squares\n  part: light\n  formulas: 1",
               "- slug: squares\n  part: light\n  formulas: 0")
    light.edit("_config.yml", "[claims.press.fresh]", "[claims.press.fresh, claims.site]")
    done = light.build()
    assert done.returncode == 0 and light.executed(done) == ["squares"], done.stdout + done.stderr
    assert "definition" in done.stdout
    page = light.pages()["book/light/squares.html"].decode()
    assert 'data-label="walk-growth"' in page

    light.edit(FILE, '"=", v(t) + sigma**2, given', '"=", v(t) + sigma, given')
    light.edit(FILE, '(v(t) + sigma**2, "definition', '(v(t) + sigma, "definition')
    done = light.build()
    assert done.returncode == 1 and light.executed(done) == ["squares"], done.stdout + done.stderr
    problems = [line.strip() for line in done.stderr.splitlines() if line.strip().startswith("book/")]
    assert len(problems) == 1 and re.match(rf"{FILE}:\d+: claim 'walk-growth' is refuted: ", problems[0]), done.stderr
    assert light.pages()["book/light/squares.html"].decode() == page


def test_a_new_chapter_passes(light):
    """`make new` by the README: written, listed, counted, and good as it stands."""
    light.edit("_config.yml", "[claims.press.fresh]", "[claims.press.fresh, claims.site, sphinx_exercise]")
    light.edit("data/articles.yml", "- slug: squares",
               "- slug: far_walks_2\n  part: light\n  id: 1\n  date: 2022-01-01\n  zh: 随机游走\n"
               "  en: 'Walks: how far'\n- slug: squares")
    done = light.claims("new", "far_walks_2")
    assert done.returncode == 0 and "make chapter CHAPTER=far_walks_2" in done.stdout, done.stderr
    assert "book/light/squares\n  - file: book/light/far_walks_2\n" in (light.root / "_toc.yml").read_text()
    assert "en: 'Walks: how far'\n  formulas: 2\n- slug: squares" in (light.root / "data/articles.yml").read_text()
    one = light.claims("chapter", "far_walks_2")
    assert one.returncode == 0, one.stdout + one.stderr
    done = light.build()
    assert done.returncode == 0 and light.executed(done) == [], done.stdout + done.stderr
    page = light.pages()["book/light/far_walks_2.html"].decode()
    for there in ('data-label="far-walks-growth"', "Running example", "What to remember", "Exercise", "随机游走"):
        assert there in page
    assert light.claims("new", "far_walks_2").returncode == 2
    assert "not written yet: none" in light.claims("new", "cubes").stderr
