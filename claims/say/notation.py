r"""How single things look: letters, functions, matrices; more in ``sums``, ``products``, ``printing``."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .kinds import Kind, brackets, kind, superscripted
from .operators import Jacobian, VectorSum
from .sums import BigOperators
from .symbols import INDEXED, SEQUENCES, AppliedVector

SAME = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.log)
NAMED = {**{f: rf"\{f.__name__}" for f in SAME}, sp.asin: r"\arcsin", sp.acos: r"\arccos", sp.atan: r"\arctan",
         sp.asinh: r"\operatorname{arsinh}", sp.acosh: r"\operatorname{arcosh}", sp.atanh: r"\operatorname{artanh}"}
"""Functions that stand before a letter without brackets."""
CALLS = {sp.gamma: r"\Gamma", sp.loggamma: r"\log\Gamma", sp.zeta: r"\zeta", sp.beta: r"\mathrm{B}", sp.LambertW: "W",
         sp.erf: r"\operatorname{erf}", sp.erfc: r"\operatorname{erfc}", sp.erfinv: r"\operatorname{erf}^{-1}",
         sp.re: r"\operatorname{Re}", sp.im: r"\operatorname{Im}", sp.arg: r"\arg", sp.sign: r"\operatorname{sign}",
         sp.sinc: r"\operatorname{sinc}", sp.frac: r"\operatorname{frac}",
         sp.Max: r"\max", sp.Min: r"\min", sp.Heaviside: r"\operatorname{step}",
         sp.DiracDelta: r"\delta", sp.Determinant: r"\det", sp.Trace: r"\operatorname{tr}"}
APPLIED_LETTERS = {*"fghFGHW", r"\varphi", r"\phi", r"\psi", r"\Phi", r"\Psi", r"\Gamma", r"\zeta", r"\delta"}
"""Letters that a reader takes for a function when a bracket follows."""


class Notation(BigOperators):
    """The printing of single things; :class:`claims.say.printing.Printer` adds what is made of several."""

    def _special(self, e: Any) -> str:
        """Text of objects that bring a print of their own and need brackets in it ('' for all others)."""
        if isinstance(e, VectorSum):
            return self._big(r"\sum", e)
        if isinstance(e, AppliedVector):
            return self.applied(e.head, e.arguments)
        if isinstance(e, Jacobian):
            of, by = e.args
            return rf"\frac{{\partial {self.operand(of)}}}{{\partial {self._print(by)}}}"
        return r"\mathrm{e}" if e is sp.E else ""

    # ------------------------------------------------------------ letters

    def _split_super_sub(self, name: str) -> tuple[str, list[str], list[str]]:
        # a name that is a formula stands as it is: SymPy would read the rest of it as one exponent
        return (name, [], []) if re.search(r"[|/=()\s]", name or "") else super()._split_super_sub(name)

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        text = super()._print_Symbol(expr, style)
        # len is no product of l, e and n
        return re.sub(r"^[A-Za-z]{2,}(?=$|[_^'])", lambda m: rf"\mathrm{{{m.group()}}}", text)

    _print_RandomSymbol = _print_Symbol

    def _print_MatrixSymbol(self, expr: Any) -> str:
        return self._print_Symbol(sp.Symbol(expr.name))

    def _print_Identity(self, expr: Any) -> str:
        return "I"

    def _print_OneMatrix(self, expr: Any) -> str:
        rows, columns = expr.shape
        if columns == 1:
            return r"\mathbf{1}"
        return r"\mathbf{1}^{\top}" if rows == 1 else r"\mathbf{1} \mathbf{1}^{\top}"

    def _print_Rational(self, expr: Any) -> str:
        if expr.q == 1:
            return str(expr.p)
        sign = "-" if expr.p < 0 else ""
        return f"{sign}{abs(expr.p)}/{expr.q}" if self.script else rf"{sign}\frac{{{abs(expr.p)}}}{{{expr.q}}}"

    def with_indices(self, name: str, indices: Any) -> str:
        """A letter with more indices behind those of its name; primes and stars stay where they are."""
        letter = self._print(sp.Symbol(name))
        inside = ", ".join(self.small(i) for i in indices)
        own = re.search(r"_(\{((?:[^{}]|\{[^{}]*\})*)\}|\\[A-Za-z]+|\w)", letter)
        if own:
            return letter[: own.start()] + f"_{{{own.group(2) or own.group(1)}, {inside}}}" + letter[own.end():]
        raised = letter.find("^")
        return f"{letter}_{{{inside}}}" if raised < 0 else f"{letter[:raised]}_{{{inside}}}{letter[raised:]}"

    def _print_Indexed(self, expr: Any) -> str:
        return self.with_indices(str(expr.base.label), expr.indices)

    def _print_MatrixElement(self, expr: Any) -> str:
        if isinstance(expr.parent, sp.MatrixSymbol):
            return self.with_indices(expr.parent.name, (expr.i, expr.j))
        return f"{brackets(self._print(expr.parent))}_{{{self.small(expr.i)}, {self.small(expr.j)}}}"

    def _print_KroneckerDelta(self, expr: Any, exp: Any = None) -> str:
        return rf"\delta_{{{self.small(expr.args[0])}, {self.small(expr.args[1])}}}"

    def _print_harmonic(self, expr: Any, exp: Any = None) -> str:
        power = f"^{{({self.small(expr.args[1])})}}" if len(expr.args) > 1 else ""
        return f"H_{{{self.small(expr.args[0])}}}{power}"

    # ------------------------------------------------------------ functions

    def named(self, e: Any) -> str:
        r"""``\sin`` and its like; '' for all else."""
        return NAMED.get(type(e), "")

    def call(self, name: str, arguments: Any, alone: bool = False, power: str = "") -> str:
        r"""``\sin^{2} x`` where nothing follows a letter or number, otherwise with brackets."""
        head = name + (f"^{{{power}}}" if power else "")
        only = arguments[0] if len(arguments) == 1 else None
        if alone and only is not None and self.single(only):
            return f"{head} {self._print(only)}"
        return head + brackets(", ".join(self._print(a) for a in arguments))

    def single(self, e: Any) -> bool:
        """Whether an argument is one letter or number."""
        if isinstance(e, AppliedUndef):
            return self.indexed(e) and not superscripted(self._print(e))
        letter = isinstance(e, (sp.Symbol, sp.Indexed, sp.NumberSymbol)) and kind(e) is Kind.ATOM
        return (letter or (e.is_Integer and e >= 0)) and not superscripted(self._print(e))

    def indexed(self, e: Any) -> bool:
        """Whether all arguments of an undefined function are printed as indices."""
        return e.func.__name__ in SEQUENCES

    def applied(self, name: str, arguments: Any) -> str:
        """An undefined function, a member of a sequence (indices), or of a sequence of functions (one index)."""
        taken = len(arguments) if name in SEQUENCES else 1 if name in INDEXED else 0
        head = self.with_indices(name, arguments[:taken]) if taken else self._print(sp.Symbol(name))
        return head + brackets(", ".join(self._print(a) for a in arguments[taken:])) if arguments[taken:] else head

    def _print_Function(self, expr: Any, exp: Any = None) -> str:
        if isinstance(expr, AppliedUndef):
            return self.applied(expr.func.__name__, expr.args)
        if type(expr) in NAMED:
            return self.call(NAMED[type(expr)], expr.args, self.alone)
        if type(expr) in CALLS:
            return self.call(CALLS[type(expr)], expr.args)
        return self.call(rf"\operatorname{{{type(expr).__name__}}}", expr.args)

    _print_log = _print_gamma = _print_zeta = _print_re = _print_im = _print_LambertW = _print_Function
    _print_beta = _print_DiracDelta = _print_frac = _print_Function

    def _print_Heaviside(self, expr: Any, exp: Any = None) -> str:
        return self.call(CALLS[type(expr)], expr.args[:1] if expr.args[1] == sp.S.Half else expr.args)

    def _print_Max(self, expr: Any, exp: Any = None) -> str:
        return self.call(CALLS[type(expr)], sorted(expr.args, key=sp.default_sort_key))

    _print_Min = _print_Max

    def _print_Determinant(self, expr: Any) -> str:
        return self.call(CALLS[type(expr)], expr.args)

    def _print_Trace(self, expr: Any, exp: Any = None) -> str:
        return self.call(CALLS[type(expr)], expr.args)

    def _print_polygamma(self, expr: Any, exp: Any = None) -> str:
        order, at = expr.args
        return self.call(r"\psi" if order == 0 else rf"\psi^{{({self.small(order)})}}", (at,))

    def _print_ExpBase(self, expr: Any, exp: Any = None) -> str:
        tall = expr.args[0].has(sp.Sum, sp.Product, sp.Integral, sp.Limit, sp.Derivative, sp.Piecewise, sp.MatrixBase)
        return self.call(r"\exp", expr.args) if tall else rf"\mathrm{{e}}^{{{self.small(expr.args[0])}}}"

    def _print_factorial(self, expr: Any, exp: Any = None) -> str:
        return self.base(expr.args[0]) + "!"

    def _print_factorial2(self, expr: Any, exp: Any = None) -> str:
        return self.base(expr.args[0]) + "!!"

    def _print_subfactorial(self, expr: Any, exp: Any = None) -> str:
        return "!" + self.base(expr.args[0])

    def _print_binomial(self, expr: Any, exp: Any = None) -> str:
        return rf"\binom{{{self._print(expr.args[0])}}}{{{self._print(expr.args[1])}}}"

    def _print_Mod(self, expr: Any, exp: Any = None) -> str:
        left, right = (self.factor(a, True, True) for a in expr.args)
        return rf"{left} \bmod {right}"

    def _print_Abs(self, expr: Any, exp: Any = None) -> str:
        # bars in bars do not say which of them close
        inside = self._print(expr.args[0])
        return rf"\left|{brackets(inside) if expr.args[0].has(sp.Abs) else inside}\right|"

    def _print_Tuple(self, expr: Any) -> str:
        return r"\left(" + r",\; ".join(self._print(a) for a in expr) + r"\right)"

    # ------------------------------------------------------------ matrices

    def _print_Transpose(self, expr: Any, exp: Any = None) -> str:
        return self.base(expr.arg) + r"^{\top}"

    def _print_Adjoint(self, expr: Any, exp: Any = None) -> str:
        return self.base(expr.arg) + r"^{\dagger}"

    def _print_HadamardProduct(self, expr: Any) -> str:
        return r" \circ ".join(self.factor(a) for a in expr.args)

    def _print_KroneckerProduct(self, expr: Any) -> str:
        return r" \otimes ".join(self.factor(a) for a in expr.args)
