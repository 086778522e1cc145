r"""A text with its escapes undone, of which every letter knows where it stood.

JSON lines, source code, URLs and HTML hold `J\u00fcrgen`, `J%C3%BCrgen` and `J&uuml;rgen`. The
seal finds known values in them and replaces what is written there; without this they would only
be refused by the gate, which undoes more (`decode.py`), but need not say where.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from doorstep.boundary.normal import Squeezed, View, squeeze, views

_SIGNS = ("\\", "%", "&")
# A run of backslashes is looked at from its first one only: it takes time by its length, not by
# the square of that, and what matches at a later one matches there.
_ESCAPE = re.compile(
    r"(?<!\\)(?:\\+u(?P<pair>[dD][89abAB][0-9a-fA-F]{2}\\+u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\+(?:u\{(?P<brace>[0-9a-fA-F]{1,6})\}|u(?P<four>[0-9a-fA-F]{4})|x(?P<two>[0-9a-fA-F]{2}))"
    r"|\\+(?P<one>[nrtbfv\"'/]))"
    r"|(?P<percent>(?:%[0-9a-fA-F]{2})+)"
    r"|&(?:amp;)*(?P<html>(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,23});)"
)


def unescaped(text: str) -> list[Squeezed]:
    """`squeezed` of the text without its escapes (one layer, of any kind), with places in the
    text as it stands; nothing where there are no escapes."""
    if not any(map(text.__contains__, _SIGNS)):
        return []
    letters: list[str] = []
    origin: list[int] = []
    done = 0
    for match in _ESCAPE.finditer(text):
        letters.append(text[done : match.start()])
        origin.extend(range(done, match.start()))
        for letter, place in _undone(match):
            letters.append(letter)
            origin.append(place)
        done = match.end()
    if not done:
        return []
    letters.append(text[done:])
    origin.extend(range(done, len(text)))
    plain, places = "".join(letters), [*origin, len(text)]
    return [squeeze(_through(view, places)) for view in views(plain)]


def _through(view: View, places: list[int]) -> View:
    """A view of the plain text as one of the text that it was made from."""
    return View(view.text, [places[i] for i in view.origin], places[view.end])


def _undone(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    """Each character that an escape stands for, and where it stands; of what is written with
    several signs, the first."""
    start = match.start()
    if match["percent"]:
        yield from _percent(match["percent"], start)
    elif match["html"]:
        name = "&" + match["html"]
        letters = html.unescape(name)
        if letters == name:  # no entity: text like any other
            yield from zip(match.group(), range(start, match.end()), strict=True)
        else:
            yield from ((letter, start) for letter in letters)
    elif match["pair"]:
        high, low = (int(code, 16) for code in re.split(r"\\+u", match["pair"]))
        yield chr(0x10000 + (high - 0xD800 << 10) + (low - 0xDC00)), start
    elif code := match["brace"] or match["four"] or match["two"]:
        yield chr(min(int(code, 16), 0x10FFFF)), start
    else:
        yield " " if match["one"].isalpha() else match["one"], start


def _percent(run: str, start: int) -> Iterator[tuple[str, int]]:
    """RFC 3986, 2.1; bytes that are no UTF-8 stand as what they are in Latin-1."""
    data = bytes.fromhex(run.replace("%", ""))
    place = 0
    while place < len(data):
        size = next((n for n in (1, 2, 3, 4) if _letter(data[place : place + n])), 1)
        letter = _letter(data[place : place + size]) or chr(data[place])
        yield letter, start + 3 * place
        place += size


def _letter(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
