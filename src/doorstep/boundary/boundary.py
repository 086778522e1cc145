"""The boundary as one object: give it a ledger, a policy and a key, take clients from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Protocol

import httpx2

from doorstep._errors import BoundaryError, ConfigError
from doorstep.boundary.approval import Approve, Standing
from doorstep.boundary.check import Checker
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector
from doorstep.boundary.door import Door
from doorstep.boundary.finder import Propagation
from doorstep.boundary.ledger import Ledger
from doorstep.boundary.lookout import Lookouts
from doorstep.boundary.passage import Passage
from doorstep.boundary.passing import Passing
from doorstep.boundary.policy import Policy
from doorstep.boundary.sync import SyncDoor
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Style, Vault

if TYPE_CHECKING:
    from doorstep.boundary.detect.declared import Scopes
    from doorstep.boundary.store import Store
    from doorstep.boundary.stream_door import Limits, StreamDoor

_REMEMBERED = 8


class Closable(Protocol):
    def close(self) -> None: ...


class BoundaryClient(httpx2.AsyncClient):
    """A client whose only way out is a door. Only `Boundary.client` makes one; whatever speaks to
    a cloud asks for it by this type, so that a client of another making is an error, not a leak.
    """


class SyncBoundaryClient(httpx2.Client):
    """The same for programs that do not await. Only `Boundary.sync_client` makes one."""


class Boundary:
    """The only way to a cloud.

    `key`: 16 bytes or more, from which placeholders are derived; keep it, and they stay the same.
    `detectors`: what finds private text that nobody declared; the terms of `Declared` ones are
    looked for at the gate, too. `scopes`: what is declared for everybody, and for single scopes;
    the detectors need no `Declared` then. `propagate`: parts of the values that detectors found
    (the last name of a person) are looked for, too. `remember`: how many values found in a scope's
    requests are looked for in its later ones; 0 for none. `approve`: asked where a rule of the
    policy says *ask*. `standing`: what a person said once for all later requests. `style`
    "surrogate" puts realistic values in the place of private ones. `store` keeps what stands for
    what, encrypted. `mask_reply`: private values that the cloud brings up by itself are hidden in
    its replies. `dry_run`: everything but recording and sending.
    `owned`: what `close` closes.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        policy: Policy | None = None,
        key: bytes,
        detectors: Sequence[Detector] = (),
        scopes: Scopes | None = None,
        dry_run: bool = False,
        approve: Approve | None = None,
        standing: Standing | None = None,
        propagate: Propagation | bool = True,
        remember: int = 20_000,
        style: Style = "placeholder",
        store: Store | None = None,
        mask_reply: bool = False,
        owned: Sequence[Closable] = (),
    ) -> None:
        self._ledger = ledger
        self._policy = policy = policy or Policy()
        self._owned = tuple(owned)
        self._checker = Checker(
            policy,
            key,
            Lookouts(detectors, policy, scopes=scopes, propagate=propagate, remember=remember),
            remember=remember,
            vault=lambda scope: Vault(key, scope=scope, style=style, store=store),
            mask_reply=mask_reply,
        )
        self._dry_run = dry_run
        self._now: ContextVar[Passage | None] = ContextVar("doorstep_passage", default=None)
        self._passing = Passing(
            policy,
            self._checker,
            self._now.get,
            dry_run=dry_run,
            approve=approve,
            standing=standing,
        )
        self._matchers: dict[tuple[Term, ...], Matcher] = {}

    @property
    def policy(self) -> Policy:
        return self._policy

    @property
    def ledger(self) -> Ledger:
        return self._ledger

    @property
    def dry_run(self) -> bool:
        """Everything but recording and sending: what would leave comes back as `Held`."""
        return self._dry_run

    def close(self) -> None:
        """Close what this boundary owns (see `open_boundary`); clients are closed by themselves."""
        for thing in self._owned:
            thing.close()

    def __enter__(self) -> Boundary:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def client(
        self,
        *,
        scope: str = "",
        timeout: httpx2.Timeout | float | None = 600.0,
        inner: httpx2.AsyncBaseTransport | None = None,
    ) -> BoundaryClient:
        """A client whose every request goes through a door.

        No proxies from the environment (they would mount transports beside the door), no
        `.netrc`, no redirects followed. `scope`: whose requests these are (a user, a project),
        where the program has no `crossing` around them; see `Clearance.scope`.
        """
        return BoundaryClient(
            transport=self.door(inner, scope=scope),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
        )

    def sync_client(
        self,
        *,
        scope: str = "",
        timeout: httpx2.Timeout | float | None = 600.0,
        inner: httpx2.AsyncBaseTransport | None = None,
    ) -> SyncBoundaryClient:
        """The same client for programs that do not await."""
        return SyncBoundaryClient(
            transport=SyncDoor(self.door(inner, scope=scope)),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
        )

    def door(
        self, inner: httpx2.AsyncBaseTransport | None = None, *, scope: str = ""
    ) -> httpx2.AsyncBaseTransport:
        """A transport that lets nothing pass but what the boundary allows."""
        return Door(
            inner=inner or httpx2.AsyncHTTPTransport(trust_env=False),
            ledger=self._ledger,
            passing=self._passing,
            scope=scope,
        )

    def stream_door(self, limits: Limits | None = None) -> StreamDoor:
        """The second door, over `aiohttp`: bytes in, restored bytes out as they come, at little
        cost; for servers. Make it in the event loop that uses it, and close it. ConfigError where
        the extra `gateway` is not installed."""
        try:
            from doorstep.boundary.stream_door import StreamDoor
        except ImportError:
            raise ConfigError(
                "The gateway's door needs the package aiohttp.",
                hint="pip install 'doorstep[gateway]'",
            ) from None
        return StreamDoor(self._ledger, self._passing, limits)

    async def private_in(self, text: str, *, scope: str = "") -> tuple[Term, ...]:
        """What the detectors find in a text, and its parts that would be looked for elsewhere.

        Nothing is sent. Blocked where a detector fails or takes longer than the deadline.
        """
        seconds = self._policy.deadline(len(text))
        return await self._checker.within(seconds, lambda: self._checker.terms_in(text, scope))

    @contextmanager
    def crossing(self, clearance: Clearance) -> Iterator[Passage]:
        """While this holds, requests of this task go out under `clearance`.

        Client libraries wrap errors of their transport in their own; a refusal by the boundary
        comes out of here as itself.
        """
        passage = Passage(clearance, self._matcher(clearance.private))
        token = self._now.set(passage)
        try:
            yield passage
        except Exception as error:
            refusal = _refusal(error, passage)
            if refusal is None or refusal is error:
                raise
        else:
            return
        finally:
            self._reset(token)
        raise refusal

    def _matcher(self, terms: tuple[Term, ...]) -> Matcher:
        if terms not in self._matchers:
            while len(self._matchers) >= _REMEMBERED:
                self._matchers.pop(next(iter(self._matchers)))
            self._matchers[terms] = Matcher(terms)
        return self._matchers[terms]

    def _reset(self, token: Token[Passage | None]) -> None:
        # ValueError: an async generator was closed from another task, where this never held.
        with suppress(ValueError):
            self._now.reset(token)


def _refusal(error: BaseException, passage: Passage) -> BoundaryError | None:
    seen: BaseException | None = error
    while seen is not None:
        if seen is passage.refused:
            return passage.refused
        seen = seen.__cause__ or seen.__context__
    return None
