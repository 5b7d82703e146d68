"""Results, which are no equations, as a sentence and a small table. Pure functions of a record."""

from __future__ import annotations

import html
import math

from .display import Look, NOTEBOOK, Record, number

RESULTS = ("experiment", "counterexample", "agreement", "behaviour")
"""Kinds of records that a page shows as results."""
NAMES = {
    "experiment": "Experiment",
    "counterexample": "Counterexample",
    "agreement": "Agreement",
    "behaviour": "Behaviour",
}
COMPARED = {"<": "is smaller than", ">": "is larger than", "≈": "is as large as"}


def is_result(record: Record) -> bool:
    return record.get("kind") in RESULTS


def sentence(record: Record, look: Look = NOTEBOOK) -> str:
    """What was found, in words, as HTML.

    >>> race = {"kind": "experiment", "lhs": "a", "relation": "<", "rhs": "b", "reasons": ["after training"]}
    >>> sentence(race, Look(tex=str))
    'a is smaller than b, after training.'
    """
    kind = record.get("kind")
    if kind == "experiment":
        reason = "".join(f", {look.mixed(r.strip().rstrip('.'))}" for r in record.get("reasons") or () if r)
        return f"{look.tex(record['lhs'])} {COMPARED[record['relation']]} {look.tex(record['rhs'])}{reason}."
    if kind == "counterexample":
        why = f" {look.mixed(record['why'])}" if record.get("why") else ""
        return f"In general {look.tex(refused(record))}.{why}"
    return look.mixed(record.get("sentence", ""))


def refused(record: Record) -> str:
    sign = {"=": r"\ne", "<=": r"\not\le", ">=": r"\not\ge", "~": r"\not\sim"}.get(record.get("relation", "="), r"\ne")
    return f"{record['lhs']} {sign} {record['rhs']}"


def table(record: Record, look: Look = NOTEBOOK) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of cells, as HTML; no rows where the record holds no numbers."""
    kind = record.get("kind")
    if kind == "experiment":
        return _experiment(record, look)
    if kind == "counterexample":
        t = record.get("trial") or {}
        if t.get("predicted") is None:
            return [], []
        at = [look.at(t["point"])] if t.get("point") else []
        heads = (["where"] if at else []) + [look.tex(record["lhs"]), look.tex(record["rhs"])]
        return heads, [[*at, number(t["measured"]), number(t["predicted"])]]
    found = record.get("table") or {"head": [], "rows": []}
    return [look.mixed(h) for h in found["head"]], [[look.mixed(str(c)) for c in row] for row in found["rows"]]


def _experiment(record: Record, look: Look) -> tuple[list[str], list[list[str]]]:
    x = record["experiment"]
    values = x.get("values") or []
    if not values:
        return [], []
    rows = [[look.tex(record[side]), spread([v[k] for v in values])] for k, side in enumerate(("lhs", "rhs"))]
    rows.append(["the first over the second", spread([a / b for a, b in values])])
    if x.get("predicted"):
        rows.append(
            ["the same, predicted", html.escape(str(x["predicted"]).removeprefix("ratio ").split(" predicted")[0])]
        )
    return ["quantity", f"mean ± standard deviation, {len(values)} runs"], rows


def spread(values: list[float]) -> str:
    """Mean and standard deviation, both to the second digit of the deviation.

    >>> spread([1.0, 3.0])
    '2.0 ± 1.4'
    >>> spread([2.1971, 2.1973]), spread([1200.0, 1500.0]), spread([1e-9, 3e-9])
    ('2.19720 ± 0.00014', '1350 ± 210', '2e-09 ± 1.4e-09')
    >>> spread([1.0, math.inf])
    'inf ± nan'
    >>> spread([0.1, 0.1, 0.1])
    '0.1, the same in all'
    """
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / max(1, len(values) - 1))
    if deviation <= 1e-12 * abs(mean):
        return f"{mean:.3g}, the same in all"
    decimals = 1 - math.floor(math.log10(deviation)) if math.isfinite(deviation) else 8
    if not -5 < decimals < 8:
        return f"{mean:.3g} ± {deviation:.2g}"
    shown = max(decimals, 0)
    return f"{round(mean, decimals):.{shown}f} ± {round(deviation, decimals):.{shown}f}"


def table_html(record: Record, look: Look = NOTEBOOK) -> str:
    heads, rows = table(record, look)
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f'<table class="claim-result-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
