"""No print has two meanings: pairs read by eye, and random trees of which no two that differ print alike."""

import pytest
import sympy as sp

from claims.say import heads, notation, products, sums
from claims.say.kinds import Kind
from claims.say.names import collisions, empty_sum_note
from claims.say.printing import Printer, tex
from claims.say.symbols import sequence, vector
from claims.say.typeset import quantity, statement
from printing_golden import GOLDEN, ORDERED
from printing_trees import alike, random_trees, small_trees

x, y, s, s2 = sp.symbols(r"x y \sigma \sigma^2", positive=True)
k, m, n, t = sp.symbols("k m n t", integer=True, positive=True)
f = sp.Function("f")


@pytest.fixture(autouse=True)
def plain_functions():
    """No argument of f and g is an index here, whatever the tests before declared in this process."""
    taken = [(heads_with, heads_with & {"f", "g"}) for heads_with in (heads.SEQUENCES, heads.INDEXED)]
    for heads_with, names in taken:
        heads_with -= names
    yield
    for heads_with, names in taken:
        heads_with |= names


@pytest.mark.parametrize("e, latex", GOLDEN, ids=[latex for _, latex in GOLDEN])
def test_print(e, latex):
    assert tex(e) == latex


@pytest.mark.parametrize("e, order, latex", ORDERED, ids=[latex for *_, latex in ORDERED])
def test_print_in_the_author_s_order(e, order, latex):
    assert tex(e, order) == latex


def test_different_expressions_have_different_prints():
    prints: dict[str, set] = {}
    for e, latex in GOLDEN:
        prints.setdefault(latex, set()).add(e)
    assert all(len(same) == 1 or len({sp.simplify(e) for e in same}) == 1 for same in prints.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_trees_that_differ_never_print_alike(seed):
    made, pairs = alike(tex, random_trees(seed, 1000))
    assert made > 1500 and not pairs, pairs[:3]


def test_no_two_of_all_small_trees_print_alike():
    made, pairs = alike(tex, small_trees())
    assert made > 10_000 and not pairs, pairs[:3]


def _kind_without(*gone):
    original = products.kind
    return lambda e: Kind.ATOM if original(e) in gone else original(e)


@pytest.mark.parametrize("slip",
    ["bare functions", "sums that read on", "sums without brackets", "derivatives", "words", "bases"])
def test_the_test_of_trees_sees_a_missing_bracket(slip, monkeypatch):
    if slip == "bare functions":
        monkeypatch.setattr(notation, "brackets", lambda text: text)
    elif slip == "sums that read on":
        monkeypatch.setattr("claims.say.printing.kind", _kind_without(Kind.OPEN))
        monkeypatch.setattr(products, "kind", _kind_without(Kind.OPEN))
    elif slip == "sums without brackets":
        monkeypatch.setattr(products, "kind", _kind_without(Kind.SUM))
    elif slip == "derivatives":
        monkeypatch.setattr(sums, "brackets", lambda text: text)
    elif slip == "words":
        monkeypatch.setattr(Printer, "_print_Symbol", lambda self, e, style="plain": e.name)
    else:
        monkeypatch.setattr("claims.say.printing.brackets", lambda text: text)
    assert alike(tex, small_trees())[1]


def test_a_deep_tree_is_printed_once_at_every_node():
    e = x
    for _ in range(25):
        e = 1 / (1 + sp.sin(e, evaluate=False))
    assert tex(e).count(r"\sin") == 25


# ---------------------------------------------------------------- chains

def test_each_line_of_a_chain_has_its_own_relation():
    out = statement(x, "<=", y + 1, steps=[(2 * y, "a"), (3 * y, "b", "<="), (4 * y, "c")], reason="d")
    assert [row.split("&")[1].split()[0] for row in out.splitlines()[1:-1]] == ["=", r"\le", "=", "="]
    alone = statement(x, "<=", y + 1, steps=[(2 * y, "a")], reason="d")
    assert [row.split("&")[1].split()[0] for row in alone.splitlines()[1:-1]] == ["=", r"\le"]


def test_a_last_step_that_is_the_right_side_is_the_last_line():
    steps = [(2 * y, "first"), (y + 1, "then")]
    assert statement(x, "=", y + 1, steps=steps) == statement(x, "=", y + 1, steps=steps[:1], reason="then")
    assert r"&\ge y + 1" in statement(x, "<=", y + 1, steps=[(2 * y, "first"), (y + 1, "then", ">=")])


def test_reasons_are_text_with_mathematics():
    out = statement(x, "=", y, steps=[(2 * y, r"5 % of $x_1$ & a_b")])
    assert r"\text{5 \% of $x_1$ \& a\_b}" in out
    with pytest.raises(ValueError, match="in pairs"):
        statement(x, "=", y, reason="half $x")
    with pytest.raises(ValueError, match="third entry"):
        statement(x, "=", y, steps=[(y, "why", "=>")])


def test_what_stands_before_a_rate_or_a_break_is_closed():
    total = sp.Sum(f(k), (k, 1, n))
    assert r"\Bigl(\sum_{k=1}^{n} f(k)\Bigr)\cdot" in statement(x, "~", total, rate=1 / n)
    assert r"y \left(\sum_{k=1}^{n} f(k)\right)\cdot" in statement(x, "~", y * total, rate=1 / n)
    assert r"-\log(x)\cdot" in statement(x, "~", -sp.log(x), rate=1 / n)
    rows = statement(x, "=", 1 - y * total - t, order=(1, total), breaks=(2,)).splitlines()
    assert rows[1:3] == [r"x &= 1 - \left(\sum_{k=1}^{n} f(k)\right) y \\", r"&\qquad - t"]
    assert statement(x, "=", x * y * (s + 1) * sp.log(t),
        breaks=(2,)).splitlines()[2] == r"&\qquad \cdot (\sigma + 1) \log t"


# ---------------------------------------------------------------- names

@pytest.mark.parametrize("things, found", [
    ((s + s2,), 1), ((sp.Symbol("x", real=True), x), 1),
    ((x, sp.Symbol("x'"), sp.Symbol("x^*"), sp.Symbol("x^{(l)}")), 0),
    ((sequence("v")(t + 1), sp.Symbol("v_{t+1}")), 1), ((f(x), sp.Symbol("f")), 1),
    ((vector("x", 3), sp.Symbol("x")), 1),
    ((sp.MatrixSymbol("A", 2, 2), sp.Symbol("A^{-1}"), sp.Symbol(r"A^{\top}")), 2),
    ((sp.Symbol("W^Q"), sp.Symbol("W")), 0),
    ((sp.Symbol("W^Q"), sp.Symbol("W"), sp.Symbol("Q")), 1), ((sp.Symbol(r"\|x\|"), x), 1),
    ((sp.Symbol(r"\bar\alpha_t"), sp.Symbol(r"\alpha_t"), t), 0),
    ((sp.Symbol("x_i"), sp.IndexedBase("x")[sp.Symbol("i")]), 1), ((sp.Dummy("x"), sp.Symbol("x")), 1),
    ((sp.Symbol("u_i^2"), sp.Symbol("u_i")), 1),
    ((sp.Symbol(r"\mathbb{E}u_{xx}^2"), sp.Symbol("u_{xx}")), 1), ((sp.Symbol("f_*"), sp.Symbol("x_*")), 0),
    ((quantity("x^2"), x), 0),
    ((sp.Symbol("x_{t+1}"), sp.Symbol("x_{t-1}")), 0), ((sp.Sum(k, (k, 1, n)), k), 0), ((r"\sigma^2", s), 0),
])
def test_names_that_mislead(things, found):
    assert len(collisions(*things)) == found


@pytest.mark.parametrize("e, note", [
    (sp.Sum(k, (k, 1, n)), ""), (sp.Sum(k, (k, m, n)), "For $n < m$ the sum over $k$ is empty: it is 0."),
    (sp.Product(k, (k, 1, n - 1)), "For $n < 2$ the product over $k$ is empty: it is 1."),
    (sp.Sum(k, (k, 1, sp.oo)), ""), (x, ""),
    (1 + sp.Sum(sp.Sum(k, (k, m, n)), (m, 1, n)), "For $n < m$ the sum over $k$ is empty: it is 0."), ("text", ""),
    (sp.Sum(k * m, (k, 1, m), (m, 1, n)), ""),
    (sp.Sum(k, (k, 5, 2)), "For $2 < 5$ the sum over $k$ is empty: it is 0."),
])
def test_empty_sums_are_said(e, note):
    assert empty_sum_note(e) == note


def test_a_sum_is_put_in_order_without_computing_its_integrals(monkeypatch):
    monkeypatch.setattr(sp.Integral, "evalf", lambda *a, **k: pytest.fail("an integral was computed to be printed"))
    hard = sp.Integral(sp.sin(1 / x), (x, 1, 2))
    assert tex(x**2 + hard + x).startswith(r"x^{2} + x + \int")


@pytest.mark.parametrize("name, latex", [
    (r"\mathbb E[x\vert y]", r"2 \mathbb E[x\vert y] k"), (r"\|g\|^2/d", r"2 (\|g\|^2/d) k"),
        ("(b-a)", "2 (b-a) k"), ("b-a", "2 (b-a) k"),
    (r"\mathbb E|v|^2", r"2 k \mathbb E|v|^2"), (r"\nabla\log p(x)", r"2 k \nabla\log p(x)"),
])
def test_a_letter_that_is_a_formula_stands_among_factors_as_one(name, latex):
    assert sorted(tex(2 * k * sp.Symbol(name)).split()) == sorted(latex.split())
    assert tex(2 * k * sp.Symbol(name), order=(sp.Symbol(name),)).count("(") >= latex.count("(")
