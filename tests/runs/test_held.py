"""Crossings that wait, shared by processes: real files, real processes, one of them killed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstep._errors import ConfigError
from doorstep.boundary.approval import Answer, Preview
from doorstep.runs import held, held_file
from doorstep.runs.current import Current, current, running
from doorstep.runs.held import HeldCrossing, Waiting

KEY = b"k" * 32
CANARY = "Quixmere-Canary"
HERE = "https://cloud.example"
# Waits, and says on stdout what it was told.
WAITER = """
import asyncio, sys
from pathlib import Path
from doorstep.boundary.approval import Preview
from doorstep.runs.held import Waiting
preview = Preview("POST", "https://cloud.example/v1", sys.argv[2], "ab" * 32, {"person": 1},
                  "https://cloud.example", seconds=float(sys.argv[3]))
async def main():
    with Waiting(Path(sys.argv[1]), b"k" * 32) as waiting:
        print((await waiting.approve(preview)).do, flush=True)
asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "held.sqlite3"


@pytest.fixture
def waiting(path: Path) -> Iterator[Waiting]:
    with Waiting(path, KEY) as opened:
        yield opened


def preview(
    body: str = "{}", *, seconds: float = 10, kinds: tuple[str, ...] = ("person",), **more: object
) -> Preview:
    found = dict.fromkeys(kinds, 1)
    given = (f"{HERE}/v1", body, "ab" * 32, found, str(more.get("origin", HERE)))
    round = int(str(more.get("round", 1)))
    look = bool(more.get("look"))
    return Preview("POST", *given, look=look, round=round, seconds=seconds)


def process(path: Path, body: str = "{}", seconds: float = 20) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WAITER, str(path), body, str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def one_of(waiting: Waiting, seconds: float = 15) -> HeldCrossing:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if known := waiting.list():
            return known[0]
        await asyncio.sleep(0.02)
    raise AssertionError("nothing waits")


async def none_left(waiting: Waiting, seconds: float) -> float:
    start = time.monotonic()
    while waiting.list():
        assert time.monotonic() - start < seconds, "it still waits"
        await asyncio.sleep(0.05)
    return time.monotonic() - start


@pytest.mark.parametrize("choice", ["send", "refuse"])
async def test_another_process_decides(waiting: Waiting, path: Path, choice: str) -> None:
    waiter = process(path, CANARY)
    one = await one_of(waiting)
    assert one.body == CANARY and one.destination == f"{HERE}/v1" and one.found == {"person": 1}
    assert waiting.decide(one.id, one.sha256, choice) == "taken"  # type: ignore[arg-type]
    assert waiting.decide(one.id, one.sha256, "send") == "gone"
    assert waiter.communicate(timeout=20)[0].strip() == choice
    assert waiting.list() == ()


async def test_a_process_that_is_killed_takes_its_entry_with_it(
    waiting: Waiting, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_file, "STALE_S", 1.5)
    waiter = process(path)
    one = await one_of(waiting)
    await asyncio.sleep(2.5)
    assert waiting.count() == 1  # it says that it is alive
    waiter.kill()
    waiter.wait(10)
    await none_left(waiting, 4)
    assert waiting.decide(one.id, one.sha256, "send") == "gone"


@pytest.mark.parametrize("after", [0.0, 0.001, 0.3])
async def test_whoever_goes_away_takes_its_entry_with_it(waiting: Waiting, after: float) -> None:
    task = asyncio.create_task(waiting.approve(preview()))
    one = await one_of(waiting)
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await none_left(waiting, 2) < 1
    assert waiting.decide(one.id, one.sha256, "send") == "gone"


async def test_time_refuses(waiting: Waiting) -> None:
    start = time.monotonic()
    answer = await waiting.approve(preview(seconds=0.4))
    assert answer.do == "refuse" and "within 0.4 s" in answer.why
    assert time.monotonic() - start < 0.45 and not waiting.list()


async def test_a_yes_at_the_last_moment_counts_or_is_refused(waiting: Waiting) -> None:
    """Never "taken" for one that gave up."""
    for after in (0.2, 0.28, 0.295, 0.305, 0.35):
        task = asyncio.create_task(waiting.approve(preview(seconds=0.4)))
        one = await one_of(waiting)
        await asyncio.sleep(after - 0.02)
        said = waiting.decide(one.id, one.sha256, "send")
        assert ((await task).do == "send") is (said == "taken")


async def test_only_so_many_wait(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "MOST", 3)
    tasks = [asyncio.create_task(waiting.approve(preview())) for _ in range(3)]
    while waiting.count() < 3:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    answer = await asyncio.wait_for(waiting.approve(preview()), 2)
    assert answer.do == "refuse" and "wait for a person already" in answer.why
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_nothing_private_stands_in_the_file(waiting: Waiting, path: Path) -> None:
    def bytes_of() -> bytes:
        return b"".join(file.read_bytes() for file in path.parent.iterdir())

    with running(Current("run-1", "Canary-pattern")):
        task = asyncio.create_task(waiting.approve(preview(CANARY)))
    one = await one_of(waiting)
    assert (one.run, one.pattern) == ("run-1", "Canary-pattern")
    files = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert files == {0o600} and one.id.encode() in bytes_of()
    waiting.decide(one.id, one.sha256, "mask", [CANARY], remember=True)
    answer = await task
    assert (answer.do, answer.words) == ("mask", (CANARY,))
    assert waiting.standing.list()[0].words == (CANARY,)
    for word in (b"Canary", b"cloud.example", b"ab" * 32, b"person"):
        assert word not in bytes_of()
    assert CANARY not in repr((one, answer, waiting, waiting.standing.list()))


async def test_a_decision_that_nobody_with_the_key_made_sends_nothing(
    waiting: Waiting, path: Path
) -> None:
    task = asyncio.create_task(waiting.approve(preview()))
    one = await one_of(waiting)
    with Waiting(path, b"x" * 32) as other, pytest.raises(ConfigError, match="another key"):
        other.list()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE waiting SET decision = ? WHERE id = ?", (b"send" * 20, one.id))
    assert (await task).do == "refuse"


async def test_a_decision_about_other_bytes_sends_nothing(waiting: Waiting) -> None:
    """Also where whoever wrote it did not compare."""
    task = asyncio.create_task(waiting.approve(preview()))
    one = await one_of(waiting)
    assert waiting._file.decide(one.id, {"do": "send", "words": [], "sha256": "cd" * 32})
    assert (await task).do == "refuse"


async def test_runs_hear_of_their_own_crossings_only(waiting: Waiting) -> None:
    told: list[tuple[str, str, bool]] = []

    def listen(name: str) -> Current:
        return Current(name, "", lambda one, waits: told.append((name, one.run, waits)))

    async def run(name: str) -> Answer:
        with running(listen(name)):
            return await waiting.approve(preview(name))

    one, two = asyncio.create_task(run("one")), asyncio.create_task(run("two"))
    while waiting.count() < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert current().id == ""
    (held_one,), (held_two,) = waiting.list("one"), waiting.list("two")
    assert (held_one.body, held_two.body) == ("one", "two")
    waiting.decide(held_one.id, held_one.sha256, "send")
    waiting.decide(held_two.id, held_two.sha256, "refuse")
    assert [(await one).do, (await two).do] == ["send", "refuse"]
    assert sorted(told) == sorted((n, n, waits) for n in ("one", "two") for waits in (True, False))


# remembered


async def remembered(waiting: Waiting, one: Preview, pattern: str = "p") -> None:
    with running(Current("", pattern)):
        task = asyncio.create_task(waiting.approve(one))
    shown = await one_of(waiting)
    waiting.decide(shown.id, shown.sha256, "send", remember=True)
    await task


@pytest.mark.parametrize(
    ("then", "pattern", "asked"),
    [
        (preview(kinds=("person", "place"), seconds=0.3), "p", False),
        (preview(kinds=("place",), seconds=0.3), "p", False),
        (preview(kinds=("person", "place", "phone"), seconds=0.3), "p", True),
        (preview(kinds=("person",), seconds=0.3), "q", True),
        (preview(kinds=("person",), seconds=0.3, origin="https://other.example"), "p", True),
        (preview(kinds=("person",), seconds=0.3, look=True), "p", True),
    ],
)
async def test_a_remembered_yes_is_no_broader_than_what_was_seen(
    waiting: Waiting, then: Preview, pattern: str, asked: bool
) -> None:
    await remembered(waiting, preview(kinds=("person", "place")))
    with running(Current("", pattern)):
        answer = await waiting.approve(then)
    assert answer.remembered is not asked and answer.do == ("refuse" if asked else "send")


async def test_a_yes_in_a_run_that_is_looked_at_is_not_remembered(waiting: Waiting) -> None:
    await remembered(waiting, preview(look=True))
    assert waiting.standing.list() == ()


async def test_a_yes_to_what_was_masked_by_hand_is_not_remembered(waiting: Waiting) -> None:
    """The next request like it would not have those words masked, and nobody would look."""
    await remembered(waiting, preview(round=2))
    assert waiting.standing.list() == ()


async def test_other_processes_know_soon_and_forget_soon(waiting: Waiting, path: Path) -> None:
    assert not waiting.standing.refuses(HERE) and not len(waiting.standing.hidden())
    with Waiting(path, KEY) as other:
        other.standing.refuse(HERE)
        other.standing.mask(["Wiesbaden"])
        other.standing.mask(["Wiesbaden"])  # once is enough
        await asyncio.sleep(0.6)
        assert waiting.standing.refuses(HERE) and waiting.standing.hidden().find("in Wiesbaden")
        first, second = waiting.standing.list()
        assert (first.do, first.origin, second.words) == ("refuse", HERE, ("Wiesbaden",))
        assert other.standing.forget(first.id) and not other.standing.forget(first.id)
        await asyncio.sleep(0.6)
        assert not waiting.standing.refuses(HERE) and waiting.standing.hidden().find("Wiesbaden")


async def test_a_remembered_choice_that_was_tampered_with_is_an_error(
    waiting: Waiting, path: Path
) -> None:
    waiting.standing.mask([CANARY])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE standing SET sealed = zeroblob(60), id = 'x'")
    await asyncio.sleep(0.6)
    for _ in range(2):  # and stays one
        with pytest.raises(ConfigError, match="cannot be read"):
            waiting.standing.hidden()
    assert waiting.standing.forget("x")
    assert not len(waiting.standing.hidden())


def test_a_file_that_cannot_be_used_lets_nothing_through(path: Path) -> None:
    path.write_bytes(b"no database at all, and long enough to be taken for one" * 20)
    path.chmod(0o600)
    with Waiting(path, KEY) as waiting, pytest.raises(ConfigError):
        asyncio.run(waiting.approve(preview()))
    path.chmod(0o644)
    with Waiting(path, KEY) as waiting, pytest.raises(ConfigError):
        waiting.list()


def test_looking_makes_no_file(waiting: Waiting, path: Path) -> None:
    assert waiting.list() == () and waiting.count() == 0 and waiting.standing.list() == ()
    assert not waiting.standing.refuses(HERE) and not path.exists()


@pytest.mark.skipif(os.name != "posix", reason="file modes")
async def test_it_costs_nothing_while_nothing_waits(waiting: Waiting) -> None:
    waiting.standing.mask(["Wiesbaden"])
    start = time.process_time()
    for _ in range(20_000):
        waiting.standing.refuses(HERE)
        waiting.standing.hidden()
    assert (time.process_time() - start) / 20_000 < 20e-6
