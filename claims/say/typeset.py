r"""LaTeX of statements, generated from the objects that are verified.

The author may name symbols, put terms and factors in an order, break lines and give reasons; the printer prints what the object says
and nothing else.

>>> from sympy import symbols, sin
>>> t, s = symbols("t \\sigma", positive=True)
>>> tex(1 + t*s**2)
'\\sigma^{2} t + 1'
>>> tex(1 + t*s**2, order=(1, t))
'1 + t \\sigma^{2}'
>>> tex(sin(t)**2, order=())
'\\sin^{2} {t}'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge", "~": r"\sim", "<": "<", ">": ">", "≈": r"\approx", "argmin": "="}
NEGATED = {"=": r"\ne", "<=": r"\not\le", ">=": r"\not\ge", "~": r"\not\sim", "<": r"\not<", ">": r"\not>"}


class Quantity(sp.Symbol):
    r"""A named quantity that a trial measures: prints as the LaTeX given, says nothing more.

    >>> quantity(r"\mathbb E\|x_t\|^2/d")
    \mathbb E\|x_t\|^2/d
    >>> tex(quantity(r"\|x_t\|^2/d") ** 2)
    '\\left(\\|x_t\\|^2/d\\right)^{2}'
    """

    __slots__ = ()

    def _latex(self, printer: LatexPrinter) -> str:
        return self.name  # SymPy would take the name apart at its _ and ^


def quantity(latex: str, **assumptions: Any) -> Quantity:
    r"""A :class:`Quantity` with SymPy ``assumptions`` (``real=True`` if none are given): the left side of a claim that only a trial can compute.

    >>> print(tex(quantity(r"\mathbb E\|x_t\|^2/d", positive=True)))
    \mathbb E\|x_t\|^2/d
    """
    return Quantity(latex, **(assumptions or {"real": True}))


_SEQUENCES: set[str] = set()


def sequence(name: str, **assumptions: Any) -> Any:
    r"""An undefined function that prints its arguments as indices.

    >>> from sympy import symbols
    >>> v, t = sequence("v", positive=True), symbols("t", integer=True)
    >>> tex(v(t + 1))
    'v_{t + 1}'
    """
    _SEQUENCES.add(name)
    return sp.Function(name, **assumptions)


class Operator(sp.Function):
    r"""An operator that prints in the field's notation: ``E(x)`` is :math:`\mathbb E[x]`; it is never evaluated."""

    template = "{}"

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        out = self.template.format(", ".join(printer._print(a) for a in self.args))
        return rf"{out}^{{{exp}}}" if exp else out


class E(Operator):
    r"""Expectation, printed :math:`\mathbb E[\cdot]`.

    >>> print(tex(E(sp.Symbol("x") ** 2)))
    \mathbb{E}\left[x^{2}\right]
    """

    template = r"\mathbb{{E}}\left[{}\right]"


class Var(Operator):
    r"""Variance, printed :math:`\mathrm{Var}[\cdot]`.

    >>> print(tex(Var(sp.Symbol("x"))))
    \mathrm{Var}\left[x\right]
    """

    template = r"\mathrm{{Var}}\left[{}\right]"


class Cov(Operator):
    r"""Covariance, printed :math:`\mathrm{Cov}[\cdot]`.

    >>> print(tex(Cov(sp.Symbol("x"), sp.Symbol("y"))))
    \mathrm{Cov}\left[x, y\right]
    """

    template = r"\mathrm{{Cov}}\left[{}\right]"


class norm(Operator):  # noqa: N801 - reads as the field writes it
    r"""Euclidean norm, printed :math:`\|\cdot\|`.

    >>> print(tex(norm(sp.Symbol("x")) ** 2))
    \left\lVert x \right\rVert^{2}
    """

    template = r"\left\lVert {} \right\rVert"


class argmin(sp.Function):  # noqa: N801
    r"""``argmin(x, J)``: the minimiser of the expression ``J`` in ``x``; the left side of an ``"argmin"`` claim.

    >>> print(tex(argmin(sp.Symbol("x"), sp.Symbol("x") ** 2)))
    \operatorname*{arg\,min}_{x}\; x^{2}
    """

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        x, objective = self.args
        inner = printer._print(objective)
        if isinstance(objective, sp.Add):
            inner = rf"\left[{inner}\right]"
        return rf"\operatorname*{{arg\,min}}_{{{printer._print(x)}}}\; {inner}"


class Printer(LatexPrinter):
    """SymPy's LaTeX printer with the author's order and the conventions of the book (bare arguments of sin, ln for log, ⊤)."""

    def __init__(self, order: Sequence[Any] = ()) -> None:
        super().__init__({"ln_notation": True, "mat_delim": "(", "mat_str": "matrix", "fold_short_frac": False, "fold_func_brackets": True,
                          "adjoint_style": "dagger", "imaginary_unit": "i"})
        self.first = [sp.sympify(o) for o in order]

    def _rank(self, e: Any) -> int:
        for i, o in enumerate(self.first):
            if e == o or e == -o:
                return i
        for i, o in enumerate(self.first):
            if not o.is_number and e.has(o):
                return i
        return len(self.first)

    def _split_super_sub(self, name: str) -> tuple[str, list[str], list[str]]:
        # a name that is a formula stands as it is: SymPy would read the rest of it as one exponent
        return (name, [], []) if re.search(r"[|/=()\s]", name or "") else super()._split_super_sub(name)

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        # an unevaluated sum is printed as the author wrote it
        evaluated = expr.func(*expr.args)
        terms = list(expr.args) if evaluated.args != expr.args else list(super()._as_ordered_terms(expr, order))
        if self.first:
            terms = sorted(terms, key=self._rank)
        elif terms and terms[0].could_extract_minus_sign():
            # begin a sum with a positive term where there is one
            terms = sorted(terms, key=lambda t: t.could_extract_minus_sign())
        return terms

    def _print_Mul(self, expr: Any) -> str:
        numerator, denominator = sp.fraction(expr)
        if self.first and denominator == 1 and expr.is_commutative and len(expr.args) > 1:
            coefficient, factors = expr.as_coeff_mul()
            if coefficient in (1, -1) or (coefficient.is_Integer and coefficient > 0):
                ordered = sorted(sp.Mul(*factors).as_ordered_factors(), key=self._rank)
                parts = [self._factor(f, i == len(ordered) - 1, i == 0) for i, f in enumerate(ordered)]
                lead = "- " if coefficient == -1 else "" if coefficient == 1 else f"{coefficient} "
                return lead + " ".join(parts)
        return super()._print_Mul(expr)

    def _factor(self, f: Any, last: bool, first: bool) -> str:
        text = self._print(f)
        if self._needs_mul_brackets(f, first=first, last=last):
            text = rf"\left({text}\right)"
        return text

    def _print_Transpose(self, expr: Any, exp: Any = None) -> str:
        return self.parenthesize(expr.arg, 60) + r"^{\top}"

    def _print_Function(self, expr: Any, exp: Any = None) -> str:
        if isinstance(expr, (Operator, argmin)):
            return expr._latex(self, exp)
        if not isinstance(expr, AppliedUndef):
            return super()._print_Function(expr, exp)
        name = expr.func.__name__
        if name in _SEQUENCES:
            head = self._print(sp.Symbol(name)) + "_{" + ", ".join(self._print(a) for a in expr.args) + "}"
            return rf"{head}^{{{exp}}}" if exp else head
        head = self._print(sp.Symbol(name)) + (rf"^{{{exp}}}" if exp else "")
        return head + r"\left(" + ", ".join(self._print(a) for a in expr.args) + r"\right)"

    def _print_re(self, expr: Any, exp: Any = None) -> str:
        return rf"\operatorname{{Re}}{f'^{{{exp}}}' if exp else ''}\left({self._print(expr.args[0])}\right)"

    def _print_im(self, expr: Any, exp: Any = None) -> str:
        return rf"\operatorname{{Im}}{f'^{{{exp}}}' if exp else ''}\left({self._print(expr.args[0])}\right)"

    def _print_Tuple(self, expr: Any) -> str:
        return r"\left(" + r",\; ".join(self._print(a) for a in expr) + r"\right)"


def tex(e: Any, order: Sequence[Any] = ()) -> str:
    """LaTeX of an expression; a string is taken as LaTeX."""
    if isinstance(e, str):
        return e
    return Printer(order).doprint(sp.sympify(e)).replace("  ", " ")


def _broken(e: Any, order: Sequence[Any], breaks: Sequence[int]) -> list[str]:
    """The expression in lines, broken after the given numbers of top-level terms."""
    if not breaks or not isinstance(e, sp.Add):
        return [tex(e, order)]
    printer = Printer(order)
    terms = printer._as_ordered_terms(e)
    cuts = [0, *[b for b in breaks if 0 < b < len(terms)], len(terms)]
    lines = []
    for a, b in zip(cuts, cuts[1:]):
        text = ""
        for i, term in enumerate(terms[a:b]):
            piece = printer._print(term)
            negative = term.could_extract_minus_sign()
            if i == 0 and a == 0:
                text = piece
            elif negative:
                text += " - " + printer._print(-term)
            else:
                text += " + " + piece
        lines.append(text.strip())
    return lines


def reason_tex(reason: str) -> str:
    """A reason as text beside a step (inline ``$…$`` in it stays mathematics)."""
    return rf"\quad\text{{{reason}}}" if reason else ""


def statement(left: Any, relation: str, right: Any, *, steps: Sequence[tuple[Any, str]] = (), reason: str = "", order: Sequence[Any] = (),
              breaks: Sequence[int] = (), rate: Any = None, relations: Sequence[str] = (), negate: bool = False, tail: str = "") -> str:
    """LaTeX of ``left relation right`` or of a chain of steps, one aligned block with a reason beside each step."""
    if relation == "":
        return tex(left, order) + tail
    sign = (NEGATED if negate else RELATIONS)[relation]
    if rate is not None:
        tail = rf"\cdot\left(1 + O\!\left({tex(rate)}\right)\right)" + tail
        sign = "="
    lines = _broken(right, order, breaks)
    if rate is not None and isinstance(right, sp.Add):
        lines = [r"\Bigl(" + lines[0], *lines[1:]]
        lines[-1] += r"\Bigr)"
    lines[-1] += tail
    first = steps[0][0] if steps else None
    if first is None and len(lines) == 1 and not reason:
        return f"{tex(left, order)} {sign} {lines[0]}"
    rows = []
    head = tex(left, order)
    for expr, why in steps:
        rows.append(rf"{head} &= {tex(expr, order)} &&{reason_tex(why)}")
        head = ""
    rows.append(rf"{head} &{sign} {lines[0]} &&{reason_tex(reason)}")
    rows += [rf"&\qquad {line}" for line in lines[1:]]
    if not steps and not reason:
        rows = [row.replace(" &&", "") for row in rows]
    return "\\begin{aligned}\n" + " \\\\\n".join(r.strip() for r in rows) + "\n\\end{aligned}"
