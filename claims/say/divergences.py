r"""Entropies and divergences of probabilities and of normal laws; what runs them is not the formula that a chapter
proves.

For normal laws ``entropy`` and ``KL`` are expectations of log densities by Gauss–Hermite rules (exact for the
quadratics that they are), ``bhattacharyya`` is an integral over a grid that is refined until it stays, and ``W2`` the
cost of a coupling whose optimality a dual bound certifies.

>>> from claims.say.run import Samples
>>> v = Samples({}).value(KL(Normal(0, 1), Normal(1, 1)))
>>> round(float(v.full), 12)
0.5
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from .declared import Operator, declared, summed
from .evaluate import Unknown


class Normal(sp.Basic):
    r"""A normal law, printed :math:`\mathcal N(\mu, \Sigma)`: mean and covariance, numbers or vector and matrix.

    >>> Normal(0, 1), Normal(sp.MatrixSymbol("m", 3, 1), sp.Identity(3)).free_symbols
    (Normal(0, 1), {m})
    """

    def __new__(cls, mean: Any, covariance: Any) -> Normal:
        return sp.Basic.__new__(cls, sp.sympify(mean), sp.sympify(covariance))

    @property
    def mean(self) -> Any:
        return self.args[0]

    @property
    def covariance(self) -> Any:
        return self.args[1]

    @property
    def size(self) -> Any:
        return getattr(self.covariance, "shape", (sp.S.One,))[0]

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return rf"\mathcal{{N}}\left({printer._print(self.mean)}, {printer._print(self.covariance)}\right)"


class Gaussian(NamedTuple):
    """A normal law at a point: mean (…, d), covariance (…, d, d); leading axes are repetitions."""

    mean: Any
    covariance: Any

    @classmethod
    def of(cls, mean: Any, covariance: Any) -> Gaussian:
        """From a number or column and a number or matrix, as a walk gives them."""
        c = np.asarray(covariance, float)
        c = c if c.ndim >= 2 else c.reshape(*c.shape, 1, 1)
        m = np.asarray(mean, float)
        m = m[..., 0] if m.ndim >= 2 else np.broadcast_to(m, c.shape[-1:]) if m.ndim == 0 else m
        return cls(m, c)

    def log_density(self, x: Any) -> Any:
        """At points (n, d)."""
        low = np.linalg.cholesky(self.covariance)
        z = np.linalg.solve(low, (x - self.mean).T)
        return -0.5 * (z * z).sum(0) - np.log(np.diag(low)).sum() - 0.5 * len(low) * np.log(2 * np.pi)


def _each(rule: Callable[..., Any], *laws: Gaussian) -> Any:
    """A rule for single laws, over repetitions."""
    count = max((len(g.covariance) for g in laws if g.covariance.ndim == 3), default=0)
    count = max(count, max((len(g.mean) for g in laws if g.mean.ndim == 2), default=0))
    if not count:
        return rule(*laws)
    part = lambda a, axes, i: a[i] if a.ndim > axes else a  # noqa: E731
    return np.array([rule(*(Gaussian(part(g.mean, 1, i), part(g.covariance, 2, i)) for g in laws))
                     for i in range(count)])


def _expectation(law: Gaussian, f: Callable[[Any], Any]) -> float:
    """E f(x) by two Gauss–Hermite rules that must agree."""
    d, low = len(law.mean), np.linalg.cholesky(law.covariance)
    found = []
    for nodes in (3, 4):
        if nodes**d > 100_000:
            raise Unknown(f"an expectation under a normal law of {d} dimensions")
        points, weights = np.polynomial.hermite_e.hermegauss(nodes)
        grid = np.array(list(itertools.product(points, repeat=d)))
        weight = np.array([np.prod(w) for w in itertools.product(weights / weights.sum(), repeat=d)])
        found.append(float(weight @ f(law.mean + grid @ low.T)))
    if abs(found[0] - found[1]) > 1e-9 * max(1.0, abs(found[0])):
        raise Unknown(f"two rules of integration give {found[0]} and {found[1]}")
    return found[1]


def _overlap(p: Gaussian, q: Gaussian) -> float:
    """∫ √(p q) over a grid that is refined until it stays."""
    d = len(p.mean)
    if d > 2:
        raise Unknown(f"an integral over {d} dimensions")
    low = np.linalg.cholesky((p.covariance + q.covariance) / 2 + np.outer(p.mean - q.mean, p.mean - q.mean) / 4)
    centre, before = (p.mean + q.mean) / 2, np.nan
    for count in (48, 96, 192, 384, 768):
        u = np.linspace(-10, 10, count + 1)
        x = centre + np.stack(np.meshgrid(*[u] * d, indexing="ij"), -1).reshape(-1, d) @ low.T
        now = np.exp((p.log_density(x) + q.log_density(x)) / 2).sum() * (u[1] - u[0]) ** d * np.prod(np.diag(low))
        if abs(now - before) <= 1e-12 * now:
            return float(now)
        before = now
    raise Unknown("the integral over the grid does not settle")


def _wasserstein(p: Gaussian, q: Gaussian) -> float:
    """The cost of a coupling, certified: x·y ≤ (xᵀA x + yᵀA⁻¹y)/2 bounds every coupling from below by the same
    number."""
    a, b = np.linalg.cholesky(p.covariance), np.linalg.cholesky(q.covariance)
    u, s, vt = np.linalg.svd(a.T @ b)
    cross = a @ u @ vt @ b.T
    weight = np.linalg.solve(p.covariance, cross)
    weight = (weight + weight.T) / 2
    most = (np.trace(p.covariance @ weight) + np.trace(np.linalg.solve(weight, q.covariance))) / 2
    if np.linalg.eigvalsh(weight)[0] <= 0 or abs(most - np.trace(cross)) > 1e-9 * abs(most):
        raise Unknown("the coupling found is not shown to be optimal")
    cost = ((p.mean - q.mean) ** 2).sum() + np.trace(p.covariance) + np.trace(q.covariance) - 2 * np.trace(cross)
    return float(np.sqrt(max(cost, 0.0)))


def _entropy(p: Any) -> Any:
    if isinstance(p, Gaussian):
        return _each(lambda g: _expectation(g, lambda x: -g.log_density(x)), p)
    return -summed(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0))


def _kl(p: Any, q: Any) -> Any:
    if isinstance(p, Gaussian):
        return _each(lambda a, b: _expectation(a, lambda x: a.log_density(x) - b.log_density(x)), p, q)
    return summed(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0))


def _bhattacharyya(p: Any, q: Any) -> Any:
    return _each(_overlap, p, q) if isinstance(p, Gaussian) else summed(np.sqrt(p * q))


@declared(r"H\left({}\right)", _entropy, ("simplex",), sign="nonnegative",
          slips={"sign": lambda p: summed(p * np.log(p))})
class entropy(Operator):  # noqa: N801 - reads as the field writes it
    r"""Entropy of a vector of probabilities or of a normal law, in nats, printed :math:`H(\cdot)`.

    >>> round(float(_entropy(np.array([[0.5], [0.5]]))), 4)
    0.6931
    """

    def _eval_is_nonnegative(self) -> bool | None:
        return None if isinstance(self.args[0], Normal) else True


@declared(r"\mathrm{{KL}}\left({}\,\Vert\,{}\right)", _kl, ("simplex", "simplex"), sign="nonnegative",
          slips={"reversed": lambda p, q: summed(q * np.log(q / p))})
class KL(Operator):
    r"""Kullback–Leibler divergence of probabilities or normal laws, in nats, printed
    :math:`\mathrm{KL}(\cdot\Vert\cdot)`.

    >>> round(float(_kl(np.array([[0.5], [0.5]]), np.array([[0.25], [0.75]]))), 4)
    0.1438
    """


@declared(r"\mathrm{{TV}}\left({}, {}\right)", lambda p, q: summed(np.abs(p - q)) / 2, ("simplex", "simplex"),
          sign="nonnegative",
          laws={"symmetric": lambda f, x, y: f(x, y) - f(y, x)}, slips={"no half": lambda p, q: summed(np.abs(p - q))})
class TV(Operator):
    r"""Total variation distance of two vectors of probabilities, printed :math:`\mathrm{TV}(\cdot,\cdot)`.

    >>> TV(sp.Symbol("p"), sp.Symbol("q"))
    TV(p, q)
    """


@declared(r"\mathrm{{BC}}\left({}, {}\right)", _bhattacharyya, ("simplex", "simplex"), sign="nonnegative",
          laws={"symmetric": lambda f, x, y: f(x, y) - f(y, x), "of one law": lambda f, x, y: f(x, x) - 1},
          slips={"no root": lambda p, q: summed(p * q)})
class bhattacharyya(Operator):  # noqa: N801
    r"""Bhattacharyya coefficient :math:`\int\sqrt{pq}`, printed :math:`\mathrm{BC}(\cdot,\cdot)`.

    >>> float(_bhattacharyya(np.array([[0.5], [0.5]]), np.array([[0.5], [0.5]])))
    1.0
    """


@declared(r"W_2\left({}, {}\right)", lambda p, q: _each(_wasserstein, p, q), ("normal", "normal"), sign="nonnegative",
          laws={"symmetric": lambda f, x, y: f(x, y) - f(y, x)},
          slips={"means only": lambda p, q: np.sqrt(((p.mean - q.mean) ** 2).sum(-1))})
class W2(Operator):
    r"""Wasserstein distance of two normal laws, printed :math:`W_2(\cdot,\cdot)`.

    >>> W2(Normal(0, 1), Normal(3, 1))
    W2(Normal(0, 1), Normal(3, 1))
    """
