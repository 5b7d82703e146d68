"""`make lock`: write constraints.txt from a resolution of requirements.txt in a fresh environment, without local suffixes and platform's own packages."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from .env import canonical
from .project import find_root, write_atomic

HEAD = "# The whole resolved set, written by `make lock`. Without local suffixes (torch's +cpu) and without what only one platform has.\n"
ONLY_HERE = re.compile(r"^(nvidia-|cuda-|triton$|pywin|colorama$|appnope$|claims$|pip$|setuptools$|wheel$)")


def locked(frozen: str) -> str:
    """The lines of constraints.txt from the output of `pip freeze --all`.

    >>> print(locked("torch==2.13.0+cpu\\ntriton==3.0\\n-e .\\nNumPy==2.4.6\\n").splitlines()[1:])
    ['numpy==2.4.6', 'torch==2.13.0']
    """
    pins = {}
    for line in frozen.splitlines():
        match = re.match(r"([A-Za-z0-9][\w.-]*)==([^\s;]+)", line)
        if match and not ONLY_HERE.match(canonical(match[1])):
            pins[canonical(match[1])] = match[2].split("+")[0]
    return HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))


def main() -> int:
    root = find_root()
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        # the project itself is not part of the resolution, nor is yesterday's lock
        lines = [line for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines() if not line.startswith(("-c", "-e"))]
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        python = Path(folder) / "env" / "bin" / "python"
        print("Resolving requirements.txt in a fresh environment (a few minutes) …", flush=True)
        for command in ([sys.executable, "-m", "venv", str(python.parents[1])], [str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                print(f"error: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else command}", file=sys.stderr)
                return 2
        frozen = subprocess.run([str(python), "-m", "pip", "freeze", "--all"], capture_output=True, text=True, check=True).stdout
    write_atomic(root / "constraints.txt", locked(frozen))
    print("constraints.txt is written. Now: make test")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
