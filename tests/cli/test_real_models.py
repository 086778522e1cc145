"""The same `ask` with an Ollama and a cloud that answer: it uses them by itself, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import HOUSEHOLD, QUESTION, Run
from tests.models.ollama_server import OllamaServer, Stored, answer, refusal
from tests.models.openai_server import Answer, OpenAIServer, chat_events, responses_events

ASK = ("ask", QUESTION, "--context", str(HOUSEHOLD))
READ = {
    "asked": "Dishwasher",
    "devices": [
        {"device": "Dishwasher", "finish_by": "06:30", "quiet_by": "22:30"},
        {"device": "EV charger", "finish_by": "07:00"},
    ],
}
SAID = "Later: run the dishwasher from 20:00 to 21:30."
SOLVED = {
    "recommendation": "run_later",
    "proposed_schedule": [
        {"load_id": "load_A", "start": "20:00", "end": "21:30", "reason": "cheap"},
        {"load_id": "load_B", "start": "00:00", "end": "02:00", "reason": "cheap"},
    ],
    "reasoning": "",
}


@pytest.fixture(autouse=True)
def unblinded(tmp_path: Path) -> None:
    """The answers of this file's clouds are written for the problem as it was read."""
    (tmp_path / "doorstep.toml").write_text("[household]\nblind = []\n")


def reads(daemon: OllamaServer) -> None:
    for text in ("The dishwasher must be done by 06:30 …", json.dumps(READ), SAID):
        daemon.says(answer(text))


@pytest.mark.parametrize("name", ["gemma4:e4b", "gemma4:e2b"])
def test_ollama_and_azure_are_used_by_themselves(run: Run, name: str) -> None:
    with OllamaServer([Stored(name)]) as daemon, OpenAIServer() as cloud:
        reads(daemon)
        cloud.script(Answer.sse(responses_events(json.dumps(SOLVED)), cut=11))
        endpoint = cloud.url.removesuffix("/v1")
        ran = run(
            *ASK,
            "--json",
            OLLAMA_HOST=daemon.url,
            AZURE_OPENAI_ENDPOINT=endpoint,
            AZURE_OPENAI_API_KEY="azure-key",
        )
    assert ran.code == 0, ran.err
    got = ran.json
    assert got["answer"] == SAID
    assert got["stand_ins"] == [] and got["fallback"] is None
    assert (got["models"]["home"]["name"], got["models"]["cloud"]["name"]) == (name, "gpt-5.4")
    assert [step["input_tokens"] is not None for step in got["steps"]] == [True] * 3
    (sent,) = cloud.requests
    assert sent.path == "/openai/v1/responses"
    assert sent.body.decode() == got["crossings"][0]["body"]
    assert sent.json["store"] is False and sent.json["reasoning"] == {"effort": "medium"}
    assert not [name for name in sent.headers if "stainless" in name or name == "cookie"]


def test_the_notes_reach_the_home_model_alone(run: Run) -> None:
    with OllamaServer() as daemon, OpenAIServer() as cloud:
        reads(daemon)
        cloud.script(Answer.sse(chat_events(json.dumps(SOLVED))))
        run(*ASK, OLLAMA_HOST=daemon.url, OPENAI_API_KEY="k", OPENAI_BASE_URL=cloud.url)
        chats = [r.body for r in daemon.requests if r.path == "/api/chat"]
        assert "Maya" in json.dumps(chats[0])
        assert [chat.get("think") for chat in chats] == ["high", None, "medium"]
        assert all(chat["options"]["num_ctx"] == 32768 for chat in chats)
        assert b"Maya" not in cloud.requests[0].body


def test_an_ollama_that_forwards_is_not_home(run: Run) -> None:
    forwards = Stored("gemma4:e4b", remote_host="https://ollama.com:443", remote_model="big")
    with OllamaServer([forwards]) as daemon:
        by_itself = run(*ASK, "--json", OLLAMA_HOST=daemon.url)
        by_name = run(*ASK, "--home", "gemma4:e4b", OLLAMA_HOST=daemon.url)
        assert [r for r in daemon.requests if r.path == "/api/chat"] == []
    assert by_itself.json["models"]["home"]["name"] == "built-in rules"
    assert "remote host" in by_itself.json["models"]["home"]["why"]
    assert by_name.code == 2 and by_name.err.count("\n") == 1
    assert "ollama pull" in by_name.err


def test_a_model_that_is_not_pulled(run: Run) -> None:
    with OllamaServer([Stored("llama3:8b")]) as daemon:
        ran = run(*ASK, "--home", "gemma4:e4b", OLLAMA_HOST=daemon.url)
    assert ran.code == 2 and "ollama pull gemma4:e4b" in ran.err


def test_an_ollama_that_fails_on_the_way_sends_nothing(run: Run) -> None:
    with OllamaServer() as daemon:
        daemon.says(refusal(500, "out of memory, reading: Maya sleeps lightly"))
        ran = run(*ASK, OLLAMA_HOST=daemon.url)
    assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1
    assert "Maya" not in ran.err
    assert run("ledger", "list").out == ""


def test_the_doctor_says_what_would_be_used_and_why(run: Run) -> None:
    with OllamaServer() as daemon:
        ran = run("doctor", OLLAMA_HOST=daemon.url, OPENAI_API_KEY="sk-secret")
    assert ran.code == 0
    assert "gemma4:e4b" in ran.out and "zone home" in ran.out
    assert "gpt-5.4" in ran.out and "https://api.openai.com" in ran.out
    assert "sk-secret" not in ran.out


def test_config_shows_where_each_setting_came_from(run: Run) -> None:
    ran = run("config", OLLAMA_HOST="127.0.0.1:9", OPENAI_API_KEY="sk-secret")
    assert "home.host" in ran.out and "[environment variable OLLAMA_HOST]" in ran.out
    assert "sk-secret" not in ran.out and "OPENAI_API_KEY" in ran.out
    assert run("config", "--json").json["cloud.model"] == {"value": "auto", "from": "default"}
