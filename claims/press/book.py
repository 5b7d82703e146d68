"""The build in order: environment, sources, execution, ledger, pages; and the parts of it that other commands need."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from datetime import datetime
from pathlib import Path

from . import env
from .project import BuildError, Problem, Project, commit, digest, dump, file_digest, write_atomic
from .project import state as state_file
from .voice import Voice

SOURCES = ("_config.yml", "_toc.yml", "requirements.txt", "constraints.txt", "pyproject.toml")
FOLDERS = ("book", "data", "claims")


def seed() -> int:
    text = os.environ.get("BOOK_SEED", "0")
    try:
        return int(text)
    except ValueError:
        raise BuildError(Problem("", 0, f"BOOK_SEED must be a whole number, not {text!r}")) from None


def inputs(project: Project) -> dict[str, str]:
    """Digests of everything that a build reads, by file."""
    from .deps import PACKAGE, installed

    found = {}
    roots = [project.root / name for name in FOLDERS]
    if not (project.root / "claims").is_dir():
        roots.append(PACKAGE)
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(f for f in folders if f not in ("__pycache__", ".ipynb_checkpoints"))
            for name in files:
                path = Path(folder) / name
                found[os.path.relpath(path, project.root)] = file_digest(path) or ""
    for path in [*map(project.root.joinpath, SOURCES), *project.root.glob("*.py")]:
        found[path.name] = file_digest(path) or ""
    found["(packages)"] = digest(dump(installed()))
    found["(run)"] = f"python {sys.version.split()[0]}, seed {seed()}, commit {commit(project.root)}"
    return found


def outputs(project: Project) -> dict[str, str]:
    """What a finished build left: digests of the small files it trusts later, size and time of the many it does not
    read again."""
    found = {p.name: file_digest(p) or ""
             for p in [project.ledger, *sorted(project.store.glob("*.json"))] if ".seed" not in p.name}
    tree = []
    for folder, folders, files in os.walk(project.html):
        folders.sort()
        for name in sorted(files):
            status = os.stat(os.path.join(folder, name))
            tree.append(
                f"{os.path.relpath(os.path.join(folder, name), project.html)} {status.st_size} {status.st_mtime_ns}")
    found["html"] = digest("\n".join(tree)) if tree else ""
    return found


def up_to_date(project: Project) -> bool:
    """Whether the published site is what a build would give now."""
    state = state_file(project.state)
    return state.get("inputs") == inputs(project) and state.get("outputs") == outputs(project)


def summary(ledger: dict) -> str:
    """One line on what the ledger holds."""
    counts: dict[str, int] = {}
    for chapter in ledger["chapters"]:
        for badge, number in chapter["counts"].items():
            counts[badge] = counts.get(badge, 0) + number
    listed = ", ".join(f"{number} {badge}" for badge, number in sorted(counts.items(), key=lambda item: -item[1]))
    chapters = len(ledger["chapters"])
    return f"{chapters} chapter{'s' * (chapters != 1)}, {len(ledger['records'])} records ({listed or 'none'})"


def report(problems: list[Problem], project: Project, site: bool = True) -> int:
    """List every problem and say what became of the site."""
    unique = list(dict.fromkeys(sorted(problems)))
    sys.stdout.flush()
    print(f"\n{len(unique)} problem{'s' * (len(unique) != 1)}{'; nothing was published' * site}:\n", file=sys.stderr)
    for problem in unique:
        print(f"  {problem}", file=sys.stderr)
    if site and (project.html / "index.html").exists():
        day = datetime.fromtimestamp(project.html.stat().st_mtime).strftime("%Y-%m-%d %H:%M")
        print(f"\nThe last good site, of {day}, stays in {project.relative(project.html)}.", file=sys.stderr)
    return 1


def execute_stale(project: Project, book, number: int, say=print, force: bool = False):
    """Bring every chapter's run up to date.

    Returns (slug → stored run, outcomes of what was run now).
    """
    from . import deps, run, store

    versions = deps.installed()
    stored, stale, reasons = {}, [], {}
    for chapter in book.chapters:
        body, reason = (None, "forced") if force else store.current(project, chapter, number, versions)
        if body is None:
            stale.append(chapter)
            reasons[chapter.slug] = reason or ""
            store.forget(project, chapter)
        else:
            stored[chapter.slug] = body
    outcomes = run.execute(project, stale, number, say=say, reasons=reasons)
    for outcome in outcomes:
        if outcome.body:
            # what a later build will read: the two must not differ
            stored[outcome.chapter.slug] = ((store.read(project, outcome.chapter.slug) if number == 0 else None)
                                            or {**outcome.body, "cells": outcome.cells})
    return stored, outcomes


def judge(book, stored: dict, outcomes: list, whole: bool = True):
    """Ledger and problems of executed chapters: (runs, records, problems)."""
    from .ledger import Run, check, collect

    failed = {o.chapter.slug: o for o in outcomes if not o.body}
    runs = []
    for chapter in book.chapters:
        if chapter.slug in stored:
            runs.append(Run(chapter, stored[chapter.slug]["cells"]))
        elif chapter.slug in failed:
            runs.append(Run(chapter, failed[chapter.slug].cells, complete=False))
    records = collect(runs)
    whole = whole and not failed
    problems = check(runs, records, book.articles, whole)
    told = {p.file for p in problems if p.file}
    for outcome in failed.values():
        # close() repeats what the records of the chapter say already
        problems += [p for p in outcome.problems
                     if outcome.raised != "ChapterFailed" or p.file not in told or "ChapterFailed" not in p.message]
    return runs, records, problems


def build(project: Project, *, force: bool = False, say=None) -> int:
    """`make book`. Returns the exit status."""
    began = time.monotonic()
    environment_stands(project)
    number = seed()
    try:
        with Voice(say) as voice, alone(project, voice):
            return _build(project, number, force, voice, began)
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES) or force or not unchanged(project, say or print):
            raise
        return 0  # where nothing may be written, nothing had to be


def environment_stands(project: Project) -> None:
    """BuildError if what is installed is not what the pins say."""
    wrong = env.complain(project.root, _site())
    if wrong:
        raise BuildError(Problem("", 0, wrong))


def unchanged(project: Project, say) -> bool:
    """Say so if the site is what a build would give now."""
    state = state_file(project.state)
    if state.get("inputs") != inputs(project) or state.get("outputs") != outputs(project):
        return False
    say(f"Nothing changed: {state.get('summary')}. {project.relative(project.html)}/index.html is up to date.")
    return True


@contextlib.contextmanager
def alone(project: Project, say=print):
    """Let one build at a time work on the site; the lock goes with the process, however it ends."""
    project.build.mkdir(parents=True, exist_ok=True)
    with open(project.build / ".lock", "w") as handle:
        try:
            import fcntl
        except ImportError:
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another build of this book is running; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(project: Project, number: int, force: bool, say: Voice, began: float) -> int:
    from . import render, store, takeaway

    render.recover(project)
    if not force and unchanged(project, say):
        return 0
    say("Reading the book …")
    before = inputs(project)
    project.state.unlink(missing_ok=True)

    from .ledger import ledger as make_ledger
    from .sources import read_book

    book = read_book(project)
    say.about("running chapters")
    stored, outcomes = execute_stale(project, book, number, say, force)
    say.about("checking the records")
    runs, records, problems = judge(book, stored, outcomes)
    problems = book.problems + takeaway.check(project, book.chapters) + problems
    made = make_ledger(runs, records, book.articles, number)
    if problems:
        write_atomic(project.build / "failed" / "ledger.json", dump(made, ordered=True))
        return report(problems, project)
    executed_in = time.monotonic() - began
    started = time.monotonic()
    say.about("rendering the pages")
    problems = render.render(project, {c.slug: (c, stored[c.slug]) for c in book.chapters}, made)
    if problems:
        return report(problems, project)
    render.publish(project)
    store.sweep(project, {chapter.slug for chapter in book.chapters})
    rendered_in = time.monotonic() - started
    times = state_file(project.times)
    times["build"] = {"executed": [o.chapter.slug for o in outcomes], "before_rendering": round(executed_in, 3),
                      "rendering": round(rendered_in, 3)}
    write_atomic(project.times, dump(times))
    line = summary(made)
    if before == inputs(project):
        write_atomic(project.state, dump({"inputs": before, "outputs": outputs(project), "summary": line}))
    say(f"{line}.\n{len(outcomes)} of {len(book.chapters)} chapters executed, pages rendered in {rendered_in:.1f} s; "
        f"{time.monotonic() - began:.1f} s in all.\nOpen {project.relative(project.html)}/index.html")
    return 0


def _site() -> Path | None:
    """The site-packages folder this process imports from."""
    return next((Path(p) for p in sys.path
                 if p.endswith(("site-packages", "dist-packages")) and (Path(p) / "sphinx").is_dir()), None)
