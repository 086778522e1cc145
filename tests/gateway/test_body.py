"""Only JSON that means one thing is read: no key twice, no depth, nothing slow or large."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.gateway.body import DEPTH, json_object, read_json
from doorstep.gateway.http import BadRequest, Event, Gone, Request
from tests.gateway.upstream import Reply, Upstream, said
from tests.gateway.whole import gateway

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.booleans(), st.booleans())
def test_any_object_is_read_as_json_reads_it(
    value: dict[str, Any], ascii: bool, tight: bool
) -> None:
    separators = (",", ":") if tight else None
    text = json.dumps(value, ensure_ascii=ascii, separators=separators)
    try:
        sent = text.encode()
    except UnicodeEncodeError:
        return
    read = json_object(sent)
    assert read == json.loads(text)
    assert json.dumps(read) == json.dumps(json.loads(text))  # 1 is not 1.0, and -0.0 not 0


def nested(levels: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    return (opening * levels + "1" + closing * levels).encode()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "has no body"),
        (b"  \n", "has no body"),
        (b"[1]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"a":1,"a":2}', "key twice"),
        (b'{"m":[{"a":1,"b":2,"a":1}]}', "key twice"),
        (b'{"a":1,"\\u0061":2}', "key twice"),
        (b'{"a":NaN}', "not valid JSON"),
        (b'{"a":Infinity}', "not valid JSON"),
        (b'{"a":1e999}', "not valid JSON"),
        (b"{'a':1}", "not valid JSON"),
        (b'{"a":1}x', "not valid JSON"),
        (b'{"a":"\n"}', "not valid JSON"),
        (b'{"a":01}', "not valid JSON"),
        (b'{"a":"\xff"}', "not valid UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "not valid UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (nested(DEPTH + 1), "deeper than 64"),
        (nested(DEPTH, '{"a":[', "]}"), "deeper than 64"),
        (nested(2000), "nested deeper|not valid JSON"),
        (nested(100_000, '{"a":'), "nested deeper|not valid JSON"),
    ],
)
def test_what_is_not_plain_json_is_refused_in_one_line(body: bytes, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as caught:
        json_object(body)
    assert caught.value.status == 400
    assert "\n" not in str(caught.value)


def test_what_is_deep_enough_or_only_wide_is_read() -> None:
    assert json_object(nested(DEPTH))
    wide = {"m": [{"a": [i]} for i in range(100)], "text": "[[[[" * 100}
    assert json_object(json.dumps(wide, separators=(",", ":")).encode()) == wide


def test_large_integers_and_lone_surrogates_are_kept() -> None:
    assert json_object(b'{"a":12345678901234567890123,"b":"\\ud83d"}') == {
        "a": 12345678901234567890123,
        "b": "\ud83d",
    }


def request(*events: Event, pause: float = 0.0, length: bytes = b"") -> Request:
    waiting = list(events)

    async def receive() -> Event:
        await asyncio.sleep(pause)
        return waiting.pop(0)

    headers = [(b"content-length", length)] if length else []
    return Request({"method": "POST", "path": "/", "headers": headers}, receive)


def part(body: bytes, more: bool = True) -> Event:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_is_put_together() -> None:
    assert await read_json(request(part(b'{"a"'), part(b":1}", False)), 100) == {"a": 1}


async def test_a_body_that_is_too_large_too_slow_or_broken_off() -> None:
    with pytest.raises(BadRequest, match="larger than 5 bytes") as large:
        await read_json(request(part(b'{"a"'), part(b":1}", False)), 5)
    assert large.value.status == 413
    with pytest.raises(BadRequest, match="larger than 5 bytes"):
        await read_json(request(length=b"6"), 5)  # nothing of it is read
    with pytest.raises(BadRequest, match=r"within 0\.05 s") as slow:
        await read_json(request(*[part(b" ")] * 50, pause=0.01), 100, seconds=0.05)
    assert slow.value.status == 408
    with pytest.raises(Gone):
        await read_json(request(part(b"{"), {"type": "http.disconnect"}), 100)


async def test_the_upstream_gets_what_the_client_sent(tmp_path: Path) -> None:
    """Numbers, unknown fields and their order come through as they are."""
    sent = (
        '{"messages":[{"role":"user","content":"Hi \\u00e9 \\ud83d\\ude00"}],"temperature":1e0,'
        '"model":"mask/m","x_big":1.0,"x_list":[1.50,-0.0,1e300]}'
    )
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(body=said("x")))
        url = f"{here.url}/v1/chat/completions"
        reply = await here.client.post(
            url, content=sent, headers={"content-type": "application/json"}
        )
    assert reply.status_code == 200
    got = cloud.got[0].json
    assert list(got) == list(json.loads(sent))
    assert json.dumps(got) == json.dumps(json.loads(sent) | {"model": "m"})
