"""What the gateway promises, attacked from outside: a real process, a recording upstream.

One word is declared private. Whatever a client does with it, it reaches nobody: not the upstream,
not the program's output, not another client, no file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from doorstep import Ledger
from tests.gateway.canaries import MASK, WORD, chats, ollamas, responses
from tests.gateway.process import served
from tests.gateway.upstream import Reply, Upstream, said

TOML = f'[boundary]\nprivate = ["{WORD}"]\n[home]\nhost = "http://127.0.0.1:1"\n'
_LEAST = 16  # of so many letters of the word in a row, none may be seen in small or capital letters


@asynccontextmanager
async def running(
    folder: Path, cloud: Upstream, toml: str = TOML, **environ: str
) -> AsyncIterator[httpx2.AsyncClient]:
    """`doorstep serve` in a process of its own; its files are in `folder`."""
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240
    process = served(folder, upstream=cloud.url, toml=toml, environ=environ)
    url = await asyncio.to_thread(process.__enter__)
    try:
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            yield client
    finally:
        await asyncio.to_thread(process.__exit__, None, None, None)


def shows(data: bytes | str) -> bool:
    """Whether the word is to be seen, in any case or spelling of its letters."""
    text = data if isinstance(data, bytes) else data.encode()
    spelt = b"".join(b"\\\\u%04x" % ord(c) for c in WORD)
    return WORD.lower().encode() in text.lower() or spelt in text.lower()


def seen(cloud: Upstream) -> list[str]:
    """Where the word has arrived: of which requests."""
    return [got.body.decode()[:300] for got in cloud.got if shows(got.body) or shows(got.head)]


def echo(cloud: Upstream) -> None:
    cloud.answer = lambda got: Reply(body=said("Seen: " + got.body.decode("utf-8", "replace")))


async def test_a_private_word_in_any_place_of_a_request_reaches_nobody(tmp_path: Path) -> None:
    asked = [("/v1/chat/completions", name, body) for name, body in chats()]
    asked += [("/v1/responses", name, body) for name, body in responses()]
    asked += list(ollamas())
    wrong, passed = [], 0
    async with Upstream() as cloud, running(tmp_path / "d", cloud) as client:
        echo(cloud)
        told = await _told(client, tmp_path / "d")
        for path, name, body in asked:
            before = len(cloud.got)
            reply = await client.post(path, json=body)
            if reply.status_code >= 500 or any(map(shows, (g.body for g in cloud.got[before:]))):
                wrong.append((path, name, reply.status_code, reply.text[:200]))
            passed += len(cloud.got) > before
            if reply.status_code >= 400 and shows(reply.content):
                wrong.append((path, name, reply.status_code, "quoted"))
        metrics = (await client.get("/metrics")).text
        other = (await client.post("/v1/chat/completions", json={"model": MASK})).text
    assert not wrong
    assert seen(cloud) == [] and passed > 150
    assert not shows(metrics) and not shows(other)
    quoted = [
        str(file)
        for file in (tmp_path / "d").rglob("*")
        if file.is_file() and file.name != "doorstep.toml" and shows(file.read_bytes())
    ]
    assert quoted == []
    assert (tmp_path / "d" / "said.txt").read_text() == told
    with Ledger(tmp_path / "d" / "doorstep" / "ledger.sqlite3", create=False) as ledger:
        assert [entry.body for entry in ledger.list()] == [got.body for got in cloud.got]
        assert ledger.verify().ok


async def _told(client: httpx2.AsyncClient, folder: Path) -> str:
    """What it has said by the time it answers: no request adds to it."""
    await client.get("/healthz")
    return (folder / "said.txt").read_text()


KEY, TOKEN = "sk-upstream-0123456789abcdef", "token-0123456789abcdef"


async def test_secrets_and_private_words_are_in_no_log_span_metric_or_file(tmp_path: Path) -> None:
    """Everything at once: a token, an upstream's key, a collector of spans, and requests that end
    in every way that there is."""
    folder = tmp_path / "d"
    async with Upstream() as cloud, Upstream() as collector:
        environ = {
            "OPENAI_API_KEY": KEY,
            "DOORSTEP_TOKEN": TOKEN,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url.removesuffix("/v1"),
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        async with running(folder, cloud, TOML, **environ) as client:
            told = await _told(client, folder)
            texts = [await _ends(client, cloud, how) for how in HOWS]
            client.headers["authorization"] = f"Bearer {TOKEN}"
            texts.append((await client.get("/metrics")).text)
            texts.append((await client.get("/openapi.json")).text)
        spans = b"".join(got.body for got in collector.got)
    assert {got.headers["authorization"] for got in cloud.got} == {f"Bearer {KEY}"}
    assert not [got for got in cloud.got if TOKEN in got.head or shows(got.head)]
    assert b"POST /v1/chat/completions" in spans and b"chat " in spans
    held = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".toml"]
    for data in (spans, *(file.read_bytes() for file in held), *(t.encode() for t in texts)):
        assert not shows(data)
        assert KEY.encode() not in data and TOKEN.encode() not in data
    assert {file.stat().st_mode & 0o077 for file in held if file.parent.name == "doorstep"} == {0}
    assert (folder / "said.txt").read_text() == told


HOWS = ("whole", "stream", "401", "400", "503", "cut", "path", "query", "header", "model", "left")


async def _ends(client: httpx2.AsyncClient, cloud: Upstream, how: str) -> str:
    """One request that ends in that way; what it was answered, where that should hold nothing."""
    status = int(how) if how.isdecimal() else 200
    sent = {"content-type": "text/event-stream"} if how in ("stream", "cut") else {}
    reply = Reply(status=status, body={"error": {"message": "no"}}, headers=sent, cut=how == "cut")
    cloud.answers(reply)
    headers = {"authorization": f"Bearer {TOKEN}", "traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}
    if how == "header":
        headers |= {"x-user": WORD, "cookie": WORD, "user-agent": WORD, "baggage": f"a={WORD}"}
    body = {"model": MASK, "messages": [{"role": "user", "content": f"I am {WORD}."}]}
    if how == "model":
        body["model"] = f"none/{WORD}"
    path = {"path": f"/v1/models/none%2f{WORD}/x", "query": f"/v1/chat/completions?who={WORD}"}
    try:
        asked = client.post(path.get(how, "/v1/chat/completions"), json=body, headers=headers)
        return (await asyncio.wait_for(asked, 0.002 if how == "left" else 30)).text
    except (TimeoutError, httpx2.HTTPError):
        return ""
