"""What a reader would see, and what an author is told: prints that merge two meanings, empty sums, sections of a
failure, errors of the engine."""

from __future__ import annotations


import pytest
import sympy as sp

import claims
from attack_help import SAID, X, variances_add, walk, walk_step, R, a, b, fails, k, m, n, passes, sigma, t, told, x, y
from claims import ClaimError, claim, counterexample, define, erratum, sequence
from claims.attack import formulas
from claims.case import Case
from claims.errata import refute
from claims.say.typeset import tex

pytestmark = pytest.mark.usefixtures("notebook")
DOMAIN = {t: [2, 5], sigma: [R(1, 2), 3]}


# ------------------------------------------------------- print (a38, t01)


@pytest.mark.parametrize(
    "one, other",
    [
        (sp.sin(x) * y, sp.sin(x * y)),
        (sp.log(a) * b, sp.log(a * b)),
        (sp.log(a) ** 2, sp.log(a**2, evaluate=False)),
        (sp.Sum(sp.Function("f")(k), (k, 1, n)) + 1, sp.Sum(sp.Function("f")(k) + 1, (k, 1, n))),
        (sp.Product(a + k, (k, 1, n)) * x, sp.Product((a + k) * x, (k, 1, n))),
        (sp.Derivative(sp.Function("f")(x), x) * y, sp.Derivative(sp.Function("f")(x) * y, x)),
        (sp.Limit(sp.Function("f")(k), k, sp.oo) + y, sp.Limit(sp.Function("f")(k) + y, k, sp.oo)),
        (sp.Integral(sp.Function("f")(x), (x, 0, 1)) * y, sp.Integral(sp.Function("f")(x) * y, (x, 0, 1))),
    ],
)
def test_two_meanings_have_two_prints(one, other):
    orders = [
        (),
        tuple(sp.Mul.make_args(one)),
        tuple(reversed(sp.Mul.make_args(one))),
        tuple(sp.Add.make_args(one)),
        tuple(reversed(sp.Add.make_args(one))),
    ]
    assert {tex(one, order) for order in orders}.isdisjoint({tex(other, order) for order in orders})


# ------------------------------------------------------- empty sums (a58)


def test_a_sum_that_may_be_empty_is_measured_where_it_is():
    right = (n + m) * (n - m + 1) / 2
    full = [{m: 2, n: 5}, {m: 1, n: 4}, {m: 3, n: 7}]
    fails(
        claim("range", sp.Sum(k, (k, m, n)), "=", right, domain=full),
        "the sum over k is empty for n < m, where the reader takes it for 0",
    )
    fails(claim("range-empty", sp.Sum(k, (k, m, n)), "=", right, domain=[*full, {m: 5, n: 2}]))
    j = sp.Symbol("j", integer=True, nonnegative=True)
    passes(
        claim(
            "never-empty",
            sp.Sum(k, (k, m, m + j)),
            "=",
            (2 * m + j) * (j + 1) / 2,
            domain=[{m: 2, j: 3}, {m: 1, j: 5}, {m: 3, j: 0}],
        ),
        "proved",
    )
    meant = passes(claim("meant", sp.Sum(k, (k, m, n)), "=", right, domain=full, assume=r"$n \ge m$"), "proved")
    assert r"$n \ge m$" in meant["assumptions"] and "it is 0" in meant["convention"]


def test_a_product_that_may_be_empty():
    fails(
        claim(
            "product",
            sp.Product(k, (k, m, n)),
            "=",
            sp.factorial(n) / sp.factorial(m - 1),
            domain=[{m: 2, n: 5}, {m: 1, n: 4}, {m: 3, n: 7}],
        ),
        "is empty for n < m",
    )


# ------------------------------------------------------- what a failure says


def test_a_refuted_formula_names_its_slip():
    text = told(claim("square", sp.Sum(2 * k - 1, (k, 1, n)), "=", n**2 + n, domain={n: [3, 4, 6]}).record)
    assert (
        "fails at n = " in text
        and "says " in text
        and "finds " in text
        and "slip: drop a term; n**2 + n where n**2 is meant: n**2 agrees at all 3 points" in text
    ), text
    variance = claim(
        "variance",
        sp.Integral(x**2 * sp.exp(-(x**2) / (2 * sigma**2)), (x, -sp.oo, sp.oo)) / (sigma * sp.sqrt(2 * sp.pi)),
        "=",
        sigma**3,
        domain={sigma: [R(1, 2), 3, 2]},
        unproved="a known integral",
    )
    assert "slip: exponent; sigma**3 where sigma**2 is meant" in told(variance.record).replace("\\", ""), told(
        variance.record
    )
    far = claim("far", sp.Sum(2 * k - 1, (k, 1, n)), "=", sp.exp(n) + 7, domain={n: [3, 4, 6]})
    assert "slip:" not in told(far.record)


def test_no_slip_is_named_when_all_is_well(monkeypatch):
    monkeypatch.setattr(
        "claims.gathered.mutants", lambda right: pytest.fail("mutants were made to explain a claim that holds")
    )
    passes(claim("odd", sp.Sum(2 * k - 1, (k, 1, n)), "=", n**2, domain={n: [3, 6]}), "proved")


def test_several_explanations_are_no_explanation():
    text = told(claim("one-point", a**2, "=", a**3, domain={a: [1, 2]}, unproved="measured").record)
    assert text.count("slip:") <= 1
    both = told(claim("ambiguous", 2 * a, "=", a + 1, domain={a: [2]}, unproved="measured").record)
    assert "slip:" not in both


# ------------------------------------------------------- errors of the engine are failures with their names


def stated(label="odd", right=n**2, **more):
    return claim(
        label, sp.Sum(2 * k - 1, (k, 1, n)), "=", right, **({"domain": {n: [3, 6]}, "unproved": "measured"} | more)
    )


def raises(*a, **k):
    raise ZeroDivisionError("planted")


def noisy():
    return claim(
        "noisy",
        claims.E(X(t) ** 2),
        "=",
        t * sigma**2,
        given=[walk_step()],
        proof=variances_add,
        trial=walk,
        where=SAID,
        domain=DOMAIN,
    )


@pytest.mark.parametrize("where", ["claims.attack.formulas.special.ndtr", "claims.attack.formulas._margin"])
def test_an_error_in_the_power_check_does_not_switch_it_off(monkeypatch, where):
    passes(noisy(), "proved")
    monkeypatch.setattr(where, raises)
    fails(noisy(), "the engine could not judge the mutant", "ZeroDivisionError: planted")


@pytest.mark.parametrize(
    "where, says",
    [
        ("claims.attack.formulas._refuted", "the engine could not judge the mutant"),
        ("claims.attack.formulas.equivalent", "the engine could not judge the mutant"),
        (
            "claims.attack.formulas._own_deviations",
            "the engine could not attack the formula: ZeroDivisionError: planted",
        ),
        ("claims.attack.formulas.mutants", "the engine could not attack the formula"),
        ("claims.judge.compare_all", "the engine could not attack the relation"),
    ],
)
def test_an_error_of_the_engine_makes_no_mutant_incompetent(monkeypatch, where, says):
    bound = where.endswith("compare_all")
    monkeypatch.setattr(where, raises)
    if where.endswith("equivalent"):
        monkeypatch.setattr(formulas, "_refuted", lambda *a: (False, None))
    found = claim("bound", 2 * a * b, "<=", a**2 + b**2, domain={a: [2, 3], b: [3, R(1, 2)]}) if bound else stated()
    record = fails(found, says)
    assert record["mutants"]["incompetent"] == 0


def test_an_error_while_premises_are_attacked(monkeypatch):
    v = sequence("v", positive=True)
    growth = define("growth", v(t + 1), v(t) + sigma**2)
    monkeypatch.setattr("claims.attack.premises.mutants", raises)
    found = claim(
        "one-step",
        v(t + 1),
        "=",
        v(t) + sigma**2,
        given=[growth],
        steps=[(v(t) + sigma**2, "by the recursion", growth)],
        unmeasured="a recursion",
    )
    fails(found, "the engine could not change the premises' equations: ZeroDivisionError: planted")


def test_a_tuple_is_looked_at_entry_by_entry():
    def blind(rhs):
        return {"first": rhs[1] - a * b}

    found = claim(
        "pair", sp.Tuple((a**2 - b**2) / (a - b), a * b), "=", sp.Tuple(a + b, a * b), proof=blind, unmeasured="proved",
        given=()
    )
    fails(found, "the proof ignores its candidate")


def test_a_counterexample_leaves_its_relation_alone():
    found = counterexample(
        "below", a * b, "<=", a + b, instead=(">=", sp.Integer(0)), domain=[{a: 1, b: 2}, {a: 3, b: 4}]
    )
    assert found.case.relation == found.record["relation"] == "<=" and not passes(found)["failures"]
    with pytest.raises(AttributeError):
        found.case.relation = "="
    assert isinstance(found.case, Case)


# ------------------------------------------------------- refutations and errata say the same


def test_refute_and_erratum_name_slips():
    true = stated()
    assert "slip: " in str(refute(true, n**2 / 2))
    found = erratum(
        "odd-sum",
        sp.Sum(2 * k - 1, (k, 1, n)),
        "=",
        printed=n**2 / 2,
        corrected=n**2,
        source="a-leaflet",
        place="line 1",
        why="halved",
        domain={n: [3, 6]},
    )
    assert passes(found, "proved")["erratum"]["slip"] == "constant factor"
    with pytest.raises(ClaimError, match="unknown word domian="):
        stated(domian={})
