"""The processes that a chapter started, found by a mark in their environment, also those that left its process group or
whose parent is gone."""

from __future__ import annotations

import psutil

MARK = "CLAIMS_FAMILY"


def of(mark: str) -> set[psutil.Process]:
    """Processes with this mark, and their descendants, which may have dropped it."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found |= {process, *process.children(recursive=True)}
        except psutil.Error:
            continue
    return found


def end(processes: set[psutil.Process], mark: str) -> None:
    """End them, and whatever they started meanwhile."""
    for _ in range(5):
        for process in processes:
            try:
                process.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(processes, timeout=2)
        processes = of(mark)
        if not processes:
            return
