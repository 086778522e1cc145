"""Which cloud a run has: Azure OpenAI, OpenAI, any compatible server, or a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from doorstep._errors import ConfigError
from doorstep.config import CloudSettings, Settings
from doorstep.models.base import Model
from doorstep.models.stand_in_server import StandInServer
from doorstep.models.zone import is_loopback

if TYPE_CHECKING:
    import httpx2

CLOUD_MODEL = "gpt-5.4"
OPENAI_URL = "https://api.openai.com/v1"
STAND_IN = "stand-in"
STANDS_IN_CLOUD = "cloud: a local server with an exact solver instead of a cloud model"
SET_CLOUD = (
    "set OPENAI_API_KEY (or AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY, or OPENAI_BASE_URL)"
)


def model_of(settings: Settings) -> str:
    """The name of the cloud's model, where no stand-in plays it."""
    return CLOUD_MODEL if settings.cloud.model == "auto" else settings.cloud.model


@dataclass(frozen=True, slots=True)
class StandIn:
    """The server that plays the cloud where there is none; `says` is what it stands in for."""

    server: Callable[[], StandInServer]
    says: str


@dataclass(frozen=True, slots=True)
class ChosenCloud:
    """The cloud side of a run: `build` makes the model on the boundary's client."""

    name: str
    origin: str  # the only destination that the boundary lets through
    why: str
    build: Callable[[httpx2.AsyncClient], Model]
    stand_in: str = ""


async def choose_cloud(
    settings: Settings,
    environ: Mapping[str, str],
    stack: AsyncExitStack,
    stand_in: StandIn | None = None,
) -> ChosenCloud:
    """`auto` takes Azure, OpenAI or the base URL that is configured, else the stand-in (without
    another one: the household's).
    """
    stand_in = stand_in or household_stand_in()
    cloud = settings.cloud
    if not cloud.model.strip():
        raise ConfigError("cloud.model names no model.", hint="Give a name, or auto.")
    azure_key, key = environ.get("AZURE_OPENAI_API_KEY"), environ.get("OPENAI_API_KEY")
    name = model_of(settings)
    if cloud.model == STAND_IN:
        return await _stood_in(stand_in, stack, "asked for")
    if cloud.azure_endpoint and azure_key:
        base = cloud.azure_endpoint.rstrip("/") + "/openai/v1"
        _sendable("AZURE_OPENAI_API_KEY", azure_key)
        return _server(cloud, name, base, azure_key, "Azure OpenAI is configured", "responses")
    _sendable("OPENAI_API_KEY", key or "")
    if cloud.base_url:
        return _server(cloud, name, cloud.base_url, key, "a base URL is configured", "chat")
    if key:
        return _server(cloud, name, OPENAI_URL, key, "OPENAI_API_KEY is set", "responses")
    if cloud.model == "auto":
        return await _stood_in(stand_in, stack, "no cloud key is set")
    raise ConfigError(f"There is no key for the cloud model {name}.", hint=f"First {SET_CLOUD}.")


def _server(
    cloud: CloudSettings, name: str, base: str, key: str | None, why: str, usual: str
) -> ChosenCloud:
    origin = origin_of(base)
    if key is None and not is_loopback(base):
        raise ConfigError(f"There is no key for {origin}.", hint="Set OPENAI_API_KEY.")
    chat = (usual if cloud.api == "auto" or base == OPENAI_URL else cloud.api) == "chat"
    openai = origin == origin_of(OPENAI_URL)

    def build(client: httpx2.AsyncClient) -> Model:
        from doorstep.models.openai_chat import OpenAIChat
        from doorstep.models.openai_responses import OpenAIResponses

        adapter = OpenAIChat if chat and not openai else OpenAIResponses
        return adapter(
            name,
            client=client,
            api_key=key or "none",
            base_url=base,
            effort=cloud.effort,
            timeout=cloud.timeout_s,
        )

    return ChosenCloud(name, origin, why, build)


def household_stand_in() -> StandIn:
    """The one that solves the household's problem."""
    from doorstep.household.stand_in import StandInCloud

    return StandIn(StandInCloud, STANDS_IN_CLOUD)


async def _stood_in(stand_in: StandIn, stack: AsyncExitStack, why: str) -> ChosenCloud:
    server = await stack.enter_async_context(stand_in.server())

    def build(client: httpx2.AsyncClient) -> Model:
        from doorstep.models.openai_responses import OpenAIResponses

        model = OpenAIResponses(
            server.model, client=client, api_key=server.key, base_url=server.base_url
        )
        model.stand_in = stand_in.says
        return model

    origin = origin_of(server.base_url)
    return ChosenCloud(server.model, origin, why, build, stand_in.says)


def _sendable(variable: str, key: str) -> None:
    """A key goes into a header; a line end that came along with it would break the request."""
    if not key.isascii() or any(c.isspace() or not c.isprintable() for c in key):
        raise ConfigError(
            f"The key in {variable} cannot be sent: it has a blank, a line end or a letter "
            "outside ASCII in it.",
            hint="Copy it again.",
        )


def _parts(url: str) -> tuple[SplitResult, int]:
    """The address and its port, 0 where it gives none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ConfigError(
            "The cloud's address cannot be used: its port or its brackets are wrong.",
            hint="It looks like https://host/v1 or https://host:port/v1.",
        )
    if "@" in parts.netloc or any(c.isspace() for c in url):
        raise ConfigError(
            "The cloud's address has a blank or a user name in it.",
            hint="It looks like https://host/v1; a key goes in OPENAI_API_KEY.",
        )
    return parts, port or 0


def origin_of(url: str) -> str:
    """scheme://host:port. Plain http may only stay on this machine: a key travels in it."""
    parts, given = _parts(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError("The cloud's address must begin with https://.")
    if parts.scheme == "http" and not is_loopback(url):
        raise ConfigError(
            f"{parts.hostname} would be called without encryption.", hint="Use https."
        )
    port = given or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"
