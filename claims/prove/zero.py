"""Sound zero-testing: is this residual identically zero, provably not, or undecided?

``zero`` needs an exact symbolic reduction to the literal 0 that a 30-digit evaluation does not contradict; ``nonzero`` needs a point
(exact rational values that respect the symbols' assumptions and the claim's domain, and the edges of these assumptions) where the residual is
visibly different from 0; everything else is ``undecided``, and never passes: ``None``, truth values, floats, NaN, infinities, unevaluated
integrals or limits, residuals that are merely small.

>>> from sympy import symbols, sin, cos
>>> x = symbols("x", real=True)
>>> decide(sin(x)**2 + cos(x)**2 - 1, ("trigsimp",)).status
'zero'
>>> decide(sin(x)**2 + cos(x)**2 - 1).status
'undecided'
>>> decide((x + 1)**2 - x**2 - 2*x - 2).status
'nonzero'
"""

from __future__ import annotations

import math
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import mpmath
import sympy as sp
from sympy.core.function import AppliedUndef

from ..errors import ClaimError
from ..say.evaluate import arbitrary, digits

DIGITS = 30
SMALL = sp.Float("1e-18", DIGITS)


class OutOfTime(BaseException):
    """A symbolic step took longer than its limit (no ``Exception``, so that nothing on the way can swallow it)."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the body after ``seconds`` of this process's CPU time: what a busy machine takes away must not change a verdict (main thread only; elsewhere no limit)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: Any) -> None:
        raise OutOfTime(f"no answer within {seconds:g} s")

    # An exception raised while a finaliser happens to run is swallowed there; so the bell rings again until it is heard.
    again = 1.0

    before = signal.signal(signal.SIGPROF, ring)
    outer = signal.setitimer(signal.ITIMER_PROF, seconds, again)[0]
    started = time.process_time()
    if 0 < outer < seconds:
        signal.setitimer(signal.ITIMER_PROF, outer, again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if outer > 0:
            # a limit around this one goes on; one that has run out meanwhile rings at once
            signal.setitimer(signal.ITIMER_PROF, max(outer - (time.process_time() - started), 1e-3), again)


@dataclass(frozen=True)
class Zero:
    """A residual that must vanish, with tactics of its own (names of :data:`TACTICS`, in order).

    >>> x = sp.Symbol("x", real=True)
    >>> decide(Zero(sp.cos(2 * x) - 2 * sp.cos(x)**2 + 1, "trigsimp")).status
    'zero'
    """

    expr: Any
    tactics: tuple[str, ...] = ()

    def __init__(self, expr: Any, *tactics: str) -> None:
        object.__setattr__(self, "expr", expr)
        object.__setattr__(self, "tactics", tactics)


@dataclass(frozen=True)
class Nonneg:
    """A certificate that must be non-negative for all admissible values of its symbols; the second and further arguments are tactics.

    >>> a, b = sp.symbols("a b", positive=True)
    >>> decide(Nonneg(a + b - 2 * sp.sqrt(a * b))).status, decide(Nonneg(a - b)).status
    ('zero', 'nonzero')
    """

    expr: Any
    tactics: tuple[str, ...] = ()
    strict = False

    def __init__(self, expr: Any, *tactics: str) -> None:
        object.__setattr__(self, "expr", expr)
        object.__setattr__(self, "tactics", tactics)


class Positive(Nonneg):
    """A certificate that must be strictly positive.

    >>> x = sp.Symbol("x", real=True)
    >>> decide(Positive(1 + x**2)).status, decide(Positive(x**2)).status
    ('zero', 'undecided')
    """

    strict = True


@dataclass(frozen=True)
class Finding:
    """What a test of one residual found: ``status`` is zero (it holds), nonzero (refuted) or undecided."""

    status: str
    residual: Any = None
    tactic: str = ""
    point: Mapping[Any, Any] = field(default_factory=dict)
    value: Any = None
    why: str = ""

    def __str__(self) -> str:
        if self.status == "zero":
            return f"vanishes ({self.tactic})" if self.tactic else "vanishes"
        at = ", ".join(f"{k} = {v}" for k, v in self.point.items())
        if self.status == "nonzero":
            return f"residual {self.residual} = {self.value}" + (f" at {at}" if at else "")
        return f"undecided: {self.why}; left over: {self.residual}"


def not_positive(e: sp.Expr) -> str:
    """What keeps a forced tactic from being an identity on ``e`` ('' if nothing does).

    log(ab) = log a + log b, (ab)^c = a^c b^c and (a^b)^c = a^(bc) hold for positive a, b and real exponents, so every factor under a logarithm
    or a power that is not whole must be shown positive, and everything else real. Positive symbols alone are not enough:

    >>> p = sp.Symbol("p", positive=True)
    >>> not_positive(sp.log(p * (p + 1))), not_positive(sp.log((p - 1)**2))
    ('', 'p - 1 is not shown to be positive')
    """
    if e.has(sp.I):
        return "the expression holds I"
    # forcing takes every symbol for positive, and a function that looks at signs would then lose them: |x| would become x
    signs = next((f for f in sorted(e.atoms(*SIGNED), key=str) if any(s.is_positive is None for s in f.free_symbols)), None)
    if signs is not None:
        return f"{signs} depends on a sign that is not known"
    loose = next((str(s) for s in sorted(e.free_symbols | e.atoms(AppliedUndef), key=str) if s.is_extended_real is None and not isinstance(s, sp.IndexedBase)), "")
    if loose:
        return f"{loose} is not declared real"
    heads = [b for p in e.atoms(sp.Pow) if not p.exp.is_integer for b in sp.Mul.make_args(p.base)]
    heads += [b for a in e.atoms(sp.log) for b in sp.Mul.make_args(a.args[0])]
    for head in heads:
        while isinstance(head, sp.Pow) and head.exp.is_real:
            head = head.base
        if not head.is_positive and not _sign(head, True, ()):
            return f"{head} is not shown to be positive"
    return ""


def _forced(step: Callable[[sp.Expr], sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    return lambda e: e if not_positive(e) else step(e)


def free_symbols(e: Any) -> set[Any]:
    """Free symbols without the parts of indexed quantities (``f[s]`` counts as a value of its own, not as ``f``)."""
    labels = {i.base.label for i in e.atoms(sp.Indexed)}
    return {s for s in e.free_symbols if isinstance(s, (sp.Symbol, sp.MatrixSymbol)) and s not in labels}


def split_sums(e: sp.Expr) -> sp.Expr:
    """Sums and products of symbolic length with whole-number offsets in their limits, written over common limits plus single terms.

    >>> k, n = sp.symbols("k n", integer=True, positive=True)
    >>> f = sp.IndexedBase("f")
    >>> split_sums(sp.Sum(f[k], (k, 0, n + 1)) - sp.Sum(f[k], (k, 0, n)))
    f[n + 1]
    """
    sums = [s for s in e.atoms(sp.Sum, sp.Product) if len(s.limits) == 1 and len(s.limits[0]) == 3]
    lows = [s.limits[0][1] for s in sums if s.limits[0][1].is_Integer]
    if not sums or any(abs(low) > 8 for low in lows):
        return e
    mapping = {}
    for s in sums:
        (k, low, high), f = s.limits[0], s.function
        offset, rest = high.as_coeff_Add()
        if not offset.is_Integer or abs(offset) > 8 or high == sp.oo:
            offset, rest = sp.Integer(0), high
        extra = [f.subs(k, rest + j) for j in range(1, int(offset) + 1)]
        fewer = [f.subs(k, rest - j) for j in range(0, -int(offset))]
        if low.is_Integer and lows:
            extra += [f.subs(k, j) for j in range(int(low), int(max(lows)))]
            low = max(lows)
        body = s.func(f, (k, low, rest))
        if isinstance(s, sp.Sum):
            mapping[s] = body + sum(extra) - sum(fewer)
        else:
            mapping[s] = body * sp.prod(extra) / sp.prod(fewer)
    return e.xreplace(mapping)


def _numerator(e: sp.Expr) -> sp.Expr:
    return sp.expand(sp.fraction(sp.together(e))[0])


TACTICS: dict[str, Callable[[sp.Expr], sp.Expr]] = {
    "expand": sp.expand,
    "cancel": sp.cancel,
    "together": _numerator,
    "factor": sp.factor,
    "apart": sp.apart,
    "trigsimp": sp.trigsimp,
    "expand_trig": sp.expand_trig,
    "gammasimp": sp.gammasimp,
    "combsimp": sp.combsimp,
    "powsimp": sp.powsimp,
    "powdenest": sp.powdenest,
    "expand_log": sp.expand_log,
    "logcombine": sp.logcombine,
    "expand_power_base": sp.expand_power_base,
    "expand_power_exp": sp.expand_power_exp,
    "expand_func": sp.expand_func,
    "expand_complex": sp.expand_complex,
    "rewrite_exp": lambda e: e.rewrite(sp.exp),
    "radsimp": sp.radsimp,
    "sqrtdenest": sp.sqrtdenest,
    "doit": lambda e: e.doit(),
    "piecewise_fold": sp.piecewise_fold,
    "split_sums": lambda e: sp.expand(split_sums(e)),
    "force_expand_log": _forced(lambda e: sp.expand_log(e, force=True)),
    "force_expand_power_base": _forced(lambda e: sp.expand_power_base(e, force=True)),
    "force_powdenest": _forced(lambda e: sp.powdenest(e, force=True)),
    "force_powsimp": _forced(lambda e: sp.powsimp(e, force=True)),
    "force_logcombine": _forced(lambda e: sp.logcombine(e, force=True)),
}
DEFAULT = ("expand", "together", "powsimp", "split_sums")
SIGNED = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise, sp.Heaviside, sp.DiracDelta, sp.KroneckerDelta, sp.floor, sp.ceiling, sp.re, sp.im, sp.arg, sp.conjugate, sp.atan2)
UNFINISHED = (sp.Integral, sp.Limit, sp.Sum, sp.Product)


def entries(residual: Any) -> list[Any]:
    """The scalar parts of a residual: entries of matrices, members of tuples."""
    if isinstance(residual, sp.MatrixBase):
        return list(residual)
    if isinstance(residual, sp.MatrixExpr):
        if residual.is_ZeroMatrix:
            return [sp.S.Zero]
        try:
            return list(residual.doit().as_explicit())
        except (ValueError, TypeError):
            return [residual]
    if isinstance(residual, (list, tuple, sp.Tuple, sp.Array)) or (hasattr(residual, "ravel") and getattr(residual, "dtype", None) == object):
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


class Sampler:
    """Exact random points: respects the assumptions of symbols and, where given, the domain of the claim.

    ``domain`` is a list of dictionaries symbol → value (grid points of a claim). Symbols that it names take values of one of these
    points, or, for real symbols, rationals between its smallest and largest value.
    """

    def __init__(self, domain: Sequence[Mapping[Any, Any]] = (), free: bool = True, seed: int = 0) -> None:
        self.domain, self.free, self.random = list(domain), free, random.Random(seed)
        self._signs: dict[Any, list[int]] = {}
        self._ranges: dict[Any, tuple[Any, Any] | None] = {}
        # visit the grid in strides, so that a few points differ in every coordinate
        n, self._turn = len(self.domain), 0
        self._stride = next((k for k in range(max(n * 2 // 3, 1), n + 2) if math.gcd(k, max(n, 1)) == 1), 1)

    def _rational(self, low: Any, high: Any) -> sp.Rational:
        # Small denominators: SymPy factors the bases and exponents of exact powers.
        low, high = (x if isinstance(x, sp.Rational) else sp.Rational(f"{float(x):.2g}") for x in (low, high))
        q = self.random.choice((5, 7, 11, 13))
        return low + (high - low) * sp.Rational(self.random.randint(1, q - 1), q)

    def _sign(self, s: Any) -> int:
        """+1 or −1; two draws for one symbol in a row have both signs."""
        left = self._signs.setdefault(s, [])
        if not left:
            left += self.random.sample((1, -1), 2)
        return left.pop()

    def draw(self, s: Any) -> Any:
        r = self.random
        if isinstance(s, sp.MatrixSymbol):
            rows, columns = s.shape
            if not (rows.is_Integer and columns.is_Integer):
                raise ValueError(f"{s} has no explicit shape")
            return sp.ImmutableMatrix(int(rows), int(columns), lambda i, j: self._rational(-2, 2))
        if s.is_zero:
            return sp.Integer(0)
        if s.is_integer:
            n = r.randint(2, 7)
            n = 2 * n if s.is_even else 2 * n + 1 if s.is_odd else n
            return sp.Integer(-n if s.is_negative or (s.is_nonnegative is None and s.is_positive is None and r.random() < 0.4) else n)
        if s.is_negative or s.is_nonpositive:
            return -self._rational(0.1, 3)
        if s.is_positive or s.is_nonnegative:
            return self._rational(0.1, 3)
        if s.is_imaginary:
            return sp.I * self._rational(-2, 2)
        if s.is_real or s.is_extended_real:
            return self._sign(s) * self._rational(0, 2)
        return self._rational(-3, 3) + sp.I * self._rational(-4, 4)

    def _range(self, s: Any) -> tuple[Any, Any] | None:
        """Smallest and largest value of a symbol that may lie between the points of the domain."""
        if s not in self._ranges:
            values = [p[s] for p in self.domain if s in p]
            numeric = all(getattr(sp.sympify(w), "is_real", False) for w in values)
            between = self.free and numeric and not s.is_integer and any(not sp.sympify(w).is_integer for w in values)
            self._ranges[s] = (min(values), max(values)) if between else None
        return self._ranges[s]

    def point(self, symbols: set[sp.Symbol]) -> dict[sp.Symbol, sp.Expr]:
        fixed: dict[Any, Any] = {}
        if self.domain:
            chosen = self.domain[(self._turn * self._stride) % len(self.domain)]
            self._turn += 1
            for s, v in chosen.items():
                limits = self._range(s)
                if limits is not None:
                    low, high = limits
                    fixed[s] = self._rational(low, high) if low != high else sp.nsimplify(low, rational=True)
                else:
                    fixed[s] = sp.nsimplify(v, rational=True) if isinstance(v, float) else sp.sympify(v)
        return {s: fixed[s] if s in fixed else self.draw(s) for s in sorted(symbols, key=str)}

    def edge(self, symbols: set[sp.Symbol]) -> dict[sp.Symbol, sp.Expr] | None:
        """A point where every symbol that has one is at the edge of its assumptions (``None``: none has).

        The smallest whole number allowed, 0, or close to an open end. Symbols that the domain names stay with its points: it may hold what
        their assumptions cannot say (a < b).

        >>> n, a = sp.Symbol("n", integer=True, positive=True), sp.Symbol("a", nonnegative=True)
        >>> Sampler().edge({n, a})
        {a: 0, n: 1}
        """
        edges = {s: _edge(s) for s in symbols if not any(s in p for p in self.domain)}
        if all(v is None for v in edges.values()):
            return None
        return self.point(symbols) | {s: v for s, v in sorted(edges.items(), key=str) if v is not None}


def _edge(s: Any) -> sp.Expr | None:
    if isinstance(s, sp.MatrixSymbol) or not (s.is_nonnegative or s.is_nonpositive):
        return None
    sign = 1 if s.is_nonnegative else -1
    if s.is_integer:
        least = 1 if s.is_odd else 0
        return sp.Integer(sign * (least or (2 if s.is_even else 1) if s.is_nonzero else least))
    return sp.Rational(sign, 1000) if s.is_nonzero else sp.S.Zero


def _known(v: Any) -> bool:
    """Whether a value of ``N`` is known well enough to tell it from 0: ``evalf`` gives its precision in bits."""
    parts = v.as_real_imag() if v.has(sp.I) else (v,)
    return any(abs(part) > SMALL and getattr(part, "_prec", 53) >= 16 for part in parts)


def numeric(e: sp.Expr, point: Mapping[Any, Any]) -> sp.Expr | None:
    """The value of ``e`` at an exact point with 30 digits; ``None`` if it cannot be had (never a guess)."""
    try:
        v = e.xreplace(dict(point))
        if any(isinstance(value, sp.MatrixBase) for value in point.values()):
            v = v.doit()
        if v.has(sp.Sum, sp.Product):
            v = v.doit()
        indexed = v.atoms(sp.Indexed)
        if indexed:
            v = v.xreplace({i: arbitrary(i) for i in indexed})
        if not v.is_number:
            return None
        # a difference that is exactly 0 makes evalf raise its precision up to maxn, which is slow where it integrates
        v = sp.N(v, DIGITS, maxn=60 if v.has(sp.Integral, sp.Sum, sp.Product, sp.Limit) else 2000)
    except (OutOfTime, KeyboardInterrupt):
        raise
    except Exception:  # noqa: BLE001 - SymPy raises many kinds; each means "no value", which never passes
        return None
    if v.has(sp.nan, sp.zoo, sp.oo) or not all(part.is_Float or part.is_Rational for part in v.as_real_imag()):
        return None
    return v


def _concrete(e: sp.Expr, r: random.Random) -> sp.Expr | None:
    """An instance of ``e`` in which undefined functions are particular ones (rational, of their declared sign): what fails there, fails."""
    functions = {a.func: len(a.args) for a in e.atoms(AppliedUndef)}
    if not functions:
        return e
    if any(sp.oo in (abs(low), abs(high)) for a in e.atoms(sp.Sum, sp.Product, sp.Integral) for _, low, high in (x for x in a.limits if len(x) == 3)):
        return None  # may diverge for the particular function

    def instance(f: Any, count: int) -> Callable[..., sp.Expr] | None:
        c = [sp.Rational(r.randint(5, 40), 23) * r.choice((-1, 1)) for _ in range(3 * count + 2)]

        def body(*a: Any) -> sp.Expr:
            value = c[0] + sum(c[3 * i + 2] * x + c[3 * i + 3] * x**2 + c[3 * i + 4] / (2 + x**2) for i, x in enumerate(a)) + c[1] * sp.prod(a)
            probe = f(*[sp.Dummy(real=True) for _ in range(count)])
            if probe.is_nonnegative:
                return value**2 + sp.Rational(1, 9)
            return -(value**2) - sp.Rational(1, 9) if probe.is_nonpositive else value

        return body

    try:
        for f in sorted(functions, key=str):
            if f(*[sp.Dummy(real=True) for _ in range(functions[f])]).is_integer:
                return None
            e = e.replace(f, instance(f, functions[f]))
        return e.doit()
    except (OutOfTime, KeyboardInterrupt):
        raise
    except Exception:  # noqa: BLE001 - no instance, no witness
        return None


def witness(e: sp.Expr, sampler: Sampler, tries: int = 3, sign: bool = False, edges: bool = False) -> tuple[dict, sp.Expr] | None:
    """A point where ``e`` is not zero (with ``sign``: is negative), and its value there; with ``edges``, looked for first where assumptions end."""
    shown = _concrete(e, sampler.random)
    if shown is None:
        return None
    symbols = free_symbols(shown)
    for turn in range(max(tries, min(6, len(sampler.domain))) + edges):
        try:
            p = sampler.edge(symbols) if edges and not turn else sampler.point(symbols)
        except ValueError:
            return None
        if p is None:
            continue
        quick = digits(shown, p, DIGITS)
        if quick is not None:
            # fast where it is clear-cut; SymPy's own evaluation, which keeps track of lost digits, decides the rest
            v, size = quick
            if abs(v) <= 1e-25 * max(size, 1):
                continue
            if abs(v) > 1e-12 * max(size, 1e-6):
                if not sign:
                    return p, sp.sympify(v)
                if abs(mpmath.im(v)) < 1e-20 * abs(v):
                    if mpmath.re(v) < 0:
                        return p, sp.sympify(mpmath.re(v))
                    continue
        v = numeric(shown, p)
        if v is None:
            continue
        if sign:
            if sp.im(v) == 0 and v < -SMALL and _known(v):
                return p, v
        elif _known(v):
            return p, v
    return None


def _reduce(e: sp.Expr, tactics: Sequence[str]) -> tuple[bool, sp.Expr, str]:
    """Apply the default tactics, then the named ones one after the other; stop at the literal zero."""
    left = e
    tried: list[str] = []
    if left == 0:
        return True, left, "identical"
    for name in (*DEFAULT, *tactics):
        if name not in TACTICS:
            raise ClaimError(f"unknown tactic {name!r}; known: {', '.join(sorted(TACTICS))}")
    for name in DEFAULT:
        try:
            left = TACTICS[name](e)
        except OutOfTime:
            raise
        except Exception:  # noqa: BLE001 - a tactic that cannot handle the form changes nothing
            left = e
        if left == 0:
            return True, left, name
    left = e
    for name in tactics:
        try:
            left = TACTICS[name](left)
        except OutOfTime:
            raise
        except Exception:  # noqa: BLE001
            continue
        tried.append(name)
        if left == 0:
            return True, left, " → ".join(tried)
        for last in DEFAULT:
            try:
                if TACTICS[last](left) == 0:
                    return True, sp.S.Zero, " → ".join([*tried, last])
            except OutOfTime:
                raise
            except Exception:  # noqa: BLE001
                pass
    return False, left, ""


def _sign(e: sp.Expr, strict: bool, tactics: Sequence[str]) -> str:
    """The tactic that shows the sign, or ''."""

    def holds(x: sp.Expr) -> bool:
        return bool(x.is_positive if strict else x.is_nonnegative)

    def roots(x: sp.Expr) -> sp.Expr:
        # positive symbols as squares, so that a - 2*sqrt(a*b) + b is seen as a square
        squares = {s: sp.Dummy(s.name, positive=True) for s in x.free_symbols if s.is_positive and not s.is_integer}
        return sp.factor(sp.powdenest(x.subs({s: d**2 for s, d in squares.items()}), force=False))

    forms = {"identical": lambda x: x, "together": sp.together, "roots": roots}
    for name in ("identical", "factor", "together", "expand", "roots", *tactics):
        try:
            form = forms.get(name, TACTICS.get(name))(e)
        except OutOfTime:
            raise
        except Exception:  # noqa: BLE001
            continue
        if holds(form):
            return name
    return ""


def decide(residual: Any, tactics: Sequence[str] = (), *, sampler: Sampler | None = None, refute_first: bool = False, refute_only: bool = False,
           seconds: float = 20.0) -> Finding:
    """Decide whether ``residual`` (scalar, matrix, tuple, :class:`Zero`, :class:`Nonneg`) holds.

    ``refute_first`` looks for a witness before it tries to prove (cheap for mutants, which are expected to fail); ``refute_only`` does not try to prove.
    Findings: ``zero`` – holds; ``nonzero`` – refuted, with point and value; ``undecided`` – with the reason and what is left.
    """
    sampler = sampler or Sampler()
    sign = isinstance(residual, Nonneg)
    strict = sign and residual.strict
    if isinstance(residual, (Zero, Nonneg)):
        tactics = (*residual.tactics, *tactics)
        residual = residual.expr
    parts = entries(residual)
    if not parts:
        return Finding("undecided", residual, why="no residual at all (empty matrix or list)")
    used: list[str] = []
    undecided: Finding | None = None
    try:
        with time_limit(seconds):
            for e in parts:
                why = _invalid(e)
                if why:
                    # Another part may still refute; an invalid one can never pass.
                    undecided = undecided or Finding("undecided", e, why=why)
                    continue
                e = sp.sympify(e)
                if e in (sp.oo, -sp.oo, sp.zoo):
                    if sign and e == sp.oo:
                        continue
                    return Finding("nonzero", e, value=e)
                if refute_first or refute_only:
                    found = witness(e, sampler, 2, sign)
                    if found:
                        return Finding("nonzero", e, point=found[0], value=found[1])
                if refute_only:
                    undecided = undecided or Finding("undecided", e, why="no witness against it")
                    continue
                if sign:
                    tactic = _sign(e, strict, tactics)
                    found = None if refute_first and not tactic else witness(e, sampler, 4, True, edges=True)
                    ok, left = bool(tactic), e
                else:
                    ok, left, tactic = _reduce(e, tactics)
                    found = None if refute_first and not ok else witness(e, sampler, 4 if not ok else 1 if tactic in ("identical", "expand", "together") else 3, edges=True)
                if found:
                    return Finding("nonzero", left if left != 0 else e, point=found[0], value=found[1])
                if not ok:
                    note = "the sign is not shown" if sign else "no tactic reduces it to 0"
                    unforced = next((f"{name} was not applied: {why}" for name in tactics if name.startswith("force_") and (why := not_positive(left))), "")
                    if unforced and not sign:
                        note = unforced
                    elif left.has(*UNFINISHED):
                        note = f"unevaluated {', '.join(sorted({type(a).__name__ for a in left.atoms(*UNFINISHED)}))}"
                    undecided = undecided or Finding("undecided", left, why=note)
                used.append(tactic)
    except OutOfTime as late:
        return Finding("undecided", residual, why=str(late))
    return undecided or Finding("zero", sp.S.Zero, tactic=", ".join(dict.fromkeys(t for t in used if t)))
