"""Is the answer whole? It may be empty, cut off, or go round in circles."""

from __future__ import annotations

import re
from collections import Counter

from doorstep.patterns.checks.base import Look, Sign

CUT_OFF, REPETITION = "cut off", "repetition"

RUN = 8  # words in a row that are looked for again
LOOP = 4  # times in a row that an end is repeated before it is a loop
MAX_PERIOD = 60  # words
MIN_LOOP = 6  # words that a loop has in all: "no, no, no, no" is none
MAX_WORDS = 4_000

_DANGLING = re.compile(
    r"(?:[,;+*/=(\[{<&\\]|[^|\s-] -|\b(?:the|a|an|and|or|of|to|with|is|are|was|were|that|which|for"
    r"|in|on|at|by|from|as|but|because|so|her|his|their|my|your|our|its|has|have|had))\Z",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?…:。！？»\"”'’)\]}|>*_`~%$°]\Z|\\\Z")
_SENTENCES = re.compile(r"[.!?](?=\s|\Z)")
_FENCE = re.compile(r"^[ \t]*```", re.MULTILINE)
_LIST_LINE = re.compile(r"\s*(?:[-*•#|>]|\d+[.)])")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_NO_BRACKET = re.compile(r"(?<!\w)[:;]-?[()\[\]]|\"[^\"\n]*\"|`[^`\n]*`")


def cut_off(look: Look) -> Sign:
    """Whether the answer ends before its end."""
    doubt, reason = _cut_off(look)
    return Sign(CUT_OFF, doubt, reason, {"cut_off": doubt})


def _cut_off(look: Look) -> tuple[float, str]:
    text = look.answer.rstrip()
    if not text:
        return 1.0, "the answer is empty"
    if look.reply.finish == "length":
        return 0.95, "the answer was cut off at its token limit"
    if look.reply.finish == "cancelled":
        return 0.95, "the answer was cancelled"
    if len(_FENCE.findall(text)) % 2 or text.rfind("<<") > text.rfind(">>"):
        return 0.9, "the answer ends inside a block that is not closed"
    if _DANGLING.search(text[-100:]):
        return 0.85, "the answer ends in the middle of a sentence"
    if _open_bracket(text):
        return 0.7, "the answer ends inside a bracket that is not closed"
    if _stops_short(text):
        return 0.5, "the last sentence of the answer has no end"
    return 0.0, "the answer is complete"


def _open_bracket(text: str) -> bool:
    """Whether a bracket of the last line, or any brace, is still open at the end."""
    stack: list[str] = []
    for sign in _NO_BRACKET.sub("", text):
        if sign in "([{":
            stack.append(sign)
        elif sign in _CLOSES and stack and stack[-1] == _CLOSES[sign]:
            stack.pop()
        elif sign == "\n":
            stack = [open_ for open_ in stack if open_ != "("]
    return bool(stack)


def _stops_short(text: str) -> bool:
    """Whether prose that otherwise ends its sentences does not end the last one."""
    last = text.rsplit("\n", 1)[-1]
    if _ENDED.search(last) or _LIST_LINE.match(last) or len(last.split()) < 3:
        return False
    return len(_SENTENCES.findall(text)) >= 2 and not last[-1].isdigit()


def repetition(look: Look) -> Sign:
    """Whether the answer goes round in circles: a loop at its end, or the same runs of words."""
    words = look.answer.split()[-MAX_WORDS:]
    loop, share = _loops(words), _repeated(words)
    features = {"loops": float(loop), "repeated": round(share, 4)}
    if loop:
        return Sign(REPETITION, 0.95, "the end of the answer repeats itself", features)
    if share > 0.4:
        return Sign(REPETITION, 0.75, f"{share:.0%} of the answer is said before", features)
    return Sign(REPETITION, 0.0, "the answer does not repeat itself", features)


def _loops(words: list[str]) -> bool:
    """Whether the last words are one short run, over and over."""
    for period in range(1, min(MAX_PERIOD, len(words) // LOOP) + 1):
        if words[-1] != words[-1 - period]:
            continue
        length = max(LOOP * period, MIN_LOOP)
        tail = words[-length:]
        if len(tail) == length and tail[period:] == tail[:-period]:
            return True
    return False


def _repeated(words: list[str]) -> float:
    """The share of runs of eight words that stood there before."""
    runs = Counter(zip(*(words[at:] for at in range(RUN)), strict=False))
    total = sum(runs.values())
    return (total - len(runs)) / total if total else 0.0
