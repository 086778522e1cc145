"""Blinding: what the optimum does not need does not cross.

Anonymous numbers still tell something: 1.2 kWh over 90 minutes is a dishwasher, a deadline of
06:30 an early riser. So home rewrites the typed problem before it leaves, in ways under which the
answer is the same after mapping back. Each way is a file; here they are put together.

Wherever a family of rewritings keeps the optimum (any shift, any factor, any order), what crosses
is its plainest member and not a random one: all problems that differ by that rewriting alone give
the same bytes, so the bytes tell nothing about it, and the same question gives the same bytes
again. Only decoys are drawn, from the house's key. Nothing here uses the optimum itself: a home
that knows it needs no cloud.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

from doorstep._errors import BadInput
from doorstep.household.blind_coarse import Coarse, coarse, slack
from doorstep.household.blind_numbers import level, prices, ratio
from doorstep.household.blind_order import Order, order
from doorstep.household.blind_step import Schedule, Span, Step
from doorstep.household.blind_time import timeline
from doorstep.household.clock import DAY, Clock, minutes
from doorstep.household.decoys import Phantoms
from doorstep.household.problem import Problem, ScheduledLoad, Solution, load_ids
from doorstep.household.solver import Cause, Grid, NoSchedule, feasible_starts
from doorstep.household.violations import Violation

Way = Literal["time", "energy", "price", "order", "decoys", "coarse"]
WAYS: tuple[Way, ...] = get_args(Way)
EXACT: tuple[Way, ...] = ("time", "energy", "price", "order", "decoys")
Fit = Callable[[Problem], Step | None]


@dataclass(frozen=True, slots=True, repr=False)
class Blinded:
    """A problem, and what crosses in its place. Private: `steps` undo it."""

    original: Problem
    problem: Problem
    steps: tuple[Step, ...] = ()
    slack: Mapping[str, Fraction] = field(default_factory=dict)  # of an inexact blinding

    @property
    def told(self) -> tuple[str, ...]:
        """What was done, a line each, for the person at home."""
        return tuple(step.told for step in self.steps)

    def back(self, solution: Solution) -> Solution:
        """The cloud's answer as one to the original, right or wrong, without the cloud's prose.

        An id that did not cross becomes one that the original does not have either; a run outside
        the original's day is left out.
        """
        if not self.steps:
            return solution
        known = {load.id for load in self.problem.loads}
        entries = solution.proposed_schedule
        spans = self.undo(tuple(self._span(e) for e in entries if e.load_id in known))
        clock = Clock.of(self.original)
        places = {load.id: place for place, load in enumerate(self.original.loads)}
        rows = [
            ScheduledLoad(load_id=s.load_id, start=clock.wall(s.start), end=clock.wall(s.end))
            for s in sorted(spans, key=lambda span: places[span.load_id])
            if s.end <= clock.horizon
        ]
        rows += [self._stranger(entry) for entry in entries if entry.load_id not in known]
        at_once = any(s.load_id == self.original.target and s.start == 0 for s in spans)
        said = solution.recommendation
        if any(isinstance(step, Order) and step.hides_target for step in self.steps):
            said = "run_now" if at_once else "run_later"
        return Solution(recommendation=said, proposed_schedule=tuple(rows))

    def undo(self, schedule: Schedule) -> Schedule:
        """A schedule of what crossed as one of the original; minutes since now."""
        for step in reversed(self.steps):
            schedule = step.back(schedule)
        return schedule

    def sources(self) -> Mapping[str, str | None]:
        """Each id that crosses, and the load that it stands for; None for a decoy."""
        ids = [load.id for load in self.problem.loads]
        found = {key: self.undo((Span(key, 0, 0),)) for key in ids}
        return {key: spans[0].load_id if spans else None for key, spans in found.items()}

    def tolerates(self, violation: Violation) -> bool:
        """Whether a schedule may be so much dearer, or later, because the blinding is inexact."""
        if not self.slack or violation.severity == "hard":
            return False
        if violation.severity == "tie":
            return True
        most = self.slack.get(violation.load_id or "", Fraction())
        return all(Fraction(amount) <= most for amount in violation.amounts)

    def _span(self, entry: ScheduledLoad) -> Span:
        """Its minutes since now; of an hour shown twice, the one in which it may run."""
        clock = Clock.of(self.problem)
        load = next(load for load in self.problem.loads if load.id == entry.load_id)
        begins = clock.occurrences(entry.start) or (clock.first(entry.start),)
        whole = [s for s in begins if clock.wall(s + load.duration_min) == entry.end]
        free = [s for s in whole if any(s in r for r in feasible_starts(self.problem, load))]
        start = (free or whole or begins)[0]
        length = (minutes(entry.end) - minutes(entry.start)) % DAY
        return Span(entry.load_id, start, start + (load.duration_min if whole else length))

    def _stranger(self, entry: ScheduledLoad) -> ScheduledLoad:
        taken = {load.id for load in self.original.loads}
        strange = next((key for key in reversed(load_ids(702)) if key not in taken), entry.load_id)
        return ScheduledLoad(load_id=strange, start=entry.start, end=entry.end)


class Blinding:
    """Blinds problems in the ways named; the decoys of one `key` are always the same.

    Without a key one is drawn. BadInput for a way that does not exist.
    """

    def __init__(self, ways: Collection[str] = EXACT, key: bytes | None = None) -> None:
        if unknown := [way for way in ways if way not in WAYS]:
            raise BadInput(
                f"There are {len(unknown)} unknown ways of blinding.",
                hint=f"Known are: {', '.join(WAYS)}.",
            )
        self.ways = frozenset(ways)
        phantoms = Phantoms(key or secrets.token_bytes(32))
        # In this order: limits are dropped before decoys may come, decoys keep wall times, units
        # are settled when times are, and loads are sorted by what they say in the end.
        fits: tuple[tuple[Way, Fit], ...] = (
            ("coarse", coarse),
            ("energy", level),
            ("decoys", phantoms),
            ("time", timeline),
            ("energy", ratio),
            ("price", prices),
            ("order", order),
        )
        self._fits = tuple(fit for way, fit in fits if way in self.ways)

    def blind(self, problem: Problem) -> Blinded:
        """Raises BadInput for a tariff with gaps, NoSchedule where a load cannot run at all."""
        Grid(problem)
        if stuck := [x.id for x in problem.loads if not any(feasible_starts(problem, x))]:
            raise NoSchedule(tuple(Cause(key, "window") for key in stuck))
        steps: list[Step] = []
        blinded = problem
        for fit in self._fits:
            if (step := fit(blinded)) is not None:
                blinded = step.forward(blinded)
                steps.append(step)
        inexact = any(isinstance(step, Coarse) for step in steps)
        return Blinded(problem, blinded, tuple(steps), slack(problem) if inexact else {})
