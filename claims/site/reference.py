"""The author's reference: what a chapter may call, made from the docstrings of the package, which are read and not
imported."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from . import html as h
from .places import Site

PACKAGE = Path(__file__).resolve().parents[1]
GROUPS = {
    "Verbs": (
        "verbs.py", "defining.py", "hypotheses.py", "errata.py", "counterexamples.py", "experiments.py", "results.py",
        "workings.py", "case.py", "reading.py",
    ),
    "Words of a claim": ("declare.py",),
    "Symbols": ("say/*.py",),
    "Operators": ("say/*.py",),
    "Measurements": ("measure/*.py",),
    "Residuals and steps of a proof": ("prove/*.py",),
    "Tactics": ("prove/*.py",),
}
SYMBOLS = {"say.symbols", "say.declared", "say.heads"}
GROUP = Template('<section id="$anchor"><h2 class="claim-h">$name</h2>$entries</section>')
ENTRY = Template(
    '<details class="claim-fold claim-reference" id="reference-$name"><summary><code>$name</code> $first'
    "</summary><p><code>$signature</code></p>$body</details>"
)
MARK = re.compile(r":(?:func|class|data|mod|math|meth):`~?([^`]+)`")


def reference(site: Site, here: str) -> str:
    """Verbs, words, symbols, operators, measurements, steps and tactics: signature, meaning, an example that runs."""
    out = []
    for name in GROUPS:
        entries = "".join(entry(*found) for found in documented(name))
        out.append(GROUP.substitute(anchor="reference-" + name.lower().replace(" ", "-"), name=name, entries=entries))
    return "".join(out)


def documented(group: str) -> Iterator[tuple[str, str, str]]:
    """Name, signature and docstring of what a group holds, in the order of the alphabet."""
    exported = homes()
    for name, node in sorted(_definitions(group), key=lambda found: found[0].lower()):
        tactic = isinstance(node, ast.FunctionDef) and _is_tactic(node)
        if group == "Words of a claim" and isinstance(node, ast.ClassDef) and name in ("Evidence", "Form"):
            yield name, name, ast.get_docstring(node) or ""
        elif group == "Tactics" and tactic:
            yield name, name, ast.get_docstring(node) or ""
        elif group not in ("Tactics", "Words of a claim") and name in exported and not tactic:
            room, symbol = exported[name].partition(".")[0], exported[name] in SYMBOLS
            if group in ("Symbols", "Operators") and ((group == "Symbols") != symbol or room != "say"):
                continue
            if group in ("Measurements", "Residuals and steps of a proof") and room not in ("measure", "prove"):
                continue
            yield name, _signature(name, node), ast.get_docstring(node) or ""


@functools.cache
def homes() -> dict[str, str]:
    """Exported name → module, as the package's own table says."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    table = next(n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "_HOME")
    return {name: module for module, names in ast.literal_eval(table).items() for name in names}


def _definitions(group: str) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    for pattern in GROUPS[group]:
        for path in sorted(PACKAGE.glob(pattern)):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                    yield node.name, node


def _is_tactic(node: ast.FunctionDef) -> bool:
    return any("tactic" in ast.unparse(d) for d in node.decorator_list)


def _signature(name: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        init = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
        if init is None:
            return name
        arguments = [a for a in ast.unparse(init.args).split(", ") if a != "self"]
        return f"{name}({', '.join(a.split(':')[0] + _default(a) for a in arguments)})"
    return f"{name}({_short(node.args)})"


def _default(argument: str) -> str:
    return "=" + argument.rsplit("=", 1)[1] if "=" in argument else ""


def _short(arguments: ast.arguments) -> str:
    """Names and defaults, without types."""
    bare = ast.parse("def f(): pass").body[0].args
    for field in ("posonlyargs", "args", "kwonlyargs"):
        setattr(bare, field, [ast.arg(a.arg) for a in getattr(arguments, field)])
    bare.defaults, bare.kw_defaults = arguments.defaults, arguments.kw_defaults
    bare.vararg = ast.arg(arguments.vararg.arg) if arguments.vararg else None
    bare.kwarg = ast.arg(arguments.kwarg.arg) if arguments.kwarg else None
    return ast.unparse(bare)


def entry(name: str, signature: str, docstring: str) -> str:
    first, _, rest = docstring.partition("\n\n")
    return ENTRY.substitute(
        name=h.escape(name), first=_inline(first), signature=h.escape(signature), body=_blocks(rest)
    )


def _blocks(text: str) -> str:
    """Paragraphs, lists of arguments and examples of a docstring."""
    out = []
    for block in filter(None, (b.strip("\n") for b in text.split("\n\n"))):
        if block.lstrip().startswith(">>>"):
            out.append(f"<pre>{h.escape(block)}</pre>")
        elif re.match(r"\s*(\*|\w[\w, ]*:\n)", block):
            lines = [_inline(line.strip("* ")) for line in re.split(r"\n(?=\s{4}\w|\s*\*)", block)]
            out.append("".join(f"<p>{line}</p>" for line in lines))
        else:
            out.append(f"<p>{_inline(block)}</p>")
    return "".join(out)


def _inline(text: str) -> str:
    text = MARK.sub(lambda m: f"``{m.group(1).removeprefix('claims.')}``", " ".join(text.split()))
    return re.sub(r"``([^`]+)``", r"<code>\1</code>", h.escape(text))
