"""What the ledger gives to who looks at it: frozen values. Times are UTC, ISO 8601."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from doorstep._errors import LedgerError
from doorstep._values import Crossing
from doorstep.boundary.chain import UNREADABLE, State


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One crossing and what became of it. `state` "open" means that no result was written: the
    process ended first, and the request may or may not have left. `kept` is its body, None where
    it is no longer there; `dropped` says since when its owner dropped it."""

    id: int
    at: str
    run: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    kept: bytes | None
    sha256: str
    verdict: str
    found: Mapping[str, int]
    state: State = "open"
    status: int | None = None
    reply_bytes: int = 0
    dropped: str = ""

    @property
    def body(self) -> bytes:
        """LedgerError where it is no longer there."""
        if self.kept is None:
            raise LedgerError(f"{gone(self.id, self.dropped)}.", hint=_MISSING[not self.dropped])
        return self.kept

    @property
    def size(self) -> int | None:
        """Bytes of the body; None where it was dropped and no header says it."""
        return _size(None if self.kept is None else len(self.kept), self.headers)

    @property
    def origin(self) -> str:
        return origin_of(self.url)

    @property
    def approved(self) -> bool:
        """Whether a person saw this request and said yes before it left."""
        return self.verdict in ("ask", "remembered")

    @property
    def crossing(self) -> Crossing:
        return Crossing(self.id, self.url, self.body.decode(), self.sha256, self.verdict)


_MISSING = ("Its hash is still in the chain.", "Run doorstep ledger verify.")


def gone(id: int, dropped: str) -> str:
    """What to say in place of a body: "The body of crossing 3 was dropped on 2026-11-23"."""
    if not dropped:
        return f"The body of crossing {id} is missing, and no row says that it was dropped"
    return f"The body of crossing {id} was dropped on {dropped[:10]}"


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """A crossing without its headers and body. `size`: bytes that left, None where the body was
    dropped and no header says it; `kept`: whether the body is still there."""

    id: int
    at: str
    run: str
    method: str
    url: str
    sha256: str
    verdict: str
    found: Mapping[str, int]
    size: int | None
    kept: bool
    state: State = "open"
    status: int | None = None
    reply_bytes: int = 0

    @property
    def origin(self) -> str:
        return origin_of(self.url)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which crossings: "" and None are all of them. `day` is one of UTC, as the rows'
    times are. `ids`: none but these."""

    origin: str = ""
    verdict: str = ""
    state: str = ""
    day: date | None = None
    run: str = ""
    ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Some crossings, newest first; those below `next` (None: there are none) are still to come.
    `count`: how many there are in all, None where that was not counted."""

    rows: tuple[Summary, ...]
    next: int | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many crossings, and their bytes; `unknown`: of how many the size is not known."""

    crossings: int = 0
    bytes: int = 0
    unknown: int = 0
    reply_bytes: int = 0
    by_origin: Mapping[str, int] = field(default_factory=dict)
    by_verdict: Mapping[str, int] = field(default_factory=dict)
    by_state: Mapping[str, int] = field(default_factory=dict)

    @property
    def not_sent(self) -> int:
        return self.by_state.get("not sent", 0)


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, sorted."""

    origins: tuple[str, ...]
    verdicts: tuple[str, ...]
    states: tuple[str, ...]


def entry(
    number: int, at: str, data: str, body: bytes | None, result: str | None, dropped: str
) -> Entry:
    """From the columns of the two rows; LedgerError where they cannot be read."""
    try:
        if not isinstance(body, bytes | None):  # somebody wrote something else there
            raise TypeError
        known, after = _known(data, result)
        headers = tuple((name, value) for name, value in known.pop("headers"))
        return Entry(
            id=number, at=at, headers=headers, kept=body, dropped=dropped, **known, **after
        )
    except UNREADABLE:
        raise _unreadable(number) from None


def summary(number: int, at: str, data: str, size: int | None, result: str | None) -> Summary:
    """The same; `size` is None where there is no body."""
    try:
        known, after = _known(data, result)
        headers = known.pop("headers")
        kept = size is not None
        return Summary(id=number, at=at, size=_size(size, headers), kept=kept, **known, **after)
    except UNREADABLE:
        raise _unreadable(number) from None


def _known(data: str, result: str | None) -> tuple[dict, dict]:  # type: ignore[type-arg]
    known, after = json.loads(data), json.loads(result) if result else {}
    if not isinstance(known["found"], dict) or not isinstance(known["url"], str):
        raise TypeError
    return known, after


def _unreadable(number: int) -> LedgerError:
    return LedgerError(f"Crossing {number} cannot be read.", hint="Run doorstep ledger verify.")


def _size(kept: int | None, headers: object) -> int | None:
    """What a request says of its own length (RFC 9110, 8.6) is all that is left of it."""
    if kept is not None or not isinstance(headers, list | tuple):
        return kept
    said = next((value for name, value in headers if name == "content-length"), "")
    return int(said) if isinstance(said, str) and said.isdecimal() else None


def origin_of(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
