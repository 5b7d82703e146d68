"""The built pages in a real browser: Chromium over `file://`, no network. Every page is opened once; the tests read
what was seen."""

from __future__ import annotations

import pytest
from site_visit import Visit, browser, context, names, visit

SHARES = 2
TARGET = 2.0  # seconds until the formulas of a page are typeset
MOST = 1_000_000  # bytes that a page adds to the theme's own: itself, and scripts, styles and data of claims.site


@pytest.fixture(scope="module", params=range(SHARES))
def visits(request, context, html) -> list[Visit]:
    """Every page of a share of the book: two processes of tests look at one each (see conftest.py)."""
    return [visit(context, html, name) for name in names(html)[request.param::SHARES]]


def nothing(visits: list[Visit], what: str) -> None:
    found = [f"{v.name}: {one}" for v in visits for one in getattr(v, what)]
    assert not found, "\n" + "\n".join(found)


def test_no_formula_fails_to_typeset(visits):
    nothing(visits, "wrong_math")


def test_no_raw_latex_in_sight_on_page_or_card(visits):
    nothing(visits, "raw")


def test_no_complaint_in_the_console(visits):
    nothing(visits, "complaints")


def test_no_request_to_another_host(visits):
    nothing(visits, "foreign")


def test_nothing_is_wider_than_a_telephone(visits):
    nothing(visits, "wide")


def test_what_scrolls_is_reached_by_keyboard(visits):
    nothing(visits, "unreachable")


def test_every_figure_says_what_it_shows(visits):
    nothing(visits, "nameless")


def test_axe_finds_nothing_serious(visits):
    found = [f"{v.name} ({mode}): {one}" for v in visits for mode, problems in v.axe.items() for one in problems]
    assert not found, "\n" + "\n".join(found)


def test_pages_are_light(visits, told):
    """Bytes and times of every page, printed; bytes are bound, times depend on the machine and its load."""
    told(f"{'page':<48}{'formulas':>9}{'in view':>10}{'all':>10}{'added':>10}")
    for v in visits:
        late = f"  more than {TARGET:g} s" if v.seconds > TARGET else ""
        told(f"{v.name:<48}{v.formulas:>9}{v.first:>8.2f} s{v.seconds:>8.2f} s{v.added / 1000:>7.0f} kB{late}")
    assert {v.name: v.added for v in visits if v.added > MOST} == {}
