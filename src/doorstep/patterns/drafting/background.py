"""The refinement as a job of its own, which outlives its caller and the process.

DBOS (https://docs.dbos.dev) keeps the job in a database and resumes it after a crash; what it
stores is encrypted (`sealed`). It runs inside this process: no server, no port, nothing sent.

A job has two recorded parts: the cloud's answer, and the ruling. A part that was recorded is not
done again. A part that was under way when the process died is: **the cloud may be asked twice**,
and each time is a crossing in the ledger. The answer is found again by its id for as long as it is
not forgotten, and handed out by `deliver` once.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import sqlite3
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from doorstep._errors import BadInput, ConfigError, DoorstepError
from doorstep._folders import data_folder
from doorstep._values import Message, Options, Reply
from doorstep.boundary.approval import looked_at
from doorstep.boundary.keys import load_key
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.drafting.desk import TAKEN, Said, desk_of_process, destroy, launch
from doorstep.patterns.drafting.race import Side
from doorstep.patterns.drafting.record import (
    Job,
    Order,
    joined,
    order_in,
    order_out,
    reply_out,
    side_in,
    side_out,
)
from doorstep.patterns.drafting.sealed import Sealed

T = TypeVar("T")

_VERSION = "1"  # of what a job stores; DBOS resumes the jobs of the same version only
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")  # no dots: records of our own have one
_KEY = "doorstep.key"  # a record that every key can be tried on
_POLL = 0.1  # seconds between two looks at a job that is waited for


class _Closing(BaseException):
    """The refinery closes under a running job. No Exception: DBOS would record it as the job's
    end, and the job is to go on when the refinery is opened again."""


class Refinery:
    """Refines drafts in the background.

        async with Refinery(pattern) as refinery:      # goes on with what was left unfinished
            id = await refinery.submit(messages, draft)
        ...
        async with Refinery(pattern) as refinery:      # another day, another process
            job = await refinery.deliver(id)

    `pattern` says who refines and who judges; the judge has all the time it needs. `folder`: where
    the database (SQLite) and the key lie, by default the user's data folder; one process at a time
    may open it. `url`: a PostgreSQL database instead ("postgresql://..."); then `executor` names
    this process among those that share it. `key`: 16 bytes or more instead of the key file.

    One refinery per process, since DBOS is one per process: ConfigError where another is open, or
    where the application runs DBOS itself; and where the extra `background` is not installed.
    """

    def __init__(
        self,
        pattern: DraftThenRefine,
        *,
        folder: Path | None = None,
        url: str = "",
        key: bytes | None = None,
        executor: str = "",
    ) -> None:
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise BadInput("The url of a refinery is that of a PostgreSQL database.")
        self._pattern = pattern
        self._folder = folder or data_folder() / "refinery"
        self._url = url
        self._given_key = key
        self._executor = executor or f"doorstep-{_digest(str(self._folder.absolute()))}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock: sqlite3.Connection | None = None
        self._running: set[Future[Any]] = set()
        self._closing = False

    # --- opening and closing ---------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._loop, self._closing = asyncio.get_running_loop(), False
        await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close. Jobs that still run are broken off, and go on when it is opened again."""
        self._closing = True
        for future in list(self._running):
            future.cancel()
        await asyncio.to_thread(self._close)

    def _open(self) -> None:
        desk = desk_of_process()
        if desk.refinery is not None:
            raise ConfigError(
                "Another refinery is open in this process.", hint="Close it first, or use that one."
            )
        _make(self._folder)
        self._lock = None if self._url else _locked(self._folder / "refinery.lock")
        try:
            key = self._given_key or load_key("refinery", self._folder)
            desk.refinery = self
            launch(self._config(Sealed(key)), self._executor)
            desk.record(_KEY, _KEY)  # ConfigError where the key is another one
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        desk = desk_of_process()
        if desk.refinery is self:
            destroy(self._executor)
            desk.refinery = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _config(self, sealed: Sealed) -> Said:
        url = self._url
        if not url:
            path = self._folder / "refinery.sqlite3"
            _make(self._folder, path)
            url = f"sqlite:///{path}"
        return {
            "name": "doorstep",
            "system_database_url": url,
            "application_version": _VERSION,
            "executor_id": self._executor,
            "serializer": sealed,
            "enable_otlp": False,
            "log_level": "ERROR",  # it logs types and ids; texts it never gets to see in the clear
        }

    # --- jobs ------------------------------------------------------------------------------------

    async def submit(
        self,
        messages: Sequence[Message],
        draft: Reply | str,
        options: Options = Options(),
        *,
        id: str = "",
    ) -> str:
        """Start a job, and return its id once it is stored. A job whose `id` is there already is
        not started again. BadInput for an id of other signs than letters, digits, - and _, and in a
        run that a person looks at: a job may go on after a crash, when nobody looks any more."""
        if looked_at():
            raise BadInput("A job in the background cannot be looked at before something leaves.")
        if id and not _ID.fullmatch(id):
            raise BadInput("The id of a job is up to 100 letters, digits, hyphens and underscores.")
        reply = Reply(draft, "draft") if isinstance(draft, str) else replace(draft, logprobs=())
        order = Order(id or secrets.token_hex(16), tuple(messages), reply, options)
        await asyncio.to_thread(desk_of_process().start, order.id, order_out(order))
        return order.id

    async def find(self, id: str) -> Job | None:
        """The job of this id, as it stands; None where there is none."""
        if not _ID.fullmatch(id):
            return None
        return await asyncio.to_thread(desk_of_process().find, id)

    async def wait(self, id: str) -> Job | None:
        """The job of this id, once it is done or has failed."""
        # The database is all that says so: another process may be at it.
        while (job := await self.find(id)) is not None and job.state == "running":  # noqa: ASYNC110
            await asyncio.sleep(_POLL)
        return job

    async def deliver(self, id: str) -> Job | None:
        """The job, once it is done or has failed, to one caller: None for every later one, in this
        process and in any other, and where there is no such job. Who dies while he takes it still
        finds it with `find`."""
        job = await self.wait(id)
        if job is None:
            return None
        mine = secrets.token_hex(16)
        first = await asyncio.to_thread(desk_of_process().record, id + TAKEN, mine)
        return replace(job, delivered=True) if first == mine else None

    async def forget(self, id: str) -> None:
        """Remove a job and all that is stored of it. One that runs goes on, and is not recorded."""
        if _ID.fullmatch(id):
            await asyncio.to_thread(desk_of_process().forget, id)

    # --- the two parts of a job, called by DBOS from a thread of its own -------------------------

    def ask(self, said: Said) -> Said:
        return self._here(self._ask(order_in(said)))

    def judge(self, said: Said, side: Said) -> Said:
        return self._here(self._judge(order_in(said), side))

    async def _ask(self, order: Order) -> Said:
        run = self._pattern.begin()
        race = self._pattern.race(run, patience=None)
        draft = Side(order.draft.text, order.draft)
        side = await race.refine(order.messages, order.options, draft)
        return side_out(side, run.outcome(side.text))

    async def _judge(self, order: Order, said: Said) -> Said:
        side, outcome = side_in(said)
        run = self._pattern.begin()
        race = self._pattern.race(run, patience=None)
        draft = Side(order.draft.text, order.draft)
        try:
            reply = await race.end(order.messages, draft, side, lambda event: None)
        except DoorstepError as error:
            return {"id": order.id, "failed": type(error).__name__}
        assert reply.outcome is not None  # a race ends with the reply of its run
        whole = joined(outcome, reply.outcome)
        done = replace(reply, usage=whole.usage, outcome=whole)
        return {"id": order.id, "reply": reply_out(done), "failed": ""}

    def _here(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the loop that opened this: models belong to a loop."""
        if self._closing or self._loop is None:
            work.close()
            raise _Closing
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._running.add(future)
        if self._closing:  # it closed in between
            future.cancel()
        try:
            return future.result()
        except CancelledError:
            raise _Closing from None
        finally:
            self._running.discard(future)


# --- files ---------------------------------------------------------------------------------------


def _make(folder: Path, file: Path | None = None) -> None:
    """The folder for its owner alone, and an empty file of mode 0600 before SQLite sees it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file is not None:
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _locked(path: Path) -> sqlite3.Connection:
    """A lock that ends with the process, however it ends: an open transaction of SQLite's."""
    _make(path.parent, path)
    lock = sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise ConfigError(
            "Another process has this refinery open.", hint="Give each its own folder."
        ) from None
    return lock


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
