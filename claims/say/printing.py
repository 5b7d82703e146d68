r"""The printer: sums and powers, in the order of the book or of the author, never with two meanings.

What follows an expression decides about its brackets: ``alone`` says that nothing does, up to the next delimiter.

>>> t, s = sp.symbols("t \\sigma", positive=True)
>>> print(tex(1 + t*s**2), "and", tex(1 + t*s**2, order=(1, t)))
\sigma^{2} t + 1 and 1 + t \sigma^{2}
>>> print(tex(t*sp.sin(s)), "and", tex(t*sp.sin(s), order=(sp.sin(s),)))
t \sin \sigma and \sin(\sigma) t
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .heads import Head
from .kinds import OPEN, Kind, as_written, bare, brackets, kind, minus, negated, negative, superscripted
from .products import Products
from .tensors import sqrtm

SETTINGS = {"mat_delim": "(", "mat_str": "matrix", "adjoint_style": "dagger", "imaginary_unit": "ri"}


class Printer(Products):
    """SymPy's LaTeX printer with the conventions of the book and the author's order (what stands first)."""

    def __init__(self, order: Sequence[Any] = ()) -> None:
        super().__init__(dict(SETTINGS))
        self.first = [sp.sympify(o) for o in order]
        self.alone = True
        self.script = 0
        self.called: set[str] = set()

    def doprint(self, expr: Any) -> str:
        if isinstance(expr, sp.Basic):
            self.called = {f.func.__name__ for f in expr.atoms(AppliedUndef)}
        return super().doprint(expr)

    def _print(self, expr: Any, alone: bool = True, **kwargs: Any) -> str:
        before, self.alone = self.alone, alone
        try:
            return self._special(expr) or super()._print(expr, **kwargs)
        finally:
            self.alone = before

    def continued(self, e: Any) -> str:
        """An expression behind which the text goes on with a factor."""
        return self.signed(sp.sympify(e), False)

    def small(self, e: Any) -> str:
        """An exponent, index or limit, in which a fraction is written with a slash."""
        self.script += 1
        try:
            return self._print(e)
        finally:
            self.script -= 1

    # ------------------------------------------------------------ order

    def rank(self, e: Any) -> int:
        for i, o in enumerate(self.first):
            if e == o or e == -o:
                return i
        for i, o in enumerate(self.first):
            if not o.is_number and e.has(o):
                return i
        return len(self.first)

    def ordered_terms(self, e: Any) -> list[Any]:
        """Terms as written, or by degree, big operators last, a positive one first; then as the author wants them."""
        if as_written(e):
            terms = [bare(a) for a in e.args]
        else:
            terms = sorted(self._by_degree(e), key=self._opens)
            if minus(terms[0]):
                terms = sorted(terms, key=minus)
        return sorted(terms, key=self.rank)

    def _by_degree(self, e: Any) -> list[Any]:
        # SymPy would compute integrals without a letter to find their degree
        heavy = [t for t in e.args if any(part.is_number for part in t.atoms(*OPEN))]
        rest = e.func(*(t for t in e.args if t not in heavy)) if heavy else e
        several = isinstance(rest, (sp.Add, sp.MatAdd))
        light = super()._as_ordered_terms(rest) if several else [rest] if rest != 0 else []
        return [*light, *sorted(heavy, key=sp.default_sort_key)]

    def _opens(self, e: Any) -> bool:
        factors = sp.Mul.make_args(e) if isinstance(e, sp.Mul) else (e,)
        return any(kind(f) is Kind.OPEN for f in factors)

    def ordered_factors(self, factors: Sequence[Any]) -> list[Any]:
        """Numbers, letters, sums, functions, derivatives, big operators; then as the author wants them."""
        if not all(f.is_commutative for f in factors):
            return list(factors)
        place = {Kind.SUM: 3, Kind.DERIVATIVE: 5, Kind.OPEN: 6}

        def standing(f: Any) -> int:
            base = f.base if isinstance(f, sp.Pow) else f
            if f.is_Number or isinstance(f, sp.binomial):
                return 0
            letter = isinstance(base, AppliedUndef) and self.indexed(base)
            if isinstance(base, (sp.Function, sp.Integral, sp.MatrixExpr)) and not letter:
                return place.get(kind(f), 4)
            rooted = isinstance(f, sp.Pow) and f.exp.is_Rational and not f.exp.is_Integer and not base.is_number
            return place.get(kind(f), 3 if isinstance(base, sp.Add) else 2 if rooted else 1)

        return sorted(sorted(sorted(factors, key=lambda f: f.sort_key()), key=standing), key=self.rank)

    # ------------------------------------------------------------ sums

    def term(self, e: Any, alone: bool) -> str:
        """A term without its sign, in brackets where it would be read otherwise."""
        text = self.signed(e, alone)
        return brackets(text) if text.startswith("-") else text

    def signed(self, e: Any, alone: bool) -> str:
        """A term with the minus before all of it, if it has one."""
        e = bare(e)
        if negative(e):
            text = self.signed(negated(e), alone)
            return text[1:] if text.startswith("-") else f"-{text}"
        k = kind(e)
        if k is Kind.SUM or (k is Kind.OPEN and not alone):
            return brackets(self._print(e))
        text = self._print(e, alone=alone)
        return brackets(text) if text.startswith("-") and k not in (Kind.PRODUCT, Kind.FRACTION) else text

    def signed_terms(self, e: Any) -> list[tuple[str, str]]:
        """Sign and text of every term of a sum, in their order."""
        alone, terms = self.alone, self.ordered_terms(e)
        texts = [self.signed(t, alone and i == len(terms) - 1) for i, t in enumerate(terms)]
        return [("-", text[1:]) if text.startswith("-") else ("+", text) for text in texts]

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        coefficients = [t.as_coeff_Mul()[0] for t in expr.args] if self.script else []
        shared = {c.q if c.is_Rational else 1 for c in coefficients} or {1}
        if len(shared) == 1 and shared != {1} and not as_written(expr):
            (q,) = shared
            flip = all(negative(t) for t in expr.args)
            return f"{'-' if flip else ''}({self._print(sp.Add(*(t * (-q if flip else q) for t in expr.args)))})/{q}"
        (sign, text), *rest = self.signed_terms(expr)
        return ("-" if sign == "-" else "") + text + "".join(f" {s} {t}" for s, t in rest)

    _print_MatAdd = _print_Add

    # ------------------------------------------------------------ powers

    def _print_Pow(self, expr: Any) -> str:
        base, exponent, alone = bare(expr.base), bare(expr.exp), self.alone
        if exponent.is_Rational and exponent.is_negative and expr.is_commutative:
            return self.fraction([], [base if exponent == -1 else sp.Pow(base, -exponent, evaluate=False)])
        if exponent.is_Rational and exponent.p == 1 and exponent.q != 1:
            degree = "" if exponent.q == 2 else f"[{exponent.q}]"
            return rf"\sqrt{degree}{{{self._print(base)}}}"
        power = self.small(exponent)
        if self.named(base):
            if power.startswith("-"):  # the power -1 of sin is its inverse
                return f"{brackets(self._print(base))}^{{{power}}}"
            return self.call(self.named(base), base.args, alone, power)
        return rf"{self.base(base)}^{{{power}}}"

    def base(self, e: Any) -> str:
        """What an exponent, a transpose or a factorial can follow."""
        e = bare(e)
        if kind(e) is not Kind.ATOM:
            return brackets(self._print(e))
        text = self._print(e, alone=False)
        loose = superscripted(text) or text.startswith("-") or (getattr(e, "is_Float", False) and "cdot" in text)
        return brackets(text) if loose else text

    def _print_MatPow(self, expr: Any) -> str:
        """A power of a matrix; that of a root is one power.

        >>> from claims.say.tensors import sqrtm
        >>> print(tex(sqrtm(sp.MatrixSymbol("A", 2, 2)).I), tex(sp.MatrixSymbol("A", 2, 2).I))
        A^{-1/2} A^{-1}
        """
        root = isinstance(expr.base, sqrtm)
        base, exponent = (expr.base.args[0], expr.exp / 2) if root else (expr.base, expr.exp)
        return rf"{self.base(base)}^{{{self.small(exponent)}}}"


def explained(where: Any) -> list[list[str]]:
    """Symbols or heads of functions → meanings, as rows of LaTeX and text."""
    return [[tex(sp.Symbol(s.name) if isinstance(s, Head) else s), meaning] for s, meaning in where.items()]


def tex(e: Any, order: Sequence[Any] = ()) -> str:
    """LaTeX of an expression; a string is taken as LaTeX.

    >>> x, y = sp.symbols("x y", positive=True)
    >>> print(tex(x - 1), tex(-sp.sqrt(x) / sp.sqrt(y)), tex(sp.exp(-x / 2)))
    x - 1 -\\sqrt{\\frac{x}{y}} \\mathrm{e}^{-x/2}
    """
    if isinstance(e, str):
        return e
    return Printer(order).doprint(sp.sympify(e)).replace("  ", " ")
