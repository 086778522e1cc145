"""Blinding who is who: loads are sorted by what they say, lettered anew, the target not named.

Sorted, not shuffled: the place of a load then tells nothing that its numbers do not tell. Where
no power limit ties the loads together, the target matters to nothing but the recommendation, and
home makes that itself; under a limit, ties go to the target first, so it has to be named.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.household.blind_step import Schedule, Span, changed
from doorstep.household.problem import Load, Problem, load_ids


@dataclass(frozen=True, slots=True)
class Order:
    """`ids` are the ids before, in the order in which the loads cross."""

    ids: tuple[str, ...]
    hides_target: bool

    @property
    def told(self) -> str:
        return f"order: sorted anew{', the one asked about not named' if self.hides_target else ''}"

    def forward(self, problem: Problem) -> Problem:
        loads = {load.id: load for load in problem.loads}
        new = dict(zip(self.ids, load_ids(len(self.ids)), strict=True))
        return changed(
            problem,
            target=load_ids(1)[0] if self.hides_target else new[problem.target],
            loads=[loads[old].model_copy(update={"id": new[old]}) for old in self.ids],
        )

    def back(self, schedule: Schedule) -> Schedule:
        old = dict(zip(load_ids(len(self.ids)), self.ids, strict=True))
        return tuple(Span(old[s.load_id], s.start, s.end) for s in schedule)


def order(problem: Problem) -> Order:
    ids = tuple(load.id for load in sorted(problem.loads, key=_said))
    return Order(ids, problem.power_limit_kw is None)


def _said(load: Load) -> tuple[object, ...]:
    times = (load.earliest_start, load.finish_by, load.quiet_by, load.quiet_until)
    return (load.duration_min, *(time or "" for time in times), load.energy_kwh)
