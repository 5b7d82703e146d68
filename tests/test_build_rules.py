"""The rules of a page that teaches: a page that just passes, and for each rule the same page with one thing wrong."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest

from claims.press import rules
from claims.press.project import Project
from claims.press.sources import read_chapter

GOOD = Path(__file__).with_name("ruled_page.md").read_text(encoding="utf-8")


def record(label, statement="v_{t + 1} = v_{t} + \\sigma^{2}", **more) -> dict:
    found = {
        "label": label,
        "kind": "claim",
        "statement": statement,
        "verdict": "proved",
        "badge": "proved",
        "symbols": {r"v_\cdot": "sequence of numbers", "t": "whole number", r"\sigma": "number"},
        "introduces": {},
        "where": [],
        "reasons": ["squares add"],
        "sides": {"left": "executed"},
        **more,
    }
    return {"output_type": "display_data", "data": {"text/html": "…"}, "metadata": {"text/html": {"claims": found}}}


def html(text) -> dict:
    return {"output_type": "display_data", "data": {"text/html": text, "text/plain": "<HTML>"}, "metadata": {}}


def stream(text) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


WORKING = {
    "output_type": "display_data",
    "data": {"text/html": "…"},
    "metadata": {"text/html": {"working": {"latex": "n - 1", "symbols": {"t": "whole number"}, "where": []}}},
}
GLUED = {"output_type": "display_data", "data": {"application/papermill.record/text/plain": "1"}, "metadata": {}}
SHOWN = [
    [GLUED],
    [record("mean-square-grows")],
    [html("<table><tr><th>steps</th></tr><tr><td>4 \\(v_t\\)</td></tr></table>")],
    [record("second-step", where=[["k", "the step"]], symbols={"k": "whole number"})],
    [WORKING],
    [html('<table class="claims-chapter-ledger"></table>')],
]


@pytest.fixture
def found(tmp_path):
    def problems(text: str = GOOD, shown: list = SHOWN) -> list[str]:
        (tmp_path / "book").mkdir(exist_ok=True)
        (tmp_path / "book" / "walk.md").write_text(text, encoding="utf-8")
        chapter = read_chapter(Project(tmp_path), tmp_path / "book" / "walk.md")
        assert len(chapter.cells) == len(shown)
        return list(map(str, rules.check(chapter, [{"outputs": outputs} for outputs in shown])))

    return problems


def line(text: str, of: str = GOOD) -> int:
    return next(n for n, one in enumerate(of.splitlines(), 1) if text in one)


def test_a_page_that_just_passes(found):
    assert found() == []


TEXT = [
    (
        "sentence_before_display",
        "Squares add, because a step has mean zero:",
        "Hence:",
        'claim("mean-square-grows"',
        "'mean-square-grows' stands directly behind a table",
    ),
    (
        "sentence_before_display",
        "Squares add, because a step has mean zero:",
        "Squares add here:\n\n## Growth",
        'claim("mean-square-grows"',
        "behind the heading 'Growth'",
    ),
    (
        "sentence_before_display",
        "Three walks show it, mean squares in steps:\n",
        "",
        "table()",
        "an output stands directly behind 'mean-square-grows'",
    ),
    (
        "sentence_before_display",
        "It is the first one again, with $k$ for the step.",
        "<!-- nothing said -->",
        'claim("second-step"',
        "'second-step' stands directly behind the beginning of its fold",
    ),
    (
        "sentence_before_display",
        "The intermediate result is set lighter:\n",
        "",
        "working()",
        "the working stands directly behind 'second-step'",
    ),
    (
        "symbols_are_introduced",
        "| $v_t$, $\\sigma^2$ | mean square, and that of a step | positive |\n",
        "",
        'claim("mean-square-grows"',
        r"'mean-square-grows' shows $v_{…}$, $\sigma$ without an introduction",
    ),
    (
        "one_letter_one_meaning",
        "| $v_t$,",
        "| $x_t$ | another thing | real |\n| $v_t$,",
        "another thing",
        "the notation table explains $x_t$ twice",
    ),
    (
        "equations_are_in_standard_form",
        "grows like a root",
        r"grows like $\ln t$",
        "grows like",
        r"\ln in the text: write \log",
    ),
    (
        "code_in_view_is_short",
        "from claims import claim, close, define",
        "x = 1" + " + 1" * 20,
        "x = 1 + 1",
        "85 characters of code in view, at most 79",
    ),
    (
        "code_in_view_is_short",
        "from claims import claim, close, define",
        "x = 1\n" * 16,
        "```{code-cell}",
        "16 lines of code in view, at most 15",
    ),
    (
        "close_is_not_shown",
        "```{code-cell} ipython3\nclose()",
        "```{code-cell} ipython3\nx = 1\nclose()",
        "close()\n",
        "close() is shown: give it a cell of its own",
    ),
    (
        "close_is_not_shown",
        "```{code-cell} ipython3\nclose()",
        "```{code-cell} ipython3\n:tags: [remove-cell]\nclose()",
        ":tags: [remove-cell]",
        "close() is removed with the ledger",
    ),
    ("no_words_of_testing", "Divide by", "The verdict is to divide by", "The verdict", "the word 'verdict'"),
    (
        "no_words_of_testing",
        "{dropdown} The second step",
        "{dropdown} The second trial",
        "second trial",
        "the word 'trial'",
    ),
    (
        "no_words_of_testing",
        "its standard deviation does",
        "its deviation does",
        "its deviation does",
        "the word 'deviation'",
    ),
]


@pytest.mark.parametrize("rule, old, new, place, said", TEXT)
def test_text_that_breaks_a_rule(found, rule, old, new, place, said):
    assert old in GOOD and rule in rules.RULES
    text = GOOD.replace(old, new, 1)
    problems = found(text)
    assert problems and all(said in p or "without an introduction" in p for p in problems), problems
    at = line(place.strip(), text)
    assert re.match(rf"book/walk.md:({at}|{at - 1}|{at + 1}): ", next(p for p in problems if said in p)), (at, problems)


OUTPUTS = [
    (
        "sentence_before_display",
        1,
        [record("mean-square-grows"), record("length-grows")],
        "'length-grows' stands directly behind 'mean-square-grows'",
    ),
    ("formulas_are_not_program_text", 2, [stream("v(t) = s**2*t + 1\n")], "program text (`**`"),
    ("formulas_are_not_program_text", 2, [stream("variance \\sigma\n")], "a name with a backslash"),
    ("formulas_are_not_program_text", 2, [stream("sqrt(t)\n")], "program text (a call"),
    ("formulas_are_not_program_text", 2, [html("<p>Derivative(f(x), x)</p>")], "program text (a call"),
    ("formulas_are_not_program_text", 2, [stream("[t*s, 2/t]\n")], "brackets round a formula"),
    ("tables_are_set", 2, [stream("steps  square  error\n4      4.01    0.02\n16     15.9    0.1\n")], "aligned text"),
    ("equations_are_in_standard_form", 1, [record("mean-square-grows", r"v_{t} = \sigma^{-1 + t}")], "number first"),
    ("equations_are_in_standard_form", 1, [record("mean-square-grows", r"v_{t} = \left(1,\; t\right)")], "a tuple"),
    ("equations_are_in_standard_form", 1, [record("mean-square-grows", r"v_{t} = \sqrt{t} \sqrt{2}")], "two roots"),
    ("equations_are_in_standard_form", 1, [record("mean-square-grows", r"v_{t} = t^{2} t^{3}")], "two powers"),
    ("equations_are_in_standard_form", 1, [record("mean-square-grows", r"v_{t} = \ln t")], r"\ln"),
    (
        "only_equations_are_numbered",
        1,
        [record("mean-square-grows", sides={"left": "in words"}, symbols={})],
        "compares words with a number",
    ),
    ("labels_say_what_equations_say", 1, [record("walk-f12")], "the label 'walk-f12' holds the number 'f12'"),
    ("no_words_of_testing", 1, [record("mean-square-grows", reasons=["by the premise"])], "the word 'premise'"),
    ("no_words_of_testing", 2, [html("<p>without the ablation</p>")], "the word 'ablation'"),
    ("symbols_are_introduced", 1, [record("mean-square-grows", symbols={"W": "matrix d × d"})], "shows $W$ without"),
    (
        "one_letter_one_meaning",
        3,
        [record("second-step", symbols={"t": "vector"})],
        "$t$ is a vector in 'second-step' and a number in 'mean-square-grows'",
    ),
    (
        "one_letter_one_meaning",
        4,
        [WORKING, record("third-step", symbols={}, where=[["k", "a spring"]])],
        "explained as 'a spring' at 'third-step' and as 'the step'",
    ),
]


@pytest.mark.parametrize("rule, cell, outputs, said", OUTPUTS)
def test_outputs_that_break_a_rule(found, rule, cell, outputs, said):
    assert rule in rules.RULES
    shown = copy.deepcopy(SHOWN)
    shown[cell] = outputs
    problems = found(shown=shown)
    assert any(said in p and re.match(r"book/walk.md:\d+: ", p) for p in problems), problems


def test_every_rule_has_a_page_that_breaks_it(found):
    found()
    assert {t[0] for t in TEXT} | {o[0] for o in OUTPUTS} == set(rules.RULES)


def test_what_a_fold_introduces_holds_in_the_fold_alone(found):
    shown = copy.deepcopy(SHOWN)
    shown[4] = [record("third-step", symbols={"k": "whole number"})]
    assert found(shown=shown) == []
    outside = GOOD.replace("```\n::::\n", "```\n", 1).replace(
        "The intermediate result", "::::\n\nThe intermediate result"
    )
    assert any("'third-step' shows $k$ without" in p for p in found(outside, shown))
    assert found(outside.replace("| $x_t$ |", "| $x_t$, $k$ |"), shown) == []


def test_a_definition_introduces_what_it_names(found):
    shown = copy.deepcopy(SHOWN)
    shown[1] = [record("walk-length", kind="definition", symbols={"W": "function"}, introduces={"W": "function"})]
    shown[4] = [record("third-step", symbols={"W": "function"})]
    assert found(shown=shown) == []


def test_solutions_are_folds_and_what_is_hidden_is_not_in_view(found):
    text = GOOD.replace(
        "So the length of",
        """```{solution-start} root
```
The premise is in the fold.
```{solution-end}
```

So the length of""",
    ).replace("from claims import claim, close, define", ":tags: [hide-input]\n" + "x = 1\n" * 30)
    assert found(text) == []
