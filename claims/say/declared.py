r"""How an operator is declared: once, with how it prints, how it runs on arrays, its laws and its slips.

An operator is never evaluated by SymPy. ``runs`` receives arrays whose last axes are the object (none for a number,
two for a vector or matrix) and whose first axis, if there is one more, counts repetitions; laws must hold and slips
must differ on random arrays, which one checker tests. """

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp


@dataclass(frozen=True)
class Declared:
    """What is declared of one operator.

    ``runs(*arrays)``; ``takes`` names the kind of each argument (number, vector, matrix, square, positive definite,
    simplex, normal, any). ``examples``: for what binds a symbol (a sum, a supremum): triples of expression, values of
    its symbols, result. """

    name: str
    template: str
    runs: Callable[..., Any]
    takes: tuple[str, ...]
    sign: str = "real"
    laws: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    slips: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    examples: tuple[tuple[Any, Mapping[Any, Any], Any], ...] = ()


OPERATORS: dict[str, Declared] = {}


class Operator(sp.Function):
    """A named operator on expressions; it is printed and run, and never evaluated."""

    template = "{}"
    is_commutative = True

    @classmethod
    def eval(cls, *args: Any) -> None:
        return None

    def _eval_is_commutative(self) -> bool:
        return True

    def _eval_evalf(self, prec: Any) -> None:
        """Not by the function of mpmath that has the same name (its ``E`` is 2.718…)."""
        return None

    def _eval_is_extended_real(self) -> bool | None:
        return OPERATORS[type(self).__name__].sign != "complex" or None

    def _eval_is_nonnegative(self) -> bool | None:
        return OPERATORS[type(self).__name__].sign == "nonnegative" or None

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        out = self.template.format(*(printer._print(a) for a in self.args),
                                   all=", ".join(printer._print(a) for a in self.args))
        return rf"{out}^{{{exp}}}" if exp else out


def declared(template: str, runs: Callable[..., Any], takes: tuple[str, ...], **more: Any) -> Callable[[type], type]:
    """Register a class of :class:`Operator` with what :class:`Declared` says."""

    def register(cls: type) -> type:
        cls.template = template
        OPERATORS[cls.__name__] = Declared(cls.__name__, template, runs, takes, **more)
        return cls

    return register


def declare(name: str, template: str, runs: Callable[..., Any] | None, takes: tuple[str, ...] = (),
            **more: Any) -> None:
    """Declare an operator whose class is SymPy's."""
    OPERATORS[name] = Declared(name, template, runs, takes, **more)


def summed(x: Any, axes: int = 2) -> Any:
    """Sum over the last axes."""
    return np.asarray(x).sum(axis=tuple(range(-axes, 0)))
