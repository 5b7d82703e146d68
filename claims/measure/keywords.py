"""Under which keyword a trial receives or returns a symbol: short where that is unambiguous, longer where two symbols
would share it.

>>> import sympy as sp
>>> a, b = sp.symbols("x_{t+1} x_{t-1}")
>>> keyword_names([a]), keyword_names([a, b])
({x_{t+1}: 'x_t1'}, {x_{t+1}: 'x_tp1', x_{t-1}: 'x_tm1'})
>>> keyword_names(sp.symbols("x x^* x'"))
{x: 'x', x^*: 'xstar', x': 'xprime'}
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ..errors import ClaimError
from ..say import symbols as say

SPELLED = {"+": "p", "-": "m", "*": "star", "'": "prime"}


@functools.lru_cache(maxsize=4096)
def keyword(symbol: Any) -> str:
    r"""The short keyword of a symbol: its name without what an identifier cannot hold (``\\bar\\alpha_t`` →
    ``baralpha_t``)."""
    return say.keyword(symbol)


@functools.lru_cache(maxsize=4096)
def long_keyword(symbol: Any) -> str:
    """The keyword with signs, stars and primes spelled out; the same as :func:`keyword` for a name without them."""
    text = re.sub(r"\^\{?\\(?:prime|ast|star)\}?", lambda m: m[0].replace("ast", "star"), _text(symbol))
    spelled = "".join(SPELLED.get(c, c) for c in text)
    return re.sub(r"\W", "", spelled).lstrip("0123456789")


def _text(symbol: Any) -> str:
    name = say.head(symbol) if not isinstance(symbol, str) else ""
    if name and name in say.SEQUENCES:
        arguments = symbol.arguments if isinstance(symbol, say.AppliedVector) else symbol.args
        return "_".join([name, *(str(a).replace(" ", "") for a in arguments)])
    return name or str(symbol)


def _groups(symbols: Iterable[Any], name: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for s in dict.fromkeys(symbols):
        groups[name(s)].append(s)
    return groups


def name_problems(symbols: Iterable[Any]) -> list[str]:
    """Pairs of symbols that no keyword tells apart, in words."""
    out = []
    for name, same in sorted(_groups(symbols, long_keyword).items()):
        if len(same) > 1:
            a, b = sorted(same, key=str)[:2]
            alike = "print alike" if str(a) == str(b) else f"reach a trial under one keyword ({name!r})"
            out.append(f"the symbols {a} and {b} {alike}; rename one")
    return out


def keyword_names(symbols: Iterable[Any]) -> dict[Any, str]:
    """Symbol → keyword: the short one, and the long one for symbols that would share it. Raises :class:`ClaimError` if
    even those collide."""
    symbols = list(symbols)
    problems = name_problems(symbols)
    if problems:
        raise ClaimError(f"domain: {problems[0]}")
    names = {
        s: keyword(s) if len(same) == 1 else long_keyword(s)
        for same in _groups(symbols, keyword).values()
        for s in same
    }
    return {s: names[s] for s in symbols}
