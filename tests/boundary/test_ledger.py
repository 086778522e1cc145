"""The ledger is durable, private, chained, and shows every kind of tampering."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from doorstep._errors import LedgerError
from doorstep.boundary import Ledger
from doorstep.boundary.gate import Outgoing


def request(body: bytes = b'{"input":"x"}') -> Outgoing:
    headers = (("authorization", "Bearer sk-very-secret"), ("content-type", "application/json"))
    return Outgoing("POST", "https://api.example", "/v1/responses", headers, body)


def filled(path: Path, count: int = 5) -> Path:
    with Ledger(path) as ledger:
        for n in range(count):
            crossing = ledger.record(request(b'{"n":%d}' % n), run=f"run{n}", found={"person": n})
            ledger.result(crossing.id, "answered", status=200, reply_bytes=10)
    return path


def test_what_is_written_is_read(ledger: Ledger) -> None:
    body = '{"input":"für später"}'.encode()
    crossing = ledger.record(request(body), run="r", verdict="mask", found={"person": 2})
    assert (crossing.id, crossing.body.encode(), crossing.verdict) == (1, body, "mask")
    assert ledger.show(1).state == "open"
    ledger.result(1, "answered", status=200, reply_bytes=7)
    entry = ledger.show(1)
    assert (entry.body, entry.state, entry.status, entry.reply_bytes) == (body, "answered", 200, 7)
    assert (entry.run, entry.found, entry.method) == ("r", {"person": 2}, "POST")
    assert entry.crossing == crossing
    assert ledger.verify().ok and ledger.verify().rows == 2
    with pytest.raises(LedgerError):
        ledger.show(2)


def test_secrets_are_not_in_the_file(tmp_path: Path) -> None:
    filled(tmp_path / "ledger.db")
    for file in tmp_path.iterdir():
        assert b"sk-very-secret" not in file.read_bytes()


def test_a_key_in_the_query_is_not_in_the_file(ledger: Ledger) -> None:
    target = "/v1/x?a=1&api_key=sk-very-secret&monkey=2"
    ledger.record(Outgoing("POST", "https://api.example", target, (), b"{}"))
    assert ledger.show(1).url == "https://api.example/v1/x?a=1&api_key=<secret>&monkey=2"


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Ledger(tmp_path / "new" / "ledger.db") as ledger:
            ledger.record(request())
            modes = {p.name: p.stat().st_mode & 0o777 for p in (tmp_path / "new").iterdir()}
    finally:
        os.umask(old)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600} and len(modes) >= 2, modes


def test_export_is_every_row_in_order(tmp_path: Path) -> None:
    with Ledger(filled(tmp_path / "l.db")) as ledger:
        rows = [json.loads(line) for line in ledger.export()]
    assert [row["n"] for row in rows] == list(range(1, 11))
    assert [row["body"] for row in rows if row["kind"] == "crossing"][2] == '{"n":2}'
    assert all(b["prev"] == a["hash"] for a, b in pairwise(rows))


def _forge(db: sqlite3.Connection, n: int, prev: str) -> None:
    from doorstep.boundary.chain import hashed as _hash

    row = (n, "result", 5, "2026", '{"state":"answered","status":200,"reply_bytes":0}', None, prev)
    db.execute("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?)", (*row, _hash(row)))


def _add_last(db: sqlite3.Connection) -> None:
    _forge(db, 11, db.execute("SELECT hash FROM rows WHERE n=10").fetchone()[0])


def _remove_last_with_head(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM rows WHERE n=10")
    newest = db.execute("SELECT hash FROM rows WHERE n=9").fetchone()[0]
    db.execute("UPDATE head SET rows=9, hash=?", (newest,))


def _swap(db: sqlite3.Connection) -> None:
    for a, b in ((3, 99), (5, 3), (99, 5)):
        db.execute("UPDATE rows SET n=? WHERE n=?", (b, a))


def _insert_between(db: sqlite3.Connection) -> None:
    for n in range(10, 4, -1):
        db.execute("UPDATE rows SET n=? WHERE n=?", (n + 1, n))
    _forge(db, 5, db.execute("SELECT hash FROM rows WHERE n=4").fetchone()[0])


def _rehash(db: sqlite3.Connection) -> None:
    """Change a row and make its own hash right again."""
    from doorstep.boundary.chain import hashed as _hash

    db.execute("UPDATE rows SET body=? WHERE n=3", (b"{}",))
    row = db.execute("SELECT n,kind,crossing,at,data,body,prev FROM rows WHERE n=3").fetchone()
    db.execute("UPDATE rows SET hash=? WHERE n=3", (_hash(row),))


def _rehash_last(db: sqlite3.Connection) -> None:
    from doorstep.boundary.chain import hashed as _hash

    db.execute("UPDATE rows SET at='2020' WHERE n=10")
    row = db.execute("SELECT n,kind,crossing,at,data,body,prev FROM rows WHERE n=10").fetchone()
    db.execute("UPDATE rows SET hash=? WHERE n=10", (_hash(row),))


TAMPERS: list[tuple[str | Callable[[sqlite3.Connection], None], str]] = [
    ("UPDATE rows SET body=x'7b7d' WHERE n=3", "row 3 was changed"),
    ("UPDATE rows SET at='2020-01-01' WHERE n=4", "row 4 was changed"),
    ("UPDATE rows SET data=replace(data,'answered','not sent') WHERE n=4", "row 4 was changed"),
    ("UPDATE rows SET crossing=4 WHERE n=3", "row 3 was changed"),
    ("UPDATE rows SET hash=prev WHERE n=7", "row 7 was changed"),
    ("UPDATE rows SET body=NULL WHERE n=1", "row 1 was changed"),
    (_rehash, "row 4 does not follow"),
    (_rehash_last, "row 10 is not the row that was written last"),
    ("DELETE FROM rows WHERE n=3", "row 3 is missing"),
    ("DELETE FROM rows WHERE n IN (1,2,3)", "rows 1 to 3 are missing"),
    ("DELETE FROM rows WHERE n=10", "up to row 10, are missing"),
    (_remove_last_with_head, "knows row 10, the file ends at row 9"),
    ("DELETE FROM rows", "are missing"),
    (_swap, "row 3 was changed"),
    (_insert_between, "row 6 was changed"),
    (_add_last, "row 11 to 11 were added"),
    ("DELETE FROM head", "head in the file is missing"),
]


@pytest.mark.parametrize(("tamper", "said"), TAMPERS)
def test_verify_finds(
    tmp_path: Path, tamper: str | Callable[[sqlite3.Connection], None], said: str
) -> None:
    path = filled(tmp_path / "l.db")
    with Ledger(path) as ledger:
        assert ledger.verify().ok
    db = sqlite3.connect(path)
    if isinstance(tamper, str):
        db.execute(tamper)
    else:
        tamper(db)
    db.commit()
    db.close()
    with Ledger(path) as ledger:
        check = ledger.verify()
    assert not check.ok and any(said in problem for problem in check.problems), check.problems


def test_verify_finds_a_whole_new_history_only_by_a_head_noted_down(tmp_path: Path) -> None:
    with Ledger(filled(tmp_path / "l.db")) as ledger:
        noted = ledger.verify().head
        ledger.record(request())
        assert ledger.verify(noted).ok
    with Ledger(filled(tmp_path / "forged.db")) as forged:
        assert forged.verify().ok
        assert "history was replaced" in forged.verify(noted).problems[0]


def test_a_missing_head_beside_the_file_shows(tmp_path: Path) -> None:
    path = filled(tmp_path / "l.db")
    path.with_name("l.db.head").unlink()
    with Ledger(path) as ledger:
        assert "beside the file is missing" in ledger.verify().problems[0]


def test_a_head_beside_the_file_that_lags_is_no_tampering(tmp_path: Path) -> None:
    """The process may end between the commit and the writing of the head."""
    path = filled(tmp_path / "l.db", 2)
    old = path.with_name("l.db.head").read_text()
    filled(path, 2)
    path.with_name("l.db.head").write_text(old)
    with Ledger(path) as ledger:
        assert ledger.verify().ok


def test_files_that_are_no_ledger(tmp_path: Path) -> None:
    text = tmp_path / "notes.db"
    text.write_text("these are my notes, not a database" * 100)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    before = other.read_bytes()
    for path in (text, other, tmp_path):
        with pytest.raises(LedgerError):
            Ledger(path)
    assert other.read_bytes() == before and text.read_text().startswith("these")
    with pytest.raises(LedgerError, match="no ledger yet"):
        Ledger(tmp_path / "absent.db", create=False)
    assert not (tmp_path / "absent.db").exists()


@pytest.mark.parametrize(("version", "said"), [(3, "a newer"), (0, "an older")])
def test_other_formats(tmp_path: Path, version: int, said: str) -> None:
    path = filled(tmp_path / "l.db")
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version={version}")
    db.close()
    with pytest.raises(LedgerError, match=said):
        Ledger(path)


WRITER = """
import sys
from doorstep.boundary import Ledger
from doorstep.boundary.gate import Outgoing
with Ledger(sys.argv[1], busy_s=60) as ledger:
    for n in range(40):
        o = Outgoing("POST", "http://x", "/", (), f"{sys.argv[2]}-{n}".encode())
        ledger.result(ledger.record(o).id, "answered", status=200)
"""


def test_many_processes_and_threads_write_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), f"p{i}"]) for i in range(3)
    ]
    with Ledger(path, busy_s=60) as ledger:
        threads = [
            threading.Thread(target=lambda: [ledger.record(request()) for _ in range(20)])
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        checks = [ledger.verify() for _ in range(20)]  # while others write
        assert all(check.ok for check in checks), [check.problems for check in checks]
        for thread in threads:
            thread.join()
        assert [writer.wait(100) for writer in writers] == [0, 0, 0]
        check = ledger.verify()
        assert check.ok, check.problems
        assert check.rows == 3 * 80 + 60
        assert [entry.id for entry in ledger.list()] == list(range(1, 181))


def test_killed_after_the_commit(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal\n"
        "from doorstep.boundary import Ledger\n"
        "from doorstep.boundary.gate import Outgoing\n"
        "ledger = Ledger(sys.argv[1])\n"
        "ledger.record(Outgoing('POST', 'http://x', '/', (), b'{}'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = filled(tmp_path / "l.db", 2)
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    with Ledger(path) as ledger:
        assert ledger.verify().ok
        assert ledger.list()[-1].state == "open"


def test_a_broken_row_is_a_clear_error(tmp_path: Path) -> None:
    path = filled(tmp_path / "l.db")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE rows SET data='nonsense' WHERE n=1")
    with Ledger(path) as ledger, pytest.raises(LedgerError, match="Crossing 1 cannot be read"):
        ledger.list()


_CLOSED_MEANWHILE = """
import sys, threading
from doorstep._errors import LedgerError
from doorstep.boundary import Ledger
from doorstep.boundary.gate import Outgoing

def write(ledger):
    try:
        while True:
            ledger.record(Outgoing("POST", "https://c.example", "/", (), b"{}"))
    except LedgerError:
        pass

for n in range(60):
    ledger = Ledger(f"{sys.argv[1]}/{n}.db")
    threads = [threading.Thread(target=write, args=(ledger,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    ledger.close()
    for thread in threads:
        thread.join()
print("alive")
"""


def test_closing_while_others_write_is_an_error_and_no_crash(tmp_path: Path) -> None:
    """A reply's end is written down in a thread, which may outlive the program's `with`."""
    done = subprocess.run(
        [sys.executable, "-c", _CLOSED_MEANWHILE, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "alive\n" and done.returncode == 0 and not done.stderr
