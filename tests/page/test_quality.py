"""Quality and cost: every figure from the book, with its n, and honest where there is none."""

from __future__ import annotations

import re
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstep.config import Settings
from doorstep.page.figures.patterns import by_pattern
from doorstep.page.figures.span import Span, span
from doorstep.page.figures.spread import spread
from doorstep.page.views.quality import Quality, _quality
from doorstep.runs.book import Book
from doorstep.runs.values import KeptRun, KeptStep
from tests.page.a_day import plan
from tests.page.kit import KEY, House, house
from tests.page.past import past

OWN = Settings.model_validate({"patterns": {"careful": {"use": "escalate-on-hard"}}})


@pytest.fixture
async def h(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, OWN) as one:
        yield one


async def page(h: House, query: str = "") -> str:
    async with h.client() as client:
        answer = await client.get(f"/page/quality{query}")
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


async def twin(h: House, query: str = "") -> Any:
    async with h.client() as client:
        answer = await client.get(f"/page/quality.json{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def run(number: int, pattern: str = "home", **more: Any) -> KeptRun:
    at = datetime.now(UTC).isoformat()
    return KeptRun(f"{number:016x}", at, more.pop("seconds", 1.0), "ask", pattern, **more)


# --- what is summed ------------------------------------------------------------------------------


async def test_the_figures_are_those_of_the_runs(h: House) -> None:
    runs = list(past(400, 30))
    h.book.write_all(runs)
    data = await twin(h)
    assert data["all"]["runs"] == 400
    assert data["all"]["stayed"] == sum(one.stayed for one in runs)
    assert data["all"]["crossings"] == sum(len(one.crossings) for one in runs)
    for name, of in Counter(one.pattern for one in runs).items():
        mine = [one for one in runs if one.pattern == name]
        shown = next(one for one in data["patterns"] if one["pattern"] == name)
        priced = [one.cost for one in mine if one.cost is not None]
        assert shown["sums"]["runs"] == of
        assert Decimal(shown["sums"]["cost"]) == sum(priced)
        assert shown["sums"]["unpriced"] == of - len(priced)
        took = sorted(one.seconds for one in mine if one.ending == "answered")
        assert shown["took"]["runs"] == len(took)
        assert shown["took"]["median"] == pytest.approx(statistics.median_low(took), rel=0.0501)
        p90 = took[-(-9 * len(took) // 10) - 1]
        assert shown["took"]["p90"] == pytest.approx(p90, rel=0.0501)
        assert sum(point["sums"]["runs"] for point in shown["points"]) == of


async def test_own_patterns_count_for_what_they_use(h: House) -> None:
    h.book.write_all([run(1, "careful"), run(2, "escalate-on-hard"), run(3, "mask/gpt-5.4")])
    uses = {one["pattern"]: one["use"] for one in (await twin(h))["patterns"]}
    assert uses == {
        "careful": "escalate-on-hard",
        "escalate-on-hard": "escalate-on-hard",
        "mask/gpt-5.4": "",
    }
    text = await page(h)
    assert 'href="/page/patterns/careful"' in text and "/patterns/mask" not in text


async def test_one_pattern_alone(h: House) -> None:
    h.book.write_all(list(past(200, 7)))
    data = await twin(h, "?days=7&pattern=cross-check")
    assert [one["pattern"] for one in data["patterns"]] == ["cross-check"]
    assert data["all"]["runs"] == data["patterns"][0]["sums"]["runs"]
    assert {one["pattern"] for one in data["verdicts"]} == {"cross-check"}
    assert data["doubts"] == [] and "household" in data["names"]


# --- how runs ended ------------------------------------------------------------------------------


async def test_what_could_not_be_compared_scored_or_priced_is_said_so(h: House) -> None:
    from doorstep.runs.values import Doubt

    unpriced = (KeptStep("ask", "cloud", "unknown", 1.0, 5, 5, None),)
    h.book.write_all(
        [
            run(1, "cross-check", verdict="agree"),
            run(2, "cross-check", verdict="incomparable"),
            run(3, "careful", verdict="escalated", doubts=(Doubt("words"), Doubt("own", False))),
            run(4, "careful", verdict="cannot tell (kept)"),
            run(5, "mask/gpt-5.4", steps=unpriced, crossings=(1,)),
            run(6, "careful", ending="failed", why="ModelTimeout"),
            run(7, "careful", ending="refused", why="Blocked", fell_back=True),
        ]
    )
    data, text = await twin(h), await page(h)
    said = {
        one["pattern"]: {s["what"]: (s["runs"], s["of"]) for s in one["shares"]}
        for one in data["verdicts"]
    }
    assert said["cross-check"] == {"agree": (1, 2), "could not be compared": (1, 2)}
    assert said["careful"] == {"escalated": (1, 2), "could not be judged, kept": (1, 2)}
    (doubts,) = data["doubts"]
    assert doubts["runs"] == 2
    assert doubts["shares"] == [{"what": "words", "runs": 1, "of": 2}]
    assert doubts["unscored"] == [{"what": "own", "runs": 1, "of": 2}]
    ended = {one["what"]: (one["runs"], one["of"]) for one in data["failures"]}
    assert ended == {"failed (ModelTimeout)": (1, 7), "refused by the boundary (Blocked)": (1, 7)}
    assert data["fallbacks"] == [{"what": "careful", "runs": 1, "of": 4}]
    assert "Could not be scored:" in text and "not priced" in text
    assert "n = 6 runs; 1 more could not be priced" in text


async def test_nothing_priced_is_not_nothing_paid(h: House) -> None:
    unpriced = (KeptStep("ask", "cloud", "unknown", 1.0, 5, 5, None),)
    h.book.write(run(1, "mask/gpt-5.4", steps=unpriced, crossings=(1,)))
    text = await page(h)
    assert "Not priced: the one run used no model" in text and "no estimate" in text
    assert ">1 in 1 run<" in text  # what crossed
    assert "cost-wide" not in text and "$0" not in text


async def test_the_estimate_says_of_how_many_runs_it_is(h: House) -> None:
    steps = (KeptStep("ask", "cloud", "large", 1.0, 5, 5, Decimal("0.5")),)
    h.book.write_all(
        [run(1, steps=steps, alone=Decimal(2)), run(2, steps=steps), run(3, alone=Decimal(1))]
    )
    text = await page(h)
    assert "$3.00" in text and "an estimate, n = 2 runs, which cost $0.5000" in text


# --- no runs, one run, many --------------------------------------------------------


async def test_without_runs_it_says_what_to_do(h: House) -> None:
    text = await page(h, "?days=7")
    assert "No runs in these 7 days." in text and 'href="/page/ask"' in text
    assert "<svg" not in text and "No planned day is kept." in text


async def test_one_run_is_a_picture(h: House) -> None:
    h.book.write(run(1))
    text = await page(h)
    assert "1 run in 30 days: 1 stayed at home, 0 crossed" in text
    assert text.count('<svg class="chart wide"') == 3  # nothing crossed: no picture of that
    assert "Nothing crossed in these days." in text


def test_twenty_thousand_runs_cost_little(tmp_path: Path) -> None:
    """Of the view's own: the queries and the value that it shows."""
    with Book(tmp_path / "runs.sqlite3", KEY, keep="counts") as book:
        book.write_all(list(past(20_000, 90)))
        rooms: Any = type("Rooms", (), {"book": book, "settings": OWN})
        _quality(rooms, span(90), "")
        began = time.process_time()
        shown = _quality(rooms, span(90), "")
        taken = time.process_time() - began
    assert isinstance(shown, Quality) and shown.all.runs == 20_000
    assert taken < 0.25, taken


# --- the days ------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [7, 30, 90])
def test_every_day_falls_into_a_bin(days: int) -> None:
    found = span(days, date(2026, 3, 2))
    all_days = [date(2026, 3, 2) - timedelta(days=n) for n in range(days)]
    bins = [found.bin(day.isoformat()) for day in reversed(all_days)]
    assert bins == sorted(bins) and bins[0] == 0 and bins[-1] == found.bins - 1
    assert found.since == all_days[-1].isoformat() and found.until == "2026-03-03"
    assert len(found.labels) == found.bins <= 31 and found.labels[-1] == "2 Mar"
    assert max(Counter(bins).values()) == found.each


async def test_a_run_of_yesterday_is_not_in_todays_bin(h: House) -> None:
    now = datetime.now(UTC)
    for number, ago in ((1, 0), (2, 1), (3, 29), (4, 30)):
        at = (now - timedelta(days=ago)).isoformat()
        h.book.write(KeptRun(f"{number:016x}", at, 1.0, "ask", "home"))
    (shown,) = by_pattern(h.book, h.settings, Span(30, now.date()))
    assert [point.bin for point in shown.points] == [0, 28, 29] and shown.sums.runs == 3


async def test_of_a_week_every_day_counts(h: House) -> None:
    last = datetime(2026, 3, 2, 12, tzinfo=UTC)
    runs = list(past(900, 90, last=last))
    h.book.write_all(runs)
    days = span(90, last.date())
    for shown in by_pattern(h.book, h.settings, days):
        for point in shown.points:
            mine = [
                one.seconds
                for one in runs
                if one.pattern == shown.pattern
                and one.ending == "answered"
                and days.bin(one.at[:10]) == point.bin
            ]
            assert point.took.runs == len(mine)
            if mine:
                low = statistics.median_low(mine)
                assert point.took.median == pytest.approx(low, rel=0.0501)


def test_quantiles_are_the_nearest_rank() -> None:
    found = spread({0: 1, 5: 8, 9: 1})
    assert found.runs == 10
    assert found.median == pytest.approx(1.1**5.5) and found.p90 == pytest.approx(1.1**5.5)
    assert spread({0: 1, 5: 7, 9: 2}).p90 == pytest.approx(1.1**9.5)
    assert spread({}).median is None


# --- the household's day -------------------------------------------------------------------------


async def test_the_day_that_was_planned_last_is_drawn(h: House) -> None:
    first = await plan(h.book, h.settings)
    second = await plan(h.book, h.settings, "When should the EV charge?")
    h.book.write(run(9, "household", ending="failed", why="ModelTimeout"))
    text = await page(h)
    assert f'href="/page/runs/{second}"' in text and first not in text
    assert 'id="day-wide-title"' in text and "EV charger" in text
    planned = (await twin(h))["planned"]
    loads = {one["name"]: one for one in planned["day"]["loads"]}
    assert set(loads) == {"dishwasher", "EV charger"}
    assert planned["day"]["now"] == 18 * 60 + 30 and planned["day"]["horizon"] == 1440
    charger = loads["EV charger"]
    assert charger["end"] - charger["start"] == 120 and charger["end"] <= charger["finish_by"]
    assert [slot["price"] for slot in planned["day"]["tariff"]] == [0.45, 0.22, 0.12, 0.25, 0.45]


async def test_a_day_whose_texts_were_dropped_is_not_drawn(h: House) -> None:
    await plan(h.book, h.settings)
    h.book.drop_texts("~")
    assert "No planned day is kept." in await page(h)


async def test_where_texts_are_not_kept_it_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        with Book(tmp_path / "counts.sqlite3", KEY, keep="counts") as counts:
            h.book = counts
            assert "Texts of runs are not kept" in await page(h)


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["?days=8", "?days=-1", "?days=x", "?pattern=none", "?days=7&pattern=%00"]
)
async def test_a_filter_that_is_none_is_400(h: House, query: str) -> None:
    async with h.client() as client:
        for path in ("/page/quality", "/page/quality.json"):
            answer = await client.get(path + query)
            assert answer.status_code == 400
            assert "Traceback" not in answer.text


async def test_names_from_clients_are_escaped(h: House) -> None:
    h.book.write(run(1, "mask/<script>alert(1)</script>", verdict="<b>", why="<i>"))
    text = await page(h)
    assert "<script>alert" not in text and "<b>" not in text
    assert "mask/&lt;script&gt;alert(1)&lt;/script&gt;" in text
