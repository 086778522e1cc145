"""The ledger: what crossed, filtered; one crossing; verify, find and export.

What is looked for comes in the body of a form, never in an address: addresses end up in histories.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from doorstep.boundary.ledger_export import csv_lines
from doorstep.boundary.ledger_values import gone
from doorstep.page import ledger_shown as shown
from doorstep.page.ledger_shown import Wanted
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown

_HEAD = re.compile(r"[0-9a-f]{64}")
_LARGEST = (1 << 63) - 1  # SQLite's
_LINES = 200  # lines that are sent at once
_FIELDS = 20

Handler = Callable[[Request], Any]


def part(rooms: Rooms) -> Part:
    async def many(request: Request) -> Shown:
        asked = request.query_params
        wanted = _wanted(asked)
        before = _number(asked["before"]) if asked.get("before") else None
        data = await run_in_threadpool(shown.ledger_view, rooms, wanted, _day(wanted.day), before)
        return Shown("ledger.html", "Ledger", replace(data, query=_query(wanted)))

    async def one(request: Request) -> Shown:
        number = request.path_params["n"]
        data = None
        if number < _LARGEST:
            data = await run_in_threadpool(shown.crossing_view, rooms, number)
        if data is None:
            raise _absent(number)
        return Shown("crossing.html", f"Crossing {number}", data)

    async def body(request: Request) -> Response:
        return await run_in_threadpool(_body, rooms, request.path_params["n"])

    routes = (
        Route("/ledger/{n:int}/body", body),
        Route("/ledger/verify", _verify(rooms), methods=["POST"]),
        Route("/ledger/find", _find(rooms), methods=["POST"]),
        Route("/ledger/export.jsonl", _export_rows(rooms)),
        Route("/ledger/export.csv", _export_table(rooms)),
    )
    return Part({"/ledger": many, "/ledger/{n:int}": one}, routes)


def _body(rooms: Rooms, number: int) -> Response:
    """The exact bytes, as a file."""
    for entry in rooms.ledger.entries((number,)) if number < _LARGEST else ():
        if entry.kept is None:
            raise HTTPException(410, f"{gone(entry.id, entry.dropped)}.")
        name = f'attachment; filename="crossing-{entry.id}.txt"'
        return Response(entry.kept, media_type="text/plain", headers={"content-disposition": name})
    raise _absent(number)


def _absent(number: int) -> HTTPException:
    return HTTPException(404, f"There is no crossing {number} in the ledger.")


def _verify(rooms: Rooms) -> Handler:
    async def answer(request: Request) -> Response:
        head = (await _form(request)).get("head", "").strip().lower()
        if head and not _HEAD.fullmatch(head):
            raise HTTPException(400, "A head is 64 digits and letters from a to f.")
        data = await run_in_threadpool(shown.verified, rooms, head)
        return _shown(request, Shown("ledger_verified.html", "The ledger, verified", data))

    return answer


def _find(rooms: Rooms) -> Handler:
    async def answer(request: Request) -> Response:
        form = await _form(request)
        before = _number(form["before"]) if form.get("before") else None
        data = await run_in_threadpool(shown.found, rooms, form.get("word", ""), before)
        return _shown(request, Shown("ledger_found.html", "Found in the ledger", data))

    return answer


def _export_rows(rooms: Rooms) -> Handler:
    async def answer(request: Request) -> Response:
        bodies = request.query_params.get("bodies", "1") == "1"
        lines = (f"{line}\n" for line in rooms.ledger.export(bodies=bodies))
        return _download(lines, "application/jsonl", "doorstep-ledger.jsonl")

    return answer


def _export_table(rooms: Rooms) -> Handler:
    async def answer(request: Request) -> Response:
        wanted = _wanted(request.query_params)
        rows = shown.exported(rooms, wanted, _day(wanted.day))
        if request.query_params.get("bodies") == "1":
            lines = csv_lines(shown.with_bodies(rooms, rows), bodies=True)
        else:
            lines = csv_lines(rows)
        return _download(lines, "text/csv; charset=utf-8; header=present", "doorstep-ledger.csv")

    return answer


def _download(lines: Iterable[str], kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-type": kind}
    return StreamingResponse(_pieces(iter(lines)), headers=headers)


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """Starlette takes each piece from another thread: so not line by line."""
    while some := "".join(islice(lines, _LINES)):
        yield some


def _shown(request: Request, shown: Shown) -> Response:
    renderer = request.app.state.renderer
    wants_json = "application/json" in request.headers.get("accept", "")
    answer: Response = renderer.json(shown) if wants_json else renderer.html(shown, request)
    return answer


def _wanted(asked: Mapping[str, str]) -> Wanted:
    given = {name: asked.get(name, "").strip()[:300] for name in Wanted.__slots__}
    return Wanted(**given)


def _query(wanted: Wanted) -> str:
    given = {name: getattr(wanted, name) for name in Wanted.__slots__}
    return urlencode({name: value for name, value in given.items() if value})


def _day(given: str) -> date | None:
    if not given:
        return None
    with suppress(ValueError):
        # One has a day before it and one after it, by which its runs are looked for.
        if len(given) == 10 and date.min < (day := date.fromisoformat(given)) < date.max:
            return day
    raise HTTPException(400, "That is no day. Write it as 2026-11-23.")


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise HTTPException(400, "That is no place in the ledger. Begin at the first page.")
    return int(given)


async def _form(request: Request) -> dict[str, str]:
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:  # not UTF-8, or too many fields
        raise HTTPException(400, "The form cannot be read.") from None
