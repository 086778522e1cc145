"""The second door, over aiohttp, for a server's hot path: the same checks, ledger and restoring.

The order of steps: check, get a connection, write down, send at once. A crossing is in the ledger
(it survives the end of the process) before its first byte leaves, and durable before anything of
its reply is handed on; the wait for the disk runs beside the upstream's work. Crossings are
numbered as they come and go on in that order; each has its connection already and writes without
another wait, so that requests leave in the ledger's order without a lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from doorstep._errors import Blocked, ModelError, ModelUnavailable, ReplyBroken
from doorstep.boundary.check import Checked
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.headers import checked_method, outgoing_headers
from doorstep.boundary.leaving import left
from doorstep.boundary.ledger import Ledger
from doorstep.boundary.line import Line, Written
from doorstep.boundary.passage import Passage
from doorstep.boundary.passing import Passing, closed, refusals
from doorstep.boundary.stream_reply import Became, StreamReply, broken

if TYPE_CHECKING:
    from aiohttp.client import ClientTimeout
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

_PRINTED = re.compile(r"[!-~]+")  # ASCII without spaces: what a URL may hold (RFC 3986)
_VALUE = re.compile(r"[\t -~]*")
_KNOWN = 64  # URLs that need not be taken apart again
# What aiohttp would add by itself.
_ITS_OWN = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts. `connect_s`: to get a connection; `silent_s`: between two pieces of a
    reply, and before the first; `total_s`: for everything, None for ever. `connections`: at once.
    """

    connect_s: float = 10.0
    silent_s: float = 300.0
    total_s: float | None = None
    connections: int = 256
    keep_s: float = 15.0


class StreamDoor:
    """`Boundary.stream_door` gives one. It belongs to the event loop in which it was made."""

    def __init__(self, ledger: Ledger, passing: Passing, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._passing = passing
        self._line = ledger.line()
        self._step: ContextVar[_Step] = ContextVar("doorstep_step")
        self._session = _session(limits, self._step)
        self._places: dict[str, tuple[str, str, URL]] = {}

    async def __aenter__(self) -> StreamDoor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; results that still wait are written down."""
        await self._session.close()
        self._line.close()

    async def send(
        self,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        *,
        method: str = "POST",
        scope: str = "",
    ) -> StreamReply:
        """Send what the boundary lets pass; gives the reply once its head has come.

        The passage that holds (see `Boundary.crossing`) says what is private; without one, `scope`
        says whose request it is. Raises BoundaryError where nothing may leave, ModelUnavailable
        where nobody could be reached (nothing left, nothing is in the ledger), ModelTimeout,
        ReplyBroken. Every call that sends is a crossing of its own; nothing is tried again.
        """
        passage = self._passing.passage()
        with refusals(passage):
            reading = self._read(method, url, headers, body)
            checked = await self._passing.let(reading, passage, scope)
            step = _Step(self._line, checked, passage)
            try:
                return await self._sent(step, url)
            except BaseException as error:
                step.failed()
                if isinstance(error, ModelError) and step.written is not None:
                    error.crossing = step.written.crossing.id
                raise

    async def _read(
        self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes
    ) -> Outgoing:
        origin, target, _ = self._place(url)
        named = {name.lower(): value for name, value in headers}
        if not all(map(_VALUE.fullmatch, named.values())):
            raise Blocked(
                "A header holds what no header may; nothing was sent.",
                hint="A value is printable ASCII, on one line.",
            )
        host = origin.partition("://")[2]
        kept = outgoing_headers(named, host, checked_method(method), body)
        return Outgoing(method, origin, target, kept, body)

    def _place(self, url: str) -> tuple[str, str, URL]:
        """Origin, target, and the URL that is exactly these. URLs with a query are not kept."""
        if (known := self._places.get(url)) is not None:
            return known
        place = _parted(url, self._passing.policy.check_destination)
        if "?" not in url:
            while len(self._places) >= _KNOWN:
                self._places.pop(next(iter(self._places)))
            self._places[url] = place
        return place

    async def _sent(self, step: _Step, url: str) -> StreamReply:
        request = step.checked.request
        response = await self._through(step, self._place(url)[2], request)
        try:
            written = step.written
            if written is None:  # only if aiohttp sent without a connection of our connector
                raise Blocked(
                    "A request left without being written down; its reply is dropped.",
                    hint="Please report it; the ledger does not have it.",
                )
            step.became.status = response.status
            await self._line.durable(written)
            return StreamReply(response, step.became, step.checked, written)
        except BaseException:
            response.close()
            raise

    async def _through(self, step: _Step, url: URL, request: Outgoing) -> aiohttp.ClientResponse:
        token = self._step.set(step)
        try:
            return await self._session.request(
                request.method,
                url,
                headers=request.headers,
                data=request.body or None,
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise broken(error, url.host or "") from None
        finally:
            self._step.reset(token)


class _Step:
    """One request between the gate and its reply."""

    __slots__ = ("_line", "_passage", "became", "checked", "written")

    def __init__(self, line: Line, checked: Checked, passage: Passage | None) -> None:
        self._line = line
        self._passage = passage
        self.checked = checked
        self.written: Written | None = None
        self.became: Became

    async def write(self) -> None:
        """Write the crossing down. After this it counts as sent."""
        if self.written is not None:  # aiohttp tries some methods again
            raise ReplyBroken("The connection broke off before a reply.")
        written = await closed(self._write())
        self.written, self.became = written, Became(self._line, written)

    async def _write(self) -> Written:
        run = self._passage.clearance.run if self._passage else ""
        checked = self.checked
        return await self._line.written(
            checked.request, run=run, verdict=checked.verdict, found=checked.found
        )

    def sent(self) -> None:
        if self.written is None:
            return
        if self._passage is not None:
            self._passage.sent(self.written.crossing)
        else:
            left(self.written.crossing.id, len(self.checked.request.body))

    def failed(self) -> None:
        if self.written is not None:
            self.became.note("broke off")


class _Connector(aiohttp.TCPConnector):
    """Gives a connection only when its request is in the ledger. The session writes to it without
    another wait."""

    def __init__(self, limits: Limits, step: ContextVar[_Step]) -> None:
        super().__init__(limit=limits.connections, keepalive_timeout=limits.keep_s)
        self._door_step = step

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        step = self._door_step.get()
        try:
            await step.write()
            if connection.transport is None or connection.transport.is_closing():
                step.became.note("not sent")
                raise ModelUnavailable("The server closed the connection before the request left.")
            step.sent()
        except BaseException:
            connection.release()
            raise
        return connection


def _session(limits: Limits, step: ContextVar[_Step]) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=_Connector(limits, step),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_ITS_OWN,
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(
            total=limits.total_s, connect=limits.connect_s, sock_read=limits.silent_s
        ),
    )


def _parted(url: str, check_destination: Callable[[str], str]) -> tuple[str, str, URL]:
    if not _PRINTED.fullmatch(url):
        raise Blocked(
            "The URL holds a space or what is not ASCII; nothing was sent.",
            hint="Escape it: https://www.rfc-editor.org/rfc/rfc3986#section-2.1.",
        )
    parts = urlsplit(url)
    checked_method("POST", named="@" in parts.netloc)
    origin = check_destination(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    exact = URL(origin + target, encoded=True)
    if exact.raw_path_qs != target or f"{exact.scheme}://{exact.host_port_subcomponent}" != origin:
        raise Blocked(
            "The URL is not spelled as it would be sent; nothing was sent.",
            hint="Give it as it goes out: no fragment, no dots in its path.",
        )
    return origin, target, exact
