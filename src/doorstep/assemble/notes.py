"""What an operator should know of a gateway: who is asked, who may ask, what is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from doorstep._errors import ConfigError
from doorstep.config import Settings
from doorstep.gateway.guard import is_local
from doorstep.gateway.secret import TOKEN, token
from doorstep.gateway.upstreams import SET_UPSTREAM, Upstream

NAMES_MISSED = (
    "Names of people and places are masked only where they are declared (boundary.private) or "
    'looked for (boundary.level = "names").'
)


def token_of(settings: Settings, environ: Mapping[str, str]) -> str:
    """What clients have to send, "" where nothing. ConfigError where other machines could ask."""
    given = settings.gateway
    secret = token(environ, given.token_file)
    if not secret and not is_local(given.host):
        raise ConfigError(
            "Without a token the gateway listens to this machine only, not at "
            f"{given.host or 'every address'}.",
            hint=f"Set {TOKEN}, or give --token-file.",
        )
    return secret


def notes(settings: Settings, upstreams: Sequence[Upstream], token: bool) -> list[str]:
    """A line each."""
    lines = [_upstream(one) for one in upstreams]
    if not upstreams:
        lines.append(f"mask/NAME goes nowhere: there is no upstream. {SET_UPSTREAM}")
    if upstreams and settings.gateway.unknown == "mask":
        lines.append("A model's name that is none of ours means mask/NAME.")
    lines.append(
        "A token is asked for: clients send it as their API key."
        if token
        else "No token is asked for: every program of this machine may ask."
    )
    if settings.boundary.level == "rules":
        lines.append(NAMES_MISSED)
    return lines


def _upstream(one: Upstream) -> str:
    only = "" if one.models == ("*",) else f", for {', '.join(one.models)}"
    key = "with a key" if one.key else "without a key"
    path = "" if urlsplit(one.url).path.strip("/") else "; without a path such as /v1 in it"
    return f"mask/NAME goes to {one.name}: {one.url} ({key}{only}{path})."
