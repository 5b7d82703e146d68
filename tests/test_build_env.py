"""A wrong environment is named in one line, with the command that mends it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from claims.press import env, lock


@pytest.fixture
def pinned(tmp_path):
    """A folder with pins, and a site-packages folder to fill."""
    (tmp_path / "requirements.txt").write_text("-c constraints.txt\n-e .\nNumPy==2.4.6\ntorch==2.13.0\npytest\n")
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\npytest==9.2.0\nonly-elsewhere==1.0\n")
    site = tmp_path / "site-packages"
    site.mkdir()

    def fill(*distributions: str):
        for name in distributions:
            (site / f"{name}.dist-info").mkdir()
        return tmp_path, site

    return fill


@pytest.mark.parametrize("have, expected", [
    (["numpy-2.4.6", "torch-2.13.0+cpu", "pytest-9.2.0", "other-1.0"], None),
    (["numpy-2.4.5", "torch-2.13.0", "pytest-9.2.0"],
     "wrong environment: numpy is 2.4.5, the book needs 2.4.6. Mend it with: make venv"),
    (["numpy-2.4.6", "pytest-9.2.0"], "wrong environment: torch is missing. Mend it with: make venv"),
    (["numpy-2.4.6", "torch-2.13.0", "pytest-8.0.0"],
     "wrong environment: pytest is 8.0.0, the book needs 9.2.0. Mend it with: make venv"),
    (["numpy-2.4.5", "pytest-9.2.0"],
     "wrong environment: numpy is 2.4.5, the book needs 2.4.6 (and 1 more). Mend it with: make venv"),
    ([], "wrong environment: nothing is installed. Mend it with: make venv"),
])
def test_differences_from_the_pins(pinned, have, expected):
    assert env.complain(*pinned(*have)) == expected


@pytest.mark.parametrize("pin, expected", [
    ("numpy==0.1", r"error: wrong environment: numpy is [\d.]+, the book needs 0.1. Mend it with: make venv"),
    ("a-package-that-nobody-has==1.0",
     "error: wrong environment: a-package-that-nobody-has is missing. Mend it with: make venv"),
])
def test_a_build_in_a_wrong_environment(light, pin, expected):
    (light.root / "requirements.txt").write_text(f"{pin}\n")
    before = light.pages()
    done = light.build()
    assert done.returncode == 2 and re.fullmatch(expected, done.stderr.strip()) and light.pages() == before


def test_no_network_when_the_environment_must_be_made(root, tmp_path, cut):
    """By `make`, in a folder with a space and letters outside ASCII, with nothing but Python and make."""
    if not (cut and shutil.which("make")):
        pytest.skip("needs make, and a system that lets a process give up its network (unshare)")
    folder = tmp_path / "mein Bücherregal"
    for name in ("Makefile", "requirements.txt", "constraints.txt", "pyproject.toml", "claims/press/env.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("PIP_")} | {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    done = subprocess.run([*cut, "make", "book", f"PYTHON={sys.executable}"], cwd=folder, env=clean,
                          capture_output=True, text=True, timeout=240)
    assert done.returncode != 0, done.stdout
    assert "Making .venv with" in done.stdout and "Installing the pinned packages into .venv" in done.stdout
    first = done.stderr.splitlines()[0]
    assert first.startswith("error: no network: the packages cannot be fetched.") and first.endswith("run: make venv")
    assert "Traceback" not in done.stderr and not (folder / ".venv" / "ready").exists()


def test_no_suitable_python(tmp_path, monkeypatch):
    monkeypatch.setattr(env, "suitable", lambda command: False)
    assert env.prepare(tmp_path).startswith("this book needs Python 3.11, 3.12 or 3.13.")


def test_the_lock_names_what_every_platform_can_install():
    resolved = [("torch", "2.13.0+cpu"), ("nvidia-cublas", "1"), ("triton", "3"), ("PyYAML", "6.0.4"), ("pip", "26"),
                ("claims", "0.1.0")]
    assert lock.locked(resolved).splitlines()[1:] == ["pyyaml==6.0.4", "torch==2.13.0"]


def test_the_lock_of_the_project_pins_what_it_names(root):
    pins = env.pins(root)
    assert sorted(env.named(root) - pins.keys()) == []
    assert {lock.canonical(line.partition("==")[0])
            for line in lock.locked(list(pins.items())).splitlines()[1:]} == pins.keys()
