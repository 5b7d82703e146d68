"""Mutants that say the same are found to; those without a value are refuted; wrong premises of minima move them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from claims import argmin, claim, define
from claims.attack.mutate import mutants
from claims.case import Case, Line
from claims.prove.chain import link
from claims.prove.decide import decide
from claims.prove.evidence import run_proof
from claims.prove.findings import Nonneg, Status
from claims.prove.sampler import Sampler
from claims.say.evaluate import Arrays, digits

x = sp.Symbol("x", nonnegative=True)
b, m, n = sp.symbols("b m n", integer=True, positive=True)
i, j = sp.symbols("i j", integer=True, positive=True)


TURNS = x / b**m
RADIX = b * sp.floor(x / b)


@pytest.mark.parametrize(
    "one, same, different",
    [
        (sp.floor(b * sp.frac(TURNS)), sp.floor(b * sp.frac(1 + TURNS)), sp.floor(b * sp.frac(sp.S.Half + TURNS))),
        (sp.floor(x) - RADIX, sp.floor(x - RADIX, evaluate=False), sp.floor(2 * x - RADIX, evaluate=False)),
        (sp.Mod(x, b), x - RADIX, x - b * sp.ceiling(x / b)),
        (sp.ceiling(x + n, evaluate=False), n + sp.ceiling(x), n - sp.ceiling(x)),
    ],
    ids=["frac", "floor", "mod", "ceiling"],
)
def test_whole_numbers_leave_what_is_rounded(one, same, different):
    assert link(one, Line(same)).status is Status.ZERO
    assert link(one, Line(different)).status is Status.NONZERO


def test_remainders_of_negative_numbers_are_positive():
    u = sp.Symbol("u", real=True)
    for e in (sp.Mod(u, 3), sp.frac(u)):
        want = float(e.subs(u, sp.Rational(-7, 2)))
        assert Arrays({u: -3.5})(e) == want == float(digits(e, {u: sp.Rational(-7, 2)})[0])


def test_a_kronecker_delta_is_tried_at_equal_and_at_different_indices():
    delta = sp.KroneckerDelta(i, j)
    for wrong in (2 * delta, delta - sp.KroneckerDelta(i + 1, j), delta - 1, delta):
        found = [decide(wrong, sampler=Sampler(seed=s), refute_first=True) for s in range(20)]
        assert all(f.status is Status.NONZERO for f in found)
    assert decide(delta**2 - delta).status is Status.ZERO


@pytest.mark.parametrize("f", [sp.harmonic, sp.gamma, sp.factorial, sp.loggamma, sp.digamma])
def test_no_mutant_stands_at_a_pole(f):
    assert not any(e.has(f(-n)) for e in (mut.expr for mut in mutants(x - f(n), 10_000)))


def test_a_function_of_a_whole_number_keeps_its_sign_slip_where_it_has_a_value():
    assert sp.cos(x) + sp.sin(-n) in {mut.expr for mut in mutants(sp.cos(x) + sp.sin(n), 10_000)}


@pytest.mark.parametrize("wrong", [1 / (n - 1), 1 / n + sp.nan, sp.zoo], ids=str)
def test_a_residual_without_a_value_refutes_a_mutant_and_proves_nothing(wrong):
    def proof(rhs):
        return {"at one": rhs.subs(n, 1) - 1, "bound": Nonneg(rhs.subs(n, 1))}

    case = Case("doc-value", sp.Symbol("y"), "=", 1 / n, ({},), proof=proof)
    assert run_proof(case, 1 / n, Sampler()).verdict == "proved"
    assert run_proof(case, wrong, Sampler(), mutant=True).verdict == "refuted"
    assert run_proof(case, wrong, Sampler()).verdict != "proved"


v, mean = sp.symbols("v \\mu", real=True)
k, G = sp.Symbol("k", integer=True, positive=True), sp.Function("G")


def best(data, right, trial):
    moved = define("moved", G(v), v + 1, lambda v: v + 1, args=[v], wrong={"twice": lambda v: v + 2})
    return claim("best", argmin(v, (v - data) ** 2), "argmin", right, given=[moved], domain={k: [1, 3, 8]},
                 where={mean: "the mean"}, trial=trial, proof=None, unproved="the minimum as it is run").record


def test_a_wrong_premise_that_moves_the_data_of_a_minimum_is_seen(notebook):
    made = best(mean, k + 1, lambda rng, moved, k: {"mu": moved(k)})
    assert made["verdict"] == "measured" and not made["failures"]
    assert made["premises"]["moved"] == made["premises"]["wrong_variants"] == 1
    noise = np.zeros(3)
    idle = best(mean, k + 1, lambda rng, moved, k: {"mu": k + 1 + 0 * moved(noise)[0]})
    assert any("does not move the measurement" in f and "KeyError" not in f for f in idle["failures"])


def test_a_wrong_premise_that_moves_what_the_minimum_is_compared_with_is_seen(notebook):
    made = best(k + 1, mean, lambda rng, moved, k: {"mu": moved(k)})
    assert made["verdict"] == "measured" and not made["failures"]
    assert made["premises"]["moved"] == 1
