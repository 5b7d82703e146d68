"""Sphinx extension: makes a plain `jupyter-book build .` as right as `make book`.

jupyter-cache knows a chapter by its code alone, and would show the verdicts of yesterday's modules, data and packages.
So chapters that do not stand are executed here, by the same execution as `claims build`, and the ledger is written,
before Sphinx reads the first page. With CLAIMS_PLAIN=1 it does nothing, and MyST-NB executes what it thinks it must
(the benchmark compares with that).
"""

from __future__ import annotations

import os
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform


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


class Elsewhere(SphinxPostTransform):
    """Links to pages and equations that are not rendered this time, where one chapter is rendered alone: their text."""

    default_priority = 5

    def run(self, **kwargs) -> None:
        if not os.environ.get("CLAIMS_ALONE"):
            return
        labels = os.environ["CLAIMS_ALONE"].split()
        for ref in list(self.document.findall(addnodes.pending_xref)):
            to_page = ref.get("reftype") == "doc" or (ref.get("reftype"), ref.get("refdomain")) == ("myst", "doc")
            if to_page and (docname := self.docname(ref)) and docname not in self.env.found_docs:
                ref.replace_self(ref[0].deepcopy())
            elif ref.get("reftype") in ("eq", "numref", "ref") and ref["reftarget"] in labels:
                ref.replace_self(nodes.literal("", ref["reftarget"]))

    def docname(self, ref) -> str | None:
        """The page of the book that a link means; None if there is none."""
        target = ref["reftarget"]
        if ref["reftype"] == "doc":
            target = os.path.normpath(os.path.join(os.path.dirname(ref.get("refdoc", self.env.docname)), target))
        found = any((Path(self.env.srcdir) / f"{target}{suffix}").is_file() for suffix in (".md", ".ipynb", ".rst"))
        return target if found else None


def setup(app) -> dict:
    app.add_post_transform(Elsewhere)
    app.connect("config-inited", up_to_date, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
