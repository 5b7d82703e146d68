"""What the documentation says is true: its example runs and passes, the targets and paths it names exist."""

from __future__ import annotations

import inspect
import re

import pytest

import claims
from claims import ChapterFailed, ClaimError, session

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
    growth = records["walk-growth"]
    assert growth["verdict"] == "proved" and growth["failures"] == [] and growth["sides"]["left"] == "executed"
    assert growth["mutants"]["survivors"] == [] and growth["premises"]["moved"] == 2
    assert [line["evidence"] for line in growth["lines"]] == ["proved"] * 3


@pytest.mark.parametrize("old, new", [
    ('"=", v(t) + sigma**2, given', '"=", v(t) + sigma, given'), ("v(t + 1), \"=\"", "v(t), \"=\""),
    ("sigma * z) ** 2), ", "z) ** 2), "),
    ("E(X(t) ** 2) + sigma**2, ", "E(X(t) ** 2) + sigma, "), ("given=[mean_square, step]", "given=[mean_square]"),
    ("mean_square, step),", "mean_square),"),
    ("rng.normal(size=x[-1].shape)", "rng.uniform(size=x[-1].shape)"), ("E(X(t) ** 2))", "E(X(t) ** 4))"),
    ("x + sigma * z, args", "x - 2 * sigma * z, args")])
def test_the_example_changed_in_one_place_fails(example, old, new):
    assert old in example
    with pytest.raises((ChapterFailed, ClaimError)):
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
    names = [w for w in layout.split() if re.fullmatch(r"[\w.-]+(/|\.\w+|file)", w)]
    names = [n if (root / n).exists() else f"claims/{n}" for n in names]
    assert len(names) > 8
    assert [n for n in names if not (root / n).exists()] == []


@pytest.mark.parametrize("name", claims.__all__)
def test_public_names_are_documented(name):
    thing = getattr(claims, name)
    assert thing.__doc__ and ">>> " in thing.__doc__, name
    assert name in dir(claims)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert all(p.annotation is not p.empty
                   for p in signature.parameters.values()) and signature.return_annotation is not signature.empty, name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'clam'"):
        claims.clam  # noqa: B018
