"""Sphinx extension: the evidence of the book where the reader is.

Reads `_build/ledger.json` (config `claims_ledger`, written by the build before the first page) and puts beside every
displayed equation its badge and card; makes the ledger, graph, errata and notation pages, the chapter's own ledger,
the front page's counters and table; hover previews; downloads.
Nothing here runs a chapter, and no page asks another host for anything.
"""

from __future__ import annotations

from pathlib import Path

from .places import Site


def load(app) -> None:
    """Read the ledger as late as possible: the build writes it before, and names it by an override."""
    root = Path(app.srcdir)
    ledger = Path(app.config.claims_ledger)
    app.claims_site = Site(app, ledger if ledger.is_absolute() else root / ledger, root / "data" / "articles.yml")
    app.set_html_assets_policy("always")


def outdated(app, env, added, changed, removed) -> list[str]:
    """All pages anew when the ledger is not the one that they were written from: verdicts and numbers stand on other
    pages than their own."""
    state = app.claims_site.digest()
    before, env.claims_state = getattr(env, "claims_state", None), state
    return sorted(env.found_docs) if before != state else []


def fold(app, docname: str, source: list[str]) -> None:
    """Marks for the folded blocks that hold code cells."""
    from .nodes import mark_folds

    source[0] = mark_folds(source[0])


def setup(app) -> dict:
    from . import cells, domain, nodes, notation, search, theme, views

    app.add_config_value("claims_ledger", "_build/ledger.json", "")
    app.add_config_value("claims_notebooks_branch", "gh-pages", "html")
    app.add_domain(domain.ClaimsDomain)
    app.add_transform(cells.Evidence)
    app.add_post_transform(domain.ResultReferences)
    app.add_transform(nodes.Folds)
    plain, none = (views.passing, views.leaving), (views.skip, None)
    app.add_node(nodes.claim_equation, html=(views.visit_statement, None), latex=plain, text=plain)
    app.add_enumerable_node(nodes.claim_result, "result", lambda node: node["label"],
                            html=(views.visit_statement, None), latex=plain, text=plain)
    app.add_node(nodes.claim_working, html=(views.visit_working, None), latex=plain, text=plain)
    app.add_node(nodes.claim_behind, html=(views.visit_behind, views.depart_behind), latex=plain, text=plain)
    app.add_node(nodes.claim_view, html=(views.visit_view, None), latex=none, text=none)
    app.add_node(nodes.claim_fold, html=(views.visit_fold, views.depart_fold), latex=plain, text=plain)
    app.connect("source-read", fold)
    for name in views.VIEWS:
        app.add_directive(f"claims-{name}", nodes.directive(name))
    app.add_post_transform(notation.Notation)
    app.add_post_transform(views.Found)
    app.connect("builder-inited", load)
    app.connect("env-get-outdated", outdated)
    theme.setup(app)
    search.setup(app)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
