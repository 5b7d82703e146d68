"""Derivatives, integrals, limits, suprema and infinite sums of trees that only numbers can say (code of definitions
inside), with an error that is checked.

All work on a walk of :mod:`claims.say.walk`, which is called again with other values of the variable.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from .evaluate import Arrays, Unknown
from .operators import inf
from .quadrature import quadrature
from .symbols import constraints

LEVELS = 10
ACCURACY = 1e-7


class Missing(Unknown):
    """A symbol of which there are no samples, so nothing can be compared."""


def derivative(walk: Any, e: Any) -> Any:
    """A derivative in one or more numbers, by central differences extrapolated to step 0 (Ridders' table).

    >>> from claims.say.run import Samples
    >>> x, f = sp.Symbol("x", real=True), sp.Function("f")
    >>> at = Samples({x: 0.3}, {"f": np.sin})
    >>> true = [np.cos(0.3), -np.sin(0.3), -np.cos(0.3), np.sin(0.3)]
    >>> [bool(abs(at.value(sp.Derivative(f(x), (x, n + 1))).full - true[n]) < 1e-8) for n in range(4)]
    [True, True, True, True]
    """
    (variable, count), *rest = e.variable_count
    inside = e.func(e.expr, *rest) if rest else e.expr
    order = int(min(count, len(DIFFERENCES)))
    inside = e.func(inside, (variable, count - order)) if count > order else inside
    x = np.asarray(walk(variable), float)
    f = lambda h: _real(walk.moved(variable, h)(inside))  # noqa: E731
    return _slope(f, 0.2 * np.maximum(1.0, np.abs(x)), str(variable), order)


def _real(values: Any) -> Any:
    """What complex arithmetic gave for a real number, as a real number."""
    values = np.asarray(values)
    if values.dtype.kind == "c" and np.any(np.abs(values.imag) > 1e-8 * np.maximum(1.0, np.abs(values))):
        raise Unknown("a derivative of what is not real")
    return values.real.astype(float)


DIFFERENCES = {
    1: lambda f, h: (f(h) - f(-h)) / (2 * h),
    2: lambda f, h: (f(h) - 2 * f(0 * h) + f(-h)) / h**2,
    3: lambda f, h: (f(h) - 2 * f(h / 2) + 2 * f(-h / 2) - f(-h)) / (h**3 / 4),
}
"""Order of a derivative → the difference whose error is even in the step."""
SURE = 1e-10
"""Relative error at which a table of differences ends."""


def _slope(f: Any, step: Any, name: str, order: int = 1) -> Any:
    """Derivative of ``f`` at 0."""
    table: list[list[Any]] = []
    best, error, scale = None, np.inf, 0.0
    for i in range(LEVELS):
        row = [DIFFERENCES[order](f, step / 1.6**i)]
        for j in range(1, i + 1):
            q = 1.6 ** (2 * j)
            row.append((q * row[-1] - table[-1][j - 1]) / (q - 1))
            gap = float(np.max(np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - table[-1][j - 1]))))
            if gap < error:
                best, error, scale = row[-1], gap, float(np.max(np.abs(row[-1])))
        table.append(row)
        if i >= 3 and error <= SURE * max(scale, 1.0):
            break
    if best is None or not error <= ACCURACY * max(scale, 1.0):
        raise Unknown(
            f"the derivative in {name} is not known to {ACCURACY:g}: differences give {best} within {error:.2g}")
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
            return np.asarray(walk.moved(by, h * unit)(of), float)

        columns.append(_slope(along, 0.2, str(by)))
    if getattr(of, "is_Matrix", False):
        return np.concatenate(columns, axis=-1)
    return np.stack(columns, -1)[..., None]


def integral(walk: Any, e: Any) -> Any:
    """An integral over one or more numbers, adaptively; infinite ends allowed."""
    *inner, (variable, low, high) = e.limits
    inside = e.func(e.function, *inner) if inner else e.function
    a, b = float(walk(low)), float(walk(high))
    one = lambda u: np.asarray(walk.again({variable: np.float64(u)})(inside))  # noqa: E731
    if a == b:
        return np.zeros_like(one(a))
    try:
        f = _together(walk, inside, variable, one, a, b)
        # cuts that differ between runs: a peak between the nodes of one is met by the other
        total, error = quadrature(f, a, b)
        again, _ = quadrature(f, a, b, (0.3819, 0.6673))
    except (Unknown, ValueError, TypeError, IndexError):
        total, error, again = _one_by_one(one, a, b)
    gap = float(np.max(np.abs(total - again)))
    if not gap <= 1e-9 * max(1.0, float(np.max(np.abs(total)))) + 10 * error:
        raise Unknown(f"the integral over {variable} is not known: two rules give {total} and {again}")
    return total


def _together(walk: Any, inside: Any, variable: Any, one: Any, low: float, high: float) -> Any:
    """The integrand at many nodes at once, seen to be the same as one by one at three places.

    Raises:
        Unknown: where a node cannot be told from a repetition.
    """
    over_samples = walk.level(inside) != 0

    def many(u: Any) -> Any:
        out = np.asarray(walk.again({variable: u[:, None] if over_samples else u})(inside))
        return out if np.ndim(out) and len(out) == len(u) else np.broadcast_to(out, (len(u), *np.shape(out)))

    ends = np.clip([low, high], -3.0, 3.0) if np.isfinite(low + high) else np.array([max(low, -1.0), min(high, 2.0)])
    ends = ends if ends[0] < ends[1] else np.array([low, low + 1.0] if np.isfinite(low) else [high - 1.0, high])
    places = ends[0] + (ends[1] - ends[0]) * np.array([0.21, 0.48, 0.83])
    alone, seen = [one(u) for u in places], many(places)
    if any(np.shape(x) != np.shape(y) or not np.allclose(x, y, rtol=1e-12, atol=0) for x, y in zip(alone, seen)):
        raise Unknown(f"the integrand over {variable} cannot be run on many nodes at once")
    return many


def _one_by_one(f: Any, a: float, b: float) -> tuple[Any, float, Any]:
    """The integral by two runs of SciPy's adaptive rule, node by node."""
    from scipy.integrate import quad_vec

    middle = [0.137, 2.71] if not np.isfinite(a + b) else [a + 0.3819 * (b - a), a + 0.6673 * (b - a)]
    total, error = quad_vec(f, a, b, epsabs=1e-12, epsrel=1e-11, limit=2000)
    cuts = [a, *[m for m in middle if a < m < b], b]
    again = sum(quad_vec(f, u, v, epsabs=1e-12, epsrel=1e-11, limit=2000)[0] for u, v in zip(cuts, cuts[1:]))
    return total, error, again


FIRST, LAST = 64, 1 << 16
"""Terms of an infinite sum that are computed: at first, and at most."""
QUIET = 16
"""So many terms in a row must be too small to count before a sum ends."""


def infinite(walk: Any, e: Any, symbol: Any, low: int) -> Any:
    """A sum (or product) over all whole numbers from ``low``, until its terms no longer count.

    >>> from claims.say.run import Samples
    >>> n = sp.Symbol("n", integer=True, nonnegative=True)
    >>> v = Samples({}).value(sp.Sum(n * sp.Rational(1, 2)**n, (n, 0, sp.oo)))
    >>> round(float(v.full), 12)
    2.0
    """
    if isinstance(e, sp.Product):
        raise Unknown("an infinite product")
    e = walk.meant(e)
    total, start, count = np.float64(0), low, FIRST
    while start - low < LAST:
        terms = _terms(walk, e, symbol, start, count)
        if not np.all(np.isfinite(terms)):
            raise Unknown(f"the terms of the sum over {symbol} overflow near {symbol} = {start}")
        sizes = np.abs(terms)
        total = total + terms.sum(0)
        if (np.all(sizes[-QUIET:] <= 1e-18 * np.maximum(np.abs(total), np.finfo(float).tiny))
            and np.all(sizes[-1] <= sizes[-QUIET])):
            return total
        start, count = start + count, count * 2
    raise Unknown(f"the sum over {symbol} has not converged after {LAST} terms")


def _terms(walk: Any, e: Any, symbol: Any, start: int, count: int) -> Any:
    """Terms along a new first axis: all at once where that is possible, else one after the other until they vanish."""
    numbers = {s: v for s, v in walk.given.items() if np.ndim(v) == 0}
    with np.errstate(all="ignore"):
        try:
            terms = Arrays(numbers | {symbol: np.arange(start, start + count, dtype=float)})(e.function)
            terms = np.broadcast_to(terms, count)
            if np.all(np.isfinite(terms)):
                return terms
        except (Unknown, TypeError, ValueError):
            pass
        if count > 2 * FIRST:
            raise Unknown(f"the sum over {symbol} has terms that are too slow to add up")
        return np.array([walk(e.function.xreplace({symbol: sp.Integer(k)})) for k in range(start, start + count)])


def limit(walk: Any, e: Any) -> Any:
    """A limit along a ladder of points, extrapolated twice.

    >>> from claims.say.run import Samples
    >>> x = sp.Symbol("x", positive=True)
    >>> v = Samples({}).value(sp.Limit((1 + 1 / x)**x, x, sp.oo))
    >>> bool(abs(v.full - np.e) < 1e-8)
    True
    """
    of, variable, end, direction = e.args
    signs = {"+": [1.0], "-": [-1.0]}.get(str(direction), [1.0, -1.0]) if end not in (sp.oo, -sp.oo) else [1.0]
    found = []
    for sign in signs:
        # rungs whose ratio is no whole number: an oscillation is not met at the same phase
        steps = [1.7**k for k in range(4, 26)]
        places = ([s if end == sp.oo else -s for s in steps]
                  if end in (sp.oo, -sp.oo) else [float(walk(end)) + sign / s for s in steps])
        values = [np.asarray(walk.again({variable: np.float64(x)})(of), float) for x in places]
        found.append(_extrapolated(values, str(variable)))
    if len(found) == 2 and not np.allclose(found[0], found[1], rtol=1e-6, atol=1e-8):
        raise Unknown(f"the limit in {variable} differs from the two sides: {found[0]} and {found[1]}")
    return found[0]


def _extrapolated(values: list[Any], name: str) -> Any:
    """Richardson's table for errors in whole powers of the step."""
    table: list[list[Any]] = []
    best, error = None, np.inf
    for value in values:
        row = [value]
        for j in range(1, min(len(table) + 1, 9)):
            q = 1.7**j
            row.append((q * row[-1] - table[-1][j - 1]) / (q - 1))
            gap = float(np.max(np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - table[-1][j - 1]))))
            if gap < error:
                best, error = row[-1], gap
        table.append(row)
    last = float(np.max(np.abs(values[-1] - values[-2])))
    if not error <= ACCURACY * max(1.0, float(np.max(np.abs(best)))) or not np.isfinite(last):
        raise Unknown(f"the limit in {name} is not known to {ACCURACY:g}")
    return best


GRID = 241
GOLDEN = (5**0.5 - 1) / 2


def extremum(walk: Any, e: Any) -> Any:
    """``sup`` or ``inf`` over a number: a scan of all that its assumptions admit, refined where it is best.

    >>> from claims.say.operators import sup
    >>> from claims.say.run import Samples
    >>> x, y = sp.Symbol("x", real=True), sp.Symbol("y", positive=True)
    >>> v = Samples({y: 2.0}).value(sup(x, x * y - sp.exp(x)))
    >>> bool(abs(v.full - (2 * np.log(2) - 2)) < 1e-12)
    True
    """
    x, objective = e.args
    if getattr(x, "is_Matrix", False) or x.is_integer:
        raise Unknown(f"{type(e).__name__} over {x}: only over real numbers")
    sign = -1.0 if isinstance(e, inf) else 1.0
    # places on a straight line, which curves to all that x may be
    place = np.sinh
    if x.is_nonnegative:
        place = np.exp
    if constraints.get(x) == "unit interval":
        place = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731
    if constraints.get(x) == "signed unit interval":
        place = np.tanh

    def value(s: Any) -> Any:
        with np.errstate(all="ignore"):
            out = sign * np.asarray(walk.again({x: place(s)})(objective), float)
        return np.where(np.isnan(out), -np.inf, out)

    scan = np.linspace(-12, 12, GRID)
    values = np.array([value(s) for s in scan])
    k = np.argmax(values, axis=0)
    if np.any((k == 0) | (k == GRID - 1)):
        raise Unknown(f"{type(e).__name__} over {x} lies at the edge of what {x} may be")
    low, high = scan[k - 1], scan[k + 1]
    for _ in range(60):
        a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        left = value(a) >= value(b)
        low, high = np.where(left, low, a), np.where(left, b, high)
    return sign * np.maximum(value((low + high) / 2), values.max(0))
