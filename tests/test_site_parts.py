"""The parts of `claims.site` on their own, without a build: debts, totals, marks, cards, graphs, folds, buttons."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from claims.press.totals import totals
from claims.record import Verdict
from claims.say import display
from claims.site import card, front, layout, tables, theme
from claims.site.data import Book
from claims.site.html import debt_words
from claims.site.nodes import mark_folds


def record(label: str, badge: str = "proved", given: tuple[str, ...] = (), **more) -> dict:
    verdict = {"instances": "proved at instances", "erratum": "proved"}.get(badge, badge)
    return {"label": label, "badge": badge, "verdict": verdict, "kind": "claim", "chapter": "c", "given": list(given),
            "statement": label, **more}


def test_debts_go_through_any_number_of_steps():
    book = Book([record("d", "definition"), record("m", "measured", ("d",)), record("p", "proved", ("m",)),
                 record("q", "proved", ("p",)), record("r", "proved", ("d",))])
    assert book.debts == {"d": [], "m": [], "p": ["m"], "q": ["m"], "r": []}
    assert debt_words(book.by_label["q"], book) == "rests on measured" and debt_words(book.by_label["r"], book) == ""
    assert book.above("d") == ["m", "r", "p", "q"] and book.used_by["d"] == ["m", "r"]


def test_totals_count_definitions_and_citations_apart():
    mutants = {"total": 10, "equivalent": 2, "incompetent": 1, "survivors": ["x"]}
    book = Book([record("d", "definition"), record("c", "cited"), record("p", "proved", mutants=mutants),
                 record("i", "instances")])
    t = book.totals()
    assert (t["equations"], t["statements"], t["definitions"], t["citations"], t["proved"]) == (4, 2, 1, 1, 1)
    assert (t["mutants"], t["mutants_refuted"]) == (7, 6)


def synthetic() -> list[dict]:
    """A ledger of two chapters in which every new part of a record occurs, and old records without any."""
    lines = [{"tex": "a + 1", "reason": "the step $s$", "relation": "=", "premises": ["d"], "evidence": "proved",
              "by": "expand"},
             {"tex": "2", "reason": "", "relation": "<=", "premises": [], "evidence": "measured"}]
    return [
        record("d", "definition", kind="definition", bound=True),
        record("w", "definition", kind="definition", bound=False, words="a model", where=[["x", "the state"]]),
        record("old"), record("c", "cited"),
        record("p", given=("d", "w"), sides={"left": "executed", "right": "computed"}, lines=lines, resolution=0.004,
               given_moved={"d": ["proof", "line"], "w": []}),
        record("i", given=("d",), sides={"left": "in words", "right": "executed"}, identity=True,
               given_moved={"d": ["trial"]}, resolution=0.02),
        record("m", "measured", ("d",), sides={"left": "computed"}, resolution=0.001, chapter="other"),
    ]


def test_totals_of_the_parts_of_records():
    found = totals(synthetic())
    assert (found["left_executed"], found["left_computed"], found["left_in_words"]) == (1, 1, 1)
    assert (found["definitions_bound"], found["definitions_in_words"]) == (1, 1)
    assert (found["proofs_moved"], found["identities"]) == (1, 1)
    assert (found["lines_proved"], found["lines_measured"]) == (1, 1)
    assert (found["resolution_median"], found["resolution_worst"]) == (0.004, 0.02)
    assert (found["equations"], found["statements"], found["citations"]) == (7, 4, 1)


def test_totals_of_records_without_the_parts():
    found = totals([record("old"), {}])
    assert found["resolution_median"] is None is found["resolution_worst"]
    assert not any(found[key] for key in found if key.startswith(("left", "definitions_", "lines", "identities")))
    assert tables.part_words(found) == "" and tables.parts_table(Book([record("old")])) == ""


def test_ledger_page_has_the_totals_of_each_chapter_and_of_the_book():
    book = Book(synthetic(), [{"slug": "c"}, {"slug": "other"}])
    shown = re.sub(r"<[^>]+>", " ", tables.parts_table(book))
    rows = {name: re.search(rf"{name} +((?:[\d.]+(?: %)? +)+)", shown)[1].split()
            for name in ("c", "other", "the book")}
    assert rows["c"] == "1 0 1 1 1 1 1 1 1 1.2 % 2 %".split()
    assert rows["other"] == "0 1 0 0 0 0 0 0 0 0.1 % 0.1 %".split()
    assert rows["the book"] == "1 1 1 1 1 1 1 1 1 0.4 % 2 %".split()


def test_front_page_counts_what_is_run_proved_from_premises_refuted_and_in_words():
    def shown(records: list[dict]) -> list[str]:
        page = front.counters(SimpleNamespace(book=Book(records)), "index")
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()

    said = shown(synthetic())
    assert said.startswith("expressions run 3 2 left sides on measurements, 1 definition against code proved from ")
    assert "proved from premises 1 and 1 identity that need none; 3 proofs in all" in said
    assert "in words 2 1 left side and 1 definition that no expression says" in said
    assert said.endswith("7 equations: 4 statements, 2 definitions, 1 citation. 0 statements are measured. "
                         "0 errata of articles and papers, 0 counterexamples.")
    assert "expressions run 0 0 left sides" in shown([record("old")])


def test_card_has_a_row_for_each_part_of_a_record():
    book = Book(synthetic())

    def rows(label: str) -> dict[str, str]:
        table = card.evidence_table(book.by_label[label], lambda x: (f"#{x}", "1.2"), str)
        return dict(re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', table))

    p = rows("p")
    assert "(moves proof, line)" in p["from"] and "(moves nothing)" in p["from"] and 'href="#d"' in p["from"]
    assert p["left side"].startswith("run on") and p["right side"].startswith("computed by")
    assert p["resolution"] == "a relative error of 0.004 would be seen"
    assert p["lines"].count("<li") == 2 and "✓ proved (expand):" in p["lines"] and "≈ measured" in p["lines"]
    assert 'href="#d"' in p["lines"] and r"\(= a + 1\)" in p["lines"] and r"\(s\)" in p["lines"]
    assert r"\(\le 2\)" in p["lines"]
    assert "identity" in rows("i") and "identity" not in p
    assert rows("d")["expression"].startswith("bound") and rows("w")["expression"].startswith("in words")
    assert rows("w")["expression"].endswith("(a model)") and rows("w")["where"].endswith("\\)</span>: the state")
    assert rows("old") == {}


def test_a_new_part_of_a_record_is_a_new_function(monkeypatch):
    monkeypatch.setattr(display, "PARTS", list(display.PARTS))

    @display.part
    def weather(record, look):
        if record.get("weather"):
            yield "weather", look.mixed(record["weather"])

    assert ("weather", "rain") in display.evidence_rows({"weather": "rain"}) and display.evidence_rows({}) == []


def test_badges_differ_without_colour():
    assert len({(v.outline, v.stroke) for v in Verdict}) == len({v.word for v in Verdict}) == len(Verdict)


def test_layout_of_a_graph_keeps_boxes_apart_and_arrows_forward():
    edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d"), ("e", "d")]
    spots, paths, width, height = layout.place({n: (100, 20) for n in "abcde"}, edges)
    assert all(spots[a][0] + 100 <= spots[b][0] for a, b in edges)
    for a in spots:
        for b in spots:
            if a < b and spots[a][0] == spots[b][0]:
                assert abs(spots[a][1] - spots[b][1]) >= 20
        assert 0 <= spots[a][0] <= width - 100 and 0 <= spots[a][1] <= height - 20
    assert set(paths) == set(edges)


def test_layout_survives_a_circle():
    spots, paths, *_ = layout.place({n: (10, 10) for n in "abc"}, [("a", "b"), ("b", "c"), ("c", "a")])
    assert set(spots) == set("abc") and len(paths) == 3


@pytest.mark.parametrize("fence", [":::", "::::"])
def test_dropdowns_with_cells_become_marks(fence):
    text = (f"{fence}{{dropdown}} A title\n:open:\n\ntext\n\n```{{code-cell}} ipython3\n1\n```\n{fence}\n\n"
            f"{fence}{{dropdown}} Only text\nx\n{fence}\n")
    marked = mark_folds(text)
    assert marked.count("\n") == text.count("\n")
    assert "<!-- folded: A title -->" in marked and "{dropdown} Only text" in marked
    assert marked.count("<!-- /folded -->") == 1


def test_code_that_shows_a_dropdown_stays_code():
    text = "```markdown\n:::{dropdown} x\n:::\n```\n"
    assert mark_folds(text) == text


@pytest.mark.parametrize("address, buttons",
                         [("", []), ("https://example.org/someone/book", ["launch-binder", "launch-colab"])])
def test_binder_and_colab_only_where_a_repository_is_named(address, buttons):
    config = SimpleNamespace(html_theme_options={"repository_url": address}, claims_notebooks_branch="gh-pages")
    chapter = {"slug": "x", "docname": "book/p/x", "file": "book/p/x.md"}
    app = SimpleNamespace(claims_site=SimpleNamespace(book=SimpleNamespace(chapters=[chapter]), repository=address),
                          builder=SimpleNamespace(theme_options={"repository_url": address}), config=config)
    context = {"header_buttons": []}
    theme.buttons(app, "book/p/x", context)
    made = [b for g in context["header_buttons"] if g["label"] == "launch-buttons" for b in g["buttons"]]
    assert [b["label"] for b in made] == buttons
    assert all("someone/book" in b["url"] for b in made)
