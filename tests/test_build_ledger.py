"""What the ledger finds wrong with the records of executed chapters, checked on stored runs without executing
anything."""

from __future__ import annotations

import copy

import pytest

from claims.press import ledger, store
from claims.press.project import Project
from claims.press.sources import read_book


@pytest.fixture(scope="module")
def book(built):
    return read_book(Project(built.root))


@pytest.fixture
def runs(built, book):
    """Executed chapters, free to be changed."""
    return [ledger.Run(chapter, copy.deepcopy(store.read(book.project, chapter.slug)["cells"]))
            for chapter in book.chapters]


def record(runs, label):
    return next(r for run in runs
                for cell in run.cells for o in cell["outputs"] if (r := store.record_of(o)) and r["label"] == label)


def output(runs, label):
    return next(o for run in runs
                for cell in run.cells for o in cell["outputs"] if (r := store.record_of(o)) and r["label"] == label)


def problems(runs, book, **more):
    return [str(p) for p in ledger.check(runs, ledger.collect(runs), book.articles, **more)]


def test_a_good_book_has_no_problems(runs, book):
    assert problems(runs, book) == []


def test_records_know_their_place(runs):
    records = {r["label"]: r for r in ledger.collect(runs)}
    triangle = records["sums-triangle"]
    assert (triangle["file"], triangle["line"], triangle["fnumbers"],
            triangle["chapter"]) == ("book/light/sums.md", 38, ["F2"], "sums")
    assert list(
        triangle["proof"]["findings"]) == ["start", "one step"], (
            "residuals stand in the author's order, also when they "
                                                                 "come from the store")
    assert triangle["used_by"] == ["squares-odd"] and records["sums-partial"]["used_by"] == ["sums-triangle"]


@pytest.mark.parametrize("verdict", ["refuted", "undecided", "", None, "probably"])
def test_only_known_verdicts_pass(runs, book, verdict):
    record(runs, "squares-odd")["verdict"] = verdict
    assert any("book/light/squares.md:22: claim 'squares-odd' is" in p for p in problems(runs, book))


def test_a_record_with_failures_fails_whatever_its_verdict(runs, book):
    record(runs, "squares-odd")["failures"] = ["the mutant n**3 survives"]
    assert problems(runs, book) == ["book/light/squares.md:22: claim 'squares-odd' is proved: the mutant n**3 survives"]


def test_label_twice_across_chapters(runs, book):
    record(runs, "squares-odd")["label"] = "sums-triangle"
    assert any("label 'sums-triangle' is used twice; first at book/light/sums.md:38" in p for p in problems(runs, book))


def test_missing_premise(runs, book):
    record(runs, "squares-odd")["given"] = ["sums-square"]
    found = problems(runs, book)
    said = "'squares-odd' rests on 'sums-square', and there is no such claim or definition"
    assert f"book/light/squares.md:22: {said}" in found


def test_premises_of_other_chapters_are_not_judged_when_one_is_missing(runs, book):
    assert not any("rests on" in p for p in problems(runs[1:], book, whole=False))


@pytest.mark.parametrize("edges, circle", [
    ({"sums-triangle": ["sums-triangle"]}, "sums-triangle → sums-triangle"),
    ({"sums-triangle": ["sums-partial", "squares-odd"]}, "sums-triangle → squares-odd → sums-triangle"),
    ({"sums-partial": ["squares-odd"]}, "sums-partial → squares-odd → sums-triangle → sums-partial"),
])
def test_circles(runs, book, edges, circle):
    for label, given in edges.items():
        record(runs, label)["given"] = given
    found = [p for p in problems(runs, book) if "circle" in p]
    assert len(found) == 1 and found[0].endswith(circle)


def test_unused_definition(runs, book):
    record(runs, "sums-triangle")["given"] = []
    assert "book/light/sums.md:31: no claim rests on the definition 'sums-partial'" in problems(runs, book)


def test_equation_without_record(runs, book):
    del output(runs, "squares-odd")["metadata"]["text/html"]
    found = problems(runs, book)
    assert any("squares.md:20: shows an equation without a record" in p for p in found)
    assert any("squares.md:22: claim 'squares-odd' left no record" in p for p in found)


@pytest.mark.parametrize("data", [{"text/latex": "$\\displaystyle x$"}, {"text/html": "<p>\\[ x \\]</p>"},
                                  {"text/markdown": "$$x$$"},
                                  {"text/markdown": r"\begin{align} x \end{align}"}])
def test_displayed_output_without_record(runs, book, data):
    runs[0].cells[0]["outputs"].append({"output_type": "display_data", "data": data, "metadata": {}})
    assert any("sums.md:16: shows an equation without a record" in p for p in problems(runs, book))


def test_inline_mathematics_in_an_output_is_fine(runs, book):
    runs[0].cells[0]["outputs"].append({"output_type": "display_data",
                                        "data": {"text/html": '<span class="math">\\(x\\)</span>'}, "metadata": {}})
    assert problems(runs, book) == []


def test_record_without_equation(runs, book):
    output(runs, "squares-odd")["data"] = {"text/plain": "n^2"}
    assert any("record 'squares-odd' has no equation on the page" in p for p in problems(runs, book))


def test_equation_that_is_not_the_statement(runs, book):
    output(runs, "squares-odd")["data"]["text/latex"] = r"$$ n^2 = \sum_{k=1}^{n} (2 k + 1) $$"
    assert problems(
        runs, book) == ["book/light/squares.md:22: the equation shown for 'squares-odd' is not the statement of "
                        "its record"]


def test_verb_without_record(runs, book):
    runs[1].cells[1]["outputs"] = []
    assert any("squares.md:22: claim 'squares-odd' left no record: let it be the last expression of its cell" in p
               for p in problems(runs, book))


def test_formula_without_claim(runs, book):
    articles = {**book.articles, "squares": {"formulas": 3}}
    assert [str(p) for p in ledger.check(runs, ledger.collect(runs),
                                         articles)] == ["book/light/squares.md:1: no claim for formula F2, F3 of "
                                                        "the article"]


def test_too_much_is_cited(runs, book):
    record(runs, "squares-odd")["verdict"] = "cited"
    assert problems(runs, book) == ["book/light/squares.md:1: 1 of 1 records are only cited; at most one in 20 may be"]


def test_chapter_without_close(runs, book):
    run = ledger.Run(copy.deepcopy(runs[1].chapter), runs[1].cells)
    run.chapter.cells[-1].source = "closed = 1"
    assert problems([runs[0], run],
                    book) == ["book/light/squares.md:25: the last code cell does not call close(), so that "
                              "failures would go unseen"]


def test_times_are_kept_apart(built):
    project = Project(built.root)
    assert '"cpu"' not in project.ledger.read_text() and "seconds" not in project.ledger.read_text()
    assert '"cpu": 0.1' in project.times.read_text()
    assert store.without_times({"proof": {"seconds": 1, "tactics": []}, "cpu": 2,
                                "list": [{"evidence_cpu": 1}]}) == {"proof": {"tactics": []}, "list": [{}]}
