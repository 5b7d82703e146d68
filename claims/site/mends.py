"""Mends of the HTML that the theme and the extensions make."""

from __future__ import annotations

import re

MENDS = [
    # a list without items, for a screen reader: the entries of a bibliography have a role of their own
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    # what refutes an attack is an expression of SymPy, with LaTeX names that nothing typesets
    (r"<li>((?:proof|trial), [^<]*\\[^<]*)</li>", r"<li><code>\1</code></li>"),
    # names, punctuation and operators are most of a chapter's elements, and look as the text around them does
    (r'<span class="(?:n|p|w|o)">([^<]*)</span>', r"\1"),
    # settings of a service of another host, which this book does not use
    (r'(?s)<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>', ""),
    # the extensions give the inside of every exercise and of every solution the same id
    (r'<section id="(?:exercise|solution|proof)-content">', "<section>"),
]
"""Pattern, replacement."""


def mended(text: str) -> str:
    for pattern, replacement in MENDS:
        text = re.sub(pattern, replacement, text)
    return text
