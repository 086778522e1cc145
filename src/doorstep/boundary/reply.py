"""Restoring whole replies and streamed ones, as bytes.

A whole JSON reply is restored as a tree. In a stream of events (server-sent events, WHATWG HTML
9.2; or one JSON value per line) each event is restored by itself, except running texts: strings
under a key "delta" (the Chat, Responses and Messages protocols all call them so) continue from
event to event. What a running text holds back when something else comes is sent first, in a copy
of its last event.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from doorstep._errors import ReplyBroken
from doorstep.boundary.restore import Restorer, Running
from doorstep.boundary.tree import NotCanonical, Path, dump, parse

_LARGEST = 64_000_000
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_DATA = re.compile(r"data: ?(.*)")
# Short fixed strings that also stand under "delta".
_FIXED = frozenset(("role", "type", "id", "call_id", "name", "status", "stop_reason", "object"))
# What tells running texts apart; an "id" is one of the event only, or comes but once.
_PLACE = frozenset(("index", "output_index", "content_index", "summary_index", "item_id"))


async def restored(
    stream: AsyncIterable[bytes], content_type: str, restorer: Restorer
) -> AsyncIterator[bytes]:
    """The reply's bytes with values for placeholders. ReplyBroken if it is too large to hold."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        async for part in _events(stream, restorer, _END):
            yield part
    elif kind in ("application/x-ndjson", "application/jsonl"):
        async for part in _events(stream, restorer, re.compile(rb"\n")):
            yield part
    else:
        yield whole(b"".join([part async for part in _bounded(stream)]), restorer)


def whole(body: bytes, restorer: Restorer) -> bytes:
    """A whole reply: JSON, or text."""
    try:
        return dump(restorer.tree(parse(body)))
    except NotCanonical:
        pass
    try:
        return restorer.text(body.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return body  # no text, so no placeholder


async def _bounded(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for part in stream:
        size += len(part)
        if size > _LARGEST:
            raise ReplyBroken(f"The reply is larger than {_LARGEST} bytes.")
        yield part


async def _events(
    stream: AsyncIterable[bytes], restorer: Restorer, end: re.Pattern[bytes]
) -> AsyncIterator[bytes]:
    events = Events(restorer)
    waiting = b""
    async for part in stream:
        waiting += part
        if len(waiting) > _LARGEST:
            raise ReplyBroken(f"One event of the reply is larger than {_LARGEST} bytes.")
        ready, done = b"", 0
        # A lone \r at the end may be half of a \r\n.
        for match in end.finditer(waiting, 0, len(waiting) - waiting.endswith(b"\r")):
            ready += events.feed(waiting[done : match.start()], match.group())
            done = match.end()
        waiting = waiting[done:]
        if ready:
            yield ready
    if waiting or events.waiting:
        yield events.feed(waiting, b"") + events.flush()


@dataclass(slots=True)
class _Channel:
    """One running text: where it stands, the last event that carried it."""

    text: Running
    path: Path
    block: str
    value: object
    end: bytes


class Events:
    """Restores events one after another."""

    def __init__(self, restorer: Restorer) -> None:
        self._restorer = restorer
        self._channels: dict[object, _Channel] = {}

    @property
    def waiting(self) -> bool:
        return any(channel.text.waiting for channel in self._channels.values())

    def feed(self, block: bytes, end: bytes) -> bytes:
        """What to pass on for one event (without its end, which is given apart)."""
        text = block.decode("utf-8", "replace")
        try:
            value = parse(_data(text).encode("utf-8"))
        except NotCanonical:  # a comment, [DONE], or nothing that we can read
            return self.flush() + self._restorer.text(text).encode("utf-8") + end
        running = list(_running(value, ()))
        if not running:
            new = self._restorer.tree(value)
            return self.flush() + (block if new == value else _spell(text, new)) + end
        return self._feed(block, text, value, running, end)

    def flush(self) -> bytes:
        """What running texts still hold, in copies of their last events."""
        out = b""
        for channel in self._channels.values():
            if channel.text.waiting:
                value = copy.deepcopy(channel.value)
                _set(value, channel.path, channel.text.end())
                out += _spell(channel.block, value) + (channel.end or b"\n\n")
        return out

    def _feed(
        self, block: bytes, text: str, value: object, running: list[tuple[Path, str]], end: bytes
    ) -> bytes:
        new = self._restorer.tree(_without(value, running))
        for path, piece in running:
            channel = self._channel(value, path, text, end)
            _set(new, path, channel.text.feed(piece))
        return (block if new == value else _spell(text, new)) + end

    def _channel(self, value: object, path: Path, block: str, end: bytes) -> _Channel:
        key = (path, tuple(_places(value, path)))
        known = self._channels.get(key)
        running = known.text if known else Running(self._restorer)
        bare = _without(value, list(_running(value, ())))
        channel = _Channel(running, path, block, bare, end)
        self._channels[key] = channel
        return channel


def _data(block: str) -> str:
    """The data of an event; the block itself where it is a line of JSON."""
    lines = block.splitlines()
    found = [match[1] for line in lines if (match := _DATA.match(line))]
    return "\n".join(found) if found else block


def _spell(block: str, value: object) -> bytes:
    """The event again with other data."""
    lines = block.splitlines()
    if not any(_DATA.match(line) for line in lines):
        return dump(value)
    kept = [line for line in lines if not _DATA.match(line)]
    return "\n".join([*kept, f"data: {dump(value).decode('utf-8')}"]).encode("utf-8")


def _running(value: object, path: Path, inside: bool = False) -> list[tuple[Path, str]]:
    """The strings under a key "delta": pieces of running texts."""
    if isinstance(value, str):
        return [(path, value)] if inside and path[-1] not in _FIXED else []
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [
        found
        for key, item in items
        for found in _running(item, (*path, key), inside or key == "delta")
    ]


def _places(value: object, path: Path) -> list[tuple[int, str, str]]:
    """The index numbers along the path, and the type of the event."""
    found = [(-1, "type", json.dumps(value.get("type") if isinstance(value, dict) else None))]
    for depth, key in enumerate(path):
        if isinstance(value, dict):
            names = sorted(name for name in value if name in _PLACE)
            found += [(depth, name, json.dumps(value[name])) for name in names]
            value = value[str(key)]
        elif isinstance(value, list):
            value = value[int(key)]
    return found


def _without(value: object, running: list[tuple[Path, str]]) -> object:
    """A copy whose running strings are empty."""
    new = copy.deepcopy(value)
    for path, _ in running:
        _set(new, path, "")
    return new


def _set(value: object, path: Path, text: str) -> None:
    for key in path[:-1]:
        value = value[key]  # type: ignore[index]
    value[path[-1]] = text  # type: ignore[index]
