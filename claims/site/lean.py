"""Pages that load fast: one style sheet with the rules that some page can use, one script, icons from a font that holds
only those, figures with a palette; nothing for a search that is not asked for.

The theme and the extensions send 3 MB in 30 files to every page. All of this runs on what is written, after the last
page; what a page could use is read off the pages and scripts themselves, by the words in them.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from fontTools import subset
from PIL import Image, ImageChops

STYLE = re.compile(r'<link\b(?=[^>]*rel="stylesheet")[^>]*?href="[^"]*?_static/'
                   r'(?!book\.css)([^"?]+\.css)[^"]*"[^>]*>\s*')
SCRIPT = re.compile(r'<script((?: data-[\w-]+="[^"]*")*) src="([^"]*?)_static/'
                    r'(?!searchtools|language_data|book\.js)([^"?]+\.js)[^"]*"></script>\s*')
NEEDLESS = re.compile(r'<script defer src="[^"]*fontawesome\.js[^"]*"></script>\s*|'
                      r'<!-- So that users can add custom icons -->\s*|<!-- Pre-loaded scripts[^>]*-->\s*|'
                      r'<link rel="preload" as="script"[^>]*>\s*')
SEARCH = re.compile(r'<script src="[^"]*?(?:_static/(?:searchtools|language_data)|searchindex)\.js"></script>\s*')
"""The theme's search as one types, which is switched off: only the page of the search has a search."""
PRINTED = [Path(__file__).parents[1] / "press" / name for name in ("pdf.py", "printed.py")]
"""What makes other pages of these: the book on paper."""
STYLES, SCRIPTS = "book.css", "book.js"
FONT = "vendor/fontawesome/webfonts/fa-solid-900"
TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|/\*.*?\*/|[{};]", re.S)
NAME = re.compile(r"(?<![\d\\])[.#]((?:\\.|[\w-])+)")
INSIDE = ("@media", "@supports", "@layer", "@container")


def rules(css: str) -> Iterator[tuple[str, str | None]]:
    """The rules of a style sheet: what stands before the block, and the block; ``None`` for a statement without one.

    >>> list(rules('@charset "x;y"; a > b { c: "}" } @media print { d {} }'))
    [('@charset "x;y"', None), ('a > b', ' c: "}" '), ('@media print', ' d {} ')]
    """
    depth, begun, opened, head = 0, 0, 0, ""
    for token in TOKEN.finditer(css):
        sign = token.group()
        if sign == "{":
            depth += 1
            if depth == 1:
                head, opened = css[begun:token.start()], token.end()
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield _plain(head), css[opened:token.start()]
                begun = token.end()
        elif sign == ";" and depth == 0:
            yield _plain(css[begun:token.start()]), None
            begun = token.end()


def _plain(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S).strip()


def usable(css: str, words: set[str]) -> str:
    """The rules of a style sheet whose classes and ids all are among ``words``.

    >>> usable(".a .b, .c { color: red } @media print { .d { top: 0 } } p { top: 1px }", {"a", "c"})
    '.c{ color: red }p{ top: 1px }'
    """
    kept = []
    for head, block in rules(css):
        if block is None:
            kept.append(f"{head};" if not head.startswith("@charset") else "")
        elif head.startswith(INSIDE):
            inside = usable(block, words)
            kept.append(f"{head}{{{inside}}}" if inside else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{block}}}")
        else:
            alive = [s.strip() for s in _selectors(head) if all(n.replace("\\", "") in words for n in NAME.findall(
                re.sub(r":(?:not|is|where)\([^)]*\)", "", s)))]
            kept.append(f"{','.join(alive)}{{{block}}}" if alive else "")
    return "".join(kept)


def _selectors(head: str) -> list[str]:
    """The selectors of a rule, split at the commas outside of brackets."""
    parts, depth = [""], 0
    for sign in head:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def sheet(static: Path, name: str) -> str:
    """A style sheet of the site as it reads in ``_static``: imports in place, addresses relative to that folder."""
    folder = posixpath.dirname(name)
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", (static / name).read_text(encoding="utf-8"))

    def moved(address: re.Match) -> str:
        target = address.group(1).strip("\"'")
        far = target.startswith(("data:", "#", "http:", "https:", "/"))
        return address.group() if far else f"url({posixpath.normpath(posixpath.join(folder, target))})"

    text = re.sub(r"url\(([^)\"']*|\"[^\"]*\"|'[^']*')\)", moved, text)
    return re.sub(r'@import "([^"]+)";',
                  lambda at: sheet(static, posixpath.normpath(posixpath.join(folder, at.group(1)))), text)


def words_of(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def icons(css: str, words: set[str]) -> set[int]:
    """The signs of the icon font that the words name."""
    return {int(code, 16) for names, code in re.findall(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"', css)
            if words & set(re.findall(r"\.(fa-[\w-]+)", names))}


def font(static: Path, signs: set[int]) -> bytes:
    """The icon font with these signs only."""
    options = subset.Options(flavor="woff", layout_features=[], notdef_outline=True, recalc_timestamp=False)
    whole = subset.load_font(str(static / f"{FONT}.ttf"), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=signs)
    chosen.subset(whole)
    out = io.BytesIO()
    subset.save_font(whole, out, options)
    return out.getvalue()


def lighter(picture: Path) -> None:
    """A figure on white, as pages show it, with a palette of 256 colours, if nobody sees it: no channel of any pixel
    moves by more than 10 of 255, and but for a thousandth of the pixels by no more than 4.
    """
    with Image.open(picture) as image:
        if image.mode not in ("RGB", "RGBA"):
            return
        whole = image.convert("RGBA")
    whole = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    few = whole.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    red, green, blue = ImageChops.difference(whole, few.convert("RGB")).split()
    moved = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    if sum(moved[11:]) == 0 and sum(moved[5:]) <= whole.width * whole.height / 1000:
        few.save(picture, "PNG", optimize=True)


def finish(app, error) -> None:
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    pages = {p: NEEDLESS.sub("", p.read_text(encoding="utf-8")) for p in sorted(out.rglob("*.html"))
             if not p.relative_to(out).parts[0].startswith("_")}
    pages = {p: text if p.name == "search.html" else SEARCH.sub("", text) for p, text in pages.items()}
    fresh = [text for text in pages.values() if SCRIPT.search(text)]
    if not fresh:
        return
    styles = list(dict.fromkeys(name for text in fresh for name in STYLE.findall(text)))
    scripts = list(dict.fromkeys(name for text in fresh for _, _, name in SCRIPT.findall(text)))
    run = ";\n".join((static / name).read_text(encoding="utf-8") for name in scripts)
    others = [p for p in static.rglob("*.js") if "fontawesome" not in p.name and "locales" not in p.parts]
    words = words_of([*pages.values(), *(p.read_text(encoding="utf-8") for p in (*others, *PRINTED))])
    css = "".join(sheet(static, name) for name in styles)
    style = usable(css, words).replace(f'{FONT}.woff2) format("woff2")', f'{FONT}.woff) format("woff")')
    (static / f"{FONT}.woff").write_bytes(font(static, icons(css, words)))
    for name, text in ((STYLES, style), (SCRIPTS, run)):
        (static / name).write_text(text, encoding="utf-8")
    for page, text in pages.items():
        page.write_text(lean(text, {STYLES: digest(style), SCRIPTS: digest(run)}), encoding="utf-8")
    for name in sorted({name for text in fresh for name in re.findall(r'"[^"]*?(_images/[^"]+\.png)"', text)}):
        lighter(out / unquote(name))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def lean(text: str, digests: dict[str, str]) -> str:
    """A page with one style sheet, in the place of the first, and one script, in that of the last: the settings that
    stand between the scripts come before it.
    """
    sheets, codes = list(STYLE.finditer(text)), list(SCRIPT.finditer(text))
    if codes:
        up, data = codes[0].group(2), "".join(m.group(1) for m in codes)
        script = f'<script{data} src="{up}_static/{SCRIPTS}?v="></script>\n'
        style = f'<link rel="stylesheet" type="text/css" href="{up}_static/{STYLES}?v=" />\n'
        text = _replaced(text, {m.span(): "" for m in codes + sheets} | {sheets[0].span(): style,
                                                                       codes[-1].span(): script})
    for name, now in digests.items():
        text = re.sub(rf"(_static/{re.escape(name)}\?v=)\w*", rf"\g<1>{now}", text)
    return text


def _replaced(text: str, by: dict[tuple[int, int], str]) -> str:
    for (start, end), new in sorted(by.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text
