"""Functions to take away from the chapter "A GAN is a flow in training time".

Made by `make takeaway` from book/diffusion/gan_diffusion_ode.md; change them there.
"""

import math

import numpy as np
import torch


def moved_samples(discriminator, x, step, h_prime=None):
    """Targets for the generator: every sample moved along the slope of the discriminator, detached.

    Args:
        discriminator: function of samples, shape (n, …), with one number for each, shape (n,) or (n, 1): the logit D, before any sigmoid. It must treat
            samples one by one (no batch normalisation in training mode).
        x: generated samples, a floating-point tensor of shape (n, …); no gradient flows into it.
        step: the step ε, a finite number.
        h_prime: slope of h in the generator loss −h(D), as a function of D; None for the loss −D.

    Returns:
        x + ε h'(D) ∇D, a tensor like ``x`` without gradient.

    Raises:
        ValueError: for a tensor that is no batch of floating-point numbers, numbers that are not finite, a discriminator or a slope of another shape.

    Example:
        >>> x = torch.tensor([[1.0], [-2.0]])
        >>> moved_samples(lambda x: -(x**2).sum(1) / 2, x, 0.5).tolist()
        [[0.5], [-1.0]]
    """
    if not torch.is_tensor(x) or not x.is_floating_point() or x.ndim == 0 or x.numel() == 0:
        raise ValueError("x: expected a floating-point tensor of shape (n, …)")
    if not math.isfinite(step):
        raise ValueError(f"step: expected a finite number; found {step}")
    if not torch.isfinite(x).all():
        raise ValueError("x: expected finite numbers; found NaN or infinity")
    with torch.enable_grad():
        at = x.detach().clone().requires_grad_(True)
        logit = discriminator(at)
        if logit.shape not in ((len(x),), (len(x), 1)):
            raise ValueError(f"discriminator: expected shape ({len(x)},) or ({len(x)}, 1); found {tuple(logit.shape)}")
        arrow, = torch.autograd.grad(logit.sum(), at)
    logit = logit.detach().reshape(-1)
    length = torch.ones_like(logit) if h_prime is None else torch.as_tensor(h_prime(logit))
    if length.shape != logit.shape:
        raise ValueError(f"h_prime: expected shape {tuple(logit.shape)}; found {tuple(length.shape)}")
    target = x.detach() + step * length.reshape(-1, *[1] * (x.ndim - 1)).to(x) * arrow
    if not torch.isfinite(target).all():
        raise ValueError("discriminator: its slope, or h_prime, is NaN or infinite at some samples")
    return target


def divergence_of(h_prime, r):
    """The function f whose divergence, the mean of f(p/q) over generated samples, the generator loss −h(D) descends.

    f'' = h'(log r) / r², integrated twice from f(1) = f'(1) = 0.

    Args:
        h_prime: slope of h as a function of D, for arrays; smooth and nonnegative between 0 and log r.
        r: ratios of densities, between 1e-12 and 1e12, an array or a number.

    Returns:
        f(r), an array like ``r``, or a float.

    Raises:
        ValueError: for ratios outside this range, or a slope that is negative, not finite or of another shape.

    Example:
        >>> float(divergence_of(lambda D: np.ones_like(D), np.e)).__round__(6)
        0.718282
    """
    ratio = np.asarray(r, float)
    if not ((ratio >= 1e-12) & (ratio <= 1e12)).all():
        raise ValueError("r: expected numbers between 1e-12 and 1e12")
    node, share = np.polynomial.legendre.leggauss(16)
    part = (np.arange(32)[:, None] + (node + 1) / 2).ravel() / 32
    place = np.log(ratio)[..., None] * part
    slope = np.asarray(h_prime(place), float)
    if slope.shape != place.shape:
        raise ValueError(f"h_prime: expected shape {place.shape}; found {slope.shape}")
    if not np.isfinite(slope).all() or (slope < 0).any():
        raise ValueError("h_prime: expected finite numbers that are not negative")
    inside = (ratio[..., None] * np.exp(-place) - 1) * slope
    f = np.log(ratio) * (inside @ np.tile(share / 64, 32))
    return float(f) if f.ndim == 0 else f
