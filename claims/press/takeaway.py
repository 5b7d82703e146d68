"""`claims.takeaway`: the chapters' functions to take away as modules that import numpy, scipy and torch only.

A function or class with a docstring in a cell tagged `takeaway` is one of them; what it uses comes along, from other
cells tagged so and from the chapter's imports. The modules are made by `make takeaway`, and the build complains when
they are not what the chapters say.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import re
import symtable
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .project import BuildError, Problem, Project, write_atomic
from .sources import Cell, Chapter

TAG = "takeaway"
ALLOWED = {"numpy", "scipy", "torch", *sys.stdlib_module_names}
DEFINES = (ast.FunctionDef, ast.ClassDef)
MODULE = '''"""Functions to take away from the chapter "{title}".

Made by `make {tag}` from {file}; change them there.
"""

{imports}


{body}
'''
PACKAGE = '''"""Functions to take away, by name: `from claims.takeaway import {example}`.

Made by `make {tag}` from the cells of the chapters that are tagged `{tag}`; each chapter has a module of its own. A
name is loaded when it is first used, so that torch is needed only for functions that take tensors.
"""

from importlib import import_module
from typing import Any

_HOME = {{
{homes}
}}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    return getattr(import_module(f"{{__name__}}.{{_HOME[name]}}"), name)


def __dir__() -> list[str]:
    return __all__
'''


@dataclass
class Part:
    """A statement at the top level of a tagged cell: what it binds, its text, and the cell that it stands in."""

    node: ast.stmt
    source: str
    cell: Cell
    binds: set[str]

    @property
    def line(self) -> int:
        return self.cell.body_line + first_line(self.node) - 1

    @property
    def doc(self) -> str:
        """The docstring that makes it a function to take away."""
        taken = isinstance(self.node, DEFINES) and not self.node.name.startswith("_")
        return (ast.get_docstring(self.node) or "") if taken else ""

    def uses(self) -> set[str]:
        """Names that it takes from outside, in its examples too."""
        examples = doctest.DocTestParser().get_examples(self.doc)
        return used(self.source) | used("".join(one.source for one in examples))


@dataclass
class Taken:
    """What a chapter gives away: its functions, what they need, and what is wrong with them."""

    chapter: Chapter
    functions: list[Part] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [part.node.name for part in self.functions]

    @property
    def text(self) -> str:
        """The module."""
        return MODULE.format(title=title_of(self.chapter), tag=TAG, file=self.chapter.file,
                             imports="\n".join(self.imports), body="\n\n\n".join(p.source for p in self.parts))


def first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


def bound(node: ast.stmt) -> set[str]:
    if isinstance(node, DEFINES):
        return {node.name}
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return set()


def used(source: str) -> set[str]:
    """Names that a piece of code takes from outside.

    >>> sorted(used("def f(x, n=N):\\n    y = np.sqrt(x)\\n    return [y + z for z in range(n)]"))
    ['N', 'np', 'range']
    """
    def walk(table: symtable.SymbolTable) -> Iterator[str]:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and symbol.is_global() and not symbol.is_assigned():
                yield symbol.get_name()
        for child in table.get_children():
            yield from walk(child)

    return set(walk(symtable.symtable(source, "cell", "exec")))


def names(source: str) -> list[str]:
    """Functions to take away that a tagged cell defines; none if it cannot be read.

    >>> names('N = 2\\n\\ndef f():\\n    "Two."\\n    return N\\n\\ndef helper(): pass')
    ['f']
    """
    tree = Cell(source, {}, 0, 0).tree()
    return [n.name for n in getattr(tree, "body", ())
            if isinstance(n, DEFINES) and not n.name.startswith("_") and ast.get_docstring(n)]


def title_of(chapter: Chapter) -> str:
    from ..site.spoken import readable

    heading = re.search(r"^# (.*)$", chapter.path.read_text(encoding="utf-8"), re.M)
    return readable(re.sub(r"\$(.*?)\$", r"\\(\1\\)", heading[1])) if heading else chapter.slug


def parts_of(chapter: Chapter) -> Iterator[Part]:
    for cell in chapter.cells:
        if TAG not in cell.tags:
            continue
        lines = cell.source.splitlines()
        for node in getattr(cell.tree(), "body", ()):
            yield Part(node, "\n".join(lines[first_line(node) - 1:node.end_lineno]), cell, bound(node))


def imported(chapter: Chapter) -> dict[str, tuple[str, str]]:
    """Name that an import of the chapter binds → (package, statement)."""
    found = {}
    for cell in chapter.cells:
        for node in getattr(cell.tree(), "body", ()):
            if isinstance(node, ast.Import):
                for a in node.names:
                    found[a.asname or a.name.partition(".")[0]] = (a.name, f"import {ast.unparse(a)}")
            elif isinstance(node, ast.ImportFrom) and node.module:
                for a in node.names:
                    found[a.asname or a.name] = (node.module, f"from {node.module} import {ast.unparse(a)}")
    return found


def take(chapter: Chapter) -> Taken:
    """What a chapter gives away."""
    taken = Taken(chapter)
    parts = list(parts_of(chapter))
    taken.functions = [part for part in parts if part.doc]
    for cell in chapter.cells:
        if TAG in cell.tags and not names(cell.source):
            taken.problems.append(Problem(chapter.file, cell.line, f"a cell tagged {TAG} defines no function with a "
                                          "docstring: give the function one, or take the tag away"))
    known, needed, imports = imported(chapter), list(taken.functions), set()
    for part in needed:
        for name in sorted(part.uses()):
            home = next((p for p in parts if name in p.binds), None)
            if home is not None:
                needed += [home] if home not in needed else []
            elif name in known and known[name][0].partition(".")[0] in ALLOWED:
                imports.add(known[name][1])
            elif name in known:
                said = f"uses {name} of {known[name][0]}; functions to take away import numpy, scipy and torch only"
                taken.problems.append(Problem(chapter.file, part.line, f"{label(part)} {said}"))
            elif not hasattr(builtins, name):
                said = f"uses {name!r}, which no import and no cell tagged {TAG} defines: tag the cell that does"
                taken.problems.append(Problem(chapter.file, part.line, f"{label(part)} {said}"))
    taken.parts = [part for part in parts if part in needed]
    top = {line: line.split()[1].partition(".")[0] in sys.stdlib_module_names for line in imports}
    in_order = sorted(imports, key=lambda x: (x.split()[1], x))
    own, others = ([x for x in in_order if top[x] == kind] for kind in (True, False))
    taken.imports = [*own, *[""] * bool(own and others), *others]
    return taken


def label(part: Part) -> str:
    return ", ".join(sorted(part.binds)) or "a statement"


def modules(chapters: list[Chapter]) -> tuple[dict[str, str], list[Problem]]:
    """The package: file name → text, and what is wrong with it."""
    files, homes, problems = {}, {}, []
    for taken in map(take, chapters):
        problems += taken.problems
        for part in taken.functions:
            other = homes.setdefault(part.node.name, taken.chapter.slug)
            if other != taken.chapter.slug:
                said = f"{part.node.name} is also the name of a function to take away from {other}; rename one of them"
                problems.append(Problem(taken.chapter.file, part.line, said))
        if taken.functions:
            files[f"{taken.chapter.slug}.py"] = taken.text
    listed = "\n".join(f'    "{name}": "{slug}",' for name, slug in homes.items())
    files["__init__.py"] = PACKAGE.format(example=next(iter(homes), "name"), tag=TAG, homes=listed)
    return files, problems


def folder(project: Project) -> Path | None:
    """Where the package lies; None for a book that has no `claims` of its own."""
    package = project.root / "claims"
    return package / TAG if (package / "__init__.py").is_file() else None


def check(project: Project, chapters: list[Chapter]) -> list[Problem]:
    """What is wrong with the functions to take away, and modules that are not what the chapters say."""
    files, problems = modules(chapters)
    place = folder(project)
    if problems or place is None:
        return problems
    there = {p.name: p.read_text(encoding="utf-8") for p in place.glob("*.py")} if place.is_dir() else {}
    return [Problem(project.relative(place / name), 0,
                    f"is not what the cells tagged {TAG} say now: run make {TAG}, and commit what it writes")
            for name in sorted(files.keys() | there.keys()) if files.get(name) != there.get(name)]


def write(project: Project) -> int:
    """`make takeaway`: write the modules anew."""
    from .sources import read_book

    files, problems = modules(read_book(project).chapters)
    place = folder(project)
    if problems:
        raise BuildError(problems)
    if place is None:
        raise BuildError(Problem("claims", 0, "this book has no package of its own to write the functions to"))
    for old in place.glob("*.py") if place.is_dir() else ():
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        write_atomic(place / name, text)
    print(f"{len(files) - 1} modules in {project.relative(place)}: {', '.join(sorted(files.keys() - {'__init__.py'}))}")
    return 0
