"""Crossings that wait for a person: shown exactly as they would leave, let go or refused.

A request waits in its own process, in its own task, and nowhere else. What all processes share is
what a person sees of it, and the decision about it (see `held_file`). Where the request goes away,
by a timeout, a client that has left or the end of the process, there is nothing left to be sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doorstep.boundary.approval import NO, Answer, Preview
from doorstep.runs.current import Current, current
from doorstep.runs.held_file import HeldFile, Times
from doorstep.runs.held_standing import StandingChoices
from doorstep.runs.held_values import Choice, Decided, HeldCrossing, Remembered

__all__ = ["Choice", "Decided", "HeldCrossing", "Remembered", "Waiting"]

MOST = 32  # wait at a time, in one data folder
WORDS = 100  # that may be masked by hand at a time
_LONGEST = 200  # characters of one
_POLL_S = 0.15
_BEAT_S = 1.0
_SIGN = re.compile(r"[^\W_].*[^\W_]", re.DOTALL)  # two letters or digits


class Waiting:
    """`path`: the file that the processes share; without one, this process only, in memory. `key`:
    the house's. `standing`: what was said once for all that follows."""

    def __init__(self, path: Path | None = None, key: bytes = b"") -> None:
        self._file = HeldFile(path, key)
        # A connection of its own: a request that is checked never waits for one that is written.
        self.standing = StandingChoices(HeldFile(path, key))

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self.standing.close()

    async def approve(self, preview: Preview) -> Answer:
        """The person's answer about one request; see `doorstep.boundary.Approve`."""
        who, kinds = current(), tuple(preview.found)
        if not preview.look and preview.round == 1:
            sends = self.standing.sends
            if await asyncio.to_thread(sends, preview.origin, who.pattern, kinds):
                return Answer("send", remembered=True)
        one, times = _held(preview, who)
        # Whoever asks may go away while the row is being written: it is removed after that.
        work = asyncio.to_thread(self._file.add, one.id, times, asdict(one), MOST)
        adding = asyncio.ensure_future(work)
        try:
            if not await asyncio.shield(adding):
                return Answer(why=f"{MOST} requests wait for a person already; nothing was sent.")
            with _told(who, one):
                return await self._answer(one, times, preview.seconds)
        finally:
            adding.add_done_callback(lambda done: _in_thread(done, self._file.take, one.id))

    def list(self, run: str = "") -> tuple[HeldCrossing, ...]:
        """Those that wait, in whatever process, oldest first; `run`: only those of that run."""
        known = (HeldCrossing(**one) for one in self._file.crossings())
        return tuple(one for one in known if run in ("", one.run))

    def ids(self) -> tuple[str, ...]:
        """Of all that wait, oldest first."""
        return self._file.live()

    def count(self) -> int:
        return len(self.ids())

    def decide(
        self,
        id: str,
        sha256: str,
        choice: Choice,
        words: Iterable[str] = (),
        *,
        remember: bool = False,
    ) -> Decided:
        """Decide about the request that the person saw: `sha256` is that of its body.

        "mask": `words` (2 to 200 characters each) are hidden, too, and it will wait anew. With
        `remember` the choice holds for all that follow; a yes is not remembered in a run that is
        looked at, nor after words were masked by hand: in what follows they would not be. The
        first decision counts.
        """
        one = next((one for one in self.list() if one.id == id), None)
        if one is None:
            return "gone"
        if not hmac.compare_digest(one.sha256.encode(), sha256.encode()):
            return "other bytes"
        hidden = _words(words) if choice == "mask" else ()
        if choice == "mask" and not hidden:
            return "no words"
        said = {"do": choice, "words": hidden, "sha256": sha256}
        if not self._file.decide(id, said):
            return "gone"
        if remember:
            self._remember(one, choice, hidden)
        return "taken"

    def _remember(self, one: HeldCrossing, choice: Choice, words: tuple[str, ...]) -> None:
        if choice == "mask":
            self.standing.mask(words)
        elif choice == "refuse":
            self.standing.refuse(one.origin)
        elif not one.look and one.round == 1:
            self.standing.send(one)

    async def _answer(self, one: HeldCrossing, times: Times, seconds: float) -> Answer:
        """Look whether somebody has decided, until it is too late for that."""
        beat = time.monotonic() + _BEAT_S
        while time.time() < times.until:
            await asyncio.sleep(min(_POLL_S, max(0.01, times.until - time.time())))
            if await asyncio.to_thread(self._file.decided, one.id):
                break
            if time.monotonic() > beat:
                await asyncio.to_thread(self._file.beat, one.id)
                beat = time.monotonic() + _BEAT_S
        said = await asyncio.to_thread(self._file.take, one.id)
        if said is None:
            return Answer(why=f"Nobody said yes within {seconds:g} s; nothing was sent.")
        return _said(one, said)


def _said(one: HeldCrossing, said: Any) -> Answer:
    if said["sha256"] != one.sha256:
        return NO
    if said["do"] == "mask":
        return Answer("mask", tuple(said["words"]))
    return Answer("send") if said["do"] == "send" else NO


def _held(preview: Preview, who: Current) -> tuple[HeldCrossing, Times]:
    """It can be decided about until a moment before the boundary gives up."""
    at = time.time()
    times = Times(at, at + preview.seconds - min(0.5, preview.seconds / 4))
    since, until = (datetime.fromtimestamp(t, UTC).isoformat() for t in (times.at, times.until))
    one = HeldCrossing(
        secrets.token_hex(8),
        since,
        until,
        who.id,
        who.pattern,
        preview.method,
        preview.destination,
        preview.origin,
        preview.body,
        preview.sha256,
        dict(preview.found),
        preview.look,
        preview.round,
    )
    return one, times


def _words(given: Iterable[str]) -> tuple[str, ...]:
    """Each once, without blanks around it; () where one cannot be looked for."""
    words = tuple(dict.fromkeys(word for one in given if (word := one.strip())))
    fit = all(len(word) <= _LONGEST and _SIGN.search(word) for word in words)
    return words if fit and len(words) <= WORDS else ()


@contextmanager
def _told(who: Current, one: HeldCrossing) -> Iterator[None]:
    if who.told is None:
        yield
        return
    who.told(one, True)
    try:
        yield
    finally:
        who.told(one, False)


def _in_thread(done: asyncio.Future[bool], work: Callable[[str], object], id: str) -> None:
    """Not waited for, as another process may be writing. What goes wrong is told nobody: the row is
    dead a few seconds later."""
    _ = done.cancelled() or done.exception()
    with contextlib.suppress(RuntimeError):  # the program is about to end
        future = asyncio.get_running_loop().run_in_executor(None, work, id)
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
