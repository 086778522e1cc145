"""What the two OpenAI adapters share: one line to one server, over a client that is given.

The `openai` package is imported when the first call is made (0.5 s), is told nothing by the
environment, sends no header about this machine, and does not retry: `Line` does, where nothing
of an answer was heard yet. Whatever goes wrong comes out as an error of our tree, and an error
that the boundary raised comes out as it is, at once.

On logs: `OPENAI_LOG=debug` makes the SDK configure logging when it is imported. As of 3.54 it
writes methods, states and request ids only, but releases have printed whole request bodies at
that level, so what it writes below WARNING is dropped, whatever the application set.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from doorstep._errors import (
    ConfigError,
    DoorstepError,
    ModelError,
    ModelRefused,
    RateLimited,
    ReplyBroken,
    ZoneError,
)
from doorstep._values import TokenLogprob, Zone
from doorstep.boundary.patience import Limit
from doorstep.models._wire import error_for, place, retry_after

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

    T = TypeVar("T")

OPENAI = "https://api.openai.com/v1/"
MORE_TRIES = 2
LONGEST_WAIT = 10.0  # seconds; a server that wants more is told to the caller instead

_REFUSING = frozenset(
    {"content_filter", "content_policy_violation", "invalid_prompt", "safety_violation"}
)
_BUSY = frozenset({"rate_limit_exceeded", "rate_limit_error", "insufficient_quota"})
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Line:
    """The way to one OpenAI-compatible server, for one model.

    `client` is the only route: the boundary's for a cloud, a home client for a server at home.
    `base_url` is where the API begins ("http://127.0.0.1:8080/v1"); `azure_endpoint` is an Azure
    resource ("https://NAME.openai.azure.com"), reached by its v1 route, without an api-version.
    `timeout` is in seconds, for one answer from first to last byte. Raises ConfigError.
    """

    def __init__(
        self,
        model: str,
        *,
        client: httpx2.AsyncClient,
        api_key: str | None,
        base_url: str | None,
        azure_endpoint: str | None,
        timeout: float,
        zone: Zone = Zone.CLOUD,
    ) -> None:
        if zone is Zone.CLOUD:
            must_pass_the_boundary(client, model)
        self.url = _url(base_url, azure_endpoint)
        self.where = place(self.url)
        self.provider = _provider(self.url)
        if not api_key and (azure_endpoint or self.url == OPENAI):
            key = "AZURE_OPENAI_API_KEY" if azure_endpoint else "OPENAI_API_KEY"
            raise ConfigError(f"There is no API key for {model}.", hint=f"Set {key}.")
        self._model = model
        self._client = client
        self._api_key = api_key
        self._timeout = timeout
        self._sdk: AsyncOpenAI | None = None

    async def events(
        self, start: Callable[[Any, dict[str, Any]], Awaitable[Any]]
    ) -> AsyncGenerator[Any]:
        """The SDK's events of one streamed call; closing this closes the connection.

        `start` is given the SDK's client and the headers to leave out, and starts the call.
        """
        limit = Limit(self._timeout)
        stream = await self._open(start, limit)
        try:
            events = aiter(stream)
            while True:
                event = await self._guarded(_next(events), limit)
                if event is _END:
                    return
                yield event
        finally:
            await stream.close()

    async def _open(
        self, start: Callable[[Any, dict[str, Any]], Awaitable[Any]], limit: Limit
    ) -> Any:
        loop = asyncio.get_running_loop()
        for tried in range(MORE_TRIES + 1):
            failure: Exception
            try:
                async with limit.holds():
                    return await start(self.sdk(), self._left_out())
            except Exception as error:
                failure = error
            wait = _wait(failure, tried)
            if wait is None or tried == MORE_TRIES or loop.time() + wait > limit.deadline:
                raise self._ours(failure)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def _guarded(self, coming: Coroutine[Any, Any, T], limit: Limit) -> T:
        try:
            async with asyncio.timeout_at(limit.deadline):
                return await coming
        except Exception as error:
            failure = error
        # Out here, so that no traceback carries the SDK's message, which may echo the request.
        raise self._ours(failure)

    def _ours(self, error: Exception) -> DoorstepError:
        code = getattr(error, "code", None)
        status = getattr(error, "status_code", None)
        if isinstance(code, str) and (status is None or code in _REFUSING):
            return self.failure(code)
        return error_for(error, model=self._model, where=self.where)

    def failure(self, code: object) -> ModelError:
        """What a server that broke off with this error code means."""
        known = code if isinstance(code, str) and _CODE.fullmatch(code) else "no code"
        if known in _REFUSING:
            return ModelRefused(f"{self.where} refused the request for {self._model} ({known}).")
        if known in _BUSY:
            return RateLimited(
                f"{self.where} takes no more requests for {self._model} just now ({known}).",
                hint="Try again later.",
            )
        return ModelError(f"{self._model} at {self.where} failed ({known}).")

    def broken(self, why: str) -> ReplyBroken:
        """The reply is not what the protocol says; `why` follows the model's name."""
        return ReplyBroken(f"{self._model} at {self.where} {why}")

    def sdk(self) -> AsyncOpenAI:
        """The SDK's client over our route."""
        if self._sdk is None:
            self._sdk = _build(self._client, self._api_key, self.url, self._timeout)
        return self._sdk

    def _left_out(self) -> dict[str, Any]:
        from openai import Omit

        names = ["x-stainless-retry-count", "x-stainless-read-timeout"]
        return {name: Omit() for name in (names if self._api_key else [*names, "Authorization"])}


def must_pass_the_boundary(client: httpx2.AsyncClient, model: str) -> None:
    """ZoneError for a client that is not the boundary's: it would be a second way out."""
    from doorstep.boundary import BoundaryClient

    if not isinstance(client, BoundaryClient):
        raise ZoneError(
            f"{model} is in the cloud and was given a client that is not the boundary's.",
            hint="Give it boundary.client().",
        )


_END = object()


async def _next(events: Any) -> Any:
    return await anext(events, _END)


def _url(base_url: str | None, azure_endpoint: str | None) -> str:
    if base_url and azure_endpoint:
        raise ConfigError("A model has a base URL or an Azure endpoint, not both.")
    if azure_endpoint:
        root = azure_endpoint.rstrip("/").removesuffix("/openai/v1")
        return f"{root}/openai/v1/"
    return (base_url or OPENAI).rstrip("/") + "/"


def _provider(url: str) -> str:
    """By OpenTelemetry's names; "" for a server that merely speaks the same language."""
    if ".azure.com/" in url:
        return "azure.ai.openai"
    return "openai" if url == OPENAI else ""


def _build(client: httpx2.AsyncClient, api_key: str | None, url: str, timeout: float) -> Any:
    from openai import AsyncOpenAI, Omit

    class Plain(AsyncOpenAI):
        """Without headers about the machine, the organisation, or from OPENAI_CUSTOM_HEADERS."""

        @property
        def default_headers(self) -> dict[str, str | Omit]:
            return {
                "Accept": "application/json",
                "Content-Type": "application/json",
                "User-Agent": "doorstep",
            }

    _hush()
    # Each "" keeps the SDK from looking in the environment.
    return Plain(
        api_key=api_key or "none",
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        base_url=url,
        timeout=timeout,
        max_retries=0,
        http_client=client,
    )


def _hush() -> None:
    """Drop what the SDK's loggers write below WARNING. A filter acts on its own logger only."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "openai"]
    for name in ["openai", *names]:
        logging.getLogger(name).addFilter(_loud)


def _loud(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _wait(error: Exception, tried: int) -> float | None:
    """Seconds to wait before another try; None where another would be wrong or of no use."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if _from_boundary(error) or isinstance(error, APITimeoutError):
        return None
    if isinstance(error, APIStatusError):
        if error.code == "insufficient_quota":
            return None
        if error.status_code != 429 and error.status_code < 500:
            return None
        asked = retry_after(error.response.headers)
        if asked is not None:
            return asked if asked <= LONGEST_WAIT else None
    elif not isinstance(error, APIConnectionError):
        return None
    return float(0.5 * 2**tried)


def _from_boundary(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, DoorstepError):
            return True
        error = error.__cause__ or error.__context__
    return False


def logprobs_of(entries: object) -> tuple[TokenLogprob, ...]:
    """The SDK's log-probability entries (either API's) as ours; none where there are none."""
    if not isinstance(entries, list):
        return ()
    return tuple(
        TokenLogprob(
            entry.token,
            entry.logprob,
            tuple((rival.token, rival.logprob) for rival in entry.top_logprobs or ()),
        )
        for entry in entries
    )


def text_of(value: object) -> str:
    """`value` where it is text, "" where the server left it out or sent null."""
    return value if isinstance(value, str) else ""


def count_of(value: object, field: str) -> int | None:
    """A token count of a usage object, None where it is missing or not a count."""
    count = getattr(value, field, None)
    return count if isinstance(count, int) else None
