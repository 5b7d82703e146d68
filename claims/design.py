"""How an experiment is run and judged: paired tests of log ratios over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from .case import Premise
from .measure.measurement import MeasurementError
from .measure.trial import generator


def differences(values: np.ndarray) -> np.ndarray:
    return np.log(values[:, 0]) - np.log(values[:, 1])


def student(d: np.ndarray) -> tuple[float, float, float]:
    """Mean of differences, its t statistic, and the one-sided p-value of a mean above zero."""
    error = max(float(d.std(ddof=1)) / math.sqrt(len(d)), 1e-12)
    t = float(d.mean()) / error
    return float(d.mean()), t, float(special.stdtr(len(d) - 1, -t))


def chance(values: np.ndarray, alpha: float) -> float:
    """Probability that as many fresh seeds would show the effect, were it as large as it was seen: a noncentral t,
    averaged over the deviation they may have.

    >>> effect = np.exp([[1.2, 0], [1.0, 0], [0.8, 0], [1.1, 0], [0.9, 0]])  # paired t 14
    >>> f"{chance(effect, 1e-3):.2f} {chance(effect, 1e-5):.2f}"
    '0.99 0.17'
    """
    dof = len(values) - 1
    deviations = np.sqrt(special.chdtri(dof, (np.arange(2000) + 0.5) / 2000) / dof)
    t = abs(student(differences(values))[1])
    return float(special.ndtr(t + special.stdtrit(dof, alpha) * deviations).mean())


@dataclass(frozen=True)
class Design:
    """How an experiment is run and judged: the same for the experiment, its ablations and its wrong premises."""

    label: str
    relation: str
    seeds: int
    alpha: float
    within: float | None
    together: bool
    coded: Sequence[Premise]

    def collect(self, run: Callable[..., Any], codes: Sequence[Callable[..., Any]]) -> np.ndarray:
        """Both numbers of every seed, shape (seeds, 2).

        Raises:
            MeasurementError: for anything but finite positive numbers.
        """
        rngs = [generator(self.label, i) for i in range(self.seeds)]
        found = run(rngs, *codes) if self.together else [[float(v) for v in run(rng, *codes)] for rng in rngs]
        values = np.array(found, float)
        if values.shape != (self.seeds, 2) or not np.all(np.isfinite(values)) or np.any(values <= 0):
            raise MeasurementError(f"expected two finite positive numbers a seed, found {values.tolist()}")
        return values

    def reach(self, values: np.ndarray) -> float:
        """Half the width of the (1 − alpha) interval of the mean log ratio."""
        spread = float(differences(values).std(ddof=1))
        return float(-special.stdtrit(self.seeds - 1, self.alpha / 2)) * spread / math.sqrt(self.seeds)

    def shows(self, values: np.ndarray) -> tuple[bool, str]:
        """Whether these values show what is stated, and the test in words."""
        mean, t, p = student(differences(values))
        p = p if self.relation == ">" else 1 - p
        if self.relation == "≈":
            most = abs(mean) + self.reach(values)
            return (
                most <= self.within,
                (
                    f"ratio {math.exp(mean):.3g}, |log ratio| at most {most:.2g} (allowed {self.within:g}) "
                    f"at level {self.alpha:g}"
                ),
            )
        spread = float(differences(values).std(ddof=1))
        return (
            p <= self.alpha,
            (
                f"ratio {math.exp(mean):.3g} (spread a factor {math.exp(spread):.3g}), paired t {abs(t):.1f}, "
                f"p {p:.1e}, false alarm {self.alpha:g}"
            ),
        )

    def changed(self, base: np.ndarray, other: np.ndarray) -> tuple[bool, str]:
        """Whether a wrong premise changes the log ratio by more than other random numbers would, and the test in
        words."""
        mean, t, p = student(differences(other) - differences(base))
        p = 2 * min(p, 1 - p)
        return p <= self.alpha, f"the ratio changes by a factor {math.exp(mean):.3g}, paired t {abs(t):.1f}, p {p:.1e}"
