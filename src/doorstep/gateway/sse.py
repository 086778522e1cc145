"""Server-sent events as OpenAI's interfaces write them, and pauses filled with comments.

https://html.spec.whatwg.org/multipage/server-sent-events.html; a line that begins with a colon is
a comment, which every client skips.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import orjson

from doorstep._errors import ReplyBroken
from doorstep._values import Piece, Reply
from doorstep.boundary.tree import dump
from doorstep.gateway.errors import fault_of, openai_error
from doorstep.gateway.http import SSE, Answer, Gone, Headers
from doorstep.models.base import closing
from doorstep.patterns.apart import apart

DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"
QUIET_S = 10.0  # seconds without a word after which a client is told that we are still there


def dumped(value: object) -> bytes:
    """As compact JSON, also where it holds half an emoji or an integer of more than 64 bits."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return dump(value)


def event(data: object, name: str = "") -> bytes:
    """One event; Chat Completions names none, Responses all."""
    head = b"event: %b\n" % name.encode() if name else b""
    return b"%bdata: %b\n\n" % (head, dumped(data))


async def with_pauses(
    pieces: AsyncIterator[Piece], quiet_s: float = QUIET_S
) -> AsyncGenerator[Piece | None, None]:
    """The pieces as they come, and None after each `quiet_s` seconds without one.

    Closing this cancels the source, and waits until it has let go.
    """
    async with closing(apart(lambda: pieces)) as source:
        coming: asyncio.Future[Piece | None] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(_next(source))
                await asyncio.wait({coming}, timeout=quiet_s)
                if not coming.done():
                    yield None
                    continue
                piece, coming = coming.result(), None
                if piece is None:
                    return
                yield piece
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)


async def _next(source: AsyncIterator[Piece]) -> Piece | None:
    return await anext(source, None)


class Script:
    """How a surface words a stream. Each gives the bytes of whole events."""

    def begin(self) -> bytes:
        raise NotImplementedError

    def text(self, text: str) -> bytes:
        raise NotImplementedError

    def end(self, reply: Reply) -> bytes:
        raise NotImplementedError

    def failed(self, error: Exception) -> bytes:
        """What is said where the answer broke off."""
        return event(openai_error(fault_of(error)))


async def tell(
    pieces: AsyncIterator[Piece],
    script: Script,
    answer: Answer,
    headers: Headers = (),
    quiet_s: float = QUIET_S,
) -> None:
    """Send an answer as it comes. What fails before the first word, or the first pause, is raised,
    so that it gets a status of its own; what fails later is said in the stream."""
    source = with_pauses(pieces, quiet_s)
    async with aclosing(source):
        first = await anext(source, None)
        await answer.begin(SSE, headers=headers)
        await answer.piece(script.begin())
        try:
            await _piece(first, script, answer)
            ended = first is not None and first.reply is not None
            async for piece in source:
                await _piece(piece, script, answer)
                ended = ended or (piece is not None and piece.reply is not None)
            if not ended:
                raise ReplyBroken("The answer broke off before its end.")
        except Gone:
            raise
        except Exception as error:
            await answer.piece(script.failed(error))
        await answer.end()


async def _piece(piece: Piece | None, script: Script, answer: Answer) -> None:
    if piece is None:
        await answer.piece(KEEP_ALIVE)
        return
    if piece.text:
        await answer.piece(script.text(piece.text))
    if piece.reply is not None:
        await answer.piece(script.end(piece.reply))
