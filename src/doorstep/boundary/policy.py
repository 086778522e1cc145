"""What the household allows: where requests may go, how large, and what a private value means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from doorstep._errors import ConfigError, DestinationRefused

OnPrivate = Literal["mask", "block"]
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that hold for every request through a door.

    `destinations`: origins (scheme, host, port; a path is ignored) that may be reached; none
    means that nothing may leave. `on_private`: "mask" lets a clearance with `mask` (and a
    request without any clearance) go out sealed; "block" refuses every private value, whatever
    a clearance says. `deadline_s`: seconds that seal and gate may take together.
    `max_body_bytes`: the largest body that may leave.
    """

    destinations: tuple[str, ...] = ()
    on_private: OnPrivate = "mask"
    deadline_s: float = 5.0
    max_body_bytes: int = 4_000_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "destinations", tuple(origin(d) for d in self.destinations))
        if self.on_private not in ("mask", "block"):
            raise ConfigError("on_private must be mask or block.")
        if self.deadline_s <= 0 or self.max_body_bytes <= 0:
            raise ConfigError("deadline_s and max_body_bytes must be above zero.")

    def check_destination(self, url: str) -> str:
        """The origin of `url`, or DestinationRefused."""
        where = origin(url)
        if where not in self.destinations:
            raise DestinationRefused(
                f"{where} is not a destination that may be reached; nothing was sent.",
                hint="Add it to the destinations in doorstep.toml if you trust it.",
            )
        return where


def origin(url: str) -> str:
    """`https://Api.Example:443/v1` -> `https://api.example` (RFC 6454). ConfigError if none."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ConfigError("A destination is not a URL.") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host or parts.username or parts.password:
        raise ConfigError(
            "A destination must look like https://host or http://host:port, without a user name."
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port in (None, _PORTS[scheme]) else f":{port}")
