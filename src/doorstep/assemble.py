"""From settings to the parts of a run: which home, which cloud, and the boundary between."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from doorstep._errors import ConfigError, ModelError, ZoneError
from doorstep._values import Usage
from doorstep.boundary import Boundary, Ledger, Policy, Rule
from doorstep.boundary.detect import Detector
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.detect.levels import Level, describe, detectors
from doorstep.config import CloudSettings, Settings
from doorstep.household.home import Home, ModelHome, RulesHome
from doorstep.models.base import Model
from doorstep.models.zone import is_loopback

if TYPE_CHECKING:
    import httpx2

HOME_MODELS = ("gemma4:e4b", "gemma4:e2b")
CLOUD_MODEL = "gpt-5.4"
HOME_TOKENS = 1024  # an answer of a home model in this process; a small one may not find its end
OPENAI_URL = "https://api.openai.com/v1"
RULES, STAND_IN = "builtin", "stand-in"
STANDS_IN_CLOUD = "cloud: a local server with an exact solver instead of a cloud model"
SET_HOME = f"start Ollama and run `ollama pull {HOME_MODELS[0]}`"
SET_CLOUD = (
    "set OPENAI_API_KEY (or AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY, or OPENAI_BASE_URL)"
)


@dataclass(frozen=True, slots=True)
class ChosenHome:
    """The home side of a run. `model` is None for the built-in rules; `why` it was chosen."""

    home: Home
    model: Model | None
    zone_reason: str
    why: str


@dataclass(frozen=True, slots=True)
class ChosenCloud:
    """The cloud side of a run: `build` makes the model on the boundary's client."""

    name: str
    origin: str  # the only destination that the boundary lets through
    why: str
    build: Callable[[httpx2.AsyncClient], Model]
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is made of."""

    home: ChosenHome
    cloud: ChosenCloud
    cloud_model: Model
    boundary: Boundary
    declared: tuple[str, ...]
    run: str


@asynccontextmanager
async def assemble(
    settings: Settings, environ: Mapping[str, str] | None = None, *, dry_run: bool = False
) -> AsyncIterator[Parts]:
    """Open everything a run needs, and close it again. Raises `DoorstepError`."""
    environ = os.environ if environ is None else environ
    async with AsyncExitStack() as stack:
        home = await choose_home(settings, stack)
        cloud = await choose_cloud(settings, environ, stack)
        ledger = stack.enter_context(Ledger(settings.ledger_path()))
        boundary = Boundary(
            ledger=ledger,
            policy=policy_of(settings, cloud.origin),
            key=secrets.token_bytes(32),
            detectors=layers_of(settings, settings.boundary.level).detectors,
            dry_run=dry_run,
        )
        client = await stack.enter_async_context(boundary.client(timeout=settings.cloud.timeout_s))
        run = secrets.token_hex(8)
        yield Parts(home, cloud, cloud.build(client), boundary, settings.boundary.private, run)


def policy_of(settings: Settings, *destinations: str) -> Policy:
    """The settings' rules for `destinations`. ConfigError where a rule is for another origin."""
    boundary = settings.boundary
    return Policy(
        destinations=destinations,
        rules=tuple(Rule(rule.kinds, rule.to, rule.do) for rule in boundary.rules),
        words=boundary.words,
        approved=boundary.approved,
        opaque=boundary.opaque,
        deadline_s=boundary.deadline_s,
    )


@dataclass(frozen=True, slots=True)
class Layers:
    """The detection layers of a level; `names` says them in words for people."""

    detectors: tuple[Detector, ...]
    level: str
    names: tuple[str, ...]
    declared: Declared


def layers_of(settings: Settings, level: Level) -> Layers:
    """The layers of `level`, with what the settings declare and allow."""
    boundary = settings.boundary
    declared = Declared(
        boundary.private,
        patterns=boundary.patterns,
        fields=boundary.fields,
        allow=boundary.allow,
    )
    found = detectors(level, declared=declared)
    return Layers(found, level, tuple(describe(level, declared=declared)), declared)


def price_of(settings: Settings) -> Callable[[Model, Usage], Decimal | None]:
    """What a call costs in US dollars; None where nobody knows."""

    def cost(model: Model, usage: Usage) -> Decimal | None:
        from doorstep.models import prices

        price = settings.cloud.price
        own = prices.Price(Decimal(str(price.input)), Decimal(str(price.output))) if price else None
        return prices.cost(
            model.name,
            getattr(model, "endpoint", None),
            usage,
            overrides={model.name: own} if own else None,
        )

    return cost


async def choose_home(settings: Settings, stack: AsyncExitStack) -> ChosenHome:
    """`auto` takes an Ollama that is proved home and has a model we know, else the rules."""
    spec = settings.home.model
    if spec == RULES:
        return _rules("asked for")
    if spec.startswith("gguf:"):
        return _embedded(Path(spec.removeprefix("gguf:")), settings, stack)
    if spec != "auto":
        return await _ollama(spec.removeprefix("ollama:"), settings, stack, "asked for")
    return await _home_by_itself(settings, stack)


async def _home_by_itself(settings: Settings, stack: AsyncExitStack) -> ChosenHome:
    why = ""
    for name in HOME_MODELS:
        try:
            return await _ollama(name, settings, stack, "found on Ollama")
        except (ModelError, ZoneError) as error:
            why = why or error.message
    return _rules(why)


async def _ollama(name: str, settings: Settings, stack: AsyncExitStack, why: str) -> ChosenHome:
    from doorstep.models.ollama import Ollama

    model = await Ollama.connect(
        name,
        host=settings.home.host,
        num_ctx=settings.home.context_tokens,
        timeout=settings.home.timeout_s,
        trusted_hosts=settings.home.trusted_hosts,
    )
    stack.push_async_callback(model.aclose)
    return ChosenHome(ModelHome(model), model, model.zone_reason, why)


def _embedded(path: Path, settings: Settings, stack: AsyncExitStack) -> ChosenHome:
    from doorstep.models.embedded import Embedded

    model = Embedded(path, max_output_tokens=HOME_TOKENS)
    stack.push_async_callback(model.aclose)
    return ChosenHome(ModelHome(model), model, model.zone_reason, "asked for")


def _rules(why: str) -> ChosenHome:
    return ChosenHome(RulesHome(), None, "in this process, no model", why)


async def choose_cloud(
    settings: Settings, environ: Mapping[str, str], stack: AsyncExitStack
) -> ChosenCloud:
    """`auto` takes Azure, OpenAI or the base URL that is configured, else the stand-in."""
    cloud = settings.cloud
    azure_key, key = environ.get("AZURE_OPENAI_API_KEY"), environ.get("OPENAI_API_KEY")
    name = CLOUD_MODEL if cloud.model == "auto" else cloud.model
    if cloud.model == STAND_IN:
        return await _stand_in(stack, "asked for")
    if cloud.azure_endpoint and azure_key:
        base = cloud.azure_endpoint.rstrip("/") + "/openai/v1"
        return _server(cloud, name, base, azure_key, "Azure OpenAI is configured", "responses")
    if cloud.base_url:
        return _server(cloud, name, cloud.base_url, key, "a base URL is configured", "chat")
    if key:
        return _server(cloud, name, OPENAI_URL, key, "OPENAI_API_KEY is set", "responses")
    if cloud.model == "auto":
        return await _stand_in(stack, "no cloud key is set")
    raise ConfigError(f"There is no key for the cloud model {name}.", hint=f"First {SET_CLOUD}.")


def _server(
    cloud: CloudSettings, name: str, base: str, key: str | None, why: str, usual: str
) -> ChosenCloud:
    origin = _origin(base)
    if key is None and not is_loopback(base):
        raise ConfigError(f"There is no key for {origin}.", hint="Set OPENAI_API_KEY.")
    chat = (usual if cloud.api == "auto" or base == OPENAI_URL else cloud.api) == "chat"
    openai = origin == _origin(OPENAI_URL)

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


async def _stand_in(stack: AsyncExitStack, why: str) -> ChosenCloud:
    from doorstep.household.stand_in import StandInCloud

    server = await stack.enter_async_context(StandInCloud())

    def build(client: httpx2.AsyncClient) -> Model:
        from doorstep.models.openai_responses import OpenAIResponses

        model = OpenAIResponses(
            server.model, client=client, api_key=server.key, base_url=server.base_url
        )
        model.stand_in = STANDS_IN_CLOUD
        return model

    origin = _origin(server.base_url)
    return ChosenCloud(server.model, origin, why, build, STANDS_IN_CLOUD)


def _origin(url: str) -> str:
    """scheme://host:port. Plain http may only stay on this machine: a key travels in it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError("The cloud's address must begin with https://.")
    if parts.scheme == "http" and not is_loopback(url):
        raise ConfigError(
            f"{parts.hostname} would be called without encryption.", hint="Use https."
        )
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"
