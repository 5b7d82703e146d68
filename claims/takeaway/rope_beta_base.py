"""Functions to take away from the chapter "RoPE is a number system: how to reach k times the trained length".

Made by `make takeaway` from book/transformers/rope_beta_base.md; change them there.
"""

from typing import Literal

import numpy as np


Scheme = Literal["none", "interpolation", "base", "ntk", "ntk_fixed",
                 "mixed", "by_parts", "yarn", "dynamic", "critical"]


def rope_frequencies(
    scheme: Scheme,
    dim: int,
    *,
    base: float = 10000.0,
    factor: float = 1.0,
    trained_length: float = 4096,
    length: float | None = None,
    exponent: float = 0.625,
) -> tuple[np.ndarray, float]:
    """Inverse frequencies and attention factor of rotary embeddings.

    Args:
        scheme: ``none``; ``interpolation`` (Chen et al. 2023); ``base``
            (base times factor); ``ntk`` (bloc97 2023); ``ntk_fixed`` and
            ``mixed`` (Su 2023); ``by_parts`` (YaRN as in the paper);
            ``yarn`` (YaRN as released; where its ramp has no room, dials
            with a turn are kept and the others divided); ``dynamic`` (ntk for the present
            length); ``critical`` (this chapter).
        dim: dimension of a head, even, at least 4.
        base: base of the trained model, above 1.
        factor: how many times ``trained_length`` is to be reached, at
            least 1.
        trained_length: positions seen in training, more than 2π.
        length: positions of the present text (``dynamic`` only; default
            and minimum: ``trained_length``).
        exponent: of ``mixed``, from 0 (interpolation) to 1 (ntk_fixed).

    Returns:
        frequencies, shape (dim/2,), radians per position, fastest first;
        and the number by which cosine and sine are to be multiplied.

    Raises:
        ValueError: for a dimension, base, factor, trained length, length or
            exponent out of range or not finite, or an unknown scheme.

    Example:
        >>> frequencies, attention = rope_frequencies("ntk", 128, factor=8.0)
        >>> frequencies.shape, float(frequencies[0]), attention
        ((64,), 1.0, 1.0)
    """
    known = Scheme.__args__
    whole = dim == int(dim) and dim % 2 == 0 and dim > 2
    finite = np.isfinite([base, factor, trained_length, length or 1.0])
    present = length is None or length > 0
    for name, given, fits, expected in (
        ("dim", dim, whole, "an even number of at least 4"),
        ("base", base, base > 1 and finite[0], "a number above 1"),
        ("factor", factor, factor >= 1 and finite[1], "at least 1"),
        ("trained_length", trained_length,
         trained_length > 2 * np.pi and finite[2], "above 2π"),
        ("length", length, present and finite[3], "a positive number"),
        ("exponent", exponent, 0 <= exponent <= 1, "a number from 0 to 1"),
        ("scheme", scheme, scheme in known, ", ".join(known)),
    ):
        if not fits:
            raise ValueError(f"{name}: expected {expected}; found {given!r}")
    pair = np.arange(int(dim) // 2)
    theta = float(base) ** (-2 * pair / dim)
    turns = trained_length * theta / (2 * np.pi)
    if scheme in ("by_parts", "yarn"):
        keep = (turns - 1) / 31
        if scheme == "yarn":
            fastest = np.log(trained_length / (2 * np.pi))
            index = lambda t: dim * (fastest - np.log(t)) / (2 * np.log(base))
            first = max(np.floor(index(32)), 0)
            last = min(np.ceil(index(1)), dim - 1)
            keep = 1 - (pair - first) / max(last - first, 1e-3)
            if first >= last:     # no room for a ramp: one turn decides
                keep = turns >= 1
        keep = np.clip(keep, 0, 1)
        attention = 1 + 0.1 * float(np.log(factor))
        return theta * ((1 - keep) / factor + keep), attention
    critical = np.log(theta) / np.log(2 * np.pi / trained_length)   # i/i*
    now = max(length or trained_length, trained_length) / trained_length
    place = (2 * pair + 2) / dim
    slower = {
        "none": 1.0,
        "interpolation": factor,
        "base": factor ** (2 * pair / dim),
        "ntk": factor ** (2 * pair / (dim - 2)),
        "ntk_fixed": factor**place,
        "mixed": factor ** (place**exponent),
        "dynamic": (1 + factor * (now - 1)) ** (2 * pair / (dim - 2)),
        "critical": factor**critical,
    }
    return theta / slower[scheme], 1.0


def rope_reach(theta_old, theta_new, trained_length: float) -> float:
    """How many times the trained length is in range: the least slowing
    factor of the dials that make less than one turn in training.

    Args:
        theta_old, theta_new: frequencies, shape (d/2,), positive.
        trained_length: positions seen in training, positive.

    Returns:
        the reach in units of ``trained_length``; infinity if every dial
        completes a turn.

    Raises:
        ValueError: for shapes that differ, numbers that are not positive
            and finite.

    Example:
        >>> before, _ = rope_frequencies("none", 128)
        >>> after, _ = rope_frequencies("interpolation", 128, factor=4.0)
        >>> rope_reach(before, after, 4096)
        4.0
    """
    old, new = (np.asarray(v, float) for v in (theta_old, theta_new))
    if old.ndim != 1 or old.shape != new.shape:
        raise ValueError("theta: expected two arrays of one shape (d/2,); "
                         f"found {old.shape} and {new.shape}")
    sizes = np.concatenate([old, new, [trained_length]])
    if not np.all(np.isfinite(sizes) & (sizes > 0)):
        raise ValueError("theta, trained_length: expected positive numbers")
    unfinished = trained_length * old < 2 * np.pi
    factors = old[unfinished] / new[unfinished]
    return float(np.min(factors, initial=np.inf))


def rope_rotate(
    x: np.ndarray,
    positions: np.ndarray,
    frequencies: np.ndarray,
    *,
    layout: Literal["interleaved", "half"],
    attention: float = 1.0,
) -> np.ndarray:
    """Rotate queries or keys by their positions.

    Args:
        x: queries or keys, shape (…, n, d).
        positions: shape (n,), in the unit in which ``frequencies`` count.
        frequencies: shape (d/2,), from :func:`rope_frequencies`.
        layout: ``interleaved`` pairs components 2i and 2i + 1 (RoFormer,
            GPT-J), ``half`` pairs i and i + d/2 (GPT-NeoX, Llama in Hugging
            Face form).
        attention: factor on cosine and sine.

    Returns:
        the rotated array, shape of ``x``, in double precision.

    Raises:
        ValueError: for shapes that do not fit, numbers that are not finite,
            or an unknown layout.

    Example:
        >>> frequencies, _ = rope_frequencies("none", 4)
        >>> x, position = np.array([[1.0, 0, 0, 0]]), np.array([np.pi])
        >>> rope_rotate(x, position, frequencies, layout="half").round(3)
        array([[-1.,  0.,  0.,  0.]])
    """
    x, positions, frequencies = (np.asarray(v, float)
                                 for v in (x, positions, frequencies))
    for name, array in (("positions", positions), ("frequencies", frequencies)):
        if array.ndim != 1:
            raise ValueError(f"{name}: expected one axis; "
                             f"found shape {array.shape}")
    fitting = (positions.size, 2 * frequencies.size)
    if x.shape[-2:] != fitting:
        raise ValueError(f"x: expected shape (…, {fitting[0]}, {fitting[1]}) "
                         f"from positions and frequencies; found {x.shape}")
    if not all(np.all(np.isfinite(v)) for v in (x, positions, frequencies)):
        raise ValueError("expected finite numbers; found NaN or infinity")
    angle = positions[:, None] * frequencies
    c, s = attention * np.cos(angle), attention * np.sin(angle)
    if layout == "interleaved":
        a, b = x[..., ::2], x[..., 1::2]
        return np.stack([a * c - b * s, a * s + b * c], -1).reshape(x.shape)
    if layout == "half":
        a, b = np.split(x, 2, axis=-1)
        return np.concatenate([a * c - b * s, a * s + b * c], -1)
    known = "interleaved or half"
    raise ValueError(f"layout: expected {known}; found {layout!r}")
