"""Every notebook of the site runs in an empty folder, with nothing but what its first cell installs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

HTML = Path(os.environ.get("CLAIMS_HTML", ROOT / "_build" / "html"))


@pytest.fixture(scope="module")
def installed(html, tmp_path_factory) -> Path:
    """The wheel of the site, as pip would install it."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(next((html / "_notebooks").glob("*.whl"))) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_carries_the_data(installed, root):
    for file in (root / "data").glob("*.csv"):
        assert (installed / "claims" / "_data" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", sorted(p.name for p in (HTML / "_notebooks").glob("*.ipynb")))
def test_a_downloaded_notebook_runs(html, installed, tmp_path, name):
    shutil.copy(html / "_notebooks" / name, tmp_path)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CLAIMS_", "BOOK_", "PYTHONPATH"))}
    done = subprocess.run([sys.executable, "-P", str(ROOT / "tests/reader_machine.py"), name, str(installed)],
                          cwd=tmp_path, env=env | {"IPYTHONDIR": str(tmp_path / "ipython"), "OMP_NUM_THREADS": "1",
                                              "MPLBACKEND": "agg"},
                          capture_output=True, text=True, timeout=900)
    assert done.returncode == 0 and done.stdout.endswith("cells ran\n"), (done.stdout + done.stderr)[-3000:]


def test_no_chapter_needs_a_build_tool_or_a_place(root):
    """`glue` and `data_file` of claims are what a notebook has, wherever it lies."""
    for path in (root / "book").glob("*/*.md"):
        text = path.read_text(encoding="utf-8")
        words = ("myst_nb", "Path.cwd()", "jupyter_book", "claims.press", "claims.site")
        found = [word for word in words if word in text]
        assert not found, f"{path.name}: {found}; from claims import glue, data_file"
