"""Restoring whole replies and streamed ones, as bytes.

A whole JSON reply is restored as a tree. In a stream of events (server-sent events, WHATWG HTML
9.2; or one JSON value per line) each event is restored by itself, except running texts, which
continue from event to event: strings under a key "delta" (the Chat, Responses and Messages
protocols call them so), and those of `_RUNNING` (Ollama's). What a running text holds back when its
end comes is sent first, in a copy of its last event.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from doorstep._errors import ReplyBroken
from doorstep.boundary.restore import Restorer, Running
from doorstep.boundary.tree import NotCanonical, Path, dump, parse

_LARGEST = 64_000_000
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(rb"\n")
_DATA = re.compile(r"data: ?(.*)")
_FIELD = re.compile(r"(?:event|id|retry)?:")
_LINES = frozenset(("application/x-ndjson", "application/jsonl", "application/ndjson"))
_RUNNING = frozenset(
    (("message", "content"), ("message", "thinking"), ("response",), ("thinking",))
)
# Short fixed strings that also stand under "delta", and what is opaque.
_FIXED = frozenset(
    "role type id call_id name status stop_reason stop_sequence object signature".split()
)
# Those of them that a copy of an event must not say twice.
_ONCE = frozenset(("role", "id", "call_id", "name"))
# What tells running texts apart; an "id" is one of the event only, or comes but once.
_PLACE = ("index", "output_index", "content_index", "summary_index", "item_id")
# What says that a running text has ended: a key that is true, or the end of an event's type.
_ENDING = frozenset(("finish_reason", "done", "stop_reason", "done_reason", "error"))
_ENDS = frozenset(("done", "stop", "completed", "failed", "incomplete", "error", "cancelled"))


async def restored(
    stream: AsyncIterable[bytes], content_type: str, restorer: Restorer
) -> AsyncIterator[bytes]:
    """The reply's bytes with values for placeholders. ReplyBroken if it is too large to hold."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        async for part in _events(stream, restorer, _END):
            yield part
    elif kind in _LINES:
        async for part in _events(stream, restorer, _LINE):
            yield part
    else:
        yield whole(b"".join([part async for part in _bounded(stream)]), restorer)


def whole(body: bytes, restorer: Restorer) -> bytes:
    """A whole reply: JSON, or text."""
    try:
        return _bytes(restorer.tree(parse(body)))
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
        last = events.feed(waiting, b"") if waiting else b""
        yield last + events.flush()


@dataclass(slots=True)
class _Channel:
    """One running text, and the last event that carried it: its block, the place in it."""

    text: Running
    places: dict[str, object]
    block: str
    path: Path
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
        data = _data(text)
        if not data:  # a comment that keeps the connection alive
            return block + end
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):  # [DONE], or nothing that we can read
            return self.flush() + self._restorer.text(text).encode("utf-8") + end
        if not isinstance(value, dict):
            return self.flush() + self._whole(block, text, value) + end
        running = _running(value)
        ends = _ending(value)
        if not running:
            before = self.flush(_places(value, ends)) if ends is not None else b""
            return before + self._whole(block, text, value) + end
        return self._feed(block, text, value, running, ends, end)

    def flush(self, places: dict[str, object] | None = None) -> bytes:
        """What running texts (those at `places`) still hold, in copies of their last events."""
        out = b""
        for key, channel in list(self._channels.items()):
            if places and any(channel.places.get(k, v) != v for k, v in places.items()):
                continue
            if channel.text.waiting:
                value = json.loads(_data(channel.block))
                for path, _ in _running(value):
                    _set(value, path, "")
                _set(value, channel.path, channel.text.end())
                out += _spell(channel.block, _bare(value)) + (channel.end or b"\n\n")
            del self._channels[key]
        return out

    def _feed(
        self,
        block: bytes,
        text: str,
        value: dict[str, object],
        running: list[tuple[Path, str]],
        ends: Path | None,
        end: bytes,
    ) -> bytes:
        changed = False
        pieces = []
        for path, piece in running:
            channel = self._channel(value, path, text, end)
            new = channel.text.feed(piece)
            if ends is not None and path[: len(ends)] == ends:
                new += channel.text.end()
            pieces.append((path, new))
            changed = changed or new != piece
        rest = self._rest(text, value, running)
        if rest is value and not changed:
            return block + end
        for path, new in pieces:
            _set(rest, path, new)
        return _spell(text, rest) + end

    def _rest(self, text: str, value: object, running: list[tuple[Path, str]]) -> object:
        """The event with everything but its running texts restored; itself if nothing changes."""
        if "\\u" not in text and not self._restorer.touches(text):
            return value
        bare = json.loads(json.dumps(value))
        for path, _ in running:
            _set(bare, path, "")
        new = self._restorer.tree(bare)
        return value if new == bare else new

    def _whole(self, block: bytes, text: str, value: object) -> bytes:
        if "\\u" not in text and not self._restorer.touches(text):
            return block
        new = self._restorer.tree(value)
        return block if new == value else _spell(text, new)

    def _channel(self, value: object, path: Path, block: str, end: bytes) -> _Channel:
        name, places = _named(value, path)
        key = (name, tuple(places.items()))
        channel = self._channels.get(key)
        if channel is None:
            channel = _Channel(Running(self._restorer), places, block, path, end)
            self._channels[key] = channel
        channel.block, channel.path, channel.end = block, path, end
        return channel


def _data(block: str) -> str:
    """The data of an event; the block itself where it is a line of JSON, "" for a comment."""
    if block.startswith("{"):
        return block
    found = [match[1] for line in block.splitlines() if (match := _DATA.match(line))]
    return "\n".join(found) if found or _FIELD.match(block) else block


def _spell(block: str, value: object) -> bytes:
    """The event again with other data."""
    data = _bytes(value)
    if block.startswith("{"):
        return data
    lines = [line for line in block.splitlines() if line and not _DATA.match(line)]
    if not _DATA.search(block):
        return data
    return b"\n".join([*(line.encode("utf-8") for line in lines), b"data: " + data])


def _bytes(value: object) -> bytes:
    try:
        return dump(value)
    except ValueError:  # half of a character, whose other half comes next; a number beyond floats
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _running(value: object, path: Path = (), inside: bool = False) -> list[tuple[Path, str]]:
    """The pieces of running texts in an event, and where they stand. `value` is fresh from JSON."""
    found: list[tuple[Path, str]] = []
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str):
                _running_text((*path, key), item, inside or key == "delta", found)
            elif isinstance(item, (dict, list)) and item:
                found += _running(item, (*path, key), inside or key == "delta")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                _running_text((*path, index), item, inside, found)
            # Without a number of its own it is whole, such as the source of a quotation.
            elif item and (not inside or not isinstance(item, dict) or "index" in item):
                found += _running(item, (*path, index), inside)
    return found


def _running_text(path: Path, text: str, inside: bool, found: list[tuple[Path, str]]) -> None:
    if (inside and path[-1] not in _FIXED) or path in _RUNNING or _completes(path):
        found.append((path, text))


def _completes(path: Path) -> bool:
    """The text of a choice of the older completions."""
    return len(path) == 3 and path[0] == "choices" and path[2] == "text"


def _named(value: object, path: Path) -> tuple[Path, dict[str, object]]:
    """The path with index numbers in place of positions, and the places that stand along it."""
    name: list[str | int] = []
    places: dict[str, object] = {}
    for depth, key in enumerate(path):
        if isinstance(value, dict):
            if depth == 0:
                name.append(str(value.get("type")))
            places |= {f"{depth} {k}": value[k] for k in _PLACE if k in value}
            name.append(key)
            value = value[str(key)]
        elif isinstance(value, list):
            value = value[int(key)]
            own = value.get("index") if isinstance(value, dict) else None
            name.append(key if own is None else "#")
    return tuple(name), places


def _ending(value: dict[str, object]) -> Path | None:
    """The part of the event that says that its running texts have ended; None if none does."""
    if _says(value):
        return ()
    kind = value.get("type")
    if isinstance(kind, str) and kind.replace("_", ".").rpartition(".")[2] in _ENDS:
        return ()
    choices = value.get("choices")
    for at, choice in enumerate(choices if isinstance(choices, list) else ()):
        if isinstance(choice, dict) and _says(choice):
            return ("choices", at)
    return None


def _says(value: dict[str, object]) -> bool:
    return not _ENDING.isdisjoint(value) and any(value.get(key) for key in _ENDING)


def _places(value: object, path: Path) -> dict[str, object]:
    """The places of what stands at `path`, as those of a running text in it would be."""
    places: dict[str, object] = {}
    for depth, key in enumerate((*path, "")):
        if isinstance(value, dict):
            places |= {f"{depth} {k}": value[k] for k in _PLACE if k in value}
            value = value.get(str(key))
        elif isinstance(value, list):
            value = value[int(key)]
    return places


def _bare(value: object, inside: bool = False) -> object:
    """A copy of an event without what must be said only once."""
    if isinstance(value, dict):
        return {
            key: _bare(item, inside or key == "delta")
            for key, item in value.items()
            if not (inside and key in _ONCE)
        }
    return [_bare(item, inside) for item in value] if isinstance(value, list) else value


def _set(value: object, path: Path, text: str) -> None:
    for key in path[:-1]:
        value = value[key]  # type: ignore[index]
    value[path[-1]] = text  # type: ignore[index]
