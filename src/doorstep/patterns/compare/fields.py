"""JSON, field by field: what differs is named by its path ("items[2].price")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from doorstep.patterns.compare import duration, moment, money
from doorstep.patterns.compare.clean import folded
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.value import What

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)```", re.DOTALL)
_OPEN = re.compile(r"[{\[]")
_SCALARS: tuple[Any, ...] = (duration, money, moment)
NOISE = Fraction(1, 10**12)  # what binary floating point adds: 0.1 + 0.2 is 0.3
MAX_TRIES = 100  # openings at which JSON is looked for
MAX_PATHS = 20  # more paths than that help nobody


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A JSON object or array: numbers that are not whole are Decimals."""

    data: object


def read(text: str, context: Context) -> Document | None:
    """The largest JSON object or array that stands in `text`."""
    found, at, tries = list[tuple[int, object]](), 0, 0
    decoder = json.JSONDecoder(parse_float=Decimal)
    while (match := _OPEN.search(text, at)) and tries < MAX_TRIES:
        tries += 1
        try:
            data, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            at = match.end()
            continue
        found.append((end - match.start(), data))
        at = end
    return Document(max(found, key=lambda item: item[0])[1]) if found else None


def whole(text: str, context: Context) -> Document | None:
    """An object, or an array that is all of `text`."""
    found = read(text, context)
    if found is None:
        return None
    fenced = _FENCE.search(text)
    plain = (fenced[1] if fenced else text).strip()
    is_array = plain.startswith("[") and plain.endswith("]")
    return found if is_array or isinstance(found.data, dict) else None


def compared(a: Document, b: Document, context: Context) -> What:
    paths = _paths(a.data, b.data, "", context)
    return tuple(path for path, _ in zip(paths, range(MAX_PATHS), strict=False))


def _paths(a: object, b: object, path: str, context: Context) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(key for key in b if key not in a)]:
            inner = f"{path}.{key}" if path else str(key)
            if key in a and key in b:
                yield from _paths(a[key], b[key], inner, context)
            else:
                yield f"{inner} (missing)"
    elif isinstance(a, list) and isinstance(b, list):
        yield from _of_lists(a, b, path, context)
    elif not _same(a, b, context):
        yield path or "value"


def _of_lists(a: list[object], b: list[object], path: str, context: Context) -> Iterator[str]:
    if context.rules.ordered is False:
        a, b = (sorted(items, key=_sorting) for items in (a, b))
    if len(a) != len(b):
        yield f"{path or 'value'} (length)"
    for at, (x, y) in enumerate(zip(a, b, strict=False)):
        yield from _paths(x, y, f"{path}[{at}]", context)


def _sorting(item: object) -> str:
    return json.dumps(item, sort_keys=True, default=str)


def _same(a: object, b: object, context: Context) -> bool:
    """Numbers by value, texts by what they say; true is not 1, and null only null."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, int | Decimal) and isinstance(b, int | Decimal):
        return _close(Fraction(a), Fraction(b), context)
    if isinstance(a, dict | list) or isinstance(b, dict | list):
        return False
    return _same_text(str(a), str(b), context)


def _close(a: Fraction, b: Fraction, context: Context) -> bool:
    relative = max(context.rules.relative, NOISE)
    return abs(a - b) <= max(relative * max(abs(a), abs(b)), context.rules.absolute)


def _same_text(a: str, b: str, context: Context) -> bool:
    if folded(a) == folded(b):
        return True
    for kind in _SCALARS:
        left, right = kind.whole(a, context), kind.whole(b, context)
        if left is not None and right is not None:
            return bool(kind.compared(left, right, context) == ())
    return False
