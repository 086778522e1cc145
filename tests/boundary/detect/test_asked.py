"""A home model may add findings and removes none; where it fails, nothing leaves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from doorstep._errors import Blocked, ConfigError, ModelUnavailable
from doorstep._values import Message, Options
from doorstep.boundary.detect import Finding, find_all
from doorstep.boundary.detect.asked import INSTRUCTIONS, KINDS, SCHEMA, AskedModel
from doorstep.models.ollama import Ollama
from tests.models.ollama_server import BREAK, Chat, OllamaServer, answer

TEXT = "Ask Maya Okafor. maya okafor's car, twice: Zoe, Zoe."


def says(*entries: tuple[str, str]) -> Callable[[str], object]:
    return lambda text: [{"text": t, "kind": k} for t, k in entries]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Maya Okafor", ["Maya Okafor", "maya okafor"]),
        ("Zoe", ["Zoe", "Zoe"]),
        ("zoë", ["Zoe", "Zoe"]),
        ("Okafor's", ["Okafor", "okafor", "okafor's"]),
        ("car, twice", ["car, twice"]),
        ("cAr", ["car"]),
        ("Tobias", []),
        ("", []),
        ("...", []),
        (": Z", [": Z"]),
    ],
)
def test_quotes_are_located(quote: str, found: list[str]) -> None:
    findings = AskedModel(says((quote, "person"))).find(TEXT)
    assert [TEXT[f.start : f.end] for f in findings] == found
    assert all((f.kind, f.by) == ("person", "home model") for f in findings)


def test_json_and_kinds() -> None:
    reply = '[{"text": "Zoe", "kind": "pet"}, {"text": "Maya", "kind": "person"}]'
    findings = AskedModel(lambda text: reply).find("Maya, Zoe")
    assert findings == [
        Finding(0, 4, "person", "home model"),
        Finding(6, 9, "other", "home model"),
    ]
    assert SCHEMA["items"]["properties"]["kind"]["enum"] == KINDS


@pytest.mark.parametrize(
    "reply",
    [
        None,
        "",
        "Sorry, I cannot help with that. Maya is private.",
        "```json\n[]\n```",
        '[{"text": "Maya", "kind": "person"}',
        "{}",
        '{"text": "Maya", "kind": "person"}',
        '"Maya"',
        "3",
        ["Maya"],
        [["Maya", "person"]],
        [{"text": "Maya"}],
        [{"text": "Maya", "kind": 3}],
        [{"text": None, "kind": "person"}],
        [{"text": "Maya", "kind": "person", "why": "name"}],
        object(),
    ],
)
def test_any_other_answer_keeps_the_request_home(reply: object) -> None:
    with pytest.raises(Blocked) as caught:
        AskedModel(lambda text: reply).find("Maya")
    assert "Maya" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_model_that_fails_keeps_the_request_home() -> None:
    def broken(text: str) -> object:
        raise RuntimeError(text)

    def down(text: str) -> object:
        raise ModelUnavailable("gone", hint="Start it.")

    with pytest.raises(Blocked, match="failed \\(RuntimeError\\)") as caught:
        AskedModel(broken).find("Maya")
    assert "Maya" not in str(caught.value)
    with pytest.raises(Blocked, match=r"Start it\."):
        AskedModel(down).find("Maya")


def test_a_model_that_is_late_keeps_the_request_home() -> None:
    def slow(text: str) -> object:
        time.sleep(0.3)
        return []

    start = time.monotonic()
    with pytest.raises(Blocked, match="took too long"):
        AskedModel(slow, timeout_s=0.05).find("Maya")
    assert time.monotonic() - start < 0.25
    with pytest.raises(Blocked, match="took too long"):  # four texts together
        AskedModel(slow, timeout_s=1, total_s=0.7).find_all(["Ann", "Ben", "Cem", "Dov"])
    with pytest.raises(ConfigError):
        AskedModel(slow, timeout_s=0)


def test_a_text_is_asked_about_once() -> None:
    seen: list[str] = []

    def ask(text: str) -> object:
        seen.append(text)
        return [{"text": "Maya", "kind": "person"}]

    asked = AskedModel(ask)
    for _ in range(2):
        found = find_all(asked, ["Maya", "- !", "to Maya", "Maya"])
        assert [[(f.start, f.end) for f in each] for each in found] == [
            [(0, 4)], [], [(3, 7)], [(0, 4)],
        ]  # fmt: skip
    assert seen == ["Maya", "to Maya"]
    assert "Maya" not in repr(vars(asked))


def test_after_a_failure_it_is_asked_again() -> None:
    replies: list[object] = ["no", []]
    asked = AskedModel(lambda text: replies.pop(0))
    with pytest.raises(Blocked):
        asked.find("Maya")
    assert asked.find("Maya") == []


# --- with a daemon -------------------------------------------------------------------------------


async def through(daemon: OllamaServer, text: str) -> list[Finding]:
    model = await Ollama.connect("gemma4:e4b", host=daemon.url, timeout=1.0)

    async def ask(text: str) -> object:
        messages = [Message("system", INSTRUCTIONS), Message("user", f"---\n{text}\n---")]
        return (await model.respond(messages, Options(schema=SCHEMA, effort="none"))).text

    return AskedModel(ask, timeout_s=2.0).find(text)


async def test_a_real_daemon_is_asked() -> None:
    with OllamaServer() as daemon:
        daemon.says(answer(json.dumps([{"text": "Maya Okafor", "kind": "person"}])))
        found = await through(daemon, TEXT)
        assert [(f.start, f.end) for f in found] == [(4, 15), (17, 28)]
        (chat,) = daemon.chats()
        assert chat["format"] == SCHEMA
        assert TEXT in chat["messages"][1]["content"]


@pytest.mark.parametrize(
    "chat",
    [
        answer("I found Maya Okafor."),
        Chat(answer("[]").chunks[:-1]),
        Chat([*answer("[]").chunks[:2], BREAK]),
        Chat([b'{"error": "out of memory"}'], 500),
        Chat([b'{"error": "died"}\n']),
        Chat([1.5, *answer("[]").chunks]),
    ],
    ids=["prose", "cut", "broken", "500", "error line", "slow"],
)
async def test_a_daemon_that_fails_keeps_the_request_home(chat: Chat) -> None:
    with OllamaServer() as daemon:
        daemon.says(chat)
        with pytest.raises(Blocked) as caught:
            await through(daemon, TEXT)
        assert "Maya" not in str(caught.value)
