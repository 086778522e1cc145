"""What the household allows: where requests may go, how large, and what a private value means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from doorstep._errors import Blocked, ConfigError, DestinationRefused, KeepHome

OnPrivate = Literal["mask", "block"]
Do = Literal["allow", "mask", "ask", "home", "block"]  # from the mildest to the strictest
Opaque = Literal["block", "home", "allow"]
Words = Literal["any", "common"]
_ORDER: tuple[Do, ...] = get_args(Do)
_PER = 100_000  # bytes; a model reads them in two to three seconds
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with private values of `kinds` ("*": every kind) on their way to `to`.

    `to` is an origin, or "*". *mask*: a placeholder leaves in its place. *ask*: masked, and a
    person who sees exactly what would leave says yes. *home*: KeepHome is raised, and the
    question is for the home model. *block*: nothing leaves. *allow*: it leaves as it is.
    """

    kinds: tuple[str, ...] = ("*",)
    to: str = "*"
    do: Do = "mask"

    def __post_init__(self) -> None:
        if self.do not in _ORDER:
            raise ConfigError(f"A rule's do must be one of {', '.join(_ORDER)}.")
        if isinstance(self.kinds, str) or not self.kinds:
            raise ConfigError('A rule needs a list of kinds, for example ("person",) or ("*",).')
        if self.to != "*":
            object.__setattr__(self, "to", origin(self.to))

    def holds(self, kind: str, where: str) -> bool:
        return self.to in ("*", where) and ("*" in self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that hold for every request through a door.

    `destinations`: origins (scheme, host, port; a path is ignored) that may be reached; none means
    that nothing may leave. `rules`: the first that holds for a kind and a destination counts; where
    none does, `on_private`: "mask" lets a clearance with `mask` (and a request without any
    clearance) go out sealed; "block" refuses every private value, whatever a clearance says. A
    clearance without `mask` refuses what a rule would mask or allow. `opaque`: what to do with a
    request that holds images, sounds or files, at which nobody can look; "home": KeepHome is
    raised. `words`: "common" lets out common words, quantities, placeholders and `approved` words
    only. `deadline_s`: seconds that seal and gate may take together for a body of up to 100 kB, and
    for each 100 kB more; `ask_timeout_s`: that a person may take. `max_body_bytes`: the largest
    body that may leave.
    """

    destinations: tuple[str, ...] = ()
    on_private: OnPrivate = "mask"
    deadline_s: float = 5.0
    max_body_bytes: int = 4_000_000
    rules: tuple[Rule, ...] = ()
    opaque: Opaque = "block"
    words: Words = "any"
    approved: tuple[str, ...] = ()
    ask_timeout_s: float = 300.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "destinations", tuple(origin(d) for d in self.destinations))
        for name, choices in (("on_private", OnPrivate), ("opaque", Opaque), ("words", Words)):
            if getattr(self, name) not in get_args(choices):
                raise ConfigError(f"{name} must be {' or '.join(get_args(choices))}.")
        if min(self.deadline_s, self.max_body_bytes, self.ask_timeout_s) <= 0:
            raise ConfigError("deadline_s, ask_timeout_s and max_body_bytes must be above zero.")
        if self.approved and self.words == "any":
            raise ConfigError("approved words need words = common.")
        if lost := [r.to for r in self.rules if r.to not in ("*", *self.destinations)]:
            raise ConfigError(
                f"A rule is for {lost[0]}, which is not among the destinations.",
                hint="Add it to the destinations, or take the rule away.",
            )

    def deadline(self, size: int) -> float:
        """Seconds for the check of a body of `size` bytes: what is longer takes longer."""
        return self.deadline_s * max(1, -(-size // _PER))

    def check_destination(self, url: str) -> str:
        """The origin of `url`, or DestinationRefused."""
        where = origin(url)
        if where not in self.destinations:
            raise DestinationRefused(
                f"{where} is not a destination that may be reached; nothing was sent.",
                hint="Add it to the destinations in doorstep.toml if you trust it.",
            )
        return where

    def verdict(self, kind: str, where: str, *, mask: bool = True) -> Do:
        """What to do with a value of `kind` on its way to `where`.

        `mask`: whether the clearance lets values be masked; it can only make this stricter.
        """
        does = next((rule.do for rule in self.rules if rule.holds(kind, where)), None)
        chosen: Do = does or self.on_private
        return chosen if mask or chosen in ("home", "block") else "block"


def strictest(verdicts: Iterable[Do]) -> Do:
    """The strictest of several; "allow" where there is none."""
    return max(verdicts, key=_ORDER.index, default="allow")


def refuse(verdict: Do, kinds: Counter[str]) -> None:
    """Raise what a verdict of "home" or "block" means; kinds and counts, no values."""
    if verdict not in ("home", "block"):
        return
    said = ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items()))
    if verdict == "home":
        raise KeepHome(
            f"Private values have to stay home: {said}; nothing was sent.",
            kinds=tuple(sorted(kinds)),
            hint="Let the home model answer, or change the policy's rules.",
        )
    raise Blocked(
        f"Private values were about to leave: {said}; nothing was sent.",
        kinds=tuple(sorted(kinds)),
        hint="See what would have left with --dry-run.",
    )


def origin(url: str) -> str:
    """`https://Api.Example:443/v1` -> `https://api.example` (RFC 6454). ConfigError if none."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ConfigError(
            "A destination is not a URL.", hint="It looks like https://host or http://host:port."
        ) from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host or parts.username or parts.password:
        raise ConfigError(
            "A destination must look like https://host or http://host:port, without a user name."
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port in (None, _PORTS[scheme]) else f":{port}")
