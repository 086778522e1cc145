"""kill -9 in the middle of a refinement, and a restart.

from bench.drafting.restart import crash
crash(folder, "call")      # killed while the cloud answers
crash(folder, "ruling")    # killed while the judge ponders
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.drafting.worker import NAME
from doorstep import Ledger
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_events

ANSWER = "The boiler has rattled since Monday; I suggest a visit on Friday."
Moment = Literal["call", "ruling"]


@dataclass(frozen=True, slots=True)
class Crash:
    """What became of a job whose process was killed. `deliveries` says what each later process
    got, None for nothing; `seconds` is from the restart to the first delivery."""

    moment: Moment
    asked: int  # requests that the cloud got
    crossings: int  # records of them in the ledger
    ledger_ok: bool
    deliveries: tuple[dict[str, Any] | None, ...]
    places: tuple[str, ...]  # what the later processes bound or connected to
    url: str
    in_the_clear: tuple[str, ...]  # files in which a text of the job stands
    said: str  # all that the processes wrote to their terminals
    seconds: float

    @property
    def finished_once(self) -> bool:
        first, *later = self.deliveries
        return bool(first) and first["answer"] == ANSWER and later == [None] * len(later)


def crash(folder: Path, moment: Moment, later: int = 2) -> Crash:
    """`later`: how many more processes ask for the job, after the first that gets it."""
    folder.mkdir(parents=True, exist_ok=True)
    with OpenAIServer() as server:
        server.answer_with(_slow_at_first(server, moment))
        id, heard = _killed(folder, server, moment)
        begun, seconds, answers = time.perf_counter(), 0.0, []
        for _ in range(1 + later):
            answers.append(_worker(folder, server.url, "deliver", id))
            seconds = seconds or time.perf_counter() - begun
        said = [json.loads(done.stdout) for done in answers]
        with Ledger(folder / "ledger.sqlite3") as ledger:
            crossings, ok = len(ledger.list()), ledger.verify().ok
        return Crash(
            moment,
            len(server.requests),
            crossings,
            ok,
            tuple(one["job"] for one in said),
            tuple(sorted({place for one in said for place in one["places"]})),
            server.url,
            tuple(in_the_clear(folder / "refinery", (NAME, "boiler", "rattle", "Friday"))),
            heard + "".join(done.stderr for done in answers),
            seconds,
        )


def _slow_at_first(server: OpenAIServer, moment: Moment) -> Any:
    events = chat_events(ANSWER)

    def answer(request: Request) -> Answer:
        if moment == "call" and len(server.requests) == 1:
            pieces: list[bytes | float] = [events[:200], 30.0, events[200:]]
            return Answer(pieces=pieces, content_type="text/event-stream")
        return Answer.sse(events)

    return answer


def _killed(folder: Path, server: OpenAIServer, moment: Moment) -> tuple[str, str]:
    """The id of a job whose process was killed at that moment, and what it wrote until then."""
    arguments = ["--hang"] if moment == "ruling" else []
    command = _command(folder, server.url, "submit", *arguments)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        lines = [child.stdout.readline()]
        if moment == "ruling":
            lines.append(child.stdout.readline())
        _until(lambda: len(server.requests) == 1 or child.poll() is not None)
        os.kill(child.pid, signal.SIGKILL)
        told = child.stderr.read()
    id = next((line.strip() for line in lines if line.strip() != "judging"), "")
    return id, told


def _until(holds: Any, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)


def _worker(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = _command(folder, url, *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "bench.drafting.worker", str(folder), *arguments]


def in_the_clear(folder: Path, texts: tuple[str, ...]) -> Iterator[str]:
    """Files below a folder in which one of the texts stands, as it is or in base64."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and stands_in(path.read_bytes(), texts):
            yield path.name


def stands_in(data: bytes, texts: tuple[str, ...]) -> bool:
    """Whether one of the texts stands in `data`, as it is or in base64."""
    marks = (mark for text in texts for mark in (text.encode(), *_in_base64(text.encode())))
    return any(mark in data for mark in marks)


def _in_base64(text: bytes) -> Iterator[bytes]:
    """What of a text is sure to stand in the base64 of whatever it is a part of: three ways, by
    where it begins."""
    for before in range(3):
        coded = b64encode(bytes(before) + text)
        yield coded[-(-8 * before // 6) : 8 * (before + len(text)) // 6]
