"""Evidence that stands: nothing is judged or run anew while nothing that its evidence rests on has changed.

The key of a claim, counterexample, erratum, experiment or binding of a definition is a digest of all that its judge is
given: both sides, lines, premises with their equations and code, the trial, the domain, what is declared of every name
in them, and, of every function, its byte code, its defaults, what it closes over and the globals that it reads,
transitively. What cannot be digested has no key and is judged every time; so is what changes something that it reads,
such as a run that leaves its curves for a figure. The press hands in earlier evidence through ``CLAIMS_EVIDENCE``, for
an author's loop only, and takes what was found from :func:`handed_over`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
import sympy as sp

from .say.heads import INDEXED, RANDOM_HEADS, SEQUENCES
from .say.symbols import AppliedVector, constraints, extents, laws, ranges

PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
OWN = ("__main__",)
NONE: Mapping[str, Any] = types.MappingProxyType({})


class Unkeyed(Exception):
    """A value whose content cannot be told."""


class Digest:
    """A digest of values by their content; the same value twice is one value.

    >>> a, b = Digest(), Digest()
    >>> a.add([1, sp.Symbol("x")]), b.add([1, sp.Symbol("x", real=True)])
    (None, None)
    >>> a.hex() == b.hex()
    False
    """

    def __init__(self) -> None:
        self.sha, self.seen, self.names = hashlib.sha256(), {}, set()

    def hex(self) -> str:
        return self.sha.hexdigest()

    def put(self, *words: Any) -> None:
        for w in words:
            self.sha.update(f"{w!r}\x00".encode())

    def add(self, v: Any) -> None:
        if isinstance(v, PLAIN):
            self.put(type(v).__name__, v)
            return
        # expressions by what they are: whether two equal ones are one object is up to SymPy's cache
        key = v if isinstance(v, sp.Basic) else id(v)
        if key in self.seen:
            self.put("again", self.seen[key][0])
            return
        self.seen[key] = (len(self.seen), v)  # kept, so that its id stays its own
        self.put(type(v).__module__, type(v).__qualname__)
        self._content(v)

    def all(self, *values: Any) -> None:
        self.put(len(values))
        for v in values:
            self.add(v)

    def _content(self, v: Any) -> None:
        if isinstance(v, (sp.Basic, sp.MatrixBase)):
            self._expression(v)
        elif isinstance(v, np.ndarray):
            if v.dtype.hasobject:
                self.all(*v.ravel().tolist())
            else:
                self.put(v.dtype.str, v.shape)
                self.sha.update(np.ascontiguousarray(v).tobytes())
        elif isinstance(v, np.generic):
            self.put(v.item())
        elif isinstance(v, np.random.Generator):
            self.add(v.bit_generator.state)
        elif isinstance(v, (Mapping, types.MappingProxyType)):
            self.all(*(part for item in v.items() for part in item))
        elif isinstance(v, (list, tuple)):
            self.all(*v)
        elif isinstance(v, (set, frozenset)):
            self.put(*sorted(digest_of(one) for one in v))
        elif isinstance(v, types.CodeType):
            self.put(v.co_code, v.co_names, v.co_varnames, v.co_freevars)
            self.put(v.co_argcount, v.co_posonlyargcount, v.co_kwonlyargcount, v.co_flags)
            self.all(*v.co_consts)
        elif isinstance(v, (types.FunctionType, types.MethodType, types.BuiltinFunctionType, np.ufunc, type)):
            self._callable(v)
        elif isinstance(v, types.ModuleType):
            self.put(v.__name__)
        elif isinstance(v, functools.partial):
            self.all(v.func, v.args, v.keywords)
        elif hasattr(v, "__wrapped__"):
            self.add(v.__wrapped__)
        elif is_dataclass(v):
            self.all(*(getattr(v, f.name) for f in fields(v)))
        elif hasattr(v, "detach"):
            self.add(v.detach().cpu().numpy())
        elif hasattr(v, "record") and hasattr(v, "lhs"):  # a statement of the chapter
            self.all(v.label, v.lhs, v.rhs, v.relation, getattr(v, "code", None), getattr(v, "wrong", None))
        elif getattr(v, "__dict__", None) is not None:
            self.all(vars(v))
        else:
            raise Unkeyed(f"{type(v).__qualname__} has no content that can be told")

    def _callable(self, v: Any) -> None:
        self.put(getattr(v, "__module__", ""), getattr(v, "__qualname__", v.__class__.__name__), str(v.__name__))
        if isinstance(v, (types.MethodType, types.BuiltinFunctionType)):
            owner = v.__self__
            self.all(None if isinstance(owner, types.ModuleType) else owner, getattr(v, "__func__", None))
        elif isinstance(v, type):
            if v.__module__ in OWN:
                self.all(*v.__bases__, *(part for name, part in vars(v).items() if not _made(name)))
        elif isinstance(v, types.FunctionType):
            cells = [cell.cell_contents for cell in v.__closure__ or ()]
            self.all(v.__defaults__, v.__kwdefaults__, *cells)
            if v.__module__ in OWN:
                self.add(v.__code__)
                for name in sorted(_read(v.__code__) & v.__globals__.keys()):
                    self.put(name)
                    self.add(v.__globals__[name])

    def _expression(self, e: Any) -> None:
        if isinstance(e, sp.Dummy):
            self.put(e.name, sorted(e.assumptions0.items()))
        elif isinstance(e, sp.Symbol):
            self.names.add(e.name)
            self.put(e.name, sorted(e.assumptions0.items()))
        elif isinstance(e, AppliedVector):
            self.names.add(e.head)
            self.all(e.head, e.shape, *e.arguments)
        elif isinstance(e, sp.MatrixBase):
            self.all(e.shape, *e)
        else:
            if isinstance(e, sp.core.function.AppliedUndef):
                self.names.add(e.func.__name__)
                self.put(e.func.__name__, sorted(getattr(e.func, "_kwargs", {}).items()))
            if not e.args:
                self.put(sp.srepr(e))
            for a in e.args:
                if isinstance(e, (sp.MatrixSymbol, sp.IndexedBase)) and isinstance(a, (str, sp.core.symbol.Str)):
                    self.names.add(str(a))
            self.all(*e.args)


def _made(name: str) -> bool:
    return name in ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__", "__firstlineno__")


def _read(code: types.CodeType) -> set[str]:
    """Names that code reads from globals, or attributes of the same names; that of functions inside it too."""
    inside = [_read(c) for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*inside)


def digest_of(v: Any) -> str:
    d = Digest()
    d.add(v)
    return d.hex()


def key_of(what: Any, meanings: Mapping[Any, Any], functions: Mapping[str, Any] = NONE) -> str:
    """The key of the evidence for ``what``, a claim or all parts of another statement; raises :class:`Unkeyed`.

    ``functions``: code by the name of what it runs; what ``what`` does not name does not count.
    """
    d = Digest()
    d.put(os.environ.get("BOOK_SEED", "0"))
    d.add(what)
    left = dict(meanings)
    while True:  # what is said of a name may hold further names
        found = [name for name in left if _name(name) in d.names]
        if not found:
            break
        for name in sorted(found, key=_name):
            d.all(_name(name), left.pop(name))
    for table in (constraints, laws, extents, ranges):
        d.all(*((_name(s), said) for s, said in table.items() if _name(s) in d.names))
    for heads in (SEQUENCES, INDEXED, RANDOM_HEADS):
        d.put(sorted(heads & d.names))
    for name in sorted(functions.keys() & d.names):
        d.all(name, functions[name])
    return d.hex()


def _name(e: Any) -> str:
    return e if isinstance(e, str) else str(getattr(e, "name", e))


@functools.cache
def _earlier(path: str) -> dict[str, dict[str, Any]]:
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


@dataclass
class Memory:
    """What this process found and may hand on, by key, and how much of it an earlier one had found."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: int = 0


memory = Memory()


def remembered(
    what: Any, meanings: Mapping[Any, Any], find: Callable[[], dict[str, Any]], functions: Mapping[str, Any] = NONE
) -> dict[str, Any]:
    """What ``find`` finds, now or earlier; only what passed, and changed nothing that it reads, stands."""
    key = _key(what, meanings, functions)
    earlier = _earlier(os.environ.get("CLAIMS_EVIDENCE", "")).get(key)
    if earlier is not None:
        memory.found[key] = earlier
        memory.kept += 1
        return json.loads(json.dumps(earlier))
    found = find()
    if key and not found["failures"] and _key(what, meanings, functions) == key:
        times = {name: 0.0 for name in ("cpu", "evidence_cpu") if name in found}
        memory.found[key] = json.loads(json.dumps(found | times))
    return found


def handed_over() -> dict[str, Any]:
    """What the press takes from a process."""
    return vars(memory)


def _key(what: Any, meanings: Mapping[Any, Any], functions: Mapping[str, Any]) -> str:
    try:
        return key_of(what, meanings, functions)
    except (Unkeyed, ValueError, RecursionError):  # ValueError: a cell that is still empty
        return ""
