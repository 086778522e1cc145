"""The book of runs: what is in its file, who may open it, and that it never holds anybody up."""

from __future__ import annotations

import logging
import multiprocessing
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from doorstep import BadInput, ConfigError
from doorstep.boundary import Store
from doorstep.runs import later
from doorstep.runs.book import Book
from doorstep.runs.later import Later
from doorstep.runs.values import KeptRun, Texts
from tests.runs.kept import CANARY, KEY, book, bytes_of, many, private_run

WRITES = """
import sys, time
from pathlib import Path
from tests.runs.kept import book, private_run
kept = book(Path(sys.argv[1]))
for number in range(50):
    kept.write(private_run(f"{number:x}"))
kept.later(private_run("late")); kept.flush()
print("written", flush=True)
time.sleep(60)
"""


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    with book(tmp_path) as kept:
        kept.write(private_run())
        found = kept.run("a1")
        assert found is not None
        assert found == replace(private_run(), texts_are="kept")
        (listed,) = kept.runs()
    assert (listed.texts, listed.steps[0].note, listed.texts_are) == (None, "", "kept")


def test_many_runs_come_back_as_they_were(tmp_path: Path) -> None:
    runs = {run.id: run for run in many(60)}
    with book(tmp_path) as kept:
        kept.write_all(list(runs.values()))
        assert {run.id: run for run in kept.runs(limit=1000)} == runs


def test_nothing_that_was_said_stands_in_the_file(tmp_path: Path) -> None:
    with book(tmp_path) as kept:
        kept.write(private_run())
        assert b"gemma4:e4b" in bytes_of(kept.path)  # the log is looked at, too
        assert CANARY.encode() not in bytes_of(kept.path)
    assert CANARY.encode() not in bytes_of(tmp_path / "runs.sqlite3")


def test_nothing_stands_there_after_a_kill_either_and_what_was_written_is_whole(
    tmp_path: Path,
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert CANARY.encode() not in bytes_of(tmp_path / "runs.sqlite3")
    with book(tmp_path) as kept:
        assert len(kept.runs()) == 51
        late = kept.run("late")
    assert late is not None
    assert late.texts is not None
    assert late.texts.answer == f"Hello {CANARY}"


def test_a_text_cannot_be_moved_to_another_run(tmp_path: Path) -> None:
    with book(tmp_path) as kept:
        kept.write(private_run("a1"))
        kept.write(private_run("b2"))
    with sqlite3.connect(tmp_path / "runs.sqlite3") as db:
        db.execute("UPDATE run SET texts = (SELECT texts FROM run WHERE id='a1') WHERE id='b2'")
    with book(tmp_path) as kept:
        moved = kept.run("b2")
    assert moved is not None
    assert (moved.texts, moved.texts_are) == (None, "unreadable")


def test_another_key_is_refused(tmp_path: Path) -> None:
    book(tmp_path).close()
    with pytest.raises(ConfigError, match="another key"):
        Book(tmp_path / "runs.sqlite3", b"x" * 32)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    book(tmp_path).close()
    assert (tmp_path / "runs.sqlite3").stat().st_mode & 0o777 == 0o600
    (tmp_path / "runs.sqlite3").chmod(0o644)
    with pytest.raises(ConfigError, match="may be read by others"):
        book(tmp_path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    Store(tmp_path / "runs.sqlite3", KEY).close()
    with pytest.raises(ConfigError, match="something else"):
        book(tmp_path)
    (tmp_path / "runs.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigError, match="cannot be opened"):
        book(tmp_path)


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    book(tmp_path).close()
    with sqlite3.connect(tmp_path / "runs.sqlite3") as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(ConfigError, match="a newer Doorstep"):
        book(tmp_path)


def test_what_is_written_over_counts_once(tmp_path: Path) -> None:
    with book(tmp_path) as kept:
        kept.write(private_run())
        kept.write(replace(private_run(), ending="failed", why="ModelTimeout"))
        day = kept.today("2026-11-20")
        assert (day.runs, day.answered, day.failed) == (1, 0, 1)
        assert [(one.ending, one.runs) for one in kept.verdicts()] == [("failed", 1)]
        assert kept.latencies() == ()


def test_counts_alone_are_kept_where_that_is_wanted(tmp_path: Path) -> None:
    with book(tmp_path, keep="counts") as kept:
        kept.write(private_run())
        found = kept.run("a1")
        assert kept.texts == "off"
    assert found is not None
    assert (found.texts, found.texts_are, found.seconds) == (None, "never", 2.0)


def test_nothing_is_kept_where_nothing_is_wanted(tmp_path: Path) -> None:
    with book(tmp_path, keep="none") as kept:
        kept.write(private_run())
        kept.later(private_run())
        assert kept.flush()
        assert kept.runs() == ()
    assert not list(tmp_path.iterdir())


def test_without_cryptography_counts_are_kept_and_it_is_said(tmp_path: Path) -> None:
    with book(tmp_path) as kept:
        kept.write(private_run("before"))
    script = (
        "import sys; sys.modules['cryptography'] = None\n"
        "import doorstep.runs.book as b; b.find_spec = lambda name: None\n"
        "from pathlib import Path; from tests.runs.kept import book, private_run\n"
        "kept = book(Path(sys.argv[1])); kept.write(private_run('after'))\n"
        "print(kept.texts, kept.run('after').texts_are, kept.run('before').texts_are)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "no cryptography never unreadable"


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_writes, args=(tmp_path, name)) for name in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
        assert one.exitcode == 0
    with book(tmp_path) as kept:
        assert kept.today("2026-11-20").runs == 200
        assert len(kept.runs(limit=1000)) == 200


def _writes(folder: Path, name: str) -> None:
    with book(folder) as kept:
        for number in range(100):
            kept.later(private_run(f"{name}{number}"))
        assert kept.flush()


def test_pages_follow_each_other(tmp_path: Path) -> None:
    runs = list(many(57))
    with book(tmp_path) as kept:
        kept.write_all(runs)
        seen: list[KeptRun] = []
        after = ""
        while page := kept.runs(limit=10, after=after, pattern="home"):
            seen += page
            after = page[-1].id
        wanted = [run for run in runs if run.pattern == "home"]
        assert sorted(one.id for one in seen) == sorted(one.id for one in wanted)
        assert [one.at for one in seen] == sorted((one.at for one in wanted), reverse=True)
        failed = kept.runs(ending="failed", since="2026-11-05", until="2026-11-10", limit=100)
        with pytest.raises(BadInput, match="no such run"):
            kept.runs(after="elsewhere")
    assert {one.id for one in failed} == {
        run.id for run in runs if run.ending == "failed" and "2026-11-05" <= run.at < "2026-11-10"
    }


# --- what was said is dropped ---------------------------------------------------------------------


def test_dropped_texts_leave_no_byte_behind(tmp_path: Path) -> None:
    # Small ones lie in a page with others, large ones (that do not compress) in pages of their own.
    large = Texts(answer=secrets.token_hex(20_000))
    with book(tmp_path) as kept:
        runs = [private_run(f"{n}", f"2026-11-{n:02}T10:00:00+00:00") for n in (1, 2, 20)]
        kept.write_all([runs[0], replace(runs[1], texts=large), runs[2]])
        with sqlite3.connect(kept.path) as db:
            old = [
                bytes(row[0]) for row in db.execute("SELECT texts FROM run WHERE at<'2026-11-03'")
            ]
        there = bytes_of(kept.path)
        assert all(sum(s in there for s in _stretches(sealed)) > 5 for sealed in old)
        assert kept.drop_texts("2026-11-03") == 2
        left = bytes_of(kept.path)
        # Any stretch of it that is long enough to be no chance.
        assert not [s for sealed in old for s in _stretches(sealed) if s in left]
        gone, young = kept.run("1"), kept.run("20")
        assert gone is not None
        assert young is not None
        assert (gone.texts, gone.texts_are, gone.steps[0].note) == (None, "dropped", "")
        assert young.texts is not None
        assert kept.today("2026-11-01").runs == 1
        assert kept.drop_texts("2026-11-03") == 0
        assert kept.drop_texts("~") == 1


def _stretches(sealed: bytes) -> list[bytes]:
    return [sealed[at : at + 12] for at in range(0, len(sealed) - 12, 12)]


# --- nobody waits for the book --------------------------------------------------------------------


def test_a_locked_file_holds_nobody_up_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with book(tmp_path, busy_s=0.2) as kept:
        other = sqlite3.connect(kept.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun = time.perf_counter()
        for number in range(5):
            kept.later(private_run(f"{number}"))
            kept.flush()
        assert time.perf_counter() - begun < 4
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        assert CANARY not in caplog.text
        other.execute("ROLLBACK")
        kept.later(private_run("then"))
        assert kept.flush()
        assert kept.run("then") is not None


def test_later_returns_at_once_while_the_disk_is_slow() -> None:
    going, seen = threading.Event(), list[int]()

    def slow(runs: object) -> None:
        going.wait(5)
        seen.append(len(runs))  # type: ignore[arg-type]

    writing = Later(slow, most=3)
    begun = time.perf_counter()
    for _ in range(20):
        writing.put(private_run)
    assert time.perf_counter() - begun < 0.5
    going.set()
    assert writing.flush()
    writing.close()
    assert 3 <= sum(seen) <= 6  # up to three may have been taken before the rest came


def test_a_run_that_cannot_be_made_takes_no_other_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong() -> KeptRun:
        raise ValueError(CANARY)

    with book(tmp_path) as kept:
        kept.later(wrong)
        kept.later(private_run())
        assert kept.flush()
        assert kept.run("a1") is not None
    assert "ValueError" in caplog.text
    assert CANARY not in caplog.text


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    kept = book(tmp_path)
    for number in range(300):
        kept.later(private_run(f"{number}"))
    kept.close()
    kept.later(private_run("late"))  # too late, and no error
    with book(tmp_path) as again:
        assert again.today("2026-11-20").runs == 300
    assert later.MOST > 300
