"""Held, as it is used: `doorstep serve` in processes of its own, OpenAI's client asks, the page's
form decides, and what the upstream got is what the ledger says."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import APIStatusError, AsyncOpenAI, PermissionDeniedError

pytest.importorskip("uvloop")

from doorstep.boundary import Ledger
from tests.gateway.process import pid_of, served
from tests.gateway.upstream import Got, Reply, Upstream, said

CANARY = "Zanzibar-Quixmere"
TEXT = f"{CANARY} asks about Wiesbaden."
TOML = f"""
[boundary]
private = ["{CANARY}"]
ask_timeout_s = 30
rules = [{{ do = "ask" }}]
"""


def saying(got: Got) -> Reply:
    return Reply(body=said(got.json["messages"][-1]["content"]))


async def ask(url: str, text: str = TEXT, **more: Any) -> str:
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client:
        said: Any = [{"role": "user", "content": text}]
        answer = await client.chat.completions.create(model="mask/m", messages=said, **more)
        return str(answer.choices[0].message.content)


async def waits(url: str, count: int = 1) -> list[dict[str, object]]:
    """What the page shows, from a new connection each time: with two workers, from both."""
    for _ in range(300):
        async with httpx2.AsyncClient(trust_env=False, base_url=url) as page:
            shown = (await page.get("/page/held.json")).json()["waiting"]
        if len(shown) == count:
            return list(shown)
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(shown)} wait, not {count}")


async def decide(url: str, one: dict[str, object], choice: str, **more: str) -> httpx2.Response:
    """As a browser does it: by the form of the page."""
    async with httpx2.AsyncClient(trust_env=False, base_url=url) as page:
        text = (await page.get("/page/held")).text
        assert f'action="/page/held/{one["id"]}"' in text and CANARY not in text
        (sha256,) = set(re.findall(r'name="sha256" value="(\w+)"', text)) & {str(one["sha256"])}
        head = {"origin": url, "sec-fetch-site": "same-origin"}
        form = {"sha256": sha256, "choice": choice, **more}
        return await page.post(f"/page/held/{one['id']}", data=form, headers=head)


def crossed(folder: Path) -> list[bytes]:
    with Ledger(folder / "doorstep" / "ledger.sqlite3", create=False) as ledger:
        assert ledger.verify().ok
        return [entry.body for entry in ledger.list() if entry.verdict == "ask"]


async def test_a_form_lets_it_go_or_ends_it_with_403(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        cloud.answer = saying
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            for choice in ("send", "refuse"):
                answer = asyncio.create_task(ask(url))
                (one,) = await waits(url)
                assert CANARY not in str(one) and len(cloud.got) == (choice == "refuse")
                assert (await decide(url, one, choice)).status_code == 303
                if choice == "send":
                    assert await answer == TEXT
                    assert cloud.got[0].body.decode() == one["exact"]
                else:
                    with pytest.raises(PermissionDeniedError, match="said no"):
                        await answer
            await waits(url, 0)
        assert [got.body for got in cloud.got] == crossed(tmp_path) and len(cloud.got) == 1
    nothing_private(tmp_path)


async def test_a_stream_waits_as_well_and_its_client_may_leave(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            leaves = asyncio.create_task(ask(url, stream=True))
            (one,) = await waits(url)
            leaves.cancel()
            await asyncio.gather(leaves, return_exceptions=True)
            await waits(url, 0)
            async with httpx2.AsyncClient(trust_env=False, base_url=url) as page:
                form = {"sha256": one["sha256"], "choice": "send"}
                late = await page.post(f"/page/held/{one['id']}", data=form)
            assert late.status_code == 409
        assert cloud.got == [] and crossed(tmp_path) == []


async def test_a_person_may_take_longer_than_an_upstream(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        cloud.answer = saying
        toml = TOML + "[gateway]\nbegin_s = 1\nbetween_s = 1\nconnect_s = 1\n"
        with served(tmp_path, upstream=cloud.url, toml=toml) as url:
            answer = asyncio.create_task(ask(url))
            (one,) = await waits(url)
            await asyncio.sleep(2.5)
            await decide(url, one, "send")
            assert await answer == TEXT


async def test_time_refuses(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        toml = TOML.replace("ask_timeout_s = 30", "ask_timeout_s = 1")
        with (
            served(tmp_path, upstream=cloud.url, toml=toml) as url,
            pytest.raises(PermissionDeniedError, match="Nobody said yes within 1 s"),
        ):
            await ask(url)
        assert cloud.got == []


async def test_more_words_and_remembered_choices(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        cloud.answer = saying
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            answer = asyncio.create_task(ask(url))
            (one,) = await waits(url)
            await decide(url, one, "mask", words="Wiesbaden", remember="1")
            (again,) = await waits(url)
            while again["id"] == one["id"]:
                (again,) = await waits(url)
            assert again["round"] == 2 and "Wiesbaden" not in str(again["exact"])
            await decide(url, again, "send", remember="1")  # for this one alone: words by hand
            assert await answer == TEXT
            answer = asyncio.create_task(ask(url, f"{TEXT} Once more."))
            (third,) = await waits(url)
            assert third["round"] == 1 and "Wiesbaden" not in str(third["exact"])
            await decide(url, third, "send", remember="1")
            assert await answer == f"{TEXT} Once more."
            assert await asyncio.wait_for(ask(url, f"{TEXT} Again."), 10) == f"{TEXT} Again."
        assert all(b"Wiesbaden" not in got.body for got in cloud.got) and len(cloud.got) == 3
    nothing_private(tmp_path, b"Wiesbaden")


async def test_one_worker_waits_and_either_decides(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        cloud.answer = saying
        with served(tmp_path, upstream=cloud.url, toml=TOML + "[gateway]\nworkers = 2\n") as url:
            answers = [asyncio.create_task(ask(url, f"{TEXT} {n}")) for n in range(8)]
            for _ in range(5):  # whichever worker is asked shows all of them
                held = await waits(url, 8)
            for number, one in enumerate(held):
                await decide(url, one, "send" if number % 2 else "refuse")
            got = await asyncio.gather(*answers, return_exceptions=True)
        assert sum(isinstance(one, PermissionDeniedError) for one in got) == 4
        assert sorted(got.body for got in cloud.got) == sorted(crossed(tmp_path))
        assert sum(one == f"{TEXT} {n}" for n, one in enumerate(got)) == len(cloud.got) == 4


async def test_what_a_killed_server_held_is_never_sent(tmp_path: Path) -> None:
    """Two servers of one data folder: one is killed while its request waits."""
    (tmp_path / "two").mkdir()
    one_folder = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    async with Upstream() as cloud:
        cloud.answer = saying
        with (
            served(tmp_path, upstream=cloud.url, toml=TOML) as first,
            served(tmp_path / "two", upstream=cloud.url, toml=TOML, environ=one_folder) as second,
        ):
            answer = asyncio.create_task(ask(first))
            (one,) = await waits(second)
            os.kill(pid_of(str(tmp_path / "doorstep.toml")), signal.SIGKILL)
            with pytest.raises(Exception) as caught:
                await answer
            assert not isinstance(caught.value, APIStatusError)
            taken = await decide(second, one, "send")  # it may still be shown for a moment
            assert taken.status_code in (303, 409)
            await waits(second, 0)
            other = asyncio.create_task(ask(second))  # the second one goes on
            (mine,) = await waits(second)
            await decide(second, mine, "send")
            assert await other == TEXT
        assert len(cloud.got) == 1 and [cloud.got[0].body] == crossed(tmp_path)
    nothing_private(tmp_path, left=1)  # of the dead one, until the next request waits


def nothing_private(folder: Path, *more: bytes, left: int = 0) -> None:
    """Neither in what is kept of held crossings nor in what was said on the terminal."""
    files = [*(folder / "doorstep").glob("held.sqlite3*"), folder / "said.txt"]
    assert len(files) > 1
    for file in files:
        for word in (CANARY.encode(), *more):
            assert word not in file.read_bytes()
    with sqlite3.connect(folder / "doorstep" / "held.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM waiting").fetchone() == (left,)
