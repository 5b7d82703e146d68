"""Functions to take away from the chapter "RoPE and two biases: when a constant vector becomes a window".

Made by `make takeaway` from book/transformers/rope_bias.md; change them there.
"""

import math
from numbers import Real

import numpy as np


def _array(name, value, axes):
    value = np.asarray(value, float)
    if value.ndim < axes:
        raise ValueError(f"{name}: expected at least {axes} axis; "
                         f"found shape {value.shape}")
    if not np.isfinite(value).all():
        raise ValueError(f"{name}: expected finite numbers; "
                         "found NaN or infinity")
    return value


def _number(name, value, low, whole=False, allowed=False):
    good = isinstance(value, (Real, np.number)) and not isinstance(value, bool)
    good = good and math.isfinite(value) and (value >= low if allowed
                                              else value > low)
    if not good or (whole and value % 1):
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{name}: expected {kind} "
                         f"{'of at least' if allowed else 'above'} {low}; "
                         f"found {value!r}")
    return int(value) if whole else float(value)


def _layout(layout):
    if layout not in ("half", "interleaved"):
        raise ValueError("layout: expected half or interleaved; "
                         f"found {layout!r}")


def bias_profile(a_q, a_k, base, n, *, layout="half"):
    """Position term g(t), t = 0 ... n-1, of two constant vectors under RoPE.

    Args:
        a_q, a_k: constant part of queries and keys (bias, plus mean),
            shape (..., d) with d even: one vector per head.
        base: base of RoPE, above 1.
        n: number of distances.
        layout: "half" if component i is paired with i + d/2 (as in
            transformers), "interleaved" if 2i is paired with 2i + 1.

    Returns:
        g of shape (..., n), after the division by the root of d, and the
        height of shape (...).

    Example:
        >>> g, height = bias_profile([1.0, 0.0], [1.0, 0.0], 1e4, 2)
        >>> print(np.round(g, 3), round(float(height), 3))
        [0.707 0.382] 0.707
    """
    a_q, a_k = _array("a_q", a_q, 1), _array("a_k", a_k, 1)
    if a_q.shape != a_k.shape or a_q.shape[-1] % 2 or not a_q.shape[-1]:
        raise ValueError("a_q, a_k: expected one shape (..., d) with d even; "
                         f"found {a_q.shape} and {a_k.shape}")
    base, n = _number("base", base, 1), _number("n", n, 1, True, True)
    _layout(layout)
    d = a_q.shape[-1]
    first, second = ((slice(None, d // 2), slice(d // 2, None))
                     if layout == "half" else
                     (slice(None, None, 2), slice(1, None, 2)))
    u, v = (a[..., first] + 1j * a[..., second] for a in (a_q, a_k))
    theta = base ** (-2 * np.arange(d // 2) / d)
    c = u * v.conj() / math.sqrt(d)
    g = np.concatenate([(c @ np.exp(1j * np.multiply.outer(theta, part))).real
                        for part in np.array_split(np.arange(n),
                                                   n // 8192 + 1)], -1)
    return g, np.abs(c).sum(-1)


def window_bias(d, base, alpha=2.0, *, layout="half"):
    """Start for both biases of a head: aligned, height alpha times log base.

    Args:
        d: width of the head, even. base: base of RoPE, above 1.
        alpha: exponent of the weights, at least 0; above 1 for a window.
        layout: as in bias_profile.

    Example:
        >>> print(np.round(window_bias(4, 1e4), 2))
        [4.29 4.29 0.   0.  ]
    """
    d = _number("d", d, 2, True, True)
    if d % 2:
        raise ValueError(f"d: expected an even number; found {d}")
    base, alpha = _number("base", base, 1), _number("alpha", alpha, 0,
                                                    allowed=True)
    _layout(layout)
    a = np.zeros(d)
    a[slice(None, d // 2) if layout == "half" else slice(None, None, 2)] = (
        math.sqrt(2 * alpha * math.log(base) / math.sqrt(d)))
    return a


def window_share(g, window):
    """Share of the weights exp(g) that lies on the nearest distances.

    Args:
        g: position term, shape (..., n), as bias_profile returns it.
        window: number of nearest distances, 0 ... window-1; at most n.

    Example:
        >>> print(window_share([0.0, 0.0, 0.0, 0.0], 1))
        0.25
    """
    g = _array("g", g, 1)
    window = _number("window", window, 1, True, True)
    if window > g.shape[-1]:
        raise ValueError(f"window: expected at most {g.shape[-1]}, the number "
                         f"of distances; found {window}")
    w = np.exp(g - g.max(-1, keepdims=True))
    return w[..., :window].sum(-1) / w.sum(-1)
