"""Lines of a chain, and definitions: false in the middle, bound to nothing, bound to other code."""

from __future__ import annotations

import pytest
import sympy as sp

from attack_help import F, R, a, b, fails, passes, second_moment, sigma, t, told, u, x, z
from claims import ClaimError, claim, define, function, inner, norm, vector

pytestmark = pytest.mark.usefixtures("notebook")
d = sp.Symbol("d", integer=True, positive=True)
PAIR = {a: [R(1, 2), 3], b: [2, 5]}


# ------------------------------------------------------- false lines (a10)


def test_a_false_line_between_two_equal_sides_is_refuted():
    found = claim(
        "squares",
        (a + b) ** 2,
        "=",
        a**2 + 2 * a * b + b**2,
        steps=[(a**2 + b**2 + a * b, "multiply out")],
        domain=PAIR,
    )
    record = fails(found, "line 1 (multiply out)", "line 2 (the right side)")
    assert [line["evidence"] for line in record["lines"]] == ["refuted", "refuted"]
    passes(
        claim(
            "squares",
            (a + b) ** 2,
            "=",
            a**2 + 2 * a * b + b**2,
            domain=PAIR,
            steps=[((a + b) * a + (a + b) * b, "multiply out once"), (a**2 + 2 * a * b + b**2, "and again")],
        ),
        "proved",
    )


def test_a_false_middle_line_of_vectors_is_refuted():
    v, w = vector("v", d), vector("w", d)
    right = norm(v) ** 2 + 2 * inner(v, w) + norm(w) ** 2
    domain = {d: [3, 8]}

    def middle(label, line):
        return claim(
            label,
            norm(v + w) ** 2,
            "=",
            right,
            domain=domain,
            steps=[
                (inner(v + w, v + w), "the norm is an inner product"),
                (line, "it is bilinear"),
                (right, "it is symmetric"),
            ],
        )

    passes(middle("cosine-law", norm(v) ** 2 + inner(v, w) + inner(w, v) + norm(w) ** 2), "proved")
    fails(middle("one-product-lost", norm(v) ** 2 + inner(v, w) + norm(w) ** 2), "line 2 (it is bilinear)")
    fails(middle("sign", norm(v) ** 2 + inner(v, w) - inner(w, v) + norm(w) ** 2), "line 2 (it is bilinear)")


def test_two_mistakes_that_cancel_are_both_refuted():
    chain = [
        ((a + b) ** 2 + 1, "add one"),
        ((a + b) ** 2 + 2, "add another"),
        (a**2 + 2 * a * b + b**2, "take both away"),
    ]
    assert (
        told(fails(claim("cancelling", (a + b) ** 2, "=", a**2 + 2 * a * b + b**2, steps=chain, domain=PAIR))).count(
            "line "
        )
        >= 3
    )


def test_a_line_may_not_hide_behind_a_premise_that_does_not_apply():
    v, growth = second_moment()
    wrong = [(v(t) + sigma, "by the recursion", growth), (v(t) + sigma**2, "simplify", growth)]
    fails(
        claim("hidden", v(t + 1), "=", v(t) + sigma**2, given=[growth], steps=wrong, unmeasured="a recursion"),
        "line 1 (by the recursion)",
    )
    with pytest.raises(ClaimError, match="line 1 uses 'growth', which given= does not name"):
        claim(
            "stranger",
            v(t + 1),
            "=",
            v(t) + sigma**2,
            steps=[(v(t) + sigma**2, "by the recursion", growth)],
            unmeasured="a recursion",
        )
    passes(
        claim(
            "shown",
            v(t + 1),
            "=",
            v(t) + sigma**2,
            given=[growth],
            steps=[(v(t) + sigma**2, "by the recursion", growth)],
            unmeasured="a recursion",
        ),
        "proved",
    )


def test_a_premise_used_at_the_wrong_place_does_not_carry_a_line():
    v, growth = second_moment()
    fails(
        claim(
            "late",
            v(t + 2),
            "=",
            v(t) + 2 * sigma**2,
            given=[growth],
            unmeasured="a recursion",
            steps=[
                (v(t + 1) + 2 * sigma**2, "one step", growth.at({t: t + 1})),
                (v(t) + 2 * sigma**2, "another", growth),
            ],
        ),
        "line 1 (one step)",
    )
    passes(
        claim(
            "twice",
            v(t + 2),
            "=",
            v(t) + 2 * sigma**2,
            given=[growth],
            unmeasured="a recursion",
            steps=[(v(t + 1) + sigma**2, "one step", growth.at({t: t + 1})), (v(t) + 2 * sigma**2, "another", growth)],
        ),
        "proved",
    )


def test_a_false_line_of_a_bound_is_seen():
    chain = [(a**2 + b**2 + 2 * a * b, "multiply out"), (2 * (a**2 + b**2), "as 2ab is at most a² + b²")]
    with pytest.raises(ClaimError, match="has no reason"):
        claim("silent", (a + b) ** 2, "<=", 2 * (a**2 + b**2), steps=[(chain[0][0], "")], domain=PAIR)
    passes(claim("convex", (a + b) ** 2, "<=", 2 * (a**2 + b**2), steps=chain[:1], domain=PAIR), "proved")
    fails(
        claim(
            "convex-wrong", (a + b) ** 2, "<=", 2 * (a**2 + b**2), steps=[(a**2 + b**2, "multiply out")], domain=PAIR
        ),
        "line 1 (multiply out)",
    )


# ------------------------------------------------------- definitions are run (a06, a07, a69)


def test_code_that_is_not_the_formula_shown():
    args = {"args": [u, z, sigma], "wrong": {"no noise": lambda u, z, sigma: u + 0 * z}}
    code = lambda u, z, sigma: u + sigma * z  # noqa: E731
    fails(
        define("squared", F(u, z, sigma), u + sigma**2 * z, code, **args),
        "the code is not the formula shown: formula",
        "code",
    )
    assert define("squared", F(u, z, sigma), u + sigma * z, code, **args).record["verdict"] == "definition"
    with pytest.raises(ClaimError, match="args= says what the code takes"):
        define("unbound", sp.Function("G")(u, z, sigma), u + sigma**2 * z, code, wrong=args["wrong"])


def test_code_that_differs_for_some_arguments_only():
    wrong = {"wrong": {"zero": lambda x: 0 * x}}
    fails(
        define("root", sp.Function("r")(x), sp.sqrt(x**2), lambda x: x, args=[x], **wrong),
        "the code is not the formula shown",
    )
    q = vector("q", d)
    mean = function("m")
    fails(
        define(
            "mean",
            mean(q),
            inner(q, q) / d,
            lambda q: float(q @ q) / 3,
            args=[q],
            wrong={"sum": lambda q: float(q @ q)},
        ),
        "the code is not the formula shown",
    )
    passing = define(
        "mean-square",
        function("ms")(q),
        inner(q, q) / d,
        lambda q: float(q @ q) / len(q),
        args=[q],
        wrong={"sum": lambda q: float(q @ q)},
    )
    assert passing.record["bound"] and not passing.record["failures"]


def test_a_variance_with_the_other_denominator():
    h, S = vector("h", d), sp.Function("S")
    i, j = sp.symbols("i j", integer=True)
    squares = sp.Sum((h[i, 0] - sp.Sum(h[j, 0], (j, 0, d - 1)) / d) ** 2, (i, 0, d - 1))
    evidence = {"code": lambda h: h.var(), "args": [h], "wrong": {"not centred": lambda h: (h**2).mean()}}
    fails(define("variance", S(h), squares / (d - 1), **evidence), "the code is not the formula shown")
    assert not define("variance", S(h), squares / d, **evidence).record["failures"]


def test_a_wrong_variant_that_is_right_is_refused():
    fails(
        define("same", F(u), 2 * u, lambda u: 2 * u, args=[u], wrong={"added": lambda u: u + u}),
        "the wrong variant 'added' equals the formula",
    )


def test_a_string_is_no_formula_and_a_bound_is_no_definition():
    with pytest.raises(ClaimError, match="nothing connects code and formula"):
        define("model", r"x_{t+1}=x_t+\sigma z_t", lambda x, z: x + z, wrong={"none": lambda x, z: x})
    with pytest.raises(ClaimError, match="a LaTeX string says the whole definition"):
        define("theorem", r"\mathbb E\,x_t^4", t * sigma**4)
    with pytest.raises(ClaimError, match="unknown word relation="):
        define("bound", sp.Symbol("B"), sigma**2, relation="<=")
    words = define(
        "program",
        r"\text{the optimiser}",
        lambda x: x + 1,
        wrong={"none": lambda x: x},
        words="a program of many lines",
    )
    assert words.record["bound"] is False and "in words" in words.record["summary"]


def test_where_a_definition_holds_only_in_part_it_says_so():
    f = sp.Function("f")
    half = sp.Piecewise((u, u > 0), (0, True))
    fails(
        define("relu", f(u), half, lambda u: abs(u), args=[u], wrong={"identity": lambda u: u}),
        "the code is not the formula shown",
    )
    assert not define("relu", f(u), half, lambda u: max(u, 0.0), args=[u], wrong={"identity": lambda u: u}).record[
        "failures"
    ]


def test_a_domain_does_not_hide_where_code_and_formula_differ():
    f = sp.Function("f")
    hidden = define(
        "root", f(x), sp.sqrt(x**2), lambda x: x, args=[x], wrong={"zero": lambda x: 0 * x}, domain={x: [1, 2, 3]}
    )
    fails(hidden, "the symbol x may have both signs, but it is measured at 1, 2, 3")
    one = define(
        "square",
        sp.Function("g")(a),
        a**2,
        lambda a: 3 * a,
        args=[a],
        wrong={"zero": lambda a: 0 * a},
        domain={a: [3]},
    )
    fails(one, "the symbol a has one value only (3)")
