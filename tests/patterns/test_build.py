"""What an option of a settings file does: it reaches the pattern, and changes what it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from doorstep import BadInput, Message, Options, Piece, Reply, Zone
from doorstep.models import Model, Scripted
from doorstep.models.base import closing
from doorstep.patterns.build import build, checked
from doorstep.patterns.drafting.race import PATIENCE
from doorstep.patterns.settings import DraftOptions
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far
from tests.patterns.test_sanitize_and_solve import ASK as LETTER
from tests.patterns.test_sanitize_and_solve import LOSSY

ASK = [Message("user", "When do I water the tomatoes?")]
PLAINLY = Options()
PLAIN = "Water them twice a week."


class Slow(Model):
    """A home model that never comes to its end."""

    name = "slow"
    zone = Zone.HOME
    zone_reason = "it sleeps in this process"

    async def stream(
        self, messages: Sequence[Message], options: Options = PLAINLY
    ) -> AsyncIterator[Piece]:
        await asyncio.sleep(3600)
        yield Piece("", Reply("", self.name))


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


async def test_budget_s_stops_a_home_model_that_takes_too_long(cloud: Far) -> None:
    cloud.says(PLAIN)
    hurried = build("escalate-on-hard", Slow(), cloud.model, cloud.boundary, budget_s=0.05)
    reply = await asyncio.wait_for(hurried.respond(ASK), 30)
    assert reply.text == PLAIN and reply.outcome is not None
    assert reply.outcome.reasons == ("the home model took longer than it may",)


async def test_stream_final_only_shows_no_draft(cloud: Far) -> None:
    cloud.server.answer_with(lambda request: Answer.sse(chat_events(PLAIN)))
    shown = {}
    for stream in ("draft-first", "final-only"):
        home = Scripted(["I do not know."])
        pattern = build(
            "draft-then-refine", home, cloud.model, cloud.boundary, judge="checks", stream=stream
        )
        async with closing(pattern.stream(ASK)) as pieces:
            shown[stream] = "".join([piece.text async for piece in pieces])
    assert shown["final-only"] == PLAIN
    assert shown["draft-first"].startswith("I do not know.") and PLAIN in shown["draft-first"]


async def test_without_patience_the_cloud_waits_for_no_draft(cloud: Far) -> None:
    cloud.says(PLAIN)
    pattern = build(
        "draft-then-refine", Slow(), cloud.model, cloud.boundary, patience=0, judge="checks"
    )
    assert (await asyncio.wait_for(pattern.respond(ASK), 30)).text == PLAIN


async def test_with_unlimited_patience_it_waits_for_the_draft(cloud: Far) -> None:
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def answer(request: object) -> Answer:
        loop.call_soon_threadsafe(asked.set)
        return Answer.sse(chat_events(PLAIN))

    cloud.server.answer_with(answer)
    pattern = build(
        "draft-then-refine",
        Slow(),
        cloud.model,
        cloud.boundary,
        patience="unlimited",
        judge="checks",
    )
    task = asyncio.ensure_future(pattern.respond(ASK))
    await asyncio.wait_for(asked.wait(), 30)
    done, _ = await asyncio.wait([task], timeout=0.3)
    assert not done
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_the_usual_patience_is_that_of_the_pattern() -> None:
    assert DraftOptions(use="draft-then-refine").patience == PATIENCE


@pytest.mark.parametrize("tries", [1, 2])
async def test_home_tries_say_how_often_home_may_write_the_problem(cloud: Far, tries: int) -> None:
    cloud.says("Kindly.")
    home = Scripted(["no problem at all"] * 9)
    pattern = build(
        "sanitize-and-solve",
        home,
        cloud.model,
        cloud.boundary,
        level="abstract",
        home_tries=tries,
    )
    reply = await pattern.respond(LETTER)
    assert reply.outcome is not None and reply.outcome.verdict == "masked"
    assert len(home.calls) == tries


@pytest.mark.parametrize(("strict", "verdict"), [(False, "abstracted"), (True, "masked")])
async def test_strict_facts_let_no_fact_be_lost(cloud: Far, strict: bool, verdict: str) -> None:
    cloud.says("Kindly.")
    home = Scripted([LOSSY, LOSSY, LOSSY, "Kindly."])
    pattern = build(
        "sanitize-and-solve",
        home,
        cloud.model,
        cloud.boundary,
        level="abstract",
        strict_facts=strict,
    )
    reply = await pattern.respond(LETTER)
    assert reply.outcome is not None and reply.outcome.verdict == verdict


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("escalate-on-hard", "budget_s", -1),
        ("escalate-on-hard", "budget_s", float("nan")),
        ("draft-then-refine", "patience", -0.1),
        ("draft-then-refine", "patience", float("inf")),
        ("draft-then-refine", "patience", "long"),
        ("draft-then-refine", "stream", "all"),
        ("sanitize-and-solve", "home_tries", 0),
        ("sanitize-and-solve", "home_tries", 11),
        ("sanitize-and-solve", "strict_facts", "maybe"),
    ],
)
def test_a_value_that_an_option_has_not(name: str, option: str, value: object) -> None:
    with pytest.raises(BadInput, match=f"^{option} cannot be used: "):
        checked(name, {option: value})
