"""Many crossings and one sync: written before they leave, durable before a reply is given."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep._errors import LedgerError
from doorstep.boundary import Ledger
from doorstep.boundary.chain import Row, _hash_of_new, hashed
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.line import Line, Written
from tests.boundary.cloud import Cloud


def request(body: bytes = b"{}") -> Outgoing:
    return Outgoing("POST", "https://api.example", "/v1/x", (("authorization", "sk-1"),), body)


async def many(line: Line, count: int, size: int = 2) -> list[Written]:
    return await asyncio.gather(*(line.written(request(b"%d" % n * size)) for n in range(count)))


@contextlib.contextmanager
def locked(ledger: Ledger) -> Iterator[sqlite3.Connection]:
    """Another process writes."""
    with contextlib.closing(sqlite3.connect(ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def test_a_crossing_that_nobody_holds_up_is_written_without_a_turn_of_the_loop(
    ledger: Ledger,
) -> None:
    """Else it would wait for the checks of all other requests that are ready."""
    writing = ledger.line().written(request(b"1"))
    with pytest.raises(StopIteration) as done:
        writing.send(None)
    assert done.value.value.crossing.id == 1
    with Ledger(ledger.path) as other:  # as another process sees it
        assert other.show(1).body == b"1"


async def test_one_sync_for_all_that_come_while_the_disk_is_busy(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, synced, free, real = ledger.line(), [], threading.Event(), os.fsync

    def slow(descriptor: int) -> None:
        synced.append(descriptor)
        free.wait(20)
        real(descriptor)

    monkeypatch.setattr("doorstep.boundary.durable.os.fsync", slow)
    first = await line.written(request(b"first"))
    async with asyncio.timeout(5):
        while not synced:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    waiting = [asyncio.ensure_future(line.durable(one)) for one in await many(line, 64)]
    await asyncio.sleep(0.05)
    assert not any(one.done() for one in waiting)
    free.set()
    await line.durable(first)
    await asyncio.gather(*waiting)
    assert 2 <= len(synced) <= 3  # perhaps the head's, too
    assert [entry.state for entry in ledger.list()] == ["open"] * 65


async def test_one_transaction_for_all_that_another_process_held_up(ledger: Ledger) -> None:
    line, begun = ledger.line(), []
    with locked(ledger) as other:
        waiting = asyncio.ensure_future(many(line, 64))
        await asyncio.sleep(0.02)
        line._db.set_trace_callback(lambda said: begun.append(said) if "BEGIN" in said else None)
        other.execute("ROLLBACK")
        written = await waiting
    assert len(begun) == 1
    assert [one.crossing.id for one in written] == list(range(1, 65))
    for one in written:
        line.note(one.crossing.id, "answered", status=200, reply_bytes=3)
    await line.written(request(b"next"))
    assert len(begun) == 2  # the results rode along
    entries = ledger.list()
    assert [entry.state for entry in entries] == ["answered"] * 64 + ["open"]
    assert [entry.crossing for entry in entries[:64]] == [one.crossing for one in written]
    assert ledger.verify().ok and ledger.verify().rows == 129


async def test_whoever_comes_later_does_not_overtake_those_who_waited(ledger: Ledger) -> None:
    """What was just committed for those who waited, and they have not gone on yet."""
    line, order, next_one = ledger.line(), list[int](), asyncio.Event()

    async def one() -> None:
        order.append((await line.written(request())).crossing.id)

    async def later() -> None:
        await next_one.wait()
        await one()

    with locked(ledger) as other:
        waiting = [asyncio.ensure_future(one()) for _ in range(3)]
        waiting += [asyncio.ensure_future(later())]
        await asyncio.sleep(0.02)
        line._db.set_trace_callback(lambda said: next_one.set() if said == "COMMIT" else None)
        other.execute("ROLLBACK")
        await asyncio.gather(*waiting)
    assert order == [1, 2, 3, 4]


async def test_a_result_is_written_down_soon_even_if_nothing_else_comes(ledger: Ledger) -> None:
    line = ledger.line()
    (one,) = await many(line, 1)
    line.note(one.crossing.id, "broke off")
    with Ledger(ledger.path) as other:  # as another process sees it
        assert other.show(1).state == "open"
        async with asyncio.timeout(5):
            while other.show(1).state == "open":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert other.show(1).state == "broke off"


async def test_whoever_reads_here_sees_all_results(ledger: Ledger) -> None:
    line = ledger.line()
    (one,) = await many(line, 1)
    line.note(one.crossing.id, "answered", status=204)
    assert (await asyncio.to_thread(ledger.show, 1)).status == 204


async def test_closing_writes_the_results_and_refuses_who_still_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        line = ledger.line()
        (one,) = await many(line, 1)
        line.note(one.crossing.id, "answered", status=200)
        monkeypatch.setattr("doorstep.boundary.durable.Durable.full", lambda _: True)
        late = asyncio.ensure_future(line.written(request()))
        await asyncio.sleep(0)
    with pytest.raises(LedgerError, match="closed"):
        await late
    with pytest.raises(LedgerError, match="closed"):
        await line.written(request())
    with Ledger(tmp_path / "l.db") as ledger:
        assert [entry.state for entry in ledger.list()] == ["answered"]
        assert ledger.verify().ok


async def test_a_crossing_that_is_cancelled_before_it_is_written_is_not_there(
    ledger: Ledger,
) -> None:
    line = ledger.line()
    with locked(ledger):
        tasks = [asyncio.ensure_future(line.written(request())) for _ in range(2)]
        await asyncio.sleep(0.02)
        tasks += [asyncio.ensure_future(line.written(request()))]  # has not begun
        for task in tasks:
            task.cancel()
        said = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in said)
    await asyncio.sleep(0.05)  # time to write down what should not be
    await many(line, 1)
    assert [entry.state for entry in ledger.list()] == ["open"]
    assert ledger.verify().ok


async def test_a_crossing_that_is_cancelled_when_it_is_written_says_not_sent(
    ledger: Ledger,
) -> None:
    """It is committed, and its task has not gone on yet."""
    line, loop = ledger.line(), asyncio.get_running_loop()
    with locked(ledger) as other:
        task = asyncio.ensure_future(line.written(request()))
        await asyncio.sleep(0.02)
        line._db.set_trace_callback(
            lambda said: loop.call_soon(task.cancel) if said == "COMMIT" else None
        )
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await task
    line._db.set_trace_callback(None)
    await many(line, 1)
    assert [entry.state for entry in ledger.list()] == ["not sent", "open"]
    assert ledger.verify().ok


# what goes wrong


async def test_another_process_that_writes_is_waited_for_without_holding_the_loop(
    ledger: Ledger,
) -> None:
    line = ledger.line()
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(many(line, 3))
    turns = 0
    for _ in range(30):
        await asyncio.sleep(0.005)
        turns += 1
    assert turns == 30 and not waiting.done()
    other.execute("ROLLBACK")
    assert [one.crossing.id for one in await waiting] == [1, 2, 3]
    other.close()


async def test_a_ledger_that_stays_locked_is_an_error(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db", busy_s=0.2) as ledger:
        line = ledger.line()
        other = sqlite3.connect(ledger.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        said = await asyncio.gather(
            *(line.written(request()) for _ in range(9)), return_exceptions=True
        )
        assert all(isinstance(one, LedgerError) and "locked" in str(one) for one in said)
        other.close()
        await many(line, 1)
        assert len(ledger.list()) == 1 and ledger.verify().ok


async def test_too_many_that_wait_are_refused(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.boundary.line._MOST", 5)
    line = ledger.line()
    with locked(ledger) as other:
        tasks = [asyncio.ensure_future(line.written(request())) for _ in range(8)]
        await asyncio.sleep(0.02)
        assert [task.done() for task in tasks] == [False] * 5 + [True] * 3
        other.execute("ROLLBACK")
        said = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, LedgerError) for one in said] == [False] * 5 + [True] * 3
    assert len(ledger.list()) == 5


async def test_a_full_disk_refuses_all_that_wait(ledger: Ledger) -> None:
    line = ledger.line()
    await many(line, 2)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        said = await asyncio.gather(
            *(line.written(request(b"x" * 300_000)) for _ in range(9)), return_exceptions=True
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert all(isinstance(one, LedgerError) and "cannot record" in str(one) for one in said)
    await many(line, 1)
    assert len(ledger.list()) == 3 and ledger.verify().ok


async def test_a_body_that_is_no_text_is_refused_alone(ledger: Ledger) -> None:
    line = ledger.line()
    bodies = (b"1", b"\xff", b"2")
    said = await asyncio.gather(
        *(line.written(request(body)) for body in bodies), return_exceptions=True
    )
    assert isinstance(said[1], UnicodeDecodeError)  # the door makes a refusal of it
    assert [entry.body for entry in ledger.list()] == [b"1", b"2"]


async def test_a_thread_that_dies_lets_nobody_wait(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, free = ledger.line(), threading.Event()

    def dies(_: int) -> None:
        free.wait(20)
        raise SystemExit

    monkeypatch.setattr("doorstep.boundary.durable.os.fsync", dies)
    written = await many(line, 3)
    free.set()
    said = await asyncio.gather(*(line.durable(one) for one in written), return_exceptions=True)
    assert all(isinstance(one, LedgerError) for one in said), said
    with pytest.raises(LedgerError):
        await line.written(request())


# what lasts


async def test_what_is_durable_is_in_the_files_of_a_sync_and_the_head_is_never_ahead(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are copied right after each sync: what a power cut at the worst moment leaves of
    the log. What was said to be durable must be in the newest copy."""
    copies, real = [0], os.fsync

    def copied(descriptor: int) -> None:
        head = ledger.path.with_name(ledger.path.name + ".head").read_bytes()
        real(descriptor)
        folder = tmp_path / f"copy{copies[0]}"
        folder.mkdir()
        for name in (ledger.path.name, f"{ledger.path.name}-wal"):
            shutil.copy(ledger.path.with_name(name), folder / name)
        (folder / f"{ledger.path.name}.head").write_bytes(head)
        copies[0] += 1

    line = ledger.line()
    monkeypatch.setattr("doorstep.boundary.durable.os.fsync", copied)

    async def one(n: int) -> None:
        await asyncio.sleep(n * 0.004)
        written = await line.written(request(b"%d" % n))
        await line.durable(written)
        with Ledger(shutil.copytree(_newest(tmp_path), tmp_path / f"cut{n}") / "ledger.db") as cut:
            assert cut.show(written.crossing.id).body == b"%d" % n
            assert cut.verify().ok, cut.verify().problems

    def _newest(folder: Path) -> Path:
        return folder / f"copy{copies[0] - 1}"

    await asyncio.gather(*(one(n) for n in range(30)))
    assert copies[0] > 3


async def test_the_head_beside_the_file_follows_even_if_nothing_else_comes(
    ledger: Ledger,
) -> None:
    line, beside = ledger.line(), ledger.path.with_name(f"{ledger.path.name}.head")
    for turn in range(1, 4):
        for one in await many(line, 5):
            await line.durable(one)
        async with asyncio.timeout(5):
            while beside.read_text().split()[0] != str(5 * turn):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert beside.read_text().split()[1] == ledger.verify().head


_WRITTEN = """
import asyncio, os, signal, sys
from doorstep.boundary import Ledger
from doorstep.boundary.gate import Outgoing

async def main():
    line = Ledger(sys.argv[1]).line()
    line._durable._ask = lambda *_: None  # no disk is waited for, none is synced
    requests = (Outgoing("POST", "http://x", "/", (), b"%d" % n) for n in range(20))
    await asyncio.gather(*map(line.written, requests))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_what_is_written_survives_the_end_of_the_process(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    done = subprocess.run([sys.executable, "-c", _WRITTEN, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    with Ledger(path, create=False) as ledger:
        assert [entry.body for entry in ledger.list()] == [b"%d" % n for n in range(20)]
        assert ledger.verify().ok, ledger.verify().problems


_LOADED = """
import asyncio, json, sys
from doorstep.boundary import Boundary, Declared, Ledger, Policy, Term

async def main(path, url, name):
    made = Boundary(ledger=Ledger(path), policy=Policy((url,)), key=b"k" * 32,
                    detectors=(Declared((Term("Maya Quixmere", "person"),)),))
    async with made.stream_door() as door:
        async def work(n):
            for turn in range(10**9):
                body = {"input": f"{name} {n} {turn} Maya Quixmere" + "y" * (turn % 7 * 700)}
                reply = await door.send(url, (("content-type", "application/json"),),
                                        json.dumps(body).encode())
                async for part in reply:
                    print(reply.crossing, flush=True)
        await asyncio.gather(*(work(n) for n in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_under_load(cloud: Cloud, tmp_path: Path) -> None:
    """Two processes on one ledger; both are killed. Whatever the server saw is in it."""
    path = tmp_path / "l.db"
    for turn in range(3):
        before = len(cloud.got)
        running = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _LOADED, str(path), cloud.url, f"p{turn}{name}"),
                stdout=asyncio.subprocess.PIPE,
            )
            for name in "ab"
        ]
        async with asyncio.timeout(60):
            while len(cloud.got) < before + 150 * (turn + 1):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        for process in running:
            process.kill()
        heard = {int(n) for process in running for n in (await process.communicate())[0].split()}
        with Ledger(path, create=False) as ledger:
            assert ledger.verify().ok, ledger.verify().problems
            known = {entry.body for entry in ledger.list()}
            assert {got.body for got in cloud.got} <= known
            assert heard <= {entry.id for entry in ledger.list()} and heard
            ledger.record(request(b"next"))
            assert ledger.verify().ok
    assert not any(b"Quixmere" in got.body for got in cloud.got)


async def test_lines_of_two_ledgers_and_threads_make_one_chain(ledger: Ledger) -> None:
    with Ledger(ledger.path) as other:
        lines = (ledger.line(), other.line())
        threads = [threading.Thread(target=lambda: [ledger.record(request()) for _ in range(20)])]
        threads[0].start()

        async def work(line: Line) -> None:
            for n in range(20):
                for one in await many(line, 5):
                    await line.durable(one)
                    line.note(one.crossing.id, "answered", status=n)

        await asyncio.gather(*(work(line) for line in lines))
        await asyncio.to_thread(threads[0].join)
        assert ledger.verify().ok and other.verify().ok, other.verify().problems
        assert sorted(e.id for e in ledger.list()) == list(range(1, 221))
        beside = ledger.path.with_name(ledger.path.name + ".head")
        other.close()
        ledger.close()
        with Ledger(ledger.path) as last:
            assert beside.read_text().split() == ["420", last.verify().head]


@pytest.mark.parametrize(("disk_s", "each"), [(0.0, 400), (0.3, 100)])
async def test_the_log_does_not_grow_without_end(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, disk_s: float, each: int
) -> None:
    """Even where writers never pause, and the disk is slow: 560 MB, or 140, go through a log of
    less than 80."""
    line, real = ledger.line(), os.fsync

    def slow(descriptor: int) -> None:
        time.sleep(disk_s)
        real(descriptor)

    monkeypatch.setattr("doorstep.boundary.durable.os.fsync", slow)

    async def work() -> None:
        for _ in range(each):
            await line.written(request(b"x" * 8000))

    await asyncio.gather(*(work() for _ in range(50)))
    assert os.path.getsize(f"{ledger.path}-wal") < 80_000_000  # noqa: ASYNC240, PTH202
    assert ledger.verify().ok and ledger.verify().rows == 50 * each


async def test_a_long_reader_holds_nobody_up(ledger: Ledger) -> None:
    """Somebody verifies a large ledger meanwhile: the log cannot be emptied until that ends."""
    line, loop, waits = ledger.line(), asyncio.get_running_loop(), []
    await many(line, 1)
    reader = sqlite3.connect(ledger.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM rows").fetchone()
    for _ in range(120):  # 48 MB: beyond what makes writers wait
        start = loop.time()
        for one in (await many(line, 10, 40_000))[-1:]:
            await line.durable(one)
        waits.append(loop.time() - start)
    assert max(waits) < 2, max(waits)
    reader.close()
    size = os.path.getsize(f"{ledger.path}-wal")  # noqa: ASYNC240, PTH202
    for _ in range(20):
        for one in (await many(line, 10, 40_000))[-1:]:
            await line.durable(one)
    assert os.path.getsize(f"{ledger.path}-wal") <= size + 9_000_000  # noqa: ASYNC240, PTH202
    assert ledger.verify().ok


@given(st.text(), st.integers(0), st.integers(1), st.one_of(st.none(), st.binary()))
def test_the_quick_hash_is_the_hash(text: str, n: int, number: int, body: bytes | None) -> None:
    data = json.dumps({"x": text})
    inner = None if body is None else hashlib.sha256(body).hexdigest()
    row = Row("crossing", 0, data, body, inner)
    at, prev = "2026-01-01T00:00:00+00:00", "0" * 64
    spelled = (n, "crossing", number, at, data, body, prev)
    assert _hash_of_new(n, number, at, row, prev) == hashed(spelled)
