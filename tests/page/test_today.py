"""Today: what the sentence says is what happened, and what was looked up."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstep.config import LedgerSettings, RunsSettings, Settings
from doorstep.page.views.today import LOOKED, Looked, sentence
from doorstep.runs.totals import Totals
from doorstep.runs.values import KeptRun, KeptStep, Texts
from tests.page.kit import House, house

FINE = Looked(12)


def kept(number: int, *crossings: int, at: datetime | None = None, **more: Any) -> KeptRun:
    began = (at or datetime.now(UTC)) - timedelta(milliseconds=number)
    home = KeptStep("draft", "home", "small", 1.0, 100, 20)
    cloud = KeptStep("solve", "cloud", "gpt-5.4", 2.0, 300, 50, Decimal("0.0021"))
    given: dict[str, Any] = {"steps": (home, cloud) if crossings else (home,), **more}
    return KeptRun(
        f"{number:016x}", began.isoformat(), 1.5, "page", "household", crossings=crossings, **given
    )


@pytest.mark.parametrize(
    ("totals", "looked", "line"),
    [
        (Totals(), Looked(), "Nothing was asked."),
        (Totals(runs=1, stayed=1), Looked(), "The one question stayed at home."),
        (Totals(runs=1400, stayed=1400), Looked(), "None of 1,400 questions left the house."),
        (
            Totals(runs=1, crossed=1, crossings=1, sent=812),
            Looked(1),
            "The one question crossed, 812 B in all; nothing went out unchecked, and all of it"
            " stands in the ledger.",
        ),
        (
            Totals(runs=41, stayed=29, crossed=12, crossings=12, sent=3111),
            FINE,
            "Of 41 questions 29 never left the house; 12 crossed, 3.1 kB in all; nothing went out"
            " unchecked, and all of it stands in the ledger.",
        ),
        (
            Totals(runs=3, stayed=1, crossed=2, crossings=2, sent=5, refused=1),
            Looked(2, missing=1),
            "Of 3 questions 1 never left the house; 2 crossed, 5 B in all; 1 of 2 crossings are"
            " not in the ledger; one was stopped at the door.",
        ),
        (
            Totals(runs=2, crossed=2, crossings=2, sent=5),
            Looked(2, trouble="It is locked."),
            "Both questions crossed, 5 B in all; the ledger cannot be read.",
        ),
        (
            Totals(runs=900, crossed=900, crossings=900, sent=5_000_000, refused=3),
            Looked(200, all=False),
            "All 900 questions crossed, 5.0 MB in all; 3 were stopped at the door.",
        ),
    ],
)
def test_the_sentence(totals: Totals, looked: Looked, line: str) -> None:
    assert sentence(totals, looked) == line


async def test_an_empty_house_says_what_to_do(h: House) -> None:
    async with h.client() as client:
        answer = await client.get("/page/today")
    assert "Nothing has been asked on this machine yet." in answer.text
    assert 'href="/page/ask"' in answer.text


async def test_a_day_with_real_crossings(h: House) -> None:
    ids = await h.cross("How warm is it?", "And tomorrow?")
    sent = sum(len(entry.body) for entry in h.ledger.list())
    for run in (kept(1, *ids, sent=sent), kept(2), kept(3, ending="refused", why="BoundaryError")):
        h.book.write(run)
    async with h.client() as client:
        page = await client.get("/page/today")
        twin = (await client.get("/page/today.json")).json()
    assert twin["sentence"].startswith("Of 3 questions 2 never left the house; 1 crossed, ")
    assert "nothing went out unchecked, and all of it stands in the ledger" in twin["sentence"]
    assert twin["looked"] == {"crossings": 2, "missing": 0, "all": True, "trouble": ""}
    assert twin["totals"]["sent"] == sent
    assert twin["totals"]["dearest"]["id"] == kept(1).id
    assert twin["sentence"] in page.text
    assert f'<a href="/page/runs/{kept(1).id}">' in page.text
    assert "$0.0021" in page.text


async def test_a_crossing_that_somebody_took_out_of_the_ledger_is_missed(h: House) -> None:
    ids = await h.cross("How warm is it?", "And tomorrow?")
    h.book.write(kept(1, *ids, sent=5))
    with sqlite3.connect(h.ledger.path) as db:
        db.execute("DELETE FROM rows WHERE crossing=?", (ids[0],))
    async with h.client() as client:
        page = await client.get("/page/today")
    assert "1 of 2 crossings are not in the ledger" in page.text
    assert "Verify the ledger" in page.text
    assert "nothing went out unchecked" not in page.text


async def test_a_ledger_that_cannot_be_read_is_no_error_of_the_page(h: House) -> None:
    h.book.write(kept(1, 1, sent=5))
    h.ledger.close()
    async with h.client() as client:
        page = await client.get("/page/today")
    assert page.status_code == 200
    assert "the ledger cannot be read" in page.text


async def test_what_was_not_looked_up_is_not_said(h: House) -> None:
    ids = await h.cross("How warm is it?")
    h.book.write_all([kept(1, *ids, sent=5), *(kept(number) for number in range(2, LOOKED + 2))])
    async with h.client() as client:
        twin = (await client.get("/page/today.json")).json()
    assert twin["looked"]["all"] is False
    assert (
        twin["sentence"]
        == f"Of 201 questions {LOOKED} never left the house; 1 crossed, 5 B in all."
    )


async def test_other_days_are_a_link_away(h: House) -> None:
    h.book.write(kept(1, at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC)))
    h.book.write(kept(2, at=datetime(2026, 3, 2, 0, 1, tzinfo=UTC)))
    async with h.client() as client:
        first = (await client.get("/page/today.json?day=2026-03-01")).json()
        page = await client.get("/page/today?day=2026-03-01")
        empty = await client.get("/page/today?day=2026-02-01")
        now = (await client.get("/page/today.json")).json()
    assert [run["id"] for run in first["latest"]] == [kept(1).id]
    assert (first["earlier"], first["later"], first["now"]) == ("2026-02-28", "2026-03-02", False)
    assert 'href="/page/today?day=2026-03-02"' in page.text
    assert "<h1>1 March 2026</h1>" in page.text
    assert "Nothing was asked on this day." in empty.text
    assert now["now"] and now["later"] == ""


@pytest.mark.parametrize(
    "day", ["yesterday", "2026-13-01", "2026-02-30", "20260301", "0001-01-01", "9999-12-31", "'"]
)
async def test_what_is_no_day_is_said_to_be_none(h: House, day: str) -> None:
    async with h.client() as client:
        answer = await client.get("/page/today", params={"day": day})
    assert answer.status_code == 400
    assert "That is no day. Write it as 2026-11-23." in answer.text


async def test_costs_that_nobody_knows_are_said_to_be_so(h: House) -> None:
    unpriced = KeptStep("solve", "cloud", "its-own", 2.0, cost=None)
    h.book.write(kept(1, 1, steps=(unpriced,), sent=5))
    async with h.client() as client:
        page = await client.get("/page/today")
    assert "not priced" in page.text
    assert "no price is known for these models" in page.text
    assert "no run can be compared" in page.text


async def test_stand_ins_are_said_to_be_such(h: House) -> None:
    h.book.write(kept(1, stand_ins=("cloud: a solver", "home: rules")))
    async with h.client() as client:
        page = await client.get("/page/today")
    line = "Stand-ins answered, no language model: home: rules; cloud: a solver."
    assert line in page.text


@pytest.mark.parametrize(
    ("runs", "ledger", "lines"),
    [
        ({}, {}, ("for 30 days, then dropped", "What crossed is kept for good")),
        ({"keep_days": 0}, {"keep_days": 7}, ("encrypted, for good", "for 7 days; after that")),
    ],
)
async def test_it_says_how_long_what_is_kept(
    tmp_path: Path, runs: dict[str, Any], ledger: dict[str, Any], lines: tuple[str, str]
) -> None:
    settings = Settings(runs=RunsSettings(**runs), ledger=LedgerSettings(**ledger))
    async with house(tmp_path, settings) as h, h.client() as client:
        page = " ".join((await client.get("/page/today")).text.split())
    for line in lines:
        assert line in page


async def test_no_private_text_is_on_it(h: House) -> None:
    texts = Texts(answer="Anna Kowalczyk", reasons=("Anna Kowalczyk",))
    h.book.write(kept(1, texts=texts))
    async with h.client() as client:
        for path in ("/page/today", "/page/today.json"):
            assert "Kowalczyk" not in (await client.get(path)).text
