"""A tactic proves its identity and no false one; what SymPy cannot do is undecided; time is limited where it can be."""

import gc
import inspect
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
import sympy as sp

from claims import ClaimError, Nonneg, Positive, Zero
from claims.prove import decide as engine
from claims.prove import limits
from claims.prove.decide import decide
from claims.prove.findings import Finding, Status, attempt
from claims.prove.forced import forcing, not_positive
from claims.prove.tactics import TACTICS

PACKAGE = Path(engine.__file__).parents[1]
x, y, z = *sp.symbols("x y", real=True), sp.Symbol("z")
p, q = sp.symbols("p q", positive=True)
n, k = sp.symbols("n k", integer=True, positive=True)


@pytest.mark.parametrize("name", sorted(TACTICS))
def test_every_tactic_shows_what_it_proves_and_what_it_must_not(name):
    doc = inspect.getdoc(TACTICS[name])
    assert f'>>> proves("{name}"' in doc and "(True, False)" in doc


@pytest.mark.parametrize("name", sorted(TACTICS))
@pytest.mark.parametrize("wrong", [sp.log(x**2) - 2 * sp.log(x), sp.sqrt(x**2) - x,
                                   sp.sqrt(x * y) - sp.sqrt(x) * sp.sqrt(y),
                                   sp.sqrt(z**2) - z, sp.log((p - 1) ** 2) - 2 * sp.log(p - 1),
                                   (z**2) ** sp.Rational(1, 3) - z ** sp.Rational(2, 3)], ids=str)
def test_no_tactic_proves_what_holds_for_positive_numbers_only(name, wrong):
    assert decide(wrong, (name,), seconds=5).status != "zero"


def test_the_guard_of_forced_tactics_names_the_factor():
    assert not_positive(sp.log(p * (q + 1))) == ""
    assert not_positive(sp.log(p - q)) == "p - q is not shown to be positive"


def test_force_inside_a_proof_is_found():
    def helper(e):
        return sp.powdenest(e, force=True)

    assert forcing(lambda rhs: {"a": helper(rhs)}) == ["helper"]
    assert forcing(lambda rhs: {"a": sp.expand_log(rhs, force=True)}) == ["<lambda>"]
    assert forcing(lambda rhs: {"a": rhs}) == []


def test_status_is_a_word_and_an_enum():
    found = Finding("zero")
    assert found.status is Status.ZERO and found.status in {"zero"} and f"{found.status}" == "zero"
    with pytest.raises(ValueError, match="proved"):
        Finding("proved")


def test_residuals_compare_and_print():
    assert Zero(x, "expand") == Zero(x, "expand") != Zero(x) and Nonneg(x) != Positive(x)
    assert repr(Nonneg(p, "factor", where={p: "unit interval"})) == "Nonneg(p, 'factor', where={p: 'unit interval'})"


def test_what_sympy_cannot_do_is_undecided_and_named(monkeypatch):
    def fails(e):
        raise NotImplementedError("no such form")

    monkeypatch.setitem(TACTICS, "trigsimp", fails)
    found = decide(Zero(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, "trigsimp"))
    assert found.status is Status.UNDECIDED and found.why == "trigsimp raised NotImplementedError: no such form"
    for name in ("expand", "together", "powsimp", "split_sums"):
        monkeypatch.setitem(TACTICS, name, fails)
    assert decide((x + 1) ** 2 - x**2 - 2 * x - 1).status is Status.UNDECIDED


def test_an_error_of_the_engine_never_passes(monkeypatch):
    monkeypatch.setattr(engine, "_proof", lambda *a: 1 / 0)
    found = decide(x - x + y * 0 + sp.Integer(0))
    assert found.status is Status.UNDECIDED and "ZeroDivisionError" in found.why


def test_the_authors_error_goes_through():
    def author():
        raise ClaimError("x: expected y")

    with pytest.raises(ClaimError):
        attempt(author)
    with pytest.raises(ClaimError, match="expected one of the constraints|expected unit interval"):
        decide(Nonneg(q - q**2, where={q: "unit intervall"}))
    with pytest.raises(ClaimError, match="unknown tactic"):
        decide(sp.Integer(0), ("simplify",))


def test_broad_handlers_stand_in_one_place():
    found = [f"{path.name}:{i}" for path in (PACKAGE / "prove").glob("*.py")
             for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "except Exception" in line]
    assert len(found) == 1 and found[0].startswith("findings.py"), found


# ---------------------------------------------------------------- time


@pytest.mark.parametrize("missing", ["SIGPROF", "setitimer", "ITIMER_PROF"])
def test_without_a_timer_there_is_no_limit_and_one_warning(monkeypatch, missing):
    monkeypatch.delattr(signal, missing)
    monkeypatch.setattr(limits, "_said", set())
    with pytest.warns(RuntimeWarning, match="no timer of CPU time") as said:
        for _ in range(3):
            with limits.time_limit(1e-3):
                assert decide((x + 1) ** 2 - x**2 - 2 * x - 1).status is Status.ZERO
    assert len(said) == 1


def test_in_a_thread_there_is_no_limit_and_one_warning(monkeypatch):
    monkeypatch.setattr(limits, "_said", set())
    found = []
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        thread = threading.Thread(target=lambda: found.extend(decide(x - y).status for _ in range(2)))
        thread.start()
        thread.join()
    assert found == [Status.NONZERO] * 2 and [str(w.message) for w in said] == [
        "symbolic steps run without a time limit: only the main thread can be interrupted"]


def test_the_engine_is_imported_on_a_platform_without_these_signals():
    script = ("import signal, sys, warnings; warnings.simplefilter('ignore'); sys.modules['resource'] = None\n"
              "for name in ('SIGPROF', 'SIGALRM', 'setitimer', 'getitimer', 'ITIMER_PROF'): delattr(signal, name)\n"
              "import sympy as sp\nfrom claims.prove.decide import decide\nprint(decide(sp.Symbol('x') * 0).status)")
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent,
                         check=False)
    assert out.stdout.strip() == "zero", out.stderr


def test_only_the_press_imports_what_windows_lacks():
    found = [str(path) for path in PACKAGE.rglob("*.py") if "press" not in path.parts
             and "import resource" in path.read_text(encoding="utf-8")]
    assert not found


# ---------------------------------------------------------------- sums


f = sp.IndexedBase("f", real=True)


@pytest.mark.parametrize("true, residual", [
    (True, sp.Sum(q ** (n - k) * f[k], (k, 0, n)) - q * sp.Sum(q ** (n - 1 - k) * f[k], (k, 0, n - 1)) - f[n]),
    (False, sp.Sum(q ** (n - k) * f[k], (k, 0, n)) - q * sp.Sum(q ** (n - 1 - k) * f[k], (k, 0, n - 1)) - q * f[n]),
    (True, sp.Sum(f[k], (k, 1, n)) * p + sp.Sum(f[k], (k, 1, n)) * q - (p + q) * sp.Sum(f[k], (k, 1, n))),
    (False, sp.Sum(f[k], (k, 1, n)) * p - sp.Sum(f[k] * k, (k, 1, n))),
    (True, sp.Sum(f[k] + 1, (k, 1, n)) - sp.Sum(f[k], (k, 1, n)) - sp.Sum(1, (k, 1, n)))])
def test_sums_are_gathered(true, residual):
    assert (decide(residual, ("gather_sums",)).status == "zero") is true


def test_the_bell_waits_for_the_end_of_a_garbage_collection():
    """Hypothesis has a callback there; an exception raised in it would be lost, and complained about."""
    def slow(phase, info):
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass

    gc.callbacks.append(slow)
    try:
        with pytest.raises(limits.OutOfTime), limits.time_limit(0.02):
            gc.collect()
            until = time.process_time() + 5
            while time.process_time() < until:
                pass
    finally:
        gc.callbacks.remove(slow)
