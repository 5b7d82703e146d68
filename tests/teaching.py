"""A page that teaches, built once from `teaching_page.md` in the clothes of the light book, with the evidence on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Copy, fresh

PAGE = "book/light/squares.html"


@pytest.fixture(scope="session")
def teaching(tmp_path_factory) -> Copy:
    copy = fresh(tmp_path_factory.mktemp("teaching") / "book")
    copy.process = ()  # the browser of these tests has an event loop running
    text = Path(__file__).with_name("teaching_page.md").read_text(encoding="utf-8")
    (copy.root / "book/light/squares.md").write_text(text, encoding="utf-8")
    copy.edit("book/index.md", "build.", "build.\n\n```{claims-takeaway}\n```")
    copy.edit("book/light/sums.md", "# Sums", "# Sums up to $n^2$")
    copy.edit("book/light/sums.md", "The sum of", "From the article 扩散模型中的方差. The sum of")
    copy.edit("_config.yml", "[claims.press.fresh]", "[claims.press.fresh, claims.site]")
    copy.edit("_config.yml", 'url: ""', 'url: "https://github.com/people/book"')
    done = copy.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return copy
