"""The walk over a formula, the choice among its mutants, and the name of a slip."""

from __future__ import annotations

import pytest
import sympy as sp

from claims.attack.mutate import LIMIT, Mutant, find, mutants, named, relation_mutants
from claims.attack.slips import SLIPS, Formula, slips_of
from claims.attack.values import Values
from claims.say.operators import E, KL, Pr, Var, cosine, inner, norm
from claims.say.symbols import function, matrix, scalar, sequence, vector

a, b, c, x, y, sigma = sp.symbols("a b c x y sigma", positive=True)
z = sp.Symbol("z", real=True)
d, k, n, t = sp.symbols("d k n t", integer=True, positive=True)
u, w, W = vector("u", d), vector("w", d), matrix("W", d, d)
X, F, f = sequence("x", size=d), function("F", size=d), function("f")


def made(e, operator=None):
    return {m.expr for m in mutants(e, 10_000) if operator in (None, m.operator)}


def test_every_slip_says_which_misprint_it_imitates():
    for s in SLIPS:
        assert s.make.__doc__ and s.make.__doc__.strip().endswith("."), s.make.__name__


def test_a_mutant_shows_the_call_that_makes_it():
    slip = find(wrong=a + b, right=a + b**2)
    assert eval(repr(slip), {"Mutant": Mutant, "a": a, "b": b}) == slip  # noqa: S307
    assert str(slip) == "exponent: b where b**2 was meant"
    assert Mutant("exponent", a) == Mutant("exponent", a, right=a**2, wrong=a) != Mutant("reciprocal", a)


@pytest.mark.parametrize("wrong, operator", [
    ((x - a) / sigma, "exponent"), ((a - x) / sigma**2, "flip a sign"), (x - a / sigma**2, "parenthesis"),
    (x / sigma**2, "drop a term"), ((x - a) / (2 * sigma**2), "constant factor"),
    ((x - a) / sigma**2 + 1, "add a term"), ((x - sigma) / a**2, "swap symbols"),
    ((a * x - a) / sigma**2, "a factor too many"), ((x - a - 2) / sigma**3, None),
    (sp.log(x), None), ((x - a) / sigma**2, None)])
def test_a_slip_has_a_name(wrong, operator):
    assert named(wrong, (x - a) / sigma**2) == operator


def test_a_slip_is_named_when_the_formula_is_written_otherwise():
    assert named(sp.expand((a - b) * (a + c)), (a + b) * (a + c)) == "flip a sign"
    assert named(sp.sinh(x) + sp.cosh(x), a * sp.exp(x)) == "drop a factor"


def test_mutants_of_one_value_count_once():
    found = mutants((a + b) * (a + c), 10_000)
    values = Values()
    keys = [values.key(m.expr) for m in found]
    assert len(keys) == len(set(keys)) and values.key((a + b) * (a + c)) not in keys


def test_a_formula_written_otherwise_is_no_mutant_of_itself():
    assert all(sp.expand(m.expr - (a + b)**2) != 0 for m in mutants((a + b)**2, 10_000))
    assert sp.Abs(-z, evaluate=False) not in made(sp.Abs(z))
    assert cosine(w, u) + 1 not in made(cosine(u, w) + 1)


def test_values_tell_sums_functions_and_products_of_matrices_apart():
    values = Values()
    sums = [sp.Sum(f(k), (k, 1, n)), sp.Sum(f(k), (k, 0, n)), sp.Sum(f(k + 1), (k, 1, n))]
    different = [*sums, f(n), f(n + 1), sp.Function("g")(n), f(f(n))]
    assert len({values.key(e) for e in different}) == len(different)
    assert values.key(W * W.T) != values.key(W.T * W) and values.key(sp.Trace(W * W.T)) == values.key(sp.Trace(W.T * W))
    assert values.key(inner(u, w)) == values.key(inner(w, u)) and values.key(KL(u, w)) != values.key(KL(w, u))
    assert values.key(sp.floor(a / 9)) != values.key(sp.floor(a / 8))
    assert values.key(sp.Max(a, 9)) != values.key(sp.Max(b, 9))
    assert values.key(sp.sqrt(-1 - a)) is None and values.key(a * sp.zoo) is None


def test_operators_of_the_language():
    assert {E(norm(X(t)))**2 / d, E(norm(X(t))) / d, E(norm(X(t + 1))**2) / d} <= made(E(norm(X(t))**2) / d)
    assert E(f(t)**2) in made(Var(f(t))) and Var(f(t)) in made(E(f(t)**2))
    assert KL(w, u) in made(KL(u, w)) and inner(u, u) in made(inner(u, w))
    assert inner(u, W.T * w) in made(inner(u, W * w))
    assert Pr(z < a) in made(Pr(z > a)) and Pr(sp.S.true) not in made(Pr(a > -b))
    assert sp.Determinant(W) in made(sp.Trace(W))


def test_constants_that_may_be_moved_through_an_operator_are_no_slips():
    assert not {E(a * x), E(x) * a} & made(E(a * x)) and E(x + sigma) not in made(E(x) + sigma)
    assert Var(-z) not in made(Var(z)) and Var(z + 1) not in made(Var(z))


def test_matrices_of_symbolic_size_keep_their_shapes():
    assert made(W * u, "transpose") == {W.T * u} and made(W.I * u, "reciprocal") == {W * u}
    assert not made(W * u, "reorder a product") and W.T * W in made(W * W.T, "reorder a product")
    for e in (W * u + F(u), (W + W.T) / 2 * u, sp.sqrt(d) * u / norm(u), E(X(t + 1)) - X(t)):
        assert made(e) and all(m.shape == (d, 1) for m in made(e))


def test_sizes_of_vectors_are_not_changed():
    assert all(m.atoms(sp.MatrixSymbol) <= {u} for m in made(sp.sqrt(d) * u / norm(u)))
    assert sp.sqrt(d - 1) / norm(u) * u in made(sp.sqrt(d) * u / norm(u))


def test_bound_symbols_and_sizes_stay_where_they_are():
    total = sp.Sum(a**k / k, (k, 1, n))
    assert all(m.variables == [k] for m in made(total) if isinstance(m, sp.Sum))
    ranges = ((2, n), (0, n), (1, n + 1), (1, n - 1))
    assert made(total, "range off by one") == {sp.Sum(a**k / k, (k, *r)) for r in ranges}


def test_conditions_are_attacked():
    step = sp.Piecewise((a, x > 1), (b, True))
    assert {sp.Piecewise((a, x < 1), (b, True)), sp.Piecewise((a, x > 2), (b, True))} <= made(step, "condition")


def test_one_place_and_every_place():
    e = sp.exp(-a * x) + sp.exp(-a * y)
    assert {sp.exp(a * x) + sp.exp(-a * y), sp.exp(a * x) + sp.exp(a * y)} <= made(e)
    for wrong in (x**2 * (a - b) + x * c, x * (a - b) + x**2 * c, x**2 * (a - b) + x**2 * c):
        assert find(wrong, right=x * (a - b) + x * c)


def test_components_one_by_one_and_all_at_once():
    pair = sp.Tuple(2 * x - a, 2 * y - b)
    one, all_at_once = sp.Tuple(x - a, 2 * y - b), {sp.Tuple(x - a, y - b), sp.Tuple(a - 2 * x, b - 2 * y)}
    assert {one, *all_at_once, sp.Tuple(2 * y - b, 2 * x - a)} <= made(pair)


def test_constraints_do_not_matter_to_the_walk():
    p = scalar("p", "unit interval")
    assert {p, 1 - p**n} <= made(1 - p) | made(1 - (1 - p)**n)


def test_the_likelier_come_first_and_all_operators_have_a_turn():
    e = (a * x**2 + b * sp.sqrt(y)) / (1 + sp.exp(-c * x)) + sp.log(x / y) * sp.sin(b * x) - a
    few, every = mutants(e), mutants(e, 10_000)
    assert every[:LIMIT] == few and {m.operator for m in few} == {m.operator for m in every}
    counts = {o: sum(m.operator == o for m in few) for o in {m.operator for m in few}}
    assert max(counts.values()) <= 6 and counts["flip a sign"] >= counts["complement"]


def test_relations():
    assert relation_mutants("<=") == [">=", "="] and relation_mutants("=") == relation_mutants("argmin") == []


def test_a_slip_sees_only_nodes_of_its_kinds():
    assert {s.operator for s in slips_of(W * u)} & {"parenthesis", "swap roles"} == set()
    assert "square for root" in {s.operator for s in slips_of(x**2)} and Formula(x * a + x).factors[0] == x
