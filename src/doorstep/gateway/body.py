"""A request's body: JSON that means one thing only, read within a time and a size.

Two parsers that disagree about a body (a key that stands twice, a number that is none) would let
one text be checked and another one be sent; so whatever is not plain JSON is refused (RFC 8259,
I-JSON: RFC 7493).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import orjson

from doorstep.boundary.tree import NotCanonical, dump, parse
from doorstep.gateway.core import Json
from doorstep.gateway.http import BadRequest, Request

DEPTH = 64  # objects and lists within one another
READ_S = 30.0  # seconds for the whole body


async def read_json(request: Request, limit: int, *, seconds: float = READ_S) -> Json:
    """The JSON object that was sent. BadRequest: 413 for more than `limit` bytes, 408 where it
    takes longer than `seconds`, 400 for what is no JSON object.
    """
    length = request.header(b"content-length")
    if length.isdecimal() and int(length) > limit:  # said beforehand: nothing of it need be read
        raise too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            body = await request.body(limit)
    except TimeoutError:
        raise BadRequest(
            f"The request's body did not come within {seconds:g} s.", status=408, code="too_slow"
        ) from None
    return json_object(body)


def too_large(limit: int) -> BadRequest:
    return BadRequest(f"The request is larger than {limit} bytes.", status=413, code="too_large")


def json_object(body: bytes) -> Json:
    """The object that `body` spells. BadRequest says what is wrong with it, and quotes nothing."""
    value = _value(body)
    if not isinstance(value, dict):
        raise BadRequest("The request's body must be a JSON object.")
    if _too_deep(body, value):
        raise BadRequest(f"The request's body is nested deeper than {DEPTH} levels.")
    return value


def _value(body: bytes) -> object:
    """Written out again it is the same: so nothing in it was dropped, above all no second key."""
    try:
        value = orjson.loads(body)
        if orjson.dumps(value) == body:
            return value
    except (orjson.JSONDecodeError, TypeError):
        pass
    return _strictly(body)


def _strictly(body: bytes) -> object:
    if not body.strip():
        raise BadRequest("The request has no body.", hint="Send a JSON object.")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The request's body is not valid UTF-8.") from None
    if body.startswith(b"\xef\xbb\xbf"):
        raise BadRequest("The request's body begins with a byte order mark.", hint="Leave it out.")
    try:
        value = parse(body)
        dump(value)  # a number that is too large for one (1e999) has no spelling
    except (NotCanonical, ValueError):
        raise BadRequest(
            "The request's body is not valid JSON, or has a key twice in one object."
        ) from None
    return value


def _too_deep(body: bytes, value: object) -> bool:
    if body.count(b"{") + body.count(b"[") <= DEPTH:
        return False
    level = [value]
    for _ in range(DEPTH):
        level = [item for one in level for item in _items(one) if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _items(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
