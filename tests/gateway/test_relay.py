"""The mask path over real sockets: what goes up, what comes back, who goes away, who is slow."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import resource
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from doorstep.boundary import Ledger
from doorstep.gateway.http import BadRequest
from doorstep.gateway.relay import outgoing
from tests.gateway.upstream import Reply, Upstream, events, said
from tests.gateway.whole import NAME, Whole, gateway

MAIL = "zoe.marsh@example.com"
PLACEHOLDER = re.compile(r"EMAIL_[0-9A-Z]{8,}(?:_[0-9A-Z]{2})?")


def echo(masked: str, pieces: int) -> Reply:
    """A stream that says `masked` in so many parts."""
    size = -(-len(masked) // pieces)
    return Reply(parts=events(*(masked[at : at + size] for at in range(0, len(masked), size))))


async def masked(here: Whole, cloud: Upstream, text: str) -> str:
    """What `text` is for the cloud."""
    await here.chat(text)
    content = cloud.got[-1].json["messages"][0]["content"]
    assert isinstance(content, str)
    return content


async def test_a_whole_reply_comes_back_restored_and_otherwise_untouched(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        sent = await masked(here, cloud, f"Write to {MAIL} of {NAME}")
        limits = {"x-ratelimit-remaining": "7", "x-request-id": "r1", "set-cookie": "a=b"}
        cloud.answers(Reply(body=said(f"To: {sent}"), headers=limits | {"x-own": "1"}))
        reply = await here.chat(f"Write to {MAIL} of {NAME}", x_own={"deep": [1, None]})
    assert MAIL not in sent and NAME not in sent
    assert reply.json() == said(f"To: Write to {MAIL} of {NAME}")
    assert reply.headers["x-ratelimit-remaining"] == "7"
    assert reply.headers["x-request-id"] == "r1"
    assert "set-cookie" not in reply.headers and "x-own" not in reply.headers
    assert reply.headers["x-doorstep-verdict"] == "masked"
    assert cloud.got[-1].json["x_own"] == {"deep": [1, None]}
    assert cloud.got[-1].json["model"] == "gpt-x"


@pytest.mark.parametrize("pieces", [1, 5, 40])
async def test_a_stream_comes_back_restored(tmp_path: Path, pieces: int) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(echo(await masked(here, cloud, f"Write to {MAIL}, twice {MAIL}"), pieces))
        reply = await here.chat(f"Write to {MAIL}, twice {MAIL}", stream=True)
    lines = [line[6:] for line in reply.text.split("\n") if line.startswith("data: ")]
    deltas = [json.loads(line)["choices"] for line in lines[:-1]]
    text = "".join(choices[0]["delta"].get("content", "") for choices in deltas)
    assert text == f"Write to {MAIL}, twice {MAIL}"
    assert lines[-1] == "[DONE]"
    assert reply.headers["content-type"].startswith("text/event-stream")


async def test_a_stream_comes_piece_by_piece_not_at_the_end(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(parts=events("One", "Two", "Three"), pause=0.3))
        body = {"model": "mask/m", "messages": [], "stream": True}
        url = f"{here.url}/v1/chat/completions"
        async with here.client.stream("POST", url, json=body) as reply:
            first = await anext(reply.aiter_raw())
            sent_by_then = cloud.sent
    assert b"One" in first
    assert sent_by_then < 400  # of three events and [DONE]


async def test_a_scope_has_placeholders_of_its_own(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        for scope in ("maya", "maya", "tobias"):
            here.client.headers["x-doorstep-scope"] = scope
            await here.chat(f"Write to {MAIL}")
        here.client.headers["x-doorstep-scope"] = "no blanks"
        wrong = await here.chat("Hi")
    seen = [PLACEHOLDER.findall(got.body.decode()) for got in cloud.got]
    assert seen[0] == seen[1] != seen[2]
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "x-doorstep-scope")


async def test_a_client_that_goes_away_ends_the_call_upstream_at_once(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        for reply in (Reply(wait=20), Reply(parts=events("One", "Two"), pause=20)):
            cloud.left.clear()
            cloud.answers(reply)
            asked = asyncio.create_task(here.chat(stream=bool(reply.parts)))
            await asyncio.sleep(0.5)
            assert len(cloud.got) == 1
            asked.cancel()
            async with asyncio.timeout(2):
                await cloud.left.wait()
            cloud.got.clear()
        cloud.answers(Reply(body=said("Still here.")))
        assert (await here.chat()).json() == said("Still here.")
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        assert len(ledger.list()) == 3


async def test_a_client_that_does_not_read_holds_the_upstream_back(tmp_path: Path) -> None:
    """64 MB are on their way; neither they nor a small part of them are in our memory."""
    part = b": " + b"x" * 65_530 + b"\n\n"
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        await here.chat()
        cloud.answers(Reply(parts=[part] * 1000))
        parts = urlsplit(here.url)
        _, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1024)
        body = b'{"model":"mask/m","messages":[],"stream":true}'
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
            b"content-length: %d\r\n\r\n" % len(body) + body
        )
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await asyncio.sleep(1.5)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # kB
        writer.close()
        async with asyncio.timeout(3):
            await cloud.left.wait()
    assert 0 < cloud.sent < 20_000_000  # what the sockets of the system hold
    assert grown < 12_000


async def test_where_the_boundary_refuses_nothing_leaves_and_the_reason_is_told(
    tmp_path: Path,
) -> None:
    url = "data:image/png;base64," + "iVBORw0KGgo" * 20
    image = {"type": "image_url", "image_url": {"url": url}}
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        reply = await here.chat(messages=[{"role": "user", "content": [image]}])
        metrics = (await here.client.get(f"{here.url}/metrics")).text
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "blocked")
    assert cloud.got == []
    assert 'doorstep_refused_total{verdict="blocked"} 1.0' in metrics


async def test_without_an_upstream_it_is_said_what_to_set(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        reply = await here.chat()
    assert reply.status_code == 503
    assert "--upstream URL" in reply.json()["error"]["message"]


@pytest.mark.parametrize("field", ["previous_response_id", "conversation"])
def test_what_needs_state_at_the_vendor_is_refused(field: str) -> None:
    with pytest.raises(BadRequest, match=field):
        outgoing({"input": "x", field: "resp_1"}, "m", "/responses")


def test_responses_are_never_stored_and_what_is_ours_stays() -> None:
    sent = outgoing({"input": "x", "store": True, "doorstep": True}, "m", "/responses")
    assert json.loads(sent) == {"input": "x", "store": False, "model": "m"}
    assert json.loads(outgoing({"n": 1, "model": "mask/m"}, "m", "/chat/completions")) == {
        "n": 1,
        "model": "m",
    }


def test_what_orjson_cannot_spell_goes_as_it_came() -> None:
    sent = outgoing({"a": 12345678901234567890123, "b": "\ud83d"}, "m", "/chat/completions")
    assert sent == b'{"a":12345678901234567890123,"b":"\\ud83d","model":"m"}'
