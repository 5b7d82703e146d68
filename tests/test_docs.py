"""What the documentation says is true: its example runs and passes, the targets and paths it names exist."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

import claims
from claims import ChapterFailed, session

pytestmark = pytest.mark.usefixtures("notebook")


@pytest.fixture
def readme(root):
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def example(readme):
    blocks = [b for b in re.findall(r"```python\n(.*?)```", readme, re.S) if "from claims import" in b]
    assert len(blocks) == 1
    return blocks[0]


def run(source):
    exec(compile(source, "README.md", "exec"), {"__name__": "__main__"})


def test_the_example_passes(example):
    run(example)
    records = {r["label"]: r for r in session.records()}
    assert records["walk-variance"]["verdict"] == "proved" and records["walk-variance"]["failures"] == []
    assert records["walk-variance"]["mutants"]["survivors"] == [] and records["walk-variance"]["premises"]["moved"] == 1


@pytest.mark.parametrize("old, new", [("t * sigma**2, given", "t * sigma, given"), ("t * sigma**2, given", "(t - 1) * sigma**2, given"), ("Mean(walk(rng, step, t, sigma) ** 2)", "Mean(walk(rng, step, t, sigma) ** 4)"),
                                      ("rhs - sigma**2}", "rhs + sigma**2}"), ("given=[step]", "given=[]")])
def test_the_example_changed_in_one_place_fails(example, old, new):
    assert old in example
    with pytest.raises(ChapterFailed):
        run(example.replace(old, new))


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_the_example_passes_under_other_random_numbers(example, seed, monkeypatch):
    monkeypatch.setenv("BOOK_SEED", seed)
    run(example)


def test_targets_named_in_the_readme_exist(root, readme):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", readme)) | set(re.findall(r"^make ([a-z-]+)", readme, re.M))
    assert named and named <= targets, named - targets
    helped = set(re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), re.M))
    assert named <= helped


def test_files_named_in_the_layout_exist(root, readme):
    layout = re.search(r"## Layout\n\n```\n(.*?)```", readme, re.S).group(1)
    names = [w for line in layout.splitlines() for w in re.match(r"((?:\S+ {1,2})*?\S+)(?: {3,}|$)", line).group(1).split()] if layout else []
    names = [w for w in names if re.fullmatch(r"[\w./-]+(/|\.\w+|file)", w)]
    assert len(names) > 8
    assert [n for n in names if not (root / n).exists()] == []


def test_modules_named_in_the_readme_exist(readme):
    line = re.search(r"In the engine: (.*)\.", readme).group(1)
    for name in re.findall(r"`(\w+)`", line):
        importlib.import_module(f"claims.{name}")


@pytest.mark.parametrize("name", claims.__all__)
def test_public_names_are_documented(name):
    thing = getattr(claims, name)
    assert thing.__doc__ and ">>> " in thing.__doc__, name
    assert name in dir(claims)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert all(p.annotation is not p.empty for p in signature.parameters.values()) and signature.return_annotation is not signature.empty, name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'clam'"):
        claims.clam  # noqa: B018
