"""What the relay needs of the boundary: one request out, a restored reply back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

Headers = tuple[tuple[str, str], ...]


class Coming(Protocol):
    """A reply that has begun, restored as it is read. Header names are lower case. Close it, read
    or not: what is not read then is not waited for.

    `crossing` is the ledger's id of the request, `verdict` what was decided, `found` how many
    private values of each kind were masked in it, `sent` its bytes.
    """

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def crossing(self) -> int: ...

    @property
    def verdict(self) -> str: ...

    @property
    def found(self) -> Mapping[str, int]: ...

    @property
    def sent(self) -> int: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def close(self) -> None: ...


class Way(Protocol):
    """The boundary's door."""

    async def send(self, url: str, headers: Headers, body: bytes, *, scope: str) -> Coming:
        """Raises BoundaryError where nothing may leave; ModelUnavailable where nobody could be
        reached, ModelTimeout where no reply began in time, ReplyBroken where it broke off before.
        """
        ...
