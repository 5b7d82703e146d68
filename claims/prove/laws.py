r"""Laws of expectation: linearity, independence, means of zero, second moments of independent entries, Gaussian
moments.

What may be used is what was declared where the symbol was made (:func:`claims.random`); what is not known stays inside
one ``E``.

>>> d = sp.Symbol("d", integer=True, positive=True); s = sp.Symbol("s", positive=True)
>>> W = random(matrix("W", d, d), mean=0, variance=s**2 / d)
>>> x = random(vector("x", d), independent=False)
>>> expected(E(norm(x + W * x)**2))
s**2*E(inner(x, x)) + E(inner(x, x))
>>> z = random(sp.Symbol("z", real=True), law="normal")
>>> expected(E((z + 2)**4)), expected(Var(z**2))
(43, 2)
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..say.operators import E, ExpectedVector, Var, inner, norm, sqrtm  # noqa: F401 - inner, norm, Var for the examples
from ..say.symbols import Law, law_of, laws, matrix, random, random_atoms, vector  # noqa: F401
from .normal import normal_expectation, without_deltas
from .vectors import Word, built, closed, linear, parsed, plain, reversed_word


def expected(e: Any) -> Any:
    """A number in which every expectation is taken as far as what was declared allows; numbers of words in canonical
    form."""
    return _taken(plain(e))


def _taken(e: Any) -> Any:
    if not isinstance(e, sp.Basic) or e.is_Atom or not e.has(E):
        return e
    if isinstance(e, E):
        inside = _taken(e.args[0])
        standard = standardised(inside)
        if standard is not inside:
            out = _of_sum(plain(standard))
            if not out.has(Standard):
                return out
        return _of_sum(inside)
    return e.func(*[_taken(a) if isinstance(a, sp.Expr) else a for a in e.args])


class Standard(sp.MatrixSymbol):
    """The standard vector z of which x = mean + S^(1/2) z is made."""


def standardised(e: Any) -> Any:
    """``e`` with every vector of declared covariance S written as mean + S^(1/2) z.

    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> S, A = matrix("S", n, n, "positive definite"), matrix("A", n, n)
    >>> x = random(vector("x_0", n), mean=vector("m", n), covariance=S)
    >>> expected(E(inner(x, A * x)))
    inner(m, A*m) + Trace(A*S)
    """
    places = {}
    for x in random_atoms(e):
        law = law_of(x)
        if law.covariance is not None:
            z = Standard(f"z({x})", x.shape[0], 1)
            laws[z] = Law(sp.S.Zero, sp.S.One, law.normal, law.independent)
            centred = sqrtm(law.covariance) * z
            places[x] = centred if law.mean == 0 else law.mean + centred
    return e.xreplace(places) if places else e


def expected_words(e: ExpectedVector) -> list[tuple[Any, Word]]:
    """The expectation of a vector or matrix as words: fixed ones stay, those with one independent symbol hold its mean.

    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> x = random(vector("x_1", n), mean=vector("m", n), covariance=sp.Identity(n))
    >>> plain(E(matrix("A", n, n) * x))
    A*m
    """
    out = []
    for c, word in linear(e.args[0]):
        atoms = [a for part in (c, *word) if isinstance(part, sp.Basic) for a in random_atoms(part)]
        places = [i for i, part in enumerate(word) if random_atoms(part)]
        if not atoms:
            out.append((c, word))
            continue
        law = law_of(atoms[0])
        letter = word[places[0]] if len(places) == 1 else None
        if (random_atoms(c) or letter not in (atoms[0], sp.Transpose(atoms[0])) or law.mean is None
            or not law.independent):
            fixed = c if not random_atoms(c) else sp.S.One
            body = built(word, e.shape[0]) if fixed is c else c * built(word, e.shape[0])
            out.append((fixed, (ExpectedVector(body),)))
        elif law.mean != 0 and getattr(law.mean, "is_Matrix", False):
            mean = law.mean if letter == atoms[0] else sp.Transpose(law.mean)
            out += [(c * k, (*word[: places[0]], *w, *word[places[0] + 1:])) for k, w in linear(mean)]
        elif law.mean != 0:
            out.append((c, (ExpectedVector(built(word, e.shape[0])),)))
    return out


def _of_sum(inside: Any) -> Any:
    """E of an expression: term by term, sums and integrals pulled out."""
    inside = sp.expand(inside)
    return sp.Add(*[_of_term(t) for t in sp.Add.make_args(inside)])


def _of_term(term: Any) -> Any:
    fixed, moving = [], []
    for factor in sp.Mul.make_args(term):
        base, power = factor.as_base_exp()
        if not random_atoms(factor):
            fixed.append(factor)
        elif power.is_Integer and power > 0:
            moving += [base] * int(power)
        else:
            moving.append(factor)
    if not moving:
        return term
    return sp.expand(sp.Mul(*fixed) * _of_product(moving))


def _of_product(factors: list[Any]) -> Any:
    """E of a product of random factors."""
    atoms = sorted({a for f in factors for a in random_atoms(f) if law_of(a).independent}, key=str)
    for atom in atoms:
        holding = [f for f in factors if atom in random_atoms(f)]
        rest = [f for f in factors if f not in holding]
        taken = _moment(atom, holding)
        if taken is not None:
            return _of_sum(taken * sp.Mul(*rest))
    sums = [f for f in factors if isinstance(f, sp.Sum) and len(f.limits) == 1]
    if len(sums) == len(factors) == 2:
        return without_deltas(_of_product([_joint(*sums)]))
    if (len(factors) == 1 and isinstance(factors[0], (sp.Sum, sp.Integral))
        and not any(random_atoms(x) for limit in factors[0].limits for x in limit[1:])):
        return without_deltas(factors[0].func(_of_sum(factors[0].function), *factors[0].limits))
    return sp.Mul(*[E(sp.Mul(*group)) for group in _groups(factors)])


def _joint(a: Any, b: Any) -> Any:
    """The product of two sums as one double sum."""
    (k, low, high), fresh = b.limits[0], sp.Symbol("index_2", integer=True, nonnegative=True)
    return sp.Sum(a.function * b.function.subs(k, fresh), a.limits[0], (fresh, low, high))


def _groups(factors: list[Any]) -> list[list[Any]]:
    """Factors that share a random symbol, or hold symbols that depend on each other, stay together."""
    groups: list[tuple[set[Any], list[Any]]] = []
    for f in factors:
        keys = {a if law_of(a).independent else "dependent" for a in random_atoms(f)}
        merged = (set(keys), [f])
        for group in [g for g in groups if g[0] & keys]:
            groups.remove(group)
            merged = (merged[0] | group[0], group[1] + merged[1])
        groups.append(merged)
    return [g for _, g in groups]


def _moment(atom: Any, factors: list[Any]) -> Any:
    """E over one independent symbol of a product of factors that hold it; ``None`` where what is declared does not
    tell."""
    law = law_of(atom)
    if law.mean is None:
        return None
    if not getattr(atom, "is_Matrix", False):
        if all(f == atom for f in factors):
            return _power_moment(law, len(factors))
        alone = all(random_atoms(f) == {atom} for f in factors) and not any(f.has(sp.Sum, E) for f in factors)
        return normal_expectation(law.mean, law.variance, atom, factors) if law.normal and alone else None
    words = [parsed(f) for f in factors]
    if law.mean != 0 or any(w is None for w in words):
        return None
    count = sum(a == atom or a == sp.Transpose(atom) for w in words for a in w)
    if count != sum(atom in random_atoms(a) for w in words for a in w):
        return None
    if count == 1:
        return sp.S.Zero
    if law.variance is None or (count > 2 and not law.normal):
        return None
    return sp.S.Zero if count % 2 else _paired(atom, law.variance, words)


def _power_moment(law: Any, power: int) -> Any:
    if law.normal:
        s, m = sp.sqrt(law.variance), law.mean
        odd = lambda k: sp.factorial2(k - 1) if k else sp.S.One  # noqa: E731
        return sp.expand(sum(sp.binomial(power, k) * m ** (power - k) * s**k * odd(k) for k in range(0, power + 1, 2)))
    if power == 1:
        return law.mean
    return law.mean**2 + law.variance if power == 2 and law.variance is not None else None


def _paired(atom: Any, variance: Any, words: list[Word]) -> Any:
    """Sum over all pairings of the occurrences of a matrix with independent entries of mean zero (two: exact; more:
    Gaussian)."""
    rows, columns = atom.shape
    k, i = next((k, i) for k, w in enumerate(words) for i, a in enumerate(w) if a in (atom, sp.Transpose(atom)))
    others = words[:k] + words[k + 1:]
    first = words[k][i:] + words[k][:i]
    if first[0] != atom:
        first = reversed_word(first)
        first = first[-1:] + first[:-1]
    a = first[1:]
    out = sp.S.Zero
    for j, letter in enumerate(a):
        if letter == atom:
            out += _rest(atom, variance, [(a[:j] + reversed_word(a[j + 1:]), columns)], others)
        elif letter == sp.Transpose(atom):
            out += _rest(atom, variance, [(a[:j], columns), (a[j + 1:], rows)], others)
    for m, w in enumerate(others):
        for j, letter in enumerate(w):
            if letter not in (atom, sp.Transpose(atom)):
                continue
            turned = w[j:] + w[:j]
            if letter != atom:
                turned = reversed_word(turned)
                turned = turned[-1:] + turned[:-1]
            out += _rest(atom, variance, [(a + reversed_word(turned[1:]), columns)], others[:m] + others[m + 1:])
    return out


def _rest(atom: Any, variance: Any, made: list[tuple[Word, Any]], others: list[Word]) -> Any:
    """One pairing: its variance, the words that it made, and the pairings of what is left."""
    left = others + [w for w, _ in made if atom in w or sp.Transpose(atom) in w]
    done = [closed(w, size) for w, size in made if not (atom in w or sp.Transpose(atom) in w)]
    done += [closed(w, None) for w in left if not (atom in w or sp.Transpose(atom) in w)]
    left = [w for w in left if atom in w or sp.Transpose(atom) in w]
    return variance * sp.Mul(*done) * (_paired(atom, variance, left) if left else 1)
