"""Several processes that answer on one listening socket; one that dies is replaced.

They are forked from a process that has opened nothing yet but the socket, so that they share
the memory of what was imported. If the first process dies, however, the others end, too: each
waits at the end of a pipe for that.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from doorstep._errors import DoorstepError

Work = Callable[[Callable[[], None]], None]  # is given what to call once it answers
SOON_S = 1.0  # a worker that lived for less is replaced only after this
_FAILED = 2


class Workers:
    """`run` forks `count` processes that `work`, calls `ready` once all answer, and returns the
    exit status when all have ended. `lost(pid)` is called for one that died.
    """

    def __init__(
        self,
        count: int,
        work: Work,
        ready: Callable[[], None],
        lost: Callable[[int], None] = lambda pid: None,
    ) -> None:
        self._count = count
        self._work = work
        self._ready = ready
        self._lost = lost
        self._born: dict[int, float] = {}  # by process id
        self._ending = False
        self._status = 0

    def run(self) -> int:
        self._answers, self._answering = os.pipe()
        self._alive, self._life = os.pipe()
        before = {sig: signal.signal(sig, self._end) for sig in (signal.SIGTERM, signal.SIGINT)}
        try:
            for _ in range(self._count):
                self._fork()
            if self._begun():
                self._ready()
            while self._born:
                self._reap(*os.waitpid(-1, 0))
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)
            for end in (self._answers, self._answering, self._alive, self._life):
                os.close(end)
        return self._status

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True
        for pid in self._born:
            os.kill(pid, signal.SIGTERM)

    def _fork(self) -> None:
        pid = os.fork()
        if pid == 0:
            self._child()
        self._born[pid] = time.monotonic()
        if self._ending:  # the signal came between the fork and the line above
            os.kill(pid, signal.SIGTERM)

    def _child(self) -> None:
        """Never returns."""
        status = 1
        try:
            os.close(self._life)
            for sig in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sig, signal.SIG_DFL)
            threading.Thread(target=self._outlived, daemon=True).start()
            self._work(lambda: _write(self._answering))
            status = 0
        except DoorstepError as error:
            sys.stderr.write(f"doorstep: {error}\n")
            status = _FAILED
        except BaseException as error:  # its message may quote private text, its type cannot
            sys.stderr.write(f"doorstep: a worker failed inside ({type(error).__name__}).\n")
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _outlived(self) -> None:
        os.read(self._alive, 1)  # nobody writes: it returns when the first process has gone
        os.kill(os.getpid(), signal.SIGTERM)

    def _begun(self) -> bool:
        """Wait until all answer; if one cannot, end the others."""
        answering = 0
        while answering < self._count and not self._ending:
            if select.select([self._answers], [], [], 0.05)[0]:
                answering += len(os.read(self._answers, self._count))
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                self._born.pop(pid, None)
                self._status = os.waitstatus_to_exitcode(status) or _FAILED
                self._end(0, None)
        return not self._ending

    def _reap(self, pid: int, status: int) -> None:
        born = self._born.pop(pid, None)
        self._lost(pid)
        if born is None or self._ending:
            return
        if (early := born + SOON_S - time.monotonic()) > 0:
            time.sleep(early)
        if not self._ending:
            self._fork()


def _write(end: int) -> None:
    os.write(end, b".")
