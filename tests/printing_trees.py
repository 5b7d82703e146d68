"""Random expression trees, and a number that two trees share only if they mean the same."""

import random
import re
import zlib

import mpmath
import sympy as sp

from claims.say.symbols import sequence

x, y, z = sp.symbols("x y z")
n, k = sp.symbols("n k", integer=True, positive=True)
a, b = sp.symbols("a b", positive=True)
letter = sp.Symbol("f")
star, word, prime = sp.Symbol("x^*"), sp.Symbol("kx"), sp.Symbol("x'")
f, g, v, u = sp.Function("f"), sp.Function("g"), sequence("v"), sp.IndexedBase("u")
COMMON = [x, y, a, b, letter, n, sp.Integer(2), sp.Integer(-1)]
RARE = [z, k, sp.Integer(1), sp.Rational(1, 2), sp.Rational(-2, 3), sp.pi, sp.E, sp.I, u[k], v(n), star, word, prime]
EXPONENTS = [2, 3, -1, -2, sp.Rational(1, 2), sp.Rational(-1, 2), sp.Rational(3, 2), n, -n]


def tree(rng, depth):
    """An expression, one in five of its sums and products as no evaluation would leave it."""
    if depth <= 0 or rng.random() < 0.15:
        return rng.choice(COMMON + RARE if rng.random() < 0.3 else COMMON)

    def part():
        return tree(rng, depth - 1 - (rng.random() < 0.3))

    kept = {"evaluate": rng.random() < 0.8}
    makers = 5 * [lambda: sp.Add(part(), part(), **kept)] + 5 * [lambda: sp.Mul(part(), part(), **kept)] + [
        lambda: sp.Pow(part(), rng.choice([*EXPONENTS, part()]), **kept),
        lambda: sp.Pow(part(), rng.choice(EXPONENTS), **kept),
        lambda: rng.choice([sp.sin, sp.log, sp.tanh, sp.asin, sp.gamma])(part(), **kept),
        lambda: rng.choice([sp.sin, sp.log])(part(), **kept),
        lambda: rng.choice([f, g, v])(part()), lambda: sp.exp(part(), **kept), lambda: sp.Sum(part(), (k, 1, n)),
        lambda: sp.Product(part(), (k, 1, n)), lambda: sp.Integral(part(), (x, 0, rng.choice([1, a]))),
        lambda: rng.choice([sp.Abs, sp.factorial, sp.floor, sp.conjugate, sp.re])(part(), **kept),
        lambda: sp.Derivative(part(), x),
        lambda: sp.Derivative(f(x), x),
        lambda: rng.choice([sp.Max, sp.Min, sp.binomial, sp.Mod])(part(), part(), **kept),
        lambda: sp.Piecewise((part(), x > 1), (part(), True)), lambda: sp.Limit(part(), y, sp.oo)]
    return rng.choice(makers)()


def small_trees():
    """All trees of two levels over a few letters: where a bracket is missing, both readings are among them."""
    unary = [sp.sin, lambda e: sp.log(e, evaluate=False), f, lambda e: sp.Sum(e, (k, 1, n)),
             lambda e: sp.Product(e, (k, 1, n)),
             lambda e: sp.Integral(e, (x, 0, 1)), lambda e: sp.Derivative(e, x), lambda e: sp.Limit(e, y, sp.oo),
             lambda e: e**2,
             lambda e: e**n, lambda e: 1 / e, sp.sqrt, sp.exp, lambda e: -e, sp.factorial,
             lambda e: sp.Piecewise((e, x > 1), (y, True))]
    binary = [sp.Add, sp.Mul, sp.Pow, lambda p, q: p - q, lambda p, q: p / q,
              lambda p, q: sp.Add(p, q, evaluate=False), lambda p, q: sp.Mul(p, q, evaluate=False)]
    leaves = [x, k, letter, sp.Integer(2)]
    first = [make(e) for make in unary for e in leaves] + [
        make(p, q) for make in binary for p in leaves for q in leaves]
    first = list(dict.fromkeys([*leaves, word, v(n), *first]))
    second = [make(e) for make in unary for e in first]
    second += [make(*pair) for make in binary for p in first for q in (x, k) for pair in ((p, q), (q, p))]
    return list(dict.fromkeys([*first, *second]))


def drawn(name, *values):
    """A complex number that belongs to a function's name and its arguments."""
    text = name + "".join(f"{float(mpmath.re(q)):.8g},{float(mpmath.im(q)):.8g};" for q in values)
    rng = random.Random(zlib.crc32(text.encode()))
    return mpmath.mpc(rng.uniform(-2, 2), rng.uniform(-2, 2))


def point():
    rng = random.Random(1)
    symbols = [x, y, z, n, k, a, b, letter, star, word, prime]
    return {s: mpmath.mpc(rng.uniform(0.5, 2), 0 if s.is_positive else rng.uniform(-1, 1)) for s in symbols}


def value(e, at):
    """Arithmetic is arithmetic; a bound index combines values of its body; a function is its name and arguments."""

    def of(part, **more):
        return value(part, {**at, **{{"k": k, "x": x, "y": y}[name]: mpmath.mpc(q) for name, q in more.items()}})

    if e in at:
        return at[e]
    if e is sp.I:
        return mpmath.mpc(0, 1)
    if e.is_Rational:
        return mpmath.mpc(mpmath.mpf(e.p) / e.q)
    if e.is_NumberSymbol:
        return mpmath.mpc(sp.N(e, 30))
    if isinstance(e, sp.Add):
        return sum(map(of, e.args))
    if isinstance(e, sp.Mul):
        return mpmath.fprod(map(of, e.args))
    if isinstance(e, (sp.Pow, sp.exp)):
        base, exponent = (of(part) for part in (e.args if isinstance(e, sp.Pow) else (sp.E, e.args[0])))
        if abs(exponent) > 300:
            raise OverflowError
        return mpmath.power(base, exponent)
    if isinstance(e, sp.Sum):
        return 0.71 * of(e.function, k=1.37) + of(e.limits[0][2]) * of(e.function, k=2.61)
    if isinstance(e, sp.Product):
        return mpmath.power(of(e.function, k=1.37), 0.71) * of(e.function, k=2.61) * 1.3
    if isinstance(e, sp.Integral):
        return 0.7 * of(e.function, x=0.31) + of(e.limits[0][2]) * of(e.function, x=0.77)
    if isinstance(e, sp.Derivative):
        return 3 * (of(e.expr, x=at[x] + 0.3) - of(e.expr))
    if isinstance(e, sp.Limit):
        return of(e.args[0], y=7.3)
    if isinstance(e, sp.Piecewise):
        return 1 + 0.3 * of(e.args[0][0]) + 0.7 * of(e.args[1][0])
    if isinstance(e, sp.conjugate):
        return mpmath.conj(of(e.args[0]))
    if isinstance(e, (sp.Max, sp.Min)):
        return drawn(e.func.__name__, *sorted(map(of, e.args), key=lambda q: (float(q.real), float(q.imag))))
    if isinstance(e, sp.Indexed):
        return drawn("u", *map(of, e.indices))
    return drawn(e.func.__name__, *map(of, e.args))


def seen(latex):
    """What a reader sees: no spaces, no size of brackets."""
    return re.sub(r"\\left|\\right|\\,|\s", "", latex)


def random_trees(seed, count):
    """Trees of up to four levels with everything in them."""
    rng = random.Random(seed)
    for _ in range(count):
        try:
            yield tree(rng, rng.choice([1, 2, 2, 3, 3, 4]))
        except (TypeError, ValueError, ZeroDivisionError):
            pass  # SymPy refuses this one


def alike(printer, trees):
    """Prints made, and the first pairs of trees that differ in value and print alike, in some order."""
    rng, at, prints, made, pairs = random.Random(5), point(), {}, 0, []
    for e in trees:
        if len(pairs) > 2:
            break
        nodes = list(sp.preorder_traversal(e))
        if any(part in (sp.nan, sp.zoo, -sp.oo) or isinstance(part, sp.AccumBounds) for part in nodes):
            continue
        try:
            number = value(e, at)
        except (TypeError, ZeroDivisionError, OverflowError):
            continue  # without a value
        parts = [part for part in nodes if part != e and isinstance(part, sp.Expr)]
        some = tuple(rng.sample(parts, min(2, len(parts))))
        orders = {(), some, *((part,) for part in e.args if isinstance(part, sp.Expr))}
        for order in sorted(orders, key=str):
            made += 1
            other, first = prints.setdefault(seen(printer(e, order)), (e, number))
            if abs(first - number) > 1e-8 * (1 + abs(number)):
                pairs.append((other, e, order))
    return made, pairs
