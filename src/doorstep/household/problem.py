"""The anonymous scheduling problem: what may cross, and its answer.

Safe by construction: a field holds a time, minutes, kWh, a price or an anonymous id, never text
that somebody wrote. Times are wall-clock HH:MM; each means its first occurrence at or after
`now`, so that a problem spans the next 24 hours.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

HHMM = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
LoadId = Annotated[str, StringConstraints(pattern=r"^load_[A-Z]{1,2}$")]
Recommendation = Literal["run_now", "run_later"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Load(_Strict):
    """One load that has to run once, uninterrupted.

    It may not start before `earliest_start` nor end after `finish_by`. It may not run between
    `quiet_by` and `quiet_until`; where there is a `quiet_by` and no `quiet_until`, it has to be
    through by `quiet_by`.
    """

    id: LoadId
    duration_min: Annotated[int, Field(ge=1, le=1440)]
    energy_kwh: Annotated[float, Field(ge=0, le=1000)]
    earliest_start: HHMM
    finish_by: HHMM | None = None
    quiet_by: HHMM | None = None
    quiet_until: HHMM | None = None


class TariffWindow(_Strict):
    """`price` per kWh from `start` to `end`, every day; across midnight where end <= start."""

    start: HHMM
    end: HHMM
    price: Annotated[float, Field(ge=-1000, le=1000)]


class ClockChange(_Strict):
    """At wall time `at` the clock jumps by `shift_min` (+60 in spring, -60 in autumn)."""

    at: HHMM
    shift_min: Annotated[int, Field(ge=-120, le=120)]


class Problem(_Strict):
    """What the cloud is asked: when should each load start, and should `target` start now?"""

    now: HHMM
    target: LoadId
    loads: Annotated[tuple[Load, ...], Field(min_length=1, max_length=702)]
    tariff: Annotated[tuple[TariffWindow, ...], Field(min_length=1, max_length=200)]
    clock_change: ClockChange | None = None
    power_limit_kw: Annotated[float, Field(gt=0, le=10000)] | None = None


class ScheduledLoad(_Strict):
    """When one load runs."""

    load_id: LoadId
    start: HHMM
    end: HHMM
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


class Solution(_Strict):
    """What the cloud returns."""

    recommendation: Recommendation
    proposed_schedule: Annotated[tuple[ScheduledLoad, ...], Field(max_length=702)]
    reasoning: Annotated[str, StringConstraints(max_length=20000)] = ""


def load_ids(count: int) -> tuple[str, ...]:
    """load_A … load_Z, load_AA … as many as asked for."""
    letters = [chr(c) for c in range(ord("A"), ord("Z") + 1)]
    names = letters + [a + b for a in letters for b in letters]
    return tuple(f"load_{name}" for name in names[:count])


HHMM_RE = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
