"""The ledger as a state machine: written, left in the middle, opened again, tampered with."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bench.fuzz import ledger as target
from doorstep._errors import LedgerError
from doorstep.boundary import Entry, Ledger
from doorstep.boundary.gate import Outgoing
from tests.fuzz.profiles import examples

STATES = st.sampled_from(("answered", "not sent", "broke off"))


def test_every_change_shows_or_changes_nothing() -> None:
    seen: Counter[str] = Counter()

    @examples(250)
    @given(target.cases())
    def run(case: target.Case) -> None:
        outcome = target.holds(case)
        seen[outcome] += 1
        if case.change not in ("file", "beside"):
            assert outcome == "told", case.change  # a column that does not count is a hole

    run()
    assert seen["told"] > 0.6 * seen.total(), seen


class Writing(RuleBasedStateMachine):
    """A model of the ledger beside the ledger: (body, state) of every crossing."""

    open_ones = Bundle("open_ones")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="doorstep-fuzz-"))
        self.copies = 0
        self.known: dict[int, tuple[bytes, str]] = {}
        self.heads: list[str] = []
        self.ledger = Ledger(self.folder / "ledger.db")

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    @rule(target=open_ones, body=st.text(max_size=30))
    def record(self, body: str) -> int:
        data = body.encode("utf-8", "replace")
        number = self.ledger.record(Outgoing("POST", "https://x.example", "/v1/x", (), data)).id
        assert number not in self.known
        self.known[number] = (data, "open")
        return number

    @rule(number=consumes(open_ones), state=STATES)
    def result(self, number: int, state: str) -> None:
        self.ledger.result(number, state)  # type: ignore[arg-type]
        self.known[number] = (self.known[number][0], state)

    @rule()
    def the_process_ends(self) -> None:
        """What is on the disk at this moment is all that there is: go on with a copy of it."""
        self.copies += 1
        copy = self.folder / f"copy{self.copies}"
        copy.mkdir()
        for file in self.ledger.path.parent.glob("ledger.db*"):
            shutil.copy(file, copy / file.name)
        self.ledger.close()
        self.ledger = Ledger(copy / "ledger.db", create=False)

    @rule()
    def another_process(self) -> None:
        with Ledger(self.ledger.path) as other:
            assert _read(other) == self.known
            assert other.verify().ok

    @rule()
    def note_the_head(self) -> None:
        self.heads.append(self.ledger.verify().head)

    @invariant()
    def it_verifies_and_holds_all(self) -> None:
        assert self.ledger.verify().ok
        assert _read(self.ledger) == self.known
        for head in self.heads:
            assert self.ledger.verify(head).ok


def _read(ledger: Ledger) -> dict[int, tuple[bytes, str]]:
    return {entry.id: (entry.body, entry.state) for entry in ledger.list()}


def test_it_holds_what_a_model_of_it_holds() -> None:
    run_state_machine_as_test(Writing, settings=examples(12))


def test_two_ledgers_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    """Steps of two processes in any order."""
    for order in ("abab", "aabb", "abba", "baaab"):
        path = tmp_path / f"{order}.db"
        with Ledger(path) as a, Ledger(path) as b:
            entries: list[Entry] = []
            for turn in order:
                writer = a if turn == "a" else b
                request = Outgoing("POST", "https://x.example", "/", (), turn.encode())
                entries.append(a.show(writer.record(request).id))
            assert a.list() == b.list() == tuple(entries)
            assert a.verify().ok and b.verify().ok


def test_a_history_that_was_written_anew_is_found_by_a_head_noted_down(tmp_path: Path) -> None:
    request = Outgoing("POST", "https://x.example", "/", (), b"{}")
    with Ledger(tmp_path / "old.db") as old:
        old.record(request)
        head = old.verify().head
    with Ledger(tmp_path / "new.db") as new:
        new.record(request)
        assert new.verify().ok and not new.verify(head).ok
    with pytest.raises(LedgerError):
        Ledger(tmp_path / "none.db", create=False)
