"""`doorstep held`: what waits, what was remembered, and that it can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.boundary.keys import load_key
from doorstep.runs.held import Waiting
from tests.cli.conftest import Run
from tests.models.openai_server import Answer, OpenAIServer, chat_events

CANARY = "Wiesbaden-Canary"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "share" / "doorstep"


def test_choices_are_listed_and_taken_back(run: Run, folder: Path) -> None:
    empty = run("held", "list")
    assert (empty.out, empty.err) == ("", "Nothing waits, and no choice is remembered.\n")
    assert not (folder / "held.sqlite3").exists()
    with Waiting(folder / "held.sqlite3", load_key(folder=folder)) as waiting:
        waiting.standing.mask([CANARY])
        waiting.standing.refuse("https://cloud.example")
    masks, refuses = run("held", "list").out.splitlines()
    assert "masks 1 word everywhere" in masks and CANARY not in masks
    assert "refuses everything to https://cloud.example" in refuses
    assert CANARY in run("held", "list", "--words").out
    id = refuses.split()[1]
    assert "Forgotten" in run("held", "forget", id).out
    again = run("held", "forget", id)
    assert (
        again.code == 2 and "no remembered choice" in again.err and len(again.err.splitlines()) == 1
    )
    assert len(run("held", "list").out.splitlines()) == 1


def test_what_was_said_once_holds_for_the_other_commands(run: Run, folder: Path) -> None:
    asked = ("run", "sanitize-and-solve", "--cloud", "stand-in", "What is Wiesbaden known for?")
    assert "Wiesbaden" in run(*asked, "--dry-run").out
    with Waiting(folder / "held.sqlite3", load_key(folder=folder)) as waiting:
        waiting.standing.mask(["wiesbaden"])
    masked = run(*asked, "--dry-run")
    assert "HIDDEN_" in masked.out and "Wiesbaden known" not in masked.out
    assert run(*asked).code == 0
    with Waiting(folder / "held.sqlite3", load_key(folder=folder)) as waiting:
        (_,) = waiting.standing.list()


def test_a_destination_that_is_refused_is_refused_for_a_command(run: Run, folder: Path) -> None:
    """A stand-in listens on a new port each time, so this one is a server of our own."""
    with OpenAIServer() as server:
        server.script(Answer.sse(chat_events("Its springs.")))
        cloud = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-test"}
        asked = ("run", "sanitize-and-solve", "--cloud", "gpt-5.4", "What is Wiesbaden known for?")
        with Waiting(folder / "held.sqlite3", load_key(folder=folder)) as waiting:
            waiting.standing.refuse(server.url)
            ran = run(*asked, **cloud)
            assert ran.code != 0 and "nothing may go to" in ran.err and server.requests == []
            waiting.standing.forget(waiting.standing.list()[0].id)
        run(*asked, **cloud)
        assert len(server.requests) == 1


def test_another_key_is_one_line(run: Run, folder: Path) -> None:
    with Waiting(folder / "held.sqlite3", b"x" * 32) as waiting:
        waiting.standing.mask([CANARY])
    ran = run("held", "list")
    assert ran.code == 2 and "another key" in ran.err and len(ran.err.splitlines()) == 1
