# ruff: noqa: E501
"""The household file's layout, and what is refused."""

from __future__ import annotations

import time

import pytest

from doorstep._errors import BadInput
from doorstep.household.parse import MAX_BYTES, parse

TARIFF = "17:00-20:00 $0.45\n20:00-00:00 $0.22\n00:00-06:00 $0.12\n06:00-17:00 $0.25\n"
WINDOWS = [("17:00", "20:00"), ("20:00", "00:00"), ("00:00", "06:00"), ("06:00", "17:00")]


def make(
    now: str = "18:30",
    memory: str = "- Quiet.",
    facts: str = "- dishwasher: 90 min, 1.2 kWh",
    tariff: str = TARIFF,
) -> str:
    return (
        f"# Now\n{now}\n# Household memory\n{memory}\n# Device facts\n{facts}\n# Tariff\n{tariff}\n"
    )


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("18:30", "18:30"),
        ("It is 6.30 pm.", "18:30"),
        ("now: 07:15", "07:15"),
        ("Tuesday, 21:05", "21:05"),
        ("2026-11-24 21:05 Europe/Zurich", "21:05"),
        ("It's noon.", "12:00"),
        ("18h05", "18:05"),
        ("half past six in the evening", "18:30"),
        ("1:30 pm", "13:30"),
        ("07:40, just in", "07:40"),
    ],
)
def test_now(said: str, now: str) -> None:
    assert parse(make(now=said)).now == now


def test_date_and_zone() -> None:
    house = parse(make(now="2026-10-25 00:30, Europe/Berlin"))
    assert str(house.date) == "2026-10-25"
    assert house.timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    "style",
    ["# {}", "### {}:", "**{}**", "{}:", "__{}__", "== {} ==", "{}\n-----", "## 1. {}", "* {} *"],
)
def test_headings_in_any_decoration_order_and_case(style: str) -> None:
    parts = [
        style.format("TARIFF") + "\n" + TARIFF,
        style.format("device facts") + "\n- dishwasher: 90 min, 1.2 kWh\n",
        style.format("Household Memory") + "\n- One.\n- Two.\n",
        style.format("now") + "\n18:30\n",
    ]
    house = parse("\n".join(parts))
    assert house.now == "18:30"
    assert house.memory == ("One.", "Two.")
    assert house.devices[0].name == "dishwasher"
    assert len(house.tariff) == 4


def test_a_heading_with_its_content_on_the_same_line() -> None:
    assert parse(make().replace("# Now\n18:30", "Now: 18:30")).now == "18:30"


def test_notes_as_bullets_wrapped_lines_and_paragraphs() -> None:
    bullets = "- One is a long line that somebody wrapped at about sixty characters\n  and went on.\n- Two."
    assert len(parse(make(memory=bullets)).memory) == 2
    assert parse(make(memory="dryer off by 22:00\nwasher done by 7")).memory == (
        "dryer off by 22:00",
        "washer done by 7",
    )


@pytest.mark.parametrize(
    ("line", "minutes", "kwh"),
    [
        ("dishwasher: about 90 minutes, about 1.2 kWh, available now", 90, 1.2),
        ("washing machine – 2 h, 0.9 kWh, free from 19:00", 120, 0.9),
        ("Dryer takes 1 h 15 min and draws 2.4 kWh; available now", 75, 2.4),
        ("EV charger | 3 hours | 22 kWh | plugged in", 180, 22.0),
        ("EV charger: 4 h, 3 kWh", 240, 3.0),
        ("Kiln: an hour and a half, 900 Wh", 90, 0.9),
        ("Sauna: 2 hours 15, 9 kWh", 135, 9.0),
        ("Pump: 2 kW for 90 minutes", 90, 3.0),
        ("Oven: 1.5 h, 3,5 kWh", 90, 3.5),
        ("Heater: 1h30, 2000 W", 90, 3.0),
        ("Boiler: three quarters of an hour, 1 kWh", 45, 1.0),
        ("3D printer: 9 h, 1.1 kWh, filament loaded", 540, 1.1),
        ("Printer 1 - 5 h 20 min, 1.6 kWh", 320, 1.6),
    ],
)
def test_duration_and_energy(line: str, minutes: int, kwh: float) -> None:
    (device,) = parse(make(facts="- " + line)).devices
    assert device.duration_min == minutes
    assert device.energy_kwh == pytest.approx(kwh)
    assert line.lower().startswith(device.name.lower())


@pytest.mark.parametrize(
    ("said", "wait", "available"),
    [
        ("available now", None, True),
        ("plugged in", None, True),
        ("available from 20:00", "20:00", True),
        ("free at 21:15", "21:15", True),
        ("back home at 19:30", "19:30", True),
        ("away until 19:30", "19:30", True),
        ("available from 7 pm", "19:00", True),
        ("free in half an hour", "19:00", True),
        ("not available today", None, False),
        ("broken", None, False),
        ("unplugged", None, False),
        ("finished at 16:10", None, False),
        ("car away", None, False),
    ],
)
def test_availability(said: str, wait: str | None, available: bool) -> None:
    (device,) = parse(make(facts=f"- dryer: 90 min, 2 kWh, {said}")).devices
    assert device.available_from == wait
    assert device.available is available


def test_devices_in_a_table_and_over_several_lines() -> None:
    table = "| Device | Duration (min) | Energy (kWh) |\n|---|---|---|\n| Dryer | 90 | 2.4 |"
    (device,) = parse(make(facts=table)).devices
    assert (device.name, device.duration_min, device.energy_kwh) == ("Dryer", 90, 2.4)
    (device,) = parse(make(facts="- Dryer\n  - 90 minutes\n  - 2.4 kWh")).devices
    assert (device.duration_min, device.energy_kwh) == (90, 2.4)


@pytest.mark.parametrize(
    ("lines", "prices", "currency"),
    [
        ("17.00–20.00: 45 ct/kWh\n20.00–17.00: 12 ct/kWh", [45, 12], "ct"),
        ("Peak (5pm to 8pm): €0.45\nelse (8pm to 5pm): €0.1234", [0.45, 0.1234], "€"),
        ("00:00 to 06:00 at 12p\n06:00 to 24:00 at 30p", [12, 30], "p"),
        (
            "| Hours | Price |\n|---|---|\n| 17:00-20:00 | 0.45 |\n| 20:00-17:00 | 0.22 |",
            [0.45, 0.22],
            "$",
        ),
        ("| 17:00 | 20:00 | 0.45 |\n| 20:00 | 17:00 | 0.22 |", [0.45, 0.22], "$"),
        ("€0.45 from 17:00 to 20:00; €0.22 from 20:00 to 17:00", [0.45, 0.22], "€"),
        ("17:00-20:00 $0.45\nall other times $0.2", [0.45, 0.2], "$"),
        ("00:00-06:00 0.12\n06:00-24:00 0.25", [0.12, 0.25], "$"),
        ("10 pm to 6 am: 6 ct\n6 am to 10 pm: 11 ct", [6, 11], "ct"),
        ("17-20 h: 0.45\n20-17 h: 0.22", [0.45, 0.22], "$"),
        ("00:00-06:00: -2 ct\n06:00-00:00: 3 ct", [-2, 3], "ct"),
    ],
)
def test_tariff_layouts(lines: str, prices: list[float], currency: str) -> None:
    house = parse(make(tariff=lines))
    assert [w.price for w in house.tariff] == prices
    assert house.currency == currency


def test_tariff_windows_as_written() -> None:
    assert [(w.start, w.end) for w in parse(make()).tariff] == WINDOWS


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "empty"),
        (b"  \n ", "empty"),
        (b"\xff\xfe\x00secret", "UTF-8"),
        (b"# Now\x00 secret", "binary"),
        ("# Now\n18:30\n# Tariff\n" + TARIFF, "Household memory, Device facts"),
        (make(now="secret"), "Now gives no time"),
        (make(now="25:00 secret"), "Now holds an impossible time"),
        (make(memory="secret at 25:00"), "Household memory holds an impossible time"),
        (make(facts="- secret: 90 min, from 12:75"), "Device facts holds an impossible time"),
        (make(facts=""), "no device"),
        (make(facts="- secret: 1 h\n- Secret: 2 h"), "same device name"),
        (make(tariff="17:00-20:00 $0.45 secret"), "gap: 20:00-17:00"),
        (make(tariff="00:00-24:00 $0.45\n03:00-04:00 $1 secret"), "overlapping hours: 03:00-04:00"),
        (make(tariff="secret"), "Tariff gives no price"),
    ],
)
def test_bad_input_says_what_and_quotes_nothing(source: str | bytes, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(source)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value).lower()
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_five_megabytes_are_refused_at_once() -> None:
    began = time.perf_counter()
    for source in ("a b " * 1_310_720, b"a b " * 1_310_720):
        with pytest.raises(BadInput, match="too large"):
            parse(source)
    assert time.perf_counter() - began < 0.5


def test_the_largest_file_is_read_in_time() -> None:
    note = "- The lamp stood there since 12:15, said a man who came by at seven.\n"
    text = make(memory=note * ((MAX_BYTES - 2000) // len(note)))
    began = time.perf_counter()
    parse(text)
    assert time.perf_counter() - began < 5
