"""Which of the amounts in a sentence answers the question: by signs of it, weighed in points."""

from __future__ import annotations

import re
from dataclasses import replace

from doorstep.patterns.compare.aim import MANY, aim
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.currencies import is_money
from doorstep.patterns.compare.number import asked_unit
from doorstep.patterns.compare.number_words import VALUES
from doorstep.patterns.compare.quantity import NEAR, Quantity, quantities
from doorstep.patterns.compare.shares import WANTS_SHARE

_ASKED = re.compile(
    r"\bhow (?:many|much)(?: more| fewer| less| total| extra| additional)? (\w+)", re.IGNORECASE
)
_PLACED = re.compile(
    r"\b(?:in|after|for|over|from|by|with|per|every|at|within|of|during|all|these|those|on|last"
    r"|first|next|each|another|than|when|if|year|day|week"
    r"|(?:in|of|for|after|all|over|on|from|with|by|than) the)"
    r"\s+(?:his|her|its|their|your|my|our)?\s*\Z",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\s(?:out )?of (?:the|these|those|his|her|their|my|your|all)?\s?(?:\w+)")
_CONCLUDED = re.compile(
    r"\b(?:so|therefore|thus|hence|that is|which is|i\.e\.|leav(?:es?|ing)|mak(?:es?|ing)"
    r"|giv(?:es?|ing)|total(?:s|l?ing)?(?: of)?)\W+(?:\w+\W+){0,2}\Z",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"\s*(?:\w+\s){0,2}(?:in total|in all|altogether|overall)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"\([^()]*\)"
    r"|,? (?:because|since|compared (?:to|with)|whereas|although|rather than|instead of)"
    r"\b.*"
    r"|, (?:which|what) (?!is\b|mak|giv|means|equal|com|leav|total|work|would|will|add|amount|turn)"
    r".*"
    r"|,? (?:[a-z]+ ){0,4}(?:up|down) from\b.*"
    r"|,? not (?:on |at |in )?(?!only|more|less|just)\S+.*"
    r"|, [^,.]*\bthan\b.*"
    r"|, (?:as|while|but|so) (?:there|it|this|that|they|you|he|she|we)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_WANTS_MONEY = re.compile(
    r"\bhow (?:much|many) (?:money|dollars|euros|pounds)\b|\bsalary\b"
    r"|\b(?:cost|price|pay|spend|earn|rent|owe|tip)s?\b",
    re.IGNORECASE,
)
TIE = 1.4  # points within which two amounts are equally likely
SURE = 5.0  # points by which the likeliest amount must lead for the others to be out of question
_DIMENSIONS = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for name, words in {
        "area": "area|surface",
        "speed": "speed|how fast",
        "volume": "volume|capacity",
        "mass": "weighs?|weight|mass|heavy",
        "temperature": "temperature|warm|hot|cold",
        "energy": "energy|electricity|calories",
        "time": "how long (?!is the (?:road|river|rope|bridge))|duration|how much time|how old",
        "length": "distance|how far|length|height|tall|wide|width|deep|depth|high|perimeter",
    }.items()
}
_EACH = re.compile(r"\s*(?:each|apiece|per|every)\b", re.IGNORECASE)
_GIVEN = re.compile(r"\b(?:when|if|where|for|at|with)\s+[a-z]\s*=\s*\Z", re.IGNORECASE)


def pick(found: list[Quantity], sentence: str, text: str, context: Context) -> Quantity:
    """The likeliest of several: the result of the last sum, of what was asked for, and new."""
    found = found[-MANY:]
    digits = [q for q in found if _counts(q, sentence, context)] or found
    if len(digits) == 1:
        return digits[0]
    given = {(q.low, q.percent) for q in quantities(clean(context.question))}
    results = _results(text)
    asked = _ASKED.search(context.question)
    noun = asked[1].lower().rstrip("s") if asked else ""
    aside = {at for match in _ASIDE.finditer(sentence) for at in range(*match.span())}

    def score(quantity: Quantity) -> float:
        before = sentence[max(0, quantity.start - NEAR) : quantity.start]
        after = sentence[quantity.end : quantity.end + NEAR]
        points = 2.0 * (bool(results) and quantity.low == results[-1])
        points += 1.0 * (quantity.low in results)
        points += 3.0 * bool(re.search(r"=\s*about\s*\Z|=\s*[$€£]?\s*\Z", before))
        points += 1.5 * _follows(noun, quantity, sentence)
        points += 4.0 * bool(_IN_ALL.match(after))
        points += 2.0 * bool(_CONCLUDED.search(before))
        points -= 3.0 * (quantity.start in aside)
        points += 1.5 * (context.money and is_money(quantity.unit))
        points += 2.0 * bool(_EACH.match(after) and _EACH.search(context.question))
        points += 5.0 * _is_part(quantity, found, sentence)
        spans = [(q.start, q.end) for q in digits if q is not quantity]
        points += 3.0 * aim(context.question, sentence, (quantity.start, quantity.end), spans)
        points += 3.0 * _is_wanted(quantity, context.question)
        points -= 1.5 * ((quantity.low, quantity.percent) in given)
        points -= 1.5 * bool(_PLACED.search(before))
        points -= 5.0 * bool(_GIVEN.search(before))
        points -= 3.0 * bool(re.match(r"\s*(?:[+*/×=]|-\s|x\s)", after))
        points -= 3.0 * bool(re.search(r"[+*/×]\s*\Z", before))
        return points

    scored = [(score(q), q) for q in reversed(digits)]
    top, best = max(scored, key=lambda pair: pair[0])
    rivals = tuple(q for points, q in scored if q is not best and points > top - SURE)
    tied = tuple(q for points, q in scored if q is not best and points > top - TIE)
    return replace(best, rivals=rivals, tied=tied)


def _counts(quantity: Quantity, sentence: str, context: Context) -> bool:
    """Digits do; words beside digits only where something says that they are the answer."""
    if not _is_words(quantity, sentence):
        return True
    first = quantity.start == 0 and any(sign.isdecimal() for sign in sentence)
    return (
        first
        or _is_wanted(quantity, context.question)
        or bool(_IN_ALL.match(sentence[quantity.end :]))
    )


def _is_part(quantity: Quantity, found: list[Quantity], sentence: str) -> bool:
    """The two of "two of the five"."""
    part = _PART_OF.match(sentence, quantity.end)
    return (
        part is not None
        and not quantity.percent
        and any(0 <= q.start - quantity.end <= 10 for q in found)
    )


def _is_wanted(quantity: Quantity, question: str) -> bool:
    """Whether it is in percent, in money or in the unit that the question asks for."""
    if quantity.percent:
        return bool(WANTS_SHARE.search(question))
    if quantity.unit is None:
        return False
    if is_money(quantity.unit):
        return bool(_WANTS_MONEY.search(question))
    wanted = next((name for name, asks in _DIMENSIONS.items() if asks.search(question)), None)
    dimension = "time" if quantity.unit.dimension == "months" else quantity.unit.dimension
    return quantity.unit == asked_unit(question) or dimension == wanted


def _follows(noun: str, quantity: Quantity, sentence: str) -> bool:
    if not noun:
        return False
    own = sentence[quantity.start : quantity.end].lower()
    after = re.match(r"(?:\W+\w+){0,3}", sentence[quantity.end : quantity.end + 2 * NEAR].lower())
    return noun in own or bool(after and noun in after[0])


def _results(text: str) -> list[object]:
    """What stands behind the equals signs of a text."""
    found = []
    for match in re.finditer(r"=\s*(?:about\s*)?([^=\n]{1,40})", text):
        right = quantities(match[1])
        if right and right[0].start <= 3:
            found.append(right[0].low)
    return list(found)


def _is_words(quantity: Quantity, sentence: str) -> bool:
    first = re.split(r"[\s-]", sentence[quantity.start : quantity.end].lower())[0]
    return first in VALUES or first in ("a", "an", "half")
