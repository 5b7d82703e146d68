"""Zero-testing is sound: what is not proved never passes, what is not refuted at a point is never called wrong."""

from __future__ import annotations

import time

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import ClaimError, Nonneg, Positive, Zero
from claims.prove.decide import decide
from claims.prove.forced import not_positive
from claims.prove.gather import split as split_sums
from claims.prove.limits import OutOfTime, time_limit
from claims.prove.sampler import Sampler
from claims.prove.witness import numeric, witness

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", positive=True)
n, k = sp.symbols("n k", integer=True, positive=True)
z = sp.Symbol("z")
# a limit that rings while a finaliser runs is reported as unraisable, and rings again
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
g = sp.Function("g")
f = sp.IndexedBase("f", real=True)
unknown = sp.Integral(sp.exp(-x**2) * sp.sin(x**2 * sp.exp(x)), (x, 0, 1))
budget = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
                  database=None)


@pytest.mark.parametrize("residual, why", [
    (None, "None is not zero"), (True, "a truth value"), (sp.true, "a truth value"), (False, "a truth value"),
    (0.0, "a float is not exact"), (1e-40, "a float is not exact"),
    (sp.Float("1e-40"), "holds the float"), (sp.nan, "NaN is not zero"), (sp.Eq(x, y), "a relation is not a residual"),
    (x > y, "a relation"),
    ("0", "expected a SymPy expression, found str"), ([], "no residual at all"),
    (sp.Matrix(0, 0, []), "no residual at all"),
    (unknown - unknown.xreplace({x: y}), None),
    (sp.Limit(g(x), x, 0), None), (sp.Integral(g(x), (x, 0, 1)), None),
    (sp.Sum(g(k), (k, 1, sp.oo)), "unevaluated Sum"),
])
def test_never_a_pass(residual, why):
    finding = decide(residual, seconds=1)
    if why is None:
        assert finding.status != "zero"
    else:
        assert finding.status == "undecided" and why in str(finding)


SMALL = [sp.Rational(1, 10**k) for k in (8, 20, 29, 31, 60)] + [
    sp.exp(-200) * p, sp.Rational(1, 10**40) * x, sp.exp(sp.pi * sp.sqrt(163)) - 640320**3 - 744,
    sp.sin(sp.Integer(11)) - sp.sin(11 - sp.Rational(1, 10**35)),
    sp.log(1 + sp.Rational(1, 10**25)), p**n * sp.Rational(1, 10**30),
]


@pytest.mark.parametrize("residual", SMALL, ids=str)
def test_merely_small_is_not_zero(residual):
    assert decide(residual, seconds=3).status != "zero"
    assert decide(Zero(residual, "trigsimp", "expand_log", "powsimp")).status != "zero"


def test_what_is_left_is_printed():
    finding = decide(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1 + g(x) - g(x))
    assert str(finding) == "undecided: no tactic reduces it to 0; left over: sin(x)**2 + cos(x)**2 - 1"
    refuted = decide({"a": 0} and sp.sin(x) ** 2 + sp.cos(x) ** 2 - 2)
    assert refuted.status == "nonzero" and all(part in str(refuted) for part in ("residual", "= -1.0", "at x ="))


third = sp.Rational(1, 3)
TRUE = [
    ("", (x + y) ** 3 - x**3 - 3 * x**2 * y - 3 * x * y**2 - y**3),
    ("", 1 / (1 + p) + p / (1 + p) - 1),
    ("", sp.exp(x) * sp.exp(-x + y) - sp.exp(y)),
    ("", sp.Matrix([[1, x], [0, 1]]) * sp.Matrix([[1, -x], [0, 1]]) - sp.eye(2)),
    ("", sp.Sum(f[k], (k, 1, n + 1)) - sp.Sum(f[k], (k, 1, n)) - f[n + 1]),
    ("", sp.Sum(f[k], (k, 2, n)) + f[1] - sp.Sum(f[k], (k, 1, n))),
    ("", sp.sqrt(p) ** 2 * sp.sqrt(q) / sp.sqrt(q) - p),
    ("trigsimp", sp.cos(2 * x) - 2 * sp.cos(x) ** 2 + 1),
    ("expand_trig", sp.sin(x + y) - sp.sin(x) * sp.cos(y) - sp.cos(x) * sp.sin(y)),
    ("rewrite_exp", sp.cosh(x) - (sp.exp(x) + sp.exp(-x)) / 2),
    ("expand_log", sp.log(p**3 * q) - 3 * sp.log(p) - sp.log(q)),
    ("gammasimp", sp.gamma(p + 1) - p * sp.gamma(p)),
    ("combsimp", sp.binomial(n + 1, k) - sp.binomial(n, k) - sp.binomial(n, k - 1)),
    ("radsimp", 1 / (1 + sp.sqrt(2)) - sp.sqrt(2) + 1),
    ("sqrtdenest", sp.sqrt(5 + 2 * sp.sqrt(6)) - sp.sqrt(2) - sp.sqrt(3)),
    ("doit", sp.Integral(x**2, (x, 0, 1)) - sp.Rational(1, 3)),
    ("doit", sp.Sum(k, (k, 1, n)) - n * (n + 1) / 2),
    ("expand_complex", sp.exp(sp.I * x) - sp.cos(x) - sp.I * sp.sin(x)),
    ("force_expand_power_base", (p * (p + q)) ** third - p**third * (p + q) ** third),
    ("piecewise_fold", sp.Piecewise((x, x > 0), (-x, True)) * 2 - sp.Piecewise((2 * x, x > 0), (-2 * x, True))),
]


@pytest.mark.parametrize("tactic, residual", TRUE, ids=lambda v: str(v)[:60])
def test_true_formulas_in_unusual_forms_pass(tactic, residual):
    finding = decide(residual, (tactic,) if tactic else ())
    assert finding.status == "zero", finding


@pytest.mark.parametrize("tactic, residual", TRUE, ids=lambda v: str(v)[:60])
def test_and_are_refuted_when_one_thing_is_added(tactic, residual):
    extra = sp.eye(2) / 10**9 if getattr(residual, "is_Matrix", False) else sp.Rational(1, 10**9)
    assert decide(residual + extra, (tactic,) if tactic else ()).status == "nonzero"


FORCED = [
    ("force_expand_log", sp.log(x**2) - 2 * sp.log(x)), ("force_powdenest", sp.sqrt(x**2) - x),
    ("force_expand_power_base", sp.sqrt(x * y) - sp.sqrt(x) * sp.sqrt(y)),
    ("force_logcombine", sp.log(x) + sp.log(y) - sp.log(x * y)),
    ("force_expand_log", sp.log((p - 1) ** 2) - 2 * sp.log(p - 1)),
    ("force_powdenest", sp.sqrt((p - 2) ** 2) - (p - 2)), ("force_powdenest", sp.sqrt(z**2) - z),
]


@pytest.mark.parametrize("tactic, residual", FORCED, ids=str)
def test_forced_steps_are_not_taken_where_they_are_false(tactic, residual):
    """log(x²) = 2 log x and its like hold for positive x only: without that they must not pass."""
    finding = decide(residual, (tactic,))
    assert finding.status != "zero"
    assert finding.status == "nonzero" or "was not applied" in str(finding)


def test_an_unknown_tactic_is_an_error():
    with pytest.raises(ClaimError, match="unknown tactic 'simplify'"):
        decide(x - 1 + sp.sin(x), ("simplify",))


SIGNS = [
    (Nonneg((x - y) ** 2), "zero"), (Positive((x - y) ** 2), "undecided"), (Positive(1 + x**2), "zero"),
    (Nonneg(x), "nonzero"), (Nonneg(p + q - 2 * sp.sqrt(p * q)), "zero"),
    (Nonneg(p + q - sp.Rational(21, 10) * sp.sqrt(p * q)), "nonzero"), (Nonneg(p - sp.log(1 + p)), "undecided"),
    (Nonneg(sp.Rational(-1, 10**12) * p), "nonzero"), (Nonneg(sp.Integer(0)), "zero"),
    (Positive(sp.Integer(0)), "undecided"), (Nonneg(sp.I * p), "undecided"), (Nonneg(None), "undecided"),
    (Nonneg(sp.nan), "undecided"), (Nonneg(1.0), "undecided"),
]


@pytest.mark.parametrize("residual, status", SIGNS, ids=str)
def test_certificates(residual, status):
    assert decide(residual).status == status


def test_one_bad_part_spoils_the_whole():
    assert decide([x - x, None]).status == "undecided"
    assert decide([x - x, x - y, None]).status == "nonzero"
    assert decide(sp.Matrix([[0, sp.nan]])).status == "undecided"


def test_points_respect_assumptions_and_domain():
    sampler = Sampler()
    for _ in range(40):
        point = sampler.point({p, n, x, sp.Symbol("e", even=True), sp.Symbol("m", negative=True)})
        values = {str(s): v for s, v in point.items()}
        assert values["p"] > 0 and values["n"].is_integer and values["n"] > 0 > values["m"]
        assert values["x"].is_real and values["e"].is_even
        assert all(v.is_Rational for v in values.values())
    inside = Sampler([{p: sp.Rational(1, 2), n: 3}, {p: sp.Integer(2), n: 5}])
    for _ in range(20):
        point = inside.point({p, n})
        assert sp.Rational(1, 2) <= point[p] <= 2 and point[n] in (3, 5)


def test_a_formula_that_holds_on_the_domain_only_is_refuted_elsewhere_and_not_on_it():
    wrong_outside = sp.Abs(x - 1) - (x - 1)
    assert decide(wrong_outside).status == "nonzero"
    assert witness(wrong_outside, Sampler([{x: sp.Integer(2)}, {x: sp.Integer(5)}])) is None


def test_undefined_functions_are_refuted_by_an_instance_only():
    assert decide(g(x) ** 2 - g(x) * g(x)).status == "zero"
    assert decide(g(x + y) - g(x) - g(y)).status == "nonzero"
    assert decide(sp.Derivative(g(x) ** 2, x) - 2 * g(x) * sp.Derivative(g(x), x), ("doit",)).status == "zero"


def test_no_value_is_no_witness():
    assert numeric(sp.zeta(z), {}) is None and numeric(1 / x, {x: sp.Integer(0)}) is None
    assert numeric(sp.Integral(g(x), (x, 0, 1)), {}) is None
    assert abs(numeric(sp.sqrt(x), {x: sp.Integer(2)}) ** 2 - 2) < 1e-28


def test_cancelled_digits_are_no_witness():
    """A difference of large equal numbers is 0 up to lost digits; that must not refute."""
    huge = (sp.exp(50) + x) - sp.exp(50) - x
    assert decide(huge).status == "zero"
    identity = sp.sin(x + 10**6) - sp.sin(x) * sp.cos(10**6) - sp.cos(x) * sp.sin(10**6)
    assert witness(identity, Sampler()) is None and decide(identity, ("expand_trig",)).status == "zero"


def test_time_limit_interrupts_and_is_undecided():
    started = time.monotonic()
    slow = sp.expand((sum(sp.Symbol(f"u{i}") for i in range(9)) + 1) ** 2)
    finding = decide(sp.Integral(slow, (x, 0, 1)) ** 40 - sp.cos(g(x)) ** 40, ("expand",), seconds=0.3)
    assert finding.status != "zero" and time.monotonic() - started < 5
    with pytest.raises(OutOfTime), time_limit(0.05):
        while True:
            pass


def test_a_ring_that_a_finaliser_swallows_is_repeated():
    class Slow:
        def __del__(self):
            started = time.process_time()
            while time.process_time() - started < 0.2:
                pass

    with pytest.raises(OutOfTime), time_limit(0.05):
        kept = [Slow()]
        kept.clear()
        while True:
            pass


def test_an_outer_limit_survives_an_inner_one():
    with pytest.raises(OutOfTime), time_limit(0.2):
        with time_limit(5):
            pass
        while True:
            pass


def test_split_sums_leaves_other_sums_alone():
    endless = sp.Sum(f[k], (k, 1, sp.oo))
    assert split_sums(endless) == endless
    assert sp.expand(split_sums(sp.Sum(f[k], (k, 1, n - 1))) + f[n] - split_sums(sp.Sum(f[k], (k, 1, n)))) == 0


def test_what_forcing_needs_is_named():
    assert not_positive(sp.log(p * q)) == ""
    assert not_positive(sp.log(x)) == "x is not shown to be positive"
    assert not_positive(sp.sqrt(z)) == "z is not declared real"


# ---------------------------------------------------------------- properties

leaf = st.sampled_from([x, y, p, n, sp.Integer(-2), sp.Rational(2, 3), sp.sin(x), sp.exp(-p), sp.sqrt(p),
                        1 / (1 + x**2), sp.pi])
formulas = st.recursive(leaf, lambda inner: st.one_of(st.tuples(inner, inner).map(lambda v: v[0] + v[1]),
                                                      st.tuples(inner, inner).map(lambda v: v[0] * v[1]),
                                                      inner.map(lambda e: e**2)), max_leaves=4)


@budget
@given(formulas, formulas)
def test_an_identity_is_never_refuted(u, v):
    for residual in (sp.expand((u + v) ** 2) - u**2 - 2 * u * v - v**2, (u + v) * (u - v) - sp.expand(u**2 - v**2),
                     sp.exp(u) * sp.exp(v) - sp.exp(u + v)):
        assert decide(residual, seconds=2).status != "nonzero"


@budget
@given(formulas, st.sampled_from([sp.Rational(1, 7), sp.Rational(-1, 10**6), sp.pi / 10**9, sp.Rational(1, 10**18)]))
def test_a_constant_is_never_lost(e, c):
    assert decide(sp.expand((e + 1) ** 2) - e**2 - 2 * e - 1 + c, seconds=2).status != "zero"


@budget
@given(formulas, formulas)
def test_zero_means_that_no_point_contradicts(u, v):
    e = u**2 - v**2
    finding = decide(e, ("trigsimp",), seconds=2)
    at = {s: sp.Rational(3, 2) + i for i, s in enumerate(sorted(e.free_symbols, key=str))} | {n: sp.Integer(4)}
    value = abs(e.subs(at).evalf(40))
    assert finding.status != "zero" or value < 1e-30
    assert finding.status != "nonzero" or abs(e.subs(dict(finding.point)).evalf(40)) > 1e-25


@settings(budget, max_examples=20)
@given(st.lists(st.integers(-3, 3), min_size=2, max_size=4))
def test_a_certified_sign_is_right(coefficients):
    square = sum(c * x**i for i, c in enumerate(coefficients)) ** 2 + sp.Rational(1, 3)
    assert decide(Nonneg(square), seconds=2).status == decide(Positive(square), seconds=2).status == "zero"
    assert decide(Nonneg(square - 100), seconds=2).status == "nonzero"
    assert decide(Nonneg(-square), seconds=2).status == "nonzero"


n_whole, n_odd = sp.Symbol("n", integer=True, positive=True), sp.Symbol("m", odd=True, negative=True)
at_least_0, below_0 = sp.Symbol("a", nonnegative=True), sp.Symbol("b", negative=True)


@pytest.mark.parametrize("residual, point", [
    (sp.floor((n_whole + 1) / n_whole) - 1, {n_whole: 1}), (sp.sign(at_least_0) - 1, {at_least_0: 0}),
    (sp.floor(-1 / n_odd), {n_odd: -1}),
    (Nonneg(at_least_0 + sp.ceiling(at_least_0 / 9) - 1), {at_least_0: 0}),
    (sp.Max(0, below_0 + sp.Rational(1, 20)), {below_0: sp.Rational(-1, 1000)})])
def test_what_fails_only_where_assumptions_end_is_refuted(residual, point):
    found = decide(residual, sampler=Sampler())
    assert found.status == "nonzero" and dict(found.point) == point


def test_the_edge_leaves_the_domain_alone():
    """A claim for a < b may be false at the edges of a and b, where its domain never comes."""
    a, b, c = sp.symbols("a b c", positive=True)
    sampler = Sampler([{a: 1, b: 2}, {a: 3, b: 5}])
    point = sampler.edge({a, b, c})
    assert point[c] == sp.Rational(1, 1000) and (point[a], point[b]) in [(1, 2), (3, 5)]
    assert sampler.edge({a, b}) is None
    assert Sampler().edge({sp.Symbol("x", real=True)}) is None
