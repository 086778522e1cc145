"""/v1/embeddings: at home, or not at all."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI

from doorstep.gateway import embeddings
from doorstep.models.home_wire import OllamaServer as HomeOllama
from tests.gateway.running import house, running
from tests.models.ollama_server import Chat, OllamaServer
from tests.patterns.far import NAMES

MAYA = NAMES[0]
VECTOR = [0.5, -0.25]


def vectors() -> OllamaServer:
    packed = base64.b64encode(struct.pack("<2f", *VECTOR)).decode()
    data = [{"object": "embedding", "index": 0, "embedding": packed}]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    body = {"object": "list", "model": "served", "data": data, "usage": usage}
    return OllamaServer(overrides={"/v1/embeddings": Chat([json.dumps(body).encode()])})


async def post(url: str, **body: Any) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False) as client:
        return await client.post(f"{url}/v1/embeddings", json=body)


async def test_home_makes_them(tmp_path: Path) -> None:
    with vectors() as daemon:
        server = HomeOllama("gemma4:e4b", daemon.url)
        async with (
            house(tmp_path, server=server) as h,
            running(embeddings.routes(h.core)) as url,
            AsyncOpenAI(base_url=f"{url}/v1", api_key="any") as client,
        ):
            made = await client.embeddings.create(model="home", input=f"{MAYA} flies.")
            assert made.data[0].embedding == VECTOR
            sent = daemon.requests[-1]
            assert sent.path == "/v1/embeddings" and sent.body["input"] == f"{MAYA} flies."
            assert sent.body["model"] == "gemma4:e4b:local"
            assert h.cloud.sent == [] and h.ledger.list() == ()


@pytest.mark.parametrize("model", ["mask/text-embedding-3-small", "sanitize-and-solve"])
async def test_no_text_goes_to_a_cloud_for_one(tmp_path: Path, model: str) -> None:
    with vectors() as daemon:
        server = HomeOllama("gemma4:e4b", daemon.url)
        async with house(tmp_path, server=server) as h, running(embeddings.routes(h.core)) as url:
            said = await post(url, model=model, input=f"{MAYA} flies.")
            assert said.status_code == 400 and said.json()["error"]["param"] == "model"
            assert MAYA not in said.text and h.cloud.sent == [] and daemon.requests == []


async def test_a_home_without_a_server_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as h, running(embeddings.routes(h.core)) as url:
        said = await post(url, model="home", input="x")
        assert said.status_code == 400 and said.json()["error"]["code"] == "no_embeddings"


@pytest.mark.parametrize("given", [None, 3, {"text": "x"}])
async def test_an_input_that_is_none(tmp_path: Path, given: object) -> None:
    async with house(tmp_path) as h, running(embeddings.routes(h.core)) as url:
        said = await post(url, model="home", input=given)
        assert said.status_code == 400 and said.json()["error"]["param"] == "input"
