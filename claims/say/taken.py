r"""A formula as Python text that gives the same expression again, for readers who take it away.

>>> x, n = sp.Symbol(r"\beta", positive=True), sp.Symbol("n", integer=True)
>>> print(taken(x, "=", n / 2))
from sympy import *
<BLANKLINE>
beta = Symbol('\\beta', positive=True)
n = Symbol('n', integer=True)
left = beta
right = n/2
"""

from __future__ import annotations

import keyword
import re
from importlib import import_module
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from .declared import OPERATORS, Operator
from .heads import INDEXED, RANDOM_HEADS, SEQUENCES, Head
from .extremes import Extreme

ASSUMED: tuple[dict[str, bool], ...] = (
    {},
    {"real": True},
    {"positive": True},
    {"nonnegative": True},
    {"integer": True},
    {"integer": True, "positive": True},
)
"""Assumptions that an undefined function may have been given."""


class _Text(str):
    def __repr__(self) -> str:
        return str(self)


class Names(StrPrinter):
    """Prints names as identifiers, and notes what must be declared and imported."""

    printmethod = "_nothing"

    def __init__(self) -> None:
        super().__init__({"sympy_integers": True, "order": "none"})
        self.known: dict[Any, str] = {}
        self.declared: list[str] = []
        self.imported: set[str] = set()

    def name(self, thing: Any, text: str) -> str:
        """The identifier of a thing; new ones are free of keywords and of SymPy's names."""
        if thing not in self.known:
            word = (
                re.sub(
                    r"\W+", "_", text.replace("\\", "").replace("{", "").replace("}", "").replace("'", "_prime")
                ).strip("_")
                or "symbol"
            )
            word = f"x{word}" if word[0].isdigit() else word
            reserved = {
                *self.known.values(),
                *OPERATORS,
                "S",
                "Tuple",
                "Symbol",
                "MatrixSymbol",
                "function",
                "sequence",
                "left",
                "right",
            }
            while keyword.iskeyword(word) or word in reserved:
                word += "_"
            self.known[thing] = word
        return self.known[thing]

    def declare(self, thing: Any, text: str, how: str) -> str:
        new = thing not in self.known
        word = self.name(thing, text)
        if new:
            self.declared.append(f"{word} = {how}")
        return word

    def _print_Symbol(self, e: Any) -> str:
        given = "".join(f", {k}={v}" for k, v in e._assumptions_orig.items())
        return self.declare(e, e.name, f"Symbol({e.name!r}{given})")

    def _print_Mul(self, e: Any) -> str:
        number, rest = e.as_coeff_Mul()
        if number.is_Rational and number.q != 1 and not (number.p == 1 and rest.is_Symbol):
            # behind one bar, the denominator's number would go into its sum
            return f"Rational({number.p}, {number.q})*{self.parenthesize(rest, PRECEDENCE['Mul'])}"
        return super()._print_Mul(e)

    def _print_Dummy(self, e: Any) -> str:
        raise ValueError("a dummy has no name")

    def _print_MatrixSymbol(self, e: Any) -> str:
        rows, columns = map(self._print, e.shape)
        return self.declare(e, e.name, f"MatrixSymbol({e.name!r}, {rows}, {columns})")

    def _head(self, name: str, size: Any, kwargs: str = "") -> str:
        self.imported.add("sequence" if name in SEQUENCES else "function")
        given = f"{name!r}" + (f", size={self._print(size)}" if size is not None else "") + kwargs
        if name in SEQUENCES:
            return self.declare(
                ("head", name), name, f"sequence({given}{', random=True' if name in RANDOM_HEADS else ''})"
            )
        return self.declare(("head", name), name, f"function({given}{', index=True' if name in INDEXED else ''})")

    def _print_AppliedVector(self, e: Any) -> str:
        return f"{self._head(e.head, e.args[1])}({', '.join(map(self._print, e.arguments))})"

    def _print_UndefinedFunction(self, f: Any) -> str:
        name = f.__name__
        given = next((a for a in ASSUMED if sp.Function(name, **a) == f), {})
        return self._head(name, None, "".join(f", {k}={v}" for k, v in given.items()))

    def _print_Function(self, e: Any) -> str:
        if isinstance(e, AppliedUndef):
            head = self._print_UndefinedFunction(e.func)
            return f"{head}({', '.join(map(self._print, e.args))})"
        if isinstance(e, (Operator, Extreme)):
            self.imported.add(type(e).__name__)
        return super()._print_Function(e)

    def _print_ExpectedVector(self, e: Any) -> str:
        self.imported.add("E")
        return f"E({self._print(e.args[0])})"

    def _print_VectorSum(self, e: Any) -> str:
        self.imported.add("total")
        return f"total({', '.join(map(self._print, e.args))})"

    def _print_Jacobian(self, e: Any) -> str:
        self.imported.add("Jacobian")
        return f"Jacobian({', '.join(map(self._print, e.args))})"

    def _print_Normal(self, e: Any) -> str:
        self.imported.add("Normal")
        return f"Normal({', '.join(map(self._print, e.args))})"

    def _print_BlockMatrix(self, e: Any) -> str:
        return f"BlockMatrix({[[_Text(self._print(b)) for b in row] for row in e.blocks.tolist()]})"

    def _print_ImmutableDenseMatrix(self, e: Any) -> str:
        return f"ImmutableMatrix({[[_Text(self._print(b)) for b in row] for row in e.tolist()]})"

    def _print_Tuple(self, e: Any) -> str:
        return f"Tuple({', '.join(map(self._print, e))})"


def taken(left: Any, relation: str, right: Any) -> str:
    """Python text that assigns ``left`` and ``right`` the two sides; empty if a side is in words, or if the text
    would not give them again."""
    sides = {"left": left, "right": right}
    if any(not isinstance(e, sp.Basic) for e in sides.values()):
        return ""
    printer = Names()
    try:
        assigned = [f"{side} = {printer._print(e)}" for side, e in sides.items()]
        imports = ["from sympy import *"] + (
            [f"from claims import {', '.join(sorted(printer.imported))}"] if printer.imported else []
        )
        exact = [*printer.declared, *assigned]
        short = [re.sub(r"\bS\((-?\d+)\)(?!/)", r"\1", line) for line in exact]
        body = next((text for text in (short, exact) if gives(text, sides)), None)
    except Exception:  # noqa: BLE001 - text that Python or SymPy does not read is not offered; nothing is decided by it
        return ""
    if body is None:
        return ""
    said = "" if relation == "=" else f"  # left {relation} right"
    return "\n".join([*imports, "", *body]) + said


def gives(body: list[str], sides: dict[str, Any]) -> bool:
    """Whether the text assigns exactly these expressions."""
    again = parsed("\n".join(body))
    return all(again.get(side) == e for side, e in sides.items())


def parsed(body: str) -> dict[str, Any]:
    """What the text assigns; the declarations of sequences and functions leave the running session as it is."""

    def head(name: str, size: Any = None, random: bool = False, index: bool = False, **given: bool) -> Any:
        return Head(name, size) if size is not None else sp.Function(name, **given)

    operators = import_module(f"{__package__}.operators")
    space = {
        **vars(sp),
        **{
            n: getattr(operators, n)
            for n in (*OPERATORS, "E", "total", "Normal", "argmin", "argmax", "sup", "inf", "Jacobian")
            if hasattr(operators, n)
        },
        "sequence": head,
        "function": head,
    }
    exec(body, space)  # noqa: S102 - text that this module made
    return space
