"""What one event of a streamed reply says: its data, its running texts, what they belong to.

Events of the Chat, Responses and Messages protocols and Ollama's lines are told apart by the keys
in them only, so that unknown fields and newer events are read, too.
"""

from __future__ import annotations

import json
import re

from doorstep.boundary.tree import Path, dump

# Not str.splitlines: a line separator (U+2028) in a text ends no line of server-sent events.
_BREAK = re.compile(r"\r\n|\n|\r")
_DATA = re.compile(r"data: ?(.*)")
_FIELD = re.compile(r"(?:event|id|retry)?:")
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


def data_of(block: str) -> str:
    """The data of an event; the block itself where it is a line of JSON, "" for a comment."""
    if block.startswith("{"):
        return block
    found = [match[1] for line in _BREAK.split(block) if (match := _DATA.match(line))]
    return "\n".join(found) if found or _FIELD.match(block) else block


def spelled(block: str, value: object) -> bytes:
    """The event again with other data."""
    data = dumped(value)
    if block.startswith("{"):
        return data
    lines = [line for line in _BREAK.split(block) if line and not _DATA.match(line)]
    if not _DATA.search(block):
        return data
    return b"\n".join([*(line.encode("utf-8") for line in lines), b"data: " + data])


def dumped(value: object) -> bytes:
    """The value as JSON."""
    try:
        return dump(value)
    except ValueError:  # half of a character, whose other half comes next; a number beyond floats
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def running_in(value: object, path: Path = (), inside: bool = False) -> list[tuple[Path, str]]:
    """The pieces of running texts in an event, and where they stand. `value` is fresh from JSON."""
    found: list[tuple[Path, str]] = []
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str):
                _running_text((*path, key), item, inside or key == "delta", found)
            elif isinstance(item, (dict, list)) and item:
                found += running_in(item, (*path, key), inside or key == "delta")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                _running_text((*path, index), item, inside, found)
            # Without a number of its own it is whole, such as the source of a quotation.
            elif item and (not inside or not isinstance(item, dict) or "index" in item):
                found += running_in(item, (*path, index), inside)
    return found


def _running_text(path: Path, text: str, inside: bool, found: list[tuple[Path, str]]) -> None:
    if (inside and path[-1] not in _FIXED) or path in _RUNNING or _completes(path):
        found.append((path, text))


def _completes(path: Path) -> bool:
    """The text of a choice of the older completions."""
    return len(path) == 3 and path[0] == "choices" and path[2] == "text"


def named(value: object, path: Path) -> tuple[Path, dict[str, object]]:
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


def ending_of(value: dict[str, object]) -> Path | None:
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


def places_of(value: object, path: Path) -> dict[str, object]:
    """The places of what stands at `path`, as those of a running text in it would be."""
    places: dict[str, object] = {}
    for depth, key in enumerate((*path, "")):
        if isinstance(value, dict):
            places |= {f"{depth} {k}": value[k] for k in _PLACE if k in value}
            value = value.get(str(key))
        elif isinstance(value, list):
            value = value[int(key)]
    return places


def without_once(value: object, inside: bool = False) -> object:
    """A copy of an event without what must be said only once."""
    if isinstance(value, dict):
        return {
            key: without_once(item, inside or key == "delta")
            for key, item in value.items()
            if not (inside and key in _ONCE)
        }
    return [without_once(item, inside) for item in value] if isinstance(value, list) else value


def put(value: object, path: Path, text: str) -> None:
    """Writes a string to its place in an event."""
    for key in path[:-1]:
        value = value[key]  # type: ignore[index]
    value[path[-1]] = text  # type: ignore[index]
