"""What goes to home's own Ollama as it was asked: its lines come back under the name asked for."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from doorstep._errors import ReplyBroken
from doorstep.gateway.core import HomeServer, Json, Relayed
from doorstep.gateway.errors import fault_of, ollama_error
from doorstep.gateway.http import NDJSON, Answer, Gone, Headers
from doorstep.gateway.noting import broke
from doorstep.gateway.ollama_heard import error_words
from doorstep.gateway.ollama_lines import line_of
from doorstep.gateway.said import Said
from doorstep.gateway.sse import dumped
from doorstep.gateway.whole import whole_body
from doorstep.models._wire import MAX_LINE, json_object, ndjson


async def natively(
    home: HomeServer,
    path: str,
    body: Json,
    answer: Answer,
    *,
    stream: bool,
    said: Said,
    details: bool = False,
) -> None:
    """Ask home's Ollama, under the name that it knows, and hand its answer on. `said` goes into
    the head and, where `details` are asked for, into the last line."""
    reply = await home.send(path, body | {"model": home.name})
    try:
        if reply.status >= 400:
            await refused(reply, answer, said.headers())
            return
        shown = said.object() if details else None
        async with aclosing(_lines(reply, body.get("model"), shown)) as lines:
            first = await anext(lines, None)
            if first is None:
                raise ReplyBroken("Home's server sent nothing.")
            if stream:
                await answer.begin(NDJSON, headers=said.headers())
                await _streamed(first, lines, answer)
            else:
                await answer.whole(dumped(first), headers=said.headers())
    finally:
        await reply.close()


async def refused(reply: Relayed, answer: Answer, headers: Headers = ()) -> None:
    """Hand an error on as Ollama words it, with its status."""
    try:
        body = json_object(await whole_body(reply, MAX_LINE))
    except ReplyBroken:
        body = {}
    words = dumped({"error": error_words(body)})
    await answer.whole(words, status=reply.status, headers=(*headers, *reply.headers))


async def _lines(reply: Relayed, name: object, shown: Json | None) -> AsyncGenerator[Json, None]:
    async for line in ndjson(reply):
        if "model" in line:
            line["model"] = name
        if shown is not None and line.get("done") is True:
            line["doorstep"] = shown
        yield line


async def _streamed(line: Json, rest: AsyncGenerator[Json, None], answer: Answer) -> None:
    await answer.piece(line_of(line))
    try:
        async for line in rest:
            await answer.piece(line_of(line))
        if line.get("done") is not True and "error" not in line:
            raise ReplyBroken("Home's server broke off its answer.")
    except Gone:
        raise
    except Exception as error:
        broke(error)
        await answer.piece(line_of(ollama_error(fault_of(error))))
    await answer.end()
