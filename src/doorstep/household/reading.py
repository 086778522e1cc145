"""From limits to a reading: the loads are lettered, and each gets its limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from doorstep._errors import BadInput
from doorstep.household.clock import clock_change_for
from doorstep.household.problem import Load, Problem, load_ids
from doorstep.household.times import DAY, clock, minutes
from doorstep.household.values import Device, Doubt, Household, Limit, Reading


def build_reading(
    household: Household,
    target: Device,
    limits: Sequence[Limit],
    *,
    gone: Iterable[str] = (),
    doubts: Sequence[Doubt] = (),
) -> Reading:
    """The target is load_A, the other devices that can run follow in the file's order.

    `gone` are devices that the notes say cannot run. BadInput where the target is one of them.
    """
    missing = frozenset(gone)
    loads = [d for d in household.devices if can_run(d) and d.name not in missing]
    if target not in loads:
        raise BadInput(
            "The household file says that the device in the question cannot run now.",
            hint="Ask about another one, or correct its line under Device facts.",
        )
    loads = [target, *(device for device in loads if device is not target)]
    ids = load_ids(len(loads))
    now = minutes(household.now)
    problem = Problem(
        now=household.now,
        target=ids[0],
        loads=tuple(_load(i, d, limits, now) for i, d in zip(ids, loads, strict=True)),
        tariff=household.tariff,
        power_limit_kw=household.power_limit_kw,
        clock_change=clock_change_for(household.date, household.timezone, household.now),
    )
    mapping = {i: d.name for i, d in zip(ids, loads, strict=True)}
    names = set(mapping.values())
    return Reading(
        problem,
        mapping,
        target.name,
        tuple(limit for limit in limits if limit.device in names),
        tuple(doubt for doubt in doubts if doubt.device in names),
    )


def can_run(device: Device) -> bool:
    """Whether the device facts say all that scheduling needs."""
    return device.available and device.duration_min is not None and device.energy_kwh is not None


def _load(load_id: str, device: Device, limits: Sequence[Limit], now: int) -> Load:
    mine = [x for x in limits if x.device == device.name]

    def ahead(time: str) -> int:
        return (minutes(time) - now) % DAY

    starts = [x.time for x in mine if x.kind == "not_before"]
    ends = [x.time for x in mine if x.kind == "finish_by"]
    quiet_by, quiet_until = _quiet(mine, now)
    assert device.duration_min is not None and device.energy_kwh is not None
    return Load(
        id=load_id,
        duration_min=device.duration_min,
        energy_kwh=device.energy_kwh,
        earliest_start=max(starts, key=ahead) if starts else clock(now),
        finish_by=min(ends, key=ahead) if ends else None,
        quiet_by=quiet_by,
        quiet_until=quiet_until,
    )


def _quiet(limits: Sequence[Limit], now: int) -> tuple[str | None, str | None]:
    """The first quiet time from now on, one that has begun included; overlapping ones join.

    A quiet time with an end counts as begun where its end comes round before its beginning.
    """
    begins = [x for x in limits if x.kind == "quiet_by"]
    ends = [x for x in limits if x.kind == "quiet_until"]
    spans: list[tuple[int, int, Limit, Limit | None]] = []
    for b in begins:
        at = (minutes(b.time) - now) % DAY
        near = [e for e in ends if e.bullet == b.bullet] or ends
        end = min(near, key=lambda e: (minutes(e.time) - minutes(b.time)) % DAY) if near else None
        length = (minutes(end.time) - minutes(b.time)) % DAY if end else DAY
        spans.append((at - DAY if end and at + length > DAY else at, length, b, end))
    if not spans:
        return None, None
    spans.sort(key=lambda s: s[0])
    at, length, first, until = spans[0]
    for start, long, _, end in spans[1:]:
        if until is not None and end is not None and start <= at + length < start + long:
            length, until = start + long - at, end
    if until is None:
        later = [s[3] for s in spans if s[3] is not None]
        until = later[0] if later else None
    return first.time, until.time if until else None
