"""Values as JSON on one line."""

from __future__ import annotations

import json
from collections.abc import Callable

import orjson


def as_json(value: object, default: Callable[[object], object]) -> bytes:
    """`default` says what a value of another type is written as.

    orjson refuses half of a character (a lone surrogate), which JSON can spell (RFC 8259, 8.2), so
    that a client or a model may well have said one.
    """
    try:
        return orjson.dumps(value, default=default, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(value, default=default).encode("ascii")
