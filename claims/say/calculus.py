"""Derivatives and integrals of trees that only numbers can say (code of definitions inside): with an error that is checked.

Both work on a walk of :mod:`claims.say.run`, which is called again with other values of the variable.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .evaluate import Unknown

LEVELS = 10
ACCURACY = 1e-7


def derivative(walk: Any, e: Any) -> Any:
    """A derivative in one or more numbers, by central differences extrapolated to step 0 (Ridders' table).

    >>> import sympy as sp
    >>> from claims.say.run import Samples
    >>> x, f = sp.Symbol("x", real=True), sp.Function("f")
    >>> v = Samples({x: 0.3}, {"f": np.sin}).value(sp.Derivative(f(x), x))
    >>> bool(abs(v.full - np.cos(0.3)) < 1e-10)
    True
    """
    (variable, count), *rest = e.variable_count
    inside = e.func(e.expr, *rest) if rest else e.expr
    inside = e.func(inside, (variable, count - 1)) if count > 1 else inside
    x = np.asarray(walk(variable), float)
    f = lambda h: np.asarray(walk.again({variable: x + h})(inside), float)  # noqa: E731
    return _slope(f, 0.2 * np.maximum(1.0, np.abs(x)), str(variable))


def _slope(f: Any, step: Any, name: str) -> Any:
    """Derivative of ``f`` at 0."""
    table: list[list[Any]] = []
    best, error = None, np.inf
    for i in range(LEVELS):
        h = step / 1.6**i
        row = [(f(h) - f(-h)) / (2 * h)]
        for j in range(1, i + 1):
            q = 1.6 ** (2 * j)
            row.append((q * row[-1] - table[-1][j - 1]) / (q - 1))
            gap = float(np.max(np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - table[-1][j - 1]))))
            if gap < error:
                best, error = row[-1], gap
        table.append(row)
    scale = float(np.max(np.abs(best))) if best is not None else 0.0
    if best is None or not error <= ACCURACY * max(scale, 1.0):
        raise Unknown(f"the derivative in {name} is not known to {ACCURACY:g}: differences give {best} within {error:.2g}")
    return best


def jacobian(walk: Any, e: Any) -> Any:
    """Derivatives by the entries of a vector: columns for a vector, a column vector for a number."""
    of, by = e.args
    x = np.asarray(walk(by), float)
    columns = []
    for i in range(x.shape[-2]):
        unit = np.zeros_like(x)
        unit[..., i, 0] = 1.0

        def along(h: Any, unit: Any = unit) -> Any:
            return np.asarray(walk.again({by: x + h * unit})(of), float)

        columns.append(_slope(along, 0.2, str(by)))
    if getattr(of, "is_Matrix", False):
        return np.concatenate(columns, axis=-1)
    return np.stack(columns, -1)[..., None]


def integral(walk: Any, e: Any) -> Any:
    """An integral over one or more numbers, adaptively; infinite ends allowed."""
    from scipy.integrate import quad_vec

    *outer, (variable, low, high) = e.limits
    if outer:
        e = e.func(e.func(e.function, *outer), (variable, low, high))
    a, b = float(walk(low)), float(walk(high))
    f = lambda u: np.asarray(walk.again({variable: np.float64(u)})(e.function))  # noqa: E731
    # ends that differ between runs of the rule: a peak between the nodes of one is met by the other
    middle = [0.137, 2.71] if not np.isfinite(a + b) else [a + 0.3819 * (b - a), a + 0.6673 * (b - a)]
    total, error = quad_vec(f, a, b, epsabs=1e-12, epsrel=1e-11, limit=2000)
    cuts = [a, *[m for m in middle if a < m < b], b]
    again = sum(quad_vec(f, u, v, epsabs=1e-12, epsrel=1e-11, limit=2000)[0] for u, v in zip(cuts, cuts[1:]))
    gap = float(np.max(np.abs(total - again)))
    if not gap <= 1e-9 * max(1.0, float(np.max(np.abs(total)))) + 10 * error:
        raise Unknown(f"the integral over {variable} is not known: two rules give {total} and {again}")
    return total
