"""One of our models as pydantic-ai's `Model`; `as_pydantic_ai` imports it when it is called."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai._run_context import get_current_run_context
from pydantic_ai.messages import (
    FinishReason,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    ModelResponseStreamEvent,
    SystemPromptPart,
    TextContent,
    TextPart,
    ThinkingPart,
    UserPromptPart,
)
from pydantic_ai.models import Model as TheirModel
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from doorstep._errors import BadInput, ConfigError
from doorstep._values import Effort, Finish, Message, Options, Piece, Reply, Usage
from doorstep.models.base import Model

_FINISH: dict[Finish, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "refusal": "content_filter",
    "filter": "content_filter",
    "cancelled": "error",
}
_EFFORT: dict[object, Effort] = {
    False: "none",
    True: "medium",
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}
_TAKEN = frozenset({"temperature", "max_tokens", "seed"})


class AsPydanticAI(TheirModel[None]):
    """`model` behind pydantic-ai's interface; see `doorstep.models.pydantic_ai.as_pydantic_ai`."""

    def __init__(self, model: Model) -> None:
        native = model.way == "native" and getattr(model, "can_schema", True)
        profile = ModelProfile(
            supports_tools=False,
            supports_json_schema_output=bool(getattr(model, "can_schema", True)),
            supports_json_object_output=False,
            supports_thinking=True,
            default_structured_output_mode="native" if native else "prompted",
        )
        super().__init__(profile=profile)
        self._model = model

    @property
    def model_name(self) -> str:
        return self._model.name

    @property
    def system(self) -> str:
        return "doorstep"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        asked, options = self._translated(messages, model_settings, model_request_parameters)
        reply = await self._model.respond(asked, options)
        parts: list[ModelResponsePart] = [ThinkingPart(reply.thinking)] if reply.thinking else []
        return ModelResponse(
            parts=[*parts, TextPart(reply.text)],
            usage=_usage(reply.usage),
            model_name=reply.model,
            provider_name=self.system,
            finish_reason=_FINISH[reply.finish],
        )

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        asked, options = self._translated(messages, model_settings, model_request_parameters)
        pieces: Any = self._model.stream(asked, options)
        async with aclosing(pieces):
            yield _Streamed(model_request_parameters, self._model.name, pieces)

    def _translated(
        self,
        messages: list[ModelMessage],
        settings: ModelSettings | None,
        parameters: ModelRequestParameters,
    ) -> tuple[list[Message], Options]:
        context = get_current_run_context()
        if context is not None and context.trace_include_content:
            raise ConfigError(
                "This agent's traces would hold private text.",
                hint="Say agent.instrument = doorstep.models.pydantic_ai.quiet().",
            )
        if parameters.function_tools or parameters.native_tools or parameters.output_mode == "tool":
            raise BadInput(f"{self._model.name} calls no tools.", hint="Use an agent without.")
        settings, parameters = self.prepare_request(settings, parameters)
        said = [message for theirs in messages for message in _ours(theirs)]
        told = [Message("system", part.content) for part in parameters.instruction_parts or ()]
        return [*told, *said], _options(self._model.name, settings, parameters)


@dataclass
class _Streamed(StreamedResponse):
    _name: str
    _pieces: AsyncIterator[Piece]
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        async for piece in self._pieces:
            for event in self._parts_manager.handle_text_delta(
                vendor_part_id="text", content=piece.text
            ):
                yield event
            if piece.reply is not None:
                self._end(piece.reply)

    def _end(self, reply: Reply) -> None:
        self._usage = _usage(reply.usage)
        self.finish_reason = _FINISH[reply.finish]

    async def close_stream(self) -> None:
        closing = getattr(self._pieces, "aclose", None)
        if closing is not None:
            await closing()

    @property
    def model_name(self) -> str:
        return self._name

    @property
    def provider_name(self) -> str:
        return "doorstep"

    @property
    def provider_url(self) -> None:
        return None

    @property
    def timestamp(self) -> datetime:
        return self._started


def _usage(usage: Usage) -> RequestUsage:
    return RequestUsage(
        input_tokens=usage.input_tokens or 0, output_tokens=usage.output_tokens or 0
    )


def _options(
    name: str, settings: ModelSettings | None, parameters: ModelRequestParameters
) -> Options:
    given = {key: value for key, value in (settings or {}).items() if value is not None}
    unknown = sorted(given.keys() - _TAKEN)
    if unknown:
        raise BadInput(f"{name} cannot be set by {', '.join(unknown)}.", hint="Leave it out.")
    held = parameters.output_object if parameters.output_mode == "native" else None
    taken: dict[str, Any] = {key: given[key] for key in given}
    return Options(
        effort=None if parameters.thinking is None else _EFFORT[parameters.thinking],
        schema=held.json_schema if held else None,
        schema_name=(held.name if held else None) or "answer",
        **taken,
    )


def _ours(message: ModelMessage) -> Iterator[Message]:
    if isinstance(message, ModelRequest):
        for part in message.parts:
            if isinstance(part, SystemPromptPart):
                yield Message("system", part.content)
            elif isinstance(part, UserPromptPart):
                yield Message("user", _text(part))
            else:
                raise _unknown(part)
        return
    texts = []
    for said in message.parts:
        if isinstance(said, TextPart):
            texts.append(said.content)
        elif not isinstance(said, ThinkingPart):
            raise _unknown(said)
    yield Message("assistant", "".join(texts))


def _text(part: UserPromptPart) -> str:
    if isinstance(part.content, str):
        return part.content
    texts = []
    for content in part.content:
        if not isinstance(content, str | TextContent):
            raise _unknown(content)
        texts.append(content if isinstance(content, str) else content.content)
    return "\n".join(texts)


def _unknown(part: object) -> BadInput:
    return BadInput(
        f"Only text can be said to this model, not {type(part).__name__}.",
        hint="Leave out images, sound and files.",
    )
