"""Functions to take away from the chapter "Train short, test long: length extrapolation is local attention".

Made by `make takeaway` from book/transformers/length_extrapolation.md; change them there.
"""

import numpy as np


def position_bias(kind, n, *, width=None, slope=None, r1=None, r2=None,
                  dim=None, factor=None, base=10_000.0):
    """What a method adds to the attention scores at distances 0 … n − 1.

    Args:
        kind: "window" (width), "alibi" (slope), "kerple_log" (r1, r2) or
            "sandwich" (dim, factor, base).
        n: number of distances, a whole number of at least 1.
        width: number of visible tokens, a whole number of at least 1.
        slope, r1, r2, factor: positive numbers.
        dim: width of the position code, even; base: above 1.

    Returns:
        float64 array of shape (n,); minus infinity where a token is masked.

    Example:
        >>> position_bias("alibi", 3, slope=0.5)
        array([-0. , -0.5, -1. ])
        >>> position_bias("window", 3, width=2)
        array([  0.,   0., -inf])
    """
    needs = {"window": {"width": width}, "alibi": {"slope": slope},
             "kerple_log": {"r1": r1, "r2": r2},
             "sandwich": {"dim": dim, "factor": factor, "base": base}}
    if kind not in needs:
        raise ValueError(f"kind: expected one of {', '.join(needs)}; "
                         f"found {kind!r}")
    for name, value in (needs[kind] | {"n": n}).items():
        if (value is None or isinstance(value, bool)
                or not 0 < value < float("inf")):
            raise ValueError(f"{name}: expected a positive number for "
                             f"{kind}; found {value!r}")
        if name in ("n", "width", "dim") and value % (1 + (name == "dim")):
            raise ValueError(f"{name}: expected a whole number"
                             f"{', even' if name == 'dim' else ''}; "
                             f"found {value!r}")
    if kind == "sandwich" and base <= 1:
        raise ValueError(f"base: expected a number above 1; found {base!r}")
    t = np.arange(int(n), dtype=np.float64)
    if kind == "window":
        return np.where(t < width, 0.0, -np.inf)
    if kind == "alibi":
        return -slope * t
    if kind == "kerple_log":
        return -r1 * np.log1p(r2 * t)
    speeds = float(base) ** (-2.0 * np.arange(int(dim) // 2) / dim)
    return factor * sum(np.cos(t * speed) for speed in speeds)


def flat_entropy(bias):
    """Entropy in nats of a row with equal scores and this bias.

    Args:
        bias: what is added to the scores, one number for each token; minus
            infinity for a masked one; at least one is finite.

    Example:
        >>> round(flat_entropy(position_bias("alibi", 512, slope=1/16)), 2)
        3.77
    """
    bias = np.asarray(bias, dtype=np.float64)
    if bias.ndim != 1 or bias.size == 0:
        raise ValueError("bias: expected an array with one axis; "
                         f"found shape {bias.shape}")
    if np.isnan(bias).any() or (bias == np.inf).any():
        raise ValueError("bias: expected finite numbers or minus infinity")
    if not np.isfinite(bias).any():
        raise ValueError("bias: all tokens are masked")
    bias = bias[np.isfinite(bias)] - bias.max()
    weight = np.exp(bias)
    total = weight.sum()
    return float(np.log(total) - (weight * bias).sum() / total)
