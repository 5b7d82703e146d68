"""Functions to take away from the chapter "UniVAE: one Transformer, a wall with measured holes".

Made by `make takeaway` from book/probability/univae.md; change them there.
"""

import math

import numpy as np


def univae_mask(n, m, kind="ae", passage=0):
    """Attention mask of one layer for a row of n input positions and m output positions.

    Args:
        n, m: numbers of input and of output positions, whole, at least 1; the special position [CLS] is one of the n.
        kind: "ae" (outputs see one input column), "lm" (UniLM: they see all) or "independent" (they see none).
        passage: for "ae", the input position of [CLS], from 0 to n − 1.

    Returns:
        boolean array (n + m, n + m); entry (i, j) says whether position i may look at position j.

    Raises:
        ValueError: for numbers that are not whole or out of range, and for another kind.

    >>> univae_mask(2, 2).astype(int).tolist()
    [[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 1]]
    """
    for name, value, least in (("n", n, 1), ("m", m, 1), ("passage", passage, 0)):
        if isinstance(value, bool) or not np.isreal(value) or value != value or int(value) != value or value < least:
            raise ValueError(f"{name}: expected a whole number of at least {least}; found {value!r}")
    if kind not in ("ae", "lm", "independent"):
        raise ValueError(f"kind: expected 'ae', 'lm' or 'independent'; found {kind!r}")
    if passage >= n:
        raise ValueError(f"passage: expected an input position below n = {n}; found {passage!r}")
    n, m = int(n), int(m)
    mask = np.zeros((n + m, n + m), bool)
    mask[:n, :n] = True
    mask[n:, n:] = np.tril(np.ones((m, m), bool))
    if kind == "lm":
        mask[n:, :n] = True
    elif kind == "ae":
        mask[n:, int(passage)] = True
    return mask


def leaks(masks, n, passage=0):
    """Routes from input to output positions that do not pass the wall through the column of [CLS].

    Args:
        masks: boolean array (L, n + m, n + m), the masks of the layers from below, or one mask for a single layer.
        n: number of input positions. passage: the input position of [CLS].

    Returns:
        integer array (count, 2): an output position, counted from 0 at the first output, and an input position from
        which it can be reached without an output looking at [CLS]. Empty if the wall holds.

    Raises:
        ValueError: for masks that are not boolean squares, and for n or passage out of range.

    >>> leaks([univae_mask(3, 2)] * 4, 3).tolist(), leaks(univae_mask(3, 1, "lm"), 3).tolist()
    ([], [[0, 1], [0, 2]])
    """
    masks = np.asarray(masks)
    masks = masks[None] if masks.ndim == 2 else masks
    if masks.ndim != 3 or masks.dtype != bool or masks.shape[1] != masks.shape[2]:
        raise ValueError(f"masks: expected a boolean array (layers, positions, positions); found {masks.dtype} of shape {masks.shape}")
    if not 1 <= n < masks.shape[1] or not 0 <= passage < n:
        raise ValueError(f"n, passage: expected 1 <= n < {masks.shape[1]} and 0 <= passage < n; found {n!r}, {passage!r}")
    own = np.eye(masks.shape[1], dtype=bool)
    reach = own
    for mask in masks:
        step = mask | own                                       # the residual branch keeps a position's own state
        step[n:, passage] = False
        reach = step @ reach
    return np.argwhere(reach[n:, :n])


def vmf_heights(d, kappa, points=4001):
    """Heights w = tanh t of a von Mises–Fisher law on the unit sphere in d dimensions, with probabilities on a grid of t.

    Args:
        d: dimension, a whole number of at least 2. kappa: concentration, finite and not negative.
        points: size of the grid.

    Returns:
        t, p, below, excess: grid, probabilities, 1 − w, and log of the mean of exp(kappa (w − 1)) over uniform points.

    Raises:
        ValueError: for a number out of its range.

    >>> t, p, below, excess = vmf_heights(3, 8.0)
    >>> round(float(p @ np.tanh(t)), 6)
    0.875
    """
    if isinstance(d, bool) or not np.isreal(d) or d != d or int(d) != d or d < 2:
        raise ValueError(f"d: expected a whole number of at least 2; found {d!r}")
    if not (np.ndim(kappa) == 0 and np.isfinite(kappa) and kappa >= 0):
        raise ValueError(f"kappa: expected a finite number that is not negative; found {kappa!r}")
    d, kappa = int(d), float(kappa)
    top = math.hypot(d - 1, 2 * kappa)
    most, under = 2 * kappa / (d - 1 + top), (d - 1) * (1 + (d - 1) / (top + 2 * kappa)) / (d - 1 + top)
    reach = 40 / (d - 1) + 12 / math.sqrt(d - 1)
    t = 0.5 * math.log((1 + most) / under) + np.linspace(-reach, reach, points)      # round the most probable height
    below = 2 / (1 + np.exp(2 * t))
    logs = -kappa * below - (d - 1) * (np.logaddexp(t, -t) - math.log(2))
    peak = logs.max()
    p = np.exp(logs - peak)
    uniform = 0.5 * math.log(math.pi) + math.lgamma((d - 1) / 2) - math.lgamma(d / 2)
    return t, p / p.sum(), below, peak + math.log(p.sum() * (t[1] - t[0])) - uniform


def vmf_rate(d, kappa):
    """KL divergence, in nats, of a von Mises–Fisher law from the uniform law on the unit sphere.

    Args:
        d: dimension, a whole number of at least 2. kappa: concentration, finite and not negative.

    Returns:
        a float; its error is below 1e-9 for d up to 1000 and kappa up to a million.

    Raises:
        ValueError: for a number out of its range.

    >>> round(vmf_rate(16, 32.0), 3), round(4 * vmf_rate(16, 32.0) / math.log(2), 2)
    (7.582, 43.75)
    """
    _, p, below, excess = vmf_heights(d, kappa)
    return max(0.0, float(-kappa * (p @ below) - excess))


def vmf_concentration(d, rate):
    """Concentration of the von Mises–Fisher law that has a given KL divergence from the uniform law.

    Args:
        d: dimension, a whole number of at least 2. rate: nats, positive, at most 1000.

    Returns:
        kappa, a float, found by halving intervals.

    Raises:
        ValueError: for a number out of its range, or a rate that needs kappa above 1e12.

    >>> round(vmf_concentration(16, vmf_rate(16, 32.0)), 6)
    32.0
    """
    if not (np.ndim(rate) == 0 and 0 < rate <= 1000):
        raise ValueError(f"rate: expected a number above 0 and at most 1000; found {rate!r}")
    low, high = 0.0, 1.0
    while vmf_rate(d, high) < rate:
        low, high = high, 2 * high
        if high > 1e12:
            raise ValueError(f"rate: {rate!r} nats in {d} dimensions need a concentration above 1e12")
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if vmf_rate(d, middle) < rate else (low, middle)
    return (low + high) / 2


def sample_vmf(mu, kappa, rng):
    """Random unit vectors z with density proportional to exp(kappa mu·z), one for each mean direction.

    Args:
        mu: unit vectors, shape (…, d) with d at least 2: a NumPy array, or a PyTorch tensor, through which gradients flow.
        kappa: concentration, finite and not negative. rng: NumPy generator.

    Returns:
        z, of the type and shape of ``mu``.

    Raises:
        ValueError: for a shape without vectors, numbers that are not finite, vectors that are not of length 1 (within 0.001).

    >>> z = sample_vmf(np.array([[0.0, 0.0, 1.0]] * 5), 8.0, np.random.default_rng(0))
    >>> z.shape, bool(np.allclose((z**2).sum(-1), 1))
    ((5, 3), True)
    """
    like = mu.new_tensor if hasattr(mu, "new_tensor") else np.asarray
    mu = mu if hasattr(mu, "new_tensor") else np.asarray(mu, float)
    if mu.ndim == 0 or mu.shape[-1] < 2:
        raise ValueError(f"mu: expected vectors in at least 2 dimensions, shape (…, d); found shape {tuple(mu.shape)}")
    length = (mu * mu).sum(-1) ** 0.5
    if not bool((abs(length - 1) < 1e-3).all()):
        raise ValueError("mu: expected vectors of length 1; found another length, or NaN")
    t, p, _, _ = vmf_heights(mu.shape[-1], kappa)
    at = np.interp(rng.uniform(size=tuple(length.shape)), np.cumsum(p) - p / 2, t)[..., None]
    across = like(rng.normal(size=tuple(mu.shape)))
    across = across - (across * mu).sum(-1)[..., None] * mu
    across = across / ((across * across).sum(-1) ** 0.5)[..., None]
    return like(np.tanh(at)) * mu + like(1 / np.cosh(at)) * across
