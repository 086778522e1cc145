"""The last day that the household planned, out of the book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from doorstep.page.charts.day import Day, Load, Slot
from doorstep.runs.book import Book
from doorstep.runs.values import Day as KeptDay
from doorstep.runs.values import LoadRun

PATTERN = "household"
_LOOK = 20  # runs back: some have no plan, because they failed or their texts were dropped


@dataclass(frozen=True, slots=True, repr=False)
class PlannedDay:
    """The day that a run planned: `run` is its id, `at` when it was asked (UTC, ISO 8601)."""

    run: str
    at: str
    day: Day


def last_day(book: Book) -> PlannedDay | None:
    """The newest that was kept; None where there is none among the last runs."""
    for listed in book.runs(pattern=PATTERN, ending="answered", limit=_LOOK):
        run = book.run(listed.id) if listed.texts_are == "kept" else None
        details = run.texts.details if run is not None and run.texts is not None else None
        if details and "day" in details:
            kept = cast("KeptDay", details["day"])
            return PlannedDay(listed.id, listed.at, day_of(kept))
    return None


def day_of(kept: KeptDay) -> Day:
    """A day as the book has it, as the chart takes it."""
    hours, minutes = kept["now"].split(":")
    change = kept["clock_change"]
    return Day(
        int(hours) * 60 + int(minutes),
        kept["horizon"],
        kept["currency"],
        tuple(Slot(one["start"], one["end"], one["price"]) for one in kept["tariff"]),
        tuple(_load(one) for one in kept["loads"]),
        change["at"] if change else None,
        change["shift_min"] if change else 0,
    )


def _load(kept: LoadRun) -> Load:
    return Load(
        kept["name"],
        kept["start"],
        kept["end"],
        kept["energy_kwh"],
        kept["cost"],
        kept["earliest"],
        kept["finish_by"],
        tuple((start, end) for start, end in kept["quiet"]),
    )
