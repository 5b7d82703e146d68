"""Functions to take away from the chapter "DDPM: demolishing and rebuilding".

Made by `make takeaway` from book/diffusion/ddpm_demolish_build.md; change them there.
"""

import numpy as np


def linear_schedule(steps, last=0.02, first=None):
    """Squares β_t² of the noise amplitudes of a linear schedule, for t = 1 … steps.

    Args:
        steps: number of steps, at least 1.
        last: the last square, between 0 and 1.
        first: the first square, between 0 and last; by default last / steps, so that β_t² = last · t / steps.
            The DDPM paper has steps=1000, first=1e-4, last=0.02.

    Returns:
        array (steps,) of float64. These are squares; libraries call them ``betas``.

    Raises:
        ValueError: for a number out of its range.

    >>> linear_schedule(4, last=0.4).round(12).tolist()
    [0.1, 0.2, 0.3, 0.4]
    """
    if isinstance(steps, bool) or not float(steps).is_integer() or steps < 1:
        raise ValueError(f"steps: expected a whole number of at least 1; found {steps!r}")
    if not 0 < last < 1:
        raise ValueError(f"last: expected a square between 0 and 1; found {last!r}")
    if first is None:
        return last * np.arange(1, int(steps) + 1) / int(steps)
    if not 0 < first <= last:
        raise ValueError(f"first: expected a square above 0 and at most last = {last}; found {first!r}")
    return np.linspace(first, last, int(steps))


def ddpm_weights(beta2, variance="beta"):
    """What a building step does: x_{t-1} = a·x_t − b·(guess of the noise) + s·z.

    Args:
        beta2: squares β_t² for t = 1 … T, shape (T,), each between 0 and 1.
        variance: "beta" (s = β_t), "tilde" (s = β_t β̄_{t-1} / β̄_t), "ddim" (s = 0 and the shorter step) or
            "none" (s = 0 with DDPM's mean, which collapses).

    Returns:
        array (T, 3) of float64: a, b, s of the step from level t in row t − 1.

    Raises:
        ValueError: for another shape, a number out of its range, another name.

    >>> ddpm_weights([0.36, 0.36], "beta")[0].round(3).tolist()
    [1.25, 0.75, 0.6]
    """
    beta2 = np.asarray(beta2, float)
    if beta2.ndim != 1 or not len(beta2):
        raise ValueError(f"beta2: expected squares of shape (T,) with T at least 1; found shape {beta2.shape}")
    if not np.all((beta2 > 0) & (beta2 < 1)):
        raise ValueError("beta2: expected squares between 0 and 1; found a value outside, or NaN")
    if variance not in ("beta", "tilde", "ddim", "none"):
        raise ValueError(f"variance: expected 'beta', 'tilde', 'ddim' or 'none'; found {variance!r}")
    alpha = np.sqrt(1 - beta2)
    noise = np.sqrt(-np.expm1(np.cumsum(np.log1p(-beta2))))               # of level t, without cancellation
    before = np.r_[0.0, noise[:-1]]
    taken = beta2 / (noise + alpha * before) if variance == "ddim" else beta2 / noise
    own = np.sqrt(beta2) * {"beta": 1.0, "tilde": before / noise}.get(variance, 0.0)
    return np.stack([1 / alpha, taken / alpha, np.broadcast_to(own, alpha.shape)], 1)


def ddpm_sample(predict_noise, beta2, shape, variance="beta", rng=None, start=None):
    """Samples x_0 of a diffusion model, from noise x_T.

    Args:
        predict_noise: function (x of the given shape, t) → guess of the noise in x, of the same shape, for t = T … 1.
        beta2: squares β_t² for t = 1 … T, shape (T,); those that the network was trained with, all of them.
        shape: shape of the samples, a tuple of whole numbers.
        variance: as for ``ddpm_weights``. With "beta" the last step adds noise β_1 too.
        rng: NumPy generator. start: x_T, if it is not to be drawn from N(0, 1).

    Returns:
        array of the given shape; computed in float64.

    Raises:
        ValueError: for what ``ddpm_weights`` refuses, and for a guess or a start of another shape, with NaN or infinity.

    >>> x = ddpm_sample(lambda x, t: 0 * x, linear_schedule(10), (3, 2), "none", start=np.zeros((3, 2)))
    >>> x.shape, float(abs(x).max())
    ((3, 2), 0.0)
    """
    weights = ddpm_weights(beta2, variance)
    rng = np.random.default_rng() if rng is None else rng
    x = rng.normal(size=shape) if start is None else np.array(start, float)
    if x.shape != tuple(np.atleast_1d(shape)) or not np.all(np.isfinite(x)):
        raise ValueError(f"start: expected finite numbers of shape {shape}; found shape {x.shape}, or NaN or infinity")
    for t in range(len(weights), 0, -1):
        keep_, take, own = weights[t - 1]
        guess = np.asarray(predict_noise(x, t), float)
        if guess.shape != x.shape or not np.all(np.isfinite(guess)):
            raise ValueError(f"predict_noise: expected finite numbers of shape {x.shape}; found shape {guess.shape}, or NaN or infinity, at t = {t}")
        x = keep_ * x - take * guess
        if own:
            x += own * rng.normal(size=x.shape)
    return x
