"""What Ollama's clients ask before they chat, and what they may not do at all."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import ollama as client
import pytest

from doorstep._values import Zone
from doorstep.gateway import ollama
from doorstep.gateway.core import Rules
from doorstep.models.zone import prove_ollama
from tests.gateway.running import house, running

LISTED = ["sanitize-and-solve", "escalate-on-hard", "home", "mask/gpt-5.4"]


@asynccontextmanager
async def served(folder: Path, **settings: Any) -> AsyncIterator[str]:
    async with house(folder, **settings) as h, running(ollama.routes(h.core)) as url:
        yield url
        assert not h.cloud.sent  # whatever is asked here, nothing leaves


async def test_it_says_the_words_by_which_clients_know_it(tmp_path: Path) -> None:
    async with served(tmp_path) as url, httpx2.AsyncClient() as http:
        assert (await http.get(url + "/")).text == "Ollama is running"
        head = await http.head(url + "/")
        assert (head.status_code, head.content) == (200, b"")
        version = (await http.get(url + "/api/version")).json()["version"]
        assert [int(part) for part in version.split(".")] > [0, 6, 4]  # what VS Code asks for


async def test_the_models_are_listed_with_their_tag(tmp_path: Path) -> None:
    async with served(tmp_path) as url:
        models = (await client.AsyncClient(url).list()).models
        assert [model.model for model in models] == [f"{name}:latest" for name in LISTED]
        assert len({model.digest for model in models}) == len(LISTED)
        assert all(model.modified_at and model.details for model in models)


async def test_all_models_are_always_loaded(tmp_path: Path) -> None:
    async with served(tmp_path) as url:
        models = (await client.AsyncClient(url).ps()).models
        assert [model.name for model in models] == [f"{name}:latest" for name in LISTED]
        assert all(model.expires_at and model.expires_at.year > 2300 for model in models)


@pytest.mark.parametrize(
    ("name", "rules", "tools"),
    [
        ("mask/gpt-5.4", Rules(), True),
        ("mask/some-other-model", Rules(), True),
        ("home", Rules(), False),  # in this test, home has no server of its own
        ("sanitize-and-solve:latest", Rules(tools="home"), False),
    ],
)
async def test_show_says_what_a_model_can_do(
    tmp_path: Path, name: str, rules: Rules, tools: bool
) -> None:
    async with served(tmp_path, rules=rules) as url:
        shown = await client.AsyncClient(url).show(name)
        assert shown.capabilities == ["completion", *(["tools"] if tools else [])]
        info = dict(shown.modelinfo or {})
        assert info[f"{info['general.architecture']}.context_length"] >= 8192


async def test_pulling_our_own_names_is_done_at_once(tmp_path: Path) -> None:
    async with served(tmp_path) as url:
        asker = client.AsyncClient(url)
        assert (await asker.pull("mask/gpt-5.4")).status == "success"
        told = [part.status async for part in await asker.pull("home:latest", stream=True)]
        assert told[-1] == "success"


@pytest.mark.parametrize("ask", ["pull", "show", "chat"])
async def test_other_names_are_not_there(tmp_path: Path, ask: str) -> None:
    async with served(tmp_path) as url:
        with pytest.raises(client.ResponseError) as caught:
            await getattr(client.AsyncClient(url), ask)("llama3.2")
        assert caught.value.status_code == 404 and "no such model" in caught.value.error


@pytest.mark.parametrize("name", LISTED)
async def test_nobody_takes_a_cloud_for_a_home_model(tmp_path: Path, name: str) -> None:
    """Doorstep itself, where OLLAMA_HOST leads to a gateway: only `home` is at home there."""
    async with served(tmp_path) as url, httpx2.AsyncClient(trust_env=False) as http:
        proof = await prove_ollama(url, name, http)
        assert (proof.zone is Zone.HOME) is (name == "home")


async def test_models_cannot_be_changed(tmp_path: Path) -> None:
    async with served(tmp_path) as url:
        asker = client.AsyncClient(url)
        for verb, asked in (
            ("push", asker.push("home")),
            ("create", asker.create("mine", from_="home")),
            ("copy", asker.copy("home", "mine")),
            ("delete", asker.delete("home")),
        ):
            with pytest.raises(client.ResponseError, match=f"there is no {verb}") as caught:
                await asked
            assert caught.value.status_code == 400


async def test_errors_are_ollamas(tmp_path: Path) -> None:
    async with served(tmp_path) as url, httpx2.AsyncClient() as http:
        for got in (
            await http.post(url + "/api/show", json={}),
            await http.post(url + "/api/chat", content=b"{"),
            await http.get(url + "/api/nothing"),
            await http.get(url + "/api/chat"),
        ):
            assert got.status_code >= 400
            assert list(got.json()) == ["error"] and isinstance(got.json()["error"], str)


async def test_the_page_lists_every_route(tmp_path: Path) -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "gateway-ollama.md"
    listed = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", page.read_text("utf-8"), re.M)
    async with house(tmp_path) as h:
        routes = ollama.routes(h.core)
    assert set(listed) == {route for route in routes if route[0] != "HEAD"}
