"""What a record says in one line, and the verdict beside its equation. Records are plain JSON dictionaries."""

from __future__ import annotations

from enum import Enum
from typing import Any

CIRCLE = "M8 1A7 7 0 1 1 8 15A7 7 0 1 1 8 1Z"


class Verdict(Enum):
    """What a mark beside an equation says: the verdict, or the kind of a record that is more than its verdict.

    word: as in a record and on the pages. sign: in text. passes: whether a book with it is published. outline and
    stroke: drawn on a field of 16 × 16; the outline tells the kinds apart without colour, and so does the stroke in it.

    >>> Verdict.INSTANCES.badge, Verdict.INSTANCES.word, Verdict.of("proved at instances") is Verdict.of("instances")
    ('instances', 'proved at instances', True)
    """

    PROVED = ("proved", "✓", True, "M2 2H14V14H2Z", "M4.6 8.3L7 10.8L11.5 5.2",
              "Computer algebra shows that the residuals of the statement vanish identically, given its premises.")
    INSTANCES = ("proved at instances", "◐", True, CIRCLE, "M8 1V15M8 4.5H4M8 8H2.2M8 11.5H4",
                 "The proof covers only the instances named in the scope; beyond them the statement is measured.")
    MEASURED = ("measured", "≈", True, CIRCLE, "M4.3 6.8Q6.1 4.6 8 6.5T11.7 6M4.3 10.4Q6.1 8.2 8 10.1T11.7 9.6",
                "A program that does not know the formula measures the left side and finds what the right side says, "
                "within the error of the measurement. No proof.")
    EXPERIMENT = ("experiment", "⚗", True, "M8 1L14.2 4.5V11.5L8 15L1.8 11.5V4.5Z",
                  "M6.7 4V7L4.6 11.3H11.4L9.3 7V4M6 4H10",
                  "The outcome of a toy experiment over several seeds, with a test and ablations. "
                  "An observation, not a theorem.")
    COUNTEREXAMPLE = ("counterexample", "✗", True, "M8 .8L15.2 8L8 15.2L.8 8Z", "M5.7 5.7L10.3 10.3M10.3 5.7L5.7 10.3",
                      "A statement that fails, with the smallest point of the search at which it does.")
    ERRATUM = ("erratum", "✎", True, "M8 1.2L15.2 14.4H.8Z", "M8 5.8V9.6M8 11.4V12.4",
               "The formula as printed in a source is refuted, the corrected one stands in its place with evidence of "
               "its own.")
    DEFINITION = ("definition", "≔", True, "M4.5 2.5H11.5L15 8L11.5 13.5H4.5L1 8Z", "M5 6.6H11M5 9.6H11",
                  "A name for something. Nothing to prove; where it is bound to code, wrong variants of the code must "
                  "change what is measured.")
    CITED = ("cited", "❝", True, "M1.5 3H14.5V11.5H8L4.5 14.8V11.5H1.5Z", "M5 8.6V6.4L6.2 5.2M9.4 8.6V6.4L10.6 5.2",
             "Taken from a source, without evidence in this book.")
    UNDECIDED = ("undecided", "?", False, CIRCLE, "M6 6.4Q6 4.6 8 4.6T10 6.4Q10 7.6 8 8.6V9.4M8 11.2V11.9",
                 "The evidence does not suffice. A book with such an equation is not published.")
    REFUTED = ("refuted", "✖", False, "M5 1H11L15 5V11L11 15H5L1 11V5Z", "M5.4 5.4L10.6 10.6M10.6 5.4L5.4 10.6",
               "The evidence speaks against it. A book with such an equation is not published.")

    def __init__(self, word: str, sign: str, passes: bool, outline: str, stroke: str, meaning: str) -> None:
        self.word, self.sign, self.passes = word, sign, passes
        self.outline, self.stroke, self.meaning = outline, stroke, meaning

    @property
    def badge(self) -> str:
        """The key in records, pages and styles."""
        return self.name.lower()

    @property
    def tells_kind(self) -> bool:
        """The mark of a kind of record; its verdict is another one."""
        return self in (Verdict.EXPERIMENT, Verdict.COUNTEREXAMPLE, Verdict.ERRATUM)

    @classmethod
    def of(cls, text: str | None) -> Verdict:
        """By badge or by word; what is unknown is undecided."""
        return next((v for v in cls if text in (v.badge, v.word)), cls.UNDECIDED)

    @classmethod
    def mark(cls, kind: str, verdict: str) -> Verdict:
        """The mark of a record: that of its kind if it has one, otherwise its verdict's.

        >>> Verdict.mark("erratum", "proved").badge, Verdict.mark("claim", "proved").badge
        ('erratum', 'proved')
        """
        return next((v for v in cls if v.tells_kind and v.badge == kind), cls.of(verdict))


BADGES = {v.word: v.badge for v in Verdict if not v.tells_kind}
"""Verdict of a record → the badge of its mark, where its kind has none."""

RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge", "~": r"\sim", "<": "<", ">": ">", "≈": r"\approx", "argmin": "="}
"""Relation of a record or of a line → LaTeX. Here, because the pages do not load SymPy."""


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


def attacked(record: dict[str, Any]) -> tuple[int, int]:
    """(refuted, attacked) mutants of a record: equivalent ones and those without a value do not count."""
    m = record.get("mutants") or {}
    tried = m.get("total", 0) - m.get("equivalent", 0) - m.get("incompetent", 0) - m.get("not_attacked", 0)
    return tried - len(m.get("survivors", ())), tried


def summary(record: dict[str, Any]) -> str:
    """The verdict line.

    >>> summary({"kind": "claim", "verdict": "proved", "given": ["prenorm"], "proof": {"verdict": "proved"}})
    'proved from prenorm'
    >>> summary({"kind": "definition", "verdict": "definition", "bound": False, "wrong": ["no step"]})
    'definition in words · code with 1 wrong variant'
    """
    kind, verdict = record["kind"], record["verdict"]
    if record.get("failures"):
        return f"{verdict}: {record['failures'][0]}"
    if kind == "definition":
        wrong = plural(len(record.get("wrong") or ()), "wrong variant")
        if not record.get("bound", True):
            return "definition in words" + (f" · code with {wrong}" if record.get("wrong") else "")
        return "definition" + (f" · bound to code with {wrong}" if record.get("wrong") else "")
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
    if record.get("proof") and record.get("identity"):
        parts[-1] += " as an identity"
    elif record.get("proof") and given:
        parts[-1] += f" from {given}"
    t = record.get("trial")
    if t:
        text = f"measured at {plural(t['points'], 'point')}"
        if t.get("note"):
            text += f", {t['note']}"
        elif t.get("worst") is not None and t.get("stochastic"):
            text += f", worst t {t['worst']:.1f} of {t['threshold']:.1f} allowed"
        elif t.get("worst") is not None:
            text += f", worst {max(t['worst'], 0):.2g} of the error bound"
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
