"""The one amount that answers the question, out of prose that is full of amounts."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from doorstep.patterns.compare.answer import is_cut_off, is_strict, marked, sentences
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.currencies import is_money
from doorstep.patterns.compare.number import asked_unit, differences
from doorstep.patterns.compare.number_words import VALUES
from doorstep.patterns.compare.quantity import NEAR, Quantity, quantities
from doorstep.patterns.compare.value import Rules, What

_ASKED = re.compile(
    r"\bhow (?:many|much)(?: more| fewer| less| total| extra| additional)? (\w+)", re.IGNORECASE
)
_PLACED = re.compile(
    r"\b(?:in|after|for|over|from|by|with|per|every|at|within|of|during|all|these|those|on|last"
    r"|first|next|each|another|than|when|if|(?:in|of|for|after|all|over|on) the|year|day|week)"
    r"\s+(?:his|her|its|their)?\s*\Z",
    re.IGNORECASE,
)
_NONE = re.compile(r"(?:none|nothing|nil|no (?:\w+ ){0,3}(?:left|remain\w*|more))\b", re.IGNORECASE)
_CONCLUDED = re.compile(
    r"\b(?:so|therefore|thus|hence|that is|which is|i\.e\.|leav(?:es?|ing)|mak(?:es?|ing)"
    r"|giv(?:es?|ing)|total(?:s|l?ing)?(?: of)?)\W+(?:\w+\W+){0,2}\Z",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"\s*(?:\w+\s){0,2}(?:in total|in all|altogether|overall)\b", re.IGNORECASE)
_COUNT = rf"\d[\d,]*|{'|'.join(word for word, value in VALUES.items() if value)}"
_ASIDE = re.compile(
    r"\([^()]*\)"
    r"|,? (?:because|since|compared (?:to|with)|whereas|although|rather than|instead of)"
    r"\b.*"
    r"|, (?:which|what) (?!is\b|mak|giv|means|equal|com|leav|total|work|would|will|add|amount|turn)"
    r".*"
    r"|,? (?:[a-z]+ ){0,4}(?:up|down) from\b.*"
    r"|, [^,.]*\bthan\b.*"
    r"|, (?:as|while|but|so) (?:there|it|this|that|they|you|he|she|we)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_WANTS_SHARE = re.compile(r"\b(?:what|which) per ?cent|\bhow many per ?cent|%\?", re.IGNORECASE)
_WANTS_MONEY = re.compile(
    r"\bhow (?:much|many) (?:money|dollars|euros|pounds)\b|\b(?:cost|price|pay|spend|earn|rent|owe|tip)"
    r"s?\b|\bsalary\b",
    re.IGNORECASE,
)
SURE = 3.5  # points by which the likeliest amount must lead for the others to be out of question
_LOST = re.compile(
    r"\b(?:los[est]|loss|lost|debt|deficit|shortfall|owes?|drop|below)", re.IGNORECASE
)
_FILLER = re.compile(
    r"\b(?:about|around|between|approximately|roughly|nearly|almost|people|total|in total|each)\b"
    r"|(?:/|\bper\b|\ban?\b|\bevery\b)\s?[a-z]+\b",
    re.IGNORECASE,
)
_ODDS = re.compile(
    rf"(?:\b|^)({_COUNT})(?:-| )(?:in|out(?: |-)of)(?:-| )(?:every )?({_COUNT}|hundred)"
    r"\b(?=[.,;)!?](?!\d)|\s*\Z|\s(?:chance|probability|odds))",
    re.IGNORECASE,
)
_RATIO = re.compile(r"(?<![\w:.])(\d+(?:\.\d+)?)\s?:\s?(\d+(?:\.\d+)?)(?![\w:]|\.\d)")
_RATIO_TO = re.compile(r"\b(\d+(?:\.\d+)?) (?:to|is to) (\d+(?:\.\d+)?)\b(?!\.\d)")
_PARTS = re.compile(
    r"\b(\d+) parts? (?:of )?[a-z]+(?: [a-z]+){0,2},? (\d+) parts?\b", re.IGNORECASE
)
_IS_RATIO = re.compile(r"\bratio\b|\bodds\b|\bscale\b|\bproportion\b", re.IGNORECASE)


def read(text: str, context: Context) -> Quantity | None:
    """The amount that `text` gives as its answer; None where it gives none."""
    text = _in_dozens(clean(text), context.question)
    if is_cut_off(text):
        return None
    text = _shares(text, context)
    said = marked(text)
    if said is not None:
        found = quantities(said, money=context.money)
        if found:
            return _negative_in_brackets(found[0], said)
        if _NONE.match(said):
            return quantities("0")[0]
        if is_strict(text):
            return None
    for sentence in reversed(sentences(text)[-3:]):
        found = quantities(sentence, money=context.money)
        if found:
            return _negative_in_brackets(_pick(found, sentence, text, context), sentence)
        if _NONE.match(sentence):
            return quantities("0")[0]
    return None


def _shares(text: str, context: Context) -> str:
    """One in four, 3 out of 5 and the ratio 3:2 as fractions."""
    if not re.search(r"\bhow many\b", context.question, re.IGNORECASE):
        text = _ODDS.sub(_share, text)
    text = _PARTS.sub(r"ratio \1:\2", text)
    ratio = _IS_RATIO.search(context.question) or _IS_RATIO.search(text)
    if ratio or _RATIO.fullmatch(text.strip()):
        text = _RATIO.sub(_share, text)
    falls = (match := _RATIO_TO.fullmatch(text.strip())) and _value(match[1]) > _value(match[2])
    return _RATIO_TO.sub(_share, text) if ratio or falls else text


def _share(match: re.Match[str]) -> str:
    above, below = _value(match[1]), _value(match[2])
    if not below:
        return match[0]
    share = above / below
    return f"{share.numerator}/{share.denominator}"


def _value(count: str) -> Fraction:
    named = VALUES | {"hundred": 100}
    return (
        Fraction(named[count.lower()])
        if count.lower() in named
        else Fraction(count.replace(",", ""))
    )


def _in_dozens(text: str, question: str) -> str:
    """Where dozens are asked for, two dozen are 2 and not 24."""
    if not re.search(r"\bhow many (?:\w+ ){0,2}dozens?\b", question, re.IGNORECASE):
        return text
    return re.sub(r"\bdozens?\b", "packs", text)


def compared(a: Quantity, b: Quantity, context: Context) -> What:
    what = differences(a, b, context.rules, context.question)
    if what and (a.rivals or b.rivals):
        return _by_rivals(a, b, what, context)
    if what == ("sign",) and _LOST.search(context.question):
        return ()  # asked what was lost, 5 and a loss of 5 are the same
    if what == () and (a.bound is None) != (b.bound is None) and not context.question:
        return None  # "at least 5" and 5: it depends on what was asked
    return what


def _by_rivals(a: Quantity, b: Quantity, what: What, context: Context) -> What:
    """Agree where one gives the other's amount in a second unit; None where the sentence of one
    names the other's amount, and may have meant it.
    """
    for one, other in ((a, b), (b, a)):
        for rival in one.rivals:
            if differences(rival, other, context.rules, context.question) == ():
                return () if _is_converted(one, rival) else None
    return what


def _is_converted(a: Quantity, b: Quantity) -> bool:
    """Whether they are the same in two units, as in 100 km (62 miles)."""
    if a.unit is None or b.unit is None or a.unit == b.unit or is_money(a.unit):
        return False
    roughly = Rules(relative=Fraction(3, 100))
    return a.unit.dimension == b.unit.dimension and differences(a, b, roughly) == ()


def whole(text: str, context: Context) -> Quantity | None:
    """The amount where `text` is that amount and nothing else."""
    plain = _shares(clean(text).strip(" \t\n.!"), context)
    found = quantities(plain, money=context.money)
    if len(found) != 1 or re.search(r"[A-Za-z]{3,}", _around(found[0], plain)):
        return None
    return _negative_in_brackets(found[0], plain)


def _around(quantity: Quantity, text: str) -> str:
    rest = f"{text[: quantity.start]} {text[quantity.end :]}"
    return _FILLER.sub("", rest)


def _negative_in_brackets(quantity: Quantity, text: str) -> Quantity:
    """($125.00) is how accountants write minus 125 dollars."""
    if not is_money(quantity.unit) or text.strip() != f"({text[quantity.start : quantity.end]})":
        return quantity
    return _negated(quantity)


def _negated(q: Quantity) -> Quantity:
    return replace(q, low=-q.high, high=-q.low, other=None if q.other is None else -q.other)


def _pick(found: list[Quantity], sentence: str, text: str, context: Context) -> Quantity:
    """The likeliest of several: the result of the last sum, of what was asked for, and new."""
    digits = [q for q in found if not _is_words(q, sentence)] or found
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
        points += 2.0 * bool(_IN_ALL.match(after))
        points += 2.0 * bool(_CONCLUDED.search(before))
        points -= 3.0 * (quantity.start in aside)
        points += 3.0 * _is_wanted(quantity, context.question)
        points -= 1.5 * ((quantity.low, quantity.percent) in given)
        points -= 1.5 * bool(_PLACED.search(before))
        points -= 3.0 * bool(re.match(r"\s*(?:[+*/×=]|-\s|x\s)", after))
        points -= 3.0 * bool(re.search(r"[+*/×]\s*\Z", before))
        return points

    best = max(reversed(digits), key=score)
    top = score(best)
    return replace(best, rivals=tuple(q for q in digits if q is not best and score(q) > top - SURE))


def _is_wanted(quantity: Quantity, question: str) -> bool:
    """Whether it is in percent, in money or in the unit that the question asks for."""
    if quantity.percent:
        return bool(_WANTS_SHARE.search(question))
    if quantity.unit is None:
        return False
    if is_money(quantity.unit):
        return bool(_WANTS_MONEY.search(question))
    return quantity.unit == asked_unit(question)


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
