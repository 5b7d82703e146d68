"""Claims about recursions, rounds, bounds and asymptotics."""

import numpy as np
import sympy as sp
from language_subjects import T, d, n, subject
from sympy import Rational as R
from sympy import exp, log, sqrt

from claims import *  # noqa: F403 - the language as a chapter reads it


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
