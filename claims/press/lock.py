"""`make lock`: write constraints.txt from a fresh resolution of requirements.txt, without local suffixes and
platform's own packages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from .env import canonical
from .project import find_root, write_atomic

HEAD = ("# The whole resolved set, written by `make lock`. Without local suffixes (torch's +cpu) "
        "and without what only one platform has.\n")
ONLY_HERE = re.compile(r"^(nvidia-|cuda-|triton$|pywin|colorama$|appnope$|claims$|pip$|setuptools$|wheel$)")


def locked(resolved: list[tuple[str, str]]) -> str:
    """The lines of constraints.txt from (name, version) of every distribution.

    >>> print("\\n".join(locked([("torch", "2.13.0+cpu"), ("triton", "3.0"), ("NumPy", "2.4.6")]).splitlines()[1:]))
    numpy==2.4.6
    torch==2.13.0
    """
    pins = {canonical(name): version.split("+")[0]
            for name, version in resolved if not ONLY_HERE.match(canonical(name))}
    return HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))


def main() -> int:
    root = find_root()
    # the project itself is not part of the resolution, nor is yesterday's lock
    lines = [line for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
             if not line.startswith(("-c", "-e"))]
    with tempfile.TemporaryDirectory() as folder:
        wanted, report = Path(folder) / "requirements.txt", Path(folder) / "report.json"
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("Resolving requirements.txt anew, installing nothing (a few minutes) …", flush=True)
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
                               "--report", str(report), "-r", str(wanted)],
                              capture_output=True, text=True)
        if done.returncode:
            print(f"error: {(done.stderr.strip().splitlines() or ['pip failed'])[-1]}", file=sys.stderr)
            return 2
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    write_atomic(root / "constraints.txt",
                 locked([(one["metadata"]["name"], one["metadata"]["version"]) for one in found]))
    print("constraints.txt is written. Now: make test")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
