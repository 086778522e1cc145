"""Of which kind two answers are, where nobody says: by the question, and by how they look."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

from doorstep.patterns.compare import (
    amount,
    choice,
    code,
    duration,
    fields,
    items,
    moment,
    yes_no,
)
from doorstep.patterns.compare.answer import last_question, marked, sentences
from doorstep.patterns.compare.clean import clean, folded
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.currencies import is_money
from doorstep.patterns.compare.quantity import quantities
from doorstep.patterns.compare.value import Kind

_Read = Callable[[str, Context], object]

_AMOUNT = re.compile(
    r"\bhow (?:many|much|far|old|tall|high|fast|heavy|deep|wide|long|big|large)\b|\bwhat percent"
    r"|\bwhat (?:is|was|are|would be|will be) (?:the|his|her|its|their|\w+'s)\s(?:\w+\s){0,3}"
    r"(?:sum|total|average|number|price|cost|area|volume|speed|distance|profit|age|weight|ratio"
    r"|probability|perimeter|difference|amount|length|height|width|value|percentage|salary|income"
    r"|score|rate|balance|rent|fee|level|count|size|capacity|pressure|temperature|humidity|bill"
    r"|tax|budget|quantity|maximum|minimum|median|mean|limit)\b"
    r"|\bwhat(?:'s| is| are) [\d(]"
    r"|\bwhat (?:does|do|did|will|would|should) .{0,40}\b(?:cost|weigh|earn|pay|measure)\b"
    r"|\bcalculate\b|\bcompute\b|\bfind the (?:total|number|sum|average|value)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?:when\b.*\?|(?:what|which) (?:time|date|day|month|year)\b)", re.I)
_ONE = re.compile(r"\bwhat(?:'s| is| was)\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|what|who)\b.*\?|\blist\b|\bname (?:all|the)\b", re.IGNORECASE)

# Whether a text is an answer of that kind and little else, in the order in which it is asked.
_WHOLE: tuple[tuple[Kind, _Read, _Read], ...] = (
    ("json", fields.whole, fields.read),
    ("code", code.whole, code.read),
    ("choice", choice.whole, choice.read),
    ("yes/no", yes_no.whole, yes_no.read),
    ("moment", moment.whole, moment.read),
    ("duration", duration.whole, duration.read),
    ("number", amount.whole, amount.read),
)
KINDS: tuple[Kind, ...] = get_args(Kind)


def guess(a: str, b: str, context: Context) -> Kind:
    """The kind of two answers to the same question; text where nothing narrower fits."""
    if choice.options(context) and (choice.read(a, context) or choice.read(b, context)):
        return "choice"
    for kind in ("json", "code"):
        if _both(kind, a, b, context):
            return kind
    return _by_question(a, b, context) or _by_look(a, b, context)


def _both(kind: Kind, a: str, b: str, context: Context) -> bool:
    whole = next(whole for name, whole, _ in _WHOLE if name == kind)
    return whole(a, context) is not None and whole(b, context) is not None


def _by_question(a: str, b: str, context: Context) -> Kind | None:
    asked = last_question(context.question)
    if not asked:
        return None
    if yes_no.QUESTION.match(asked) and not re.search(r"\bor\b", asked):
        return "yes/no"
    if _WHEN.search(asked) and any(moment.read(text, context) for text in (a, b)):
        return "moment"
    if _AMOUNT.search(context.question):
        return kind_of_amount(a, b, context)
    if _WHICH.search(asked) or items.is_ordered("", "", asked):
        return _listed(a, b, context)
    return None


def _by_look(a: str, b: str, context: Context) -> Kind:
    for kind, whole, read in _WHOLE:
        sides = (whole(a, context), whole(b, context))
        if None not in sides:
            return _amount_or(kind, a, b, context)
        if sides != (None, None) and kind not in ("code", "json") and not _is_list(a, b, context):
            other = b if sides[1] is None else a
            if read(other, context) is not None and _is_answer(other):
                return _amount_or(kind, a, b, context)
    if _is_marked(a) or _is_marked(b) or _same_noun(a, b) or _same_measure(a, b, context):
        return kind_of_amount(a, b, context)
    return _listed(a, b, context) or "text"


def _amount_or(kind: Kind, a: str, b: str, context: Context) -> Kind:
    return kind_of_amount(a, b, context) if kind == "number" else kind


def kind_of_amount(a: str, b: str, context: Context) -> Kind:
    """Money where one of them is in a currency, duration where one is in units of time."""
    found = [amount.read(text, context) for text in (a, b)]
    if any(is_money(q.unit) for q in found if q):
        return "money"
    long = [duration.read(text, context) for text in (a, b)]
    return "duration" if any(q and duration.is_long(q) for q in long) else "number"


def _is_list(a: str, b: str, context: Context) -> bool:
    """Two lists; a lone 1,234 or 3 March, 2026 is none."""
    for text in (a, b):
        found = items.whole(text, context)
        if found is None or amount.whole(text, context) or moment.whole(text, context):
            return False
    return True


def _listed(a: str, b: str, context: Context) -> Kind | None:
    if any(amount.whole(text, context) or moment.whole(text, context) for text in (a, b)):
        return None
    sides = [items.whole(text, context) for text in (a, b)]
    several = _WHICH.search(context.question) and not _ONE.search(context.question)
    if None in sides and not (several and any(sides)):
        return None
    return "list" if items.is_ordered(a, b, context.question) else "set"


def _is_answer(text: str) -> bool:
    """One sentence, or a marked answer: not an essay that names an amount somewhere."""
    plain = clean(text)
    return marked(plain) is not None or len(sentences(plain)) <= 1


def _is_marked(text: str) -> bool:
    said = marked(clean(text))
    return said is not None and bool(quantities(said))


def _same_noun(a: str, b: str) -> bool:
    """A dozen eggs, 12 eggs: one amount each, of the same thing."""
    rests = []
    for text in map(clean, (a, b)):
        found = quantities(text)
        if len(found) != 1:
            return False
        rests.append(folded(text[: found[0].start] + text[found[0].end :]))
    return rests[0] == rests[1]


def _same_measure(a: str, b: str, context: Context) -> bool:
    """An amount of the same unit in each, and one of the two says hardly more than that."""
    found = [quantities(clean(text)) for text in (a, b)]
    if any(len(amounts) != 1 for amounts in found):
        return False
    left, right = (amounts[0].unit for amounts in found)
    if left is None or right is None or left.dimension != right.dimension:
        return False
    rests = (len(text.split()) for text in (a, b))
    return min(rests) <= 4 and all(_is_answer(text) for text in (a, b))
