"""`make bench`: what the build costs, measured on copies of the book, and on a synthetic book of light chapters.

Every figure is the median of `repeat` measurements that were taken in turns, so that a busy minute of the machine
falls on all of them.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from . import copies, light
from .project import BuildError, Problem, Project, cores, commit, dump, load, write_atomic
from .run import MEMORY
from .sources import Chapter, read_book, toc_files

COLD_TARGET, NOTHING_TARGET, PAGE_TARGET = 1.15, 1.5, 1 / 3
CHAPTER_CPU = 30.0
SYNTHETIC = (10, 40)


def median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def bound(times: dict) -> float:
    """Seconds that a cold build takes at least: max(longest chapter, sum of CPU seconds / cores) + rendering.

    times: contents of `_build/times.json`. A chapter counts with its CPU seconds: its wall clock holds what its
    neighbours took from it.

    >>> bound({"chapters": {"a": {"cpu": 9.0}, "b": {"cpu": 1.0}}, "build": {"rendering": 2.0}}) >= 11.0
    True
    """
    cpu = [chapter["cpu"] for chapter in times["chapters"].values()]
    return max(max(cpu), sum(cpu) / cores()) + times["build"]["rendering"]


def wipe(root: Path) -> None:
    shutil.rmtree(root / "_build", ignore_errors=True)


def plain(root: Path) -> copies.Timed:
    """`jupyter-book build .` as the usual tool chain does it: notebooks one after another, nothing of this build."""
    tool = Path(sys.executable).with_name("jupyter-book")
    command = [str(tool)] if tool.exists() else [sys.executable, "-m", "jupyter_book"]
    done = copies.timed(root, [*command, "build", "."], CLAIMS_PLAIN="1", MPLBACKEND="Agg")
    if done.status or not (root / "_build" / "html").is_dir():
        raise BuildError(Problem("", 0, f"jupyter-book build . failed:\n{done.output.strip()[-2000:]}"))
    return done


def times_of(root: Path) -> dict:
    return load(root / "_build" / "times.json", {})


def executed(root: Path, expected: list[str]) -> None:
    """BuildError unless the last build executed exactly these chapters: a figure for something else would be
    worthless."""
    ran = sorted(times_of(root)["build"]["executed"])
    if ran != sorted(expected):
        raise BuildError(Problem("", 0, f"executed {ran or 'nothing'} where {expected or 'nothing'} had changed"))


def change_prose(chapter: Chapter, root: Path, number: int) -> None:
    path = root / chapter.file
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\nSentence {number}, written by the benchmark.\n",
                    encoding="utf-8")


def change_code(chapter: Chapter, root: Path, number: int) -> None:
    path = root / chapter.file
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(chapter.cells[0].body_line, f"# line {number}, written by the benchmark")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def imports() -> dict[str, float]:
    """Seconds of a process that imports nothing, the verbs, or one of the libraries, as every chapter may have to
    before its first line."""
    wanted = {"nothing": "pass", "claims": "from claims import claim", "numpy": "import numpy", "sympy": "import sympy",
              "matplotlib": "import matplotlib.pyplot", "torch": "import torch"}
    found = {}
    for name, code in wanted.items():
        runs = []
        for _ in range(3):
            began = time.monotonic()
            status = copies.timed(copies.PACKAGE.parent, [sys.executable, "-c", code], MPLBACKEND="Agg").status
            runs.append(time.monotonic() - began)
        if status == 0:
            found[name] = median(runs)
    return found


def real(project: Project, folder: Path, repeat: int, quick: bool) -> dict:
    """Measurements on copies of the book."""
    ours, theirs = folder / "ours", folder / "theirs"
    for root in (ours, theirs):
        copies.tree(project, root)
    chapters = read_book(Project(ours)).chapters
    cold, usual, limits, nothing, runs = [], [], [], [], []
    for turn in range(repeat):
        print(f"turn {turn + 1} of {repeat}: cold build …", end=" ", flush=True)
        wipe(ours)
        cold.append(copies.build(ours))
        limits.append(bound(times_of(ours)))
        runs.append(times_of(ours))
        print(f"{cold[-1].wall:.1f} s, nothing changed …", end=" ", flush=True)
        nothing.append(copies.build(ours))
        print(f"{nothing[-1].wall:.2f} s, jupyter-book build . …", end=" ", flush=True)
        wipe(theirs)
        usual.append(plain(theirs))
        print(f"{usual[-1].wall:.1f} s", flush=True)

    def of_chapter(slug: str, key: str) -> float:
        return median([run["chapters"][slug][key] for run in runs])

    found = {
        "cold": median([t.wall for t in cold]), "cold_peak_bytes": max(t.peak for t in cold),
        "bound": median(limits), "cold_over_bound": median([t.wall / b for t, b in zip(cold, limits)]),
        "rendering": median([run["build"]["rendering"] for run in runs]),
        "jupyter_book": median([t.wall for t in usual]), "jupyter_book_peak_bytes": max(t.peak for t in usual),
        "nothing_changed": median([t.wall for t in nothing]),
        "nothing_changed_peak_bytes": max(t.peak for t in nothing),
        "chapter_start": median([c["start"] for run in runs for c in run["chapters"].values()]),
        "chapters": {c.slug: {"wall": of_chapter(c.slug, "wall"), "cpu": of_chapter(c.slug, "cpu"),
                              "peak_bytes": int(of_chapter(c.slug, "peak_bytes"))}
                     for c in chapters},
    }
    if quick:
        return found
    shortest = min(chapters, key=lambda c: found["chapters"][c.slug]["cpu"])
    prose, code = [], []
    for turn in range(repeat):
        print(f"turn {turn + 1} of {repeat}: prose changed …", end=" ", flush=True)
        change_prose(shortest, ours, turn)
        prose.append(copies.build(ours).wall)
        executed(ours, [])
        print(f"{prose[-1]:.1f} s, code of {shortest.slug} changed …", end=" ", flush=True)
        change_code(shortest, ours, turn)
        code.append(copies.build(ours).wall)
        executed(ours, [shortest.slug])
        print(f"{code[-1]:.1f} s", flush=True)
    return found | {"prose_changed": median(prose), "code_changed": median(code), "code_changed_chapter": shortest.slug}


def bench(project: Project, repeat: int, quick: bool) -> int:
    """Measure, print, write `_build/bench.json` and, for the README, `_build/bench.md`; exit status 1 if a target is
    missed."""
    if repeat < 1:
        raise BuildError(Problem("", 0, f"--repeat must be at least 1, not {repeat}"))
    toc_files(project)
    result: dict = {
        "machine": {"cores": cores(), "python": platform.python_version(), "system": platform.platform(),
                    "load": round(os.getloadavg()[0], 2)},
        "commit": commit(project.root)[0], "repeat": 1 if quick else repeat,
    }
    with tempfile.TemporaryDirectory(prefix="claims-bench-") as name:
        folder = Path(name)
        result["book"] = real(project, folder, 1 if quick else repeat, quick)
        if not quick:
            print("imports …", flush=True)
            result["imports"] = imports()
            result["synthetic"] = []
            for number in SYNTHETIC:
                print(f"a synthetic book of {number} chapters …", end=" ", flush=True)
                result["synthetic"].append(light.synthetic(project, folder, number, bound))
                print(f"{result['synthetic'][-1]['cold']:.1f} s", flush=True)
    missed = targets(result)
    write_atomic(project.build / "bench.json", dump(result | {"targets_missed": missed}))
    text = table(result)
    write_atomic(project.build / "bench.md", text)
    print(f"\n{text}\nWritten to _build/bench.json and _build/bench.md")
    for line in missed:
        print(f"target missed: {line}", file=sys.stderr)
    return 1 if missed else 0


def large_book(project: Project) -> int:
    """The book of 37 chapters of real size alone."""
    from . import large

    with tempfile.TemporaryDirectory(prefix="claims-bench-") as name:
        return large.bench(project, Path(name))


def targets(result: dict) -> list[str]:
    """Targets that the measurements miss."""
    book = result["book"]
    missed = []
    if book["cold_over_bound"] > COLD_TARGET:
        missed.append(f"a cold build takes {book['cold_over_bound']} of its bound, the target is {COLD_TARGET}")
    if book["nothing_changed"] > NOTHING_TARGET:
        missed.append(
            f"a build in which nothing changed takes {book['nothing_changed']} s, the target is {NOTHING_TARGET} s")
    for slug, chapter in sorted(book["chapters"].items()):
        if chapter["cpu"] > CHAPTER_CPU:
            missed.append(f"{slug} takes {chapter['cpu']:.1f} s of CPU, a chapter has {CHAPTER_CPU:g} s")
        if chapter["peak_bytes"] > MEMORY:
            missed.append(f"{slug} takes {chapter['peak_bytes'] / 2**30:.2f} GiB, a chapter has 1 GiB")
    for one in result.get("synthetic", []):
        if one["rendering_per_page"] > PAGE_TARGET:
            missed.append(
                f"rendering takes {one['rendering_per_page']} s per page in a book of {one['chapters']}, the "
                f"target is {PAGE_TARGET:.2f} s")
    return missed


def table(result: dict) -> str:
    """The measurements as a Markdown table for the README."""
    book, machine = result["book"], result["machine"]

    def gib(value: int) -> str:
        return f"{value / 2**30:.2f} GiB"

    rows = [
        ("cold `make book`", f"{book['cold']:.1f} s",
         f"{book['cold_over_bound']:.2f} of the bound {book['bound']:.1f} s; {gib(book['cold_peak_bytes'])}"),
        ("`jupyter-book build .` alone, cold", f"{book['jupyter_book']:.1f} s", gib(book["jupyter_book_peak_bytes"])),
        ("nothing changed", f"{book['nothing_changed']:.2f} s", gib(book["nothing_changed_peak_bytes"])),
    ]
    if "prose_changed" in book:
        rows += [("prose of one chapter changed", f"{book['prose_changed']:.1f} s", "no chapter runs"),
                 ("code of one chapter changed", f"{book['code_changed']:.1f} s",
                  f"{book['code_changed_chapter']} alone runs")]
    imported = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in result.get("imports", {}).items())
    rows.append(("start of a chapter's process", f"{book['chapter_start']:.2f} s",
                 f"a process that imports {imported}" if imported else ""))
    for slug, chapter in sorted(book["chapters"].items()):
        rows.append((f"chapter `{slug}`", f"{chapter['cpu']:.1f} s of CPU", gib(chapter["peak_bytes"])))
    for one in result.get("synthetic", []):
        rows.append((f"synthetic book of {one['chapters']} light chapters", f"{one['cold']:.1f} s",
                     f"{one['per_chapter']:.2f} s a chapter; rendering {one['rendering_per_page']:.2f} s a page"))
    head = (
        f"Medians of {result['repeat']} on {machine['cores']} cores, Python {machine['python']}, load "
        f"{machine['load']} at the beginning, "
            f"commit {result['commit'][:12]}.\n\n| | | |\n|---|---:|---|\n")
    return head + "".join(f"| {a} | {b} | {c} |\n" for a, b, c in rows)
