"""What `Ledger.verify` looks for: changed, removed, reordered and added rows, and bodies that are
gone without a row that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doorstep.boundary.chain import START, hashed
from doorstep.boundary.dropped import Dropping, dropping, since

Row = Sequence[object]
Said = tuple[int, str] | None  # what a head says: rows, and the hash of the newest


@dataclass(frozen=True, slots=True)
class Check:
    """What `verify` found: no problems, or which rows are wrong and how. `dropped`: how many
    bodies are no longer kept, because their owner dropped them."""

    rows: int
    head: str
    problems: tuple[str, ...] = ()
    dropped: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems


def audit(
    rows: Iterable[Row], said: Said, beside: Said, *, whole: bool, noted: str | None
) -> Check:
    """`said` is the head in the file, `beside` the one beside it, `noted` one that a person has
    kept; `whole`: SQLite finds no damage. `rows` in order of their numbers, each read once."""
    look = _Look(beside, noted)
    problems = [problem for row in rows for problem in look.at(row)]
    problems += [*look.without_reason(), *look.ends(said)]
    if not whole and not problems:  # an index that leads to the wrong row, or to none
        problems.append("the rows are as they were, but the file around them is damaged")
    if noted is not None and not look.noted_seen:
        problems.append("the head that was noted down is not in the chain: history was replaced")
    return Check(look.count, look.newest, tuple(problems), look.dropped)


class _Look:
    """One walk along the chain, in constant memory but for the bodies that are gone."""

    def __init__(self, beside: Said, noted: str | None) -> None:
        self._beside, self._noted = beside, noted
        self._gone: list[tuple[int, int]] = []  # row and crossing
        self._droppings: list[Dropping] = []
        self._beside_seen = False
        self.noted_seen = noted == START
        self.count = self._last = self.dropped = 0
        self.newest = START

    def at(self, row: Row) -> Iterator[str]:
        number, expected = row[0], self._last + 1
        assert isinstance(number, int)
        if number > expected:
            last = number - 1
            gone = f"row {expected} is" if last == expected else f"rows {expected} to {last} are"
            yield f"{gone} missing"
        if hashed(row[:7]) != row[7]:
            yield f"row {number} was changed"
        elif row[1] == "crossing" and row[5] is None:
            self._gone.append((number, row[2] if isinstance(row[2], int) else 0))
        elif row[1] == "dropped":
            self._droppings.append(dropping(number, str(row[3]), str(row[4])))
        if row[6] != self.newest and number == expected:
            yield f"row {number} does not follow the row before it: reordered, added or replaced"
        self.count, self._last, self.newest = self.count + 1, number, str(row[7])
        self._beside_seen |= self._beside is not None and self.newest == self._beside[1]
        self.noted_seen |= self.newest == self._noted

    def without_reason(self) -> Iterator[str]:
        for number, crossing in self._gone:
            if since(self._droppings, number, crossing):
                self.dropped += 1
            else:
                yield (
                    f"row {number} was changed: the body of crossing {crossing} was removed, and "
                    "no row says that it was dropped"
                )

    def ends(self, said: Said) -> Iterator[str]:
        last, beside = self._last, self._beside
        if said is None or not isinstance(said[0], int):
            yield "the head in the file is missing or damaged"
        elif said[0] > last:
            yield f"the last {said[0] - last} row(s), up to row {said[0]}, are missing"
        elif said[0] < last:
            yield f"row {said[0] + 1} to {last} were added without the ledger"
        elif said[1] != self.newest:
            yield f"row {last} is not the row that was written last"
        if beside is None:
            if last:
                yield "the head beside the file is missing or cannot be read"
        elif beside[0] > last:
            yield f"the head beside the file knows row {beside[0]}, the file ends at row {last}"
        elif beside[0] and not self._beside_seen:
            yield f"row {beside[0]} is not the row that the head beside the file knows"
