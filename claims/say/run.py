"""Expressions run on samples: a tree of numbers, vectors, matrices, functions and operators, evaluated on arrays.

Every node has one of three levels. ``CONSTANT``: one value. ``SAMPLE``: one value per repetition, first axis.
``REPLICATE``: the value from all repetitions, followed by the values without each block of them, from which the
jackknife takes the error of any smooth functional of samples. ``E`` leads from samples to replicates; a formula that
mixes both (``E((x - E(x))**2)``) is run block by block.

>>> from claims.say.operators import norm
>>> from claims.say.symbols import random, vector
>>> x = random(vector("x", 3))
>>> on = Samples({x: np.random.default_rng(0).normal(size=(40000, 3))})
>>> v = on.value(E(norm(x)**2) / 3)
>>> bool(abs(v.full - 1) < 5 * v.error), bool(0.002 < v.error < 0.006)
(True, True)
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from .operators import E  # noqa: F401 - the example above
from .jackknife import NESTED
from .walk import CONSTANT, REPLICATE, SAMPLE, Mixed, Walk, is_matrix, is_vector  # noqa: F401
from .evaluate import Unknown
from .symbols import RANDOM_HEADS, extents, shape_of


@dataclass(frozen=True)
class Value:
    """The value of an expression on samples.

    ``full``: from all repetitions (an array for vectors and matrices, one axis more at level ``SAMPLE``);
    ``replicates``: without each block. """

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


def _members(name: str, path: Any) -> Callable[..., Any]:
    """Members of a sequence given as a whole, the first axis being the index."""

    def member(*indices: Any) -> Any:
        (k,) = (int(np.asarray(i)) for i in indices)
        if not 0 <= k < len(path):
            raise Unknown(f"{name} has no member {k}: the samples hold {len(path)} members, from 0 on")
        return path[k]

    return member


def minus(a: Value, b: Value) -> Value:
    """The difference of two values on the same samples, block by block, so that what they share drops out of its
    error."""
    if a.replicates is None and b.replicates is None:
        return Value(a.full - b.full, max(a.level, b.level))
    left, right = (np.asarray(v.full)[None] if v.replicates is None else v.replicates for v in (a, b))
    return Value(a.full - b.full, REPLICATE, left - right)


@dataclass
class Samples:
    """Samples at one point: symbols and members of sequences → arrays (repetitions first), heads → callables, names →
    their definitions.

    Args:
        values: numbers (…,), vectors (…, size), matrices (…, rows, columns); one axis more than the object is the
        repetition. functions: head → callable on such arrays. meanings: symbol or head → (arguments, expression) of
        earlier definitions that are run where no value is given. paths: name of a sequence → all its members, first
        axis the index, then the repetition if the sequence is random. weights: of the repetitions, if they are nodes
        of a quadrature and no chance is in them. """

    values: Mapping[Any, Any]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    meanings: Mapping[Any, tuple[tuple[Any, ...], Any]] = field(default_factory=dict)
    paths: Mapping[str, Any] = field(default_factory=dict)
    weights: Any = None

    def __post_init__(self) -> None:
        self.arrays: dict[Any, Any] = {}
        self.levels: dict[Any, int] = {}
        self.random_heads = {name for name in self.paths if name in RANDOM_HEADS}
        self.functions = {**self.functions, **{name: _members(name, path) for name, path in self.paths.items()}}
        counts: dict[int, Any] = {np.shape(self.paths[name])[1]: name for name in self.random_heads}
        for e, raw in self.values.items():
            a = np.asarray(raw)
            if a.dtype.kind in "iu" and not getattr(e, "is_integer", False):
                a = a.astype(float)  # powers of whole numbers overflow
            numbered = isinstance(e, sp.IndexedBase)
            axes = a.ndim if numbered and e not in extents else 1 if is_vector(e) else len(shape_of(e))
            extra = a.ndim - axes
            if extra not in (() if numbered else (1,)) and extra:
                wanted = ("a number", "a vector", "a matrix")[min(axes, 2)] if not numbered else f"indexed by {axes}"
                raise ValueError(
                    f"{e} is {wanted}: expected an array with {axes} axes or one more for repetitions, found shape "
                    f"{a.shape}")
            self.arrays[e] = a[..., None] if is_vector(e) else a
            self.levels[e] = SAMPLE if extra else CONSTANT
            if extra:
                counts[len(a)] = e
            if shape_of(e):
                self._sizes(e, self.arrays[e].shape[-len(shape_of(e)):])
        if len(counts) > 1:
            raise ValueError("expected the same number of repetitions for all samples, found "
                             + ", ".join(f"{n} for {e}" for n, e in counts.items()))
        self.count = next(iter(counts), 0)
        self._walk = Walk(weakref.proxy(self))  # no cycle: samples are large, and go when nothing needs them

    def changed(self, arrays: Mapping[Any, Any] | None = None, paths: Mapping[str, Any] | None = None,
                meanings: Any = None) -> Samples:
        """The same samples with other values, members or meanings."""
        arrays = self.arrays if arrays is None else arrays
        functions = {name: f for name, f in self.functions.items() if name not in self.paths}
        return Samples({s: a[..., 0] if is_vector(s) else a for s, a in arrays.items()}, functions,
                       self.meanings if meanings is None else meanings, self.paths if paths is None else paths,
                       self.weights)

    def _sizes(self, e: Any, shape: tuple[int, ...]) -> None:
        for symbolic, actual in zip(shape_of(e), shape):
            if symbolic.is_Integer and int(symbolic) != actual:
                raise ValueError(f"{e} has shape {shape_of(e)}, its samples {shape}")
            if symbolic.is_Symbol:
                known = self.arrays.setdefault(symbolic, np.asarray(actual))
                self.levels.setdefault(symbolic, CONSTANT)
                if int(known) != actual:
                    raise ValueError(
                        f"{e} has shape {shape_of(e)} with {symbolic} = {int(known)}, its samples have {actual}")

    def value(self, e: Any) -> Value:
        """Run an expression (also a list or ``Tuple`` of them: stacked on the last axis)."""
        if isinstance(e, (list, tuple, sp.Tuple)):
            parts = [self.value(a) for a in e]
            level = max(p.level for p in parts)
            full = np.stack([np.asarray(p.full) for p in parts], -1)
            if level != REPLICATE:
                return Value(full, level)
            count = max(len(p.replicates) for p in parts if p.replicates is not None)
            spread = [p.replicates if p.replicates is not None else np.broadcast_to(p.full, (count, *np.shape(p.full)))
                      for p in parts]
            return Value(full, REPLICATE, np.stack(spread, -1))
        if isinstance(e, sp.MatrixBase):
            flat = self.value(list(e))
            shape = e.shape if e.shape[1] > 1 else (e.shape[0],)
            split = lambda a: None if a is None else np.reshape(a, (*np.shape(a)[:-1], *shape))  # noqa: E731
            return Value(split(flat.full), flat.level, split(flat.replicates))
        try:
            return self._value(e)
        except Mixed:
            return self.by_blocks(e)

    def _value(self, e: Any) -> Value:
        walk = self._walk
        with np.errstate(all="ignore"):
            a, level = walk(e), walk.level(e)
        if is_vector(e):
            a = a[..., 0]
        return Value(a[0], REPLICATE, a[1:]) if level == REPLICATE else Value(a, level)

    def values_along(self, e: Any, x: Any) -> Callable[[Any], Any]:
        """An expression as a function of the value of ``x``, a symbol of these samples that holds no repetitions:
        what is known of the tree, levels and meanings, is found once and not at every value.

        >>> y, z = sp.symbols("y z", real=True)
        >>> run = Samples({y: 2.0, z: np.array([1.0, 3.0])}).values_along(E(z) * y**2, y)
        >>> float(run(1.0)), float(run(3.0))
        (2.0, 18.0)
        """
        if self.levels[x] != CONSTANT:
            raise ValueError(f"{x} holds repetitions")

        def at(value: Any) -> Any:
            value = np.asarray(value, float)
            walk = self._walk.again({x: value[..., None] if is_vector(x) else value})
            try:
                with np.errstate(all="ignore"):
                    a, level = walk(e), walk.level(e)
            except Mixed:
                return self.changed({**self.arrays, x: value[..., None] if is_vector(x) else value}).value(e).full
            return a[0] if level == REPLICATE else a

        return at

    def by_blocks(self, e: Any) -> Value:
        """A formula that mixes samples and means, run without each block in turn."""
        edges = np.linspace(0, self.count, min(NESTED, self.count) + 1).astype(int)
        full, level = self._whole(e, slice(None))
        if level == SAMPLE:
            return Value(full, SAMPLE)
        rest = [self._whole(e, np.r_[0:a, b:self.count])[0] for a, b in zip(edges, edges[1:])]
        return Value(full, REPLICATE, np.array(rest))

    def _whole(self, e: Any, kept: Any) -> tuple[Any, int]:
        part = {s: a[kept] if self.levels[s] == SAMPLE else a for s, a in self.arrays.items()}
        paths = {name: p[:, kept] if name in self.random_heads else p for name, p in self.paths.items()}
        walk = Walk(self.changed(part, paths), plain=True)
        a = walk(e)
        return (a[..., 0] if is_vector(e) else a), walk.level(e)
