"""Functions to take away from the chapter "Resurrecting the RNN: linear recurrent units".

Made by `make takeaway` from book/transformers/lru_rnn.md; change them there.
"""

import math

import numpy as np


def _lru_number(name, value, low, high, closed=False):
    """One real number strictly between two bounds (the lower one allowed if closed)."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and (low <= value if closed else low < value) and value < high):
        raise ValueError(f"{name}: expected one number {'from' if closed else 'above'} {low} and below {high}; found {value!r}")
    return float(value)


def _lru_count(name, value, least):
    """A whole number of at least this size."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}; found {value!r}")
    return int(value)


def lru_init(d, mode="ring", r_min=0.9, r_max=0.999, radius=None, rng=None):
    """Logarithms of ν, θ and γ of d modes: λ = exp(-exp(nu_log) + 1j * exp(theta_log)), gain exp(gamma_log).

    Args:
        d: number of modes.
        mode: "ring", spread evenly over the area of the ring r_min < |λ| < r_max at random, or "half_circle",
            evenly spread phases π(j + ½)/d at one radius, which recalls the last 2d real inputs.
        r_min, r_max: radii of the ring, 0 <= r_min < r_max < 1.
        radius: |λ| on the half circle, between 0 and 1.
        rng: a NumPy generator for the ring; a new one if none is given.

    Returns:
        (nu_log, theta_log, gamma_log), float64 arrays of shape (d,); γ = √(1 - |λ|²) keeps the mean square of white
        inputs.

    Raises:
        ValueError: for another mode, a d that is no positive whole number, or radii outside their range.

    Example:
        >>> nu_log, theta_log, gamma_log = lru_init(2, "half_circle", radius=0.5)
        >>> np.round(np.exp(-np.exp(nu_log) + 1j * np.exp(theta_log)), 4).tolist()
        [(0.3536+0.3536j), (-0.3536+0.3536j)]
    """
    d = _lru_count("d", d, 1)
    if mode == "half_circle":
        if radius is None:
            raise ValueError("radius: the half circle needs one, between 0 and 1")
        modulus = np.full(d, _lru_number("radius", radius, 0, 1))
        theta = math.pi * (np.arange(d) + 0.5) / d
    elif mode == "ring":
        r_min = _lru_number("r_min", r_min, 0, 1, closed=True)
        r_max = _lru_number("r_max", r_max, r_min, 1)
        rng = np.random.default_rng() if rng is None else rng
        modulus = np.sqrt(r_min**2 + (1 - rng.random(d)) * (r_max**2 - r_min**2))
        theta = 2 * math.pi * (1 - rng.random(d))
    else:
        raise ValueError(f"mode: expected 'ring' or 'half_circle'; found {mode!r}")
    nu = -np.log(modulus)
    return np.log(nu), np.log(theta), 0.5 * np.log(-np.expm1(-2 * nu))


def lru_scan(lam, u):
    """All states of x[t] = lam * x[t-1] + u[t], started from 0, in about log2(n) rounds.

    Args:
        lam: factors of d modes, |λ| <= 1, shape (d,).
        u: inputs of the modes, gain included, shape (n, d).

    Returns:
        complex128 array of shape (n, d). Work n·d·log2(n), no division; a state is exact up to a few roundings of
        the largest sum that enters it.

    Raises:
        ValueError: for other shapes, no steps, values that are not finite, or |λ| above 1.

    Example:
        >>> lru_scan([0.5], [[1.0], [0.0], [4.0]]).real.ravel().tolist()
        [1.0, 0.5, 4.25]
    """
    lam, u = np.asarray(lam, dtype=complex), np.asarray(u, dtype=complex)
    if lam.ndim != 1 or u.ndim != 2 or u.shape[1] != len(lam) or not u.size:
        raise ValueError(f"expected lam of shape (d,) and u of shape (n, d), both not empty; found {lam.shape} and {u.shape}")
    if not (np.isfinite(lam).all() and np.isfinite(u).all()):
        raise ValueError("lam and u: expected finite numbers")
    if (np.abs(lam) > 1 + 1e-12).any():
        raise ValueError(f"lam: expected moduli of at most 1; found {np.abs(lam).max()}")
    n, d = u.shape
    x = np.zeros((1 << (n - 1).bit_length(), d), dtype=complex)
    x[:n] = u
    powers, half = lam[None], 1
    while half < n:
        blocks = x.reshape(-1, 2 * half, d)
        blocks[:, half:] += powers * blocks[:, half - 1 : half]
        powers = np.concatenate([powers, powers * powers[-1]])
        half *= 2
    return x[:n]


def half_circle_recall_error(d, radius, delay, noise=0.0):
    """Least expected squared error of a linear readout that gives back a white input of mean 0 and variance 1.

    Args:
        d: number of modes on the half circle, with gain √(1 - radius²).
        radius: |λ|, between 0 and 1.
        delay: how many steps ago, 0 <= delay < 2d.
        noise: standard deviation of independent noise on each real and imaginary part.

    Returns:
        a float in [0, 1].

    Raises:
        ValueError: for values outside these ranges.

    Example:
        >>> round(half_circle_recall_error(64, 0.97, 100), 6)
        0.000411
    """
    d, delay = _lru_count("d", d, 1), _lru_count("delay", delay, 0)
    radius, noise = _lru_number("radius", radius, 0, 1), _lru_number("noise", noise, 0, math.inf, closed=True)
    if delay >= 2 * d:
        raise ValueError(f"delay: expected less than 2d = {2 * d}; found {delay}")
    rate = math.log(radius)
    echoes = math.exp(4 * d * rate) / -math.expm1(4 * d * rate)
    grown = 0.0 if noise == 0 else 2 * math.log(noise) - 2 * delay * rate - math.log(-d * math.expm1(2 * rate))
    b = echoes + (0.0 if noise == 0 else math.exp(min(grown, 700.0)))
    return b / (1 + b)
