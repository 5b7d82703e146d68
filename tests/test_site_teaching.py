"""A page that teaches in a real browser: derivations, workings, results, boxes, code out of the way, cards.

By mouse and keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import re

import pytest
import sympy as sp
from claims.press.text import page_text
from site_visit import DONE, address, browser, context, visit
from teaching import PAGE, teaching

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def opened(context, teaching):
    one = context.new_page()
    one.set_viewport_size(WIDE)
    one.goto(address(teaching.root / "_build/html", PAGE))
    one.wait_for_function(DONE)
    one.evaluate("CLAIMS_FILL()")
    yield one
    one.close()


@pytest.fixture
def page(opened):
    yield opened
    opened.evaluate("document.querySelectorAll(':popover-open').forEach((p) => p.hidePopover())")
    opened.evaluate("document.documentElement.dataset.theme = 'light'; document.activeElement.blur(); scrollTo(0, 0)")
    opened.set_viewport_size(WIDE)
    opened.mouse.move(1, 1)


def boxes(page, selector: str) -> list[dict]:
    return page.locator(selector).evaluate_all("all => all.map((e) => e.getBoundingClientRect().toJSON())")


LINES = '[data-label="walk-growth"] .claim-line'


def test_the_lines_of_a_derivation_are_aligned_with_reasons_beside_them(page):
    formulas, reasons = boxes(page, f"{LINES} .claim-right"), boxes(page, f"{LINES} .claim-reason")
    assert len(formulas) == 3 and max(f["left"] for f in formulas) - min(f["left"] for f in formulas) < 1
    assert max(r["left"] for r in reasons) - min(r["left"] for r in reasons) < 1
    for formula, reason in zip(formulas, reasons):
        assert (
            reason["left"] > formula["right"]
            and reason["top"] < formula["bottom"]
            and formula["top"] < reason["bottom"]
        )
    assert page.locator(f"{LINES} .claim-left mjx-container").count() == 1
    assert page.locator(f"{LINES} .claim-reason mjx-container").count() == 1  # the state in the second reason


def test_reasons_without_room_beside_their_lines_stand_under_them(page):
    chain = page.locator('[data-label="walk-growth"] .claim-chain')
    widest = max(f["right"] for f in boxes(page, f"{LINES} .claim-right"))
    room = widest - chain.bounding_box()["x"] + 60
    chain.evaluate("(e, room) => { e.style.width = `${room}px`; }", room)
    page.wait_for_function("document.querySelector('[data-label=\"walk-growth\"] .claim-stacked')")
    formulas, reasons = boxes(page, f"{LINES} .claim-right"), boxes(page, f"{LINES} .claim-reason")
    marks, edge = boxes(page, f"{LINES} > :last-child"), chain.bounding_box()["x"] + room
    assert all(r["top"] > f["top"] and r["bottom"] > f["bottom"] and r["right"] <= edge + 1
               for f, r in zip(formulas, reasons))
    assert all(f["top"] < m["bottom"] and m["top"] < f["bottom"] and m["right"] <= edge + 1
               for f, m in zip(formulas, marks))
    assert chain.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")
    chain.evaluate("(e) => { e.style.width = ''; }")
    page.wait_for_function("!document.querySelector('[data-label=\"walk-growth\"] .claim-stacked')")


def test_on_a_narrow_screen_reasons_stand_under_their_lines(page):
    page.set_viewport_size(NARROW)
    formulas, reasons = boxes(page, f"{LINES} .claim-right"), boxes(page, f"{LINES} .claim-reason")
    for formula, reason in zip(formulas, reasons):
        assert reason["top"] >= formula["bottom"] - 1 and reason["right"] <= NARROW["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def check_line(page, k: int) -> None:
    card = page.locator("#card-walk-growth")
    card.wait_for(state="visible")
    told = card.locator("li.claim-on")
    assert told.count() == 1 and told.get_attribute("data-line") == str(k)
    page.wait_for_function(
        """() => { const li = document.querySelector('#card-walk-growth li.claim-on').getBoundingClientRect();
        const card = document.querySelector('#card-walk-growth').getBoundingClientRect();
        return li.top >= card.top && li.bottom <= card.bottom; }"""
    )


def test_the_mark_of_a_line_opens_its_part_of_the_card(page):
    marks = page.locator(f"{LINES} .claim-line-mark")
    assert [m.split(": ")[1] for m in marks.evaluate_all("all => all.map((m) => m.getAttribute('aria-label'))")] == [
        "proved"
    ] * 3
    marks.nth(1).click()
    check_line(page, 2)
    page.locator("#card-walk-growth .claim-close").click()
    page.locator("#card-walk-growth").wait_for(state="hidden")
    marks.nth(2).focus()
    page.keyboard.press("Enter")
    check_line(page, 3)
    page.locator("#card-walk-growth .claim-close").click()
    badge = page.locator('[data-label="walk-growth"] .claim-badge')
    badge.click()
    assert page.locator("#card-walk-growth li.claim-on").count() == 0


def test_symbols_are_explained_under_the_equation(page):
    where = page.locator('[data-label="walk-growth"] .claim-where')
    text = re.sub(r"\s+", " ", where.inner_text())
    assert (
        text.startswith("where") and "is the size of a step, and" in text and text.endswith("is any number of steps.")
    )
    assert where.locator("mjx-container").count() == 2
    assert (
        boxes(page, '[data-label="walk-growth"] .claim-where')[0]["top"]
        >= boxes(page, f"{LINES} .claim-right")[-1]["bottom"] - 4
    )


def test_one_quiet_mark_at_an_equation_and_its_code_in_the_card(page):
    article = page.locator("article")
    assert "Show the code" not in article.inner_text() and page.locator("details.above-input").count() == 0
    for label in ("walk-step", "walk-growth", "norms-agree"):
        mark = page.locator(f'[data-label="{label}"] .claim-side .claim-badge')
        assert mark.count() == 1
        size = mark.bounding_box()
        assert (
            24 <= size["width"] <= 30
            and 24 <= size["height"] <= 30
            and mark.get_attribute("aria-label").endswith(label)
        )
    page.locator('[data-label="walk-growth"] .claim-badge').click()
    code = page.locator("#card-walk-growth .claim-code")
    assert not code.locator("pre").first.is_visible()
    code.locator("summary").click()
    assert code.locator("pre").count() == 2  # that of the cell before, and its own
    assert code.locator("pre").first.is_visible() and "def walk(rng, step, t, sigma)" in code.inner_text()
    assert page.locator("article .claim-rows >> text=book/light/squares.md").count() == 6


def test_figures_come_first_and_code_in_view_stays(page):
    figure, code = boxes(page, "article .cell_output img")[0], boxes(page, "article .claim-behind summary")
    assert any(0 <= c["top"] - figure["bottom"] < 80 for c in code)
    behind = page.locator("article .claim-behind", has_text="code of this figure")
    assert not behind.locator("pre").is_visible()
    behind.locator("summary").focus()
    page.keyboard.press("Enter")
    assert behind.locator("pre").is_visible() and "plt.subplots" in behind.inner_text()
    page.keyboard.press("Enter")
    shown = page.locator("article div.cell_input pre:visible")
    assert shown.count() == 1 and "default_rng(1).normal(size=100)" in shown.inner_text()
    assert "close()" not in page.locator("article").inner_text()


def test_a_working_is_lighter_and_has_no_number(page):
    working = page.locator(".claim-working")
    assert working.count() == 1 and working.locator("mjx-container").count() == 1
    assert page.locator(".claim-working .claim-number, .claim-working .claim-badge").count() == 0
    colour = "e => getComputedStyle(e).color"
    assert working.evaluate(colour) != page.locator('[data-label="walk-step"] .claim-math').evaluate(colour)


def test_results_are_no_equations(page):
    numbers = page.locator("article .claim-eq .claim-number").all_inner_texts()
    assert numbers == ["(2.1)", "(2.2)", "(2.3)", "Result 2.1", "Result 2.2", "Result 2.3"]
    counter, agree, race = (
        page.locator(f'.claim-result[data-label="{x}"]')
        for x in ("walk-is-not-linear", "norms-agree", "longer-walks-get-farther")
    )
    assert "Counterexample. In general" in counter.inner_text() and "Squares add." in counter.inner_text()
    assert counter.locator("tbody td").all_inner_texts()[1:] == ["2.236068", "3"]
    assert "Agreement. The root of the sum of squares is NumPy's norm of" in agree.inner_text()
    assert "largest relative difference" in agree.locator("thead").inner_text()
    rows = race.locator("tbody tr").all_inner_texts()
    assert (
        len(rows) == 4
        and rows[2].startswith("the first over the second")
        and rows[3].split() == "the same, predicted 2".split()
    )
    for word in ("ablation", "mutant", "refuted", "allowed", "trial"):
        assert all(word not in r.inner_text() for r in (counter, agree, race))


def test_results_are_referred_to_by_their_number(page):
    links = page.locator('article p a[href^="#equation-"]:not(.claim-number)')
    assert links.all_inner_texts()[:3] == ["(2.3)", "Result 2.1", "Result 2.2"]
    links.nth(1).hover()
    preview = page.locator("#claim-preview")
    preview.wait_for(state="visible")
    assert "Result 2.1 walk-is-not-linear" in preview.locator("strong").inner_text()
    links.nth(1).click()
    assert page.evaluate("location.hash") == "#equation-walk-is-not-linear"
    page.evaluate("history.replaceState(null, '', location.pathname)")


def test_boxes_have_a_look_of_their_own(page):
    looks = page.locator("article .admonition:is(.example, .recipe, .remember)").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).borderLeftColor)"
    )
    assert len(set(looks)) == len(looks) == 3


def test_a_card_gives_the_formula_away(page):
    page.locator('[data-label="walk-growth"] .claim-badge').click()
    card = page.locator("#card-walk-growth")
    given = dict(
        zip(
            card.locator(".claim-take .claim-copy").all_inner_texts(),
            card.locator(".claim-take .claim-copy").evaluate_all("all => all.map((b) => b.dataset.copy)"),
        )
    )
    assert given["copy LaTeX"].startswith("\\begin{aligned}\nv_{t + 1} &= \\mathbb{E}")
    space: dict = {}
    exec(given["copy SymPy"], space)
    assert space["right"] == space["v"](space["t"]) + space["sigma"] ** 2 and space["left"] == space["v"](
        space["t"] + 1
    )
    assert space["t"].is_integer and space["sigma"] == sp.Symbol(r"\sigma", positive=True)
    assert card.locator(".claim-self").get_attribute("href") == "#equation-walk-growth"
    report = card.locator(".claim-report").get_attribute("href")
    assert report.startswith("https://github.com/people/book/issues/new?title=Error%20in%20walk-growth")
    card.locator(".claim-copy", has_text="copy LaTeX").click()
    page.wait_for_function("document.querySelector('#card-walk-growth .claim-take button').textContent === 'copied'")


def test_the_rows_of_a_card(page):
    page.locator('[data-label="walk-growth"] .claim-badge').click()
    rows = dict(
        zip(
            page.locator("#card-walk-growth .claim-rows th").all_inner_texts(),
            page.locator("#card-walk-growth .claim-rows td").all_inner_texts(),
        )
    )
    assert rows["left side"] == "run on what the trial returns" and "moves" in rows["from"]
    assert (
        "a relative error of" in rows["resolution"]
        and "(" in rows["one of them"]
        and rows["lines"].count("proved") == 3
    )


def test_a_page_says_from_what_it_was_made_and_how_to_cite_it(page):
    made = page.locator(".claim-made")
    assert re.search(r"Made from .* with Python 3\.\d+\.\d+ and sympy [\d.]+, numpy", made.inner_text())
    made.locator("summary").click()
    entry = made.locator("pre").inner_text()
    assert entry.startswith("@incollection{squares-") and "title     = {How far a walk gets}" in entry
    made.locator("summary").click()


def test_the_page_is_clean_in_light_and_dark_and_on_a_telephone(context, teaching):
    seen = visit(context, teaching.root / "_build/html", PAGE)
    for what in ("wrong_math", "raw", "complaints", "foreign", "wide", "unreachable"):
        assert getattr(seen, what) == [], what
    assert {mode: found for mode, found in seen.axe.items() if found} == {}


def test_the_page_as_text(teaching):
    text = page_text(teaching.root / "_build/html" / PAGE, teaching.root)
    assert "$$v_{t + 1} = \\mathbb{E}\\left[" in text and "(one step of the walk)" in text and "(2.3) [proved]" in text
    assert "where $\\sigma$ is the size of a step, and $t$ is any number of steps." in text
    assert "Result 2.1 *Counterexample.* In general" in text and "default_rng(1).normal(size=100)" in text
    for hidden in ("def walk", "plt.subplots", "make check", "code of", "close()", "Made from"):
        assert hidden not in text
