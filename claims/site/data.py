"""What the pages show, computed from the ledger: totals, what rests on what, and what that means for a verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

Record = dict[str, Any]

BADGES = {
    "proved": "proved", "instances": "proved at instances", "measured": "measured", "experiment": "experiment", "counterexample": "counterexample", "erratum": "erratum",
    "definition": "definition", "cited": "cited", "undecided": "undecided", "refuted": "refuted",
}
"""Badge → its words, in the order in which totals and legends list them."""

MEANING = {
    "proved": "Computer algebra shows that the residuals of the statement vanish identically, given its premises.",
    "instances": "The proof covers only the instances named in the scope; beyond them the statement is measured.",
    "measured": "A program that does not know the formula measures the left side and finds what the right side says, within the error of the measurement. No proof.",
    "experiment": "The outcome of a toy experiment over several seeds, with a test and ablations. An observation, not a theorem.",
    "counterexample": "A statement that fails, with the smallest point of the search at which it does.",
    "erratum": "The formula as printed in a source is refuted, the corrected one stands in its place with evidence of its own.",
    "definition": "A name for something. Nothing to prove; where it is bound to code, wrong variants of the code must change what is measured.",
    "cited": "Taken from a source, without evidence in this book.",
    "undecided": "The evidence does not suffice. A book with such an equation is not published.",
    "refuted": "The evidence speaks against it. A book with such an equation is not published.",
}

SOLID = {"definition"}
"""Badges on which a proof may rest without owing anything to measurement; a record whose own verdict is "proved" is solid too."""

PARTS = {"transformers": "Transformers", "optimization": "Optimisation", "optimisation": "Optimisation", "diffusion": "Diffusion", "probability": "Probability"}


def is_solid(record: Record) -> bool:
    """Whether a statement leaves no debt to whoever rests on it.

    >>> is_solid({"badge": "erratum", "verdict": "proved"}), is_solid({"badge": "measured", "verdict": "measured"})
    (True, False)
    """
    return record.get("badge") in SOLID or record.get("verdict") == "proved"


def count(n: int) -> str:
    """
    >>> count(3124), count(12345)
    ('3124', '12\u202f345')
    """
    return str(n) if n < 10_000 else f"{n:,}".replace(",", "\u202f")


def plural(n: int, word: str, many: str = "") -> str:
    """
    >>> plural(1, "equation"), plural(2, "erratum", "errata"), plural(1200, "mutant")
    ('1 equation', '2 errata', '1200 mutants')
    """
    return f"{count(n)} {word if n == 1 else many or word + 's'}"


@dataclass
class Book:
    """All records of the book with the relations between them."""

    records: list[Record] = field(default_factory=list)
    chapters: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""

    @classmethod
    def read(cls, ledger: Path, articles: Path) -> Book:
        """From `ledger.json` and `data/articles.yml`; what is missing is empty."""
        import yaml

        try:
            text = ledger.read_text(encoding="utf-8")
            found = json.loads(text)
        except (OSError, ValueError):
            text, found = "", {}
        try:
            listed = yaml.safe_load(articles.read_text(encoding="utf-8")) or []
        except OSError:
            listed = []
        return cls(found.get("records", []), found.get("chapters", []), listed, text)

    @cached_property
    def by_label(self) -> dict[str, Record]:
        return {r["label"]: r for r in self.records}

    @cached_property
    def used_by(self) -> dict[str, list[str]]:
        """Premise → labels of the records that name it."""
        found: dict[str, list[str]] = {label: [] for label in self.by_label}
        for record in self.records:
            for premise in dict.fromkeys(record.get("given") or ()):
                if premise in found:
                    found[premise].append(record["label"])
        return found

    def of(self, chapter: str) -> list[Record]:
        """Records of one chapter (slug), in the order of the page."""
        return [r for r in self.records if r.get("chapter") == chapter]

    def premises(self, label: str) -> list[str]:
        """Direct premises that have a record."""
        return [p for p in dict.fromkeys(self.by_label[label].get("given") or ()) if p in self.by_label] if label in self.by_label else []

    def below(self, label: str) -> list[str]:
        """Everything a record rests on, directly or through others, nearest first; the record itself is not in it."""
        seen, queue = {label}, [label]
        for one in queue:
            for premise in self.premises(one):
                if premise not in seen:
                    seen.add(premise)
                    queue.append(premise)
        return queue[1:]

    def above(self, label: str) -> list[str]:
        """Everything that rests on a record, nearest first."""
        seen, queue = {label}, [label]
        for one in queue:
            for user in self.used_by.get(one, ()):
                if user not in seen:
                    seen.add(user)
                    queue.append(user)
        return queue[1:]

    @cached_property
    def debts(self) -> dict[str, list[str]]:
        """Label → labels of what it rests on, transitively, that is not proved."""
        return {r["label"]: [p for p in self.below(r["label"]) if not is_solid(self.by_label[p])] for r in self.records}

    def counts(self, records: list[Record] | None = None) -> dict[str, int]:
        """Badge → number of records, in the order of `BADGES`, zeros left out."""
        records = self.records if records is None else records
        return {b: n for b in BADGES if (n := sum(r.get("badge") == b for r in records))}

    def totals(self, records: list[Record] | None = None) -> dict[str, int]:
        """The counters: statements (without definitions and citations), how many are proved, mutants refuted and so on."""
        records = self.records if records is None else records
        statements = [r for r in records if r.get("badge") not in ("definition", "cited")]
        mutants = [r.get("mutants") or {} for r in records]
        tried = sum(m.get("total", 0) - m.get("equivalent", 0) - m.get("incompetent", 0) - m.get("not_attacked", 0) for m in mutants)
        survived = sum(len(m.get("survivors") or ()) for m in mutants)
        return {
            "equations": len(records), "statements": len(statements), "definitions": sum(r.get("badge") == "definition" for r in records), "citations": sum(r.get("badge") == "cited" for r in records),
            "proved": sum(r.get("verdict") == "proved" for r in statements), "trials": sum(bool((r.get("trial") or {}).get("points")) for r in statements),
            "mutants": tried, "mutants_refuted": tried - survived,
            "premises_tried": sum((r.get("premises") or {}).get("wrong_variants", 0) for r in records), "premises_moved": sum((r.get("premises") or {}).get("moved", 0) for r in records),
            "errata": sum(r.get("kind") == "erratum" for r in records), "looks_wrong": sum(bool(r.get("looks_wrong")) for r in records),
            "counterexamples": sum(r.get("kind") == "counterexample" for r in records),
        }
