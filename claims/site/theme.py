"""What the site adds to the theme: scripts and styles, downloads, social metadata, the 404 page; and mends of the
theme's own pages."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from string import Template

from ..press import wheel
from . import beside, lean
from . import html as h
from .made import made
from .mends import mended
from .places import first_sentence
from .spoken import readable

DESCRIPTION = (
    "The mathematics of deep learning, derived again: every equation proved by computer algebra, measured by "
               "code that does not know it, and attacked with wrong variants of itself.")

MATHJAX = {
    "options": {"processHtmlClass": "tex2jax_process|mathjax_process|math|output_area",
                "menuOptions": {"settings": {"inTabOrder": False, "assistiveMml": True}}},
}
KEPT = ("tex-chtml.js", "input/tex/extensions", "output/chtml")
"""Of the MathJax package only what a page can ask for: 24 MB become 2."""
BINDER = "https://mybinder.org/v2/gh/{repository}/{branch}?urlpath=lab/tree/{file}"
COLAB = "https://colab.research.google.com/github/{repository}/blob/{branch}/_notebooks/{slug}.ipynb"
TOOLS = Template(
    '<p class="claim-tools"><a href="$folder$slug.ipynb" download>notebook (.ipynb)</a>'
    '<a href="$source" download>source (.md)</a>'
    '<a href="$folder$wheel" download>the package that it imports (.whl)</a>'
    '<button type="button" class="claim-open-all pst-js-only" aria-pressed="false">open all folded parts</button></p>')
AT_HOME = """<script>
  // a host shows this page at any address, and everything here is relative to the folder of the book
  if (location.protocol !== "file:") {
    const above = (path) => path.slice(0, -1).replace(/[^/]*$/, "");
    for (let folder = above(`${location.pathname}.`); folder; folder = above(folder)) {
      const look = new XMLHttpRequest();
      look.open("HEAD", `${folder}_static/claims.css`, false);
      try { look.send() } catch { break }
      if (look.status !== 200) continue;
      document.write(`<base href="${folder}">`);
      break;
    }
  }
</script>"""
"""Before all else on the page 404, whose address may be any; it waits, so that nothing is asked for in vain."""
NOT_FOUND = Template(
    '<section id="not-found"><h1>No such page</h1><p>The address leads nowhere in this book. '
    '<a href="$home">Begin at the front page</a>, <a href="search.html">search</a>, or choose a chapter:</p>'
    '<ul>$chapters</ul></section>')


def setup(app) -> None:
    static = Path(__file__).resolve().parents[2] / "book" / "_static"
    app.connect("config-inited", lambda app, config: configure(app, config, static), priority=900)
    app.connect("html-page-context", page_context, priority=900)
    app.connect("html-collect-pages", not_found)
    app.connect("build-finished", finish, priority=100)
    app.connect("build-finished", lean.finish, priority=900)
    app.add_js_file("claims-data.js", priority=210)
    app.add_js_file("claims.js", priority=220)
    app.add_css_file("claims.css", priority=900)


def configure(app, config, static: Path) -> None:
    if static.is_dir() and str(static) not in config.html_static_path:
        config.html_static_path.append(str(static))
    config.mathjax_path = "mathjax/tex-chtml.js"
    config.numfig_format = {"result": "Result %s", **config.numfig_format}
    given = dict(config.mathjax3_config or {})
    given["options"] = {**MATHJAX["options"], **given.get("options", {})}
    given["options"]["menuOptions"] = MATHJAX["options"]["menuOptions"]
    given["tex"] = {**given.get("tex", {}), "tags": "none"}
    given["startup"] = {**given.get("startup", {}), "typeset": False}  # claims.js does it, what is in view first
    config.mathjax3_config = given
    if not config.html_favicon:
        config.html_favicon = str(static / "favicon.svg")


def buttons(app, pagename: str, context: dict) -> None:
    """Downloads that exist: the executed notebook and the source; Binder and Colab when a repository is named."""
    site, up = app.claims_site, "../" * pagename.count("/")
    chapter = next((c for c in site.book.chapters if c["docname"] == pagename), None)
    for group in context.get("header_buttons") or []:
        if group.get("label") != "download-buttons":
            continue
        kept = [b for b in group["buttons"] if b.get("label") not in ("download-notebook-button", "claims-notebook")]
        if chapter:
            kept.insert(0, link(f"{up}_notebooks/{chapter['slug']}.ipynb", ".ipynb", "fas fa-code",
                                "Executed notebook, text and outputs", "claims-notebook"))
        group["buttons"] = kept
    address = site.repository
    if chapter and address:
        name = "/".join(address.split("/")[-2:])
        branch = app.config.html_theme_options.get("repository_branch") or "main"
        binder = BINDER.format(repository=name, branch=branch, file=chapter["file"])
        colab = COLAB.format(repository=name, branch=app.config.claims_notebooks_branch, slug=chapter["slug"])
        launch = [link(binder, "Binder", "fas fa-play", "Run in Binder", "launch-binder"),
                  link(colab, "Colab", "fas fa-play", "Open in Colab", "launch-colab")]
        context["header_buttons"].insert(0, {"type": "group", "tooltip": "Run this chapter", "icon": "fas fa-rocket",
                                             "buttons": launch, "label": "launch-buttons"})


def link(url: str, text: str, icon: str, tooltip: str, label: str) -> dict[str, str]:
    """A button of the theme that leads somewhere."""
    return {"type": "link", "url": url, "text": text, "icon": icon, "tooltip": tooltip, "label": label}


def page_context(app, pagename, templatename, context, doctree) -> None:
    buttons(app, pagename, context)
    context["default_mode"] = "auto"  # the theme's own default makes its script complain
    up = "../" * pagename.count("/")
    chapter = next((c for c in app.claims_site.book.chapters if c["docname"] == pagename), None)
    if chapter and context.get("body"):
        source = f"{up}_sources/{context.get('sourcename') or ''}"
        context["body"] = with_tools(context["body"], f"{up}_notebooks/", chapter["slug"], source)
    # of the tab, of what others show of the page, and of the theme's heading for printing
    context["title"] = context["pagetitle"] = readable(context.get("title") or "")
    if context.get("body"):
        body = context["body"]
        if pagename in app.env.found_docs:
            body += made(app, pagename, context["title"], chapter)
        body = mended(body)
        context["body"] = body + h.sprite(body + "".join(app.claims_site.cards.get(pagename, {}).values()))
    place = {"CLAIMS_ROOT": up, "CLAIMS_PAGE": pagename}
    script = f"<script>{''.join(f'window.{name}={json.dumps(value)};' for name, value in place.items())}</script>"
    tags = "\n".join(metadata(app, pagename, context, doctree, bool(chapter)))
    context["metatags"] = (context.get("metatags") or "") + f"{tags}\n{script}"
    # the theme lists a service of another host for running cells in the page; this book does not use it
    for kind in ("script_files", "css_files"):
        context[kind] = [s for s in context.get(kind, []) if not of_thebe(s)]


def of_thebe(file) -> bool:
    name, body = getattr(file, "filename", file), getattr(file, "attributes", {}).get("body", "")
    return "thebe" in str(name or "") or "THEBE" in str(body)


def metadata(app, pagename: str, context: dict, doctree, article: bool) -> list[str]:
    """What other sites and search engines read of a page."""
    meta = app.env.metadata.get(pagename, {}) if pagename in app.env.found_docs else {}
    about = str(meta.get("summary") or first_sentence(doctree) or DESCRIPTION).replace("$", "")
    site = app.config.html_title or app.config.project
    title = context.get("title") or site
    tags = {"og:title": title, "og:type": "article" if article else "website", "og:description": about,
            "og:site_name": site, "og:locale": "en_GB"}
    base = (app.config.html_baseurl or "").rstrip("/")
    if base:
        tags["og:url"] = f"{base}/{pagename}.html"
        tags["og:image"] = f"{base}/_static/preview.png"
    lines = [f'<meta name="description" content="{h.escape(about)}">', '<meta name="twitter:card" content="summary">',
             '<meta name="color-scheme" content="light dark">']
    lines += [f'<meta property="{k}" content="{h.escape(v)}">' for k, v in tags.items()]
    if pagename == "404":
        lines.insert(0, f'<base href="{base}/">' if base else AT_HOME)
    return lines


def with_tools(body: str, folder: str, slug: str, source: str) -> str:
    """The line under a chapter's title: downloads, and one button that opens everything folded."""
    tools = TOOLS.substitute(folder=folder, slug=slug, source=source, wheel=wheel.name())
    return body.replace("</h1>", "</h1>\n" + tools, 1)


def not_found(app):
    docname = app.config.root_doc
    home = app.builder.get_relative_uri("404", docname)
    listed = "".join(f'<li><a href="{h.escape(address)}">{h.escape(title)}</a></li>'
                     for _, title, address in app.claims_site.chapters("404"))
    body = NOT_FOUND.substitute(home=home, chapters=listed)
    yield "404", {"title": "No such page", "body": body, "sourcename": "", "meta": {}}, "page.html"


def finish(app, error) -> None:
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir) / "_static"
    beside.write(app, out)
    (out / "ledger.json").write_text(app.claims_site.book.text or "{}\n", encoding="utf-8")
    package = find_spec("sphinx-mathjax-offline")
    if package and package.submodule_search_locations:
        source = Path(package.submodule_search_locations[0]) / "static" / "mathjax"
        for name in KEPT:
            target = out / "mathjax" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (source / name).is_dir():
                shutil.copytree(source / name, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source / name, target)
