"""Functions to take away from the chapter "Whitening, or what the cosine takes for granted".

Made by `make takeaway` from book/probability/bert_whitening.md; change them there.
"""

import numpy as np


class Whitener:
    """Whitening in one pass: vectors come in batches, one a row.

    Mean and covariance (divided by the number of vectors) are updated
    without subtracting large numbers, and two of these can be merged.

    Args:
        dims: number of coordinates of a vector.

    Attributes:
        count: number of vectors so far.
        mean: shape (dims,).
        covariance: shape (dims, dims).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> white, other = Whitener(3), Whitener(3)
        >>> for _ in range(4):
        ...     white.update(rng.normal(size=(50, 3)))
        ...     other.update(rng.normal(size=(30, 3)) + 5)
        >>> white.merge(other)
        >>> white.count, white.transform(np.ones((2, 3)), k=2).shape
        (320, (2, 2))
    """

    def __init__(self, dims):
        if np.ndim(dims) or dims != int(dims) or dims < 1:
            raise ValueError("dims: expected a whole number of at least 1; "
                             f"found {dims!r}")
        dims = int(dims)
        self.count = 0
        self.mean = np.zeros(dims)
        self.covariance = np.zeros((dims, dims))

    def update(self, batch):
        """Take in vectors: an array of shape (n, dims), or one vector."""
        rows = self._rows(batch, "batch")
        if len(rows):
            mean = rows.mean(0)
            away = rows - mean
            self._join(len(rows), mean, away.T @ away / len(rows))

    def merge(self, other):
        """Take in what another whitener has seen."""
        if not isinstance(other, Whitener):
            raise TypeError("other: expected a Whitener; found "
                            f"{type(other).__name__}")
        if other.mean.shape != self.mean.shape:
            raise ValueError(f"other: expected {len(self.mean)} coordinates; "
                             f"found {len(other.mean)}")
        if other.count:
            self._join(other.count, other.mean, other.covariance)

    def matrix(self, k=None, shrinkage=0.0):
        """The first k columns of W, shape (dims, k).

        Args:
            k: columns to keep, those of largest variance first; all if
                left out.
            shrinkage: from 0 to 1: this share of the covariance is
                replaced by a multiple of the identity of equal trace.

        Raises:
            ValueError: without vectors; for a k or a shrinkage outside
                its range; if a kept variance is less than 1e-12 of the
                largest one.
        """
        dims = len(self.mean)
        k = dims if k is None else k
        if np.ndim(k) or k != int(k) or not 1 <= k <= dims:
            raise ValueError(f"k: expected a whole number from 1 to {dims}; "
                             f"found {k!r}")
        if np.ndim(shrinkage) or not 0 <= shrinkage <= 1:
            raise ValueError("shrinkage: expected a number from 0 to 1; "
                             f"found {shrinkage!r}")
        if not self.count:
            raise ValueError("no vectors yet: call update first")
        k = int(k)
        size = np.trace(self.covariance) / dims
        mixed = ((1 - shrinkage) * self.covariance
                 + shrinkage * size * np.eye(dims))
        values, vectors = np.linalg.eigh(mixed)
        values, vectors = values[::-1], vectors[:, ::-1]
        good = int(np.sum(values > 1e-12 * max(values[0], 0)))
        if good < k:
            raise ValueError(f"the covariance has only {good} directions "
                             f"with a variance, and k is {k}: take a "
                             "smaller k, more vectors, or shrinkage")
        return vectors[:, :k] / np.sqrt(values[:k])

    def transform(self, x, k=None, shrinkage=0.0, normalise=False):
        """Whitened vectors, shape (n, k), or (k,) for one vector.

        With ``normalise`` each has length 1, so that inner products are
        cosines; a vector that equals the mean stays 0.
        """
        rows = self._rows(x, "x") - self.mean
        out = rows @ self.matrix(k, shrinkage)
        if normalise:
            lengths = np.linalg.norm(out, axis=1, keepdims=True)
            out = out / np.where(lengths > 0, lengths, 1)
        return out[0] if np.ndim(x) == 1 else out

    def _rows(self, x, name):
        rows = np.asarray(x, float)
        rows = rows[None] if rows.ndim == 1 else rows
        if rows.ndim != 2 or rows.shape[1] != len(self.mean):
            raise ValueError(f"{name}: expected shape (n, {len(self.mean)}); "
                             f"found {np.shape(x)}")
        if not np.all(np.isfinite(rows)):
            raise ValueError(f"{name}: holds NaN or infinity")
        return rows

    def _join(self, count, mean, covariance):
        total = self.count + count
        gap, old, new = mean - self.mean, self.count / total, count / total
        self.mean = self.mean + new * gap
        self.covariance = (old * self.covariance + new * covariance
                           + old * new * np.outer(gap, gap))
        self.count = total
