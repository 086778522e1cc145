"""A reply of Chat Completions as parts of an answer of Ollama, however its bytes are cut."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorstep._errors import ReplyBroken
from doorstep.gateway import ollama
from doorstep.gateway.ollama_heard import heard
from doorstep.gateway.ollama_lines import Part, joined
from tests.boundary.cloud import PLACEHOLDER
from tests.gateway.running import house, running
from tests.models.openai_server import Answer, Request, chat_chunk, chat_events, event

TEXT = "Grüße an Zoë 👩‍👩‍👧 – 50 € für Łukasz, \u2028 und aus.\r\n"
DONE = event("[DONE]")


class Reply:
    """A `Relayed` of bytes that are cut as the test wants them."""

    status, headers, crossings = 200, (), ()

    def __init__(self, parts: Sequence[bytes], kind: bytes = b"text/event-stream") -> None:
        self.kind = kind
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part

    async def close(self) -> None:
        pass


async def parts(reply: Reply, **settings: Any) -> list[Part]:
    return [part async for part in heard(reply, **settings)]


def call(index: int | None, known: str = "", name: str = "", arguments: str = "") -> dict[str, Any]:
    head: dict[str, Any] = {} if index is None else {"index": index}
    head |= {"id": known, "type": "function"} if known else {}
    return head | {"function": ({"name": name} if name else {}) | {"arguments": arguments}}


def calling(*fragments: dict[str, Any], finish: str | None = "tool_calls") -> bytes:
    chunks = [chat_chunk({"tool_calls": [fragment]}) for fragment in fragments]
    return b"".join([*chunks, chat_chunk({}, finish), DONE])


ARGUMENTS = json.dumps({"who": TEXT, "n": [1, {"a": None}]}, ensure_ascii=False)
PIECES = [call(0, "c1", "tell", ARGUMENTS[:7]), call(0, arguments=ARGUMENTS[7:])]
WHOLE = chat_events(TEXT, thinking="Hm 🤔", finish=None, done=False, usage=False) + calling(*PIECES)


async def test_cut_at_every_byte_it_says_the_same() -> None:
    wanted = joined(await parts(Reply([WHOLE])))
    assert (wanted.text, wanted.thinking) == (TEXT, "Hm 🤔")
    assert wanted.calls[0]["function"] == {
        "index": 0,
        "name": "tell",
        "arguments": json.loads(ARGUMENTS),
    }
    for place in range(1, len(WHOLE)):
        assert joined(await parts(Reply([WHOLE[:place], WHOLE[place:]]))) == wanted, place
    assert joined(await parts(Reply([WHOLE[i : i + 1] for i in range(len(WHOLE))]))) == wanted


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 13, 64])
async def test_so_it_does_through_the_boundary(tmp_path: Path, cut: int) -> None:
    """Placeholders, in text and in arguments, cut wherever the network cuts them."""
    name = "Zoë Łukaszewicz-Größe"

    def answer(request: Request) -> Answer:
        (who,) = set(PLACEHOLDER.findall(request.body.decode()))
        text = chat_events(f"Für {who}: 👍 {who}!", finish=None, done=False, usage=False)
        return Answer.sse(text + calling(call(0, "c1", "tell", json.dumps({"who": who}))), cut=cut)

    async with (
        house(tmp_path, private=(name,)) as h,
        running(ollama.routes(h.core)) as url,
        httpx2.AsyncClient() as http,
    ):
        h.cloud.server.answer_with(answer)
        body = {"model": "mask/m", "messages": [{"role": "user", "content": f"An {name}"}]}
        got = await http.post(url + "/api/chat", json=body)
        said = [json.loads(line)["message"] for line in got.text.splitlines()]
        assert "".join(one["content"] for one in said) == f"Für {name}: 👍 {name}!"
        calls = [one for line in said for one in line.get("tool_calls", ())]
        assert calls[0]["function"]["arguments"] == {"who": name}


@pytest.mark.parametrize(
    "fragments",
    [
        [call(0, "a", "f", '{"n":'), call(1, "b", "g", "{}"), call(0, arguments="1}")],
        [call(0, "a", "f", '{"n":1}'), call(0, "b", "g", "{}")],  # each with the same index
        [call(None, "a", "f", '{"n":1}'), call(None, "b", "g", "{}")],  # none with one
        [call(0, "a", "f", '{"n":1}'), call(1, "b", "g", "")],  # no arguments at all
    ],
    ids=["interleaved", "same index", "no index", "no arguments"],
)
async def test_calls_are_put_together(fragments: list[dict[str, Any]]) -> None:
    said = joined(await parts(Reply([calling(*fragments)])))
    assert [one["id"] for one in said.calls] == ["a", "b"]
    functions = [one["function"] for one in said.calls]
    assert functions == [
        {"index": 0, "name": "f", "arguments": {"n": 1}},
        {"index": 1, "name": "g", "arguments": {}},
    ]


BROKEN = {
    "no end": chat_chunk({"content": "Hi"}),
    "no end but done": chat_chunk({"content": "Hi"}) + DONE,
    "not JSON": b"data: {nonsense\n\n",
    "not an object": b"data: []\n\n",
    "not UTF-8": b'data: {"choices": []} \xff\n\n',
    "arguments cut off": calling(call(0, "a", "f", '{"n":')),
    "arguments no object": calling(call(0, "a", "f", "[1]")),
    "a call without a name": calling(call(0, "a", "", "{}")),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
async def test_what_cannot_be_read_is_broken_and_not_quoted(sent: bytes) -> None:
    with pytest.raises(ReplyBroken) as caught:
        await parts(Reply([sent]))
    assert "Hi" not in str(caught.value) and "nonsense" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": []},
        {"choices": [{"message": {"content": "Hi"}, "finish_reason": None}]},
        {"object": "list"},
    ],
)
async def test_a_whole_reply_without_an_answer_is_broken(body: dict[str, Any]) -> None:
    with pytest.raises(ReplyBroken):
        await parts(Reply([json.dumps(body).encode()], b"application/json"))


async def test_a_whole_reply_has_the_same_parts() -> None:
    tool = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"n": 1}'}}
    message = {"content": TEXT, "reasoning": "Hm", "tool_calls": [tool]}
    choice = {"index": 0, "message": message, "finish_reason": "length"}
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    sent = json.dumps({"choices": [choice], "usage": usage}).encode()
    said = joined(await parts(Reply([sent[:9], sent[9:]], b"application/json; charset=utf-8")))
    assert (said.text, said.thinking, len(said.calls)) == (TEXT, "Hm", 1)
    assert said.end is not None
    counts = (said.end.prompt_tokens, said.end.output_tokens)
    assert (said.end.reason, *counts) == ("length", 3, 2)


async def test_a_refusal_is_text_and_no_counts_are_none() -> None:
    said = joined(await parts(Reply([chat_events(refusal="I will not.", usage=False)])))
    assert said.text == "I will not." and said.end is not None
    assert (said.end.reason, said.end.output_tokens) == ("stop", None)


async def test_an_emoji_in_two_halves_goes_out_in_two_halves(tmp_path: Path) -> None:
    """As a server sends it that counts in UTF-16."""
    halves = [chat_chunk({"content": "@@"}).replace(b"@@", half) for half in HALVES]
    async with (
        house(tmp_path) as h,
        running(ollama.routes(h.core)) as url,
        httpx2.AsyncClient() as http,
    ):
        h.cloud.server.script(Answer.sse(b"".join([*halves, chat_chunk({}, "stop"), DONE])))
        body = {"model": "mask/m", "messages": [{"role": "user", "content": "Hi"}]}
        got = await http.post(url + "/api/chat", json=body)
        contents = [json.loads(line)["message"]["content"] for line in got.content.splitlines()]
        joined_up = "".join(contents).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        assert joined_up == "\N{GRINNING FACE}"


HALVES = (rb"\ud83d", rb"\ude00")
