"""Restoring whole replies and streamed ones, as bytes.

A whole JSON reply is restored as a tree. A stream of events (server-sent events, WHATWG HTML 9.2;
or one JSON value per line) is cut into them, and they are restored as they come (`events.py`).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator

from doorstep._errors import ReplyBroken
from doorstep.boundary.events import Events
from doorstep.boundary.events_text import dumped
from doorstep.boundary.restore import Restorer
from doorstep.boundary.tree import NotCanonical, parse

__all__ = ["Events", "Restoring", "restored", "whole"]

_LARGEST = 64_000_000
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(rb"\n")
_LINES = frozenset(("application/x-ndjson", "application/jsonl", "application/ndjson"))
_LONGEST_END = 4  # bytes


async def restored(
    stream: AsyncIterable[bytes], content_type: str, restorer: Restorer
) -> AsyncIterator[bytes]:
    """The reply's bytes with values for placeholders. ReplyBroken if it is too large to hold."""
    restoring = Restoring(content_type, restorer)
    async for part in stream:
        if ready := restoring.feed(part):
            yield ready
    if ready := restoring.end():
        yield ready


class Restoring:
    """Restores one reply that arrives in parts: events as they come, anything else at its end.

    `content_type`: that of the reply. `feed` and `end` raise ReplyBroken if an event, or what is
    no stream of events, is larger than 64 MB.
    """

    def __init__(self, content_type: str, restorer: Restorer) -> None:
        kind = content_type.partition(";")[0].strip().lower()
        self._restorer = restorer
        self._end = _END if kind == "text/event-stream" else _LINE if kind in _LINES else None
        self._usual = b"\n\n" if self._end is _END else b"\n" if self._end else b""
        self._events = Events(restorer)
        self._held: list[bytes] = []  # parts that hold no end of an event
        self._size = 0
        self._last = b""  # bytes of what is held, which may be the beginning of an end

    def feed(self, part: bytes) -> bytes:
        """What can be passed on once `part` has come."""
        if self._usual and not self._held and b"\r" not in part:
            *blocks, rest = part.split(self._usual)
            if rest:
                self._hold(rest)
            return b"".join([self._events.feed(block, self._usual) for block in blocks])
        if self._end is None or not self._end.search(self._last + part):
            self._hold(part)
            return b""
        text = b"".join((*self._held, part)) if self._held else part
        self._held, self._size, self._last = [], 0, b""
        ready = []
        for block, end in self._cut(text, self._end):
            if end:
                ready.append(self._events.feed(block, end))
            elif block:
                self._hold(block)
        return b"".join(ready)

    def end(self) -> bytes:
        """The rest."""
        text = b"".join(self._held)
        self._held, self._size, self._last = [], 0, b""
        if self._end is None:
            return whole(text, self._restorer)
        last = self._events.feed(text, b"") if text else b""
        return last + self._events.flush()

    def _hold(self, part: bytes) -> None:
        self._held.append(part)
        self._size += len(part)
        self._last = (self._last + part)[1 - _LONGEST_END :]
        if self._size > _LARGEST:
            what = "The reply" if self._end is None else "One event of the reply"
            raise ReplyBroken(f"{what} is larger than {_LARGEST} bytes.")

    def _cut(self, text: bytes, end: re.Pattern[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """The events with their ends; at last what has none yet."""
        done = 0
        # A lone \r at the end may be half of a \r\n.
        for match in end.finditer(text, 0, len(text) - text.endswith(b"\r")):
            yield text[done : match.start()], match.group()
            done = match.end()
        yield text[done:], b""


def whole(body: bytes, restorer: Restorer) -> bytes:
    """A whole reply: JSON, or text. Its own bytes where nothing in it is put back."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body  # no text, so no placeholder
    if "\\" not in text and not restorer.touches(text):
        return body
    try:
        value = parse(body)
    except NotCanonical:
        return restorer.text(text).encode("utf-8")
    new = restorer.tree(value)
    return body if new == value else dumped(new)
