"""A machine that refuses: sentences instead of tracebacks, the exit status, and the last good site as it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, environment

MOUNTS = ("unshare", "--map-root-user", "--mount", "sh", "-c")


def mounted(root: Path, commands: str) -> subprocess.CompletedProcess:
    """Run shell commands where file systems can be mounted; `claims` is the command, `$book` the book's folder."""
    if not shutil.which("unshare") or subprocess.run([*MOUNTS, "true"], capture_output=True).returncode:
        pytest.skip("this system lets no process mount anything (unshare)")
    claims = 'claims() { "$python" -m claims --root "$book" "$@"; }; '
    env = environment({"python": sys.executable, "book": str(root), "PYTHONPATH": str(ROOT)})
    return subprocess.run([*MOUNTS, claims + commands], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)


def sentence(done: subprocess.CompletedProcess, *said: str) -> None:
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    for one in said:
        assert one in done.stdout + done.stderr, done.stdout + done.stderr
    assert done.returncode == 2, done.returncode


def test_where_nothing_may_be_written_nothing_had_to_be(light):
    read_only = "mount --bind $book/_build $book/_build && mount -o remount,ro,bind $book/_build && "
    done = mounted(light.root, read_only + "claims build")
    assert done.returncode == 0 and done.stdout.startswith("Nothing changed"), done.stdout + done.stderr
    light.edit("book/light/sums.md", "Now the end.", "This is the end.")
    before = light.pages()
    sentence(mounted(light.root, read_only + "claims build"), "error: ", "this disk may only be read")
    assert light.pages() == before


@pytest.mark.parametrize("edit", [("Now the end.", "This is the end."), ("pause()", "pause()\npause()")])
def test_a_full_disk(light, edit):
    full = ("cp -r $book/_build $book/good && mount -t tmpfs -o size=60m none $book/_build && "
            "cp -a $book/good/. $book/_build && rm -r $book/good && "
            "{ dd if=/dev/zero of=$book/_build/filled bs=4096 2>/dev/null; claims build; status=$?; "
            "diff -r $book/_build/html $book/../html >&2 && test ! -e $book/_build/.lock.tmp; exit $status; }")
    shutil.copytree(light.root / "_build" / "html", light.root.parent / "html")
    light.edit("book/light/sums.md", *edit)
    done = mounted(light.root, full)
    sentence(done, "no space is left on the disk: make room, then run it again")
    assert "Only in" not in done.stderr and "differ" not in done.stderr, done.stderr


def test_files_that_may_not_grow(light):
    before = light.pages()
    light.edit("book/light/sums.md", "Now the end.", "This is the end.")
    done = subprocess.run(["sh", "-c", 'ulimit -f 40 && exec "$@"', "sh", sys.executable, "-m", "claims", "--root",
                           str(light.root), "build"], cwd=ROOT, env=environment({}), capture_output=True, text=True)
    sentence(done, "a file may not grow that large here: raise the limit (ulimit -f)")
    assert light.pages() == before


@pytest.mark.parametrize("text", [
    "[]", "3", '{"chapters": 3, "records": {}, "inputs": []}', "{", '{"chapters": {"sums": 1}}',
    '{"records": [1, {"x": 2}]}', '{"chapters": {"sums": {"cpu": "long"}}}'])
def test_state_files_that_say_something_else(light, text):
    for name in ("state.json", "times.json", "ledger.json"):
        (light.root / "_build" / name).write_text(text)
    done = light.claims("show", "sums-triangle")
    assert done.returncode == 2 and "no claim 'sums-triangle'" in done.stderr
    light.edit("book/light/sums.md", "print(right", "print(True and right")
    done = light.build()
    assert done.returncode == 0 and light.executed(done) == ["sums"], done.stdout + done.stderr


def test_a_terminal_that_does_not_know_our_signs(light):
    light.process = ()
    light.edit("book/light/sums.md", 'given=["sums-partial"])', 'given=["sums-partial"], failures=["✖ Σ ≤ n̄"])')
    done = light.build(PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert r"claim 'sums-triangle' is proved: \u2716 \u03a3" in done.stderr


def test_a_key_is_pressed_while_a_chapter_runs(light, tmp_path):
    flag = tmp_path / "pause"
    flag.touch()
    before = light.pages()
    light.edit("book/light/sums.md", "pause()", "pause()  # again")
    process = subprocess.Popen([sys.executable, "-m", "claims", "--root", str(light.root), "build"], cwd=ROOT,
                               env=environment({"LIGHT_PAUSE": str(flag)}), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, start_new_session=True,
                               # a shell's background job ignores the key, and so would what it starts
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    kernel = light.root / "_build" / "cache" / "jupyter"
    end = time.monotonic() + 60
    while not list(kernel.glob("kernel-*.json")) and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err.strip() == "stopped; what had finished is kept", out + err
    assert light.pages() == before
