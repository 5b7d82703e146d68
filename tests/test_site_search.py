"""The search in a real browser: Chinese words, equations by name and number, titles with mathematics."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from claims.site.search import Words, speak
from site_visit import address, browser, context
from teaching import PAGE, teaching

SUMS = "book/light/sums.html"


@pytest.fixture(scope="module")
def site(teaching):
    return teaching.root / "_build/html"


@pytest.fixture(scope="module")
def results(context, site):
    """What the search lists for a query: (text of the entry, address)."""
    page, heard = context.new_page(), []
    page.on("pageerror", lambda e: heard.append(str(e)))

    def asked(query: str) -> list[tuple[str, str]]:
        page.goto(address(site, "search.html") + "?q=" + quote(query))
        page.wait_for_function("/finished|not match/.test(document.getElementById('search-results').innerText)")
        assert heard == []
        return page.locator("#search-results li").evaluate_all(
            "all => all.map((li) => [li.innerText.trim(), li.querySelector('a').getAttribute('href')])")

    yield asked
    page.close()


@pytest.mark.parametrize("query", ["扩散", "方差", "扩散模型", "模型中的方差", "article 方差"])
def test_chinese_words_find_their_page(results, query):
    found = results(query)
    assert found and {href for _, href in found} == {SUMS}, found


def test_chinese_that_is_not_there_is_not_found(results):
    assert results("进制") == [] and results("方散") == []


def test_an_equation_is_found_by_its_name_and_reads_as_a_sentence(results):
    found = results("walk growth")
    assert ["Equation 2.3, walk growth (proved, in How far a walk gets)", f"{PAGE}#equation-walk-growth"] in found
    found = results("norms agree")
    assert ["Result 2.2, norms agree (measured, in How far a walk gets)", f"{PAGE}#equation-norms-agree"] in found
    assert results("2.3")[-1][0].startswith(("Equation 2.3", "Result 2.3")) or len(results("2.3")) == 2
    assert all("Equations equation" not in text for text, _ in found)


def test_a_title_with_mathematics_is_readable(context, site, results):
    assert ["Sums up to n²", SUMS] in results("sums up")
    page = context.new_page()
    page.goto(address(site, SUMS))
    assert page.title() == "Sums up to n² — A light book"
    assert page.locator("#jb-print-docs-body h1").text_content() == "Sums up to n²"
    assert page.locator('meta[property="og:title"]').get_attribute("content") == "Sums up to n²"
    page.close()


def test_both_splitters_find_the_same_words(context):
    """What is looked for is split in the browser, what is indexed in Python."""
    page = context.new_page()
    page.goto("about:blank")
    page.add_script_tag(content=Words.js_splitter_code)
    indexed = Words({})
    for text in ("RoPE是一种β进制编码", "Transformer升级之路：10", "γ, x_1 and 3 steps", "模型", "我", ""):
        asked = page.evaluate("text => splitQuery(text)", text)
        assert set(asked) <= set(indexed.split(text)), text
    assert page.evaluate("splitQuery('扩散模型')") == ["扩散", "散模", "模型"]
    page.close()


def test_the_index_keeps_every_place_of_a_title(tmp_path):
    index = tmp_path / "searchindex.js"
    said = {"titles": ['<span class="section-number">1. </span>A &lt; B \\(\\beta\\)'],
            "alltitles": {"Notes": [[0, "n"], [1, "m"]], r"Limits of \beta": [[0, "l"]]}, "terms": {"x": 0}}
    index.write_text(f"Search.setIndex({json.dumps(said)})", encoding="utf-8")
    speak(index)
    made = json.loads(index.read_text(encoding="utf-8").removeprefix("Search.setIndex(").removesuffix(")"))
    assert made["titles"] == ["A &lt; B β"] and made["terms"] == {"x": 0}
    assert made["alltitles"] == {"Notes": [[0, "n"], [1, "m"]], "Limits of β": [[0, "l"]]}
