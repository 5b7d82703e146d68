"""Functions to take away from the chapter "Pre-Norm and Post-Norm: how much depth do you really get?".

Made by `make takeaway` from book/transformers/pre_post_norm.md; change them there.
"""

from collections.abc import Callable
import math
import warnings

import numpy as np
import torch


def layer_roles(
    branches: list[Callable[[torch.Tensor], torch.Tensor]],
    x: torch.Tensor,
    placement: str = "pre",
) -> dict[str, np.ndarray]:
    """How far every layer of a residual stack turns the stream, and whether it acts as width.

    Args:
        branches: one function (..., d) -> (..., d) per layer, at least two; deterministic
            (switch dropout off).
        x: input, floating point, shape (..., d) with d >= 2: a batch of states. For
            "post" it should come from a norm.
        placement: "pre", x + F(Norm(x)) with a final norm, or "post", Norm(x + F(x));
            Norm is the root-mean-square norm without scale and epsilon.

    Returns:
        arrays over the L layers and the L - 1 pairs of neighbours:
        turn: mean angle between the states before and behind a layer, degrees, (L,);
        side_by_side: squared change of the output, relative to its square, if the two
            layers of a pair become one layer with both branches, (L - 1,);
        leave_out: the same if the upper layer of the pair is left out, (L - 1,);
        width_like: their quotient, (L - 1,); near 0 the upper layer acts as width. NaN
            where leaving the layer out changes nothing.

    Raises:
        TypeError: if ``x`` or what a branch returns is no floating-point tensor.
        ValueError: for an unknown placement, fewer than two branches, a scalar or d < 2,
            a branch that changes the shape, and zero, infinite or NaN states.

    Cost: about L² branch evaluations, without gradients. Domain of validity: the
    predictions, about 1/(t + 2) ("pre") and 0.46 ("post"), hold for wide random branches
    of unit gain; t is the lower layer of the pair.
    Source: this chapter, width-quotient-prenorm and width-quotient-postnorm.

    >>> swap = lambda u: u.flip(-1) * torch.tensor([1.0, -1.0])
    >>> layer_roles([swap, swap], torch.ones(1, 2))["turn"].round(1)
    array([45. , 35.3])
    """
    if placement not in ("pre", "post"):
        raise ValueError(f"unknown placement {placement!r}; expected 'pre' or 'post'")
    if len(branches) < 2:
        raise ValueError(f"expected at least two branches, found {len(branches)}")

    def checked(z: torch.Tensor, what: str, shape: torch.Size | None = None) -> torch.Tensor:
        if not (isinstance(z, torch.Tensor) and z.is_floating_point()):
            raise TypeError(f"{what} must be a floating-point torch tensor, found {getattr(z, 'dtype', type(z).__name__)}")
        if z.ndim == 0 or z.shape[-1] < 2 or z.numel() == 0:
            raise ValueError(f"{what} must have shape (..., d) with d >= 2, found {tuple(z.shape)}")
        if shape is not None and z.shape != shape:
            raise ValueError(f"{what} must keep the shape: expected {tuple(shape)}, found {tuple(z.shape)}")
        if not bool(torch.isfinite(z).all()):
            raise ValueError(f"{what} is infinite or NaN")
        return z

    def norm(z: torch.Tensor, what: str) -> torch.Tensor:
        largest = checked(z, what).abs().amax(-1, keepdim=True)
        if bool((largest == 0).any()):
            raise ValueError(f"{what} has a zero vector, which has no direction")
        z = z / largest  # so that squares neither overflow nor underflow
        return z / z.pow(2).mean(-1, keepdim=True).sqrt()

    def write(k: int, z: torch.Tensor) -> torch.Tensor:
        return checked(branches[k](z), f"what branch {k} writes", z.shape)

    def advance(z: torch.Tensor, k: int, pair: bool = False) -> torch.Tensor:
        """Layer k, or layers k and k + 1 as one layer."""
        u = norm(z, f"the state before layer {k}") if placement == "pre" else z
        z = z + write(k, u) + (write(k + 1, u) if pair else 0)
        return norm(z, f"the sum in layer {k}") if placement == "post" else z

    def output(z: torch.Tensor, start: int) -> torch.Tensor:
        for k in range(start, depth):
            z = advance(z, k)
        return norm(z, "the last state").double()

    def turned(p: torch.Tensor, q: torch.Tensor) -> float:
        p, q = (norm(z, "a state").double() for z in (p, q))
        angle = 2 * torch.atan2((p - q).norm(dim=-1), (p + q).norm(dim=-1))
        return math.degrees(float(angle.mean()))

    with torch.no_grad():
        depth, states = len(branches), [checked(x, "x")]
        for k in range(depth):
            states.append(advance(states[-1], k))
        whole = output(states[-1], depth)
        change = lambda z: float((z - whole).pow(2).sum() / whole.pow(2).sum())
        side = np.array([change(output(advance(states[k], k, pair=True), k + 2)) for k in range(depth - 1)])
        left = np.array([change(output(states[k + 1], k + 2)) for k in range(depth - 1)])
        turn = np.array([turned(*pair) for pair in zip(states, states[1:])])
    width = np.divide(side, left, out=np.full_like(side, np.nan), where=left > 0)
    return {"turn": turn, "side_by_side": side, "leave_out": left, "width_like": width}


def gradient_gain(phi: Callable, kinks: tuple[float, ...] = (0.0,), nodes: int = 80) -> float:
    """What a wide Post-Norm layer Norm(x + V phi(W x)) does to the squared gradient.

    Args:
        phi: activation, applied to every entry of a float64 torch tensor or, if it does
            not take one, of a NumPy array; smooth between the kinks, deterministic.
        kinks: where phi has kinks or jumps, in increasing order; 0 covers ReLU and its kin.
        nodes: quadrature nodes on every smooth piece.

    Returns:
        the factor (1 + E phi'(z)²) / (1 + E phi(z)²), z standard normal, on the way back;
        dimensionless. It is at least 1 if E phi(z) = 0.

    Raises:
        TypeError: if ``phi`` takes neither tensors nor arrays, or does not return float64.
        ValueError: if ``phi`` changes the shape, if values or slopes are not finite on
            (-14, 14), or if twice as many nodes change the result by more than 1e-6 (a kink
            that is not listed, noise, or a function too steep for the grid).

    Jumps of phi count as slope zero. Source: this chapter, postnorm-gradient; V and W
    have independent entries of variance 1/width.

    >>> round(gradient_gain(torch.relu), 6), round(gradient_gain(np.tanh), 3)
    (1.0, 1.05)
    >>> round(gradient_gain(torch.nn.functional.softplus), 3)
    0.673
    """
    def values(z: np.ndarray) -> np.ndarray:
        try:
            with torch.no_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # NumPy functions of tensors
                out = phi(torch.from_numpy(z))
        except (TypeError, AttributeError):
            try:
                out = phi(z)
            except TypeError as problem:
                raise TypeError(f"phi must take a float64 tensor or array: {problem}") from None
        out = out.detach().numpy() if isinstance(out, torch.Tensor) else np.asarray(out)
        if out.shape != z.shape:
            raise ValueError(f"phi must keep the shape: expected {z.shape}, found {out.shape}")
        if out.dtype != np.float64:
            raise TypeError(f"phi must return float64, found {out.dtype}")
        return out

    def moments(count: int) -> tuple[float, float]:
        x, w = np.polynomial.legendre.leggauss(count)
        edges = np.array([-14.0, *kinks, 14.0])
        half = np.diff(edges)[:, None] / 2  # half the width of every piece
        z = (edges[:-1, None] + half * (x + 1)).ravel()
        weight = (half * w).ravel() * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        h = (half * np.minimum(x + 1, 1 - x) / 3).ravel()  # the stencil stays in its piece
        h = np.minimum(h, 1e-3)
        with np.errstate(all="ignore"):
            slope = (8 * (values(z + h) - values(z - h)) - (values(z + 2 * h) - values(z - 2 * h))) / (12 * h)
            a2, b2 = float(weight @ values(z) ** 2), float(weight @ slope**2)
        if not (math.isfinite(a2) and math.isfinite(b2)):
            raise ValueError(f"phi and its slope must be finite on (-14, 14): E phi² = {a2}, E phi'² = {b2}")
        return a2, b2

    if list(kinks) != sorted(set(kinks)) or not all(-14 < k < 14 for k in kinks):
        raise ValueError(f"kinks must increase and lie in (-14, 14), found {kinks}")
    coarse, fine = ((1 + b2) / (1 + a2) for a2, b2 in (moments(nodes), moments(2 * nodes)))
    if abs(coarse - fine) > 1e-6 * fine:
        raise ValueError(f"phi is not resolved: {coarse:.7g} with {nodes} nodes, {fine:.7g} with {2 * nodes}; list its kinks or take more nodes")
    return fine


PLACEMENTS = ("pre", "post", "peri", "deepnorm", "lns")


def residual_stack(
    x: torch.Tensor,
    branches: list[Callable[[torch.Tensor], torch.Tensor]],
    placement: str,
    final_norm: bool = True,
) -> list[torch.Tensor]:
    """States of a residual stack with root-mean-square norms (no learned scale, no epsilon).

    Args:
        x: input, floating point, shape (..., d) with d >= 2.
        branches: one function (..., d) -> (..., d) per layer.
        placement: one of
            pre       x + F(Norm(x))
            post      Norm(x + F(x))
            peri      x + Norm(F(Norm(x)))
            lns       x + F(Norm(x) / sqrt(l)), l = 1, 2, ...
            deepnorm  Norm(alpha x + F(x)), alpha = L^(1/4) for L layers; scale both
                      weights of a branch by (4L)^(-1/4) at initialisation
        final_norm: whether pre, peri and lns, whose stream grows, end with a norm.

    Returns:
        the input, the state behind every layer, and with ``final_norm`` the normalised
        output: a list of tensors (..., d).

    Raises:
        TypeError: if ``x`` or what a branch returns is no floating-point tensor.
        ValueError: for an unknown placement, no branches, a scalar or d < 2, a branch that
            changes the shape, and zero, infinite or NaN states.

    The norm divides by the largest entry first, so it is right for every finite
    nonzero input above the subnormal numbers. Source: this chapter, pre-norm-layer and after; checked against
    x-transformers 2.3.1.

    >>> states = residual_stack(torch.ones(2, 4), [torch.sin] * 3, "pre")
    >>> len(states), tuple(states[-1].shape)
    (5, (2, 4))
    """
    if placement not in PLACEMENTS:
        raise ValueError(f"unknown placement {placement!r}; expected one of {', '.join(PLACEMENTS)}")
    if not branches:
        raise ValueError("expected at least one branch, found none")

    def checked(z: torch.Tensor, what: str, shape: torch.Size | None = None) -> torch.Tensor:
        if not (isinstance(z, torch.Tensor) and z.is_floating_point()):
            raise TypeError(f"{what} must be a floating-point torch tensor, found {getattr(z, 'dtype', type(z).__name__)}")
        if z.ndim == 0 or z.shape[-1] < 2:
            raise ValueError(f"{what} must have shape (..., d) with d >= 2, found {tuple(z.shape)}")
        if shape is not None and z.shape != shape:
            raise ValueError(f"{what} must keep the shape: expected {tuple(shape)}, found {tuple(z.shape)}")
        if not bool(torch.isfinite(z).all()):
            raise ValueError(f"{what} is infinite or NaN")
        return z

    def norm(z: torch.Tensor, what: str) -> torch.Tensor:
        largest = checked(z, what).detach().abs().amax(-1, keepdim=True)
        if bool((largest == 0).any()):
            raise ValueError(f"{what} has a zero vector, which has no direction")
        z = z / largest
        return z / z.pow(2).mean(-1, keepdim=True).sqrt()

    states = [checked(x, "x")]
    for l, F in enumerate(branches, 1):
        x = states[-1]
        reads = x if placement in ("post", "deepnorm") else norm(x, f"the state before layer {l}")
        writes = checked(F(reads / math.sqrt(l) if placement == "lns" else reads), f"what branch {l} writes", x.shape)
        if placement == "peri":
            writes = norm(writes, f"what branch {l} writes")
        x = (len(branches) ** 0.25 if placement == "deepnorm" else 1) * x + writes
        states.append(norm(x, f"the sum in layer {l}") if placement in ("post", "deepnorm") else checked(x, f"the state behind layer {l}"))
    if final_norm and placement in ("pre", "peri", "lns"):
        states.append(norm(states[-1], "the last state"))
    return states
