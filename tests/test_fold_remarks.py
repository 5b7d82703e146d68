"""Marks of folded blocks are found as comments and as raw HTML, whatever the parser makes of them."""

import pytest
from docutils import nodes

from claims.site.nodes import FOLD, remark


@pytest.mark.parametrize(("node", "text"), [
    (nodes.comment("", "folded: More"), "folded: More"),
    (nodes.raw("", "<!-- folded: More -->\n", format="html"), "folded: More"),
    (nodes.raw("", "<!-- /folded -->", format="html"), "/folded"),
    (nodes.raw("", "<b>folded: More</b>", format="html"), ""),
    (nodes.paragraph("", "folded: More"), ""),
])
def test_a_remark_is_read(node, text):
    assert remark(node) == text
    assert bool(FOLD.fullmatch(remark(node))) == text.startswith("folded")
