"""What a record says in one line, and the badge that stands beside the equation. Records are plain JSON dictionaries."""

from __future__ import annotations

from typing import Any

BADGES = {"proved": "proved", "proved at instances": "instances", "measured": "measured", "cited": "cited", "definition": "definition",
          "refuted": "refuted", "undecided": "undecided"}


def plural(n: int, word: str) -> str:
    return f"{n} {word}" + ("" if n == 1 else "s")


def attacked(record: dict[str, Any]) -> tuple[int, int]:
    """(refuted, attacked) mutants of a record: equivalent ones and those without a value do not count."""
    m = record.get("mutants") or {}
    tried = m.get("total", 0) - m.get("equivalent", 0) - m.get("incompetent", 0) - m.get("not_attacked", 0)
    return tried - len(m.get("survivors", ())), tried


def summary(record: dict[str, Any]) -> str:
    """The verdict line.

    >>> summary({"kind": "claim", "verdict": "proved", "given": ["prenorm"], "proof": {"verdict": "proved"}, "trial": None})
    'proved from prenorm'
    """
    kind, verdict = record["kind"], record["verdict"]
    if record.get("failures"):
        return f"{verdict}: {record['failures'][0]}"
    if kind == "definition":
        wrong = record.get("wrong") or []
        return "definition" + (f" · bound to code with {plural(len(wrong), 'wrong variant')}" if wrong else "")
    if kind == "cite":
        return f"cited from {record['source']}, without evidence here: {record['reason']}"
    if kind == "experiment":
        e = record["experiment"]
        return (f"experiment · {plural(e['seeds'], 'seed')} · {e['test']}"
                + (f" · {plural(len(e['ablations']), 'ablation')} without the effect" if e["ablations"] else ""))
    parts = []
    given = ", ".join(record.get("given") or ())
    if kind == "counterexample":
        parts.append("refuted at the smallest witness")
    elif kind == "erratum":
        parts.append("printed formula refuted, corrected formula " + verdict)
    elif record.get("proof"):
        parts.append(verdict + (f" ({record['scope']})" if record.get("scope") else ""))
    if record.get("proof") and given:
        parts[-1] += f" from {given}"
    t = record.get("trial")
    if t:
        text = f"measured at {plural(t['points'], 'point')}"
        if t.get("note"):
            text += f", {t['note']}"
        elif t.get("worst") is not None:
            text += f", worst t {t['worst']:.1f} of {t['threshold']:.1f} allowed" if t.get("stochastic") else f", worst {max(t['worst'], 0):.2g} of the error bound"
        parts.append(text)
    refuted, tried = attacked(record)
    attacks = []
    if tried:
        attacks.append(f"{refuted} of {plural(tried, 'mutant')}")
    p = record.get("premises")
    if p and p["wrong_variants"]:
        attacks.append(f"{p['moved']} of {plural(p['wrong_variants'], 'wrong premise')}")
    if attacks:
        parts.append(" and ".join(attacks) + " refuted")
    return " · ".join(parts) or verdict
