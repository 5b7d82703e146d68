r"""Numbers made of vectors and matrices in one canonical form: inner products and traces of words.

A *word* is a tuple of atoms (symbols, members of sequences, inverses, transposes of these). A number made of a word is
its trace, read as a cycle; where a column meets a row the cycle falls apart into inner products. Each has one
canonical form modulo transposition and rotation.

>>> n = sp.Symbol("n", integer=True, positive=True)
>>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
>>> x, y = sp.MatrixSymbol("x", n, 1), sp.MatrixSymbol("y", n, 1)
>>> plain(sp.Trace(A * B) - sp.Trace((A.T * B.T)) + inner(A * x, y) - inner(x, A.T * y))
0
>>> plain(norm(x - 2 * y)**2)
inner(x, x) - 4*inner(x, y) + 4*inner(y, y)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..say.operators import Cov, E, ExpectedVector, Jacobian, Var, VectorSum, cosine, inner, norm, sqrtm
from .averages import averaged_trace
from .letters import Word, built, cancels, constraint, inverted, order, own, reversed_word, shorter, turns, transposed

WRITTEN_OUT = 6
"""Sums of at most so many members are written out."""


def linear(m: Any) -> list[tuple[Any, Word]]:
    """A vector or matrix as a linear combination of words: pairs (coefficient, word); the empty word is the
    identity."""
    if isinstance(m, sp.MatAdd):
        return [pair for a in m.args for pair in linear(a)]
    if isinstance(m, sp.MatMul):
        if m.has(sp.BlockMatrix):
            collapsed = sp.block_collapse(_entrywise_blocks(m))
            if not isinstance(collapsed, sp.MatMul) or not collapsed.has(sp.BlockMatrix):
                return linear(collapsed)
        out: list[tuple[Any, Word]] = [(sp.S.One, ())]
        for a in m.args:
            if getattr(a, "is_Matrix", False):
                out = [(c * k, shorter(w + v)) for c, w in out for k, v in linear(a)]
            else:
                out = [(c * plain(a), w) for c, w in out]
        return reduced(out)
    if isinstance(m, sp.Transpose):
        return [(c, reversed_word(w)) for c, w in linear(m.arg)]
    if isinstance(m, sp.Identity):
        return [(sp.S.One, ())]
    if isinstance(m, sp.ZeroMatrix):
        return []
    if isinstance(m, sp.MatPow) and m.exp.is_Integer and m.exp not in (0, -1):
        base = m.base if m.exp > 0 else sp.Inverse(m.base)
        return linear(sp.MatMul(*[base] * abs(int(m.exp)), evaluate=False))
    if isinstance(m, sp.Inverse):
        pairs = collected(linear(m.arg))
        if len(pairs) == 1 and all(a.is_square for a in pairs[0][1]):
            (c, word), = pairs
            return [(1 / c, shorter(tuple(inverted(a) for a in reversed(word))))]
        return [(sp.S.One, (sp.Inverse(plain(m.arg)),))]
    if isinstance(m, sqrtm):
        return [(sp.S.One, (sqrtm(plain(m.args[0])),))]
    if isinstance(m, VectorSum):
        return _of_sum(m)
    if isinstance(m, ExpectedVector):
        from .laws import expected_words

        return expected_words(m)
    if isinstance(m, Jacobian):
        from .derivatives import gradient, jacobian

        of, by = m.args
        found = jacobian(of, by) if getattr(of, "is_Matrix", False) else gradient(of, by)
        return [(sp.S.One, (m,))] if found == m else linear(found)
    if isinstance(m, ElementwiseApplyFunction):
        entry = sp.Symbol("entry", real=True)
        m = ElementwiseApplyFunction(sp.Lambda(entry, m.function(entry)), plain(m.expr))
    return [(sp.S.One, (m,))]


def collected(pairs: Iterable[tuple[Any, Word]]) -> list[tuple[Any, Word]]:
    """Pairs with each word once, in one order."""
    found: dict[Word, Any] = {}
    for c, w in pairs:
        found[w] = found.get(w, sp.S.Zero) + c
    out = [(sp.expand(c), w) for w, c in found.items()]
    return sorted(((c, w) for c, w in out if c != 0), key=lambda pair: order(pair[1]))


def reduced(pairs: list[tuple[Any, Word]]) -> list[tuple[Any, Word]]:
    """Pairs in which no inverse of a sum stands beside the longest word of that sum, (A + B)⁻¹ B = I − (A + B)⁻¹ A,
    and no number stands inside."""
    out = []
    for c, word in pairs:
        put = _beside_inverse(word) or _number_inside(word)
        out += [(c, word)] if put is None else reduced([(c * k, shorter(w)) for k, w in put])
    return out


def _number_inside(word: Word) -> list[tuple[Any, Word]] | None:
    """x yᵀA z = ⟨y, A z⟩ x."""
    for i in range(1, len(word)):
        if word[i].shape[0] == 1 and word[i - 1].shape[1] == 1:
            end = next((j for j in range(i, len(word)) if word[j].shape[1] == 1), None)
            if end is not None:
                return [(closed(word[i:end + 1], 1), word[:i] + word[end + 1:])]
    return None


def _beside_inverse(word: Word) -> list[tuple[Any, Word]] | None:
    for i, a in enumerate(word):
        if not (isinstance(a, sp.Inverse) and isinstance(a.arg, sp.MatAdd)):
            continue
        terms = collected(linear(a.arg))
        (lead, last), rest = terms[-1], terms[:-1]
        n = len(last)
        if n and word[i + 1:i + 1 + n] == last:
            return [(1 / lead, word[:i] + word[i + 1 + n:]),
                    *((-c / lead, word[:i + 1] + w + word[i + 1 + n:]) for c, w in rest)]
        if n and i >= n and word[i - n:i] == last:
            return [(1 / lead, word[:i - n] + word[i + 1:]),
                    *((-c / lead, word[:i - n] + w + word[i:]) for c, w in rest)]
    return None


def _entrywise_blocks(m: Any) -> Any:
    """A function of every entry of a block column is the block column of its values."""

    def column(e: Any) -> Any:
        inside = sp.block_collapse(e.expr)
        if not isinstance(inside, sp.BlockMatrix):
            return e
        return sp.BlockMatrix(inside.blocks.applyfunc(lambda b: ElementwiseApplyFunction(e.function, b)))

    return m.replace(lambda e: isinstance(e, ElementwiseApplyFunction), column)


def _of_sum(m: VectorSum) -> list[tuple[Any, Word]]:
    if len(m.limits) == 1 and all(x.is_Integer for x in m.limits[0][1:]):
        k, low, high = m.limits[0]
        if high - low < WRITTEN_OUT:
            return [pair for i in range(int(low), int(high) + 1) for pair in linear(m.function.subs(k, i))]
    bound = {k for k, *_ in m.limits}
    out = []
    for c, w in linear(m.function):
        free = not (c.free_symbols & bound)
        body = built(w) if free else c * built(w)
        out.append((c if free else sp.S.One, (VectorSum(body, *m.limits),)))
    return out


def closed(word: Word, size: Any) -> Any:
    """The trace of a word, in canonical form; ``size`` is that of the identity if the word is empty.

    >>> x, W = sp.MatrixSymbol("x", 3, 1), sp.MatrixSymbol("W", 3, 3)
    >>> closed((x, x.T, W), 3)
    inner(x, W*x)
    """
    word = shorter(word)
    while len(word) > 1 and cancels(word[-1], word[0]):
        word, size = word[1:-1], word[0].shape[1]
    if len(word) > 1 and word[0] == word[-1] and isinstance(word[0], sqrtm):
        return closed(word[-1:] + word[:-1], size)
    if not word or (mean := averaged_trace(word)) is not None:
        return mean if word else sp.sympify(size)
    for turn in turns(word) if any(isinstance(a, sp.Inverse) and isinstance(a.arg, sp.MatAdd) for a in word) else ():
        put = _beside_inverse(turn)
        if put is not None:
            return sp.Add(*[c * closed(w, turn[0].shape[0]) for c, w in put])
    cuts = [i for i in range(len(word)) if word[i].shape[0] == 1 and word[i - 1].shape[1] == 1]
    if cuts:
        turned = word[cuts[0]:] + word[: cuts[0]]
        ends = [c - cuts[0] for c in cuts[1:]] + [len(turned)]
        return sp.Mul(*[_inner(turned[start:end]) for start, end in zip([0, *ends], ends)])
    if len(word) == 1 and isinstance(word[0], sqrtm):
        return sp.Trace(_turned_root(word[0]))
    return sp.Trace(built(min(turns(word), key=str)))


def _turned_root(root: Any) -> Any:
    """tr (√A B √A)^(1/2) = tr (√B A √B)^(1/2): the eigenvalues are those of A B, in any order."""
    pairs = linear(root.args[0])
    if len(pairs) != 1 or pairs[0][0] != 1 or len(pairs[0][1]) < 3:
        return root
    word = pairs[0][1]
    cycle = shorter(word[-1:] + word[:-1]) if word[0] == word[-1] and isinstance(word[0], sqrtm) else word
    first, *rest = min(turns(cycle), key=str)
    if constraint(first) != "positive definite" or len(cycle) == len(word):
        return root
    return sqrtm(built((sqrtm(first), *rest, sqrtm(first))))


def _inner(word: Word) -> Any:
    """A word from a row to a column, as an inner product."""
    if len(word) == 1:  # a 1 × 1 atom
        return inner(word[0], sp.Identity(1))
    if len(word) == 2 and word == reversed_word(word) and own(word[1]) is not None:
        return own(word[1])
    best = min(word, reversed_word(word), key=str)
    return inner(transposed(best[0]), built(best[1:]))


def parsed(node: Any) -> Word | None:
    """The cycle of a canonical inner product or trace (``None`` for anything else)."""
    if isinstance(node, inner):
        (_, u), = linear(node.args[0])
        (_, v), = linear(node.args[1])
        return reversed_word(u) + v
    if isinstance(node, sp.Trace):
        pairs = linear(node.arg)
        return pairs[0][1] if len(pairs) == 1 else None
    return None


def _products(pairs: Iterable[tuple[Any, Word]], size: Any) -> Any:
    return sp.Add(*[c * _summed(w, size) for c, w in pairs])


def _summed(word: Word, size: Any) -> Any:
    """The trace of a word; a sum of vectors in it becomes a sum of numbers."""
    for i, a in enumerate(word):
        inside = a.arg if isinstance(a, sp.Transpose) else a
        if isinstance(inside, VectorSum) and len(inside.limits) == 1:
            (k, low, high), body = inside.limits[0], inside.function
            if any(b.has(k) for j, b in enumerate(word) if j != i):
                fresh = sp.Symbol(f"{k}'", integer=True, nonnegative=k.is_nonnegative)
                body, k = (body.xreplace({k: fresh})
                           if not body.has(fresh) else body.xreplace({k: sp.Dummy(str(k), integer=True)}), fresh)
            terms = linear(sp.Transpose(body) if a is not inside else body)
            return sp.Sum(_products([(c, word[:i] + w + word[i + 1:]) for c, w in terms], size), (k, low, high))
    return closed(word, size)


def plain(e: Any) -> Any:
    """A number with norms, cosines, variances and covariances written out, inner products and traces expanded and
    canonical."""
    e = sp.sympify(e)
    if not isinstance(e, sp.Basic) or e.is_Atom:
        return e
    if isinstance(e, (norm, inner, cosine)):
        u, v = e.args if len(e.args) == 2 else e.args * 2
        if isinstance(e, cosine):
            return plain(inner(u, v)) / sp.sqrt(plain(inner(u, u)) * plain(inner(v, v)))
        one = _products(((c * k, reversed_word(w) + x) for c, w in linear(u) for k, x in linear(v)), u.shape[0])
        return sp.sqrt(sp.factor_terms(sp.expand(one))) if isinstance(e, norm) else sp.expand(one)
    if isinstance(e, Var):
        return plain(Cov(e.args[0], e.args[0]))
    if isinstance(e, Cov):
        u, v = e.args
        return plain(E(u * v)) - plain(E(u)) * plain(E(v))
    if isinstance(e, sp.Trace):
        return sp.expand(_products(linear(e.arg), e.arg.shape[0]))
    if isinstance(e, sp.Determinant):
        return _determinant(e)
    if getattr(e, "is_Matrix", False):
        pairs = collected(linear(e))
        terms = [c * built(w, e.shape[0]) for c, w in pairs]
        return sp.MatAdd(*terms) if len(terms) > 1 else terms[0] if terms else sp.ZeroMatrix(*e.shape)
    if isinstance(e, (ElementwiseApplyFunction, ExpectedVector)):
        return e
    return e.func(*[plain(a) if isinstance(a, sp.Expr) else a for a in e.args])


def _determinant(e: Any) -> Any:
    """det of a product as a product of dets; of a transpose or an inverse in terms of the matrix; det(I + AB) = det(I
    + BA)."""
    pairs, size = collected(linear(e.arg)), e.arg.shape[0]
    if not pairs:
        return sp.S.Zero
    if len(pairs) > 1:
        return _of_terms(pairs, size)
    (out, word), = ((c**size, w) for c, w in pairs)
    if any(not a.is_square for a in word):
        return out * sp.Determinant(built(word))
    for a in word:
        power = sp.S.One
        while isinstance(a, (sp.Transpose, sp.Inverse, sqrtm)):
            power *= -1 if isinstance(a, sp.Inverse) else sp.S.Half if isinstance(a, sqrtm) else 1
            a = a.args[0]
        out *= (_determinant(sp.Determinant(a)) if isinstance(a, sp.MatAdd) else sp.Determinant(a)) ** power
    return out


def _of_terms(pairs: list[tuple[Any, Word]], size: Any) -> Any:
    """The determinant of a sum of words."""
    if len(pairs) == 2 and pairs[0] == (1, ()):
        c, word = pairs[1]
        if any(a.shape[0] == 1 for a in word):
            return 1 + c * closed(word, size)
        turn = min(turns(word), key=str)
        return sp.Determinant(sp.MatAdd(sp.Identity(turn[0].shape[0]), c * built(turn)))
    forms = [collected((c, w) for c, w in form) for form in (pairs, [(c, reversed_word(w)) for c, w in pairs])]
    return sp.Determinant(sp.MatAdd(*[c * built(w, size) for c, w in min(forms, key=str)]))
