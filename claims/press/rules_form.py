"""The rules about the form of an equation, and about what is no equation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .page import Display, Page
from .project import Problem
from .rules import rule

NUMBER_FIRST = re.compile(r"(?:^|[({\[=&]|\\(?:le|ge|sim|ne)(?![A-Za-z]))\s*-\s*(?:\d+|\\frac\{\d+\}\{\d+\})\s*\+")
TUPLE = re.compile(r"\\left\([^()]*,\\;")
NATURAL = re.compile(r"\\ln(?![A-Za-z])|\\operatorname\{ln\}")
SAME_BASE = re.compile(r"(?<![\\A-Za-z}])([A-Za-z]|\\[a-z]+)\^\{[^{}]*\} ?\1\^")


def closing(text: str, start: int) -> int:
    """Place behind the brace that closes the one at ``start``."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return i + 1
    return len(text)


def two_roots(latex: str) -> bool:
    r"""Whether two roots stand side by side as factors.

    >>> two_roots(r"\sqrt{a} \sqrt{b}"), two_roots(r"\sqrt{a} + \sqrt{b}"), two_roots(r"\sqrt{\sqrt{a}}")
    (True, False, False)
    """
    return any(
        re.match(r"\s*(\\cdot\s*)?\\sqrt", latex[closing(latex, m.end() - 1) :])
        for m in re.finditer(r"\\sqrt\{", latex)
    )


def strange_form(latex: str) -> str:
    r"""What is not in standard form; empty if nothing is.

    >>> strange_form(r"x^{-1 + n}"), strange_form("n - 1"), strange_form(r"a = \ln x")
    ('a negative number first (write $n-1$, not $-1+n$)', '', '\\ln (write \\log)')
    """
    if NUMBER_FIRST.search(latex):
        return "a negative number first (write $n-1$, not $-1+n$)"
    if TUPLE.search(latex):
        return "a tuple, where two equations are meant"
    if NATURAL.search(latex):
        return r"\ln (write \log)"
    if two_roots(latex):
        return "two roots side by side (write one root)"
    if SAME_BASE.search(latex):
        return "two powers of one base side by side (write one exponent)"
    return ""


def shown_forms(display: Display) -> list[str]:
    record = display.record
    return [re.sub(r"\\text\{[^{}]*\}", "", str(record.get("statement") or record.get("latex") or ""))]


@rule
def equations_are_in_standard_form(page: Page) -> Iterator[Problem]:
    for display in page.displays:
        strange = next((s for latex in shown_forms(display) if (s := strange_form(latex))), "")
        if strange:
            yield Problem(
                page.file,
                display.line,
                f"{display.name} shows {strange}; show= and order= decide the form that is printed",
            )
    for block in page.blocks:
        for offset, line in enumerate(block.text.splitlines()):
            if any(NATURAL.search(f) for f in re.findall(r"\$([^$]*)\$", line)):
                yield Problem(page.file, block.line + offset, r"\ln in the text: write \log, as the equations do")


@rule
def only_equations_are_numbered(page: Page) -> Iterator[Problem]:
    """A comparison of words with a number is a result, not an equation."""
    for display in page.displays:
        r = display.record
        words = (r.get("sides") or {}).get("left") == "in words"
        if r.get("kind") == "claim" and words and not r.get("symbols") and "symbols" in r:
            yield Problem(
                page.file,
                display.line,
                f"{display.name} compares words with a number, which is no equation: "
                "state it as a result (agreement, behaviour, experiment, counterexample)",
            )
