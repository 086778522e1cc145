"""Held: crossings that wait for a person, each exactly as it would leave, and what was said once.

Everything works by plain forms; `held.js` adds the countdown and looks for newer ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from doorstep._errors import ConfigError
from doorstep.page.readable import Readable, readable, visible
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from doorstep.runs.held import Choice, Decided, HeldCrossing, Remembered, Waiting

_EXACT = 200_000  # characters of a body that are shown; all of it is there as a file
_ID = re.compile(r"[0-9a-f]{16}")
_BACK = re.compile(r"/(held|ask|today|runs(/[A-Za-z0-9_-]{1,64})?)")
LINES: Mapping[str, str] = {
    "send": "You said yes. The request goes on; the ledger shows when it has left.",
    "refuse": "You said no. Nothing was sent.",
    "mask": "It is checked anew with these words masked, and will wait here for your yes.",
    "gone": "This one waits no longer: it was decided in another window, took too long, or whoever "
    "asked has gone away. Nothing was done.",
    "other bytes": "What waits now is not what you saw. Nothing was done; look again.",
    "no words": "No words that can be masked: give one a line, with two letters or digits at least "
    "and 200 characters at most. Nothing was done; it still waits.",
    "forgotten": "That choice is forgotten. From now on you are asked again.",
    "unknown": "There is no such choice any more.",
}
_STATUS = {"gone": 409, "other bytes": 409, "no words": 400}


@dataclass(frozen=True, slots=True, repr=False)
class OneHeld:
    """A crossing that waits. `size`: of the body, in bytes. `readable`: for reading; `exact`: its
    text, what does not show written out, `cut` where it is longer than what is shown here."""

    id: str
    at: str
    until: str
    run: str
    pattern: str
    method: str
    destination: str
    origin: str
    size: int
    sha256: str
    found: Mapping[str, int]
    look: bool
    round: int
    readable: Readable
    exact: str
    cut: bool


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """`waiting`: oldest first. `remembered`: what was said once. `line`: what was just done, `bad`
    where it was not. `timeout_s`: how long a crossing waits before it is refused; `asks`: whether a
    rule of the settings asks at all."""

    waiting: tuple[OneHeld, ...]
    remembered: tuple[Remembered, ...]
    line: str
    bad: bool
    timeout_s: float
    asks: bool


def part(rooms: Rooms) -> Part:
    held = _Held(rooms)
    routes = (
        Route("/held/count.json", held.count),
        Route("/held/{id}", held.decide, methods=["POST"]),
        Route("/held/{id}/body", held.body),
        Route("/held/forget/{id}", held.forget, methods=["POST"]),
    )
    return Part({"/held": held.show}, routes)


def count_of(waiting: Waiting) -> int:
    """For the badge of every room; 0 where the file cannot be read, which this room says."""
    try:
        return waiting.count()
    except ConfigError:
        return 0


class _Held:
    def __init__(self, rooms: Rooms) -> None:
        self._waiting = rooms.waiting
        self._settings = rooms.settings.boundary

    async def show(self, request: Request) -> Shown:
        # A link from elsewhere may lead here; what was done is not for its page to say.
        elsewhere = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        said = "" if elsewhere else request.query_params.get("said", "")
        return await self._shown(LINES.get(said, ""), bad=said == "unknown")

    async def count(self, request: Request) -> Response:
        """What changes, for a browser that looks every few seconds: ids, and how many."""
        ids = await run_in_threadpool(self._waiting.ids)
        return _json({"count": len(ids), "ids": ids})

    async def body(self, request: Request) -> Response:
        """The exact bytes of one that waits."""
        one = next((h for h in await _all(self._waiting) if h.id == _id(request)), None)
        if one is None:
            raise HTTPException(404, LINES["gone"])
        return PlainTextResponse(one.body, headers={"content-disposition": "inline"})

    async def decide(self, request: Request) -> Response:
        form, id = await request.form(), _id(request)
        choice, sha256 = _choice(form), _text(form, "sha256")
        outcome: Decided = await run_in_threadpool(
            self._waiting.decide,
            id,
            sha256,
            choice,
            _text(form, "words").splitlines(),
            remember=bool(_text(form, "remember")),
        )
        said = choice if outcome == "taken" else outcome
        if _wants_json(request):
            told = {"outcome": outcome, "line": LINES[said]}
            return _json(told, _STATUS.get(outcome, 200))
        if outcome != "taken":
            return await self._page(request, said, _STATUS[outcome])
        back = _text(form, "back")
        where = back if _BACK.fullmatch(back) else f"/held?said={said}"
        return _to(request, where)

    async def forget(self, request: Request) -> Response:
        known = await run_in_threadpool(self._waiting.standing.forget, _id(request))
        if _wants_json(request):
            return _json({"forgotten": known}, 200 if known else 404)
        return _to(request, f"/held?said={'forgotten' if known else 'unknown'}")

    async def _page(self, request: Request, said: str, status: int) -> Response:
        shown = await self._shown(LINES[said], bad=True, status=status)
        renderer: Any = request.app.state.renderer
        answer: Response = renderer.html(shown, request)
        return answer

    async def _shown(self, line: str, *, bad: bool = False, status: int = 200) -> Shown:
        waiting = await _all(self._waiting)
        remembered = await run_in_threadpool(self._waiting.standing.list)
        data = Held(
            tuple(map(_one, waiting)),
            remembered,
            line,
            bad,
            self._settings.ask_timeout_s,
            any(rule.do == "ask" for rule in self._settings.rules),
        )
        return Shown("held.html", "Held", data, status)


async def _all(waiting: Waiting) -> tuple[HeldCrossing, ...]:
    return await run_in_threadpool(waiting.list)


def _one(held: HeldCrossing) -> OneHeld:
    return OneHeld(
        held.id,
        held.at,
        held.until,
        held.run,
        held.pattern,
        held.method,
        held.destination,
        held.origin,
        len(held.body.encode()),
        held.sha256,
        held.found,
        held.look,
        held.round,
        readable(held.body),
        visible(held.body[:_EXACT]),
        len(held.body) > _EXACT,
    )


def _id(request: Request) -> str:
    id = request.path_params["id"]
    if not _ID.fullmatch(id):
        raise HTTPException(404)
    return str(id)


def _choice(form: FormData) -> Choice:
    given = form.get("choice")
    for choice in get_args(Choice):
        if given == choice:
            return choice  # type: ignore[no-any-return]
    raise HTTPException(400, "The choice must be send, refuse or mask. Nothing was done.")


def _text(form: FormData, name: str) -> str:
    given = form.get(name, "")
    return given if isinstance(given, str) else ""


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{path}", 303)
