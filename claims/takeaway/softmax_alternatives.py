"""Functions to take away from the chapter "The road to probabilities: softmax and its alternatives".

Made by `make takeaway` from book/losses/softmax_alternatives.md; change them there.
"""

import math

import torch


def _scores(s, alpha):
    if not torch.is_tensor(s) or not s.is_floating_point() or s.ndim < 1 or s.numel() == 0:
        raise ValueError("s: expected a floating-point tensor of scores with at least one axis")
    if isinstance(alpha, bool) or not isinstance(alpha, (int, float)) or not 1 <= alpha <= 2:
        raise ValueError(f"alpha: expected a number from 1 to 2; found {alpha!r}")
    if torch.isnan(s).any() or (s == math.inf).any():
        raise ValueError("s: expected finite numbers (minus infinity counts as masked); found NaN or infinity")


def _solved(s, beta):
    """Probabilities over the last axis, in the precision in which they are computed."""
    exact = beta in (0, 0.5, 1)
    work = s.to(torch.float64 if s.dtype == torch.float64 or not exact else torch.float32)
    top = work.amax(-1, keepdim=True)
    if (top == -math.inf).any():
        raise ValueError("s: expected a score to keep in every row; found a row that is masked wholly")
    if beta == 0:
        return torch.softmax(work, -1)
    z = (beta * (work - top)).clamp_min(-1)  # the level is at least -1: what is cut has probability 0
    if exact:
        high = z.sort(-1, descending=True).values
        count = torch.arange(1, z.shape[-1] + 1, dtype=work.dtype, device=z.device)
        mean = high.cumsum(-1) / count
        if beta == 1:
            level = mean - 1 / count
        else:
            room = 1 / count - (high**2).cumsum(-1) / count + mean**2
            level = torch.where(room >= 0, mean - room.clamp_min(0).sqrt(), math.inf)
        size = (high > level).sum(-1, keepdim=True)
        level = level.gather(-1, size - 1)
    else:
        low = torch.full_like(top, -1.0)
        high = torch.zeros_like(top)
        for _ in range(60):
            level = (low + high) / 2
            above = ((z - level).clamp_min(0) ** (1 / beta)).sum(-1, keepdim=True) >= 1
            low, high = torch.where(above, level, low), torch.where(above, high, level)
        level = low
    p = (z - level).clamp_min(0) ** (1 / beta)
    return p / p.sum(-1, keepdim=True)


class _Entmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, s, beta):
        p = _solved(s, beta)
        ctx.beta = beta
        ctx.save_for_backward(p)
        return p.to(s.dtype)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        p, = ctx.saved_tensors
        g = torch.where(p > 0, p ** (1 - ctx.beta), 0)
        weighted = g * grad.to(p.dtype)
        return (weighted - g * weighted.sum(-1, keepdim=True) / g.sum(-1, keepdim=True)).to(grad.dtype), None


class _Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, s, t, beta):
        p = _solved(s, beta)
        work = s.to(p.dtype)
        right = work.gather(-1, t[..., None])
        apart = torch.where(p > 0, p * (work - right), 0).sum(-1)
        inside = torch.where(p > 0, p, 1)
        if beta == 0:
            entropy = -(p * inside.log()).sum(-1)
        else:
            entropy = (p * (1 - inside**beta)).sum(-1) / (beta * (1 + beta))
        ctx.save_for_backward(p, t)
        ctx.dtype = s.dtype
        return (apart + entropy).clamp_min(0).to(torch.promote_types(s.dtype, torch.float32))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        p, t = ctx.saved_tensors
        error = p.scatter_add(-1, t[..., None], torch.full_like(p[..., :1], -1.0))
        return (error * grad[..., None].to(p.dtype)).to(ctx.dtype), None, None


def entmax(s, alpha=1.5, axis=-1, mask=None):
    """Probabilities relu(beta s - level)^(1/beta) with beta = alpha - 1: softmax for alpha 1, sparsemax for 2.

    Args:
        s: scores, floating-point tensor of any shape; minus infinity counts as masked.
        alpha: from 1 to 2. Exact by sorting for 1.5 and 2, by bisection in float64 else.
        axis: the axis of the classes.
        mask: boolean tensor that can be broadcast to the shape of s, true where a class is kept.

    Returns:
        a tensor like s; the sum over the axis is 1. The gradient is exact (first derivatives only). Half precision
        is computed in float32 inside.

    Raises:
        ValueError: for scores that are no tensor, NaN or infinity, alpha or axis out of range, a mask of another
            shape or type, a row that is masked wholly.

    Example:
        >>> entmax(torch.tensor([2.0, 1.5, 0.2]), 2.0).tolist()
        [0.75, 0.25, 0.0]
    """
    _scores(s, alpha)
    if isinstance(axis, bool) or not isinstance(axis, int) or not -s.ndim <= axis < s.ndim:
        raise ValueError(f"axis: expected a whole number from {-s.ndim} to {s.ndim - 1}; found {axis!r}")
    if mask is not None:
        if not torch.is_tensor(mask) or mask.dtype != torch.bool:
            raise ValueError("mask: expected a boolean tensor, true where a class is kept")
        try:
            fits = torch.broadcast_shapes(mask.shape, s.shape) == s.shape
        except RuntimeError:
            fits = False
        if not fits:
            raise ValueError(f"mask: expected a shape that fits {tuple(s.shape)}; found {tuple(mask.shape)}")
        s = s.masked_fill(~mask, -math.inf)
    return _Entmax.apply(s.movedim(axis, -1), float(alpha) - 1).movedim(-1, axis)


def entmax_loss(s, t, alpha=1.5):
    """Fenchel-Young loss of entmax, one number for each example; its gradient in the scores is p minus one-hot.

    Args:
        s: scores, shape (..., n), classes last; minus infinity counts as masked.
        t: true classes, whole numbers of shape (...) from 0 to n - 1.
        alpha: from 1 (cross-entropy) to 2 (sparsemax loss). The loss is 0 once the true class leads by 1/(alpha - 1).

    Returns:
        losses of shape (...), in float32 for half precision.

    Raises:
        ValueError: as entmax, and for classes of another shape or type, out of range, or masked.

    Example:
        >>> print(round(entmax_loss(torch.tensor([[2.0, 1.5, 0.2]]), torch.tensor([0]), 2.0).item(), 4))
        0.0625
    """
    _scores(s, alpha)
    if not torch.is_tensor(t) or t.dtype != torch.int64 or t.shape != s.shape[:-1]:
        raise ValueError(f"t: expected a tensor of whole numbers (int64) of shape {tuple(s.shape[:-1])}")
    if t.numel() and (t.min() < 0 or t.max() >= s.shape[-1]):
        raise ValueError(f"t: expected classes from 0 to {s.shape[-1] - 1}; found {int(t.min())} to {int(t.max())}")
    if (s.gather(-1, t[..., None]) == -math.inf).any():
        raise ValueError("t: a true class is masked (its score is minus infinity)")
    return _Loss.apply(s, t, float(alpha) - 1)
