"""The rules of a page that teaches, as checks of the build: each is a function named after what it checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from .page import Page, Shown, called, only_closes
from .project import Problem
from .sources import Chapter

Rule = Callable[[Page], Iterator[Problem]]
Checked = TypeVar("Checked", bound=Rule)
RULES: dict[str, Rule] = {}
WIDTH, LENGTH = 79, 15
"""Of code in view: characters in a line, lines in a cell."""
WORDS = r"mutants?|refut(?:e|es|ed|ing|ation)|trials?|premises?|ablations?|(?<!standard )deviations?|verdicts?|allowed"
TESTING = re.compile(rf"\b({WORDS})\b", re.I)
NUMBERED = re.compile(r"(f|eq|eqn|equation|formula|claim|lemma|theorem|step|line|part)\d+[a-z]?|\d{1,2}")


def rule(check: Checked) -> Checked:
    """Registers a rule of the page."""
    RULES[check.__name__] = check
    return check


def check(chapter: Chapter, cells: list[dict]) -> list[Problem]:
    """What breaks a rule in an executed chapter: cells are its stored code cells with their outputs."""
    from . import rules_form, rules_symbols  # noqa: F401 - they register their rules

    page = Page(chapter.path.read_text(encoding="utf-8"), chapter, cells)
    return [problem for one in RULES.values() for problem in one(page)]


# ---------------------------------------------------------------- the order of a page


def says_something(text: str) -> bool:
    """Whether prose holds a sentence.

    >>> says_something("Divide by $n$:"), says_something("Hence"), says_something("```")
    (True, False, False)
    """
    plain = re.sub(r"\$[^$]+\$|\{[\w:]+\}`[^`]*`|`[^`]*`", " m ", text)
    return len(re.findall(r"[^\W\d_]+", plain)) >= 3


@rule
def sentence_before_display(page: Page) -> Iterator[Problem]:
    """A sentence leads to every equation; outputs and equations do not stand back to back. Each fold is a flow of
    its own, and for what stands round it a fold says nothing."""
    behind: dict[int, str | None] = {}
    for block in page.blocks:
        before = behind.get(block.fold, "the beginning of its fold" if block.fold else "the beginning of the page")
        if block.kind == "prose" and says_something(block.text):
            behind[block.fold] = None
        elif block.kind == "heading":
            behind[block.fold] = f"the heading {block.text!r}"
        elif block.kind == "table":
            behind[block.fold] = "a table"
        elif block.shown:
            for display in block.shown.displays(block):
                if before:
                    yield Problem(
                        page.file,
                        display.line,
                        f"{display.name} stands directly behind {before}: write a "
                        "sentence before it that says what is coming or why it is true",
                    )
                before = behind[block.fold] = display.name
            if block.shown.plain:
                if before and block.shown.cell and re.match(r"'|the working", before) and not block.shown.records:
                    yield Problem(
                        page.file,
                        block.shown.cell.line,
                        f"an output stands directly behind {before}: write "
                        "a sentence between them that says what the output shows",
                    )
                behind[block.fold] = "an output"


# ---------------------------------------------------------------- code and outputs


@rule
def code_in_view_is_short(page: Page) -> Iterator[Problem]:
    for block in page.blocks:
        if not block.shown or block.fold or not block.shown.code_in_view:
            continue
        cell = block.shown.cell
        lines = cell.source.rstrip().splitlines()
        if len(lines) > LENGTH:
            yield Problem(
                page.file,
                cell.line,
                f"{len(lines)} lines of code in view, at most {LENGTH}: show what the "
                "reader learns from, and hide the rest (`:tags: [hide-input]`, or a fold)",
            )
        for number, line in enumerate(lines):
            if len(line) > WIDTH:
                yield Problem(
                    page.file,
                    cell.body_line + number,
                    f"{len(line)} characters of code in view, at most {WIDTH}: break the line",
                )


@rule
def close_is_not_shown(page: Page) -> Iterator[Problem]:
    """The page hides a cell that only closes; one that does more is in view, one that is removed takes the ledger
    with it."""
    for shown in page.shown:
        if "close" not in called(shown.cell.tree()):
            continue
        if "remove-cell" in shown.cell.tags or "remove-output" in shown.cell.tags:
            yield Problem(
                page.file,
                shown.cell.line,
                "close() is removed with the ledger of the chapter that it shows: tag the cell `remove-input`",
            )
        elif shown.code_in_view and not only_closes(shown.cell):
            yield Problem(page.file, shown.cell.line_of("close("), "close() is shown: give it a cell of its own")


PROGRAM = [
    (re.compile(r"\*\*"), "`**`"),
    (re.compile(r"\\[A-Za-z]{2,}"), "a name with a backslash"),
    (re.compile(r"\b(sqrt|Derivative|Integral|Sum|Product|Rational|Matrix|exp|log)\("), "a call"),
    (re.compile(r"\[[^\]\n]*\w\s*[*/^]\s*[A-Za-z][^\]\n]*\]"), "brackets round a formula"),
]
MATHEMATICS = re.compile(
    r"<(span|div)[^>]*\bmath\b[^>]*>.*?</\1>|\$[^$\n]+\$|\\\(.*?\\\)|<(style|script)\b.*?</\2>", re.S
)
COLUMNS = re.compile(r"\S {2,}\S+.* {2,}\S|^\s*\S+ {2,}\S")


def said(output: dict) -> str:
    """The text of an output that a reader sees: a figure has none, HTML goes before plain text."""
    if "text" in output:
        return output["text"] if isinstance(output["text"], str) else "".join(output["text"])
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data):
        return ""
    page = data.get("text/html")
    text = page if page is not None else data.get("text/markdown", data.get("text/plain", ""))
    text = MATHEMATICS.sub(" ", "".join(text))
    return re.sub(r"<[^>]+>", " ", text) if page is not None else text


def outputs(page: Page) -> Iterator[tuple[Shown, dict, str]]:
    for shown in page.shown:
        for output in shown.plain:
            yield shown, output, said(output)


@rule
def formulas_are_not_program_text(page: Page) -> Iterator[Problem]:
    for shown, _, text in outputs(page):
        found = next(((m[0], what) for pattern, what in PROGRAM if (m := pattern.search(text))), None)
        if found:
            yield Problem(
                page.file,
                shown.cell.line,
                f"an output shows a formula as program text ({found[1]}: "
                f"{found[0]!r}): set it with working(…), or state it with a verb",
            )


@rule
def tables_are_set(page: Page) -> Iterator[Problem]:
    for shown, output, text in outputs(page):
        rows = [line for line in text.splitlines() if COLUMNS.search(line)]
        if len(rows) >= 3 and "text/html" not in output.get("data", {}):
            yield Problem(
                page.file,
                shown.cell.line,
                "an output is a table of aligned text: show a table with units in its head (a DataFrame, or HTML)",
            )


# ---------------------------------------------------------------- words


def reading_flow(page: Page) -> Iterator[tuple[int, str]]:
    """(line, text) of what is read without unfolding anything, notes left out."""
    for block in page.blocks:
        if block.fold or block.notes:
            continue
        for offset, line in enumerate(block.text.splitlines()):
            yield block.line + offset, re.sub(r"\$[^$]*\$|\{[\w:-]+\}`[^`]*`|`[^`]*`", " ", line)
        if block.shown:
            figure = (block.shown.cell.metadata.get("mystnb") or {}).get("figure") or {}
            yield block.shown.cell.line, str(figure.get("caption", ""))
            for display in block.shown.displays(block):
                texts = [*display.record.get("reasons", ()), *(m for _, m in display.record.get("where") or ())]
                yield display.line, " | ".join(re.sub(r"\$[^$]*\$", " ", t) for t in texts)
            for output in block.shown.plain:
                yield block.shown.cell.line, said(output)


@rule
def no_words_of_testing(page: Page) -> Iterator[Problem]:
    for line, text in reading_flow(page):
        for word in dict.fromkeys(m[1].lower() for m in TESTING.finditer(text)):
            yield Problem(
                page.file,
                line,
                f"the word {word!r} in the reading flow: it belongs to cards, notes and the "
                "pages about evidence; say it about the subject",
            )


@rule
def labels_say_what_equations_say(page: Page) -> Iterator[Problem]:
    for display in page.displays:
        if display.working:
            continue
        number = next((p for p in display.record["label"].split("-") if NUMBERED.fullmatch(p)), "")
        if number:
            yield Problem(
                page.file,
                display.line,
                f"the label {display.record['label']!r} holds the number {number!r}: let it say what the equation says",
            )
