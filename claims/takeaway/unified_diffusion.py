"""Functions to take away from the chapter "One recipe for every diffusion: guess the data, then move".

Made by `make takeaway` from book/diffusion/unified_diffusion.md; change them there.
"""

import numpy as np


def _as_laws(name: str, array: object, axes: int) -> np.ndarray:
    """An array of laws along its last axis, checked."""
    out = np.asarray(array)
    if out.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected real numbers; found {out.dtype}")
    out = out.astype(float)
    if out.ndim != axes or 0 in out.shape:
        raise ValueError(f"{name}: expected {axes} axes, none empty; "
                         f"found shape {out.shape}")
    if not np.all(np.isfinite(out)):
        raise ValueError(f"{name}: expected finite numbers; "
                         "found NaN or infinity")
    if np.any(out < 0):
        raise ValueError(f"{name}: expected probabilities; "
                         f"found {out.min():.3g}")
    return out


def _sums_to_one(name: str, array: np.ndarray, used: object = True) -> None:
    """Refuse laws that do not sum to one to single precision, where used."""
    gap = np.abs(array.sum(-1) - 1) * used
    if np.any(gap > 1e-5):
        raise ValueError(f"{name}: expected laws along the last axis; one "
                         f"sums to 1 only up to {gap.max():.3g}")


def _kernel_and_law(
    kernel: object, law_t: object
) -> tuple[np.ndarray, np.ndarray]:
    move, ruin = _as_laws("kernel", kernel, 3), _as_laws("law_t", law_t, 2)
    if move.shape[:2] != ruin.shape[::-1]:
        raise ValueError("kernel: expected shape (x_t, x_0, x_s) = "
                         f"({ruin.shape[1]}, {ruin.shape[0]}, …) from law_t; "
                         f"found {move.shape}")
    _sums_to_one("law_t", ruin)
    _sums_to_one("kernel", move, ruin.T > 0)
    return move, ruin


def coupling_defect(
    kernel: np.ndarray, law_t: np.ndarray, law_s: np.ndarray
) -> float:
    """Largest violation of the condition that a kernel is a coupling.

    A clean point that is ruined to level t and then moved by the kernel
    must have the law of level s. The kernel matters only where law_t is
    positive; other rows may hold anything that is not negative.

    Args:
        kernel: probabilities of the next point, kernel[x_t, x_0, x_s].
        law_t: law_t[x_0, x_t], ruined points given the clean one.
        law_s: law_s[x_0, x_s], the same at the less ruined level.

    Returns:
        the largest absolute difference of two probabilities; rounding only
        (below 1e-12 in double precision) if the kernel is a coupling.

    Raises:
        ValueError: for shapes that do not fit, negative numbers, NaN, or
            laws that do not sum to one (within 1e-5).
        TypeError: for arrays that do not hold real numbers.

    Example:
        >>> law = np.array([[0.75, 0.25], [0.25, 0.75]])
        >>> stay = np.repeat(np.eye(2)[:, None], 2, axis=1)
        >>> coupling_defect(stay, law, law), coupling_defect(stay, law, np.eye(2))
        (0.0, 0.25)
    """
    move, ruin = _kernel_and_law(kernel, law_t)
    less = _as_laws("law_s", law_s, 2)
    _sums_to_one("law_s", less)
    if less.shape != (ruin.shape[0], move.shape[2]):
        raise ValueError(f"law_s: expected shape ({ruin.shape[0]}, "
                         f"{move.shape[2]}); found {less.shape}")
    moved = np.einsum("ij,jik->ik", ruin, np.where(ruin.T[..., None] > 0, move, 0))
    return float(np.abs(moved - less).max())


def exact_step(
    kernel: np.ndarray,
    law_t: np.ndarray,
    prior: np.ndarray,
    guess: np.ndarray | None = None,
) -> np.ndarray:
    """Law of the next point after one step from the right law of level t.

    Args:
        kernel, law_t: as for :func:`coupling_defect`.
        prior: law of the clean points, shape (x_0,).
        guess: law of the guesses, guess[x_t, x_0]; None for the exact one,
            by Bayes' rule. Rows of points that do not occur are ignored.

    Returns:
        probabilities of the next points, shape (x_s,). With the exact guess
        and a coupling they are prior @ law_s.

    Raises:
        ValueError, TypeError: as for :func:`coupling_defect`.

    Example:
        >>> law = np.array([[0.75, 0.25], [0.25, 0.75]])
        >>> stay = np.repeat(np.eye(2)[:, None], 2, axis=1)
        >>> exact_step(stay, law, np.array([0.5, 0.5]))
        array([0.5, 0.5])
    """
    move, ruin = _kernel_and_law(kernel, law_t)
    data = _as_laws("prior", prior, 1)
    if data.shape != ruin.shape[:1]:
        raise ValueError(f"prior: expected shape ({ruin.shape[0]},); "
                         f"found {data.shape}")
    _sums_to_one("prior", data)
    reached = data @ ruin
    if guess is None:
        clean = (data[:, None] * ruin / np.where(reached > 0, reached, 1)).T
    else:
        clean = _as_laws("guess", guess, 2)
        if clean.shape != ruin.shape[::-1]:
            raise ValueError(f"guess: expected shape {ruin.shape[::-1]}; "
                             f"found {clean.shape}")
        _sums_to_one("guess", clean, reached > 0)
    weight = reached[:, None] * clean
    unused = weight[..., None] == 0
    return np.einsum("ji,jik->k", weight, np.where(unused, 0, move))
