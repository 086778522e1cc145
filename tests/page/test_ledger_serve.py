"""The ledger's page of a running gateway: it is read while clients' requests are written."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
from io import StringIO
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI

pytest.importorskip("uvloop")

from doorstep.boundary import Ledger
from tests.boundary.ledgers import in_files, old
from tests.gateway.process import environment, served
from tests.gateway.upstream import Reply, Upstream, said

CANARY = "Quixmere"
TOML = f"""
[boundary]
private = ["{CANARY}"]
"""


async def _ask(url: str, numbers: range) -> None:
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client:
        for n in numbers:
            text = f"Heron {n}: what does {CANARY} want?"
            await client.chat.completions.create(
                model="mask/m", messages=[{"role": "user", "content": text}]
            )


async def _look(url: str, asking: asyncio.Task[None]) -> int:
    """Page through it until all has been asked; how often."""
    looks = 0
    async with httpx2.AsyncClient(trust_env=False, base_url=f"{url}/page") as page:
        while not asking.done():
            first = (await page.get("/ledger.json")).json()
            ids = [line["what"]["id"] for line in first["lines"]]
            assert ids == sorted(ids, reverse=True) and len(set(ids)) == len(ids)
            if first["next"]:
                path = f"/ledger.json?before={first['next']}"
                second = [line["what"]["id"] for line in (await page.get(path)).json()["lines"]]
                assert second[0] == ids[-1] - 1
            done = await page.post(
                "/ledger/verify", headers={"accept": "application/json", "origin": url}
            )
            assert done.json()["problems"] == []
            looks += 1
            await asyncio.sleep(0.02)
    return looks


def _doorstep(folder: Path, *words: str) -> str:
    """The command, beside the server."""
    command = [sys.executable, "-m", "doorstep", "--config", "doorstep.toml", "ledger", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


async def test_a_gateway_writes_while_the_page_is_read(tmp_path: Path) -> None:
    async with Upstream() as cloud:
        cloud.answer = lambda _: Reply(body=said("Nothing at all."))
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            asking = asyncio.create_task(_all(url))
            looks = await _look(url, asking)
            await asking
            assert looks > 2
            drop = ("drop", "--older-than", "0d", "--yes")
            dropped = await asyncio.to_thread(_doorstep, tmp_path, *drop)
            assert dropped.startswith("120 bodies")
            await _ask(url, range(120, 123))
            async with httpx2.AsyncClient(trust_env=False, base_url=f"{url}/page") as page:
                found = await page.post(
                    "/ledger/find",
                    data={"word": "heron"},
                    headers={"accept": "application/json", "origin": url},
                )
                table = (await page.get("/ledger/export.csv")).text
                lines = (await page.get("/ledger/export.jsonl")).text.splitlines()
        rows = list(csv.DictReader(StringIO(table, newline="")))
        with Ledger(tmp_path / "doorstep" / "ledger.sqlite3", create=False) as ledger:
            assert ledger.verify().ok and ledger.verify().dropped == 120
            assert lines == list(ledger.export())
        bodies = [got.body for got in cloud.got]
    assert len(rows) == len(bodies) == 123 and {row["state"] for row in rows} == {"answered"}
    assert [int(row["bytes"]) for row in rows[::-1]] == [len(body) for body in bodies]
    hits = found.json()
    assert [hit["id"] for hit in hits["hits"]] == [123, 122, 121] and hits["missing"] == 120
    assert CANARY not in table + "".join(lines)
    assert not any(CANARY.encode() in body for body in bodies)
    log = (tmp_path / "said.txt").read_text("utf-8")
    assert "heron" not in log.lower() and "Traceback" not in log


async def _all(url: str) -> None:
    await asyncio.gather(*(_ask(url, range(first, first + 40)) for first in (0, 40, 80)))


async def test_a_server_drops_old_bodies_by_the_setting(tmp_path: Path) -> None:
    (tmp_path / "doorstep").mkdir(mode=0o700)
    path = old(tmp_path / "doorstep" / "ledger.sqlite3", [f"Heron {n}" for n in range(5)])
    with served(tmp_path, toml="[ledger]\nkeep_days = 2\n[gateway]\nworkers = 2\n") as url:
        for _ in range(200):
            if not in_files(path.parent, "Heron"):
                break
            await asyncio.sleep(0.05)
        async with httpx2.AsyncClient(trust_env=False, base_url=f"{url}/page") as page:
            shown = (await page.get("/ledger")).text
    assert not in_files(path.parent, "Heron")
    assert "Bodies are dropped after 2 days" in shown and "by ledger.keep_days = 2" in shown
    with Ledger(path) as ledger:
        assert ledger.verify().ok and [one.bodies for one in ledger.droppings()] == [5]
