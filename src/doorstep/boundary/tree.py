"""A JSON body as a tree of leaves: strict reading, one canonical spelling, one walk.

Canonical: compact, keys in the order given, no escapes but those that JSON requires. It is what
the openai SDK sends. Bytes that equal the canonical spelling of what they parse to hold nothing
but the leaves that `leaves` yields, so that looking at the leaves is looking at the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from doorstep.boundary.clearance import Clearance

Path = tuple[str | int, ...]
Role = Literal["key", "text", "number"]

# Keys of the wire formats that we speak. They are constants of the protocol, so a private value
# that is spelled the same ("store", a room) does not make every request a leak.
_KEYS = (
    "model input messages role content text type instructions stream store reasoning effort "
    "summary format name schema strict json_schema response_format max_output_tokens max_tokens "
    "max_completion_tokens temperature top_p seed stop n user tools tool_choice tool_calls "
    "tool_call_id function arguments parameters description verbosity include include_usage "
    "stream_options metadata logprobs top_logprobs reasoning_effort parallel_tool_calls "
    "truncation id call_id output service_tier"
)
PROTOCOL_KEYS = frozenset(_KEYS.split())


class NotCanonical(ValueError):
    """The bytes are not JSON, or not JSON that means one thing only."""


@dataclass(frozen=True, slots=True, repr=False)
class Leaf:
    """One string, key or number of the tree; `excused` leaves cannot depend on private data."""

    path: Path
    text: str
    role: Role
    excused: bool


def parse(body: bytes) -> object:
    """The value of a JSON text; NotCanonical for duplicate keys, NaN, bad UTF-8, depth."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON with unique keys") from None


def dump(value: object) -> bytes:
    """The canonical spelling."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def leaves(value: object, clearance: Clearance) -> Iterator[Leaf]:
    """Every key, string and number in document order."""
    return _walk(value, (), False, _Excuse(clearance))


def rebuild(value: object, change: Callable[[Leaf], str], clearance: Clearance) -> object:
    """The same tree with every key and string that is not excused replaced by `change(leaf)`."""
    return _rebuild(value, (), change, _Excuse(clearance))


class _Excuse:
    def __init__(self, clearance: Clearance) -> None:
        self._public = frozenset(clearance.public)
        self._shapes = clearance.shapes
        self._json = frozenset(_sorted(v) for v in clearance.public_json)

    def text(self, text: str) -> bool:
        return text in self._public or any(shape.fullmatch(text) for shape in self._shapes)

    def key(self, text: str) -> bool:
        return text in PROTOCOL_KEYS or text in self._public

    def tree(self, value: object) -> bool:
        return bool(self._json) and isinstance(value, dict | list) and _sorted(value) in self._json


def _walk(value: object, path: Path, excused: bool, excuse: _Excuse) -> Iterator[Leaf]:
    if isinstance(value, str):
        yield Leaf(path, value, "text", excused or excuse.text(value))
    elif isinstance(value, dict):
        excused = excused or excuse.tree(value)
        for key, item in value.items():
            yield Leaf((*path, key), key, "key", excused or excuse.key(key))
            yield from _walk(item, (*path, key), excused, excuse)
    elif isinstance(value, list):
        excused = excused or excuse.tree(value)
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), excused, excuse)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Leaf(path, json.dumps(value), "number", excused)


def _rebuild(value: object, path: Path, change: Callable[[Leaf], str], excuse: _Excuse) -> object:
    if isinstance(value, str):
        return value if excuse.text(value) else change(Leaf(path, value, "text", False))
    if isinstance(value, dict):
        if excuse.tree(value):
            return value
        return _once(
            (
                key if excuse.key(key) else change(Leaf((*path, key), key, "key", False)),
                _rebuild(item, (*path, key), change, excuse),
            )
            for key, item in value.items()
        )
    if isinstance(value, list) and not excuse.tree(value):
        return [_rebuild(item, (*path, i), change, excuse) for i, item in enumerate(value)]
    return value


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise NotCanonical("a key stands twice in one object")
        found[key] = value
    return found


def _finite(name: str) -> object:
    raise NotCanonical(f"{name} is not JSON")


def _sorted(value: object) -> str:
    return json.dumps(value, sort_keys=True, allow_nan=False)
