"""The search: words of Chinese and of English, titles as a reader says them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from pathlib import Path

from sphinx.search.en import SearchEnglish

CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
RUN = re.compile(rf"[{CHINESE}]+|[^\W{CHINESE}]+")


def words(text: str) -> list[str]:
    """Words of a text; a run of Chinese, which has no spaces, counts as its characters and pairs of neighbours.

    >>> words("RoPE是一种β进制 of 2")
    ['RoPE', '是', '一', '种', '是一', '一种', 'β', '进', '制', '进制', 'of', '2']
    """
    found = []
    for run in RUN.findall(text):
        if re.match(f"[{CHINESE}]", run):
            found += [*run, *map("".join, zip(run, run[1:]))]
        else:
            found.append(run)
    return found


class Words(SearchEnglish):
    """English with stemming; Chinese by pairs of characters, in the index as in what is asked for."""

    lang = "en-with-chinese"
    js_splitter_code = r"""
var splitQuery = (query) => {
  const chinese = "[\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff]";
  const run = new RegExp(`${chinese}+|(?:(?!${chinese})[\\p{Letter}\\p{Number}_\\p{Emoji_Presentation}])+`, "gu");
  const pairs = (word) => [...word].slice(1).map((sign, i) => word[i] + sign);
  return (query.match(run) || []).flatMap((word) => (new RegExp(chinese).test(word) && word.length > 1 ? pairs(word) : [word]));
};
"""

    def split(self, input: str) -> list[str]:
        return words(input)

    def word_filter(self, word: str) -> bool:
        return super().word_filter(word) or bool(re.fullmatch(f"[{CHINESE}]+", word))


SIGNS = {
    "infty": "∞", "to": "→", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "sim": "∼", "times": "×", "cdot": "·", "pm": "±", "in": "∈", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂",
    "nabla": "∇", "ldots": "…", "dots": "…", "ell": "ℓ", "sqrt": "√", "lambda": "λ", "Lambda": "Λ", "varepsilon": "ε",
    "vartheta": "ϑ", "varphi": "φ", "left": "", "right": "", "displaystyle": "", "quad": " ", "mid": "|", "star": "⋆",
}
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()tijkn", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₜᵢⱼₖₙ")


def spoken(latex: str) -> str:
    r"""A short formula as text, for a place that typesets nothing.

    >>> spoken(r"\beta"), spoken(r"O(n^{-1/2})"), spoken(r"\bar\alpha_t\to\infty"), spoken(r"\frac{1}{\sqrt{d}}")
    ('β', 'O(n^(-1/2))', 'ᾱₜ→∞', '1/√d')
    """
    text = re.sub(r"\\d?frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", r"\1/\2", latex)
    text = re.sub(r"\\(bar|hat|tilde|dot)\s*\{?(\\[A-Za-z]+|\w)\}?", accented, text)
    text = re.sub(r"\\([A-Za-z]+)\s*", sign, text)
    text = re.sub(r"\\(.)", r"\1", text)
    for mark, table in (("^", RAISED), ("_", LOWERED)):
        text = re.sub(rf"\{mark}(?:\{{([^{{}}]*)\}}|(\w))", lambda m: shifted(mark, m[1] or m[2] or "", table), text)
    return re.sub(r"[{}]", "", text).strip()


def accented(found: re.Match) -> str:
    accent = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}[found[1]]
    return unicodedata.normalize("NFC", spoken(found[2]) + accent)


def sign(found: re.Match) -> str:
    """A command of LaTeX as a sign: Greek letters by their names."""
    name = found[1]
    if name in SIGNS:
        return SIGNS[name]
    case = "SMALL" if name[0].islower() else "CAPITAL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return "" if name.startswith(("math", "text", "operatorname", "boldsymbol")) else name + " "


def shifted(mark: str, text: str, table: dict[int, int]) -> str:
    moved = text.translate(table)
    if all(ord(c) in table for c in text):
        return moved
    return f"{mark}({text})" if len(text) > 1 else mark + text


def readable(title: str) -> str:
    r"""A title, as HTML or as the text of its nodes, without tags and number, its mathematics spoken.

    >>> readable('<span class="section-number">2. </span>RoPE with base <span class="math">\\(\\beta_1^2\\)</span>')
    'RoPE with base β₁²'
    >>> readable(r"Limits as \sigma\to 0"), readable("The function snake_case")
    ('Limits as σ→0', 'The function snake_case')
    """
    text = re.sub(r'<span class="section-number">.*?</span>', "", title, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
    if r"\(" in text:
        text = re.sub(r"\\\((.*?)\\\)", lambda m: spoken(m[1]), text, flags=re.S)
    elif re.search(r"\\[A-Za-z]|[_^]\{", text):
        text = spoken(text)
    return re.sub(r"^\d+(\.\d+)*\.\s+", "", text)


def speak(index: Path) -> None:
    """Make the titles in Sphinx's search index readable."""
    before, body, after = re.fullmatch(r"(Search\.setIndex\()(.*)(\)\s*)", index.read_text(encoding="utf-8"),
                                       re.S).groups()
    found = json.loads(body)
    found["titles"] = [html.escape(readable(title)) for title in found["titles"]]
    titles: dict[str, list] = {}
    for title, places in found["alltitles"].items():
        titles.setdefault(html.escape(readable(title)), []).extend(places)
    found["alltitles"] = titles
    index.write_text(before + json.dumps(found, sort_keys=True, separators=(",", ":")) + after, encoding="utf-8")


def finish(app, error) -> None:
    index = Path(app.outdir) / "searchindex.js"
    if error is None and app.builder.format == "html" and index.exists():
        speak(index)


def setup(app) -> None:
    app.add_search_language(Words)
    app.connect("config-inited", lambda app, config: setattr(config, "html_search_language", Words.lang), priority=900)
    app.connect("build-finished", finish)
