"""Claims that chapters need and that could not be stated before: each in at most 15 lines, true as it stands, refuted
or undecided when changed."""

import inspect

import numpy as np
import pytest
import sympy as sp
from sympy import Rational as R
from sympy import exp, log, oo, sqrt

from claims import *  # noqa: F403 - the language as a chapter reads it
from claims import session

n, d, T = sp.symbols("n d T", integer=True, positive=True)
PASSES = ("proved", "measured", "proved at instances")
SUBJECTS = {}


@pytest.fixture(autouse=True)
def notebook():
    session.reset()
    yield
    session.reset()


def subject(expected, wrong):
    """A claim as a function of what is done to its right side; ``wrong`` makes a false one of it."""

    def enter(state):
        SUBJECTS[state.__name__] = (state, expected, wrong)
        return state

    return enter


@subject("proved",
         wrong=lambda right: right.subs(sp.KroneckerDelta(*sp.symbols("i j", integer=True, positive=True)), 1))
def softmax_jacobian(right):
    z, i, j, k = indexed("z", n), index("i", n), index("j", n), sp.Symbol("k", integer=True, positive=True)
    p = lambda i: exp(z[i]) / sp.Sum(exp(z[k]), (k, 1, n))  # noqa: E731
    return claim("softmax-jacobian", sp.Derivative(p(i), z[j]), "=", right(p(i) * (sp.KroneckerDelta(i, j) - p(j))),
                 domain=[{n: 3, i: 2, j: 2}, {n: 5, i: 1, j: 4}, {n: 4, i: 3, j: 1}])


def log_sum_exp():
    z, x = vector("z", n), scalar("x")
    up = sp.Lambda(x, exp(x))
    return z, up, z.applyfunc(up)


@subject("proved", wrong=lambda right: right - 1)
def lse_upper(right):
    z, up, u = log_sum_exp()
    return claim("lse-upper", log(entries(u)), "<=", right(largest(z) + log(n)), domain={n: [2, 5, 9]},
                 steps=[Line(log(n * largest(u)), "no term is above the largest", (sum_at_most(u),), "<="),
                        Line(right(largest(z) + log(n)), "exp rises", (monotone_largest(up, z),),
                             tactics=("expand_log",))],
                 tight=lambda rng, n: {"z": np.full(n, 0.7)})


@subject("proved", wrong=lambda right: right + 1)
def lse_lower(right):
    z, up, u = log_sum_exp()
    return claim("lse-lower", log(entries(u)), ">=", right(largest(z)), domain={n: [2, 5, 9]},
                 steps=[Line(log(largest(u)), "one term of many", (sum_at_least(u),), ">="),
                        Line(right(largest(z)), "exp rises", (monotone_largest(up, z),))],
                 tight=lambda rng, n: {"z": np.r_[0.7, np.full(n - 1, -800.0)]})


@subject("proved", wrong=lambda right: right - trace(matrix("S", d, d, "positive definite")))
def kl_gaussians(right):
    m, l = vector("m", d), vector("l", d)
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    x, P, other = random(vector("x_P", d), mean=m, covariance=S, law="normal"), Normal(m, S), Normal(l, Q)
    r = right((trace(Q.I * S) + inner(m - l, Q.I * (m - l)) - d + log(det(Q)) - log(det(S))) / 2)
    return claim("kl-gaussians", KL(P, other), "=", r, domain={d: [1, 3]},
                 steps=[(E(log_density(P, x) - log_density(other, x)), "by densities", by_density(KL(P, other), x)),
                        (r, "first and second moments of x")])


@subject("proved", wrong=lambda right: right + inner(vector("m", d), vector("m", d)))
def quadratic_form(right):
    m, A, S = vector("m", d), matrix("A", d, d), matrix("S", d, d, "positive definite")
    x = random(vector("x_S", d), mean=m, covariance=S, law="normal")
    return claim("quadratic-form", E(inner(x, A * x)), "=", right(trace(A * S) + inner(m, A * m)), domain={d: [2, 3]})


@subject("proved", wrong=lambda right: 2 * right)
def cyclic_trace(right):
    A, B = matrix("A", d, n), matrix("B", n, d)
    return claim("cyclic-trace", trace(A * B), "=", right(trace(B * A)), domain=[{n: 2, d: 3}, {n: 4, d: 2}])


@subject("proved", wrong=lambda right: right.subs(det(matrix("A", d, d)), 1))
def jacobi(right):
    A, B, t = matrix("A", d, d, "invertible"), matrix("B", d, d), scalar("t")
    return claim("jacobi", sp.Subs(sp.Derivative(det(A + t * B), t), t, 0), "=", right(det(A) * trace(A.I * B)),
                 domain={d: [2, 3]})


@subject("proved", wrong=lambda right: -right)
def slope_of_inverse(right):
    A, B, t = matrix("A", d, d, "invertible"), matrix("B", d, d), scalar("t")
    x, y = vector("x", d), vector("y", d)
    return claim("slope-of-inverse", sp.Subs(sp.Derivative(inner(x, (A + t * B).I * y), t), t, 0), "=",
                 right(-inner(x, A.I * B * A.I * y)), domain={d: [2, 3]})


@subject("measured", wrong=lambda right: right + 1)
def bures(right):
    m, l = vector("m", d), vector("l", d)
    S, Q = matrix("S", d, d, "positive definite"), matrix("Q", d, d, "positive definite")
    return claim("bures", W2(Normal(m, S), Normal(l, Q)) ** 2, "=",
                 right(norm(m - l) ** 2 + trace(S) + trace(Q) - 2 * trace(sqrtm(sqrtm(S) * Q * sqrtm(S)))),
                 domain={d: [1, 3]}, unproved="the optimal coupling is certified by its dual at each point")


@subject("proved", wrong=lambda right: right + R(1, 7))
def conjugate(right):
    x, y = scalar("x"), scalar("y", positive=True)
    return claim("conjugate-exp", sup(x, x * y - exp(x)), "=", right(y * log(y) - y), domain={y: [R(1, 2), 3]})


@subject("proved", wrong=lambda right: right * 2)
def poisson_mgf(right):
    k, lam, s = sp.Symbol("k", integer=True, nonnegative=True), scalar("lambda",
                                                                       positive=True), scalar("s", positive=True)
    p = function("p")
    law = define("poisson", p(k), exp(-lam) * lam**k / sp.factorial(k))
    return claim("poisson-mgf", sp.Sum(exp(s * k) * p(k), (k, 0, oo)), "=", right(exp(lam * (exp(s) - 1))), given=[law],
                 steps=[(sp.Sum(exp(s * k) * exp(-lam) * lam**k / sp.factorial(k), (k, 0, oo)), "law of N", law)],
                 tactics="closed_sums",
                 domain={lam: [R(1, 2), 3], s: [R(1, 3), 2]})


@subject("proved", wrong=lambda right: right * 2)
def geometric_mean(right):
    k, q = sp.Symbol("k", integer=True, nonnegative=True), scalar("q", "unit interval")
    return claim("geometric-mean", sp.Sum(k * (1 - q) * q**k, (k, 0, oo)), "=", right(q / (1 - q)),
                 tactics="closed_sums", domain={q: [R(1, 3), R(4, 5)]})


@subject("proved", wrong=lambda right: right / 2)
def score_gradient(right):
    z, f, i, k, j = indexed("z", n), indexed("f", n), index("i", n), *sp.symbols("k j", integer=True, positive=True)
    p = lambda i: exp(z[i]) / sp.Sum(exp(z[j]), (j, 1, n))  # noqa: E731
    surrogate, mean = sp.Sum(stop(p(k) * f[k]) * log(p(k)), (k, 1, n)), sp.Sum(p(k) * f[k], (k, 1, n))
    return claim("score-gradient", sp.Derivative(surrogate, z[i]), "=", right(sp.Derivative(mean, z[i])),
                 tactics=("expand_log",),
                 domain=[{n: 3, i: 2}, {n: 5, i: 1}])


@subject("proved", wrong=lambda right: right.subs(n, n + 1))
def linear_rnn(right):
    h, t, lam = sequence("h"), sp.Symbol("t", integer=True, nonnegative=True), sp.Symbol("lambda", complex=True)
    step = define("linear-rnn", h(t + 1), lam * h(t) + 1, lambda h, lam: lam * h + 1, args=[h(t), lam],
                  wrong={"conjugate": lambda h, lam: np.conj(lam) * h + 1})

    def run(rng, step, n, **given):
        x = 0j
        for _ in range(n):
            x = step(x, given["lambda"])
        return {"h_n": x}

    return claim("rnn-state", h(n), "=", right((1 - lam**n) / (1 - lam)), given=[step], trial=run,
                 domain={lam: [R(1, 2) + sp.I / 2, -R(4, 5) * sp.I], n: [3, 8]},
                 proof=lambda rhs, after: induction(rhs, n, 0, lambda v, _: after.subs(h(t), v)))


@subject("proved", wrong=lambda right: right.subs(n, 2 * n))
def rnn_modulus(right):
    r, th, I = scalar("r", positive=True), scalar("theta"), sp.I
    apart = lambda s: (1 - r**n * exp(s * I * n * th)) / (1 - r * exp(s * I * th))  # noqa: E731
    both = (1 - r**n * (exp(I * n * th) + exp(-I * n * th))
            + r ** (2 * n)) / (1 - r * (exp(I * th) + exp(-I * th)) + r**2)
    return claim("rnn-modulus", sp.Abs(apart(1), evaluate=False) ** 2, "=",
                 right((1 - 2 * r**n * sp.cos(n * th) + r ** (2 * n)) / (1 - 2 * r * sp.cos(th) + r**2)),
                 steps=[(apart(1) * apart(-1), "a number times its conjugate"), (both, "multiplied out")],
                 tactics=("rewrite_exp", "together"),
                 domain={r: [R(1, 3), R(9, 10)], th: [R(1, 3), -2], n: [3, 8]})


@subject("proved", wrong=lambda right: right.subs(scalar(r"\eta", positive=True), 2 * scalar(r"\eta", positive=True)))
def regret(right):
    x, g, u, eta = sequence("x", size=d), sequence("g", size=d), vector("u", d), scalar(r"\eta", positive=True)
    t = sp.Symbol("t", integer=True, nonnegative=True)
    step = define("online-step", x(t + 1), x(t) - eta * g(t), lambda x, g, eta: x - eta * g, args=[x(t), g(t), eta],
                  wrong={"ascent": lambda x, g, eta: x + eta * g, "half": lambda x, g, eta: x - eta / 2 * g})
    gap = sp.Sum((norm(x(t) - u) ** 2 - norm(x(t + 1) - u) ** 2) / (2 * eta) + eta / 2 * norm(g(t)) ** 2, (t, 0, T - 1))
    bound = right(norm(x(0) - u) ** 2 / (2 * eta) + eta / 2 * sp.Sum(norm(g(t)) ** 2, (t, 0, T - 1)))
    return claim("regret", sp.Sum(inner(g(t), x(t) - u), (t, 0, T - 1)), "<=", bound, given=[step],
                 steps=[(gap, "each round pays from the distance", step),
                        Line(bound, "the distances telescope, the last is not negative", relation="<=")],
                 trial=play, tight=play_to_the_end, domain={eta: [R(1, 4), R(1, 2)], T: [3, 10]})


def play(rng, step, eta, T, tight=False):
    x, g = [rng.normal(size=3)], rng.normal(size=(T, 3))
    for t in range(T):
        x.append(step(x[-1], g[t], eta))
    return {"x": np.array(x), "g": g, "u": x[-1] if tight else rng.normal(size=3)}


def play_to_the_end(rng, step, eta, T):
    return play(rng, step, eta, T, tight=True)


@subject("proved", wrong=lambda right: right - 1)
def gronwall_bound(right):
    u, v, (t, a, b, u0) = sequence("u", real=True), scalar("v"), sp.symbols("t a b u_0", positive=True)
    f = function("f")
    flow = define("flow", f(v), a * v + b, lambda v, a, b: a * v + b, args=[v, a, b],
                  wrong={"no inflow": lambda v, a, b: a * v, "half": lambda v, a, b: (a * v + b) / 2})
    return claim("gronwall", u(t), "<=", right(u0 * exp(a * t) + b / a * (exp(a * t) - 1)), given=[flow],
                 where={u(t): "a path whose slope is at most f(u)"},
                 proof=lambda rhs, rate: gronwall(rhs, t, rate=rate.diff(v), inflow=rate.subs(v, 0), start=u0),
                 trial=slower_paths, tight=the_fastest_path,
                 domain=[{t: 1, a: R(1, 2), b: 2, u0: 3}, {t: 2, a: R(3, 2), b: R(1, 3), u0: 1},
                         {t: 3, a: R(1, 3), b: 1, u0: R(1, 2)}])


def slower_paths(rng, flow, t, a, b, u_0):
    from scipy.integrate import solve_ivp

    return {"u_t": np.array([solve_ivp(lambda s, y, c=c: flow(y, a, b) - c * (1 + np.sin(s)), (0, t), [u_0],
                                       rtol=1e-9).y[0, -1] for c in (0.3, 1, 2)])}


def the_fastest_path(rng, flow, t, a, b, u_0):
    from scipy.linalg import expm

    inflow = flow(0.0, a, b)
    return {"u_t": (expm(np.array([[flow(1.0, a, b) - inflow, inflow], [0, 0]]) * t) @ [u_0, 1])[0]}


@subject("proved", wrong=lambda right: right.subs(d, d + 1))
def chi_mean(right):
    z, r = random(vector("z_d", d), law="normal"), sp.Symbol("r", positive=True)
    polar = radial(z, sp.Lambda(r, r))
    return claim("chi-mean", E(norm(z)), "=", right(sqrt(2) * sp.gamma((d + 1) / 2) / sp.gamma(d / 2)),
                 domain={d: [1, 3, 8]}, tactics=("gammasimp", "powsimp"),
                 steps=[(polar.right, "polar coordinates", polar)])


@subject("proved", wrong=lambda right: right * (1 + 1 / (2 * d)))
def chi_mean_large(right):
    m = function("m")
    chi = define("chi-mean-value", m(d), sqrt(2) * sp.gamma((d + 1) / 2) / sp.gamma(d / 2))
    return claim("chi-mean-large", m(d), "~", right(sqrt(d) * (1 - 1 / (4 * d))), given=[chi], along=d, rate=1 / d**2,
                 proof=lambda rhs, mean: asymptotic_ratio(mean, rhs, d, 1 / d**2), domain={d: [16, 32, 64, 128]})


@subject("proved", wrong=lambda right: right * (1 + 1 / sp.Symbol("kappa", positive=True)))
def von_mises_fisher(right):
    A, kap = function("A"), sp.Symbol("kappa", positive=True)
    vmf = define("vmf-mean", A(kap), sp.besseli(1, kap) / sp.besseli(0, kap))
    return claim("vmf-large", A(kap), "~", right(1 - 1 / (2 * kap)), given=[vmf], along=kap, rate=1 / kap**2,
                 proof=lambda rhs, mean: asymptotic_ratio(mean, rhs, kap, 1 / kap**2), domain={kap: [8, 16, 32, 64]})


@subject("proved", wrong=lambda right: right * 2)
def pinsker_binary(right):
    p, q = scalar("p", "unit interval"), scalar("q", "unit interval")
    kl = define("kl-binary", sp.Function("K")(p, q), p * log(p / q) + (1 - p) * log((1 - p) / (1 - q)))
    return claim("pinsker-binary", sp.Function("K")(p, q), ">=", right(2 * (p - q) ** 2), given=[kl],
                 domain={p: [R(1, 3), R(9, 10)], q: [R(1, 4), R(3, 4)]},
                 proof=lambda rhs, k: {"equal at q = p": (k - rhs).subs(q, p),
                                       "the slope in q has the sign of q - p": Nonneg(
                                           sp.cancel(sp.diff(k - rhs, q) / (q - p)), "factor")})


@subject("measured", wrong=lambda right: right * 3)
def pinsker(right):
    p, q = vector("p", n, "simplex"), vector("q", n, "simplex")
    return claim("pinsker", KL(p, q), ">=", right(2 * TV(p, q) ** 2), domain={n: [2, 5]},
                 unproved="two classes are proved above; merging classes only lowers KL")


@subject("proved", wrong=lambda right: right * 2)
def adaboost(right):
    eps, W, t, w = indexed("epsilon", T, first=0,
                           positive=True), sequence(
                               "W", positive=True), sp.Symbol("t", integer=True), scalar("w", positive=True)
    e = scalar("e", "unit interval")
    factor = define("adaboost-factor", function("Z")(e), 2 * sqrt(e * (1 - e)), lambda e: 2 * np.sqrt(e * (1 - e)),
                    args=[e], wrong={"no two": lambda e: np.sqrt(e * (1 - e))})
    return claim("adaboost", W(T), "=", right(sp.Product(2 * sqrt(eps[t] * (1 - eps[t])), (t, 0, T - 1))),
                 given=[factor], domain={T: [1, 3, 6]},
                 proof=lambda rhs, z: product_over_rounds(rhs, T, lambda k: z.subs(e, eps[k])),
                 where={W(T): "total weight before normalising"}, trial=boost)


def boost(rng, factor, T):
    errors = rng.uniform(0.1, 0.45, T)
    return {"W_T": np.prod([factor(e) for e in errors]), "epsilon": errors}


@subject("proved", wrong=lambda right: right + R(1, 9))
def softplus_array(right):
    S, y = function("S"), scalar("y")
    g = define("softplus", S(y), log(1 + exp(y)), lambda y: np.logaddexp(0, y), args=[y],
               wrong={"relu": lambda y: np.maximum(y, 0)})
    return claim("softplus", S(y), "=", right(log(1 + exp(y))), given=[g], domain={y: [-20, -3, 2]})


@subject("proved", wrong=lambda right: right * 2)
def phi_two(right):
    f, x = function(r"\varphi"), sp.Symbol("x", positive=True)
    series = define("phi-two", f(x), (exp(x) - 1 - x) / x**2,
                    lambda x: sum(x**k / np.prod(np.arange(1.0, k + 3)) for k in range(25)), args=[x],
                    wrong={"two terms": lambda x: 0.5 + x / 6})
    return claim("phi-two-value", f(x), "=", right((exp(x) - 1 - x) / x**2), given=[series],
                 domain={x: [R(1, 1000), R(1, 2), 2]})


@subject("proved", wrong=lambda right: right + 1)
def sparsemax(right):
    k, j, tau = *sp.symbols("k j", integer=True, positive=True), scalar("tau")
    z, M = indexed("z", k), function("M")
    mass = define("sparsemax-mass", M(tau), sp.Sum(z[j] - tau, (j, 1, k)),
                  lambda tau, z: np.maximum(z - tau, z - tau).sum(), args=[tau, z],
                  wrong={"half": lambda tau, z: (z - tau).sum() / 2})
    return claim("sparsemax-threshold", tau, "=", right((sp.Sum(z[j], (j, 1, k)) - 1) / k), given=[mass],
                 domain={k: [1, 3, 5]}, trial=threshold,
                 proof=lambda rhs, m: {"the support has mass one": Zero(m.subs(tau, rhs) - 1, "collapse_sums")},
                 where={tau: "the threshold"})


def threshold(rng, mass, k):
    from scipy.optimize import brentq

    z = np.sort(rng.uniform(0, 0.1, k))[::-1]
    return {"z": z, "tau": brentq(lambda tau: mass(tau, z) - 1, -5, 5, xtol=1e-15)}


@subject("proved", wrong=lambda right: right + d)
def entropy_of_a_normal_law(right):
    m, S = vector("m", d), matrix("S", d, d, "positive definite")
    x, P = random(vector("x_H", d), mean=m, covariance=S, law="normal"), Normal(m, S)
    r = right((d + d * log(2 * sp.pi) + log(det(S))) / 2)
    return claim("entropy-normal", entropy(P), "=", r, domain={d: [1, 3]}, tactics=("expand_log",),
                 steps=[(E(-log_density(P, x)), "by the density", by_density(entropy(P), x)), (r, "second moments")])


@subject("measured", wrong=lambda right: right ** 2)
def bhattacharyya_of_normals(right):
    m, l, s, q = scalar("m"), scalar("l"), scalar("s", positive=True), scalar("q", positive=True)
    P, Q = Normal(m, s), Normal(l, q)
    return claim("bhattacharyya", bhattacharyya(P, Q), "=",
                 right(sqrt(2 * sqrt(s * q) / (s + q)) * exp(-((m - l) ** 2) / (4 * (s + q)))),
                 domain=[{m: 1, l: -R(1, 2), s: 2, q: R(1, 3)}, {m: -R(3, 2), l: R(1, 3), s: R(1, 2), q: 3}],
                 unproved="an integral of a Gaussian")


@subject("proved", wrong=lambda right: 2 * right)
def best_guess(right):
    x, y, c = scalar("x"), scalar("y"), scalar("c", positive=True)
    return claim("best-guess", argmax(x, x * y - c * x**2), "argmin", right(y / (2 * c)),
                 domain={y: [-2, R(3, 2)], c: [R(1, 3), 3]})


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_true_form_passes_and_the_wrong_one_does_not(name):
    state, expected, wrong = SUBJECTS[name]
    true = state(lambda right: right).record
    assert true["verdict"] == expected, true["failures"]
    session.reset()
    false = state(wrong).record
    assert false["verdict"] not in PASSES


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_claim_is_short(name):
    lines = [line for line in inspect.getsource(SUBJECTS[name][0]).splitlines()
             if line.strip() and not line.startswith(("@", "def "))]
    assert len(lines) <= 15
