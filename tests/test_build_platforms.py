"""The package as a reader has it who downloads a notebook, perhaps on Windows: no press, nothing of POSIX."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

WITHOUT_POSIX = """
import signal, sys
for name in ("resource", "fcntl", "termios", "pwd", "grp", "posix_ipc"):
    sys.modules[name] = None  # importing it raises ImportError, as where there is none
for name in ("SIGPROF", "SIGALRM", "SIGVTALRM", "ITIMER_PROF", "ITIMER_REAL", "setitimer", "getitimer", "alarm"):
    if hasattr(signal, name):
        delattr(signal, name)
"""
WHERE_FROM = """
wrong = sorted(name for name in sys.modules if name.startswith(("claims.press", "claims.site")))
assert not wrong, f"a notebook imports {wrong}"
print("done")
"""


def without_posix(program: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", WITHOUT_POSIX + program + WHERE_FROM], capture_output=True, text=True,
                          timeout=120, **options)


@pytest.mark.parametrize("program", [
    "import claims; [getattr(claims, name) for name in claims.__all__]",
    "import matplotlib; matplotlib.use('Agg'); from claims import figures; figures.single()",
])
def test_the_package_is_imported_without_posix(root, program):
    done = without_posix(program, cwd=root)
    assert done.returncode == 0 and done.stdout.strip() == "done", done.stderr


def test_a_claim_is_proved_without_posix(root):
    done = without_posix((root / "tests" / "small_claim.py").read_text(encoding="utf-8"), cwd=root)
    assert done.returncode == 0 and done.stdout.split() == ["proved", "done"], done.stdout + done.stderr


def test_the_example_of_the_readme_runs_without_posix(root):
    blocks = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.S)
    example = next(b for b in blocks if "from claims import" in b)
    done = without_posix(example, cwd=root)
    assert done.returncode == 0 and done.stdout.strip().endswith("done"), done.stdout + done.stderr


def test_the_wheel_of_the_notebooks_holds_what_they_import_and_nothing_of_the_press(tmp_path):
    import io
    import zipfile

    from claims.press.wheel import wheel

    with zipfile.ZipFile(io.BytesIO(wheel(tmp_path / "none")[1])) as archive:
        held = set(archive.namelist())
        archive.extractall(tmp_path)
    assert {"claims/__init__.py", "claims/verbs.py", "claims/figures.py", "claims/book.mplstyle"} <= held
    assert not any(name.startswith(("claims/press/", "claims/site/", "claims/cli")) for name in held)
    program = f"""
import claims, matplotlib
assert claims.__file__.startswith({str(tmp_path)!r})
matplotlib.use("Agg")
claims.figures.single()
"""
    done = without_posix(program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
