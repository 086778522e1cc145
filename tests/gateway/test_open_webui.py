"""Open WebUI, call by call, against the gateway as it is started: `doorstep serve`.

It asks for the version and the models, streams a chat, and then sends the chat's text again in
prompts of its own, for a title, tags and follow-up questions. With ENABLE_FORWARD_USER_INFO_HEADERS
it says in headers who the user is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorstep import Ledger
from tests.boundary.cloud import PLACEHOLDER
from tests.gateway.process import served
from tests.models.ollama_server import OllamaServer, answer
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_events

USER = {
    "X-OpenWebUI-User-Name": "Maya%20Okafor",
    "X-OpenWebUI-User-Id": "7f1a2b3c-user-of-the-house",
    "X-OpenWebUI-User-Email": "maya.okafor@house.example",
    "X-OpenWebUI-User-Role": "admin",
    "X-OpenWebUI-Chat-Id": "chat-4711-of-the-house",
    "Authorization": "Bearer key-of-the-webui-alone",
    "User-Agent": "Python/3.11 aiohttp/3.12",
    "Cookie": "token=of-the-webui",
}
ASK = "When does Maya Okafor's train to Zanzibar Lane leave?"
PRIVATE = '[boundary]\nprivate = ["Maya Okafor", "Zanzibar Lane"]\n[home]\nmodel = "builtin"\n'
HISTORY = "### Chat History:\n<chat_history>\nUSER: {ask}\nASSISTANT: {said}\n</chat_history>"
TASKS = {
    "title": "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat "
    'history.\n### Output:\nJSON format: {{ "title": "your concise title here" }}\n' + HISTORY,
    "tags": "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history, "
    "along with 1-3 more specific subtopic tags.\n### Output:\nJSON format: "
    '{{ "tags": ["tag1", "tag2", "tag3"] }}\n' + HISTORY,
    "follow-ups": "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user "
    "might naturally ask next in this conversation as a **user**, based on the chat history.\n"
    '### Output:\nJSON format: {{ "follow_ups": ["Question 1?"] }}\n' + HISTORY,
}


def echo(request: Request) -> Answer:
    """Streamed or whole: the placeholders that came."""
    names = dict.fromkeys(PLACEHOLDER.findall(request.body.decode()))
    text = "So " + " and ".join(names) + "."
    if request.json.get("stream"):
        return Answer.sse(chat_events(text), cut=11)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    reply = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    whole = reply | {"choices": [choice | {"finish_reason": "stop"}], "usage": usage}
    return Answer(pieces=[json.dumps(whole).encode()])


@pytest.fixture
def cloud() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        server.answer_with(echo)
        yield server


def check(cloud: OpenAIServer, folder: Path, count: int) -> None:
    """What the far end saw is what the ledger has, and nobody is in it, headers and all."""
    assert len(cloud.requests) == count
    for request in cloud.requests:
        seen = f"{request.path} {dict(request.headers)} {request.body.decode()}".lower()
        for word in ("maya", "okafor", "zanzibar", "openwebui", "house", "webui", "aiohttp"):
            assert word not in seen, word
        assert "cookie" not in request.headers and "authorization" not in request.headers
    (path,) = folder.rglob("ledger.sqlite3")
    with Ledger(path, create=False) as ledger:
        assert ledger.verify().ok
        assert [entry.body for entry in ledger.list()] == [r.body for r in cloud.requests]


def test_the_ollama_route(cloud: OpenAIServer, tmp_path: Path) -> None:
    with (
        served(tmp_path, upstream=cloud.url, toml=PRIVATE) as url,
        httpx2.Client(base_url=url, headers=USER, trust_env=False, timeout=60) as webui,
    ):
        assert webui.get("/api/version").json()["version"]
        listed = {model["model"] for model in webui.get("/api/tags").json()["models"]}
        assert {"home:latest", "sanitize-and-solve:latest"} <= listed
        assert webui.get("/api/ps").json()["models"]
        model = "mask/gpt-5.4:latest"
        said = _chat(webui, {"model": model, "messages": [_user(ASK)], "stream": True})
        assert said == "So Maya Okafor and Zanzibar Lane."
        for prompt in TASKS.values():
            body = {"model": model, "messages": [_user(prompt.format(ask=ASK, said=said))]}
            got = webui.post(
                "/api/chat", json=body | {"stream": False, "options": {"num_predict": 1000}}
            )
            assert got.json()["message"]["content"] == said
    check(cloud, tmp_path, 4)


def test_the_openai_route(cloud: OpenAIServer, tmp_path: Path) -> None:
    with (
        served(tmp_path, upstream=cloud.url, toml=PRIVATE) as url,
        httpx2.Client(base_url=url + "/v1", headers=USER, trust_env=False, timeout=60) as webui,
    ):
        listed = {model["id"] for model in webui.get("/models").json()["data"]}
        assert {"home", "sanitize-and-solve"} <= listed
        body = {"model": "mask/gpt-5.4", "messages": [_user(ASK)], "stream": True}
        said = _sse(webui.post("/chat/completions", json=body))
        assert said == "So Maya Okafor and Zanzibar Lane."
        for prompt in TASKS.values():
            task = {"model": "mask/gpt-5.4", "stream": False, "max_completion_tokens": 1000}
            task["messages"] = [_user(prompt.format(ask=ASK, said=said))]
            got = webui.post("/chat/completions", json=task).json()
            assert got["choices"][0]["message"]["content"] == said
    check(cloud, tmp_path, 4)


def test_its_own_prompts_go_home_where_the_rule_says_so(
    cloud: OpenAIServer, tmp_path: Path
) -> None:
    with OllamaServer() as daemon:
        daemon.says(answer("A train journey"))
        home = f'[home]\nmodel = "gemma4:e4b"\nhost = "{daemon.url}"\n'
        toml = PRIVATE.replace('[home]\nmodel = "builtin"\n', home)
        with (
            served(
                tmp_path, upstream=cloud.url, toml=toml + '[gateway]\nauxiliary = "home"\n'
            ) as url,
            httpx2.Client(base_url=url, headers=USER, trust_env=False, timeout=60) as webui,
        ):
            model = "mask/gpt-5.4:latest"
            said = _chat(webui, {"model": model, "messages": [_user(ASK)]})
            for prompt in TASKS.values():
                text = prompt.format(ask=ASK, said=said)
                got = _chat(webui, {"model": model, "messages": [_user(text)]})
                assert got == "A train journey"
        assert ASK in daemon.chats()[0]["messages"][-1]["content"]
    check(cloud, tmp_path, 1)


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def _chat(webui: httpx2.Client, body: dict[str, Any]) -> str:
    got = webui.post("/api/chat", json=body)
    assert got.status_code == 200, got.text
    return "".join(json.loads(line)["message"]["content"] for line in got.text.splitlines())


def _sse(got: httpx2.Response) -> str:
    assert got.status_code == 200, got.text
    data = [line.removeprefix("data: ") for line in got.text.splitlines() if line]
    chunks = [json.loads(one) for one in data if one != "[DONE]"]
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)
