"""A wheel of `claims` for readers who download a notebook: pure Python and the data of the book, the same bytes for
the same sources."""

from __future__ import annotations

import base64
import hashlib
import io
import tomllib
import zipfile
from pathlib import Path

from ..reading import PACKED
from .deps import PACKAGE

LEFT_OUT = ("site/", "press/", "cli.py", "__main__.py")
"""What a notebook does not need."""
KEPT = {".py", ".mplstyle"}


def about(package: Path = PACKAGE) -> dict:
    """The project's own metadata; a plain stand-in where there is no pyproject.toml."""
    try:
        return tomllib.loads((package.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    except OSError:
        return {"version": "0.0.0", "requires-python": ">=3.11", "dependencies": ["numpy", "scipy", "sympy"]}


def name(package: Path = PACKAGE) -> str:
    """File name of the wheel."""
    return f"claims-{about(package)['version']}-py3-none-any.whl"


def wheel(data: Path, package: Path = PACKAGE) -> tuple[str, bytes]:
    """File name and bytes of the wheel.

    data: folder of the book's data, which :func:`claims.data_file` finds in the wheel.
    """
    project = about(package)
    version = project["version"]
    info = f"claims-{version}.dist-info"
    files = {f"claims/{p.relative_to(package).as_posix()}": p.read_bytes() for p in sorted(package.rglob("*"))
             if p.suffix in KEPT and not p.relative_to(package).as_posix().startswith(LEFT_OUT)}
    files |= {f"claims/{PACKED.name}/{p.name}": p.read_bytes() for p in sorted(data.glob("*")) if p.is_file()}
    metadata = ["Metadata-Version: 2.1", "Name: claims", f"Version: {version}",
                f"Requires-Python: {project['requires-python']}"]
    metadata += [f"Requires-Dist: {one}" for one in project["dependencies"]]
    files[f"{info}/METADATA"] = ("\n".join(metadata) + "\n").encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: claims\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

    def sha(data: bytes) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()

    record = [f"{file},sha256={sha(data)},{len(data)}" for file, data in files.items()] + [f"{info}/RECORD,,"]
    files[f"{info}/RECORD"] = ("\n".join(record) + "\n").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in files.items():
            entry = zipfile.ZipInfo(file, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return name(package), buffer.getvalue()
