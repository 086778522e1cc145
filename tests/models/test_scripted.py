"""The scripted model keeps to the protocol, as every other one has to."""

from __future__ import annotations

import pytest

from doorstep._errors import BadInput, ModelUnavailable, RateLimited
from doorstep._values import Message, Options, Reply, Zone
from doorstep.models.scripted import Scripted

ASKED = (Message("user", "one"),)


async def test_every_kind_of_line() -> None:
    ready = Reply("ready", "other", finish="length")
    model = Scripted(["text", ready, lambda m, o: m[0].text + str(o.seed), RateLimited("later")])
    assert (await model.respond(ASKED)) == Reply("text", "scripted")
    assert (await model.respond(ASKED)) is ready
    assert (await model.respond(ASKED, Options(seed=4))).text == "one4"
    with pytest.raises(RateLimited):
        await model.respond(ASKED)
    with pytest.raises(ModelUnavailable, match="5"):
        await model.respond(ASKED)
    assert model.calls[2].options.seed == 4
    assert model.calls[0].messages == ASKED


@pytest.mark.parametrize("text", ["", "a", "abc", "abcdefg"])
async def test_pieces_make_up_the_reply(text: str) -> None:
    model = Scripted([text], piece=3)
    *before, last = [piece async for piece in model.stream(ASKED)]
    assert [piece.reply for piece in before] == [None] * len(before)
    assert all(len(piece.text) <= 3 for piece in before)
    assert last.reply is not None
    assert "".join(piece.text for piece in [*before, last]) == last.reply.text == text


async def test_it_says_what_it_cannot_do() -> None:
    model = Scripted(["x"])
    with pytest.raises(BadInput):
        await model.respond(ASKED, Options(schema={}))
    with pytest.raises(BadInput):
        await model.respond(ASKED, Options(logprobs=1))
    assert model.calls == []


def test_it_says_what_it_is() -> None:
    model = Scripted([], zone=Zone.CLOUD, way="native", name="n")
    assert (model.zone, model.way, model.name) == (Zone.CLOUD, "native", "n")
    assert model.stand_in
    assert model.zone_reason
