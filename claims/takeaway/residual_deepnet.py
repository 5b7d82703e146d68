"""Functions to take away from the chapter "Why residual connections? One step, counted layer by layer".

Made by `make takeaway` from book/transformers/residual_deepnet.md; change them there.
"""

from collections.abc import Mapping
from numbers import Integral

import numpy as np


def gradient_push(gradients):
    """Squared length of the gradient of every parameter tensor, divided by its number of entries.

    gradients: a mapping from names to arrays (NumPy, or torch tensors on the CPU). The sum over the layers of a
    network is its push: to first order one step of SGD with the rate η lowers the loss by η times the sum of
    (push × number of entries).

    Returns a dictionary of floats with the same names.

    Raises TypeError if it is no mapping, ValueError for an empty one, for a gradient that is None or empty, and for
    entries that are not finite.

    >>> gradient_push({"weights": [[3.0, 0.0], [0.0, 4.0]], "bias": [2.0]})
    {'weights': 6.25, 'bias': 4.0}
    """
    if not isinstance(gradients, Mapping):
        raise TypeError(f"gradients: expected a mapping from names to arrays, found {type(gradients).__name__}")
    if not gradients:
        raise ValueError("gradients: expected at least one")
    out = {}
    for name, gradient in gradients.items():
        if gradient is None:
            raise ValueError(f"{name}: it has no gradient; leave out what the loss does not depend on")
        values = np.asarray(gradient, dtype=float)
        if values.size == 0:
            raise ValueError(f"{name}: the gradient is empty")
        if not np.isfinite(values).all():
            raise ValueError(f"{name}: the gradient has entries that are not finite")
        out[name] = float(np.mean(values**2))
    return out


def deepnorm_constants(sublayers, optimizer="sgd"):
    """The factor of the stream and the factor of the initial weights of a DeepNorm network: (alpha, beta).

    sublayers: number S of sublayers Norm(alpha x + f(x)), two for every encoder block. optimizer: "sgd" for
    S^(1/4), (4S)^(-1/4), the constants of the DeepNet paper; "adam" for S^(1/2), S^(-1/2), those of the language model GLM-130B.

    Raises TypeError if S is no whole number, ValueError if it is below 1 or for another optimizer.

    >>> alpha, beta = deepnorm_constants(200)
    >>> round(alpha, 4), round(beta, 4)
    (3.7606, 0.188)
    """
    if isinstance(sublayers, bool) or not isinstance(sublayers, Integral):
        raise TypeError(f"sublayers: expected a whole number, found {sublayers!r}")
    if sublayers < 1:
        raise ValueError(f"sublayers: expected at least 1, found {sublayers}")
    if optimizer not in ("sgd", "adam"):
        raise ValueError(f"optimizer: expected 'sgd' or 'adam', found {optimizer!r}")
    count = float(sublayers)
    return (count**0.25, (4 * count) ** -0.25) if optimizer == "sgd" else (count**0.5, count**-0.5)
