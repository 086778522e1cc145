"""A server's own reply, handed on as it comes, with the `doorstep` object where it is asked for.

Only where it is asked for is anything of the reply read; else its bytes go on as they are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import orjson

from doorstep.gateway.core import Json, Relayed
from doorstep.gateway.errors import fault_of, openai_error
from doorstep.gateway.http import Answer, Gone
from doorstep.gateway.noting import broke
from doorstep.gateway.said import FIELD, Said
from doorstep.gateway.sse import dumped, event
from doorstep.gateway.whole import is_stream, whole_body
from doorstep.models._wire import lines

Splice = Callable[[bytes, Json], bytes]  # a line of a stream, the object -> what is sent for it


async def forward(reply: Relayed, answer: Answer, said: Said, splice: Splice | None = None) -> None:
    """Hand `reply` on and close it. `splice` puts the object into a stream; None: not asked for."""
    try:
        headers = (*said.headers(), *reply.headers)
        if not is_stream(reply):
            body = await whole_body(reply)
            if splice is not None and reply.status < 400:
                body = _added(body, said.object())
            await answer.whole(body, status=reply.status, kind=reply.kind, headers=headers)
            return
        await answer.begin(reply.kind, status=reply.status, headers=headers)
        async for part in _spliced(reply, said, splice):
            await answer.piece(part)
        await answer.end()
    except Gone:
        raise
    except Exception as error:
        if not answer.begun:
            raise
        await broke_off(answer, error)
    finally:
        await reply.close()


async def broke_off(answer: Answer, error: Exception) -> None:
    """Say in a stream that it broke off."""
    broke(error)
    await answer.end(b"\n" + event(openai_error(fault_of(error))))


async def _spliced(reply: Relayed, said: Said, splice: Splice | None) -> AsyncIterator[bytes]:
    if splice is None:
        async for part in reply:
            yield part
        return
    account = said.object()
    async for line in lines(reply):
        yield splice(line, account) + b"\n"


def _added(body: bytes, account: Json) -> bytes:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    return dumped(value | {FIELD: account}) if isinstance(value, dict) else body


def before_done(line: bytes, account: Json) -> bytes:
    """Chat Completions: a chunk without choices, before the last line."""
    if line.strip() != b"data: [DONE]":
        return line
    chunk = {"object": "chat.completion.chunk", "choices": [], FIELD: account}
    return event({"id": "doorstep", "created": 0, "model": "doorstep"} | chunk) + line


def in_completed(line: bytes, account: Json) -> bytes:
    """Responses: in the response of the last event."""
    if not line.startswith(b"data:") or b'"response.completed"' not in line:
        return line
    try:
        value = orjson.loads(line[5:])
    except orjson.JSONDecodeError:
        return line
    if value.get("type") != "response.completed" or not isinstance(value.get("response"), dict):
        return line
    value["response"][FIELD] = account
    return b"data: " + dumped(value)
