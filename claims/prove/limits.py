"""Limits of time: a symbolic step that takes longer is interrupted, and what it should have shown is undecided.

The named limits of the engine stand here, in seconds of this process's CPU time.
"""

from __future__ import annotations

import gc
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DECIDE_SECONDS = 20.0
"""For one residual, unless the caller says otherwise."""
PROVE_SECONDS = 30.0
"""For one residual of the proof that a chapter displays."""
COMPARE_SECONDS = 4.0
"""For the question whether a mutant says the same as the formula."""
SEE_SECONDS = 10.0
"""For a proof that is run on an undefined function (:func:`claims.prove.instances.instances`)."""
RING_AGAIN = 1.0
"""An exception raised while a finaliser happens to run is swallowed there; so the bell rings again until it is heard.
"""


SHORTLY = 0.01
"""What is raised in a callback of the garbage collector is lost, with a complaint: the bell waits for its end."""


class OutOfTime(BaseException):
    """A symbolic step took longer than its limit (no ``Exception``, so that nothing on the way can swallow it)."""


_said: set[str] = set()


def _without_limit(why: str) -> None:
    """Say once in this process that steps run without a limit."""
    if why not in _said:
        _said.add(why)
        warnings.warn(f"symbolic steps run without a time limit: {why}", RuntimeWarning, stacklevel=4)


def _obstacle() -> str:
    """What keeps this process from interrupting itself ('' if nothing does)."""
    if not all(hasattr(signal, name) for name in ("SIGPROF", "setitimer", "ITIMER_PROF")):
        return "this platform has no timer of CPU time"
    return "" if threading.current_thread() is threading.main_thread() else "only the main thread can be interrupted"


def _collecting(frame: Any) -> bool:
    """Whether a callback of the garbage collector is running."""
    codes = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None and frame.f_code not in codes:
        frame = frame.f_back
    return frame is not None


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the body after ``seconds`` of this process's CPU time: what a busy machine takes away must not change
    a verdict.

    Where a process cannot interrupt itself (Windows, threads) there is no limit, and one warning says so. Limits may
    be nested; the nearest one rings.

    >>> with time_limit(5):
    ...     1 + 1
    2
    """
    why = _obstacle()
    if why:
        _without_limit(why)
        yield
        return

    def ring(signum: int, frame: Any) -> None:
        if _collecting(frame):
            signal.setitimer(signal.ITIMER_PROF, SHORTLY, RING_AGAIN)
            return
        raise OutOfTime(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGPROF, ring)
    outer = signal.setitimer(signal.ITIMER_PROF, seconds, RING_AGAIN)[0]
    started = time.process_time()
    if 0 < outer < seconds:
        signal.setitimer(signal.ITIMER_PROF, outer, RING_AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if outer > 0:
            # a limit around this one goes on; one that has run out meanwhile rings at once
            signal.setitimer(signal.ITIMER_PROF, max(outer - (time.process_time() - started), 1e-3), RING_AGAIN)
