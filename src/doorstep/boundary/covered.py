"""What detectors have found in a text already, as stretches of its letters.

Remembered values are looked for in every text. In one full of private values most of what is seen
then are those that a detector has just found, and to say where such a hit begins and ends in the
text costs more than to see it. A hit inside a finding of the same kind changes nothing: what is
replaced is the finding, which is as long or longer (see `spans.merge`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from doorstep.boundary.normal import Squeezed, View, count_letters
from doorstep.boundary.spans import Span


class Covered:
    """`holds(start, end, kind)`: whether letters of `view` lie in one of `spans` of that kind.

    `view` is ASCII, `spans` are of the text of which it is a view. Only those count beside which no
    letter and no digit stands, since words are whole in them: a hit cannot grow beyond its span.
    Nor if a mark that hangs on its last letter stands behind the span.
    """

    def __init__(self, view: Squeezed, spans: Sequence[Span]) -> None:
        self.view = view
        text = view.view.text
        places = _places(view.view, {place for s in spans for place in (s.start, s.end)})
        apart = [s for s in spans if s.start in places and s.end in places]
        before = _letters_before(text, {places[p] for s in apart for p in (s.start, s.end)})
        at = {place: before[here] for place, here in places.items() if here in before}
        self._ends: dict[str, tuple[list[int], list[int]]] = {}
        for span in sorted(apart, key=_outer_first):
            starts, ends = self._ends.setdefault(span.kind, ([], []))
            if not ends or at[span.end] > ends[-1]:
                starts.append(at[span.start])
                ends.append(at[span.end])

    def holds(self, start: int, end: int, kind: str) -> bool:
        """May be False for letters that lie in one of spans that overlap, never wrongly True."""
        starts, ends = self._ends.get(kind, ((), ()))
        index = bisect_right(starts, start) - 1
        return index >= 0 and end <= ends[index]


def _outer_first(span: Span) -> tuple[int, int]:
    return span.start, -span.end


def _places(view: View, places: Iterable[int]) -> dict[int, int]:
    """Where places of the text are in the view, if they are and do not stand inside a word."""
    origin, found = view.origin, {}
    for place in places:
        at = bisect_left(origin, place)
        exact = origin[at] == place if at < len(origin) else place == view.end
        if exact and not _joined(view.text, at):
            found[place] = at
    return found


def _joined(text: str, place: int) -> bool:
    """Whether letters or digits stand on both sides."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _letters_before(text: str, places: Iterable[int]) -> dict[int, int]:
    data, before, count, at = text.encode("ascii"), 0, 0, {}
    for place in sorted(places):
        count += count_letters(data[before:place])
        at[place] = count
        before = place
    return at
