"""A book of light chapters in the clothes of this one: what a build costs when the chapters cost nothing."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

from . import copies
from .project import Project, load

CHAPTER = '''---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Light chapter {n}

A walk of $t$ steps, {n} of many.

<!-- notation -->
| symbol | meaning | range |
|---|---|---|
| $x_t$, $v_t$ | position after $t$ steps, and its mean square | real |
| $z$, $\\sigma$ | standard normal number, and the size of a step | real |

```{{code-cell}} ipython3
:tags: [hide-input]
import numpy as np
import sympy as sp

from claims import E, claim, close, define, random, sequence

t, sigma = sp.Symbol("t", integer=True, nonnegative=True), sp.Symbol(r"\\sigma", positive=True)
z = random(sp.Symbol("z", real=True), law="normal")
X, v = sequence("x", random=True), sequence("v")
```

Every step adds a random number to the position:

```{{code-cell}} ipython3
:tags: [hide-input, F1]
step = define("walk-step-{word}", X(t + 1), X(t) + sigma * z, lambda x, z, sigma: x + sigma * z, args=[X(t), z, sigma],
              wrong={{"no noise": lambda x, z, sigma: x}})
step
```

Its size is measured by the mean square:

```{{code-cell}} ipython3
:tags: [hide-input]
mean_square = define("walk-mean-square-{word}", v(t), E(X(t) ** 2))
mean_square
```

A step has mean zero, so mean squares add:

```{{code-cell}} ipython3
:tags: [hide-input, F2]
def walk(rng, step, t, sigma):
    x = [np.zeros(200_000)]
    for _ in range(t + 1):
        x.append(step(x[-1], rng.normal(size=x[-1].shape), sigma))
    return {{"x": np.array(x)}}

claim("walk-growth-{word}", v(t + 1), "=", v(t) + sigma**2, given=[mean_square, step], steps=[
          (E((X(t) + sigma * z) ** 2), "one step of the walk", mean_square, step),
          (E(X(t) ** 2) + sigma**2, "the noise has mean zero and is independent of the state"),
          (v(t) + sigma**2, "definition of the mean square", mean_square)],
      trial=walk, domain={{t: [3, 10], sigma: [sp.Rational(1, 2), 2]}})
```

The mean square in {{eq}}`walk-growth-{word}` grows with the number of steps.

```{{code-cell}} ipython3
close()
```
'''
ARTICLE = """- slug: {slug}
  part: light
  formulas: 2
  n: {position}
  url: https://example.org/{n}
  title_zh: {slug}
  title: Light chapter {n}
"""


def word(number: int) -> str:
    """Letters for a number: labels hold none.

    >>> word(0), word(36)
    ('aa', 'bk')
    """
    return chr(97 + number // 26) + chr(97 + number % 26)


def synthetic(project: Project, folder: Path, number: int, bound: Callable[[dict], float]) -> dict:
    """A cold build of a book of `number` light chapters in the clothes of this book: seconds, also per chapter."""
    root = folder / f"synthetic-{number}"
    (root / "book" / "light").mkdir(parents=True)
    (root / "data").mkdir()
    for name in ("_config.yml", "requirements.txt", "constraints.txt", "pyproject.toml"):
        if (project.root / name).exists():
            shutil.copy(project.root / name, root / name)
    for name in ("references.bib", "_static"):
        if (project.root / "book" / name).is_dir():
            shutil.copytree(project.root / "book" / name, root / "book" / name)
        elif (project.root / "book" / name).exists():
            shutil.copy(project.root / "book" / name, root / "book" / name)
    slugs = [f"light_{n:02d}" for n in range(number)]
    for n, slug in enumerate(slugs):
        (root / "book" / "light" / f"{slug}.md").write_text(CHAPTER.format(n=n, word=word(n)), encoding="utf-8")
    (root / "book" / "index.md").write_text("# Many light chapters\n\nFor the benchmark.\n", encoding="utf-8")
    (root / "data" / "articles.yml").write_text("".join(
        ARTICLE.format(slug=slug, n=n, position=n + 1) for n, slug in enumerate(slugs)), encoding="utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nparts:\n- numbered: true\n  chapters:\n"
                                   + "".join(f"  - file: book/light/{slug}\n" for slug in slugs), encoding="utf-8")
    done = copies.build(root)
    times = load(root / "_build" / "times.json", {})
    cpu = [c["cpu"] for c in times["chapters"].values()]
    return {"chapters": number, "cold": round(done.wall, 3), "per_chapter": round(done.wall / number, 3),
            "peak_bytes": done.peak, "rendering": times["build"]["rendering"],
            "rendering_per_page": round(times["build"]["rendering"] / (number + 1), 3),
            "cpu_per_chapter": round(statistics.mean(cpu), 3),
            "start_per_chapter": round(statistics.median(c["start"] for c in times["chapters"].values()), 3),
            "cold_over_bound": round(done.wall / bound(times), 3)}
