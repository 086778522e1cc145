"""Ask: a question, who shall answer it, and what happens then, as it happens.

`POST /ask` with `Accept: text/event-stream` runs the question within that request and tells what
happens (see `page.live`); any other one answers with the run when it has ended. Whoever asked and
leaves before the end stops it, in the cloud, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from doorstep._errors import BadInput, DoorstepError
from doorstep._where import where
from doorstep.page.asking import HOUSEHOLD, Busy, Choices, Question
from doorstep.page.live import told
from doorstep.page.render import Renderer
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from doorstep.page.stream import EventStream, Gone, Named, unless_gone
from doorstep.page.views import runs
from doorstep.runs.values import KeptRun, new_id

LARGEST = 1_000_000  # bytes of a form: less than what Starlette would put in a temporary file
SOON_S = 0.5  # so long an answer waits for a book that another process has locked
ASKS = "Should the dishwasher run now or later?"
INSIDE = "Something failed inside; nothing more is sent."
_EXAMPLE = Path(__file__).parent.parent / "examples" / "household.md"

log = logging.getLogger("doorstep.page")


@dataclass(frozen=True, slots=True, repr=False)
class AskForm:
    """The form as it stands. `wrong` and `hint`: what was not right with it, "" at first; `texts`:
    whether texts of runs are kept."""

    choices: Choices
    asked: Question
    notes: str
    wrong: str = ""
    hint: str = ""
    texts: str = ""


def part(rooms: Rooms) -> Part:
    async def form(request: Request) -> Shown:
        choices = await rooms.asker.choices()
        pattern = request.query_params.get("pattern", "")
        known = {one.name for one in choices.patterns if not one.missing}
        chosen = pattern if pattern in known else HOUSEHOLD
        asked = Question(ASKS if chosen == HOUSEHOLD else "", chosen)
        return await _form(rooms, asked, "" if choices.notes else _EXAMPLE.read_text("utf-8"))

    async def ask(request: Request) -> Response:
        live = "text/event-stream" in request.headers.get("accept", "")
        try:
            question = await _question(request)
        except BadInput as error:
            if live:
                return EventStream(_refused(error))
            return await _again(rooms, request, Question("", HOUSEHOLD), error)
        if live:
            return EventStream(_events(rooms, question))
        return await _plain(rooms, request, question)

    return Part({"/ask": form}, (Route("/ask", ask, methods=["POST"]),))


# --- live ----------------------------------------------------------------------------------------


async def _events(rooms: Rooms, question: Question) -> AsyncGenerator[Named]:
    try:
        id = new_id()
        yield "run", {"id": id, "pattern": question.pattern, "look": question.look}
        async with aclosing(rooms.asker.run(question, id)) as happenings:
            async for happening in happenings:
                yield told(happening)
    except DoorstepError as error:
        yield _failed(error)
    except Exception as error:
        _logged(error)
        yield "failed", {"line": INSIDE, "hint": ""}


async def _refused(error: DoorstepError) -> AsyncGenerator[Named]:
    yield _failed(error)


def _failed(error: DoorstepError) -> Named:
    return "failed", {"line": error.message, "hint": error.hint or ""}


def _logged(error: Exception) -> None:
    """Without the error's own words: they could hold anything."""
    log.error("A question failed inside: %s at %s.", type(error).__name__, where(error))


# --- without a script ----------------------------------------------------------------------------


async def _plain(rooms: Rooms, request: Request, question: Question) -> Response:
    try:
        run = await unless_gone(request.receive, _asked(rooms, question))
    except Gone:
        return Response(status_code=499)  # nobody reads it
    except (BadInput, Busy) as error:
        return await _again(rooms, request, question, error)
    if await _is_kept(rooms, run.id):
        return RedirectResponse(f"{request.scope.get('root_path', '')}/runs/{run.id}", 303)
    return _renderer(request).html(await runs.shown(rooms, run), request)


async def _is_kept(rooms: Rooms, id: str) -> bool:
    """Whether the book can show it now. Where it cannot, the answer is shown all the same."""
    try:
        reading = asyncio.to_thread(rooms.book.run, id)
        return await asyncio.wait_for(reading, SOON_S) is not None
    except (TimeoutError, DoorstepError):
        return False


async def _asked(rooms: Rooms, question: Question) -> KeptRun:
    """The run as it was kept. An error after it had begun is in it; others are raised."""
    run = None
    try:
        async with aclosing(rooms.asker.run(question, new_id())) as happenings:
            async for happening in happenings:
                run = happening if isinstance(happening, KeptRun) else run
    except DoorstepError as error:
        if run is None or isinstance(error, BadInput):
            raise
    assert run is not None  # it ends with the run, or with an error
    return run


async def _again(
    rooms: Rooms, request: Request, question: Question, error: DoorstepError
) -> Response:
    """The form as it was filled in, and what is wrong with it."""
    shown = await _form(rooms, question, question.context, error)
    return _renderer(request).html(shown, request)


async def _form(
    rooms: Rooms, asked: Question, notes: str, error: DoorstepError | None = None
) -> Shown:
    choices = await rooms.asker.choices()
    wrong, hint = (error.message, error.hint or "") if error else ("", "")
    data = AskForm(choices, asked, notes, wrong, hint, rooms.book.texts)
    status = 200 if error is None else 429 if isinstance(error, Busy) else 400
    return Shown("ask.html", "Ask", data, status)


def _renderer(request: Request) -> Renderer:
    return cast(Renderer, request.app.state.renderer)


# --- the form ------------------------------------------------------------------------------------


async def _question(request: Request) -> Question:
    """What the form says. BadInput where it cannot be read."""
    if len(await request.body()) > LARGEST:
        raise BadInput(f"That is more than {LARGEST:,} bytes.", hint="Give less text at once.")
    async with request.form(max_files=2, max_fields=20, max_part_size=LARGEST) as form:
        pattern = _text(form, "pattern") or HOUSEHOLD
        typed = _text(form, "notes" if pattern == HOUSEHOLD else "context")
        context = await _file(form) or typed
        look = [str(one) for one in form.getlist("look")] != ["no"]
        return Question(
            _text(form, "question").strip(),
            pattern,
            context,
            _text(form, "home"),
            _text(form, "cloud"),
            look,
        )


def _text(form: FormData, name: str) -> str:
    """A field of the form, with the line ends that texts have here."""
    value = form.get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


async def _file(form: FormData) -> str:
    """The text of the file that was chosen, "" where none was."""
    given = form.get("file")
    if not isinstance(given, UploadFile) or not given.size:
        return ""
    try:
        text = (await given.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("The file is not UTF-8 text.", hint="Convert it first.") from None
    if "\0" in text:
        raise BadInput("The file is binary, not text.", hint="Give a plain text file.")
    return text.replace("\r\n", "\n")
