"""Definitions run: the expression shown and the code that trials call give the same on random arguments, of several
sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from ..say.evaluate import Unknown
from ..say.run import Samples
from ..say.symbols import AppliedVector, Head, shape_of
from .measurement import EPS, ROUNDING
from ..say.leaves import Meanings, leaves
from .draws import draw, random_function

DRAWS = 9
SIZES = (2, 3, 5)


def binding_problems(right: Any, code: Callable[..., Any], wrong: Mapping[str, Callable[..., Any]],
                     arguments: Sequence[Any], meanings: Meanings,
                     functions: Mapping[str, Callable[..., Any]],
                     domain: Sequence[Mapping[Any, Any]] = ()) -> list[str]:
    """What keeps ``code`` from being the formula shown, and wrong variants from being wrong ([] if nothing)."""
    heads = {a.name if isinstance(a, Head) else a.__name__
             for a in arguments if isinstance(a, (Head, sp.core.function.UndefinedFunction))}
    named = set(leaves([right], meanings, set(functions) | heads).values())
    expected = {a for a in arguments if not isinstance(a, (Head, sp.core.function.UndefinedFunction))}
    missing = [e for e in named if e not in expected and not any(e in shape_of(a) for a in expected)]
    if missing:
        return [f"the formula needs {', '.join(map(str, sorted(missing, key=str)))}, which args= does not name"]
    rng = np.random.default_rng(1)
    drawn = [_arguments(right, arguments, rng, SIZES[k % len(SIZES)], domain[k % len(domain)] if domain else {})
             for k in range(DRAWS)]
    failures = []
    try:
        gaps = [why for values in drawn if (why := _differs(right, code, arguments, values, meanings, functions))]
    except (Unknown, ValueError, TypeError, IndexError, AttributeError, KeyError) as problem:
        return [f"the code could not be compared with the formula shown: {type(problem).__name__}: {problem}"]
    if gaps:
        failures.append(f"the code is not the formula shown: {gaps[0]}")
    for name, variant in wrong.items():
        try:
            same = not any(_differs(right, variant, arguments, values, meanings, functions) for values in drawn)
        except Exception:  # noqa: BLE001 - a variant that raises on such arguments differs
            continue
        if same:
            failures.append(f"the wrong variant {name!r} equals the formula at every point tried: it is not wrong")
    return failures


def _arguments(right: Any, arguments: Sequence[Any], rng: np.random.Generator, size: int,
               point: Mapping[Any, Any]) -> dict[Any, Any]:
    sizes = {n: size for a in (*arguments, *right.atoms(sp.MatrixSymbol, AppliedVector, sp.IndexedBase))
             for n in _sizes(a) if n.is_Symbol}
    sizes |= {a.size: size for a in arguments if isinstance(a, Head) and a.size.is_Symbol}
    out: dict[Any, Any] = dict(sizes)
    for a in arguments:
        if isinstance(a, (Head, sp.core.function.UndefinedFunction)):
            out[a] = _function_for(a, right, sizes, rng)
        elif a in sizes:
            continue
        elif a in point:
            out[a] = float(point[a]) if not point[a].is_Integer else int(point[a])
        else:
            out[a] = draw(a, rng, sizes)
        if isinstance(out[a], int):
            sizes[a] = out[a]  # lists of K + 1 numbers may follow
    return out


def _sizes(a: Any) -> tuple[Any, ...]:
    return () if isinstance(a, (Head, sp.core.function.UndefinedFunction)) else shape_of(a)


def _function_for(a: Any, right: Any, sizes: Mapping[Any, int], rng: np.random.Generator) -> Callable[..., Any]:
    name = a.name if isinstance(a, Head) else a.__name__
    applied = ([e for e in right.atoms(AppliedVector) if e.head == name]
               or [e for e in right.atoms(sp.core.function.AppliedUndef) if e.func.__name__ == name])
    if not applied:
        raise ValueError(f"args= names the function {name}, which the formula does not apply")
    return random_function(applied[0], sizes, rng)


def _differs(right: Any, code: Callable[..., Any], arguments: Sequence[Any], values: Mapping[Any, Any],
             meanings: Meanings,
             functions: Mapping[str, Callable[..., Any]]) -> str:
    """What formula and code give where they differ ('' where they agree)."""
    callables = {**functions,
                 **{a.name if isinstance(a, Head) else a.__name__: f for a, f in values.items() if callable(f)}}
    on = Samples({a: v for a, v in values.items() if not callable(v)}, callables, meanings)
    want = np.asarray(on.value(right).full)
    got = np.asarray(code(*[values[a] for a in arguments]))
    got = got.reshape(want.shape) if got.size == want.size and got.dtype.kind in "biufc" else got
    if got.shape == want.shape and np.allclose(got, want, rtol=ROUNDING * EPS, atol=1e-12):
        return ""
    at = ", ".join(f"{a} = {np.round(v, 4).tolist() if not callable(v) else 'a random function'}"
                   for a, v in values.items())
    return (f"formula {np.round(want, 8).tolist()}, code "
           f"{np.round(got, 8).tolist() if got.dtype.kind in 'biufc' else got} at {at}")
