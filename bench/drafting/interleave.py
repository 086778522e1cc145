"""Plays random worlds and says what was wrong: against an oracle that knows each world's end.

from bench.drafting.interleave import faults
faults(17)      # [] where nothing was lost, doubled, reordered, late, leaked or misjudged
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.drafting.clock import Stuck, run
from bench.drafting.worlds import ADDITION, Paced, World, judge, world
from doorstep import DoorstepError, Message, Outcome, Reply
from doorstep.models.base import closing
from doorstep.patterns.draft_then_refine import REPLACED, DraftThenRefine
from doorstep.patterns.drafting.events import (
    Done,
    DraftDone,
    DraftText,
    Enriched,
    Event,
    Kept,
    Refined,
    Refining,
)
from doorstep.patterns.drafting.handle import Drafting

ASK = [Message("user", "Say it.")]
_NEAR = 1e-9  # seconds; what happens at the same moment may happen in either order
_PIECE = re.compile(r"⟨([hc])(\d+)⟩")
_ORDER = re.compile(r"T*DR[FEK]!")
_SIGN = {
    DraftText: "T",
    DraftDone: "D",
    Refining: "R",
    Refined: "F",
    Enriched: "E",
    Kept: "K",
    Done: "!",
}


@dataclass
class Seen:
    """What a reader saw of one run, and what was left of it."""

    events: list[Event] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    reply: Reply | None = None
    outcome: Outcome | None = None
    error: str = ""
    begun: bool = False
    stopped: bool = False
    stopping: float = 0.0  # seconds from the word "stop" to the end
    ended_at: float = 0.0
    left: int = 0  # tasks that still ran afterwards
    open: int = 0  # streams that were still open


def faults(seed: int) -> list[str]:
    """What was wrong in the world of this seed."""
    one = world(seed)
    try:
        seen = run(_alone(one))
    except Stuck:
        return ["stuck"]
    return [*order(one, seen), *leaks(seen), *_end(one, seen)]


# --- playing -------------------------------------------------------------------------------------


async def _alone(one: World) -> Seen:
    """In this process, on whatever clock its loop has."""
    home, cloud = Paced(one.home), Paced(one.cloud)
    pattern = DraftThenRefine(home, cloud, judge=judge(one), start=one.start, patience=one.patience)
    return await play(one, pattern, lambda: home.open + cloud.open)


async def play(one: World, pattern: DraftThenRefine, still_open: Callable[[], int]) -> Seen:
    """Read, and stop, as the world has it."""
    seen, before = Seen(), asyncio.all_tasks()
    if one.way == "events":
        await _events(one, pattern.events(ASK), seen)
    else:
        await _stopped_after(one, asyncio.create_task(_other(one, pattern, seen)), seen)
    seen.left = len(asyncio.all_tasks() - before)
    seen.open = still_open()
    return seen


async def _events(one: World, handle: Drafting, seen: Seen) -> None:
    reader = asyncio.create_task(_read(one, handle, seen))
    if one.stop == "cancel":
        await asyncio.sleep(one.stop_at)
        seen.stopped = not reader.done()
        with _timed(seen):
            await handle.cancel()
        await reader
    else:
        await _stopped_after(one, reader, seen)
    seen.outcome, seen.reply = handle.outcome, handle.reply


async def _read(one: World, handle: Drafting, seen: Seen) -> None:
    seen.begun, loop = True, asyncio.get_running_loop()
    try:
        async with handle:
            async for event in handle:
                seen.events.append(event)
                seen.ended_at = loop.time()
                if one.stop == "close" and loop.time() >= one.stop_at:
                    seen.stopped = True
                    break
                await asyncio.sleep(one.reading)
            with _timed(seen):
                await handle.aclose()
    except DoorstepError as error:
        seen.error = type(error).__name__


async def _other(one: World, pattern: DraftThenRefine, seen: Seen) -> None:
    loop = asyncio.get_running_loop()
    try:
        if one.way == "respond":
            seen.reply = await pattern.respond(ASK)
            seen.ended_at = loop.time()
            return
        async with closing(pattern.stream(ASK)) as pieces:
            async for piece in pieces:
                seen.pieces.append(piece.text)
                seen.reply, seen.ended_at = piece.reply, loop.time()
                if one.stop == "close" and loop.time() >= one.stop_at and not piece.reply:
                    seen.stopped = True
                    return
                await asyncio.sleep(one.reading)
    except DoorstepError as error:
        seen.error = type(error).__name__


async def _stopped_after(one: World, task: asyncio.Task[None], seen: Seen) -> None:
    if one.stop != "task":
        return await task
    await asyncio.sleep(one.stop_at)
    seen.stopped = not task.done()
    task.cancel()
    with _timed(seen), contextlib.suppress(asyncio.CancelledError):
        await task
    return None


@contextlib.contextmanager
def _timed(seen: Seen) -> Iterator[None]:
    begun = asyncio.get_running_loop().time()
    yield
    seen.stopping = asyncio.get_running_loop().time() - begun


# --- what was wrong ------------------------------------------------------------------------------


def order(one: World, seen: Seen) -> Iterator[str]:
    """Each piece once, in its order, none missing before the last one that was shown."""
    shown = "".join(event.text for event in seen.events if isinstance(event, DraftText))
    if one.way == "stream":
        shown = "".join(seen.pieces).split(f"\n\n{REPLACED}\n\n")[0].split("\n\n")[0]
    numbers = [int(number) for who, number in _PIECE.findall(shown) if who == "h"]
    if len(set(numbers)) != len(numbers):
        yield "doubled"
    if numbers != sorted(numbers):
        yield "reordered"
    if set(numbers) != set(range(len(numbers))):
        yield "lost"
    if one.way == "stream" and seen.reply and "".join(seen.pieces) != seen.reply.text:
        yield "the pieces are not the reply"
    if one.way == "events":
        yield from _grammar(seen, shown)


def _grammar(seen: Seen, shown: str) -> Iterator[str]:
    signs = "".join(_SIGN[type(event)] for event in seen.events)
    whole = bool(_ORDER.fullmatch(signs))
    broken = re.fullmatch(r"T*(D(R[FEK]?)?)?!?", signs) is not None
    if not (whole or (broken and (seen.stopped or seen.error))):
        yield "events out of order"
    done = next((event for event in seen.events if isinstance(event, DraftDone)), None)
    if done is not None and done.text != shown:
        yield "lost"
    stopped = seen.outcome if seen.outcome and seen.outcome.verdict == "cancelled" else None
    if stopped and "!" in signs and stopped.answer != shown:
        yield "lost"


def leaks(seen: Seen) -> Iterator[str]:
    if seen.left:
        yield "a task was left"
    if seen.open:
        yield "a stream was left open"


def _end(one: World, seen: Seen) -> Iterator[str]:
    """The right end for the world, where nobody stopped it."""
    if seen.stopped:
        if seen.stopping > _NEAR:
            yield "slow to stop"
        failed = seen.error or _expected(one) == {"ModelUnavailable"}
        if one.way == "events" and seen.begun and not failed and seen.outcome is None:
            yield "stopped without an outcome"
        return
    expected = _expected(one)
    found = seen.error or (seen.reply.outcome.verdict if seen.reply and seen.reply.outcome else "")
    if found not in expected:
        yield f"{found or 'nothing'} where {' or '.join(sorted(expected))} was due"
    if seen.reply is not None:
        yield from text_of(one, seen.reply, found)
    yield from _late(one, seen)


def _expected(one: World) -> set[str]:
    home_ok, cloud_ok = one.home.fails_at is None, one.cloud.fails_at is None
    begun = 0.0 if one.start == "at_once" else one.home.seconds
    cloud_end = begun + one.cloud.seconds
    if not cloud_ok:
        return {"kept"} if home_ok and one.home.texts else {"ModelUnavailable"}
    if one.patience is None:
        return {"replaced"} if not home_ok else _judged(one)
    deadline = cloud_end + one.cloud.seconds * one.patience
    ready = max(one.home.seconds, cloud_end)
    took = ready + (0.0 if _settled(one) else one.judging)
    ends = set()
    if not home_ok or took > deadline - _NEAR:
        ends.add("replaced")
    if home_ok and took < deadline + _NEAR:
        ends |= _judged(one)
    return ends


def _settled(one: World) -> bool:
    """The checks decide: an answer without any text."""
    return not one.home.texts or not one.cloud.texts


def _judged(one: World) -> set[str]:
    if not one.home.texts:
        return {"replaced"}
    if not one.cloud.texts or one.verdict is None:
        return {"kept"}
    return {{"keep": "kept", "replace": "replaced", "enrich": "enriched"}[one.verdict]}


def text_of(one: World, reply: Reply, verdict: str) -> Iterator[str]:
    home, cloud = "".join(one.home.texts), "".join(one.cloud.texts)
    answer = reply.outcome.answer if reply.outcome else ""
    right = {"kept": home, "replaced": cloud, "enriched": f"{home}\n\nAdded:\n\n{ADDITION}"}
    if answer != right[verdict]:
        yield "the answer is not what was said"


def _late(one: World, seen: Seen) -> Iterator[str]:
    """Not later than the cloud and its share of patience, where the reader holds nothing up."""
    if (
        one.reading
        or one.patience is None
        or one.start != "at_once"
        or one.cloud.fails_at is not None
    ):
        return
    if seen.ended_at > one.cloud.seconds * (1 + one.patience) + _NEAR:
        yield "late"
