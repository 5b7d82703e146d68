r"""Inequalities of everyday use: Cauchy–Schwarz at the ends of what it allows, the triangle inequality, bounds of the
logarithm.

>>> d = sp.Symbol("d", integer=True, positive=True)
>>> from claims.prove.vectors import plain
>>> x, y = sp.MatrixSymbol("x", d, 1), sp.MatrixSymbol("y", d, 1)
>>> gaps = norm(x) * norm(y) - inner(x, y), (norm(x) + norm(y))**2 - norm(x + y)**2, inner(x, y)
>>> [bool(nonnegative(plain(gap))) for gap in gaps]
[True, True, False]
>>> triangle(x + 2 * y).right
norm(x) + 2*norm(y)
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import sympy as sp

from ..case import Rule
from ..errors import ClaimError
from ..say.operators import Operator, VectorSum, inner, norm, rank
from .decide import decide
from .findings import Finding, Nonneg, Status
from .sampler import Sampler
from .vectors import built, linear

PAIRS = 4
"""At most so many inner products are tried at both ends."""


def triangle(e: Any) -> Rule:
    """The triangle inequality for a sum of vectors, as a rule that a line may use: ‖Σ cᵢ uᵢ‖ ≤ Σ |cᵢ| ‖uᵢ‖; for a
    sum or an integral of complex numbers: |Σ zₖ| ≤ Σ |zₖ|.

    >>> triangle(sp.MatrixSymbol("x", 3, 1) - sp.MatrixSymbol("y", 3, 1)).right
    norm(x) + norm(y)
    >>> k, n, x = sp.Symbol("k", integer=True), sp.Symbol("n", integer=True, positive=True), sp.Symbol("x", real=True)
    >>> triangle(sp.Sum(sp.exp(sp.I * k * x) / k, (k, 1, n))).right
    Sum(Abs(1/k), (k, 1, n))
    """
    if isinstance(e, (sp.Sum, sp.Integral)):
        if isinstance(e, sp.Integral) and not all((high - low).is_nonnegative for _, low, high in e.limits):
            raise ClaimError(f"triangle: the limits of {e} are not shown to be in order")
        return Rule("triangle inequality", sp.Abs(e), e.func(sp.Abs(e.function), *e.limits), "<=", law=True)
    parts = []
    for c, word in linear(e):
        v = built(word)
        length = sp.Sum(norm(v.function), *v.limits) if isinstance(v, VectorSum) else norm(v)
        parts.append(sp.Abs(c) * length)
    return Rule("triangle inequality", norm(e), sp.Add(*parts), "<=", law=True)


def rank_of_product(e: Any, size: Any = None) -> Rule:
    """The rank of a product of matrices is at most any number of rows or columns of a factor: ``size``, or the
    smallest of them.

    >>> n, w = sp.symbols("n w", integer=True, positive=True)
    >>> product = sp.MatrixSymbol("A", n, w) * sp.MatrixSymbol("B", w, n)
    >>> rank_of_product(product).right, rank_of_product(product, w).right
    (Min(n, w), w)
    >>> rank_of_product(product, n + w)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: rank_of_product: n + w is no number of rows or columns in A*B
    """
    sizes = [number for factor in sp.MatMul.make_args(e) if factor.is_Matrix for number in factor.shape]
    if size is not None and size not in sizes:
        raise ClaimError(f"rank_of_product: {size} is no number of rows or columns in {e}")
    return Rule("rank of a product", rank(e), sp.Min(*sizes) if size is None else size, "<=", law=True)


def square_of_sum(e: Any) -> Rule:
    """The square of a sum of n real numbers is at most n times the sum of their squares (Cauchy–Schwarz with ones).

    >>> k, n = sp.Symbol("k", integer=True), sp.Symbol("n", integer=True, positive=True)
    >>> a = sp.IndexedBase("a", real=True)
    >>> square_of_sum(sp.Sum(a[k], (k, 1, n))).right
    n*Sum(a[k]**2, (k, 1, n))
    >>> square_of_sum(sp.Sum(sp.I * a[k], (k, 1, n)))
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: square_of_sum: I*a[k] is not shown to be real
    """
    (_, low, high), = e.limits
    if not e.function.is_real:
        raise ClaimError(f"square_of_sum: {e.function} is not shown to be real")
    return Rule("Cauchy–Schwarz", e**2, (high - low + 1) * sp.Sum(e.function**2, *e.limits), "<=", law=True)


def nonnegative(gap: Any, tactics: Sequence[str] = (), sampler: Sampler | None = None) -> Finding | None:
    """A certificate that ``gap`` is not negative, by Cauchy–Schwarz: affine in an inner product, it is least at one of
    the ends ± ‖u‖‖v‖.

    ``None``: it is not of that kind, or not shown.
    """
    products = [n for n in gap.atoms(Operator) if isinstance(n, inner)]
    mixed = [n for n in products if n.args[0] != n.args[1]]
    if any(not isinstance(n, inner) for n in gap.atoms(Operator)) or not products or len(mixed) > PAIRS:
        return None
    lengths = {v: sp.Dummy(f"|{v}|", positive=True) for n in products for v in n.args}
    ends = {n: sp.Dummy("r", real=True) for n in mixed}
    flat = gap.xreplace({n: lengths[n.args[0]] ** 2 for n in products if n not in ends}
                        | {n: ends[n] * sp.Mul(*(lengths[v] for v in n.args)) for n in mixed})
    if any(sp.simplify(sp.diff(flat, r, 2)) != 0 for r in ends.values()):
        return None
    for signs in itertools.product((1, -1), repeat=len(ends)):
        corner = sp.factor(flat.xreplace(dict(zip(ends.values(), map(sp.Integer, signs)))))
        if corner != 0 and decide(Nonneg(corner, *tactics), sampler=sampler).status is not Status.ZERO:
            return None
    return Finding(Status.ZERO, sp.S.Zero, tactic="Cauchy–Schwarz")


def termwise(e: Any) -> Any:
    """Sums over the same limits as one sum, if the expression is a combination of such sums with numbers in front
    (else ``None``).

    >>> a, b, k, n = sp.Function("a"), sp.Function("b"), *sp.symbols("k n")
    >>> termwise(2 * sp.Sum(a(k), (k, 1, n)) - sp.Sum(b(k), (k, 1, n)))
    2*a(k) - b(k)
    """
    total, limits = sp.S.Zero, None
    for term in sp.Add.make_args(sp.expand(e)):
        c, sums = term.as_independent(sp.Sum)
        if not isinstance(sums, sp.Sum) or (limits is not None and sums.limits != limits):
            return None
        limits, total = sums.limits, total + c * sums.function
    return total


def without_logarithms(e: Any) -> Any:
    """A lower bound of ``e`` without logarithms, from log q ≥ 1 − 1/q and log q ≤ q − 1 for q > 0; differences of
    logarithms first become one.

    >>> q = sp.Symbol("q", positive=True)
    >>> without_logarithms(sp.log(1 + q) - q / (1 + q))
    0
    """
    e = sp.expand(e)
    logs: dict[Any, Any] = {}
    for term in sp.Add.make_args(e):
        c, log = term.as_independent(sp.log)
        if isinstance(log, sp.log) and log.args[0].is_positive:
            logs[c] = logs.get(c, sp.S.One) * log.args[0]
            e -= term
    for c in [c for c in logs if -c in logs and c.could_extract_minus_sign()]:
        logs[-c] = logs[-c] / logs.pop(c)
    for c, q in logs.items():
        if c.is_nonnegative:
            e += c * (1 - 1 / q)
        elif c.is_nonpositive:
            e += c * (q - 1)
        else:
            return None
    return sp.factor(sp.together(e))
