"""The page's questions agree with the rows, whoever wrote them, and do not read all of them."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bench.page_ledger import filled
from doorstep._errors import LedgerError
from doorstep.boundary import Entry, Ledger
from doorstep.boundary.ledger_values import Filter, Totals
from tests.boundary.ledgers import START, day, old, outgoing

ORIGINS = ("https://one.example", "http://localhost:8080", "https://[::1]:9", "https://two.example")
STATES = ("answered", "not sent", "broke off", None)


def _some(ledger: Ledger, count: int, seed: int = 1) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        crossing = ledger.record(
            outgoing("x" * chance.randrange(50), chance.choice(ORIGINS)),
            run=chance.choice(("", "r1", "r2")),
            verdict=chance.choice(("mask", "allow", "ask")),
            found={"person": 1},
        )
        if state := chance.choice(STATES):
            ledger.result(crossing.id, state, status=200, reply_bytes=chance.randrange(99))


def _sums(entries: list[Entry]) -> Totals:
    return Totals(
        len(entries),
        sum(len(entry.body) for entry in entries),
        0,
        sum(entry.reply_bytes for entry in entries),
        dict(Counter(entry.origin for entry in entries)),
        dict(Counter(entry.verdict for entry in entries)),
        dict(Counter(entry.state for entry in entries)),
    )


def _ids(ledger: Ledger, wanted: Filter, limit: int = 7) -> list[int]:
    """All of them, page by page."""
    found: list[int] = []
    before: int | None = None
    while True:
        page = ledger.page(wanted, before, limit)
        assert len(page.rows) <= limit
        found += [row.id for row in page.rows]
        if page.next is None:
            return found
        before = page.next


def test_totals_are_those_of_the_rows(ledger: Ledger) -> None:
    assert ledger.totals() == Totals() and ledger.days() == ()
    for seed in range(4):  # it goes on from where it was
        _some(ledger, 40, seed)
        entries = list(ledger.list())
        assert ledger.totals() == _sums(entries)
    today = date.fromisoformat(entries[0].at[:10])
    assert ledger.days()[-1][0] == today
    assert ledger.totals(date(1999, 1, 1)) == Totals()


def test_a_result_that_comes_late_moves_its_crossing(ledger: Ledger) -> None:
    crossing = ledger.record(outgoing())
    assert ledger.totals().by_state == {"open": 1}
    ledger.result(crossing.id, "not sent")
    assert ledger.totals().by_state == {"not sent": 1} and ledger.totals().not_sent == 1


def test_days_are_those_of_utc(tmp_path: Path) -> None:
    with Ledger(old(tmp_path / "l.db", ["a"] * 10, days=0.25)) as ledger:
        by_day = Counter(entry.at[:10] for entry in ledger.list())
        assert {str(one): count for one, count, _ in ledger.days()} == dict(by_day)
        assert ledger.totals(START.date()).crossings == by_day[str(START.date())] == 2


def test_every_filter_finds_what_a_walk_through_all_rows_finds(ledger: Ledger) -> None:
    _some(ledger, 150)
    entries = ledger.list()
    today = date.fromisoformat(entries[0].at[:10])
    some = frozenset(range(3, 120, 4))
    for wanted in (
        Filter(),
        Filter(origin=ORIGINS[0]),
        Filter(verdict="ask"),
        Filter(state="open"),
        Filter(day=today),
        Filter(day=date(2001, 1, 1)),
        Filter(run="r1"),
        Filter(ids=some),
        Filter(ids=frozenset()),
        Filter(ORIGINS[2], "mask", "answered", today, "r2", some),
        Filter(origin="' OR 1=1 --"),
    ):
        right = [
            entry.id
            for entry in reversed(entries)
            if wanted.origin in ("", entry.origin)
            and wanted.verdict in ("", entry.verdict)
            and wanted.state in ("", entry.state)
            and wanted.day in (None, date.fromisoformat(entry.at[:10]))
            and wanted.run in ("", entry.run)
            and (wanted.ids is None or entry.id in wanted.ids)
        ]
        assert _ids(ledger, wanted) == right, wanted
        count = ledger.page(wanted).count
        assert count is None if wanted.run or wanted.ids is not None else count == len(right)


def test_what_a_summary_says(ledger: Ledger) -> None:
    _some(ledger, 20)
    for entry, row in zip(ledger.list(), ledger.summaries(range(1, 99)), strict=True):
        for name in ("id", "at", "run", "method", "url", "origin", "verdict", "found", "sha256"):
            assert getattr(row, name) == getattr(entry, name), name
        assert (row.size, row.kept) == (len(entry.body), True)
        assert (row.state, row.status, row.reply_bytes) == (
            entry.state,
            entry.status,
            entry.reply_bytes,
        )
    assert [one.id for one in ledger.entries((7, 3, 99))] == [3, 7]
    choices = ledger.choices()
    assert set(choices.origins) == set(ORIGINS) and choices.verdicts == ("allow", "ask", "mask")


def test_sizes_of_dropped_bodies_are_still_known(tmp_path: Path) -> None:
    path = old(tmp_path / "l.db", ["a" * n for n in range(10)])
    with Ledger(path) as ledger:
        before = ledger.totals()
        ledger.drop_bodies(day(6))
        assert ledger.totals() == before
    with Ledger(path) as ledger:  # from the header that a request has
        assert ledger.totals() == before
        assert [row.kept for row in ledger.summaries(range(11))] == [False] * 5 + [True] * 5


def test_a_size_that_nobody_knows_is_not_taken_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path) as ledger:
        request = outgoing("unknown")
        bare = type(request)(request.method, request.origin, "/", (), request.body)
        ledger.record(bare)
        ledger.record(outgoing("known"))
        ledger.drop_bodies(day(10_000))
    with Ledger(path) as ledger:
        totals = ledger.totals()
        assert (totals.crossings, totals.unknown) == (2, 1)
        assert totals.bytes == len(outgoing("known").body)
        assert ledger.summaries((1,))[0].size is None and ledger.show(1).size is None


_OTHER = """
import sys
from doorstep.boundary import Ledger
from tests.boundary.ledgers import outgoing
with Ledger(sys.argv[1], busy_s=30) as ledger:
    for n in range(150):
        ledger.result(ledger.record(outgoing("other")).id, "answered", status=200)
"""


def test_other_processes_write_meanwhile(ledger: Ledger) -> None:
    """Pages stay where they were: the cursor is a number, and new crossings have higher ones."""
    _some(ledger, 60)
    first = ledger.page(Filter(), limit=20)
    writer = subprocess.Popen([sys.executable, "-c", _OTHER, str(ledger.path)])
    looks = 0
    while writer.poll() is None:
        looks += 1
        totals = ledger.totals()
        assert sum(totals.by_state.values()) == sum(totals.by_origin.values()) == totals.crossings
        page = ledger.page(Filter(), limit=20)
        assert [row.id for row in page.rows] == sorted((row.id for row in page.rows), reverse=True)
        second = ledger.page(Filter(), first.next, 20)
        assert [row.id for row in second.rows] == list(range(40, 20, -1))
    assert writer.returncode == 0 and looks > 3
    assert ledger.totals() == _sums(list(ledger.list())) and ledger.totals().crossings == 210


def test_many_threads_ask_at_once(ledger: Ledger) -> None:
    _some(ledger, 200)
    right, found = _sums(list(ledger.list())), []
    threads = [
        threading.Thread(target=lambda: found.append((ledger.totals(), ledger.page(Filter()))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(totals == right for totals, _ in found)


def test_a_file_that_has_become_shorter_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path) as ledger:
        _some(ledger, 30)
        assert ledger.totals().crossings == 30
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DELETE FROM rows WHERE crossing > 10")
        assert ledger.totals().crossings == 10


def test_a_damaged_row_spoils_no_sum(tmp_path: Path) -> None:
    path = old(tmp_path / "l.db", ["a"] * 5)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE rows SET data='nonsense' WHERE crossing=2")
        db.execute("UPDATE rows SET data='[]', at='nonsense' WHERE crossing=3")
    with Ledger(path) as ledger:
        assert ledger.totals().crossings == 5
        assert ledger.totals().by_origin == {"https://api.example": 3, "": 2}
        with pytest.raises(LedgerError, match="Crossing 2 cannot be read"):
            ledger.page(Filter())
        assert [row.id for row in ledger.page(Filter(origin="https://api.example")).rows] == [
            5,
            4,
            1,
        ]


def test_a_closed_ledger_answers_with_a_clear_error(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.db")
    ledger.totals()
    ledger.close()
    for ask in (ledger.totals, ledger.choices, ledger.list, ledger.verify):
        with pytest.raises(LedgerError):
            ask()


def test_twenty_thousand_rows_cost_a_page_nothing(tmp_path: Path) -> None:
    """bench/page_ledger.py has the figures for 100,000; here only that nothing reads everything."""
    filled(tmp_path / "l.db", 20_000)
    with Ledger(tmp_path / "l.db") as ledger:
        ledger.catch_up()
        last = ledger.days()[0][0]
        for ask in (
            lambda: ledger.totals(last),
            lambda: ledger.totals(),
            lambda: ledger.page(Filter(verdict="ask"), before=100),
            lambda: ledger.choices(),
        ):
            ask()
            times = []
            for _ in range(5):
                began = time.process_time()
                ask()
                times.append(time.process_time() - began)
            assert min(times) < 0.005, times
