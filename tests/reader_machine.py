"""Runs a downloaded notebook as a reader's fresh environment would: only what its first cell installs can be imported.

python reader_machine.py notebook.ipynb folder-of-the-installed-wheel
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(names: list[str]) -> set[str]:
    """Distributions that pip would bring in for these, those included."""
    found, queue = set(), [canonical(name) for name in names]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        try:
            asked = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        queue += [canonical(re.match(r"[\w.-]+", one)[0]) for one in asked if "extra ==" not in one]
    return found


class Fresh(PathFinder):
    """Finds what is installed, as Python's own does, but nothing of any other distribution."""

    refused: set[str] = set()

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in cls.refused or name.startswith(("claims.press", "claims.site")):
            return None
        return super().find_spec(name, path, target)


def main(notebook: str, wheel: str) -> None:
    cells = [c for c in json.load(open(notebook, encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    first = "".join(cells[0]["source"])
    packages = re.search(r"%pip install \./\S+\.whl ([^`]*)`", first)[1].split()
    sys.path = [wheel, *(p for p in sys.path if "site-packages" in p or "python3" in p)]
    allowed = needed([p.partition("==")[0] for p in packages] + ["ipykernel", "pip"])
    Fresh.refused = {top for top, owners in metadata.packages_distributions().items()
                     if not allowed & {canonical(o) for o in owners}} - {"claims"}
    sys.meta_path[:] = [f for f in sys.meta_path if f in (BuiltinImporter, FrozenImporter)] + [Fresh]
    import claims
    from IPython.core.interactiveshell import InteractiveShell
    assert claims.__file__.startswith(wheel), claims.__file__
    shell = InteractiveShell.instance()
    for cell in cells:
        shell.run_cell("".join(cell["source"]), store_history=True).raise_error()
    print(f"\n{len(cells)} cells ran")


if __name__ == "__main__":
    main(*sys.argv[1:])
