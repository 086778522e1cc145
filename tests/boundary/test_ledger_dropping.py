"""Old bodies can be dropped: nothing of them stays, the chain still verifies, and what somebody
else took out shows."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorstep._errors import BadInput, LedgerError
from doorstep.boundary import Ledger, chain
from doorstep.boundary.dropped import dropped_row
from doorstep.boundary.dropping import drop_old
from doorstep.boundary.durable import connect
from tests.boundary.ledgers import START, day, in_files, old, outgoing

TEXTS = [f"canary-{n}-" + "z" * (n * 700) for n in range(12)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return old(tmp_path / "l.db", TEXTS)


@contextmanager
def by_hand(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as db, db:
        yield db


def test_what_is_older_goes_and_the_rest_stays(path: Path) -> None:
    with Ledger(path) as ledger:
        before = list(ledger.export(bodies=False))
        assert ledger.count_bodies(day(6)) == 5
        assert ledger.drop_bodies(day(6)) == 5
        entries = ledger.list()
        assert [entry.kept is None for entry in entries] == [True] * 5 + [False] * 7
        assert json.loads(entries[5].body)["input"] == TEXTS[5]
        assert list(ledger.export(bodies=False))[:-1] == before  # rows and hashes are as they were
        check = ledger.verify()
    assert (check.ok, check.rows, check.dropped) == (True, 25, 5)


def test_a_dropped_body_says_so(path: Path) -> None:
    with Ledger(path) as ledger:
        size = ledger.show(3).size
        ledger.drop_bodies(day(6), by="a test")
        entry = ledger.show(3)
        today = datetime.now(UTC).date().isoformat()
        assert (entry.kept, entry.size, entry.dropped[:10]) == (None, size, today)
        for reading in (lambda: entry.body, lambda: entry.crossing):
            with pytest.raises(LedgerError, match=f"crossing 3 was dropped on {today}"):
                reading()
        (dropping,) = ledger.droppings()
    assert (dropping.bodies, dropping.by, dropping.ranges) == (5, "a test", ((1, 5),))
    assert dropping.bytes == sum(len(outgoing(text).body) for text in TEXTS[:5])


def test_nothing_of_them_is_left_in_any_file(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.record(outgoing("canary-new"))  # what is in the log, too
        assert len(in_files(path.parent, "canary-3-")) >= 1
        ledger.drop_bodies(datetime.now(UTC))
        left = {text[:9]: in_files(path.parent, text[:9]) for text in TEXTS}
        left["new"] = in_files(path.parent, "canary-new")
        assert not any(left.values()), left
        assert not in_files(path.parent, "z" * 100)
        assert ledger.verify().ok
    assert not in_files(path.parent, "canary")


def test_nothing_is_left_where_sqlite_was_built_without_secure_delete(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's SQLite has it on by default, others have not."""
    from doorstep.boundary import ledger_reading

    def plain(path: Path, busy_s: float) -> sqlite3.Connection:
        db = connect(path, busy_s)
        db.execute("PRAGMA secure_delete=OFF")
        return db

    for module in (ledger_reading, sys.modules["doorstep.boundary.ledger"]):
        monkeypatch.setattr(module, "connect", plain)
    with Ledger(path) as ledger:
        ledger.drop_bodies(day(7))
        ledger.drop_bodies(day(10))
        assert not any(in_files(path.parent, text[:9]) for text in TEXTS[:9])
        assert in_files(path.parent, TEXTS[10][:9])


def test_dropping_twice_adds_no_row_where_nothing_is_left_to_drop(path: Path) -> None:
    with Ledger(path) as ledger:
        assert [ledger.drop_bodies(day(6)) for _ in range(2)] == [5, 0]
        assert ledger.drop_bodies(day(9)) == 3
        assert [one.ranges for one in ledger.droppings()] == [((1, 5),), ((6, 8),)]
        assert ledger.verify().ok and ledger.verify().dropped == 8


def test_a_moment_without_a_time_zone_is_refused(path: Path) -> None:
    with Ledger(path) as ledger:
        with pytest.raises(BadInput, match="time zone"):
            ledger.drop_bodies(datetime(2026, 8, 5))  # noqa: DTZ001 - that is the point
        assert all(entry.kept for entry in ledger.list())


def test_the_setting_in_days(path: Path) -> None:
    ago = (datetime.now(UTC) - START).days
    with Ledger(path) as ledger:
        assert drop_old(ledger, 0) == 0
        assert drop_old(ledger, ago + 2) == 0
        assert drop_old(ledger, max(1, ago - 2)) in (3, 4, 12)
        assert ledger.droppings()[0].by.startswith("ledger.keep_days = ")
        assert ledger.verify().ok


# formats


def _version(path: Path) -> int:
    with by_hand(path) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_older_versions_read_a_ledger_until_something_is_dropped(path: Path) -> None:
    """An older Doorstep would take a dropped body for tampering: it is told that the file is of a
    newer one instead."""
    with Ledger(path) as ledger:
        ledger.record(outgoing())
        assert _version(path) == 1
        ledger.drop_bodies(day(3))
    assert _version(path) == 2
    with Ledger(path) as ledger:
        assert ledger.record(outgoing()).id == 14 and ledger.verify().ok


# tampering


def _remove(db: sqlite3.Connection) -> None:
    db.execute("UPDATE rows SET body=NULL WHERE crossing=9")


def _widen(db: sqlite3.Connection) -> None:
    """Move the range of the row that says what was dropped."""
    _remove(db)
    db.execute("UPDATE rows SET data=replace(data, '[[1, 5]]', '[[1, 9]]') WHERE kind='dropped'")


def _widen_and_hash(db: sqlite3.Connection) -> None:
    _widen(db)
    row = db.execute(
        "SELECT n,kind,crossing,at,data,body,prev FROM rows WHERE kind='dropped'"
    ).fetchone()
    db.execute("UPDATE rows SET hash=? WHERE n=?", (chain.hashed(row), row[0]))


def _forge(db: sqlite3.Connection) -> None:
    """A row that says so, added behind the ledger's back."""
    _remove(db)
    n, prev = db.execute("SELECT n, hash FROM rows ORDER BY n DESC LIMIT 1").fetchone()
    made = dropped_row([9], 1, "2026", "nobody")
    row = (n + 1, made.kind, 0, "2026", made.data, None, prev)
    db.execute("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?)", (*row, chain.hashed(row)))


def _unsay(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM rows WHERE kind='dropped'")


def _another_digest(db: sqlite3.Connection) -> None:
    """The digest in the data is what is left of a body."""
    sha = json.loads(db.execute("SELECT data FROM rows WHERE crossing=2").fetchone()[0])["sha256"]
    changed = sha[:-1] + ("0" if sha[-1] != "0" else "1")
    db.execute("UPDATE rows SET data=replace(data, ?, ?) WHERE crossing=2", (sha, changed))


def _no_digest(db: sqlite3.Connection) -> None:
    db.execute("UPDATE rows SET data='{}' WHERE crossing=2 AND kind='crossing'")


def _put_another(db: sqlite3.Connection) -> None:
    db.execute("UPDATE rows SET body=x'7b7d' WHERE crossing=2 AND kind='crossing'")


def _as_a_result(db: sqlite3.Connection) -> None:
    db.execute("UPDATE rows SET body=NULL, kind='result' WHERE crossing=9 AND kind='crossing'")


def _swap_digests(db: sqlite3.Connection) -> None:
    for a, b in ((1, 99), (3, 1), (99, 3)):
        db.execute("UPDATE rows SET n=? WHERE n=?", (b, a))


TAMPERS: list[tuple[Callable[[sqlite3.Connection], None], str]] = [
    (_remove, "body of crossing 9 was removed, and no row says"),
    (_widen, "row 25 was changed"),
    (_widen_and_hash, "row 26 does not follow"),
    (_forge, "row 28 to 28 were added"),
    (_unsay, "row 25 is missing"),
    (_another_digest, "row 3 was changed"),
    (_no_digest, "row 3 was changed"),
    (_put_another, "row 3 was changed"),
    (_as_a_result, "row 17 was changed"),
    (_swap_digests, "row 1 was changed"),
]


@pytest.mark.parametrize(("tamper", "said"), TAMPERS, ids=lambda one: getattr(one, "__name__", ""))
def test_verify_finds(path: Path, tamper: Callable[[sqlite3.Connection], None], said: str) -> None:
    with Ledger(path) as ledger:
        assert ledger.drop_bodies(day(6)) == 5
        ledger.result(ledger.record(outgoing()).id, "answered")
        assert ledger.verify().ok
    with by_hand(path) as db:
        tamper(db)
    with Ledger(path) as ledger:
        check = ledger.verify()
    assert not check.ok and any(said in problem for problem in check.problems), check.problems


def test_a_row_cannot_excuse_bodies_of_crossings_that_came_after_it(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger._append(dropped_row(range(1, 100), 1, "2026", "somebody with foresight"))
        ledger.record(outgoing("later"))
        assert ledger.verify().ok
    with by_hand(path) as db:
        db.execute("UPDATE rows SET body=NULL WHERE crossing=13 AND kind='crossing'")
    with Ledger(path) as ledger:
        assert "crossing 13 was removed" in ledger.verify().problems[0]
        with pytest.raises(LedgerError, match="no row says"):
            _ = ledger.show(13).body


def test_a_head_noted_down_before_is_still_in_the_chain(path: Path) -> None:
    with Ledger(path) as ledger:
        noted = ledger.verify().head
        ledger.drop_bodies(day(6))
        assert ledger.verify(noted).ok and not ledger.verify("f" * 64).ok


# together with others


def test_cut_off_in_the_middle(path: Path) -> None:
    """The row is there, the bodies are not gone yet: no tampering, and the next time does it."""
    with Ledger(path) as ledger:
        ledger._append(dropped_row(range(1, 6), 1, "2026", "who was cut off"))
        with by_hand(path) as db:
            db.execute("UPDATE rows SET body=NULL WHERE crossing<3 AND kind='crossing'")
        assert ledger.verify().ok and ledger.verify().dropped == 2
        assert ledger.drop_bodies(day(6)) == 3
        assert ledger.verify().ok and ledger.verify().dropped == 5
        assert [one.by for one in ledger.droppings()] == ["who was cut off"]
        assert ledger.drop_bodies(day(8)) == 2
        assert [one.ranges for one in ledger.droppings()] == [((1, 5),), ((6, 7),)]


def test_two_that_drop_at_once_say_it_once(tmp_path: Path) -> None:
    """As the workers of one server do."""
    path = old(tmp_path / "l.db", ["y" * 2000] * 300, days=0.001)
    both = threading.Barrier(2)

    def work() -> None:
        with Ledger(path) as ledger:
            both.wait()
            drop_old(ledger, 1)

    with Ledger(path) as ledger:
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [one.ranges for one in ledger.droppings()] == [((1, 300),)]
        assert ledger.verify().ok and ledger.verify().dropped == 300


_WRITER = """
import asyncio, sys
from doorstep.boundary import Ledger
from tests.boundary.ledgers import outgoing

async def main(ledger):
    line = ledger.line()
    print("ready", flush=True)
    for n in range(300):
        one = await line.written(outgoing(f"late-{n}"))
        await line.durable(one)
        line.note(one.crossing.id, "answered", status=200)

with Ledger(sys.argv[1], busy_s=60) as ledger:
    asyncio.run(main(ledger))
"""


def test_others_write_while_bodies_go(tmp_path: Path) -> None:
    path = old(tmp_path / "l.db", [f"early-{n}-" + "y" * 3000 for n in range(600)], days=0.01)
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout and writer.stdout.readline() == "ready\n"
    with Ledger(path, busy_s=30) as ledger:
        threads = [
            threading.Thread(target=lambda: [ledger.record(outgoing("here")) for _ in range(20)])
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        assert ledger.drop_bodies(START + timedelta(days=30)) == 600
        for thread in threads:
            thread.join()
        assert writer.wait(60) == 0
        check = ledger.verify()
        assert check.ok and check.dropped == 600, check.problems
        kept = [entry for entry in ledger.each() if entry.kept is not None]
        assert len(kept) == 340
        assert {entry.state for entry in kept if b"late" in entry.body} == {"answered"}
    writer.stdout.close()
    assert not in_files(tmp_path, "early-") and not in_files(tmp_path, "y" * 100)


async def test_a_line_waits_only_a_moment(tmp_path: Path) -> None:
    """What leaves meanwhile is written down; nothing is refused."""
    path = old(tmp_path / "l.db", ["y" * 3000] * 1500, days=0.001)
    with Ledger(path) as ledger:
        line = ledger.line()
        going = asyncio.create_task(asyncio.to_thread(ledger.drop_bodies, datetime.now(UTC)))
        count = longest = 0
        loop = asyncio.get_running_loop()
        while not going.done():
            began = loop.time()
            await line.durable(await line.written(outgoing(f"{count}")))
            longest, count = max(longest, loop.time() - began), count + 1
            await asyncio.sleep(0.001)
        assert await going == 1500
        assert count > 3 and longest < 2, (count, longest)  # the limit is 5 s
        assert ledger.verify().ok


def test_a_reader_that_stays_is_no_silence(path: Path) -> None:
    """The log cannot be emptied under somebody who reads: that is said, and done the next time."""
    with Ledger(path, busy_s=0.2) as ledger, by_hand(path) as reader:
        ledger.record(outgoing("canary-log"))
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM rows").fetchone()
        with pytest.raises(LedgerError, match="still stand in the ledger's log"):
            ledger.drop_bodies(datetime.now(UTC))
        assert in_files(path.parent, "canary-")
        reader.rollback()
        assert ledger.drop_bodies(datetime.now(UTC)) == 0
        assert not in_files(path.parent, "canary-")
        assert ledger.verify().ok


@pytest.mark.parametrize(
    "crossings",
    [
        "[[Infinity, 1]]",
        "[[1, 1e400]]",
        "[[NaN, 1]]",
        "[[1, 2, 3]]",
        "[1]",
        "null",
        "[" * 2000 + "]" * 2000,
    ],
)
def test_a_row_that_somebody_made_up_is_no_reason(path: Path, crossings: str) -> None:
    """Its hash fits, its ranges are nonsense: the body counts as removed, and nothing breaks."""
    data = f'{{"bodies": 1, "bytes": 1, "by": "x", "before": "x", "crossings": {crossings}}}'
    with Ledger(path) as ledger:
        with closing(connect(path, 5)) as db:
            chain.append(db, [chain.Row("dropped", 0, data)])
            db.execute("UPDATE rows SET body=NULL WHERE crossing=1")
        assert "the body of crossing 1 was removed" in str(ledger.verify().problems)
        assert ledger.show(1).dropped == "" and ledger.droppings()[0].ranges == ()


@pytest.mark.parametrize("body", ["text", 5, 1.5])
def test_what_is_no_body_is_said_to_be_unreadable(path: Path, body: object) -> None:
    with by_hand(path) as db:
        db.execute("UPDATE rows SET body=? WHERE crossing=1", (body,))
    with Ledger(path) as ledger:
        assert "row 1 was changed" in ledger.verify().problems[0]
        for reading in (lambda: ledger.show(1), lambda: list(ledger.export())):
            with pytest.raises(LedgerError, match="cannot be read"):
                reading()
