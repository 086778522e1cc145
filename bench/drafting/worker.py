"""A process with a refinery in it, to be killed.

    python -m bench.drafting.worker FOLDER URL submit [--hang]
    python -m bench.drafting.worker FOLDER URL deliver ID

FOLDER: of the refinery, the ledger and the key. URL: of the cloud. `submit` prints the id of a new
job and stays; with --hang its judge says "judging" and never comes to an end. `deliver` prints
what it is given, as JSON, with all addresses that the process bound or connected to.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from doorstep import Boundary, Ledger, Message, Policy
from doorstep.boundary import Declared
from doorstep.boundary.detect.levels import detectors
from doorstep.models import OpenAIChat, Scripted
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.drafting.background import Refinery
from doorstep.patterns.drafting.judge import JudgedBy
from doorstep.patterns.drafting.record import Job
from doorstep.patterns.drafting.ruling import Pair, Verdict

NAME = "Maya Okafor"
PROMPT = f"Write to {NAME} about the boiler."
DRAFT = f"Dear {NAME}, the boiler rattles."


async def hangs(pair: Pair) -> Verdict:
    print("judging", flush=True)
    await asyncio.sleep(3600)
    return "keep"


@asynccontextmanager
async def refinery(folder: Path, url: str, judge: JudgedBy) -> AsyncIterator[Refinery]:
    """A refinery behind a real boundary with a real ledger."""
    with Ledger(folder / "ledger.sqlite3") as ledger:
        boundary = Boundary(
            ledger=ledger,
            policy=Policy(destinations=(url,)),
            key=b"k" * 32,
            detectors=detectors("rules", declared=Declared((NAME,))),
        )
        async with boundary.client() as client:
            cloud = OpenAIChat("gpt-5.4", client=client, api_key="sk-bench", base_url=url)
            pattern = DraftThenRefine(Scripted([]), cloud, boundary, judge=judge)
            async with Refinery(pattern, folder=folder / "refinery") as opened:
                yield opened


async def submit(folder: Path, url: str, hang: bool) -> None:
    async with refinery(folder, url, hangs if hang else "checks") as opened:
        print(await opened.submit([Message("user", PROMPT)], DRAFT), flush=True)
        await asyncio.sleep(3600)


async def deliver(folder: Path, url: str, id: str) -> Job | None:
    async with refinery(folder, url, "checks") as opened:
        return await opened.deliver(id)


def said(job: Job | None) -> dict[str, Any] | None:
    if job is None:
        return None
    outcome = job.reply.outcome if job.reply else None
    return {
        "state": job.state,
        "answer": job.reply.text if job.reply else "",
        "verdict": outcome.verdict if outcome else "",
        "crossings": len(outcome.crossings) if outcome else 0,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("do", choices=("submit", "deliver"))
    parser.add_argument("id", nargs="?", default="")
    parser.add_argument("--hang", action="store_true")
    args = parser.parse_args()
    if args.do == "submit":
        asyncio.run(submit(args.folder, args.url, args.hang))
        return
    places: set[str] = set()
    sys.addaudithook(lambda event, about: _note(places, event, about))
    job = asyncio.run(deliver(args.folder, args.url, args.id))
    print(json.dumps({"job": said(job), "places": sorted(places)}))


def _note(places: set[str], event: str, about: tuple[Any, ...]) -> None:
    if event in ("socket.bind", "socket.connect", "socket.getaddrinfo"):
        places.add(f"{event} {about[1] if event != 'socket.getaddrinfo' else about[:2]}")


if __name__ == "__main__":
    main()
