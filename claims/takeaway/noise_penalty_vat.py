"""Functions to take away from the chapter "Noise, gradient penalties and virtual adversarial training".

Made by `make takeaway` from book/optimization/noise_penalty_vat.md; change them there.
"""

import math

import torch


def _checked(x, name="x"):
    if not torch.is_tensor(x) or not x.is_floating_point() or x.ndim < 2 or x.numel() == 0:
        raise ValueError(f"{name}: expected a floating-point tensor of shape (n, …) with at least two axes")
    if not torch.isfinite(x).all():
        raise ValueError(f"{name}: expected finite numbers; found NaN or infinity")
    return x


def _logits(logits_fn, x):
    z = logits_fn(x)
    if z.ndim != 2 or len(z) != len(x) or z.shape[1] < 2:
        found = tuple(z.shape)
        raise ValueError(f"logits_fn: expected logits of shape ({len(x)}, K) with K of at least 2; found {found}")
    if not torch.isfinite(z).all():
        raise ValueError("logits_fn: the logits are NaN or infinite")
    return z


def _unit(u, like):
    """Each example divided by its length; where the length is 0, the example of ``like``."""
    flat = u.flatten(1)
    flat = flat / flat.abs().amax(1, keepdim=True).clamp_min(torch.finfo(u.dtype).tiny)
    length = flat.norm(dim=1, keepdim=True)
    return torch.where(length > 0.5, flat / length.clamp_min(0.5), like.flatten(1)).reshape(u.shape)


def vat_direction(logits_fn, x, xi=1e-2, steps=1, generator=None):
    """Direction in which the answer of a classifier changes most, one unit vector for each example.

    Power iteration on the second derivatives of KL(answer at x ‖ answer at x + r) in r at 0, each product by one
    gradient at distance ``xi``.

    Args:
        logits_fn: function of a batch, shape (n, …), with logits of shape (n, K), K at least 2; it must treat the
            examples one by one.
        x: batch, a floating-point tensor with at least two axes, the first one counting examples.
        xi: length of the step at which the gradient is taken, in the unit of x; 1e-2 to 1e-1 of the length of an
            example in float32.
        steps: number of power steps; 0 gives a random direction, uniform on the sphere.
        generator: torch generator of the random start.

    Returns:
        a tensor like ``x`` without gradient; every example has length 1. Where the gradient vanishes, the direction
        stays as it was.

    Raises:
        ValueError: for a batch, logits, ``xi`` or ``steps`` out of range, or values that are not finite.

    Example:
        >>> two_classes = lambda x: x @ torch.tensor([[3.0, 0.0], [4.0, 0.0]])
        >>> vat_direction(two_classes, torch.zeros(1, 2)).abs().mul(5).round().tolist()
        [[3.0, 4.0]]
    """
    _checked(x)
    if not (math.isfinite(xi) and xi > 0):
        raise ValueError(f"xi: expected a positive finite number; found {xi}")
    if steps != int(steps) or steps < 0:
        raise ValueError(f"steps: expected a whole number of at least 0; found {steps}")
    x = x.detach()
    u = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
    u = _unit(u, u)
    with torch.no_grad():
        target = torch.softmax(_logits(logits_fn, x), 1)
    for _ in range(int(steps)):
        with torch.enable_grad():
            r = (xi * u).requires_grad_(True)
            loss = -(target * torch.log_softmax(_logits(logits_fn, x + r), 1)).sum()
            slope, = torch.autograd.grad(loss, r) if loss.requires_grad else (torch.zeros_like(r),)
        u = _unit(slope, u)
    return u


def consistency_loss(logits_fn, x, r):
    """Mean of KL(answer at x ‖ answer at x + r) over the batch; the answer at x is detached.

    Args:
        logits_fn, x: as for ``vat_direction``.
        r: step, a tensor of the shape of x.

    Returns:
        a number (tensor without axes) in nats, not negative up to rounding, with gradient in the parameters through
        the answer at x + r.

    Raises:
        ValueError: for shapes that do not fit, or values that are not finite.

    Example:
        >>> two_classes = lambda x: x @ torch.tensor([[3.0, 0.0], [4.0, 0.0]])
        >>> round(consistency_loss(two_classes, torch.zeros(1, 2), torch.tensor([[0.06, 0.08]])).item(), 5)
        0.03093
    """
    _checked(x)
    if _checked(r, "r").shape != x.shape:
        raise ValueError(f"r: expected the shape {tuple(x.shape)} of x; found {tuple(r.shape)}")
    with torch.no_grad():
        before = torch.log_softmax(_logits(logits_fn, x), 1)
    after = torch.log_softmax(_logits(logits_fn, x + r), 1)
    return (before.exp() * (before - after)).sum(1).mean()


def jacobian_penalty(f, x, draws=1, generator=None):
    """Unbiased estimate of the batch mean of ‖∂f/∂x‖², the sum of all squared derivatives, with random signs.

    Args:
        f: function of a batch, shape (n, …), with outputs of shape (n, K); it must treat the examples one by one.
        x: batch, as for ``vat_direction``.
        draws: number of sign vectors that are averaged.
        generator: torch generator of the signs.

    Returns:
        a number (tensor without axes) with gradient in the parameters. Exact for one output.

    Raises:
        ValueError: for shapes that do not fit, or values that are not finite.

    Example:
        >>> round(jacobian_penalty(lambda x: x @ torch.tensor([[3.0], [4.0]]), torch.zeros(2, 2)).item(), 3)
        25.0
    """
    _checked(x)
    if draws != int(draws) or draws < 1:
        raise ValueError(f"draws: expected a whole number of at least 1; found {draws}")
    total = 0.0
    with torch.enable_grad():
        at = x.detach().clone().requires_grad_(True)
        out = f(at)
        if out.ndim != 2 or len(out) != len(x):
            raise ValueError(f"f: expected outputs of shape ({len(x)}, K); found {tuple(out.shape)}")
        if not out.requires_grad:
            raise ValueError("f: the output does not depend on the input")
        for _ in range(int(draws)):
            signs = 2 * torch.randint(0, 2, out.shape, generator=generator, device=x.device).to(out) - 1
            slope, = torch.autograd.grad((signs * out).sum(), at, create_graph=True)
            total = total + slope.flatten(1).square().sum(1).mean()
    if not torch.isfinite(total):
        raise ValueError("f: its derivatives are NaN or infinite")
    return total / int(draws)
