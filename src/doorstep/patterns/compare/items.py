"""Lists, whose order matters, and sets, where it does not: read from any way of listing."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from doorstep.patterns.compare import moment
from doorstep.patterns.compare.answer import marked
from doorstep.patterns.compare.calendar_words import WEEKDAYS
from doorstep.patterns.compare.clean import clean, folded
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.number_words import WORDS, value_of
from doorstep.patterns.compare.quantity import quantities
from doorstep.patterns.compare.value import What

Items = tuple[str, ...]

_BULLET = re.compile(
    r"^\s*(?:[-*•+]|\(?\d{1,2}[.)]|[a-h]\)|[ivx]{1,4}[.)]|step \d+[:.)])\s+", re.M | re.I
)
_INLINE = re.compile(
    r"(?:(?<=\s)|^)(?:\(?\d{1,2}[.)]|[ivx]{1,4}\)|step \d+[:.)]"
    r"|(?:\d{1,2}(?:st|nd|rd|th)|gold|silver|bronze):)\s+(?=\D)",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*(?:->|→|=>|⇒)\s*|\s+[<>]\s+")
_COMMA = re.compile(
    r"\s*[,;]\s*(?:(?:and|or|then|as well as)\s+)?(?!\d{3}\b(?!\s*[,;]))"
    r"|\s+(?:/|and|or|then|&|\+|as well as|plus)\s+"
)
_SEMICOLON = re.compile(r"\s*;\s*(?:(?:and|or)\s+)?")
_LEAD = re.compile(
    r"^[^:,;]{0,60}:\s+|^[^:,;]{0,40}\b(?:are|is|includes?|were|be)\s+", re.IGNORECASE
)
_SAID = re.compile(
    r"^(?:(?:on|in|at|for) (?:the )?\w+,? |today,? |tomorrow,? )?"
    r"(?:you|we|i|they|he|she|it)\b[^:,;]{0,30}?\b(?:buy|need|get|take|use|have|has|want|like|see"
    r"|own|visit|speak|recommend|suggest|choose|run|bring|contain)s?\s+",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"^(?:(?:and|or|then|first(?:ly)?|second(?:ly)?|third|fourth|fifth|next"
    r"|(?:start|begin|continue|go on|end|finish|followed)(?: it)? (?:with|by)|finally"
    r"|last(?:ly)?|after that|both|only|just)"
    r"[,\s]+)+"
    r"|^(?:the|an?|some|my|your)\s+",
    re.IGNORECASE,
)
_PLACED = re.compile(r"\s+(?:first|second|third|fourth|fifth|last)$", re.IGNORECASE)
_BRACKETED = re.compile(r"^([^()]+?)\s*\(([^()]+)\)$")
_NAME = re.compile(r"^[a-z]\s*=\s*", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(?:order|sort|rank|sequence|steps?|first to last|first,? second"
    r"|ranking|sequential|arrange)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\s)\(?(?:1|i|a)[.)]\s.*\s\(?(?:2|ii|b)[.)]\s", re.DOTALL)


def read(text: str, context: Context) -> Items | None:
    """The items, folded; None where there is no list of at least one."""
    text = clean(text).strip()
    said = marked(text)
    items = [_folded(item) for item in _split(said or text)]
    return tuple(item for item in items if item) or None


def whole(text: str, context: Context) -> Items | None:
    """The items where `text` is a list of two or more short ones."""
    items = read(text, context)
    if items is None or len(items) < 2 or len(text) > 2000:
        return None
    return items if sum(len(item.split()) for item in items) <= 5 * len(items) else None


def is_ordered(a: str, b: str, question: str) -> bool:
    """Whether the question or the way of writing says that the order matters."""
    if _ORDER.search(question):
        return True
    said = [bool(_NUMBERED.search(text) or _ARROW.search(text) or _steps(text)) for text in (a, b)]
    return all(said) if question else any(said)  # models number what has no order, too


def _steps(text: str) -> bool:
    return bool(re.search(r"\bthen\b|\bfirst\b.*\bfinally\b", text, re.IGNORECASE))


def compared_list(a: Items, b: Items, context: Context) -> What:
    if context.rules.ordered is False:
        return _compared_set(a, b)
    left, right = [_key(item) for item in a], [_key(item) for item in b]
    if left == right:
        return ()
    return ("order",) if Counter(left) == Counter(right) else _compared_set(a, b)


def compared_set(a: Items, b: Items, context: Context) -> What:
    return compared_list(a, b, context) if context.rules.ordered else _compared_set(a, b)


def _compared_set(a: Items, b: Items) -> What:
    a, b = _without_shared(a, b), _without_shared(b, a)
    left, right = Counter(map(_key, a)), Counter(map(_key, b))
    over, beyond = left - right, right - left
    missing, more = over.total(), beyond.total()
    if missing == more and all(any(_within(x, y) for y in beyond) for x in over):
        return () if not missing else None  # "milk" and "fresh milk": who knows
    what = [f"{missing} missing on the right"] if missing else []
    return tuple(what + ([f"{more} missing on the left"] if more else []))


def _without_shared(items: Items, other: Items) -> Items:
    """Vitamin A, vitamin D against A, D: without the word that all of one side begin with."""
    heads = {item.split()[0] for item in items if len(item.split()) > 1}
    if len(items) < 2 or len(heads) != 1 or any(len(item.split()) < 2 for item in items):
        return items
    if any(item.startswith(tuple(heads)) for item in other):
        return items
    return tuple(item.split(maxsplit=1)[1] for item in items)


def _split(text: str) -> list[str]:
    if re.fullmatch(r"\[[^\[]*\]\.?|\{[^{]*\}\.?|\((?!\d\))[^(]*\)\.?", text):
        text = text.strip(".")[1:-1]
    text = text.strip().rstrip(".")
    for mark in (_BULLET, _INLINE):
        parts = mark.split(text)
        if len(parts) > 2:
            return [part.strip(" ,;\n") for part in parts[1:]]
    text = _BULLET.sub("", text, count=1)
    if len(parts := _ARROW.split(text)) > 1:
        return parts
    if re.fullmatch(r"\w(?: \w){2,}", text):
        return text.split()
    text = _SAID.sub("", _LEAD.sub("", text, count=1), count=1)
    if ";" in text:
        return _SEMICOLON.split(text)
    return [part for line in text.splitlines() for part in _COMMA.split(line)]


def _folded(item: str) -> str:
    item = folded(item) if item.count("(") != 1 else " ".join(item.casefold().split())
    item = _FILLER.sub("", item)
    item = _PLACED.sub("", _FILLER.sub("", _NAME.sub("", item))).strip(" \"'.")
    return _BRACKETED.sub(r"\2 \1", item)


def _key(item: str) -> tuple[str, str | Fraction]:
    """What makes two items the same: an amount in its base unit, a weekday, or its words."""
    found = quantities(item)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(item)):
        amount = found[0]
        value = amount.low / 100 if amount.percent else amount.low
        if amount.unit is None:
            return ("", value)
        return (amount.unit.dimension, value * amount.unit.factor + amount.unit.offset)
    if item in WEEKDAYS:
        return ("weekday", Fraction(WEEKDAYS[item]))
    when = moment.whole(item, Context())
    if when is not None and len(when) == 1:
        return ("moment", repr(when[0]))
    words = WORDS.sub(_in_digits, item).split()
    return ("words", " ".join(word for word in words if word != "of").removeprefix("1 "))


def _within(x: tuple[str, str | Fraction], y: tuple[str, str | Fraction]) -> bool:
    """Whether all words of one item stand in the other."""
    if x[0] != "words" or y[0] != "words":
        return False
    one, other = set(str(x[1]).split()), set(str(y[1]).split())
    return one <= other or other <= one


def _in_digits(match: re.Match[str]) -> str:
    value = value_of(match[0])
    return match[0] if value is None else str(value)
