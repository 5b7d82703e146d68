"""The search: words of Chinese and of English, titles that can be read."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from sphinx.search.en import SearchEnglish

from .spoken import readable

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
  const paired = (word) => new RegExp(chinese).test(word) && word.length > 1;
  return (query.match(run) || []).flatMap((word) => (paired(word) ? pairs(word) : [word]));
};
"""

    def split(self, input: str) -> list[str]:
        return words(input)

    def word_filter(self, word: str) -> bool:
        return super().word_filter(word) or bool(re.fullmatch(f"[{CHINESE}]+", word))


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
