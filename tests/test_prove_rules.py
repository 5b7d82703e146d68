"""Every ready-made theorem holds on samples; none proves what does not follow from it."""

import numpy as np
import pytest
import sympy as sp

from claims.case import Line, Rule
from claims.errors import ClaimError
from claims.prove.chain import link
from claims.prove.findings import Status
from claims.prove.inequalities import triangle
from claims.prove.rules import (
    by_density, by_parts, cauchy_schwarz, extreme, jensen, monotone_largest, radial, stein, sum_at_least, sum_at_most,
    total_variance,
)
from claims.say.operators import KL, E, Normal, Var, entries, entropy, inf, inner, largest, norm, sup
from claims.say.run import Samples
from claims.say.symbols import matrix, random, vector

d = sp.Symbol("d", integer=True, positive=True)
x, y = vector("x_r", d), vector("y_r", d)
q, r, c = sp.Symbol("q", real=True), sp.Symbol("r", positive=True), sp.Symbol("c_r", positive=True)
g = random(sp.Symbol("g_r", real=True), mean=0, variance=4, law="normal")
p = random(sp.Symbol("p_r", positive=True))
v = random(sp.Symbol("v_r", real=True), mean=0, variance=1)
z = random(vector("z_r", d), law="normal")
m, n, S, Q = vector("m_r", d), vector("n_r", d), *(matrix(k, d, d, "positive definite") for k in ("S_r", "Q_r"))
w = random(vector("w_r", d), mean=m, covariance=S, law="normal")
up = sp.Lambda(q, sp.exp(q))
u = x.applyfunc(up)

RULES = [
    cauchy_schwarz(x, y), triangle(x + y), jensen(sp.Lambda(q, q**2), g), jensen(up, g),
    jensen(sp.Lambda(r, sp.log(r)), p),
    stein(g, sp.sin(g)), stein(g, g**3), stein(z, inner(z, y) * z), total_variance(p * g + p, g),
    by_parts(q, sp.exp(q), q, 0, c), by_parts(sp.log(r), r, r, 0, 1), extreme(sup(q, q * c - sp.exp(q)), sp.log(c)),
    extreme(inf(r, r + c / r), sp.sqrt(c)), by_density(KL(Normal(m, S), Normal(n, Q)), w),
    by_density(entropy(Normal(m, S)), w),
    radial(z, sp.Lambda(r, r)), radial(z, sp.Lambda(r, 1 / (1 + r))), sum_at_most(u), sum_at_least(u),
    monotone_largest(up, x),
]


@pytest.fixture(scope="module")
def drawn():
    rng, size, count = np.random.default_rng(1), 3, 60_000
    spd = [a @ a.T + np.eye(size) for a in rng.normal(size=(2, size, size))]
    values = {d: size, c: 1.7, g: 2 * rng.normal(size=count), p: np.exp(rng.normal(size=count)),
              z: rng.normal(size=(count, size)),
              S: spd[0], Q: spd[1]} | {s: rng.normal(size=size) for s in (x, y, m, n)}
    return Samples(values | {w: values[m] + rng.normal(size=(count, size)) @ np.linalg.cholesky(spd[0]).T})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.label}: {rule.left}"[:50])
def test_a_theorem_holds_on_samples(rule, drawn):
    left, right = drawn.value(rule.left), drawn.value(rule.right)
    gap, allowed = right.full - left.full, 6 * np.hypot(left.error, right.error) + 1e-7
    assert {"=": abs(gap) <= allowed, "<=": gap >= -allowed, ">=": gap <= allowed}[rule.relation]
    assert rule.law and rule.relation in ("=", "<=", ">=")


@pytest.mark.parametrize("start, line", [
    (inner(x, y) ** 2, Line(norm(x) ** 2 * norm(y) ** 2 / 2, "half", (cauchy_schwarz(x, y),), "<=")),
    (-inner(x, y), Line(-norm(x) * norm(y), "a line that falls", (cauchy_schwarz(x, y),), "<=")),
    (inner(x, y) ** 3, Line(norm(x) ** 3 * norm(y) ** 2, "one power short", (cauchy_schwarz(x, y),), "<=")),
    (norm(x + y), Line(norm(x), "a term dropped", (triangle(x + y),), "<=")),
    (E(sp.exp(g)), Line(sp.exp(E(g)), "the wrong way", (jensen(up, g),), "<=")),
    (E(g * sp.sin(g)), Line(E(sp.cos(g)), "no variance", (stein(g, sp.sin(g)),))),
    (Var(p * g + p), Line(4 * E(p**2), "no second term", (total_variance(p * g + p, g),))),
    (sp.Integral(q * sp.exp(q), (q, 0, c)), Line(-sp.exp(c) + 1, "no boundary", (by_parts(q, sp.exp(q), q, 0, c),))),
    (sup(q, q * c - sp.exp(q)),
     Line(c * sp.log(c), "a term dropped", (extreme(sup(q, q * c - sp.exp(q)), sp.log(c)),))),
    (entries(u), Line(largest(u), "no count", (sum_at_most(u),), "<=")),
    (KL(Normal(m, S), Normal(n, Q)), Line(sp.S.Zero, "no terms", (by_density(KL(Normal(m, S), Normal(n, Q)), w),))),
    (E(norm(z)), Line(sp.sqrt(d), "the root of the mean square", (radial(z, sp.Lambda(r, r)),))),
], ids=lambda a: a.reason if isinstance(a, Line) else "")
def test_a_misuse_is_not_proved(start, line):
    assert link(start, line).status is not Status.ZERO


def test_a_bound_of_what_may_be_negative_does_not_bound_its_square():
    bound = Rule("bound", inner(x, y), c, "<=")
    assert link(inner(x, y) ** 2, Line(c**2, "squared", (bound,), "<=")).status is not Status.ZERO
    assert link(inner(x, y) ** 3, Line(c**3, "cubed", (bound,), "<=")).status is Status.ZERO
    length = Rule("length", norm(x), c, "<=")
    assert link(norm(x) ** 2, Line(c**2, "squared", (length,), "<=")).status is Status.ZERO


@pytest.mark.parametrize("make", [
    lambda: jensen(sp.Lambda(q, q**3), g), lambda: jensen(sp.Lambda(r, sp.log(r)), g), lambda: stein(p, p**2),
    lambda: radial(w, sp.Lambda(r, r)),
    lambda: extreme(sup(q, q**2), 0), lambda: extreme(inf(q, q**4 - q**2), 0),
    lambda: by_density(entropy(Normal(n, S)), w),
    lambda: total_variance(sp.sin(v) * p, v), lambda: total_variance(inner(z, y) * g, g), lambda: sum_at_least(x),
    lambda: monotone_largest(sp.Lambda(q, q**2), x), lambda: by_parts(q, sp.exp(q), q, 0, sp.oo),
])
def test_what_a_theorem_presupposes_is_checked(make):
    with pytest.raises(ClaimError):
        make()
