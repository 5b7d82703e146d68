"""Expressions run on samples: a tree of numbers, vectors, matrices, functions and operators, evaluated on arrays.

Every node has one of three levels. ``CONSTANT``: one value. ``SAMPLE``: one value per repetition, first axis. ``REPLICATE``: the value from all
repetitions, followed by the values without each block of them, from which the jackknife takes the error of any smooth functional of samples.
``E`` leads from samples to replicates; a formula that mixes both (``E((x - E(x))**2)``) is run block by block.

>>> from claims.say.operators import norm
>>> from claims.say.symbols import random, vector
>>> x = random(vector("x", 3))
>>> on = Samples({x: np.random.default_rng(0).normal(size=(40000, 3))})
>>> v = on.value(E(norm(x)**2) / 3)
>>> bool(abs(v.full - 1) < 5 * v.error), bool(0.002 < v.error < 0.006)
(True, True)
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from . import calculus
from .evaluate import MAX_TERMS, Arrays, Unknown
from .operators import OPERATORS, Cov, E, ExpectedVector, Jacobian, Operator, Pr, Var, VectorSum, matrix_root, sqrtm, transposed
from .symbols import AppliedVector, head

CONSTANT, SAMPLE, REPLICATE = 0, 1, 2
BLOCKS = 64
RELATIONS = {sp.Eq: operator.eq, sp.Ne: operator.ne, sp.Lt: operator.lt, sp.Le: operator.le, sp.Gt: operator.gt, sp.Ge: operator.ge}


class Mixed(Exception):
    """Samples and replicates meet in one node."""


def is_matrix(e: Any) -> bool:
    return bool(getattr(e, "is_Matrix", False))


def is_vector(e: Any) -> bool:
    return is_matrix(e) and e.shape[1] == 1


@dataclass(frozen=True)
class Value:
    """The value of an expression on samples.

    ``full``: from all repetitions (an array for vectors and matrices, one axis more at level ``SAMPLE``); ``replicates``: without each block.
    """

    full: Any
    level: int
    replicates: Any = None

    @property
    def error(self) -> Any:
        """Jackknife standard error (0 without repetitions)."""
        if self.replicates is None:
            return np.zeros(np.shape(self.full))
        b = len(self.replicates)
        return np.sqrt((b - 1) / b * (np.abs(self.replicates - self.replicates.mean(0)) ** 2).sum(0))

    @property
    def influences(self) -> Any:
        """What each block contributes: pseudo-values minus their mean, shape (blocks, …)."""
        if self.replicates is None:
            return None
        return (len(self.replicates) - 1) * (self.replicates.mean(0) - self.replicates)


def minus(a: Value, b: Value) -> Value:
    """The difference of two values on the same samples, block by block, so that what they share drops out of its error."""
    if a.replicates is None and b.replicates is None:
        return Value(a.full - b.full, max(a.level, b.level))
    left, right = (v.full[None] if v.replicates is None else v.replicates for v in (a, b))
    return Value(a.full - b.full, REPLICATE, left - right)


@dataclass
class Samples:
    """Samples at one point: symbols and members of sequences → arrays (repetitions first), heads → callables, names → their definitions.

    Args:
        values: numbers (…,), vectors (…, size), matrices (…, rows, columns); one axis more than the object is the repetition.
        functions: head → callable on such arrays.
        random_heads: those of them that return one value per repetition whatever they are given.
        meanings: symbol or head → (arguments, expression) of earlier definitions that are run where no value is given.
    """

    values: Mapping[Any, Any]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    meanings: Mapping[Any, tuple[tuple[Any, ...], Any]] = field(default_factory=dict)
    random_heads: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.arrays: dict[Any, Any] = {}
        self.levels: dict[Any, int] = {}
        counts: dict[int, Any] = {}
        for e, raw in self.values.items():
            a = np.asarray(raw)
            axes = 0 if not is_matrix(e) else 1 if is_vector(e) else 2
            extra = a.ndim - axes
            if extra not in (0, 1):
                wanted = ("a number", "a vector", "a matrix")[axes]
                raise ValueError(f"{e} is {wanted}: expected an array with {axes} axes or one more for repetitions, found shape {a.shape}")
            self.arrays[e] = a[..., None] if is_vector(e) else a
            self.levels[e] = SAMPLE if extra else CONSTANT
            if extra:
                counts[len(a)] = e
            if is_matrix(e):
                self._sizes(e, self.arrays[e].shape[-2:])
        if len(counts) > 1:
            raise ValueError("expected the same number of repetitions for all samples, found " + ", ".join(f"{n} for {e}" for n, e in counts.items()))
        self.count = next(iter(counts), 0)
        self._walk = Walk(self)

    def _sizes(self, e: Any, shape: tuple[int, ...]) -> None:
        for symbolic, actual in zip(e.shape, shape):
            if symbolic.is_Integer and int(symbolic) != actual:
                raise ValueError(f"{e} has shape {e.shape}, its samples {shape}")
            if symbolic.is_Symbol:
                known = self.arrays.setdefault(symbolic, np.asarray(actual))
                self.levels.setdefault(symbolic, CONSTANT)
                if int(known) != actual:
                    raise ValueError(f"{e} has shape {e.shape} with {symbolic} = {int(known)}, its samples have {actual}")

    def value(self, e: Any) -> Value:
        """Run an expression (also a list or ``Tuple`` of them: stacked on the last axis)."""
        if isinstance(e, (list, tuple, sp.Tuple)):
            parts = [self.value(a) for a in e]
            level = max(p.level for p in parts)
            full = np.stack([np.asarray(p.full) for p in parts], -1)
            if level != REPLICATE:
                return Value(full, level)
            count = max(len(p.replicates) for p in parts if p.replicates is not None)
            spread = [p.replicates if p.replicates is not None else np.broadcast_to(p.full, (count, *np.shape(p.full))) for p in parts]
            return Value(full, REPLICATE, np.stack(spread, -1))
        if isinstance(e, sp.MatrixBase):
            flat = self.value(list(e))
            shape = e.shape if e.shape[1] > 1 else (e.shape[0],)
            split = lambda a: None if a is None else np.reshape(a, (*np.shape(a)[:-1], *shape))  # noqa: E731
            return Value(split(flat.full), flat.level, split(flat.replicates))
        try:
            return self._value(e)
        except Mixed:
            return self._by_blocks(e)

    def _value(self, e: Any) -> Value:
        walk = self._walk
        a, level = walk(e), walk.level(e)
        if is_vector(e):
            a = a[..., 0]
        return Value(a[0], REPLICATE, a[1:]) if level == REPLICATE else Value(a, level)

    def _by_blocks(self, e: Any) -> Value:
        edges = np.linspace(0, self.count, min(BLOCKS, self.count) + 1).astype(int)
        full, level = self._whole(e, slice(None))
        if level == SAMPLE:
            return Value(full, SAMPLE)
        rest = [self._whole(e, np.r_[0:a, b:self.count])[0] for a, b in zip(edges, edges[1:])]
        return Value(full, REPLICATE, np.array(rest))

    def _whole(self, e: Any, kept: Any) -> tuple[Any, int]:
        part = {s: a[kept] if self.levels[s] == SAMPLE else a for s, a in self.arrays.items()}
        on = Samples({s: a[..., 0] if is_vector(s) else a for s, a in part.items()}, self.functions, self.meanings, self.random_heads)
        walk = Walk(on, plain=True)
        a = walk(e)
        return (a[..., 0] if is_vector(e) else a), walk.level(e)


class Walk(Arrays):
    """Evaluates one tree on :class:`Samples`; ``plain``: ``E`` is the plain mean, nested as it may be."""

    def __init__(self, on: Samples, plain: bool = False, memory: Mapping[Any, Any] | None = None) -> None:
        super().__init__(on.arrays if memory is None else memory)
        self.on, self.plain = on, plain
        self._levels: dict[Any, int] = dict(on.levels)

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
            return CONSTANT if self.plain else REPLICATE
        return top

    def _meaning(self, e: Any) -> Any:
        """What an earlier definition says ``e`` is (``None``: it is not defined, or has a value or code of its own)."""
        name = head(e)
        known = self.on.meanings.get(e) or (self.on.meanings.get(name) if name and name not in self.on.functions else None)
        if known is None or e in self.on.arrays:
            return None
        arguments, body = known
        actual = (e.arguments if isinstance(e, AppliedVector) else e.args) if arguments else ()
        return body.xreplace(dict(zip(arguments, actual))) if arguments else body

    def __call__(self, e: Any) -> Any:
        known = self.memory.get(e)
        if known is None:
            self.level(e)
            known = self.memory[e] = self._node(e)
        return known

    def _node(self, e: Any) -> Any:
        meaning = self._meaning(e)
        if meaning is not None:
            return self(meaning)
        for kinds, rule in RULES:
            if isinstance(e, kinds):
                return rule(self, e)
        if isinstance(e, sp.core.relational.Relational):
            return RELATIONS[type(e)](self(e.lhs), self(e.rhs))
        if isinstance(e, (sp.And, sp.Or)):
            return functools.reduce(np.logical_and if isinstance(e, sp.And) else np.logical_or, [self(a) for a in e.args])
        if e.is_Symbol or isinstance(e, sp.MatrixSymbol):
            raise Unknown(f"{e} has no value: the samples hold {', '.join(map(str, self.on.arrays)) or 'nothing'}")
        return super()._node(e)

    def applied(self, e: Any) -> Any:
        """A function at its arguments, or a member of a sequence given as a whole."""
        name = head(e)
        arguments = e.arguments if isinstance(e, AppliedVector) else e.args
        f = self.on.functions.get(name)
        if f is None:
            raise Unknown(f"{name} has no value: the samples hold the functions {', '.join(self.on.functions) or '(none)'}")
        values = [self(a) for a in arguments]
        values = [v[..., 0] if is_vector(a) else v for a, v in zip(arguments, values)]
        count = self.on.count if name in self.on.random_heads else next((len(v) for a, v in zip(arguments, values) if self.level(a) != CONSTANT), 0)
        out = np.asarray(f(*values))
        expected = (1 if isinstance(e, AppliedVector) else 0) + bool(count)
        if out.ndim != expected or (count and len(out) != count):
            each = [[v[i] if self.level(a) != CONSTANT else v for a, v in zip(arguments, values)] for i in range(count)]
            out = np.array([f(*x) for x in each])
        return out[..., None] if isinstance(e, AppliedVector) else out

    def averaged(self, e: Any) -> Any:
        """``E``, ``Pr``: the mean over repetitions, with its leave-one-block-out values."""
        (inside,) = e.args
        x = self(inside)
        if self.level(inside) != SAMPLE:
            return x
        return x.mean(0) if self.plain else leave_out(np.asarray(x, float if x.dtype == bool else x.dtype))

    def covariance(self, e: Any) -> Any:
        x, y = (self(a) for a in (e.args * 2)[:2])
        if self.level(e.args[0]) != SAMPLE:
            return np.zeros(np.shape(x))
        means = leave_out if not self.plain else lambda v: v.mean(0)
        x, y = x - x.mean(0), y - y.mean(0)
        return means(x * y) - means(x) * means(y)

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
        try:
            if not isinstance(e, VectorSum):
                return super().series(e)
        except Unknown:
            pass
        (symbol, low, high), total = e.limits[0], None
        if len(e.limits) > 1:
            return self(e.func(e.func(e.function, *e.limits[:-1]), e.limits[-1]))
        first, last = int(self(low)), int(self(high))
        if last - first > MAX_TERMS:
            raise Unknown(f"more than {MAX_TERMS} terms")
        multiply = isinstance(e, sp.Product)
        for k in range(first, last + 1):
            term = self(e.function.xreplace({symbol: sp.Integer(k)}))
            total = term if total is None else total * term if multiply else total + term
        if total is None and isinstance(e, VectorSum):
            return np.zeros([int(self(n)) for n in e.shape])
        return np.float64(multiply) if total is None else total

    def again(self, changes: Mapping[Any, Any]) -> Callable[[Any], Any]:
        """This walk with other values for some symbols (for derivatives and integrals)."""
        other = Walk(self.on, self.plain, memory={**self.on.arrays, **changes})
        other._levels = {**self.on.levels, **dict.fromkeys(changes, CONSTANT)}
        return other


def leave_out(x: np.ndarray) -> np.ndarray:
    """Means over axis 0: of all, then without each block; shape (1 + blocks, …).

    >>> leave_out(np.array([1.0, 2.0, 3.0]))
    array([2. , 2.5, 2. , 1.5])
    """
    n = len(x)
    edges = np.linspace(0, n, min(BLOCKS, n) + 1).astype(int)
    blocks = np.add.reduceat(x, edges[:-1], axis=0)
    sizes = np.diff(edges).reshape(-1, *([1] * (x.ndim - 1)))
    total = blocks.sum(0)
    return np.concatenate([total[None] / n, (total - blocks) / (n - sizes)])


RULES: list[tuple[Any, Callable[[Walk, Any], Any]]] = [
    ((E, ExpectedVector, Pr), Walk.averaged),
    ((Var, Cov), Walk.covariance),
    ((AppliedUndef, AppliedVector), Walk.applied),
    (Operator, Walk.operator),
    ((sp.MatMul,), Walk.product),
    (sp.MatAdd, lambda walk, e: functools.reduce(operator.add, [walk(a) for a in e.args])),
    (sp.Transpose, lambda walk, e: transposed(walk(e.arg))),
    (sp.HadamardProduct, lambda walk, e: functools.reduce(operator.mul, [walk(a) for a in e.args])),
    ((sp.Inverse, sp.MatPow), Walk.matrix_power),
    (sp.Trace, lambda walk, e: np.trace(walk(e.arg), axis1=-2, axis2=-1)),
    (sp.Determinant, lambda walk, e: np.linalg.det(walk(e.arg))),
    (sqrtm, lambda walk, e: matrix_root(walk(e.args[0]))),
    (sp.Identity, lambda walk, e: np.eye(int(walk(e.shape[0])))),
    (sp.ZeroMatrix, lambda walk, e: np.zeros([int(walk(n)) for n in e.shape])),
    (sp.KroneckerProduct, lambda walk, e: functools.reduce(np.kron, [walk(a) for a in e.args])),
    (sp.BlockMatrix, lambda walk, e: np.block([[walk(e.blocks[i, j]) for j in range(e.blockshape[1])] for i in range(e.blockshape[0])])),
    (sp.matrices.expressions.matexpr.MatrixElement, lambda walk, e: walk(e.parent)[..., int(walk(e.i)), int(walk(e.j))]),
    (ElementwiseApplyFunction, Walk.entrywise),
    (sp.Piecewise, lambda walk, e: np.select([np.asarray(walk(c)) if c is not sp.true else np.True_ for _, c in e.args], [walk(v) for v, _ in e.args])),
    (sp.Derivative, lambda walk, e: calculus.derivative(walk, e)),
    (sp.Integral, lambda walk, e: calculus.integral(walk, e)),
    (sp.Subs, lambda walk, e: walk.again({s: walk(v) for s, v in zip(e.variables, e.point)})(e.expr)),
    (sp.Mul, Walk.product),
    (VectorSum, Walk.series),
    (Jacobian, lambda walk, e: calculus.jacobian(walk, e)),
]
