"""What an answer says of itself: the headers, and the `doorstep` object."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstep import Crossing, Outcome, Reply, Step, Usage
from doorstep.gateway import chat, said
from doorstep.gateway.http import Request
from doorstep.gateway.names import Target
from doorstep.models.scripted import Scripted
from tests.gateway.running import house, running
from tests.gateway.test_chat import ASK, post

PATTERN = Target("escalate-on-hard", "pattern")
CROSSING = Crossing(12, "https://api.example/v1", '{"a":"ä"}', "ab" * 32, "mask")
OUTCOME = Outcome(
    "the private answer",
    steps=(
        Step("answer", "home", "small", 1.23456, Usage(3, 4)),
        Step("escalate", "cloud", "large", 2.0, Usage(5, 6), Decimal("0.000420"), crossings=(12,)),
    ),
    crossings=(CROSSING,),
    stand_ins=("home: rules\ninstead",),
    notes=("judged by a rule that quotes the private answer",),
    pattern="escalate-on-hard",
    verdict="escalated",
    reasons=("too hard",),
)


def test_the_headers_of_a_pattern() -> None:
    headers = dict(said.after(PATTERN, Reply("x", "p", outcome=OUTCOME)).headers())
    assert headers == {
        b"x-doorstep-pattern": b"escalate-on-hard",
        b"x-doorstep-verdict": b"escalated",
        b"x-doorstep-crossings": b"12",
        b"x-doorstep-cost": b"0.00042",
        b"x-doorstep-stand-in": b"home: rules?instead",
    }


def test_the_object_of_a_pattern() -> None:
    account = said.after(PATTERN, Reply("x", "p", outcome=OUTCOME)).object()
    assert account["steps"][1] == {  # type: ignore[index]
        "name": "escalate",
        "actor": "cloud",
        "model": "large",
        "seconds": 2.0,
        "input_tokens": 5,
        "output_tokens": 6,
        "cost": "0.00042",
        "tries": 1,
        "crossings": [12],
    }
    assert account["crossings"] == [
        {
            "id": 12,
            "destination": "https://api.example/v1",
            "bytes": 10,
            "sha256": "ab" * 32,
            "verdict": "mask",
        }
    ]
    assert account["cost"] == "0.00042" and account["reasons"] == ["too hard"]
    assert "private answer" not in str(account)


def test_what_nobody_can_price_is_not_said() -> None:
    unpriced = Outcome("x", (Step("s", "cloud", "m", 1.0, cost=None),), pattern="p", verdict="v")
    after = said.after(PATTERN, Reply("x", "p", outcome=unpriced))
    assert b"x-doorstep-cost" not in dict(after.headers())
    assert after.object()["cost"] is None


def test_nothing_that_left_is_said_to_be_none() -> None:
    after = said.after(Target("home", "home"), Reply("x", "m"))
    headers = dict(after.headers())
    assert headers[b"x-doorstep-crossings"] == b"none" and headers[b"x-doorstep-cost"] == b"0"
    assert headers[b"x-doorstep-verdict"] == b"home" and b"x-doorstep-pattern" not in headers


def test_at_the_start_only_what_is_known_is_said() -> None:
    assert said.before(PATTERN).headers() == ((b"x-doorstep-pattern", b"escalate-on-hard"),)


@pytest.mark.parametrize(
    ("cost", "text"),
    [("0", "0"), ("0.10", "0.1"), ("1E-7", "0.0000001"), ("20", "20"), ("100.00", "100")],
)
def test_dollars(cost: str, text: str) -> None:
    assert said.dollars(Decimal(cost)) == text


@pytest.mark.parametrize(
    ("body", "header", "wanted"),
    [
        ({"doorstep": True}, b"", True),
        ({}, b"details", True),
        ({}, b" Details ", True),
        ({"doorstep": False}, b"", False),
        ({"doorstep": "true"}, b"", False),
        ({}, b"yes", False),
    ],
)
def test_who_wants_the_object(body: dict[str, object], header: bytes, wanted: bool) -> None:
    scope = {"method": "POST", "path": "/", "headers": [(b"x-doorstep", header)]}
    assert said.wanted(body, Request(scope, _nothing)) is wanted
    assert said.without(body) == {}


async def _nothing() -> dict[str, object]:
    raise AssertionError


def test_the_page_shows_the_object_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs/gateway-openai.md").read_text("utf-8")
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    account: Any = said.after(PATTERN, Reply("x", "p", outcome=OUTCOME)).object()
    assert list(shown) == list(account)
    assert list(shown["steps"][0]) == list(account["steps"][0])
    assert list(shown["crossings"][0]) == list(account["crossings"][0])
    for header, _ in said.after(PATTERN, Reply("x", "p", outcome=OUTCOME)).headers():
        assert f"| `{header.decode()}` |" in page


@pytest.mark.parametrize("stream", [False, True])
async def test_a_stand_in_is_said(tmp_path: Path, stream: bool) -> None:
    async with house(tmp_path, Scripted(["x"])) as h, running(chat.routes(h.core)) as url:
        answer = await post(url, model="home", messages=ASK, stream=stream)
        assert answer.headers["x-doorstep-stand-in"] == "a language model: it plays a script"
