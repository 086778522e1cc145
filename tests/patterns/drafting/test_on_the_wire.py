"""Small versions of what `python -m bench.draft` measures with two servers on loopback."""

from __future__ import annotations

import asyncio

from bench.drafting import wire
from bench.drafting.server import Pace, serving


async def test_random_worlds_between_two_servers() -> None:
    assert await wire.worlds(range(25)) == []


async def test_what_was_generated_for_nobody_is_counted_at_the_far_end() -> None:
    found = await wire.waste(3)
    assert found.noticed == found.told == found.stopped == 3
    assert 0 < found.generated < found.whole
    assert found.kept_tokens == found.kept_generated == 3 * 40


async def test_speed_is_measured_in_turns() -> None:
    one = await wire.speed("quick", (Pace("h", count=3), Pace("c", first=0.05, count=3)), 1)
    assert len(one.first_home) == len(one.end_pattern) == len(one.ratios) == 1
    assert 0 < one.first_pattern[0] < one.end_pattern[0] * 1000


async def test_the_server_tells_who_went_away() -> None:
    async with serving(Pace("h", each=0.01, count=1000)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        body = b'{"messages": [{"content": "x"}]}'
        writer.write(b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        assert b"200" in await reader.readline()
        writer.close()
        async with asyncio.timeout(5):
            while (told := await server.told()).open or not told.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert told.gone == 1 and told.pieces == told.pieces_to_gone < 1000
