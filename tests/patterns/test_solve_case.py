"""Sanitize-and-Solve over the household, the wire in between real: boundary, ledger, loopback."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from doorstep import (
    Ask,
    BadInput,
    Boundary,
    BoundaryError,
    Ledger,
    LedgerError,
    Message,
    OutputInvalid,
    Policy,
    Reply,
    SolveCase,
    Usage,
    Zone,
    ZoneError,
)
from doorstep.household import (
    Blinding,
    Home,
    HouseholdCase,
    Kept,
    ModelHome,
    RulesHome,
    Solution,
    StandInCloud,
)
from doorstep.models import Model, OpenAIResponses, Scripted
from doorstep.patterns.listening import Began, Ended, Event, listening
from tests.models.openai_server import OpenAIServer

NOTES = (Path(__file__).parents[2] / "examples/household.md").read_text("utf-8")
ASK = Ask("Should the dishwasher run now or later?", NOTES)
Pattern = SolveCase[Kept, Solution]


@dataclass
class House:
    """A boundary, its ledger, and the stand-in cloud behind it."""

    boundary: Boundary
    ledger: Ledger
    cloud: OpenAIResponses
    server: StandInCloud

    def pattern(self, home: Home, cloud: Model | None = None) -> Pattern:
        """A scripted `cloud` answers the problem as it was read, so it is sent unblinded."""
        case = HouseholdCase(home, blinding=Blinding(()) if cloud else None)
        return SolveCase(case, cloud or self.cloud, self.boundary)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(StandInCloud())
        ledger = stack.enter_context(Ledger(tmp_path / "ledger.sqlite3"))
        policy = Policy(destinations=(server.base_url,))
        boundary = Boundary(ledger=ledger, policy=policy, key=b"k" * 32)
        client = await stack.enter_async_context(boundary.client())
        cloud = OpenAIResponses(
            server.model, client=client, api_key=server.key, base_url=server.base_url
        )
        yield House(boundary, ledger, cloud, server)


def notes(**changes: Any) -> str:
    """What a home model that reads rightly writes; `changes` are for the dishwasher."""
    free = {"can_run": True, "not_before": None, "quiet_by": None, "quiet_until": None}
    washer = {**free, "device": "Dishwasher", "finish_by": "06:30", "quiet_by": "22:30"}
    car = {**free, "device": "EV charger", "finish_by": "07:00"}
    return json.dumps({"asked": "Dishwasher", "devices": [washer | changes, car]})


def home(*replies: str, tries: int = 3) -> tuple[ModelHome, Scripted]:
    model = Scripted(replies, name="small", way="prompted")
    return ModelHome(model, tries=tries), model


RIGHT = "Run the dishwasher later, from 20:00 to 21:30."


async def test_the_rules_and_the_stand_in(house: House) -> None:
    solved = await house.pattern(RulesHome()).solve(ASK)
    rows = [(r.load_id, r.start, r.end) for r in solved.solution.proposed_schedule]
    assert rows == [("load_A", "20:00", "21:30"), ("load_B", "00:00", "02:00")]
    assert solved.solution.recommendation == "run_later"
    steps = [(step.name, step.actor) for step in solved.outcome.steps]
    assert steps == [("sanitize", "home"), ("solve", "cloud"), ("answer", "home")]
    assert solved.outcome.steps[1].crossings == (1,)
    assert solved.outcome.fallback is None


async def test_a_home_model_that_reads_rightly(house: House) -> None:
    reader, model = home(notes(), RIGHT)
    solved = await house.pattern(reader).solve(ASK)
    assert solved.outcome.answer == RIGHT
    assert solved.outcome.fallback is None
    efforts = [call.options.effort for call in model.calls]
    assert efforts == ["high", "medium"]
    assert solved.kept.reading.mapping == {"load_A": "dishwasher", "load_B": "EV charger"}


async def test_a_dropped_limit_is_fed_back(house: House) -> None:
    reader, model = home(notes(quiet_by=None), notes(), RIGHT)
    solved = await house.pattern(reader).solve(ASK)
    assert solved.outcome.fallback is None and solved.outcome.steps[0].tries == 2
    assert "quiet_by" in model.calls[1].messages[-1].text
    assert "22:30" in model.calls[1].messages[-1].text.split("wrong")[-1]


@pytest.mark.parametrize(
    "wrong",
    [
        notes(quiet_by=None),
        notes(finish_by="05:45"),
        notes(device="Toaster"),
        notes(finish_by="19:00"),
        "I think the dishwasher has to wait.",
        "",
    ],
    ids=["drops a limit", "invents a time", "invents a device", "leaves no time", "prose", "empty"],
)
async def test_a_home_model_that_stays_wrong_gives_way_to_the_rules(
    house: House, wrong: str
) -> None:
    reader, _ = home(*[wrong] * 9, tries=3)
    model_answers = Scripted([*[wrong] * 9, *[RIGHT] * 3], name="small", way="prompted")
    solved = await house.pattern(ModelHome(model_answers, tries=3)).solve(ASK)
    assert solved.outcome.fallback and "rules read it" in solved.outcome.fallback
    assert solved.solution.proposed_schedule[0].start == "20:00"
    del reader


@pytest.mark.parametrize(
    "wrong",
    [
        "Run it now.",
        "I have started the dishwasher; it runs from 20:00.",
        "Run load_A later, from 20:00 to 21:30.",
        "Run the dishwasher later, from 23:15.",
        "",
    ],
)
async def test_an_answer_that_is_not_so_is_written_by_rules(house: House, wrong: str) -> None:
    reader, _ = home(notes(), *[wrong] * 3)
    solved = await house.pattern(reader).solve(ASK)
    assert solved.outcome.fallback and "rules wrote it" in solved.outcome.fallback
    assert "20:00" in solved.outcome.answer and "load_" not in solved.outcome.answer


async def test_a_pattern_is_a_model(house: House) -> None:
    pattern = house.pattern(RulesHome())
    messages = [Message("user", NOTES), Message("user", ASK.question)]
    reply = await pattern.respond(messages)
    assert "20:00" in reply.text and reply.outcome is not None
    pieces = [piece async for piece in pattern.stream(messages)]
    assert pieces[-1].reply is not None and pieces[-1].reply.outcome is not None
    assert "".join(p.text for p in pieces) == reply.text
    assert pattern.zone is Zone.HOME


def test_the_sync_door_is_the_same(tmp_path: Path) -> None:
    """`ask` is for scripts: no event loop runs, and it makes its own."""
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    boundary = Boundary(ledger=ledger, policy=Policy(), key=b"k" * 32)
    cloud = Scripted([json.dumps(SOLUTION)], zone=Zone.CLOUD)
    case = HouseholdCase(RulesHome(), blinding=Blinding(()))
    solved = SolveCase(case, cloud, boundary).ask(ASK.question, ASK.context)
    assert solved.solution.recommendation == "run_later"
    ledger.close()


SOLUTION = {
    "recommendation": "run_later",
    "proposed_schedule": [
        {"load_id": "load_A", "start": "20:00", "end": "21:30"},
        {"load_id": "load_B", "start": "00:00", "end": "02:00"},
    ],
}


async def test_what_the_cloud_said_wrongly_is_said_to_be_overruled(house: House) -> None:
    late = json.loads(json.dumps(SOLUTION))
    late["proposed_schedule"][0] |= {"start": "23:00", "end": "00:30"}
    cloud = Scripted([json.dumps(late)] * 2, zone=Zone.CLOUD)
    solved = await house.pattern(RulesHome(), cloud).solve(ASK)
    assert solved.outcome.fallback and "after_quiet_by" in solved.outcome.fallback
    assert "23:00" in solved.outcome.answer and "20:00" in solved.outcome.answer
    assert solved.outcome.steps[1].tries == 2
    feedback = cloud.calls[1].messages[-1].text
    assert "after" in cloud.calls[1].messages[-1].text or "quiet" in feedback
    assert "ishwasher" not in feedback


async def test_nothing_but_the_boundary_opens_a_socket(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole path with every socket but the stand-in's closed."""
    port = int(re.search(r":(\d+)", house.server.base_url)[1])  # type: ignore[index]
    connect, tried = socket.socket.connect, []

    def only_the_stand_in(self: socket.socket, address: Any) -> None:
        tried.append(address)
        if address[1] != port:
            raise OSError("closed")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_the_stand_in)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    solved = await house.pattern(RulesHome()).solve(ASK)
    assert solved.outcome.fallback is None
    assert {address[1] for address in tried} <= {port}


async def test_a_private_word_in_the_instructions_is_a_constant_elsewhere_it_blocks(
    house: House,
) -> None:
    """Somebody called Max or Price does not make the constants private."""
    named = ASK.context.replace("Maya", "Max").replace("Mark", "Price")
    solved = await house.pattern(RulesHome()).solve(Ask(ASK.question, named))
    assert len(solved.outcome.crossings) == 1


async def test_a_ledger_that_cannot_write_means_that_nothing_is_sent(tmp_path: Path) -> None:
    with OpenAIServer() as server, Ledger(tmp_path / "ledger.sqlite3") as ledger:
        other = sqlite3.connect(ledger.path, isolation_level=None)
        fails = "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        other.execute(f"CREATE TRIGGER full BEFORE INSERT ON rows {fails}")
        other.close()
        boundary = Boundary(ledger=ledger, policy=Policy(destinations=(server.url,)), key=b"k" * 32)
        async with boundary.client() as client:
            cloud = OpenAIResponses("far", client=client, api_key="k", base_url=server.url)
            pattern = SolveCase(HouseholdCase(RulesHome()), cloud, boundary)
            with pytest.raises(LedgerError):
                await pattern.solve(ASK)
        assert server.connections == 0


async def test_a_step_that_breaks_off_is_heard_to_end(tmp_path: Path) -> None:
    """Whoever watches would see it at work for ever."""
    heard: list[Event] = []
    with OpenAIServer() as server, Ledger(tmp_path / "ledger.sqlite3") as ledger:
        boundary = Boundary(ledger=ledger, key=b"k" * 32)  # nothing may leave
        async with boundary.client() as client:
            cloud = OpenAIResponses("far", client=client, api_key="k", base_url=server.url)
            with listening(heard.append), pytest.raises(BoundaryError):
                await SolveCase(HouseholdCase(RulesHome()), cloud, boundary).solve(ASK)
    began = [event.call for event in heard if isinstance(event, Began)]
    ended = {event.call: event.step for event in heard if isinstance(event, Ended)}
    assert list(ended) == began and [step.name for step in ended.values()] == ["sanitize", "solve"]
    assert ended[began[1]].note == "DestinationRefused" and not ended[began[0]].note


async def test_home_that_reads_nonsense_by_rules_sends_nothing(house: House) -> None:
    class Liar(RulesHome):
        async def read(self, household: Any, question: str, faults: Any) -> Any:
            made = await super().read(household, question, faults)
            loads = made.value.problem.loads
            bad = loads[0].model_copy(update={"duration_min": 91})
            problem = made.value.problem.model_copy(update={"loads": (bad, *loads[1:])})
            from dataclasses import replace

            return replace(made, value=replace(made.value, problem=problem))

    with pytest.raises(OutputInvalid, match="duration_differs"):
        await house.pattern(Liar()).solve(ASK)
    assert house.ledger.list() == ()


@pytest.mark.parametrize("messages", [[], [Message("assistant", "hello")]])
async def test_messages_without_a_question(house: House, messages: list[Message]) -> None:
    with pytest.raises(BadInput, match="question"):
        await house.pattern(RulesHome()).respond(messages)


async def test_the_tokens_of_a_useless_try_are_counted(house: House) -> None:
    spent = Usage(100, 20)
    replies = [Reply("no JSON", "far", spent), Reply(json.dumps(SOLUTION), "far", spent)]
    cloud = Scripted(replies, zone=Zone.CLOUD)
    solved = await house.pattern(RulesHome(), cloud).solve(ASK)
    assert solved.outcome.steps[1].usage == Usage(200, 40)


def test_a_model_that_is_not_proved_at_home_may_not_read_the_notes() -> None:
    with pytest.raises(ZoneError, match="not proved to be at home"):
        ModelHome(Scripted([], name="far", zone=Zone.CLOUD))


async def test_a_preview_by_a_boundary_that_would_send_is_refused_before_anything_is_sent(
    house: House,
) -> None:
    with pytest.raises(BadInput, match="dry run"):
        await house.pattern(RulesHome()).preview(ASK)
    assert house.ledger.list() == ()
