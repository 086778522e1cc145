"""Two answers, compared: the kind is found, both are read by it, and what differs is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doorstep._errors import BadInput
from doorstep.patterns.compare import (
    amount,
    choice,
    code,
    duration,
    fields,
    items,
    moment,
    money,
    text,
    yes_no,
)
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.guess import KINDS, guess
from doorstep.patterns.compare.value import STANDARD, Comparison, Kind, Rules, Value, What

LONGEST = 10_000  # characters of an answer that are looked at, unless it is a whole document


@dataclass(frozen=True, slots=True)
class _Way:
    """How answers of a kind are read out of prose, and how two of them are compared."""

    read: Callable[[str, Context], Any]
    compared: Callable[[Any, Any, Context], What]


_WAYS: dict[Kind, _Way] = {
    "number": _Way(amount.read, amount.compared),
    "money": _Way(money.read, money.compared),
    "duration": _Way(duration.read, duration.compared),
    "moment": _Way(moment.read, moment.compared),
    "choice": _Way(choice.read, choice.compared),
    "yes/no": _Way(yes_no.read, yes_no.compared),
    "list": _Way(items.read, items.compared_list),
    "set": _Way(items.read, items.compared_set),
    "json": _Way(fields.read, fields.compared),
    "code": _Way(code.read, code.compared),
    "text": _Way(text.read, text.compared),
}


def compare(
    a: str, b: str, *, question: str = "", kind: Kind | None = None, rules: Rules = STANDARD
) -> Comparison:
    """Whether `a` and `b`, each whole prose or a bare answer, say the same to `question`.

    "incomparable" where one of them cannot be read as that kind, or it depends on the reading;
    free text too, unless the words are the same: `meaning` asks a model. `kind` is guessed where
    it is not given. Raises BadInput for a kind that there is not.
    """
    context = Context(clean(_shortened(question)), rules)
    kind = _known(kind) if kind else guess(_shortened(a), _shortened(b), context)
    left, right = _value(a, kind, context), _value(b, kind, context)
    if left is None or right is None:
        return Comparison("incomparable", kind, (), left, right)
    what = _WAYS[kind].compared(left.data, right.data, context)
    if what is None:
        return Comparison("incomparable", kind, (), left, right)
    return Comparison("differ" if what else "agree", kind, what, left, right)


def extract(
    text: str, *, question: str = "", kind: Kind | None = None, rules: Rules = STANDARD
) -> Value | None:
    """The final answer out of a model's prose; None where there is none of that kind.

    Raises BadInput for a kind that there is not.
    """
    context = Context(clean(_shortened(question)), rules)
    return _value(text, _known(kind) if kind else guess(text, text, context), context)


def _shortened(answer: str) -> str:
    """The end of a very long answer: that is where the final one stands."""
    return answer[-LONGEST:]


def _known(kind: Kind) -> Kind:
    if kind not in _WAYS:
        raise BadInput(f"There is no kind of answer of that name; there are {', '.join(KINDS)}.")
    return kind


def _value(answer: str, kind: Kind, context: Context) -> Value | None:
    whole = kind in ("json", "code", "text")
    data = _WAYS[kind].read(answer if whole else _shortened(answer), context)
    return None if data is None else Value(kind, answer, data)
