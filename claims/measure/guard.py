"""The guard: a trial does not read the formula that it tests.

Two nets. :func:`scan` looks, before a trial runs, at everything its code can reach by name – closure cells, default
arguments, globals that it mentions, helpers that it calls, members of containers, partials and callable objects – and
refuses SymPy objects, lambdified functions, claims and definitions, the SymPy module, ``globals``, ``eval``, ``exec``
and ``sympify``. :class:`Watch` looks while the trial runs and refuses it if any frame of SymPy or of a lambdified
function is entered; it also counts which definitions are called.

What the guard cannot see: numbers that were computed from the formula *before* the trial and stored as plain floats or
arrays; the formula typed again as plain NumPy; objects hidden behind C code or behind attributes that only run-time
lookup finds. These are what the wrong premises are for (rule 2 of the design): a trial that does not measure its
definitions does not move when they are replaced.

>>> import sympy
>>> formula = sympy.Symbol("x") ** 2
>>> scan(lambda rng, x: float(formula.subs("x", x)))
"reads the SymPy object x**2 (global 'formula')"
>>> scan(lambda rng, x: x * x)
''
"""

from __future__ import annotations

import dis
import functools
import gc
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sympy as sp

FORBIDDEN_NAMES = {"globals", "locals", "vars", "eval", "exec", "compile", "__import__", "sympify", "lambdify",
                   "parse_expr", "importlib", "_getframe", "currentframe"}
MODULES_TRUSTED = ("numpy", "scipy", "torch", "math", "cmath", "builtins", "itertools", "functools", "random",
                   "statistics", "fractions", "collections", "operator",
                   "matplotlib", "pandas", "typing", "dataclasses", "warnings", "time", "IPython")
LAMBDIFIED = "<lambdifygenerated"
PACKAGE = str(Path(__file__).parents[1])


class FormulaRead(Exception):
    """The trial touched the formula while it ran."""


def _is_formula(x: Any) -> str:
    if isinstance(x, (sp.Basic, sp.MatrixBase)):
        text = str(x)
        return f"the SymPy object {text[:60]}"
    if isinstance(x, types.ModuleType) and (x.__name__ == "sympy" or x.__name__.startswith("sympy.")):
        return f"the module {x.__name__}"
    if isinstance(x, types.FunctionType) and x.__code__.co_filename.startswith(LAMBDIFIED):
        return "a lambdified function"
    module = getattr(type(x), "__module__", "")
    if module in ("claims.statement", "claims.hypotheses", "claims.experiments"):
        return f"the {type(x).__name__.lower()} {getattr(x, 'label', '')!r}"
    if callable(x) and (getattr(x, "__module__", "") or "").split(".")[0] == "sympy":
        return f"SymPy's {getattr(x, '__name__', x)}"
    return ""


def _names(code: types.CodeType) -> tuple[set[str], set[str]]:
    """Names of globals, and all names (attributes too), of a code object and of those nested in it."""
    loaded = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    every = set(code.co_names)
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            inner, more = _names(c)
            loaded |= inner
            every |= more
    return loaded, every


def scan(trial: Callable[..., Any], allowed: tuple[Any, ...] = ()) -> str:
    """Why ``trial`` could read a formula ('' if nothing was found). ``allowed``: the code of the definitions is
    scanned as well."""
    seen: dict[int, Any] = {}  # holds what was looked at: the number of an object that is gone is given again

    def look(x: Any, where: str, depth: int) -> str:
        if id(x) in seen or depth > 12:
            return ""
        seen[id(x)] = x
        what = _is_formula(x)
        if what:
            return f"reads {what} ({where})"
        if isinstance(x, functools.partial):
            return (look(x.func, f"partial in {where}", depth + 1)
                    or look(list(x.args), f"partial in {where}", depth + 1)
                    or look(x.keywords, f"partial in {where}", depth + 1))
        if isinstance(x, (list, tuple, set, frozenset)):
            for item in list(x)[:2000]:
                found = look(item, f"in a container, {where}", depth + 1)
                if found:
                    return found
            return ""
        if isinstance(x, Mapping):
            return look(list(x.values()), where, depth + 1)
        if isinstance(x, types.MethodType):
            return look(x.__func__, where, depth + 1) or look(x.__self__, where, depth + 1)
        if (isinstance(x, functools._lru_cache_wrapper)
            or (hasattr(x, "__wrapped__") and not isinstance(x, types.FunctionType))):
            return look(x.__wrapped__, where, depth + 1)
        if isinstance(x, types.FunctionType):
            return function(x, where, depth)
        if isinstance(x, type):
            if x.__module__ in ("__main__",) or x.__module__.startswith("book"):
                return look([v for v in vars(x).values()], f"class {x.__name__}", depth + 1)
            return ""
        if (isinstance(x, (types.ModuleType, types.BuiltinFunctionType)) or x is None
            or isinstance(x, (int, float, complex, str, bytes))):
            return ""
        root = (type(x).__module__ or "").split(".")[0]
        if root in MODULES_TRUSTED and root != "builtins":
            if type(x).__module__.startswith("numpy") and getattr(x, "dtype", None) == object:
                return look(list(x.ravel()), where, depth + 1)
            return ""
        inner = getattr(x, "__dict__", None)
        call = getattr(type(x), "__call__", None)
        return ((look(inner, where, depth + 1) if isinstance(inner, dict) else "")
                or (look(call, where, depth + 1) if isinstance(call, types.FunctionType) else ""))

    def function(f: types.FunctionType, where: str, depth: int) -> str:
        root = (f.__module__ or "").split(".")[0]
        if root in MODULES_TRUSTED or f.__code__.co_filename.startswith(PACKAGE):
            return ""
        wrapped = getattr(f, "__wrapped__", None)
        names, every = _names(f.__code__)
        bad = every & FORBIDDEN_NAMES
        if bad:
            return f"uses {sorted(bad)[0]}() ({where})"
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            try:
                found = look(cell.cell_contents, f"closure {name!r}", depth + 1)
            except ValueError:
                continue
            if found:
                return found
        for value in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
            found = look(value, "default argument", depth + 1)
            if found:
                return found
        for name in sorted(names):
            if name in f.__globals__:
                found = look(f.__globals__[name], f"global {name!r}", depth + 1)
                if found:
                    return found
        return look(wrapped, where, depth + 1) if wrapped else ""

    found = look(trial, "the trial itself", 0)
    for definition in allowed:
        found = found or look(definition, "the code of a premise", 0)
    return found


class Watch:
    """Context in which entering a frame of SymPy or of a lambdified function raises :class:`FormulaRead`."""

    def __init__(self) -> None:
        self.read = ""

    def _event(self, frame: types.FrameType, event: str, arg: Any) -> None:
        if event != "call":
            return
        name = frame.f_globals.get("__name__", "")
        if name == "sympy.utilities.lambdify" and frame.f_code.co_name == "_cleanup":
            return      # the finaliser of a dead lambdified function: the garbage collector runs it at any time
        lambdified = frame.f_code.co_filename.startswith(LAMBDIFIED)
        if lambdified or name.startswith("sympy"):
            # PyTorch uses SymPy for shapes of its own; a lambdified function is a formula whoever calls it.
            caller = frame.f_back
            while caller is not None and not lambdified:
                who = caller.f_globals.get("__name__", "")
                if who.split(".")[0] in ("torch", "importlib"):
                    return
                if not who.startswith("sympy"):
                    break
                caller = caller.f_back
            self.read = self.read or f"{name}.{frame.f_code.co_name}"
            sys.setprofile(None)
            raise FormulaRead(f"the trial ran {self.read} of SymPy; a trial measures the definitions with numbers only")

    def __enter__(self) -> Watch:
        self._outer = sys.getprofile()
        # the collector may close a generator of SymPy at any time, which would look like a call
        self._collects = gc.isenabled()
        gc.disable()
        sys.setprofile(self._event)
        return self

    def __exit__(self, *exc: Any) -> None:
        gc.enable() if self._collects else None
        # cProfile hands out itself, which cannot be called but switched on
        sys.setprofile(None)
        self._outer.enable() if hasattr(self._outer, "enable") else sys.setprofile(self._outer)


class Counted:
    """The code of a premise as the trial receives it: calls it and counts the calls."""

    def __init__(self, code: Callable[..., Any]) -> None:
        self._code, self.calls = code, 0
        functools.update_wrapper(self, code, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        return self._code(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._code, name)


def signature_problem(f: Callable[..., Any], positional: int, keywords: set[str]) -> str:
    """Why ``f(rng, *codes, **point)`` cannot be called with so many positional arguments and these keywords ('' if it
    can)."""
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind(*[None] * positional, **dict.fromkeys(keywords))
    except TypeError as problem:
        return (f"{problem}; it is called with the generator, {positional - 1} definition(s) with code and the "
               f"keywords {', '.join(sorted(keywords)) or 'none'}")
    return ""
