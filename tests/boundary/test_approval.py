"""A person's answers: more words masked, yes once for all, and a look whatever the policy says."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import openai
import pytest

from doorstep import Message, Reply
from doorstep._errors import BadInput, Blocked, BoundaryError, KeepHome, ModelTimeout
from doorstep.boundary import (
    Boundary,
    Clearance,
    Declared,
    Held,
    Ledger,
    Policy,
    Preview,
    Rule,
    Term,
)
from doorstep.boundary.approval import NO, YES, Answer, looking
from doorstep.boundary.by_hand import HIDDEN
from doorstep.boundary.patience import Limit, patient, thinking
from doorstep.boundary.terms import Matcher
from doorstep.models import OpenAIChat, Scripted
from doorstep.patterns.cross_check import CrossCheck
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.escalate_on_hard import EscalateOnHard
from tests.boundary.cloud import SSE, Cloud, Got, echo
from tests.boundary.cloud import Answer as Reply_
from tests.models.openai_server import chat_events

Make = Callable[..., Boundary]
WHO = Declared((Term("Maya", "person"),))
TEXT = "Maya lives at Zanzibar Quay and likes Wiesbaden."
Send = Callable[[Boundary, Cloud, str], Awaitable[str]]


async def by_httpx(made: Boundary, cloud: Cloud, text: str) -> str:
    async with made.client() as client:
        body = {"model": "m", "input": text}
        return (await client.post(cloud.url + "/v1/responses", json=body)).text


async def by_stream(made: Boundary, cloud: Cloud, text: str) -> str:
    body = json.dumps({"model": "m", "input": text}).encode()
    async with made.stream_door() as door:
        kind = (("content-type", "application/json"),)
        reply = await door.send(cloud.url + "/v1/responses", kind, body)
        return b"".join([part async for part in reply]).decode()


async def by_sync(made: Boundary, cloud: Cloud, text: str) -> str:
    def send() -> str:
        with made.sync_client() as client:
            body = {"model": "m", "input": text}
            return client.post(cloud.url + "/v1/responses", json=body).text

    return await asyncio.to_thread(send)


DOORS = pytest.mark.parametrize("send", [by_httpx, by_stream, by_sync])
ASK = Rule(do="ask")


@dataclass
class Person:
    """Says what is scripted, and remembers what was shown."""

    answers: list[Answer]
    seen: list[Preview] = field(default_factory=list)

    async def approve(self, preview: Preview) -> Answer:
        self.seen.append(preview)
        return self.answers.pop(0)


@dataclass
class Said:
    """A `Standing` in memory."""

    words: Callable[[], Matcher] = lambda: Matcher(())
    to: str = ""

    def hidden(self) -> Matcher:
        return self.words()

    def refuses(self, origin: str) -> bool:
        return origin == self.to


def ruled(boundary: Make, cloud: Cloud, *rules: Rule, **more: object) -> Boundary:
    seconds = more.pop("ask_timeout_s", 5)
    policy = Policy((cloud.url,), rules=rules, ask_timeout_s=seconds, deadline_s=2)  # type: ignore[arg-type]
    return boundary(policy=policy, detectors=(WHO,), **more)


# more words masked


@DOORS
async def test_the_original_is_sealed_anew_and_asked_about_again(
    cloud: Cloud, boundary: Make, ledger: Ledger, send: Send
) -> None:
    cloud.answer = echo
    person = Person([Answer("mask", ("zanzibar quay",)), Answer("mask", ("Wiesbaden",)), YES])
    reply = await send(ruled(boundary, cloud, ASK, approve=person.approve), cloud, TEXT)
    first, second, third = person.seen
    assert "Zanzibar Quay" in first.body and "Zanzibar" not in second.body
    assert "Wiesbaden" in second.body and "Wiesbaden" not in third.body
    assert "Zanzibar" not in third.body and "Maya" not in third.body  # earlier words stay masked
    assert [one.round for one in person.seen] == [1, 2, 3]
    assert third.found == {"person": 1, HIDDEN: 2}
    (got,) = cloud.got
    assert got.body.decode() == third.body and ledger.show(1).sha256 == third.sha256
    assert "Zanzibar Quay" in reply and "Wiesbaden" in reply and len(ledger.list()) == 1


async def test_words_are_hidden_in_every_spelling(cloud: Cloud, boundary: Make) -> None:
    person = Person([Answer("mask", ("Wiesbaden",)), NO, Answer("mask", ("Wiesbaden",))])
    made = ruled(boundary, cloud, ASK, approve=person.approve)
    with pytest.raises(Blocked, match="said no"):
        await by_httpx(made, cloud, "Maya: WIESBADEN, Wies-baden")
    assert person.seen[1].found == {"person": 1, HIDDEN: 2}
    assert "baden" not in person.seen[1].body.lower()
    # Where it cannot be masked the gate refuses: Base64 of "Wiesbaden".
    with pytest.raises(Blocked, match="about to leave"):
        await by_httpx(made, cloud, "Maya: V2llc2JhZGVu")
    assert cloud.silent


async def test_no_rule_lets_out_what_was_hidden_by_hand(cloud: Cloud, boundary: Make) -> None:
    rules = (Rule(("person",), do="ask"), Rule(("*",), do="allow"))
    person = Person([Answer("mask", ("Wiesbaden",)), YES])
    await by_httpx(ruled(boundary, cloud, *rules, approve=person.approve), cloud, TEXT)
    assert b"Wiesbaden" not in cloud.got[0].body and b"Zanzibar" in cloud.got[0].body


async def test_where_nothing_may_be_masked_more_words_refuse(cloud: Cloud, boundary: Make) -> None:
    person = Person([Answer("mask", ("Wiesbaden",))])
    made = ruled(boundary, cloud, approve=person.approve)
    with looking(), pytest.raises(Blocked), made.crossing(Clearance(mask=False)):
        await by_httpx(made, cloud, "Off to Wiesbaden.")
    assert len(person.seen) == 1 and cloud.silent


async def test_masking_again_and_again_ends(cloud: Cloud, boundary: Make) -> None:
    person = Person([Answer("mask", ("Wiesbaden",))] * 50)
    with pytest.raises(Blocked, match="again and again"):
        await by_httpx(ruled(boundary, cloud, ASK, approve=person.approve), cloud, TEXT)
    assert cloud.silent


# said once for all


@DOORS
async def test_standing_words_are_masked_for_everybody(
    cloud: Cloud, boundary: Make, send: Send
) -> None:
    cloud.answer = echo
    hidden = Matcher([Term("Wiesbaden", HIDDEN)])
    made = ruled(boundary, cloud, standing=Said(lambda: hidden))
    assert "Wiesbaden" in await send(made, cloud, TEXT)  # put back at home
    assert b"Wiesbaden" not in cloud.got[0].body


@DOORS
async def test_hidden_words_are_no_reason_to_let_anything_through(
    cloud: Cloud, boundary: Make, send: Send
) -> None:
    """Where nothing was declared nothing leaves; a word by hand is no detector."""
    standing = Said(lambda: Matcher([Term("Wiesbaden", HIDDEN)]))
    made = boundary(policy=Policy((cloud.url,)), standing=standing)
    with pytest.raises(Blocked, match="Nothing has been declared private"):
        await send(made, cloud, "Maya lives here.")
    assert cloud.got == []


async def test_hidden_words_in_a_fixed_text_refuse(cloud: Cloud, boundary: Make) -> None:
    """Constants of a clearance go as they are: masking them is beyond the seal."""
    fixed = "Plan the day of a house in Wiesbaden."
    standing = Said(lambda: Matcher([Term("wiesbaden", HIDDEN)]))
    made = ruled(boundary, cloud, standing=standing)
    with (
        pytest.raises(Blocked, match="stand in a fixed text") as refused,
        made.crossing(Clearance(public=(fixed,))),
    ):
        await by_httpx(made, cloud, fixed)
    assert refused.value.kinds == (HIDDEN,) and cloud.got == []


@DOORS
async def test_a_destination_that_is_refused_gets_nothing(
    cloud: Cloud, boundary: Make, ledger: Ledger, send: Send
) -> None:
    with pytest.raises(Blocked, match="any more"):
        await send(ruled(boundary, cloud, standing=Said(to=cloud.url)), cloud, "Hello")
    assert cloud.silent and not ledger.list()


@DOORS
async def test_where_it_cannot_be_read_nothing_leaves(
    cloud: Cloud, boundary: Make, send: Send
) -> None:
    def fails() -> Matcher:
        raise OSError("about Maya")

    with pytest.raises(Blocked) as caught:
        await send(ruled(boundary, cloud, standing=Said(fails)), cloud, "Hello")
    assert cloud.silent and "Maya" not in str(caught.value)


async def test_a_remembered_yes_is_told_apart(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    person = Person([Answer("send", remembered=True)])
    await by_httpx(ruled(boundary, cloud, ASK, approve=person.approve), cloud, TEXT)
    assert ledger.show(1).verdict == "remembered" and ledger.show(1).approved


# a look before it leaves


@DOORS
async def test_everything_is_asked_about_in_a_run_that_is_looked_at(
    cloud: Cloud, boundary: Make, ledger: Ledger, send: Send
) -> None:
    person = Person([YES, NO])
    made = ruled(boundary, cloud, approve=person.approve)
    with looking():
        await send(made, cloud, "Nothing private.")
        with pytest.raises(Blocked, match="said no"):
            await send(made, cloud, TEXT)
    await send(made, cloud, "Not looked at.")
    assert [one.look for one in person.seen] == [True, True]
    assert [entry.verdict for entry in ledger.list()] == ["ask", "allow"]
    assert len(cloud.got) == 2


@DOORS
@pytest.mark.parametrize(("do", "error"), [("home", KeepHome), ("block", Blocked)])
async def test_a_look_makes_nothing_milder(
    cloud: Cloud, boundary: Make, send: Send, do: str, error: type[BoundaryError]
) -> None:
    person = Person([YES])
    made = ruled(boundary, cloud, Rule(do=do), approve=person.approve)  # type: ignore[arg-type]
    with looking(), pytest.raises(error):
        await send(made, cloud, TEXT)
    assert cloud.silent and not person.seen


async def test_nobody_to_look_means_nothing_leaves(cloud: Cloud, boundary: Make) -> None:
    with looking(), pytest.raises(Blocked, match="nobody to ask"):
        await by_httpx(ruled(boundary, cloud), cloud, "Hello")
    assert cloud.silent


async def test_a_dry_run_that_is_looked_at_stays_one(cloud: Cloud, boundary: Make) -> None:
    with looking(), pytest.raises(Held):
        await by_httpx(ruled(boundary, cloud, dry_run=True, approve=None), cloud, "Hello")
    assert cloud.silent


def answers(got: Got) -> Reply_:
    return Reply_([chat_events("She pays $12.")], headers=SSE)


@pytest.mark.parametrize("name", ["cross-check", "draft", "nested"])
async def test_a_look_reaches_every_call_of_a_pattern(
    cloud: Cloud, boundary: Make, name: str
) -> None:
    """Side by side, in the background of a draft, and in a pattern within a pattern; each run has
    the answers that were given to it."""
    cloud.answer = answers
    seen: list[Preview] = []

    async def approve(preview: Preview) -> bool:
        seen.append(preview)
        await asyncio.sleep(0.05)
        return "Anna" not in preview.body

    made = ruled(boundary, cloud, approve=approve)
    async with made.client() as client:
        far = OpenAIChat("gpt-5.4", client=client, api_key="sk-test", base_url=cloud.url)

        async def run(who: str, look: bool) -> Reply | None:
            home = Scripted(["She pays $7."] * 9, name="home")
            pattern = {
                "cross-check": lambda: CrossCheck(home, far, made),
                "draft": lambda: DraftThenRefine(home, far, made),
                "nested": lambda: EscalateOnHard(
                    Scripted([ModelTimeout("too slow")] * 9, name="home"),
                    CrossCheck(home, far, made),
                    made,
                ),
            }[name]()
            asked = [Message("user", f"{who} buys 3 lamps at $4. How much?")]
            if not look:
                return await pattern.respond(asked)
            with looking():
                return await pattern.respond(asked)

        both = await asyncio.gather(
            run("Anna", True), run("Berta", True), run("Anna", False), return_exceptions=True
        )
    assert seen and all(one.look for one in seen)
    got = [one.body.decode() for one in cloud.got]
    assert sum("Anna" in body for body in got) > 0 < sum("Berta" in body for body in got)
    assert isinstance(both[1], Reply) and isinstance(both[2], Reply)
    assert both[1].outcome is not None and both[1].outcome.crossings
    assert isinstance(both[0], Blocked) or not both[0].outcome.crossings  # type: ignore[union-attr]
    assert {("Anna" in one.body) for one in seen} == {True, False}


# time


async def test_a_person_may_take_longer_than_a_model(cloud: Cloud, boundary: Make) -> None:
    async def slow(_: Preview) -> bool:
        await asyncio.sleep(1.5)
        return True

    cloud.answer = answers
    made = ruled(boundary, cloud, ASK, approve=slow)
    async with made.client() as client:
        given = {"client": client, "api_key": "sk-test", "base_url": cloud.url}
        model = OpenAIChat("gpt-5.4", timeout=1.0, **given)  # type: ignore[arg-type]
        with made.crossing(Clearance(mask=True)):
            assert (await model.respond([Message("user", TEXT)])).text == "She pays $12."


async def test_the_model_has_no_more_time_for_that(cloud: Cloud, boundary: Make) -> None:
    async def slow(_: Preview) -> bool:
        await asyncio.sleep(0.8)
        return True

    def late(got: Got) -> Reply_:
        time.sleep(3)
        return answers(got)

    cloud.answer = late
    made = ruled(boundary, cloud, ASK, approve=slow)
    async with made.client() as client:
        given = {"client": client, "api_key": "sk-test", "base_url": cloud.url}
        model = OpenAIChat("gpt-5.4", timeout=1.0, **given)  # type: ignore[arg-type]
        start = time.monotonic()
        with pytest.raises(ModelTimeout), made.crossing(Clearance(mask=True)):
            await model.respond([Message("user", TEXT)])
        assert 1.7 < time.monotonic() - start < 2.8


async def test_limits_stand_still_until_the_last_of_several_has_answered() -> None:
    async def asks(seconds: float) -> None:
        with thinking():
            await asyncio.sleep(seconds)

    start = time.monotonic()
    with pytest.raises(TimeoutError):
        async with patient(0.3), patient(9):
            await asyncio.gather(asks(0.1), asks(0.9))
            await asyncio.sleep(5)
    assert 1.15 < time.monotonic() - start < 1.6
    limit = Limit(0.2)
    for _ in range(2):
        async with limit.holds():
            await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        async with limit.holds():
            await asyncio.sleep(1)


async def test_a_refusal_is_asked_about_once(cloud: Cloud, boundary: Make, tmp_path: Path) -> None:
    """Client libraries try again what failed; a person is not asked again."""
    person = Person([NO])
    made = ruled(boundary, cloud, ASK, approve=person.approve)
    async with made.client() as client:
        model = OpenAIChat("gpt-5.4", client=client, api_key="sk-test", base_url=cloud.url)
        with pytest.raises(Blocked, match="said no"), made.crossing(Clearance(mask=True)):
            await model.respond([Message("user", TEXT)])
        person.answers, person.seen = [NO], []
        sdk = openai.AsyncOpenAI(
            api_key="k", base_url=cloud.url, http_client=made.client(), max_retries=0
        )
        with pytest.raises(Blocked, match="said no"), made.crossing(Clearance(mask=True)):
            await sdk.responses.create(model="m", input=TEXT)
    assert len(person.seen) == 1 and cloud.silent


async def test_a_stored_job_cannot_be_looked_at(
    cloud: Cloud, boundary: Make, tmp_path: Path
) -> None:
    """It may go on after a crash, in a context that nobody looks at: it is not taken at all."""
    pytest.importorskip("dbos")
    from doorstep.patterns.drafting.background import Refinery

    made = ruled(boundary, cloud, approve=Person([]).approve)
    async with made.client() as client:
        far = OpenAIChat("gpt-5.4", client=client, api_key="sk-test", base_url=cloud.url)
        refinery = Refinery(DraftThenRefine(Scripted([]), far, made), folder=tmp_path / "jobs")
        with looking(), pytest.raises(BadInput, match="cannot be looked at"):
            await refinery.submit([Message("user", TEXT)], "A draft.")
    assert cloud.silent and not (tmp_path / "jobs").exists()
