"""Functions to take away from the chapter "How to train your accuracy: a frozen slope, a first term, and a price".

Made by `make takeaway` from book/losses/train_accuracy.md; change them there.
"""

import numpy as np


def surrogate_report(logits, targets):
    """Cross-entropy against smooth error on a batch, and who pulls.

    With p the softmax of the logits and p_t the probability of the true
    class, the smooth error is 1 - p_t. Cross-entropy exceeds it by a gap
    between (1 - p_t)^2 / 2 and (1 - p_t)^2 / (2 p_t).

    Args:
        logits: finite numbers, shape (examples, classes), at least 2 classes.
        targets: whole numbers 0 ... classes - 1, shape (examples,).

    Returns:
        a dict of numbers: error (share of wrong answers; a tie with the true
        class counts as wrong), soft_error (mean of 1 - p_t), cross_entropy
        (nats), gap (their difference), gap_low and gap_high (means of the two
        bounds; gap_high is inf where some p_t underflows), share_wrong (share
        of examples with p_t < 1/2), grad_share_wrong_ce and
        grad_share_wrong_soft (their share of the summed lengths of the
        gradients in the logits; 0 if all gradients vanish).

    Raises:
        ValueError: for wrong shapes, no example, NaN or infinity, or targets
            that are no classes.

    Source: Su (2022), kexue.fm/archives/9098.

    Example:
        >>> r = surrogate_report([[2.0, 0.0], [0.0, 1.0]], [0, 0])
        >>> print(r["error"], round(r["soft_error"], 3), round(r["gap"], 3))
        0.5 0.425 0.295
    """
    s, t = np.asarray(logits, float), np.asarray(targets)
    if s.ndim != 2 or s.shape[0] < 1 or s.shape[1] < 2:
        raise ValueError("logits: expected shape (examples, classes) with at "
                         f"least 1 example and 2 classes; found {s.shape}")
    if not np.isfinite(s).all():
        raise ValueError("logits: expected finite numbers; found NaN or "
                         "infinity")
    if t.shape != s.shape[:1]:
        raise ValueError(f"targets: expected shape {s.shape[:1]}, one class "
                         f"for each example; found {t.shape}")
    if t.dtype.kind not in "iu":
        raise ValueError("targets: expected whole numbers; found an array of "
                         f"{t.dtype}")
    if t.min() < 0 or t.max() >= s.shape[1]:
        raise ValueError(f"targets: expected 0 to {s.shape[1] - 1}; found "
                         f"{t.min()} to {t.max()}")
    rows = np.arange(len(t))
    with np.errstate(over="ignore", divide="ignore", under="ignore"):
        away = np.minimum(s - s[rows, t][:, None], 1e300)  # above the true one
        away[rows, t] = -np.inf
        top = np.maximum(away.max(1), 0)
        rest = np.exp(away - top[:, None]).sum(1)          # other classes
        loss = top + np.log1p(rest + np.expm1(-top))       # -log p_t
        v = rest / (rest + np.exp(-top))                   # 1 - p_t
        low, high = v * v / 2, v * v / 2 * np.exp(loss)
        pull = np.sqrt(v * v + (np.exp(away - loss[:, None]) ** 2).sum(1))
        small = pull * np.exp(-loss)
    wrong = v > 0.5
    share = lambda size: float(size[wrong].sum() / (size.sum() or 1.0))
    return {"error": float((away.max(1) >= 0).mean()),
            "soft_error": float(v.mean()), "cross_entropy": float(loss.mean()),
            "gap": float((loss - v).mean()), "gap_low": float(low.mean()),
            "gap_high": float(high.mean()), "share_wrong": float(wrong.mean()),
            "grad_share_wrong_ce": share(pull),
            "grad_share_wrong_soft": share(small)}
