"""Money: an amount in a currency. Pounds are sterling here, and cents are of either side's coin."""

from __future__ import annotations

import re
from dataclasses import replace

from doorstep.patterns.compare import amount
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.quantity import Quantity
from doorstep.patterns.compare.value import What

_FREE = re.compile(r"\A\W*(?:it is|it's|it costs|they are)?\s*(?:free|for free|nothing)\b", re.I)

_COUNTED = re.compile(r"\b(?:an?|one) (?=(?:dollar|euro|pound|franc|buck|quid)\b)", re.IGNORECASE)


def read(text: str, context: Context) -> Quantity | None:
    if _FREE.search(text):
        return amount.read("$0", context)
    return amount.read(_COUNTED.sub("1 ", text), replace(context, money=True))


def whole(text: str, context: Context) -> Quantity | None:
    return amount.whole(text, replace(context, money=True))


def compared(a: Quantity, b: Quantity, context: Context) -> What:
    return amount.compared(a, b, context)
