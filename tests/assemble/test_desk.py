"""The gateway's requests, kept as runs: one request is one run, whoever answers it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doorstep.boundary import Ledger
from doorstep.boundary.keys import load_key
from doorstep.config import BoundarySettings, RuleSettings, UpstreamSettings
from doorstep.runs.book import Book
from doorstep.runs.values import KeptRun
from tests.gateway.upstream import Got, Reply, Upstream
from tests.gateway.whole import NAME, Whole, gateway
from tests.runs.kept import bytes_of

CHAT = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}}]}
EVENTS = (
    b'data: {"choices": [{"index": 0, "delta": {"content": "Hel"}}]}\n\n',
    b"data: [DONE]\n\n",
)


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "DOORSTEP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data" / "doorstep"


async def kept_in(data: Path, wanted: int = 1, seconds: float = 10) -> list[KeptRun]:
    """The runs of the gateway's book with their texts, oldest first, once there are so many."""
    with Book(data / "runs.sqlite3", load_key()) as book:
        async with asyncio.timeout(seconds):
            while len(found := book.runs()) < wanted:  # noqa: ASYNC110 - another thread writes
                await asyncio.sleep(0.02)
        return [run for one in reversed(found) if (run := book.run(one.id)) is not None]


def ledger_ids(here: Whole) -> tuple[int, ...]:
    with Ledger(here.ledger, create=False) as ledger:
        return tuple(entry.id for entry in ledger.list())


async def one_run(
    data: Path, cloud: Upstream, ask: Callable[[Whole], Any], **given: Any
) -> tuple[KeptRun, tuple[int, ...]]:
    """What is kept of one request, and what the ledger has."""
    async with gateway(data.parent.parent, cloud.url, **given) as here:
        await ask(here)
        (run,) = await kept_in(data)
        return run, ledger_ids(here)


async def test_a_masked_request_is_a_run_without_texts(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(body=CHAT))
        run, ids = await one_run(own_data_folder, cloud, lambda here: here.chat(f"I am {NAME}."))
        sent = len(cloud.got[0].body)
    assert (run.source, run.pattern, run.ending) == ("gateway", "mask/gpt-x", "answered")
    assert (run.verdict, run.crossings, run.sent) == ("masked", ids, sent)
    assert (run.texts, run.texts_are, run.cost) == (None, "never", None)
    assert run.steps[0].tries == 1
    assert NAME.encode() not in bytes_of(own_data_folder / "runs.sqlite3")


async def test_a_masked_stream_is_one_run_with_the_time_it_took(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(parts=EVENTS, pause=0.2, headers={"content-type": "text/event-stream"}))
        run, ids = await one_run(own_data_folder, cloud, lambda here: here.chat(stream=True))
    assert (run.ending, run.crossings) == ("answered", ids)
    assert run.seconds > 0.15


async def test_tries_of_one_request_are_one_run(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(status=503, headers={"retry-after": "0"}), Reply(body=CHAT))
        run, ids = await one_run(own_data_folder, cloud, lambda here: here.chat())
    assert (run.ending, run.crossings, len(ids)) == ("answered", ids, 2)
    assert run.steps[0].tries == 2


async def test_a_cloud_that_is_down_is_a_failed_run_with_its_crossings(
    own_data_folder: Path,
) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(status=503, headers={"retry-after": "0"}))
        run, ids = await one_run(
            own_data_folder, cloud, lambda here: here.chat(), cloud_down="fail"
        )
    assert (run.ending, run.why, run.stayed) == ("failed", "NotNow", False)
    assert run.crossings == ids
    assert len(ids) == 3


async def test_a_reply_that_does_not_begin_in_time_has_crossed(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(body=CHAT, wait=5.0))
        run, ids = await one_run(own_data_folder, cloud, lambda here: here.chat(), begin_s=0.3)
    assert (run.ending, run.why) == ("failed", "ModelTimeout")
    assert run.crossings == ids == (1,)


async def test_what_an_upstream_refuses_is_failed(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(status=400, body={"error": {"message": "no"}}))
        run, ids = await one_run(own_data_folder, cloud, lambda here: here.chat())
    assert (run.ending, run.why, run.crossings) == ("failed", "HTTP 400", ids)


async def test_a_stream_that_breaks_off_is_failed(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(
            Reply(parts=EVENTS[:1], cut=True, headers={"content-type": "text/event-stream"})
        )
        run, ids = await one_run(own_data_folder, cloud, lambda here: here.chat(stream=True))
    assert (run.ending, run.crossings) == ("failed", ids)
    assert run.why


async def test_a_client_that_goes_away_has_cancelled_it(own_data_folder: Path) -> None:
    async def leaves(here: Whole) -> None:
        body = json.dumps({"model": "mask/gpt-x", "messages": [{"role": "user", "content": "Hi"}]})
        _, writer = await asyncio.open_connection(*here.url[7:].split(":"))
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {here.url[7:]}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        while not cloud.got:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)
        writer.close()

    async with Upstream() as cloud:
        cloud.answers(Reply(body=CHAT, wait=5.0))
        run, ids = await one_run(own_data_folder, cloud, leaves)
    assert (run.ending, run.crossings) == ("cancelled", ids)


async def test_what_the_boundary_refuses_is_refused_and_its_name_is_looked_at(
    own_data_folder: Path,
) -> None:
    boundary = BoundarySettings(private=(NAME,), rules=(RuleSettings(do="block"),))

    async def asks(here: Whole) -> None:
        await here.chat(f"I am {NAME}.")
        await here.chat("I am.", model=f"mask/{NAME.replace(' ', '-')}")

    async with (
        Upstream() as cloud,
        gateway(own_data_folder.parent.parent, cloud.url, boundary=boundary) as here,
    ):
        await asks(here)
        first, second = await kept_in(own_data_folder, 2)
        assert cloud.got == []
    assert (first.ending, first.why, first.stayed) == ("refused", "Blocked", True)
    assert (second.ending, second.pattern) == ("refused", "mask/other")


async def test_home_in_the_place_of_the_cloud_is_one_run_that_fell_back(
    own_data_folder: Path,
) -> None:
    boundary = BoundarySettings(private=(NAME,), rules=(RuleSettings(do="home"),))

    async with Upstream() as cloud, Upstream() as home:
        home.answer = _as_ollama
        run, ids = await one_run(
            own_data_folder,
            cloud,
            lambda here: here.chat(f"I am {NAME}."),
            boundary=boundary,
            home=_home(home),
        )
        assert cloud.got == []
    assert ids == ()
    assert (run.pattern, run.ending, run.fell_back) == ("mask/gpt-x", "answered", True)
    assert (run.verdict, run.stayed, run.texts) == ("kept-home", True, None)
    assert [step.actor for step in run.steps] == ["home"]


async def test_home_is_a_run_with_its_texts(own_data_folder: Path) -> None:
    async with Upstream() as cloud:
        run, ids = await one_run(
            own_data_folder, cloud, lambda here: here.chat(f"I am {NAME}.", model="home")
        )
    assert (run.pattern, run.ending, run.stayed, ids) == ("home", "answered", True, ())
    assert run.texts is not None
    assert run.texts.asked[0].text == f"I am {NAME}."
    assert [(m.start, m.end) for m in run.texts.asked[0].marks] == [(5, 5 + len(NAME))]
    assert run.texts.answer
    assert [step.name for step in run.steps] == ["answer"]
    assert run.stand_ins


@pytest.mark.parametrize("stream", [False, True])
async def test_a_pattern_is_a_run_with_its_steps(own_data_folder: Path, stream: bool) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(body=CHAT))

        async def ask(here: Whole) -> None:
            await here.chat("How much is 17 * 23?", model="escalate-on-hard", stream=stream)

        run, ids = await one_run(own_data_folder, cloud, ask)
    assert (run.pattern, run.ending, run.crossings) == ("escalate-on-hard", "answered", ids)
    assert run.verdict
    assert run.texts is not None
    assert run.texts.answer
    assert any(step.name.startswith("check: ") for step in run.steps)


async def test_an_ollama_client_is_kept_like_any_other(own_data_folder: Path) -> None:
    async def ask(here: Whole) -> None:
        message = {"role": "user", "content": f"I am {NAME}."}
        for name in ("mask/gpt-x", "home"):
            body = {"model": name, "messages": [message], "stream": False}
            await here.client.post(f"{here.url}/api/chat", json=body)
        await here.client.post(f"{here.url}/api/chat", json={"model": "home", "messages": []})

    async with (
        Upstream() as cloud,
        gateway(own_data_folder.parent.parent, cloud.url) as here,
    ):
        cloud.answers(Reply(body=CHAT))
        await ask(here)
        first, second = await kept_in(own_data_folder, 2)
    assert [first.pattern, second.pattern] == ["mask/gpt-x", "home"]
    assert second.texts is not None


async def test_what_was_no_question_is_no_run(own_data_folder: Path) -> None:
    async with (
        Upstream() as cloud,
        gateway(own_data_folder.parent.parent, cloud.url) as here,
    ):
        cloud.answers(Reply(body=CHAT))
        await here.chat(model="no-such-model")
        await here.chat(n="many", model="home")
        await here.client.get(f"{here.url}/v1/models")
        await here.chat()
        (run,) = await kept_in(own_data_folder)
        assert run.pattern == "mask/gpt-x"


async def test_runs_side_by_side_are_not_mixed_up(own_data_folder: Path) -> None:
    names = [f"mask/model-{number}" for number in range(12)]
    async with (
        Upstream() as cloud,
        gateway(own_data_folder.parent.parent, UpstreamSettings(url=cloud.url)) as here,
    ):
        cloud.answer = lambda got: Reply(body=CHAT, wait=0.05)
        await asyncio.gather(*(here.chat(model=name) for name in names))
        runs = await kept_in(own_data_folder, len(names))
        with Ledger(here.ledger, create=False) as ledger:
            asked = {e.id: f"mask/{json.loads(e.body)['model']}" for e in ledger.list()}
    assert {run.crossings: run.pattern for run in runs} == {(n,): name for n, name in asked.items()}


def _home(home: Upstream) -> Any:
    from doorstep.config import HomeSettings

    return HomeSettings(host=home.url.removesuffix("/v1"), model="gemma4:e4b")


def _as_ollama(got: Got) -> Reply:
    """As much of an Ollama as the gateway asks for."""
    path = got.head.split(" ")[1]
    model = {"name": "gemma4:e4b", "model": "gemma4:e4b", "details": {}}
    if path == "/api/tags":
        return Reply(body={"models": [model]})
    if path == "/api/status":
        return Reply(body={"cloud": {"disabled": True}})
    if path == "/api/show":
        return Reply(body={"details": {}, "model_info": {}, "capabilities": ["completion"]})
    if path == "/api/chat":
        line = {"model": "gemma4:e4b", "message": {"role": "assistant", "content": "At home."}}
        lines = [line | {"done": False}, line | {"done": True, "message": {"content": ""}}]
        return Reply(
            parts=[json.dumps(one).encode() + b"\n" for one in lines],
            headers={"content-type": "application/x-ndjson"},
        )
    return Reply(body={"version": "0.12.0"})
