"""The trace of a mean is the mean of the trace: tr(A E[M] B) = E[tr(A M B)] for fixed A and B.

>>> from claims.prove.vectors import plain
>>> from claims.say.operators import E
>>> from claims.say.symbols import random, vector
>>> x, A = random(vector("x_6", 3), independent=False), sp.MatrixSymbol("A", 3, 3)
>>> plain(sp.Trace(A * E(x * x.T)))
E(inner(x_6, A*x_6))
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..say.operators import E, ExpectedVector
from ..say.symbols import random_atoms
from .letters import Word


def averaged_trace(word: Word) -> Any:
    """The mean of a trace, for a word with one mean of a square matrix among fixed letters (``None``: it is not such
    a word)."""
    from .vectors import plain

    means = [i for i, a in enumerate(word) if isinstance(a, ExpectedVector) and 1 not in a.shape]
    if len(means) != 1 or any(random_atoms(a) for i, a in enumerate(word) if i != means[0]):
        return None
    i = means[0]
    return E(plain(sp.Trace(sp.MatMul(*word[:i], word[i].args[0], *word[i + 1:]))))
