"""Functions to take away from the chapter "The average loss of SGD converges".

Made by `make takeaway` from book/optimization/sgd_average_convergence.md; change them there.
"""

import numpy as np


def _checked_rates(etas):
    etas = np.asarray(etas, float)
    if etas.ndim != 1 or not len(etas):
        raise ValueError(f"etas: expected a sequence of rates, at least one, found shape {etas.shape}")
    if not (np.isfinite(etas).all() and (etas > 0).all()):
        raise ValueError("etas: expected finite rates above 0")
    return etas


def regret_bound(etas, D, G):
    """Bound of the average regret of SGD: D² / (2 T η_T) + G² Σ η_t / (2 T).

    Holds for convex batch losses, any order of batches, and any comparator at most D away from all iterates.

    Args:
        etas: learning rates of the steps 1 … T, none above the one before.
        D: bound of the distances of all iterates to the comparator, for example the diameter of the domain.
        G: bound of all gradient norms.

    Returns:
        the bound, a float, in the unit of the loss.

    Raises:
        ValueError: for rates that rise, are not positive or not finite; for D or G that are negative or not finite.

    >>> round(regret_bound(4 / np.sqrt(2 * np.arange(1, 101)), D=4.0, G=1.0), 3)
    0.546
    """
    etas = _checked_rates(etas)
    rise = np.nonzero(np.diff(etas) > 0)[0]
    if len(rise):
        raise ValueError(f"etas: the rate rises after step {rise[0] + 1}; the bound holds for rates that never rise")
    for name, value in (("D", D), ("G", G)):
        if np.ndim(value) or not np.isfinite(value) or value < 0:
            raise ValueError(f"{name}: expected a finite number, not negative, found {value!r}")
    D, G = float(D), float(G)
    return float(D / (2 * len(etas)) * (D / etas[-1]) + G / 2 * (G * etas.mean()))


def averaged_sgd(grad, theta, etas, project=None):
    """SGD with the average of its iterates.

    Args:
        grad: function (theta, t) -> (loss, gradient) of batch t at theta; t counts from 0.
        theta: parameters at the start, a number or an array.
        etas: learning rates, one for each step, in any order.
        project: function that brings parameters back to the domain; none: no domain. The start has to lie in it.

    Returns:
        (theta_bar, losses): the average of the parameters before the steps, and the losses there, an array of length
        T. Read before the step, the mean of the losses estimates the mean loss without bias if batches are drawn
        independently.

    Raises:
        ValueError: for rates that are not positive or not finite, a gradient of another shape than theta, a loss,
            gradient or parameter that is not finite; with the number of the step.

    >>> theta_bar, losses = averaged_sgd(lambda theta, t: (abs(theta), np.sign(theta)), 0.5, [1.0] * 4)
    >>> float(theta_bar), losses.tolist()
    (0.0, [0.5, 0.5, 0.5, 0.5])
    """
    etas = _checked_rates(etas)
    theta = np.array(theta, float)
    if not np.isfinite(theta).all():
        raise ValueError("theta: expected finite numbers")
    mean, losses = np.zeros_like(theta), np.empty(len(etas))
    for t, eta in enumerate(etas):
        loss, slope = grad(theta[()].copy() if theta.ndim else float(theta), t)
        slope = np.asarray(slope, float)
        if slope.shape != theta.shape:
            raise ValueError(f"grad, step {t}: expected a gradient of shape {theta.shape}, found {slope.shape}")
        if np.ndim(loss) or not np.isfinite(loss) or not np.isfinite(slope).all():
            raise ValueError(f"grad, step {t}: expected one finite loss and a finite gradient")
        losses[t] = loss
        mean += (theta - mean) / (t + 1)
        theta = theta - eta * slope
        if project is not None:
            theta = np.asarray(project(theta), float)
        if theta.shape != slope.shape or not np.isfinite(theta).all():
            raise ValueError(f"step {t}: expected finite parameters of shape {slope.shape}, found {theta}")
    return (mean if mean.ndim else float(mean)), losses
