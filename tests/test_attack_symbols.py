"""Symbols that cannot be told apart, and tolerances that an author widens."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
import sympy as sp

from attack_help import (
    R,
    a,
    fails,
    passes,
    random,
    sigma,
    u,
    walk_step,
    z,
)
from claims import (
    ClaimError,
    E,
    Exact,
    claim,
    define,
    norm,
    quantity,
    vector,
)

pytestmark = pytest.mark.usefixtures("notebook")
f = sp.Function("f")


def code(formula, run, *args, wrong=lambda *a: 1.0):
    """A definition f(args) = formula, bound to code."""
    return define("code", f(*args), formula, run, args=list(args), wrong={"one": wrong})


def measured(label, left, right, relation="=", **more):
    return claim(label, left, relation, right, unproved="measured here", **more)


# ------------------------------------------------------- tolerances (a17, a18)


def antiderivative(scale=None, cast=None, right=sp.log(sp.cosh(a))):
    tanh = code(sp.log(sp.cosh(a)), lambda a: math.log(math.cosh(a)), a)

    def trial(rng, tanh, a):
        value = tanh(a)
        return Exact(cast(value) if cast else value, **({"scale": scale} if scale else {}))

    return claim(
        "antiderivative",
        quantity("F(a)"),
        "=",
        right,
        given=[tanh],
        unproved="numerical",
        words="it is the answer of a program",
        trial=trial,
        domain={a: [1, 2, 3]},
    )


def test_no_scale_and_no_cast_widens_a_tolerance():
    near = a - sp.log(2) + sp.exp(-2 * a)
    fails(
        antiderivative(scale=1e10, right=near), "scale=1e+10 is more than 1000 times the numbers of this measurement"
    )
    fails(antiderivative(cast=np.float32, right=near), "the result is float32")
    fails(antiderivative(right=near), "finds")
    passes(antiderivative(), "measured")


def test_samples_in_a_low_precision_do_not_widen_it_either():
    v = vector("v", sp.Symbol("d", integer=True, positive=True))
    half = define("half", sp.Function("h")(u), u / 2, lambda u: u / 2, args=[u], wrong={"all": lambda u: u})
    found = claim(
        "single",
        norm(v) ** 2,
        "=",
        norm(v) ** 2 * (1 + R(1, 10**6)),
        given=[half],
        unproved="measured",
        trial=lambda rng, half: {"v": (2 * half(1.0) * rng.normal(size=5)).astype(np.float32)},
    )
    fails(found, "finds")


def test_a_constant_that_the_samples_cannot_resolve():
    zeta = random(sp.Symbol("zeta", real=True), law="normal")
    step = walk_step()

    def trial(size):
        return lambda rng, step, sigma: {"zeta": step(0.0, rng.normal(size=size), 1.0)}

    for label, constant in (("near", R(4, 5)), ("nearer", R(19, 24)), ("true", sp.sqrt(2 / sp.pi))):
        few = claim(
            label,
            E(sp.Abs(sigma * zeta)),
            "=",
            constant * sigma,
            given=[step],
            unproved="measured",
            trial=trial(4000),
            domain={sigma: [R(1, 2), 2]},
        )
        fails(few, "a claim that is only measured needs 0.001: take more samples")
    passes(claim("proved", E((sigma * zeta) ** 2), "=", sigma**2, domain={sigma: [R(1, 2), 2]}), "proved")


# ------------------------------------------------------- symbols that cannot be told apart (a22, a23, a21, a60)


@pytest.mark.parametrize(
    "one, other, why",
    [
        (sp.Symbol(r"\sigma", positive=True), sp.Symbol(r"\sigma^2", positive=True), "reads as an expression of"),
        (sp.Symbol("x", positive=True), sp.Symbol("x", real=True), "is the print of two different things"),
        (
            sp.Symbol("x_{t+1}", real=True),
            sp.Symbol("x_{t + 1}", real=True),
            "is the print of two different things|one keyword",
        ),
        (
            sp.Symbol("x_t", real=True),
            sp.Symbol("x_{t}", real=True),
            "is the print of two different things|one keyword",
        ),
        (
            sp.Symbol("alpha", real=True),
            sp.Symbol(r"\alpha", real=True),
            "is the print of two different things|one keyword",
        ),
    ],
)
def test_symbols_that_print_alike(one, other, why):
    with pytest.raises(ClaimError, match=why):
        claim("two", (one + 1) * other - other + 1, "=", 1 + other * one, domain={one: [2, 3], other: [5, 4]},
              unproved="measured")


def test_two_members_never_share_a_value():
    """x_{t+1} and x_{t-1}, x^* and x: what was measured was 2x where the page said x + x^*."""
    for later, before in [
        (sp.Symbol("x_{t+1}", real=True), sp.Symbol("x_{t-1}", real=True)),
        (sp.Symbol("x^*", real=True), sp.Symbol("x", real=True)),
    ]:
        rule = code(u + z, lambda u, z: u + z, u, z)
        domain = [{later: 2, before: -3}, {later: -5, before: 7}, {later: 1, before: 3}]
        with contextlib.suppress(ClaimError):  # "would both be the keyword": refused at once is caught as well
            fails(
                claim("swapped", f(later, before), "=", 2 * before, given=[rule], unproved="measured", domain=domain)
            )
            passes(
                claim("sum", f(later, before), "=", later + before, given=[rule], unproved="measured", domain=domain)
            )
