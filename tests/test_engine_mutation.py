"""Planted errors: for every mutation operator of the design, wrong formulas that the operator must find and that proof
and trial must refute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import claim, define
from claims.attack.formulas import equivalent
from claims.case import Case
from claims.attack.mutate import LIMIT, mutants
from claims.prove.decide import decide
from claims.prove.findings import Status
from claims.prove.sampler import Sampler

pytestmark = pytest.mark.usefixtures("notebook")

x, a, b, c = sp.symbols("x a b c", positive=True)
n, k = sp.symbols("n k", integer=True, positive=True)
f = sp.IndexedBase("f")
A, B = sp.MatrixSymbol("A", 2, 2), sp.MatrixSymbol("B", 2, 2)
HALF = sp.Rational(1, 2)
GRID = {x: [HALF, 2], a: [HALF, 3], b: [sp.Rational(3, 4), 2], c: [sp.Rational(1, 3), 3], n: [3, 6]}


@dataclass
class Planted:
    """``truth`` printed as ``wrong``; ``code`` computes it another way."""

    operator: str
    truth: Any
    wrong: Any
    code: Any
    tactics: tuple[str, ...] = ()


PLANTED = [
    Planted("flip a sign", 1 - sp.exp(-x), 1 + sp.exp(-x), lambda x: -np.expm1(-x)),
    Planted("flip a sign", a - b * x, a + b * x, lambda a, b, x: a - x * b),
    Planted("flip a sign", a + b * x, a - b * x, lambda a, b, x: a + x * b),  # a sign added
    Planted("flip a sign", -x * a, x * a, lambda x, a: -(a * x)),  # the sign of the whole dropped
    Planted("constant factor", a**2 / 2, a**2, lambda a: sum(0.125 * a * a for _ in range(4))),  # ½ dropped
    Planted("constant factor", 2 * a * b, a * b, lambda a, b: (a + b) ** 2 - a * a - b * b),
    Planted("constant factor", a * b, 2 * a * b, lambda a, b: a * b),
    Planted("constant factor", a * b, a * b / 2, lambda a, b: a * b),
    Planted("constant factor", sp.sqrt(2 * sp.pi) * a, sp.sqrt(2) * a, lambda a: math.sqrt(2 * math.pi) * a),
    Planted("constant factor", sp.pi * a**2, 2 * sp.pi * a**2, lambda a: math.pi * a * a),
    Planted("off by one", 3 * a**4, 2 * a**4, lambda a: 3 * a**4),
    Planted("off by one", a / (n + 1), a / n, lambda a, n: a / (n + 1)),
    Planted("off by one", a ** (2 * n), a ** (2 * n - 2), lambda a, n: (a * a) ** n),
    Planted("drop a term", a + b * x + c, a + c, lambda a, b, c, x: a + c + b * x),
    Planted("add a term", a * x, a * x + 1, lambda a, x: a * x),
    Planted("drop a factor", a * x**2 * b, a * b, lambda a, b, x: a * b * x * x),
    Planted("drop a factor", 1 + a * x, 1 + a, lambda a, x: 1 + a * x),
    Planted("exponent", 1 + x**3, 1 + x**4, lambda x: 1 + x * x * x),
    Planted("exponent", 1 / (1 + x**3), 1 / (1 + x**2), lambda x: 1 / (1 + x * x * x)),
    Planted("reciprocal", a * x**HALF, a * x**-HALF, lambda a, x: a * math.sqrt(x)),
    Planted("square for root", a + sp.sqrt(x), a + x**2, lambda a, x: a + math.sqrt(x)),
    Planted("square for root", a + x**2, a + sp.sqrt(x), lambda a, x: a + x * x),
    Planted("swap symbols", a - b, b - a, lambda a, b: a - b),
    Planted("swap symbols", a**2 / (a + b), b**2 / (a + b), lambda a, b: a * a / (a + b)),
    Planted("swap roles", a / (a + b), (a + b) / a, lambda a, b: a / (a + b)),
    Planted("swap roles", sp.Rational(2, 3) * a, sp.Rational(3, 2) * a, lambda a: 2 * a / 3),
    Planted(
        "swap roles",
        sp.Piecewise((a, x > 1), (b, True)),
        sp.Piecewise((b, x > 1), (a, True)),
        lambda a, b, x: a if x > 1 else b,
    ),
    Planted(
        "range off by one",
        sp.Sum(k**2, (k, 1, n)),
        sp.Sum(k**2, (k, 1, n - 1)),
        lambda n: sum(i * i for i in range(1, n + 1)),
        ("factor",),
    ),
    Planted(
        "range off by one",
        sp.Sum(k**2, (k, 1, n)),
        sp.Sum(k**2, (k, 2, n)),
        lambda n: sum(i * i for i in range(1, n + 1)),
        ("factor",),
    ),
    Planted(
        "range off by one",
        sp.Product(a + k, (k, 1, n)),
        sp.Product(a + k, (k, 1, n + 1)),
        lambda a, n: math.prod(a + i for i in range(1, n + 1)),
        ("gammasimp",),
    ),
    Planted("parenthesis", a * (b + c), a * b + c, lambda a, b, c: a * b + a * c),
    Planted("neighbouring function", a * sp.sin(x), a * sp.cos(x), lambda a, x: a * math.sin(x)),
    Planted("neighbouring function", a * sp.cos(x), a * sp.sin(x), lambda a, x: a * math.cos(x)),
    Planted("neighbouring function", a * sp.exp(x), a * sp.exp(-x), lambda a, x: a * math.exp(x)),
    Planted("neighbouring function", a * sp.log(x), a * sp.log(1 + x), lambda a, x: a * math.log(x)),
    Planted("neighbouring function", a * sp.log(1 + x), a * sp.log(x), lambda a, x: a * math.log1p(x)),
    Planted("neighbouring function", sp.Max(a, b), sp.Min(a, b), lambda a, b: max(a, b)),
    Planted("neighbouring function", sp.tanh(x) * a, sp.tan(x) * a, lambda a, x: a * math.tanh(x)),
]
IDS = [f"{p.operator}: {p.truth} printed {p.wrong}" for p in PLANTED]


def same(u: Any, v: Any) -> bool:
    if getattr(u, "is_Matrix", False):
        return sp.expand((u - v).as_explicit() if isinstance(u, sp.MatrixExpr) else u - v) == sp.zeros(*u.shape)
    return u == v or sp.expand(u.doit() - v.doit()) == 0


@pytest.mark.parametrize("p", PLANTED, ids=IDS)
def test_the_operator_finds_it(p):
    assert any(same(m.expr, p.wrong) for m in mutants(p.truth, 400)), [
        f"{m.operator}: {m.expr}" for m in mutants(p.truth, 400)
    ]


@pytest.mark.parametrize("p", PLANTED, ids=IDS)
def test_proof_and_trial_refute_it(p):
    grid = {s: v for s, v in GRID.items() if s in p.truth.free_symbols}
    names = [str(s) for s in grid]
    model = define(
        "model",
        sp.Function("F")(*grid),
        p.truth,
        lambda *values: p.code(**dict(zip(names, values))),
        args=list(grid),
        domain=grid,
        wrong={"shifted": lambda *values: p.code(**dict(zip(names, values))) + 0.1},
    )
    assert model.record["failures"] == []
    stated = claim("planted", model.lhs, "=", p.wrong, given=[model], domain=grid, tactics=p.tactics)
    assert (
        stated.record["proof"]["verdict"] == stated.record["trial"]["verdict"] == stated.record["verdict"] == "refuted"
    )


# matrices: transpose dropped or added, a product reordered
MATRICES = [("transpose", A.T * B, A * B), ("transpose", A * B, A.T * B), ("reorder a product", A * B, B * A)]


def loops(u, v, transpose_first=False):
    """u v or uᵀ v entry by entry."""
    first = [[u[j][i] if transpose_first else u[i][j] for j in range(2)] for i in range(2)]
    return np.array([[sum(first[i][q] * v[q][j] for q in range(2)) for j in range(2)] for i in range(2)])


@pytest.mark.parametrize("operator, truth, wrong", MATRICES)
def test_matrices(operator, truth, wrong):
    assert any(same(m.expr, wrong) for m in mutants(truth, 400) if m.operator == operator)
    u, v = np.random.default_rng(1).normal(size=(2, 2, 2))
    measured = loops(u, v, transpose_first=truth == A.T * B)
    for right, status in ((truth, Status.ZERO), (wrong, Status.NONZERO)):
        assert decide((truth - right).doit(), sampler=Sampler()).status is status
        value = np.array(right.subs({A: sp.Matrix(u), B: sp.Matrix(v)}).doit().tolist(), dtype=float)
        assert np.allclose(value, measured) == (right == truth)


def test_indices_of_a_sequence():
    """u[k+1] printed u[k] inside a telescoping sum."""
    j = sp.Symbol("j", integer=True, nonnegative=True)
    truth = f[n + 1] - f[n]
    assert {f[n + 2] - f[n], f[n + 1] - f[n - 1]} <= {m.expr for m in mutants(truth) if m.operator == "off by one"}
    v = sp.Function("v")
    assert v(j + 1) * 2 in {m.expr for m in mutants(2 * v(j)) if m.operator == "off by one"}


def test_entries_of_a_matrix_and_components_of_a_tuple():
    rotation = sp.ImmutableMatrix([[sp.cos(x), -sp.sin(x)], [sp.sin(x), sp.cos(x)]])
    found = {m.expr for m in mutants(rotation, 400)}
    assert {rotation.T, sp.ImmutableMatrix([[sp.cos(x), sp.sin(x)], [sp.sin(x), sp.cos(x)]])} <= found
    pair = {m.expr for m in mutants(sp.Tuple(a, b**2), 400)}
    assert {sp.Tuple(b**2, a), sp.Tuple(-a, b**2), sp.Tuple(a, b)} <= pair


def test_equivalent_mutants_are_recognised_and_no_others():
    def says_the_same(mutant, right, relation="=", **more):
        return equivalent(mutant, right, Case("l", x, relation, right, ({},), **more), Sampler(), relation)

    one = sp.sin(x) ** 2 + sp.cos(x) ** 2
    assert says_the_same((a + b) ** 2, a**2 + 2 * a * b + b**2)
    assert not says_the_same(a * b + sp.Rational(1, 10**20), a * b)
    assert not says_the_same(one, sp.Integer(1))  # true, but no tactic was named: not proved, so not equivalent
    assert says_the_same(one, sp.Integer(1), tactics=("trigsimp",))
    assert says_the_same(a + b, a, "<=") and not says_the_same(a - b, a, "<=")
    limit = {"relation": "~", "along": n, "rate": 1 / n}
    assert says_the_same(1 + 1 / n, sp.Integer(1), **limit)
    assert not says_the_same(1 + 1 / sp.sqrt(n), sp.Integer(1), **limit)
    assert not says_the_same(sp.Integer(2), sp.Integer(1), **limit)


def test_none_of_many_operators_goes_without_a_turn():
    long = sum(sp.Symbol(f"y{i}", positive=True) * sp.sin(i * x) ** 2 for i in range(1, 12)) + sp.sqrt(a) * sp.exp(
        x
    ) / (a + b)
    few, every = mutants(long), mutants(long, 10_000)
    assert len(few) == LIMIT < len(every) and {m.operator for m in few} == {m.operator for m in every}


# ---------------------------------------------------------------- properties

atoms = st.sampled_from([x, a, b, n, sp.Integer(2), sp.Integer(3), sp.Rational(1, 2), sp.pi])
formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] / (1 + p[1] ** 2)),
        inner.map(lambda e: sp.exp(-e)),
        inner.map(sp.sin),
        inner.map(lambda e: sp.sqrt(1 + e**2)),
        inner.map(lambda e: e**2),
    ),
    max_leaves=5,
)
budget = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


@budget
@given(formulas)
def test_mutants_are_distinct_different_and_repeatable(e):
    found = [m.expr for m in mutants(e)]
    assert e not in found and len(found) == len(set(found)) <= LIMIT
    assert found and [m.expr for m in mutants(e)] == found
    assert not any(m.has(sp.nan, sp.zoo) or m.atoms(sp.Float) for m in found)


@budget
@given(formulas)
def test_no_mutant_brings_a_symbol_of_its_own(e):
    assert all(m.expr.free_symbols <= e.free_symbols for m in mutants(e))


@settings(budget, max_examples=12)
@given(formulas)
def test_a_mutant_is_refuted_unless_it_is_equivalent(e):
    """The proof ``rhs − formula`` refutes every mutant that is visibly different at some exact point, and the others
    are few and equal."""
    for m in mutants(e, 12):
        finding = decide(m.expr - e, ("trigsimp",), sampler=Sampler(), refute_first=True)
        values = [
            abs((m.expr - e).subs({s: q + i for i, s in enumerate(sorted(e.free_symbols, key=str))}).evalf(30))
            for q in (2, 3)
        ]
        assert finding.status != "zero" or max(values) < 1e-20
        assert finding.status == "nonzero" or max(values) < 1e-6, (m, finding)
