"""Functions to take away from the chapter "RealFormer: what a residual on attention scores computes".

Made by `make takeaway` from book/transformers/realformer.md; change them there.
"""

import math

import numpy as np


def accumulate_scores(previous, scores, layer, *, mode="sum"):
    """Attention scores in use: those of the layer before and the own ones.

    Mask and position bias are added to the result, behind this function.

    Args:
        previous: what this function returned in the layer before (same
            shape as scores); None in layer 1.
        scores: own scores of the layer, finite, shape (..., queries, keys);
            a NumPy array or a PyTorch tensor.
        layer: number of the layer, counted from 1.
        mode: "sum" (RealFormer) or "mean", the running mean.

    Example:
        >>> first, second = np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]])
        >>> accumulate_scores(first, second, 2)
        array([[1., 2.]])
        >>> accumulate_scores(first, second, 2, mode="mean")
        array([[0.5, 1. ]])
    """
    if isinstance(layer, bool) or not layer >= 1 or layer % 1:
        raise ValueError("layer: expected a whole number of at least 1; "
                         f"found {layer!r}")
    if mode not in ("sum", "mean"):
        raise ValueError(f"mode: expected sum or mean; found {mode!r}")
    if (previous is None) != (layer == 1):
        raise ValueError("previous: expected None in layer 1 and only there; "
                         f"found layer {layer}")
    if not getattr(scores, "shape", None):
        raise ValueError("scores: expected an array of scores")
    if previous is not None and tuple(previous.shape) != tuple(scores.shape):
        raise ValueError(f"previous: expected shape {tuple(scores.shape)}; "
                         f"found {tuple(previous.shape)}")
    if not bool((abs(scores) < float("inf")).all()):
        raise ValueError("scores: expected finite numbers; add the mask "
                         "behind the sum")
    if previous is None:
        return scores
    found = (previous + scores if mode == "sum"
             else previous + (scores - previous) / layer)
    if not bool((abs(found) < float("inf")).all()):
        raise ValueError("previous: the scores in use are not finite "
                         "(too large for their precision)")
    return found


def freezing_depth(n, sigma2):
    """Number of layers after which a row of independent scores is frozen.

    Args:
        n: number of keys, at least 1.
        sigma2: variance of the scores of one layer, positive.

    Example:
        >>> round(freezing_depth(512, 1.0), 2)
        12.48
    """
    if not (n >= 1 and math.isfinite(n)):
        raise ValueError(f"n: expected a number of at least 1; found {n!r}")
    if not (sigma2 > 0 and math.isfinite(sigma2)):
        raise ValueError("sigma2: expected a positive number; "
                         f"found {sigma2!r}")
    return 2 * math.log(n) / float(sigma2)
