"""Commands about one chapter or one claim: `claims chapter`, `text`, `check`, `ledger`, `show`, `notebooks`."""

from __future__ import annotations

import contextlib
import difflib
import io
import shutil
import sys
from pathlib import Path

from . import book as whole
from . import kept
from .ledger import collect, premises, ledger as make_ledger
from .project import BuildError, Problem, Project, dump, write_atomic
from .project import records as records_of
from .sources import read_book


def derived(line: dict) -> str:
    """A line of a derivation.

    >>> derived({"relation": "=", "tex": "n^2", "reason": "squares", "evidence": "proved"})
    '= n^2 (proved: squares)'
    """
    why = f"{line.get('evidence')}: {line.get('reason') or 'no reason'}"
    return f"{line.get('relation', '=')} {line.get('tex', '')} ({why})"


def describe(record: dict, full: bool = False) -> str:
    """A record for a terminal: where it stands, what it says, how it was proved, measured and attacked."""
    lines = [
        f"{record['label']}  [{record.get('badge') or record.get('verdict')}]  "
        f"{record.get('file', '')}:{record.get('line', '')}"]
    statement = record.get("plain") or record.get("statement") or ""
    lines += [f"    {line}" for line in str(statement).splitlines()]
    if record.get("summary"):
        lines.append(f"    {record['summary']}")
    if not full:
        return "\n".join(lines)

    def section(title: str, value: object) -> None:
        if value in (None, [], {}, ""):
            return
        if isinstance(value, dict):
            lines.append(f"  {title}")
            for key, item in value.items():
                if item not in (None, [], {}, ""):
                    lines.append(f"    {key}: {item if not isinstance(item, list) else ', '.join(map(str, item))}")
        else:
            items = [one if isinstance(one, str) else derived(one) for one in value] if isinstance(value, list) else ()
            lines.append(f"  {title}: {', '.join(items) if isinstance(value, list) else value}")

    for title in ("scope", "assumptions", "given", "given_moved", "used_by", "sides", "lines", "proof", "trial",
                  "resolution", "mutants", "premises", "failures", "notes", "fnumbers"):
        section(title.replace("_", " "), record.get(title))
    return "\n".join(lines)


def chapter(project: Project, slug: str) -> int:
    """Execute one chapter if it changed, print its records and what is wrong with them, render it alone; the published
    site is left as it is."""
    from . import render, store

    whole.environment_stands(project)
    read = read_book(project, only=slug)
    others, labels = elsewhere(project, slug)
    with kept.loop():
        stored, outcomes = whole.execute_stale(project, read, whole.seed())
    runs, records, problems = whole.judge(read, stored, outcomes, whole=False)
    for record in records:
        print(describe(record))
    problems = read.problems + across(records, labels) + problems
    body = store.read(project, slug) if slug in stored else None
    if body is None and outcomes and outcomes[0].cells:
        body = {"cells": outcomes[0].cells, "language": None}
    if body:
        made = make_ledger(runs, records, read.articles, whole.seed())
        made["records"] += others
        page, unclear = render.one(project, read.chapters[0], body, made, sorted(labels))
        problems += unclear
        print(f"\nRendered alone: {project.relative(page)}")
    if problems:
        return whole.report(problems, project, site=False)
    return 0


def elsewhere(project: Project, slug: str) -> tuple[list[dict], dict[str, str]]:
    """Of the other chapters: the records of the last ledger, and every label → where it stands, as written today."""
    chapters = [c for c in read_book(project).chapters if c.slug != slug]
    labels = {label: f"{c.file}:{line}" for c in chapters for _, label, _, line in c.calls()}
    records = [r for r in records_of(project.ledger) if r.get("chapter") in {c.slug for c in chapters}]
    return records, {r["label"]: f"{r.get('file')}:{r.get('line')}" for r in records} | labels


def across(records: list[dict], labels: dict[str, str]) -> list[Problem]:
    """What is wrong between a chapter and the others, in the words of the whole book's ledger."""
    there = [{"label": label} for label in labels]
    twice = [Problem(r["file"], r["line"], f"label {r['label']!r} is used twice; first at {labels[r['label']]}")
             for r in records if r["label"] in labels]
    return twice + premises([*records, *there])


def published(project: Project, slug: str) -> tuple[int, Path]:
    """A chapter's page: the published one if that is up to date, otherwise rendered alone: (exit status, page)."""
    one = read_book(project, only=slug).chapters[0]
    page, status = project.html / f"{one.docname}.html", 0
    if not (page.exists() and whole.up_to_date(project)):
        with contextlib.redirect_stdout(io.StringIO()):
            status = chapter(project, slug)
        page = project.build / "chapter" / slug / "html" / f"{one.docname}.html"
    return status, page


def text(project: Project, slug: str) -> int:
    """Print a chapter as a reader's text."""
    from .text import page_text

    status, page = published(project, slug)
    if status == 0:
        print(page_text(page, project.root), end="")
    return status


def check(project: Project, label: str) -> int:
    """Run the chapter that holds a claim, print the evidence of the claim; exit 1 if it does not pass."""
    everything = read_book(project)
    places = [(c, line) for c in everything.chapters for _, name, _, line in c.calls() if name == label]
    if not places:
        raise BuildError(Problem("", 0, unknown(label, [name for c in everything.chapters
                                                        for _, name, _, _ in c.calls()])))
    chapter = places[0][0]
    whole.environment_stands(project)
    read = read_book(project, only=chapter.slug)
    with kept.loop():
        stored, outcomes = whole.execute_stale(project, read, whole.seed())
    _, records, problems = whole.judge(read, stored, outcomes, whole=False)
    mine = [r for r in records if r["label"] == label]
    for record in mine:
        print(describe(record, full=True))
    lines = {r["line"] for r in mine}
    wrong = [p for p in problems if p.file == chapter.file and p.line in lines] if mine else problems
    for problem in wrong:
        print(f"  {problem}", file=sys.stderr)
    return 1 if wrong else 0


def unknown(label: str, labels: list[str]) -> str:
    near = difflib.get_close_matches(label, labels, 3)
    return f"no claim {label!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")


def ledger(project: Project) -> int:
    """Collect and check the records of all executed chapters without executing or rendering anything."""
    from . import store
    from .deps import installed
    from .ledger import Run, check as judge

    read = read_book(project)
    versions = installed()
    runs, problems = [], list(read.problems)
    for chapter in read.chapters:
        body, reason = store.current(project, chapter, whole.seed(), versions)
        if body is None:
            problems.append(Problem(chapter.file, 1, f"not executed as it stands ({reason or 'never run'}): make book"))
        else:
            runs.append(Run(chapter, body["cells"]))
    records = collect(runs)
    problems += judge(runs, records, read.articles, len(runs) == len(read.chapters))
    made = make_ledger(runs, records, read.articles, whole.seed())
    if problems:
        return whole.report(problems, project)
    write_atomic(project.ledger, dump(made, ordered=True))
    print(f"{whole.summary(made)}. Written to {project.relative(project.ledger)}")
    return 0


def show(project: Project, label: str, as_json: bool) -> int:
    """Print one record of the last ledger, that of a failed build first if it is newer."""
    files = [p for p in (project.ledger, project.build / "failed" / "ledger.json") if p.exists()]
    if not files:
        raise BuildError(Problem("", 0, "no ledger yet: make book"))
    records = records_of(max(files, key=lambda p: p.stat().st_mtime))
    record = next((r for r in records if r["label"] == label), None)
    if record is None:
        raise BuildError(Problem("", 0, unknown(label, [r["label"] for r in records])))
    print(dump(record, ordered=True) if as_json else describe(record, full=True))
    return 0


def notebooks(project: Project) -> int:
    """Write the executed notebook of every chapter to `_build/notebooks`."""
    from . import notebooks as writer
    from . import store
    from .deps import installed

    versions = installed()
    folder = project.build / "notebooks"
    shutil.rmtree(folder, ignore_errors=True)
    for chapter in read_book(project).chapters:
        body, reason = store.current(project, chapter, whole.seed(), versions)
        if body is None:
            raise BuildError(Problem(chapter.file, 1,
                                     f"not executed as it stands ({reason or 'never run'}): make book"))
        write_atomic(folder / f"{chapter.slug}.ipynb", writer.text(chapter, body))
        print(f"{project.relative(folder)}/{chapter.slug}.ipynb")
    return 0
