"""Steps that proofs of this field need again and again, as named residuals or exact values.

Each returns residuals (to be merged into a proof's dictionary) or an exact SymPy value; none decides anything by
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp


def induction(rhs: Any, n: Any, base: Any, step: Callable[[Any, Any], Any], start: Any = 0) -> dict[str, Any]:
    """Residuals of a proof by induction that ``rhs`` has rhs(start) = base and rhs(n + 1) = step(rhs(n), n).

    >>> n, s = sp.symbols("n s", positive=True)
    >>> induction(1 + n*s**2, n, 1, lambda v, n: v + s**2)
    {'base': 0, 'step': 0}
    """
    return {"base": sp.expand(rhs.subs(n, start) - base), "step": sp.expand(rhs.subs(n, n + 1) - step(rhs, n))}


def recurrence(rhs: Any, n: Any, equation: Callable[[Callable[[Any], Any]], Any],
               initial: Mapping[Any, Any]) -> dict[str, Any]:
    """Residuals of a sequence against a recurrence ``equation(v) = 0`` (in terms of v(n), v(n + 1), …) and its
    initial values.

    >>> n = sp.Symbol("n", integer=True)
    >>> recurrence(2**n, n, lambda v: v(n + 1) - 2*v(n), {0: 1})
    {'recurrence': 0, 'value at 0': 0}
    """
    v = lambda k: rhs.subs(n, k)  # noqa: E731
    out = {"recurrence": sp.powsimp(sp.expand(equation(v)))}
    return out | {f"value at {k}": v(k) - value for k, value in initial.items()}


def telescopes(rhs: Any, n: Any, term: Any, k: Any, low: Any = 0) -> dict[str, Any]:
    """Residuals that ``rhs`` is the sum of ``term`` for k = low … n − 1: empty sum and increment.

    >>> n, k = sp.symbols("n k", integer=True, positive=True)
    >>> telescopes(n*(n - 1)/2, n, k, k)
    {'empty sum': 0, 'increment': 0}
    """
    return {"empty sum": sp.expand(rhs.subs(n, low)),
            "increment": sp.expand(rhs.subs(n, n + 1) - rhs - term.subs(k, n))}


def geometric(ratio: Any, count: Any) -> Any:
    """1 + r + … + r^(count − 1) for r ≠ 1 in closed form.

    >>> geometric(sp.Rational(1, 2), sp.Integer(3))
    7/4
    """
    return (1 - ratio**count) / (1 - ratio)


def written_out(e: Any, sizes: Mapping[Any, Any]) -> Any:
    """Sums and products of symbolic length, term by term at given sizes; faster than ``subs`` and ``doit``.

    A sum whose limits are no whole numbers at these sizes stays.

    >>> k, n = sp.symbols("k n", integer=True, positive=True)
    >>> x = sp.IndexedBase("x")
    >>> written_out(n * sp.Sum(x[k]**2, (k, 1, n)), {n: 2})
    2*x[1]**2 + 2*x[2]**2
    """
    def out(node: Any) -> Any:
        if not node.has(sp.Sum, sp.Product):
            return node
        if not isinstance(node, (sp.Sum, sp.Product)):
            return node.func(*map(out, node.args))
        *inner, (k, low, high) = node.limits
        if not (low.is_Integer and high.is_Integer):
            return node
        if high < low - 1:  # SymPy's convention for a sum run backwards
            return node.doit()
        body = node.func(node.function, *inner) if inner else node.function
        put = body.subs if body.has(sp.Sum, sp.Product) else lambda k, i: body.xreplace({k: i})
        terms = (out(put(k, sp.Integer(i))) for i in range(low, high + 1))
        return sp.Add(*terms) if isinstance(node, sp.Sum) else sp.Mul(*terms)

    return out(e.xreplace({size: sp.sympify(value) for size, value in sizes.items()}))


def gaussian_moment(n: int) -> sp.Integer:
    """E z^n for a standard normal z.

    >>> [gaussian_moment(k) for k in range(7)]
    [1, 0, 1, 0, 3, 0, 15]
    """
    return sp.Integer(0) if n % 2 else sp.factorial2(n - 1) if n else sp.Integer(1)


def gaussian_expectation(polynomial: Any, *normals: Any) -> Any:
    """Expectation of a polynomial in independent standard normal symbols, by substitution of their moments.

    >>> z, w, a = sp.symbols("z w a")
    >>> gaussian_expectation((a*z + w)**2, z, w)
    a**2 + 1
    """
    p = sp.Poly(sp.expand(polynomial), *normals)
    return sp.expand(sum(c * sp.prod([gaussian_moment(k) for k in powers]) for powers, c in p.terms()))


def isserlis(covariance: Any, indices: Sequence[int]) -> Any:
    """E of a product of jointly Gaussian, centred variables with this covariance matrix (Isserlis' theorem).

    >>> C = sp.Matrix([[1, sp.Symbol("r")], [sp.Symbol("r"), 1]])
    >>> isserlis(C, [0, 0, 1, 1])
    2*r**2 + 1
    """
    if len(indices) % 2:
        return sp.Integer(0)
    if not indices:
        return sp.Integer(1)
    first, *rest = indices
    pairs = ((j, rest[:i] + rest[i + 1:]) for i, j in enumerate(rest))
    return sp.expand(sum(covariance[first, j] * isserlis(covariance, left) for j, left in pairs))


def elementwise(f: Callable[[Any], Any], m: Any) -> sp.Matrix:
    """An (undefined) scalar function applied to every entry of a matrix of any shape.

    >>> elementwise(sp.Function("f"), sp.Matrix([[1, 2]]))
    Matrix([[f(1), f(2)]])
    """
    return sp.Matrix(m).applyfunc(f)
