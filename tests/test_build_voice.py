"""A build is never silent for long, and its site is never absent; what it made is good in another clone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time

from claims.press import render, voice
from claims.press.deps import entry
from claims.press.project import Project


def test_nobody_waits_without_a_word():
    heard = []
    with voice.Voice(lambda text: heard.append((time.monotonic(), text)), silence=0.3) as say:
        say("begun")
        say.about("counting")
        time.sleep(1.5)
        say("done")
    times = [at for at, _ in heard]
    assert max(b - a for a, b in zip(times, times[1:])) < 1.0
    assert heard[1][1].startswith("… counting, ") and voice.SILENCE < 5


def test_a_cold_build_speaks_at_once_and_all_the_time(unbuilt):
    began = time.monotonic()
    process = unbuilt.start()
    times = [time.monotonic() - began for _ in process.stdout]
    assert process.wait() == 0
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert times[0] < 2.5 and max(gaps) < 6, (times[0], gaps)  # on a busy machine; alone 0.3 and 4.2


def test_the_site_is_never_absent_nor_beside_an_older_ledger(tmp_path):
    project = Project(tmp_path)
    wrong, over = [], threading.Event()

    def put(n: int) -> None:
        stage = render.staging(project)
        (stage / "html").mkdir(parents=True)
        (stage / "html" / "index.html").write_text(str(n))
        (stage / "ledger.json").write_text(json.dumps(n))
        render.publish(project)

    def watch() -> None:
        while not over.is_set():
            try:
                page = int((project.html / "index.html").read_text())
                ledger = json.loads(project.ledger.read_text())
            except OSError as error:
                wrong.append(error)
                continue
            if ledger < page:
                wrong.append((page, ledger))

    put(0)
    watcher = threading.Thread(target=watch)
    watcher.start()
    for n in range(1, 60):
        put(n)
    over.set()
    watcher.join()
    assert wrong == [] and (project.html / "index.html").read_text() == "59" and not render.staging(project).exists()


def test_what_pip_writes_is_no_source(tmp_path):
    project = Project(tmp_path)
    assert entry(project, tmp_path / "claims.egg-info" / "entry_points.txt") is None
    assert entry(project, tmp_path / "data" / "a.csv") == "data/a.csv"


def test_make_takes_a_python_in_a_folder_with_a_space(root, tmp_path):
    if not shutil.which("make"):
        return
    folder = tmp_path / "mein Regal é"
    folder.mkdir()
    shutil.copy(root / "Makefile", folder)
    python = folder / "my python"
    python.write_text("#!/bin/sh\necho called \"$@\"\n")
    python.chmod(0o755)
    # without what `make test` hands down, which makes make say where it is
    alone = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "venv", f"PYTHON={python}"], cwd=folder, capture_output=True, text=True, env=alone)
    assert done.returncode == 0 and done.stdout.strip() == "called claims/press/env.py", done.stderr
