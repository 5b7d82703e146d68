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

```{{code-cell}} ipython3
import numpy as np
import sympy as sp

from claims import E, claim, close, define, sequence

t, sigma = sp.Symbol("t", integer=True, positive=True), sp.Symbol(r"\\sigma", positive=True)
x, z = sp.symbols("x z", real=True)
X, F = sequence("x", random=True), sp.Function("F")
```

```{{code-cell}} ipython3
:tags: [hide-input, F1]
step = define("walk-step-{n}", F(x, z, sigma), x + sigma * z, lambda x, z, sigma: x + sigma * z, args=[x, z, sigma],
              wrong={{"no noise": lambda x, z, sigma: x}})
step
```

```{{code-cell}} ipython3
:tags: [hide-input, F2]
def mean_square(after, before):
    """Of a step, if x has mean 0 and mean square `before`, and z is independent of it with variance 1."""
    square = sp.expand(after**2)
    return square.coeff(x, 2) * before + square.coeff(z, 2)

def walk(rng, step, t, sigma):
    x = np.zeros(200_000)
    for _ in range(t):
        x = step(x, rng.normal(size=x.shape), sigma)
    return {{"x_t": x}}

claim("walk-variance-{n}", E(X(t) ** 2), "=", t * sigma**2, given=[step],
      proof=lambda rhs, after: {{"start": rhs.subs(t, 0), "one step": rhs.subs(t, t + 1) - mean_square(after, rhs)}},
      trial=walk, domain={{t: [3, 10], sigma: [sp.Rational(1, 2), 2]}})
```

The variance in {{eq}}`walk-variance-{n}` grows with the number of steps.

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
        (root / "book" / "light" / f"{slug}.md").write_text(CHAPTER.format(n=n), encoding="utf-8")
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
