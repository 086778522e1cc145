"""What the adapters share on the wire: lines out of bytes, and foreign errors into our tree.

Nothing here ever quotes a response body or another library's message: servers echo what they
were sent, and what a home model was sent is private. Raise what `error_for` returns `from None`,
or a traceback prints the other library's message after all.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from doorstep._errors import (
    AuthenticationFailed,
    DoorstepError,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ReplyBroken,
)

MAX_LINE = 16 * 1024 * 1024  # bytes; a server that never ends a line must not eat the memory

_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


# --- lines -------------------------------------------------------------------------------------


async def lines(chunks: AsyncIterable[bytes], *, limit: int = MAX_LINE) -> AsyncIterator[bytes]:
    """Lines without their end, however the bytes were cut; a last line may lack its end.

    Only a line feed ends a line (a carriage return before it is dropped): JSON may hold U+2028 or
    U+0085 as they are, at which `str.splitlines` and the HTTP client's own line reader would cut.
    """
    rest = bytearray()
    async for chunk in chunks:
        searched = len(rest)
        rest += chunk
        start = 0
        while (end := rest.find(b"\n", max(start, searched))) >= 0:
            yield bytes(rest[start:end]).removesuffix(b"\r")
            start = end + 1
        del rest[:start]
        if len(rest) > limit:
            raise ReplyBroken(f"The server sent a line of more than {limit} bytes.")
    if rest:
        yield bytes(rest)


async def ndjson(chunks: AsyncIterable[bytes]) -> AsyncIterator[dict[str, object]]:
    """One JSON object a line (application/x-ndjson); blank lines are skipped."""
    async for line in lines(chunks):
        if line.strip():
            yield json_object(line)


async def sse(chunks: AsyncIterable[bytes]) -> AsyncIterator[tuple[str, str]]:
    """(event, data) of each server-sent event, "message" where it has no name.

    https://html.spec.whatwg.org/multipage/server-sent-events.html, without a carriage return
    alone as the end of a line, which no model server sends. An event that the stream breaks off
    in the middle of is dropped, as the standard says.
    """
    event, data = "", list[str]()
    async for raw in lines(chunks):
        line = _text(raw).removeprefix("\ufeff")
        if not line:
            if data:
                yield event or "message", "\n".join(data)
            event, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            event = value
        elif field == "data":
            data.append(value)


def json_object(body: bytes | str) -> dict[str, object]:
    """`body` as a JSON object. Raises ReplyBroken, which does not quote it."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ReplyBroken(f"The server sent {len(body)} bytes that are not a JSON object.")
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    raise ReplyBroken("The server sent bytes that are not UTF-8.")


# --- errors ------------------------------------------------------------------------------------


def place(url: str) -> str:
    """`url` as far as a message may show it: scheme, host and port, no user, path or query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
    except ValueError:
        return "that address"
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{port}" if host else "that address"


def error_for(error: BaseException, *, model: str, where: str) -> DoorstepError:
    """What `error` is in our tree. An error of ours that lies under it comes back unchanged.

    The boundary raises through client libraries, which wrap what they catch: so the whole chain
    of causes and contexts is looked at, ours first, then the HTTP client's.
    """
    chain = tuple(_chain(error))
    for link in chain:
        if isinstance(link, DoorstepError):
            return link
    for link in chain:
        known = _status_error(link, model, where) or _transport_error(link, model, where)
        if known is not None:
            return known
    return ModelError(f"{model} at {where} failed ({type(error).__name__}).")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error`, then what caused it, outermost first; a loop in the chain ends it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__]


def _status_error(error: BaseException, model: str, where: str) -> ModelError | None:
    """For every client library that hangs the response on its exception (httpx2, openai, …)."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if not isinstance(status, int) or status < 400:
        return None
    headers = getattr(response, "headers", {})
    code = getattr(error, "code", None)
    detail = code if isinstance(code, str) else ""
    return error_for_status(status, headers, model=model, where=where, detail=detail)


def _transport_error(error: BaseException, model: str, where: str) -> ModelError | None:
    import httpx2

    match error:
        case httpx2.ConnectTimeout():
            return ModelTimeout(f"Could not connect to {where} for {model} in time.")
        case httpx2.TimeoutException() | TimeoutError():
            return ModelTimeout(
                f"{model} at {where} gave no answer in time.",
                hint="Allow it more time, or use a smaller model.",
            )
        case httpx2.ConnectError():
            return ModelUnavailable(
                f"Nobody answers at {where} for {model}.",
                hint="Start the server there, or give another address.",
            )
        case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
            return ModelUnavailable(
                f"The address of {model} cannot be used.",
                hint="Give it as http://host:port or https://host.",
            )
        case httpx2.RequestError() | httpx2.StreamError():
            return ReplyBroken(f"The reply of {model} at {where} broke off.")
        case json.JSONDecodeError() | UnicodeDecodeError():
            return ReplyBroken(f"The reply of {model} at {where} cannot be read.")
    return None


def error_for_status(
    status: int, headers: Mapping[str, str], *, model: str, where: str, detail: str = ""
) -> ModelError:
    """What an HTTP status of 400 or more is in our tree.

    `detail` is shown only where it is a bare code such as `invalid_api_key`, never where it could
    be a sentence that echoes the request.
    """
    code = f"{status}, {detail}" if _CODE.fullmatch(detail) else f"{status}"
    if status in (401, 403):
        return AuthenticationFailed(
            f"{where} does not accept the key for {model} ({code}).", hint="Check the API key."
        )
    if status == 404:
        return ModelUnavailable(
            f"{where} does not have {model} ({code}).",
            hint="Check the model's name and the server's address.",
        )
    if status in (408, 504):
        return ModelTimeout(f"{model} at {where} gave no answer in time ({code}).")
    if status == 429:
        return _rate_limited(retry_after(headers), code, model, where)
    if status in (502, 503):
        return ModelUnavailable(f"{model} at {where} is not there just now ({code}).")
    if status >= 500:
        return ModelError(f"{model} at {where} failed ({code}).")
    return ModelError(f"{where} did not accept the request for {model} ({code}).")


def _rate_limited(wait: float | None, code: str, model: str, where: str) -> RateLimited:
    after = "later" if wait is None else f"in {wait:.0f} s"
    return RateLimited(
        f"{where} takes no more requests for {model} just now ({code}).",
        retry_after=wait,
        hint=f"Try again {after}.",
    )


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds to wait, from `retry-after` (RFC 9110 10.2.3: seconds or an HTTP date).

    `retry-after-ms`, which some model servers send beside it, is finer and goes first. None where
    there is none, or none that can be read; never negative.
    """
    named = {name.lower(): value.strip() for name, value in headers.items()}
    finer = _seconds(named.get("retry-after-ms", ""))
    if finer is not None:
        return finer / 1000
    value = named.get("retry-after", "")
    seconds = _seconds(value)
    return _until(value, now or datetime.now(UTC)) if seconds is None else seconds


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(value: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
