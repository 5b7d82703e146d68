"""A trial that reads the formula is refused, by whatever way it reads it; an honest trial with helpers is not."""

from __future__ import annotations

import functools
import math
import sys
import types

import numpy as np
import pytest
import sympy as sp

from claims import claim
from claims.measure.guard import Counted, FormulaRead, Watch, scan, signature_problem
from engine_walk import EVIDENCE, LEFT, define_step

pytestmark = pytest.mark.usefixtures("notebook")

t = sp.Symbol("t", integer=True, nonnegative=True)
s = sp.Symbol("s", positive=True)
FORMULA = 1 + t * s**2
COMPILED = sp.lambdify([t, s], FORMULA)
HIDDEN = types.SimpleNamespace(value=[FORMULA])
FIRST = [None, {"formula": (FORMULA,)}]
MODULE = types.ModuleType("notes")
MODULE.formula, MODULE.compiled = FORMULA, COMPILED


def verdict(trial):
    """Verdict and first failure of a claim that is true and whose trial is the one given."""
    c = claim("walk", LEFT, "=", FORMULA, given=[define_step()], **(EVIDENCE | {"trial": trial}))
    return c.record["verdict"], (c.record["failures"] or [""])[0]


def walk(step, t, s):
    x = 1.0
    for _ in range(t):
        x = step(x, s)
    return x


def helper(t_, s_):
    return float(FORMULA.subs({t: t_, s: s_}))


def helper_of_helper(t_, s_):
    return helper(t_, s_)


class Reader:
    def __init__(self):
        self.formula = FORMULA

    def __call__(self, rng, step, t, s):
        step(1.0, s)
        return {"x_t": float(self.formula.subs({"t": t}))}

    def method(self, rng, step, t, s):
        return self(rng, step, t, s)


def closure():
    formula = FORMULA

    def trial(rng, step, t, s):
        step(1.0, s)
        return {"x_t": float(formula.subs({"t": t}))}

    return trial


def decorated(function):
    @functools.wraps(function)
    def outer(*args, **keywords):
        return function(*args, **keywords)

    return outer


def cached_reader():
    @functools.lru_cache
    def value(t, s):
        return float(FORMULA)

    return lambda rng, step, t, s: {"x_t": value(t, s) + 0 * step(1.0, s)}


def generator_reader():
    return lambda rng, step, t, s: {"x_t": sum(float(e) for e in (FORMULA for _ in range(1))) + 0 * step(1.0, s)}


READERS = {
    "global": (lambda rng, step, t, s: {"x_t": float(FORMULA.subs("t", t)) + 0 * step(1.0, s)},
               "reads the SymPy object"),
    "closure": (closure(), "closure 'formula'"),
    "helper": (lambda rng, step, t, s: {"x_t": helper(t, s) + 0 * step(1.0, s)}, "reads the SymPy object"),
    "helper of a helper": (lambda rng, step, t, s: {"x_t": helper_of_helper(t, s) + 0 * step(1.0, s)},
                           "reads the SymPy object"),
    "container": (lambda rng, step, t, s: {"x_t": float(FIRST[1]["formula"][0]) + 0 * step(1.0, s)}, "in a container"),
    "attribute of an object": (lambda rng, step, t, s: {"x_t": float(HIDDEN.value[0]) + 0 * step(1.0, s)},
                               "reads the SymPy object"),
    "partial": (functools.partial(lambda formula, rng, step, t, s: {"x_t": float(formula) + 0 * step(1.0, s)}, FORMULA),
                "partial"),
    "partial of keywords": (functools.partial(
        lambda rng, step, t, s, formula: {"x_t": float(formula) + 0 * step(1.0, s)}, formula=FORMULA), "partial"),
    "default argument": (lambda rng, step, t, s, formula=FORMULA: {"x_t": float(formula) + 0 * step(1.0, s)},
                         "default argument"),
    "keyword default": (lambda rng, step, *, t, s, formula=FORMULA: {"x_t": float(formula) + 0 * step(1.0, s)},
                        "default argument"),
    "callable object": (Reader(), "reads the SymPy object"),
    "method": (Reader().method, "reads the SymPy object"),
    "decorated": (decorated(closure()), "reads the SymPy object"),
    "cache": (cached_reader(), "reads the SymPy object"),
    "generator expression": (generator_reader(), "reads the SymPy object"),
    "lambdified global": (lambda rng, step, t, s: {"x_t": COMPILED(t, s) + 0 * step(1.0, s)}, "a lambdified function"),
    "lambdify in the trial": (lambda rng, step, t, s: {"x_t": sp.lambdify([], 1)() + 0 * step(1.0, s)},
                              "uses lambdify()"),
    "globals()": (lambda rng, step, t, s: {"x_t": float(globals()["FORMULA"]) + 0 * step(1.0, s)}, "uses globals()"),
    "vars of a module": (lambda rng, step, t, s: {"x_t": float(vars(MODULE)["formula"]) + 0 * step(1.0, s)},
                         "uses vars()"),
    "eval": (lambda rng, step, t, s: {"x_t": float(eval("FORMULA")) + 0 * step(1.0, s)}, "uses eval()"),  # noqa: S307
    "sympify": (lambda rng, step, t, s: {"x_t": float(sp.sympify("1 + t*s**2").subs({"t": t})) + 0 * step(1.0, s)},
                "uses sympify()"),
    "SymPy's functions": (lambda rng, step, t, s: {"x_t": float(sp.sqrt(s)) + 0 * step(1.0, s)},
                          "reads the module sympy"),
    "formula in a module": (lambda rng, step, t, s: {"x_t": float(MODULE.formula.subs({"t": t})) + 0 * step(1.0, s)},
                            "of SymPy"),
    "lambdified in a module": (lambda rng, step, t, s: {"x_t": MODULE.compiled(t, s) + 0 * step(1.0, s)}, "of SymPy"),
}


@pytest.mark.parametrize("way", READERS)
def test_a_trial_that_reads_the_formula_is_refused(way):
    trial, why = READERS[way]
    state, message = verdict(trial)
    assert state == "undecided" and why in message, message


def test_a_trial_that_reads_the_claim_or_its_record():
    step = define_step()
    first = claim("first", LEFT, "=", FORMULA, given=[step], **EVIDENCE)
    second = claim("second", LEFT, "=", FORMULA, given=[step], **(EVIDENCE | {
        "trial": lambda rng, step, t, s: {"x_t": first.record["trial"]["predicted"] + 0 * step(1.0, s)}}))
    assert "reads the claim 'first'" in second.record["failures"][0]


def test_a_definition_that_reads_the_formula_is_refused_too():
    step = define_step(lambda x, s: x + float(FORMULA.subs({"t": 1, "s": s})) - 1)
    c = claim("walk", LEFT, "=", FORMULA, given=[step], **EVIDENCE)
    assert "reads the SymPy object" in c.record["failures"][0]


def test_a_trial_that_swallows_the_refusal_is_still_refused():
    def trial(rng, step, t, s):
        try:
            return {"x_t": float(MODULE.formula.subs({"t": t}))}
        except Exception:  # noqa: BLE001
            return {"x_t": walk(step, t, s)}

    assert verdict(trial)[0] == "undecided"


SCALE = np.linspace(1, 2, 3)
TABLE = {"half": [0.5, (0.25, 0.75)]}


class Accumulator:
    def __init__(self):
        self.total = 1.0

    def add(self, step, s):
        self.total = step(self.total, s)
        return self


def honest_object(rng, step, t, s):
    sums = Accumulator()
    for _ in range(t):
        sums.add(step, s)
    return {"x_t": sums.total}


def honest_comprehension(rng, step, t, s):
    return {"x_t": functools.reduce(lambda x, _: step(x, s), range(t), 1.0) * math.prod(v / v for v in SCALE)
                 + 0 * TABLE["half"][0]}


@pytest.mark.parametrize("trial", [lambda rng, step, t, s: {"x_t": walk(step, t, s)}, honest_object,
                                   honest_comprehension, functools.partial(
                                       lambda start, rng, step, t, s: {"x_t": walk(step, t, s) + 0 * start}, 1.0)],
                         ids=["helper", "object", "globals of numbers", "partial of a number"])
def test_an_honest_trial_passes(trial):
    assert verdict(trial) == ("proved", "")


def test_torch_in_a_trial_is_no_reading():
    torch = pytest.importorskip("torch")

    def trial(rng, step, t, s):
        x = torch.ones((), dtype=torch.float64, requires_grad=True)
        y = walk(step, t, s) * x
        y.backward()
        return {"x_t": x.grad}

    assert verdict(trial) == ("proved", "")


def test_the_watch_gives_back_the_profiler_that_was_there():
    events = []

    def outer(frame, event, arg):
        events.append(event)

    sys.setprofile(outer)
    try:
        with Watch() as seen:
            math.sqrt(2)
        assert sys.getprofile() is outer and seen.read == ""
        with pytest.raises(FormulaRead), Watch() as seen:
            FORMULA.subs(t, 1)
        assert sys.getprofile() is outer and seen.read
    finally:
        sys.setprofile(None)


def test_the_watch_gives_back_cprofile():
    import cProfile
    import pstats

    profile = cProfile.Profile()
    profile.enable()
    try:
        with Watch():
            math.sqrt(2)
        walk(lambda x, s: x, 2, 1)
    finally:
        profile.disable()
    assert any(name == "walk" for _, _, name in pstats.Stats(profile).stats)


def test_what_the_guard_cannot_see_is_said():
    import claims.measure.guard

    said = " ".join(claims.measure.guard.__doc__.split())
    assert all(words in said
               for words in ("cannot see", "stored as plain floats", "typed again as plain NumPy", "wrong premises"))
    stored = float(FORMULA.subs({t: 2, s: 3}))
    assert scan(lambda rng, step: {"x_t": stored}) == ""


def test_counted_code_is_still_the_code():
    def double(x):
        """Twice."""
        return 2 * x

    double.extra = 5
    counted = Counted(double)
    assert (counted(3), counted.calls, counted.__doc__, counted.extra) == (6, 1, "Twice.", 5)


def test_a_trial_with_the_wrong_arguments_is_told_what_it_gets():
    text = signature_problem(lambda rng, t: None, 2, {"t", "sigma"})
    assert "it is called with the generator, 1 definition(s) with code and the keywords sigma, t" in text
    assert verdict(lambda rng, step, t: None)[1].startswith("trial: ")
    assert signature_problem(lambda rng, step, **point: None, 2, {"t", "sigma"}) == ""
