"""The command `claims`: build the book, run one chapter, show the evidence of one claim, measure the build."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="claims", description="Build the book and look at its evidence.")
    top.add_argument("--root", type=Path, help="folder of the book (default: the nearest one upwards with a _toc.yml)")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    build = add("build", "execute what changed, check every record, render the pages")
    build.add_argument("--force", action="store_true", help="execute every chapter again")
    one = add("chapter", "execute one chapter if it changed, list its records, render it alone")
    one.add_argument("slug")
    fresh = add("new", "write the skeleton of a chapter, which passes, and list it")
    fresh.add_argument("slug")
    text = add("text", "print one chapter as a reader's text: folds left out, formulas as LaTeX, figures by path")
    text.add_argument("slug")
    pdf = add("pdf", "print the book, or one chapter, to _build/pdf with Chromium")
    pdf.add_argument("slug", nargs="?")
    check = add("check", "execute the chapter of one claim and print that claim's evidence")
    check.add_argument("label")
    add("ledger", "collect all records from the executed chapters, check them, write _build/ledger.json")
    show = add("show", "print the evidence of one claim from the ledger")
    show.add_argument("label")
    show.add_argument("--json", action="store_true", help="the whole record as JSON")
    add("notebooks", "write the executed notebooks to _build/notebooks")
    soak = add("soak", "run every chapter with other seeds, derived from the commit")
    soak.add_argument("--seeds", type=int, default=20)
    soak.add_argument("--chapter", help="only this chapter")
    bench = add("bench", "measure the build")
    bench.add_argument("--repeat", type=int, default=3)
    bench.add_argument("--quick", action="store_true", help="the first three measurements only, once")
    bench.add_argument("--large", action="store_true", help="only a book of 37 chapters of real size, nothing executed")
    add("takeaway", "write the chapters' functions to take away as modules, claims/takeaway")
    add("reproduce", "build the book twice, in two folders, and compare the bytes")
    return top


def main(argv: list[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without our signs shows their numbers
    arguments = parser().parse_args(argv)
    from .press.disk import refused
    from .press.project import BuildError, Project, find_root

    try:
        project = Project(arguments.root or find_root())
        return run(project, arguments)
    except BuildError as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "claims":
            raise
        print(f"error: package {error.name} is missing. Mend it with: make venv", file=sys.stderr)
        return 2
    except OSError as error:
        if (said := refused(error)) is None:
            raise
        print(f"error: {said}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; what had finished is kept", file=sys.stderr)
        return 130


def run(project, arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "build":
            from .press.book import build

            return build(project, force=arguments.force)
        case "chapter":
            from .press.single import chapter

            return chapter(project, arguments.slug)
        case "new":
            from .press.new import new

            return new(project, arguments.slug)
        case "text":
            from .press.single import text

            return text(project, arguments.slug)
        case "pdf":
            from .press.pdf import pdf

            return pdf(project, arguments.slug)
        case "check":
            from .press.single import check

            return check(project, arguments.label)
        case "ledger":
            from .press.single import ledger

            return ledger(project)
        case "show":
            from .press.single import show

            return show(project, arguments.label, arguments.json)
        case "notebooks":
            from .press.single import notebooks

            return notebooks(project)
        case "soak":
            from .press.soak import soak

            return soak(project, arguments.seeds, arguments.chapter)
        case "bench":
            from .press import bench

            if arguments.large:
                return bench.large_book(project)
            return bench.bench(project, arguments.repeat, arguments.quick)
        case "takeaway":
            from .press.takeaway import write

            return write(project)
        case "reproduce":
            from .press.reproduce import reproduce

            return reproduce(project)
    raise AssertionError(arguments.command)


if __name__ == "__main__":
    raise SystemExit(main())
