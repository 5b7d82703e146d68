"""Functions to take away from the chapter "Every layer points the right way, the whole does not".

Made by `make takeaway` from book/optimization/local_global_cosine.md; change them there.
"""

import math

import numpy as np


def _blocks(update, grad):
    """Both lists as float arrays, each list divided by its largest entry; and that of the update."""
    out = []
    for name, given in (("update", update), ("grad", grad)):
        if not isinstance(given, (list, tuple)) or not given:
            raise ValueError(f"{name}: expected a list of arrays, one for each block; found {type(given).__name__}")
        arrays = [np.asarray(block) for block in given]
        for number, block in enumerate(arrays):
            if block.dtype.kind not in "iuf" or not np.isfinite(block).all():
                raise ValueError(f"{name}: block {number} has entries that are not real and finite")
        largest = max((float(np.abs(block.astype(float)).max()) for block in arrays if block.size), default=0.0)
        if largest == 0:
            raise ValueError(f"{name}: all entries are 0, there is no angle")
        out.append(([block.astype(float) / largest for block in arrays], largest))
    (us, largest), (gs, _) = out
    if [block.shape for block in us] != [block.shape for block in gs]:
        shapes = [[block.shape for block in blocks] for blocks in (us, gs)]
        raise ValueError(f"the blocks have different shapes: {shapes[0]} and {shapes[1]}")
    return us, gs, largest


def _length(block):
    """Euclidean length, without underflow of the squares."""
    largest = float(np.abs(block).max()) if block.size else 0.0
    return largest * math.sqrt(float(((block / largest) ** 2).sum())) if largest else 0.0


def cosine_report(update, grad):
    """How far an update and a gradient agree, as a whole and block by block.

    Args:
        update, grad: lists of real arrays, one for each block, of the same shapes.

    Returns:
        dict of four floats. ``c``: cosine of the whole vectors. ``c_min``: smallest cosine of a block (blocks that
        are 0 in one of the vectors have none; NaN if no block has one). ``profile``: cosine of the two vectors of
        block lengths. ``bound``: what c cannot be below, from c_min and the ratios of the block lengths alone; c_min
        itself if that is negative.

    Raises:
        ValueError: for anything but two lists of equal shapes with real finite numbers, or a vector that is 0.

    Example:
        >>> {key: round(value, 3) for key, value in cosine_report([[3.0], [1.0, 0.0]], [[1.0], [4.0, 3.0]]).items()}
        {'c': 0.434, 'c_min': 0.8, 'profile': 0.496, 'bound': 0.387}
    """
    us, gs, _ = _blocks(update, grad)
    of_u, of_g = (np.array([_length(block) for block in blocks]) for blocks in (us, gs))
    length_u, length_g = _length(of_u), _length(of_g)
    both = (of_u > 0) & (of_g > 0)
    local = np.array([float((u / p * (g / q)).sum()) for u, g, p, q, ok in zip(us, gs, of_u, of_g, both) if ok])
    weights = (of_u / length_u) * (of_g / length_g)
    c_min = float(local.min()) if both.any() else math.nan
    bound = 0.0
    if both.any() and c_min < 0:
        bound = c_min
    elif both.any() and (both | (of_u == of_g)).all():
        logs = np.log(of_g[both]) - np.log(of_u[both])
        bound = c_min / math.cosh(float(logs.max() - logs.min()) / 2) if logs.max() - logs.min() < 1400 else 0.0
    return {"c": float((local * weights[both]).sum()), "c_min": c_min, "profile": float(weights.sum()), "bound": bound}


def match_block_norms(update, grad):
    """The update with every block rescaled so that its length is the same multiple of that of the gradient's block.

    Args:
        update, grad: lists of real arrays, one for each block, of the same shapes.

    Returns:
        list of float arrays; the whole is as long as before. A block that is 0 in the update or in the gradient is 0.

    Raises:
        ValueError: as for ``cosine_report``, and if no block differs from 0 in both vectors.

    Example:
        >>> [block.round(4).tolist() for block in match_block_norms([[3.0], [4.0]], [[1.0], [-1.0]])]
        [[3.5355], [3.5355]]
    """
    us, gs, largest = _blocks(update, grad)
    of_u, of_g = (np.array([_length(block) for block in blocks]) for blocks in (us, gs))
    wanted = np.where(of_u > 0, of_g, 0.0)
    if not wanted.any():
        raise ValueError("no block differs from 0 in both vectors")
    wanted = wanted / _length(wanted) * _length(of_u)
    return [block / length * new * largest if length else block for block, length, new in zip(us, of_u, wanted)]
