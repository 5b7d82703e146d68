"""Random trees: what is run is what SymPy computes, what the laws say is what samples show, and a changed premise moves
the line that rests on it."""

import itertools
import random as chance

import numpy as np
import pytest
import sympy as sp

from claims.attack.mutate import mutants
from claims.case import Line, Rule
from claims.prove.chain import link
from claims.prove.findings import Status
from claims.prove.laws import expected
from claims.prove.matrices import explicit
from claims.say.operators import Cov, E, Pr, Var, inner, norm, stop
from claims.say.run import Samples
from claims.say.symbols import matrix, random, vector

SIZE = 3
a, b = sp.Symbol("a_0", positive=True), sp.Symbol("b_0", real=True)
x, y = vector("x_0", SIZE), vector("y_0", SIZE)
A, B = matrix("A_0", SIZE), matrix("B_0", SIZE)
u, v = random(sp.Symbol("u_0", real=True)), random(sp.Symbol("v_0", real=True))
d = sp.Symbol("d", integer=True, positive=True)
W = random(matrix("W_0", d, d), mean=0, variance=a, law="normal")
S = matrix("S_0", d, d, "positive definite")
z = random(vector("z_0", d), mean=vector("m_0", d), covariance=S, law="normal")
w, h = vector("w_0", d), random(sp.Symbol("h_0", real=True), mean=b, variance=a)


def number(r, depth):
    if depth == 0:
        return r.choice([a, b, sp.Integer(2), sp.Rational(1, 3), a + 1])
    pick = r.randrange(11)
    one, other = (lambda: number(r, depth - 1)), (lambda: column(r, depth - 1))
    if pick < 3:
        return [lambda: one() + one(), lambda: one() * one(), lambda: one() - one()][pick]()
    if pick == 3:
        return sp.tanh(one())
    if pick == 4:
        return one() / (one() ** 2 + 1)
    if pick == 5:
        return sp.Piecewise((one(), a > 1), (one(), True))
    if pick == 6:
        return norm(other()) + stop(one())
    if pick == 7:
        return sp.Trace(square(r, depth - 1))
    if pick == 8:
        return sp.Determinant(square(r, depth - 1)) / 7
    return inner(other(), other())


def column(r, depth):
    if depth == 0:
        return r.choice([x, y])
    pick = r.randrange(4)
    if pick == 0:
        return column(r, depth - 1) + column(r, depth - 1)
    if pick == 1:
        return number(r, depth - 1) * column(r, depth - 1)
    return square(r, depth - 1) * column(r, depth - 1)


def square(r, depth):
    if depth == 0:
        return r.choice([A, B, sp.Identity(SIZE), A.T])
    pick = r.randrange(5)
    if pick == 0:
        return square(r, depth - 1) + square(r, depth - 1)
    if pick == 1:
        return square(r, depth - 1) * square(r, depth - 1)
    if pick == 2:
        return sp.Transpose(square(r, depth - 1))
    if pick == 3:
        return column(r, depth - 1) * column(r, depth - 1).T
    return sp.Inverse(A + 9 * sp.Identity(SIZE))


@pytest.mark.parametrize("seed", range(60))
def test_what_is_run_is_what_sympy_computes(seed):
    r = chance.Random(seed)
    e = number(r, 3)
    whole = lambda n, m: sp.ImmutableMatrix(
        n, m, lambda i, j: sp.Rational(r.randint(-4, 4), r.choice((1, 2))))  # noqa: E731
    values = {s: whole(*s.shape) for s in (x, y, A, B)}
    numbers = {a: sp.Rational(r.randint(1, 7), 3), b: sp.Rational(r.randint(-5, 5), 2)}
    exact = explicit(e.replace(lambda n: isinstance(n, stop), lambda n: n.args[0]).subs(numbers), values, {})
    arrays = {s: np.array(m.tolist(), float) for s, m in values.items()}
    on = Samples({s: m[:, 0] if s in (x, y) else m for s, m in arrays.items()}
                 | {s: float(q) for s, q in numbers.items()})
    assert float(on.value(e).full) == pytest.approx(float(exact), rel=1e-9, abs=1e-9)


def moment(r, depth, inside):
    """A number made of expectations of u and v (``inside``: of what they are taken)."""
    if depth == 0:
        return r.choice([u, v, a, sp.Integer(2)]) if inside else r.choice([a, b])
    one = lambda: moment(r, depth - 1, inside)  # noqa: E731
    pick = r.randrange(3 if inside else 8)
    if pick < 3:
        return [lambda: one() + one(), lambda: one() * one(), lambda: one() ** 2 / 3 - one()][pick]()
    deeper = lambda: moment(r, depth - 1, True)  # noqa: E731
    if pick == 3:
        return E(deeper())
    if pick == 4:
        return Var(deeper())
    if pick == 5:
        return Cov(deeper(), deeper())
    if pick == 6:
        return Pr(deeper() + u / 7 > b / 5)
    k = E((deeper() - E(deeper())) ** 2)
    return sp.sqrt(1 + k**2)


U, V = (-1, 2), (0, 1, sp.Rational(7, 2))


def over_the_law(e, numbers):
    """A formula of expectations where u and v are independent and each of their values is equally likely."""
    places = [{u: p, v: q} for p, q in itertools.product(U, V)]
    mean = lambda f: sp.Add(*[f(p) for p in places]) / len(places)  # noqa: E731

    def at(node, place):
        if isinstance(node, E):
            return mean(lambda p: at(node.args[0], p))
        if isinstance(node, Var):
            return at(Cov(node.args[0], node.args[0]), place)
        if isinstance(node, Cov):
            f, g = node.args
            return mean(lambda p: at(f, p) * at(g, p)) - mean(lambda p: at(f, p)) * mean(lambda p: at(g, p))
        if isinstance(node, Pr):
            return mean(lambda p: sp.Integer(bool(node.args[0].func(*(at(side, p) for side in node.args[0].args)))))
        if not node.args:
            return (place or {}).get(node, numbers.get(node, node))
        return node.func(*[at(arg, place) for arg in node.args])

    return at(e, None)


@pytest.mark.parametrize("seed", range(60))
def test_expectations_are_those_of_a_small_law(seed):
    r = chance.Random(seed)
    e, numbers = moment(r, 3, False), {a: sp.Rational(r.randint(1, 7), 3), b: sp.Rational(r.randint(-5, 5), 2)}
    grid = np.array(list(itertools.product(map(float, U), map(float, V))) * 24)
    on = Samples({u: grid[:, 0], v: grid[:, 1]} | {s: float(q) for s, q in numbers.items()})
    assert float(on.value(e).full) == pytest.approx(float(over_the_law(e, numbers)), rel=1e-9, abs=1e-9)


def word(r, depth):
    """A vector made of random and fixed letters."""
    if depth == 0:
        return r.choice([w, z, z, w])
    pick = r.randrange(4)
    if pick == 0:
        return word(r, depth - 1) + r.choice([1, -2, b]) * word(r, depth - 1)
    return r.choice([W, W.T, S, W]) * word(r, depth - 1)


@pytest.fixture(scope="module")
def drawn():
    rng, n = np.random.default_rng(5), 30_000
    root, av, bv = rng.normal(size=(SIZE, SIZE)) / 2, 0.3, -0.7
    cov, m = root @ root.T + 0.3 * np.eye(SIZE), rng.normal(size=SIZE)
    normal = m + rng.normal(size=(n, SIZE)) @ np.linalg.cholesky(cov).T
    return Samples({d: SIZE, a: av, b: bv, S: cov, vector("m_0", d): m, w: rng.normal(size=SIZE), z: normal,
                    W: rng.normal(size=(n, SIZE, SIZE)) * av**0.5, h: bv + rng.normal(size=n) * av**0.5})


@pytest.mark.parametrize("seed", range(40))
def test_what_the_laws_say_is_what_samples_show(seed, drawn):
    r = chance.Random(seed)
    quadratic = inner(word(r, 1), word(r, r.randrange(3))) * r.choice([1, h, h**2])
    e = r.choice([E(quadratic), Var(inner(w, word(r, 1))), Cov(inner(w, word(r, 1)), h * inner(w, word(r, 1)))])
    said = expected(e)
    told, seen = drawn.value(said), drawn.value(e)
    assert abs(told.full - seen.full) < 6.5 * np.hypot(seen.error, told.error) + 1e-9, said
    assert not said.has(W)


def test_what_the_laws_say_leaves_no_expectation_of_quadratic_forms():
    assert not any(expected(E(inner(word(chance.Random(k), 1), word(chance.Random(k + 99), 1)))).has(E)
                   for k in range(30))


@pytest.mark.parametrize("seed", range(25))
def test_a_changed_premise_moves_the_line(seed):
    r = chance.Random(seed)
    f, t = sp.Function("f"), sp.Symbol("t", real=True)
    model = r.choice([a * t + b, t**2 + a, (a + t) * t, a * t - b * t**3])
    start = r.choice([f(a) + b, b * f(b) - a, E(f(h) - f(a)), f(a) ** 2])
    rule = Rule("model", f(t), model)
    line = Line(expected(rule.put(start)), "model", (rule,))
    assert link(start, line).status is Status.ZERO
    changed = [m.expr for m in mutants(model, 12)
               if sp.expand(rule.with_right(m.expr).put(start) - rule.put(start)) != 0]
    assert changed
    for other in changed:
        assert link(start, Line(line.expr, "model", (rule.with_right(other),))).status is not Status.ZERO, other


def test_an_integral_is_run_on_many_nodes_at_once_and_double_ones_are_run_too():
    x, y, a = sp.Symbol("x", real=True), sp.Symbol("y", real=True), sp.Symbol("a", positive=True)
    calls = []

    def f(u):
        calls.append(np.shape(u))
        return np.exp(-np.asarray(u) ** 2)

    run = Samples({a: 2.0}, {"f": f})
    assert abs(run.value(sp.Integral(sp.Function("f")(x), (x, -sp.oo, sp.oo))).full - np.sqrt(np.pi)) < 1e-11
    assert len(calls) < 60 and max(shape[0] for shape in calls if shape) >= 31
    double = sp.Integral(sp.exp(-x * y), (x, 0, 1), (y, 0, 1))
    assert abs(run.value(double).full - 0.7965995992970532) < 1e-10
    spread = Samples({a: np.linspace(1, 2, 7)}).value(sp.Integral(sp.exp(-a * x), (x, 0, sp.oo))).full
    assert np.allclose(spread, 1 / np.linspace(1, 2, 7), rtol=1e-11)
    only_numbers = Samples({}, {"f": lambda u: float(np.sin(u))})
    assert abs(only_numbers.value(sp.Integral(sp.Function("f")(x), (x, 0, 3))).full - (1 - np.cos(3))) < 1e-11
