"""Samples that the engine draws itself: what the declarations of the symbols admit, random functions for undefined
ones."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.leaves import Meanings, leaves
from ..say.run import Samples, is_matrix, is_vector
from ..say.symbols import CONSTRAINTS, AppliedVector, constraints, head, is_random, keyword, law_of, ranges, shape_of
from .measurement import MeasurementError

REPETITIONS = 4000


def number(v: Any) -> Any:
    v = sp.sympify(v)
    return int(v) if v.is_Integer else float(v) if v.is_real else complex(v)


def drawn(expressions: list[Any], point: Mapping[Any, Any], meanings: Meanings,
          functions: Mapping[str, Callable[..., Any]], rng: np.random.Generator,
          repetitions: int = REPETITIONS) -> Samples:
    """Random values for everything in these expressions that the point does not fix.

    Raises:
        MeasurementError: for members of random sequences, which depend on what came before: then a trial must say how.
    """
    names = leaves(expressions, meanings, functions)
    declared = [v for e in names.values() if is_random(e) for v in law_of(e).parameters]
    names |= leaves(declared, meanings, functions)
    given = {keyword(k) for k in point}
    needed = {k: e for k, e in names.items() if k not in given}
    count = repetitions if any(is_random(e) for e in names.values()) else 0
    values: dict[Any, Any] = {k: number(v) for k, v in point.items()}
    sizes = {n: int(v) for n, v in values.items() if getattr(n, "is_integer", False)}
    for e in needed.values():
        for n in shape_of(e):
            if n.is_Symbol and n not in sizes:
                sizes[n] = values[n] = int(rng.integers(2, 5))
    callables = dict(functions)
    for key, e in sorted(needed.items()):
        if isinstance(e, (AppliedVector, AppliedUndef)):
            if is_random(e):
                raise MeasurementError(
                    f"{e} is a state: give trial=, which returns samples of it under the keyword {key!r}")
            callables.setdefault(head(e), random_function(e, sizes, rng))
        elif e not in values and not is_random(e):
            values[e] = draw(e, rng, sizes)
    for _, e in sorted(needed.items()):
        if e not in values and is_random(e) and not head(e):
            values[e] = draw_random(e, rng, sizes, count, values, meanings)
    return Samples(values, callables, meanings)


NODES = {1: (60, 20), 2: (24, 8)}
"""Number of normal numbers → panels on either side together, and Gauss–Legendre nodes in each: kinks at whole numbers
lie between panels."""
REACH = 12.0


def integrated(expressions: list[Any], point: Mapping[Any, Any], meanings: Meanings,
               functions: Mapping[str, Callable[..., Any]],
               rng: np.random.Generator) -> Samples | None:
    """Nodes and weights of a quadrature in place of samples, where all that is random is one or two independent normal
    numbers (else ``None``)."""
    names = leaves(expressions, meanings, functions).values()
    atoms = sorted((e for e in names if is_random(e)), key=str)
    plain = all(isinstance(e, sp.Symbol) and law_of(e).normal and law_of(e).independent for e in atoms)
    if not atoms or len(atoms) > max(NODES) or not plain:
        return None
    panels, count = NODES[len(atoms)]
    x, w = np.polynomial.legendre.leggauss(count)
    edges = np.linspace(-REACH, REACH, panels + 1)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half * (x + 1)).ravel()
    weights = (half * w).ravel() * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    grid = np.meshgrid(*[z] * len(atoms), indexing="ij")
    joint = functools.reduce(np.multiply.outer, [weights] * len(atoms))
    on = drawn(expressions, point, meanings, functions, rng, repetitions=8)
    values = dict(on.arrays)
    for e, nodes in zip(atoms, grid):
        law = law_of(e)
        mean, variance = (float(np.asarray(on.value(v).full)) for v in (law.mean, law.variance))
        values[e] = mean + variance**0.5 * nodes.ravel()
    raw = {s: a[..., 0] if is_vector(s) else a for s, a in values.items()}
    return Samples(raw, on.functions, meanings, weights=joint.ravel())


def completed(on: Samples, expressions: list[Any], rng: np.random.Generator) -> Samples:
    """The samples of a trial, and repetitions of the random symbols of these expressions that it did not return.

    Only of those that were declared independent of all else, with their mean and variance: their law is all that a
    formula can know of them. """
    missing = [e for e in leaves(expressions, on.meanings, on.functions).values()
               if e not in on.arrays and not head(e) and is_random(e) and law_of(e).independent
               and law_of(e).variance is not None]
    if not missing or not on.count:
        return on
    values = {s: a[()] if np.ndim(a) == 0 else a for s, a in on.arrays.items()}
    sizes = {s: int(v) for s, v in values.items() if getattr(s, "is_integer", False) and np.ndim(v) == 0}
    drawn = {e: draw_random(e, rng, sizes, on.count, values, on.meanings) for e in sorted(missing, key=str)}
    return on.changed({**on.arrays, **{e: a[..., None] if shape_of(e)[1:] == (1,) else a for e, a in drawn.items()}})


def _shape(e: Any, sizes: Mapping[Any, int]) -> tuple[int, ...]:
    return tuple(int(n.xreplace({k: sp.Integer(v) for k, v in sizes.items()})) for n in shape_of(e))


def draw(e: Any, rng: np.random.Generator, sizes: Mapping[Any, int]) -> Any:
    """A value of a symbol that is not random, as its constraint and assumptions admit; vectors as arrays with one
    axis."""
    shape = _shape(e, sizes)
    flat = shape[:1] if is_vector(e) else shape
    if e in ranges:
        first, last = (int(n.xreplace({k: sp.Integer(v) for k, v in sizes.items()})) for n in ranges[e])
        return int(rng.integers(first, last + 1))
    if isinstance(e, sp.IndexedBase):
        entry = e[tuple(range(len(shape)))]
        drawn = rng.normal(size=shape)
        return (np.exp(drawn) if entry.is_nonnegative else drawn
                if entry.is_extended_real else drawn + 1j * rng.normal(size=shape))
    if e in constraints:
        value = CONSTRAINTS[constraints[e]].draw(rng, shape)
        return np.reshape(value, flat) if shape else int(value) if e.is_integer else float(value)
    if shape:
        return rng.normal(size=flat)
    if e.is_integer:
        return int(rng.integers(2, 7)) * (1 if e.is_nonnegative or rng.uniform() < 0.6 else -1)
    size = float(rng.uniform(0.2, 3))
    if e.is_negative or e.is_nonpositive:
        return -size
    if e.is_nonnegative:
        return size
    return size * rng.choice((-1, 1)) if e.is_real else size * np.exp(1j * rng.uniform(0, 6.28))


def draw_random(e: Any, rng: np.random.Generator, sizes: Mapping[Any, int], count: int,
                values: Mapping[Any, Any], meanings: Meanings | None = None) -> np.ndarray:
    """Repetitions of a random symbol: normal entries with its mean and variance (mean 0 and variance 1 where not
    declared), or a normal vector with its mean and covariance; ``meanings`` say what these are made of."""
    shape, law = _shape(e, sizes), law_of(e)
    flat = shape[:1] if is_vector(e) else shape
    on = Samples({s: v for s, v in values.items() if np.ndim(v) <= len(shape_of(s))}, meanings=meanings)
    mean, variance, covariance = (None if v is None else on.value(v).full
                                  for v in (law.mean, law.variance, law.covariance))
    z = rng.normal(size=(count, *flat))
    if covariance is not None:
        z = z @ np.linalg.cholesky(covariance).T
    elif variance is not None:
        z = z * float(variance) ** 0.5
    return z if mean is None else z + mean


def random_function(e: Any, sizes: Mapping[Any, int], rng: np.random.Generator) -> Callable[..., Any]:
    """A smooth random function with the arguments and the value of ``e``: numbers or vectors to a number or a
    vector."""
    vector = isinstance(e, AppliedVector)
    kinds = [is_matrix(a) for a in (e.arguments if vector else e.args)]
    out = _shape(e, sizes)[0] if vector else 1
    phases, seed = rng.normal(size=out), int(rng.integers(2**31))
    positive = bool(not vector and e.is_positive)

    @functools.cache
    def weights(i: int, size: int) -> Any:
        slopes = np.random.default_rng(seed + i).normal(size=(size, out))
        # away from 0: derivatives of a nearly flat function would drown in their own error
        return (slopes + np.copysign(0.4, slopes)) / size**0.5

    def f(*arguments: Any) -> Any:
        total: Any = phases
        for i, (a, whole) in enumerate(zip(arguments, kinds)):
            a = np.asarray(a, float) if whole else np.asarray(a, float)[..., None]
            total = total + a @ weights(i, a.shape[-1])
        value = np.tanh(total) + 0.3 * total
        value = np.exp(0.5 * value) if positive else value
        return value if vector else value[..., 0]

    return f
