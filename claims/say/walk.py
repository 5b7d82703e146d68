"""The walk over a tree on samples: every kind of node has its rule in :data:`RULES`; :mod:`claims.say.run` says what
levels are."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from . import calculus
from .evaluate import MAX_TERMS, Arrays, Unknown
from .operators import OPERATORS, Cov, E, ExpectedVector, Pr, Var, VectorSum
from .jackknife import leave_out
from .noderules import RULES
from .symbols import AppliedVector, extents, head

if TYPE_CHECKING:
    from .run import Samples

CONSTANT, SAMPLE, REPLICATE = 0, 1, 2
HELD = 32e6  # bytes of values of subtrees that a walk remembers: every mutant adds some


class Mixed(Exception):
    """Samples and replicates meet in one node."""


def is_matrix(e: Any) -> bool:
    return bool(getattr(e, "is_Matrix", False))


def is_vector(e: Any) -> bool:
    return is_matrix(e) and e.shape[1] == 1


class Walk(Arrays):
    """Evaluates one tree on :class:`Samples`; ``plain``: ``E`` is the plain mean, nested as it may be."""

    def __init__(self, on: Samples, plain: bool = False, memory: Mapping[Any, Any] | None = None) -> None:
        super().__init__(on.arrays if memory is None else memory)
        self.on, self.plain, self.given = on, plain, dict(self.memory)
        self.still, self.held = None, 0
        self.changed: dict[Any, int] = {}
        self._levels: dict[Any, int] = dict(on.levels)
        self._meanings: dict[Any, Any] = {}

    def level(self, e: Any) -> int:
        """Level of a node, from those of its parts."""
        known = self._levels.get(e)
        if known is None:
            known = self._levels[e] = self._find_level(e)
        return known

    def _find_level(self, e: Any) -> int:
        if isinstance(e, (sp.Sum, sp.Product, VectorSum)):
            return self.level(e.args[0])
        if head(e) in self.on.random_heads:
            return SAMPLE
        inside = [self.level(a) for a in e.args if isinstance(a, sp.Basic)]
        if (meaning := self._meaning(e)) is not None:
            return self.level(meaning)
        if SAMPLE in inside and REPLICATE in inside:
            raise Mixed(str(e))
        top = max(inside, default=CONSTANT)
        if isinstance(e, (E, ExpectedVector, Var, Cov, Pr)) and top == SAMPLE:
            return CONSTANT if self.plain or self.on.weights is not None else REPLICATE
        return top

    def _meaning(self, e: Any) -> Any:
        """What an earlier definition says ``e`` is (``None``: it is not defined, or has a value or code of its own)."""
        if e not in self._meanings:
            self._meanings[e] = self._find_meaning(e)
        return self._meanings[e]

    def _find_meaning(self, e: Any) -> Any:
        name = head(e)
        known = (self.on.meanings.get(e)
                 or (self.on.meanings.get(name) if name and name not in self.on.functions else None))
        if known is None or e in self.on.arrays or name in self.on.functions:
            return None
        arguments, body = known
        actual = (e.arguments if isinstance(e, AppliedVector) else e.args) if arguments else ()
        return body.xreplace(dict(zip(arguments, actual))) if arguments else body

    def meant(self, e: Any) -> Any:
        """An expression with everything that definitions say put in."""
        meaning = self._meaning(e)
        if meaning is not None:
            return self.meant(meaning)
        return (e.func(*[self.meant(a) if isinstance(a, sp.Basic) else a for a in e.args])
                if e.args and not isinstance(e, sp.IndexedBase) else e)

    def __call__(self, e: Any) -> Any:
        known = self.memory.get(e)
        if known is None:
            self.level(e)
            known = self.memory[e] = self._node(e)
            self.held += getattr(known, "nbytes", 0)
            if self.held > HELD:
                self.memory, self.held = dict(self.given), 0
        return known

    def _node(self, e: Any) -> Any:
        meaning = self._meaning(e)
        if meaning is not None:
            return self(meaning)
        return super()._node(e)

    @classmethod
    def rule(cls, e: Any) -> Any:
        """The first of :data:`RULES` that fits, else that of arrays."""
        for kinds, rule in RULES:
            if isinstance(e, kinds):
                return rule
        return super().rule(e)

    def missing(self, e: Any) -> Any:
        raise calculus.Missing(f"{e} has no value: samples hold {', '.join(map(str, self.on.arrays)) or 'nothing'}")

    def applied(self, e: Any) -> Any:
        """A function at its arguments, or a member of a sequence given as a whole."""
        arguments = e.arguments if isinstance(e, AppliedVector) else e.args
        f = self.on.functions.get(name := head(e))
        if f is None:
            raise Unknown(
                f"{name} has no value: the samples hold the functions {', '.join(self.on.functions) or '(none)'}")
        values = [self(a) for a in arguments]
        values = [v[..., 0] if is_vector(a) else v for a, v in zip(arguments, values)]
        count = (self.on.count
                 if name in self.on.random_heads
                 else next((len(v) for a, v in zip(arguments, values) if self.level(a) != CONSTANT), 0))
        try:
            out = np.asarray(f(*values))
        except (IndexError, KeyError, ZeroDivisionError) as problem:
            raise Unknown(f"{name} has no value at these arguments: {type(problem).__name__}: {problem}") from None
        expected = (1 if isinstance(e, AppliedVector) else 0) + bool(count)
        if not isinstance(e, AppliedVector) and values and np.shape(out) == np.broadcast_shapes(*map(np.shape, values)):
            return out  # a function of numbers, entry by entry
        if out.ndim != expected or (count and len(out) != count):
            each = [[v[i] if self.level(a) != CONSTANT else v for a, v in zip(arguments, values)] for i in range(count)]
            out = np.array([f(*x) for x in each])
        return out[..., None] if isinstance(e, AppliedVector) else out

    def averaged(self, e: Any) -> Any:
        """``E``, ``Pr``: the mean over repetitions, with its leave-one-block-out values."""
        x, sampled = self(e.args[0]), self.level(e.args[0]) == SAMPLE
        return self.means(np.asarray(x, float if x.dtype == bool else x.dtype)) if sampled else x

    def means(self, x: Any) -> Any:
        """Means over repetitions: with weights, plain, or with the values that leave a block out."""
        if self.on.weights is not None:
            return np.tensordot(self.on.weights, x, 1)
        return x.mean(0) if self.plain else leave_out(x)

    def covariance(self, e: Any) -> Any:
        x, y = (self(a) for a in (e.args * 2)[:2])
        if SAMPLE not in map(self.level, e.args):
            return np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y)))
        x, y = np.broadcast_arrays(x, y)
        # round a mean near the true one: nodes of a quadrature reach far, and their plain mean cancels digits
        x, y = (v - (v.mean(0) if self.on.weights is None else self.means(v)) for v in (x, y))
        return self.means(x * y) - self.means(x) * self.means(y)

    def operator(self, e: Any) -> Any:
        return OPERATORS[type(e).__name__].runs(*[self(a) for a in e.args])

    def product(self, e: Any) -> Any:
        """Products of numbers, vectors and matrices in any mixture."""
        numbers, matrices = [], []
        for a in e.args:
            (matrices if is_matrix(a) else numbers).append(self(a))
        scale = functools.reduce(operator.mul, numbers, np.float64(1))
        if not matrices:
            return scale
        out = functools.reduce(operator.matmul, matrices)
        return out * np.asarray(scale)[..., None, None]

    def matrix_power(self, e: Any) -> Any:
        base, power = self(e.args[0]), e.args[1] if len(e.args) > 1 else sp.Integer(-1)
        return np.linalg.matrix_power(base, int(power))

    def entrywise(self, e: Any) -> Any:
        body = e.function
        x = self(e.expr)
        (argument,) = body.signature
        inner = Walk(self.on, self.plain, memory={argument: x})
        inner._levels = {argument: CONSTANT}
        return inner(body.expr)

    def series(self, e: Any) -> Any:
        if any(len(limit) != 3 for limit in e.limits):
            raise Unknown("a sum without limits")
        *within, (symbol, low, high) = e.limits
        body, total = e.func(e.function, *within) if within else e.function, None
        if not within and not isinstance(e, VectorSum):
            if high == sp.oo:
                return calculus.infinite(self, e, symbol, int(self(low)))
            try:
                return super().series(e)
            except Unknown:
                pass
        if (last := int(self(high))) - (first := int(self(low))) > MAX_TERMS:
            raise Unknown(f"more than {MAX_TERMS} terms")
        multiply = isinstance(e, sp.Product)
        for k in range(first, last + 1):
            term = self(body.xreplace({symbol: sp.Integer(k)}))
            total = term if total is None else total * term if multiply else total + term
        if total is None:
            total = np.zeros([int(self(n)) for n in e.shape]) if isinstance(e, VectorSum) else np.float64(multiply)
        return total

    def inner(self, environment: Mapping[Any, Any]) -> Arrays:
        """The walk over all terms of a sum at once, with the lists of numbers that it may hold, counted from 0."""
        lists = {b.label: np.r_[np.full(extents[b][1], np.nan), values] for b, values in self.given.items()
                 if b in extents and np.ndim(values) == len(extents[b][0]) == 1}
        return Arrays({**lists, **environment})

    def indexed(self, e: Any) -> Any:
        """An entry of an indexed quantity, counted from its first index."""
        values = self.memory.get(e.base)
        if values is None:
            raise Unknown(f"{e.base} has no value: the samples hold {', '.join(map(str, self.on.arrays)) or 'nothing'}")
        return np.asarray(values)[self.place(e, np.shape(values))]

    def place(self, e: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
        """Where an entry stands in its array."""
        at = tuple(np.asarray(self(i)) - extents.get(e.base, ((), 0))[1] for i in e.indices)
        if (len(at) != len(shape)
            or any(np.any(i != np.round(i)) or np.any((i < 0) | (i >= n)) for i, n in zip(at, shape))):
            raise Unknown(f"{e} lies outside the values of {e.base}")
        return tuple(i.astype(int) for i in at)

    def again(self, changes: Mapping[Any, Any], level: int = CONSTANT) -> Walk:
        """This walk with other values, of this level, for some symbols (for integrals and suprema)."""
        other = Walk(self.on, self.plain, memory={**self.given, **changes})
        other.changed, other.still = {**self.changed, **dict.fromkeys(changes, level)}, self.still
        other._meanings = self._meanings
        if all(self.level(s) == level for s in changes):
            other._levels = self._levels
        else:
            other._levels |= other.changed
        return other

    def moved(self, variable: Any, step: Any) -> Walk:
        """This walk with a symbol, or an entry of an indexed quantity, moved by ``step``; what ``stop`` holds stays."""
        if isinstance(variable, sp.Indexed):
            self.indexed(variable)
            array = np.array(self.given[variable.base], float)
            array[self.place(variable, array.shape)] += step
            other = self.again({variable.base: array})
        else:
            other = self.again({variable: np.asarray(self(variable), float) + step}, self.level(variable))
        other.still = self.still or self
        return other

    def stopped(self, e: Any) -> Any:
        """The argument of a stop-gradient: as it was before anything was moved."""
        return (self.still or self)(e.args[0])
