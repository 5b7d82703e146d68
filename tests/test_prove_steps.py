"""Steps of the field: sums, expansions at infinity, potentials, Grönwall, products; each catches a planted error."""

import time

import mpmath
import pytest
import sympy as sp

from claims import Zero
from claims.prove.asymptotics import asymptotic_ratio, expanded, order_of_vanishing
from claims.prove.decide import decide
from claims.prove.rounds import gronwall, potential_argument, product_over_rounds, unrolled
from claims.prove.series import NoExpansion
from claims.prove.sums import closed_sum, granted

n, k = sp.symbols("n k", integer=True, nonnegative=True)
N = sp.Symbol("N", integer=True, positive=True)
lam, s, a, b, x = sp.symbols("lambda s a b x", positive=True)
q = sp.Symbol("q_0", positive=True)  # no other test says where it lies
d = sp.Symbol("d", integer=True, positive=True)
kappa, nu = sp.symbols("kappa nu", positive=True)
unit = {q: "unit interval"}

# ---------------------------------------------------------------- sums in closed form

poisson = sp.exp(-lam) * lam**n / sp.factorial(n)
binomial = sp.binomial(N, n) * q**n * (1 - q) ** (N - n)
SUMS = [
    (sp.exp(s * n) * poisson, (0, sp.oo), sp.exp(lam * (sp.exp(s) - 1))),
    (n * (n - 1) / 2 * poisson, (0, sp.oo), lam**2 / 2),
    (n**3 * poisson, (0, sp.oo), lam**3 + 3 * lam**2 + lam),
    (poisson, (2, sp.oo), 1 - sp.exp(-lam) * (1 + lam)),
    (n * (1 - q) * q**n, (0, sp.oo), q / (1 - q)),
    (n**2 * (1 - q) * q**n, (0, sp.oo), q * (1 + q) / (1 - q) ** 2),
    (q**n, (N, sp.oo), q**N / (1 - q)),
    (q**n, (0, N - 1), (1 - q**N) / (1 - q)),
    (n * q**n, (1, N), q * (1 - (N + 1) * q**N + N * q ** (N + 1)) / (1 - q) ** 2),
    (n * binomial, (0, N), N * q),
    (n**2 * binomial, (0, N), N * q * (1 - q) + N**2 * q**2),
    (sp.binomial(N, n), (0, N), 2**N),
    (sp.binomial(n + N, n) * q**n, (0, sp.oo), (1 - q) ** (-N - 1)),
    (n**2, (1, N), N * (N + 1) * (2 * N + 1) / 6),
    (1 / ((n + 1) * (n + 2)), (0, sp.oo), sp.Integer(1)),
    (1 / ((n + 1) * (n + 2)), (0, N), (N + 1) / (N + 2)),
    (2**n - 3 * n, (0, N), 2 ** (N + 1) - 1 - sp.Rational(3, 2) * N * (N + 1)),
]


@pytest.mark.parametrize("term, limits, value", SUMS, ids=lambda v: str(v)[:40])
def test_sums_have_their_closed_form(term, limits, value):
    residual = sp.Sum(term, (n, *limits)) - value
    assert decide(Zero(residual, "closed_sums", "expand", "powsimp", where=unit)).status == "zero"


@pytest.mark.parametrize("term, limits, value", SUMS, ids=lambda v: str(v)[:40])
def test_and_no_other(term, limits, value):
    residual = sp.Sum(term, (n, *limits)) - value * sp.Rational(11, 10)
    assert decide(Zero(residual, "closed_sums", "expand", "powsimp", where=unit), seconds=10).status != "zero"


@pytest.mark.parametrize("term, limits, value", SUMS, ids=lambda v: str(v)[:40])
def test_closed_forms_agree_with_numbers(term, limits, value):
    at = {lam: sp.Rational(3, 2), s: sp.Rational(1, 3), q: sp.Rational(2, 5), N: 4}
    low, high = (sp.sympify(e).subs(at) for e in limits)
    found = closed_sum(term, n, *limits)
    total = sum(mpmath.mpf(sp.N(term.subs(at).subs(n, i), 20))
                for i in range(int(low), 90 if high == sp.oo else int(high) + 1))
    if high == sp.oo and term.is_rational_function(n):
        total += mpmath.mpf(1) / 91  # the tail of this sum
    assert abs(total - mpmath.mpf(sp.N(found.value.subs(at), 20))) < 1e-8
    assert all(v == 0 for v in found.residuals.values())


@pytest.mark.parametrize("term, limits", [(1 / (n + 1), (0, sp.oo)), (n, (0, sp.oo)), (2**n, (0, sp.oo)),
                                          (sp.sin(n), (0, 3)), (lam**n / sp.factorial(2 * n), (0, sp.oo)),
                                          (sp.factorial(n), (0, N)), (lam**n / sp.factorial(n), (0, N)),
                                          (sp.binomial(N, n), (0, N - 1)), (q ** (n**2), (0, sp.oo))], ids=str)
def test_what_diverges_or_has_no_pattern_is_left(term, limits):
    found = closed_sum(term, n, *limits)
    assert found is None or not granted(found, unit)


def test_a_series_is_summed_only_where_it_converges():
    residual = sp.Sum(q**n, (n, 0, sp.oo)) - 1 / (1 - q)
    assert decide(Zero(residual, "closed_sums")).status != "zero"
    assert decide(Zero(residual, "closed_sums", where=unit)).status == "zero"
    signed = sp.Symbol("r", real=True)
    residual = sp.Sum(signed**n, (n, 0, sp.oo)) - 1 / (1 - signed)
    assert decide(Zero(residual, "closed_sums")).status != "zero"
    assert decide(Zero(residual, "closed_sums", where={signed: "signed unit interval"})).status == "zero"


# ---------------------------------------------------------------- expansions at infinity

chi = sp.sqrt(2) * sp.gamma((d + 1) / 2) / sp.gamma(d / 2)
bessel = sp.besseli(1, kappa) / sp.besseli(0, kappa)
RATIOS = [
    (chi, sp.sqrt(d) * (1 - 1 / (4 * d)), d, 2), (chi, sp.sqrt(d - sp.S.Half), d, 2),
    (chi, sp.sqrt(d) * (1 - 1 / (4 * d) + 1 / (32 * d**2)), d, 3),
    (bessel, 1 - 1 / (2 * kappa), kappa, 2), (bessel, 1 - 1 / (2 * kappa) - 1 / (8 * kappa**2), kappa, 3),
    (sp.besseli(nu + 1, kappa) / sp.besseli(nu, kappa), 1 - (2 * nu + 1) / (2 * kappa), kappa, 2),
    (sp.besselk(nu, kappa), sp.sqrt(sp.pi / (2 * kappa)) * sp.exp(-kappa), kappa, 1),
    (sp.factorial(d), sp.sqrt(2 * sp.pi * d) * (d / sp.E) ** d * (1 + 1 / (12 * d)), d, 2),
    (sp.binomial(2 * d, d), 4**d / sp.sqrt(sp.pi * d) * (1 - 1 / (8 * d)), d, 2),
    (sp.gamma(d + a) / sp.gamma(d + b), d ** (a - b), d, 1),
    (sp.harmonic(d), sp.log(d) + sp.EulerGamma + 1 / (2 * d), d, 2),
    ((1 + a / d) ** d, sp.exp(a) * (1 - a**2 / (2 * d)), d, 2),
    (sp.cos(a / sp.sqrt(d)) ** d, sp.exp(-(a**2) / 2), d, 1),
    (sp.erfc(kappa), sp.exp(-(kappa**2)) / (kappa * sp.sqrt(sp.pi)), kappa, 2),
    (sp.tanh(kappa), sp.Integer(1), kappa, 3),
    (sp.sqrt(d**2 + d) - d, sp.S.Half, d, 1), (sp.log(1 + sp.exp(kappa)), kappa, kappa, 2),
    (sp.beta(d, a), sp.gamma(a) * d**-a, d, 1),
    (sp.digamma(d), sp.log(d) - 1 / (2 * d), d, 2), (sp.binomial(d, 3), d**3 / 6 * (1 - 3 / d), d, 2),
]


@pytest.mark.parametrize("f, g, m, order", RATIOS, ids=lambda v: str(v)[:40])
def test_ratios_vanish_to_their_order_and_fast(f, g, m, order):
    started = time.process_time()
    found = asymptotic_ratio(f, g, m, m**-order)
    assert set(found.values()) == {0} and time.process_time() - started < 5


@pytest.mark.parametrize("f, g, m, order", RATIOS, ids=lambda v: str(v)[:40])
def test_and_a_wrong_term_leaves_a_coefficient(f, g, m, order):
    if order > 1:
        found = asymptotic_ratio(f, g * (1 + sp.Rational(1, 7) / m ** (order - 1)), m, m**-order)
        assert found[f"coefficient of n^({1 - order})"] == -sp.Rational(1, 7)
    assert asymptotic_ratio(f, 2 * g, m, m**-order)["coefficient of n^0"] == -sp.S.Half


@pytest.mark.parametrize("f, m", [(chi, d), (bessel, kappa), (sp.binomial(2 * d, d), d), (sp.harmonic(d), d),
                                  (sp.erfc(kappa), kappa), (sp.loggamma(d + sp.Rational(1, 3)), d),
                                  (sp.besselk(sp.Rational(1, 3), kappa), kappa), (sp.log(d) ** 2 / d + sp.sqrt(d), d),
                                  (sp.exp(sp.sqrt(d + 1)), d), (sp.digamma(3 * d + 2), d)], ids=str)
def test_expansions_agree_with_numbers(f, m):
    """The error of an expansion to order 3 falls as n⁻⁴ or, with half powers, n^(−7/2)."""
    said = expanded(f, m, 3)
    errors = [abs(complex(sp.N(f.subs(m, at), 40) / sp.N(said.subs(m, at), 40) - 1)) for at in (10, 40)]
    assert errors[0] < 1e-2 and errors[1] <= errors[0] * 4**-3.2


@pytest.mark.parametrize("f, g, left", [
    (chi, d ** sp.Rational(1, 4), {"power of d in the ratio": sp.Rational(1, 4), "exponent of the ratio": 0}),
    (sp.gamma(d + a) / sp.gamma(d), d**b, {"power of d in the ratio": a - b, "exponent of the ratio": 0}),
    (sp.exp(2 * d), sp.exp(d), {"power of d in the ratio": 0, "exponent of the ratio": d})])
def test_what_is_of_another_size_leaves_a_power(f, g, left):
    assert asymptotic_ratio(f, g, d, 1 / d) == left


def test_a_quarter_power_is_seen():
    found = asymptotic_ratio(chi, sp.sqrt(d) * (1 - d ** -sp.Rational(1, 4)), d, 1 / d**2)
    assert found["coefficient of n^(-1/4)"] == 1


def test_the_logarithm_is_kept():
    assert order_of_vanishing(sp.harmonic(d) - sp.log(d), d, 1)["coefficient of n^0"] == sp.EulerGamma
    assert order_of_vanishing(sp.log(d) / d, d, 2)["coefficient of n^(-1)"] == sp.log(d)
    assert order_of_vanishing(sp.exp(-d), d, 5) == {"exponentially small": 0}
    assert order_of_vanishing(d * sp.exp(d), d, 1) != {"exponentially small": 0}


@pytest.mark.parametrize("f", [sp.sin(d), sp.zeta(d), sp.besselj(0, d), sp.gamma(-d), sp.gamma(a * (1 - d)),
                               sp.Function("f")(d)], ids=str)
def test_what_has_no_rule_is_said_so(f):
    with pytest.raises(NoExpansion):
        order_of_vanishing(f, d, 1)


# ---------------------------------------------------------------- rounds and time


def statuses(residuals):
    return {name: str(decide(r).status) for name, r in residuals.items()}


T = sp.Symbol("T", integer=True, nonnegative=True)
u, g, v = sp.symbols("u g v", real=True)
eta, G, R = sp.symbols("eta G R", positive=True)
w = sp.Symbol("w", nonnegative=True)


def regret(rhs, step=lambda v: v - eta * g):
    return statuses(potential_argument(rhs, T, state=v, step=step, value=lambda v: (v - u) ** 2 / (2 * eta),
                                       cost=g * (v - u), paid=eta * g**2 / 2,
                                       start=R**2 / (2 * eta), within={g**2: G**2 - w}))


BOUND = R**2 / (2 * eta) + eta * G**2 * T / 2


def test_regret_for_any_number_of_rounds():
    assert set(regret(BOUND).values()) == set(regret(2 * BOUND).values()) == {"zero"}


@pytest.mark.parametrize("step", [lambda v: v + eta * g, lambda v: v - eta * g / 2, lambda v: v - eta * g + eta,
                                  lambda v: v])
def test_a_wrong_step_of_the_algorithm_fails_the_regret(step):
    assert regret(BOUND, step)["one round"] == "nonzero"


@pytest.mark.parametrize("rhs, name", [(BOUND / 2, "before the first round"),
                                       (R**2 / (2 * eta) + eta * G * T / 2, "room for one more round"),
                                       (R / (2 * eta) + eta * G**2 * T / 2, "before the first round"),
                                       (R**2 / (2 * eta) + eta * G**2 / 2, "room for one more round")])
def test_a_wrong_bound_fails_the_regret(rhs, name):
    assert regret(rhs)[name] == "nonzero"


t, u0 = sp.symbols("t u_0", positive=True)


@pytest.mark.parametrize("rate, inflow, right", [
    (a, b, u0 * sp.exp(a * t) + b / a * (sp.exp(a * t) - 1)), (2 * t, 0, u0 * sp.exp(t**2)),
    (-a, b, u0 * sp.exp(-a * t) + b / a * (1 - sp.exp(-a * t))), (0, b, u0 + b * t)])
def test_gronwall(rate, inflow, right):
    rate, inflow = sp.sympify(rate), sp.sympify(inflow)
    assert set(statuses(gronwall(right, t, rate=rate, inflow=inflow, start=u0)).values()) == {"zero"}
    assert "nonzero" in statuses(gronwall(right, t, rate=rate, inflow=inflow + 1, start=u0)).values()
    assert "nonzero" in statuses(gronwall(right, t, rate=rate + 1, inflow=inflow, start=u0)).values()
    assert "nonzero" in statuses(gronwall(right - u0 / 2, t, rate=rate, inflow=inflow, start=u0)).values()


def test_gronwall_with_a_wrong_integral():
    assert statuses(gronwall(u0 * sp.exp(t**2), t, rate=2 * t, start=u0,
                             integrated=t**3))["integrated rate"] == "nonzero"


def test_adaboost_for_any_number_of_rounds():
    e, r = sp.IndexedBase("epsilon", positive=True), sp.Symbol("r", integer=True)
    z = lambda r: 2 * sp.sqrt(e[r] * (1 - e[r]))  # noqa: E731
    right = sp.Product(z(r), (r, 0, T - 1))
    assert set(statuses(product_over_rounds(right, T, z)).values()) == {"zero"}
    for wrong in (sp.Product(z(r), (r, 0, T)), sp.Product(z(r) / 2, (r, 0, T - 1)), sp.Product(z(r), (r, 1, T)),
                  2 * right):
        assert "nonzero" in statuses(product_over_rounds(wrong, T, z)).values()


def test_a_moving_average_is_a_weighted_sum():
    y, beta = sp.IndexedBase("y", real=True), sp.Symbol("beta", positive=True)
    right = beta**n * u + (1 - beta) * sp.Sum(beta ** (n - 1 - k) * y[k], (k, 0, n - 1))
    assert set(statuses(unrolled(right, n, decay=beta, inflow=(1 - beta) * y[n], start=u)).values()) == {"zero"}
    for wrong in (right * beta, right.subs(u, 2 * u), right + sp.Sum(y[k], (k, 0, n - 1))):
        assert "nonzero" in statuses(unrolled(wrong, n, decay=beta, inflow=(1 - beta) * y[n], start=u)).values()
