r"""Names that mislead: two things that print alike, a letter that reads as an expression, a sum that may be empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement

from .kinds import negative
from .printing import tex
from .symbols import INDEXED, SEQUENCES, AppliedVector

MARKS = re.compile(r"(\*|'|\+|-|\\(star|ast|prime|dagger|circ|mathrm\{\w+\}|text\{[^{}]*\})|\([^()]*\))+")
"""Superscripts that are no exponents."""
INDEX = r"\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|."
FONTS = "bar|hat|tilde|vec|dot|ddot|overline|mathcal|mathrm|mathbb|mathbf|boldsymbol|mathtt|operatorname"
LETTER = rf"(?:\\(?:{FONTS})(?:\{{[^{{}}]*\}}|\\?[A-Za-z])|\\[A-Za-z]+|[A-Za-z])(?:_(?:{INDEX}))?"
TOKEN = re.compile(LETTER + r"|\d+|\\?[-+*/|=<>()\[\],^!]")
"""Letters with their accents and indices, numbers, and signs."""
SIGNS = {r"\sqrt", r"\frac", r"\tfrac", r"\lVert", r"\rVert", r"\lvert", r"\rvert", r"\partial", r"\nabla",
         r"\mathbb{E}", r"\mathrm{Var}"}
OPERATED = SIGNS | {"+", "-", "/", "|", "(", r"\|"}


def named(e: Any) -> Iterator[tuple[Any, str]]:
    """Letters, functions, members of sequences and entries in an expression, as ``(object, LaTeX)``."""
    if getattr(e, "_latex", None) and isinstance(e, sp.Symbol):
        return  # a quantity says what it is in words
    if isinstance(e, (sp.Symbol, sp.MatrixSymbol)):
        yield e, tex(e)
    elif isinstance(e, (AppliedUndef, AppliedVector)):
        head, arguments = (e.head, e.arguments) if isinstance(e, AppliedVector) else (e.func.__name__, e.args)
        if head in SEQUENCES or head in INDEXED:
            yield e, tex(e)
        else:
            yield (head if isinstance(e, AppliedVector) else e.func), tex(sp.Symbol(head))
        for a in arguments:
            yield from named(a)
    elif isinstance(e, (sp.Indexed, MatrixElement)):
        yield e, tex(e)
        for a in e.indices if isinstance(e, sp.Indexed) else (e.i, e.j, e.parent):
            yield from named(a)
    elif isinstance(e, (sp.MatrixBase, list, tuple)):
        for a in e:
            yield from named(a)
    elif isinstance(e, sp.Lambda):
        yield from (pair for pair in named(e.expr) if pair[0] not in e.signature)  # its own letters are printed nowhere
    elif isinstance(e, sp.Basic):
        for a in e.args:
            yield from named(a)


def _seen(latex: str) -> str:
    """What a reader sees: no spaces, no braces round one sign, indices before superscripts."""
    text = re.sub(r"\\(left|right)(?![A-Za-z])|\\[,;!]", "", latex)
    text = re.sub(r"(\\[A-Za-z]+)\s+([A-Za-z])", r"\1{\2}", text)
    text = re.sub(r"([_^])\{(\w|\\[A-Za-z]+|'+|\*)\}", r"\1\2", re.sub(r"\s", "", text))
    return re.sub(rf"(\^(?:{INDEX}))(_(?:{INDEX}))", r"\2\1", text)


def _words(thing: Any) -> str:
    """What an object is."""
    if isinstance(thing, (str, type)):
        return "a function"
    if isinstance(thing, sp.MatrixSymbol):
        return f"a matrix of shape {thing.shape}"
    if isinstance(thing, sp.Symbol):
        known = [k for k in ("integer", "positive", "nonnegative", "negative", "real") if thing.assumptions0.get(k)]
        return f"a {'dummy' if isinstance(thing, sp.Dummy) else 'symbol'} ({' '.join(known) or 'no assumptions'})"
    return f"the member {thing}"


def _reads_as(text: str, known: set[str]) -> str:
    """The other name of which a letter's print reads as an expression, or ''."""
    raised = re.fullmatch(rf"(.+?)\^({INDEX})", text)
    if raised and raised[1] in known:
        power = re.sub(r"^\{(.*)\}$", r"\1", raised[2])
        letters = [t for t in TOKEN.findall(power) if re.match(r"[\\A-Za-z]", t)]
        mark = MARKS.fullmatch(power) and not re.fullmatch(r"-?\d+", power)
        if not mark and all(t in known or t == r"\top" for t in letters):
            return raised[1]
    tokens = TOKEN.findall(re.sub(rf"\^(?:{INDEX})", "", text))
    letters = [t for t in tokens if re.match(r"\\?[A-Za-z]", t) and t not in SIGNS]
    inside = [t for t in letters if t in known and t != text]
    read = OPERATED & set(tokens) or all(t in known for t in letters)
    return inside[0] if len(tokens) > 1 and inside and read else ""


def collisions(*exprs: Any) -> list[str]:
    r"""Different things that print alike, and letters whose print reads as an expression of another, in words.

    >>> s, s2 = sp.symbols(r"\sigma \sigma^2", positive=True)
    >>> collisions(s + s2)
    ['$\\sigma^{2}$ is a letter of its own and reads as an expression of $\\sigma$']
    >>> collisions(sp.Symbol("x", real=True) + sp.Symbol("x", positive=True))
    ['$x$ is the print of two different things: a symbol (positive nonnegative real) and a symbol (real)']
    >>> collisions(sp.Symbol("x") + sp.Symbol("x'") + sp.Symbol("x^*"))
    []
    """
    things: dict[str, list[Any]] = {}
    latex: dict[str, str] = {}
    for e in exprs:
        if isinstance(e, str):
            continue
        for thing, text in named(e if isinstance(e, (list, tuple)) else sp.sympify(e)):
            key = _seen(text)
            latex.setdefault(key, text)
            if not any(type(t) is type(thing) and t == thing for t in things.setdefault(key, [])):
                things[key].append(thing)
    out = []
    for key, alike in sorted(things.items()):
        if len(alike) > 1:
            what = " and ".join(sorted(map(_words, alike)))
            out.append(f"${latex[key]}$ is the print of two different things: {what}")
    for key, (thing, *_) in sorted(things.items()):
        other = _reads_as(key, set(things)) if isinstance(thing, (sp.Symbol, sp.MatrixSymbol)) else ""
        if other:
            out.append(f"${latex[key]}$ is a letter of its own and reads as an expression of ${latex[other]}$")
    return out


def _ranges(e: Any, outer: dict[Any, Any]) -> Iterator[tuple[Any, Any, Any, Any, bool]]:
    """Index, limits, the sum or product, and whether it is never empty; an outer index lies in its own range."""
    if isinstance(e, (sp.Sum, sp.Product)) or type(e).__name__ == "VectorSum":
        known = dict(outer)
        for k, *limits in reversed(e.limits):
            if len(limits) == 2:
                low, high = (sp.sympify(limit).subs(known) for limit in limits)
                yield k, limits[0], limits[1], e, bool(high.is_infinite or sp.expand(high - low).is_nonnegative)
                known[k] = low + sp.Dummy(integer=True, nonnegative=True)
        yield from _ranges(e.function, known)
    elif isinstance(e, sp.Basic):
        for a in e.args:
            yield from _ranges(a, outer)


def empty_sum_note(expr: Any) -> str:
    """What the page says of sums and products whose last index may lie before the first ('' if there are none).

    >>> k, m, n = sp.symbols("k m n", integer=True, positive=True)
    >>> empty_sum_note(sp.Sum(k, (k, m, n))), empty_sum_note(sp.Sum(k, (k, 1, n)))
    ('For $n < m$ the sum over $k$ is empty: it is 0.', '')
    """
    notes = []
    for k, low, high, e, never in _ranges(sp.sympify(expr) if not isinstance(expr, str) else sp.S.Zero, {}):
        if not never:
            what, value = ("product", 1) if isinstance(e, sp.Product) else ("sum", 0)
            terms = sp.Add.make_args(sp.expand(high - low))
            if any(t.free_symbols for t in terms):  # n - 1 < 1 is said as n < 2
                high, low = (sp.Add(*(t for t in terms if not negative(t))), -sp.Add(*filter(negative, terms)))
            notes.append(f"For ${tex(high)} < {tex(low)}$ the {what} over ${tex(k)}$ is empty: it is {value}.")
    return " ".join(dict.fromkeys(notes))
