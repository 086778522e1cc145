"""Small versions of what `python -m bench.plan` prints; and the search for canaries itself."""

from __future__ import annotations

import base64

import pytest

from bench.planning.adversaries import HOSTILE, adversaries
from bench.planning.canaries import canaries, holds
from bench.planning.sizes import sizes


async def test_no_canary_crosses() -> None:
    count = await canaries(25, seed=3)
    assert (count.runs, count.canaries) == (25, 150) and count.requests >= 20
    assert not count.found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the green tall boat", True),
        ("THE GREEN, tall-boat", True),
        ("thegreentallboat", True),
        ("the green \\u0074all boat", True),
        (base64.b64encode(b"green tall boat").decode(), True),
        (b"green tall boat".hex(), True),
        ("green%20tall%20boat", True),
        ("taob llat neerg", True),
        ("green boat tall", False),
    ],
)
def test_a_canary_is_found_in_any_form(text: str, found: bool) -> None:
    body = f'POST /v1 {{}}\n{{"content": "{text}"}}'.encode()
    assert holds(body, "green tall boat") is found


async def test_no_hostile_planner_gets_anything() -> None:
    rows = await adversaries()
    assert [row.code for row in rows] == [one.code for one in HOSTILE]
    assert all(row.recovered and row.leaks == 0 for row in rows)
    assert all(row.tries == (3 if row.code else 1) for row in rows)


async def test_what_crosses_does_not_grow_with_the_data() -> None:
    small, large = await sizes((1_000, 300_000))
    assert small.right and large.right and large.data > 200 * small.data
    assert (small.requests, small.sent) == (large.requests, large.sent)
