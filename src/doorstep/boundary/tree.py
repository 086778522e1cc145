"""A JSON body as a tree of leaves: strict reading, one canonical spelling, one walk.

Canonical: compact, keys in the order given, no escapes but those that JSON requires. It is what
the openai SDK sends. Bytes that equal the canonical spelling of what they parse to hold nothing
but the leaves that `leaves` yields, so that looking at the leaves is looking at the bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from doorstep.boundary import bodies
from doorstep.boundary.bodies import Place
from doorstep.boundary.clearance import Clearance, Path

__all__ = [
    "Leaf",
    "NotCanonical",
    "Path",
    "Place",
    "dump",
    "leaves",
    "parse",
    "read",
    "rebuild",
    "whole",
]

Role = Literal["key", "text", "number"]
_LONE = re.compile("[\ud800-\udfff]")
_SPELL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
DATA = Place(payload=True)  # where nothing is the protocol's: JSON inside a string


class NotCanonical(ValueError):
    """The bytes are not JSON, or not JSON that means one thing only."""


class Leaf(NamedTuple):  # many are made
    """One string, key or number of the tree; `excused` leaves cannot depend on private data.

    `constant`: excused, because the wire format says it by itself. `made`: of the service's own
    making (an id, a new parameter's name), nothing for detectors. `opaque`: nobody can look at it.
    `key`: the key it stands under, where that is a name in data and not the protocol's.
    """

    path: Path
    text: str
    role: Role
    excused: bool
    constant: bool = False
    made: bool = False
    opaque: bool = False
    key: str = ""

    def __repr__(self) -> str:
        return f"Leaf(role={self.role!r}, {len(self.text)} characters)"


def parse(body: bytes) -> object:
    """The value of a JSON text; NotCanonical for duplicate keys, NaN, bad UTF-8, depth."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON with unique keys") from None


def read(body: bytes) -> tuple[object, bool]:
    """The value of a JSON text, and whether the bytes are its canonical spelling. NotCanonical as
    in `parse`.

    Canonical bytes, which most are, are not read strictly: they equal the spelling of a tree, in
    which no key stands twice and no number is NaN, so that a strict reader finds that tree, too.
    """
    try:
        value = json.loads(body.decode("utf-8"))
        if dump(value) == body:
            return value, True
    except (ValueError, RecursionError):
        pass
    value = parse(body)
    return value, dump(value) == body


def whole(text: str) -> str:
    """The text, as long as before, with a sign in place of each half of a character: JSON can
    spell those, and not every detector can read them."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def dump(value: object) -> bytes:
    """The canonical spelling."""
    text = _SPELL(value)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # half an emoji, where a client cut a text: JSON can spell it
        return _LONE.sub(lambda m: f"\\u{ord(m[0]):04x}", text).encode("utf-8")


def leaves(value: object, clearance: Clearance, place: Place | None = None) -> Iterator[Leaf]:
    """Every key, string and number in document order. `place`: DATA for JSON inside a string."""
    found: list[Leaf] = []
    _walk(value, place or Place(), False, _Excuse(clearance), found)
    return iter(found)


def rebuild(
    value: object,
    change: Callable[[Leaf], str | None],
    clearance: Clearance,
    place: Place | None = None,
) -> object:
    """The same tree; a key, string or number that is not excused is replaced by the string
    `change(leaf)`, unless that is None."""
    return _rebuild(value, place or Place(), change, _Excuse(clearance))


class _Excuse:
    def __init__(self, clearance: Clearance) -> None:
        self._public = frozenset(clearance.public)
        self._shapes = clearance.shapes
        self._json = frozenset(_sorted(v) for v in clearance.public_json)

    def text(self, text: str, place: Place) -> Leaf:
        constant = bodies.known_word(text, place)
        made = not constant and bodies.service_made(text, place)
        excused = constant or text in self._public
        excused = excused or any(shape.fullmatch(text) for shape in self._shapes)
        blob = not excused and not made and bodies.opaque(text, place)
        return Leaf(place.path, text, "text", excused, constant, made, blob, _data_key(place))

    def key(self, text: str, place: Place) -> Leaf:
        constant = bodies.known_key(text, place)
        excused = constant or text in self._public
        made = not constant and bodies.plain_key(text, place)
        return Leaf((*place.path, text), text, "key", excused, constant, made)

    def number(self, value: float, place: Place) -> Leaf:
        constant = bodies.setting(place)
        text = json.dumps(value)
        return Leaf(place.path, text, "number", constant, constant, key=_data_key(place))

    def tree(self, value: object) -> bool:
        return bool(self._json) and isinstance(value, dict | list) and _sorted(value) in self._json


def _data_key(place: Place) -> str:
    return "" if not place.payload and place.key in bodies.KEYS else place.key


def _walk(value: object, place: Place, excused: bool, excuse: _Excuse, found: list[Leaf]) -> None:
    if isinstance(value, str):
        leaf = excuse.text(value, place)
        found.append(
            Leaf(place.path, value, "text", True) if excused and not leaf.excused else leaf
        )
    elif isinstance(value, dict):
        excused = excused or excuse.tree(value)
        for key, item in value.items():
            leaf = excuse.key(key, place)
            found.append(
                Leaf(leaf.path, key, "key", True) if excused and not leaf.excused else leaf
            )
            _walk(item, place.below(key, item), excused, excuse, found)
    elif isinstance(value, list):
        excused = excused or excuse.tree(value)
        for index, item in enumerate(value):
            _walk(item, place.item(index), excused, excuse, found)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        leaf = excuse.number(value, place)
        found.append(Leaf(place.path, leaf.text, "number", True) if excused else leaf)


def _rebuild(
    value: object, place: Place, change: Callable[[Leaf], str | None], excuse: _Excuse
) -> object:
    if isinstance(value, str):
        return _changed(value, excuse.text(value, place), change)
    if isinstance(value, dict):
        if excuse.tree(value):
            return value
        return _once(
            (
                str(_changed(key, excuse.key(key, place), change)),
                _rebuild(item, place.below(key, item), change, excuse),
            )
            for key, item in value.items()
        )
    if isinstance(value, list):
        if excuse.tree(value):
            return value
        return [_rebuild(x, place.item(i), change, excuse) for i, x in enumerate(value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _changed(value, excuse.number(value, place), change)
    return value


def _changed(value: object, leaf: Leaf, change: Callable[[Leaf], str | None]) -> object:
    new = None if leaf.excused else change(leaf)
    return value if new is None else new


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
