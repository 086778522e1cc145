"""What can be said about a draft and a refined answer without asking any model."""

from __future__ import annotations

import re

from doorstep._values import Reply
from doorstep.patterns.checks.base import Look
from doorstep.patterns.checks.whole import cut_off, repetition
from doorstep.patterns.checks.words import refusal
from doorstep.patterns.drafting.added import numbers
from doorstep.patterns.drafting.ruling import Pair, Ruling

# A kind, and eight letters or more in Crockford's base 32. One in twenty has no digit among them;
# those are let be, so that MAX_LENGTHS is nobody's placeholder.
_PLACEHOLDER = re.compile(r"(?<!\w)[A-Z]{2,}_(?=[A-Z]*\d)[0-9A-HJKMNP-TV-Z]{8,}(?!\w)")
SURE = 0.9  # doubt from which on an answer cannot be used, whatever the other one is


def look(pair: Pair) -> Ruling | None:
    """A ruling where one of the two cannot be used, or both are the same; None otherwise."""
    draft, refined = unusable(pair, pair.draft), unusable(pair, pair.refined) or _unresolved(pair)
    if refined and (not draft or pair.draft.text.strip()):
        return Ruling("keep", f"the cloud's answer cannot be used ({refined})")
    if draft:
        return Ruling("replace", f"the draft cannot be used ({draft})")
    if _plain(pair.draft.text) == _plain(pair.refined.text):
        return Ruling("keep", "both say the same")
    return _lost(pair)


def unusable(pair: Pair, reply: Reply) -> str:
    """Why a reply cannot be the answer; "" where it can."""
    if not reply.text.strip():
        return "it is empty"
    seen = Look(pair.messages, reply)
    for check in (refusal, cut_off, repetition):
        sign = check(seen)
        if sign.doubt is not None and sign.doubt >= SURE:
            return sign.reason
    return ""


def _lost(pair: Pair) -> Ruling | None:
    """The facts of the question that the draft uses, and the refined answer does not at all."""
    source = numbers("\n".join(message.text for message in pair.messages))
    used = source & numbers(pair.draft.text)
    if len(used) < 2 or used & numbers(pair.refined.text):
        return None
    return Ruling(
        "enrich",
        f"the cloud's answer has none of the {len(used)} numbers that the draft takes from"
        " the question",
    )


def _unresolved(pair: Pair) -> str:
    """Placeholders that nobody told the cloud stand for nothing at home, either."""
    told = "\n".join([*(message.text for message in pair.messages), pair.draft.text])
    held = set(_PLACEHOLDER.findall(pair.refined.text))
    strange = any(placeholder not in told for placeholder in held)
    return "it holds a placeholder that stands for nothing" if strange else ""


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
