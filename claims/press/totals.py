"""What the records of a chapter or of the book add up to. The only place that counts."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import Any

from ..record import attacked

Record = dict[str, Any]


def totals(records: list[Record]) -> dict[str, Any]:
    """Counts of everything that the ledger's pages and the front page tell; what a record does not say counts nowhere.

    Statements are all records but definitions and citations. `resolution_median` and `resolution_worst` are relative
    errors, None where no record has a resolution.

    >>> found = totals([{"badge": "proved", "verdict": "proved", "sides": {"left": "executed"}}, {"badge": "cited"}])
    >>> found["statements"], found["citations"], found["left_executed"], found["left_in_words"]
    (1, 1, 1, 0)
    """
    return {**kinds(records), **attacks(records), **language(records), **proofs(records), **resolutions(records)}


def kinds(records: list[Record]) -> dict[str, int]:
    badges = Counter(r.get("badge") for r in records)
    statements = [r for r in records if r.get("badge") not in ("definition", "cited")]
    return {
        "equations": len(records), "statements": len(statements),
        "definitions": badges["definition"], "citations": badges["cited"],
        "proved": sum(r.get("verdict") == "proved" for r in statements),
        "trials": sum(bool((r.get("trial") or {}).get("points")) for r in statements),
        "errata": sum(r.get("kind") == "erratum" for r in records),
        "counterexamples": sum(r.get("kind") == "counterexample" for r in records),
        "looks_wrong": sum(bool(r.get("looks_wrong")) for r in records),
    }


def attacks(records: list[Record]) -> dict[str, int]:
    refuted, tried = (sum(column) for column in zip((0, 0), *map(attacked, records)))
    premises = [r.get("premises") or {} for r in records]
    return {"mutants": tried, "mutants_refuted": refuted,
            "premises_tried": sum(p.get("wrong_variants", 0) for p in premises),
            "premises_moved": sum(p.get("moved", 0) for p in premises)}


def language(records: list[Record]) -> dict[str, int]:
    """How much of what is shown is an expression that runs, and how much is in words."""
    left = Counter((r.get("sides") or {}).get("left") for r in records)
    bound = Counter(bool(r["bound"]) for r in records if r.get("kind") == "definition" and "bound" in r)
    return {"left_executed": left["executed"], "left_computed": left["computed"], "left_in_words": left["in words"],
            "definitions_bound": bound[True], "definitions_in_words": bound[False]}


def proofs(records: list[Record]) -> dict[str, int]:
    """Proofs that their premises move, identities, and lines of derivations by their evidence."""
    lines = Counter(line.get("evidence") for r in records for line in r.get("lines") or ())
    return {"proofs_moved": sum(moves_proof(r) for r in records),
            "identities": sum(bool(r.get("identity")) for r in records),
            "lines_proved": lines["proved"], "lines_measured": lines["measured"]}


def moves_proof(record: Record) -> bool:
    """Whether a premise of the record moves its proof, or a line of it."""
    return any({"proof", "line"} & set(moved) for moved in (record.get("given_moved") or {}).values())


def resolutions(records: list[Record]) -> dict[str, float | None]:
    found = [r["resolution"] for r in records if r.get("resolution") is not None]
    return {"resolution_median": statistics.median(found) if found else None,
            "resolution_worst": max(found, default=None)}
