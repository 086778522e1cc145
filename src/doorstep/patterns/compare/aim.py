"""At which of several candidates in a sentence a question aims: by the words that stand by them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep.patterns.compare.answer import last_question

MANY = 30  # of more candidates in one sentence no more are weighed
CLEAR = 0.1  # by how much the best must lead

_SMALL = frozenset(
    "the this that with from have has had will would should could what which when where who how"
    " many much long does did are was were for and but you your they their his her its our it's"
    " there been being into onto each per about than then them she him not any all".split()
)
_STOP = re.compile(r"[,;:()]|\.\s|\s(?:and|but|while|after|with|whereas|then|compared|followed)\s")
_BREAK = re.compile(r"[,;:]\s(?!of which)|\.\s|\s(?:but|while|whereas|compared|followed)\s")
_LEADS_ON = re.compile(r"\b(?:on|at|by|in|to|for|from|of|is|per)\s*\Z", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow (?:many|much) (\w+)", re.IGNORECASE)

Span = tuple[int, int]


def stems(text: str) -> list[str]:
    """The content words of `text`, cut so that walk and walked, plant and plants are the same."""
    words = re.findall(r"[a-z]{3,}", text.lower())
    return [word[:4] if len(word) > 4 else word.rstrip("s") for word in words if word not in _SMALL]


def aim(question: str, text: str, at: Span, others: Sequence[Span]) -> float:
    """From 0 to 1: how much of what was asked is said right around what stands `at`.

    `others` are the spans of the other candidates. What stands beyond the next one is theirs; what
    stands before the last one, in the same clause, is said of both, and counts half.
    """
    asked = last_question(question)
    weights = dict.fromkeys(stems(asked), 1.0)
    weights |= {stem: 2.0 for match in _COUNTED.finditer(asked) for stem in stems(match[1])}
    if not weights:
        return 0.0
    start, end = at
    clause = max((match.end() for match in _BREAK.finditer(text, 0, start)), default=0)
    begin = max(clause, max((stop for _, stop in others if stop <= start), default=0))
    close = min((first for first, _ in others if first >= end), default=len(text))
    own = stems(text[begin:start]) + stems(_behind(text[end:close], last=close == len(text)))
    shared = dict.fromkeys(stems(text[clause:begin]), 0.5) | dict.fromkeys(own, 1.0)
    return sum(weights.get(stem, 0) * share for stem, share in shared.items()) / sum(
        weights.values()
    )


def _behind(text: str, last: bool) -> str:
    """What belongs to a candidate of that which stands behind it: not what leads on."""
    text = _STOP.split(text, maxsplit=1)[0]
    return text if last or not _LEADS_ON.search(text) else " ".join(text.split()[:1])


def aimed(question: str, text: str, spans: Sequence[Span]) -> list[int]:
    """Which of `spans` the question aims at, by number; several where that is not to be told."""
    scores = [
        aim(question, text, span, [other for other in spans if other is not span]) for span in spans
    ]
    return [number for number, score in enumerate(scores) if score >= max(scores) - CLEAR]
