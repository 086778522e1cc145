"""Lines out of bytes, and foreign errors into our tree."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep._errors import (
    AuthenticationFailed,
    Blocked,
    DoorstepError,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ReplyBroken,
)
from doorstep.models._wire import (
    error_for,
    error_for_status,
    lines,
    ndjson,
    place,
    retry_after,
    sse,
)

WHERE = {"model": "m", "where": "http://nas"}
SECRET = "Zebediah sleeps at 21:47"


async def chunked(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = [*sorted({p % (len(data) + 1) for p in places}), len(data)]
    return [data[a:b] for a, b in zip([0, *ends], ends, strict=False)]


@given(st.lists(st.text()), st.lists(st.integers(0, 10_000)))
async def test_objects_survive_any_cut(texts: list[str], places: list[int]) -> None:
    data = b"".join(json.dumps({"t": t}, ensure_ascii=False).encode() + b"\n" for t in texts)
    found = [entry["t"] async for entry in ndjson(chunked(cut(data, places)))]
    assert found == texts


@given(st.lists(st.integers(0, 10_000)))
async def test_events_survive_any_cut(places: list[int]) -> None:
    data = (
        ": hello\r\n\r\ndata: é\u2028x\r\n\r\nevent: e\ndata: a\ndata:b\nid: 1\n\nevent: none\n\n"
        "data\n\ndata: [DONE]\n\ndata: cut off"
    ).encode()
    found = [event async for event in sse(chunked(cut(data, places)))]
    assert found == [
        ("message", "é\u2028x"),
        ("e", "a\nb"),
        ("message", ""),
        ("message", "[DONE]"),
    ]


async def test_a_line_without_end() -> None:
    with pytest.raises(ReplyBroken):
        async for _ in lines(chunked([b"x" * 600, b"x" * 600]), limit=1000):
            pass


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@nas:11434/path?key=secret", "http://nas:11434"),
        ("https://api.example.com/v1", "https://api.example.com"),
        ("http://[::1]:9/x", "http://[::1]:9"),
        ("secret", "that address"),
        ("http://nas:port", "that address"),
    ],
)
def test_only_the_place_is_shown(url: str, shown: str) -> None:
    assert place(url) == shown


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "7"}, 7.0),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2026 14:00:00 +0200"}, 0.0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=datetime(2026, 11, 23, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ModelError),
        (401, AuthenticationFailed),
        (403, AuthenticationFailed),
        (404, ModelUnavailable),
        (408, ModelTimeout),
        (422, ModelError),
        (429, RateLimited),
        (500, ModelError),
        (502, ModelUnavailable),
        (503, ModelUnavailable),
        (504, ModelTimeout),
        (529, ModelError),
    ],
)
def test_statuses(status: int, kind: type[ModelError]) -> None:
    error = error_for_status(status, {}, detail="invalid_value", **WHERE)
    assert type(error) is kind
    assert f"{status}, invalid_value" in str(error)


@pytest.mark.parametrize("detail", [SECRET, "Zebediah", "", "a b", "x" * 65])
def test_a_detail_that_is_no_code_is_not_shown(detail: str) -> None:
    assert "(400)" in str(error_for_status(400, {}, detail=detail, **WHERE))


REQUEST = httpx2.Request("POST", f"http://nas/{SECRET}")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ConnectError(SECRET), ModelUnavailable),
        (httpx2.ConnectTimeout(SECRET), ModelTimeout),
        (httpx2.ReadTimeout(SECRET), ModelTimeout),
        (httpx2.WriteTimeout(SECRET), ModelTimeout),
        (httpx2.PoolTimeout(SECRET), ModelTimeout),
        (TimeoutError(SECRET), ModelTimeout),
        (httpx2.ReadError(SECRET), ReplyBroken),
        (httpx2.RemoteProtocolError(SECRET), ReplyBroken),
        (httpx2.DecodingError(SECRET), ReplyBroken),
        (httpx2.TooManyRedirects(SECRET), ReplyBroken),
        (httpx2.StreamClosed(), ReplyBroken),
        (json.JSONDecodeError(SECRET, SECRET, 0), ReplyBroken),
        (httpx2.UnsupportedProtocol(SECRET), ModelUnavailable),
        (httpx2.InvalidURL(SECRET), ModelUnavailable),
        (RuntimeError(SECRET), ModelError),
        (openai.APIConnectionError(message=SECRET, request=REQUEST), ModelError),
        (
            openai.RateLimitError(
                SECRET,
                response=httpx2.Response(429, headers={"retry-after": "3"}, request=REQUEST),
                body={"code": "slow_down"},
            ),
            RateLimited,
        ),
    ],
)
def test_foreign_errors(error: Exception, kind: type[DoorstepError]) -> None:
    mapped = error_for(error, **WHERE)
    assert type(mapped) is kind
    assert SECRET not in str(mapped)
    if isinstance(mapped, RateLimited):
        assert mapped.retry_after == 3
        assert "slow_down" in str(mapped)


def wrapped(inner: Exception, *, cause: bool) -> Exception:
    try:
        try:
            raise inner
        except Exception as error:
            if cause:
                raise openai.APIConnectionError(request=REQUEST) from error
            raise RuntimeError("while handling") from None
    except Exception as error:
        return error


@pytest.mark.parametrize("cause", [True, False])
def test_an_error_of_ours_comes_back_unchanged(cause: bool) -> None:
    ours = Blocked("Two names were about to leave.", kinds=("name",))
    assert error_for(wrapped(ours, cause=cause), **WHERE) is ours
    assert error_for(wrapped(wrapped(ours, cause=True), cause=True), **WHERE) is ours
    assert error_for(ours, **WHERE) is ours


def test_the_reason_under_a_wrapper_is_found() -> None:
    assert type(error_for(wrapped(httpx2.ReadTimeout("x"), cause=True), **WHERE)) is ModelTimeout


def test_a_loop_of_causes_ends() -> None:
    a, b = RuntimeError("a"), RuntimeError("b")
    a.__cause__, b.__cause__ = b, a
    assert type(error_for(a, **WHERE)) is ModelError
