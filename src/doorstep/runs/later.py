"""Writing behind a run's back: a bounded queue and one thread, so that no answer waits for a disk.

What goes wrong is logged once, by the name of the error, and the run is not kept.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

from doorstep.runs.values import KeptRun

MOST = 2000  # runs that may wait; what comes then is not kept
_CLOSE_S = 5.0

log = logging.getLogger("doorstep.runs")

Make = Callable[[], KeptRun]
Write = Callable[[Sequence[KeptRun]], None]


class Later:
    """`write` is called in the thread, with all runs that have come meanwhile."""

    def __init__(self, write: Write, most: int = MOST) -> None:
        self._write = write
        self._most = most
        self._queue: deque[Make] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self._told = False

    def put(self, make: Make) -> None:
        """`make` gives the run; it is called in the thread. Never raises, never waits long."""
        with self._changed:
            if self._closed or len(self._queue) >= self._most:
                why = "the book is closed" if self._closed else f"{self._most} wait already"
            else:
                self._queue.append(make)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, daemon=True, name="runs")
                    self._thread.start()
                elif len(self._queue) == 1:
                    self._changed.notify_all()
                return
        self._tell(why)

    def flush(self, timeout_s: float = _CLOSE_S) -> bool:
        """Wait until everything is written; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._busy, timeout_s)

    def close(self) -> None:
        """Write the rest, as far as that takes no more than a few seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while makes := self._taken():
            try:
                self._write([run for make in makes if (run := self._made(make)) is not None])
                self._told = False
            except Exception as error:  # whatever it is, nobody waits for this
                self._tell(type(error).__name__)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _taken(self) -> list[Make]:
        """What has come; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            makes = list(self._queue)
            self._queue.clear()
            self._busy = bool(makes)
            return makes

    def _made(self, make: Make) -> KeptRun | None:
        try:
            return make()
        except Exception as error:
            self._tell(type(error).__name__)
            return None

    def _tell(self, why: str) -> None:
        if not self._told:
            self._told = True
            log.warning("Runs are not kept just now: %s.", why)
