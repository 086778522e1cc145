"""The general stand-ins: exact where they answer, honest where they cannot, known as stand-ins."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import BaseModel

from doorstep import BadInput, Boundary, Ledger, Message, ModelError, Options, Policy
from doorstep._errors import ModelRefused
from doorstep.boundary import Declared, detectors, origin
from doorstep.models import OpenAIResponses
from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve
from doorstep.patterns.stand_ins import (
    DECLINED,
    StandInHome,
    arithmetic,
    cloud_answer,
    stand_in_cloud,
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What is 17*23?", "17*23 = 391"),
        ("what's 15% of 240", "15% of 240 = 36"),
        ("How much is 12 percent of 80?", "12 percent of 80 = 9.6"),
        ("Calculate (2 + 3) times 4.", "(2 + 3) times 4 = 20"),
        ("Compute 1,200 divided by 16", "1,200 divided by 16 = 75"),
        ("7 x 8 =", "7 x 8 = 56"),
        ("10 − 3", "10 − 3 = 7"),
        ("what is 0.1 + 0.2?", "0.1 + 0.2 = 0.3"),
        ("what is 1 / 8?", "1 / 8 = 0.125"),
        ("what is 10 / 4 / 3?", "10 / 4 / 3 = 5/6 (about 0.833333)"),
        ("The garden is 3 by 4. What is 3*4?", "3*4 = 12"),
    ],
)
def test_a_computation_is_evaluated_exactly(text: str, said: str) -> None:
    assert arithmetic(text) == said
    assert cloud_answer(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is the capital of France?",
        "what is 42?",  # nothing to compute
        "2026-11-23",  # a date, not a difference
        "555-0100",
        "What is 17*23? Then write to Maya.",  # the half of it would be no answer
        "What is 17*23 and why?",
        "what is 5 divided by 0?",
        "Compute 9^9^9",
        "what is __import__('os')*2?",
        "Is 17 larger than 3*4?",
        "How many are 3 apples + 4 apples?",
    ],
)
def test_what_is_not_one_is_left_alone(text: str) -> None:
    assert arithmetic(text) is None
    assert cloud_answer(text).startswith(DECLINED)


def test_the_clouds_stand_in_says_what_it_received() -> None:
    said = cloud_answer("Write to PERSON_7F3AQ2KD on DATE_8A2B3C4D_2K, PERSON_7F3AQ2KD.")
    assert said.endswith(
        "I received 6 words in 62 characters, with 2 placeholders: "
        "DATE_8A2B3C4D_2K, PERSON_7F3AQ2KD."
    )
    assert cloud_answer("A_B and SOME_WORDS here").endswith("with no placeholder.")


async def test_home_answers_or_declines_as_a_refusal() -> None:
    home = StandInHome()
    done = await home.respond([Message("user", "What is 6*7?")])
    assert (done.text, done.finish, done.model) == ("6*7 = 42", "stop", "stand-in-rules")
    refused = await home.respond([Message("user", "Is Maya at home?")])
    assert (refused.text, refused.finish) == (DECLINED, "refusal")
    pieces = [piece async for piece in home.stream([Message("user", "What is 6*7?")])]
    assert "".join(piece.text for piece in pieces) == "6*7 = 42"
    assert home.stand_in and home.zone == "home"


class Sum(BaseModel):
    value: int


async def test_home_gives_no_json_no_choice_and_no_logprobs() -> None:
    home = StandInHome()
    with pytest.raises(ModelRefused):
        await home.typed([Message("user", "What is 6*7?")], Sum)
    with pytest.raises(ModelRefused):
        await home.decide("What is 6*7?", ["42", "43"])
    with pytest.raises(BadInput):
        await home.respond([Message("user", "6*7")], Options(schema={"type": "object"}))
    with pytest.raises(BadInput):
        await home.respond([Message("user", "6*7")], Options(logprobs=3))


async def test_over_the_wire_behind_a_boundary_values_come_back(tmp_path: Path) -> None:
    async with stand_in_cloud() as server, AsyncExitStack() as stack:
        boundary = Boundary(
            ledger=stack.enter_context(Ledger(tmp_path / "ledger.sqlite3")),
            policy=Policy((origin(server.base_url),)),
            key=b"k" * 32,
            detectors=detectors("rules", declared=Declared(["Maya Okafor"])),
        )
        http = await stack.enter_async_context(boundary.client())
        model = OpenAIResponses(
            server.model, client=http, api_key=server.key, base_url=server.base_url
        )
        pattern = SanitizeAndSolve(StandInHome(), model, boundary)
        reply = await pattern.respond([Message("user", "Write to Maya Okafor.")])
        assert reply.text.endswith("with 1 placeholder: Maya Okafor.")
        assert reply.outcome is not None
        (crossing,) = reply.outcome.crossings
        assert "Okafor" not in crossing.body
        with pytest.raises(ModelError):
            await pattern.typed([Message("user", "What is 6*7?")], Sum, tries=1)
