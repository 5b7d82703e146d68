"""What a walk on samples does at every kind of node; the first rule that fits holds."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from . import calculus
from .divergences import Gaussian, Normal
from .operators import OPERATORS, Cov, E, ExpectedVector, Jacobian, Operator, Pr, Var, VectorSum, inf, sqrtm, stop, sup
from .symbols import AppliedVector

RELATIONS = {getattr(sp, name): getattr(operator, name.lower()) for name in ("Eq", "Ne", "Lt", "Le", "Gt", "Ge")}


def _stacked(entries: list[Any], shape: tuple[int, int]) -> Any:
    """A matrix from its entries, row by row."""
    entries = np.broadcast_arrays(*entries)
    return np.stack(entries, -1).reshape(*entries[0].shape, *shape)


RULES: list[tuple[Any, Callable[[Any, Any], Any]]] = [
    ((E, ExpectedVector, Pr), lambda walk, e: walk.averaged(e)),
    ((Var, Cov), lambda walk, e: walk.covariance(e)),
    ((AppliedUndef, AppliedVector), lambda walk, e: walk.applied(e)),
    (stop, lambda walk, e: walk.stopped(e)),
    (Operator, lambda walk, e: walk.operator(e)),
    (Normal, lambda walk, e: Gaussian.of(*(walk(a) for a in e.args))),
    (sp.KroneckerDelta, lambda walk, e: np.equal(*(walk(a) for a in e.args[:2])).astype(float)),
    ((sup, inf), calculus.extremum),
    (sp.Limit, calculus.limit),
    ((sp.MatMul, sp.Mul), lambda walk, e: walk.product(e)),
    (sp.MatAdd, lambda walk, e: functools.reduce(operator.add, [walk(a) for a in e.args])),
    (sp.Transpose, lambda walk, e: OPERATORS["transpose"].runs(walk(e.arg))),
    (sp.HadamardProduct, lambda walk, e: functools.reduce(operator.mul, [walk(a) for a in e.args])),
    ((sp.Inverse, sp.MatPow), lambda walk, e: walk.matrix_power(e)),
    (sp.Trace, lambda walk, e: OPERATORS["trace"].runs(walk(e.arg))),
    (sp.Determinant, lambda walk, e: OPERATORS["det"].runs(walk(e.arg))),
    (sqrtm, lambda walk, e: OPERATORS["sqrtm"].runs(walk(e.args[0]))),
    (sp.Identity, lambda walk, e: np.eye(int(walk(e.shape[0])))),
    (sp.MatrixBase, lambda walk, e: _stacked([np.asarray(walk(a)) for a in e], e.shape)),
    ((sp.ZeroMatrix, sp.OneMatrix), lambda walk, e: np.full([int(walk(n)) for n in e.shape], 1.0 - e.is_ZeroMatrix)),
    (sp.KroneckerProduct, lambda walk, e: functools.reduce(OPERATORS["kron"].runs, [walk(a) for a in e.args])),
    (sp.BlockMatrix,
     lambda walk, e: np.block([[walk(e.blocks[i, j]) for j in range(e.blockshape[1])]
                               for i in range(e.blockshape[0])])),
    (MatrixElement, lambda walk, e: walk(e.parent)[..., int(walk(e.i)), int(walk(e.j))]),
    (ElementwiseApplyFunction, lambda walk, e: walk.entrywise(e)),
    (sp.Piecewise,
     lambda walk, e: np.select([np.asarray(walk(c)) if c is not sp.true else np.True_ for _, c in e.args],
                               [walk(v) for v, _ in e.args])),
    (sp.Derivative, calculus.derivative),
    (sp.Integral, calculus.integral),
    (sp.Subs, lambda walk, e: walk.again({s: walk(v) for s, v in zip(e.variables, e.point)})(e.expr)),
    (VectorSum, lambda walk, e: walk.series(e)),
    (Jacobian, calculus.jacobian),
    (sp.core.relational.Relational, lambda walk, e: RELATIONS[type(e)](walk(e.lhs), walk(e.rhs))),
    ((sp.And, sp.Or),
     lambda walk, e: functools.reduce(np.logical_and if isinstance(e, sp.And) else np.logical_or,
                                      [walk(a) for a in e.args])),
    ((sp.Symbol, sp.MatrixSymbol), lambda walk, e: walk.missing(e)),
]
