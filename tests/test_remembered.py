"""Evidence that stands while nothing it rests on has changed, in an author's run, and not one step further."""

import json
import types

import numpy as np
import pytest
import sympy as sp

from claims.press import kept, store
from claims.press.project import Project
from claims.remembered import Digest, Unkeyed, digest_of

x = sp.Symbol("x", real=True)


def of_chapter(source, name="f", **given):
    """What a cell of a chapter binds to this name."""
    space = {"__name__": "__main__", "np": np, "sp": sp, **given}
    exec(source, space)  # noqa: S102 - a cell
    return space[name]


SAME = {
    "a function": lambda: of_chapter("def f(a, b=2): return a * b"),
    "a function and what it reads": lambda: of_chapter("f = lambda a: a + k", k=3),
    "a closure": lambda: of_chapter("def g(k):\n    return lambda a: a + k\nf = g(2)"),
    "an array": lambda: np.arange(6.0).reshape(2, 3),
    "an expression": lambda: sp.Sum(x**2 / sp.Symbol("n"), (x, 1, 3)),
    "two equal expressions": lambda: [x + 1, sp.Add(x, 1, evaluate=False)],
    "a mapping": lambda: {"a": [1, 2], "b": {3, 1}},
    "a generator": lambda: np.random.default_rng(3),
    "a class": lambda: of_chapter("class f:\n    def run(self): return 1"),
    "a function of itself": lambda: of_chapter("def f(n): return 1 if n == 0 else n * f(n - 1)"),
}
OTHER = {
    "a function": lambda: of_chapter("def f(a, b=3): return a * b"),
    "a function and what it reads": lambda: of_chapter("f = lambda a: a + k", k=4),
    "a closure": lambda: of_chapter("def g(k):\n    return lambda a: a + k\nf = g(3)"),
    "an array": lambda: np.arange(6.0).reshape(3, 2),
    "an expression": lambda: sp.Sum(x**2 / sp.Symbol("n", positive=True), (x, 1, 3)),
    "two equal expressions": lambda: [x + 1, x + 2],
    "a mapping": lambda: {"a": [1, 2], "b": {3, 2}},
    "a generator": lambda: np.random.default_rng(4),
    "a class": lambda: of_chapter("class f:\n    def run(self): return 2"),
    "a function of itself": lambda: of_chapter("def f(n): return 1 if n == 0 else n + f(n - 1)"),
}


@pytest.mark.parametrize("what", SAME)
def test_equal_content_has_one_digest_and_other_content_another(what):
    assert digest_of(SAME[what]()) == digest_of(SAME[what]()) != digest_of(OTHER[what]())


def test_a_global_two_calls_away_counts():
    source = "def helper(a): return a * factor\nf = lambda a: helper(a) + 1"
    assert digest_of(of_chapter(source, factor=2)) != digest_of(of_chapter(source, factor=3))


def test_what_has_no_content_has_no_key():
    with pytest.raises(Unkeyed):
        Digest().add(iter([1, 2]))
    with pytest.raises(Unkeyed):
        digest_of(of_chapter("f = lambda a: next(numbers)", numbers=(n for n in range(3))))


CHAPTER = '''
```{code-cell} ipython3
import numpy as np
import sympy as sp
from claims import claim, close, counterexample, define, erratum, experiment, scalar
n, k = sp.symbols("n k", integer=True, positive=True)
half = define("light-half", scalar("h"), n / 2, lambda n: n / 2, args=[n],
              wrong={"n": lambda n: n})
half
```

```{code-cell} ipython3
claim("light-numbers", sp.Sum(k, (k, 1, n)), "=", n * (n + 1) / 2, domain={n: [3, 6]})
```

```{code-cell} ipython3
claim("light-odd", sp.Sum(2 * k - 1, (k, 1, n)), "=", n**2, domain={n: [3, 6]}, reason="pairs")
```

```{code-cell} ipython3
claim("light-quarter", scalar("h") / 2, "=", n / 4, given=[half], domain={n: [3, 6]})
```

```{code-cell} ipython3
counterexample("light-doubles", sp.Sum(k, (k, 1, n)), "=", n**2, instead=n * (n + 1) / 2, domain={n: [3, 6]})
```

```{code-cell} ipython3
erratum("light-slip", sp.Sum(k, (k, 1, n)), "=", printed=n * (n - 1) / 2, corrected=n * (n + 1) / 2,
        source="a leaflet", place="line 1", why="a sign", domain={n: [3, 6]})
```

```{code-cell} ipython3
CURVES = []
race = lambda rng: (2 + rng.uniform(), 1 + rng.uniform() / 9)
same = lambda rng: (1 + rng.uniform(), 1 + rng.uniform())
experiment("light-race", "a", ">", "b", run=race, seeds=6, ablations={"the same car": same})


def drawn(rng):
    CURVES.append(rng.uniform())
    return race(rng)


experiment("light-drawn", "a", ">", "b", run=drawn, seeds=6, ablations={"the same car": same})
assert len(CURVES) == 6  # a figure needs them
```

```{code-cell} ipython3
close()
```
'''
KEPT = 7
"""A definition, three claims, a counterexample, an erratum, an experiment; not the experiment that leaves curves."""


def test_an_authors_run_judges_what_changed_and_the_book_judges_all(light):
    page = light.root / "book/light/squares.md"
    head = page.read_text(encoding="utf-8").split("```{code-cell}")[0]
    page.write_text(head + CHAPTER, encoding="utf-8")
    project = Project(light.root)

    def run(command, *more):
        light.claims(command, *more)
        return store.read(project, "squares").get("kept", 0)

    assert run("chapter", "squares") == 0
    records = json.loads(kept.path(project, "squares").read_text())
    assert len(records) == KEPT + 2  # what is true instead, of the counterexample and of the erratum
    assert all(r["failures"] == [] for r in records.values())
    assert run("chapter", "squares") == 0  # nothing ran
    light.edit("book/light/squares.md", "domain={n: [3, 6]}, reason", "domain={n: [3, 7]}, reason")
    assert run("chapter", "squares") == KEPT - 1
    light.edit("book/light/squares.md", "lambda n: n / 2", "lambda n: n / 2.0")  # the code of a premise
    assert run("check", "light-quarter") == KEPT - 2
    light.edit("book/light/squares.md", "printed=n * (n - 1) / 2", "printed=n * (n - 1)")
    light.edit("book/light/squares.md", "rng.uniform() / 9", "rng.uniform() / 8")
    assert run("chapter", "squares") == KEPT - 2
    light.edit("book/light/squares.md", "n**2, domain", "n**2 + 0 * n, domain")
    light.edit("book/light/squares.md", 'n / 4, given', 'n / 3, given')  # what does not pass is not kept
    done = light.claims("chapter", "squares")
    assert done.returncode == 1 and "light-quarter" in done.stderr, done.stdout + done.stderr
    light.edit("book/light/squares.md", 'n / 3, given', 'n / 4, given')
    assert run("chapter", "squares") == KEPT - 1
    done = light.build()
    assert light.executed(done) == ["squares"] and "evidence kept" in done.stdout, done.stdout + done.stderr
    assert "kept" not in store.read(project, "squares")


def test_another_engine_keeps_nothing(light, monkeypatch):
    project = Project(light.root)
    before = kept.path(project, "squares")
    monkeypatch.setattr(kept.deps, "installed", lambda: {"sympy": "0.0"})
    assert kept.path(project, "squares") != before
    monkeypatch.undo()
    assert kept.path(project, "squares") == before
    for name in ("data/more.csv", "helper_here.py", "book/light/helper_there.py"):
        (light.root / name).write_text("1")
        assert (after := kept.path(project, "squares")) != before, name
        before = after


def test_the_module_is_taken_by_name_and_the_engine_by_its_digest():
    assert digest_of(types) == digest_of(types) != digest_of(np)
    assert digest_of(sp.sin(x)) == digest_of(sp.sin(x)) != digest_of(sp.cos(x))
