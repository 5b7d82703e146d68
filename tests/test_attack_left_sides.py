"""Left sides that are connected to nothing: in words, of another quantity, never run, minimised elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from attack_help import DOMAIN, R, SAID, X, a, b, fails, k, n, passes, sigma, t, variances_add, walk, walk_step, x, y
from claims import (
    ClaimError,
    E,
    Exact,
    Mean,
    Positive,
    Same,
    Var,
    argmin,
    claim,
    define,
    matrix,
    norm,
    quantity,
    random,
    telescopes,
    trace,
    vector,
)

pytestmark = pytest.mark.usefixtures("notebook")


# ------------------------------------------------------- what is shown is what is run (a02)


def moment(label, left, right, **more):
    return claim(
        label,
        left,
        "=",
        right,
        given=[walk_step()],
        trial=walk,
        domain=DOMAIN,
        where=SAID,
        **(more or {"unproved": "measured here"}),
    )


def test_the_moment_shown_is_the_moment_measured():
    passes(moment("second", E(X(t) ** 2), t * sigma**2, proof=variances_add), "proved")
    fails(moment("fourth", E(X(t) ** 4), t * sigma**2, proof=variances_add), "fails at", "says", "finds")
    passes(moment("variance", Var(X(t)), t * sigma**2, proof=variances_add), "proved")
    fails(moment("variance-of-the-square", Var(X(t) ** 2), t * sigma**2, proof=variances_add), "finds")
    fails(moment("absolute", E(sp.Abs(X(t))), t * sigma**2), "finds")


def test_a_measurement_of_another_quantity_is_none_of_this_one():
    step = walk_step()
    other = claim(
        "ready-made",
        E(X(t) ** 4),
        "=",
        t * sigma**2,
        given=[step],
        unproved="measured here",
        domain=DOMAIN,
        trial=lambda rng, step, t, sigma: Mean(walk(rng, step, t, sigma)["X_t"] ** 2),
    )
    fails(other, "a measurement of its own (mean), so nothing connects it with the left side", "X_t")


def test_words_on_the_left_need_a_reason_and_are_counted():
    step = walk_step()
    with pytest.raises(
        ClaimError,
        match=r"the left side is in words; '\\\\mathbb E' is an operator of the language: write it as an expression",
    ):
        claim(
            "words",
            quantity(r"\mathbb E\,x_t^4"),
            "=",
            t * sigma**2,
            given=[step],
            unproved="measured",
            trial=walk,
            domain=DOMAIN,
        )
    record = passes(
        claim(
            "place",
            quantity(r"\text{place after one step}"),
            "=",
            x + sigma,
            given=[step],
            unproved="measured",
            words="it is the answer of a program",
            trial=lambda rng, step, x, sigma: Exact(step(x, 1.0, sigma)),
            domain={x: [2, -3], sigma: [R(1, 2), 3]},
        ),
        "measured",
    )
    assert record["sides"]["left"] == "in words" and record["words"] == "it is the answer of a program"


# ------------------------------------------------------- sums, products, integrals, bounds on the left (a03)


def counted():
    N = sp.Function("N")
    return define(
        "count",
        N(n),
        sp.Sum(k, (k, 1, n)),
        lambda n: float(sum(range(n + 1))),
        args=[n],
        wrong={"one less": lambda n: float(sum(range(n)))},
    )


def test_a_computable_left_side_is_computed_whatever_the_trial_returns():
    count, right = counted(), n * (n + 1) / 2
    wrong = claim(
        "cubes",
        sp.Sum(k**3, (k, 1, n)),
        "=",
        right,
        given=[count],
        domain={n: [3, 6, 9]},
        proof=lambda rhs: telescopes(rhs.subs(n, n - 1), n, k, k, low=1),
        trial=lambda rng, count, n: Exact(count(n)),
    )
    fails(wrong, "the left side, computed: fails at")
    passes(claim("first-powers", sp.Sum(k, (k, 1, n)), "=", right, domain={n: [3, 6, 9]}), "proved")


@pytest.mark.parametrize(
    "left, wrong, true",
    [
        (sp.Product(k, (k, 1, n)), n * (n + 1) / 2, sp.factorial(n)),
        (sp.Integral(sp.exp(-a * y), (y, 0, sp.oo)), a, 1 / a),
        (sp.Limit((1 + a / n) ** n, n, sp.oo), 1 + a, sp.exp(a)),
        (sp.Derivative(sp.exp(a * b), a), a * sp.exp(a * b), b * sp.exp(a * b)),
    ],
)
def test_near_relatives_are_computed_too(left, wrong, true):
    domain = {s: [R(1, 2), 3] if s is not n else [3, 6] for s in left.free_symbols}
    domain = {s: v if i == 0 else [2, R(5, 4)] for i, (s, v) in enumerate(sorted(domain.items(), key=str))}
    vacuous = claim("wrong", left, "=", wrong, domain=domain, proof=lambda rhs: {"itself": rhs - wrong})
    fails(vacuous)
    passes(claim("true", left, "=", true, domain=domain))


def test_an_inequality_on_the_left_is_run():
    fails(
        claim("below", a**2 + b**2, "<=", 2 * a * b, domain={a: [1, 3], b: [2, R(1, 2)]}),
        "line 1 (the right side): it does not follow",
    )
    passes(claim("above", (a + b) ** 2, ">=", 4 * a * b, domain={a: [2, 3, R(1, 2)], b: [2, R(1, 2)]}), "proved")


# ------------------------------------------------------- the objective shown is the one minimised (a04)


def test_argmin_minimises_what_is_displayed():
    u, J = sp.Symbol("u", positive=True), sp.Function("J")
    shown = (u - a) ** 2 + b * u**2
    domain = {a: [1, 3], b: [R(1, 2), 2]}
    passes(claim("ridge", argmin(u, shown), "argmin", a / (1 + b), domain=domain), "proved")
    fails(claim("quartic", argmin(u, (u - a) ** 2 + b * u**4), "argmin", a / (1 + b), domain=domain), "finds")
    borrowed = claim(
        "borrowed",
        argmin(u, (u - a) ** 2 + b * u**4),
        "argmin",
        a / (1 + b),
        domain=domain,
        proof=lambda rhs: {
            "stationary": sp.diff(shown, u).subs(u, rhs),
            "curved": Positive(sp.diff(shown, u, 2).subs(u, rhs)),
        },
    )
    fails(borrowed, "finds")
    fails(
        claim(
            "unmeasured",
            argmin(u, (u - a) ** 2 + b * u**4),
            "argmin",
            a / (1 + b),
            domain=domain,
            unmeasured="it is proved",
            proof=lambda rhs: {"stationary": sp.diff(shown, u).subs(u, rhs)},
        ),
        "the proof never meets the left side",
    )
    cost = define(
        "cost",
        J(u, a, b),
        shown,
        lambda u, a, b: (u - a) ** 2 + b * u**2,
        args=[u, a, b],
        wrong={"no penalty": lambda u, a, b: (u - a) ** 2},
    )
    passes(
        claim(
            "by-name",
            argmin(u, J(u, a, b)),
            "argmin",
            a / (1 + b),
            given=[cost],
            domain=domain,
            unproved="found by search",
        ),
        "measured",
    )


def test_a_local_minimum_is_no_minimiser():
    u = sp.Symbol("u", real=True)
    two_wells = (u**2 - 1) ** 2 + a * u / 10
    fails(claim("wrong-well", argmin(u, two_wells), "argmin", sp.Integer(1), domain={a: [1, 2]}, unproved="searched"))


# ------------------------------------------------------- names that hold a theorem (a25, a64)


@pytest.mark.parametrize(
    "name", [r"\operatorname{tr}(AB)\operatorname{tr}(BA)", r"\mathbb E\,x", r"f(x)", r"\sum_k a_k", r"a+b", r"\|v\|"]
)
def test_a_symbol_whose_name_is_an_expression_is_refused(name):
    s = sp.Symbol(name, real=True)
    with pytest.raises(ClaimError, match="a name is a letter with marks; write an expression"):
        claim("named", x**2, "=", s, domain={x: [2, -3], s: [4, 9]}, unproved="measured")
    with pytest.raises(ClaimError, match="a name is a letter with marks"):
        define("named", s, x**2, lambda x: x**2, args=[x], wrong={"cube": lambda x: x**3})


def test_traces_are_traces():
    d = sp.Symbol("d", integer=True, positive=True)
    A, B = matrix("A", d), matrix("B", d)
    passes(claim("cyclic", trace(A * B), "=", trace(B * A)), "proved")
    fails(claim("product", trace(A * B), "=", trace(A) * trace(B)), "finds")


def test_two_programs_show_no_theorem_about_a_limit():
    step = walk_step()
    with pytest.raises(ClaimError, match="the left side is in words"):
        claim(
            "ergodic",
            quantity(r"\lim_{T\to\infty}\tfrac1T\sum_{t\le T}f(x_t)-\int f\,\mathrm d\pi"),
            "=",
            sp.Integer(0),
            given=[step],
            unproved="two programs",
            trial=lambda rng, step: Same(lambda x: step(x, 1.0, 2.0), lambda x: x + 2.0, [np.arange(4.0)]),
        )


def test_the_norm_shown_is_the_norm_run():
    d = sp.Symbol("d", integer=True, positive=True)
    v = random(vector("v", d), mean=0, variance=sigma**2 / d)
    passes(claim("length", E(norm(v) ** 2), "=", sigma**2, domain={d: [4, 16], sigma: [R(1, 2), 2]}), "proved")
    fails(
        claim("length-of-the-mean", E(norm(v)) ** 2, "=", sigma**2, domain={d: [4, 16], sigma: [R(1, 2), 2]}), "finds"
    )
