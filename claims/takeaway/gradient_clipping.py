"""Functions to take away from the chapter "Why gradient clipping accelerates training".

Made by `make takeaway` from book/optimization/gradient_clipping.md; change them there.
"""

import math

import numpy as np


def gradient_and_curvature(gradient, points, rounds=20):
    """Length of the gradient, and curvature (largest size of an eigenvalue of the matrix of second derivatives), at several points.

    gradient: function of an array of shape (d,) that returns the gradient there, of the same shape, in double precision and without noise (the same batch each time). points: shape (n, d), for instance parameters on the path of a training.
    rounds: of the power iteration, which multiplies a direction by the matrix, as a central difference of gradients: 2·rounds gradients per point. Returns two arrays of shape (n,). The curvature is a lower estimate where the largest
    eigenvalues are close together.

    Raises ValueError for points that are no finite table of numbers, rounds below 1, and gradients of another shape, in single precision or not finite.

    >>> lengths, curvatures = gradient_and_curvature(lambda z: np.sinh(z), [[0.0], [2.0]])
    >>> curvatures.round(4)
    array([1.    , 3.7622])
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or not points.size or not np.isfinite(points).all():
        raise ValueError(f"points: expected a finite table of shape (n, d), found shape {points.shape}")
    if not (isinstance(rounds, (int, np.integer)) and rounds >= 1):
        raise ValueError(f"rounds: expected a whole number from 1, found {rounds!r}")

    def checked(z):
        value = np.asarray(gradient(z))
        if value.shape != z.shape:
            raise ValueError(f"gradient: expected the shape {z.shape}, found {value.shape}")
        if value.dtype != float:
            raise ValueError(f"gradient: expected double precision (float64), found {value.dtype}")
        if not np.isfinite(value).all():
            raise ValueError("gradient: it is not finite")
        return value

    lengths, curvatures = [], []
    for point in points:
        step = 1e-5 * max(1.0, float(np.abs(point).max()))
        direction = np.cos(1.0 + np.arange(point.size))
        direction /= np.linalg.norm(direction)
        curvature = 0.0
        for _ in range(rounds):
            product = (checked(point + step * direction) - checked(point - step * direction)) / (2 * step)
            curvature = float(np.linalg.norm(product))
            if curvature == 0:
                break
            direction = product / curvature
        lengths.append(float(np.linalg.norm(checked(point))))
        curvatures.append(curvature)
    return np.array(lengths), np.array(curvatures)


def smoothness_fit(lengths, curvatures):
    """The lowest line L0 + L1·length, with L0 and L1 not negative, that no measured curvature lies above ("lowest": in the mean over the points), and the correlation of the two.

    lengths, curvatures: shape (n,), nonnegative, from `gradient_and_curvature`. Returns (L0, L1, correlation); the correlation is 0 if one of the two is constant.

    Raises ValueError for other shapes, numbers that are negative or not finite, and curvatures that are all 0.

    >>> z = np.linspace(0, 10, 11)
    >>> L0, L1, correlation = smoothness_fit(np.sinh(z), np.cosh(z))
    >>> round(L0, 3), round(L1, 3)
    (1.0, 1.0)
    """
    x, y = np.asarray(lengths, float), np.asarray(curvatures, float)
    if x.ndim != 1 or x.shape != y.shape or not x.size:
        raise ValueError(f"expected two arrays of one shape (n,), found {x.shape} and {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (x >= 0).all() and (y >= 0).all()):
        raise ValueError("expected finite numbers that are not negative")
    if y.max() == 0:
        raise ValueError("all curvatures are 0: there is nothing to fit")
    level, rise = float(y.max()), 0.0
    size = max(float(x.max()), 1e-300)
    lines = [(level, 0.0)]
    if (y[x == 0] == 0).all():
        lines.append((0.0, float((y[x > 0] / x[x > 0]).max())))
    for i in range(x.size):
        for j in range(x.size):
            if x[j] - x[i] > 1e-12 * size:
                slope = (y[j] - y[i]) / (x[j] - x[i])
                lines.append((float(y[i] - slope * x[i]), float(slope)))
    fits = [(base, slope) for base, slope in lines if base >= 0 and slope >= 0 and (base + slope * x >= y - 1e-9 * level).all()]
    level, rise = min(fits, key=lambda line: line[0] + line[1] * x.mean())
    constant = x.std() <= 1e-12 * size or y.std() <= 1e-12 * y.max()
    return level, rise, 0.0 if constant else float(np.corrcoef(x, y)[0, 1])


def clip_settings(L0, L1, soft=False):
    """Learning rate and threshold of clipped gradient descent for a loss whose curvature is at most L0 + L1·(length of the gradient).

    Hard clipping (`clip_grad_norm_`): (1/(2·L0), L0/L1). With soft=True, for the factor γ/(length + γ): (1/L0, L0/L1). The threshold is infinite, so nothing is clipped, for L1 = 0.

    Raises ValueError unless L0 is positive and finite and L1 nonnegative and finite.

    >>> clip_settings(4.0, 2.0)
    (0.125, 2.0)
    """
    for name, value, low in (("L0", L0, "positive"), ("L1", L1, "not negative")):
        if not (np.ndim(value) == 0 and np.isreal(value) and np.isfinite(value) and (value > 0 or (value == 0 and name == "L1"))):
            raise ValueError(f"{name}: expected a finite number that is {low}, found {value!r}")
    rate = 1 / float(L0) if soft else 1 / (2 * float(L0))
    if not np.isfinite(rate) or rate == 0:
        raise ValueError(f"L0: 1/L0 is no finite positive number for {L0!r}")
    return rate, float(L0) / float(L1) if L1 else math.inf
