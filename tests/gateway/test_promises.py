"""What the gateway promises, attacked from outside: a real process, a recording upstream.

One word is declared private. Whatever a client does with it, it reaches nobody: not the upstream,
not the program's output, not another client, no file.
"""

from __future__ import annotations

import asyncio
import json
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
    folder.mkdir(exist_ok=True)
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
    assert (tmp_path / "d" / "said.txt").read_text().count("\n") == 1  # where it listens
    with Ledger(tmp_path / "d" / "doorstep" / "ledger.sqlite3", create=False) as ledger:
        assert [entry.body for entry in ledger.list()] == [got.body for got in cloud.got]
        assert ledger.verify().ok
