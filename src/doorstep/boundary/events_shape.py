"""Events that are alike but for one running text, read and changed without parsing them.

Nearly all events of a stream are: their bytes differ in one string of JSON and in some numbers. A
`Shape` is made of one event that was parsed, and holds what stands around those; an event whose
text agrees with all of it parses to the same value but for them (a string of JSON ends at its
first quotation mark that is not escaped).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.encoder import encode_basestring

from doorstep.boundary.events_text import data_of, put
from doorstep.boundary.restore import Restorer
from doorstep.boundary.tree import Path

Read = tuple[str, int, int]  # a running text, and where it stands between its quotation marks
_Gap = tuple[int, int, str]  # start, end, and a kind: "text", "number" or "stamp"

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,17})(?=[,}\s])")
_STAMP = re.compile(r"[0-9A-Za-z:.+-]*(?=\")")
# What servers count, or fill with noise, from event to event; strings only without escapes.
_VOLATILE = re.compile(
    r'"(created|created_at|sequence_number|obfuscation)"\s*:\s*'
    r'(?:(0|[1-9][0-9]{0,17})(?=[,}\s])|"([0-9A-Za-z:.+-]*)")'
)
_PAIR = re.compile(r'"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_MADE = "0"  # what a running text is replaced by to see that it is the right one


@dataclass(frozen=True, slots=True, repr=False)
class Shape:
    """The text of an event around its gaps: `fixed` has one more item than `gaps`.

    `path`: where the running text stands. `touches`: whether a text would be restored.
    """

    fixed: tuple[str, ...]
    gaps: tuple[str, ...]
    path: Path
    touches: Callable[[str], bool]

    def read(self, text: str) -> Read | None:
        """The running text of an event; None for an event that looks otherwise."""
        at, found = 0, None
        for fixed, gap in zip(self.fixed, self.gaps, strict=False):
            if not text.startswith(fixed, at):
                return None
            start = at = at + len(fixed)
            if gap == "text":
                try:
                    piece, at = scanstring(text, at)
                except ValueError:
                    return None
                at -= 1  # the quotation mark is part of what is fixed
                found = piece, start, at
            elif (at := self._skipped(text, at, gap)) < 0:
                return None
        last = self.fixed[-1]
        return found if len(text) - at == len(last) and text.endswith(last) else None

    def _skipped(self, text: str, at: int, gap: str) -> int:
        match = (_NUMBER if gap == "number" else _STAMP).match(text, at)
        if match is None or (gap == "stamp" and self.touches(match[0])):
            return -1
        return match.end()


def shape_of(text: str, path: Path, restorer: Restorer) -> Shape | None:
    """The shape of an event with one running text, at `path`; None where it cannot be told, or
    where something else in the event is restored, too."""
    for match in _PAIR.finditer(text):
        if match[1] == path[-1]:
            slot = (*match.span(2), "text")
            volatile = [] if restorer.mask else list(_volatile(text, slot))
            for gaps in ([*volatile, slot], [slot]) if volatile else ([slot],):
                if _right(text, sorted(gaps), path, restorer):
                    return _shape(text, sorted(gaps), path, restorer.touches)
    return None


def _volatile(text: str, slot: _Gap) -> Iterator[_Gap]:
    for match in _VOLATILE.finditer(text):
        group = 2 if match[2] is not None else 3
        if match.end() <= slot[0] or match.start() > slot[1]:
            yield (*match.span(group), "number" if group == 2 else "stamp")


def _right(text: str, gaps: Sequence[_Gap], path: Path, restorer: Restorer) -> bool:
    """Whether other content of the gaps changes the event as it should, and nothing besides."""
    expected = json.loads(data_of(text))
    made, done = "", 0
    for start, end, kind in gaps:
        old = text[start:end]
        new = _MADE if kind == "text" else "7" if old != "7" else "8"
        made, done = made + text[done:start] + new, end
        if kind != "text" and not _put_volatile(expected, text[:start], new, kind):
            return False
    put(expected, path, _MADE)
    try:
        return bool(json.loads(data_of(made + text[done:])) == expected == restorer.tree(expected))
    except ValueError:
        return False


def _put_volatile(expected: dict[str, object], before: str, new: str, kind: str) -> bool:
    """Volatile keys are those of the event itself; others of that name are not."""
    key = before.rstrip(' "\t').removesuffix(":").rstrip().removesuffix('"').rpartition('"')[2]
    if key not in expected:
        return False
    expected[key] = int(new) if kind == "number" else new
    return True


def _shape(text: str, gaps: Sequence[_Gap], path: Path, touches: Callable[[str], bool]) -> Shape:
    edges = [0, *(edge for start, end, _ in gaps for edge in (start, end)), len(text)]
    fixed = tuple(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    return Shape(fixed, tuple(kind for _, _, kind in gaps), path, touches)


def spliced(text: str, start: int, stop: int, new: str) -> bytes:
    """The event with `new` for its running text, which stands from `start` to `stop`."""
    before, after = text[: start - 1], text[stop + 1 :]
    try:
        return (before + encode_basestring(new) + after).encode("utf-8")
    except UnicodeEncodeError:  # half of a character, whose other half comes next
        return (before + json.dumps(new) + after).encode("utf-8")
