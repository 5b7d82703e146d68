r"""Symbols: numbers, vectors, matrices, sequences and functions, what is random in them, and what constrains them.

What a symbol is stands here once: samplers draw it, sign tests use it, cards list it.

>>> d = sp.Symbol("d", integer=True, positive=True)
>>> W = random(matrix("W", d, d), mean=0, variance=1 / d)
>>> in_words(W).removeprefix(r"$W$ random of shape $d \times d$, ")
'entries independent with mean $0$ and variance $\\frac{1}{d}$, independent of all else'
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from .. import session
from ..errors import ClaimError
from .heads import INDEXED, RANDOM_HEADS, SEQUENCES, AppliedVector, Head, function, head, sequence  # noqa: F401


@dataclass(frozen=True)
class Constraint:
    """A constraint that SymPy's assumptions cannot say: how a symbol that obeys it is drawn, and what it reads.

    ``draw(rng, shape)`` gives a float array of that shape; ``assumptions`` are those that it implies for a scalar.
    """

    words: str
    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
    assumptions: tuple[tuple[str, bool], ...] = ()


def _spd(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    a = rng.normal(size=shape)
    return a @ a.T + 0.5 * np.eye(shape[0])


def _symmetric(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    a = rng.normal(size=shape)
    return (a + a.T) / 2


def _orthogonal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=shape))
    return q * np.sign(np.diag(r))


def _unit(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    a = rng.normal(size=shape)
    return a / np.sqrt((a * a).sum())


CONSTRAINTS: dict[str, Constraint] = {
    "unit interval": Constraint("in $(0, 1)$", lambda rng, s: rng.uniform(0.03, 0.97, s), (("positive", True),)),
    "signed unit interval": Constraint("in $(-1, 1)$", lambda rng, s: rng.uniform(-0.97, 0.97, s), (("real", True),)),
    "above one": Constraint("above $1$", lambda rng, s: 1 + rng.exponential(2, s) + 0.1, (("positive", True),)),
    "above one turn": Constraint(r"above $2\pi$", lambda rng, s: 2 * np.pi * (1.1 + rng.exponential(5, s)),
                                 (("positive", True),)),
    "even above two": Constraint("even, at least $4$", lambda rng, s: 2 * rng.integers(2, 6, s),
                                 (("even", True), ("positive", True))),
    "simplex": Constraint("nonnegative with sum 1", lambda rng, s: rng.dirichlet(np.ones(s[0])).reshape(s)),
    "unit length": Constraint("of length 1", _unit),
    "symmetric": Constraint("symmetric", _symmetric),
    "positive definite": Constraint("symmetric and positive definite", _spd),
    "orthogonal": Constraint("orthogonal", _orthogonal),
    "orthonormal columns": Constraint("with orthonormal columns", _orthogonal),
    "invertible": Constraint("invertible", lambda rng, s: _orthogonal(rng, s) @ _spd(rng, s)),
}


@dataclass(frozen=True)
class Law:
    """What is declared of a random symbol (``None``: not declared): entries are independent with this mean and
    variance, or the vector has this mean and covariance matrix."""

    mean: Any = None
    variance: Any = None
    normal: bool = False
    independent: bool = True
    covariance: Any = None

    @property
    def parameters(self) -> tuple[Any, ...]:
        """What it is declared by, as expressions."""
        return tuple(v for v in (self.mean, self.variance, self.covariance) if v is not None)


constraints: dict[Any, str] = {}
laws: dict[Any, Law] = {}


def _constrained(symbol: Any, constraint: str) -> Any:
    if constraint and constraint not in CONSTRAINTS:
        raise ClaimError(f"{symbol}: expected one of the constraints {', '.join(CONSTRAINTS)}, found {constraint!r}")
    if session.building() and constraints.get(symbol, constraint) != constraint:
        raise ClaimError(
            f"{symbol}: it was declared {constraints[symbol]} above; one letter, one meaning: use another name")
    if not session.building():
        laws.pop(symbol, None)
    constraints.pop(symbol, None)
    ranges.pop(symbol, None)
    if constraint:
        constraints[symbol] = constraint
    return symbol


def scalar(name: str, constraint: str = "", **assumptions: bool) -> sp.Symbol:
    """A number with SymPy assumptions and, if named, a constraint of :data:`CONSTRAINTS`.

    >>> q = scalar("q", "unit interval")
    >>> q.is_positive, in_words(q)
    (True, '$q$ in $(0, 1)$')
    """
    implied = dict(CONSTRAINTS[constraint].assumptions) if constraint in CONSTRAINTS else {}
    return _constrained(sp.Symbol(name, **(implied | assumptions or {"real": True})), constraint)


def vector(name: str, size: Any, constraint: str = "") -> sp.MatrixSymbol:
    """A column vector with ``size`` entries (symbolic or whole); as samples: arrays (…, size).

    >>> vector("x", sp.Symbol("d", integer=True, positive=True)).shape
    (d, 1)
    """
    return _constrained(sp.MatrixSymbol(name, size, 1), constraint)


def matrix(name: str, rows: Any, columns: Any = None, constraint: str = "") -> sp.MatrixSymbol:
    """A matrix, square if ``columns`` is left out.

    >>> matrix("S", 3, constraint="positive definite").shape
    (3, 3)
    """
    return _constrained(sp.MatrixSymbol(name, rows, rows if columns is None else columns), constraint)


def random(symbol: Any, *, mean: Any = None, variance: Any = None, covariance: Any = None, law: str = "",
           independent: bool = True) -> Any:
    """Declare ``symbol`` random, and return it: the first axis of its samples is the repetition.

    Args:
        mean, variance: of every entry, if known; entries are then independent of each other.
        covariance: of a vector, instead of ``variance``: a matrix; ``mean`` may then be a vector.
        law: ``"normal"`` (mean 0 and variance 1 unless given) or ``""``.
        independent: of every other random symbol; ``False`` for states that depend on what came before.

    >>> z = random(sp.Symbol("z", real=True), law="normal")
    >>> laws[z].variance
    1
    """
    if law not in ("", "normal"):
        raise ClaimError(f"random({symbol}): expected law='normal' or none, found {law!r}")
    if covariance is not None and (variance is not None or getattr(symbol, "shape", (0, 0))[1] != 1):
        raise ClaimError(f"random({symbol}): a covariance matrix is that of a vector, and stands instead of variance=")
    if law or covariance is not None:
        mean = 0 if mean is None else mean
        variance = 1 if variance is None and covariance is None else variance
    mean, variance, covariance = (None if v is None else sp.sympify(v) for v in (mean, variance, covariance))
    law_now = Law(mean, variance, law == "normal", independent, covariance)
    if session.building() and laws.get(symbol, law_now) != law_now:
        raise ClaimError(
            f"random({symbol}): it was declared with another law above; one letter, one meaning: use another name")
    laws[symbol] = law_now
    return symbol


extents: dict[Any, tuple[tuple[Any, ...], int]] = {}
"""Indexed quantities that were declared → their lengths and first index (no part of the object: n − 1 entries are
entries of the same)."""


def indexed(name: str, *shape: Any, first: int = 1, **assumptions: bool) -> sp.IndexedBase:
    """Numbers with one or more indices, ``z[i]``, counted from ``first``; as samples: one array of this shape.

    >>> z = indexed("z", sp.Symbol("n", integer=True, positive=True))
    >>> z[2].is_real, shape_of(z)
    (True, (n,))
    """
    if not shape:
        raise ClaimError(f"indexed({name!r}): give its length, or lengths")
    base = sp.IndexedBase(name, **(assumptions or {"real": True}))
    extents[base] = (tuple(map(sp.sympify, shape)), first)
    return base


ranges: dict[Any, tuple[Any, Any]] = {}
"""Indices that were declared → first and last value."""


def index(name: str, last: Any, first: Any = 1) -> sp.Symbol:
    """A whole number from ``first`` to ``last``: an index that may stand for any of them.

    >>> i = index("i", sp.Symbol("n", integer=True, positive=True))
    >>> in_words(i)
    '$i$ in $1, …, n$'
    """
    first, last = sp.sympify(first), sp.sympify(last)
    sign = {"positive": True} if first.is_positive else {"nonnegative": True} if first.is_nonnegative else {}
    symbol = _constrained(sp.Symbol(name, integer=True, **sign), "")
    ranges[symbol] = (first, last)
    return symbol


def shape_of(e: Any) -> tuple[Any, ...]:
    """Shape of a vector, a matrix or an indexed quantity; () of a number.

    >>> shape_of(vector("x", 3)), shape_of(sp.Symbol("x"))
    ((3, 1), ())
    """
    return extents[e][0] if e in extents else tuple(getattr(e, "shape", None) or ())


def is_random(e: Any) -> bool:
    """Whether a symbol or a member of a sequence was declared random."""
    return e in laws or head(e) in RANDOM_HEADS


def random_atoms(e: Any) -> set[Any]:
    """The random symbols and members of random sequences in ``e``.

    >>> z = random(sp.Symbol("z", real=True), mean=0)
    >>> random_atoms(z**2 + sp.Symbol("a"))
    {z}
    """
    if not isinstance(e, (sp.Basic, sp.MatrixBase)):
        return set()
    return {a for a in sp.preorder_traversal(e) if is_random(a)}


def law_of(e: Any) -> Law:
    """The declared law (nothing is known of members of sequences)."""
    return laws.get(e, Law(independent=False))


def keyword(e: Any, spelled: bool = False) -> str:
    r"""The keyword under which a trial gives or receives ``e``: its name without what an identifier cannot hold.

    >>> keyword(sp.Symbol(r"\bar\alpha_t")), keyword(sequence("x", size=3)(sp.Symbol("t") + 1)), keyword(vector("u", 3))
    ('baralpha_t', 'x_t1', 'u')

    ``spelled`` tells x_{t+1} from x_{t-1}: x_tp1, x_tm1.
    """
    name = head(e)
    if name:
        arguments = e.arguments if isinstance(e, AppliedVector) else e.args
        inside = [str(a).replace("-", "m").replace("+", "p") if spelled else str(a) for a in arguments]
        name = "_".join([name, *inside]) if name in SEQUENCES else name
    return _identifier(name or e)


@functools.lru_cache(maxsize=4096)
def _identifier(e: Any) -> str:
    return re.sub(r"\W", "", str(e)).lstrip("0123456789")


def in_words(s: Any) -> str:
    """What is assumed of a symbol, as text with inline mathematics ('' if nothing)."""
    name = sp.latex(s) if not isinstance(s, sp.MatrixSymbol) else s.name
    words = []
    if s in laws:
        words.append("random")
    if isinstance(s, sp.MatrixSymbol):
        rows, columns = (sp.latex(n) for n in s.shape)
        words.append(f"of shape ${rows} \\times {columns}$" if s.shape[1] != 1 else f"with ${rows}$ entries")
    if s in ranges:
        words.append("in ${}, …, {}$".format(*map(sp.latex, ranges[s])))
    elif s in constraints:
        words.append(CONSTRAINTS[constraints[s]].words)
    elif isinstance(s, sp.Symbol):
        kind = ("positive" if s.is_positive else "negative" if s.is_negative else "nonnegative"
                if s.is_nonnegative else "")
        words += [w for w in (kind, "integer" if s.is_integer else "real" if s.is_real and not kind else "") if w]
    text = " ".join(words)
    law = laws.get(s)
    if law:
        moments = (("mean", law.mean), ("variance", law.variance), ("covariance", law.covariance))
        known = [f"{w} ${sp.latex(v)}$" for w, v in moments if v is not None]
        entries = "entries independent" if isinstance(s, sp.MatrixSymbol) and law.covariance is None else ""
        if law.normal:
            entries += " and normal" if entries else "normal"
        if known:
            text += f", {entries} with {' and '.join(known)}" if entries else f" with {' and '.join(known)}"
        if law.independent:
            text += ", independent of all else"
    return f"${name}$ {text}" if text else ""


def assumed(*expressions: Any) -> list[str]:
    """What is assumed of the symbols of these expressions, each once, in a fixed order."""
    found: set[Any] = set()
    for e in expressions:
        if isinstance(e, (sp.Basic, sp.MatrixBase)):
            found |= {s for s in e.free_symbols if isinstance(s, (sp.Symbol, sp.MatrixSymbol))}
    return [w for s in sorted(found, key=str) if (w := in_words(s))]
