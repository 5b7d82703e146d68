"""What a build says while it works: nobody waits five seconds without a word."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

SILENCE = 4.0


class Voice:
    """`say`, and a thread that says what is being done when nothing else was said for a while.

    It keeps the stream that it began with: while Sphinx renders, its output is caught.
    """

    def __init__(self, say: Callable[[str], None] | None = None, silence: float = SILENCE) -> None:
        stream = sys.stdout
        self.say = say or (lambda text: print(text, file=stream, flush=True))
        self.silence, self.doing = silence, "working"
        self.began = self.last = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __call__(self, text: str) -> None:
        self.last = time.monotonic()
        self.say(text)

    def about(self, doing: str) -> None:
        """What is being done from now on."""
        self.doing = doing

    def watch(self) -> None:
        while not self.over.wait(0.2):
            if time.monotonic() - self.last > self.silence:
                self(f"… {self.doing}, {time.monotonic() - self.began:.0f} s")

    def __enter__(self) -> Voice:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()
