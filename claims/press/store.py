"""Executed chapters: one file each, whole or absent, with what the run depended on and a digest of itself.

jupyter-cache's own entries are derived from here before every rendering: its keys know the code alone, its files are
not written atomically, and the tags and captions of a cell are part of its key although they change nothing that is
computed.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from . import deps
from .kept import author
from .project import BuildError, Problem, Project, digest, dump, load, part, state, write_atomic
from .sources import Chapter, quick_json_schema

FORMAT = 3
TIMES = {"seconds", "cpu", "evidence_cpu"}


def record_of(output: dict) -> dict | None:
    """The record that an output carries, None if it carries none."""
    metadata = output.get("metadata") or {}
    for holder in (metadata.get("text/html"), metadata):
        if isinstance(holder, dict) and isinstance(holder.get("claims"), dict):
            return holder["claims"]
    return None


def without_times(value):
    """A record without anything that belongs to one run only: times, and what its evidence was kept by."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in TIMES}
    if isinstance(value, list):
        return [without_times(v) for v in value]
    return value


def times_of(cells: list[dict]) -> dict[str, float]:
    """CPU seconds of each record, and of its evidence beyond the trial, by label."""
    found = {}
    for cell in cells:
        for output in cell["outputs"]:
            record = record_of(output)
            if record and "label" in record:
                found[record["label"]] = {k: round(float(record[k]), 4)
                                          for k in ("cpu", "evidence_cpu") if isinstance(record.get(k), (int, float))}
    return found


def clean_cells(notebook) -> list[dict]:
    """Code cells of an executed notebook as they are stored: source and outputs, no times, no ids."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        outputs = []
        for output in cell.outputs:
            output = plain(output)
            output.pop("transient", None)
            record = record_of(output)
            if record is not None:
                output["metadata"]["text/html"] = {**output["metadata"].get("text/html", {}),
                                                   "claims": without_times(record)}
                output["metadata"].pop("claims", None)
            outputs.append(output)
        cells.append({"source": cell.source, "outputs": outputs, "execution_count": cell.execution_count})
    return cells


def plain(value):
    """Notebook nodes as plain dictionaries."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def path(project: Project, slug: str, seed: int = 0) -> Path:
    return project.store / (f"{slug}.json" if seed == 0 else f"{slug}.seed{seed}.json")


def save(project: Project, chapter: Chapter, inputs: dict, cells: list[dict], language: dict, seed: int,
         kept: int = 0) -> dict:
    body = {"format": FORMAT, "slug": chapter.slug, "inputs": inputs, "cells": cells, "language": language}
    body |= {"kept": kept} if kept else {}
    write_atomic(path(project, chapter.slug, seed),
                 dump({"body": body, "sha256": digest(dump(body, ordered=True))}, ordered=True))
    return body


def read(project: Project, slug: str, seed: int = 0) -> dict | None:
    """A stored run; None if there is none or if it is damaged."""
    stored = load(path(project, slug, seed))
    if not isinstance(stored, dict) or not isinstance(stored.get("body"), dict):
        return None
    body = stored["body"]
    return body if stored.get("sha256") == digest(dump(body, ordered=True)) and body.get("format") == FORMAT else None


def current(project: Project, chapter: Chapter, seed: int,
            versions: dict[str, str] | None = None) -> tuple[dict | None, str | None]:
    """The stored run that stands for the chapter as it is now, or None and the reason why there is none."""
    body = read(project, chapter.slug, seed)
    if body is None:
        return None, "damaged cache entry" if path(project, chapter.slug, seed).exists() else None
    reason = deps.stale(project, chapter, body["inputs"], seed, versions)
    if not reason and body.get("kept") and not author():
        reason = "evidence kept from an author's earlier run"
    return (None, reason) if reason else (body, None)


def sweep(project: Project, slugs: set[str]) -> None:
    """Forget runs and times of chapters that the book has no longer."""
    for file in project.store.glob("*.json"):
        if file.name.partition(".")[0] not in slugs:
            file.unlink(missing_ok=True)
    times = state(project.times)
    timed = part(times, "chapters")
    if timed.keys() - slugs:
        times["chapters"] = {slug: time for slug, time in timed.items() if slug in slugs}
        write_atomic(project.times, dump(times))


def show_anew(record: dict, data: dict) -> dict:
    """The bundle of a record as it is shown today; as it was stored if the record is not the engine's."""
    if record.get("foreign"):
        return data
    from claims.say.display import mimebundle

    return {**data, **mimebundle(record)}


def executed(chapter: Chapter, cells: list[dict], language: dict | None, labels: dict[str, dict] | None = None):
    """The chapter's notebook with prose as written and outputs as stored; records displayed anew."""
    quick_json_schema()
    import copy

    import nbformat

    notebook = copy.deepcopy(chapter.notebook)
    stored = iter(cells)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        run = next(stored, None)
        if run is None:
            continue
        outputs = []
        for output in run["outputs"]:
            output = copy.deepcopy(output)
            record = record_of(output)
            if record is not None:
                output["data"] = show_anew(record, output["data"])
            outputs.append(nbformat.from_dict(output))
        cell.outputs = outputs
        cell.execution_count = run["execution_count"]
    if language:
        notebook.metadata["language_info"] = language
    return notebook


def cache_hash(notebook) -> str:
    from jupyter_cache.cache.main import JupyterCacheBase

    return JupyterCacheBase("unused").create_hashed_notebook(notebook)[1]


def forget(project: Project, chapter: Chapter) -> None:
    """Take a chapter's entry out of jupyter-cache, so that nothing can show a run that no longer stands."""
    shutil.rmtree(project.jupyter_cache / "executed" / cache_hash(chapter.notebook), ignore_errors=True)
    if not (project.jupyter_cache / "global.db").exists():
        return
    from jupyter_cache.cache.db import NbCacheRecord
    from jupyter_cache.cache.main import JupyterCacheBase

    cache = JupyterCacheBase(project.jupyter_cache)
    try:
        NbCacheRecord.remove_record(NbCacheRecord.record_from_hashkey(cache_hash(chapter.notebook), cache.db).pk,
                                    cache.db)
    except KeyError:
        pass
    except Exception:
        shutil.rmtree(project.jupyter_cache, ignore_errors=True)


def into_jupyter_cache(folder: Path, notebooks: dict[str, tuple[Chapter, object]]) -> None:
    """Make jupyter-cache hold exactly these executed notebooks; whatever is damaged or left over there goes.

    notebooks: slug → (chapter, executed notebook).
    """
    from jupyter_cache.base import CacheBundleIn
    from jupyter_cache.cache.db import NbCacheRecord
    from jupyter_cache.cache.main import JupyterCacheBase
    from sqlalchemy.exc import SQLAlchemyError

    def fill() -> None:
        import nbformat

        cache = JupyterCacheBase(folder)
        present = {record.hashkey for record in cache.list_cache_records()}
        for chapter, notebook in notebooks.values():
            hashed, key = cache.create_hashed_notebook(notebook)
            file = folder / "executed" / key / "base.ipynb"
            wanted = nbformat.writes(hashed, nbformat.NO_CONVERT)
            ids = re.compile(r'"id": "[^"]*"')
            try:
                same = key in present and ids.sub("", file.read_text(encoding="utf-8")) == ids.sub("", wanted)
            except (OSError, UnicodeDecodeError):
                same = False
            if not same:
                cache.cache_notebook_bundle(CacheBundleIn(notebook, str(chapter.path), data={"execution_seconds": 0.0}),
                                            check_validity=False, overwrite=True)
            present.discard(key)
        for key in present:
            NbCacheRecord.remove_record(NbCacheRecord.record_from_hashkey(key, cache.db).pk, cache.db)
            shutil.rmtree(folder / "executed" / key, ignore_errors=True)

    try:
        fill()
    except Exception:  # whatever a damaged data base makes SQLAlchemy raise
        shutil.rmtree(folder, ignore_errors=True)
        try:
            fill()
        except SQLAlchemyError as error:
            said = f"the cache of runs cannot be written: {error.args[0]}. Make room, or let the folder be written to"
            raise BuildError(Problem(str(folder), 0, f"{said}, and run it again")) from None
