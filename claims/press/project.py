"""Where things are, atomic writes and digests. Standard library only: a build in which nothing changed loads little
else."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that keeps the book from being published, with the place to look at.

    >>> print(Problem("book/a.md", 12, "label 'x' is used twice"))
    book/a.md:12: label 'x' is used twice
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message


class BuildError(Exception):
    """A build that cannot go on: carries its problems."""

    def __init__(self, problems: list[Problem] | Problem):
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Project:
    """A book on disk: the folder that holds `_config.yml`, `_toc.yml`, `book/`, `data/` and perhaps modules of its
    own."""

    root: Path
    build: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())
        object.__setattr__(self, "build", self.root / "_build")

    @property
    def html(self) -> Path:
        return self.build / "html"

    @property
    def ledger(self) -> Path:
        return self.build / "ledger.json"

    @property
    def store(self) -> Path:
        return self.build / "executed"

    @property
    def jupyter_cache(self) -> Path:
        return self.build / ".jupyter_cache"

    @property
    def times(self) -> Path:
        return self.build / "times.json"

    @property
    def state(self) -> Path:
        return self.build / "state.json"

    def relative(self, path: Path | str) -> str:
        """`path` relative to the root, with forward slashes; unchanged if it lies elsewhere."""
        try:
            return Path(path).resolve().relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def find_root(start: Path | None = None) -> Path:
    """The nearest folder upwards that holds a `_toc.yml`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "_toc.yml").is_file():
            return folder
    raise BuildError(Problem(str(here), 0, "no _toc.yml here or above: run this in the book's folder"))


def digest(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def file_digest(path: Path) -> str | None:
    """Digest of a file's bytes, None if it is not a readable file."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return None


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write so that a reader sees the old bytes or the new ones, whatever happens in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as handle:
            handle.write(data.encode() if isinstance(data, str) else data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except BaseException:  # also a key that is pressed: nothing half written stays
        temporary.unlink(missing_ok=True)
        raise


def dump(value: object, ordered: bool = False) -> str:
    """JSON without numbers that JSON does not have. ordered: keys stay in their order, which in a record is the
    author's; otherwise they are sorted."""
    return json.dumps(value, sort_keys=not ordered, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def load(path: Path, default: object = None):
    """JSON of a file; `default` if it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return default


def state(path: Path) -> dict:
    """One of our own state files; empty if it is missing, damaged or no object: it is written anew."""
    found = load(path)
    return found if isinstance(found, dict) else {}


def part(found: dict, name: str) -> dict:
    """The part of a state file that has an object for each of its names; what is of another shape is left out."""
    held = found.get(name)
    return {k: v for k, v in held.items() if isinstance(v, dict)} if isinstance(held, dict) else {}


def records(path: Path) -> list[dict]:
    """Records of a ledger on disk; none if it is missing or damaged."""
    held = state(path).get("records")
    listed = held if isinstance(held, list) else []
    return [r for r in listed if isinstance(r, dict) and isinstance(r.get("label"), str)]


def cores() -> int:
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return os.cpu_count() or 1


def commit(root: Path) -> tuple[str, int]:
    """Hash and time of the commit that is checked out; of a fixed day where there is no git."""
    try:
        out = subprocess.run(["git", "-C", str(root), "log", "-1", "--format=%H %ct"], capture_output=True, text=True,
                             check=True).stdout.split()
        return out[0], int(out[1])
    except (OSError, subprocess.CalledProcessError, IndexError, ValueError):
        return "0" * 40, 1_640_995_200
