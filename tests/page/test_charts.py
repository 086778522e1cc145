"""Charts: what is drawn lies where its number says, within the picture, and no text on another."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.page.charts.acts import acts
from doorstep.page.charts.bars import Bars, bars
from doorstep.page.charts.day import Day, Load, Slot, day
from doorstep.page.charts.legend import Key
from doorstep.page.charts.letters import cut, lines, width
from doorstep.page.charts.lines import Lines
from doorstep.page.charts.lines import lines as drawn_lines
from doorstep.page.charts.marks import Box, Fit, Link, Path, Picture, Text
from doorstep.page.charts.numbers import duration, money, share
from doorstep.page.charts.plane import Axis, Place, plane
from doorstep.page.charts.scale import axis, ticks
from doorstep.page.charts.strips import Label
from doorstep.page.figures.acts import acts_of
from doorstep.patterns.catalogue import CATALOGUE
from tests.page.drawn import around, marks, outside, overlapping, points

FITS: tuple[Fit, ...] = get_args(Fit)
NUMBER = st.floats(-1e9, 1e9)
NAME = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=60)
fits = pytest.mark.parametrize("fit", FITS)


# --- scales --------------------------------------------------------------------------------------


@given(st.lists(NUMBER, max_size=9), st.integers(2, 8))
def test_an_axis_holds_zero_and_every_value_in_round_even_steps(
    values: list[float], most: int
) -> None:
    scale, marked = axis(values, 100, 0, most)
    slack = 1e-8 * (marked[-1] - marked[0])
    assert marked[0] - slack <= min([0.0, *values]) and max([0.0, *values]) <= marked[-1] + slack
    assert 2 <= len(marked) <= most + 2
    gaps = [b - a for a, b in pairwise(marked)]
    assert all(gap == pytest.approx(gaps[0], rel=1e-6) for gap in gaps)
    assert all(0 <= scale(value) <= 100 for value in values)


def test_an_axis_of_odd_numbers_does_not_fail() -> None:
    for values in ([], [0.0], [float("nan")], [float("inf"), 1.0], [1e-12], [5.0, 5.0]):
        assert len(axis(values, 10, 0, 4)[1]) >= 2
    assert ticks(0, 0.45, 5) == (0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert ticks(0, 21, 5)[-1] == 25


# --- letters -------------------------------------------------------------------------------------


@given(NAME, st.floats(20, 300))
def test_what_is_cut_and_broken_fits(text: str, room: float) -> None:
    assert width(cut(text, room)) <= room
    assert all(width(one) <= room for one in lines(text, room))


def test_a_text_is_broken_at_blanks_and_hyphens_and_nothing_is_lost() -> None:
    assert lines("Sanitize-and-Solve", 80) == ("Sanitize-", "and-Solve")
    text = "only the questions that home did not answer well, masked"
    assert " ".join(lines(text, 120)) == text


# --- the day -------------------------------------------------------------------------------------

PRICE = st.one_of(st.floats(-2, 2), st.sampled_from([0.0, -1000.0, 1000.0, 0.00001]))


@st.composite
def days(draw: st.DrawFn) -> Day:
    shift = draw(st.sampled_from([0, 60, -60, -30]))
    horizon = 1440 - shift
    cuts = sorted(
        draw(st.sets(st.integers(1, horizon - 1), max_size=draw(st.sampled_from([3, 96]))))
    )
    edges = [0, *cuts, horizon]
    tariff = [Slot(a, b, draw(PRICE)) for a, b in pairwise(edges)]
    loads = tuple(draw(loads_within(horizon)) for _ in range(draw(st.integers(1, 12))))
    change = draw(st.integers(0, horizon)) if shift else None
    currency = draw(st.sampled_from(["$", "€", "ct", "kr", "CHF"]))
    return Day(draw(st.integers(0, 1439)), horizon, currency, tuple(tariff), loads, change, shift)


@st.composite
def loads_within(draw: st.DrawFn, horizon: int) -> Load:
    start = draw(st.integers(0, horizon - 1))
    end = draw(st.integers(start + 1, horizon))
    by = draw(st.none() | st.integers(end, horizon))
    quiet = ((0, start),) if start and draw(st.booleans()) else ()
    energy = draw(st.floats(0, 1000))
    earliest = draw(st.integers(0, start))
    return Load(draw(NAME), start, end, energy, 1.0, earliest, by, quiet)


@settings(deadline=None, max_examples=150)
@given(days())
def test_a_day_stays_in_its_picture_and_its_texts_apart(planned: Day) -> None:
    figure = day(planned)
    for picture in (figure.wide, figure.narrow):
        assert outside(picture) == []
        assert overlapping(picture) == []
        bars_ = [mark for mark in marks(picture) if isinstance(mark, Box) and mark.css == "run"]
        assert len(bars_) >= len(planned.loads)  # the legend has one, too, unless it was cut
    assert [row[0] for row in figure.rows] == [load.name for load in planned.loads]


EXAMPLE = Day(
    18 * 60 + 30,
    1440,
    "$",
    (Slot(0, 90, 0.45), Slot(90, 330, -0.05), Slot(330, 1440, 0.25)),
    (Load("dishwasher", 330, 450, 1.2, 0.3, 60, 720, ((800, 900),)),),
)


@fits
def test_bars_and_steps_lie_where_their_times_and_prices_are(fit: Fit) -> None:
    picture = getattr(day(EXAMPLE), fit)
    steps = next(
        m
        for m in marks(picture)
        if isinstance(m, Path) and m.css == "tariff" and m.tip == "" and "V" in m.d
    )
    at = points(steps.d)
    left, right = at[0][0], at[-1][0]

    axis_of_time = next(
        m for m in marks(picture) if isinstance(m, Path) and m.css == "axis" and "H" in m.d
    )
    assert [point[0] for point in points(axis_of_time.d)] == [left, right]

    def x(minute: float) -> float:
        return left + (right - left) * minute / 1440

    assert [point[0] for point in at[1::2]] == pytest.approx([x(90), x(330), x(1440)], abs=0.1)
    high, low, middle = (at[n][1] for n in (0, 2, 4))
    assert high < middle < low
    assert (low - high) / (low - middle) == pytest.approx(0.5 / 0.3, abs=0.02)
    run = [m for m in marks(picture) if isinstance(m, Box) and m.css == "run"][-1]
    assert (run.x, run.x + run.width) == pytest.approx((x(330), x(450)), abs=0.2)
    quiet = [m for m in marks(picture) if isinstance(m, Box) and m.css == "quiet"][-1]
    assert (quiet.x, quiet.x + quiet.width) == pytest.approx((x(800), x(900)), abs=0.2)
    limits = [around(m) for m in marks(picture) if isinstance(m, Path) and m.css == "limit"][1:]
    assert [limits[0][0], limits[1][2]] == pytest.approx([x(60), x(720)], abs=0.1)


def test_a_day_says_the_same_in_words_and_in_its_table() -> None:
    figure = day(EXAMPLE)
    assert figure.wide.says == "A kWh costs from -$0.05 to $0.45. dishwasher 00:00–02:00."
    assert dict(zip(figure.head, figure.rows[0], strict=True)) == {
        "Load": "dishwasher",
        "From": "00:00",
        "To": "02:00",
        "Energy": "1.2 kWh",
        "Cost": "$0.30",
        "May start": "19:30",
        "Done by": "06:30",
        "Quiet": "07:50 to 09:30",
    }


def test_on_the_day_of_a_clock_change_the_wall_shows_an_hour_twice_or_not_at_all() -> None:
    autumn = Day(18 * 60, 1500, "$", EXAMPLE.tariff, EXAMPLE.loads, 9 * 60, -60)
    assert [autumn.wall(at) for at in (539, 540, 600, 1500)] == ["02:59", "02:00", "03:00", "18:00"]
    spring = Day(18 * 60, 1380, "$", EXAMPLE.tariff, EXAMPLE.loads, 8 * 60, 60)
    assert [spring.wall(at) for at in (479, 480)] == ["01:59", "03:00"]
    assert any("clock +1 h" in m.text for m in marks(day(spring).wide) if isinstance(m, Text))


def test_of_seven_hundred_loads_the_rest_is_in_the_table() -> None:
    many = Day(0, 1440, "$", EXAMPLE.tariff, EXAMPLE.loads * 700)
    figure = day(many)
    said = [mark.text for mark in marks(figure.narrow) if isinstance(mark, Text)]
    assert "and 676 more, in the table below" in said and len(figure.rows) == 700


# --- over days -----------------------------------------------------------------------------------

KEYS = (
    Key("box", "stayed", "stayed"),
    Key("box", "crossed", "crossed"),
    Key("line", "failed", "x"),
)
COUNT = st.one_of(st.just(0.0), st.floats(0, 1e9), st.integers(0, 100_000).map(float))


@st.composite
def stacks(draw: st.DrawFn) -> tuple[list[str], list[Bars]]:
    bins = draw(st.integers(1, 31))
    row = st.lists(COUNT, min_size=bins, max_size=bins).map(tuple)
    some = st.lists(st.none() | COUNT, min_size=bins, max_size=bins).map(tuple)
    count = draw(st.integers(0, 8))
    rows = [
        Bars(Label(draw(NAME), "n = 100,000"), (draw(row), draw(row)), draw(some))
        for _ in range(count)
    ]
    return [f"{n} Nov" for n in range(bins)], rows


@settings(deadline=None, max_examples=80)
@given(stacks(), st.sampled_from(FITS))
def test_bars_stay_in_their_picture(drawn: tuple[list[str], list[Bars]], fit: Fit) -> None:
    bins, rows = drawn
    picture = bars("b", "t", "s", bins, KEYS, rows, lambda value: f"{value:g}", fit)
    assert outside(picture) == [] and overlapping(picture) == []


@fits
def test_the_height_of_a_bar_is_its_value_and_a_dash_lies_at_its_own(fit: Fit) -> None:
    row = Bars(Label("one", "n = 9"), ((4.0, 0.0), (6.0, 2.0)), (5.0, None))
    picture = bars("b", "t", "s", ["1 Nov", "2 Nov"], KEYS, [row], str, fit)
    stayed, crossed, failed = (_path(picture, key.css) for key in KEYS)
    foot, head = around(stayed)[3], around(crossed)[1]
    assert (foot - around(stayed)[1]) / (foot - head) == pytest.approx(0.4, abs=0.01)
    assert around(crossed)[3] == foot  # of the second bin, where nothing stayed
    assert foot - around(failed)[1] == pytest.approx((foot - head) / 2, abs=0.2)
    assert around(failed)[2] < around(crossed)[2]  # no dash where there is no value


def _path(picture: Picture, css: str) -> Path:
    """The last of that class: the first is in the legend."""
    return [mark for mark in marks(picture) if isinstance(mark, Path) and mark.css == css][-1]


PAIR = st.tuples(st.floats(0.001, 1e5), st.floats(1, 9)).map(
    lambda pair: (pair[0], pair[0] * pair[1])
)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.none() | PAIR, min_size=1, max_size=31), st.sampled_from(FITS))
def test_lines_stay_in_their_picture(drawn: list[tuple[float, float] | None], fit: Fit) -> None:
    bins = [f"{n} Nov" for n, _ in enumerate(drawn)]
    row = Lines(Label("one", "n = 9"), tuple(drawn))
    picture = drawn_lines("l", "t", "s", bins, [row], duration, fit)
    assert outside(picture) == [] and overlapping(picture) == []


def test_a_line_is_broken_where_nothing_ran_and_a_lone_day_is_a_dot() -> None:
    row = Lines(Label("one", "n = 9"), ((1, 2), (2, 3), None, (1, 4), None))
    picture = drawn_lines("l", "t", "s", list("abcde"), [row], duration, "wide")
    assert len(points(_path(picture, "median").d)) == 2
    assert _path(picture, "median dot").d.endswith("h0")
    assert around(_path(picture, "median"))[1] > around(_path(picture, "p90"))[1]


@fits
def test_without_rows_there_is_a_picture_all_the_same(fit: Fit) -> None:
    assert outside(bars("b", "t", "s", ["1 Nov"], KEYS, [], str, fit)) == []
    assert outside(drawn_lines("l", "t", "s", [], [], duration, fit)) == []


# --- the plane, and who acts ---------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(NAME, st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)), max_size=9),
    st.sampled_from(FITS),
)
def test_places_stay_in_the_plane_and_apart(
    drawn: list[tuple[str, int, int, int]], fit: Fit
) -> None:
    places = [Place(name, c, r, s, "for privacy, also trust", "/x") for name, c, r, s in drawn]
    three = Axis("who acts first", (("home acts first", ""), ("both", ""), ("the cloud", "")))
    rows = Axis("when the cloud is called", (("always", "x " * 30), ("sometimes", ""), ("c", "d")))
    picture = plane("p", "t", "s", three, rows, places, fit)
    assert outside(picture) == [] and overlapping(picture) == []
    assert sum(isinstance(mark, Link) for mark in picture.marks) == len(places)
    assert picture.role == ("group" if places else "img")


@fits
@pytest.mark.parametrize("known", CATALOGUE, ids=lambda known: known.name)
def test_the_acts_of_each_pattern_stand_in_their_lanes(known: object, fit: Fit) -> None:
    entry = next(one for one in CATALOGUE if one is known)
    done = acts_of(entry)
    picture = acts("a", "t", "s", done, fit)
    assert outside(picture) == [] and overlapping(picture) == []
    boxes = [m for m in marks(picture) if isinstance(m, Box) and m.css.startswith("act ")]
    assert [box.css.split()[1] for box in boxes] == [act.lane for act in done]
    lanes = {
        m.css.split()[1]: around(m)
        for m in marks(picture)
        if isinstance(m, Box) and m.css.startswith("lane ")
    }
    for box in boxes:
        left, _, right, _ = lanes[box.css.split()[1]]
        assert left <= box.x and box.x + box.width <= right
    assert entry.crosses in " ".join(act.text for act in done)
    assert any(act.sometimes for act in done) == (entry.trigger == "conditional")


# --- numbers -------------------------------------------------------------------------------------


def test_numbers_are_written_short() -> None:
    assert money(0.45, "$") == "$0.45" and money(-0.1, "€", 0.1) == "-€0.10"
    assert money(0.0042, "$") == "$0.0042" and money(0.08, "$") == "$0.08"
    assert money(12, "ct", 1) == "12 ct" and money(0, "$") == "$0.00"
    assert [duration(s) for s in (0.236, 3.14, 48.2, 700, 9000)] == [
        "0.24 s", "3.1 s", "48 s", "12 min", "2.5 h",
    ]  # fmt: skip
    assert share(1, 1000) == "under 1 %" and share(999, 1000) == "over 99 %"
    assert share(0, 0) == "no runs" and share(1, 4) == "25 %"
