"""The reference household as values, for the tests of this room."""

from __future__ import annotations

from doorstep.household.problem import Load, Problem, ScheduledLoad, Solution, TariffWindow
from doorstep.household.values import Device, Household, Reading

TEXT = """\
# Now
It is 18:30.

# Household memory
- The dishwasher has to be through before breakfast, about half past six, for clean bowls.
- It must not still be running once everyone is in bed, about 10.30 pm; Maya sleeps lightly.
- The EV is Mark's and must be charged before he leaves at 7 am.
- The robot vacuum often runs after lunch and today finished in the kitchen at about 16:10.

# Device facts
- Dishwasher: about 90 minutes, about 1.2 kWh, available now
- EV charger: about 120 minutes, about 14 kWh, available now
- Robot vacuum: last cycle ended 16:10, battery 78%, on its dock

# Tariff
17:00-20:00 $0.45; 20:00-00:00 $0.22; 00:00-06:00 $0.12; 06:00-17:00 $0.25
"""
TARIFF = tuple(
    TariffWindow(start=a, end=b, price=p)
    for a, b, p in (
        ("17:00", "20:00", 0.45),
        ("20:00", "00:00", 0.22),
        ("00:00", "06:00", 0.12),
        ("06:00", "17:00", 0.25),
    )
)
DISHES = Load(
    id="load_A",
    duration_min=90,
    energy_kwh=1.2,
    earliest_start="18:30",
    finish_by="06:30",
    quiet_by="22:30",
)
EV = Load(id="load_B", duration_min=120, energy_kwh=14.0, earliest_start="18:30", finish_by="07:00")
PROBLEM = Problem(now="18:30", target="load_A", loads=(DISHES, EV), tariff=TARIFF)
MAPPING = {"load_A": "Dishwasher", "load_B": "EV charger"}
HOUSEHOLD = Household(
    now="18:30",
    memory=tuple(line[2:] for line in TEXT.splitlines()[4:8]),
    devices=(
        Device("Dishwasher", "", 90, 1.2),
        Device("EV charger", "", 120, 14.0),
        Device("Robot vacuum", "", available=False),
    ),
    tariff=TARIFF,
    text=TEXT,
)
READING = Reading(PROBLEM, MAPPING, "Dishwasher")


def solution(*entries: tuple[str, str, str], recommendation: str = "run_later") -> Solution:
    rows = entries or (("load_A", "20:00", "21:30"), ("load_B", "00:00", "02:00"))
    return Solution.model_validate(
        {
            "recommendation": recommendation,
            "proposed_schedule": [
                ScheduledLoad(load_id=key, start=start, end=end) for key, start, end in rows
            ],
        }
    )
