"""What a proof returns (residuals and certificates) and what a test of one of them finds.

>>> x = sp.Symbol("x", real=True)
>>> Zero(x - x, "expand").tactics, Nonneg(x**2).expr, Positive(1 + x**2).strict
(('expand',), x**2, True)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sympy as sp  # noqa: F401 - the examples' name

from ..errors import ClaimError


class Status(StrEnum):
    """What is known of a residual (a member compares equal to its word).

    * ``zero``: it holds. An exact reduction to the literal 0 was found, or for a certificate a form of plain sign:
      ``(x + 1)**2 - x**2 - 2*x - 1``, ``Nonneg((a - b)**2)``.
    * ``nonzero``: it fails. At one exact admissible point its value is visibly not 0 (for a certificate: is negative):
      ``(x + 1)**2 - x**2 - 2*x - 2`` is −1 at x = 1; ``Nonneg(a - b)``.
    * ``undecided``: neither was found, and it never passes: ``sin(x)**2 + cos(x)**2 - 1`` without the tactic
      ``trigsimp``, ``None``, ``1e-40``, NaN, an integral that stays unevaluated.

    >>> str(Status.ZERO), Status.NONZERO == "nonzero", "undecided" in {Status.UNDECIDED}
    ('zero', True, True)
    """

    ZERO = "zero"
    NONZERO = "nonzero"
    UNDECIDED = "undecided"


class _Residual:
    """An expression with tactics of its own (names of :data:`claims.prove.tactics.TACTICS`, in order) and constraints
    of its symbols.
    """

    expr: Any
    tactics: tuple[str, ...]
    where: Mapping[Any, str]

    def __init__(self, expr: Any, *tactics: str, where: Mapping[Any, str] | None = None) -> None:
        self.expr, self.tactics, self.where = expr, tactics, dict(where or {})

    def __repr__(self) -> str:
        more = [repr(t) for t in self.tactics] + ([f"where={self.where}"] if self.where else [])
        return f"{type(self).__name__}({', '.join([str(self.expr), *more])})"

    def _key(self) -> tuple[Any, ...]:
        return type(self), self.expr, self.tactics, tuple(sorted(self.where.items(), key=str))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Residual) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self.tactics, str(self.expr)))


class Zero(_Residual):
    """A residual that must vanish.

    >>> from claims.prove.decide import decide
    >>> x, q = sp.Symbol("x", real=True), sp.Symbol("q", positive=True)
    >>> str(decide(Zero(sp.cos(2 * x) - 2 * sp.cos(x)**2 + 1, "trigsimp")).status)
    'zero'
    >>> str(decide(Zero(abs(1 - q) - 1 + q, where={q: "unit interval"})).status)
    'zero'
    """


class Nonneg(_Residual):
    """A certificate that must be non-negative for all admissible values of its symbols.

    >>> from claims.prove.decide import decide
    >>> a, b = sp.symbols("a b", positive=True)
    >>> unit = Nonneg(a - a**2, where={a: "unit interval"})
    >>> [str(decide(c).status) for c in (Nonneg(a + b - 2 * sp.sqrt(a * b)), Nonneg(a - b), unit)]
    ['zero', 'nonzero', 'zero']
    """

    strict = False


class Positive(Nonneg):
    """A certificate that must be strictly positive.

    >>> from claims.prove.decide import decide
    >>> x = sp.Symbol("x", real=True)
    >>> [str(decide(c).status) for c in (Positive(1 + x**2), Positive(x**2))]
    ['zero', 'undecided']
    """

    strict = True


@dataclass(frozen=True)
class Finding:
    """What a test of one residual found: its status, what is left of it, the tactic that proved it, or the point and
    value that refute it.
    """

    status: Status
    residual: Any = None
    tactic: str = ""
    point: Mapping[Any, Any] = field(default_factory=dict)
    value: Any = None
    why: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))

    def __str__(self) -> str:
        if self.status is Status.ZERO:
            return f"vanishes ({self.tactic})" if self.tactic else "vanishes"
        at = ", ".join(f"{k} = {v}" for k, v in self.point.items())
        if self.status is Status.NONZERO:
            return f"residual {self.residual} = {self.value}" + (f" at {at}" if at else "")
        return f"undecided: {self.why}; left over: {self.residual}"


def attempt(step: Callable[..., Any], *args: Any) -> tuple[Any, str]:
    """The result of a step of computer algebra and '', or ``None`` and the name of what it raised.

    The one broad handler of this room: SymPy raises nearly every kind of exception for forms that it cannot do, and
    each means "not done". A step that is not done shows nothing, so it never makes a pass; the name is reported.
    ``OutOfTime`` and ``KeyboardInterrupt`` are no ``Exception`` and go through, and so does a ``ClaimError``, which
    is the author's.

    >>> attempt(sp.sqrt, 4), attempt(lambda: 1 / 0)
    ((2, ''), (None, 'ZeroDivisionError: division by zero'))
    """
    try:
        return step(*args), ""
    except ClaimError:
        raise
    except Exception as problem:  # noqa: BLE001 - not done, and named; see above
        return None, f"{type(problem).__name__}: {problem}"[:200].rstrip(": ")
