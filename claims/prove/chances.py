"""Chances of normal numbers: when a linear function of independent normal symbols is below a bound."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

from ..case import Rule
from ..errors import ClaimError
from ..say.operators import E, Pr, Var
from ..say.symbols import law_of, random_atoms
from .decide import decide
from .findings import Positive, Status, Zero
from .laws import expected


def _gap(condition: Any, what: str) -> Any:
    """What is below 0 where the condition holds."""
    if not isinstance(condition, (StrictLessThan, LessThan, StrictGreaterThan, GreaterThan)):
        raise ClaimError(f"{what}: expected a condition such as a < b, found {condition}")
    return condition.lts - condition.gts


def same_event(first: Any, second: Any, factor: Any = 1) -> Rule:
    """Pr of two conditions that say the same: the difference of the sides of ``first`` is ``factor`` times that of
    ``second``.

    >>> x, y = sp.symbols("x y", real=True)
    >>> same_event(2 * x + y < 3, x < (3 - y) / 2, 2).right
    Pr(x < 3/2 - y/2)
    >>> same_event(2 * x + y < 3, x < 3 - y, 2)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: same_event: 2*x + y < 3 is not shown to say x < 3 - y
    """
    strict = (StrictLessThan, StrictGreaterThan)
    gap = Zero(_gap(first, "same_event") - factor * _gap(second, "same_event"))
    if (isinstance(first, strict) != isinstance(second, strict) or decide(gap).status is not Status.ZERO
        or decide(Positive(sp.sympify(factor))).status is not Status.ZERO):
        raise ClaimError(f"same_event: {first} is not shown to say {second}")
    return Rule("the same event", Pr(first), Pr(second), "=", law=True)


def normal_chance(condition: Any) -> Rule:
    """Pr of a condition on a linear function X of independent normal symbols, numbers or vectors: for X < 0 the
    normal distribution function at −E X/√Var X.

    >>> from claims.say.operators import inner
    >>> from claims.say.symbols import random, vector
    >>> d = sp.Symbol("d", integer=True, positive=True)
    >>> y, a = random(vector("y_6", d), law="normal"), vector("a_6", d)
    >>> normal_chance(inner(y, a) < 3).right
    erf(3*sqrt(2)/(2*sqrt(inner(a_6, a_6))))/2 + 1/2
    >>> z = random(sp.Symbol("z_6", real=True), law="normal")
    >>> normal_chance(2 * z + 1 < 3).right == normal_chance(z > -1).right == (1 + sp.erf(1 / sp.sqrt(2))) / 2
    True
    >>> normal_chance(z**2 < 3)
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: normal_chance: z_6**2 < 3 is not shown to be linear in z_6
    """
    of = _gap(condition, "normal_chance")
    atoms = sorted(random_atoms(of), key=str)
    for x in atoms:
        law = law_of(x)
        if not (law.normal and law.independent):
            raise ClaimError(f"normal_chance: {x} is not declared normal and independent of all else")
        moved = of.xreplace({x: x + _fresh(x)}) - of
        again = [moved.xreplace({other: other + _fresh(other, 1)}) - moved for other in atoms]
        if any(decide(Zero(e)).status is not Status.ZERO for e in again):
            raise ClaimError(f"normal_chance: {condition} is not shown to be linear in {x}")
    mean, variance = expected(E(of)), sp.expand(expected(Var(of)))
    if not atoms or mean.has(E) or variance.has(E, Var):
        raise ClaimError(f"normal_chance: mean and variance of what {condition} compares are not known")
    return Rule("normal law", Pr(condition), (1 + sp.erf(-mean / (sp.sqrt(2) * sp.sqrt(variance)))) / 2, "=", law=True)


def _fresh(x: Any, number: int = 0) -> Any:
    """A fixed symbol of the kind of ``x``."""
    if getattr(x, "is_Matrix", False):
        return sp.MatrixSymbol(f"step_{number}", *x.shape)
    return sp.Dummy(f"step_{number}", real=True)
