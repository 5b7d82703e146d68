"""What a chapter depends on, found: modules it imported, files it read, packages it used, and the digests of all of
them."""

from __future__ import annotations

import ast
import functools
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from . import env
from .project import Project, digest, file_digest

PACKAGE = Path(__file__).resolve().parents[1]
DISPLAY = ("claims/site/", "claims/press/", "claims/cli.py", "claims/__main__.py", "claims/say/display.py")
"""Modules that decide how evidence is shown, never what it is: a change of them runs no chapter (outputs are shown
anew from the records)."""


def locate(project: Project, name: str) -> Path:
    """File of a fingerprint's entry: inside the book, or in this package when that lives elsewhere."""
    inside = project.root / name
    return PACKAGE.parent / name if name.startswith("claims/") and not inside.exists() else inside


def entry(project: Project, path: str | Path) -> str | None:
    """Name of a file in a fingerprint; None for files that are not part of the book."""
    path = Path(path)
    for base in (project.root, PACKAGE.parent):
        if path.is_relative_to(base):
            relative = path.relative_to(base).as_posix()
            if base == project.root:
                made = relative.startswith((".venv/", "_build/")) or ".egg-info/" in relative
                return None if made else relative
            return relative if relative.startswith("claims/") else None
    return None


def state_of(path: Path) -> str | None:
    """Digest of a file, or of the names in a folder; None if there is nothing."""
    if path.is_dir():
        return digest("\n".join(sorted(p.name for p in path.iterdir() if p.name != "__pycache__")))
    return file_digest(path)


def static_modules(project: Project, sources: list[str], folder: Path) -> set[Path]:
    """Files of the book that the sources import as written, transitively."""
    seen: set[Path] = set()
    queue = [(source, folder) for source in sources]
    while queue:
        source, here = queue.pop()
        try:
            tree = ast.parse("\n".join("" if line.lstrip().startswith(("%", "!")) else line
                                       for line in source.splitlines()))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            names: list[str] = []
            base = None
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                if node.level:
                    base = here
                    for _ in range(node.level - 1):
                        base = base.parent
                stem = node.module or ""
                names = [stem, *(f"{stem}.{alias.name}".strip(".") for alias in node.names)]
            for name in names:
                parts = [p for p in name.split(".") if p]
                for top in ([base] if base else [here, folder, project.root, PACKAGE.parent]):
                    for depth in range(1, len(parts) + 1):
                        stem_path = top.joinpath(*parts[:depth])
                        for candidate in (stem_path.with_suffix(".py"), stem_path / "__init__.py"):
                            if candidate.is_file() and candidate not in seen and entry(project, candidate):
                                seen.add(candidate)
                                queue.append((candidate.read_text(encoding="utf-8"), candidate.parent))
    return seen


@functools.cache
def providers() -> Mapping[str, list[str]]:
    """Top-level name → distributions that provide it, looked up once in a build: it reads a file of every distribution
    there is."""
    from importlib.metadata import packages_distributions

    return packages_distributions()


def packages(names: list[str]) -> dict[str, str]:
    """Installed versions of the distributions that provide the imported top-level names."""
    have = installed()
    found = {env.canonical(d) for name in names for d in providers().get(name, ())}
    return {name: have[name] for name in sorted(found) if name in have and name != "claims"}


def installed() -> dict[str, str]:
    """Versions of everything importable here, local suffixes kept: another build of torch may round differently."""
    found: dict[str, str] = {}
    for folder in reversed(sys.path):
        if folder.endswith(("site-packages", "dist-packages")):
            found.update(env.installed(Path(folder)))
    return found


def importable(project: Project, folder: Path, names: list[str]) -> list[str]:
    """Modules in the chapter's folder and in the root that the imported names could mean: a new one would be taken
    instead of the one that was."""
    wanted = set(names)
    found = set()
    for place in (folder, project.root):
        try:
            entries = sorted(os.scandir(place), key=lambda e: e.name)
        except OSError:
            continue
        for one in entries:
            stem = one.name[:-3] if one.name.endswith(".py") else one.name
            if stem in wanted and (one.name.endswith(".py") or (Path(one.path) / "__init__.py").exists()):
                found.add(project.relative(one.path))
    return sorted(found)


def fingerprint(project: Project, chapter, report: dict, seed: int, began: float = float("inf")) -> dict:
    """Everything the run in `report` depended on, with digests.

    began: time of day when it began; a file that changed since stands for nothing, and the next build runs the chapter
    again.
    """
    modules = set(map(Path, report["modules"]))
    if report["spawned"]:
        modules |= static_modules(project, [cell.source for cell in chapter.cells], chapter.path.parent)
    files = {}
    for path in [*modules, *map(Path, report["read"])]:
        name = entry(project, path)
        if name and not name.startswith(DISPLAY):
            changed = path.exists() and path.stat().st_mtime > began
            files[name] = "changed while the chapter ran" if changed else state_of(path)
    return {
        "code": chapter.code_key,
        "folder": project.relative(chapter.path.parent),
        "names": report["names"],
        "importable": importable(project, chapter.path.parent, report["names"]),
        "seed": seed,
        "python": sys.version.split()[0],
        "files": dict(sorted(files.items())),
        "packages": packages(report["names"]),
    }


def stale(project: Project, chapter, inputs: dict, seed: int, versions: dict[str, str] | None = None) -> str | None:
    """Why a stored run does not stand for the chapter any more; None if it does."""
    if inputs.get("code") != chapter.code_key:
        return "its code changed"
    if inputs.get("folder") != project.relative(chapter.path.parent):
        return "moved to another folder"
    if inputs.get("importable") != importable(project, chapter.path.parent, inputs.get("names", [])):
        return "another module of the same name"
    if inputs.get("seed") != seed:
        return "another seed"
    if inputs.get("python") != sys.version.split()[0]:
        return "another Python"
    versions = installed() if versions is None else versions
    for name, version in inputs.get("packages", {}).items():
        if versions.get(name) != version:
            return f"{name} {version} is now {versions.get(name, 'missing')}"
    for name, sha in inputs.get("files", {}).items():
        if state_of(locate(project, name)) != sha:
            return f"{name} changed"
    return None
