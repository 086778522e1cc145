"""A reply of Chat Completions, streamed or whole, as the pieces of an answer of Ollama.

Text is handed on at once. A call of a tool comes in fragments of a JSON text there and as an
object here, so it is put together first and handed on whole.
https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field

import orjson

from doorstep._errors import ReplyBroken
from doorstep.gateway.core import Json, Relayed
from doorstep.gateway.ollama_lines import End, Part
from doorstep.gateway.whole import is_stream, whole_body
from doorstep.models._wire import MAX_LINE, json_object, sse

DONE = "[DONE]"
NO_WORDS = "The upstream refused, and did not say why."


async def heard(reply: Relayed, *, thinking: bool = True) -> AsyncGenerator[Part, None]:
    """The pieces of `reply`; `thinking`: whether to hand on what the model reasoned aloud.

    Raises ReplyBroken where it is not what the interface says, or ends too early.
    """
    ear = _Ear(thinking)
    if not is_stream(reply):
        for piece in ear.whole(_object(await whole_body(reply, MAX_LINE))):
            yield piece
        return
    async for _, data in sse(reply):
        if data.strip() == DONE:
            break
        said = ear.take(_object(data))
        if said is not None:
            yield said
            if said.error:
                return
    for piece in ear.end():
        yield piece


def error_words(body: Json) -> str:
    """What an error object of Chat Completions says, or of a server that words it otherwise."""
    error = body.get("error", body)
    said = error.get("message") if isinstance(error, dict) else error
    return said if isinstance(said, str) and said else NO_WORDS


def _object(data: bytes | str) -> Json:
    """Raises ReplyBroken, which does not quote it."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:  # or half an emoji, which JSON can spell
        return json_object(data)
    if not isinstance(value, dict):
        raise ReplyBroken(f"The upstream sent {len(data)} bytes that are not a JSON object.")
    return value


@dataclass(slots=True)
class _Call:
    """A call of a tool, as far as it has come."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    def whole(self, index: int) -> Json:
        """As Ollama has it: the arguments are an object. Raises ReplyBroken."""
        text = "".join(self.arguments)
        try:
            arguments = orjson.loads(text) if text.strip() else {}
        except orjson.JSONDecodeError:
            arguments = None
        if not isinstance(arguments, dict) or not self.name:
            raise ReplyBroken("The upstream called a tool in a way that cannot be read.")
        known: Json = {"id": self.id} if self.id else {}
        return known | {"function": {"index": index, "name": self.name, "arguments": arguments}}


class _Ear:
    def __init__(self, thinking: bool) -> None:
        self._thinking = thinking
        self._calls: list[_Call] = []
        self._latest: dict[object, _Call] = {}  # by the index that the server gives
        self._reason = ""
        self._usage: Json = {}

    def take(self, chunk: Json) -> Part | None:
        """Hear one chunk; None where there is nothing to hand on yet."""
        if chunk.get("error"):
            return Part(error=error_words(chunk))
        self._count(chunk)
        choice = _first(chunk)
        if choice is None:
            return None
        return self._spoken(choice, choice.get("delta"))

    def whole(self, reply: Json) -> Iterator[Part]:
        """The pieces of a reply that came at once."""
        if reply.get("error"):
            yield Part(error=error_words(reply))
            return
        self._count(reply)
        choice = _first(reply)
        if choice is None:
            raise ReplyBroken("The upstream sent a reply without an answer.")
        said = self._spoken(choice, choice.get("message"))
        if said is not None:
            yield said
        yield from self.end()

    def end(self) -> Iterator[Part]:
        """What is said last: the calls of tools, then how it ended."""
        if not self._reason:
            raise ReplyBroken("The upstream broke off its answer.")
        calls = tuple(call.whole(n) for n, call in enumerate(self._calls))
        if calls:
            yield Part(calls=calls)
        usage = self._usage
        # Ollama says "stop" after a call of a tool, too.
        reason = self._reason if self._reason in ("length", "content_filter") else "stop"
        counts = (_int(usage.get("prompt_tokens")), _int(usage.get("completion_tokens")))
        yield Part(end=End(reason, *counts))

    def _count(self, chunk: Json) -> None:
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self._usage = usage

    def _spoken(self, choice: Json, message: object) -> Part | None:
        reason = choice.get("finish_reason")
        self._reason = reason if isinstance(reason, str) and reason else self._reason
        if not isinstance(message, dict):
            return None
        self._hear_calls(message.get("tool_calls"))
        text = _str(message.get("content")) or _str(message.get("refusal"))
        # Reasoning has no place in this interface; servers use one of these two names for it.
        aloud = _str(message.get("reasoning_content")) or _str(message.get("reasoning"))
        thinking = aloud if self._thinking else ""
        return Part(text, thinking) if text or thinking else None

    def _hear_calls(self, fragments: object) -> None:
        for place, fragment in enumerate(fragments if isinstance(fragments, list) else ()):
            if not isinstance(fragment, dict):
                continue
            call = self._call(fragment.get("index", place), _str(fragment.get("id")))
            function = fragment.get("function")
            if isinstance(function, dict):
                call.name += _str(function.get("name"))
                call.arguments.append(_str(function.get("arguments")))

    def _call(self, index: object, known: str) -> _Call:
        """The call that a fragment is of. Some servers give each call the same index; then it is
        the id that tells a new one."""
        call = self._latest.get(index if isinstance(index, int) else 0)
        if call is None or (known and call.id and known != call.id):
            call = _Call()
            self._calls.append(call)
            self._latest[index if isinstance(index, int) else 0] = call
        call.id = known or call.id
        return call


def _first(chunk: Json) -> Json | None:
    choices = chunk.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    return choices[0]


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
