"""`make soak`: every chapter under other random numbers, so that no claim stands by the luck of one seed.

The seeds follow from the commit, so that nobody chose them and everybody gets the same.
"""

from __future__ import annotations

import subprocess
import sys
import time

from . import env
from .book import alone, judge
from .project import BuildError, Problem, Project, commit, digest, dump, write_atomic
from .run import Outcome, side_by_side
from .sources import read_book


def seeds(commit_hash: str, count: int) -> list[int]:
    """Seeds of a commit, none of them 0, the seed of the book.

    >>> seeds("0" * 40, 2) == seeds("0" * 40, 3)[:2], 0 in seeds("0" * 40, 99)
    (True, False)
    """
    return [1 + int(digest(f"{commit_hash} {number}")[:8], 16) for number in range(count)]


def dirty(project: Project) -> bool:
    """Whether tracked files differ from the commit."""
    try:
        done = subprocess.run(["git", "-C", str(project.root), "status", "--porcelain", "--untracked-files=no"],
                              capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return bool(done.stdout.strip())


def failures(book, outcome: Outcome) -> list[tuple[str, str]]:
    """(label, what is wrong) of one run; the slug of the chapter where no claim can be named."""
    one = type(book)(book.project, [outcome.chapter], book.articles, [])
    slug = outcome.chapter.slug
    stored = {slug: {"cells": outcome.cells}} if outcome.body else {}
    _, records, problems = judge(one, stored, [outcome], whole=False)
    labels = {record["line"]: record["label"] for record in records}
    return [(labels.get(p.line, slug), p.message) for p in problems]


def false_alarm(records: list[dict]) -> float:
    """Chance, by design, that one of these claims fails in one run although it is true."""
    return sum(float((record.get("trial") or {}).get("false_alarm") or 0) for record in records)


def ablation_alarm(records: list[dict]) -> float:
    """Chance, by design, that one of the ablations of these experiments shows an effect although it has none."""
    return sum(x["alpha"] * len(x["ablations"]) for record in records if (x := record.get("experiment")))


def soak(project: Project, count: int, only: str | None = None) -> int:
    """Run the chapters (or `only` one) under `count` seeds; exit status 1 if any claim fails under any of them."""
    from .book import _site
    from .ledger import Run, collect

    if count < 1:
        raise BuildError(Problem("", 0, f"--seeds must be at least 1, not {count}"))
    wrong = env.complain(project.root, _site())
    if wrong:
        raise BuildError(Problem("", 0, wrong))
    book = read_book(project, only)
    if book.problems and not only:
        raise BuildError(book.problems)
    hashed, changed = commit(project.root)[0], dirty(project)
    drawn = seeds(hashed, count)
    jobs = [(chapter, seed) for chapter in book.chapters for seed in drawn]
    found: list[dict] = []
    alarm: dict[str, float] = {}
    ablation: dict[str, float] = {}
    claims: dict[str, int] = {}
    finished = 0
    began = time.monotonic()

    def written() -> dict:
        return {
            "commit": hashed, "uncommitted_changes": changed, "seeds": drawn,
            "chapters": [c.slug for c in book.chapters],
            "runs": finished, "runs_wanted": len(jobs), "records": sum(claims.values()),
            "false_alarm_per_run_of_the_book": sum(alarm.values()),
            "ablation_alarm_per_run_of_the_book": sum(ablation.values()),
            "failures": sorted(found, key=lambda f: (f["chapter"], f["label"], f["seed"])),
        }

    def done(outcome: Outcome) -> None:
        nonlocal finished
        finished += 1
        slug = outcome.chapter.slug
        records = collect([Run(outcome.chapter, outcome.cells)])
        alarm[slug], ablation[slug], claims[slug] = false_alarm(records), ablation_alarm(records), len(records)
        failed = failures(book, outcome)
        found.extend({"chapter": slug, "label": label, "seed": outcome.seed, "message": message}
                     for label, message in failed)
        outcome.cells = []  # a soak of the whole book would hold every figure of every run
        mark = f"  FAILED: {', '.join(dict.fromkeys(label for label, _ in failed))}" if failed else ""
        print(f"[{finished}/{len(jobs)}] {slug}  seed {outcome.seed}  {outcome.wall:5.1f} s{mark}", flush=True)
        write_atomic(project.build / "soak.json", dump(written()))

    with alone(project):
        side_by_side(project, jobs, done)
    result = written()
    write_atomic(project.build / "soak.md", sentence(result))
    print(f"\n{sentence(result)}{time.monotonic() - began:.0f} s; written to _build/soak.json and _build/soak.md")
    for failure in result["failures"]:
        print(f"  {failure['chapter']}: {failure['label']} at BOOK_SEED={failure['seed']}: {failure['message']}",
              file=sys.stderr)
    return 1 if result["failures"] else 0


def sentence(result: dict) -> str:
    """The result for the README."""
    failed = {(f["label"], f["seed"]) for f in result["failures"]}
    after = " with uncommitted changes" if result["uncommitted_changes"] else ""
    what = f"{len(failed)} failed" if failed else "none failed"
    return (
        f"`make soak SEEDS={len(result['seeds'])}` at commit {result['commit'][:12]}{after}: {result['runs']} runs "
        f"of {len(result['chapters'])} chapters, "
            f"{result['records']} records each time, {what}. By design a true claim fails with a chance of at most "
            f"{result['false_alarm_per_run_of_the_book'] * len(result['seeds']):.1g} in all these runs together, "
            f"and an ablation without any effect seems to have one with a chance of at most "
            f"{result['ablation_alarm_per_run_of_the_book'] * len(result['seeds']):.1g}.\n")
