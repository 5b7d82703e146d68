"""The displayed equation says what the object says: order, breaks and names change how it looks and never what is
said."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import Cov, E, Var, argmin, norm, quantity, sequence
from claims.say.typeset import RELATIONS, Printer, statement, tex

x, y, t = sp.symbols("x y t", positive=True)
n, k = sp.symbols("n k", integer=True, positive=True)
s = sp.Symbol(r"\sigma", positive=True)


@pytest.mark.parametrize("e, latex", [
    (sp.re(sp.Symbol("w")) - 2 * sp.im(sp.Symbol("w")) ** 2, r"\operatorname{Re}(w) - 2 \operatorname{Im}(w)^{2}"),
    (1 + t * s**2, r"\sigma^{2} t + 1"), (sp.log(x), r"\log x"), (sp.sin(x) ** 2, r"\sin^{2} x"),
    (sp.sqrt(x) / 2, r"\frac{\sqrt{x}}{2}"), (x - y, "x - y"), (-x + y, "y - x"),
    (sp.Sum(k**2, (k, 1, n)), r"\sum_{k=1}^{n} k^{2}"), (sp.I * x, r"\mathrm{i} x"),
    (sp.MatrixSymbol("W", n, n).T, r"W^{\top}"), (E(x**2), r"\mathbb{E}\left[x^{2}\right]"),
    (Var(x) + Cov(x, y), None), (norm(x) ** 2, r"\left\lVert x \right\rVert^{2}"),
    (quantity(r"\mathbb E\|x_t\|^2/d"), r"\mathbb E\|x_t\|^2/d"), (r"x_{t+1}=x_t", r"x_{t+1}=x_t"),
    (sp.Tuple(x, y), r"\left(x,\; y\right)"), (sequence("v", positive=True)(n + 1), "v_{n + 1}"),
    (sp.Function("f")(x), "f(x)"), (sp.ImmutableMatrix([[1, x], [0, 1]]), None),
    (sp.Piecewise((x, x > 1), (1, True)), None),
    (argmin(x, x**2 + y), r"\operatorname*{arg\,min}_{x}\; \left[x^{2} + y\right]"),
])
def test_latex(e, latex):
    out = tex(e)
    assert out and "None" not in out
    if latex:
        assert out == latex


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_is_printed(relation):
    assert statement(quantity("q"), relation, x) == f"q {RELATIONS[relation]} x"


def test_order_moves_terms_and_factors_only():
    e = 1 + t * s**2
    assert tex(e, order=(1, t)) == r"1 + t \sigma^{2}" and tex(e, order=(t,)) in (r"t \sigma^{2} + 1",)
    assert tex(x - y - 1, order=(y,)).replace(" ", "") == "-y+x-1"
    assert sorted(tex(e, order=(1,)).replace("+", " ").split()) == sorted(tex(e).replace("+", " ").split())


def test_a_chain_has_one_row_and_one_reason_for_each_step():
    out = statement((x + y) ** 2, "=", x**2 + 2 * x * y + y**2,
                    steps=[((x + y) * x + (x + y) * y, "distribute"), (x * (x + y) + y * (x + y), "commute")],
                    reason="collect")
    rows = out.split("\\\\")
    assert out.startswith("\\begin{aligned}") and len(rows) == 3 and [r"\text{distribute}" in rows[0],
                                                                      r"\text{commute}" in rows[1],
                                                                      r"\text{collect}" in rows[2]] == [True] * 3
    assert all(row.count("&=") == 1 for row in rows)


def test_breaks_keep_every_term_and_sign():
    e = x + y - t + s - 1
    out = statement(quantity("q"), "=", e, breaks=(2, 4))
    rows = out.split("\\\\")
    assert len(rows) == 3 and out.count(" - ") + out.count("- ") >= 2
    bare = "".join(ch for ch in out.replace("\\begin{aligned}",
                                            "").replace("\\end{aligned}", "").replace("\\qquad", "").replace("q &=", "")
                                            if ch not in " &\n\\")
    assert sorted(bare) == sorted(tex(e).replace(" ", "").replace("\\", ""))


def test_an_asymptotic_statement_shows_its_rate():
    out = statement(quantity("c_n"), "~", 1 + x, rate=1 / n)
    assert "O" in out and r"\frac{1}{n}" in out and r"\Bigl(x + 1\Bigr)" in out


def test_an_unevaluated_sum_stands_as_written():
    written = sp.Add(y, x, sp.Integer(-1), evaluate=False)
    assert tex(written) == "y + x - 1" or tex(written) == "y + x -1"


# ---------------------------------------------------------------- properties: print, then read the terms back

signs = st.lists(st.tuples(st.sampled_from([1, -1]),
                           st.sampled_from([x, y, t, s, x * y, x**2, s * t, sp.sqrt(x), sp.Integer(1)])), min_size=2,
                           max_size=5, unique_by=lambda p: str(p[1]))
orders = st.lists(st.sampled_from([x, y, t, s, sp.Integer(1)]), max_size=3, unique_by=str)
budget = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
                  database=None)


def terms_of(latex):
    """Signed terms of a flat sum."""
    out, depth, start, sign = [], 0, 0, "+"
    text = latex.strip()
    if text.startswith("-"):
        sign, start = "-", 1
    for i, ch in enumerate(text):
        depth += (ch in "{(") - (ch in "})")
        if i > start and depth == 0 and ch in "+-" and text[i - 1] == " ":
            out.append((sign, text[start:i].strip()))
            sign, start = ch, i + 1
    return sorted([*out, (sign, text[start:].strip())])


@budget
@given(signs, orders)
def test_no_order_changes_a_sign_or_loses_a_term(signed, order):
    e = sum(c * term for c, term in signed)
    printed = terms_of(tex(e, order))
    assert len(printed) == len(sp.Add.make_args(e))
    assert sorted(sign for sign, _ in printed) == sorted("-" if term.could_extract_minus_sign() else "+"
                                                         for term in sp.Add.make_args(e))
    words = sorted("".join(sorted(text.replace(" ", ""))) for _, text in printed)
    assert words == sorted("".join(sorted(text.replace(" ", ""))) for _, text in terms_of(tex(e)))


@budget
@given(signs, st.lists(st.integers(1, 4), max_size=2, unique=True).map(sorted))
def test_no_line_break_changes_a_sign_or_loses_a_term(signed, breaks):
    e = sum(c * term for c, term in signed)
    out = statement(quantity("q"), "=", e, breaks=tuple(breaks))
    body = out.replace("\\begin{aligned}", "").replace("\\end{aligned}",
                                                       "").replace("&\\qquad",
                                                                   "").replace(
                                                                       "\\\\", "").replace(
                                                                           "q &=", "").replace(
                                                                               "q =", "").replace("\n", " ")
    assert terms_of(" ".join(body.split())) == terms_of(" ".join(Printer().doprint(e).split()))
