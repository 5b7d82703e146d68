"""Functions to take away from the chapter "Why SimSiam does not collapse".

Made by `make takeaway` from book/optimization/simsiam_dynamics.md; change them there.
"""

import math

import numpy as np


def simsiam_endpoint(theta0, phi0, S, alpha=1.0):
    """Where SimSiam with linear encoder and predictor ends, under gradient flow of half the squared distance.

    Args:
        theta0: encoder at the start, not 0.
        phi0: predictor at the start.
        S: variance of the augmentation divided by that of the signal, not negative.
        alpha: learning rate of the predictor divided by that of the encoder, positive.

    Returns:
        (theta, phi), two floats; theta is 0 if the encoder collapses.

    Raises:
        ValueError: for anything but single finite numbers in these ranges, or results beyond the range of floats.

    Example:
        >>> [round(value, 4) for value in simsiam_endpoint(1, 0.1, 0.5)]
        [1.1977, 0.6667]
    """
    numbers = {}
    for name, given in (("theta0", theta0), ("phi0", phi0), ("S", S), ("alpha", alpha)):
        if not isinstance(given, (int, float, np.integer, np.floating)) or not math.isfinite(given):
            raise ValueError(f"{name}: expected one finite number; found {given!r}")
        numbers[name] = float(given)
    theta, phi, S, alpha = numbers.values()
    if theta == 0 or S < 0 or alpha <= 0:
        raise ValueError(f"expected theta0 ≠ 0, S ≥ 0 and alpha > 0; found {theta}, {S}, {alpha}")
    best, root = 1 / (1 + S), math.sqrt(alpha)
    size = abs(theta) * root                                        # encoder in units of the predictor
    scale = max(size, abs(phi), best)
    near, far, wall = abs(phi) / scale, size / scale, best / scale
    if phi < 0 and far <= near or phi > best and far * far <= (near - wall) * (near + wall):
        end = (0.0, math.copysign(scale * math.sqrt((near - far) * (near + far)), phi) + 0.0)
    else:
        end = (math.copysign(scale * math.sqrt(far * far + (wall - near) * (wall + near)) / root, theta), best)
    if not all(map(math.isfinite, end)):
        raise ValueError("the end is beyond the range of floats")
    return end


def collapse_report(z):
    """How far the codes of a batch are from collapse.

    Args:
        z: codes, shape (n, d) with n ≥ 2, real and finite.

    Returns:
        dict of three floats. ``std_ratio``: mean standard deviation of an entry of the codes divided by their lengths, times √d; near 1 if they
        are spread over all directions, 0 if they all point the same way. ``effective_rank``: exponential of the entropy of the eigenvalues of the
        covariance of these normalised codes, from 1 to d; 0 if they are constant. ``spread``: root mean square distance of the codes as they
        are from their mean. A code of length 0 stays 0.

    Raises:
        ValueError: for another shape, or numbers that are not real and finite.

    Example:
        >>> report = collapse_report([[3.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, -5.0]])
        >>> round(report["effective_rank"], 6)
        2.0
    """
    z = np.asarray(z)
    if z.ndim != 2 or len(z) < 2 or z.shape[1] < 1 or z.dtype.kind not in "iuf":
        raise ValueError(f"z: expected real codes of shape (n, d) with n ≥ 2; found shape {z.shape}, {z.dtype}")
    z = z.astype(float)
    if not np.isfinite(z).all():
        raise ValueError("z: expected finite numbers; found NaN or infinity")
    largest = np.abs(z).max()
    spread = float(largest * math.sqrt(((z / largest - (z / largest).mean(0)) ** 2).sum(1).mean())) if largest else 0.0
    rows = np.abs(z).max(1, keepdims=True)
    unit = np.divide(z, rows, out=np.zeros_like(z), where=rows > 0)
    length = np.sqrt((unit**2).sum(1, keepdims=True))
    unit = np.divide(unit, length, out=np.zeros_like(unit), where=length > 0)
    share = np.linalg.svd(unit - unit.mean(0), compute_uv=False) ** 2
    if share.sum() < 1e-28 * len(z):
        return {"std_ratio": 0.0, "effective_rank": 0.0, "spread": spread}
    share = share[share > 0] / share.sum()
    return {"std_ratio": float(unit.std(0, ddof=1).mean() * math.sqrt(z.shape[1])), "effective_rank": float(np.exp(-(share * np.log(share)).sum())), "spread": spread}
