"""/v1/chat/completions with the real `openai` client against a running server: patterns, `home`
and masks over a scripted home and a far cloud behind the real boundary."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from doorstep import ModelUnavailable
from doorstep._values import Message, Options, Piece, Reply, Zone
from doorstep.gateway import chat, sse
from doorstep.gateway.chat_asked import CARRIED, HARMLESS
from doorstep.gateway.core import Core, Rules
from doorstep.models import Ollama
from doorstep.models.base import Model
from doorstep.models.scripted import Scripted
from tests.gateway.running import KeepsHome, house, openai_at, running
from tests.gateway.running import post as post_to
from tests.models.ollama_server import Chat, OllamaServer
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import NAMES

MAYA = NAMES[0]
ASK = [{"role": "user", "content": f"When does {MAYA} fly?"}]
SOLVE = "sanitize-and-solve"


served = partial(openai_at, chat)


async def post(url: str, **body: Any) -> httpx2.Response:
    return await post_to(f"{url}/v1/chat/completions", **body)


def echoes(messages: Sequence[Message], options: Options) -> str:
    return f"{messages[-1].role}: {messages[-1].text}"


# --- patterns and home, whole and streamed -----------------------------------------------------


async def test_a_pattern_answers_and_the_cloud_sees_no_name(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, client, _):
        h.cloud.server.answer_with(lambda r: Answer.sse(chat_events(f"{_name_in(r.json)} at 7.")))
        said = await client.chat.completions.with_raw_response.create(model=SOLVE, messages=ASK)
        done = said.parse()
        assert done.choices[0].message.content == f"{MAYA} at 7."
        assert done.model == SOLVE and done.id.startswith("chatcmpl-")
        assert done.usage is not None and done.usage.total_tokens == 18
        assert said.headers["x-doorstep-pattern"] == SOLVE
        assert said.headers["x-doorstep-verdict"] == "masked"
        [entry] = h.ledger.list()
        assert said.headers["x-doorstep-crossings"] == str(entry.id)
        [sent] = h.cloud.sent
        assert MAYA not in sent and "Okafor" not in sent
        ChatCompletion.model_validate(done.model_dump(), strict=True)


async def test_a_stream_in_the_order_that_clients_expect(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, _client, url):
        h.cloud.says("Hello at seven.")
        raw = await post(
            url, model=SOLVE, messages=ASK, stream=True, stream_options={"include_usage": True}
        )
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.text.endswith("data: [DONE]\n\n")
        lines = [line.removeprefix("data: ") for line in raw.text.split("\n\n") if line]
        chunks = [ChatCompletionChunk.model_validate_json(line) for line in lines[:-1]]
        assert chunks[0].choices[0].delta.role == "assistant"
        assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
        assert chunks[-1].choices == [] and chunks[-1].usage is not None
        assert len({chunk.id for chunk in chunks}) == 1
        said = [c.choices[0].delta.content or "" for c in chunks if c.choices]
        assert "".join(said) == "Hello at seven." and len(said) > 2


async def test_a_sync_client_streams_too(tmp_path: Path) -> None:
    async with served(tmp_path, Scripted(["I am at home."])) as (_, _client, url):

        def ask() -> str:
            with OpenAI(base_url=f"{url}/v1", api_key="any") as client:
                chunks = client.chat.completions.create(model="home", messages=ASK, stream=True)
                return "".join(c.choices[0].delta.content or "" for c in chunks)

        assert await asyncio.to_thread(ask) == "I am at home."


async def test_what_a_client_says_arrives_as_it_was_said(tmp_path: Path) -> None:
    home = Scripted(["yes"])
    async with served(tmp_path, home) as (h, client, _):
        await client.chat.completions.create(
            model="home",
            messages=[
                {"role": "developer", "content": "Be brief."},
                {"role": "assistant", "content": "Yes?"},
                {
                    "role": "user",
                    "name": "maya",
                    "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
                },
            ],
            temperature=0.5,
            max_completion_tokens=7,
            seed=3,
            reasoning_effort="minimal",
            user="u",
            metadata={"a": "b"},
        )
        [call] = home.calls
        assert call.messages == (
            Message("system", "Be brief."),
            Message("assistant", "Yes?"),
            Message("user", "a\nb"),
        )
        assert call.options == Options(effort="low", temperature=0.5, max_tokens=7, seed=3)
        assert h.cloud.sent == []


async def test_a_schema_reaches_a_model_that_holds_to_it(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    asked = {"type": "json_schema", "json_schema": {"name": "count", "schema": schema}}
    home = Scripted(['{"n": 1}'], can_schema=True)
    async with served(tmp_path, home) as (_, _client, url):
        said = await post(url, model="home", messages=ASK, response_format=asked)
        assert said.json()["choices"][0]["message"]["content"] == '{"n": 1}'
        assert home.calls[0].options.schema == schema
        assert home.calls[0].options.schema_name == "count"


# --- what happened -----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["body", "header"])
@pytest.mark.parametrize("stream", [False, True])
async def test_the_account_where_it_is_asked_for(tmp_path: Path, how: str, stream: bool) -> None:
    more: dict[str, Any] = {"doorstep": True} if how == "body" else {}
    headers = {} if how == "body" else {"x-doorstep": "details"}
    async with served(tmp_path) as (h, _, url):
        h.cloud.says("Hello.", "Hello.")
        said = await post(url, model=SOLVE, messages=ASK, stream=stream, headers=headers, **more)
        account = _account(said, stream)
        [entry] = h.ledger.list()
        assert account["pattern"] == SOLVE and account["verdict"] == "masked"
        [crossing] = account["crossings"]
        assert crossing["id"] == entry.id and crossing["sha256"] == entry.sha256
        assert crossing["bytes"] == len(entry.body)
        [step] = account["steps"]
        assert step["actor"] == "cloud" and step["crossings"] == [entry.id]
        assert MAYA not in json.dumps(account)
        assert "doorstep" not in h.cloud.sent[0]
        plain = await post(url, model=SOLVE, messages=ASK, stream=stream)
        assert '"doorstep"' not in plain.text


@pytest.mark.parametrize("stream", [False, True])
async def test_the_account_of_a_mask(tmp_path: Path, stream: bool) -> None:
    async with served(tmp_path) as (h, _, url):
        h.cloud.server.script(_upstream("Hi.", stream))
        said = await post(url, model="mask/gpt-5.4", messages=ASK, stream=stream, doorstep=True)
        account = _account(said, stream)
        [entry] = h.ledger.list()
        assert account["verdict"] == "masked" and account["crossings"] == [{"id": entry.id}]
        assert "doorstep" not in h.cloud.sent[0]


def _account(said: httpx2.Response, stream: bool) -> dict[str, Any]:
    if not stream:
        return dict(said.json()["doorstep"])
    last, done = said.text.strip().split("\n\n")[-2:]
    assert done == "data: [DONE]"
    chunk = json.loads(last.removeprefix("data: "))
    assert chunk["choices"] == []
    ChatCompletionChunk.model_validate(chunk)
    return dict(chunk["doorstep"])


def _upstream(text: str, stream: bool) -> Answer:
    if stream:
        return Answer.sse(chat_events(text))
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"id": "c1", "object": "chat.completion", "choices": [choice], "strange": [1]}
    return Answer(pieces=[json.dumps(body).encode()])


def _name_in(body: dict[str, Any]) -> str:
    """The placeholder that stands where the name was."""
    text = str(body["messages"][-1]["content"])
    return text.removeprefix("When does ").removesuffix(" fly?")


# --- masks -------------------------------------------------------------------------------------


async def test_a_mask_sends_unknown_fields_on_and_restores(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, _client, url):
        h.cloud.server.answer_with(lambda r: _upstream(f"{_name_in(r.json)} flies.", stream=False))
        said = await post(url, model="mask/gpt-5.4", messages=ASK, top_k=3, n=1)
        assert said.json()["choices"][0]["message"]["content"] == f"{MAYA} flies."
        assert said.json()["strange"] == [1]
        assert said.headers["x-doorstep-verdict"] == "masked"
        sent = h.cloud.server.requests[0].json
        assert sent["model"] == "gpt-5.4" and sent["top_k"] == 3
        assert MAYA not in h.cloud.sent[0]


@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_kept_at_home_is_answered_there_and_said(
    tmp_path: Path, stream: bool
) -> None:
    home = _real(Scripted(["From home."]))
    async with house(tmp_path, home) as h:
        core = Core(h.core.names, KeepsHome(), None, h.core.rules)
        async with running(chat.routes(core)) as url:
            said = await post(url, model="mask/gpt-5.4", messages=ASK, stream=stream)
            assert said.status_code == 200 and "From" in said.text
            assert said.headers["x-doorstep-verdict"] == "kept-home"
            assert h.cloud.sent == []


async def test_a_cloud_that_is_down_and_a_home_that_is_none(tmp_path: Path) -> None:
    async with house(tmp_path, _real(Scripted(["From home."] * 9))) as h:
        for rules, home, status in [
            (Rules(), h.core.names, 200),
            (Rules(cloud_down="fail"), h.core.names, 503),
        ]:
            core = Core(home, Down(), None, rules)
            async with running(chat.routes(core)) as url:
                said = await post(url, model="mask/gpt-5.4", messages=ASK)
                assert said.status_code == status
                down = said.headers.get("x-doorstep-verdict")
                assert down == ("cloud-down" if status == 200 else None)


async def test_a_stand_in_does_not_answer_for_the_cloud(tmp_path: Path) -> None:
    async with house(tmp_path, Scripted(["From a script."])) as h:
        core = Core(h.core.names, KeepsHome(), None, h.core.rules)
        async with running(chat.routes(core)) as url:
            said = await post(url, model="mask/gpt-5.4", messages=ASK)
            assert said.status_code == 403
            assert said.json()["error"]["code"] == "keep_home"


class Down:
    async def send(self, *_: object) -> Any:
        raise ModelUnavailable("Nobody answers there.")


def _real(model: Scripted) -> Scripted:
    model.stand_in = ""  # for these tests it is the real home
    return model


# --- what is not carried -----------------------------------------------------------------------

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"tools": [TOOL]}, "tools"),
    ({"functions": [{"name": "look"}]}, "functions"),
    ({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages[0].content"),
    ({"messages": [*ASK, {"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages"),
    ({"messages": [*ASK, {"role": "assistant", "tool_calls": [{"id": "1"}]}]}, "messages"),
    ({"messages": [*ASK, {"role": "assistant", "audio": {"id": "1"}}]}, "messages[1].audio"),
    ({"n": 2}, "n"),
    ({"stop": ["a"]}, "stop"),
    ({"top_p": 0.5}, "top_p"),
    ({"logprobs": True}, "logprobs"),
    ({"logit_bias": {"1": 5}}, "logit_bias"),
    ({"presence_penalty": 1}, "presence_penalty"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"audio": {"voice": "x"}}, "audio"),
    ({"modalities": ["text", "audio"]}, "modalities"),
    ({"some_new_thing": 1}, "some_new_thing"),
    ({"messages": []}, "messages"),
    ({"messages": "hello"}, "messages"),
    ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
    ({"temperature": "hot"}, "temperature"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"seed": True}, "seed"),
    ({"stream": "yes"}, "stream"),
    ({"response_format": {"type": "poem"}}, "response_format.type"),
    ({"reasoning_effort": "wild"}, "reasoning_effort"),
]


@pytest.mark.parametrize(("more", "param"), REFUSED, ids=[param for _, param in REFUSED])
async def test_what_a_pattern_cannot_carry_is_refused_by_name(
    tmp_path: Path, more: dict[str, Any], param: str
) -> None:
    async with served(tmp_path) as (h, client, _):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(model=SOLVE, messages=ASK, extra_body=more)
        assert refused.value.param == param
        assert MAYA not in str(refused.value) and h.cloud.sent == []


HARMLESS_VALUES = {"n": 1, "top_p": 1.0, "stop": [], "logit_bias": {}, "modalities": ["text"]} | {
    "presence_penalty": 0,
    "frequency_penalty": 0.0,
    "verbosity": "medium",
}


@pytest.mark.parametrize("name", sorted(HARMLESS))
async def test_what_changes_nothing_is_tolerated(tmp_path: Path, name: str) -> None:
    more = {name: HARMLESS_VALUES.get(name, "x")}
    async with served(tmp_path) as (h, _, url):
        h.cloud.says("Hello.")
        said = await post(url, model=SOLVE, messages=ASK, **more)
        assert said.status_code == 200, said.text
        assert json.loads(h.cloud.sent[0]).get(name) != "x"


def test_no_field_is_both_carried_and_harmless() -> None:
    assert not CARRIED & set(HARMLESS)


@pytest.mark.parametrize("target", ["home", SOLVE])
async def test_tools_go_to_homes_own_server(tmp_path: Path, target: str) -> None:
    server = Sees()
    async with served(tmp_path, server=server) as (h, client, _):
        said = await client.chat.completions.with_raw_response.create(
            model=target,
            messages=ASK,
            tools=[TOOL],
        )
        assert said.parse().choices[0].message.content == "by the server"
        assert said.headers["x-doorstep-verdict"] == ("home" if target == "home" else "tools")
        [(path, body)] = server.seen
        assert path == "/v1/chat/completions" and body["tools"] == [TOOL]
        assert body["model"] == "gemma4:e4b" and h.cloud.sent == []


@pytest.mark.parametrize(
    ("rules", "more", "status"),
    [
        (Rules(tools="refuse"), {"tools": [TOOL]}, 400),
        (Rules(images="home"), {"messages": [{"role": "user", "content": [IMAGE]}]}, 200),
        (Rules(images="refuse"), {"messages": [{"role": "user", "content": [IMAGE]}]}, 400),
        (Rules(images="home"), {"n": 2}, 400),
    ],
)
async def test_the_operator_decides_what_a_pattern_hands_to_home(
    tmp_path: Path, rules: Rules, more: dict[str, Any], status: int
) -> None:
    server = Sees()
    async with served(tmp_path, server=server, rules=rules) as (h, _, url):
        said = await post(url, **{"model": SOLVE, "messages": ASK} | more)
        assert said.status_code == status
        assert len(server.seen) == (status == 200) and h.cloud.sent == []


class Sees:
    """Home's own server, of which only what it is sent matters here."""

    name = "gemma4:e4b"
    speaks_ollama = True

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []

    async def send(self, path: str, body: dict[str, Any]) -> Any:
        self.seen.append((path, body))
        return Said(json.loads(b"".join(_upstream("by the server", False).pieces)))


class Said:
    status, kind, headers, crossings = 200, b"application/json", (), ()

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = json.dumps(body).encode()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body

    async def close(self) -> None:
        pass


async def test_tools_for_a_home_on_ollama(tmp_path: Path) -> None:
    """The library's own model leads to its daemon, which is proved first."""
    path = "/v1/chat/completions"
    body = b"".join(_upstream("by the daemon", False).pieces)
    with OllamaServer(overrides={path: Chat([body])}) as daemon:
        async with (
            await Ollama.connect("gemma4:e4b", host=daemon.url) as home,
            served(tmp_path, home) as (h, client, _),
        ):
            said = await client.chat.completions.create(
                model="home", messages=ASK, tools=[TOOL], stop=["x"]
            )
            assert said.choices[0].message.content == "by the daemon"
            [sent] = [r.body for r in daemon.requests if r.path == path]
            assert sent["model"] == "gemma4:e4b:local" and sent["stop"] == ["x"]
            assert h.cloud.sent == []


# --- time --------------------------------------------------------------------------------------


class Slow(Model):
    """Says nothing for a while, then answers or fails."""

    name = "slow"

    def __init__(self, seconds: float, fails: bool = False, first: str = "") -> None:
        self.zone = Zone.HOME
        self._seconds, self._fails, self._first = seconds, fails, first
        self.let_go = False

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        try:
            if self._first:
                yield Piece(self._first)
            await asyncio.sleep(self._seconds)
        finally:
            self.let_go = True
        if self._fails:
            raise ModelUnavailable("Nobody answers any more.")
        yield Piece("late")
        yield Piece("", Reply(f"{self._first}late", self.name))


async def test_a_comment_tells_that_somebody_still_thinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse.tell, "__kwdefaults__", None)
    monkeypatch.setattr(sse.tell, "__defaults__", ((), 0.05))
    async with served(tmp_path, Slow(0.18)) as (_, client, url):
        said = await post(url, model="home", messages=ASK, stream=True)
        assert said.text.count(": keep-alive\n\n") >= 2
        assert said.text.index('"role":"assistant"') < said.text.index(": keep-alive")
        stream = await client.chat.completions.create(  # the client skips them
            model="home",
            messages=ASK,
            stream=True,
        )
        assert "".join([c.choices[0].delta.content or "" async for c in stream]) == "late"


async def test_an_error_before_the_first_word_has_a_status(tmp_path: Path) -> None:
    async with served(tmp_path, Slow(0.01, fails=True)) as (_, _client, url):
        for stream in (False, True):
            said = await post(url, model="home", messages=ASK, stream=stream)
            assert said.status_code == 503
            assert said.json()["error"]["code"] == "model_unavailable"


async def test_an_error_in_the_middle_is_said_and_ends_the_stream(tmp_path: Path) -> None:
    async with served(tmp_path, Slow(0.01, fails=True, first="So ")) as (_, client, url):
        said = await post(url, model="home", messages=ASK, stream=True)
        last = json.loads(said.text.strip().split("\n\n")[-1].removeprefix("data: "))
        assert said.status_code == 200 and "[DONE]" not in said.text
        assert last["error"]["code"] == "model_unavailable"
        with pytest.raises(openai.APIError):
            async for _ in await client.chat.completions.create(
                model="home",
                messages=ASK,
                stream=True,
            ):
                pass


@pytest.mark.parametrize("model", [SOLVE, "mask/gpt-5.4"])
async def test_a_client_that_leaves_cancels_the_far_end(tmp_path: Path, model: str) -> None:
    async with served(tmp_path) as (h, client, _):
        events = chat_events("Hello and more")
        cut = events.index(b"\n\n", 200) + 2
        h.cloud.server.script(
            Answer(pieces=[events[:cut], 20.0, events[cut:]], content_type="text/event-stream")
        )
        stream = await client.chat.completions.create(
            model=model,
            messages=ASK,
            stream=True,
        )
        async for _ in stream:
            break
        await stream.close()
        assert await asyncio.to_thread(h.cloud.server.gone.wait, 5)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_stops_a_model_at_home(tmp_path: Path, stream: bool) -> None:
    slow = Slow(30, first="So ")
    async with served(tmp_path, slow) as (_, _client, url):
        asking = asyncio.create_task(post(url, model="home", messages=ASK, stream=stream))
        await asyncio.sleep(0.3)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        for _ in range(100):
            if slow.let_go:
                break
            await asyncio.sleep(0.02)
        assert slow.let_go


# --- auxiliary ---------------------------------------------------------------------------------

TITLE = f"""### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Guidelines:
- Be short.
### Output:
JSON format: {{ "title": "your concise title here" }}
### Chat History:
<chat_history>
USER: When does {MAYA} fly?
ASSISTANT: At 7.
</chat_history>"""


@pytest.mark.parametrize(("rule", "sent"), [("home", 0), ("same", 1)])
async def test_a_front_ends_own_prompt(tmp_path: Path, rule: Any, sent: int) -> None:
    rules = Rules(auxiliary=rule)
    async with served(tmp_path, Scripted(["A title"]), rules=rules) as (h, _, url):
        h.cloud.server.script(_upstream("A title", False))
        title = [{"role": "user", "content": TITLE}]
        said = await post(url, model="mask/gpt-5.4", messages=title)
        assert said.json()["choices"][0]["message"]["content"] == "A title"
        assert len(h.cloud.sent) == sent
        assert said.headers["x-doorstep-verdict"] == ("auxiliary" if rule == "home" else "masked")
        assert all(MAYA not in body for body in h.cloud.sent)
