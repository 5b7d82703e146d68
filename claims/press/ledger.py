"""The list of all records of the book, collected from executed chapters, and everything that is wrong with it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ..record import Verdict
from . import agreements, rules
from .page import working_of
from .project import Problem
from .sources import Chapter
from .store import record_of
from .totals import totals

PASSING = {v.word for v in Verdict if v.passes and not v.tells_kind}
CITED_SHARE = 20
DISPLAYED = re.compile(r"<math\b|\$\$|\\\[|\\begin\{(equation|align|gather|multline|eqnarray)\*?\}|\\displaystyle")


@dataclass
class Run:
    """An executed chapter as the ledger needs it: the chapter, its stored cells, and whether it ran to its end."""

    chapter: Chapter
    cells: list[dict]
    complete: bool = True


def collect(runs: list[Run]) -> list[dict]:
    """All records in the order of the book, each with its chapter, file, line, formula numbers and position."""
    records = []
    for run in runs:
        for number, (cell, executed) in enumerate(zip(run.chapter.cells, run.cells)):
            for output in executed["outputs"]:
                record = record_of(output)
                if record is None or not isinstance(record.get("label"), str):
                    continue
                records.append({
                    **record, "chapter": run.chapter.slug, "part": run.chapter.part, "file": run.chapter.file,
                    "docname": run.chapter.docname,
                    "line": cell.line_of(record["label"]), "fnumbers": cell.formulas, "cell": number,
                })
    used: dict[str, list[str]] = {}
    for record in records:
        for premise in record.get("given") or []:
            used.setdefault(premise, []).append(record["label"])
    for record in records:
        record["used_by"] = used.get(record["label"], [])
    return records


def verdict_problem(record: dict) -> str | None:
    """Why a record does not pass, in one line; None if it passes."""
    verdict, kind = record.get("verdict"), record.get("kind", "claim")
    reasons = [str(f) for f in record.get("failures") or []]
    if verdict not in PASSING or reasons:
        detail = "; ".join(reasons) or str(record.get("summary") or "no summary")
        return f"{kind} {record['label']!r} is {verdict if verdict else 'without a verdict'}: {detail}"
    return None


def check(runs: list[Run], records: list[dict], articles: dict[str, dict], whole: bool = True) -> list[Problem]:
    """Everything wrong with the records.

    whole: the runs are the whole book, so that premises of other chapters and unused definitions can be judged.
    """
    problems: list[Problem] = []
    for record in records:
        message = verdict_problem(record)
        if message:
            problems.append(Problem(record["file"], record["line"], message))
    problems += duplicates(records)
    if whole:
        problems += premises(records)
        problems += circles(records)
    problems += unused(records, whole)
    for run in runs:
        mine = [r for r in records if r["chapter"] == run.chapter.slug]
        problems += coverage(run, mine)
        problems += rules.check(run.chapter, run.cells)
        if run.complete:
            problems += formulas(run.chapter, mine, articles.get(run.chapter.slug, {}))
            cited = sum(r.get("kind") == "cite" or r.get("verdict") == "cited" for r in mine)
            if cited and cited * CITED_SHARE > len(mine):
                said = f"{cited} of {len(mine)} records are only cited; at most one in {CITED_SHARE} may be"
                problems.append(Problem(run.chapter.file, 1, said))
    return problems


def duplicates(records: list[dict]) -> list[Problem]:
    """Labels used twice, within a chapter or across chapters."""
    first: dict[str, dict] = {}
    problems = []
    for record in records:
        other = first.setdefault(record["label"], record)
        if other is not record:
            where = f"{other['file']}:{other['line']}"
            said = f"label {record['label']!r} is used twice; first at {where}"
            problems.append(Problem(record["file"], record["line"], said))
    return problems


def premises(records: list[dict]) -> list[Problem]:
    """Premises that no record stands for."""
    labels = {record["label"] for record in records}
    return [Problem(r["file"], r["line"], f"{r['label']!r} rests on {p!r}, and there is no such claim or definition")
            for r in records for p in r.get("given") or [] if p not in labels]


def circles(records: list[dict]) -> list[Problem]:
    """Circles of premises, each once."""
    given = {r["label"]: [p for p in r.get("given") or []] for r in records}
    place = {r["label"]: r for r in records}
    state: dict[str, int] = {}
    problems = []

    for root in given:
        if root in state:
            continue
        trail: list[tuple[str, int]] = [(root, 0)]
        state[root] = 1
        while trail:
            label, position = trail.pop()
            if position < len(given[label]):
                trail.append((label, position + 1))
                following = given[label][position]
                if state.get(following) == 1:
                    path = [name for name, _ in trail]
                    circle = path[path.index(following):] + [following]
                    problems.append(Problem(place[following]["file"], place[following]["line"],
                                            f"premises go round in a circle: {' → '.join(circle)}"))
                elif following in given and following not in state:
                    state[following] = 1
                    trail.append((following, 0))
            else:
                state[label] = 2
    return problems


def unused(records: list[dict], whole: bool) -> list[Problem]:
    """Definitions that nothing rests on."""
    if not whole:
        return []
    return [Problem(r["file"], r["line"], f"no claim rests on the definition {r['label']!r}")
            for r in records if r.get("kind") in ("define", "definition") and not r["used_by"]]


def coverage(run: Run, records: list[dict]) -> list[Problem]:
    """Every displayed equation has a record, every record its equation, every verb its record."""
    chapter, problems = run.chapter, []
    labels = {record["label"] for record in records}
    for cell, executed in zip(chapter.cells, run.cells):
        for output in executed["outputs"]:
            data = output.get("data", {})
            record = record_of(output)
            if record is None and (carried := working_of(output)):
                if compact(carried["latex"]) not in compact(html.unescape(data.get("text/html", ""))):
                    problems.append(Problem(chapter.file, cell.line, "a working shows something else than it carries"))
                continue
            if record is None:
                shown = ("text/latex" in data
                         or any(DISPLAYED.search(data[k])
                                for k in ("text/html", "text/markdown") if isinstance(data.get(k), str)))
                if shown:
                    said = "shows an equation without a record: print it, assign it, or make it a claim"
                    problems.append(Problem(chapter.file, cell.line, said))
                continue
            label, statement = record.get("label"), record.get("statement")
            if not isinstance(label, str) or not label:
                problems.append(Problem(chapter.file, cell.line, "a record without a label"))
                continue
            line = cell.line_of(label)
            latex = data.get("text/latex", "")
            shown = f'data-label="{html.escape(label)}"' in data.get("text/html", "")
            if not statement or not shown:
                problems.append(Problem(chapter.file, line, f"record {label!r} has no equation on the page"))
            elif compact(statement) not in compact(latex):
                problems.append(Problem(chapter.file, line,
                                        f"the equation shown for {label!r} is not the statement of its record"))
    if run.complete:
        for verb, label, _, line in chapter.calls():
            if label not in labels:
                problems.append(Problem(chapter.file, line,
                                        f"{verb} {label!r} left no record: let it be the last expression of its cell"))
        if chapter.calls() and not chapter.closes():
            problems.append(Problem(chapter.file, chapter.cells[-1].line,
                                    "the last code cell does not call close(), so that failures would go unseen"))
    return problems


def compact(latex: str) -> str:
    return re.sub(r"\s+|\\tag\{[^}]*\}|\\label\{[^}]*\}", "", latex)


def formulas(chapter: Chapter, records: list[dict], article: dict) -> list[Problem]:
    """Formulas F1 … Fn of the article (`formulas: n` in data/articles.yml) that no record of the chapter is tagged
    with."""
    count = article.get("formulas") or 0
    have = {re.match(r"F\d+", number)[0] for record in records for number in record["fnumbers"]}
    missing = [f"F{n}" for n in range(1, count + 1) if f"F{n}" not in have]
    return [Problem(chapter.file, 1, f"no claim for formula {', '.join(missing)} of the article")] if missing else []


def tidy(records: list[dict]) -> list[dict]:
    """Records as the ledger stores them."""
    return [{k: v for k, v in record.items() if k != "cell"} for record in records]


def ledger(runs: list[Run], records: list[dict], articles: dict[str, dict], seed: int) -> dict:
    """The ledger: everything a page or a reader may want to know, without anything that differs from build to build."""
    chapters, functions = [], []
    for run in runs:
        mine = [r for r in records if r["chapter"] == run.chapter.slug]
        functions += agreements.listed(run.chapter, mine)
        counts: dict[str, int] = {}
        for record in mine:
            key = record.get("badge") or record.get("verdict") or "?"
            counts[key] = counts.get(key, 0) + 1
        chapters.append({"slug": run.chapter.slug, "part": run.chapter.part, "file": run.chapter.file,
                         "docname": run.chapter.docname, "counts": counts, "totals": totals(mine),
                         "formulas": articles.get(run.chapter.slug, {}).get("formulas", 0)})
    return {"format": 1, "seed": seed, "chapters": chapters, "totals": totals(records), "takeaway": functions,
            "records": tidy(records)}
