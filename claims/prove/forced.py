"""Forced tactics: laws of powers and logarithms that hold for positive factors only, guarded by a proof that the
factors are positive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from types import CodeType, FunctionType
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .signs import tactic_of_sign
from .tactics import Tactic, proves, tactic  # noqa: F401 - the examples run it

SIGNED = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise, sp.Heaviside, sp.DiracDelta, sp.KroneckerDelta, sp.floor,
          sp.ceiling, sp.re, sp.im, sp.arg, sp.conjugate, sp.atan2)
"""Functions that look at signs."""


def not_positive(e: sp.Expr) -> str:
    """What keeps a forced tactic from being an identity on ``e`` ('' if nothing does).

    log(ab) = log a + log b, (ab)^c = a^c b^c and (a^b)^c = a^(bc) hold for positive a, b and real exponents, so every
    factor under a logarithm or a power that is not whole must be shown positive, and everything else real. Positive
    symbols alone are not enough:

    >>> p = sp.Symbol("p", positive=True)
    >>> not_positive(sp.log(p * (p + 1))), not_positive(sp.log((p - 1)**2))
    ('', 'p - 1 is not shown to be positive')
    """
    if e.has(sp.I):
        return "the expression holds I"
    # forcing takes every symbol for positive, and a function that looks at signs would lose them: |x| would become x
    signed = sorted(e.atoms(*SIGNED), key=str)
    signs = next((f for f in signed if any(s.is_positive is None for s in f.free_symbols)), None)
    if signs is not None:
        return f"{signs} depends on a sign that is not known"
    parts = sorted(e.free_symbols | e.atoms(AppliedUndef), key=str)
    loose = next((str(s) for s in parts if s.is_extended_real is None and not isinstance(s, sp.IndexedBase)), "")
    if loose:
        return f"{loose} is not declared real"
    heads = [b for p in e.atoms(sp.Pow) if not p.exp.is_integer for b in sp.Mul.make_args(p.base)]
    heads += [b for a in e.atoms(sp.log) for b in sp.Mul.make_args(a.args[0])]
    for head in heads:
        while isinstance(head, sp.Pow) and head.exp.is_real:
            head = head.base
        if not head.is_positive and not tactic_of_sign(head, True):
            return f"{head} is not shown to be positive"
    return ""


def forced(step: Tactic) -> Tactic:
    """Enter a tactic that leaves an expression as it is unless :func:`not_positive` finds nothing against it."""

    @wraps(step)
    def guarded(e: sp.Expr) -> sp.Expr:
        return e if not_positive(e) else step(e)

    return tactic(guarded)


@forced
def force_expand_log(e: sp.Expr) -> sp.Expr:
    """As ``expand_log``, also where a factor is positive without SymPy knowing it.

    >>> proves("force_expand_log", "log((p + 1)**x*(q + 1)) - x*log(p + 1) - log(q + 1)", "log(x**2) - 2*log(x)")
    (True, False)
    """
    return sp.expand_log(e, force=True)


@forced
def force_expand_power_base(e: sp.Expr) -> sp.Expr:
    """As ``expand_power_base``, for sums that are positive.

    >>> proves("force_expand_power_base", "sqrt(p*(p*q + 1)) - sqrt(p)*sqrt(p*q + 1)",
    ...        "sqrt(x*y) - sqrt(x)*sqrt(y)")
    (True, False)
    """
    return sp.expand_power_base(e, force=True)


@forced
def force_powdenest(e: sp.Expr) -> sp.Expr:
    """As ``powdenest``, for bases that are positive.

    >>> proves("force_powdenest", "((p + 1)**x)**y - (p + 1)**(x*y)", "sqrt(x**2) - x")
    (True, False)
    """
    return sp.powdenest(e, force=True)


@forced
def force_powsimp(e: sp.Expr) -> sp.Expr:
    """As ``powsimp``, for bases that are positive.

    >>> proves("force_powsimp", "(p + 1)**x*(q + 1)**x - ((p + 1)*(q + 1))**x", "sqrt(x)*sqrt(y) - sqrt(x*y)")
    (True, False)
    """
    return sp.powsimp(e, force=True)


@forced
def force_logcombine(e: sp.Expr) -> sp.Expr:
    """As ``logcombine``, for arguments that are positive.

    >>> proves("force_logcombine", "log(p + 1) + log(q + 1) - log((p + 1)*(q + 1))", "log(x) + log(y) - log(x*y)")
    (True, False)
    """
    return sp.logcombine(e, force=True)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for c in code.co_consts:
        if isinstance(c, CodeType):
            yield from _codes(c)


def forcing(proof: Callable[..., Any]) -> list[str]:
    """Names of the functions in which a proof, or a function of the chapter that it calls, passes ``force=`` to SymPy
    itself.

    What is forced before the engine sees it is not guarded; the forced tactics are.

    >>> x = sp.Symbol("x", real=True)
    >>> forcing(lambda rhs: {"log": sp.expand_log(sp.log(x**2), force=True) - rhs}), forcing(lambda rhs: {"log": rhs})
    (['<lambda>'], [])
    """
    found, waiting, met = [], [proof], set()
    while waiting:
        f = waiting.pop()
        if not isinstance(f, FunctionType) or f in met:
            continue
        if f is not proof and (f.__module__ or "").split(".")[0] in ("sympy", "claims"):
            continue
        met.add(f)
        for code in _codes(f.__code__):
            if any(c == "force" or (isinstance(c, tuple) and "force" in c) for c in code.co_consts):
                found.append(f.__name__)
            waiting += [f.__globals__[name] for name in code.co_names if name in f.__globals__]
        waiting += [cell.cell_contents for cell in f.__closure__ or ()]
    return sorted(set(found))
