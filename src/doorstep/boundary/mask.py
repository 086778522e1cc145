"""Masking a reply: private values that the cloud brings up by itself are hidden, too.

What a reply puts back for a placeholder is the reader's own and stays. Everything else is searched
by the known terms and the detectors; a hit becomes its kind in brackets: "[person]". In a stream
the text is held back by words: the last four, and before them those that may belong to one value
with them (names, numbers, addresses), so that a value that arrives in pieces is seen whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep.boundary.detect import Detector
from doorstep.boundary.forms import Match
from doorstep.boundary.terms import Matcher

_LONGEST = 200  # characters that are held back at most
# The last words, and words before them that hold a capital, a digit, an address's sign, or any
# letter beyond ASCII.
_LAST = re.compile(r"(?:(?=\S*(?:[^\Wa-z_]|[@+(/]))\S+\s+){0,8}(?:\S+\s+){0,4}\S*\Z")
_BLANKED = "\ufffc"  # in place of what is put back, so that detectors see where something stands


class ReplyMask:
    """Finds what to hide. `matchers` know declared terms, `detectors` find others.

    `context`: how many characters before a piece of a stream the detectors are shown again.
    """

    context = 240

    def __init__(self, matchers: Sequence[Matcher], detectors: Sequence[Detector] = ()) -> None:
        self._matchers = tuple(matchers)
        self._detectors = tuple(detectors)

    def spans(self, text: str, kept: Sequence[Match]) -> list[tuple[int, int, str]]:
        """(start, end, what stands there instead), in order, none overlapping; not in `kept`,
        whose matches are in order, too."""
        pieces, at = [], 0
        for match in kept:
            pieces += [text[at : match.start], _BLANKED * (match.end - match.start)]
            at = match.end
        text = "".join([*pieces, text[at:]])
        hits = [(h.start, h.end, h.term.kind) for m in self._matchers for h in m.find(text)]
        hits += [(f.start, f.end, f.kind) for d in self._detectors for f in d.find(text)]
        found: list[tuple[int, int, str]] = []
        for start, end, kind in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
            if _BLANKED in text[start:end]:
                continue
            if found and start < found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]), found[-1][2])
            else:
                found.append((start, end, f"[{kind}]"))
        return found

    def until(self, text: str, start: int, end: int) -> int:
        """How far of `text[start:end]` can be let go while more is to come."""
        last = _LAST.search(text, max(start, end - _LONGEST), end)
        return last.start() if last else end
