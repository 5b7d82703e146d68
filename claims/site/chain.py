r"""A derivation line by line: what the LaTeX of a chain says, as rows of a grid with a mark at each line.

>>> said = "\\begin{aligned}\nx &\\le 2 y &&\\quad\\text{by $y$} \\\\\n&= 4\n\\end{aligned}"
>>> [(row.left, row.right, row.reason) for row in rows(said)]
[('x', '\\le 2 y', 'by $y$'), ('', '= 4', '')]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Template

from ..record import Verdict
from .data import Record
from .html import escape, math, mixed_math, shape

CHAIN = re.compile(r"\A\\begin\{aligned\}\n(.*)\n\\end\{aligned\}\Z", re.S)
ROW = re.compile(
    r"(?P<left>.*?)\s*&\s*(?P<right>(?:\\qquad|\\le|\\ge|\\sim|\\approx|\\ne|\\not|=|<|>)(?![A-Za-z]).*)\Z", re.S
)
REASON = re.compile(r"\\quad\\text\{(.*)\}\Z", re.S)

LINE = Template(
    '<div class="claim-line" id="line-$label-$k">$left<span class="claim-right math notranslate'
    ' nohighlight">$right</span><span class="claim-reason">$reason</span>$mark</div>'
)
LEFT = Template('<span class="claim-left math notranslate nohighlight">$left</span>')
MARK = Template(
    '<button type="button" class="claim-line-mark" data-badge="$badge" popovertarget="card-$label" data-line="$k" '
    'aria-label="line $k: $word" title="$word">$shape</button>'
)


@dataclass
class Line:
    """A line: left side (of the first), sign and formula, reason, and its evidence if the record tells."""

    left: str
    right: str
    reason: str = ""
    evidence: str = ""


def rows(statement: str) -> list[Line]:
    """The lines of a chain; none if the statement is no chain with reasons."""
    found = CHAIN.match(statement)
    if not found or r"&&\quad\text{" not in statement:
        return []
    out = []
    for text in found[1].split(" \\\\\n"):
        formula, _, why = text.rpartition("&&") if "&&" in text else (text, "", "")
        match, reason = ROW.match(formula.strip()), REASON.match(why.strip())
        if not match:
            return []
        out.append(
            Line(
                match["left"].strip(), match["right"].strip(), re.sub(r"\\([%#&_])", r"\1", reason[1]) if reason else ""
            )
        )
    return out


def lines(record: Record) -> list[Line]:
    """The lines with the evidence that the record has for each."""
    found = rows(record.get("statement", ""))
    told = record.get("lines") or []
    own = [line for line in found if not line.right.startswith(r"\qquad")]
    if len(own) == len(told):
        for line, one in zip(own, told):
            line.evidence = one.get("evidence") or ""
    return found


def html_lines(record: Record, label: str, marks: bool = True) -> str:
    """The rows of the grid; empty if the record is no chain."""
    out, k = [], 0
    for line in lines(record):
        k += not line.right.startswith(r"\qquad")
        verdict = Verdict.of(line.evidence) if line.evidence else None
        mark = (
            MARK.substitute(
                badge=verdict.badge, label=escape(label), k=k, word=escape(verdict.word), shape=shape(verdict)
            )
            if verdict and marks
            else "<span></span>"
        )
        out.append(
            LINE.substitute(
                label=escape(label),
                k=len(out) + 1,
                left=LEFT.substitute(left=math(line.left)) if line.left else '<span class="claim-left"></span>',
                right=math("{}" + line.right),
                reason=mixed_math(line.reason),
                mark=mark,
            )
        )
    return "".join(out)
