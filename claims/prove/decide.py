"""Sound zero-testing: is this residual identically zero, provably not, or undecided?

``zero`` needs an exact symbolic reduction to the literal 0 that a 30-digit evaluation does not contradict;
``nonzero`` needs a point (exact rational values that respect the symbols' assumptions and the claim's domain, and the
edges of these assumptions) where the residual is visibly different from 0; everything else is ``undecided``, and
never passes: ``None``, truth values, floats, NaN, infinities, unevaluated integrals or limits, residuals that are
merely small.

>>> from sympy import symbols, sin, cos
>>> x = symbols("x", real=True)
>>> str(decide(sin(x)**2 + cos(x)**2 - 1, ("trigsimp",)).status)
'zero'
>>> str(decide(sin(x)**2 + cos(x)**2 - 1).status)
'undecided'
>>> str(decide((x + 1)**2 - x**2 - 2*x - 2).status)
'nonzero'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from ..errors import ClaimError
from . import collapse, conjugates, forced, gather, matrices, sums  # noqa: F401 - they enter their tactics
from .constraints import declared, put
from .findings import Finding, Nonneg, Status, Zero, attempt
from .limits import DECIDE_SECONDS, OutOfTime, time_limit
from .sampler import Sampler
from .signs import tactic_of_sign
from .tactics import DEFAULT, TACTICS
from .witness import witness

UNFINISHED = (sp.Integral, sp.Limit, sp.Sum, sp.Product)
TRIES_SIGN = 8
"""A certificate may fail in a part of its domain only."""
SURE = ("identical", "expand", "together")
"""Tactics after which one point is evidence enough against a slip of the engine."""


def entries(residual: Any) -> list[Any]:
    """The scalar parts of a residual: entries of matrices, members of tuples; a matrix of symbolic shape stays whole.

    >>> x = sp.Symbol("x")
    >>> entries((sp.eye(2), [x]))
    [1, 0, 0, 1, x]
    """
    if isinstance(residual, sp.MatrixBase):
        return list(residual)
    if isinstance(residual, sp.MatrixExpr):
        if residual.is_ZeroMatrix:
            return [sp.S.Zero]
        explicit, _ = attempt(lambda: list(residual.doit().as_explicit()))
        return [residual] if explicit is None else explicit
    if isinstance(residual, (list, tuple, sp.Tuple, sp.Array)) or getattr(residual, "dtype", None) == object:
        return [e for part in residual for e in entries(part)]
    return [residual]


def _invalid(e: Any) -> str:
    """Why ``e`` cannot be a residual at all ('' if it can)."""
    if e is None:
        return "None is not zero (the proof returned nothing)"
    if isinstance(e, bool) or e is sp.true or e is sp.false:
        return "a truth value is not a residual; return the difference itself"
    if isinstance(e, (float, complex)):
        return "a float is not exact; use Rational"
    if not isinstance(e, (int, sp.Basic)):
        return f"expected a SymPy expression, found {type(e).__name__}"
    e = sp.sympify(e)
    if isinstance(e, (sp.core.relational.Relational, sp.logic.boolalg.Boolean)) and not isinstance(e, sp.Symbol):
        return "a relation is not a residual; return left - right, or Nonneg(right - left)"
    if e.has(sp.nan):
        return "NaN is not zero"
    if e.atoms(sp.Float):
        return f"holds the float {next(iter(e.atoms(sp.Float)))}; use exact rationals"
    return ""


Reduced = tuple[bool, sp.Expr, str, str]
"""Whether it is 0 (its sign is shown), what is left, the tactics that did it, and what SymPy could not do."""


def _reduce(e: sp.Expr, tactics: Sequence[str]) -> Reduced:
    """Apply the default tactics, then the named ones one after the other; stop at the literal zero."""
    if e == 0:
        return True, e, "identical", ""
    left, tried, failed = e, [], ""
    for name in DEFAULT:
        form, problem = attempt(TACTICS[name], e)
        if not problem:
            left = form
        if left == 0:
            return True, left, name, ""
    left = e
    for name in tactics:
        form, problem = attempt(TACTICS[name], left)
        if problem:
            failed = failed or f"{name} raised {problem}"
            continue
        left = form
        tried.append(name)
        if left == 0:
            return True, left, " → ".join(tried), ""
        for last in DEFAULT:
            if attempt(TACTICS[last], left)[0] == 0:
                return True, sp.S.Zero, " → ".join([*tried, last]), ""
    return False, left, "", failed


def _proof(e: sp.Expr, sign: bool, strict: bool, tactics: Sequence[str], where: Mapping[Any, str]) -> Reduced:
    """As :func:`_reduce`, for residuals and certificates; where that fails, with constraints put in."""
    def once(form: sp.Expr) -> Reduced:
        if not sign:
            return _reduce(form, tactics)
        tactic = tactic_of_sign(form, strict, tactics)
        return bool(tactic), form, tactic, ""

    found = once(e)
    if found[0]:
        return found
    inside, problem = attempt(put, e, where)
    if problem:
        return found if found[3] else (*found[:3], f"the constraints could not be put in: {problem}")
    if inside == e:
        return found
    again = once(inside)
    return (True, sp.S.Zero, again[2] + " under constraints", "") if again[0] else found


def _note(left: sp.Expr, sign: bool, tactics: Sequence[str], failed: str) -> str:
    """Why a residual is undecided."""
    if sign:
        return failed or "the sign is not shown"
    for name in tactics:
        if name.startswith("force_") and (why := forced.not_positive(left)):
            return f"{name} was not applied: {why}"
    if left.has(*UNFINISHED):
        return f"unevaluated {', '.join(sorted({type(a).__name__ for a in left.atoms(*UNFINISHED)}))}"
    return failed or "no tactic reduces it to 0"


def _matrices(e: Any, tactics: Sequence[str], sampler: Sampler, where: Mapping[Any, str], only: bool) -> Finding:
    """The finding of an expression that holds matrices: their normal form vanishes, or explicit matrices refute it."""
    form, problem = (None, "") if only else attempt(matrices.normal_form, e, where)
    holds = form is not None and all(_reduce(number, tactics)[0] for number in form)
    if matrices.symbolic(e):
        for value, point in matrices.instances_of_size(e, sampler, where):
            for part in entries(value):
                found = witness(part, sampler, 1)
                if found:
                    return Finding(Status.NONZERO, e, point=point | found[0], value=found[1])
    if holds:
        return Finding(Status.ZERO, sp.S.Zero, tactic="laws of matrices")
    return Finding(Status.UNDECIDED, e, why=problem or "no law of matrices reduces it to 0")


def _one(e: Any, sign: bool, strict: bool, tactics: Sequence[str], sampler: Sampler, first: bool,
         only: bool) -> Finding:
    """The finding of one scalar part, or of one matrix of symbolic shape."""
    why = _invalid(e)
    if why:
        return Finding(Status.UNDECIDED, e, why=why)
    e, where = sp.sympify(e), declared(sampler.where)
    if e in (sp.oo, -sp.oo, sp.zoo):
        return Finding(Status.ZERO, e) if sign and e == sp.oo else Finding(Status.NONZERO, e, value=e)
    if matrices.concerns(e) and not sign:
        found = _matrices(e, tactics, sampler, where, only)
        if found.status is not Status.UNDECIDED or matrices.symbolic(e):
            return found
    if first or only:
        found = witness(e, sampler, 4 if only else 2, sign)
        if found:
            return Finding(Status.NONZERO, e, point=found[0], value=found[1])
    if only:
        return Finding(Status.UNDECIDED, e, why="no witness against it")
    ok, left, tactic, failed = _proof(e, sign, strict, tactics, where)
    if ok or not first:
        tries = TRIES_SIGN if sign else 4 if not ok else 1 if tactic in SURE else 3
        found = witness(e, sampler, tries, sign, edges=True)
        if found:
            return Finding(Status.NONZERO, left if left != 0 else e, point=found[0], value=found[1])
    if ok:
        return Finding(Status.ZERO, sp.S.Zero, tactic=tactic)
    if sign and not strict and matrices.concerns(e):  # what vanishes is not negative
        found = _matrices(e, tactics, sampler, where, only)
        if found.status is Status.ZERO:
            return found
    return Finding(Status.UNDECIDED, left, why=_note(left, sign, tactics, failed))


def decide(residual: Any, tactics: Sequence[str] = (), *, sampler: Sampler | None = None, refute_first: bool = False,
           refute_only: bool = False, seconds: float = DECIDE_SECONDS) -> Finding:
    """Decide whether ``residual`` (scalar, matrix, tuple, :class:`Zero`, :class:`Nonneg`) holds.

    ``refute_first`` looks for a witness before it tries to prove (cheap for mutants, which are expected to fail);
    ``refute_only`` does not try to prove. What SymPy cannot do is undecided, with the name of its exception. Raises
    ``ClaimError`` for an unknown tactic or constraint.

    >>> x = sp.Symbol("x", real=True)
    >>> found = decide((x - x, x**2 - 1), sampler=Sampler([{x: 2}]))
    >>> str(found.status), found.point, float(found.value)
    ('nonzero', {x: 2}, 3.0)
    """
    sampler = sampler or Sampler()
    sign = isinstance(residual, Nonneg)
    strict, where = sign and residual.strict, {}
    if isinstance(residual, (Zero, Nonneg)):
        tactics, where = (*residual.tactics, *tactics), residual.where
        residual = residual.expr
    for name in (*DEFAULT, *tactics):
        if name not in TACTICS:
            raise ClaimError(f"unknown tactic {name!r}; known: {', '.join(sorted(TACTICS))}")
    used: list[str] = []
    undecided: Finding | None = None
    try:
        with time_limit(seconds), sampler.under(where):
            parts = entries(residual)
            if not parts:
                return Finding(Status.UNDECIDED, residual, why="no residual at all (empty matrix or list)")
            for e in parts:
                found, problem = attempt(_one, e, sign, strict, tactics, sampler, refute_first, refute_only)
                if problem:
                    found = Finding(Status.UNDECIDED, e, why=f"the test itself raised {problem}")
                if found.status is Status.NONZERO:
                    return found
                # another part may still refute; an undecided one can never pass
                undecided = undecided or (found if found.status is Status.UNDECIDED else None)
                used.append(found.tactic)
    except OutOfTime as late:
        return Finding(Status.UNDECIDED, residual, why=str(late))
    return undecided or Finding(Status.ZERO, sp.S.Zero, tactic=", ".join(dict.fromkeys(t for t in used if t)))
