"""Odd values in every field of every request: refused in a line, or answered; never a failure of
ours, and never a private word at the far end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorstep.gateway import ollama
from doorstep.models.scripted import Scripted
from tests.gateway.ollama_kit import PNG, TOOL, completion, echo, unseen
from tests.gateway.running import house, running
from tests.models.openai_server import Answer, Request

ASK = {"role": "user", "content": "Is Maya Okafor in?"}
CALL = {"function": {"name": "f", "arguments": {"who": "Maya Okafor"}}}
FULL: dict[str, dict[str, Any]] = {
    "chat": {
        "messages": [
            ASK,
            {"role": "assistant", "content": "", "thinking": "Hm", "tool_calls": [CALL]},
            {"role": "tool", "tool_name": "f", "content": "Yes"},
        ],
        "tools": [TOOL],
        "options": {"temperature": 0.5, "num_predict": 9, "seed": 3, "stop": ["x"], "num_ctx": 99},
        "format": "json",
        "think": "low",
        "keep_alive": "5m",
        "stream": True,
        "logprobs": False,
        "truncate": True,
        "doorstep": True,
        "user": "Maya Okafor",
    },
    "generate": {
        "prompt": "Is Maya Okafor in?",
        "system": "Brief.",
        "suffix": "",
        "images": [PNG],
        "context": [],
        "raw": False,
        "options": {"temperature": 1},
        "stream": False,
    },
    "embed": {"input": ["Maya Okafor"], "truncate": True, "dimensions": 3},
    "show": {"name": "home", "verbose": True},
    "pull": {"name": "home", "insecure": False, "stream": False},
}
ODD: tuple[Any, ...] = (None, -1, 2**70, "x", [[]])


def odd_bodies(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`body` with one value, at any depth, that is another one."""
    for key, value in body.items():
        for odd in ODD:
            yield {**body, key: odd}
        if isinstance(value, dict):
            for inner in odd_bodies(value):
                yield {**body, key: inner}
        if isinstance(value, list):
            for place, item in enumerate(value):
                for odd in ODD:
                    yield {**body, key: [*value[:place], odd, *value[place + 1 :]]}
                for inner in odd_bodies(item) if isinstance(item, dict) else ():
                    yield {**body, key: [*value[:place], inner, *value[place + 1 :]]}


def far_end(request: Request) -> Answer:
    return echo(request) if request.json.get("stream") else completion({"content": "Yes."})


@pytest.mark.parametrize("route", FULL)
@pytest.mark.parametrize("model", ["mask/m", "sanitize-and-solve", "home"])
async def test_odd_values_never_fail_us(tmp_path: Path, model: str, route: str) -> None:
    home = Scripted(["At home."] * 5000, can_schema=True)
    async with (
        house(tmp_path, home=home) as h,
        running(ollama.routes(h.core)) as url,
        httpx2.AsyncClient(base_url=url, timeout=30) as http,
    ):
        h.cloud.server.answer_with(far_end)
        statuses = set()
        for body in odd_bodies(FULL[route]):
            got = await http.post(f"/api/{route}", json={"model": model} | body)
            assert got.status_code != 500 and "failed inside" not in got.text, body
            assert got.status_code == 200 or got.json()["error"], body
            statuses.add(got.status_code)
        assert 400 in statuses or route in ("show", "pull", "embed")
        if h.cloud.sent:
            unseen(h)
