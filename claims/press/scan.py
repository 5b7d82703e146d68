"""Displayed mathematics that was typed by hand, found in the source of a page.

Every displayed equation must be the output of a verb, so that what is shown is what was verified. Refused: `$$`,
`\\[`, the `{math}` role with `\\displaystyle`, the `{math}` directive, amsmath environments in prose, `\\displaystyle`
in inline mathematics, and in cells `Math`, `Latex` and raw `text/latex` bundles handed to `display`. Inline code and
plain code blocks may speak about them.
"""

from __future__ import annotations

import ast
import re

from .project import Problem

ENVIRONMENTS = r"equation|align|gather|multline|eqnarray|alignat|flalign|displaymath|math|split|aligned|gathered"
PROSE = [
    (re.compile(r"\$\$"), "`$$`"),
    (re.compile(r"(?<!\\)\\\["), r"`\[`"),
    (re.compile(rf"\\begin\{{({ENVIRONMENTS})\*?\}}"), "an amsmath environment"),
    (re.compile(r"\\displaystyle|\\dfrac|\\displaylines"), r"`\displaystyle` in inline mathematics"),
    (re.compile(r"<\s*math\b|<[^>]*\bclass\s*=\s*[\"'][^\"']*\bmath\b", re.I), "a math element in HTML"),
]
FENCE = re.compile(r"^(\s*(?:>\s*)*)(`{3,}|~{3,}|:{3,})(.*)$")
CELL_CALLS = {"Math", "Latex"}


def without_code(line: str) -> str:
    """The line with inline code blanked, roles kept: ``{math}`x` `` is a role, `` `$$` `` is talk about it.

    >>> without_code("type `$$` or {math}`x`")
    'type      or {math}`x`'
    """
    def blank(match: re.Match) -> str:
        return match[0] if match.start() and line[match.start() - 1] == "}" else " " * len(match[0])

    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", blank, line)


def hand_typed(text: str, file: str) -> list[Problem]:
    """Places of a page where displayed mathematics is typed.

    >>> for p in hand_typed("a\\n\\n$$x$$\\n", "book/a.md"): print(p)
    book/a.md:3: displayed mathematics typed by hand (`$$`): show it with a verb, or use inline mathematics
    """
    problems = []

    def report(line: int, what: str, instead: str = "show it with a verb, or use inline mathematics") -> None:
        problems.append(Problem(file, line, f"displayed mathematics typed by hand ({what}): {instead}"))

    stack: list[tuple[str, str]] = []  # open fences: (marker, kind); kind "code" hides what is inside, "prose" does not
    cell: list[str] = []
    cell_line = dollars = 0
    lines = text.splitlines()
    start = 0
    if lines and lines[0].rstrip() == "---":
        start = next((n for n, line in enumerate(lines[1:], 2) if line.rstrip() in ("---", "...")), 0)
    for number, line in enumerate(lines[start:], start + 1):
        fence = FENCE.match(line)
        inside = stack[-1] if stack else None
        if fence:
            marker, info = fence[2], fence[3].strip()
            closes = inside and marker[0] == inside[0][0] and len(marker) >= len(inside[0]) and not info
            if closes:
                stack.pop()
                if inside[1] == "cell":
                    problems.extend(typed_in_cell("\n".join(cell), file, cell_line))
                continue
            if not (inside and inside[1] in ("code", "cell")):
                directive = re.match(r"\{([\w:.-]+)\}", info)
                name = directive[1] if directive else ""
                if name in ("math", "prf:math", "nb-exec-table") and name != "nb-exec-table":
                    report(number, "`{math}` directive")
                    stack.append((marker, "code"))
                elif name == "code-cell":
                    cell, cell_line = [], number + 1
                    stack.append((marker, "cell"))
                elif marker[0] == ":" and not name:
                    stack.append((marker, "prose"))
                elif name in ("code", "code-block", "raw", "literalinclude", "mermaid", "sourcecode") or not name:
                    stack.append((marker, "code"))
                    if name == "raw":
                        stack[-1] = (marker, "prose")
                else:
                    stack.append((marker, "prose"))
                continue
        if inside and inside[1] == "cell":
            cell.append(line)
        elif inside and inside[1] == "code":
            continue
        else:
            plain = without_code(line)
            opened, dollars = dollars, (dollars + plain.count("$$")) % 2
            if opened and plain.strip() == "$$":  # the end of what was reported at its beginning
                continue
            for pattern, what in PROSE:
                if pattern.search(plain):
                    report(number, what)
                    break
    return problems


def typed_in_cell(source: str, file: str, line: int) -> list[Problem]:
    """Calls of `Math`, `Latex` and raw LaTeX bundles in a code cell whose text begins at `line`."""
    problems = []
    body = (re.sub(r"\A(---\n.*?\n---\n|(?::[\w-]+:[^\n]*\n?)+)", lambda m: "\n" * m[0].count("\n"), source, flags=re.S)
            if source.startswith((":", "---")) else source)
    body = "\n".join("" if text.lstrip().startswith(("%", "!")) else text for text in body.split("\n"))
    magic = re.search(r"^%%(latex|html|markdown|javascript)\b", source, re.M)
    if magic:
        problems.append(Problem(file, line + source[:magic.start()].count("\n"),
                                "displayed mathematics typed by hand (cell magic): show it with a verb"))
    try:
        tree = ast.parse(body)
    except (SyntaxError, ValueError):
        return problems
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = (node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    if isinstance(node.func, ast.Attribute) else "")
            if name in CELL_CALLS:
                said = f"displayed mathematics typed by hand (`{name}` in a cell): show it with a verb"
                problems.append(Problem(file, line + node.lineno - 1, said))
            if name in ("init_printing", "display_latex"):
                problems.append(Problem(file, line + node.lineno - 1,
                                        f"`{name}` displays equations that nothing verified: show them with a verb"))
        if isinstance(node, ast.Constant) and node.value == "text/latex":
            problems.append(Problem(file, line + node.lineno - 1,
                                    "displayed mathematics typed by hand (a `text/latex` bundle in a cell): show "
                                    "it with a verb"))
    return problems
