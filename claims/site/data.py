"""What the pages show, computed from the ledger: totals, what rests on what, and what that means for a verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..press.totals import Record, totals
from ..record import Verdict

SOLID = {"definition"}
"""Badges on which a proof may rest without owing anything to measurement; a record that is itself proved is solid
too."""

PARTS = {"transformers": "Transformers", "losses": "Losses", "optimization": "Optimisation",
         "optimisation": "Optimisation", "diffusion": "Diffusion", "probability": "Probability"}


def is_solid(record: Record) -> bool:
    """Whether a statement leaves no debt to whoever rests on it.

    >>> is_solid({"badge": "erratum", "verdict": "proved"}), is_solid({"badge": "measured", "verdict": "measured"})
    (True, False)
    """
    return record.get("badge") in SOLID or record.get("verdict") == "proved"


@dataclass
class Book:
    """All records of the book with the relations between them."""

    records: list[Record] = field(default_factory=list)
    chapters: list[dict[str, Any]] = field(default_factory=list)
    articles: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    functions: list[dict[str, Any]] = field(default_factory=list)

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
        return cls(found.get("records", []), found.get("chapters", []), listed, text,
                   found.get("takeaway", []))

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
        given = self.by_label.get(label, {}).get("given") or ()
        return [p for p in dict.fromkeys(given) if p in self.by_label]

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
        return {r["label"]: [p for p in self.below(r["label"]) if not is_solid(self.by_label[p])]
                for r in self.records}

    def counts(self, records: list[Record] | None = None) -> dict[str, int]:
        """Badge → number of records, in the order of :class:`Verdict`, zeros left out."""
        badges = [r.get("badge") for r in (self.records if records is None else records)]
        return {v.badge: n for v in Verdict if (n := badges.count(v.badge))}

    def totals(self, records: list[Record] | None = None) -> dict[str, Any]:
        """What the records add up to, of the whole book or of those given."""
        return totals(self.records if records is None else records)
