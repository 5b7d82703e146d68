"""The built pages in a real browser: Chromium over `file://`, no network. Every page is opened once; the tests read
what was seen. Two modules enter these tests, each with its ``visits`` of half of the pages, for two processes."""

from __future__ import annotations

import time

from site_visit import DONE, Visit, address, names, visit

TARGET = 2.0  # seconds until the formulas of a page are typeset
MOST, REQUESTS = 2_700_000, 21  # of a page with all that it loads by itself, figures not counted; before: 4.9 MB, 41
SLOW = 4.4  # seconds until the formulas in view are typeset by a processor four times slower
LOOP = 0.25  # seconds of a loop of four million additions on the machine on which SLOW was set


def every_second(context, html, first: int) -> list[Visit]:
    return [visit(context, html, name) for name in names(html)[first::2]]


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
    told(f"{'page':<48}{'formulas':>9}{'in view':>10}{'all':>10}{'requests':>10}{'bytes':>10}")
    for v in visits:
        late = f"  more than {TARGET:g} s" if v.seconds > TARGET else ""
        told(f"{v.name:<48}{v.formulas:>9}{v.first:>8.2f} s{v.seconds:>8.2f} s{v.requests:>10}"
             f"{v.bytes / 1000:>7.0f} kB{late}")
    assert {v.name: (v.bytes, v.requests) for v in visits if v.bytes > MOST or v.requests > REQUESTS} == {}


def slower() -> float:
    """How much slower this machine is now, with its neighbours, than the one on which the bound was set; at least 1."""
    began, total = time.perf_counter(), 0
    for number in range(4_000_000):
        total += number
    return max(1.0, (time.perf_counter() - began) / LOOP)


def test_a_slow_machine_shows_its_formulas_soon(context, html, visits, told):
    """The processor slowed four times, as those of telephones are; the bound is doubled for the neighbours here."""
    before = slower()
    longest = max(visits, key=lambda v: v.formulas)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address(html, longest.name))
    page.wait_for_function(DONE)
    first, whole = (page.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime") / 1000
                    for mark in ("formulas-in-view", "formulas"))
    page.close()
    told(f"{longest.name}, four times slower: in view after {first:.1f} s, all {longest.formulas} after {whole:.1f} s")
    assert first < 2 * SLOW * max(before, slower())
