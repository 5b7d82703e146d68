"""Sphinx extension: makes a plain `jupyter-book build .` as right as `make book`.

jupyter-cache knows a chapter by its code alone, and would show the verdicts of yesterday's modules, data and packages.
So chapters that do not stand are executed here, by the same execution as `claims build`, and the ledger is written,
before Sphinx reads the first page. With CLAIMS_PLAIN=1 it does nothing, and MyST-NB executes what it thinks it must
(the benchmark compares with that).
"""

from __future__ import annotations

import os
from pathlib import Path


def up_to_date(app, config) -> None:
    if os.environ.get("CLAIMS_RENDERING") or os.environ.get("CLAIMS_PLAIN"):
        return
    from sphinx.errors import ExtensionError

    from . import book, render, takeaway
    from .ledger import ledger as make_ledger
    from .project import Project, commit, dump, write_atomic
    from .sources import read_book

    project = Project(app.srcdir)
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(commit(project.root)[1]))
    read = read_book(project)
    stored, outcomes = book.execute_stale(project, read, book.seed())
    runs, records, problems = book.judge(read, stored, outcomes)
    problems = read.problems + takeaway.check(project, read.chapters) + problems
    if problems:
        raise ExtensionError("the book does not stand:\n" + "\n".join(f"  {p}" for p in problems))
    current = {c.slug: (c, stored[c.slug]) for c in read.chapters}
    render.prepare(project.jupyter_cache, current)
    write_atomic(project.ledger, dump(make_ledger(runs, records, read.articles, book.seed()), ordered=True))

    def finished(app, exception) -> None:
        if exception is None and app.builder.name == "html":
            render.beside(project, Path(app.outdir), current)

    app.connect("build-finished", finished)
    # Sphinx knows a page by its text alone, and would keep the verdict that it showed before a module or data changed
    app.connect("env-get-outdated", lambda app, env, added, changed, removed: sorted(env.found_docs))


def setup(app) -> dict:
    app.connect("config-inited", up_to_date, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
