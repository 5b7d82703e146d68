"""A program with one claim, as a reader of a notebook might write it; prints the verdict and what fails."""

import sympy as sp

import claims

t, s = sp.Symbol("t", integer=True, nonnegative=True), sp.Symbol("s", positive=True)
x, X, F = sp.Symbol("x", real=True), claims.sequence("x"), sp.Function("F")


def walk(rng, step, t, s):
    x = 1.0
    for _ in range(t):
        x = step(x, s)
    return {"x_t": x}


if __name__ == "__main__":
    step = claims.define("step", F(x, s), x + s**2, lambda x, s: x + s**2, args=[x, s],
                         wrong={"root": lambda x, s: x + s})
    claim = claims.claim(
        "walk", X(t), "=", 1 + t * s**2, given=[step], trial=walk, domain={t: [2, 5], s: [sp.Rational(1, 2), 3]},
        where={X(t): "the value after $t$ steps from 1"},
        proof=lambda rhs, after: {"start": rhs.subs(t, 0) - 1, "one step": rhs.subs(t, t + 1) - after.subs(x, rhs)})
    print(claim.record["verdict"], *claim.record["failures"])
