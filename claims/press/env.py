"""The virtual environment: made when it is missing, compared with the pins before every build.

Run by path with the system's Python (`python3 claims/press/env.py`), so standard library only and no import of
`claims`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
MEND = "make clean-venv venv"
NO_NETWORK = re.compile("from versions: none|NewConnectionError|Temporary failure in name resolution|"
                        "Network is unreachable|ConnectTimeout|ProxyError|Max retries")
"""What pip says where it reaches nobody."""


def canonical(name: str) -> str:
    """Name of a distribution as indexes compare it.

    >>> canonical("Sphinx_Book.Theme")
    'sphinx-book-theme'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(root: Path) -> dict[str, str]:
    """Pinned versions by canonical name, from constraints.txt and requirements.txt."""
    found = {}
    for name in ("constraints.txt", "requirements.txt"):
        try:
            text = (root / name).read_text(encoding="utf-8")
        except OSError:
            continue
        for line in text.splitlines():
            match = re.match(r"\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;#]+)", line)
            if match:
                found[canonical(match[1])] = match[2]
    return found


def named(root: Path) -> set[str]:
    """Canonical names that requirements.txt itself asks for."""
    try:
        lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    heads = (re.match(r"\s*([A-Za-z0-9][\w.-]*)", line) for line in lines)
    return {canonical(match[1]) for match in heads if match}


def installed(site: Path) -> dict[str, str]:
    """Versions of the distributions in a site-packages folder, read off the folder names: importlib.metadata takes
    fifty times as long."""
    found = {}
    try:
        entries = os.listdir(site)
    except OSError:
        return found
    for entry in entries:
        if entry.endswith((".dist-info", ".egg-info")):
            name, _, version = entry.rsplit(".", 1)[0].partition("-")
            found[canonical(name)] = version
    return found


def site_packages(prefix: Path) -> Path | None:
    """The site-packages folder of a virtual environment."""
    if os.name == "nt":
        return prefix / "Lib" / "site-packages"
    return next(iter(sorted(prefix.glob("lib/python3.*/site-packages"))), None)


def differences(root: Path, site: Path | None) -> list[str]:
    """What of the pins does not hold, one sentence each; empty if all is as pinned. Local suffixes (`+cpu`) count as
    the same version.

    A pin of constraints.txt binds only what is installed (another platform may not need it); what requirements.txt
    names must be there.
    """
    have = installed(site) if site else {}
    wrong = []
    for name, version in sorted(pins(root).items()):
        if name in have and have[name].split("+")[0] != version.split("+")[0]:
            wrong.append(f"{name} is {have[name]}, the book needs {version}")
    for name in sorted(named(root) - have.keys()):
        wrong.append(f"{name} is missing")
    if not have:
        return ["nothing is installed"]
    return wrong


def complain(root: Path, site: Path | None) -> str | None:
    """One line that says what is wrong with the environment and mends it; None if nothing is."""
    wrong = differences(root, site)
    if not wrong:
        return None
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"wrong environment: {wrong[0]}{more}. Mend it with: make venv"


def suitable(command: str) -> bool:
    try:
        out = subprocess.run([command, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True,
                             text=True, timeout=30)
        return OLDEST <= tuple(map(int, out.stdout.split())) <= NEWEST
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False


def interpreter() -> str | None:
    """A Python that the pins are good for: the running one first."""
    candidates = [sys.executable, *(f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1))]
    return next((c for c in candidates if c and (os.path.isabs(c) or shutil.which(c)) and suitable(c)), None)


def last_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return re.sub("^ERROR: ", "", (errors or lines or ["no message"])[-1])


def prepare(root: Path) -> str | None:
    """Make `.venv` what the pins say; None, or one line that says why it could not be done."""
    venv = root / ".venv"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists() and suitable(str(python)) and not differences(root, site_packages(venv)):
        return None
    if not (python.exists() and suitable(str(python))):
        base = interpreter()
        if base is None:
            return ("this book needs Python 3.11, 3.12 or 3.13. "
                    "Install one (Debian: apt install python3.11 python3.11-venv), then: make")
        print(f"Making .venv with {base} …", flush=True)
        done = subprocess.run([base, "-m", "venv", "--clear", str(venv)], capture_output=True, text=True)
        if done.returncode:
            return "cannot make .venv. Mend it with (Debian): apt install python3-venv, then: make"
    print("Installing the pinned packages into .venv (torch is the large one; once, a few minutes) …", flush=True)
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", "-r",
         "requirements.txt"],
        cwd=root, capture_output=True, text=True)
    if done.returncode:
        text = done.stdout + done.stderr
        # "from versions: none": not even an index of the package was reached
        if NO_NETWORK.search(text):
            return ("no network: the packages cannot be fetched. When there is one "
                    "(or a folder of wheels: PIP_FIND_LINKS=folder PIP_NO_INDEX=1), run: make venv")
        return f"pip could not install the pinned packages: {last_error(text)}. Mend it, then: {MEND}"
    return complain(root, site_packages(venv))


if __name__ == "__main__":
    problem = prepare(Path(__file__).resolve().parents[2])
    if problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(2)
    (Path(__file__).resolve().parents[2] / ".venv" / "ready").touch()
