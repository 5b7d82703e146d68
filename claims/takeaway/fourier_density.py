"""Functions to take away from the chapter "A density from turning hands: fitting with a Fourier series".

Made by `make takeaway` from book/probability/fourier_density.md; change them there.
"""

import math

import numpy as np
from scipy.optimize import minimize
import torch


class FourierDensity(torch.distributions.Distribution):
    """Density |Σ_k a_k e^{−iπkx}|² / (2 Σ_k |a_k|²) on [−1, 1] or,
    with x = tanh((y − loc)/scale), on the real line.

    Args:
        coefficients: a_0 … a_K, complex or real, shape (..., K + 1), dimensionless;
            leading axes are the batch shape, a common factor changes nothing.
        loc, scale: numbers or tensors that broadcast with the batch shape, in units of the data; both for the real line, neither for the interval.

    Raises:
        ValueError: for coefficients that are not finite or all zero, a scale that is not positive, or only one of loc and scale.

    Where the density touches zero, ``log_prob`` is −∞. ``icdf`` and ``sample`` are not differentiable.
    Source: De la Fuente, Singh and Ballé 2024 (arXiv 2402.15345); the distribution function is the corrected one.

    >>> FourierDensity(torch.tensor([1.0, 0.5])).cdf(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """

    arg_constraints: dict = {}
    has_rsample = False

    def __init__(self, coefficients, loc=None, scale=None, validate_args=None):
        a = torch.as_tensor(coefficients)
        if a.ndim == 0 or a.shape[-1] == 0:
            raise ValueError(
                "coefficients: expected shape (..., K + 1) with at least one coefficient"
            )
        if not torch.isfinite(a).all():
            raise ValueError(
                "coefficients: expected finite numbers, found NaN or infinity"
            )
        a = (
            a
            if a.is_complex()
            else torch.complex(
                a.to(torch.get_default_dtype()), torch.zeros(a.shape)
            )
        )
        largest = a.abs().amax(-1, keepdim=True)
        if (largest == 0).any():
            raise ValueError(
                "coefficients: all are zero, so the density cannot be normalised"
            )
        a = a / largest  # a common factor may be huge or tiny
        norm = torch.linalg.vector_norm(a, dim=-1, keepdim=True)
        if (loc is None) != (scale is None):
            raise ValueError(
                "loc and scale: give both, for the real line, or neither, for the interval [-1, 1]"
            )
        self.a, self.on_line = a / norm, scale is not None
        self.loc, self.scale = (
            torch.as_tensor(value, dtype=norm.dtype)
            for value in ((loc, scale) if self.on_line else (0.0, 1.0))
        )
        if not (
            torch.isfinite(self.loc).all()
            and torch.isfinite(self.scale).all()
            and (self.scale > 0).all()
        ):
            raise ValueError(
                f"loc and scale: expected finite numbers and a positive scale, found {self.loc.tolist()} and {self.scale.tolist()}"
            )
        size = a.shape[-1]
        self.k = torch.arange(size, dtype=norm.dtype)
        # autocorrelations c_0 = 1, c_1 … c_N, by the spectrum
        spectrum = torch.fft.fft(self.a, 2 * size).abs() ** 2
        self.c = torch.fft.ifft(spectrum)[..., :size].conj().resolve_conj()
        super().__init__(
            torch.broadcast_shapes(
                a.shape[:-1], self.loc.shape, self.scale.shape
            ),
            validate_args=validate_args,
        )

    @property
    def support(self):
        return (
            torch.distributions.constraints.real
            if self.on_line
            else torch.distributions.constraints.interval(-1.0, 1.0)
        )

    def log_prob(self, value):
        """log density, shape of ``value`` broadcast with the batch; −∞ at zeros of the density."""
        value = torch.as_tensor(value, dtype=self.k.dtype)
        if self._validate_args:
            self._validate_sample(value)
        w = (value - self.loc) / self.scale
        x = torch.tanh(w) if self.on_line else value
        A = (self.a * torch.exp(-1j * math.pi * x[..., None] * self.k)).sum(-1)
        log_p = torch.log(A.real**2 + A.imag**2) - math.log(2)
        if not self.on_line:
            return log_p
        return (
            log_p
            - torch.log(self.scale)
            - 2
            * (w.abs() + torch.nn.functional.softplus(-2 * w.abs()) - math.log(2))
        )

    def _near(self, depth, side):
        """Probability within 2·sigmoid(2·depth) of an end of the interval (side −1: left, +1: right), without cancellation."""
        reach = 2 * torch.sigmoid(2 * depth)
        n, c = self.k[1:], self.c[..., 1:] * (1 - 2 * (self.k[1:] % 2))
        angle = math.pi * reach[..., None] * n
        turn = torch.as_tensor(side, dtype=n.dtype)[..., None]
        # Re of c (e^{iθ} − 1)/(iπn), with c conjugated for the right end
        waves = (
            c.real * torch.sin(angle)
            + turn * c.imag * 2 * torch.sin(angle / 2) ** 2
        ) / (math.pi * n)
        return (reach / 2 + waves.sum(-1)).clamp(0, 1)

    def _inside(self, value):
        value = torch.as_tensor(value, dtype=self.k.dtype)
        if self._validate_args:
            self._validate_sample(value)
        return (
            (value - self.loc) / self.scale
            if self.on_line
            else torch.atanh(value)
        )

    def cdf(self, value):
        """P(X ≤ value); in the left tail relative to itself, unless the density vanishes at the end."""
        w = self._inside(value)
        return torch.where(w < 0, self._near(w, -1), 1 - self._near(-w, 1))

    def sf(self, value):
        """P(X > value) = 1 − cdf; in the right tail relative to itself, unless the density vanishes at the end."""
        w = self._inside(value)
        return torch.where(w < 0, 1 - self._near(w, -1), self._near(-w, 1))

    @torch.no_grad()
    def icdf(self, value):
        """The point below which the probability is ``value`` in [0, 1], by bisection."""
        q = torch.as_tensor(value, dtype=self.k.dtype)
        if not ((q >= 0) & (q <= 1)).all():
            raise ValueError("icdf: expected probabilities between 0 and 1")
        q = q.expand(torch.broadcast_shapes(q.shape, self.batch_shape))
        # from the nearer end; the depth of the point below that end
        side = torch.where(q <= 0.5, -torch.ones_like(q), torch.ones_like(q))
        target = torch.where(q <= 0.5, q, 1 - q)
        low, high = torch.full_like(q, -360.0), torch.full_like(q, 360.0)
        for _ in range(64):
            depth = (low + high) / 2
            below = self._near(depth, side) < target
            low = torch.where(below, depth, low)
            high = torch.where(below, high, depth)
        w = -side * (low + high) / 2
        w = torch.where(q == 0, -math.inf, torch.where(q == 1, math.inf, w))
        return self.loc + self.scale * w if self.on_line else torch.tanh(w)

    def sample(self, sample_shape=torch.Size(), generator=None):
        """Independent draws of shape ``sample_shape`` + batch shape."""
        u = torch.rand(
            self._extended_shape(sample_shape),
            dtype=self.k.dtype,
            generator=generator,
        )
        return self.icdf(u.clamp_min(torch.finfo(u.dtype).tiny))

    @classmethod
    def fit(cls, data, degree, *, real_line=True, smoothness=0.0, steps=200):
        """Maximum likelihood with penalty ``smoothness`` · ∫p'(x)² dx, from the uniform density by L-BFGS.

        On the real line loc is the mean and scale 1.5 standard deviations of the data.

        Raises:
            ValueError: for data with NaN or infinity, fewer points than 2·degree + 1, equal points, or points outside [−1, 1] without ``real_line``.
        """
        data = torch.as_tensor(data, dtype=torch.float64).flatten()
        if int(degree) != degree or degree < 1:
            raise ValueError(
                f"degree: expected a positive integer, found {degree}"
            )
        degree = int(degree)
        if not torch.isfinite(data).all():
            raise ValueError(
                "data: expected finite numbers, found NaN or infinity"
            )
        if len(data) < 2 * degree + 1:
            raise ValueError(
                f"data: expected at least {2 * degree + 1} points for degree {degree}, found {len(data)}"
            )
        loc, scale = (
            (data.mean(), 1.5 * data.std()) if real_line else (None, None)
        )
        if real_line and not scale > 0:
            raise ValueError(
                "data: all points are equal, so no scale can be taken from them"
            )
        if not real_line and data.abs().max() > 1:
            raise ValueError(
                f"data: expected points of [-1, 1], found {data.min():g} … {data.max():g}; use real_line=True"
            )
        squares = torch.arange(degree + 1, dtype=torch.float64) ** 2

        def loss(numbers):
            parts = torch.tensor(numbers).reshape(2, -1).requires_grad_()
            model = cls(torch.complex(*parts), loc, scale, validate_args=False)
            out = (
                -model.log_prob(data).mean()
                + smoothness * math.pi**2 * (squares * model.c.abs() ** 2).sum()
            )
            (slope,) = torch.autograd.grad(out, parts)
            return out.item(), slope.flatten().numpy()

        found = minimize(
            loss,
            np.eye(2 * degree + 2)[0],
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": steps, "ftol": 1e-12, "gtol": 1e-7},
        )
        parts = torch.tensor(found.x).reshape(2, -1)
        return cls(torch.complex(*parts), loc, scale)
