"""How products look: factors side by side, fractions, roots under one sign, products of matrices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy as sp

from .kinds import Kind, as_written, bare, brackets, kind, negative, opposite, whole_fraction
from .notation import APPLIED_LETTERS, Notation


class Products(Notation):
    """The printing of products."""

    def factor(self, e: Any, first: bool = False, last: bool = False, alone: bool = False) -> str:
        """A factor among others, in brackets where its neighbours would be read into it."""
        e = bare(e)
        k = kind(e)
        alone = alone and last
        if k in (Kind.PRODUCT, Kind.FRACTION):
            text = self._print(e)
            return text if whole_fraction(text) else brackets(text)
        if k is Kind.SUM or (k is Kind.OPEN and not alone) or (k is Kind.DERIVATIVE and not last):
            return brackets(self._print(e))
        text = self._print(e, alone=alone)
        return brackets(text) if text.startswith("-") and not (first and e.is_Number) else text

    def product(self, factors: Sequence[Any], alone: bool, begins: bool = True, ends: bool = True) -> str:
        """Factors side by side; ``begins`` and ``ends``: nothing of the same product stands before or after."""
        if len(factors) == 1 and begins and ends:
            only = bare(factors[0])
            enclosed = kind(only) is Kind.OPEN and not alone
            return brackets(self._print(only)) if enclosed else self._print(only, alone=alone)
        last = len(factors) - 1 if ends else len(factors)
        texts = [self.factor(f, begins and i == 0, i == last, alone) for i, f in enumerate(factors)]
        return self.beside(list(zip(factors, texts)))

    def beside(self, pieces: Sequence[tuple[Any, str]]) -> str:
        """Texts of factors side by side; a dot where they read as one number, or as a function of the next."""
        out, before = "", None
        for e, text in pieces:
            mixed = before is not None and getattr(before, "is_Number", False) and re.match(r"\\frac\{\d", text)
            dot = re.match(r"\d", text) or mixed or self._reads_as_function(before, text)
            out += (r" \cdot " if dot else " ") + text if out else text
            before = bare(e)
        return out

    def _reads_as_function(self, e: Any, text: str) -> bool:
        base = e.base if isinstance(e, sp.Pow) else e
        if not text.startswith(("(", r"\left(")) or not isinstance(base, sp.Symbol):
            return False
        letter = re.split(r"[_^']", self._print(base))[0]
        return letter in APPLIED_LETTERS or base.name in self.called

    def fraction(self, above: Sequence[Any], below: Sequence[Any], beside: Sequence[Any] = (),
                 alone: bool = True) -> str:
        """``above`` over ``below``, and then what stands beside the fraction."""
        if not below:
            return self.product([*above, *beside], alone)
        if self.script:
            top = self.product(above, False, ends=False) if above else "1"
            closed = len(below) == 1 and kind(below[0]) in (Kind.POWER, Kind.ATOM)
            text = f"{top}/{self.term(below[0], False) if closed else brackets(self.product(below, True))}"
            return f"{brackets(text)} {self.product(beside, alone, begins=False)}" if beside else text
        text = rf"\frac{{{self.product(above, True) if above else '1'}}}{{{self.product(below, True)}}}"
        return f"{text} {self.product(beside, alone, begins=False)}" if beside else text

    def _print_Mul(self, expr: Any) -> str:
        alone = self.alone
        if negative(expr):
            return self.signed(expr, alone)
        if as_written(expr):
            return self._written_product(expr, alone)
        above: list[Any] = []
        below: list[Any] = []
        minus = False
        for f in expr.args:
            if isinstance(f, sp.Rational):
                above += [sp.Integer(f.p)] if f.p != 1 else []
                below += [sp.Integer(f.q)] if f.q != 1 else []
                continue
            up, base, exponent = self._over(f)
            if exponent == 1 and opposite(base):
                minus, base = not minus, -base
            (above if up else below).append(base if exponent == 1 else sp.Pow(base, exponent, evaluate=False))
        if not above and all(not q.is_number for q in below):  # b^{-n} c^{-m} has nothing above a line
            powers = [q for q in expr.args if isinstance(q, sp.Pow) and not q.exp.is_Rational]
            if len(powers) == len(below):
                above, below = powers, []
        above, below, roots = one_root(above, below)
        beside = [*roots, *(f for f in above if below and kind(f) in (Kind.OPEN, Kind.DERIVATIVE))]
        above = [f for f in above if f not in beside]
        if not below:
            above, beside = [*above, *beside], []
        text = self.fraction(*map(self.ordered_factors, (above, below, beside)), alone)
        return f"-{text}" if minus else text

    @staticmethod
    def _over(f: Any) -> tuple[bool, Any, Any]:
        """Whether a factor stands above the line, its base, and its exponent there."""
        if not isinstance(f, sp.Pow) or not f.is_commutative:
            return True, f, sp.S.One
        base, exponent = f.base, f.exp
        down = exponent.is_Rational and exponent.is_negative or (isinstance(exponent, sp.Mul) and negative(exponent))
        return (False, base, -exponent) if down else (True, base, exponent)

    def _written_product(self, expr: Any, alone: bool) -> str:
        """Factors as the author wrote them; a divisor belongs to what stands before it."""
        groups: list[tuple[list[Any], list[Any]]] = [([], [])]
        for f in map(bare, expr.args):
            up, base, exponent = self._over(f)
            if isinstance(f, sp.Rational) and f.q != 1:
                tops, bottoms = [sp.Integer(f.p)] if f.p != 1 else [], [sp.Integer(f.q)]
            else:
                whole = base if exponent == 1 else sp.Pow(base, exponent, evaluate=False)
                tops, bottoms = ([f], []) if up else ([], [whole])
            if tops and groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].extend(tops)
            groups[-1][1].extend(bottoms)
        if len(groups) == 1:
            return self.fraction(*groups[0], alone=alone)
        pieces = []
        for i, (tops, bottoms) in enumerate(groups):
            if bottoms:
                text = self.fraction(tops, bottoms)
                pieces.append((sp.S.Half, brackets(text) if self.script else text))
            else:
                last = len(tops) - 1 if i == len(groups) - 1 else -1
                pieces += [(f, self.factor(f, i == j == 0, j == last, alone)) for j, f in enumerate(tops)]
        return self.beside(pieces)

    def _print_MatMul(self, expr: Any) -> str:
        alone = self.alone
        if negative(expr):
            return self.signed(expr, alone)
        numbers = [a for a in expr.args if not getattr(a, "is_Matrix", False)]
        matrices = [a for a in expr.args if getattr(a, "is_Matrix", False)]
        scalars = sp.Mul.make_args(sp.Mul(*numbers)) if numbers else ()
        if any(not self._over(f)[0] or (isinstance(f, sp.Rational) and f.q != 1) for f in scalars):
            scalars = (sp.Mul(*numbers),)
        return self.product([*self.ordered_factors(scalars), *matrices], alone)


def one_root(above: list[Any], below: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Square roots of what is not negative under one sign; a root of a fraction stands beside the fraction."""

    def parted(factors: list[Any]) -> tuple[list[Any], list[Any]]:
        roots = [f for f in factors if isinstance(f, sp.Pow) and f.exp == sp.S.Half and f.base.is_nonnegative]
        return [f.base for f in roots], [f for f in factors if f not in roots]

    (up, others_up), (down, others_down) = parted(above), parted(below)
    if len(up) + len(down) < 2:
        return above, below, []
    if up and down:
        for r in [r for r in up if r.is_Integer]:
            for q in [q for q in others_down if q.is_Integer and q % r == 0]:
                # SymPy writes the root of a half as half a root
                others_down.remove(q)
                others_down += [q // r] if q != r else []
                up.remove(r)
                down.append(r)
                break
    if not up:
        return others_up, [*others_down, sp.Pow(sp.Mul(*down), sp.S.Half, evaluate=False)], []
    if down:
        return others_up, others_down, [sp.Pow(sp.Mul(*up) / sp.Mul(*down), sp.S.Half, evaluate=False)]
    return [*others_up, sp.Pow(sp.Mul(*up), sp.S.Half, evaluate=False)], below, []
