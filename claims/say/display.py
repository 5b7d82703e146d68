"""How a record looks: plain text, LaTeX, and HTML with the evidence folded under the equation. Pure functions of the record."""

from __future__ import annotations

import html
from typing import Any

SYMBOLS = {"proved": "✓", "instances": "◐", "measured": "≈", "cited": "❝", "definition": "≔", "erratum": "✎", "experiment": "⚗", "counterexample": "✗",
           "refuted": "✖", "undecided": "?"}

STYLE = """<style>
.claim{margin:.4em 0}.claim-evidence{font-size:.88em;border-left:3px solid #8886;padding:.1em .8em;margin:.2em 0 1em}
.claim-evidence>summary{cursor:pointer}.claim-evidence table{border-collapse:collapse;margin:.4em 0}.claim-evidence th{text-align:left;font-weight:600;padding-right:1em;vertical-align:top}
.claim-evidence td{padding:.1em .6em .1em 0;text-align:left}.claim-fail{color:#c0392b;font-weight:600}@media (prefers-color-scheme:dark){.claim-fail{color:#ff8a80}}
</style>"""


def inline(latex: str) -> str:
    """Inline mathematics in HTML that MyST-NB and JupyterLab both typeset."""
    return f'<span class="math notranslate nohighlight">\\({html.escape(latex)}\\)</span>'


def _row(head: str, body: str) -> str:
    return f"<tr><th scope=\"row\">{_mixed(head)}</th><td>{body}</td></tr>"


def _at(point: dict[str, str] | None) -> str:
    return ", ".join(f"{inline(k)} = {html.escape(str(v))}" for k, v in (point or {}).items())


def _number(x: Any) -> str:
    return f"{x:.8g}" if isinstance(x, (int, float)) else html.escape(str(x))


def evidence_rows(record: dict[str, Any]) -> list[str]:
    """The rows of the evidence table: premises, assumptions, residuals, worst point, attack, notes."""
    rows = []
    for text in record.get("failures") or ():
        rows.append(_row("fails", f'<span class="claim-fail">{_verbatim(text)}</span>'))
    if record.get("given"):
        rows.append(_row("from", ", ".join(f'<a class="claim-premise" data-label="{html.escape(g)}">{html.escape(g)}</a>' for g in record["given"])))
    if record.get("assumptions"):
        rows.append(_row("assuming", "; ".join(_mixed(a) for a in record["assumptions"])))
    if record.get("wrong"):
        rows.append(_row("wrong variants", _mixed(", ".join(record["wrong"]))))
    proof = record.get("proof")
    if proof:
        items = "".join(f"<li>{_mixed(n)}: {_verbatim(f)}</li>" for n, f in proof["findings"].items())
        rows.append(_row("residuals", f"<ul>{items}</ul>"))
    t = record.get("trial")
    if t and t.get("worst") is not None:
        at = f" at {_at(t['point'])}" if t.get("point") else ""
        rows.append(_row("worst point", f"predicted {_number(t['predicted'])}, measured {_number(t['measured'])} ± {t['error']:.2g}{at}; "
                         f"{t['worst']:.3g} of {t['threshold']:.3g} allowed ({html.escape(', '.join(t['kinds']))}, {t['comparisons']} comparisons, false alarm {t['false_alarm']:.0e})"))
    m = record.get("mutants") or {}
    if m.get("total"):
        tried = f"{m['total']} tried: {m['killed_by_trial']} refuted by trial, {m['killed_by_proof']} by proof, {m['equivalent']} equivalent, {m['incompetent']} without a value"
        if m.get("not_attacked"):
            tried += f", {m['not_attacked']} weaker bounds"
        if m.get("power") is not None:
            tried += f"; weakest refuted with probability {m['power']:.6f} under fresh random numbers"
        rows.append(_row("mutants", html.escape(tried)))
    if m.get("example"):
        e = m["example"]
        rows.append(_row("one of them", f"{inline(e['mutant'])} ({html.escape(e['operator'])}) predicts {_number(e['predicted'])}, measured {_number(e['measured'])}"
                         + (f" at {_at(e['point'])}" if e["point"] else "")))
    p = record.get("premises")
    if p and p["wrong_variants"]:
        rows.append(_row("wrong premises", f"{p['moved']} of {p['wrong_variants']} move the measurement" + (f"; least: {_mixed(p['least'])}" if p.get("least") else "")))
    x = record.get("experiment")
    if x:
        rows.append(_row("seeds", html.escape("; ".join(f"{a:.4g} against {b:.4g}" for a, b in x["values"]))))
        rows += [_row(f"ablation: {n}", _mixed(text)) for n, text in x["ablations"].items()]
    e = record.get("erratum")
    if e:
        rows.append(_row("printed in", html.escape(e["source"])))
        rows.append(_row("why", _mixed(e["why"])))
        rows.append(_row("witness", f"at {_at(e['point'])}: printed {_number(e['predicted'])}, measured {_number(e['measured'])}"))
    for key, head in (("looks_wrong", "looks wrong but is right"), ("why", "why"), ("unproved", "not proved because"), ("unmeasured", "not measured because"), ("note", "note")):
        if record.get(key):
            rows.append(_row(head, _mixed(record[key])))
    return rows


def _verbatim(text: str) -> str:
    """Text as it is; as code where it shows an expression with LaTeX names."""
    return f"<code>{html.escape(text)}</code>" if "\\" in text else html.escape(text)


def _mixed(text: str) -> str:
    """Text in which ``$…$`` is inline mathematics."""
    parts = text.split("$")
    return "".join(inline(p) if i % 2 else html.escape(p) for i, p in enumerate(parts))


def mimebundle(record: dict[str, Any]) -> dict[str, str]:
    """The output of a verb: ``text/plain``, ``text/latex`` and ``text/html`` of one record."""
    label, badge = record["label"], record["badge"]
    table = "<table>" + "".join(evidence_rows(record)) + f"</table><p><code>make check EQ={html.escape(label)}</code></p>"
    fail = ' class="claim-fail"' if record.get("failures") else ""
    page = (f'<div class="claim" data-label="{html.escape(label)}" data-kind="{record["kind"]}" data-badge="{badge}">{STYLE}'
            f'<div class="claim-equation math notranslate nohighlight">\\[{html.escape(record["statement"])}\\]</div>'
            f'<details class="claim-evidence"><summary{fail}>{SYMBOLS[badge]} {html.escape(record["summary"])}</summary>{table}</details></div>')
    plain = f"{record['plain']}\n    [{label}] {record['summary']}"
    plain += "".join(f"\n    FAILS: {f}" for f in record.get("failures") or ())
    return {"text/plain": plain, "text/latex": f"$$\n{record['statement']}\n$$", "text/html": page}


def chapter_table(records: list[dict[str, Any]]) -> dict[str, str]:
    """The ledger of one chapter, shown by :func:`claims.close`."""
    body = "".join(f'<tr><td><a class="claim-premise" data-label="{html.escape(r["label"])}">{html.escape(r["label"])}</a></td><td>{r["kind"]}</td>'
                   f'<td>{SYMBOLS[r["badge"]]} {html.escape(r["verdict"])}</td></tr>' for r in records)
    page = f'<table class="claims-chapter-ledger"><thead><tr><th>label</th><th>kind</th><th>verdict</th></tr></thead><tbody>{body}</tbody></table>'
    plain = "\n".join(f"{SYMBOLS[r['badge']]} {r['label']}: {r['summary']}" for r in records)
    return {"text/plain": plain, "text/html": page}
