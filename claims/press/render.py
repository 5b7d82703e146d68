"""Pages from the execution cache, afresh into a staging folder, then put in place whole."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import io
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from . import notebooks, store, wheel
from .disk import DISK
from .project import Problem, Project, commit, dump, write_atomic
from .sources import Chapter, is_chapter, quick_json_schema, toc_files, yaml_file
from .sources import pages as book_pages

REDIRECT = ('<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{page}</title>'
            '<meta http-equiv="refresh" content="0; url={page}"></head>'
            '<body><a href="{page}">{page}</a></body></html>\n')
WARNING = re.compile(r"^(?P<path>.*?\.\w+)(?::(?P<line>\d+))?: (?:WARNING|ERROR|CRITICAL|SEVERE): (?P<text>.*)$")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def staging(project: Project) -> Path:
    return project.build / "staging"


def prepare(cache: Path, runs: dict[str, tuple[Chapter, dict]]) -> None:
    """Bring a jupyter-cache folder in line with the store."""
    store.into_jupyter_cache(cache, {slug: (chapter, store.executed(chapter, body["cells"], body["language"]))
                                     for slug, (chapter, body) in runs.items()})


def render(project: Project, runs: dict[str, tuple[Chapter, dict]], ledger: dict) -> list[Problem]:
    """Render the book into the staging folder; problems if anything was wrong.

    runs: slug → (chapter, stored run).
    """
    stage = staging(project)
    shutil.rmtree(stage, ignore_errors=True)
    prepare(project.jupyter_cache, runs)
    return pages(project, stage, project.jupyter_cache, project.root / "_toc.yml", runs, ledger)


def one(project: Project, chapter: Chapter, body: dict, ledger: dict,
        labels: Iterable[str] = ()) -> tuple[Path, list[Problem]]:
    """Render one chapter alone, into a folder of its own, so that it can be read while the others do not stand: (page,
    warnings). labels: of the equations in other chapters."""
    stage = project.build / "chapter" / chapter.slug
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    toc = stage / "_toc.yml"
    toc.write_text(toc_with(project, chapter), encoding="utf-8")
    runs = {chapter.slug: (chapter, body)}
    prepare(stage / "cache", runs)
    os.environ["CLAIMS_ALONE"] = " ".join(labels) or "-"
    try:
        problems = pages(project, stage, stage / "cache", toc, runs, ledger)
    finally:
        del os.environ["CLAIMS_ALONE"]
    return stage / "html" / f"{chapter.docname}.html", problems


def toc_with(project: Project, chapter: Chapter) -> str:
    """The table of contents without the other chapters: the pages about the evidence stay, so that links to them
    hold."""
    import yaml

    others = {project.relative(path).rsplit(".", 1)[0]
              for path in book_pages(project) if is_chapter(path.read_text(encoding="utf-8"))} - {chapter.docname}

    def without(node):
        if isinstance(node, list):
            return [kept for item in node if (kept := without(item)) is not None]
        if not isinstance(node, dict):
            return node
        if re.sub(r"\.(md|ipynb|rst)\Z", "", str(node.get("file", ""))) in others:
            return None
        kept = {key: without(value) for key, value in node.items()}
        return None if any(kept.get(key) == [] for key in ("chapters", "sections", "entries")) else kept

    toc = without(yaml_file(project.root / "_toc.yml", "_toc.yml"))
    if chapter.docname not in dict(toc_files(project)):
        mine = {"file": chapter.docname}
        if "chapters" in toc:
            toc["chapters"].append(mine)
        else:
            toc.setdefault("parts", []).append({"numbered": True, "chapters": [mine]})
    return yaml.safe_dump(toc, allow_unicode=True, sort_keys=False)


def pages(project: Project, stage: Path, cache: Path, toc: Path, runs: dict[str, tuple[Chapter, dict]],
          ledger: dict) -> list[Problem]:
    """Sphinx's pages, the notebooks to download and the wheel, into `stage/html`; the ledger beside it."""
    stage.mkdir(parents=True, exist_ok=True)
    (stage / "ledger.json").write_text(dump(ledger, ordered=True), encoding="utf-8")
    problems = sphinx(project, stage, cache, toc)
    out = stage / "html"
    if not out.is_dir():
        return problems or [Problem("", 0, "rendering gave no pages")]
    beside(project, out, runs)
    return problems


def beside(project: Project, out: Path, runs: dict[str, tuple[Chapter, dict]]) -> None:
    """What Sphinx does not write: the front page's redirect, the notebooks and the wheel."""
    root = toc_files(project)[0][0]
    if root != "index":
        (out / "index.html").write_text(REDIRECT.format(page=f"{root}.html"), encoding="utf-8")
    folder = out / "_notebooks"
    folder.mkdir(exist_ok=True)
    for slug, (chapter, body) in runs.items():
        (folder / f"{slug}.ipynb").write_text(notebooks.text(chapter, body), encoding="utf-8")
    name, data = wheel.wheel(project.root / "data")
    (folder / name).write_bytes(data)
    (out / ".buildinfo").unlink(missing_ok=True)
    (out / ".nojekyll").touch()


def quick_plugins() -> None:
    """Let pybtex look for each of its plugins once: it searches all installed packages anew for every reference."""
    try:
        from pybtex import plugin
    except ImportError:
        return
    if not hasattr(plugin._load_entry_point, "cache_info"):
        plugin._load_entry_point = functools.cache(plugin._load_entry_point)


def sphinx(project: Project, stage: Path, cache: Path, toc: Path) -> list[Problem]:
    """Run Sphinx as `jupyter-book build` sets it up, every warning an error. Nothing is executed here."""
    quick_json_schema()
    quick_plugins()
    os.environ["SOURCE_DATE_EPOCH"] = str(commit(project.root)[1])
    os.environ["CLAIMS_RENDERING"] = "1"
    from jupyter_book.sphinx import build_sphinx
    from myst_nb.core.execute import cache as execution

    def refuse(notebook, *args, **kwargs):
        title = next((line.lstrip("# ")
                      for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("# ")),
                      "without a title")
        raise RuntimeError(
            f"rendering found no run of the chapter {title!r} as it stands: it was changed while the book was "
            f"built, or its cells are hidden in a directive; run make again")

    execution.single_nb_execution = refuse
    config = project.root / "_config.yml"
    settings = yaml_file(config, "_config.yml") if config.exists() else {}
    override = ({"claims_ledger": str(stage / "ledger.json")}
                if "claims.site" in ((settings.get("sphinx") or {}).get("extra_extensions") or []) else {})
    heard = io.StringIO()
    before = os.getcwd()
    path = list(sys.path)
    try:
        sys.path.insert(0, str(project.root))
        with contextlib.redirect_stderr(heard), contextlib.redirect_stdout(heard):
            status = build_sphinx(
                str(project.root), str(stage / "html"), noconfig=True,
                path_config=str(config) if config.exists() else None,
                confoverrides={
                    "external_toc_path": str(toc), "latex_individualpages": False,
                    "nb_execution_mode": "cache", "nb_execution_cache_path": str(cache), **override,
                },
                doctreedir=str(stage / "doctrees"), freshenv=True, warningiserror=True, keep_going=True, quiet=True)
    finally:
        os.chdir(before)
        sys.path[:] = path
        os.environ.pop("CLAIMS_RENDERING", None)
    text = ANSI.sub("", heard.getvalue())
    problems = []
    for line in text.splitlines():
        match = WARNING.match(line)
        if match:
            problems.append(Problem(project.relative(match["path"]), int(match["line"] or 0),
                                    f"rendering: {match['text']}"))
        elif re.match(r"\s*(WARNING|ERROR|CRITICAL): ", line):
            problems.append(Problem("", 0, f"rendering: {line.split(': ', 1)[1]}"))
    refused = re.search(rf"\[Errno ({'|'.join(map(str, DISK))})\] ", text)
    if status != 0 and refused:
        raise OSError(int(refused[1]), "", project.relative(stage))
    if status != 0 and not problems:
        tail = " | ".join(line for line in text.splitlines() if line.strip())[-600:]
        problems.append(Problem("", 0, f"rendering failed: {tail or status}"))
    return problems


def recover(project: Project) -> None:
    """Put back the last good site if a build was killed between taking it away and putting the new one there."""
    old = project.build / "html.old"
    if old.is_dir() and not project.html.exists():
        old.rename(project.html)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(staging(project), ignore_errors=True)


def publish(project: Project) -> None:
    """Put the staged ledger and its site in place, the ledger first: no site stands beside an older one."""
    stage, old = staging(project), project.build / "html.old"
    write_atomic(project.ledger, (stage / "ledger.json").read_bytes())
    if not exchanged(stage / "html", project.html):
        shutil.rmtree(old, ignore_errors=True)
        if project.html.exists():
            project.html.rename(old)
        (stage / "html").rename(project.html)
        shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(stage, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places at once; False where there are not two, or the system cannot do it."""
    library = ctypes.CDLL(None) if os.name == "posix" else None
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):  # Linux: AT_FDCWD, RENAME_EXCHANGE
        return library.renameat2(-100, paths[0], -100, paths[1], 2) == 0
    if hasattr(library, "renamex_np"):  # macOS: RENAME_SWAP
        return library.renamex_np(*paths, 2) == 0
    return False
