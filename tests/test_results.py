"""Results and workings: what passes, what fails and says so, and formulas that readers take away."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from claims import (
    ClaimError,
    E,
    Jacobian,
    KL,
    Normal,
    agreement,
    argmin,
    behaviour,
    cosine,
    function,
    inner,
    matrix,
    norm,
    random,
    sequence,
    total,
    vector,
    working,
)
from claims.say.resulting import sentence, table
from claims.say.taken import parsed, taken

pytestmark = pytest.mark.usefixtures("notebook")
EIGHT = {"8 numbers": lambda rng: (rng.normal(size=8),)}


def size(x):
    return (x * x).sum() ** 0.5


def test_agreement_passes_and_shows_its_largest_difference():
    record = agreement(
        "norms-agree", "Our norm is NumPy's.", size, np.linalg.norm, EIGHT, wrong={"no root": lambda x: (x * x).sum()}
    ).record
    assert record["verdict"] == "measured" and record["failures"] == []
    assert sentence(record) == "Our norm is NumPy&#x27;s." and table(record)[1][0][0] == "8 numbers"


@pytest.mark.parametrize(
    "ours, wrong, said",
    [
        (lambda x: 1.001 * size(x), {"no root": lambda x: (x * x).sum()}, "the two differ by 0.001"),
        (size, {"the same": lambda x: size(-x)}, "the wrong variant 'the same' agrees as well"),
        (lambda x: np.nan, {"no root": lambda x: (x * x).sum()}, "the two differ by inf"),
        (lambda x: np.ones(3), {"no root": lambda x: (x * x).sum()}, "the two differ by inf"),
    ],
)
def test_agreement_that_fails(ours, wrong, said):
    record = agreement("norms-agree", "They agree.", ours, np.linalg.norm, EIGHT, wrong=wrong).record
    assert record["verdict"] == "undecided" and said in record["failures"][0]


@pytest.mark.parametrize("words", [{"within": 1e-3}, {"wrong": {}}, {"cases": {}}])
def test_agreement_that_says_nothing(words):
    with pytest.raises(ClaimError):
        agreement(
            "norms-agree", "They agree.", size, np.linalg.norm, **{"cases": EIGHT, "wrong": {"none": abs}, **words}
        )


@pytest.mark.parametrize(
    "case, said",
    [
        (((4,), ValueError), "it returned 2, and ValueError was expected"),
        (((-1,), TypeError), "it raised ValueError"),
        (((4,), lambda y: y == 3), "it returned 2, which is not right"),
    ],
)
def test_behaviour_that_fails(case, said):
    import math

    record = behaviour("root-refuses", "The root.", math.sqrt, {"one": case}).record
    assert record["verdict"] == "undecided" and said in record["failures"][0]


@pytest.mark.parametrize(
    "shown, said",
    [
        (lambda x: [sp.Eq(x, 2)], "is a claim|it is a claim"),
        (lambda x: [x > 2], "is a claim"),
        (lambda x: [x, x + 1], "is not shown to equal"),
        (lambda x: [sp.Tuple(x, 2)], "is a list of results"),
        (lambda x: ["x"], "found the string"),
        (lambda x: [0.5 * x], "float"),
        (lambda x: [], "at least one"),
    ],
)
def test_a_working_says_nothing_that_nobody_checked(shown, said):
    with pytest.raises(ClaimError, match=said):
        working(*shown(sp.Symbol("x", real=True)))


def test_a_working_carries_its_letters():
    x = sp.Symbol("x", real=True)
    data, metadata = working(sp.Integral(x, (x, 0, 1)), sp.Rational(1, 2), where={x: "a number"})._repr_mimebundle_()
    carried = metadata["text/html"]["working"]
    assert carried["symbols"] == {} and carried["where"] == [["x", "a number"]] and "text/latex" not in data


def forms():
    d, t, n, s = sp.symbols("d t n s", integer=True, positive=True)
    x, W, v = vector("x", d), matrix("W", d, d), sequence("v")
    f, F = sequence("f", size=d, random=True), function("F", size=d, index=True)
    phi, z = sp.Function(r"\varphi"), random(sp.Symbol("z", real=True), law="normal")
    b = sp.Symbol(r"\bar{x}^{*}_0", real=True)
    return [
        E(norm(x + W * x) ** 2) / d,
        total(f(s), (s, 0, t - 1)),
        F(t, x),
        x[s, 0],
        sp.Derivative(phi(z), z),
        argmin(n, n**2 + t),
        inner(x, W.T * x),
        sp.Trace(W),
        sp.Product(sp.cos(v(s)), (s, 0, t)),
        sp.BlockMatrix([[W, W]]),
        Jacobian(2 * x, x),
        b**2 / 3,
        sp.Rational(2, 3) * n**2 / (n + 1),
        sp.Integral(sp.exp(-n * s), (n, 0, sp.oo)),
        sp.Piecewise((n, n > 2), (0, True)),
        W.I,
        KL(Normal(x, W), Normal(x, W)),
        E(W * x),
        cosine(x, W * x),
        sp.ImmutableMatrix([[n, 1], [0, n]]),
        sp.Limit(1 / n, n, sp.oo),
        sp.floor(n / 3),
        sp.Symbol("lambda"),
        sp.Symbol("S") / 2,
    ]


@pytest.mark.parametrize("k", range(24))
def test_a_formula_taken_away_is_the_formula(k):
    e = forms()[k]
    text = taken(e, "=", e)
    assert text.startswith("from sympy import *")
    assert parsed(text.replace("from sympy import *", "").split("\n\n", 1)[1])["right"] == e
    space: dict = {}
    exec(text, space)  # as a reader would
    assert type(space["left"]) is type(e) and str(space["left"])


def test_words_are_not_taken_away():
    assert taken("a", "=", sp.S.One) == "" == taken(sp.Symbol("x"), "=", None)


def test_a_result_about_a_definition_rests_on_it_and_takes_its_wrong_variants():
    from claims import define

    x, y = sp.symbols("x y", real=True)
    square = define("square", y, x**2, lambda x: x * x, args=[x], wrong={"twice": lambda x: 2 * x})
    found = agreement("squares-agree", "The square is NumPy's.", square, np.square, EIGHT)
    assert found.record["given"] == ["square"] and found.record["wrong"] == ["twice"]
    assert behaviour("square-of-zero", "The square of 0.", square, {"zero": ((0,), lambda v: v == 0)}).record[
        "given"
    ] == ["square"]
