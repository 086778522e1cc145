"""Bodies that no client should send: every field with every wrong thing in it. Whatever comes of
it, it is an answer or a clear refusal in OpenAI's shape, never a failure inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorstep.gateway import chat, embeddings, models, responses
from doorstep.gateway.chat_asked import CARRIED as CHAT_CARRIED
from doorstep.gateway.chat_asked import HARMLESS as CHAT_HARMLESS
from doorstep.gateway.chat_asked import chat_asked
from doorstep.gateway.core import Rules
from doorstep.gateway.http import BadRequest
from doorstep.gateway.names import Target
from doorstep.gateway.responses_asked import CARRIED as RESPONSES_CARRIED
from doorstep.gateway.responses_asked import HARMLESS as RESPONSES_HARMLESS
from doorstep.gateway.responses_asked import responses_asked
from doorstep.models.scripted import Scripted
from tests.gateway.running import house, running
from tests.gateway.test_chat import Sees

CANARY = "Zanzibar Lane 12"
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, "", CANARY, [], {}, [[]], [{}], [None], {"type": 3}),
    *([{"type": "text"}], [{"role": "user"}], [{"role": "user", "content": [{"type": 1}]}]),
    *([{"type": "function", "function": 3}], [{"role": "user", "content": {"a": 1}}]),
    *({"type": "json_schema"}, {"type": "json_schema", "json_schema": {"schema": []}}),
    *([{"role": "assistant", "tool_calls": 3}], [{"role": ["user"], "content": "x"}]),
    *({"format": {"type": "json_schema", "name": 3}}, {"effort": []}, {"include_usage": 3}),
    *([{"type": "function_call"}], [{"type": "function_call_output", "output": 3}], "\ud800"),
    *([{"type": "message", "role": "user", "content": [{"type": "input_image"}]}],),
]
SHARE = 6  # over the wire each field gets one in so many; all of them are read below
SURFACES = {
    "/v1/chat/completions": (
        sorted(CHAT_CARRIED | set(CHAT_HARMLESS) | {"doorstep"}),
        {"messages": [{"role": "user", "content": "Hi"}]},
    ),
    "/v1/responses": (
        sorted(RESPONSES_CARRIED | set(RESPONSES_HARMLESS) | {"conversation", "doorstep"}),
        {"input": "Hi"},
    ),
    "/v1/embeddings": (["model", "input", "dimensions"], {"input": "Hi"}),
}


@pytest.mark.parametrize("with_server", [False, True])
@pytest.mark.parametrize("path", SURFACES)
async def test_no_field_makes_it_fail_inside(tmp_path: Path, path: str, with_server: bool) -> None:
    fields, base = SURFACES[path]
    home = Scripted(["Hello."] * 10_000, can_schema=True, can_logprobs=True)
    server = Sees() if with_server else None
    rules = Rules(images="home", auxiliary="home")
    async with house(tmp_path, home, server=server, rules=rules) as h:
        surfaces = [module.routes(h.core) for module in (chat, responses, embeddings, models)]
        async with running(*surfaces) as url, httpx2.AsyncClient(trust_env=False) as client:
            for number, field in enumerate(fields):
                for junk in JUNK[number % SHARE :: SHARE]:
                    body = json.dumps({"model": "home"} | base | {field: junk}).encode()
                    said = await client.post(url + path, content=body)
                    assert said.status_code < 500, (field, junk, said.text)
                    if said.status_code >= 400:
                        assert set(said.json()["error"]) == {"message", "type", "param", "code"}
                        assert CANARY not in said.text


@pytest.mark.parametrize("read", [chat_asked, responses_asked])
def test_a_request_to_a_pattern_is_read_or_refused(read: Any) -> None:
    path = "/v1/responses" if read is responses_asked else "/v1/chat/completions"
    fields, base = SURFACES[path]
    for field in fields:
        for junk in JUNK:
            body = {"model": "p"} | base | {field: junk}
            try:
                asked = read(body, Target("p", "pattern"))
            except BadRequest as refused:
                assert CANARY not in str(refused)
            else:
                assert all(isinstance(message.text, str) for message in asked.messages)


@pytest.mark.parametrize("path", ["/v1/models/", "/v1/models/%FF", "/v1/models/a%00b"])
async def test_odd_names_of_models(tmp_path: Path, path: str) -> None:
    async with (
        house(tmp_path) as h,
        running(models.routes(h.core)) as url,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        said = await client.get(url + path)
        assert said.status_code in (400, 404)
