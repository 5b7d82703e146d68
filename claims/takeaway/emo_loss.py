"""Functions to take away from the chapter "EMO: a loss that knows synonyms, and what it teaches".

Made by `make takeaway` from book/losses/emo_loss.md; change them there.
"""

import torch


def _logits(logits, target, ignore):
    if not (torch.is_tensor(logits) and torch.is_tensor(target)):
        raise ValueError("logits, target: expected tensors; found "
                         f"{type(logits).__name__}, {type(target).__name__}")
    if logits.ndim < 2 or logits.shape[:-1] != target.shape:
        raise ValueError("logits, target: expected shapes (..., n) with at "
                         "least two axes, and (...); found "
                         f"{tuple(logits.shape)} and {tuple(target.shape)}")
    if not logits.is_floating_point() or target.is_floating_point():
        raise ValueError("logits, target: expected floating-point logits and "
                         f"whole targets; found {logits.dtype} and "
                         f"{target.dtype}")
    if not torch.isfinite(logits).all():
        raise ValueError("logits: expected finite numbers; found NaN or "
                         "infinity")
    used = target != ignore
    bad = target[used & ((target < 0) | (target >= logits.shape[-1]))]
    if bad.numel():
        raise ValueError(f"target: expected 0 ... {logits.shape[-1] - 1} or "
                         f"{ignore}; found {bad[0].item()}")
    return used, torch.where(used, target, torch.zeros_like(target))


def _embeddings(emb, rows=None):
    if not torch.is_tensor(emb) or emb.ndim != 2 or (
            rows is not None and len(emb) != rows):
        raise ValueError("emb: expected a tensor of shape "
                         f"({'n' if rows is None else rows}, d); found "
                         f"{getattr(emb, 'shape', type(emb).__name__)}")
    emb = emb.detach()
    size = emb.abs().amax(-1, keepdim=True)
    if not torch.isfinite(emb).all() or not (size > 0).all():
        raise ValueError("emb: expected finite rows that are not zero")
    return torch.nn.functional.normalize(emb / size, dim=-1)


def emo_mixture(logits, target, emb, cap=3.0, ignore=-100):
    """Mixture of cross-entropy and EMO, one number for each token.

    Half of CE + min(CE / EMO, cap) * EMO, where the weight is not
    differentiated (Ren, Wu and Zhu 2023; cap=inf is their first version).

    Args:
        logits: shape (..., n), floating point.
        target: shape (...), whole numbers 0 ... n-1, or `ignore`.
        emb: shape (n, d), one row per token; normalised and held fixed here.
            Subtract the mean row before if all rows share a direction.
        cap: largest weight of EMO, at least 0; 0 is half of cross-entropy.

    Returns:
        losses of the shape of target (nats), 0 where target is `ignore`.

    Raises:
        ValueError: for other shapes, types, ranges, NaN or infinity.

    Example:
        >>> s = torch.tensor([[0.0, 0.0]])
        >>> v = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        >>> print(f"{emo_mixture(s, torch.tensor([0]), v).item():.4f}")
        0.6931
    """
    used, target = _logits(logits, target, ignore)
    emb = _embeddings(emb, logits.shape[-1]).to(logits.dtype)
    if not (isinstance(cap, (int, float)) and cap >= 0):
        raise ValueError(f"cap: expected a number of at least 0; found {cap}")
    log_p = torch.log_softmax(logits, -1)
    ce = -log_p.gather(-1, target[..., None])[..., 0]
    emo = 1 - ((log_p.exp() @ emb) * emb[target]).sum(-1)
    rho = (ce / emo.clamp(min=1e-10)).detach().clamp(max=cap)
    return torch.where(used, (ce + rho * emo) / 2, torch.zeros_like(ce))


def balanced_channel(emb, h=0.1, steps=500):
    """Symmetric channel K whose columns add up to 1.

    K[t, j] = a[t] a[j] exp(-(1 - cos(t, j)) / h): the probability to write
    t where j is meant.

    Args:
        emb: shape (n, d), one row per token; normalised here.
        h: width, above 0. steps: rounds of balancing.

    Example:
        >>> K = balanced_channel(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), 1.0)
        >>> print(f"{K[0, 0]:.4f} {K[1, 0]:.4f}")
        0.7311 0.2689
    """
    emb = _embeddings(emb).double()
    if not (isinstance(h, (int, float)) and 0 < h < float("inf")):
        raise ValueError(f"h: expected a finite number above 0; found {h}")
    weights = torch.exp(-(1 - (emb @ emb.T).clamp(-1, 1)) / h)
    a = torch.ones(len(weights), dtype=weights.dtype)
    for _ in range(steps):
        a = torch.sqrt(a / (weights @ a))
    K = a[:, None] * weights * a
    return K / K.sum(0)


def channel_ce(logits, target, K, ignore=-100):
    """Cross-entropy of what is written, -log (K p)[target], per token.

    Args:
        logits: shape (..., n). target: shape (...), 0 ... n-1 or `ignore`.
        K: shape (n, n), nonnegative, columns with sum 1 (within 1e-4).

    Returns:
        losses of the shape of target (nats), 0 where target is `ignore`.

    Example:
        >>> s = torch.tensor([[0.0, 0.0]])
        >>> loss = channel_ce(s, torch.tensor([1]), torch.eye(2))
        >>> print(f"{loss.item():.4f}")
        0.6931
    """
    used, target = _logits(logits, target, ignore)
    n = logits.shape[-1]
    if not torch.is_tensor(K) or K.shape != (n, n):
        raise ValueError(f"K: expected a tensor of shape ({n}, {n}); found "
                         f"{getattr(K, 'shape', type(K).__name__)}")
    if not ((K >= 0).all() and (K.sum(0) - 1).abs().max() < 1e-4):
        raise ValueError("K: expected nonnegative entries and columns with "
                         "sum 1")
    rows = K.detach().to(logits.dtype)[target].log()
    loss = -torch.logsumexp(torch.log_softmax(logits, -1) + rows, -1)
    return torch.where(used, loss, torch.zeros_like(loss))
