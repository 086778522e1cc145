"""Crossings written down from an event loop, each as it comes.

A commit without fsync is some writes to memory (0.03 to 0.1 ms), less than handing it to a thread
and back, where two threads want one interpreter lock at each of SQLite's calls (measured under
load: 0.04 ms more processor time, and 4 ms of waiting at the 99th percentile). So it is done on
the loop, at once: in the next turn of the loop all others that are ready would be checked first,
and from then on all would leave, and come back, together. What waits for the disk is done in the
thread of `Durable`, once for many. Another process that holds the write lock is not waited for,
but asked again; crossings that wait for it are committed together.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from doorstep._errors import LedgerError
from doorstep._values import Crossing
from doorstep.boundary.chain import Row, State, append, crossing_row, failed, result_row
from doorstep.boundary.durable import Durable, connect
from doorstep.boundary.gate import Outgoing

_MOST = 4096  # crossings that may wait; more are refused
_LATER_S = 0.05  # how long a result waits for a crossing to ride along with
_AGAIN_S = 0.0005
_MOST_RESULTS = 100_000

Asked = tuple[Row, asyncio.Future[tuple[int, int]]]


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A crossing that is in the ledger; `mark` is for `Line.durable`."""

    crossing: Crossing
    mark: int


class Line:
    """One event loop's way into the ledger; `Ledger.line` gives one."""

    def __init__(self, path: Path, durable: Durable, busy_s: float) -> None:
        self._durable = durable
        self._busy_s = busy_s
        self._db = connect(path, 0)
        self._db.execute("PRAGMA wal_autocheckpoint=0")
        self._lock = threading.Lock()  # against `drain` and `close` from another thread
        self._asked: list[Asked] = []
        self._waiting = 0  # how many asked and have not gone on yet
        self._results: deque[Row] = deque(maxlen=_MOST_RESULTS)
        self._next: asyncio.Handle | None = None
        self._soon = False  # whether crossings wait, and `_next` writes them down
        self._busy_since: float | None = None
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    async def written(
        self,
        request: Outgoing,
        *,
        run: str = "",
        verdict: str = "allow",
        found: Mapping[str, int] | None = None,
    ) -> Written:
        """Commit one crossing. Once this returns, the request may leave: the crossing survives the
        end of the process. Those who called first are numbered first, and return first; where
        nobody waits, this returns without a turn of the loop. LedgerError where it cannot be
        written."""
        self._durable.check()
        if self._closed or len(self._asked) >= _MOST:
            why = "is closed" if self._closed else "has more to write than it can"
            raise LedgerError(
                f"The ledger {why}; nothing was sent.",
                hint="Look at its file, its folder and the disk, then start again.",
            )
        row, crossing = crossing_row(request, run, verdict, found)
        # Whoever waits, or is about to go on, was there first.
        now = None if self._waiting else self._try([row])
        if now is not None:
            numbers, mark = now
            return Written(crossing(numbers[0]), mark)
        number, mark = await self._queued(row)
        return Written(crossing(number), mark)

    async def _queued(self, row: Row) -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[int, int]] = loop.create_future()
        self._asked.append((row, done))
        self._waiting += 1
        if not self._soon:
            self._soon = True
            self._rest()
            self._next = loop.call_soon(self._flush, loop)
        try:
            return await done
        except asyncio.CancelledError:
            if done.done() and not done.cancelled() and done.exception() is None:
                self.note(done.result()[0], "not sent")
            raise
        finally:
            self._waiting -= 1

    async def durable(self, written: Written) -> None:
        """Returns when the crossing survives a power cut, too; before that, nothing of the reply
        may be handed on. LedgerError where that cannot be."""
        await self._durable.wait(written.mark)

    def note(
        self, crossing: int, state: State, *, status: int | None = None, reply_bytes: int = 0
    ) -> None:
        """What became of a crossing; written down soon, with what comes then."""
        self._results.append(result_row(crossing, state, status, reply_bytes))
        if self._next is None:
            with contextlib.suppress(RuntimeError):  # no loop: `drain` takes it
                loop = asyncio.get_running_loop()
                self._next = loop.call_later(_LATER_S, self._flush, loop)

    def drain(self) -> None:
        """Write down the results that still wait, in this thread. sqlite3.Error."""
        with self._lock:
            if self._results and not self._closed:
                self._db.execute(f"PRAGMA busy_timeout={int(self._busy_s * 1000)}")
                try:
                    self._commit([])
                finally:
                    self._db.execute("PRAGMA busy_timeout=0")

    def close(self) -> None:
        """Write the rest and end; crossings that still wait are refused."""
        try:
            self.drain()
        finally:
            with self._lock:
                self._closed = True
                self._db.close()
            for _, done in self._asked:
                with contextlib.suppress(RuntimeError):
                    error = LedgerError(
                        "The ledger is closed; nothing was sent.",
                        hint="Open it again; a boundary needs it for as long as it is used.",
                    )
                    done.get_loop().call_soon_threadsafe(_refuse, done, error)

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write down all that waits; again soon where somebody else writes just now."""
        self._rest()
        self._soon = False
        asked = [(row, done) for row, done in self._asked if not done.done()]
        self._asked = []
        try:
            now = self._try([row for row, _ in asked])
        except LedgerError as error:
            self._refuse(asked, error)
            return
        if now is None:
            self._again(loop, asked)
            return
        self._busy_since = None
        numbers, mark = now
        for (_, done), number in zip(asked, numbers, strict=False):
            done.set_result((number, mark))

    def _rest(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _try(self, rows: list[Row]) -> tuple[list[int], int] | None:
        """Commit now, and the results that wait, too. None where another process or thread writes
        just now, or the log must be emptied first. LedgerError where it cannot be done."""
        if self._durable.full() or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._closed:
                raise LedgerError(
                    "The ledger is closed; nothing was sent.",
                    hint="Open it again; a boundary needs it for as long as it is used.",
                )
            return self._commit(rows)
        except Exception as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                return None
            raise failed("cannot record", error) from None
        finally:
            self._lock.release()

    def _commit(self, rows: list[Row]) -> tuple[list[int], int]:
        later = [self._results.popleft() for _ in range(len(self._results))]
        rows = [*rows, *later]
        if not rows:
            return [], 0
        try:
            numbers = append(self._db, rows)
        except BaseException:
            self._results.extendleft(reversed(later))
            raise
        mark = self._durable.mark(rows)
        self._durable.kick(mark)
        return numbers, mark

    def _again(self, loop: asyncio.AbstractEventLoop, asked: list[Asked]) -> None:
        """Another process, or another thread of this one, writes just now."""
        now = loop.time()
        if self._busy_since is None:
            self._busy_since = now
        waited = now - self._busy_since
        if waited > self._busy_s:
            error = sqlite3.OperationalError("database is locked")
            self._refuse(asked, failed("cannot record", error))
            return
        self._asked = [*asked, *self._asked]
        self._soon = True
        self._next = loop.call_later(min(0.02, _AGAIN_S + waited / 4), self._flush, loop)

    def _refuse(self, asked: list[Asked], error: LedgerError) -> None:
        self._busy_since = None
        for _, done in asked:
            _refuse(done, error)


def _refuse(done: asyncio.Future[tuple[int, int]], error: LedgerError) -> None:
    if not done.done():
        done.set_exception(error)
