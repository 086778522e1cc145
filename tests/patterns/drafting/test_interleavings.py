"""Random interleavings of speed, error and cancel, against an oracle; and that it can find faults.

`python -m bench.draft` plays ten thousand of these worlds.
"""

from __future__ import annotations

import asyncio

import pytest

from bench.drafting.clock import Stuck, run
from bench.drafting.interleave import faults
from bench.drafting.worlds import world
from doorstep.patterns.drafting import race
from doorstep.patterns.drafting.events import DraftText, Event

FEW = range(600)


def found() -> set[str]:
    return {fault for seed in FEW for fault in faults(seed)}


def test_nothing_is_lost_doubled_reordered_late_or_left() -> None:
    assert [(seed, faults(seed)) for seed in FEW if faults(seed)] == []


def test_the_worlds_are_of_every_kind() -> None:
    worlds = [world(seed) for seed in FEW]
    assert {(one.way, one.stop) for one in worlds} >= {
        ("events", "cancel"), ("events", "close"), ("events", "task"), ("stream", "close"),
        ("stream", "task"), ("respond", "task"), ("respond", "never"),
    }  # fmt: skip
    assert any(one.home.fails_at is not None and one.cloud.fails_at is not None for one in worlds)
    assert world(3) == world(3) != world(4)


def test_a_doubled_and_a_lost_piece_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    show = race.Race._show

    def twice(self: race.Race, piece: object, emit: object) -> None:
        show(self, piece, emit)  # type: ignore[arg-type]
        show(self, piece, emit)  # type: ignore[arg-type]

    def first_only(self: race.Race, piece: object, emit: object) -> None:
        if not self._drafted:
            show(self, piece, emit)  # type: ignore[arg-type]

    monkeypatch.setattr(race.Race, "_show", twice)
    assert "doubled" in found()
    monkeypatch.setattr(race.Race, "_show", first_only)
    assert "the answer is not what was said" in found()


def test_a_late_final_and_events_out_of_order_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(race.Race, "_set_deadline", lambda self, begun, draft: None)
        assert "late" in found()
    done = race.DraftDone

    def swapped(text: str, cut: str = "") -> Event:
        return DraftText("⟨h99⟩") if cut else done(text, cut)

    monkeypatch.setattr(race, "DraftDone", swapped)
    assert "events out of order" in found()


def test_the_clock_jumps_and_says_where_nothing_can_happen() -> None:
    async def sleeps() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    async def waits() -> None:
        await asyncio.Event().wait()

    assert run(sleeps()) == pytest.approx(3600)
    with pytest.raises(Stuck):
        run(waits())
