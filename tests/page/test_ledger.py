"""The ledger's views: they show what is in the ledger, and bad input gets one clear line."""

from __future__ import annotations

import csv
import html
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import httpx2
import pytest

from doorstep.runs.values import KeptRun
from tests.page.kit import House, house

EVIL = '</pre><script>alert("x")</script><img src=x onerror=alert(1)>'
JSON = {"accept": "application/json"}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as made:
        yield made


async def _get(home: House, path: str) -> httpx2.Response:
    async with home.client() as client:
        return await client.get(f"/page{path}")


async def _post(home: House, path: str, **form: str) -> httpx2.Response:
    async with home.client() as client:
        return await client.post(f"/page{path}", data=form)


async def _found(home: House, **form: str) -> dict[str, object]:
    async with home.client() as client:
        answer = await client.post("/page/ledger/find", data=form, headers=JSON)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_where_nothing_crossed_it_says_what_to_do(home: House) -> None:
    answer = await _get(home, "/ledger")
    assert answer.status_code == 200 and "Nothing has left this house" in answer.text
    assert 'href="/page/ask"' in answer.text


async def test_the_table_and_its_twin_are_the_rows(home: House) -> None:
    ids = await home.cross("one", "two", "three")
    page = (await _get(home, "/ledger")).text
    assert [int(n) for n in re.findall(r'href="/page/ledger/(\d+)"', page)] == [*ids[::-1]]
    assert f"{len(ids)} requests stand in the ledger" in page
    twin = (await _get(home, "/ledger.json")).json()
    entries = {entry.id: entry for entry in home.ledger.list()}
    for line in twin["lines"]:
        entry = entries.pop(line["what"]["id"])
        assert (line["what"]["size"], line["origin"]) == (len(entry.body), entry.origin)
        assert "body" not in line["what"]
    assert not entries


async def test_filters_narrow_it(home: House) -> None:
    await home.cross("one", "two")
    today = datetime.now(UTC).date().isoformat()
    (origin,) = home.ledger.choices().origins
    for query, count in (
        (f"day={today}", 2),
        ("day=2020-02-02", 0),
        (f"origin={origin}&state=answered&verdict=allow", 2),
        ("verdict=ask", 0),
        ("state=open", 0),
        ("origin=https://elsewhere.example", 0),
        ("pattern=household", 0),
        ("verdict=", 2),
    ):
        assert len((await _get(home, f"/ledger.json?{query}")).json()["lines"]) == count, query
    nothing = await _get(home, "/ledger?verdict=ask")
    assert "No crossing is like that" in nothing.text


async def test_pattern_and_run_come_from_the_book(home: House) -> None:
    ids = await home.cross("one", "two", "three")
    at = home.ledger.show(ids[0]).at
    home.book.write(KeptRun("run-1", at, 1.0, "page", "careful", crossings=ids[:2]))
    twin = (await _get(home, "/ledger.json?pattern=careful")).json()
    assert [line["what"]["id"] for line in twin["lines"]] == [ids[1], ids[0]]
    assert {(line["run"], line["pattern"]) for line in twin["lines"]} == {("run-1", "careful")}
    page = (await _get(home, "/ledger")).text
    assert page.count('href="/page/runs/run-1"') == 2 and "not in the book" in page
    assert 'href="/page/runs/run-1"' in (await _get(home, f"/ledger/{ids[0]}")).text


async def test_pages_go_on_where_they_were_while_more_crosses(home: House) -> None:
    for _ in range(12):
        await home.cross(*["again"] * 10)
    seen: list[int] = []
    path = "/ledger?state=answered"
    while path:
        page = (await _get(home, path)).text
        seen += map(int, re.findall(r'<td data-label="Time"><a href="/page/ledger/(\d+)"', page))
        await home.cross("meanwhile")
        more = re.search(r'class="button" href="/page(/ledger\?[^"]+)"', page)
        path = html.unescape(more[1]) if more else ""
        assert len(seen) < 200
    assert seen == list(range(120, 0, -1))


async def test_a_crossing_is_shown_exactly_and_escaped(home: House) -> None:
    (id,) = await home.cross(EVIL)
    entry = home.ledger.show(id)
    page = (await _get(home, f"/ledger/{id}")).text
    assert "<script>alert" not in page and "<img src=x" not in page
    exact = re.search(r'<pre class="body"[^>]*>(.*?)</pre>', page, re.S)
    assert exact and html.unescape(exact[1]) == entry.body.decode()
    assert "matches the body below" in page and entry.sha256 in page and "&lt;secret&gt;" in page
    twin = (await _get(home, f"/ledger/{id}.json")).json()
    assert twin["body"] == entry.body.decode() and twin["matches"] is True
    assert json.loads(twin["pretty"]) == json.loads(twin["body"])
    taken = await _get(home, f"/ledger/{id}/body")
    assert taken.content == entry.body and taken.headers["content-type"].startswith("text/plain")
    assert "attachment" in taken.headers["content-disposition"]


async def test_a_body_that_was_changed_does_not_match(home: House) -> None:
    (id,) = await home.cross("one")
    with closing(sqlite3.connect(home.ledger.path)) as db, db:
        db.execute("UPDATE rows SET body=x'7b7d' WHERE crossing=? AND kind='crossing'", (id,))
    assert "does not match" in (await _get(home, f"/ledger/{id}")).text
    verified = await _post(home, "/ledger/verify")
    assert "does not verify" in verified.text and "row 1 was changed" in verified.text


async def test_a_dropped_body_says_when(home: House) -> None:
    first, second = await home.cross("one", "two")
    home.ledger.drop_bodies(datetime.fromisoformat(home.ledger.show(second).at), by="a test")
    today = datetime.now(UTC).date().isoformat()
    page = (await _get(home, f"/ledger/{first}")).text
    assert f"was dropped on {today}" in page and "<pre" not in page
    assert "matches" not in page and "cannot be computed again" in page
    gone = await _get(home, f"/ledger/{first}/body")
    assert gone.status_code == 410 and f"dropped on {today}" in gone.text
    table = (await _get(home, "/ledger")).text
    assert table.count("body dropped") == 1 and "by a test" in table
    assert "Bodies dropped by their owner</dt><dd>1<" in (await _post(home, "/ledger/verify")).text


async def test_verify_with_a_head_that_was_noted_down(home: House) -> None:
    await home.cross("one")
    whole = await _post(home, "/ledger/verify")
    head = home.ledger.verify().head
    assert "The chain is whole" in whole.text and head in whole.text
    noted = await _post(home, "/ledger/verify", head=f" {head.upper()} ")
    assert "the head that you noted down is in it" in noted.text
    other = await _post(home, "/ledger/verify", head="ab" * 32)
    assert "does not verify" in other.text and "history was replaced" in other.text
    wrong = await _post(home, "/ledger/verify", head="<b>")
    assert wrong.status_code == 400 and "64 digits" in wrong.text


async def test_find_by_form_and_by_steps(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await home.cross("Project Heron", "it says H e r o n there", "none", f"heron {EVIL}")
    page = (await _post(home, "/ledger/find", word="Heron")).text
    assert "Found in 3 of 4 crossings" in page and "in another form" in page
    assert "<mark>heron</mark>" in page and "<script>alert" not in page
    monkeypatch.setattr("doorstep.page.ledger_shown.FIND_S", 0)
    looked, before, hits = 0, "", []
    while before is not None:
        step = await _found(home, word="heron", before=str(before))
        looked += step["looked"]
        hits += [hit["id"] for hit in step["hits"]]
        before = step["next"]
        assert step["total"] == 4 and step["looked"] == 1
    assert looked == 4 and hits == [4, 2, 1]


async def test_find_says_what_it_could_not_search(home: House) -> None:
    await home.cross("Heron", "Heron")
    home.ledger.drop_bodies(datetime.now(UTC))
    page = (await _post(home, "/ledger/find", word="heron")).text
    assert "Found in 0 of 2 crossings" in page
    assert "2 bodies are no longer kept and could not be searched" in page


async def test_the_word_is_in_no_log_and_no_address(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    await home.cross("one")
    answer = await _post(home, "/ledger/find", word="Quixmere")
    assert answer.status_code == 200 and "Quixmere" not in caplog.text
    assert (await _get(home, "/ledger/find?word=Quixmere")).status_code == 405


async def test_exports(home: House) -> None:
    await home.cross(*(f"text {n}" for n in range(5)))
    table = await _get(home, "/ledger/export.csv")
    rows = list(csv.DictReader(StringIO(table.text, newline="")))
    assert [row["crossing"] for row in rows] == ["5", "4", "3", "2", "1"]
    assert "body" not in rows[0] and "text 3" not in table.text
    assert "text 3" in (await _get(home, "/ledger/export.csv?bodies=1")).text
    assert len((await _get(home, "/ledger/export.csv?verdict=ask")).text.splitlines()) == 1
    lines = await _get(home, "/ledger/export.jsonl")
    assert lines.text.splitlines() == list(home.ledger.export())
    for answer in (table, lines):
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ledger/99", 404),
        ("/ledger/0", 404),
        ("/ledger/99999999999999999999999", 404),
        ("/ledger/99999999999999999999999/body", 404),
        ("/ledger/" + "9" * 5000, 404),
        ("/ledger/7/body", 404),
        ("/ledger/x", 404),
        ("/ledger/1.5", 404),
        ("/ledger?before=x", 400),
        ("/ledger?before=99999999999999999999", 400),
        ("/ledger?before=-3", 400),
        ("/ledger?before=²", 400),
        ("/ledger?day=tomorrow", 400),
        ("/ledger?day=20260101", 400),
        ("/ledger?day=2026-02-30", 400),
        ("/ledger?day=0001-01-01&pattern=x", 400),
        ("/ledger?day=9999-12-31&pattern=x", 400),
        ("/ledger/export.csv?day=x", 400),
        ("/ledger?origin=" + "x" * 5000, 200),
        ("/ledger?pattern=%00%ff", 200),
    ],
)
async def test_bad_addresses(home: House, path: str, status: int) -> None:
    await home.cross("one")
    for wanted in (path, path.replace("/ledger?", "/ledger.json?")):
        answer = await _get(home, wanted)
        assert answer.status_code == status and "Traceback" not in answer.text, wanted


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"word=", 400),
        (b"word=%21", 400),
        (b"word=" + b"x" * 300, 400),
        (b"\xff\xfe", 400),
        (b"word=one" + b"".join(b"&a%d=1" % n for n in range(50)), 400),
        (b"word=x&before=zzz", 400),
        (b"word=x&before=1", 200),
        (b"word=%00a", 200),
        (b"x" * 3_000_000, 413),
    ],
)
async def test_bad_forms(home: House, body: bytes, status: int) -> None:
    await home.cross("one")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with home.client() as client:
        answer = await client.post("/page/ledger/find", content=body, headers=kind)
    assert answer.status_code == status and "Traceback" not in answer.text


async def test_a_damaged_row_leaves_the_tools(home: House) -> None:
    await home.cross("one", "two")
    with closing(sqlite3.connect(home.ledger.path)) as db, db:
        db.execute("UPDATE rows SET data='nonsense' WHERE crossing=1 AND kind='crossing'")
    page = await _get(home, "/ledger")
    assert page.status_code == 200 and "Crossing 1 cannot be read" in page.text
    assert "Verify" in page.text
    assert (await _post(home, "/ledger/verify")).text.count("row 1 was changed") == 1


async def test_half_a_character_that_crossed_is_written_out(home: House) -> None:
    """A client may cut an emoji in two: JSON can spell the half, UTF-8 cannot."""
    home.far.says("Whole.")
    body = {"model": "m", "messages": [{"role": "user", "content": "half \ud83d of it"}]}
    async with home.far.boundary.client() as client:
        url, kind = (
            f"{home.far.server.url}/v1/chat/completions",
            {"content-type": "application/json"},
        )
        await client.post(url, content=json.dumps(body), headers=kind)
    assert b"half \\ud83d of it" in home.ledger.show(1).body
    for path in ("/ledger/1", "/ledger/1.json", "/ledger/1/body", "/ledger/export.csv?bodies=1"):
        answer = await _get(home, path)
        assert answer.status_code == 200 and "half" in answer.text, path
