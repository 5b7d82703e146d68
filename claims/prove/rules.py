r"""Theorems that a line of a chain may use by name, as rules; what they presuppose is checked when they are made.

A line that bounds uses them as it uses the bound of a premise: where the line grows with the left side.

>>> from claims.case import Line
>>> from claims.prove.chain import link
>>> from claims.say.symbols import vector
>>> d = sp.Symbol("d", integer=True, positive=True)
>>> x, y = vector("x", d), vector("y", d)
>>> line = Line(norm(x)**2 + 2 * norm(x) * norm(y) + norm(y)**2, "Cauchy–Schwarz", (cauchy_schwarz(x, y),), "<=")
>>> str(link(norm(x + y)**2, line).status)
'zero'
>>> wrong = Line(norm(x)**2 + norm(y)**2 - 2 * norm(x) * norm(y), "misused", (cauchy_schwarz(x, y),), "<=")
>>> str(link(norm(x - y)**2, wrong).status)
'undecided'
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..case import Rule
from ..errors import ClaimError
from ..say.operators import E, Jacobian, Normal, Var, entries, inf, inner, largest, norm, sup
from ..say.symbols import Law, is_random, law_of, random_atoms
from .decide import decide
from .findings import Finding, Nonneg, Status, Zero
from .laws import expected


def _theorem(label: str, left: Any, right: Any, relation: str = "=") -> Rule:
    return Rule(label, left, right, relation, law=True)


def _insist(finding: Finding, what: str) -> None:
    if finding.status is not Status.ZERO:
        raise ClaimError(f"{what}: {finding}")


def cauchy_schwarz(x: Any, y: Any) -> Rule:
    """⟨x, y⟩ ≤ ‖x‖ ‖y‖.

    >>> from claims.say.symbols import vector
    >>> cauchy_schwarz(vector("x", 3), vector("y", 3)).right
    norm(x)*norm(y)
    """
    return _theorem("Cauchy–Schwarz", inner(x, y), norm(x) * norm(y), "<=")


def jensen(f: Any, of: Any) -> Rule:
    """E f(X) ≥ f(E X) for a convex f, ≤ for a concave one; ``f`` is a ``Lambda`` of one real number.

    >>> from claims.say.symbols import random
    >>> X, u, p = random(sp.Symbol("X_1", real=True)), sp.Symbol("u", real=True), sp.Symbol("p", positive=True)
    >>> rule = jensen(sp.Lambda(u, sp.exp(u)), X)
    >>> rule.left, rule.relation, rule.right
    (E(exp(X_1)), '>=', exp(E(X_1)))
    >>> jensen(sp.Lambda(p, sp.log(p)), random(sp.Symbol("X_2", positive=True))).relation
    '<='
    >>> jensen(sp.Lambda(u, u**3), X)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: jensen: neither convexity nor concavity of u**3 is shown
    """
    (u,), body = f.variables, f.expr
    if (u.is_positive and not of.is_positive) or (u.is_nonnegative and not of.is_nonnegative):
        raise ClaimError(f"jensen: the function is declared for positive arguments and {of} may have either sign")
    second = sp.diff(body, u, 2)
    for sign, relation in ((1, ">="), (-1, "<=")):
        if decide(Nonneg(sign * second, "factor")).status is Status.ZERO:
            return _theorem("Jensen", E(f(of)), f(E(of)), relation)
    raise ClaimError(f"jensen: neither convexity nor concavity of {body} is shown")


def stein(z: Any, f: Any) -> Rule:
    """E z f(z) = σ² E f′(z) for a normal z of mean 0 and variance σ²; of a vector z: E⟨z, f(z)⟩ = σ² E tr ∂f/∂z.

    Presupposes that ``f`` grows more slowly than the normal density falls.

    >>> from claims.say.symbols import random
    >>> z = random(sp.Symbol("z_1", real=True), mean=0, variance=4, law="normal")
    >>> stein(z, sp.sin(z)).right
    4*E(cos(z_1))
    >>> stein(random(sp.Symbol("z_2", real=True), mean=0, variance=1), sp.sin(z))
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: stein: z_2 is not declared normal with mean 0
    """
    law = law_of(z)
    if not (is_random(z) and law.normal and law.mean == 0 and law.variance is not None and law.independent):
        raise ClaimError(f"stein: {z} is not declared normal with mean 0")
    if getattr(z, "is_Matrix", False):
        return _theorem("Stein", E(inner(z, f)), law.variance * E(sp.Trace(Jacobian(f, z))))
    return _theorem("Stein", E(z * f), law.variance * E(sp.diff(f, z)))


def total_variance(of: Any, over: Any) -> Rule:
    """Var Y = E Var(Y | rest) + Var E(Y | rest), the inner ones over one independent symbol, as far as its law tells.

    >>> from claims.say.symbols import random
    >>> z, s = random(sp.Symbol("z_3", real=True), law="normal"), random(sp.Symbol("s_3", positive=True))
    >>> total_variance(s * z + s, z).right
    E(s_3**2) + Var(s_3)
    >>> w = random(sp.Symbol("w_3", real=True), mean=0, variance=1)
    >>> total_variance(sp.sin(w) * s, w)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: total_variance: the law of w_3 does not tell the mean and variance of s_3*sin(w_3)
    """
    if not law_of(over).independent:
        raise ClaimError(f"total_variance: {over} is not declared independent of all else")
    rest = random_atoms(of) - {over}
    if any(getattr(a, "is_Matrix", False) for a in rest):
        raise ClaimError(f"total_variance: {of} holds random vectors beside {over}")
    others = {a: sp.Dummy(str(a), **a.assumptions0) for a in rest}
    back = {v: k for k, v in others.items()}
    inside = of.xreplace(others)
    mean, variance = expected(E(inside)), expected(Var(inside))
    if mean.has(E) or variance.has(E) or random_atoms(mean) or random_atoms(variance):
        raise ClaimError(f"total_variance: the law of {over} does not tell the mean and variance of {of}")
    return _theorem("total variance", Var(of), E(sp.expand(variance.xreplace(back))) + Var(mean.xreplace(back)))


def by_parts(u: Any, v: Any, x: Any, low: Any, high: Any) -> Rule:
    """∫ u v′ = [u v] − ∫ u′ v, with its boundary term.

    >>> x = sp.Symbol("x", real=True)
    >>> by_parts(x, sp.sin(x), x, 0, sp.pi).right
    -Integral(sin(x), (x, 0, pi))
    >>> by_parts(x, sp.exp(x), x, 0, 1).right
    E - Integral(exp(x), (x, 0, 1))
    """
    edge = sp.limit(u * v, x, high, "-") - sp.limit(u * v, x, low, "+")
    if not edge.is_finite and edge.is_finite is not None or edge.has(sp.Limit, sp.AccumBounds):
        raise ClaimError(f"by_parts: the boundary term of {u * v} is {edge}")
    return _theorem("integration by parts", sp.Integral(u * sp.diff(v, x), (x, low, high)),
                    edge - sp.Integral(sp.diff(u, x) * v, (x, low, high)))


def extreme(node: Any, at: Any) -> Rule:
    """The value of ``sup(x, f)`` for concave f (``inf`` for convex f) at the place where its slope vanishes.

    >>> x, y = sp.Symbol("x", real=True), sp.Symbol("y", positive=True)
    >>> extreme(sup(x, x * y - sp.exp(x)), sp.log(y)).right
    y*log(y) - y
    >>> extreme(sup(x, x * y - sp.exp(x)), y)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: extreme: the slope at y: residual y - exp(y) = ...
    """
    if not isinstance(node, (sup, inf)):
        raise ClaimError(f"extreme: expected sup(x, f) or inf(x, f), found {node}")
    x, f = node.args
    sign = -1 if isinstance(node, sup) else 1
    _insist(decide(Zero(sp.diff(f, x).subs(x, at), "expand", "powsimp", "expand_log")), f"extreme: the slope at {at}")
    _insist(decide(Nonneg(sign * sp.diff(f, x, 2), "factor")),
            f"extreme: the {'concavity' if sign < 0 else 'convexity'} of {f}")
    return _theorem("stationary point", node, f.subs(x, at))


def log_density(law: Normal, x: Any) -> Any:
    """Logarithm of the density of a normal law at ``x``, a number or a vector.

    >>> x = sp.Symbol("x", real=True)
    >>> log_density(Normal(0, 1), x)
    -x**2/2 - log(pi)/2 - log(2)/2
    """
    m, c = law.mean, law.covariance
    if not getattr(c, "is_Matrix", False):
        return sp.expand_log(-((x - m) ** 2) / (2 * c) - sp.log(2 * sp.pi * c) / 2)
    centred = x if m == 0 else x - m
    return -inner(centred, c.I * centred) / 2 - sp.log(sp.Determinant(c)) / 2 - law.size * sp.log(2 * sp.pi) / 2


def by_density(node: Any, x: Any) -> Rule:
    """KL(P‖Q), or H(P), as the expectation of log densities under x, which is declared to have the law P.

    >>> from claims.say.divergences import KL
    >>> from claims.say.symbols import random
    >>> x = random(sp.Symbol("x_4", real=True), mean=0, variance=1, law="normal")
    >>> expected(by_density(KL(Normal(0, 1), Normal(3, 1)), x).right)
    9/2
    >>> by_density(KL(Normal(1, 1), Normal(3, 1)), x)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: by_density: x_4 is not declared to have the law Normal(1, 1)
    """
    p, *q = node.args
    law = law_of(x)
    spread = law.variance if law.covariance is None else law.covariance
    if (not isinstance(p, Normal) or law != Law(p.mean, law.variance, True, True, law.covariance)
        or spread != p.covariance):
        raise ClaimError(f"by_density: {x} is not declared to have the law {p}")
    return _theorem("by densities", node, E(log_density(p, x) - log_density(q[0], x)) if q else E(-log_density(p, x)))


def radial(z: Any, f: Any) -> Rule:
    """E f(‖z‖) for a standard normal vector z, as an integral over the radius; ``f`` is a ``Lambda``.

    >>> from claims.say.symbols import random, vector
    >>> d, r = sp.Symbol("d", integer=True, positive=True), sp.Symbol("r", positive=True)
    >>> rule = radial(random(vector("z_5", d), law="normal"), sp.Lambda(r, r))
    >>> rule.left, sp.gammasimp(sp.simplify(rule.right.doit()))
    (E(norm(z_5)), sqrt(2)*gamma(d/2 + 1/2)/gamma(d/2))
    """
    law = law_of(z)
    if not (is_random(z) and law.normal and law.mean == 0 and law.variance == 1):
        raise ClaimError(f"radial: {z} is not declared normal with mean 0 and variance 1")
    n, r = z.shape[0], sp.Symbol("r", positive=True)
    density = 2 ** (1 - n / 2) / sp.gamma(n / 2) * r ** (n - 1) * sp.exp(-(r**2) / 2)
    return _theorem("polar coordinates", E(f(norm(z))), sp.Integral(f(r) * density, (r, 0, sp.oo)))


def sum_at_most(u: Any) -> Rule:
    """The sum of n entries is at most n times the largest.

    >>> sum_at_most(sp.MatrixSymbol("u", 3, 1)).right
    3*largest(u)
    """
    return _theorem("none is above the largest", entries(u), u.shape[0] * largest(u), "<=")


def sum_at_least(u: Any) -> Rule:
    """The sum of positive entries is at least the largest.

    >>> u = sp.MatrixSymbol("u", 3, 1)
    >>> sum_at_least(u.applyfunc(sp.exp)).relation
    '>='
    >>> sum_at_least(u)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: sum_at_least: the entries of u are not shown to be positive
    """
    if not entries(u).is_positive:
        raise ClaimError(f"sum_at_least: the entries of {u} are not shown to be positive")
    return _theorem("one term of many", entries(u), largest(u), ">=")


def monotone_largest(f: Any, u: Any) -> Rule:
    """The largest f(uᵢ) is f of the largest uᵢ for a function that rises; ``f`` is a ``Lambda`` of a real number.

    >>> x, u = sp.Symbol("x", real=True), sp.MatrixSymbol("u", 3, 1)
    >>> monotone_largest(sp.Lambda(x, sp.exp(x)), u).right
    exp(largest(u))
    >>> monotone_largest(sp.Lambda(x, -x), u)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: monotone_largest: the slope of -x: residual -1 = -1.00000000000000
    """
    (x,), body = f.variables, f.expr
    _insist(decide(Nonneg(sp.diff(body, x), "factor")), f"monotone_largest: the slope of {body}")
    return _theorem("a rising function keeps the order", largest(u.applyfunc(f)), f(largest(u)))
