"""Replacing stretches of a text so that restoring gives back exactly that text.

What a person wrote after a value may complete what stands for it: "_4X" behind Zoë's placeholder
reads like another spelling of Zoë. So what was replaced is restored once to see; where it does not
come back, the stretch grows by what misled the restorer, and at last the whole text is one value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep.boundary.restore import Restorer
from doorstep.boundary.spans import ALNUM, Span, merge
from doorstep.boundary.vault import Vault

_TRIES = 3
# What could be letters of a spelling's own behind a placeholder, also of one that comes later:
# signs that `forms` skips, an underscore in any spelling, then a capital or a digit.
_SKIPPED = (
    r"(?:[*~`\\\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]"
    r"|\\[rn]|[ \t]*-?[ \t]*[\r\n]+[ \t]*)"
)
_UNDERSCORE = (
    r"(?:[_\uff3f]|(?i:&(?:amp;)?(?:\#0?95|\#x(?:00)?5f|lowbar|underbar);|%(?:25)?5f"
    r"|\\(?:u005f|x5f|u\{5f\})))"
)
_TAIL = re.compile(rf"{_SKIPPED}{{0,8}}?{_UNDERSCORE}{_SKIPPED}{{0,8}}?[0-9A-Z\uff10-\uff3a]\S*")
# No tail is without one of these: one look at the text saves one at each span.
_UNDERLINED = re.compile(r"[_\uff3f&%\\]")
_NEXT = re.compile(r"\s*\S+")
_BEFORE = re.compile(r"[A-Za-z0-9]*\Z")
# Behind a placeholder only a letter can mislead, and what can be an underscore in any spelling.
_MISLEADS = re.compile(r"[A-Za-z0-9]|[^A-Za-z0-9]{0,16}?[_\uff3f&%\\]")


class Exact:
    """Replaces stretches with what a vault gives for them.

    `taken`: all text of the request. `kept`: restoring will be done later, from the vault's
    store (see `Restorer.of`). `leaf`: texts are leaves of a body, restored as `Restorer.tree` does;
    otherwise they are restored as they stand, by `Restorer.text`.
    """

    def __init__(self, vault: Vault, taken: str, *, kept: bool = False, leaf: bool = True) -> None:
        self._vault = vault
        self._taken = taken
        self._kept = kept
        self._leaf = leaf
        self._made: tuple[int, Restorer] | None = None

    def swap(self, text: str, spans: Sequence[Span]) -> str:
        """The text with placeholders or surrogates in place of `spans`, which are merged and in
        order."""
        underlined = _UNDERLINED.search(text) is not None
        if underlined:
            spans = merge(_with_tail(text, span) for span in spans)
        for attempt in range(_TRIES):
            sealed, places = self._swapped(text, spans, plain=attempt > 0)
            if not self._doubtful(sealed, places, underlined):
                return sealed
            restorer = self._restorer()
            back = restorer.tree(sealed) if self._leaf else restorer.text(sealed)
            if back == text:
                return sealed
            spans = _grown(text, sealed, spans, places, restorer)
        return self._put(Span(0, len(text), "other"), text, plain=True)

    def _swapped(
        self, text: str, spans: Sequence[Span], *, plain: bool
    ) -> tuple[str, list[tuple[int, int]]]:
        """The text with the spans replaced, and where each replacement stands."""
        out: list[str] = []
        places = []
        done = at = 0
        for span in spans:
            new = self._put(span, text[span.start : span.end], plain=plain)
            out += (text[done : span.start], new)
            start = at + span.start - done
            at, done = start + len(new), span.end
            places.append((start, at))
        return "".join((*out, text[done:])), places

    def _put(self, span: Span, value: str, *, plain: bool) -> str:
        return self._vault.placeholder(span.kind, value, of=span.of, taken=self._taken, plain=plain)

    def _doubtful(self, sealed: str, places: Sequence[tuple[int, int]], underlined: bool) -> bool:
        """Whether restoring must be tried: surrogates are like any text, placeholders are not.
        Where nothing is `underlined`, no sign can mislead."""
        if self._vault.realistic or self._kept:
            return True
        for start, end in places:
            if sealed[start - 1 : start].isalnum():
                return True
            if sealed[end : end + 1] in ALNUM or (underlined and _MISLEADS.match(sealed, end)):
                return True
        return False

    def _restorer(self) -> Restorer:
        """Made again only when the vault has given out more."""
        given = self._vault.given
        if self._made is None or self._made[0] != given:
            self._made = given, Restorer.of(self._vault, kept=self._kept)
        return self._made[1]


def _with_tail(text: str, span: Span) -> Span:
    tail = _TAIL.match(text, span.end)
    return span._replace(end=tail.end(), of=None) if tail else span


def _grown(
    text: str,
    sealed: str,
    spans: Sequence[Span],
    places: Sequence[tuple[int, int]],
    restorer: Restorer,
) -> list[Span]:
    """The spans with what misled: what was read besides them, and what follows those that were
    not read as they stand."""
    read = [(match.start, match.end) for match in restorer.forms.scan(sealed, 0, True)[0]]
    grown = list(spans)
    for start, end in set(read) - set(places):
        grown.append(Span(_back(start, spans, places, 0), _back(end, spans, places, 1), "other"))
    for span, place in zip(spans, places, strict=True):
        if place not in read:
            before, after = _BEFORE.search(text, 0, span.start), _NEXT.match(text, span.end)
            start = before.start() if before else span.start
            grown.append(
                span._replace(start=start, end=after.end() if after else span.end, of=None)
            )
    return merge(grown)


def _back(at: int, spans: Sequence[Span], places: Sequence[tuple[int, int]], end: int) -> int:
    """Where a place in the replaced text is in the text; in a replacement: its start or its end."""
    shift = 0
    for span, (start, stop) in zip(spans, places, strict=True):
        if at < start + end:
            break
        if at < stop + end:
            return span.end if end else span.start
        shift = span.end - stop
    return at + shift
