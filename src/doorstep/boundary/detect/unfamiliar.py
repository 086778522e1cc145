"""Words in small letters that stand in no dictionary: the other half of the capital rule.

"ask haneen at hsbc in jeddah" has no capitals. At the level *strict* a word of three letters or
more that is neither common nor rare English counts as private: a name, a firm, a user name, an
own coinage; also many a misspelling and terms of a trade, which are accepted losses.

The dictionary is English. Lines in another language with Latin letters, which show by their
small words, are left to the other layers: there nearly every word would be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from doorstep.boundary.common import CommonWords
from doorstep.boundary.detect import Finding

_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-zÀ-ɏ]+)*")
_LINE = re.compile(r"[^\n]+")
_LEAST = 3  # letters: below, there is more noise than names
# Small words of the languages of Europe that are no English ones.
_SMALL = frozenset(
    """
    der die das und ist nicht ein eine einen mit für auf von dem den des zu wir sie ich wie auch
    le la les des du et est une un pour dans que qui pas sur avec au aux ce cette nous vous je il
    el los las y es una por para con del al se su no lo como más pero este esta mi yo
    il gli di che non per una della nel sono
    o os as um uma do da em não com seu sua eu
    het een van en voor niet met zijn naar ook ik
    og er det en et at til på jeg ikke med af som den har du
    och att är det som för inte jag på av
    """.split()
) - frozenset(
    "a as at die do for has her i in is it no on per so to van den des met har com".split()
)
_FOREIGN = 2  # different small words of these from which a line may be in another language
_SHARE = 0.4  # of its words are then no English ones


class Unfamiliar:
    """Finds words in small letters that are in no dictionary."""

    def __init__(self, common: CommonWords | None = None, *, kind: str = "name") -> None:
        self._common = common or CommonWords()
        self._kind = kind

    def find(self, text: str) -> list[Finding]:
        return [
            Finding(start, end, self._kind, "unknown word")
            for line in _LINE.finditer(text)
            for start, end in self._in_line(text, *line.span())
        ]

    def _in_line(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        words = [m for m in _WORD.finditer(text, start, end) if m.group().islower()]
        odd = [m for m in words if not self._common.is_word(m.group())]
        if odd and len(odd) >= _SHARE * len(words) and _foreign(m.group() for m in words):
            return []
        return [m.span() for m in odd if m.end() - m.start() >= _LEAST]


def _foreign(words: Iterable[str]) -> bool:
    return len(_SMALL.intersection(words)) >= _FOREIGN
