"""Which upstreams the gateway has, and which cloud its patterns have then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from doorstep._errors import ConfigError
from doorstep.assemble.clouds import OPENAI_URL, STAND_IN, origin_of
from doorstep.config import Settings, UpstreamSettings
from doorstep.gateway.secret import checked, upstream_key
from doorstep.gateway.upstreams import Upstream
from doorstep.models.zone import is_loopback

OPENAI_KEY = "OPENAI_API_KEY"  # the variable's name
ROUTES = ("/chat/completions", "/responses", "/models", "/embeddings")  # what clients add
EXAMPLE = "For example: https://api.openai.com/v1"
AZURE_KEY = "AZURE_OPENAI_API_KEY"


def upstreams_of(settings: Settings, environ: Mapping[str, str]) -> tuple[Upstream, ...]:
    """Those of the settings; where there are none, the cloud of the settings, if it has a key."""
    given = settings.gateway.upstreams
    if given:
        found = [_upstream(one, f"upstream-{n}", environ) for n, one in enumerate(given, 1)]
    else:
        found = _of_cloud(settings, environ)
    names = [one.name for one in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigError(
            f"Two upstreams have the name {min(twice)}.",
            hint="Give each [[gateway.upstreams]] a name of its own.",
        )
    return tuple(found)


def with_upstreams(settings: Settings, urls: tuple[str, ...], key: str | None) -> Settings:
    """The settings with these upstreams instead of theirs, all with the key of OpenAI's variable
    if that is set; other names of models mean mask/NAME then.
    """
    if not urls:
        return settings
    name = OPENAI_KEY if key else ""
    own = tuple(_given(url, name) for url in dict.fromkeys(urls))
    gateway = settings.gateway.model_copy(update={"upstreams": own, "unknown": "mask"})
    return settings.model_copy(update={"gateway": gateway})


def cloud_of(
    settings: Settings, environ: Mapping[str, str], upstreams: tuple[Upstream, ...]
) -> tuple[Settings, Mapping[str, str]]:
    """Settings and environment in which the patterns have a cloud: their own, else the first
    upstream."""
    cloud = settings.cloud
    has_own = cloud.base_url or (cloud.azure_endpoint and environ.get(AZURE_KEY))
    from_tables = settings.gateway.unknown == "refuse" and environ.get(OPENAI_KEY)
    if has_own or from_tables or cloud.model == STAND_IN or not upstreams:
        return settings, environ
    first = upstreams[0]
    cloud = cloud.model_copy(update={"base_url": first.url})
    key = {OPENAI_KEY: first.key or "none"}
    return settings.model_copy(update={"cloud": cloud}), {**environ, **key}


def stands_in(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether a stand-in plays the patterns' cloud, because none is configured or by choice."""
    cloud = settings.cloud
    configured = cloud.base_url or environ.get(OPENAI_KEY)
    configured = configured or (cloud.azure_endpoint and environ.get(AZURE_KEY))
    return cloud.model == STAND_IN or (cloud.model == "auto" and not configured)


def _upstream(given: UpstreamSettings, name: str, environ: Mapping[str, str]) -> Upstream:
    name = given.name or name
    try:
        url = _usable(given.url.rstrip("/"))
        key = upstream_key(given.key_env, given.key_file, environ)
    except ConfigError as error:
        message = f"The upstream {name} cannot be used. {error.message}"
        raise ConfigError(message, hint=error.hint) from None
    return Upstream(name, url, key, given.weight, given.models)


def _given(url: str, key_env: str) -> UpstreamSettings:
    try:
        return UpstreamSettings(url=url, key_env=key_env)
    except ValidationError:
        raise ConfigError("--upstream is no URL.", hint=EXAMPLE) from None


def _usable(url: str) -> str:
    """The URL, if it can be one of an upstream; ConfigError otherwise."""
    origin_of(url)
    if "?" in url or "#" in url:
        raise ConfigError("Its URL must end with its path, for example /v1.")
    if route := next((route for route in ROUTES if url.endswith(route)), ""):
        raise ConfigError(f"Its URL must end before {route}.", hint=EXAMPLE)
    return url


def _of_cloud(settings: Settings, environ: Mapping[str, str]) -> list[Upstream]:
    cloud = settings.cloud
    azure, openai = environ.get(AZURE_KEY), environ.get(OPENAI_KEY)
    if cloud.model == STAND_IN:
        return []
    if cloud.azure_endpoint and azure:
        base = cloud.azure_endpoint.rstrip("/") + "/openai/v1"
        return [_keyed("azure", base, azure, AZURE_KEY)]
    if cloud.base_url:
        if not openai and not is_loopback(cloud.base_url):
            raise ConfigError(
                f"There is no key for {origin_of(cloud.base_url)}.", hint="Set OPENAI_API_KEY."
            )
        return [_keyed("cloud", cloud.base_url.rstrip("/"), openai or "", OPENAI_KEY)]
    return [_keyed("openai", OPENAI_URL, openai, OPENAI_KEY)] if openai else []


def _keyed(name: str, url: str, key: str, variable: str) -> Upstream:
    origin_of(url)
    one = Upstream(name, url)
    return replace(one, key=checked(key, variable)) if key else one
