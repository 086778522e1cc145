"""pydantic-ai, both ways (extra `[pydantic-ai]`).

`FromPydanticAI` makes any of its models one of ours; `through` builds one on the boundary's client;
`as_pydantic_ai` makes any of our models and patterns its `Model`, for an `Agent` of its.

On traces: where it is instrumented, pydantic-ai writes prompts and answers into OpenTelemetry spans
by default. Calls that we make are not instrumented at all. Where an agent of yours uses one of our
models, say `agent.instrument = quiet()`; a run whose traces would hold content is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from doorstep._errors import (
    BadInput,
    ConfigError,
    DoorstepError,
    ModelError,
    ModelUnavailable,
    ReplyBroken,
    ZoneError,
)
from doorstep._values import Finish, Message, Options, Piece, Reply, Usage, Zone
from doorstep.models._wire import error_for, place
from doorstep.models.base import Model, Way

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model as TheirModel
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.models.instrumented import InstrumentationSettings

# Nothing may stay in a cloud, whatever the wrapped model's own settings say; models of other
# makers pass these over.
_STATELESS: dict[str, object] = {
    "openai_store": False,
    "openai_previous_response_id": None,
    "openai_conversation_id": None,
}
_FINISH: dict[str, Finish] = {"length": "length", "content_filter": "filter"}


class FromPydanticAI(Model):
    """A pydantic-ai model as one of ours.

    At home, `zone_reason` says how that is known: nothing here can prove it. For the cloud,
    `boundary` is the boundary's client, and the wrapped model's SDK must be seen to use that very
    client (as models built by `through` do): a model that brings its own way to the network is
    refused, and so is a wrapper of several models. Raises ZoneError, ConfigError.

    `Options.effort` goes out as pydantic-ai's `thinking`, which leaves it out for models that its
    profile says cannot think. Log-probabilities are not offered.
    """

    can_logprobs = False

    def __init__(
        self,
        inner: TheirModel,
        *,
        zone: Zone,
        zone_reason: str = "",
        boundary: httpx2.AsyncClient | None = None,
        way: Way = "prompted",
        name: str | None = None,
    ) -> None:
        self._inner = _unwrapped(inner)
        self.name = name or self._inner.model_name
        self._where = place(self._inner.base_url or "")
        _check_zone(self._inner, self.name, zone, zone_reason, boundary)
        self.zone = zone
        self.zone_reason = zone_reason or f"reached through the boundary at {self._where}"
        self.way = way
        self.can_schema = bool(self._inner.profile.get("supports_json_schema_output"))
        self.endpoint = self._inner.base_url

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """The answer as it comes. A refusal is text too, and `finish` says that it is one."""
        parameters = self._parameters(options)
        failure: Exception | None = None
        response: ModelResponse | None = None
        try:
            async with self._opened(messages, options, parameters) as stream:
                async for event in stream:
                    text = _text_in(event)
                    if text:
                        yield Piece(text)
                response = stream.get()
        except Exception as error:
            failure = error
        if failure is not None:
            raise self._ours(failure)
        if response is None or not response.finish_reason:
            raise ReplyBroken(f"{self.name} broke off its answer.")
        reply = self._reply(response)
        yield Piece(reply.text if reply.finish == "refusal" else "", reply)

    def _opened(
        self, messages: Sequence[Message], options: Options, parameters: ModelRequestParameters
    ) -> Any:
        from pydantic_ai.direct import model_request_stream

        stateless = _STATELESS if self.zone is Zone.CLOUD else {}
        return model_request_stream(
            self._inner,
            list(_theirs(messages)),
            model_settings=_settings(options) | stateless,  # type: ignore[arg-type]
            model_request_parameters=parameters,
            instrument=False,
        )

    def _parameters(self, options: Options) -> ModelRequestParameters:
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.output import OutputObjectDefinition

        if options.logprobs:
            raise BadInput(
                f"{self.name} gives no log-probabilities through pydantic-ai.",
                hint="Take a model of doorstep.models for that.",
            )
        if options.schema is None:
            return ModelRequestParameters()
        if not self.can_schema:
            raise BadInput(
                f"{self.name} cannot hold its answer to a schema.",
                hint="Ask for typed output in the way prompted or two-pass.",
            )
        held = OutputObjectDefinition(options.schema, name=options.schema_name, strict=True)
        return ModelRequestParameters(output_mode="native", output_object=held)

    def _reply(self, response: ModelResponse) -> Reply:
        from pydantic_ai.messages import TextPart, ThinkingPart

        refusal = (response.provider_details or {}).get("refusal")
        texts = [part.content for part in response.parts if isinstance(part, TextPart)]
        thoughts = [part.content for part in response.parts if isinstance(part, ThinkingPart)]
        usage = response.usage
        measured = usage.has_values()
        return Reply(
            refusal if isinstance(refusal, str) else "".join(texts),
            response.model_name or self.name,
            Usage(usage.input_tokens, usage.output_tokens) if measured else Usage(),
            "refusal" if refusal else _FINISH.get(response.finish_reason or "", "stop"),
            "".join(thoughts),
        )

    def _ours(self, error: Exception) -> DoorstepError:
        from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior, UserError

        known = error_for(error, model=self.name, where=self._where)
        if type(known) is not ModelError:
            return known
        if isinstance(error, UnexpectedModelBehavior | ModelAPIError):
            return ReplyBroken(f"The reply of {self.name} at {self._where} cannot be read.")
        if isinstance(error, UserError):
            return BadInput(
                f"{self.name} cannot be asked this way through pydantic-ai.",
                hint="Leave out what its provider does not take.",
            )
        return known


def through(
    client: httpx2.AsyncClient,
    name: str,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    azure_endpoint: str | None = None,
    api: Literal["responses", "chat"] = "responses",
    timeout: float = 300.0,
) -> TheirModel:
    """A pydantic-ai model whose only way to the network is `client`, the boundary's.

    It stores nothing upstream, says nothing about this machine in its headers, and its SDK does
    not retry. Wrap it: `FromPydanticAI(through(client, "gpt-5.4", api_key=…), zone=Zone.CLOUD,
    boundary=client)`.
    """
    _need_extra()
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    from doorstep.models._openai import Line

    line = Line(
        name,
        client=client,
        api_key=api_key,
        base_url=base_url,
        azure_endpoint=azure_endpoint,
        timeout=timeout,
    )
    provider = OpenAIProvider(openai_client=line.sdk())
    if api == "responses":
        return OpenAIResponsesModel(name, provider=provider)
    # Else an answer that broke off would pass for a whole one.
    strict = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    return OpenAIChatModel(name, provider=provider, profile=strict)


def as_pydantic_ai(model: Model) -> TheirModel:
    """`model`, or a pattern, as a pydantic-ai `Model`: whole and streamed, text and typed output.

    Typed output is prompted, or native where `model.way` is; our models call no tools, so an
    agent with tools, or with output by tool, is refused (BadInput). Our errors come out as ours.
    """
    _need_extra()
    from doorstep.models._as_pydantic_ai import AsPydanticAI

    return AsPydanticAI(model)


def quiet() -> InstrumentationSettings:
    """Settings for an agent's `instrument`: spans with times and tokens, without content."""
    _need_extra()
    from pydantic_ai.models.instrumented import InstrumentationSettings

    return InstrumentationSettings(include_content=False)


def _need_extra() -> None:
    if find_spec("pydantic_ai") is None:
        raise ModelUnavailable(
            "pydantic-ai is an extra that is not installed.",
            hint="Run: pip install 'doorstep[pydantic-ai]'",
        )


def _unwrapped(inner: TheirModel) -> TheirModel:
    """`inner` without instrumentation: its spans could hold content."""
    from pydantic_ai.models.instrumented import InstrumentedModel

    while isinstance(inner, InstrumentedModel):
        inner = inner.wrapped
    return inner


def _check_zone(
    inner: TheirModel, name: str, zone: Zone, reason: str, boundary: httpx2.AsyncClient | None
) -> None:
    if zone is Zone.HOME:
        if not reason:
            raise ZoneError(f"{name} cannot be at home without a reason.")
        if boundary is not None:
            raise ConfigError(
                f"{name} is at home: it does not go through the boundary.",
                hint="Leave the boundary out, or say that it is in the cloud.",
            )
        return
    # The SDKs of OpenAI and Anthropic keep the HTTP client that they were given as `_client`.
    used = getattr(getattr(inner, "client", None), "_client", None)
    if boundary is None or used is not boundary:
        raise ZoneError(
            f"{name} has a way to the cloud that is not the boundary's.",
            hint="Build it with through(client, …) and pass boundary=client.",
        )
    from doorstep.models._openai import must_pass_the_boundary

    must_pass_the_boundary(used, name)


def _settings(options: Options) -> dict[str, object]:
    wanted: dict[str, object] = {
        "temperature": options.temperature,
        "max_tokens": options.max_tokens,
        "seed": options.seed,
        "thinking": False if options.effort == "none" else options.effort,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _theirs(messages: Sequence[Message]) -> Iterator[ModelMessage]:
    from pydantic_ai.messages import (
        ModelRequest,
        ModelResponse,
        SystemPromptPart,
        TextPart,
        UserPromptPart,
    )

    for message in messages:
        match message.role:
            case "system":
                yield ModelRequest(parts=[SystemPromptPart(message.text)])
            case "user":
                yield ModelRequest(parts=[UserPromptPart(message.text)])
            case "assistant":
                yield ModelResponse(parts=[TextPart(message.text)])


def _text_in(event: object) -> str:
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""
