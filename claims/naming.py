r"""What names may say: a symbol's name is a letter with marks, a definition names something new, a rate vanishes.

>>> [bool(name_problem(sp.Symbol(s))) for s in (r"\bar\alpha_{t+1}", "x^*", r"\lambda_{\max}", r"\dot x")]
[False, False, False, False]
>>> name_problem(sp.Symbol(r"f(x)"))
"the symbol f(x) holds '(': a name is a letter with marks; write an expression"
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sympy as sp

from .prove.findings import attempt
from .say.symbols import AppliedVector, head
from .say.typeset import Quantity

OPERATORS = re.compile(
    r"\\mathbb\s*\{?\s*[EP]\b|\\operatorname\*?\s*\{[^}]*\}|\\mathrm\{(?:Var|Cov|KL|tr|E)\}"
    r"|\\(?:sum|prod|int|lim|frac|sqrt|min|max|inf|sup|det|log|ln|exp|sin|cos|tanh|partial|nabla|Pr)(?![a-zA-Z])"
    r"|\\(?:le|ge|ne|leq|geq|sim|approx)"
    r"(?![a-zA-Z])|\\\||[=<>]"
)
"""LaTeX that an expression says better."""
ARITHMETIC = re.compile(r"[()\[\]|+/]")
MARKS = re.compile(r"[_^]\\?[a-zA-Z*']*\{[^{}]*\}")
"""Indices and exponents in braces, which may hold anything."""


def name_problem(s: Any) -> str:
    """What a symbol's name says beyond a name ('' if nothing)."""
    if isinstance(s, Quantity) or s.name in ("+", "-", "+-"):  # the last are the sides of a limit
        return ""
    name = MARKS.sub("", str(s.name))
    found = OPERATORS.search(name) or ARITHMETIC.search(name)
    return (
        f"the symbol {s.name} holds {found[0]!r}: a name is a letter with marks; write an expression" if found else ""
    )


def name_problems(*expressions: Any) -> list[str]:
    """Symbols of these expressions whose name says more than a name."""
    found = {
        s for e in expressions if isinstance(e, (sp.Basic, sp.MatrixBase)) for s in e.atoms(sp.Symbol, sp.MatrixSymbol)
    }
    return [why for s in sorted(found, key=str) if (why := name_problem(s))]


def words_problem(left: Any) -> str:
    """What an expression could say in a left side that is in words ('' if nothing is recognised)."""
    texts = [left] if isinstance(left, str) else sorted(q.name for q in left.atoms(Quantity))
    found = next((m for text in texts if (m := OPERATORS.search(text))), None)
    return f"; {found[0]!r} is an operator of the language" if found else ""


def not_vanishing(along: Any, rate: Any) -> str:
    """Why a rate is none ('' if it vanishes, or if SymPy cannot tell: then the ladder does).

    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> not_vanishing(n, 1 / n), not_vanishing(n, n)
    ('', 'the rate n does not vanish as n grows (it tends to oo)')
    """
    grows = sp.Dummy("n", positive=True)
    limit, _ = attempt(lambda: sp.limit(rate.xreplace({along: grows}), grows, sp.oo))
    if limit is None or limit == 0 or limit.has(sp.nan, sp.AccumBounds) or limit.free_symbols:
        return ""
    return f"the rate {rate} does not vanish as {along} grows (it tends to {limit})"


def _place(left: Any) -> tuple[str, Any]:
    """Where a definition says what a name is: everywhere, at numbers, or by recursion."""
    if not head(left):
        return "everywhere", ()
    arguments = left.arguments if isinstance(left, AppliedVector) else left.args
    free = [a for a in arguments if not a.is_number]
    if not free:
        return "at numbers", arguments
    plain = all(isinstance(a, (sp.Symbol, sp.MatrixSymbol)) for a in free)
    return (
        "everywhere" if plain and len(free) == len(arguments) else "in part" if plain else "by recursion"
    ), arguments


def defined_twice(left: Any, earlier: Iterable[tuple[str, Any]]) -> str:
    """Why a definition names nothing new ('' if it does): ``earlier``: labels and left sides of other definitions.

    A sequence may have first members and one recursion; then it is defined, and what follows from them is a claim.

    >>> f, t = sp.Function("f"), sp.Symbol("t")
    >>> defined_twice(f(t + 1), [("start", f(0))]), defined_twice(f(t), [("start", f(0))])
    ('', "f(t) is said already by the definition 'start': what follows from it is a claim")
    """
    kind, arguments = _place(left)
    for label, other in earlier:
        if (head(left) or left) != (head(other) or other):
            continue
        theirs, at = _place(other)
        apart = (
            kind != "everywhere" and theirs != "everywhere" and arguments != at and {kind, theirs} != {"by recursion"}
        )
        if not apart:
            return f"{left} is said already by the definition {label!r}: what follows from it is a claim"
    return ""
