"""Records have the fields of the design, are plain JSON, and are shown as text, LaTeX and HTML."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import sympy as sp
from IPython.core.interactiveshell import InteractiveShell

from claims.attack.formulas import PROVEN
from claims import (
    E, cite, claim, counterexample, define, erratum, experiment, gaussian_expectation, random, sequence, session
)
from claims.say.display import chapter_table
from claims.record import attacked, summary

t = sp.Symbol("t", integer=True, nonnegative=True)
s = sp.Symbol(r"\sigma", positive=True)
X = sequence("X", random=True)
DESIGN = {
    "label": str,
    "chapter": str,
    "kind": str,
    "statement": str,
    "scope": str,
    "assumptions": list,
    "given": list,
    "proof": dict,
    "trial": dict,
    "mutants": dict,
    "premises": dict,
    "verdict": str,
}
PROOF = {"verdict", "residuals", "tactics"}
TRIAL = {"verdict", "points", "samples", "worst", "threshold", "false_alarm", "seconds"}
MUTANTS = {"total", "equivalent", "incompetent", "killed_by_proof", "killed_by_trial", "survivors", "example"}


@pytest.fixture(scope="module")
def shown():
    """One statement of every kind."""
    session.reset()
    x, z, F = sp.Symbol("x", real=True), random(sp.Symbol("z", real=True), law="normal"), sp.Function("F")
    step = define("step", F(x, z, s), x + s * z, lambda x, z, sigma: x + sigma * z, args=[x, z, s],
                  wrong={"no noise": lambda x, z, sigma: x})

    def walk(rng, step, t, sigma):
        x = np.zeros(200_000)
        for _ in range(t):
            x = step(x, rng.normal(size=200_000), sigma)
        return {"X_t": x}

    evidence = {
        "given": [step],
        "trial": walk,
        "domain": {t: [3, 10], s: [sp.Rational(1, 2), 2]},
        "proof": lambda rhs, after: {
            "start": rhs.subs(t, 0),
            "one step": rhs.subs(t, t + 1) - gaussian_expectation(sp.expand(after**2), z).subs(x**2, rhs),
        },
    }
    left = E(X(t) ** 2)
    said = {"where": {X(t): "the place after $t$ steps"}}
    out = {
        "definition": step,
        "claim": claim("walk", left, "=", t * s**2, note="with $t$ steps & <care>", **evidence, **said),
        "refuted": claim("walk-wrong", left, "=", t * s**3, **evidence, **said),
        "erratum": erratum(
            "walk-erratum",
            left,
            "=",
            printed=t * s,
            corrected=t * s**2,
            source="someone2020",
            why="the square was lost",
            place="eq. 3",
            **evidence,
            **said,
        ),
        "counterexample": counterexample(
            "walk-counter", left, "=", t * s, instead=t * s**2, given=[step], trial=walk, **said,
            domain=[{t: 3, s: 2}, {t: 5, s: sp.Rational(1, 2)}, {t: 10, s: 3}],
        ),
        "experiment": experiment("walk-race", "a", ">", "b", run=lambda rng: (2 + rng.uniform(), 1.0),
                                 ablations={"the same twice": lambda rng: (1 + rng.uniform(), 1 + rng.uniform())}),
        "cite": cite("walk-known", "a < b", source="someone2020", reason="needs more than this book"),
    }
    yield out
    session.reset()


def test_a_claim_has_the_fields_of_the_design(shown):
    record = shown["claim"].record
    for name, kind in DESIGN.items():
        assert isinstance(record[name], kind), name
    assert (
        PROOF <= set(record["proof"])
        and TRIAL <= set(record["trial"])
        and MUTANTS <= set(record["mutants"])
        and {"wrong_variants", "moved"} <= set(record["premises"])
    )
    assert {"mutant", "point", "predicted", "measured"} <= set(record["mutants"]["example"])
    assert (
        record["statement"] == r"\mathbb{E}\left[X_{t}^{2}\right] = \sigma^{2} t"
        and record["given"] == ["step"]
        and record["kind"] == "claim"
    )
    assert (
        record["trial"]["points"] == 4
        and record["trial"]["samples"] == 800_000
        and record["trial"]["false_alarm"] == 1e-6
    )
    assert record["assumptions"] == [r"$\sigma$ positive", "$t$ nonnegative integer"]


@pytest.mark.parametrize("kind", ["definition", "claim", "refuted", "erratum", "counterexample", "experiment", "cite"])
def test_every_record_is_plain_json_with_the_common_fields(shown, kind):
    record = shown[kind].record
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert {
        "label",
        "chapter",
        "kind",
        "statement",
        "given",
        "proof",
        "trial",
        "mutants",
        "premises",
        "verdict",
        "badge",
        "summary",
        "failures",
        "plain",
    } <= set(record)
    assert record["kind"] == ("claim" if kind == "refuted" else kind)


def test_counts_add_up(shown):
    m = shown["claim"].record["mutants"]
    refuted, tried = attacked(shown["claim"].record)
    assert (
        refuted == tried == m["total"] - m["equivalent"] - m["incompetent"] - m["not_attacked"]
        and m["killed_by_trial"] == tried and m["killed_by_proof"] == PROVEN < tried
    )
    assert 0.99 <= m["power"] <= 1


def test_the_verdict_line(shown):
    line = shown["claim"].record["summary"]
    assert re.fullmatch(
        r"proved from step · measured at 4 points, worst t \d\.\d of \d\.\d allowed · (\d+) of \1 mutants and 1 of "
        r"1 wrong premise refuted",
        line,
    ), line
    assert shown["definition"].record["summary"] == "definition · bound to code with 1 wrong variant"
    model = define("model", r"\text{a model}", abs, wrong={"none": float}, words="no expression says it")
    assert model.record["summary"] == "definition in words · code with 1 wrong variant"
    assert shown["refuted"].record["summary"].startswith("refuted: proof, residual 'one step'")
    assert shown["cite"].record["summary"] == "cited from someone2020, without evidence here: needs more than this book"
    assert shown["erratum"].record["summary"].startswith("printed formula refuted, corrected formula proved from step")


def test_a_survivor_is_counted_in_the_line():
    record = {
        "kind": "claim",
        "verdict": "undecided",
        "given": [],
        "proof": None,
        "trial": None,
        "mutants": {"total": 5, "equivalent": 1, "incompetent": 1, "not_attacked": 0, "survivors": [{}]},
    }
    assert attacked(record) == (2, 3) and summary(record) == "2 of 3 mutants refuted"


@pytest.mark.parametrize("kind", ["definition", "claim", "refuted", "erratum", "counterexample", "experiment", "cite"])
def test_shown_in_three_forms(shown, kind):
    data, metadata = shown[kind]._repr_mimebundle_()
    record = shown[kind].record
    assert metadata["text/html"]["claims"] is record
    assert data["text/latex"].startswith("$$\n") and record["statement"] in data["text/latex"]
    page = data["text/html"]
    assert (
        f'data-label="{record["label"]}"' in page
        and f'data-badge="{record["badge"]}"' in page
        and 'class="claim-equation' in page
    )
    assert (
        f"make check EQ={record['label']}" in page
        and page.count("<details") == page.count("</details>") == 1
        and page.count("<table") == page.count("</table>")
    )
    assert f"[{record['label']}]" in data["text/plain"] and "<" not in data["text/plain"].replace("a < b", "").replace(
        "<care>", ""
    )
    assert repr(shown[kind]) == data["text/plain"]


def test_the_html_escapes_what_authors_write_and_typesets_what_is_mathematics(shown):
    page = shown["claim"]._repr_mimebundle_()[0]["text/html"]
    assert "&amp; &lt;care&gt;" in page and "<care>" not in page and r"\(t\)" in page
    assert "residuals" in page and "worst point" in page and "one of them" in page and "wrong premises" in page


def test_a_failure_is_loud_in_text_and_html(shown):
    data, _ = shown["refuted"]._repr_mimebundle_()
    assert data["text/plain"].count("FAILS:") == len(shown["refuted"].record["failures"]) >= 2
    assert "claim-fail" in data["text/html"].split("</style>")[1] and "✖" in data["text/html"]


def test_badges_differ_by_symbol_and_not_only_by_colour(shown):
    from claims.record import Verdict

    assert len({v.sign for v in Verdict}) == len(Verdict)


def test_the_chapter_ledger_lists_every_record(shown):
    records = [x.record for x in shown.values()]
    table = chapter_table(records)
    assert table["text/html"].count('class="claim-premise"') == len(records) and len(
        table["text/plain"].splitlines()
    ) >= len(records)
    assert all(r["label"] in table["text/plain"] for r in records)


def test_the_record_survives_execution_in_the_metadata():
    """The display data of a cell carries the record beside the HTML, as the ledger reads it."""
    session.reset()
    shell = InteractiveShell.instance()
    statement = define("kept", sp.Symbol("q"), s**2)
    data, metadata = shell.display_formatter.format(statement)
    assert {"text/plain", "text/latex", "text/html"} <= set(data) and metadata["text/html"]["claims"]["label"] == "kept"
    session.reset()
    InteractiveShell.clear_instance()


def test_exact_trials_show_the_error_bound():
    session.reset()
    x, F = sp.Symbol("x", real=True), sp.Function("F")
    double = define("double", F(x), 2 * x, lambda x: x + x, args=[x], wrong={"once": lambda x: x})
    record = claim("double-is-two", F(s), "=", 2 * s, given=[double], domain={s: [sp.Rational(1, 2), 3]}).record
    assert (
        record["summary"].startswith("proved from double · measured at 2 points, worst 0 of the error bound")
        and record["mutants"]["power"] is None
    )
    session.reset()
