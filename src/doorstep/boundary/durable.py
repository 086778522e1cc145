"""What makes committed rows survive a power cut: one fsync of SQLite's write-ahead log for many.

The ledger's connections commit with synchronous=NORMAL: a commit is in the log (the file
`<name>-wal`), so that it survives the end of the process, but nothing has waited for the disk.
SQLite's FULL is the same and one fsync of the log more (sqlite.org/wal.html, 2.3 and 7; walFrames
in wal.c); that fsync is made here, once for all rows that were committed before it. SQLite locks
neither the log nor our descriptor of it, so opening and closing it here breaks no lock. A
checkpoint syncs log and database by itself in both modes.

Only what is durable is told to the head beside the file: it must never know a row that a power cut
can take away.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from doorstep._errors import LedgerError
from doorstep.boundary.beside import alone, write_head
from doorstep.boundary.chain import Row, failed, read_head

_HEAD_S = 0.1  # how old the head beside the file may be: 0.3 ms of processor time each
_PAGE = 4096
_PER_COMMIT = 4  # pages that every commit writes: the head, the ends of table and index
_CHECKPOINT = 1000  # pages, SQLite's own default
_TOO_LONG = 8 * _CHECKPOINT
_BEHIND = 4 * _CHECKPOINT  # committed while the thread did not come to look at the log
_RESTART_MS = 50  # that writers may wait

Waiter = tuple[int, asyncio.AbstractEventLoop | None, asyncio.Future[None] | None]


class Durable:
    """Syncs the log of the ledger at `path`. Whoever commits says so by `mark`.

    Safe for threads. A failed fsync is for good (the system forgets what it could not write, see
    fsync(2), and a later one may claim success): every later call raises LedgerError.
    """

    def __init__(self, path: Path, head_path: Path, busy_s: float) -> None:
        self._path, self._head_path, self._busy_s = path, head_path, busy_s
        self._db = connect(path, busy_s)
        self._db.execute("PRAGMA wal_autocheckpoint=0")
        self._lock = threading.Lock()  # of the counts
        self._syncing = threading.Lock()
        self._committed = self._synced = self._pages = 0
        self._log: int | None = None  # a descriptor of the log
        self._headed = 0  # what was synced when the head was written
        self._due: float | None = None  # when the thread writes the head
        self._broken: LedgerError | None = None
        self._disk_failed = False
        self._emptying = False
        self._closed = False
        self._file = _which(path)
        self._asked: SimpleQueue[Waiter | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def mark(self, rows: Sequence[Row]) -> int:
        """Rows have been committed; gives what `reached` and `sync` want to know."""
        pages = _PER_COMMIT + sum(1 + len(row.body or b"") // _PAGE for row in rows)
        with self._lock:
            self._pages += pages
            self._committed += 1
            return self._committed

    def wrote(self, pages: int) -> None:
        """Something else was committed; it is made durable soon."""
        with self._lock:
            self._pages += pages
            self._committed += 1
            mark = self._committed
        self.kick(mark)

    def reached(self, mark: int) -> bool:
        return self._synced >= mark

    def check(self) -> None:
        """LedgerError where rows can no longer be made durable: then nothing may be sent."""
        if self._broken is not None:
            self._ask(0)  # it may have been a full disk
            raise self._broken
        if self._closed:
            raise LedgerError(
                "The ledger is closed.",
                hint="Open it again; a boundary needs it for as long as it is used.",
            )
        self.check_file()

    def check_file(self) -> None:
        """LedgerError where the file was removed or replaced: SQLite would go on writing to one
        that nobody can open any more."""
        if _which(self._path) != self._file:
            raise LedgerError(
                "The ledger's file is gone, or another one has taken its place; nothing was sent.",
                hint="Put it back, or start again.",
            )

    def sync(self, mark: int, *, head: bool = True) -> None:
        """Make `mark` and all before it durable, in this thread. OSError, sqlite3.Error."""
        with self._syncing:
            if self._closed:
                raise LedgerError(
                    "The ledger is closed.",
                    hint="Open it again; a boundary needs it for as long as it is used.",
                )
            try:
                self._sync(mark, head)
            except BaseException as error:
                if self._broken is None:
                    self._broken = failed("cannot record", error)
                raise
            if head:
                self._broken = None

    def probe(self) -> None:
        """Write the head that is there once more: where that fails, nothing should leave."""
        with self._syncing:
            self._headed = -1
        self.sync(0)

    def _sync(self, mark: int, head: bool) -> None:
        with self._lock:
            target = self._committed
        if self._synced < mark or (head and self._headed < target):
            if head:
                self._with_head(target)
            else:
                self._fsync()
            self._synced = max(self._synced, target)

    def _with_head(self, target: int) -> None:
        """Sync, and tell the head beside the file: it knows only what was read before the sync."""
        with alone(self._descriptor()):
            rows, _, newest = read_head(self._db)
            self._fsync()
            write_head(self._head_path, rows, newest)
        self._headed = target

    def _fsync(self) -> None:
        log = self._descriptor()
        try:
            os.fsync(log)
        except OSError:
            self._disk_failed = True
            raise
        if not os.fstat(log).st_nlink:
            raise LedgerError(
                "The ledger's log was removed: what it holds can be lost.",
                hint="Start again: what is not on disk is then known.",
            )

    def _descriptor(self) -> int:
        if self._disk_failed:
            raise LedgerError(
                "The ledger cannot record: its disk has failed.",
                hint="Look at the disk, then start again.",
            )
        if self._log is None:
            self._log = os.open(f"{self._path}-wal", os.O_RDWR)
            folder = os.open(self._path.parent, os.O_RDONLY)  # the log's name must last, too
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return self._log

    # for event loops

    def kick(self, mark: int) -> None:
        """Begin to make `mark` durable in the thread; nobody waits yet."""
        self._ask(mark)

    def full(self) -> bool:
        """Whether writers of this process should wait a moment, for the log to be emptied."""
        if self._pages > _BEHIND:  # the disk is slower than they are
            self.kick(self._committed)
            return True
        return self._emptying

    async def wait(self, mark: int) -> None:
        """Returns when `mark` is durable. LedgerError where that failed."""
        if self._synced >= mark:
            return
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._ask(mark, loop, done)
        await done

    def _ask(
        self,
        mark: int,
        loop: asyncio.AbstractEventLoop | None = None,
        done: asyncio.Future[None] | None = None,
    ) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._closed:
                    raise LedgerError(
                        "The ledger is closed.",
                        hint="Open it again; a boundary needs it for as long as it is used.",
                    )
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(
                        target=self._run, name="doorstep-ledger", daemon=True
                    )
                    self._thread.start()
        self._asked.put((mark, loop, done))

    def _run(self) -> None:
        try:
            while (waiters := self._next()) is not None:
                reached = [one for one in waiters if one[0] <= self._synced]
                _tell(reached, None)  # no other sync for those whom the last one was for
                rest = [one for one in waiters if one[0] > self._synced]
                if rest:
                    mark = max(one[0] for one in rest)
                    _tell(rest, _error_of(partial(self.sync, mark, head=False)))
                probed = any(not one[0] for one in reached)
                if (error := _error_of(partial(self._aside, probed))) is not None:
                    self._broken = error
        finally:
            _tell(
                list(self._left()),
                LedgerError(
                    "The ledger is closed.",
                    hint="Open it again; a boundary needs it for as long as it is used.",
                ),
            )

    def _next(self) -> list[Waiter] | None:
        """All who have asked; none of them where only the head is due. None: it is closed."""
        try:
            wait = None if self._due is None else max(0.0, self._due - time.monotonic())
            first = self._asked.get(timeout=wait)
        except Empty:
            return []
        if first is None:
            return None
        found = [first]
        with contextlib.suppress(Empty):
            while (more := self._asked.get_nowait()) is not None:
                found.append(more)
            self._asked.put(None)  # `close` has come meanwhile: the next turn is the last
        return found

    def _left(self) -> Iterator[Waiter]:
        with contextlib.suppress(Empty):
            while True:
                if (waiter := self._asked.get_nowait()) is not None:
                    yield waiter

    def _aside(self, probed: bool) -> None:
        """What nobody waits for: the head, and the checkpoint. OSError, sqlite3.Error."""
        now = time.monotonic()
        if probed or (self._due is not None and now >= self._due):
            self._due = now + _HEAD_S  # where it fails, not again at once
            self.sync(self._synced)
            self._due = None
        elif self._due is None and self._headed < self._synced:
            self._due = now + _HEAD_S
        if self._pages >= _CHECKPOINT:
            with self._syncing:
                self._checkpoint()

    def _checkpoint(self) -> None:
        """Bring the log into the database; writers need not wait. Where they never pause, the log
        would grow without end: once it is long, they wait for a moment. A reader that stays long
        (`verify` of a large ledger) can keep even that from being done: the next time, then."""
        with self._lock:
            self._pages = 0
        log, done = self._checkpointed("PASSIVE")
        if log > _TOO_LONG:  # writers have begun none anew
            self._db.execute(f"PRAGMA busy_timeout={_RESTART_MS}")
            self._emptying = True
            try:
                log, done = self._checkpointed("RESTART")
            finally:
                self._emptying = False
                self._db.execute(f"PRAGMA busy_timeout={int(self._busy_s * 1000)}")
        if log == done:  # the first write to an emptied log syncs its head: here, not on a loop
            self._db.execute("UPDATE head SET one=1")

    def empty_log(self) -> bool:
        """Bring all of the log into the database and cut it to nothing, so that what it held is no
        longer in any file. False where somebody reads or writes all the time."""
        end = time.monotonic() + self._busy_s
        while True:
            with self._syncing:
                self._db.execute(f"PRAGMA busy_timeout={_RESTART_MS}")
                try:
                    if self._checkpointed("TRUNCATE") == (0, 0):
                        with contextlib.suppress(sqlite3.OperationalError):  # another is faster
                            self._db.execute("UPDATE head SET one=1")  # as in `_checkpoint`
                        return True
                finally:
                    self._db.execute(f"PRAGMA busy_timeout={int(self._busy_s * 1000)}")
            if time.monotonic() > end:
                return False
            time.sleep(0.02)

    def _checkpointed(self, mode: str) -> tuple[int, int]:
        """Pages in the log, and how many of them are in the database, too."""
        try:
            busy, log, done = self._db.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        except sqlite3.OperationalError:
            return 1, 0
        return log, (-1 if busy else done)

    def close(self) -> None:
        """The last sync. LedgerError, OSError or sqlite3.Error if it fails."""
        with self._lock:
            if self._closed:
                return
            thread = self._thread
        try:
            if self._headed < self._committed:
                self.sync(self._committed)
        finally:
            with self._syncing:
                self._closed = True
            self._asked.put(None)
            if thread is not None and thread is not threading.current_thread():
                thread.join(5)
            self._db.close()
            if self._log is not None:
                os.close(self._log)


def _which(path: Path) -> tuple[int, int] | None:
    """Which file it is (device and inode); None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - at each request; Path.stat costs twice as much
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(path: Path, busy_s: float) -> sqlite3.Connection:
    """A connection that commits without waiting for the disk."""
    db = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA synchronous=NORMAL")
    return db


def _error_of(work: Callable[[], object]) -> LedgerError | None:
    try:
        work()
    except BaseException as fault:  # whatever it is: who waits must hear of it
        return failed("cannot record", fault)
    return None


def _tell(waiters: Sequence[Waiter], error: LedgerError | None) -> None:
    """One call into each loop for all who wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for _, loop, done in waiters:
        if loop is not None and done is not None:
            by_loop.setdefault(loop, []).append(done)
    for loop, futures in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(_settle, futures, error)


def _settle(futures: Sequence[asyncio.Future[None]], error: LedgerError | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
