"""The anonymous problem as text for the cloud: constants and typed slots, nothing else.

Labelled lines with the schema's own field names: a model reads them without an explanation of
their own, and `SHAPE` can say of every character where it comes from. `parse_rendered` is the
inverse.
"""

from __future__ import annotations

import re
from decimal import Decimal

from doorstep._errors import BadInput
from doorstep.household.problem import ClockChange, Load, Problem, TariffWindow
from doorstep.household.violations import FEEDBACK_RE, LOAD_ID

CLOUD_INSTRUCTIONS = """\
You solve an anonymous scheduling problem exactly: when should each load start so that the total
cost is as low as possible, and should the target start now or later?

The problem
- Times are HH:MM on a 24-hour clock. Each means its first occurrence at or after now, so that the
  problem spans the next 24 hours. 02:00 with now=18:30 is in the coming night.
- target is the load that the recommendation is about.
- Each load runs exactly once, without a break, for duration_min minutes, and uses energy_kwh
  spread evenly over them.
- It starts no earlier than earliest_start. It ends no later than finish_by, where given;
  finish_by equal to now means 24 hours from now.
- quiet_by and quiet_until, where given: the load does not run between the two. It can run again
  after quiet_until. Where quiet_until comes before quiet_by, the quiet time is on already: the
  load does not run from now until quiet_until, nor from quiet_by on. With quiet_by and no
  quiet_until, the load ends no later than quiet_by. With quiet_until and no quiet_by, it does not
  run before quiet_until.
- tariff lines give the cost per kWh from start to end, every day; where the end is not after the
  start, the stretch goes past midnight. It can be negative.
- clock_change, where given: at that time the clock jumps by shift_min minutes.
- power_limit_kw, where given: the loads that run at the same time draw no more than this together;
  a load draws energy_kwh * 60 / duration_min.

The answer
- Among all starts that keep to the rules, to the minute, take those with the lowest total cost.
  Of starts that cost the same take the earliest, for the target first.
- proposed_schedule has one entry for each load: load_id, start, end, and a short reason. The end
  is the start plus duration_min.
- recommendation is run_now if and only if the target starts at now; otherwise it is run_later.
- reasoning says in a sentence or two how the cost compares.
- Use the load ids as they are given. Compute the cost of each candidate before you answer.
"""

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_NUMBER = r"-?[0-9]{1,5}(?:\.[0-9]{1,340})?"
_LIMITS = ("finish_by", "quiet_by", "quiet_until")

_LOAD = (
    rf"load {LOAD_ID}: duration_min=[0-9]{{1,4}} energy_kwh={_NUMBER} earliest_start={_TIME}"
    + "".join(rf"(?: {name}={_TIME})?" for name in _LIMITS)
)
_TARIFF = rf"tariff {_TIME}-{_TIME}: {_NUMBER}"
_BLOCK = (
    rf"now={_TIME}\ntarget={LOAD_ID}(?:\n{_LOAD})+(?:\n{_TARIFF})+"
    rf"(?:\nclock_change at={_TIME} shift_min=-?[0-9]{{1,3}})?"
    rf"(?:\npower_limit_kw={_NUMBER})?"
)
# A problem, and what the last answer got wrong, where something did.
SHAPE = re.compile(rf"{_BLOCK}(?:\n{FEEDBACK_RE.pattern})?\n?", re.ASCII)
_PROBLEM = re.compile(_BLOCK, re.ASCII)


def render(problem: Problem) -> str:
    """The problem in lines; the same problem gives the same text, and `SHAPE` matches it."""
    lines = [f"now={problem.now}", f"target={problem.target}"]
    lines += [_load(load) for load in problem.loads]
    lines += [f"tariff {w.start}-{w.end}: {_number(w.price)}" for w in problem.tariff]
    if (change := problem.clock_change) is not None:
        lines.append(f"clock_change at={change.at} shift_min={change.shift_min}")
    if problem.power_limit_kw is not None:
        lines.append(f"power_limit_kw={_number(problem.power_limit_kw)}")
    return "\n".join(lines)


def parse_rendered(text: str) -> Problem:
    """The problem that `render` wrote; of several in a text the last. BadInput where none is."""
    found = _PROBLEM.findall(text)
    if not found:
        raise BadInput(
            "The text holds no scheduling problem.", hint="Send it as the instructions say."
        )
    lines = found[-1].split("\n")
    rest = dict(line.split("=", 1) for line in lines if re.match(r"(?:now|target|power)", line))
    change = next((_pairs(line) for line in lines if line.startswith("clock_change ")), None)
    return Problem(
        now=rest["now"],
        target=rest["target"],
        loads=tuple(_read_load(line) for line in lines if line.startswith("load ")),
        tariff=tuple(_read_window(line) for line in lines if line.startswith("tariff ")),
        clock_change=ClockChange.model_validate(change) if change else None,
        power_limit_kw=float(rest["power_limit_kw"]) if "power_limit_kw" in rest else None,
    )


def _load(load: Load) -> str:
    parts = [
        f"load {load.id}:",
        f"duration_min={load.duration_min}",
        f"energy_kwh={_number(load.energy_kwh)}",
        f"earliest_start={load.earliest_start}",
    ]
    given = ((name, getattr(load, name)) for name in _LIMITS)
    return " ".join(parts + [f"{name}={time}" for name, time in given if time is not None])


def _number(number: float) -> str:
    """Every digit that the float has, and no exponent."""
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0")


def _pairs(line: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in line.split() if "=" in pair)


def _read_load(line: str) -> Load:
    return Load.model_validate({"id": line.split()[1].rstrip(":"), **_pairs(line)})


def _read_window(line: str) -> TariffWindow:
    _, hours, price = line.split()
    return TariffWindow(start=hours[:5], end=hours[6:11], price=float(price))
