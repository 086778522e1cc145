"""Names that a service checks (tools, properties, schemas) stay names that it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from doorstep.boundary import Boundary, Declared, Term
from tests.boundary.cloud import Answer, Cloud

Make = Callable[..., Boundary]
PEOPLE = Declared([Term("Maya", "person"), Term("Heron", "declared")])
TAKEN = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LONG = "whether_the_heating_in_the_kitchen_may_be_on_at_night_for_maya"  # 62
LONGER = "-".join(["heron"] * 20)  # 119


def _tool(name: str) -> dict[str, object]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("ask_maya", False),
        ("maya", True),
        ("maya_at_home", True),
        (LONG, True),
        (LONG.replace("maya", "her"), None),
    ],
)
@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
async def test_a_tool_keeps_a_name_that_is_taken(
    cloud: Cloud, boundary: Make, name: str, whole: bool | None, style: str
) -> None:
    call = {"id": "call_a1b2c3d4e5", "type": "function"}
    called = {**call, "function": {"name": name, "arguments": "{}"}}
    body = {
        "model": "m",
        "messages": [
            {"role": "user", "content": f"Use {name}."},
            {"role": "assistant", "content": None, "tool_calls": [called]},
            {"role": "tool", "tool_call_id": "call_a1b2c3d4e5", "content": "ok"},
        ],
        "tools": [_tool(name)],
        "tool_choice": {"type": "function", "function": {"name": name}},
    }
    cloud.answer = lambda got: Answer([got.body])
    made = boundary(detectors=(PEOPLE,), style=style)
    async with made.client() as client:
        assert (await client.post(cloud.url, json=body)).json() == body
    sent = json.loads(cloud.got[0].body)
    names = {
        sent["tools"][0]["function"]["name"],
        sent["tool_choice"]["function"]["name"],
        sent["messages"][1]["tool_calls"][0]["function"]["name"],
    }
    assert len(names) == 1
    (one,) = names
    assert TAKEN.fullmatch(one) and "maya" not in one.lower()
    assert (one == name) is (whole is None)
    if style == "placeholder" and whole is not None:
        assert one.startswith("PERSON_") is whole


@pytest.mark.parametrize(
    "body",
    [
        {"tools": [{"type": "function", "name": LONG, "parameters": {}}]},
        {"tools": [{"name": LONG, "input_schema": {"properties": {LONG: {"type": "null"}}}}]},
        {"response_format": {"type": "json_schema", "json_schema": {"name": LONG}}},
        {"metadata": {LONG: "1"}, "user": LONG, "safety_identifier": LONG},
    ],
)
async def test_other_names_of_64_characters(
    cloud: Cloud, boundary: Make, body: dict[str, object]
) -> None:
    cloud.answer = lambda got: Answer([got.body])
    async with boundary(detectors=(PEOPLE,)).client() as client:
        assert (await client.post(cloud.url, json=body)).json() == body
    sent = cloud.got[0].body.decode()
    assert "maya" not in sent.lower()
    assert all(len(word) <= 64 for word in re.findall(r"\w+", sent))


async def test_anthropic_takes_128_characters(cloud: Cloud, boundary: Make) -> None:
    async with boundary(detectors=(PEOPLE,)).client() as client:
        await client.post(cloud.url, json={"tools": [{"name": LONGER}]})
    name = json.loads(cloud.got[0].body)["tools"][0]["name"]
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", name) and "heron" not in name


async def test_text_may_get_as_long_as_it_likes(cloud: Cloud, boundary: Make) -> None:
    text = "Is Maya at home? And when, if I may ask, does Maya come back? "
    async with boundary(detectors=(PEOPLE,)).client() as client:
        await client.post(cloud.url, json={"input": text})
    assert json.loads(cloud.got[0].body)["input"].endswith(" come back? ")
