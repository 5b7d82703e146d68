"""Functions to take away from the chapter "What is the KL divergence of GlobalPointer?".

Made by `make takeaway` from book/losses/globalpointer_kl.md; change them there.
"""

import torch


def score_divergence(s, s_other, mask=None, temperature=1.0):
    """Symmetrised KL divergence of two predictions that are compared with 0.

    Sum over the labels of (change of sigmoid(s / T)) * (change of s / T),
    in a form without cancellation; differentiable twice.

    Args:
        s, s_other: scores, floating-point tensors of one shape (..., n).
        mask: bool, True for entries that count; broadcasts to the shape of
            s. Entries left out may hold anything, also infinity or NaN.
        temperature: T above 0; 1/2 if probabilities are sigmoid(2 s).

    Returns:
        divergence in nats, shape (...): the sum over the last axis.

    Raises:
        ValueError: for other types, shapes, masks or temperatures, and for
            entries that count and are NaN or infinite.

    Example:
        >>> a = torch.ones(5)
        >>> print(round(float(score_divergence(a, -a)), 3))
        4.621
    """
    for name, value in (("s", s), ("s_other", s_other)):
        if not torch.is_tensor(value) or not value.is_floating_point():
            raise ValueError(f"{name}: expected a floating-point tensor; "
                             f"found {type(value).__name__} "
                             f"{getattr(value, 'dtype', '')}".rstrip())
        if value.ndim < 1 or value.shape[-1] < 1:
            raise ValueError(f"{name}: expected shape (..., n) with n of at "
                             f"least 1; found {tuple(value.shape)}")
    if s.shape != s_other.shape:
        raise ValueError("s, s_other: expected one shape; found "
                         f"{tuple(s.shape)} and {tuple(s_other.shape)}")
    if (isinstance(temperature, bool)
            or not isinstance(temperature, (int, float))
            or not 0 < temperature < float("inf")):
        raise ValueError("temperature: expected a finite number above 0; "
                         f"found {temperature!r}")
    if mask is not None:
        if not torch.is_tensor(mask) or mask.dtype != torch.bool:
            raise ValueError("mask: expected a bool tensor; found "
                             f"{getattr(mask, 'dtype', type(mask).__name__)}")
        try:
            mask = mask.expand(s.shape)
        except RuntimeError:
            raise ValueError(f"mask: expected a shape that broadcasts to "
                             f"{tuple(s.shape)}; found {tuple(mask.shape)}"
                             ) from None
        s = torch.where(mask, s, torch.zeros_like(s))
        s_other = torch.where(mask, s_other, torch.zeros_like(s_other))
    if not (torch.isfinite(s).all() and torch.isfinite(s_other).all()):
        raise ValueError("s, s_other: expected finite scores where the mask "
                         "is True; found NaN or infinity")
    if s.dtype in (torch.float16, torch.bfloat16):
        s, s_other = s.float(), s_other.float()
    a, b = s / temperature, s_other / temperature
    sig, change = torch.sigmoid, a - b
    differ = sig(a) * sig(-b) + sig(-a) * sig(b)
    return (change * torch.tanh(change / 2) * differ).sum(-1)
