"""A body for reading: every value of it with its place, long texts as they would be read.

What a reader could be misled by (characters that do not show, or turn the direction of writing, see
Unicode TR36) is written out.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from doorstep.page.sent import Stretch, placed

MOST = 300  # values
_LONGEST = 20_000  # characters of one value
_HIDDEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")  # Unicode's categories of what does not show
_SHOWN = "\n\t"


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """`place`: where it stands ("messages 1 content"). `long`: better in a box of its own."""

    place: str
    stretches: tuple[Stretch, ...]
    long: bool


@dataclass(frozen=True, slots=True, repr=False)
class Readable:
    """`cut`: there is more in the body than is shown here."""

    values: tuple[Value, ...]
    cut: bool


def readable(body: str) -> Readable:
    """The values of a JSON body in order; a body that is none is one value."""
    try:
        known = json.loads(body)
    except (ValueError, RecursionError):
        known = body
    leaves = list(islice(_leaves(known, ()), MOST + 1))
    shown = leaves[:MOST]
    cut = len(leaves) > MOST or any(len(text) > _LONGEST for _, text in shown)
    return Readable(tuple(_value(*leaf) for leaf in shown), cut)


def visible(text: str) -> str:
    """The text with what does not show written out, as \\u202e."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text))


def _leaves(value: object, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    below: Iterator[tuple[str, object]]
    if isinstance(value, dict) and value:
        below = iter(value.items())
    elif isinstance(value, list) and value:
        below = ((str(number), one) for number, one in enumerate(value, 1))
    else:
        yield place, value if isinstance(value, str) else json.dumps(value)
        return
    for name, one in below:
        yield from _leaves(one, (*place, name))


def _value(place: tuple[str, ...], text: str) -> Value:
    shown = visible(text[:_LONGEST])
    return Value(visible(" ".join(place)), placed(shown), len(shown) > 80 or "\n" in shown)


def _sign(sign: str) -> str:
    if sign in _SHOWN or unicodedata.category(sign) not in _HIDDEN:
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
