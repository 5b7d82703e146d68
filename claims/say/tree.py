"""The walk over a tree that remembers the values of subtrees; what to do at a node is looked up by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import sympy as sp

MAX_TERMS = 10_000
Rule = Callable[[Any, Any], Any]


class Unknown(Exception):
    """The walk has no rule for this node."""


class Tree:
    """A walk with an environment (symbol → value) and a memory of subtrees."""

    functions: Mapping[Any, Any] = {}
    _known: ClassVar[dict[type, Rule]] = {}

    def __init_subclass__(cls) -> None:
        cls._known = {}

    def __init__(self, environment: Mapping[Any, Any]) -> None:
        self.memory: dict[Any, Any] = dict(environment)

    def __call__(self, e: Any) -> Any:
        known = self.memory.get(e)
        if known is None:
            known = self.memory[e] = self._node(e)
        return known

    def number(self, e: Any) -> Any:
        raise NotImplementedError

    def power(self, base: Any, exponent: Any, e: Any) -> Any:
        return base**exponent

    def add(self, parts: list[Any]) -> Any:
        total = parts[0]
        for p in parts[1:]:
            total = total + p
        return total

    def product(self, e: Any) -> Any:
        out = self(e.args[0])
        for a in e.args[1:]:
            out = out * self(a)
        return out

    def _node(self, e: Any) -> Any:
        kind = type(e)
        rule = self._known.get(kind)
        if rule is None:
            rule = self._known[kind] = self.rule(e)
        return rule(self, e)

    @classmethod
    def rule(cls, e: Any) -> Rule:
        """What to do at a node of this kind: the same for all of its type."""
        if e.is_Add:
            return lambda walk, e: walk.add([walk(a) for a in e.args])
        if e.is_Mul:
            return lambda walk, e: walk.product(e)
        if e.is_Pow and not isinstance(e, sp.exp):
            return lambda walk, e: walk.power(walk(e.base), walk(e.exp), e)
        if e.is_Number or e.is_NumberSymbol or e is sp.I:
            return lambda walk, e: walk.number(e)
        if isinstance(e, (sp.Sum, sp.Product)):
            return lambda walk, e: walk.series(e)
        if isinstance(e, sp.Indexed):
            return lambda walk, e: walk.indexed(e)
        function = cls.functions.get(e.func)
        if function is None:
            return unknown_kind
        return lambda walk, e: function(*[walk(a) for a in e.args])

    def limits(self, e: Any) -> tuple[Any, int, int, Any]:
        """Bound symbol, first and last index of the outermost sum or product over a finite range, and what is summed;
        anything else is unknown."""
        if any(len(limit) != 3 for limit in e.limits):
            raise Unknown("limits")
        *within, (symbol, low, high) = e.limits
        ends = [complex(self(x)) for x in (low, high) if np.ndim(self(x)) == 0]
        if (len(ends) != 2 or any(z.imag or z.real != round(z.real) for z in ends)
            or not -1 <= ends[1].real - ends[0].real < MAX_TERMS):
            raise Unknown("limits")
        return symbol, int(ends[0].real), int(ends[1].real), e.func(e.function, *within) if within else e.function

    def series(self, e: Any) -> Any:
        raise NotImplementedError

    def indexed(self, e: Any) -> Any:
        raise NotImplementedError


def unknown_kind(walk: Any, e: Any) -> Any:
    """No rule: said by the name of the node."""
    raise Unknown(e.func.__name__)
