"""Functions to take away from the chapter "Why larger images need more noise".

Made by `make takeaway` from book/diffusion/snr_high_resolution.md; change them there.
"""

import numpy as np


def shift_time(t, s, path="cosine"):
    """Time at which a schedule has 1/s² of its signal-to-noise ratio at t.

    Use the amplitudes of the old schedule at the time that is returned.

    Args:
        t: time or array of times, from 0 (data) to 1 (noise).
        s: ratio of the side lengths, large to small; any positive number.
        path: ``cosine`` (amplitudes cos(πt/2), sin(πt/2)) or ``straight``
            (amplitudes 1 − t, t).

    Returns:
        shifted times, shape of ``t``; a float for a number.

    Raises:
        ValueError: for times outside 0 to 1 or NaN, an s that is not
            positive and finite, an unknown path.

    Example:
        >>> round(shift_time(0.5, 8), 3)
        0.921
        >>> shift_time([0.0, 0.5, 1.0], 4, path="straight")
        array([0. , 0.8, 1. ])
    """
    times = np.asarray(t, float)
    if not np.all((times >= 0) & (times <= 1)):
        raise ValueError("t: expected times from 0 to 1")
    if np.ndim(s) or not (s > 0 and np.isfinite(s)):
        raise ValueError(f"s: expected a positive number; found {s!r}")
    if path == "cosine":
        # cos(πt/2) as a sine, so that it is 0 at t = 1 exactly
        signal = np.sin(np.pi / 2 * (1 - times))
        noise = np.sin(np.pi / 2 * times)
        out = 2 / np.pi * np.arctan2(s * noise, signal)
    elif path == "straight":
        out = s * times / ((1 - times) + s * times)
    else:
        raise ValueError("path: expected 'cosine' or 'straight'; "
                         f"found {path!r}")
    return out if out.ndim else float(out)


def effective_shift(images, s):
    """The number to use in place of s: s times the root of the share of
    the variance that survives averaging over s × s pixels.

    1 for independent pixels, s for pictures that are constant on blocks.

    Args:
        images: shape (N, H, W) or (N, C, H, W); the mean of every channel
            over all pictures is taken off.
        s: ratio of the side lengths, a whole number that divides H and W.

    Returns:
        the effective shift, at most s.

    Raises:
        ValueError: for other shapes, an s that does not divide them,
            numbers that are not finite, pictures without any variance.

    Example:
        >>> checks = np.indices((1, 4, 4)).sum(0) % 2
        >>> effective_shift(checks, 2), effective_shift(checks, 1)
        (0.0, 1.0)
        >>> blocks = np.repeat(np.repeat(checks, 2, 1), 2, 2)
        >>> effective_shift(blocks, 2)
        2.0
    """
    x = np.asarray(images, float)
    if x.ndim not in (3, 4) or not x.size:
        raise ValueError("images: expected shape (N, H, W) or (N, C, H, W); "
                         f"found {x.shape}")
    h, w = x.shape[-2:]
    if np.ndim(s) or s != int(s) or s < 1 or h % int(s) or w % int(s):
        raise ValueError("s: expected a whole number that divides height "
                         f"{h} and width {w}; found {s!r}")
    if not np.all(np.isfinite(x)):
        raise ValueError("images: expected finite numbers")
    s, over = int(s), (0, -2, -1)
    size = np.max(np.abs(x)) or 1.0     # so that no square overflows
    x = x / size
    x = x - x.mean(over, keepdims=True)
    pixel = np.mean(x**2)
    if pixel <= 1e-30:
        raise ValueError("images: all pixels of a channel are the same")
    blocks = x.reshape(*x.shape[:-2], h // s, s, w // s, s).mean((-3, -1))
    return float(s * np.sqrt(np.mean(blocks**2) / pixel))
