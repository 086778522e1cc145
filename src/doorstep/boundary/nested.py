"""JSON inside a string (the arguments of a tool call, a structured answer), and back again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from doorstep.boundary.clearance import Clearance
from doorstep.boundary.tree import DATA, Leaf, NotCanonical, Place, leaves, parse

DEPTH = 8
_STYLES: tuple[Callable[[object], str], ...] = (
    lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":")),
    json.dumps,
    lambda v: json.dumps(v, ensure_ascii=False),
    lambda v: json.dumps(v, separators=(",", ":")),
    lambda v: json.dumps(v, indent=2, ensure_ascii=False),
    lambda v: json.dumps(v, indent=2),
)


def nested(text: str) -> tuple[object, Callable[[object], str]] | None:
    """The JSON object, array or string that a string holds, and how to spell it the same way."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        value = parse(text.encode("utf-8"))
    except (NotCanonical, UnicodeEncodeError):
        return None
    if not isinstance(value, dict | list | str):
        return None
    return value, next((style for style in _STYLES if style(value) == text), _STYLES[0])


def inner(
    tree: object, clearance: Clearance, place: Place | None = None, depth: int = 0
) -> Iterator[Leaf]:
    """Every leaf that is not excused; the leaves of JSON in a string in place of that string.

    The path of an inner leaf begins with the path of the string that holds it.
    """
    return expanded(leaves(tree, clearance, place), clearance, depth)


def expanded(found: Iterable[Leaf], clearance: Clearance, depth: int = 0) -> Iterator[Leaf]:
    """`inner` of a tree whose leaves are there already."""
    for leaf in found:
        if leaf.excused:
            continue
        inside = nested(leaf.text) if depth < DEPTH and leaf.role != "number" else None
        if inside is None:
            yield leaf
        else:
            yield from inner(inside[0], clearance, inside_of(leaf), depth + 1)


def inside_of(leaf: Leaf) -> Place:
    """The place of what a string leaf holds as JSON."""
    return DATA._replace(path=leaf.path, key=leaf.key)
