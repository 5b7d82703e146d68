r"""LaTeX of statements: left side, relation, right side, and the chain of lines between them, each with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy as sp

from .notation import Kind, kind
from .printing import Printer, as_written, tex

RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge", "~": r"\sim", "<": "<", ">": ">", "≈": r"\approx", "argmin": "="}
NEGATED = {"=": r"\ne", "<=": r"\not\le", ">=": r"\not\ge", "~": r"\not\sim", "<": r"\not<", ">": r"\not>"}


def reason_tex(reason: str) -> str:
    r"""A reason as text beside a line; inline ``$…$`` in it stays mathematics.

    >>> print(reason_tex("10 % of $x^2$"))
    \quad\text{10 \% of $x^2$}

    Raises:
        ValueError: a ``$`` without its partner.
    """
    if not reason:
        return ""
    parts = re.split(r"(?<!\\)\$", reason)
    if len(parts) % 2 == 0:
        raise ValueError(f"expected $ in pairs in a reason, found {reason!r}")
    words = [p if i % 2 else re.sub(r"(?<!\\)([%#&_])", r"\\\1", p) for i, p in enumerate(parts)]
    return rf"\quad\text{{{'$'.join(words)}}}"


def _broken(e: Any, order: Sequence[Any], breaks: Sequence[int]) -> list[str]:
    """An expression in lines, broken after these numbers of its terms, or of its factors if it has no denominator."""
    printer = Printer(order)
    product = isinstance(e, sp.Mul) and not as_written(e) and sp.fraction(e)[1] == 1 and not e.args[0].is_Number
    if not breaks or not (product or isinstance(e, (sp.Add, sp.MatAdd))):
        return [tex(e, order)]
    pieces: list[Any] = printer.signed_terms(e) if not product else printer.ordered_factors(e.args)
    if product:
        pieces = [(f, printer.factor(f, i == 0, i == len(pieces) - 1, True)) for i, f in enumerate(pieces)]
    cuts = [0, *sorted(b for b in set(breaks) if 0 < b < len(pieces)), len(pieces)]
    parts = [pieces[start:end] for start, end in zip(cuts, cuts[1:])]
    if product:
        return [(r"\cdot " if i else "") + printer.beside(part) for i, part in enumerate(parts)]
    first, *rest = (" ".join(f"{sign} {text}" for sign, text in part) for part in parts)
    return [f"-{first[2:]}" if first.startswith("-") else first[2:], *rest]


def _signs(relation: str, steps: Sequence[tuple[Any, ...]], negate: bool) -> list[str]:
    """The sign before every line; the last line bears the relation of the statement unless a line before it did."""
    named: list[str] = []
    for step in steps:
        own = step[2] if len(step) > 2 else "="
        if own not in RELATIONS:
            raise ValueError(f"expected one of {' '.join(RELATIONS)} as the third entry of a step, found {own!r}")
        named.append(own)
    last = "=" if any(own != "=" for own in named) else relation
    return [*(RELATIONS[own] for own in named), (NEGATED if negate else RELATIONS)[last]]


def statement(left: Any, relation: str, right: Any, *, steps: Sequence[tuple[Any, ...]] = (), reason: str = "",
              order: Sequence[Any] = (), breaks: Sequence[int] = (), rate: Any = None, negate: bool = False,
              tail: str = "") -> str:
    r"""LaTeX of ``left relation right``, or of the chain of lines from left to right with a reason beside each.

    ``steps`` are ``(expression, reason)`` or ``(expression, reason, relation)``; a last
    one that is ``right`` itself names the last line.

    >>> x, y = sp.symbols("x y")
    >>> print(statement(x, "=", y))
    x = y
    >>> print(statement(x, "<=", y + 1, steps=[(2 * y, "by $y$", "<="), (y + 1, "at 1")]))
    \begin{aligned}
    x &\le 2 y &&\quad\text{by $y$} \\
    &= y + 1 &&\quad\text{at 1}
    \end{aligned}

    Raises:
        ValueError: an unknown relation, or a ``$`` without its partner in a reason.
    """
    if relation == "":
        return tex(left, order) + tail
    if steps and not isinstance(steps[-1][0], str) and steps[-1][0] == right:
        *steps, (_, last_reason, *own) = steps
        reason = reason or last_reason
        signs = _signs(relation, steps, negate)
        if own:
            signs[-1] = _signs(relation, [(right, "", own[0])], False)[0]
    else:
        signs = _signs(relation, steps, negate)
    lines = _broken(right, order, breaks)
    if rate is not None:
        tail = rf"\cdot\left(1 + O\!\left({tex(rate)}\right)\right)" + tail
        signs[-1] = "="
    if tail and not isinstance(right, str):
        if kind(right) in (Kind.SUM, Kind.OPEN):
            lines[0] = r"\Bigl(" + lines[0]
            lines[-1] += r"\Bigr)"
        elif len(lines) == 1:
            lines = [Printer(order).continued(right)]
    lines[-1] += tail
    head = tex(left, order)
    if not steps and len(lines) == 1 and not reason:
        return f"{head} {signs[-1]} {lines[0]}"
    rows = []
    for (expr, why, *_), sign in zip(steps, signs):
        rows.append(rf"{head} &{sign} {tex(expr, order)} &&{reason_tex(why)}")
        head = ""
    rows.append(rf"{head} &{signs[-1]} {lines[0]} &&{reason_tex(reason)}")
    rows += [rf"&\qquad {line}" for line in lines[1:]]
    if not steps and not reason:
        rows = [row.replace(" &&", "") for row in rows]
    return "\\begin{aligned}\n" + " \\\\\n".join(r.strip() for r in rows) + "\n\\end{aligned}"
