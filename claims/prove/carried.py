"""Derivatives, sums and suprema carried out by laws that SymPy does not know: of matrices, indices and stopped
gradients.

>>> n = sp.Symbol("n", integer=True, positive=True)
>>> t, A, B = sp.Symbol("t", real=True), sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
>>> carried_out(sp.Subs(sp.Derivative(sp.Determinant(A + t * B), t), t, 0))
Determinant(A)*Trace(A**(-1)*B)
>>> from claims.say.symbols import index, indexed
>>> z, i, k = indexed("z", n), index("i", n), sp.Symbol("k", integer=True)
>>> carried_out(sp.Derivative(sp.Sum(z[k]**2, (k, 1, n)), z[i]))
2*z[i]
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..say.operators import E, Operator, inf, inner, norm, stop, sup
from ..say.symbols import constraints, ranges
from .decide import decide
from .findings import Nonneg, Status
from .collapse import collapsed

NODES = (Operator, sp.Trace, sp.Determinant, sup, inf)


class NoSlope(Exception):
    """There is no law for the derivative of this node."""


def carried_out(e: Any) -> Any:
    """``e`` with what these laws can do done; the rest stays as it is."""
    return _alike(collapsed(_unstopped(_suprema(_slopes(e))), ranges))


def _alike(e: Any) -> Any:
    """Beside a Kronecker delta its two indices are one."""
    if not isinstance(e, sp.Expr) or not e.has(sp.KroneckerDelta):
        return e
    terms = []
    for term in sp.Add.make_args(sp.expand(e)):
        deltas = [f for f in sp.Mul.make_args(term) if isinstance(f, sp.KroneckerDelta)]
        for delta in deltas:
            one, other = sorted(delta.args[:2], key=str)
            if other.is_Symbol:
                term = delta * (term / delta).subs(other, one)
        terms.append(term)
    return sp.Add(*terms)


def _slopes(e: Any) -> Any:
    """Derivatives, and values of expressions at a point, from the inside out."""
    if not isinstance(e, sp.Basic) or not e.has(sp.Derivative, sp.Subs):
        return e
    if isinstance(e, sp.Derivative):
        inside = _slopes(e.expr)
        if inside.has(sp.Derivative, sp.Subs):
            return e
        try:
            for variable, count in e.variable_count:
                for _ in range(int(count)):
                    inside = slope(inside, variable)
        except NoSlope:
            return e
        return inside
    if isinstance(e, sp.Subs):
        inside = _slopes(e.expr)
        if inside.has(sp.Derivative, sp.Subs):
            return e
        return inside.subs(dict(zip(e.variables, e.point)),
                           simultaneous=True).doit(deep=True) if inside.has(sp.MatrixExpr) else inside.subs(
            dict(zip(e.variables, e.point)), simultaneous=True)
    return e.func(*[_slopes(a) if isinstance(a, sp.Basic) else a for a in e.args])


def slope(e: Any, by: Any) -> Any:
    """Derivative of a number by a number, or by an entry of an indexed quantity.

    Raises:
        NoSlope: where a node holds ``by`` and no law says how it changes.

    >>> d = sp.Symbol("d", integer=True, positive=True)
    >>> t, x, y = sp.Symbol("t", real=True), sp.MatrixSymbol("x", d, 1), sp.MatrixSymbol("y", d, 1)
    >>> slope(sp.log(inner(x + t * y, x)), t)
    inner(y, x)/inner(t*y + x, x)
    """
    nodes = [n for n in _outermost(e) if _holds(n, by)]
    names = {n: sp.Dummy(f"n{i}", real=True, positive=n.is_nonnegative or None) for i, n in enumerate(nodes)}
    back, flat = {v: k for k, v in names.items()}, e.xreplace(names)
    out = sp.diff(flat, by)
    if out.has(sp.Derivative, sp.Subs) and not e.has(sp.Derivative, sp.Subs):
        raise NoSlope(str(e))
    return (out + sp.Add(*[sp.diff(flat, name) * _of_node(n, by) for n, name in names.items()])).xreplace(back)


def _outermost(e: Any) -> list[Any]:
    if isinstance(e, NODES):
        return [e]
    found = [n for a in getattr(e, "args", ()) for n in _outermost(a)]
    return list(dict.fromkeys(found))


def _holds(e: Any, by: Any) -> bool:
    """Whether ``e`` may change with ``by``: an entry of an indexed quantity stands under any index."""
    return e.has(by.base) if isinstance(by, sp.Indexed) else e.has(by)


def _of_node(e: Any, by: Any) -> Any:
    if isinstance(e, stop):
        return sp.S.Zero
    if isinstance(e, sp.Trace):
        return _trace(matrix_slope(e.arg, by))
    if isinstance(e, sp.Determinant):
        return e * _trace(sp.Inverse(e.arg) * matrix_slope(e.arg, by))
    if isinstance(e, norm):
        return _inner(e.args[0], matrix_slope(e.args[0], by)) / e
    if isinstance(e, E):  # under the expectation, as for all that is smooth and of finite mean
        return E(slope(e.args[0], by))
    if isinstance(e, inner):
        u, v = e.args
        return _inner(matrix_slope(u, by), v) + _inner(u, matrix_slope(v, by))
    raise NoSlope(str(e))


def _trace(m: Any) -> Any:
    return sp.S.Zero if m.is_ZeroMatrix else sp.Trace(m)


def _inner(u: Any, v: Any) -> Any:
    return sp.S.Zero if u.is_ZeroMatrix or v.is_ZeroMatrix else inner(u, v)


def matrix_slope(m: Any, by: Any) -> Any:
    """Derivative of a vector or matrix by a number; (A⁻¹)′ = −A⁻¹ A′ A⁻¹.

    >>> n, t = sp.Symbol("n", integer=True, positive=True), sp.Symbol("t")
    >>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    >>> matrix_slope((A + t * B).I, t).subs(t, 0).doit()
    -A**(-1)*B*A**(-1)
    """
    if not m.has(by):
        return sp.ZeroMatrix(*m.shape)
    if isinstance(m, sp.MatAdd):
        return sp.MatAdd(*[matrix_slope(a, by) for a in m.args]).doit()
    if isinstance(m, sp.MatMul):
        terms = []
        for i, a in enumerate(m.args):
            if a.has(by):
                changed = matrix_slope(a, by) if a.is_Matrix else slope(a, by)
                terms.append(sp.MatMul(*m.args[:i], changed, *m.args[i + 1:]))
        return sp.MatAdd(*terms).doit()
    if isinstance(m, sp.Transpose):
        return sp.Transpose(matrix_slope(m.arg, by)).doit()
    if isinstance(m, sp.Inverse):
        return -m * matrix_slope(m.arg, by) * m
    if isinstance(m, sp.MatPow) and m.exp.is_Integer and m.exp > 1:
        return matrix_slope(sp.MatMul(*[m.base] * int(m.exp), evaluate=False), by)
    raise NoSlope(str(m))


def determinants(e: Any) -> Any:
    """Determinants of matrices that are written out, by their entries.

    >>> a, b = sp.symbols("a b")
    >>> determinants(1 + sp.Determinant(sp.ImmutableMatrix([[a, b], [0, a]])))
    a**2 + 1
    """
    return (e.replace(lambda a: isinstance(a, sp.Determinant) and isinstance(a.arg, sp.MatrixBase),
                      lambda a: a.arg.det(method="berkowitz"))
            if isinstance(e, sp.Basic) and e.has(sp.Determinant) else e)


def gamma_integrals(e: Any) -> Any:
    """Integrals of c r^a exp(−b r^p) over all r > 0, with b, p and a + 1 positive, by the gamma function.

    >>> r, b = sp.symbols("r b", positive=True)
    >>> gamma_integrals(sp.Integral(r**3 * sp.exp(-b * r**2) / 2, (r, 0, sp.oo)))
    1/(4*b**2)
    """
    return (e.replace(lambda a: isinstance(a, sp.Integral), _gamma_integral)
            if isinstance(e, sp.Basic) and e.has(sp.Integral) else e)


def _gamma_integral(node: Any) -> Any:
    if len(node.limits) != 1 or len(node.limits[0]) != 3 or node.limits[0][1:] != (0, sp.oo):
        return node
    r, total = node.limits[0][0], sp.S.Zero
    for term in sp.Add.make_args(sp.expand(node.function)):
        outside, inside = sp.powsimp(term, combine="exp").as_independent(r, as_Add=False)
        a, inner_ = sp.S.Zero, None
        for factor in sp.Mul.make_args(inside):
            base, exponent = factor.as_base_exp()
            if isinstance(factor, sp.exp) and inner_ is None:
                inner_ = factor.args[0]
            elif base == r and not exponent.has(r):
                a += exponent
            else:
                return node
        if inner_ is None:
            return node
        b, power = (-inner_).as_independent(r, as_Add=False)
        base, p = power.as_base_exp()
        if base != r or p.has(r) or not (b.is_positive and p.is_positive and (a + 1).is_positive):
            return node
        total += outside * sp.gamma((a + 1) / p) / (p * b ** ((a + 1) / p))
    return total


def _suprema(e: Any) -> Any:
    """Suprema and infima of concave and convex functions, at the one place where the slope vanishes."""
    if not isinstance(e, sp.Basic) or not e.has(sup, inf):
        return e
    return e.replace(lambda a: isinstance(a, (sup, inf)), lambda node: _extreme(type(node), *node.args))


def _extreme(kind: type, x: Any, f: Any) -> Any:
    node = kind(x, f)
    if getattr(x, "is_Matrix", False) or x.is_integer or x in constraints or f.has(sup, inf):
        return node
    sign = -1 if kind is sup else 1
    if decide(Nonneg(sign * sp.diff(f, x, 2), "factor")).status is not Status.ZERO:
        return node
    places = sp.solve(sp.diff(f, x), x)
    if len(places) != 1 or (x.is_positive and not places[0].is_positive) or not places[0].is_real:
        return node
    return sp.simplify(f.subs(x, places[0]))


def _unstopped(e: Any) -> Any:
    """Stop-gradients where nothing is differentiated any more: their argument."""
    if not isinstance(e, sp.Basic) or not e.has(stop) or e.has(sp.Derivative):
        return e
    return e.replace(lambda a: isinstance(a, stop), lambda node: node.args[0])
