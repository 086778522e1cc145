"""The charts over days: what ran, what crossed, how long it took and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from doorstep.page.charts.bars import Bars, bars
from doorstep.page.charts.legend import Key
from doorstep.page.charts.lines import Lines, lines
from doorstep.page.charts.marks import Figure, Fit, Picture
from doorstep.page.charts.numbers import duration, money
from doorstep.page.charts.strips import Label
from doorstep.page.figures.patterns import PatternFigures, Point
from doorstep.page.figures.span import Span
from doorstep.page.filters import count
from doorstep.runs.totals import Sums

ROWS = 8  # of a chart; with more of them it cannot be read
_FITS: tuple[Fit, Fit] = ("wide", "narrow")
_DOLLAR = "$"
_WENT = (
    Key("box", "stayed", "nothing left the house"),
    Key("box", "crossed", "something crossed"),
    Key("line", "failed", "failed or refused, of these"),
)
_CROSSED = (Key("box", "crossed", "requests that crossed"),)
_COST = (Key("box", "cost", "cost"), Key("line", "alone", "the cloud alone (estimate)"))


def went(figures: Sequence[PatternFigures], days: Span) -> Figure:
    """Runs that stayed and runs that crossed."""
    shown = figures[:ROWS]
    rows = [
        Bars(
            Label(one.pattern, f"n = {count(one.sums.runs)}"),
            (
                _values(one, days, lambda point: point.sums.stayed),
                _values(one, days, lambda point: point.sums.crossed),
            ),
            _some(one, days, lambda point: point.sums.failed + point.sums.refused or None),
        )
        for one in shown
    ]
    says = "; ".join(
        f"{one.pattern}: {one.sums.stayed} of {_runs(one.sums.runs)} stayed at home"
        for one in shown
    )
    title = f"Runs per {days.unit}: stayed or crossed"
    return _figure(
        lambda fit: bars("went", title, says, days.labels, _WENT, rows, _count, fit),
        ("Last day", "Pattern", "Runs", "Stayed", "Crossed", "Failed", "Refused", "Cancelled"),
        _table(shown, lambda p: [p.runs, p.stayed, p.crossed, p.failed, p.refused, p.cancelled]),
    )


def _runs(number: int) -> str:
    return "1 run" if number == 1 else f"{count(number)} runs"


def crossed(figures: Sequence[PatternFigures], days: Span) -> Figure:
    """Requests that crossed, all of a run counted."""
    shown = [one for one in figures if one.sums.crossings][:ROWS]
    rows = [
        Bars(
            Label(one.pattern, f"{count(one.sums.crossings)} in {_runs(one.sums.runs)}"),
            (_values(one, days, lambda point: point.sums.crossings),),
        )
        for one in shown
    ]
    says = "; ".join(f"{one.pattern}: {one.sums.crossings} requests" for one in shown)
    title = f"Requests that crossed per {days.unit}"
    return _figure(
        lambda fit: bars("crossings", title, says, days.labels, _CROSSED, rows, _count, fit),
        ("Last day", "Pattern", "Requests", "Bytes", "Runs that crossed", "Runs"),
        _table(shown, lambda p: [p.crossings, p.sent, p.crossed, p.runs]),
    )


def took(figures: Sequence[PatternFigures], days: Span) -> Figure:
    """How long answered runs took."""
    shown = [one for one in figures if one.took.runs][:ROWS]
    rows = [
        Lines(Label(one.pattern, f"n = {count(one.took.runs)}"), _pairs(one, days)) for one in shown
    ]
    says = "; ".join(
        f"{one.pattern}: median {_time(one.took.median)}, 90th percentile {_time(one.took.p90)}"
        for one in shown
    )
    title = f"Seconds to the whole answer, per {days.unit}"
    table = tuple(
        (
            point.day,
            one.pattern,
            count(point.took.runs),
            _time(point.took.median),
            _time(point.took.p90),
        )
        for one in shown
        for point in one.points
        if point.took.runs
    )
    return _figure(
        lambda fit: lines("took", title, says, days.labels, rows, duration, fit),
        ("Last day", "Pattern", "Answered runs", "Median", "90th percentile"),
        table,
    )


def cost(figures: Sequence[PatternFigures], days: Span) -> Figure:
    """US dollars of the runs that could be priced, and what the cloud alone would have cost."""
    shown = [one for one in figures if one.sums.runs > one.sums.unpriced][:ROWS]
    rows = [
        Bars(
            Label(one.pattern, _priced(one)),
            (_values(one, days, lambda point: float(point.sums.cost)),),
            _some(one, days, _alone),
        )
        for one in shown
    ]
    says = "; ".join(f"{one.pattern}: {_dollars(float(one.sums.cost))}" for one in shown)
    title = f"Cost per {days.unit}, US dollars"
    table = tuple(
        (
            point.day,
            one.pattern,
            _dollars(float(point.sums.cost)),
            count(point.sums.runs - point.sums.unpriced),
            count(point.sums.unpriced),
            _dollars(float(point.sums.cloud_only)) if point.sums.cloud_only_runs else "no estimate",
            _dollars(float(point.sums.cost_compared)) if point.sums.cloud_only_runs else "",
            count(point.sums.cloud_only_runs),
        )
        for one in shown
        for point in one.points
    )
    head = ("Last day", "Pattern", "Cost", "Priced runs", "Not priced")
    more = ("Cloud alone (estimate)", "Cost of the same runs", "Runs compared")
    return _figure(
        lambda fit: bars("cost", title, says, days.labels, _COST, rows, _dollars, fit),
        (*head, *more),
        table,
    )


def _figure(
    draw: Callable[[Fit], Picture], head: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> Figure:
    wide, narrow = (draw(fit) for fit in _FITS)
    return Figure(wide, narrow, head, rows)


def _table(
    figures: Sequence[PatternFigures], cells: Callable[[Sums], Sequence[int]]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (point.day, one.pattern, *map(count, cells(point.sums)))
        for one in figures
        for point in one.points
    )


def _values(one: PatternFigures, days: Span, value: Callable[[Point], float]) -> tuple[float, ...]:
    known = {point.bin: value(point) for point in one.points}
    return tuple(known.get(at, 0) for at in range(days.bins))


def _some(
    one: PatternFigures, days: Span, value: Callable[[Point], float | None]
) -> tuple[float | None, ...]:
    known = {point.bin: value(point) for point in one.points}
    return tuple(known.get(at) for at in range(days.bins))


def _pairs(one: PatternFigures, days: Span) -> tuple[tuple[float, float] | None, ...]:
    known = {
        point.bin: (point.took.median, point.took.p90)
        for point in one.points
        if point.took.median is not None and point.took.p90 is not None
    }
    return tuple(known.get(at) for at in range(days.bins))


def _alone(point: Point) -> float | None:
    return float(point.sums.cloud_only) if point.sums.cloud_only_runs else None


def _priced(one: PatternFigures) -> str:
    unpriced = one.sums.unpriced
    note = f"n = {count(one.sums.runs - unpriced)}"
    return f"{note}, {count(unpriced)} not priced" if unpriced else note


def _count(value: float) -> str:
    return count(round(value))


def _dollars(value: float) -> str:
    return money(value, _DOLLAR) if value else f"{_DOLLAR}0"


def _time(seconds: float | None) -> str:
    return "no answer" if seconds is None else duration(seconds)
