"""The sums of the book are those of its runs."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from doorstep.runs.took import bucket, seconds_of
from doorstep.runs.totals import PatternDay, Totals
from doorstep.runs.values import KeptRun
from tests.runs.kept import book, many


def by_hand(runs: list[KeptRun]) -> dict[str, object]:
    """The sums, added up run by run."""
    priced = [run for run in runs if run.cost is not None]
    compared = [run for run in priced if run.alone is not None]
    steps = [step for run in runs for step in run.steps]
    tokens = {
        actor: sum(
            (s.input_tokens or 0) + (s.output_tokens or 0) for s in steps if s.actor == actor
        )
        for actor in ("home", "cloud")
    }
    endings = Counter(run.ending for run in runs)
    return {
        "runs": len(runs),
        "stayed": sum(run.stayed for run in runs),
        "crossed": sum(not run.stayed for run in runs),
        "crossings": sum(len(run.crossings) for run in runs),
        "sent": sum(run.sent for run in runs),
        **{name: endings[name] for name in ("answered", "failed", "refused", "cancelled")},
        "fell_back": sum(run.fell_back for run in runs),
        "cost": sum((run.cost or Decimal(0) for run in priced), Decimal(0)),
        "unpriced": len(runs) - len(priced),
        "cloud_only": sum((run.alone or Decimal(0) for run in compared), Decimal(0)),
        "cloud_only_runs": len(compared),
        "cost_compared": sum((run.cost or Decimal(0) for run in compared), Decimal(0)),
        "home_tokens": tokens["home"],
        "cloud_tokens": tokens["cloud"],
        "uncounted": sum(any(s.input_tokens is None for s in run.steps) for run in runs),
    }


def said(sums: PatternDay | Totals, names: dict[str, object]) -> dict[str, object]:
    return {name: getattr(sums, name) for name in names}


def test_the_sums_of_each_day_and_pattern_are_those_of_its_runs(tmp_path: Path) -> None:
    runs = list(many(400))
    with book(tmp_path) as kept:
        kept.write_all(runs)
        kept.write_all(runs[:50])  # written over, counted once
        found = kept.by_pattern_and_day()
        days = {run.at[:10] for run in runs}
        assert {(one.day, one.pattern) for one in found} == {(r.at[:10], r.pattern) for r in runs}
        for one in found:
            here = [r for r in runs if (r.at[:10], r.pattern) == (one.day, one.pattern)]
            assert said(one, by_hand(here)) == by_hand(here)
            assert abs(one.seconds - sum(run.seconds for run in here)) < 1e-6
        for day in days:
            here = [run for run in runs if run.at[:10] == day]
            total = kept.today(day)
            assert said(total, by_hand(here)) == by_hand(here)
            assert total.slowest is not None
            assert total.slowest.seconds == max(run.seconds for run in here)
            dearest = max((run.cost for run in here if run.cost), default=None)
            assert (total.dearest and total.dearest.cost) == dearest


def test_how_runs_ended_and_what_spoke_for_the_cloud(tmp_path: Path) -> None:
    runs = [run for run in many(300) if "2026-11-04" <= run.at < "2026-11-12"]
    with book(tmp_path) as kept:
        kept.write_all(list(many(300)))
        ended = kept.verdicts("2026-11-04", "2026-11-12")
        doubts = kept.reasons("2026-11-04", "2026-11-12")
        took = kept.latencies("2026-11-04", "2026-11-12")
    assert Counter(
        {(o.pattern, o.verdict, o.ending, o.why, o.fell_back): o.runs for o in ended}
    ) == (Counter((r.pattern, r.verdict, r.ending, r.why, r.fell_back) for r in runs))
    assert Counter({(o.pattern, o.check, o.scored): o.runs for o in doubts}) == Counter(
        (run.pattern, doubt.check, doubt.scored) for run in runs for doubt in run.doubts
    )
    assert Counter({(o.day, o.pattern, o.bucket): o.runs for o in took}) == Counter(
        (r.at[:10], r.pattern, bucket(r.seconds)) for r in runs if r.ending == "answered"
    )


def test_an_empty_day_is_empty(tmp_path: Path) -> None:
    with book(tmp_path) as kept:
        assert kept.today("2026-11-23") == Totals()
        assert (kept.by_pattern_and_day(), kept.verdicts(), kept.reasons()) == ((), (), ())


def test_a_time_read_back_is_within_five_percent() -> None:
    for seconds in (0.001, 0.01, 0.5, 1.0, 2.7, 60.0, 3600.0):
        assert abs(seconds_of(bucket(seconds)) / seconds - 1) < 0.0501
    assert bucket(0.0) == bucket(0.0005)
