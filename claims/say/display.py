"""How a record looks: plain text, LaTeX, and HTML with the evidence folded under the equation. Pure functions of it.

The evidence is a table. Each part of a record has a function that yields its rows (:func:`part` registers it), so a
new part of a record is a new function here, and shows in notebooks and on the cards of the pages alike.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import Template
from typing import Any

from ..record import RELATIONS, Verdict

Record = dict[str, Any]
Row = tuple[str, str]
"""Head (text in which ``$…$`` is mathematics) and body (HTML)."""

STYLE = """<style>
.claim{margin:.4em 0}
.claim-evidence{font-size:.88em;border-left:3px solid #8886;padding:.1em .8em;margin:.2em 0 1em}
.claim-evidence>summary{cursor:pointer}.claim-evidence table{border-collapse:collapse;margin:.4em 0}
.claim-evidence th{text-align:left;font-weight:600;padding-right:1em;vertical-align:top}
.claim-evidence td{padding:.1em .6em .1em 0;text-align:left}.claim-fail{color:#c0392b;font-weight:600}
@media (prefers-color-scheme:dark){.claim-fail{color:#ff8a80}}
</style>"""
EQUATION = Template('<div class="claim-equation math notranslate nohighlight">\\[$statement\\]</div>')
CLAIM = Template(
    '<div class="claim" data-label="$label" data-kind="$kind" data-badge="$badge">$style'
    '$shown'
    '<details class="claim-evidence"><summary$fail>$sign $summary</summary><table>$rows</table>'
    '<p><code>make check EQ=$label</code></p></details></div>')
CHAPTER_TABLE = Template(
    '<table class="claims-chapter-ledger"><thead><tr><th>label</th><th>kind</th><th>verdict</th></tr></thead>'
    '<tbody>$rows</tbody></table>')
CHAPTER_ROW = Template('<tr><td>$premise</td><td>$kind</td><td>$sign $verdict</td></tr>')

SIDES = {"executed": "run on what the trial returns", "computed": "computed by computer algebra at every point",
         "in words": "in words: no expression stands behind it"}
NOTES = {"looks_wrong": "looks wrong but is right", "why": "why", "unproved": "not proved because",
         "unmeasured": "not measured because", "note": "note"}


def inline(latex: str) -> str:
    """Inline mathematics in HTML that MyST-NB and JupyterLab both typeset."""
    return f'<span class="math notranslate nohighlight">\\({html.escape(latex)}\\)</span>'


def premise_link(label: str) -> str:
    """A premise as a notebook names it; a page makes a link of it."""
    name = html.escape(label)
    return f'<a class="claim-premise" data-label="{name}">{name}</a>'


@dataclass(frozen=True)
class Look:
    """How mathematics, premises and sources become HTML: in a notebook by default, on a page in its own way."""

    tex: Callable[[str], str] = inline
    premise: Callable[[str], str] = premise_link
    source: Callable[[str], str] = html.escape

    def mixed(self, text: str) -> str:
        """Text in which ``$…$`` is inline mathematics."""
        return "".join(self.tex(p) if i % 2 else html.escape(p) for i, p in enumerate(text.split("$")))

    def at(self, point: dict[str, Any] | None) -> str:
        return ", ".join(f"{self.tex(k)} = {html.escape(str(v))}" for k, v in (point or {}).items())


NOTEBOOK = Look()
PARTS: list[Callable[[Record, Look], Iterator[Row]]] = []


def part(rows: Callable[[Record, Look], Iterator[Row]]) -> Callable[[Record, Look], Iterator[Row]]:
    """Registers the rows of one part of a record, below those before it."""
    PARTS.append(rows)
    return rows


def evidence_rows(record: Record, look: Look = NOTEBOOK) -> list[Row]:
    """The rows of the evidence table, those of absent parts left out.

    >>> evidence_rows({"given": ["prenorm"], "resolution": 0.004})[1]
    ('resolution', 'a relative error of 0.004 would be seen')
    """
    return [row for rows in PARTS for row in rows(record, look)]


@part
def failures(record: Record, look: Look) -> Iterator[Row]:
    for text in record.get("failures") or ():
        yield "fails", f'<span class="claim-fail">{verbatim(text)}</span>'


@part
def premises(record: Record, look: Look) -> Iterator[Row]:
    """What the record rests on and, where the engine looked, what of the evidence each premise moves."""
    moved = record.get("given_moved")

    def one(label: str) -> str:
        if moved is None:
            return look.premise(label)
        return f"{look.premise(label)} (moves {html.escape(', '.join(moved.get(label) or ['nothing']))})"

    if record.get("given"):
        yield "from", ", ".join(map(one, record["given"]))
    if record.get("identity"):
        yield "identity", "no premise moves the proof: it holds whatever they say"


@part
def assumptions(record: Record, look: Look) -> Iterator[Row]:
    if record.get("assumptions"):
        yield "assuming", "; ".join(map(look.mixed, record["assumptions"]))


@part
def code(record: Record, look: Look) -> Iterator[Row]:
    """A definition: whether an expression and the code were compared, and the wrong variants of the code."""
    if record.get("wrong"):
        yield "wrong variants", look.mixed(", ".join(record["wrong"]))
    if record.get("kind") == "definition" and "bound" in record:
        why = f" ({look.mixed(record['words'])})" if record.get("words") else ""
        yield "expression", ("bound: it and the code give the same on random arguments" if record["bound"]
                             else SIDES["in words"] + why)


@part
def where(record: Record, look: Look) -> Iterator[Row]:
    """Symbols that the author explains at the equation."""
    if record.get("where"):
        yield "where", "; ".join(f"{look.tex(symbol)}: {look.mixed(meaning)}" for symbol, meaning in record["where"])


@part
def sides(record: Record, look: Look) -> Iterator[Row]:
    for side, how in (record.get("sides") or {}).items():
        yield f"{side} side", html.escape(SIDES.get(how, how))


@part
def lines(record: Record, look: Look) -> Iterator[Row]:
    """The derivation, each line with its reason, its premises and the evidence for it."""
    def one(k: int, line: dict[str, Any]) -> str:
        verdict = Verdict.of(line.get("evidence"))
        used = ", ".join(map(look.premise, line.get("premises") or ()))
        why = ", ".join(filter(None, [look.mixed(line.get("reason") or ""), used and f"from {used}"]))
        relation = line.get("relation") or "="
        formula = look.tex(f"{RELATIONS.get(relation, relation)} {line.get('tex', '')}")
        how = f" ({html.escape(line['by'].replace('_', ' '))})" if line.get("by") else ""
        return f"<li data-line=\"{k}\">{verdict.sign} {verdict.word}{how}: {formula}{f' ({why})' if why else ''}</li>"

    if record.get("lines"):
        yield "lines", f'<ol>{"".join(one(k, line) for k, line in enumerate(record["lines"], 1))}</ol>'


@part
def residuals(record: Record, look: Look) -> Iterator[Row]:
    proof = record.get("proof")
    if proof and proof.get("findings"):
        items = "".join(f"<li>{look.mixed(n)}: {verbatim(f, look)}</li>" for n, f in proof["findings"].items())
        yield "residuals", f"<ul>{items}</ul>"


@part
def worst_point(record: Record, look: Look) -> Iterator[Row]:
    t = record.get("trial")
    if t and t.get("worst") is not None:
        at = f" at {look.at(t['point'])}" if t.get("point") else ""
        found = f"predicted {number(t['predicted'])}, measured {number(t['measured'])} ± {t['error']:.2g}{at}"
        kinds = html.escape(", ".join(t["kinds"]))
        how = f"{kinds}, {t['comparisons']} comparisons, false alarm {t['false_alarm']:.0e}"
        yield "worst point", f"{found}; {t['worst']:.3g} of {t['threshold']:.3g} allowed ({how})"


@part
def resolution(record: Record, look: Look) -> Iterator[Row]:
    if record.get("resolution") is not None:
        yield "resolution", f"a relative error of {record['resolution']:.2g} would be seen"


@part
def mutants(record: Record, look: Look) -> Iterator[Row]:
    m = record.get("mutants") or {}
    if m.get("total"):
        tried = (f"{m['total']} tried: {m['killed_by_trial']} refuted by trial, {m['killed_by_proof']} by proof, "
                 f"{m['equivalent']} equivalent, {m['incompetent']} without a value")
        if m.get("not_attacked"):
            tried += f", {m['not_attacked']} weaker bounds"
        if m.get("power") is not None:
            tried += f"; weakest refuted with probability {m['power']:.6f} under fresh random numbers"
        yield "mutants", html.escape(tried)
    e = m.get("example")
    if e:
        at = f" at {look.at(e['point'])}" if e["point"] else ""
        yield "one of them", (f"{look.tex(e['mutant'])} ({html.escape(e['operator'])}) predicts "
                              f"{number(e['predicted'])}, measured {number(e['measured'])}{at}")


@part
def wrong_premises(record: Record, look: Look) -> Iterator[Row]:
    p = record.get("premises")
    if p and p["wrong_variants"]:
        least = f"; least: {look.mixed(p['least'])}" if p.get("least") else ""
        yield "wrong premises", f"{p['moved']} of {p['wrong_variants']} move the measurement{least}"


@part
def experiment(record: Record, look: Look) -> Iterator[Row]:
    x = record.get("experiment")
    if x:
        yield "seeds", html.escape("; ".join(f"{a:.4g} against {b:.4g}" for a, b in x["values"]))
        for name, text in x["ablations"].items():
            yield f"ablation: {name}", look.mixed(text)


@part
def erratum(record: Record, look: Look) -> Iterator[Row]:
    e = record.get("erratum")
    if e:
        yield "printed in", look.source(e["source"])
        yield "why", look.mixed(e["why"])
        yield "witness", f"at {look.at(e['point'])}: printed {number(e['predicted'])}, measured {number(e['measured'])}"


@part
def notes(record: Record, look: Look) -> Iterator[Row]:
    for key, head in NOTES.items():
        if record.get(key):
            yield head, look.mixed(record[key])


def number(x: Any) -> str:
    return f"{x:.8g}" if isinstance(x, (int, float)) else html.escape(str(x))


def verbatim(text: str, look: Look | None = None) -> str:
    """Text in which ``$…$`` is mathematics, if ``look`` says how; as code where it shows an expression of SymPy."""
    if look is not None and text.count("$") % 2 == 0 and "$" in text:
        return look.mixed(text)
    return f"<code>{html.escape(text)}</code>" if "\\" in text else html.escape(text)


def table_rows(rows: list[Row], look: Look = NOTEBOOK) -> str:
    """Rows as HTML."""
    return "".join(f'<tr><th scope="row">{look.mixed(head)}</th><td>{body}</td></tr>' for head, body in rows)


def shown(record: Record) -> str:
    """The equation, or the sentence and the table of a result, as a notebook shows it."""
    from .resulting import is_result, sentence, table_html

    if is_result(record):
        return f'<div class="claim-equation"><p>{sentence(record)}</p>{table_html(record)}</div>'
    return EQUATION.substitute(statement=html.escape(record["statement"]))


def mimebundle(record: Record) -> dict[str, str]:
    """The output of a verb: ``text/plain``, ``text/latex`` and ``text/html`` of one record."""
    page = CLAIM.substitute(
        label=html.escape(record["label"]), kind=record["kind"], badge=record["badge"], style=STYLE,
        shown=shown(record), fail=' class="claim-fail"' if record.get("failures") else "",
        sign=Verdict.of(record["badge"]).sign, summary=html.escape(record["summary"]),
        rows=table_rows(evidence_rows(record)))
    plain = f"{record['plain']}\n    [{record['label']}] {record['summary']}"
    plain += "".join(f"\n    FAILS: {f}" for f in record.get("failures") or ())
    return {"text/plain": plain, "text/latex": f"$$\n{record['statement']}\n$$", "text/html": page}


def chapter_table(records: list[Record]) -> dict[str, str]:
    """The ledger of one chapter, shown by :func:`claims.close`."""
    signs = [Verdict.of(r["badge"]).sign for r in records]
    rows = "".join(
        CHAPTER_ROW.substitute(premise=premise_link(r["label"]), kind=r["kind"], sign=sign,
                               verdict=html.escape(r["verdict"])) for r, sign in zip(records, signs))
    plain = "\n".join(f"{sign} {r['label']}: {r['summary']}" for r, sign in zip(records, signs))
    return {"text/plain": plain, "text/html": CHAPTER_TABLE.substitute(rows=rows)}
