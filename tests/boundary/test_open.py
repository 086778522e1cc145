"""Two lines for a library's user: each client against a real server."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import anthropic
import openai
import pytest

from doorstep._errors import Blocked, ConfigError, DestinationRefused, LedgerError
from doorstep.boundary import Declared, Ledger, Policy, Rule, Term, open_boundary
from tests.boundary.cloud import Answer, Cloud, Got, echo
from tests.boundary.conftest import KEY


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder of this test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "doorstep"


def test_two_lines_for_openai(cloud: Cloud, own_folder: Path) -> None:
    cloud.answer = echo
    with open_boundary(cloud.url, private=["Maya Okafor"]) as boundary:
        client = openai.OpenAI(
            base_url=cloud.url + "/v1", api_key="k", http_client=boundary.sync_client()
        )
        reply = client.responses.create(model="m", input="I am Maya Okafor, maya@home.example")
    assert reply.output_text == "Seen: Maya Okafor, maya@home.example"
    assert b"aya" not in cloud.got[0].body and b"home.example" not in cloud.got[0].body
    for name in ("ledger.sqlite3", "doorstep.key"):
        assert stat.S_IMODE((own_folder / name).stat().st_mode) == 0o600
    with Ledger(own_folder / "ledger.sqlite3", create=False) as ledger:
        assert ledger.show(1).body == cloud.got[0].body and ledger.verify().ok
    with pytest.raises(LedgerError):
        boundary.ledger.list()  # it was the boundary's, and is closed


async def test_two_lines_for_anthropic(cloud: Cloud) -> None:
    def answer(got: Got) -> Answer:
        text = json.loads(got.body)["messages"][0]["content"]
        reply = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [{"type": "text", "text": f"You said {text}"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
        return Answer([json.dumps(reply).encode()])

    cloud.answer = answer
    with open_boundary(cloud.url, private=[Term("Maya", "person")]) as boundary:
        client = anthropic.AsyncAnthropic(
            base_url=cloud.url, api_key="k", http_client=boundary.client()
        )
        messages = [{"role": "user", "content": "Maya is here"}]
        reply = await client.messages.create(model="m", max_tokens=9, messages=messages)  # type: ignore[arg-type]
    assert reply.content[0].text == "You said Maya is here"  # type: ignore[union-attr]
    (got,) = cloud.got
    assert b"Maya" not in got.body
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", got.headers["anthropic-version"])
    assert not any(name.startswith("x-stainless") for name in got.headers)


async def test_two_lines_for_pydantic_ai(cloud: Cloud) -> None:
    pytest.importorskip("pydantic_ai")
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    cloud.answer = echo
    with open_boundary(cloud.url, private=["Maya"]) as boundary:
        provider = OpenAIProvider(
            base_url=cloud.url + "/v1", api_key="k", http_client=boundary.client()
        )
        agent = Agent(OpenAIResponsesModel("gpt-5.4", provider=provider), instructions="For Maya.")

        @agent.tool_plain
        def wake_maya(name: str) -> str:
            """Wakes Maya."""
            return name

        assert (await agent.run("Is Maya up?")).output.startswith("Seen: ")
    assert b"aya" not in cloud.got[0].body and b"wake_" in cloud.got[0].body


def test_placeholders_are_the_same_the_next_time(cloud: Cloud) -> None:
    for _ in range(2):
        with open_boundary(cloud.url, private=["Maya"]) as boundary:
            boundary.sync_client().post(cloud.url, json={"input": "Maya"})
    assert cloud.got[0].body == cloud.got[1].body != b'{"input":"Maya"}'


def test_a_policy_of_ones_own(cloud: Cloud, tmp_path: Path) -> None:
    policy = Policy((cloud.url,), rules=(Rule(("email",), do="block"),))
    declared = Declared(("Maya",), allow=("info@shop.example",))
    path = tmp_path / "own.db"
    with open_boundary(policy, private=declared, ledger=path, key=KEY) as boundary:
        client = boundary.sync_client()
        client.post(cloud.url, json={"input": "Maya, info@shop.example"})
        with pytest.raises(Blocked):
            client.post(cloud.url, json={"input": "maya@home.example"})
        with pytest.raises(DestinationRefused):
            client.post("https://elsewhere.example", json={})
    assert len(cloud.got) == 1 and path.is_file()


def test_what_cannot_be_used_is_said_at_once(cloud: Cloud, own_folder: Path) -> None:
    for wrong in (
        lambda: open_boundary("api.example"),
        lambda: open_boundary(cloud.url, level="most"),  # type: ignore[arg-type]
        lambda: open_boundary(cloud.url, key=b"short"),
        lambda: open_boundary(cloud.url, style="funny"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ConfigError):
            wrong()


def test_surrogates_instead_of_placeholders(cloud: Cloud) -> None:
    cloud.answer = lambda got: Answer([got.body])
    body = {"input": "Write to Maya Okafor at maya@home.example"}
    people = [Term("Maya Okafor", "person")]
    with open_boundary(cloud.url, private=people, style="surrogate") as boundary:
        reply = boundary.sync_client().post(cloud.url, json=body)
    sent = cloud.got[0].body
    assert b"Okafor" not in sent and b"home.example" not in sent and b"PERSON_" not in sent
    assert reply.json() == body


def test_what_the_cloud_brings_up_can_be_masked(cloud: Cloud) -> None:
    cloud.answer = lambda _: Answer([b'{"text":"Maya and ana@else.example know"}'])
    for mask, said in (
        (True, "[person] and [email] know"),
        (False, "Maya and ana@else.example know"),
    ):
        people = [Term("Maya", "person")]
        with open_boundary(cloud.url, private=people, mask_reply=mask) as boundary:
            reply = boundary.sync_client().post(cloud.url, json={"input": "who?"})
        assert reply.json() == {"text": said}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Please plan the meeting for 14:30, about 2 hours. Ask Ostrow.", 0),
        ("Tell Quixmere and ostrow of it, please.", 1),
        ("The code is zq81-x7743 here.", 1),
    ],
)
def test_only_common_words_leave(cloud: Cloud, text: str, masked: int) -> None:
    policy = Policy((cloud.url,), words="common", approved=("Ostrow",))
    with open_boundary(policy) as boundary:
        boundary.sync_client().post(cloud.url, json={"model": "m", "input": text})
        assert sum(boundary.ledger.show(1).found.values()) >= masked
    sent = json.loads(cloud.got[0].body)["input"]
    assert (sent == text) is (not masked)
    assert not any(word in sent.lower() for word in ("quixmere", "7743", "zq81"))
