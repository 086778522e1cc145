"""The one amount that answers the question, out of prose that is full of amounts."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from doorstep.patterns.compare.answer import (
    after_change,
    is_cut_off,
    is_strict,
    marked,
    sentences,
)
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.currencies import is_money
from doorstep.patterns.compare.number import differences
from doorstep.patterns.compare.pick import pick
from doorstep.patterns.compare.quantity import Quantity, quantities
from doorstep.patterns.compare.shares import in_dozens, shares
from doorstep.patterns.compare.value import Rules, What

_NONE = re.compile(r"(?:none|nothing|nil|no (?:\w+ ){0,3}(?:left|remain\w*|more))\b", re.IGNORECASE)
_NONE_OF = re.compile(r"(?:so,? )?(?:none|not (?:one|a single one)|neither) of\b", re.IGNORECASE)
_LOST = re.compile(
    r"\b(?:los[est]|loss|lost|debt|deficit|shortfall|owes?|drop|below)", re.IGNORECASE
)
_FILLER = re.compile(
    r"\b(?:about|around|between|approximately|roughly|nearly|almost|people|total|in total|each)\b"
    r"|(?:/|\bper\b|\ban?\b|\bevery\b)\s?[a-z]+\b",
    re.IGNORECASE,
)


def read(text: str, context: Context) -> Quantity | None:
    """The amount that `text` gives as its answer; None where it gives none."""
    text = in_dozens(clean(text), context.question)
    if is_cut_off(text):
        return None
    text = after_change(shares(text, context.question), context.question)
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
        if _NONE_OF.match(sentence):
            return quantities("0")[0]
        if found:
            return _negative_in_brackets(pick(found, sentence, text, context), sentence)
        if _NONE.match(sentence):
            return quantities("0")[0]
    return None


def compared(a: Quantity, b: Quantity, context: Context) -> What:
    what = differences(a, b, context.rules, context.question)
    if what and (a.rivals or b.rivals):
        return _by_rivals(a, b, what, context)
    if what == ("sign",) and _LOST.search(context.question):
        return ()  # asked what was lost, 5 and a loss of 5 are the same
    if what == () and bool(a.tied) != bool(b.tied) and not (a.tied and b.tied):
        tied, other = (a, b) if a.tied else (b, a)
        if not other.rivals and _says_another(tied, context):
            return None  # a bare 10 against a sentence that may as well have meant its 25
    if what == () and (a.per is None) != (b.per is None) and not context.question:
        return None  # 15, and 15 an hour
    if what == () and (a.bound is None) != (b.bound is None) and not context.question:
        return None  # "at least 5" and 5: it depends on what was asked
    return what


def _says_another(a: Quantity, context: Context) -> bool:
    return any(differences(a, q, context.rules, context.question) != () for q in a.tied)


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
    plain = shares(clean(text).strip(" \t\n.!"), context.question)
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
