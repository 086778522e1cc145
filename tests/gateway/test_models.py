"""/v1/models: what is offered, by the real `openai` client."""

from __future__ import annotations

from pathlib import Path

import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from doorstep.gateway import models
from tests.gateway.running import PATTERNS, house, running


async def test_the_names_that_are_offered(tmp_path: Path) -> None:
    async with house(tmp_path) as h, running(models.routes(h.core)) as url:
        async with AsyncOpenAI(base_url=f"{url}/v1", api_key="any") as client:
            listed = [model async for model in client.models.list()]
        assert [model.id for model in listed] == [*PATTERNS, "home", "mask/gpt-5.4"]
        assert {model.owned_by for model in listed} == {"doorstep"}


@pytest.mark.parametrize(
    "path",
    ["home", "mask/gpt-5.4", "mask%2Fgpt-5.4", "mask/any-other", "sanitize-and-solve"],
)
async def test_one_of_them(tmp_path: Path, path: str) -> None:
    async with house(tmp_path) as h, running(models.routes(h.core)) as url:
        async with httpx2.AsyncClient(trust_env=False) as client:
            said = await client.get(f"{url}/v1/models/{path}")
        assert said.status_code == 200
        assert said.json() == {
            "id": path.replace("%2F", "/"),
            "object": "model",
            "created": 0,
            "owned_by": "doorstep",
        }


async def test_the_client_asks_for_a_mask(tmp_path: Path) -> None:
    async with (
        house(tmp_path) as h,
        running(models.routes(h.core)) as url,
        AsyncOpenAI(base_url=f"{url}/v1", api_key="any") as client,
    ):
        assert (await client.models.retrieve("mask/gpt-5.4")).id == "mask/gpt-5.4"
        with pytest.raises(openai.NotFoundError) as missing:
            await client.models.retrieve("gpt-5.4")
        assert missing.value.code == "model_not_found"
        assert "mask/NAME" in str(missing.value)


async def test_where_any_name_is_a_mask(tmp_path: Path) -> None:
    async with (
        house(tmp_path, any_is_mask=True) as h,
        running(models.routes(h.core)) as url,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        assert (await client.get(f"{url}/v1/models/gpt-5.4")).status_code == 200
