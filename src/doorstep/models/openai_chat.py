"""Chat Completions: what nearly every model server speaks.

llama.cpp, vLLM, LM Studio, OpenRouter, Azure (v1 route), OpenAI. They differ in small things;
what cannot be tolerated silently is a parameter here, and there is no branch per server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal

from doorstep._errors import ZoneError
from doorstep._values import (
    Effort,
    Finish,
    Message,
    Options,
    Piece,
    Reply,
    TokenLogprob,
    Usage,
    Zone,
)
from doorstep.models._openai import Line, count_of, logprobs_of, text_of
from doorstep.models._shape import strict_schema
from doorstep.models.base import Model

if TYPE_CHECKING:
    import httpx2

_FINISH: dict[str, Finish] = {"length": "length", "content_filter": "filter"}
_CALLS = frozenset({"tool_calls", "function_call"})


class OpenAIChat(Model):
    """A model by Chat Completions.

    `client` is the only route: the boundary's for a cloud, a home client for a server at home.
    It counts as cloud unless whoever builds it says `zone=HOME`, and why; a `zone_reason` is then
    required. `limit_field` is what the server calls the limit on the answer's tokens: OpenAI's
    newer models take only "max_completion_tokens", older servers only "max_tokens".
    `effort` goes out only where it is set here or in a call, as `reasoning_effort`.
    `can_logprobs`: whether `decide` shall ask this server for log-probabilities.
    """

    way = "native"

    def __init__(
        self,
        name: str,
        *,
        client: httpx2.AsyncClient,
        api_key: str | None = None,
        base_url: str | None = None,
        azure_endpoint: str | None = None,
        effort: Effort | None = None,
        max_output_tokens: int | None = None,
        limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens",
        timeout: float = 300.0,
        can_logprobs: bool = False,
        zone: Zone = Zone.CLOUD,
        zone_reason: str = "",
    ) -> None:
        if zone is Zone.HOME and not zone_reason:
            raise ZoneError(f"{name} cannot be at home without a reason.")
        self.name = name
        self.zone = zone
        self.can_logprobs = can_logprobs
        self._line = Line(
            name,
            client=client,
            api_key=api_key,
            base_url=base_url,
            azure_endpoint=azure_endpoint,
            timeout=timeout,
            zone=zone,
        )
        self.endpoint = self._line.url
        self.provider = self._line.provider
        self.zone_reason = zone_reason or f"reached through the boundary at {self._line.where}"
        self._effort = effort
        self._max_output_tokens = max_output_tokens
        self._limit_field = limit_field

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """The answer as it comes. A refusal is text too, and `finish` says that it is one."""
        body = self._body(messages, options)
        heard = _Heard(self._line, self.name)
        events = self._line.events(
            lambda sdk, left_out: sdk.chat.completions.create(**body, extra_headers=left_out)
        )
        async with aclosing(events):
            async for chunk in events:
                text = heard.take(chunk)
                if text:
                    yield Piece(text)
        yield Piece("", heard.reply())

    def _body(self, messages: Sequence[Message], options: Options) -> dict[str, Any]:
        # `store` is left out: off by default here, and older servers refuse what they do not know.
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        limit = options.max_tokens or self._max_output_tokens
        effort = options.effort or self._effort
        if limit is not None:
            body[self._limit_field] = limit
        if effort is not None:
            body["reasoning_effort"] = effort
        if options.temperature is not None:
            body["temperature"] = options.temperature
        if options.seed is not None:
            body["seed"] = options.seed
        if options.logprobs:
            body |= {"logprobs": True, "top_logprobs": options.logprobs}
        if options.schema is not None:
            body["response_format"] = _format(options.schema, options.schema_name)
        return body


def _format(schema: dict[str, object], name: str) -> dict[str, object]:
    held = {"name": name, "schema": strict_schema(schema), "strict": True}
    return {"type": "json_schema", "json_schema": held}


class _Heard:
    """What came so far of one streamed answer."""

    def __init__(self, line: Line, name: str) -> None:
        self._line = line
        self._name = name
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._logprobs: list[TokenLogprob] = []
        self._refused = False
        self._reason: object = None
        self._usage: Any = None
        self._model = ""

    def take(self, chunk: Any) -> str:
        """Hear one chunk; the answer's text in it, if any. Raises ReplyBroken."""
        try:
            return self._take(chunk)
        except (AttributeError, TypeError, IndexError):
            pass
        raise self._line.broken("sent a chunk that is not what Chat Completions says.")

    def _take(self, chunk: Any) -> str:
        self._model = text_of(getattr(chunk, "model", None)) or self._model
        self._usage = getattr(chunk, "usage", None) or self._usage
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._reason = getattr(choice, "finish_reason", None) or self._reason
        logprobs = getattr(choice, "logprobs", None)
        self._logprobs += logprobs_of(getattr(logprobs, "content", None))
        return self._said(getattr(choice, "delta", None))

    def _said(self, delta: Any) -> str:
        # Reasoning has no place in this API; servers use one of these two names for it.
        for name in ("reasoning_content", "reasoning"):
            self._thinking.append(text_of(getattr(delta, name, None)))
        refusal = text_of(getattr(delta, "refusal", None))
        self._refused |= bool(refusal)
        self._text.append(text_of(getattr(delta, "content", None)) or refusal)
        return self._text[-1]

    def reply(self) -> Reply:
        """The whole reply; `[DONE]` may be missing, a finish reason may not."""
        if self._reason is None:
            raise self._line.broken("broke off its answer.")
        if self._reason in _CALLS:
            raise self._line.broken("called a tool that it was not given.")
        # Any other word for the end ("eos", "end_turn") is some server's "stop".
        finish = _FINISH.get(text_of(self._reason), "stop")
        return Reply(
            "".join(self._text),
            self._model or self._name,
            Usage(
                count_of(self._usage, "prompt_tokens"), count_of(self._usage, "completion_tokens")
            ),
            "refusal" if self._refused else finish,
            "".join(self._thinking),
            tuple(self._logprobs),
        )
