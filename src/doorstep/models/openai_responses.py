"""The Responses API: OpenAI, Azure OpenAI (v1 route), and servers that speak the same.

https://platform.openai.com/docs/api-reference/responses. It stores answers unless told not to:
every request says `store: false`, and no `previous_response_id` or `conversation` is ever sent,
so that nothing stays upstream and every request stands, whole, in the ledger.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from doorstep._errors import BadInput
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


class OpenAIResponses(Model):
    """A cloud model by the Responses API; with Azure, `name` is the deployment's.

    `client` is the boundary's: the adapter has no other way to the network, and never closes it.
    `effort` is how hard it reasons where a call does not say; None sends nothing about it, for
    models that do not reason. `max_output_tokens` counts reasoning too. `timeout`: see `Line`.
    `endpoint` is the API's address, for `prices.cost`.
    """

    way = "native"
    can_schema = True
    schema_is_seen = True  # the server shows the schema to the model
    zone = Zone.CLOUD

    def __init__(
        self,
        name: str = "gpt-5.4",
        *,
        client: httpx2.AsyncClient,
        api_key: str | None = None,
        base_url: str | None = None,
        azure_endpoint: str | None = None,
        effort: Effort | None = "medium",
        max_output_tokens: int | None = None,
        timeout: float = 300.0,
    ) -> None:
        self.name = name
        self._line = Line(
            name,
            client=client,
            api_key=api_key,
            base_url=base_url,
            azure_endpoint=azure_endpoint,
            timeout=timeout,
        )
        self.endpoint = self._line.url
        self.provider = self._line.provider
        self.zone_reason = f"reached through the boundary at {self._line.where}"
        self._effort = effort
        self._max_output_tokens = max_output_tokens

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """The answer as it comes. A refusal is text too, and `finish` says that it is one."""
        body = self._body(messages, options)
        heard = _Heard(self._line, self.name)
        events = self._line.events(
            lambda sdk, left_out: sdk.responses.create(**body, extra_headers=left_out)
        )
        async with aclosing(events):
            async for event in events:
                text = heard.take(event)
                if text:
                    yield Piece(text)
                if heard.final is not None:
                    break
        rest, reply = heard.reply()
        yield Piece(rest, reply)

    def _body(self, messages: Sequence[Message], options: Options) -> dict[str, Any]:
        if options.seed is not None:
            raise BadInput(
                f"{self.name}: the Responses API takes no seed.",
                hint="Leave it out, or take OpenAIChat.",
            )
        body: dict[str, Any] = {
            "model": self.name,
            "input": [{"role": message.role, "content": message.text} for message in messages],
            "store": False,
            "stream": True,
        }
        effort = options.effort or self._effort
        limit = options.max_tokens or self._max_output_tokens
        if effort is not None:
            body["reasoning"] = {"effort": effort}
        if limit is not None:
            body["max_output_tokens"] = limit
        if options.temperature is not None:
            body["temperature"] = options.temperature
        if options.logprobs:
            body["include"] = ["message.output_text.logprobs"]
            body["top_logprobs"] = options.logprobs
        if options.schema is not None:
            body["text"] = {"format": _format(options.schema, options.schema_name)}
        return body


def _format(schema: dict[str, object], name: str) -> dict[str, object]:
    held = strict_schema(schema)
    return {"type": "json_schema", "name": name, "schema": held, "strict": True}


class _Heard:
    """What came so far of one streamed answer."""

    def __init__(self, line: Line, name: str) -> None:
        self._line = line
        self._name = name
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._logprobs: list[TokenLogprob] = []
        self._refused = False
        self.final: Any = None

    def take(self, event: Any) -> str:
        """Hear one event; the answer's text in it, if any. Raises ModelError."""
        try:
            return self._take(event)
        except (AttributeError, TypeError):
            pass
        raise self._line.broken("sent an event that is not what the Responses API says.")

    def _take(self, event: Any) -> str:
        match getattr(event, "type", None):
            case "response.output_text.delta":
                self._logprobs += logprobs_of(getattr(event, "logprobs", None))
                return self._said(event.delta)
            case "response.refusal.delta":
                self._refused = True
                return self._said(event.delta)
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                self._thinking.append(text_of(event.delta))
            case "response.completed" | "response.incomplete":
                self.final = event.response
            case "response.failed":
                raise self._line.failure(getattr(event.response.error, "code", None))
            case "error":
                raise self._line.failure(getattr(event, "code", None))
        return ""

    def _said(self, delta: object) -> str:
        self._text.append(text_of(delta))
        return self._text[-1]

    def reply(self) -> tuple[str, Reply]:
        """What was not yet handed on, and the whole reply. Raises ReplyBroken without an end."""
        if self.final is None:
            raise self._line.broken("broke off its answer.")
        rest = "" if self._text else self._unsaid()
        usage = getattr(self.final, "usage", None)
        return rest, Reply(
            "".join(self._text) + rest,
            text_of(getattr(self.final, "model", None)) or self._name,
            Usage(count_of(usage, "input_tokens"), count_of(usage, "output_tokens")),
            self._finish(),
            "".join(self._thinking),
            tuple(self._logprobs),
        )

    def _unsaid(self) -> str:
        """The text of a server that sends no deltas, only the finished response."""
        parts = []
        for item in getattr(self.final, "output", None) or ():
            for part in getattr(item, "content", None) or ():
                self._refused |= getattr(part, "type", None) == "refusal"
                parts.append(
                    text_of(getattr(part, "text", None)) or text_of(getattr(part, "refusal", None))
                )
        return "".join(parts)

    def _finish(self) -> Finish:
        if self._refused:
            return "refusal"
        if getattr(self.final, "status", None) != "incomplete":
            return "stop"
        details = getattr(self.final, "incomplete_details", None)
        return "filter" if getattr(details, "reason", None) == "content_filter" else "length"
