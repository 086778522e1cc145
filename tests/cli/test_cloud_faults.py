"""A cloud that misbehaves: one line and exit code 2, or the exact solver and an honest word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import HOUSEHOLD, QUESTION, Ran, Run
from tests.models.openai_server import Answer, OpenAIServer

ASK = ("ask", QUESTION, "--context", str(HOUSEHOLD), "--json")
GOOD = {
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


def answer(text: str, **kinds: object) -> Answer:
    """A streamed Chat Completions answer: real SSE bytes, cut at awkward places."""
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "far"}
    events = [
        chunk | {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]},
        chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ]
    data = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return Answer.sse(data.encode(), cut=7)


def change(**values: object) -> str:
    return json.dumps(GOOD | values)


def row(load: str, start: str, end: str) -> dict[str, str]:
    return {"load_id": load, "start": start, "end": end, "reason": ""}


def ask(run: Run, *answers: Answer) -> tuple[Ran, OpenAIServer]:
    with OpenAIServer() as server:
        server.script(*answers)
        ran = run(*ASK, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="secret-key-1")
        return ran, server


def test_a_good_cloud_is_believed(run: Run) -> None:
    ran, server = ask(run, answer(change()))
    assert ran.code == 0, ran.err
    got = ran.json
    assert got["fallback"] is None and got["recommendation"] == "run_later"
    assert [c["body"].encode() for c in got["crossings"]] == [r.body for r in server.requests]
    assert len(got["stand_ins"]) == 1


BAD = {
    "prose": "I would run it at eight.",
    "invalid JSON": '{"recommendation": "run_la',
    "empty": "",
    "wrong ids": change(proposed_schedule=[row("load_X", "20:00", "21:30")]),
    "an id twice": change(proposed_schedule=[row("load_A", "20:00", "21:30")] * 2),
    "a load left out": change(proposed_schedule=[row("load_A", "20:00", "21:30")]),
    "wrong duration": change(
        proposed_schedule=[row("load_A", "20:00", "21:00"), row("load_B", "00:00", "02:00")]
    ),
    "in the quiet time": change(
        proposed_schedule=[row("load_A", "00:00", "01:30"), row("load_B", "00:00", "02:00")]
    ),
    "too dear": change(
        proposed_schedule=[row("load_A", "19:30", "21:00"), row("load_B", "00:00", "02:00")]
    ),
    "the wrong word": change(recommendation="run_now"),
    "25:00": change(proposed_schedule=[row("load_A", "25:00", "26:30")]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_answer_is_fed_back_then_solved_at_home(run: Run, case: str) -> None:
    ran, server = ask(run, answer(BAD[case]), answer(BAD[case]))
    assert ran.code == 0, ran.err
    got = ran.json
    assert len(server.requests) == len(got["crossings"]) == 2
    assert got["fallback"] and "solved exactly at home" in got["fallback"]
    assert got["schedule"][0]["start"] == "20:00"


def test_a_wrong_answer_then_a_right_one(run: Run) -> None:
    ran, server = ask(run, answer(BAD["in the quiet time"]), answer(change()))
    assert ran.json["fallback"] is None and len(server.requests) == 2
    assert server.requests[0].body != server.requests[1].body


FAULTS = {
    "401": ([Answer.error(401, "invalid_api_key")], "key"),
    "429": ([Answer.error(429, "rate_limit_exceeded", retry_after="120")], "120"),
    "500": ([Answer.error(500)] * 9, "500"),
    "broken off": ([Answer.sse(b'data: {"id": "c", "cho', breaks=True)] * 9, "broke off"),
    "no JSON at all": ([Answer(pieces=[b"<html>"], content_type="text/html")] * 9, ""),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_cloud_that_fails_is_one_line_and_in_the_ledger(run: Run, case: str) -> None:
    answers, says = FAULTS[case]
    ran, server = ask(run, *answers)
    assert (ran.code, ran.out) == (2, ""), ran
    assert ran.err.count("\n") == 1 and says in ran.err
    assert "Maya" not in ran.err and "secret-key-1" not in ran.err
    listed = run("ledger", "list").out.splitlines()
    assert len(listed) == len(server.requests) >= 1
    assert "secret-key-1" not in run("ledger", "export").out


def test_a_cloud_that_does_not_answer_in_time(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text("[cloud]\ntimeout_s = 2.0\n")
    ran, server = ask(run, *[Answer(pieces=[4.0, b"{}"])] * 3)
    assert ran.code == 2 and ran.err.count("\n") == 1
    assert len(server.requests) >= 1


def test_a_cloud_that_is_not_there(run: Run) -> None:
    ran = run(*ASK, OPENAI_BASE_URL="http://127.0.0.1:9/v1", OPENAI_API_KEY="k")
    assert ran.code == 2 and ran.err.count("\n") == 1
    assert "not sent" in run("ledger", "list").out or run("ledger", "list").out == ""
