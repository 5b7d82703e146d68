"""What a proof sees: the symbols that it looks at only at numbers, and the symbols that its residuals hold.

A proof is run on an undefined function g of the candidate's symbols. What it makes of g(n, x) shows what it sees of n
and x: g(3, x) sees n at a number, g(n + 1, x) sees it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ..say.symbols import in_words
from .findings import Nonneg, Zero, attempt
from .limits import SEE_SECONDS, OutOfTime, time_limit

SIGNS = ("positive", "nonnegative", "negative", "real")


@dataclass(frozen=True)
class Instances:
    """``symbols`` that a proof sees at numbers only (``None``: it cannot be told, and ``why``)."""

    symbols: frozenset[Any] | None
    why: str = ""

    def __bool__(self) -> bool:
        return bool(self.symbols)

    def __str__(self) -> str:
        if self.symbols is None:
            return f"it cannot be told which symbols the proof sees: {self.why}"
        return f"instances: {', '.join(sorted(map(str, self.symbols)))}" if self.symbols else "every symbol"


def _undefined(name: str, symbols: Sequence[Any], like: Any) -> Any:
    signs = {a: True for a in SIGNS[:3] if getattr(like, f"is_{a}", None)}
    if not signs and getattr(like, "is_real", None):
        signs = {"real": True}
    return sp.Function(name, **signs)(*symbols)


def _stand_in(like: Any, symbols: Sequence[Any]) -> Any:
    """Undefined functions of the symbols in the shape of the candidate."""
    if isinstance(like, (sp.Tuple, tuple, list)):
        return sp.Tuple(*(_undefined(f"seen_{i}", symbols, part) for i, part in enumerate(like)))
    if isinstance(like, sp.MatrixBase):
        return sp.ImmutableMatrix(*like.shape, lambda i, j: _undefined(f"seen_{i}_{j}", symbols, like[i, j]))
    if isinstance(like, sp.MatrixExpr):
        if not all(n.is_Integer for n in like.shape):
            raise ValueError("the candidate is a matrix of symbolic shape")
        number = sp.Symbol("x", real=True)
        return sp.ImmutableMatrix(*map(int, like.shape), lambda i, j: _undefined(f"seen_{i}_{j}", symbols, number))
    return _undefined("seen", symbols, like)


def scalars(residuals: Any) -> Iterator[Any]:
    """The expressions in residuals of any form: dictionaries, tuples, arrays, :class:`Zero`, :class:`Nonneg`."""
    if isinstance(residuals, Mapping):
        residuals = list(residuals.values())
    if isinstance(residuals, (Zero, Nonneg)):
        residuals = residuals.expr
    if isinstance(residuals, (list, tuple, sp.Tuple, sp.MatrixBase)) or getattr(residuals, "dtype", None) == object:
        for part in residuals:
            yield from scalars(part)
    elif isinstance(residuals, sp.Basic):
        yield residuals


NUMBER, FREE = False, True


def _applications(e: Any, bound: Mapping[Any, bool], names: set[str]) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """For each application of a stand-in g: its name, and for each argument whether it holds something that is free.

    A bound index over finitely many numbers is a number; one over an unlimited or symbolic range, and a variable of
    integration, is free; the variable of a limit and what a substitution fixes have the kind of what is put in.
    """
    def free(argument: Any) -> bool:
        symbols = (s for s in argument.free_symbols if not isinstance(s, sp.Indexed))
        return any(bound.get(s, FREE) for s in symbols) or bool(argument.atoms(AppliedUndef))

    if isinstance(e, AppliedUndef) and e.func.__name__ in names:
        yield e.func.__name__, tuple(free(a) for a in e.args)
    inner = dict(bound)
    if isinstance(e, sp.Subs):
        inner |= {v: free(p) for v, p in zip(e.variables, e.point, strict=True)}
    elif isinstance(e, (sp.Sum, sp.Product)):
        inner |= {x[0]: len(x) < 3 or any(free(end) or end.is_infinite for end in x[1:]) for x in e.limits}
    elif isinstance(e, sp.Integral):
        inner |= {x[0]: FREE for x in e.limits}
    elif isinstance(e, sp.Limit):
        inner |= {e.args[1]: free(e.args[2])}
    elif isinstance(e, sp.Derivative):
        # the variables of a derivative are no places where g is seen
        yield from _applications(e.expr, bound, names)
        return
    for a in e.args:
        if isinstance(a, (sp.Basic, sp.MatrixBase)):
            yield from _applications(a, inner, names)


def instances(proof: Callable[..., Any], symbols: Sequence[Any], like: Any = None,
              premises: Sequence[Any] = ()) -> Instances:
    """Which symbols of the candidate a proof sees only at numbers.

    Args:
        proof: receives the candidate, then ``premises``; returns named residuals.
        symbols: the candidate's symbols.
        like: the candidate itself, for its shape and sign (a scalar if left out).

    No single place may count for two: if one residual looks at g(n, 1) and another at g(2, x), no place sees n and x,
    and both are named. A proof that raises on an undefined function, takes too long, or keeps nothing of it, cannot
    be told.

    >>> n, x = sp.Symbol("n", integer=True, positive=True), sp.Symbol("x", real=True)
    >>> print(instances(lambda rhs: {f"n = {m}": rhs.subs(n, m) - x**m for m in (1, 2, 3)}, [n, x]))
    instances: n
    >>> print(instances(lambda rhs: {"base": rhs.subs(n, 0) - 1, "step": rhs.subs(n, n + 1) - x*rhs}, [n, x]))
    every symbol
    >>> print(instances(lambda rhs: {"something else": x - x}, [n, x]))
    it cannot be told which symbols the proof sees: the residuals keep nothing of an undefined function
    """
    symbols = sorted(set(symbols), key=str)
    if not symbols:
        return Instances(frozenset())
    try:
        with time_limit(SEE_SECONDS):
            stand_in, problem = attempt(_stand_in, like, symbols)
            if not problem:
                out, problem = attempt(proof, stand_in, *premises)
    except OutOfTime as late:
        return Instances(None, str(late))
    if problem:
        return Instances(None, f"on an undefined function it raised {problem}")
    names = {a.func.__name__ for e in scalars(stand_in) for a in e.atoms(AppliedUndef)}
    seen: dict[str, list[frozenset[Any]]] = {}
    for e in scalars(out):
        for name, kinds in _applications(e, {}, names):
            numbers = (s for s, kind in zip(symbols, kinds, strict=True) if kind is NUMBER)
            seen.setdefault(name, []).append(frozenset(numbers))
    if not seen:
        return Instances(None, "the residuals keep nothing of an undefined function")
    found: set[Any] = set()
    for at_numbers in seen.values():
        fewest = min(map(len, at_numbers))
        found |= {s for place in at_numbers if len(place) == fewest for s in place}
    return Instances(frozenset(found))


def symbols_of(residuals: Any) -> dict[Any, str]:
    """All symbols, functions and indexed quantities in residuals, each with what is assumed of it in words ('' if
    nothing).

    Those too that neither side of the claim holds: a proof with a positive u proves something of positive u only.

    >>> u, v = sp.symbols("u v", positive=True)
    >>> symbols_of({"product": Nonneg(u * v)})
    {u: '$u$ positive', v: '$v$ positive'}
    """
    found: dict[Any, str] = {}
    for e in scalars(residuals):
        indexed = e.atoms(sp.Indexed)
        labels = {i.base.label for i in indexed}
        for s in e.free_symbols - labels:
            if isinstance(s, (sp.Symbol, sp.MatrixSymbol)):
                found[s] = in_words(s)
        found |= {i.base: _named(sp.latex(i.base.label), i) for i in indexed}
        found |= {a.func: _named(sp.latex(sp.Symbol(a.func.__name__)), a) for a in e.atoms(AppliedUndef)}
    return dict(sorted(found.items(), key=lambda item: str(item[0])))


def _named(name: str, value: Any) -> str:
    """What is assumed of the values of a function or an indexed quantity."""
    sign = next((a for a in SIGNS if getattr(value, f"is_{a}")), "")
    words = [w for w in (sign, "integer" if value.is_integer else "") if w]
    return f"${name}$ {' '.join(words)}" if words else ""
