"""What a proof sees, which symbols it holds, what constraints allow, and matrices of any size."""

import numpy as np
import pytest
import sympy as sp

from claims import ClaimError, Nonneg, Positive, Zero
from claims.prove.constraints import put, substitutions
from claims.prove.decide import decide
from claims.prove.instances import instances, symbols_of
from claims.prove.matrices import normal_form
from claims.prove.sampler import Sampler
from claims.say.operators import inner, norm
from claims.say.symbols import CONSTRAINTS, constraints, matrix, scalar

n, d, m = sp.symbols("n d m", integer=True, positive=True)
k = sp.Symbol("k", integer=True)
x, y = sp.symbols("x y", real=True)
a, b, s = sp.symbols("a b s", positive=True)
half = sp.Rational(1, 2)
S = sp.MatrixSymbol("S", 2, 2)

# ---------------------------------------------------------------- instances

SEEN = [
    ("numbers", lambda rhs: {f"n = {m}": rhs.subs(n, m) - m for m in range(1, 6)}, [n], sp.S.Zero, {n}),
    ("partial", lambda rhs: {f"n = {m}": rhs.subs(n, m) - x**m for m in range(1, 6)}, [n, x], sp.S.Zero, {n}),
    ("induction", lambda rhs: {"base": rhs.subs(n, 0), "step": rhs.subs(n, n + 1) - rhs - n}, [n], sp.S.Zero, set()),
    ("special values", lambda rhs: {"form": rhs.subs({a: half, b: -half}) - s}, [a, b, s], sp.S.Zero, {a, b}),
    ("as it is", lambda rhs: {"identity": rhs - n}, [n, x], sp.S.Zero, set()),
    ("never together", lambda rhs: {"one": rhs.subs(a, 1), "two": rhs.subs(b, 2)}, [a, b], sp.S.Zero, {a, b}),
    ("differential equation", lambda rhs: {"flow": rhs.diff(a) - rhs, "start": rhs.subs(a, 0) - b}, [a, b], sp.S.Zero,
     set()),
    ("derivative at a point", lambda rhs: {"slope": rhs.diff(a).subs(a, 0) - b}, [a, b], sp.S.Zero, {a}),
    ("finite sum", lambda rhs: {"sum": sp.Sum(rhs.subs(n, k), (k, 1, 5))}, [n, x], sp.S.Zero, {n}),
    ("sum of any length", lambda rhs: {"sum": sp.Sum(rhs.subs(n, k), (k, 1, n))}, [n, x], sp.S.Zero, set()),
    ("limit", lambda rhs: {"limit": sp.Limit(rhs, n, sp.oo)}, [n, x], sp.S.Zero, {n}),
    ("substitution", lambda rhs: {"odds": rhs.subs(a, b / (1 + b))}, [a], sp.S.Zero, set()),
    ("certificate", lambda rhs: {"sign": Nonneg(rhs.subs(a, 2) - b)}, [a, b], sp.S.Zero, {a}),
    ("tuple", lambda rhs: {"both": [rhs[0].subs(n, 1), rhs[1]]}, [n, x], sp.Tuple(n, x), {n}),
    ("matrix", lambda rhs: {"all": sp.Matrix(rhs) - sp.eye(2)}, [n, x], sp.Matrix([[n, 0], [x, 1]]), set()),
    ("matrix argument", lambda rhs: {"two": rhs.subs(S, sp.Matrix([[a, b], [b, s]]))}, [S], sp.S.Zero, set()),
    ("matrix at numbers", lambda rhs: {"two": rhs.subs(S, sp.Matrix([[1, 2], [2, 5]]))}, [S], sp.S.Zero, {S}),
]


@pytest.mark.parametrize("proof, symbols, like, expected", [v[1:] for v in SEEN], ids=[v[0] for v in SEEN])
def test_what_a_proof_sees_at_numbers_only(proof, symbols, like, expected):
    assert instances(proof, symbols, like).symbols == expected


@pytest.mark.parametrize("proof, why", [
    (lambda rhs: {"coefficients": rhs.args[7]}, "IndexError"), (lambda rhs: {"other": x - y}, "keep nothing"),
    (lambda rhs: {"degree": sp.Poly(rhs, n).degree()}, "PolynomialError")])
def test_what_cannot_be_told_is_said(proof, why):
    found = instances(proof, [n, x])
    assert found.symbols is None and why in found.why and not found


def test_a_proof_receives_its_premises():
    assert instances(lambda rhs, right: {"at 2": rhs.subs(n, 2) - right}, [n], premises=[x]).symbols == {n}


def test_the_stand_in_has_the_candidates_sign():
    assert instances(lambda rhs: {"root": sp.sqrt(rhs**2) - rhs} if rhs.is_positive else {}, [a],
                     like=a + 1).symbols is None


def test_symbols_of_residuals_are_listed_with_what_is_assumed():
    g, f = sp.Function("g", nonnegative=True), sp.IndexedBase("f", positive=True)
    found = symbols_of({"one": Nonneg(a * x), "two": [g(n) - f[k], Zero(y)]})
    assert {str(key): words for key, words in found.items()} == {
        "a": "$a$ positive", "x": "$x$ real", "y": "$y$ real", "n": "$n$ positive integer", "k": "$k$ integer",
        "g": "$g$ nonnegative",
        "f": "$f$ positive"}


# ---------------------------------------------------------------- constraints


@pytest.mark.parametrize("name", sorted(CONSTRAINTS))
def test_substitutions_obey_their_constraint(name):
    scalars = name.endswith("interval") or " above " in name or name.startswith("above ")
    symbol = sp.Symbol("q", real=True) if scalars else sp.MatrixSymbol("M", 3, 1 if name in ("simplex", "unit length")
            else 3)
    value = substitutions(name, symbol)[symbol]
    rng = np.random.default_rng(0)
    for _ in range(3):
        at = {u: abs(v) if u.is_positive else v for u in value.free_symbols
              for v in [sp.Rational(int(rng.integers(-9, 9)) or 1, 7)]}
        v = sp.Matrix([value.subs(at)]) if scalars else sp.Matrix(value.subs(at))
        check = {"above one": lambda: v[0] > 1, "above one turn": lambda: v[0] > 2 * sp.pi,
                 "even above two": lambda: v[0] > 2,
                 "unit interval": lambda: 0 < v[0] < 1, "signed unit interval": lambda: -1 < v[0] < 1,
                 "simplex": lambda: sum(v) == 1 and min(v) > 0,
                 "unit length": lambda: sp.simplify((v.T * v)[0] - 1) == 0, "symmetric": lambda: v == v.T,
                 "invertible": lambda: True,
                 "positive definite": lambda: v.is_positive_definite, "orthogonal": lambda: v.T * v == sp.eye(3),
                 "orthonormal columns": lambda: sp.simplify(v.T * v) == sp.eye(3)}
        assert check[name]()


def test_the_simplex_of_scalars():
    p = sp.symbols("p1:4", positive=True)
    where = {p: "simplex"}
    assert decide(Zero(sum(p) - 1, where=where)).status == "zero"
    assert decide(Nonneg(1 - p[0] - p[1], where=where)).status == "zero"
    assert put(sp.Integer(2), where) == 2


CERTIFICATES = [
    (Nonneg(a - a**2, where={a: "unit interval"}), "zero"), (Nonneg(a - 2 * a**2, where={a: "unit interval"}),
                                                             "nonzero"), (Nonneg(a - a**2), "nonzero"),
    (Positive(1 - x, where={x: "signed unit interval"}), "zero"),
    (Nonneg(x, where={x: "signed unit interval"}), "nonzero"),
    (Nonneg(x**2 + x * y + y**2), "zero"), (Nonneg(x**2 + 3 * x * y + y**2), "nonzero"),
    (Nonneg(sp.Trace(S), where={S: "positive definite"}), "zero"),
    (Nonneg(sp.Trace(S), where={S: "symmetric"}), "nonzero"),
    (Positive(sp.Determinant(S), where={S: "positive definite"}), "zero"),
    (Nonneg(sp.Trace(S) ** 2 - 4 * sp.Determinant(S), where={S: "symmetric"}), "zero"),
    (Nonneg(sp.Trace(S) ** 2 - 4 * sp.Determinant(S)), "nonzero"),
]


@pytest.mark.parametrize("residual, status", CERTIFICATES, ids=str)
def test_certificates_under_constraints(residual, status):
    assert decide(residual).status == status


def test_what_is_declared_with_a_symbol_needs_no_where():
    q = scalar("q_declared", "unit interval")
    try:
        assert decide(Positive(1 - q)).status == "zero"
        assert decide(Nonneg(1 - 2 * q)).status == "nonzero"
        assert all(0 < Sampler().point({q})[q] < 1 for _ in range(20))
    finally:
        constraints.pop(q)
    assert decide(Positive(1 - q)).status == "nonzero"


@pytest.mark.parametrize("name, symbol", [("simplex", x), ("unit interval", S), ("nonsense", x),
                                          ("positive definite", sp.MatrixSymbol("M", d, d))])
def test_a_constraint_that_does_not_fit_is_an_error(name, symbol):
    with pytest.raises(ClaimError):
        substitutions(name, symbol)


# ---------------------------------------------------------------- matrices of any size

A, B, C, U, V, W = (sp.MatrixSymbol(name, d, d) for name in "ABCUVW")
F, H = sp.MatrixSymbol("F", d, m), sp.MatrixSymbol("H", m, d)
r, t = sp.MatrixSymbol("r", d, 1), sp.MatrixSymbol("t", d, 1)
eye, tr, det = sp.Identity(d), sp.Trace, sp.Determinant
TRUE = [
    (tr(A * B) - tr(B * A), {}), (tr(A * B * C) - tr(C * A * B), {}), (tr(F * H) - tr(H * F), {}),
    (tr(A) - tr(A.T), {}), (tr(A.T * B) - tr(B.T * A), {}),
    (tr(A * B) - tr(A * B.T), {A: "symmetric"}), (tr(A * B * C) - tr(C * B * A),
                                                  {A: "symmetric", B: "symmetric", C: "positive definite"}),
    ((A * B).T - B.T * A.T, {}), ((A * B).I - B.I * A.I, {}), (A * A.I - eye, {}), (A.T * A - eye, {A: "orthogonal"}),
    (tr(A.T * B * A) - tr(B), {A: "orthogonal"}),
    (tr(A * A.I) - d, {}), (det(A * B) - det(A) * det(B), {}), (det(A.T) - det(A), {}), (det(A.I) - 1 / det(A), {}),
    (det(3 * A) - 3**d * det(A), {}),
    (det(A * B) - det(B * A), {}), (det(eye + F * H) - det(sp.Identity(m) + H * F), {}),
    (det(eye + r * t.T) - 1 - inner(r, t), {}),
    (sp.log(det(A * B)) - sp.log(det(A)) - sp.log(det(B)), {A: "positive definite", B: "positive definite"}),
    (norm(r - t) ** 2 - norm(r) ** 2 + 2 * inner(r, t) - norm(t) ** 2, {}), (inner(A * r, t) - inner(r, A.T * t), {}),
    (norm(A * r) - norm(r), {A: "orthogonal"}),
    (norm(r) - 1, {r: "unit length"}), ((A + B) * (A + B).I - eye, {}),
    ((eye + A * B).I * A - A * (eye + B * A).I, {}),
    ((A + U * C * V).I - A.I + A.I * U * (C.I + V * A.I * U).I * V * A.I, {}), (A.I - B.I - A.I * (B - A) * B.I, {}),
    (r * (t.T * A * r) - tr(r.T * A.T * t) * r, {}),
    (tr((A + B) ** 2) - tr(A**2) - 2 * tr(A * B) - tr(B**2), {}), ((A + A.T).T - A - A.T, {}),
    (tr((A + B).I * (A + B)) - d, {}),
]
FALSE = [
    (tr(A * B) - tr(A * B.T), {}), (tr(A * B * C) - tr(C * B * A), {}), (tr(A * B) - tr(A) * tr(B), {}),
    ((A * B).T - A.T * B.T, {}), (A * B - B * A, {}),
    (A.T - A, {}), (A.T * A - eye, {A: "symmetric"}), (A * A - eye, {A: "orthogonal"}),
    (det(A + B) - det(A) - det(B), {}), (det(2 * A) - 2 * det(A), {}),
    (tr(A) - d, {}), ((A + B).I - A.I - B.I, {}), (norm(r - t) ** 2 - norm(r) ** 2 - norm(t) ** 2, {}),
    (inner(A * r, t) - inner(r, A * t), {}),
    (norm(A * r) - norm(r), {}), ((eye + A * B).I - (eye + B * A).I, {}),
    (tr(A * B * C) - tr(C * B * A), {A: "symmetric", B: "symmetric"}),
    (det(eye + F * H) - det(eye - F * H), {}),
]


@pytest.mark.parametrize("residual, where", TRUE, ids=lambda v: str(v)[:60])
def test_laws_of_matrices_of_any_size(residual, where):
    assert decide(Zero(residual, "expand_log", where=where)).status == "zero"


@pytest.mark.parametrize("residual, where", FALSE, ids=lambda v: str(v)[:60])
def test_false_laws_are_refuted_by_small_matrices(residual, where):
    found = decide(Zero(residual, where=where))
    assert found.status == "nonzero" and found.point


def test_declared_matrices():
    P = matrix("P_declared", d, constraint="symmetric")
    try:
        assert decide(tr(P * A) - tr(P * A.T)).status == "zero" and normal_form(P.T - P, {P: "symmetric"}) == [0]
    finally:
        constraints.pop(P)


def test_sizes_stay_in_the_domain():
    """d = 2 in the domain: what holds for 2 × 2 matrices only is not refuted by 3 × 3 ones, and not proved."""
    cayley = A * A - tr(A) * A + det(A) * eye
    assert decide(cayley).status == "nonzero"
    assert decide(cayley, sampler=Sampler([{d: sp.Integer(2)}])).status == "undecided"
