"""What an expression is to its neighbours in a formula, and small questions to its text."""

from __future__ import annotations

import enum
import re
from typing import Any

import sympy as sp
from sympy.logic.boolalg import BooleanFunction

from .operators import Jacobian, VectorSum

TALL = re.compile(r"\\(frac|sum|prod|int|lim|begin|binom|left|sqrt|operatorname\*)(?![A-Za-z])")
GROUP = re.compile(r"[_^]?\{[^{}()\[\]]*\}|\([^{}()\[\]]*\)|\[[^{}()\[\]]*\]|\|[^{}()\[\]|]+\|")
"""An innermost pair of braces, brackets or bars."""
OPEN_NAMES = {"argmin", "argmax", "sup", "inf"}
SUMS = (sp.Add, sp.MatAdd, sp.core.relational.Relational, BooleanFunction, sp.Mod)
OPEN = (sp.Sum, sp.Product, sp.Integral, sp.Limit, sp.Piecewise, VectorSum)
PRODUCTS = (sp.Mul, sp.MatMul, sp.HadamardProduct, sp.KroneckerProduct)
POWERS = (sp.exp, sp.Transpose, sp.Adjoint, sp.factorial, sp.factorial2, sp.subfactorial, sp.HadamardPower)


class Kind(enum.Enum):
    """What an expression is to its neighbours."""

    SUM = 0          # always in brackets beside something
    PRODUCT = 1
    FRACTION = 2
    OPEN = 3         # reads on to the right: sums, integrals, limits, cases
    DERIVATIVE = 4
    POWER = 5        # cannot bear another exponent
    ATOM = 6


def bare(e: Any) -> Any:
    """Without SymPy's mark that holds an expression unevaluated."""
    while isinstance(e, sp.UnevaluatedExpr):
        e = e.args[0]
    return e


def kind(e: Any) -> Kind:
    """The :class:`Kind` of an expression; an operator whose print is open at its right says so by ``opens = True``.

    >>> x = sp.Symbol("x")
    >>> kind(x + 1), kind(x**2), kind(sp.Sum(x, (x, 1, 2))).name
    (<Kind.SUM: 0>, <Kind.POWER: 5>, 'OPEN')
    """
    e = bare(e)
    if isinstance(e, SUMS):
        return Kind.SUM
    if isinstance(e, OPEN) or getattr(e, "opens", type(e).__name__ in OPEN_NAMES):
        return Kind.OPEN
    if isinstance(e, sp.Derivative):
        return Kind.DERIVATIVE
    if isinstance(e, sp.Rational) and not e.is_Integer:
        return Kind.FRACTION
    if isinstance(e, PRODUCTS):
        return Kind.PRODUCT
    if isinstance(e, (sp.Pow, sp.MatPow)):
        return Kind.FRACTION if e.exp.is_Rational and e.exp.is_negative and e.is_commutative else Kind.POWER
    if isinstance(e, Jacobian):
        return Kind.FRACTION
    if isinstance(e, POWERS):
        return Kind.POWER
    if isinstance(e, sp.Symbol):
        return name_kind(e.name)
    return Kind.ATOM


def name_kind(name: str) -> Kind:
    r"""The kind of a symbol whose name may be a formula.

    >>> [name_kind(n).name for n in ("x_{t+1}", "(b-a)", r"\mathbb E[x|y]", r"\|x\|^2/d", "a-b", r"\mathbb E|v|^2")]
    ['ATOM', 'ATOM', 'ATOM', 'PRODUCT', 'SUM', 'DERIVATIVE']
    """
    if re.fullmatch(r"[A-Za-z]\w*", name):
        return Kind.ATOM
    rest = re.sub(r"\\left|\\right|[_^]\\?\w", "", re.sub(r"\\lVert.*?\\rVert|\\\|.*?\\\|", "|", name))
    while (shorter := GROUP.sub(_closed, rest)) != rest:
        rest = shorter
    if re.search(r"[-+=<>]", rest):
        return Kind.SUM
    if re.search(r"/|\\t?frac", rest):
        return Kind.PRODUCT
    head = r"(\\math\w+\s*[A-Za-z]?|\\(bar|hat|tilde|vec|operatorname|boldsymbol)\s*(\\?[A-Za-z]+)?|\\?[A-Za-z]+)?"
    return Kind.ATOM if re.fullmatch(rf"{head}['*,\s]*|\|", rest.strip()) else Kind.DERIVATIVE


def _closed(group: re.Match[str]) -> str:
    return "|" if group.group().startswith("|") else ""


def superscripted(text: str) -> bool:
    """Whether an exponent, or a prime before an index, stands outside all braces of a LaTeX text."""
    depth = 0
    for i, ch in enumerate(text):
        depth += (ch == "{") - (ch == "}")
        if depth == 0 and (ch == "^" or text[i:i + 2] == "'_"):
            return True
    return False


def whole_fraction(text: str) -> bool:
    r"""Whether a LaTeX text is one ``\frac{…}{…}`` and nothing else."""
    if not text.startswith(r"\frac{"):
        return False
    depth = groups = 0
    for i, ch in enumerate(text):
        depth += (ch == "{") - (ch == "}")
        groups += ch == "}" and depth == 0
        if groups == 2:
            return i == len(text) - 1
    return False


def brackets(text: str) -> str:
    r"""Round brackets, growing only where something tall stands in them.

    >>> print(brackets("a + b"), brackets(r"\frac{a}{b}"))
    (a + b) \left(\frac{a}{b}\right)
    """
    return rf"\left({text}\right)" if TALL.search(text) else f"({text})"


def negative(e: Any) -> bool:
    """Whether a term is printed with a minus before it."""
    if e.is_Number:
        return bool(e.is_negative)
    if isinstance(e, sp.MatMul):
        return not getattr(e.args[0], "is_Matrix", False) and negative(e.args[0])
    return isinstance(e, sp.Mul) and bool(e.args[0].is_Number and e.args[0].is_negative)


def minus(e: Any) -> bool:
    """Whether a term is printed with a minus once the sums in it that begin with one have given it up."""
    flips = 0
    if isinstance(e, sp.Mul) and not as_written(e):
        flips = sum(opposite(f.base if isinstance(f, sp.Pow) and f.exp == -1 else f) for f in e.args)
    return negative(e) ^ bool(flips % 2)


def negated(e: Any) -> Any:
    """A negative term without its minus, otherwise as it was written."""
    if e.is_Number:
        return -e
    first, rest = e.args[0], e.args[1:]
    kept = rest if first == -1 else (negated(first), *rest)
    if len(kept) == 1:
        return kept[0]
    return sp.MatMul(*kept) if isinstance(e, sp.MatMul) else sp.Mul(*kept, evaluate=False)


def as_written(e: Any) -> bool:
    """Whether SymPy would write this sum or product otherwise: then the author wrote it."""
    return any(isinstance(a, sp.UnevaluatedExpr) for a in e.args) or e.func(*e.args).args != e.args


def opposite(e: Any) -> bool:
    """Whether every term of a sum has a minus, so that the sum's opposite is what should be printed."""
    return isinstance(e, sp.Add) and all(negative(a) for a in e.args) and not as_written(e)
