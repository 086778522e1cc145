"""The household's day: the tariff as steps, and over it each load as a bar in a row of its own."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.page.charts.legend import Key, legend
from doorstep.page.charts.letters import cut, width
from doorstep.page.charts.marks import (
    NARROW,
    WIDE,
    Anchor,
    Box,
    Figure,
    Fit,
    Mark,
    Path,
    Picture,
    Text,
)
from doorstep.page.charts.numbers import kwh, money
from doorstep.page.charts.scale import Scale, axis

DAY = 1440
SHOWN = 24  # rows; of more loads the rest stands in the table alone
_TITLE = "The day as it was planned"
_BAR = 14.0


@dataclass(frozen=True, slots=True)
class Slot:
    """`price` per kWh from `start` to `end`, in minutes from the beginning of the day planned."""

    start: int
    end: int
    price: float


@dataclass(frozen=True, slots=True, repr=False)
class Load:
    """One load, in minutes from the beginning; `cost` is in the tariff's currency. It may run from
    `earliest` on, must end at `finish_by`, and may not run in the stretches `quiet`."""

    name: str
    start: int
    end: int
    energy_kwh: float
    cost: float
    earliest: int = 0
    finish_by: int | None = None
    quiet: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Day:
    """`now`: minutes since midnight that the wall showed when the day began; `horizon`: how many
    minutes it has. At `change` (minutes from the beginning) the clock jumped by `shift`."""

    now: int
    horizon: int
    currency: str
    tariff: tuple[Slot, ...]
    loads: tuple[Load, ...]
    change: int | None = None
    shift: int = 0

    def wall(self, at: int) -> str:
        """HH:MM on the wall `at` minutes from the beginning."""
        hours, minutes = divmod(self._face(at), 60)
        return f"{hours:02d}:{minutes:02d}"

    def hours(self, every: int) -> list[int]:
        """When the wall shows a multiple of `every` minutes since midnight."""
        return [at for at in range(self.horizon + 1) if self._face(at) % every == 0]

    def _face(self, at: int) -> int:
        jumped = self.shift if self.change is not None and at >= self.change else 0
        return (self.now + at + jumped) % DAY


def day(planned: Day) -> Figure:
    """The day as a figure."""
    head = ("Load", "From", "To", "Energy", "Cost", "May start", "Done by", "Quiet")
    rows = tuple(_row(planned, load) for load in planned.loads)
    wide, narrow = _Drawn(planned, "wide"), _Drawn(planned, "narrow")
    return Figure(wide.picture(), narrow.picture(), head, rows)


def _row(planned: Day, load: Load) -> tuple[str, ...]:
    wall = planned.wall
    return (
        load.name,
        wall(load.start),
        wall(load.end),
        kwh(load.energy_kwh),
        money(load.cost, planned.currency),
        wall(load.earliest) if load.earliest else "at once",
        wall(load.finish_by) if load.finish_by is not None else "any time",
        ", ".join(f"{wall(a)} to {wall(b)}" for a, b in load.quiet) or "never",
    )


class _Drawn:
    """The geometry of one picture: names beside the rows where it is wide, above the bars else."""

    def __init__(self, planned: Day, fit: Fit) -> None:
        self.day, self.fit = planned, fit
        self.loads = planned.loads[:SHOWN]
        self.wide = fit == "wide"
        self.width = WIDE if self.wide else NARROW
        self.row = 42.0
        self.left = 176.0 if self.wide else 4.0
        self.key, deep = legend(self._keys(), 4, 4, self.width - 8)
        self.top = deep + 26
        self.bottom = self.top + max(len(self.loads) * self.row, 130.0)
        self.prices, self.marked = axis(
            (slot.price for slot in planned.tariff), self.bottom, self.top, 5
        )
        gap = self.marked[1] - self.marked[0]
        self.labels = [money(price, planned.currency, gap) for price in self.marked]
        self.right = self.width - max(map(width, self.labels)) - 8
        self.times = Scale(0, planned.horizon, self.left, self.right)

    def picture(self) -> Picture:
        marks = [*self.key, *self._prices(), *self._steps(), *self._hours()]
        for at, load in enumerate(self.loads):
            marks += self._load(load, round(self.top + at * self.row, 1))
        height = self.bottom + 22 + (16 if self._more else 0)
        if self._more:
            marks.append(Text(self.left, height - 6, self._more, "soft"))
        return Picture("day", self.fit, self.width, height, _TITLE, self._says(), tuple(marks))

    @property
    def _more(self) -> str:
        more = len(self.day.loads) - len(self.loads)
        return f"and {more} more, in the table below" if more else ""

    def _says(self) -> str:
        bars = (f"{x.name} {self._hours_of(x)}" for x in self.loads)
        prices = [slot.price for slot in self.day.tariff] or [0.0]
        low, high = (money(price, self.day.currency) for price in (min(prices), max(prices)))
        return f"A kWh costs from {low} to {high}. {', '.join(bars)}."

    def _keys(self) -> list[Key]:
        some = self.loads
        keys = [Key("box", "run", "runs"), Key("line", "tariff", "price of a kWh")]
        if any(x.earliest or x.finish_by is not None for x in some):
            keys.append(Key("bracket", "limit", "not before, done by"))
        if any(x.quiet for x in some):
            keys.append(Key("box", "quiet", "may not run"))
        return keys

    def _prices(self) -> list[Mark]:
        marks: list[Mark] = []
        for price, label in zip(self.marked, self.labels, strict=True):
            y = self.prices(price)
            marks.append(Path(f"M{self.left} {y}H{round(self.right, 1)}", "grid"))
            marks.append(Text(round(self.right + 5, 1), y + 4, label, "soft"))
        return marks

    def _steps(self) -> list[Mark]:
        """The steps as a line, and the area between them and a price of zero."""
        slots = self.day.tariff
        if not slots:
            return []
        line = "".join(
            f"{'V' if at else f'M{self.times(slot.start)} '}{self.prices(slot.price)}"
            f"H{self.times(slot.end)}"
            for at, slot in enumerate(slots)
        )
        zero = self.prices(0)
        return [
            Path(f"{line}V{zero}H{self.times(slots[0].start)}Z", "tariff-area"),
            Path(line, "tariff"),
        ]

    def _hours(self) -> list[Mark]:
        marks: list[Mark] = []
        free = 0.0
        for at in self.day.hours(180 if self.wide else 360):
            x, label = self.times(at), self.day.wall(at)
            half = width(label) / 2
            middle = round(min(x, self.right - half), 1)
            if middle - half < free:
                continue
            free = middle + half + 4
            marks.append(Path(f"M{x} {self.bottom}v4", "axis"))
            marks.append(Text(middle, self.bottom + 16, label, "soft", "middle"))
        marks.append(Path(f"M{self.left} {self.bottom}H{round(self.right, 1)}", "axis"))
        return marks + self._change()

    def _change(self) -> list[Mark]:
        if self.day.change is None or not self.day.shift:
            return []
        x, hours = self.times(self.day.change), self.day.shift / 60
        label = f"clock {hours:+g} h"
        anchor: Anchor = "end" if x + width(label) > self.right else "start"
        return [
            Path(f"M{x} {self.top - 8}V{self.bottom}", "change"),
            Text(x, self.top - 11, label, "soft", anchor),
        ]

    def _hours_of(self, load: Load) -> str:
        return f"{self.day.wall(load.start)}–{self.day.wall(load.end)}"

    def _load(self, load: Load, top: float) -> list[Mark]:
        y = top + (self.row - _BAR) / 2 if self.wide else top + 22
        x = self.times(load.start)
        long = max(2.0, round(self.times(load.end) - x, 1))
        tip = f"{load.name}, {self._hours_of(load)}, {kwh(load.energy_kwh)}"
        marks: list[Mark] = [Path(f"M4 {top}H{round(self.right, 1)}", "row")]
        for a, b in load.quiet:
            left = self.times(a)
            wide = round(self.times(b) - left, 1)
            marks.append(Box(left, y - 3, wide, _BAR + 6, "quiet", 2, "may not run"))
        marks += [*self._limits(load, y), Box(x, y, long, _BAR, "run", 3, tip)]
        said = self._beside(load, top, y, x, x + long) if self.wide else self._above(load, top)
        return [*marks, *said]

    def _limits(self, load: Load, y: float) -> list[Mark]:
        marks: list[Mark] = []
        top, deep = y - 4, _BAR + 8
        if load.earliest:
            tip = f"not before {self.day.wall(load.earliest)}"
            marks.append(Path(f"M{self.times(load.earliest) + 5} {top}h-5v{deep}h5", "limit", tip))
        if load.finish_by is not None:
            tip = f"done by {self.day.wall(load.finish_by)}"
            marks.append(Path(f"M{self.times(load.finish_by) - 5} {top}h5v{deep}h-5", "limit", tip))
        return marks

    def _beside(self, load: Load, top: float, y: float, x: float, end: float) -> list[Mark]:
        """The name in the margin, the hours next to the bar on the side that has room."""
        room = self.left - 12
        return [
            Text(4, top + 18, cut(load.name, room, bold=True), "name"),
            Text(4, top + 33, cut(self._notes(load), room), "soft"),
            self._hours_near(load, y + _BAR - 3, x, end),
        ]

    def _hours_near(self, load: Load, base: float, x: float, end: float) -> Text:
        """After the bar or before it, beyond a limit rather than across it; within it where the bar
        leaves no room on either side."""
        hours = self._hours_of(load)
        wide = width(hours)
        by = self.right if load.finish_by is None else self.times(load.finish_by)
        since = self.times(load.earliest) if load.earliest else self.left
        if end + 6 + wide > by:
            before = x - 6 - wide
            after = [before if before > since else since - 6 - wide, by + 6, end + 6]
        else:
            after = [end + 6]
        for left in (*after, x - 6 - wide):
            if self.left <= left and left + wide <= self.right:
                return Text(round(left, 1), base, hours, "hours")
        return Text(round((x + end) / 2, 1), base, hours, "on", "middle")

    def _notes(self, load: Load) -> str:
        by = f", by {self.day.wall(load.finish_by)}" if load.finish_by is not None else ""
        return f"{kwh(load.energy_kwh)}{by}"

    def _above(self, load: Load, top: float) -> list[Mark]:
        said = f"{self._hours_of(load)}, {kwh(load.energy_kwh)}"
        room = self.right - self.left - width(said) - 10
        return [
            Text(self.left, top + 15, cut(load.name, room, bold=True), "name"),
            Text(round(self.right, 1), top + 15, said, "hours", "end"),
        ]
