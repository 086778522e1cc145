"""Draft-then-Refine on loopback: two servers of set speed, a real boundary, a real ledger.

What is compared is measured in turns, in one run: home alone, cloud alone (through the same
boundary), and the pattern.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2

from bench.drafting.interleave import Seen, leaks, order, play, text_of
from bench.drafting.server import Pace, Server, Told, serving
from bench.drafting.worlds import World, judge, world
from doorstep import Boundary, Ledger, Message, Policy, Zone
from doorstep.boundary.detect.levels import detectors
from doorstep.models import Model, OpenAIChat
from doorstep.models.base import closing
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.drafting.events import DraftText, Refining
from doorstep.patterns.drafting.judge import JudgedBy
from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve

ASK = [Message("user", "Plan the watering of a roof garden for a dry week. " * 8)]


@dataclass(frozen=True, slots=True)
class Ends:
    """Two servers, a model on each, and the boundary before the far one."""

    home: Model
    cloud: Model
    boundary: Boundary
    home_server: Server
    cloud_server: Server

    def pattern(self, by: JudgedBy = "home") -> DraftThenRefine:
        return DraftThenRefine(self.home, self.cloud, self.boundary, judge=by)

    def cloud_alone(self) -> Model:
        return SanitizeAndSolve(self.home, self.cloud, self.boundary)


@asynccontextmanager
async def ends(home: Pace, cloud: Pace) -> AsyncIterator[Ends]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        near = await stack.enter_async_context(serving(home))
        far = await stack.enter_async_context(serving(cloud))
        ledger = stack.enter_context(Ledger(folder / "ledger.sqlite3"))
        boundary = Boundary(
            ledger=ledger,
            policy=Policy(destinations=(far.url,)),
            key=b"k" * 32,
            detectors=detectors("rules"),
        )
        plain = await stack.enter_async_context(httpx2.AsyncClient())
        client = await stack.enter_async_context(boundary.client())
        yield Ends(
            _model("home", plain, near, Zone.HOME),
            _model("cloud", client, far, Zone.CLOUD),
            boundary,
            near,
            far,
        )


def _model(name: str, client: httpx2.AsyncClient, server: Server, zone: Zone) -> Model:
    why = "a server of this benchmark, on loopback" if zone is Zone.HOME else ""
    return OpenAIChat(
        name,
        client=client,
        api_key="sk-bench",
        base_url=server.url,
        zone=zone,
        zone_reason=why,
    )


# --- first token, and the final ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds to the first token (home alone, the pattern), seconds to the end (cloud alone,
    the pattern), and how the pattern's runs ended; one entry a round."""

    name: str
    first_home: tuple[float, ...]
    first_pattern: tuple[float, ...]
    end_cloud: tuple[float, ...]
    end_pattern: tuple[float, ...]
    verdicts: tuple[str, ...]

    @property
    def later_ms(self) -> float:
        """By how much the pattern's first token is later, median of the rounds."""
        pairs = zip(self.first_home, self.first_pattern, strict=True)
        return statistics.median(ours - home for home, ours in pairs)

    @property
    def latest_ms(self) -> float:
        """The same, of the worst round."""
        pairs = zip(self.first_home, self.first_pattern, strict=True)
        return max(ours - home for home, ours in pairs)

    @property
    def ratios(self) -> list[float]:
        """Final over cloud alone, per round."""
        return [ours / cloud for cloud, ours in zip(self.end_cloud, self.end_pattern, strict=True)]


SCENES = {
    "the draft is done first, the judge is in time": (
        Pace("h", first=0.03, each=0.005, count=30, deciding=0.005),
        Pace("c", first=0.4, each=0.04, count=40),
    ),
    "the judge is too slow": (
        Pace("h", first=0.03, each=0.005, count=30, deciding=0.5),
        Pace("c", first=0.4, each=0.04, count=40),
    ),
    "the cloud is done first": (
        Pace("h", first=0.03, each=0.1, count=30, deciding=0.005),
        Pace("c", first=0.4, each=0.04, count=40),
    ),
}


async def speed(name: str, scene: tuple[Pace, Pace], rounds: int) -> Speed:
    async with ends(*scene) as two:
        await _round(two)  # connections, imports, and the detectors' first text
        measured = [await _round(two) for _ in range(rounds)]
    columns = list(zip(*measured, strict=True))
    return Speed(name, *columns)


async def _round(two: Ends) -> tuple[float, float, float, float, str]:
    home = await _first(two.home)
    begun = time.perf_counter()
    await two.cloud_alone().respond(ASK)
    cloud = time.perf_counter() - begun
    first, end, verdict = await _both(two.pattern())
    return home, first, cloud, end, verdict


async def _first(model: Model) -> float:
    """Milliseconds to the first text; the rest is heard to its end, as a reader would."""
    begun, first = time.perf_counter(), 0.0
    async with closing(model.stream(ASK)) as pieces:
        async for piece in pieces:
            if piece.text and not first:
                first = time.perf_counter() - begun
    return first * 1000


async def _both(pattern: DraftThenRefine) -> tuple[float, float, str]:
    begun, first = time.perf_counter(), 0.0
    async with pattern.events(ASK) as events:
        async for event in events:
            if isinstance(event, DraftText) and not first:
                first = time.perf_counter() - begun
    end = time.perf_counter() - begun
    assert events.outcome is not None  # the run has ended
    return first * 1000, end, events.outcome.verdict


# --- what was generated for nobody ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waste:
    """Runs that were stopped after a random number of its tokens, and runs whose draft was kept.

    `generated`: tokens that the cloud's server had sent to the stopped runs, as it counted;
    `whole`: what it would have sent them. `told`: how many of their outcomes hold the crossing,
    and None for its tokens, since the server did not get to count them.
    `kept_tokens`: what the outcomes of the kept runs say went unused, of `kept_generated`.
    """

    stopped: int
    noticed: int  # of them, those that the server saw go away
    generated: int
    whole: int
    told: int
    kept: int
    kept_tokens: int
    kept_generated: int


async def waste(runs: int, seed: int = 1) -> Waste:
    dice = random.Random(seed)
    home = Pace("h", first=0.005, each=0.001, count=10, likes="⟨h")
    slow = Pace("c", first=0.02, each=0.05, count=40)
    async with ends(home, slow) as two:
        told = [await _stopped(two, dice.randint(1, 20)) for _ in range(runs)]
        after = await _settled(two.cloud_server)
        used = [await _unused(two, replace(slow, each=0.002)) for _ in range(runs)]
        end = await _settled(two.cloud_server)
    return Waste(
        runs,
        after.gone,
        after.pieces_to_gone,
        runs * slow.count,
        sum(told),
        runs,
        sum(used),
        end.pieces - after.pieces,
    )


async def _stopped(two: Ends, pieces: int) -> bool:
    """Stop a run once the server has sent so many pieces. Whether its outcome says what it cost."""
    before = (await _settled(two.cloud_server)).pieces
    async with two.pattern().events(ASK) as events:
        async for event in events:
            if isinstance(event, Refining):
                break
        while (await two.cloud_server.told()).pieces < before + pieces:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        outcome = await events.cancel()
    if outcome is None or outcome.verdict != "cancelled":
        return False
    return bool(outcome.crossings) and outcome.cloud_usage.output_tokens is None


async def _unused(two: Ends, pace: Pace) -> int:
    await two.cloud_server.next(pace)
    reply = await two.pattern(lambda pair: "keep").respond(ASK)
    assert reply.outcome is not None  # a pattern's reply has one
    return reply.outcome.cloud_usage.output_tokens or 0


async def _settled(server: Server) -> Told:
    """What the server says once no answer of it is under way."""
    async with asyncio.timeout(10):
        while (told := await server.told()).open:  # noqa: ASYNC110 - another process says so
            await asyncio.sleep(0.02)
    return told


# --- random worlds, on the wire ------------------------------------------------------------------


async def worlds(seeds: Sequence[int]) -> list[tuple[int, str]]:
    """(seed, fault) of random worlds in which both sides are servers; [] where nothing was wrong.

    What is checked is order, leaks and the answer; when things end is for the jumping clock.
    """
    found: list[tuple[int, str]] = []
    async with ends(Pace("h"), Pace("c")) as two:
        for seed in seeds:
            one = world(seed)
            await two.home_server.next(_pace(one, "h"))
            await two.cloud_server.next(_pace(one, "c"))
            found += [(seed, fault) for fault in await _faults(one, two)]
        for server in (two.home_server, two.cloud_server):
            await _settled(server)  # TimeoutError where an answer goes on for nobody
    return found


def _pace(one: World, who: str) -> Pace:
    script = one.home if who == "h" else one.cloud
    each = min(0.004, sum(script.pauses) / len(script.pauses))
    return Pace(who, each, each, len(script.texts), script.fails_at)


async def _faults(one: World, two: Ends) -> list[str]:
    pattern = DraftThenRefine(
        two.home,
        two.cloud,
        two.boundary,
        judge=judge(replace(one, judging=0.0)),
        start=one.start,
        patience=one.patience,
    )
    quick = replace(one, reading=0.0, stop_at=one.stop_at % 0.2)
    seen = await play(quick, pattern, lambda: 0)
    return [*order(quick, seen), *leaks(seen), *_answer(quick, seen)]


def _answer(one: World, seen: Seen) -> list[str]:
    if seen.stopped or seen.reply is None or seen.reply.outcome is None:
        return [] if seen.stopped or seen.error else ["nothing"]
    return list(text_of(one, seen.reply, seen.reply.outcome.verdict))
