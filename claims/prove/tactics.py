"""Tactics: the steps of computer algebra that a proof may name, one function each.

Every tactic gives an equal expression or leaves it as it is. Its docstring names an identity that it proves and a
false one that it must not prove (x, y real; p, q positive; n, k positive whole numbers; z complex); :func:`proves`
reads these lines. Forced tactics are in :mod:`claims.prove.forced`, those of sums in :mod:`claims.prove.gather`; all
stand in :data:`TACTICS`.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

Tactic = Callable[[sp.Expr], sp.Expr]
TACTICS: dict[str, Tactic] = {}
DEFAULT = ("expand", "together", "powsimp", "split_sums", "whole_parts")
"""Tried on every residual, each on its own."""


def tactic(step: Tactic) -> Tactic:
    """Enter a tactic under its name."""
    TACTICS[step.__name__] = step
    return step


def proves(name: str, *residuals: str) -> tuple[bool, ...]:
    """Whether a tactic, and ``expand`` after it, reduces each of these residuals to 0.

    >>> proves("expand", "x*(x + 1) - x**2 - x", "x*(x + 1) - x**2")
    (True, False)
    """
    kinds = {"x": {"real": True}, "p": {"positive": True}, "n": {"integer": True, "positive": True}, "z": {}}
    kinds |= {"y": kinds["x"], "q": kinds["p"], "k": kinds["n"]}
    names = {name: sp.Symbol(name, **kind) for name, kind in kinds.items()} | {"f": sp.IndexedBase("f")}
    return tuple(bool(sp.expand(TACTICS[name](sp.sympify(r, names, evaluate=True))) == 0) for r in residuals)


@tactic
def expand(e: sp.Expr) -> sp.Expr:
    """Products and whole powers of sums, multiplied out.

    >>> proves("expand", "(x + y)**2 - x**2 - 2*x*y - y**2", "(x + y)**2 - x**2 - y**2")
    (True, False)
    """
    return sp.expand(e)


@tactic
def cancel(e: sp.Expr) -> sp.Expr:
    """Common factors of numerator and denominator.

    >>> proves("cancel", "(x**2 - y**2)/(x - y) - x - y", "(x**2 + y**2)/(x - y) - x - y")
    (True, False)
    """
    return sp.cancel(e)


@tactic
def together(e: sp.Expr) -> sp.Expr:
    """Numerator over the common denominator (0 if and only if the whole is, where it is defined).

    >>> proves("together", "1/p + 1/q - (p + q)/(p*q)", "1/p + 1/q - 2/(p + q)")
    (True, False)
    """
    return sp.expand(sp.fraction(sp.together(e))[0])


@tactic
def factor(e: sp.Expr) -> sp.Expr:
    """Polynomials and fractions in factors.

    >>> proves("factor", "(x**2 - 2*x + 1)/(x - 1) - x + 1", "(x**2 + 1)/(x - 1) - x + 1")
    (True, False)
    """
    return sp.factor(e)


@tactic
def apart(e: sp.Expr) -> sp.Expr:
    """Partial fractions, in one variable.

    >>> proves("apart", "1/(p*(p + 1)) - 1/p + 1/(p + 1)", "1/(p*(p + 1)) - 1/p - 1/(p + 1)")
    (True, False)
    """
    return sp.apart(e)


@tactic
def trigsimp(e: sp.Expr) -> sp.Expr:
    """Pythagoras and double angles.

    >>> proves("trigsimp", "cos(2*x) - 2*cos(x)**2 + 1", "cos(2*x) - 2*sin(x)**2 + 1")
    (True, False)
    """
    return sp.trigsimp(e)


@tactic
def expand_trig(e: sp.Expr) -> sp.Expr:
    """Addition theorems.

    >>> proves("expand_trig", "sin(x + y) - sin(x)*cos(y) - cos(x)*sin(y)",
    ...        "sin(x + y) - sin(x)*cos(y) + cos(x)*sin(y)")
    (True, False)
    """
    return sp.expand_trig(e)


@tactic
def gammasimp(e: sp.Expr) -> sp.Expr:
    """Gamma functions whose arguments differ by whole numbers.

    >>> proves("gammasimp", "gamma(p + 1) - p*gamma(p)", "gamma(p + 1) - (p + 1)*gamma(p)")
    (True, False)
    """
    return sp.gammasimp(e)


@tactic
def combsimp(e: sp.Expr) -> sp.Expr:
    """Factorials and binomial coefficients.

    >>> proves("combsimp", "binomial(n + 1, k) - binomial(n, k) - binomial(n, k - 1)",
    ...        "binomial(n + 1, k) - 2*binomial(n, k)")
    (True, False)
    """
    return sp.combsimp(e)


@tactic
def powsimp(e: sp.Expr) -> sp.Expr:
    """Powers of one base or one exponent, as one (bases of several factors only where they are positive).

    >>> proves("powsimp", "2**x*2**y - 2**(x + y)", "2**x*2**y - 2**(x*y)")
    (True, False)
    """
    return sp.powsimp(e)


@tactic
def powdenest(e: sp.Expr) -> sp.Expr:
    """Powers of powers, where they are equal.

    >>> proves("powdenest", "(p**x)**y - p**(x*y)", "((-p)**2)**y - (-p)**(2*y)")
    (True, False)
    """
    return sp.powdenest(e)


@tactic
def expand_log(e: sp.Expr) -> sp.Expr:
    """Logarithms of products and powers of positive factors.

    >>> proves("expand_log", "log(p**3*q) - 3*log(p) - log(q)", "log(x**2) - 2*log(x)")
    (True, False)
    """
    return sp.expand_log(e)


@tactic
def logcombine(e: sp.Expr) -> sp.Expr:
    """Sums of logarithms of positive numbers, as one.

    >>> proves("logcombine", "log(p) + log(q) - log(p*q)", "log(x) + log(y) - log(x*y)")
    (True, False)
    """
    return sp.logcombine(e)


@tactic
def expand_power_base(e: sp.Expr) -> sp.Expr:
    """A power of a product: non-negative factors leave it.

    >>> proves("expand_power_base", "sqrt(p*x) - sqrt(p)*sqrt(x)", "sqrt(x*y) - sqrt(x)*sqrt(y)")
    (True, False)
    """
    return sp.expand_power_base(e)


@tactic
def expand_power_exp(e: sp.Expr) -> sp.Expr:
    """A power with a sum for its exponent, as a product.

    >>> proves("expand_power_exp", "p**(x + y) - p**x*p**y", "p**(x*y) - p**x*p**y")
    (True, False)
    """
    return sp.expand_power_exp(e)


@tactic
def expand_func(e: sp.Expr) -> sp.Expr:
    """Special functions at sums, by their recurrences.

    >>> proves("expand_func", "gamma(p + 2) - p*(p + 1)*gamma(p)", "gamma(p + 2) - p*gamma(p)")
    (True, False)
    """
    return sp.expand_func(e)


@tactic
def expand_complex(e: sp.Expr) -> sp.Expr:
    """Real and imaginary part.

    >>> proves("expand_complex", "exp(I*x) - cos(x) - I*sin(x)", "exp(I*z) - cos(x) - I*sin(x)")
    (True, False)
    """
    return sp.expand_complex(e)


@tactic
def rewrite_exp(e: sp.Expr) -> sp.Expr:
    """Circular and hyperbolic functions by exponentials.

    >>> proves("rewrite_exp", "cosh(x) - (exp(x) + exp(-x))/2", "cosh(x) - (exp(x) - exp(-x))/2")
    (True, False)
    """
    return e.rewrite(sp.exp)


@tactic
def radsimp(e: sp.Expr) -> sp.Expr:
    """Roots out of denominators.

    >>> proves("radsimp", "1/(1 + sqrt(2)) - sqrt(2) + 1", "1/(1 + sqrt(2)) - sqrt(2) - 1")
    (True, False)
    """
    return sp.radsimp(e)


@tactic
def sqrtdenest(e: sp.Expr) -> sp.Expr:
    """Roots of sums that hold roots.

    >>> proves("sqrtdenest", "sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3)", "sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(5)")
    (True, False)
    """
    return sp.sqrtdenest(e)


@tactic
def doit(e: sp.Expr) -> sp.Expr:
    """Sums, integrals, limits and derivatives, computed.

    >>> proves("doit", "Integral(x**2, (x, 0, 1)) - Rational(1, 3)", "Integral(x**2, (x, 0, 1)) - Rational(1, 2)")
    (True, False)
    """
    return e.doit()


@tactic
def piecewise_fold(e: sp.Expr) -> sp.Expr:
    """Cases, taken out of the expression round them.

    >>> proves("piecewise_fold", "2*Piecewise((x, x > 0), (-x, True)) - Piecewise((2*x, x > 0), (-2*x, True))",
    ...        "Piecewise((x, x > 0), (-x, True)) - x")
    (True, False)
    """
    return sp.piecewise_fold(e)


@tactic
def whole_parts(e: sp.Expr) -> sp.Expr:
    """Remainders and fractional parts by floors; whole numbers leave floors and ceilings; twice rounded down is once.

    >>> proves("whole_parts", "frac(x + n) - frac(x)", "frac(x*n) - frac(x)")
    (True, False)
    >>> proves("whole_parts", "floor(floor(p)/k) - floor(p/k)", "floor(floor(p)*k) - floor(p*k)")
    (True, False)
    """
    if not e.has(sp.floor, sp.ceiling, sp.frac, sp.Mod):
        return e
    by_floors = e.replace(sp.frac, lambda a: a - sp.floor(a)).replace(sp.Mod, lambda a, c: a - c * sp.floor(a / c))
    rounding = (sp.floor, sp.ceiling)
    out = by_floors.replace(lambda n: isinstance(n, rounding), lambda n: _rounded_once(n.func(sp.expand(*n.args))))
    return sp.expand(out)


def _rounded_once(n: sp.Expr) -> sp.Expr:
    """⌊⌊x⌋/k⌋ = ⌊x/k⌋ for a positive whole k, and the same for ceilings."""
    factor, inner = n.args[0].as_independent(sp.floor, sp.ceiling) if isinstance(n, (sp.floor, sp.ceiling)) else (0, n)
    if type(inner) is type(n) and inner is not n and (1 / factor).is_integer and factor.is_positive:
        return n.func(sp.powsimp(factor * inner.args[0]))
    return n
