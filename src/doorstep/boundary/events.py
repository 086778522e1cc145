"""Restoring the events of a streamed reply, one after another.

Each event is restored by itself, except running texts, which continue from event to event: strings
under a key "delta" (the Chat, Responses and Messages protocols call them so), and Ollama's. What a
running text holds back when its end comes is sent first, in a copy of its last event. An event
that looks like one before, but for its running text, is not read again (`events_shape.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from doorstep.boundary.events_shape import Read, Shape, shape_of, spliced
from doorstep.boundary.events_text import (
    data_of,
    ending_of,
    named,
    places_of,
    put,
    running_in,
    spelled,
    without_once,
)
from doorstep.boundary.restore import Restorer, Running
from doorstep.boundary.tree import Path

_MOST_SHAPES = 32
_LEARNS = 64  # events that are tried for shapes, of one reply


@dataclass(slots=True, repr=False)
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
        self._shapes: list[tuple[Shape, _Channel]] = []
        self._learns = _LEARNS

    @property
    def waiting(self) -> bool:
        return any(channel.text.waiting for channel in self._channels.values())

    def feed(self, block: bytes, end: bytes) -> bytes:
        """What to pass on for one event (without its end, which is given apart)."""
        text = block.decode("utf-8", "replace")
        for shape, channel in self._shapes:
            if (read := shape.read(text)) is not None:
                return self._spliced(block, text, end, shape, channel, read)
        data = data_of(text)
        if not data:  # a comment that keeps the connection alive
            return block + end
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):  # [DONE], or nothing that we can read
            return self.flush() + self._restorer.text(text).encode("utf-8") + end
        if not isinstance(value, dict):
            return self.flush() + self._whole(block, text, value) + end
        running = running_in(value)
        ends = ending_of(value)
        if not running:
            before = self.flush(places_of(value, ends)) if ends is not None else b""
            return before + self._whole(block, text, value) + end
        return self._feed(block, text, value, running, ends, end)

    def _spliced(
        self, block: bytes, text: str, end: bytes, shape: Shape, channel: _Channel, read: Read
    ) -> bytes:
        """An event like one before: its one running text is replaced where it stands."""
        piece, start, stop = read
        channel.block, channel.path, channel.end = text, shape.path, end
        new = channel.text.feed(piece)
        return block + end if new == piece else spliced(text, start, stop, new) + end

    def flush(self, places: dict[str, object] | None = None) -> bytes:
        """What running texts (those at `places`) still hold, in copies of their last events."""
        out = b""
        for key, channel in list(self._channels.items()):
            if places and any(channel.places.get(k, v) != v for k, v in places.items()):
                continue
            if channel.text.waiting:
                value = json.loads(data_of(channel.block))
                for path, _ in running_in(value):
                    put(value, path, "")
                put(value, channel.path, channel.text.end())
                out += spelled(channel.block, without_once(value)) + (channel.end or b"\n\n")
            del self._channels[key]
            self._shapes = [known for known in self._shapes if known[1] is not channel]
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
        changed, before = False, len(self._channels)
        pieces = []
        for path, piece in running:
            channel = self._channel(value, path, text, end)
            new = channel.text.feed(piece)
            if ends is not None and path[: len(ends)] == ends:
                new += channel.text.end()
            pieces.append((path, new))
            changed = changed or new != piece
        if len(running) == 1 and ends is None and before == len(self._channels):
            self._learn(text, running[0][0], channel)
        rest = self._rest(text, value, running)
        if rest is value and not changed:
            return block + end
        for path, new in pieces:
            put(rest, path, new)
        return spelled(text, rest) + end

    def _rest(self, text: str, value: object, running: list[tuple[Path, str]]) -> object:
        """The event with everything but its running texts restored; itself if nothing changes."""
        if "\\" not in text and not self._restorer.touches(text):
            return value
        bare = json.loads(data_of(text))
        for path, _ in running:
            put(bare, path, "")
        new = self._restorer.tree(bare)
        return value if new == bare else new

    def _learn(self, text: str, path: Path, channel: _Channel) -> None:
        """Remembers how the second and later events of a running text look, as long as that pays:
        some servers write something else into each."""
        if self._learns:
            self._learns -= 1
            if shape := shape_of(text, path, self._restorer):
                self._shapes = [(shape, channel), *self._shapes[: _MOST_SHAPES - 1]]

    def _whole(self, block: bytes, text: str, value: object) -> bytes:
        if "\\" not in text and not self._restorer.touches(text):
            return block
        new = self._restorer.tree(value)
        return block if new == value else spelled(text, new)

    def _channel(self, value: object, path: Path, block: str, end: bytes) -> _Channel:
        name, places = named(value, path)
        key = (name, tuple(places.items()))
        channel = self._channels.get(key)
        if channel is None:
            channel = _Channel(Running(self._restorer), places, block, path, end)
            self._channels[key] = channel
        channel.block, channel.path, channel.end = block, path, end
        return channel
