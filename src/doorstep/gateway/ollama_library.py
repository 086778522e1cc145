"""An answer of the library's, a pattern's or home's, told as Ollama does."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from doorstep._values import Reply
from doorstep.gateway import asked
from doorstep.gateway.http import Answer
from doorstep.gateway.ollama_asked import Asked
from doorstep.gateway.ollama_lines import End, Lines, Part, tell
from doorstep.gateway.said import after, before
from doorstep.gateway.sse import with_pauses
from doorstep.gateway.who import ByLibrary


async def by_library(want: Asked, what: asked.Asked, who: ByLibrary, answer: Answer) -> None:
    """`what` is asked of the library."""
    known = before(who.target, who.verdict, who.model.stand_in)
    lines = Lines(want.name, want.kind, known, want.details, began=want.began)
    await tell(_parts(want, what, who), lines, answer, stream=want.stream)


async def _parts(want: Asked, what: asked.Asked, who: ByLibrary) -> AsyncGenerator[Part, None]:
    stream = who.model.stream(what.messages, what.options)
    async with aclosing(with_pauses(stream)) as pieces:
        async for piece in pieces:
            if piece is None:
                yield Part()
                continue
            if piece.text:
                yield Part(piece.text)
            if piece.reply is not None:
                yield _last(want, who, piece.reply)


def _last(want: Asked, who: ByLibrary, reply: Reply) -> Part:
    """What a model of the library reasoned is known at the end only."""
    thinking = reply.thinking if want.body.get("think") else ""
    reason = "length" if reply.finish == "length" else "stop"
    how = after(who.target, reply, who.verdict, who.model.stand_in)
    usage = reply.usage
    return Part("", thinking, end=End(reason, usage.input_tokens, usage.output_tokens, how))
