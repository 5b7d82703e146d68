"""Counterexamples to what is true, errata of what was never wrong."""

from __future__ import annotations


import pytest
import sympy as sp

from attack_help import (
    DOMAIN,
    E,
    F,
    R,
    SAID,
    X,
    a,
    b,
    fails,
    k,
    passes,
    sigma,
    t,
    told,
    u,
    variances_add,
    walk,
    walk_step,
    x,
    y,
)
from claims import ClaimError, counterexample, define, erratum

pytestmark = pytest.mark.usefixtures("notebook")
T, rate = sp.symbols("T kappa", positive=True)
Y = sp.Function("Y")


# ------------------------------------------------------- counterexamples (a12, a71)


def decay():
    return define(
        "decay",
        F(x, rate),
        -rate * x,
        lambda x, rate: -rate * x,
        args=[x, rate],
        wrong={"growth": lambda x, rate: rate * x, "twice": lambda x, rate: -2 * rate * x},
    )


def euler(rng, decay, T, kappa):
    found, h = 1.0, T / 1000
    for _ in range(1000):
        found += h * decay(found, kappa)
    return {"Y": lambda at: found}


def refuted(label, right, instead, **more):
    return counterexample(
        label,
        Y(T),
        "=",
        right,
        instead=instead,
        given=[decay()],
        trial=euler,
        where={Y(T): "the solution"},
        domain=[{T: 1, rate: 1}, {T: 2, rate: R(1, 2)}, {T: 3, rate: 2}],
        **more,
    )


def test_an_inexact_trial_gives_no_counterexample():
    with pytest.raises(ClaimError, match="instead= says what is true; it must pass the same trial"):
        refuted("not-exponential", sp.exp(-rate * T), None)
    fails(
        refuted("not-exponential", sp.exp(-rate * T), sp.exp(-rate * T)),
        "what is true instead does not pass the same trial",
    )
    fails(refuted("not-linear", 1 - rate * T, sp.exp(-rate * T)), "what is true instead does not pass the same trial")
    passes(refuted("not-linear", 1 - rate * T, (1 - rate * T / 1000) ** 1000), "measured")


def test_the_statement_keeps_its_relation():
    found = counterexample(
        "product-below-sum",
        a * b,
        "<=",
        a + b,
        instead=(">=", sp.Integer(0)),
        domain=[{a: 1, b: 2}, {a: 3, b: 4}, {a: 5, b: 7}],
        loose="0 is attained nowhere",
    )
    record = passes(found, "measured")
    assert found.case.relation == record["relation"] == "<=" and record["trial"]["point"] == {"a": "3", "b": "4"}


def test_rounding_is_no_counterexample():
    smooth = (sp.exp(a) - 1 - a) / a**2
    series = sp.Sum(a**k / sp.factorial(k + 2), (k, 0, sp.oo))
    points = {a: [R(1, 1000), R(1, 2), R(1, 100000)]}
    fails(
        counterexample("series", series, "=", smooth, instead=smooth, domain=points),
        "the statement holds at every point of the domain",
    )
    fails(
        counterexample(
            "cancels", sp.log(1 + a) - a, "=", sp.log((1 + a) * sp.exp(-a)), instead=sp.log(1 + a) - a, domain=points
        ),
        "holds at every point",
    )
    passes(
        counterexample("first-term", sp.log(1 + a) - a, "=", -(a**2) / 2, instead=sp.log(1 + a) - a, domain=points),
        "measured",
    )


def test_what_is_true_instead_must_differ_from_what_is_refuted():
    fails(
        counterexample("root", sp.sqrt(x**2), "=", x, instead=x, domain={x: [2, -2, -3]}),
        "what is true instead does not pass",
    )
    passes(counterexample("root", sp.sqrt(x**2), "=", x, instead=sp.Abs(x), domain={x: [2, -2, -3]}), "measured")


# ------------------------------------------------------- errata (a27, a28)


def geometric(printed, corrected=1 + x + x**2, **more):
    return erratum(
        "geometric",
        sp.Sum(x**k, (k, 0, 2)),
        "=",
        printed=printed,
        corrected=corrected,
        source="a-paper",
        place="equation (3)",
        why="a slip",
        **({"domain": {x: [R(1, 2), -2, 3]}} | more),
    )


def test_a_misprint_is_refuted_by_a_finite_value():
    domain = {x: [1, R(1, 2), -3]}
    fails(geometric((1 - x**3) / (1 - x), domain=domain), "the printed formula is the corrected one in another form")
    fails(
        erratum(
            "softplus",
            sp.log(1 + sp.exp(y)),
            "=",
            printed=sp.log(1 + sp.exp(y)),
            corrected=sp.Max(y, 0) + sp.log(1 + sp.exp(-sp.Abs(y))),
            source="a-paper",
            place="equation (1)",
            why="printed without the maximum",
            unproved="by cases",
            domain={y: [-3, 2, 30, 900]},
        ),
        "the printed formula",
    )
    wrong = passes(geometric((1 - x**2) / (1 - x), domain=domain), "proved")
    assert wrong["erratum"]["point"] != {"x": "1"} and wrong["erratum"]["predicted"] is not None


def test_a_misprint_that_has_no_value_anywhere_measured_is_not_refuted():
    fails(
        geometric(1 + x + x**2 + 1 / (x - 1) - 1 / (x - 1) * sp.sqrt(x**2) / sp.Abs(x), domain={x: [1]}),
        "printed formula",
    )


def test_a_misprint_has_a_place():
    with pytest.raises(ClaimError, match="say with place= where in 'einstein1905' it is printed"):
        erratum(
            "walk",
            E(X(t) ** 2),
            "=",
            printed=t**2 * sigma**2,
            corrected=t * sigma**2,
            source="einstein1905",
            why="variances add",
        )


def test_a_misprint_of_a_measured_formula():
    def stated(printed, corrected):
        return erratum(
            "walk",
            E(X(t) ** 2),
            "=",
            printed=printed,
            corrected=corrected,
            source="a-leaflet",
            place="section 2",
            why="variances add",
            given=[walk_step()],
            proof=variances_add,
            trial=walk,
            domain=DOMAIN,
            where=SAID,
        )

    record = passes(stated(t**2 * sigma**2, t * sigma**2), "proved")
    assert record["erratum"]["slip"] and record["erratum"]["source"] == "a-leaflet, section 2"
    fails(stated(t * sigma**2, t**2 * sigma**2))
    fails(stated(t * sigma**2, sigma**2 * (t + 1) - sigma**2), "the corrected one in another form")


def test_a_misprint_that_is_right_by_a_definition():
    g = sp.Function("g")
    rule = define("rule", g(u), 2 * u)
    found = erratum(
        "unseen",
        g(a),
        "=",
        printed=2 * a + g(b) - g(b + 1) + 2,
        corrected=2 * a,
        source="a-paper",
        place="(2)",
        why="a slip",
        given=[rule],
        steps=[(2 * a, "by its definition", rule.at({u: a}))],
        unmeasured="a definition",
    )
    assert "printed formula" in told(fails(found))
