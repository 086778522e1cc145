"""The boundary as one object: give it a ledger, a policy and a key, take clients from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token

import httpx2

from doorstep._errors import BoundaryError
from doorstep.boundary.check import Checker
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector
from doorstep.boundary.door import Door
from doorstep.boundary.ledger import Ledger
from doorstep.boundary.passage import Passage
from doorstep.boundary.policy import Policy
from doorstep.boundary.terms import Matcher

_REMEMBERED = 8


class BoundaryClient(httpx2.AsyncClient):
    """A client whose only way out is a door. Only `Boundary.client` makes one; whatever speaks to
    a cloud asks for it by this type, so that a client of another making is an error, not a leak.
    """


class Boundary:
    """The only way to a cloud.

    `key`: 16 bytes or more, from which placeholders are derived; keep it, and they stay the
    same. `detectors`: what finds private text that nobody declared; the terms of `Declared` ones
    are looked for at the gate, too. `dry_run`: everything but recording and sending.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        policy: Policy | None = None,
        key: bytes,
        detectors: Sequence[Detector] = (),
        dry_run: bool = False,
    ) -> None:
        declared = [term for found in detectors for term in getattr(found, "terms", ())]
        self._ledger = ledger
        self._policy = policy = policy or Policy()
        self._checker = Checker(policy, key, detectors, Matcher(declared))
        self._dry_run = dry_run
        self._now: ContextVar[Passage | None] = ContextVar("doorstep_passage", default=None)
        self._matchers: dict[tuple[Term, ...], Matcher] = {}

    @property
    def policy(self) -> Policy:
        return self._policy

    @property
    def ledger(self) -> Ledger:
        return self._ledger

    def client(
        self,
        *,
        timeout: httpx2.Timeout | float | None = 600.0,
        inner: httpx2.AsyncBaseTransport | None = None,
    ) -> BoundaryClient:
        """A client whose every request goes through a door.

        No proxies from the environment (they would mount transports beside the door), no
        `.netrc`, no redirects followed.
        """
        return BoundaryClient(
            transport=self.door(inner), trust_env=False, follow_redirects=False, timeout=timeout
        )

    def door(self, inner: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncBaseTransport:
        """A transport that lets nothing pass but what the boundary allows."""
        return Door(
            inner=inner or httpx2.AsyncHTTPTransport(trust_env=False),
            ledger=self._ledger,
            policy=self._policy,
            checker=self._checker,
            passage=self._now.get,
            dry_run=self._dry_run,
        )

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
