"""The rules about letters: each is introduced before it is shown, and means one thing in a chapter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .page import Page
from .project import Problem
from .rules import rule

INDEX = r"\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[^\s{}\\]"
FONTS = "bar|hat|tilde|vec|dot|ddot|overline|mathcal|mathrm|mathbb|mathbf|boldsymbol|mathtt|mathsf|operatorname"
LETTER = rf"\\(?:{FONTS})(?:\{{[^{{}}]*\}}|\\?[A-Za-z])|\\[A-Za-z]+|[A-Za-z]"
MARK = r"\^(?:\*|\\(?:star|ast|dagger|circ)(?![A-Za-z])|\{\([^()]*\)\}|\{\\(?:mathrm|text)\{[^{}]*\}\})|'+"
TOKEN = re.compile(rf"(?P<letter>{LETTER})(?:_(?P<index>{INDEX}))?(?P<mark>{MARK})?")
FAMILY = r"_\cdot"
"""In place of an index: the letter stands for all members of a sequence."""
NOT_LETTERS = re.compile(
    r"\\(left|right|frac|sqrt|lVert|rVert|lvert|rvert|in|le|ge|ne|dots|ldots|cdots|quad|text|"
    r"top|mathbb\{?[ERCNZ]\}?|partial|nabla|infty|sum|prod|int|log|exp|sin|cos|tan|times|cdot|to)\b"
)


def normal(latex: str) -> str:
    r"""One spelling of a letter with its accents, index and marks.

    >>> normal(r"\bar V _{t}"), normal("x^{*}_{0}"), normal(r"z^{\prime}_k"), normal(r"f^{\prime\prime}")
    ('\\bar{V}_t', 'x_0^*', "z_k'", "f''")
    """
    text = re.sub(r"(\\[A-Za-z]+)\s+([A-Za-z])", r"\1{\2}", latex)
    text = re.sub(
        r"(\\(?:bar|hat|tilde|vec|dot|ddot|mathcal|mathrm|mathbb|mathbf|boldsymbol))(\\[A-Za-z]+|[A-Za-z](?![A-Za-z]))",
        r"\1{\2}",
        re.sub(r"\s", "", text),
    )
    text = re.sub(r"\^\{((?:\\prime)+)\}", lambda m: "'" * m[1].count("prime"), text)
    text = re.sub(r"([_^])\{(\w|\\[A-Za-z]+|'+|\*)\}", r"\1\2", text)
    text = re.sub(rf"(\^(?:{INDEX})|'+)(_(?:{INDEX}))", r"\2\1", text)
    return re.sub(r"\^\\prime(?![A-Za-z])", "'", text)


def tokens(latex: str) -> list[re.Match[str]]:
    r"""Letters of a formula, each with its index and mark.

    >>> [t[0] for t in tokens(r"r,s,t")], [t[0] for t in tokens(r"\mathbb E\lVert x_t\rVert^2/d")]
    (['r', 's', 't'], ['x_t', 'd'])
    """
    return list(TOKEN.finditer(NOT_LETTERS.sub(" ", normal(NOT_LETTERS.sub(" ", latex)))))


def introduces(latex: str) -> set[str]:
    """What a formula in a table or an explanation introduces: its letters, and the sequence behind an index of
    letters."""
    out: set[str] = set()
    for token in tokens(latex):
        out.add(token[0])
        index = token["index"] or ""
        if re.fullmatch(r"\{?[A-Za-z0-9,+\-\s']+\}?", index) and not index.isdigit():
            out.add(token["letter"] + FAMILY + (token["mark"] or ""))
    return out


def known(name: str, introduced: set[str]) -> bool:
    r"""Whether a letter of a record is among what is introduced.

    >>> known(r"x_\cdot", introduces("x_t")), known("x", introduces("x_t")), known("x_{0}", introduces("x_t"))
    (True, False, True)
    >>> known(r"\theta^{\mathrm{new}}_\cdot", introduces(r"\theta_i^{\mathrm{new}}"))
    True
    """
    text = normal(name)
    token = TOKEN.fullmatch(text)
    if text in introduced or token is None or not token["index"]:
        return text in introduced
    mark = token["mark"] or ""
    return token["letter"] + FAMILY + mark in introduced or (
        token["index"] == r"\cdot" and token["letter"] + mark in introduced
    )


def table_rows(page: Page) -> Iterator[tuple[int, str, str]]:
    """(line, symbols, meaning) of the chapter's notation table."""
    lines = page.text.splitlines()
    start = next((n for n, line in enumerate(lines) if "<!-- notation" in line), None)
    if start is None:
        return
    rows = 0
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip() and not rows:
            continue
        if not line.lstrip().startswith("|"):
            return
        rows += 1
        if rows > 2:
            kept = re.sub(r"\$[^$]*\$", lambda m: m[0].replace("|", "\0"), line.strip().strip("|"))
            cells = [c.replace("\0", "|") for c in kept.split("|")]
            yield number, cells[0], cells[1] if len(cells) > 1 else ""


def formulas_in(text: str) -> list[str]:
    return re.findall(r"\$([^$]*)\$", text)


def table_names(page: Page) -> set[str]:
    """What the table introduces: its symbols, and the letters in their meanings."""
    rows = [symbols + meaning for _, symbols, meaning in table_rows(page)]
    return {name for row in rows for formula in formulas_in(row) for name in introduces(formula)}


@rule
def symbols_are_introduced(page: Page) -> Iterator[Problem]:
    """Every letter of an equation is in the notation table, defined by an equation above, or explained at the equation
    or one above; what stands in a fold introduces nothing outside it."""
    table = table_names(page)
    said: dict[int, set[str]] = {0: set()}
    for display in page.displays:
        record, fold = display.record, display.block.fold
        here = {name for symbol, _ in record.get("where") or () for name in introduces(symbol)}
        here |= {normal(name) for name in record.get("introduces") or ()}
        said.setdefault(fold, set()).update(here)
        introduced = table | said[0] | said[fold]
        strange = [name for name in record.get("symbols") or () if not known(name, introduced)]
        if strange:
            letters = ", ".join(f"${n.replace(FAMILY, '_{…}')}$" for n in strange)
            yield Problem(
                page.file,
                display.line,
                f"{display.name} shows {letters} without an introduction: put "
                f"{'it' if len(strange) == 1 else 'them'} into the notation table, define it above, or explain "
                "it at the equation (where={symbol: 'what it is'})",
            )


@rule
def one_letter_one_meaning(page: Page) -> Iterator[Problem]:
    """A letter has one row in the table, is one kind of thing, and is explained in one way."""
    table, rows = table_names(page), dict[str, int]()
    for line, symbols, _ in table_rows(page):
        for name in dict.fromkeys(t[0] for f in formulas_in(symbols) for t in tokens(f)):
            if name in rows and len(tokens(" ".join(formulas_in(symbols)))) == 1:
                yield Problem(
                    page.file, line, f"the notation table explains ${name}$ twice; first in line {rows[name]}"
                )
            rows.setdefault(name, line)
    kinds: dict[str, tuple[str, str]] = {}
    words: dict[str, tuple[str, str]] = {}
    for display in page.displays:
        record = display.record
        for name, kind in (record.get("symbols") or {}).items():
            kind = kind.removeprefix("whole ")  # a number may be whole at one place and any number at another
            first, place = kinds.setdefault(normal(name), (kind, display.name))
            if first != kind:
                yield Problem(
                    page.file,
                    display.line,
                    f"${name}$ is a {kind} in {display.name} and a {first} in {place}: one letter, one meaning",
                )
        for symbol, meaning in record.get("where") or ():
            name = normal(symbol)
            first, place = words.setdefault(name, (meaning, display.name))
            if first != meaning and not known(name, table):
                yield Problem(
                    page.file,
                    display.line,
                    f"${symbol}$ is explained as {meaning!r} at {display.name} and as {first!r} at {place}: one letter,"
                    " one meaning (a letter of the notation table may have conditions)",
                )
