"""How a chapter's process is started: its command, its environment, and how long it may take."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from . import deps
from .project import BuildError, Problem, Project
from .sources import Chapter, yaml_file

LIMIT = 600.0
KERNEL = Path(__file__).with_name("kernel.py")


def limit(project: Project) -> float:
    """Seconds that a chapter may take: CLAIMS_CHAPTER_LIMIT, or `execute: timeout` of `_config.yml`."""
    config = project.root / "_config.yml"
    settings = (yaml_file(config, "_config.yml") if config.exists() else None) or {}
    text = os.environ.get("CLAIMS_CHAPTER_LIMIT") or (settings.get("execute") or {}).get("timeout") or LIMIT
    try:
        return float(text)
    except (TypeError, ValueError):
        raise BuildError(Problem("", 0, "CLAIMS_CHAPTER_LIMIT, or execute: timeout in _config.yml: expected seconds, "
                                        f"found {text!r}")) from None


def environment(project: Project, chapter: Chapter, seed: int) -> dict[str, str]:
    """Environment of a chapter's process: one thread, fixed hashing and dates, caches of libraries inside `_build`."""
    home = project.build / "cache"
    for name in ("ipython", "jupyter", "matplotlib"):
        (home / name).mkdir(parents=True, exist_ok=True)
    env = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "PYTHONSTARTUP", "PYTHONWARNINGS")}
    return env | {
        "CLAIMS_ROOT": str(project.root),
        "CLAIMS_CHAPTER": chapter.slug,
        "CLAIMS_BUILD": "1",
        "BOOK_SEED": str(seed),
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1",
        "VECLIB_MAXIMUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "1640995200",  # a fixed day: a figure must not change with the commit it was drawn at
        "PYTHONPATH": os.pathsep.join([str(project.root), str(deps.PACKAGE.parent),
                                       *filter(None, [env.get("PYTHONPATH")])]),
        "IPYTHONDIR": str(home / "ipython"), "JUPYTER_CONFIG_DIR": str(home / "jupyter"),
        "JUPYTER_DATA_DIR": str(home / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / "jupyter"), "MPLCONFIGDIR": str(home / "matplotlib"),
        "JUPYTER_PLATFORM_DIRS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def command() -> list[str]:
    return [sys.executable, str(KERNEL), "-f", "{connection_file}", "--HistoryManager.enabled=False",
            "--IPKernelApp.log_level=40"]


def prime(project: Project, chapters: list[Chapter], env: dict[str, str]) -> None:
    """Let Matplotlib look for fonts once, before several chapters would at the same time, if any chapter draws."""
    if any((project.build / "cache" / "matplotlib").glob("fontlist*")):
        return
    texts = [cell.source for chapter in chapters for cell in chapter.cells]
    for chapter in chapters:
        texts += [path.read_text(encoding="utf-8")
                  for path in deps.static_modules(project, [cell.source for cell in chapter.cells], chapter.path.parent)
                  if not path.is_relative_to(deps.PACKAGE)]
    if not any("matplotlib" in text for text in texts):
        return
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env=env, capture_output=True)
