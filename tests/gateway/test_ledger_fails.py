"""The ledger equals the traffic, also where it cannot be written: then nothing leaves."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from doorstep import Ledger
from tests.gateway.process import pid_of
from tests.gateway.test_promises import running
from tests.gateway.upstream import Got, Reply, Upstream, events, said
from tests.gateway.whole import NAME, gateway

ASK = {"model": "mask/m", "messages": [{"role": "user", "content": f"I am {NAME}."}]}
TOML = f'[boundary]\nprivate = ["{NAME}"]\n[home]\nhost = "http://127.0.0.1:1"\n'


def files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(path.name + "*"))


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/api/chat"])
async def test_a_ledger_that_is_taken_away_stops_everything(tmp_path: Path, path: str) -> None:
    """SQLite itself would go on writing to the file that nobody can open any more."""
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(body=said("Hi")))
        url, aside = f"{here.url}{path}", tmp_path / "aside"
        ask = ASK | {"stream": False}
        statuses = [(await here.client.post(url, json=ask)).status_code]
        aside.mkdir()
        for file in files(here.ledger):
            file.rename(aside / file.name)
        statuses.append((await here.client.post(url, json=ask)).status_code)
        shutil.copy(aside / here.ledger.name, here.ledger)  # not the one that is written to
        statuses.append((await here.client.post(url, json=ask)).status_code)
        here.ledger.unlink()
        for file in sorted(aside.iterdir()):
            file.rename(here.ledger.with_name(file.name))
        statuses.append((await here.client.post(url, json=ask)).status_code)
    assert statuses == [200, 503, 503, 200]
    with Ledger(here.ledger) as ledger:
        assert [entry.body for entry in ledger.list()] == [got.body for got in cloud.got]
        assert len(cloud.got) == 2 and ledger.verify().ok


async def test_a_log_that_is_taken_away_stops_everything(tmp_path: Path) -> None:
    """What was committed last is in it alone. That is seen when it is synced, before the reply."""
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(body=said("Hi")))
        assert (await here.chat()).status_code == 200
        here.ledger.with_name(f"{here.ledger.name}-wal").unlink()
        statuses = [(await here.chat()).status_code for _ in range(5)]
    assert statuses == [503] * 5
    assert len(cloud.got) <= 2


async def test_a_ledger_that_another_process_holds_lets_nothing_pass(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        other = sqlite3.connect(here.ledger, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = await asyncio.gather(*(here.chat() for _ in range(5)))
        other.execute("ROLLBACK")
        passed = await here.chat()
    assert {(r.status_code, r.json()["error"]["code"]) for r in refused} == {
        (503, "ledger_unavailable")
    }
    assert passed.status_code == 200
    with Ledger(here.ledger) as ledger:
        assert [e.body for e in ledger.list()] == [got.body for got in cloud.got]
        assert len(cloud.got) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a process's files is limited")
async def test_a_disk_that_is_full_lets_nothing_pass(tmp_path: Path) -> None:
    """The gateway's process may write no file beyond a size, as if there were no more room."""
    folder = tmp_path / "d"
    ledger_path = folder / "doorstep" / "ledger.sqlite3"
    async with Upstream() as cloud, running(folder, cloud, TOML) as client:
        url = "/v1/chat/completions"
        assert (await client.post(url, json=ASK)).status_code == 200
        most = os.stat(f"{ledger_path}-wal").st_size + 20_000  # noqa: PTH116
        pid = pid_of(str(folder))
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        statuses = [(await client.post(url, json=ASK)).status_code for _ in range(30)]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        statuses += [(await client.post(url, json=ASK)).status_code for _ in range(3)]
    assert statuses[0] == 200 and statuses[10:30] == [503] * 20
    assert statuses[-1] == 200
    with Ledger(ledger_path, create=False) as ledger:
        left = [entry.body for entry in ledger.list() if entry.state != "not sent"]
        assert left == [got.body for got in cloud.got]
        assert ledger.verify().ok, ledger.verify().problems


async def test_the_ledger_holds_each_byte_of_32_connections_and_clients_that_leave(
    tmp_path: Path,
) -> None:
    draw = random.Random(7)
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answer = _answer

        async def one(number: int) -> None:
            for turn in range(6):
                body = {"model": "mask/m", "stream": draw.random() < 0.5}
                text = f"{NAME} asks {number} {turn}. " + "word " * draw.randrange(300)
                body["messages"] = [{"role": "user", "content": text}]
                try:
                    async with asyncio.timeout(draw.choice([30, draw.random() / 5])):
                        await here.client.post(f"{here.url}/v1/chat/completions", json=body)
                except (TimeoutError, httpx2.HTTPError):
                    pass

        await asyncio.gather(*(one(number) for number in range(32)))
        await asyncio.sleep(0.3)
    with Ledger(here.ledger) as ledger:
        entries = ledger.list()
        assert ledger.verify().ok, ledger.verify().problems
    left = Counter(entry.body for entry in entries if entry.state != "not sent")
    came = Counter(got.body for got in cloud.got)
    assert not came - left, "something came that is not in the ledger"
    # A client that left in that very moment: its request is written down and went unread.
    assert sum((left - came).values()) <= 5
    states = Counter(entry.state for entry in entries)
    assert states["answered"] > 60 and states["broke off"] > 5 and not states["open"]
    assert not [got for got in cloud.got if NAME.encode() in got.body]


def _answer(got: Got) -> Reply:
    text = got.json["messages"][0]["content"][:60]
    end = {"connection": "close"}  # or a request may go to a connection that was just closed
    if got.json["stream"]:
        return Reply(parts=events(*text), pause=0.002, headers=end)
    return Reply(body=said(text), wait=0.03, headers=end)


async def test_what_asks_a_person_first_is_refused_where_there_is_none(tmp_path: Path) -> None:
    toml = TOML + '[page]\non = false\n[[boundary.rules]]\nkinds = ["*"]\ndo = "ask"\n'
    async with Upstream() as cloud, running(tmp_path / "d", cloud, toml) as client:
        reply = await client.post("/v1/chat/completions", json=ASK)
        plain = ASK | {"messages": [{"role": "user", "content": "Hi"}]}
        other = await client.post("/v1/chat/completions", json=plain)
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "blocked")
    assert NAME not in reply.text
    assert other.status_code == 200 and len(cloud.got) == 1
