"""Every page has a twin in JSON, which shows the same value."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import orjson
import pytest
from starlette.routing import Route

from doorstep.page.render import NAV, _plain
from tests.page.kit import House


async def test_every_room_of_the_navigation_has_its_twin(h: House) -> None:
    async with h.client() as client:
        for path, _ in NAV:
            page = await client.get(f"/page{path}")
            twin = await client.get(f"/page{path}.json")
            assert page.status_code == twin.status_code == 200, path
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert twin.headers["content-type"] == "application/json"
            assert isinstance(twin.json(), dict), path


async def test_every_view_has_its_twin_at_the_same_path(h: House) -> None:
    async with h.client() as client:
        await client.get("/page/today")
    made = await h.app()._mounts["/page"]._opened()  # type: ignore[attr-defined]
    paths = {r.path for r in made.app.routes if isinstance(r, Route) and "GET" in (r.methods or ())}
    paths = {re.sub(r":\w+\}", "}", path) for path in paths}
    views = {path.removesuffix(".json") for path in paths if path.endswith(".json")}
    assert views >= {path for path, _ in NAV} | {"/runs/{id}", "/ledger/{n}", "/patterns/{name}"}
    assert views - {"/held/count"} <= paths  # a number for a script, of no page


async def test_a_twin_says_neither_more_nor_less_than_the_value(h: House) -> None:
    from doorstep.page.views.today import Today

    async with h.client() as client:
        twin = (await client.get("/page/today.json")).json()
    assert set(twin) == {field.name for field in dataclasses.fields(Today)}


def test_what_json_does_not_know_is_written_plainly() -> None:
    from decimal import Decimal
    from types import MappingProxyType

    value: dict[str, Any] = {"cost": Decimal("0.10"), "map": MappingProxyType({"a": 1})}
    assert orjson.loads(orjson.dumps(value, default=_plain)) == {"cost": "0.10", "map": {"a": 1}}
    with pytest.raises(TypeError):
        orjson.dumps({"odd": object()}, default=_plain)
