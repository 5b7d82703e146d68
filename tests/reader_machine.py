"""Runs a downloaded notebook as a reader's fresh environment would: only what its first cell installs can be imported.

python reader_machine.py notebook.ipynb folder-of-the-installed-wheel
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from importlib.abc import MetaPathFinder


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


class Fresh(MetaPathFinder):
    """Says of every other distribution that it is not installed."""

    def __init__(self, allowed: set[str]) -> None:
        self.refused = {top for top, owners in metadata.packages_distributions().items()
                        if not allowed & {canonical(o) for o in owners}} - {"claims"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.refused or name.startswith(("claims.press", "claims.site")):
            raise ModuleNotFoundError(f"No module named {name!r} (the first cell installs no such package)", name=name)


def main(notebook: str, wheel: str) -> None:
    cells = [c for c in json.load(open(notebook, encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    first = "".join(cells[0]["source"])
    packages = re.search(r"%pip install \./\S+\.whl ([^`]*)`", first)[1].split()
    sys.path = [wheel, *(p for p in sys.path if "site-packages" in p or "python3" in p)]
    sys.meta_path.insert(0, Fresh(needed([p.partition("==")[0] for p in packages] + ["ipykernel", "pip"])))
    import claims
    from IPython.core.interactiveshell import InteractiveShell
    assert claims.__file__.startswith(wheel), claims.__file__
    shell = InteractiveShell.instance()
    for cell in cells:
        shell.run_cell("".join(cell["source"]), silent=False).raise_error()
    print(f"\n{len(cells)} cells ran")


if __name__ == "__main__":
    main(*sys.argv[1:])
