"""Functions to take away from the chapter "Distillation without data: losses of equal value, gradients of opposite sign".

Made by `make takeaway` from book/diffusion/score_identity_distillation.md; change them there.
"""

import numpy as np


def distill_loss(teacher, own, x, noise, lam=1.0, *, weight=None):
    """Loss of a generator against a teacher, 2⟨φ − ψ, φ − ε − λ(φ − ψ)⟩, summed over coordinates, averaged over the batch.

    With the weights of both denoisers held fixed and ψ the best denoiser for the generator's samples, its gradient is that of E|φ − ψ|² for λ = 1/2;
    for λ = 1 the part through the samples is dropped. The gradient must reach the generator through ``x`` only, so call it with frozen denoisers.

    Args:
        teacher, own: denoisers, functions of x that return their guess of the noise, in the shape of x.
        x: noised samples of the generator, a·g + b·noise: an array of NumPy or a tensor of PyTorch whose first axis is the batch.
        noise: the noise in x, standard normal, in the shape of x.
        lam: a finite number. 1/2 is the exact gradient, between 1/2 and 1 is safe for normal laws, above 1 wide generators run away.
        weight: one positive number for each sample, or none. It may depend on the level, not on the sample, and is held fixed.

    Returns:
        a number of the same library; call backward() on it where it is a tensor.

    Raises:
        TypeError: for denoisers that cannot be called, or x and noise that hold no real floating-point numbers.
        ValueError: for shapes that do not fit, an empty batch, a scalar, a lam that is not finite.
        FloatingPointError: if the loss is NaN or too large for the precision.

    Example:
        >>> x, noise = np.array([[1.0], [2.0]]), np.array([[0.5], [1.0]])
        >>> float(distill_loss(lambda x: 0.6 * x, lambda x: 0.5 * x, x, noise, lam=1.0))
        0.0
    """
    if not (callable(teacher) and callable(own)):
        raise TypeError("teacher, own: expected functions of x")
    if isinstance(lam, bool) or not (-float("inf") < lam < float("inf")):
        raise ValueError(f"lam: expected a finite number; found {lam}")
    for name, value in (("x", x), ("noise", noise)):
        if "float" not in str(getattr(value, "dtype", "")):
            raise TypeError(f"{name}: expected an array or tensor of real floating-point numbers; found {type(value).__name__} {getattr(value, 'dtype', '')}".rstrip())
    shape = tuple(x.shape)
    if not shape or 0 in shape or tuple(noise.shape) != shape:
        raise ValueError(f"x, noise: expected one shape, batch first and not empty; found {shape} and {tuple(noise.shape)}")
    phi, psi = teacher(x), own(x)
    for name, value in (("teacher", phi), ("own", psi)):
        if tuple(getattr(value, "shape", ())) != shape:
            raise ValueError(f"{name}: expected a guess of shape {shape}; found {tuple(getattr(value, 'shape', ()))}")
    gap = phi - psi
    loss = (2 * gap * (phi - noise - lam * gap)).reshape(shape[0], -1).sum(-1)
    if weight is not None:
        if tuple(getattr(weight, "shape", ())) != shape[:1]:
            raise ValueError(f"weight: expected shape {shape[:1]}; found {tuple(getattr(weight, 'shape', ()))}")
        loss = loss * (weight.detach() if hasattr(weight, "detach") else weight)
    loss = loss.mean()
    if not -float("inf") < float(loss.detach() if hasattr(loss, "detach") else loss) < float("inf"):
        raise FloatingPointError("loss: NaN, or too large for the precision of x; use double precision or smaller numbers")
    return loss
