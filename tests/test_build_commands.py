"""The commands about one chapter, one claim or the ledger do what they say, and leave the published site alone."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest

from claims.press import bench, large, run, soak, store
from claims.press.project import Project
from claims.press.sources import read_book


def test_one_chapter_is_rendered_alone(light):
    before = light.pages()
    light.edit("book/light/sums.md", "Now the end.", "Now the end, see {doc}`../index`.")
    light.edit("book/light/squares.md", "from emit", "from nowhere")  # another chapter that does not stand
    done = light.claims("chapter", "sums")
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.rstrip().splitlines()[-1]  # no warning after it
    assert last == "Rendered alone: _build/chapter/sums/html/book/light/sums.html", done.stdout
    alone = light.root / "_build" / "chapter" / "sums" / "html" / "book" / "light"
    assert "Now the end, see" in (alone / "sums.html").read_text() and not (alone / "squares.html").exists()
    assert light.executed(done) == [] and light.pages() == before


def test_links_to_chapters_that_are_not_rendered_are_text(light):
    light.edit("book/index.md", "Two chapters", "[Squares](light/squares.md), {doc}`light/squares` and two chapters")
    light.edit("book/light/sums.md", "Now the end.", "Now the end, then [squares](squares.md).")
    done = light.claims("chapter", "sums")
    last = done.stdout.rstrip().splitlines()[-1]
    assert done.returncode == 0 and last.startswith("Rendered alone: "), done.stdout  # no warning after it
    page = (light.root / "_build/chapter/sums/html/book/light/sums.html").read_text()
    assert "Now the end, then" in page and "squares.html" not in page
    light.edit("book/light/sums.md", "(squares.md)", "(cubes.md)")
    done = light.claims("chapter", "sums")
    assert done.returncode == 1 and "cubes" in done.stderr  # a page that the book does not have is still told


def test_one_chapter_sees_what_the_book_sees(light):
    """In the same words; what stands in other chapters is not missed."""
    light.edit("book/light/sums.md", "Now the end.", "Now the end, see {eq}`squares-odd`.")
    done = light.claims("chapter", "sums")
    assert done.returncode == 0, done.stdout + done.stderr
    light.edit("book/light/sums.md", "{eq}`squares-odd`", "{eq}`cubes-odd`")
    light.edit("book/light/sums.md", '"sums-triangle", r"S_n', '"squares-odd", r"S_n')
    light.edit("book/light/sums.md", 'given=["sums-partial"]', 'given=["sums-partial", "sums-parts"]')
    one, whole = light.claims("chapter", "sums"), light.build()
    assert one.returncode == whole.returncode == 1
    for said in ("label 'squares-odd' is used twice; first at book/light/squares.md:",
                 "'squares-odd' rests on 'sums-parts', and there is no such claim or definition"):
        assert said in one.stderr, one.stderr
    assert "rests on 'sums-parts', and there is no such claim" in whole.stderr
    assert "is used twice; first at" in whole.stderr
    assert "book/light/sums.md" in one.stderr and "cubes-odd" in one.stderr


@pytest.mark.parametrize("command", [["chapter", "sums"], ["check", "sums-triangle"]])
def test_a_wrong_environment_stops_every_command(light, command):
    (light.root / "requirements.txt").write_text("numpy==0.1\n")
    done = light.claims(*command)
    assert done.returncode == 2 and "the book needs 0.1. Mend it with: make venv" in done.stderr


def test_a_chapter_that_cannot_be_read_is_not_one_that_is_not_there(light):
    light.edit("book/light/sums.md", "kernelspec:", "kernelspecs:")
    done = light.claims("chapter", "sums")
    assert done.returncode == 2 and "front matter has no kernelspec" in done.stderr and "no chapter" not in done.stderr


def test_a_byte_order_mark_is_named(light):
    page = light.root / "book/light/sums.md"
    page.write_bytes(b"\xef\xbb\xbf" + page.read_bytes())
    said = "book/light/sums.md:1: begins with a byte-order mark: save it as UTF-8 without one"
    for done in (light.claims("chapter", "sums"), light.build()):
        assert done.returncode and said in done.stderr, done.stderr


def test_formulas_of_a_written_article_are_counted(light):
    light.edit("data/articles.yml", "  formulas: 1", "  ready: 1")
    done = light.build()
    assert done.returncode == 1 and "'squares' is written, and its entry does not say how many" in done.stderr


def test_a_chapter_that_is_not_listed_yet(light):
    light.edit("_toc.yml", "  - file: book/light/sums\n", "")
    done = light.claims("chapter", "sums")
    assert done.returncode == 0 and "Rendered alone: _build/chapter/sums" in done.stdout
    assert (light.root / "_build/chapter/sums/html/book/light/sums.html").exists()


def test_text_of_a_chapter(light):
    """The published page where that is up to date, otherwise the chapter as it stands, rendered alone."""
    done = light.claims("text", "sums")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("# 1. Sums") and "The sum of the first $n$ numbers." in done.stdout
    assert "$$\nS_n = \\frac{n (n + 1)}{2}\n$$" in done.stdout and "Toggle" not in done.stdout
    assert not (light.root / "_build" / "chapter").exists()
    light.edit("book/light/sums.md", "Now the end.", "Now the end, at $n = 3$.")
    before = light.pages()
    done = light.claims("text", "sums")
    assert done.returncode == 0 and "Now the end, at $n = 3$." in done.stdout and "Rendered alone" not in done.stdout
    assert light.pages() == before and (light.root / "_build" / "chapter" / "sums").exists()
    assert light.claims("text", "cubes").returncode == 2
    light.edit("book/light/sums.md", 'given=["sums-partial"])', 'given=["sums-partial"], verdict="refuted")')
    done = light.claims("text", "sums")
    assert done.returncode == 1 and done.stdout == "" and "claim 'sums-triangle' is refuted" in done.stderr


def test_check_and_show(light):
    for command in ("check", "show"):
        done = light.claims(command, "sums-triangle")
        told = done.stdout.startswith("sums-triangle  [proved]  book/light/sums.md:38")
        assert done.returncode == 0 and told, done.stdout + done.stderr
    assert json.loads(light.claims("show", "--json", "sums-triangle").stdout)["given"] == ["sums-partial"]
    light.edit("book/light/sums.md", 'given=["sums-partial"])',
               'given=["sums-partial"], verdict="refuted", failures=["at n = 2"])')
    done = light.claims("check", "sums-triangle")
    assert done.returncode == 1 and "claim 'sums-triangle' is refuted: at n = 2" in done.stderr


def test_ledger_of_what_was_executed(light):
    file = light.root / "_build" / "ledger.json"
    before = file.read_bytes()
    file.unlink()
    assert light.claims("ledger").returncode == 0 and file.read_bytes() == before
    light.edit("helper.py", "def", "# changed\ndef")
    done = light.claims("ledger")
    said = "book/light/sums.md:1: not executed as it stands (helper.py changed): make book"
    assert done.returncode == 1 and said in done.stderr


def test_notebooks(light):
    old = light.root / "_build" / "notebooks" / "cubes.ipynb"
    old.parent.mkdir()
    old.write_text("{}")
    assert light.claims("notebooks").returncode == 0
    assert sorted(p.name for p in old.parent.iterdir()) == ["squares.ipynb", "sums.ipynb"]
    published = light.pages()
    for slug in ("squares", "sums"):
        text = (old.parent / f"{slug}.ipynb").read_bytes()
        assert text == published[f"_notebooks/{slug}.ipynb"]
        cells = json.loads(text)["cells"]
        assert len({cell["id"] for cell in cells}) == len(cells)
        assert any(output for cell in cells for output in cell.get("outputs", []))


@pytest.mark.parametrize("arguments", [["soak", "--seeds", "0"], ["bench", "--repeat", "0"]])
def test_counts_must_be_positive(light, arguments):
    done = light.claims(*arguments)
    assert done.returncode == 2 and "must be at least 1, not 0" in done.stderr


def measured(**changes) -> dict:
    """A result of `make bench` that meets every target, with changes."""
    chapter = {"wall": 12.0, "cpu": 10.0, "peak_bytes": 2**29}
    book = {"cold": 11.0, "bound": 10.0, "cold_over_bound": 1.1, "cold_peak_bytes": 2**30, "jupyter_book": 30.0,
            "jupyter_book_peak_bytes": 2**30,
            "nothing_changed": 0.3, "nothing_changed_peak_bytes": 2**25, "chapter_start": 0.4,
            "chapters": {"sums": chapter | changes.pop("chapter", {})}}
    machine = {"cores": 2, "python": "3.11.7", "system": "Linux", "load": 0.1}
    page = {"chapters": 40, "cold": 60.0, "per_chapter": 1.5, "rendering_per_page": changes.pop("page", 0.1)}
    return {"machine": machine, "commit": "0" * 40, "repeat": 3, "book": book | changes, "synthetic": [page]}


@pytest.mark.parametrize("changes, missed", [
    ({}, []), ({"cold_over_bound": 1.2}, ["cold build"]), ({"nothing_changed": 1.6}, ["nothing changed"]),
    ({"page": 0.4}, ["per page"]),
    ({"chapter": {"cpu": 31.0, "peak_bytes": 2**31}}, ["sums takes 31.0 s", "sums takes 2.00 GiB"]),
])
def test_targets_of_the_benchmark(changes, missed):
    result = measured(**changes)
    found = bench.targets(result)
    assert len(found) == len(missed) and all(text in line for text, line in zip(missed, found))
    assert "| nothing changed |" in bench.table(result)


def test_a_light_chapter_of_the_benchmark_passes(root, tmp_path):
    found = bench.light.synthetic(Project(root), tmp_path, 1, bench.bound)
    assert found["chapters"] == 1 and found["cpu_per_chapter"] < 30


def test_the_bound_of_a_cold_build(monkeypatch):
    monkeypatch.setattr(bench, "cores", lambda: 2)
    times = {"chapters": {"a": {"cpu": 9.0}, "b": {"cpu": 1.0}}, "build": {"rendering": 2.0}}
    assert bench.bound(times) == 11.0
    times["chapters"]["c"] = {"cpu": 12.0}
    assert bench.bound(times) == 14.0
    times["chapters"]["d"] = {"cpu": 8.0}
    assert bench.bound(times) == 17.0


@pytest.mark.parametrize("gibibytes, most", [(64, [1, 2, 3, 3, 3, 4, 5]), (2, [1, 2, 2, 2, 2, 2, 2]), (0.5, [1] * 7)])
def test_how_many_chapters_run_at_a_time(monkeypatch, tmp_path, gibibytes, most):
    """One more than there are cores, the last ones together, and never more than the memory holds; those first that
    took longest."""
    running, together, started, finished = set(), [], [], []

    async def chapter(project, which, seed):
        running.add(which.slug)
        started.append(which.slug)
        together.append(len(running))
        while started[len(finished)] != which.slug:  # they end one by one, in the order in which they began
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # those that the last end let in begin first
        running.discard(which.slug)
        return SimpleNamespace(chapter=which, spawned=False)

    monkeypatch.setattr(run, "cores", lambda: 2)
    monkeypatch.setattr(run, "prime", lambda *_: None)
    monkeypatch.setattr(run, "run_chapter", chapter)
    monkeypatch.setattr(run.psutil, "virtual_memory", lambda: SimpleNamespace(available=gibibytes * 2**30))
    project = Project(tmp_path)
    run.write_atomic(project.times, run.dump({"chapters": {f"c{n}": {"cpu": n} for n in range(7)}}))
    chapters = [SimpleNamespace(slug=f"c{n}", cells=[]) for n in range(7)]
    outcomes = run.side_by_side(project, [(c, 0) for c in chapters],
                                lambda outcome: finished.append(outcome.chapter.slug))
    assert started == [f"c{n}" for n in reversed(range(7))]
    assert finished == started and len(outcomes) == 7
    assert together == most


def test_what_a_soak_may_see_by_design():
    records = [{"trial": {"false_alarm": 1e-6}},
               {"trial": None, "experiment": {"alpha": 1e-3, "ablations": {"one": "", "other": ""}}}, {"trial": None}]
    assert (soak.false_alarm(records), soak.ablation_alarm(records)) == (1e-6, 2e-3)
    result = {"seeds": [1, 2], "commit": "0" * 40, "uncommitted_changes": False, "runs": 2, "chapters": ["sums"],
              "records": 3, "failures": [],
              "false_alarm_per_run_of_the_book": 1e-6, "ablation_alarm_per_run_of_the_book": 2e-3}
    assert "none failed. By design a true claim fails with a chance of at most 2e-06" in soak.sentence(result)
    assert soak.sentence(result).endswith("with a chance of at most 0.004.\n")


def test_a_chapter_under_another_name(light):
    """What the book of real size is made of: no label of a copy is that of the original, and its run stands for it."""
    project = Project(light.root)
    chapter = read_book(project).chapters[0]
    text = chapter.path.read_text(encoding="utf-8")
    text = text.replace("Now the end.", "(last)=\nSee {eq}`sums-partial`, sums-part.")
    source, body = large.renamed(text, store.read(project, "sums"), "aa")
    assert '"sums-partial-aa"' in source and "{eq}`sums-partial-aa`, sums-part." in source and "(last-aa)=" in source
    records = [store.record_of(o) for c in body["cells"] for o in c["outputs"]]
    assert [(r["label"], r["given"]) for r in records if r] == [
        ("sums-partial-aa", []), ("sums-triangle-aa", ["sums-partial-aa"])]
    shown = json.dumps(body["cells"])
    assert 'data-label=\\"sums-partial-aa\\"' in shown and 'data-label=\\"sums-partial\\"' not in shown


def test_copies_of_chapters_build_without_running(light, tmp_path):
    light.edit("_config.yml", "[claims.press.fresh]", "[claims.press.fresh, claims.site]")
    assert light.build().returncode == 0
    found = large.measure(Project(light.root), tmp_path, 3)
    assert (found["chapters"], found["records"]) == (3, 5) and found["bytes"]["searchindex.js"] > 0
    assert "3 chapters of real size, 5 records" in large.table(found)
